//! What a visitor's screens are handed of the world: the environment, and the things around it.

use tokio::sync::watch;

use crate::domain::Names;
use crate::env::Env;
use crate::files::Stick;
use crate::print::printer::Printer;

#[derive(Clone)]
pub struct World {
    pub env: Env,
    /// Who runs the portal: named on every screen.
    pub operator: Names,
    /// Absent: nobody named one in the settings, and printing says so.
    pub printer: Option<Printer>,
    /// The USB sticks that are in.
    pub sticks: watch::Receiver<Vec<Stick>>,
}
