//! The practice world: in-process portal, demo people, a card in software.

mod applet;
pub mod boot;
pub mod card;
pub mod clerk;
pub mod mobile;
pub mod phone;
pub mod pki;

use crate::clock::Clock;
use crate::desk::{Helped, Settings, Setup, StaffPin};

/// The staff PIN of the practice world, and of no other: it stands in the README.
pub const STAFF_PIN: &[u8] = b"246813";

/// The desk of the practice world: nothing of it is on a disk.
pub fn desk(clock: Clock) -> Settings {
    let pin = StaffPin::of_practice(STAFF_PIN, clock.clone());
    let helped = Helped::in_memory(clock.clone());
    Settings { mode: Setup::Practice, data: None, printer: None, modules: vec![], clock, pin, helped }
}
