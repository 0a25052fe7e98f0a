//! What staff do at a kiosk: the PIN that lets them, and a look at everything that must work.

pub mod pin;

pub use pin::StaffPin;
