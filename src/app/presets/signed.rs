//! Her signed letter onto her stick, and how far the proof of its time is.

use zeroize::Zeroizing;

use super::Preset;
use super::track::{executor, opened_with};
use super::walk::Walk;
use crate::app::Message as AppMessage;
use crate::domain::Names;
use crate::domain::event::{History, Kind, TIME_PROVEN};
use crate::fault::Code;
use crate::files::Stick;
use crate::i18n::{Lang, Msg, Text};
use crate::portal::SignedPart;
use crate::portal::wire::ProofState;
use crate::screen::once::Once;
use crate::screen::track::Message;
use crate::screen::track::fetch::Step;
use crate::screen::world::World;
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("track-proof-waiting", |l, w| opened_with(l, w, executor(w), ProofState::Waiting).done()),
    Preset::new("track-proof-late", |l, w| opened_with(l, w, executor(w), ProofState::Late).done()),
    Preset::new("track-proof-proven", |l, w| opened_with(l, w, proven(w), ProofState::Proven).done()),
    Preset::new("track-signed", |l, w| with_stick(l, w).done()),
    Preset::new("track-signed-asking", |l, w| with_stick(l, w).signed(Step::Ask).done()),
    Preset::new("track-signed-offered", |l, w| offered(l, w).done()),
    Preset::new("track-signed-coming", |l, w| offered(l, w).signed(Step::Go).part(2, 4_096).done()),
    Preset::new("track-signed-stopped", |l, w| {
        offered(l, w).signed(Step::Go).part(2, 4_096).signed(Step::Stop).done()
    }),
    Preset::new("track-signed-cut", |l, w| {
        let cut = Step::Part(3, Once::new(Err(Code("portal.cut"))));
        offered(l, w).signed(Step::Go).part(2, 4_096).signed(cut).done()
    }),
    Preset::new("track-signed-saved", |l, w| {
        let saved = Step::Saved(Once::new(Ok("Хат ЖТ-2026-00001234.p7m".to_owned())));
        offered(l, w).signed(saved).done()
    }),
    Preset::new("track-signed-gone", |l, w| {
        offered(l, w).signed(Step::Saved(Once::new(Err(Code("files.stick-gone"))))).done()
    }),
];

impl Walk {
    fn signed(self, step: Step) -> Self {
        self.tell(crate::screen::Message::Track(Message::Signed(step)))
    }

    /// So many bytes more, in answer to this question.
    fn part(self, asked: u64, bytes: usize) -> Self {
        let part = SignedPart { bytes: Zeroizing::new(vec![0; bytes]), total: 11_264, tag: "a".to_owned() };
        self.signed(Step::Part(asked, Once::new(Ok(part))))
    }

    fn stick_in(mut self) -> Self {
        drop(self.app.update(AppMessage::Sticks(vec![Stick::pictured("KINGSTON")])));
        self
    }
}

fn with_stick(look: &Look, world: &World) -> Walk {
    opened_with(look, world, proven(world), ProofState::Proven).stick_in()
}

fn offered(look: &Look, world: &World) -> Walk {
    with_stick(look, world).signed(Step::Ask).part(1, 1)
}

/// The executor has it, and its time is proven.
fn proven(world: &World) -> History {
    let mut history = executor(world);
    let say = |lang: Lang| {
        let at = crate::i18n::format::date_time(lang, history.events[0].at);
        Text::new(Msg::PortalTimeProven).with("at", at).with("by", "TEST TSA").say(lang)
    };
    let title = Names { kk: say(Lang::Kk), ru: say(Lang::Ru), en: say(Lang::En) };
    let mut event = history.events[0].clone();
    event.kind = Kind::Other { code: TIME_PROVEN.to_owned(), title };
    event.at = event.at.plus(60);
    history.events.insert(1, event);
    history
}
