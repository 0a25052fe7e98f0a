//! Signing with a phone: who signs, the code, what the phone does, and what can go wrong.

use super::walk::Walk;
use super::{Preset, letter};
use crate::app::App;
use crate::card::Owner;
use crate::env::Mode;
use crate::fault::Code;
use crate::portal::PortalError;
use crate::portal::wire::phone::{PhoneStage, PhoneState};
use crate::screen;
use crate::screen::once::Once;
use crate::screen::phone::{Begun, Given, Message, Refused};
use crate::screen::world::World;
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("letter-signer", |l, w| asked(l, w, Mode::Real).done()),
    Preset::new("letter-signer-wrong", |l, w| named(asked(l, w, Mode::Real), "900101300018").next().done()),
    Preset::new("phone-opening", |l, w| at_phone(l, w, Mode::Real).done()),
    Preset::new("phone", |l, w| shown(l, w).done()),
    Preset::new("phone-practice", |l, w| given(at_phone(l, w, Mode::Practice), w, 1).done()),
    Preset::new("phone-opened", |l, w| told(shown(l, w), PhoneStage::Opened, 0).done()),
    Preset::new("phone-unreadable", |l, w| told(shown(l, w), PhoneStage::Opened, 1).done()),
    Preset::new("phone-cut", |l, w| cut(shown(l, w)).done()),
    Preset::new("phone-opened-cut", |l, w| cut(told(shown(l, w), PhoneStage::Opened, 0)).done()),
    Preset::new("phone-renamed", |l, w| {
        let again = Refused::Renamed(Owner {
            name: "ТЕСТОВ ТЕСТ ТЕСТҰЛЫ".into(), ..owner("900101300017")
        });
        given(judged(l, w, again), w, 3).done()
    }),
    Preset::new("phone-checking", |l, w| told(shown(l, w), PhoneStage::Signed, 0).done()),
    Preset::new("phone-read-all", |l, w| shown(l, w).phone(Message::ReadAll(true)).done()),
    Preset::new("phone-timed-out", |l, w| {
        let gone = PortalError::Problem { status: 404, code: "server.not-found".into() };
        shown(l, w).phone(Message::Told(1, Once::new(Err(gone)))).done()
    }),
    Preset::new("phone-other-person", |l, w| judged(l, w, Refused::Person(owner("051224600019"))).done()),
    Preset::new("phone-no-line", |l, w| refused(l, w, "phone.no-line")),
    Preset::new("phone-busy", |l, w| refused(l, w, "phone.busy")),
    Preset::new("phone-no-phones", |l, w| refused(l, w, "server.no-phones")),
    Preset::new("phone-too-long", |l, w| refused(l, w, "phone.too-long")),
    Preset::new("phone-other-document", |l, w| stopped(l, w, "phone.other-document")),
    Preset::new("phone-expired", |l, w| stopped(l, w, "phone.expired")),
    Preset::new("phone-revoked", |l, w| stopped(l, w, "phone.revoked")),
    Preset::new("phone-untrusted", |l, w| stopped(l, w, "phone.untrusted")),
    Preset::new("phone-not-for-signing", |l, w| stopped(l, w, "phone.not-for-signing")),
    Preset::new("phone-not-valid", |l, w| stopped(l, w, "phone.not-valid")),
    Preset::new("phone-could-not-check", |l, w| stopped(l, w, "phone.could-not-check")),
];

impl Walk {
    fn phone(self, message: Message) -> Self {
        self.tell(screen::Message::Phone(message))
    }
}

pub(super) fn owner(iin: &str) -> Owner {
    Owner { name: "ТЕСТОВА ТЕСТА ТЕСТҚЫЗЫ".into(), iin: iin.into(), ..Owner::default() }
}

/// A finished letter that is to be signed with a phone: who signs is asked.
fn asked(look: &Look, world: &World, mode: Mode) -> Walk {
    let walk = letter::check_in(look, world, mode).say(screen::letter::Message::Change("sign".into()));
    walk.answer("letter.sign", "phone")
}

fn named(walk: Walk, iin: &str) -> Walk {
    walk.write("letter.signer-name", "Тестов Тест Тестович").write("letter.signer-iin", iin)
}

fn at_phone(look: &Look, world: &World, mode: Mode) -> Walk {
    named(asked(look, world, mode), "900101300017").next().next()
}

/// The portal gave a code.
fn given(walk: Walk, world: &World, turn: u64) -> Walk {
    let address = "https://sign.portal.example/m/Zm9yIHBpY3R1cmVzIG9u";
    let given = Given::new(world.env.portal.clone(), "pictured".into(), address, None);
    walk.phone(Message::Begun(turn, Once::new(Ok(Begun { given, seconds: 600 }))))
}

fn shown(look: &Look, world: &World) -> Walk {
    given(at_phone(look, world, Mode::Real), world, 1)
}

fn told(walk: Walk, stage: PhoneStage, unreadable: u32) -> Walk {
    let cms = (stage == PhoneStage::Signed).then(|| "MAA=".to_owned());
    let state = PhoneState { version: 1, stage, unreadable, cms };
    walk.phone(Message::Told(1, Once::new(Ok(Some(state)))))
}

fn cut(walk: Walk) -> Walk {
    walk.phone(Message::Told(1, Once::new(Err(PortalError::Cut))))
}

/// What the phone sent was refused.
fn judged(look: &Look, world: &World, refused: Refused) -> Walk {
    let sent = told(shown(look, world), PhoneStage::Signed, 0);
    sent.phone(Message::Judged(2, Once::new(Err(refused))))
}

fn stopped(look: &Look, world: &World, code: &'static str) -> App {
    judged(look, world, Refused::Code(Code(code))).done()
}

/// No code was given.
fn refused(look: &Look, world: &World, code: &'static str) -> App {
    at_phone(look, world, Mode::Real).phone(Message::Begun(1, Once::new(Err(Code(code))))).done()
}
