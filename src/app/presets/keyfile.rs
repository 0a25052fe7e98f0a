//! Signing with a key file: the stick, the password, whose key, and what can go wrong.

use super::walk::Walk;
use super::{NOW, Preset, letter};
use crate::app::App;
use crate::env::Mode;
use crate::fault::Code;
use crate::files::{self, Stick};
use crate::private::Secret;
use crate::screen::keyfile::{Found, Message, Source};
use crate::screen::letters;
use crate::screen::once::Once;
use crate::screen::sign::Said;
use crate::screen::track::work::KeyTried;
use crate::screen::track::{self, Stage};
use crate::screen::world::World;
use crate::screen::{self, Screen};
use crate::sign::keyfile::{self, Entry, KeyFileError};
use crate::ui::keyboard::Key;
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("keyfile", |l, w| finding(l, w).done()),
    Preset::new("keyfile-looking", |l, w| finding(l, w).sticks(&["KINGSTON"]).done()),
    Preset::new("keyfile-none", |l, w| {
        let none = Message::Found(1, Once::new((vec![], None)));
        finding(l, w).sticks(&["KINGSTON"]).keyfile(none).done()
    }),
    Preset::new("keyfile-several", |l, w| several(l, w).done()),
    Preset::new("keyfile-practice", |l, w| at_keyfile(l, w, Mode::Practice).done()),
    Preset::new("keyfile-password", |l, w| asking(l, w).done()),
    Preset::new("keyfile-password-practice", |l, w| {
        typed(at_keyfile(l, w, Mode::Practice).keyfile(Message::Choose(0)), "123").done()
    }),
    Preset::new("keyfile-password-typed", |l, w| typed(asking(l, w), "Құпиясөз2026").done()),
    Preset::new("keyfile-password-shown", |l, w| {
        typed(asking(l, w), "Құпиясөз 2026").keyfile(Message::Letters(letters::Message::Show)).done()
    }),
    Preset::new("keyfile-password-long", |l, w| typed(asking(l, w), &"ҚұпиясөзҢ".repeat(12)).done()),
    Preset::new("keyfile-password-kazakh", |l, w| {
        let kazakh = asking(l, w).keyfile(board(Key::Alphabet));
        kazakh.keyfile(board(Key::Shift)).keyfile(board(Key::Shift)).done()
    }),
    Preset::new("keyfile-password-signs", |l, w| asking(l, w).keyfile(board(Key::Signs)).done()),
    Preset::new("keyfile-password-caps", |l, w| {
        typed(asking(l, w), "QWE").keyfile(Message::Letters(letters::Message::Typed(Some(true)))).done()
    }),
    Preset::new("keyfile-password-empty", |l, w| asking(l, w).keyfile(Message::Open).done()),
    Preset::new("keyfile-password-wrong", |l, w| refused(l, w, KeyFileError::WrongPassword)),
    Preset::new("keyfile-opening", |l, w| opening(l, w).keyfile(Message::Slow(3)).done()),
    Preset::new("keyfile-slow", |l, w| refused(l, w, KeyFileError::TooSlow)),
    Preset::new("keyfile-protection", |l, w| refused(l, w, KeyFileError::Protection)),
    Preset::new("keyfile-expired", |l, w| refused(l, w, KeyFileError::Expired)),
    Preset::new("keyfile-revoked", |l, w| refused(l, w, KeyFileError::Revoked)),
    Preset::new("keyfile-revoked-list", |l, w| {
        let said = Said::Revoked(Some(std::sync::Arc::new(super::sign::list())));
        ready(l, w, Mode::Real).keyfile(Message::Status(4, said)).done()
    }),
    Preset::new("keyfile-untrusted", |l, w| refused(l, w, KeyFileError::Untrusted)),
    Preset::new("keyfile-login-only", |l, w| refused(l, w, KeyFileError::LoginOnly)),
    Preset::new("keyfile-not-for-signing", |l, w| refused(l, w, KeyFileError::NotForSigning)),
    Preset::new("keyfile-gone", |l, w| asking(l, w).sticks(&[]).done()),
    Preset::new("keyfile-keys", |l, w| {
        let both = [entry(w), entry(w)].into_iter().flatten().collect();
        opening(l, w).keyfile(Message::Opened(3, Once::new(Ok(both)))).done()
    }),
    Preset::new("keyfile-ready", |l, w| ready(l, w, Mode::Real).done()),
    Preset::new("keyfile-ready-practice", |l, w| ready(l, w, Mode::Practice).done()),
    Preset::new("keyfile-working", |l, w| ready(l, w, Mode::Real).keyfile(Message::Sign).done()),
    Preset::new("track-key", |l, w| at_own(l, w, Mode::Real).done()),
    Preset::new("track-key-practice", |l, w| at_own(l, w, Mode::Practice).done()),
    Preset::new("track-key-password", |l, w| own_typed(l, w).done()),
    Preset::new("track-key-owner", |l, w| own_ready(l, w).done()),
    Preset::new("track-key-working", |l, w| own_ready(l, w).own(Message::Sign).done()),
    Preset::new("track-key-no-line", |l, w| {
        own_tried(l, w, |e| KeyTried::NoLine(Code("portal.unreachable"), e))
    }),
    Preset::new("track-key-refused", |l, w| {
        own_tried(l, w, |_| KeyTried::Refused(Code("server.login-not-valid")))
    }),
];

