//! The finished letter for a pen: without a signature, and under 16.

use super::walk::Walk;
use super::{Preset, letter};
use crate::app::App;
use crate::fault::Code;
use crate::print::printer::Progress;
use crate::screen;
use crate::screen::pen::Message;
use crate::screen::world::World;
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("pen", |l, w| letter::pen(l, w).next().done()),
    Preset::new("pen-check", |l, w| letter::pen(l, w).done()),
    Preset::new("pen-child", |l, w| letter::child(l, w).next().done()),
    Preset::new("pen-no-printer", |l, w| told(l, w, Message::Print)),
    Preset::new("pen-printing", |l, w| told(l, w, Message::Paper(Progress::Printing))),
    Preset::new("pen-jam", |l, w| told(l, w, Message::Paper(Progress::Trouble(Code("print.jam"))))),
    Preset::new("pen-done", |l, w| told(l, w, Message::Paper(Progress::Done))),
];

/// The finished letter's page.
pub(super) fn finished(look: &Look, world: &World) -> Walk {
    letter::pen(look, world).next()
}

fn told(look: &Look, world: &World, message: Message) -> App {
    finished(look, world).tell(screen::Message::Pen(message)).done()
}
