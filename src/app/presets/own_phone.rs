//! One's own letters by a phone: the code, whose letters, and what can go wrong.

use super::Preset;
use super::phone::owner;
use super::walk::Walk;
use crate::app::App;
use crate::env::Mode;
use crate::fault::Code;
use crate::portal::PortalError;
use crate::portal::wire::phone::{PhoneStage, PhoneState};
use crate::screen::once::Once;
use crate::screen::phone::judge::Wrong;
use crate::screen::phone::{Begun, Given};
use crate::screen::track::phone::{Message, Signed};
use crate::screen::world::World;
use crate::screen::{self, home, track};
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("own-phone-opening", |l, w| begun(l, w, Mode::Real).done()),
    Preset::new("own-phone", |l, w| shown(l, w, Mode::Real).done()),
    Preset::new("own-phone-practice", |l, w| shown(l, w, Mode::Practice).done()),
    Preset::new("own-phone-opened", |l, w| told(shown(l, w, Mode::Real), PhoneStage::Opened, 0).done()),
    Preset::new("own-phone-unreadable", |l, w| told(shown(l, w, Mode::Real), PhoneStage::Opened, 1).done()),
    Preset::new("own-phone-cut", |l, w| {
        shown(l, w, Mode::Real).own_phone(Message::Told(1, Once::new(Err(PortalError::Cut)))).done()
    }),
    Preset::new("own-phone-checking", |l, w| signed(l, w).done()),
    Preset::new("own-phone-owner", |l, w| known(l, w).done()),
    Preset::new("own-phone-refused", |l, w| {
        let refused = Once::new(Err(Code("server.login-not-valid")));
        known(l, w).own_phone(Message::Show).own_phone(Message::Entered(3, refused)).done()
    }),
    Preset::new("own-phone-timed-out", |l, w| {
        let gone = PortalError::Problem { status: 404, code: "server.not-found".into() };
        shown(l, w, Mode::Real).own_phone(Message::Told(1, Once::new(Err(gone)))).done()
    }),
    Preset::new("own-phone-no-line", |l, w| refused(l, w, "login.no-line")),
    Preset::new("own-phone-busy", |l, w| refused(l, w, "login.busy")),
    Preset::new("own-phone-no-phones", |l, w| refused(l, w, "login.no-phones")),
    Preset::new("own-phone-other-document", |l, w| wrong(l, w, Wrong::OtherDocument)),
    Preset::new("own-phone-expired", |l, w| wrong(l, w, Wrong::Expired)),
    Preset::new("own-phone-revoked", |l, w| wrong(l, w, Wrong::Revoked)),
    Preset::new("own-phone-untrusted", |l, w| wrong(l, w, Wrong::Untrusted)),
    Preset::new("own-phone-not-for-this", |l, w| wrong(l, w, Wrong::NotForThis)),
    Preset::new("own-phone-not-valid", |l, w| wrong(l, w, Wrong::NotValid)),
    Preset::new("own-phone-could-not-check", |l, w| wrong(l, w, Wrong::CouldNotCheck)),
];

impl Walk {
    fn own_phone(self, message: Message) -> Self {
        self.tell(screen::Message::Track(track::Message::Phone(message)))
    }
}

fn begun(look: &Look, world: &World, mode: Mode) -> Walk {
    let home = Walk::home(look, world, mode).tell(screen::Message::Home(home::Message::Track));
    home.tell(screen::Message::Track(track::Message::ByPhone))
}

fn shown(look: &Look, world: &World, mode: Mode) -> Walk {
    let address = "https://sign.portal.example/m/Zm9yIHBpY3R1cmVzIG9u";
    let given = Given::new(world.env.portal.clone(), "pictured".into(), address, None);
    let given = Once::new(Ok((Begun { given, seconds: 600 }, vec![])));
    begun(look, world, mode).own_phone(Message::Begun(1, given))
}

fn told(walk: Walk, stage: PhoneStage, unreadable: u32) -> Walk {
    let cms = (stage == PhoneStage::Signed).then(|| "MAA=".to_owned());
    let state = PhoneState { version: 1, stage, unreadable, cms };
    walk.own_phone(Message::Told(1, Once::new(Ok(Some(state)))))
}

fn signed(look: &Look, world: &World) -> Walk {
    told(shown(look, world, Mode::Real), PhoneStage::Signed, 0)
}

fn known(look: &Look, world: &World) -> Walk {
    let judged = Once::new(Ok(Signed::new(owner("051224600019"), vec![])));
    signed(look, world).own_phone(Message::Judged(2, judged))
}

/// No code was given.
fn refused(look: &Look, world: &World, code: &'static str) -> App {
    let refused = Once::new(Err(Code(code)));
    begun(look, world, Mode::Real).own_phone(Message::Begun(1, refused)).done()
}

/// What the phone sent is not taken.
fn wrong(look: &Look, world: &World, wrong: Wrong) -> App {
    signed(look, world).own_phone(Message::Judged(2, Once::new(Err(wrong)))).done()
}
