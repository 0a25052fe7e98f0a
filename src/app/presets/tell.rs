//! "Tell me when the answer comes": asked, mistyped, kept, not kept; and where it stands at the portal.

use super::track::{answered, executor, opened_as};
use super::walk::Walk;
use super::{Preset, sending};
use crate::env::Mode;
use crate::fault::Code;
use crate::outbox::Status;
use crate::portal::wire::AlertState;
use crate::screen::once::Once;
use crate::screen::tell::Message;
use crate::screen::world::World;
use crate::screen::{self, received};
use crate::ui::edit::Edit;
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("tell", |l, w| asked(l, w).done()),
    Preset::new("tell-typed", |l, w| typed(l, w, "701 123 45 67").done()),
    Preset::new("tell-short", |l, w| typed(l, w, "701123").say_tell(Message::Ask).done()),
    Preset::new("tell-wired", |l, w| typed(l, w, "7172 70 12 34").say_tell(Message::Ask).done()),
    Preset::new("tell-keeping", |l, w| typed(l, w, "7011234567").say_tell(Message::Ask).done()),
    Preset::new("tell-not-kept", |l, w| kept(l, w, Err(Code("store.full"))).done()),
    Preset::new("tell-kept", |l, w| kept(l, w, Ok(())).done()),
    Preset::new("tell-offered-offline", |l, w| {
        let waits = Status::Stored { fault: Some(Code("portal.unreachable")) };
        sending::kept(l, w, Mode::Practice).outbox(waits).done()
    }),
    Preset::new("track-tell", |l, w| standing(l, w, Mode::Real, AlertState::None).done()),
    Preset::new("track-tell-waiting", |l, w| standing(l, w, Mode::Real, AlertState::Waiting).done()),
    Preset::new("track-tell-sent", |l, w| opened_as(l, w, Mode::Real, answered(w), AlertState::Sent).done()),
    Preset::new("track-tell-sent-practice", |l, w| {
        let mut history = answered(w);
        history.practice = true;
        opened_as(l, w, Mode::Practice, history, AlertState::Sent).done()
    }),
    Preset::new("track-tell-failed", |l, w| {
        opened_as(l, w, Mode::Real, answered(w), AlertState::Failed).done()
    }),
];

impl Walk {
    fn say_tell(self, message: Message) -> Self {
        self.tell(screen::Message::Received(received::Message::Tell(message)))
    }
}

fn asked(look: &Look, world: &World) -> Walk {
    sending::registered(look, world, Mode::Real).say_tell(Message::Open)
}

fn typed(look: &Look, world: &World, number: &str) -> Walk {
    asked(look, world).say_tell(Message::Edit(Edit::Insert(number.into())))
}

fn kept(look: &Look, world: &World, result: Result<(), Code>) -> Walk {
    typed(look, world, "7011234567").say_tell(Message::Ask).say_tell(Message::Asked(Once::new(result)))
}

fn standing(look: &Look, world: &World, mode: Mode, state: AlertState) -> Walk {
    opened_as(look, world, mode, executor(world), state)
}
