//! The machine that a kiosk stands on, by the commands that staff type: a real portal, `tereze setup` on a terminal,
//! `trust add`, `enrol`, the kiosk on a drawn screen with a real card service and printer, and what `tereze doctor`
//! says while one part after the other breaks.

#[path = "support/cards/bench.rs"]
#[allow(dead_code)]
mod bench;
#[path = "machine/console.rs"]
mod console;
#[path = "machine/deployment.rs"]
mod deployment;
#[path = "machine/doctor.rs"]
mod doctor;
#[path = "support/cards/firmware.rs"]
#[allow(dead_code)]
mod firmware;
#[path = "support/office.rs"]
#[allow(dead_code)]
mod office;
#[path = "machine/owner.rs"]
mod owner;
#[path = "support/cards/pcscd.rs"]
#[allow(dead_code)]
mod pcscd;
#[path = "machine/trust.rs"]
mod trust;
