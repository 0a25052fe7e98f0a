//! The form player: a form file → one question a page → check your answers → statement.
