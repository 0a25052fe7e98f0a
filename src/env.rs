//! Everything of the world that a visitor's session is handed. Practice has its own, in memory.

use std::sync::Arc;

use crate::card::service::Cards;
use crate::clock::Clock;

/// Practice can't be mistaken: this is asked wherever something is shown, signed or printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Practice,
    Real,
}

#[derive(Clone)]
pub struct Env {
    pub mode: Mode,
    pub clock: Clock,
    pub cards: Cards,
    pub portal: Arc<dyn crate::portal::Portal>,
}
