//! My card: a new PIN, for the old one or for the PUK.

use super::Preset;
use super::people::Holder;
use super::people::{self, card, expired, several};
use super::walk::{Walk, visit};
use crate::app::App;
use crate::card::pinpad::{Pad, Step};
use crate::card::{CardError, CardInfo, CardStatus, PinRules, Unblocking, UnblocksBy};
use crate::env::Mode;
use crate::screen::mycard::{Deed, Message};
use crate::screen::once::Once;
use crate::screen::world::World;
use crate::screen::{self, Screen, info};
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("mycard-no-card", |l, w| open(l, w, Mode::Real, CardStatus::NoCard).done()),
    Preset::new("mycard-no-card-practice", |l, w| open(l, w, Mode::Practice, CardStatus::NoCard).done()),
    Preset::new("mycard-several", |l, w| open(l, w, Mode::Real, CardStatus::Several(several())).done()),
    Preset::new("mycard", |l, w| ready(l, w, Some(3)).done()),
    Preset::new("mycard-expired", |l, w| open(l, w, Mode::Real, CardStatus::Expired(expired())).done()),
    Preset::new("mycard-no-puk", |l, w| {
        let pin = PinRules { unblocking: None, ..PinRules::default() };
        let info = CardInfo { pin, ..card(Holder::Person, Some(0)) };
        open(l, w, Mode::Real, CardStatus::Blocked(info)).done()
    }),
    Preset::new("mycard-blocked", |l, w| blocked(l, w).done()),
    Preset::new("mycard-old", |l, w| ready(l, w, Some(2)).card_says(Message::Begin(Deed::Change)).done()),
    Preset::new("mycard-old-practice", |l, w| {
        let status = CardStatus::Ready(card(Holder::Person, Some(3)));
        open(l, w, Mode::Practice, status).card_says(Message::Begin(Deed::Change)).done()
    }),
    Preset::new("mycard-old-short", |l, w| {
        ready(l, w, Some(3)).card_says(Message::Begin(Deed::Change)).code(3).done()
    }),
    Preset::new("mycard-reader", |l, w| keyed(l, w).done()),
    Preset::new("mycard-reader-asks", |l, w| {
        keyed(l, w).card_says(Message::Next).card_says(Message::Reader(Step::Asks { left: 47 })).done()
    }),
    Preset::new("mycard-reader-unblock", |l, w| keyed_unblock(l, w).done()),
    Preset::new("mycard-reader-unblock-asks", |l, w| {
        keyed_unblock(l, w)
            .card_says(Message::Next)
            .card_says(Message::Reader(Step::Asks { left: 52 }))
            .done()
    }),
    Preset::new("mycard-reader-no-unblock", |l, w| {
        let pad = Pad { verify: true, modify: true, unblock: false };
        let info = CardInfo { pad, ..people::keyed(Some(0)) };
        let walk = open(l, w, Mode::Real, CardStatus::Blocked(info));
        walk.card_says(Message::Begin(Deed::Unblock)).done()
    }),
    Preset::new("mycard-admin", |l, w| open(l, w, Mode::Real, CardStatus::Ready(admin(2, 3))).done()),
    Preset::new("mycard-admin-blocked", |l, w| {
        open(l, w, Mode::Real, CardStatus::Blocked(admin(0, 3))).done()
    }),
    Preset::new("mycard-admin-wrong", |l, w| {
        let walk = open(l, w, Mode::Real, CardStatus::Blocked(admin(0, 3)));
        let walk = walk.card_says(Message::Begin(Deed::Unblock)).code(8).code(6).code(6);
        let wrong = Err(CardError::WrongPuk { tries_left: Some(2) });
        walk.card_says(Message::Ended(Once::new(wrong))).done()
    }),
    Preset::new("mycard-admin-last", |l, w| {
        let walk = open(l, w, Mode::Real, CardStatus::Blocked(admin(0, 1)));
        walk.card_says(Message::Begin(Deed::Unblock)).done()
    }),
    Preset::new("mycard-letters", |l, w| lettered(l, w).done()),
    Preset::new("mycard-letters-new", |l, w| lettered(l, w).code(8).done()),
    Preset::new("mycard-letters-short", |l, w| lettered(l, w).code(3).done()),
    Preset::new("mycard-last-pin", |l, w| {
        ready(l, w, Some(1)).card_says(Message::Begin(Deed::Change)).done()
    }),
    Preset::new("mycard-puk", |l, w| blocked(l, w).card_says(Message::Begin(Deed::Unblock)).done()),
    Preset::new("mycard-puk-wrong", |l, w| wrong_puk(l, w, 2).done()),
    Preset::new("mycard-last-puk", |l, w| wrong_puk(l, w, 1).done()),
    Preset::new("mycard-new", |l, w| blocked(l, w).card_says(Message::Begin(Deed::Unblock)).code(8).done()),
    Preset::new("mycard-differ", |l, w| {
        let walk = blocked(l, w).card_says(Message::Begin(Deed::Unblock)).code(8);
        walk.code(6).code(7).done()
    }),
    Preset::new("mycard-again", |l, w| {
        blocked(l, w).card_says(Message::Begin(Deed::Unblock)).code(8).code(6).done()
    }),
    Preset::new("mycard-working", |l, w| sent(l, w).done()),
    Preset::new("mycard-refused", |l, w| ended(l, w, Err(CardError::NewPinRefused)).done()),
    Preset::new("mycard-puk-blocked", |l, w| ended(l, w, Err(CardError::PukBlocked)).done()),
    Preset::new("mycard-done", |l, w| ended(l, w, Ok(())).done()),
];

