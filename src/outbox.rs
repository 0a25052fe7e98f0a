//! A submission's life as a pure state machine, and the worker that carries it out.
//! Nothing is sent before it is on disk; nothing is called sent before the receipt verifies.

pub mod state;
pub mod worker;
