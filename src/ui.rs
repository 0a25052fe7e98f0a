//! The kit every screen is drawn with.
pub mod fonts;
pub mod icon;
pub mod theme;
