//! The form player: a form file → one question a page → check your answers → statement.

pub mod draft;
pub mod meaning;
pub mod mistake;
pub mod player;
pub mod stated;
