//! What a visitor's screens are handed of the world: the environment, and the things around it.

use tokio::sync::watch;

use crate::domain::Names;
use crate::env::Env;
use crate::files::{Stick, Sticks};
use crate::print::printer::Printer;
use crate::sound::Sound;

/// What stands around the kiosk, as the settings name it.
#[derive(Clone)]
pub struct Things {
    /// Absent: nobody named one in the settings, and printing says so.
    pub printer: Option<Printer>,
    pub sticks: Sticks,
    pub sound: Sound,
}

#[derive(Clone)]
pub struct World {
    pub env: Env,
    /// Who runs the portal: named on every screen.
    pub operator: Names,
    /// Absent: nobody named one in the settings, and printing says so.
    pub printer: Option<Printer>,
    /// The USB sticks that are in.
    pub sticks: watch::Receiver<Vec<Stick>>,
    pub sound: Sound,
}

impl World {
    /// Must be called on the tokio runtime: sticks are watched from now on.
    pub fn new(env: Env, operator: Names, things: &Things) -> Self {
        let Things { printer, sticks, sound } = things;
        Self { env, operator, printer: printer.clone(), sticks: sticks.watch(), sound: sound.clone() }
    }
}
