//! Help at the screen: offered, asked, given; what a helper does not see; the letter read back before it is signed.

use super::people::{Holder, card};
use super::walk::{Walk, visit};
use super::{Preset, letter, sending, track};
use crate::app::over::{Message, Over};
use crate::app::{App, Message as AppMessage, assist};
use crate::card::CardStatus;
use crate::env::Mode;
use crate::screen::world::World;
use crate::screen::{self, Screen, sign};
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("assist-answered", |l, w| over(l, w, Over::Answered)),
    Preset::new("assist-asked", |l, w| over(l, w, Over::Asked)),
    Preset::new("assist-home", |l, w| helped(Walk::home(l, w, Mode::Real)).done()),
    Preset::new("assist-letter-text", |l, w| {
        helped(letter::text(l, w)).write("letter.text", letter::half(l)).done()
    }),
    Preset::new("assist-letter-me", |l, w| {
        let walk = helped(letter::check_long(l, w, Mode::Real));
        walk.say(screen::letter::Message::Change("me".into())).done()
    }),
    Preset::new("assist-letter-me-typed", |l, w| {
        let walk =
            helped(letter::check_long(l, w, Mode::Real)).say(screen::letter::Message::Change("me".into()));
        walk.say(screen::letter::Message::Focus("letter.email")).done()
    }),
    Preset::new("assist-check", |l, w| helped(letter::check_long(l, w, Mode::Real)).done()),
    Preset::new("assist-check-shown", |l, w| shown(helped(letter::check_long(l, w, Mode::Real))).done()),
    Preset::new("assist-read-to", |l, w| read(l, w, 0).done()),
    Preset::new("assist-read-asks", |l, w| read(l, w, 1).done()),
    Preset::new("assist-read-who", |l, w| read(l, w, 2).done()),
    Preset::new("assist-read-text", |l, w| read(l, w, 3).done()),
    Preset::new("assist-read-files", |l, w| to_read(letter::check_in(l, w, Mode::Real), 4).done()),
    Preset::new("assist-read-rest", |l, w| read(l, w, usize::MAX).done()),
    Preset::new("assist-sign-pin", |l, w| pin(l, w, Mode::Real).done()),
    Preset::new("assist-sign-pin-typed", |l, w| {
        let walk = pin(l, w, Mode::Practice);
        if let Some(visit) = &walk.app.visit
            && let Screen::Sign(state) = &visit.screen
        {
            (0..5).for_each(|digit| state.pin.push(digit));
        }
        walk.tell(screen::Message::Sign(sign::Message::PinTyped)).done()
    }),
    Preset::new("assist-received", |l, w| helped(sending::registered(l, w, Mode::Real)).done()),
    Preset::new("assist-track-card", |l, w| helped(track::pin(l, w, 3)).done()),
    Preset::new("assist-leave", |l, w| {
        let mut app = helped(letter::check_in(l, w, Mode::Real)).done();
        drop(app.update(AppMessage::Over(Message::Leave)));
        app
    }),
];

fn over(look: &Look, world: &World, over: Over) -> App {
    let mut app = visit(look, world, Mode::Real, Screen::Home);
    if let Some(visit) = &mut app.visit {
        visit.over = over;
    }
    app
}

/// The visitor has agreed.
fn helped(mut walk: Walk) -> Walk {
    if let Some(visit) = &mut walk.app.visit {
        visit.over = Over::Asked;
    }
    drop(walk.app.update(AppMessage::Over(Message::Assist(assist::Message::Yes))));
    walk
}

fn shown(mut walk: Walk) -> Walk {
    if let Some(visit) = &mut walk.app.visit {
        visit.help.shown = true;
    }
    walk
}

/// With so many pieces confirmed; the last one where there are fewer.
fn read(look: &Look, world: &World, confirmed: usize) -> Walk {
    to_read(letter::check_long(look, world, Mode::Real), confirmed)
}

fn to_read(walk: Walk, confirmed: usize) -> Walk {
    let mut walk = helped(walk).next().card(CardStatus::Ready(card(Holder::Person, Some(3))));
    for n in 0..confirmed.min(pieces(&walk).saturating_sub(1)) {
        walk = walk.tell(screen::Message::Sign(sign::Message::Confirm(n)));
    }
    walk
}

fn pin(look: &Look, world: &World, mode: Mode) -> Walk {
    let mut walk = to_read(letter::check_in(look, world, mode), usize::MAX);
    let last = pieces(&walk).saturating_sub(1);
    walk = walk.tell(screen::Message::Sign(sign::Message::Confirm(last)));
    walk
}

/// How many pieces there are to confirm.
fn pieces(walk: &Walk) -> usize {
    match &walk.app.visit {
        Some(visit) => match &visit.screen {
            Screen::Sign(state) => {
                walk.app.context(visit).and_then(|c| state.is_read_back(&c)).map_or(0, |(_, n)| n)
            }
            _ => 0,
        },
        None => 0,
    }
}
