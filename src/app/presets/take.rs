//! «Өзіңізбен алыңыз»: what a visitor may leave behind.

use super::Preset;
use super::walk::visit;
use crate::app::App;
use crate::card::CardStatus;
use crate::env::Mode;
use crate::screen::world::World;
use crate::screen::{Screen, take};
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("take-card", |look, world| taking(look, world, CardStatus::LeftBehind)),
    Preset::new("take-nothing", |look, world| taking(look, world, CardStatus::NoCard)),
];

fn taking(look: &Look, world: &World, card: CardStatus) -> App {
    visit(look, world, Mode::Practice, Screen::Take(take::State::new(true, card)))
}
