//! Tereze (терезе, "window"): the kiosk through which a library visitor uses e-government.
//!
//! The rooms, and who may know whom (dependencies point down only; `tests/tidy.rs` enforces it,
//! ARCHITECTURE.md says why):
//!
//! | room | what |
//! |---|---|
//! | [`cli`] | one file a command |
//! | [`app`], [`screen`], [`page`], [`ui`] | the kiosk's screens; the only rooms that know iced |
//! | [`print`], [`outbox`], [`content`] | paper; a submission's life; forms, bodies, law |
//! | [`desk`] | the staff PIN, and what staff are shown of the kiosk |
//! | [`server`], [`practice`] | the portal's reference implementation; the practice world |
//! | [`portal`], [`sign`], [`seal`], [`card`], [`store`], [`files`] | the edges |
//! | [`domain`] | pure types and rules, no I/O |
//! | [`i18n`], [`config`], [`paths`], [`clock`], [`log`], [`fault`], [`private`] | leaves |

pub mod app;
pub mod card;
pub mod cli;
pub mod clock;
pub mod config;
pub mod content;
pub mod desk;
pub mod domain;
pub mod env;
pub mod fault;
pub mod files;
pub mod i18n;
pub mod lesson;
pub mod log;
pub mod outbox;
pub mod page;
pub mod paths;
pub mod portal;
pub mod practice;
pub mod print;
pub mod private;
pub mod screen;
pub mod seal;
pub mod server;
pub mod sign;
pub mod sound;
pub mod store;
pub mod ui;
