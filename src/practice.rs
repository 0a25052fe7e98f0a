//! The practice world: in-process portal, demo people, a card in software.

mod applet;
pub mod boot;
pub mod card;
pub mod clerk;
pub mod pki;

/// The staff PIN of the practice world, and of no other: it stands in the README.
pub const STAFF_PIN: &[u8] = b"246813";
