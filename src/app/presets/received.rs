//! The receipt, and paper in every state.

use super::walk::Walk;
use super::{Preset, sending};
use crate::app::App;
use crate::env::Mode;
use crate::fault::Code;
use crate::print::printer::{Printer, Progress};
use crate::screen;
use crate::screen::received::Message;
use crate::screen::world::World;
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("received", |l, w| sending::registered(l, w, Mode::Real).done()),
    Preset::new("received-waited", |l, w| sending::registered_after(l, w, Mode::Real, 180).done()),
    Preset::new("received-practice", |l, w| sending::registered(l, w, Mode::Practice).done()),
    Preset::new("paper-none", |l, w| told(sending::registered(l, w, Mode::Real), Message::Print)),
    Preset::new("paper-making", |l, w| {
        let mut world = w.clone();
        world.printer = Printer::new("ipp://localhost/ipp/print").ok();
        told(sending::registered(l, &world, Mode::Real), Message::Print)
    }),
    Preset::new("paper-waiting", |l, w| paper(l, w, Progress::Waiting)),
    Preset::new("paper-printing", |l, w| paper(l, w, Progress::Printing)),
    Preset::new("paper-out", |l, w| paper(l, w, Progress::Trouble(Code("print.paper-out")))),
    Preset::new("paper-failed", |l, w| paper(l, w, Progress::Failed(Code("print.offline")))),
    Preset::new("paper-done", |l, w| paper(l, w, Progress::Done)),
];

fn told(walk: Walk, message: Message) -> App {
    walk.tell(screen::Message::Received(message)).done()
}

fn paper(look: &Look, world: &World, progress: Progress) -> App {
    told(sending::registered(look, world, Mode::Real), Message::Paper(progress))
}
