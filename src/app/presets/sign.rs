//! Signing: the reader, the card, the PIN, and everything that can go wrong between them.

use super::NOW;
use super::letter;
use super::people::{self, card};
use super::walk::Walk;
use super::{Preset, people::Holder};
use crate::app::{App, Message as AppMessage};
use crate::card::pinpad::Step;
use crate::card::{CardError, CardInfo, CardStatus};
use crate::domain::standing::List;
use crate::env::Mode;
use crate::fault::Code;
use crate::screen::letters;
use crate::screen::once::Once;
use crate::screen::sign::{Message, Said, SignError};
use crate::screen::world::World;
use crate::screen::{self, Screen};
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("sign-no-service", |l, w| shows(l, w, CardStatus::NoService)),
    Preset::new("sign-no-reader", |l, w| shows(l, w, CardStatus::NoReader)),
    Preset::new("sign-no-card", |l, w| shows(l, w, CardStatus::NoCard)),
    Preset::new("sign-no-card-practice", |l, w| letter::check(l, w).next().card(CardStatus::NoCard).done()),
    Preset::new("sign-left-behind", |l, w| shows(l, w, CardStatus::LeftBehind)),
    Preset::new("sign-wrong-way", |l, w| shows(l, w, CardStatus::WrongWay)),
    Preset::new("sign-unsupported", |l, w| shows(l, w, CardStatus::Unsupported)),
    Preset::new("sign-reading", |l, w| shows(l, w, CardStatus::Reading)),
    Preset::new("sign-held", |l, w| shows(l, w, CardStatus::HeldByOther)),
    Preset::new("sign-not-yet", |l, w| shows(l, w, CardStatus::NotYetValid(card(Holder::Person, None)))),
    Preset::new("sign-expired", |l, w| shows(l, w, CardStatus::Expired(people::expired()))),
    Preset::new("sign-blocked", |l, w| shows(l, w, CardStatus::Blocked(card(Holder::Person, Some(0))))),
    Preset::new("sign-no-certificate", |l, w| shows(l, w, CardStatus::NoCertificate)),
    Preset::new("sign-damaged", |l, w| shows(l, w, CardStatus::Damaged(CardError::Malformed))),
    Preset::new("sign-several", |l, w| shows(l, w, CardStatus::Several(people::several()))),
    Preset::new("sign-several-chosen", |l, w| {
        let several = people::several();
        let hers = several[1].choice();
        at_sign(l, w).card(CardStatus::Several(several)).sign(Message::Choose(hers)).done()
    }),
    Preset::new("sign-pin", |l, w| pin(l, w, Some(3)).done()),
    Preset::new("sign-pin-practice", |l, w| {
        let walk = letter::check(l, w).next();
        typed(walk.card(CardStatus::Ready(card(Holder::Person, Some(3)))), 4).done()
    }),
    Preset::new("sign-pin-practice-own", |l, w| {
        let own = CardInfo { own_pin: true, ..card(Holder::Person, Some(3)) };
        letter::check(l, w).next().card(CardStatus::Ready(own)).done()
    }),
    Preset::new("sign-pin-typed", |l, w| typed(pin(l, w, Some(3)), 5).done()),
    Preset::new("sign-pin-unknown-tries", |l, w| pin(l, w, None).done()),
    Preset::new("sign-pin-organisation", |l, w| {
        at_sign(l, w).card(CardStatus::Ready(card(Holder::Organisation, Some(3)))).done()
    }),
    Preset::new("sign-pin-long", |l, w| {
        let walk = letter::check_long(l, w, Mode::Real).next();
        walk.card(CardStatus::Ready(card(Holder::Person, Some(3)))).done()
    }),
    Preset::new("sign-pin-empty", |l, w| pin(l, w, Some(3)).sign(Message::Sign).done()),
    Preset::new("sign-pin-wrong", |l, w| {
        refused(pin(l, w, Some(3)), CardError::WrongPin { tries_left: Some(2) }).done()
    }),
    Preset::new("sign-pin-token", |l, w| token(l, w).done()),
    Preset::new("sign-letters", |l, w| token(l, w).sign(Message::WithLetters).done()),
    Preset::new("sign-letters-typed", |l, w| lettered(l, w, "Пин-Kod12").done()),
    Preset::new("sign-letters-shown", |l, w| {
        lettered(l, w, "Пин-Kod12").sign(Message::Letters(letters::Message::Show)).done()
    }),
    Preset::new("sign-letters-short", |l, w| lettered(l, w, "k1").sign(Message::Sign).done()),
    Preset::new("sign-letters-wrong", |l, w| {
        refused(lettered(l, w, "Пин-Kod12"), CardError::WrongPin { tries_left: None }).done()
    }),
    Preset::new("sign-last-try", |l, w| {
        refused(pin(l, w, Some(2)), CardError::WrongPin { tries_left: Some(1) }).done()
    }),
    Preset::new("sign-last-try-sure", |l, w| pin(l, w, Some(1)).sign(Message::Sure).done()),
    Preset::new("sign-pulled", |l, w| {
        refused(pin(l, w, Some(3)), CardError::Pulled).card(CardStatus::NoCard).done()
    }),
    Preset::new("sign-working", |l, w| typed(pin(l, w, Some(3)), 6).sign(Message::Sign).done()),
    Preset::new("sign-reader", |l, w| keyed(l, w).done()),
    Preset::new("sign-reader-asks", |l, w| asks(l, w).done()),
    Preset::new("sign-reader-cancelled", |l, w| {
        ends(asks(l, w).sign(Message::Back), CardError::PinCancelled).done()
    }),
    Preset::new("sign-reader-wrong", |l, w| {
        ends(asks(l, w), CardError::WrongPin { tries_left: Some(2) }).done()
    }),
    Preset::new("sign-reader-refused", |l, w| ends(asks(l, w), CardError::PadRefused).done()),
    Preset::new("sign-read-all", |l, w| {
        let walk = letter::check_long(l, w, Mode::Real).next();
        walk.card(CardStatus::Ready(card(Holder::Person, Some(3)))).sign(Message::ReadAll(true)).done()
    }),
    Preset::new("sign-revoked", |l, w| {
        let info = card(Holder::Person, Some(3));
        pin(l, w, Some(3)).sign(Message::Status(info.choice(), Said::Revoked(None))).done()
    }),
    Preset::new("sign-revoked-list", |l, w| {
        let info = card(Holder::Person, Some(3));
        let said = Said::Revoked(Some(std::sync::Arc::new(list())));
        pin(l, w, Some(3)).sign(Message::Status(info.choice(), said)).done()
    }),
    Preset::new("sign-no-room", |l, w| {
        let full = crate::outbox::OutboxError::Store(crate::store::StoreError::Full);
        pin(l, w, Some(3)).sign(Message::Reserved(Once::new(Err(full)))).done()
    }),
    Preset::new("sign-failed", |l, w| {
        let failed = SignError::Other(Code("sign.certificate-missing"));
        typed(pin(l, w, Some(3)), 6).sign(Message::Sign).sign(Message::Signed(Once::new(Err(failed)))).done()
    }),
];

