//! From the signature to the receipt, and what can hold it up.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::walk::Walk;
use super::{NOW, Preset, letter};
use crate::app::{App, Message as AppMessage};
use crate::card::CardStatus;
use crate::domain::receipt::{Notice, Receipt};
use crate::domain::statement::Statement;
use crate::domain::{Digest, SubmissionId};
use crate::env::Mode;
use crate::fault::Code;
use crate::outbox::{Id, OutboxError, Prepared, Status};
use crate::screen::once::Once;
use crate::screen::received::Letter;
use crate::screen::sending::Message;
use crate::screen::sign::Signed;
use crate::screen::world::World;
use crate::screen::{self, Screen, sign};
use crate::seal::keyset::SigningKey;
use crate::seal::receipt::sign_receipt;
use crate::seal::visitor::VisitorSecret;
use crate::store::StoreError;
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("sending-keeping", |l, w| signed(l, w, Mode::Real).done()),
    Preset::new("sending-stored", |l, w| kept(l, w, Mode::Real).done()),
    Preset::new("sending-begun", |l, w| at(l, w, Status::Sending { sent: 0, total: 214_000 })),
    Preset::new("sending-half", |l, w| at(l, w, Status::Sending { sent: 118_000, total: 214_000 })),
    Preset::new("sending-practice", |l, w| {
        kept(l, w, Mode::Practice).outbox(Status::Sending { sent: 1_800, total: 4_200 }).done()
    }),
    Preset::new("sending-offline", |l, w| {
        at(l, w, Status::Stored { fault: Some(Code("portal.unreachable")) })
    }),
    Preset::new("sending-stuck", |l, w| at(l, w, Status::Stuck { code: Code("portal.problem") })),
    Preset::new("sending-refused", |l, w| not_accepted(l, w, "server.iin-mismatch")),
    Preset::new("sending-refused-signature", |l, w| not_accepted(l, w, "server.signature-not-valid")),
    Preset::new("sending-not-kept", |l, w| {
        let full = Err(OutboxError::Store(StoreError::Full));
        signed(l, w, Mode::Real).sending(Message::Submitted(Once::new(full))).done()
    }),
];

impl Walk {
    fn sending(self, message: Message) -> Self {
        self.tell(screen::Message::Sending(message))
    }

    /// What the outbox tells of the letter.
    pub fn outbox(mut self, status: Status) -> Self {
        if let Some(visit) = &self.app.visit {
            let id = visit.session.id();
            drop(self.app.update(AppMessage::Outbox(id, status)));
        }
        self
    }

    /// The statement that the screen before the PIN shows.
    fn statement(&self) -> Option<Arc<Statement>> {
        match &self.app.visit.as_ref()?.screen {
            Screen::Sign(state) => Some(state.ready.as_ref()?.as_ref().ok()?.shown.clone()),
            _ => None,
        }
    }
}

const ENVELOPE: Digest = Digest([7; 32]);
const STATEMENT: Digest = Digest([8; 32]);
const SUBMISSION: SubmissionId = SubmissionId([9; 16]);

/// The card has signed.
fn signed(look: &Look, world: &World, mode: Mode) -> Walk {
    use super::people::{Holder, card};
    let walk =
        letter::check_in(look, world, mode).next().card(CardStatus::Ready(card(Holder::Person, Some(3))));
    let Some(statement) = walk.statement() else { return walk };
    let secret = VisitorSecret::from_bytes(Zeroizing::new([5; 32]));
    let prepared =
        Prepared { submission: SUBMISSION, statement: STATEMENT, envelope: Vec::new(), reserved: None };
    let signed = Signed {
        prepared,
        letter: Letter { lang: look.lang, secret, statement, digest: STATEMENT, signed: Arc::default() },
    };
    walk.tell(screen::Message::Sign(sign::Message::Signed(Once::new(Ok(signed)))))
}

pub(super) fn kept(look: &Look, world: &World, mode: Mode) -> Walk {
    signed(look, world, mode).sending(Message::Submitted(Once::new(Ok::<Id, _>(ENVELOPE))))
}

fn at(look: &Look, world: &World, status: Status) -> App {
    kept(look, world, Mode::Real).outbox(status).done()
}

fn not_accepted(look: &Look, world: &World, reason: &str) -> App {
    let notice = Notice {
        time: NOW,
        submission: SUBMISSION,
        envelope: ENVELOPE,
        reason: reason.into(),
        practice: false,
    };
    at(look, world, Status::NotAccepted { notice: Arc::new(notice), signed: Arc::new([]) })
}

/// The portal's receipt has come, signed with a key made for the picture.
pub(super) fn registered(look: &Look, world: &World, mode: Mode) -> Walk {
    registered_after(look, world, mode, 0)
}

/// The letter waited for the line for so many seconds.
pub(super) fn registered_after(look: &Look, world: &World, mode: Mode, seconds: i64) -> Walk {
    let walk = kept(look, world, mode);
    let content = world.env.content;
    let (Some(body), Ok(due)) = (content.body("akimat-kz-35"), content.due("application", NOW)) else {
        return walk;
    };
    let practice = mode == Mode::Practice;
    let receipt = Receipt {
        number: if practice { "ОҚУ-2026-00001234" } else { "ЖТ-2026-00001234" }.into(),
        registered: NOW.plus(seconds),
        submission: SUBMISSION,
        statement: STATEMENT,
        envelope: ENVELOPE,
        body: body.id.clone(),
        body_name: body.name.get(look.lang).to_owned(),
        received_by: if practice { "" } else { "ТЕСТОВА ТЕСТ" }.into(),
        due: due.date,
        rule: due.rule,
        practice,
        language: look.lang.tag().into(),
    };
    let key = SigningKey::from_seed(&Zeroizing::new([6; 32]));
    let Some(bytes) = key.ok().and_then(|key| sign_receipt(&receipt, &key).ok()) else { return walk };
    walk.outbox(Status::Registered { receipt: Arc::new(receipt), signed: bytes.into() })
}