impl Walk {
    fn keyfile(self, message: Message) -> Self {
        self.tell(screen::Message::KeyFile(message))
    }

    fn own(self, message: Message) -> Self {
        self.tell(screen::Message::Track(track::Message::KeyFile(message)))
    }
}

fn at_keyfile(look: &Look, world: &World, mode: Mode) -> Walk {
    let walk = letter::check_in(look, world, mode).say(screen::letter::Message::Change("sign".into()));
    walk.answer("letter.sign", "key-file").next()
}

fn finding(look: &Look, world: &World) -> Walk {
    at_keyfile(look, world, Mode::Real)
}

fn on_stick(name: &str, folder: &str) -> Found {
    let mut entry = files::Entry::pictured(name, folder, 1_800);
    entry.modified = NOW.0 - 86_400;
    Found { name: name.into(), source: Source::Stick(Stick::pictured("KINGSTON"), entry) }
}

fn several(look: &Look, world: &World) -> Walk {
    let found = vec![
        on_stick("GOST512_8a1c25f0e3.p12", ""),
        on_stick("RSA256_8a1c25f0e3.p12", ""),
        on_stick("GOST512_77d0beab41.p12", "ЭЦҚ / Бухгалтерия"),
    ];
    finding(look, world).sticks(&["KINGSTON"]).keyfile(Message::Found(1, Once::new((found, None))))
}

/// The only file on the stick, chosen by itself.
fn asking(look: &Look, world: &World) -> Walk {
    let own = world.env.key_file.as_ref().map(|own| own.bytes.to_vec()).unwrap_or_default();
    let found = vec![on_stick("GOST512_8a1c25f0e3.p12", "")];
    finding(look, world)
        .sticks(&["KINGSTON"])
        .keyfile(Message::Found(1, Once::new((found, None))))
        .keyfile(Message::Read(2, Once::new(Ok(own.into()))))
}

fn board(key: Key) -> Message {
    Message::Letters(letters::Message::Board(key))
}

/// So many signs in the pad.
fn typed(walk: Walk, signs: &str) -> Walk {
    if let Some(visit) = &walk.app.visit
        && let Screen::KeyFile(state) = &visit.screen
    {
        signs.chars().for_each(|c| state.letters.pad.push(c));
    }
    walk.keyfile(Message::Letters(letters::Message::Typed(None)))
}

fn opening(look: &Look, world: &World) -> Walk {
    typed(asking(look, world), "123456").keyfile(Message::Open)
}

fn refused(look: &Look, world: &World, error: KeyFileError) -> App {
    opening(look, world).keyfile(Message::Opened(3, Once::new(Err(error)))).done()
}

/// The practice key file's key.
fn entry(world: &World) -> Option<Entry> {
    let own = world.env.key_file.as_ref()?;
    let password = Secret::from_vec(b"123456".to_vec());
    keyfile::open(&own.bytes, password, &|| Ok(())).ok()?.pop()
}

fn ready(look: &Look, world: &World, mode: Mode) -> Walk {
    let entries = entry(world).into_iter().collect();
    match mode {
        Mode::Real => opening(look, world).keyfile(Message::Opened(3, Once::new(Ok(entries)))),
        Mode::Practice => {
            let asked = at_keyfile(look, world, mode).keyfile(Message::Choose(0));
            let opening = typed(asked, "123456").keyfile(Message::Open);
            opening.keyfile(Message::Opened(1, Once::new(Ok(entries))))
        }
    }
}

/// A key file that is to show its owner's letters.
fn at_own(look: &Look, world: &World, mode: Mode) -> Walk {
    let home = Walk::home(look, world, mode).tell(screen::Message::Home(screen::home::Message::Track));
    home.tell(screen::Message::Track(track::Message::ByKey))
}

fn own_typed(look: &Look, world: &World) -> Walk {
    let walk = at_own(look, world, Mode::Practice).own(Message::Choose(0));
    if let Some(visit) = &walk.app.visit
        && let Screen::Track(track) = &visit.screen
        && let Stage::Key(key) = &track.stage
    {
        "123456".chars().for_each(|c| key.letters.pad.push(c));
    }
    walk.own(Message::Letters(letters::Message::Typed(None)))
}

fn own_ready(look: &Look, world: &World) -> Walk {
    let entries = entry(world).into_iter().collect();
    own_typed(look, world).own(Message::Open).own(Message::Opened(1, Once::new(Ok(entries))))
}

fn own_tried(look: &Look, world: &World, tried: impl FnOnce(Box<Entry>) -> KeyTried) -> App {
    let mut walk = own_ready(look, world).own(Message::Sign);
    if let (Some(entry), Some(visit)) = (entry(world), &mut walk.app.visit)
        && let Screen::Track(track) = &mut visit.screen
    {
        let tried = Once::new(tried(Box::new(entry)));
        let message = track::Message::KeyTried(track.round, tried);
        return walk.tell(screen::Message::Track(message)).done();
    }
    walk.done()
}
