//! A first visit on a real kiosk: a lesson chosen, played in practice, left; and the kiosk as it was.

use std::sync::Arc;
use std::time::Duration;

use iced::Point;
use tereze::app::launch::{Boot, Launch, Start};
use tereze::app::{Message, session};
use tereze::cli::kiosk::practice_world;
use tereze::clock::Clock;
use tereze::env::Mode;
use tereze::i18n::{Lang, Msg, tr};

use crate::support::Kiosk;
use crate::visit::{launch, things};

/// A kiosk whose own world is a real one, as far as a screen can know.
fn real() -> Launch {
    let made = practice_world(Clock::system(), things());
    let boot: Boot = Arc::new(move || {
        let made = made();
        Box::pin(async move {
            let mut world = made.await?;
            world.env.mode = Mode::Real;
            Ok(world)
        })
    });
    Launch { practice: false, start: Start::Boot(boot), ..launch() }
}

fn begun(lesson: &str) -> Kiosk {
    let mut kiosk = Kiosk::open(real());
    kiosk.tap("attract.first.kk");
    kiosk.until_shown("lessons.first-touch");
    assert!(!kiosk.says(&tr(Lang::Kk, Msg::AppPracticeBanner)));
    kiosk.tap(&format!("lessons.{lesson}"));
    kiosk.until_shown("coach");
    kiosk
}

fn mode(kiosk: &Kiosk) -> Mode {
    kiosk.app.world().expect("a world").env.mode
}

fn step(kiosk: &Kiosk) -> String {
    let player = kiosk.app.running().expect("a lesson").player();
    player.step().expect("a step").id.clone()
}

#[test]
fn a_lesson_is_practice_and_the_kiosk_is_real_again_afterwards() {
    let mut kiosk = begun("first-touch");
    assert!(kiosk.says(&tr(Lang::Kk, Msg::AppPracticeBanner)) && mode(&kiosk) == Mode::Practice);
    // Only what the step needs is there, and what is always there.
    assert!(kiosk.has("home.about") && !kiosk.has("home.letter"));
    assert!(kiosk.has("bar.help") && kiosk.has("bar.leave") && kiosk.has("strip"));
    kiosk.tap("coach.leave");
    kiosk.until_shown("lessons.first-touch");
    assert!(kiosk.app.running().is_none() && mode(&kiosk) == Mode::Real);
    assert!(!kiosk.says(&tr(Lang::Kk, Msg::AppPracticeBanner)));
    kiosk.tap("page.back");
    assert!(kiosk.has("home.letter"));
}

#[test]
fn a_touch_elsewhere_shows_the_hint_and_the_program_can_show_how() {
    let mut kiosk = begun("first-touch");
    assert!(!kiosk.has("coach.show"));
    // A tile that is dimmed: the hint, and no other screen.
    kiosk.touch_at(Point::new(150.0, 300.0));
    assert!(kiosk.has("coach.show") && step(&kiosk) == "touch" && kiosk.has("home.about"));
    kiosk.tap("coach.show");
    kiosk.until("the next step", |k| step(k) == "back");
    assert!(kiosk.has("page.back"));
    // Back to the step before: its screen comes again, and it can be done again.
    kiosk.tap("coach.back");
    kiosk.until_shown("home.about");
    assert_eq!(step(&kiosk), "touch");
    kiosk.tap("home.about");
    kiosk.until("the next step", |k| step(k) == "back");
}

#[test]
fn the_language_may_be_changed_in_the_middle() {
    let mut kiosk = begun("first-touch");
    kiosk.tap("bar.lang.en");
    assert!(kiosk.says("Touch the yellow frame") && step(&kiosk) == "touch");
    kiosk.tap("bar.lang.ru");
    assert!(kiosk.says("Нажмите на жёлтую рамку"));
}

#[test]
fn leaving_in_the_middle_ends_the_visit() {
    let mut kiosk = begun("my-first-letter");
    kiosk.tap("home.letter");
    kiosk.until("the next step", |k| step(k) == "signature");
    kiosk.tap("bar.leave");
    assert!(kiosk.has("attract.start.kk") && kiosk.app.visit().is_none() && kiosk.app.running().is_none());
}

#[test]
fn silence_shows_the_hint_then_asks_then_ends_the_visit_and_the_lesson() {
    let mut kiosk = begun("first-touch");
    let later = |seconds| Message::Tick(Clock::system().monotonic() + Duration::from_secs(seconds));
    kiosk.update(later(5));
    assert!(!kiosk.has("coach.show"));
    kiosk.update(later(40));
    assert!(kiosk.has("coach.show"));
    let limit = session::IdleRule::default().limit.as_secs();
    kiosk.update(later(limit - 10));
    assert!(kiosk.has("idle.stay") && !kiosk.has("coach"), "the question lies over the lesson");
    kiosk.update(later(limit + 1));
    assert!(kiosk.app.visit().is_none() && kiosk.app.running().is_none());
}

#[test]
fn whoever_has_something_unsent_is_not_put_into_a_lesson() {
    let mut kiosk = Kiosk::open(real());
    kiosk.tap("attract.start.kk");
    kiosk.until_shown("home.letter");
    kiosk.tap("home.letter");
    kiosk.tap("letter.sign.card");
    let lesson = kiosk.app.world().unwrap().env.content.lessons()[0].clone();
    kiosk.update(Message::Lesson(tereze::app::lesson::Message::Start(lesson)));
    kiosk.at_once(&[]);
    assert!(kiosk.app.running().is_none() && kiosk.has("letter.sign.card"));
}
