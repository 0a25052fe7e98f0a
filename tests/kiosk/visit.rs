//! What every test of a visit begins with: the practice world, and the way from the first touch to
//! a page further on.

use tereze::app::launch::{Launch, Start, WindowMode};
use tereze::app::session::IdleRule;
use tereze::card::Hand;
use tereze::card::service::Command;
use tereze::cli::kiosk::practice_world;
use tereze::cli::lessons::worlds;
use tereze::clock::Clock;
use tereze::files::Sticks;
use tereze::i18n::Lang;
use tereze::practice;
use tereze::practice::clerk::Pace;
use tereze::screen::world::Things;
use tereze::sound::Sound;

use crate::support::Kiosk;

pub fn launch() -> Launch {
    launch_with(things())
}

/// No printer, no stick, no sound.
pub fn things() -> Things {
    let none = Sticks::under(Vec::<std::path::PathBuf>::new(), "/proc/self/mountinfo");
    Things { printer: None, sticks: none, sound: Sound::default() }
}

/// A kiosk with a printer, with a place where sticks are put in, or with a sound.
pub fn launch_with(things: Things) -> Launch {
    Launch {
        window: WindowMode::Fullscreen,
        practice: true,
        idle: IdleRule::default(),
        start: Start::Boot(practice_world(Clock::system(), things)),
        lessons: worlds(Clock::system(), Pace::quick(), Sound::default()),
        desk: practice::desk(Clock::system()),
    }
}

/// From the first touch to home.
pub fn begin(lang: Lang) -> Kiosk {
    begin_at(launch(), lang)
}

pub fn begin_at(launch: Launch, lang: Lang) -> Kiosk {
    let mut kiosk = Kiosk::open(launch);
    kiosk.tap(&format!("attract.start.{}", lang.tag()));
    kiosk.until_shown("home.letter");
    kiosk
}

pub fn heading(kiosk: &mut Kiosk) -> String {
    let tree = kiosk.tree();
    let heading = tree.nodes.iter().find(|n| n.role == tereze::ui::semantic::Role::Heading);
    heading.map(|n| n.label.clone()).unwrap_or_default()
}

/// Every question of the letter, to the check page. `words` are typed key by key.
pub fn answer(kiosk: &mut Kiosk, words: &str) {
    half(kiosk, words);
    kiosk.tap("page.next");
    kiosk.tap("page.next");
    kiosk.tap("letter.truth");
    kiosk.tap("page.next");
    assert!(kiosk.has("check.letter.text"), "the check page");
}

/// As far as the letter's own words.
pub fn half(kiosk: &mut Kiosk, words: &str) {
    kiosk.tap("home.letter");
    for answer in ["letter.sign.card", "letter.topic.road", "letter.region.kz-35"] {
        kiosk.tap(answer);
        kiosk.tap("page.next");
    }
    // The place may stay empty.
    kiosk.tap("page.next");
    let body = kiosk.tree().nodes.iter().find(|n| n.id.starts_with("letter.body.")).map(|n| n.id.to_string());
    kiosk.tap(&body.expect("a body is proposed for roads in this region"));
    kiosk.tap("page.next");
    for answer in ["letter.want.complaint", "letter.who.self"] {
        kiosk.tap(answer);
        kiosk.tap("page.next");
    }
    // Telephone, e-mail and address may stay empty.
    kiosk.tap("page.next");
    write(kiosk, words);
}

pub fn write(kiosk: &mut Kiosk, words: &str) {
    for c in words.chars() {
        let id = if c == ' ' { "key.space".to_owned() } else { format!("key.{c}") };
        kiosk.tap(&id);
    }
}

/// A letter as short as letters come: shorter than what is declared beneath it.
pub fn words(lang: Lang) -> &'static str {
    if lang == Lang::En { "no road" } else { "жол нашар" }
}

/// The letter is finished, the practice card in, the PIN pad shown.
pub fn to_the_pin(lang: Lang) -> Kiosk {
    to_the_pin_with(lang, things())
}

pub fn to_the_pin_with(lang: Lang, things: Things) -> Kiosk {
    let mut kiosk = begin_at(launch_with(things), lang);
    answer(&mut kiosk, words(lang));
    kiosk.tap("page.next");
    kiosk.tap("sign.practice-card");
    kiosk.until_shown("pin.1");
    kiosk
}

pub fn hand(kiosk: &Kiosk, hand: Hand) {
    let world = kiosk.app.world().expect("a world");
    world.env.cards.commands.send(Command::Practice(hand)).expect("the card service runs");
}

/// The letter is finished, and goes to paper for a pen.
pub fn pen_letter(kiosk: &mut Kiosk, words: &str) {
    answer(kiosk, words);
    kiosk.tap("page.next");
    kiosk.tap("sign.pen");
    kiosk.until_shown("pen.save");
}
