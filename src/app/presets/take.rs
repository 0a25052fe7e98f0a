//! «Өзіңізбен алыңыз»: what a visitor may leave behind.

use super::Preset;
use super::walk::visit;
use crate::app::{App, Message};
use crate::card::CardStatus;
use crate::env::Mode;
use crate::screen::Screen;
use crate::screen::world::World;
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("take-card", |look, world| taking(look, world, CardStatus::LeftBehind)),
    Preset::new("take-nothing", |look, world| taking(look, world, CardStatus::NoCard)),
];

fn taking(look: &Look, world: &World, card: CardStatus) -> App {
    let mut app = visit(look, world, Mode::Practice, Screen::Home);
    drop(app.update(Message::Card(0, card)));
    drop(app.with_screen(|screen, context| screen.take_things(true, context)));
    app
}
