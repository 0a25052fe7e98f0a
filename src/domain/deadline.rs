//! Legal terms in working days, counted in UTC+5 from calendar and law that are data.
