//! The snapshot: the only way to forms, bodies, calendar and law.
