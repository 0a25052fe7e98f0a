//! The practice world: in-process portal, demo people, a card in software.

mod applet;
pub mod boot;
pub mod card;
pub mod pki;