impl Walk {
    fn card_says(self, message: Message) -> Self {
        self.tell(screen::Message::MyCard(message))
    }

    /// So many digits, and on.
    fn code(self, digits: u8) -> Self {
        if let Some(visit) = &self.app.visit
            && let Screen::MyCard(state) = &visit.screen
        {
            (0..digits).for_each(|digit| state.pad.push(digit));
        }
        self.card_says(Message::Typed).card_says(Message::Next)
    }
}

/// A card that whoever administers it unblocks.
fn admin(tries: u8, of_admin: u8) -> CardInfo {
    let unblocking = Unblocking { by: UnblocksBy::Admin, tries_left: Some(of_admin), least: 8, most: 127 };
    let pin = PinRules { least: 6, most: 127, letters: true, unblocking: Some(unblocking) };
    CardInfo { app: crate::card::App::OpenPgp, pin, ..card(Holder::Person, Some(tries)) }
}

/// A card whose PIN has letters is to get another.
fn lettered(look: &Look, world: &World) -> Walk {
    let walk = open(look, world, Mode::Real, CardStatus::Ready(admin(3, 3)));
    walk.card_says(Message::Begin(Deed::Change)).card_says(Message::WithLetters)
}

/// The PUK is typed on a reader that takes it.
fn keyed_unblock(look: &Look, world: &World) -> Walk {
    let status = CardStatus::Blocked(people::keyed(Some(0)));
    open(look, world, Mode::Real, status).card_says(Message::Begin(Deed::Unblock))
}

fn open(look: &Look, world: &World, mode: Mode, status: CardStatus) -> Walk {
    let page = Screen::Info(info::State::new(info::Page::Signature));
    let app: App = visit(look, world, mode, page);
    let walk = Walk { app }.tell(screen::Message::Info(info::Message::MyCard));
    walk.card(status)
}

fn ready(look: &Look, world: &World, tries: Option<u8>) -> Walk {
    open(look, world, Mode::Real, CardStatus::Ready(card(Holder::Person, tries)))
}

fn keyed(look: &Look, world: &World) -> Walk {
    let walk = open(look, world, Mode::Real, CardStatus::Ready(people::keyed(Some(3))));
    walk.card_says(Message::Begin(Deed::Change))
}

fn blocked(look: &Look, world: &World) -> Walk {
    open(look, world, Mode::Real, CardStatus::Blocked(card(Holder::Person, Some(0))))
}

fn sent(look: &Look, world: &World) -> Walk {
    blocked(look, world).card_says(Message::Begin(Deed::Unblock)).code(8).code(6).code(6)
}

fn ended(look: &Look, world: &World, result: Result<(), CardError>) -> Walk {
    sent(look, world).card_says(Message::Ended(Once::new(result)))
}

fn wrong_puk(look: &Look, world: &World, left: u8) -> Walk {
    ended(look, world, Err(CardError::WrongPuk { tries_left: Some(left) }))
}