impl Walk {
    /// The card's state as the service tells it.
    pub fn card(mut self, status: CardStatus) -> Self {
        drop(self.app.update(AppMessage::Card(0, status)));
        self
    }

    fn sign(self, message: Message) -> Self {
        self.tell(screen::Message::Sign(message))
    }
}

/// A finished letter in a real deployment, before the card.
fn at_sign(look: &Look, world: &World) -> Walk {
    letter::check_in(look, world, Mode::Real).next()
}

fn shows(look: &Look, world: &World, status: CardStatus) -> App {
    at_sign(look, world).card(status).done()
}

/// A token, whose PIN may have letters.
fn token(look: &Look, world: &World) -> Walk {
    at_sign(look, world).card(CardStatus::Ready(people::token(None)))
}

fn lettered(look: &Look, world: &World, signs: &str) -> Walk {
    let walk = token(look, world).sign(Message::WithLetters);
    if let Some(Screen::Sign(state)) = walk.app.visit.as_ref().map(|visit| &visit.screen) {
        let pad = state.pin.letters();
        signs.chars().for_each(|c| pad.push(c));
    }
    walk.sign(Message::Letters(letters::Message::Typed(None)))
}

fn pin(look: &Look, world: &World, tries: Option<u8>) -> Walk {
    at_sign(look, world).card(CardStatus::Ready(card(Holder::Person, tries)))
}

/// A card in a reader with keys of its own.
fn keyed(look: &Look, world: &World) -> Walk {
    at_sign(look, world).card(CardStatus::Ready(people::keyed(Some(3))))
}

fn asks(look: &Look, world: &World) -> Walk {
    keyed(look, world).sign(Message::Sign).sign(Message::Reader(Step::Asks { left: 47 }))
}

/// What came back of the reader.
fn ends(walk: Walk, error: CardError) -> Walk {
    walk.sign(Message::Signed(Once::new(Err(SignError::Card(error)))))
}

/// So many digits on the pad.
fn typed(walk: Walk, digits: u8) -> Walk {
    if let Some(visit) = &walk.app.visit
        && let Screen::Sign(state) = &visit.screen
    {
        (0..digits).for_each(|digit| state.pin.push(digit));
    }
    walk.sign(Message::PinTyped)
}

/// A PIN was sent to the card, and this came back.
fn refused(walk: Walk, error: CardError) -> Walk {
    typed(walk, 6).sign(Message::Sign).sign(Message::Signed(Once::new(Err(SignError::Card(error)))))
}

/// The list by which a certificate is revoked.
pub fn list() -> List {
    List {
        by: "ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST)".into(),
        number: Some("20260811".into()),
        this_update: NOW.plus(-3 * 3_600),
        next_update: Some(NOW.plus(21 * 3_600)),
    }
}
