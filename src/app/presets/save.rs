//! The receipt's files on their way to a stick, and what is left to take at the end.

use super::walk::Walk;
use super::{Preset, pen, sending};
use crate::app::{App, Message as AppMessage};
use crate::card::CardStatus;
use crate::env::Mode;
use crate::fault::Code;
use crate::print::printer::Progress;
use crate::screen::received::Message;
use crate::screen::world::World;
use crate::screen::{self, save};
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("save-no-stick", |l, w| registered(l, w).received(Message::Save(None)).done()),
    Preset::new("save-which-stick", |l, w| {
        let sticks = ["KINGSTON", "СЫНАҚ ФЛЕШКАСЫ"];
        registered(l, w).sticks(&sticks).received(Message::Save(None)).done()
    }),
    Preset::new("save-begun", |l, w| begun(l, w).saved(save::Message::Written(0, 5)).done()),
    Preset::new("save-half", |l, w| begun(l, w).saved(save::Message::Written(2, 5)).done()),
    Preset::new("save-done", |l, w| done(l, w).done()),
    Preset::new("save-full", |l, w| failed(l, w, "files.stick-full")),
    Preset::new("save-read-only", |l, w| failed(l, w, "files.stick-read-only")),
    Preset::new("save-pulled", |l, w| failed(l, w, "files.stick-gone")),
    Preset::new("save-pen-no-stick", |l, w| {
        pen::finished(l, w).tell(screen::Message::Pen(screen::pen::Message::Save(None))).done()
    }),
    Preset::new("take-all", |l, w| {
        let mut walk = done(l, w).received(Message::Paper(Progress::Done));
        drop(walk.app.update(AppMessage::Card(0, CardStatus::LeftBehind)));
        walk.received(Message::Finish).done()
    }),
    Preset::new("take-stick", |l, w| {
        let mut walk = done(l, w);
        drop(walk.app.update(AppMessage::Card(0, CardStatus::NoCard)));
        walk.received(Message::Finish).done()
    }),
];

impl Walk {
    fn received(self, message: Message) -> Self {
        self.tell(screen::Message::Received(message))
    }

    fn saved(self, message: save::Message) -> Self {
        self.received(Message::Saved(message))
    }
}

fn registered(look: &Look, world: &World) -> Walk {
    sending::registered(look, world, Mode::Real)
}

/// The stick is in, and saving has begun.
fn begun(look: &Look, world: &World) -> Walk {
    registered(look, world).sticks(&["KINGSTON"]).received(Message::Save(None))
}

fn done(look: &Look, world: &World) -> Walk {
    let file = |ending: &str| format!("ЖТ-2026-00001234.{ending}");
    let names = ["pdf", "pdf", "p7m", "cose", "cose"].map(file).to_vec();
    begun(look, world).saved(save::Message::Done(names.into()))
}

fn failed(look: &Look, world: &World, code: &'static str) -> App {
    begun(look, world).saved(save::Message::Failed(Code(code))).done()
}
