//! Guided lessons: a script (data) → the player → where the coach mark stands. Pure: what is on the
//! screen comes in as [`Seen`], time comes in, and what to do comes out. The same script is played by a
//! visitor and, without a window, by `tereze lessons check` and the tests.

pub mod check;
pub mod place;
pub mod player;

pub use place::Area;
pub use player::{Aim, Call, Mode, Player};

/// One control or text on the screen, as the player needs it. No `Debug`: a value is the visitor's.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    pub id: &'a str,
    pub value: Option<&'a str>,
    /// A control that can be worked now.
    pub works: bool,
    /// Does it stand in something that scrolls?
    pub scrolls: bool,
    pub bounds: Area,
    /// The part of it that can be seen.
    pub visible: Option<Area>,
}
