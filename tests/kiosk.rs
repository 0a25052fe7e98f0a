//! The kiosk as a visitor uses it, without a window: the real application, the real practice
//! portal and the practice card; taps by semantic id.

#[path = "support/kiosk.rs"]
mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use support::Kiosk;
use tereze::app::Message;
use tereze::app::launch::{Launch, Start, WindowMode};
use tereze::app::session::IdleRule;
use tereze::card::Hand;
use tereze::card::service::Command;
use tereze::cli::kiosk::practice_world;
use tereze::clock::Clock;
use tereze::files::Sticks;
use tereze::i18n::{Lang, Msg, Text, tr};
use tereze::screen::world::World;

fn launch() -> Launch {
    let none = Sticks::under(Vec::<std::path::PathBuf>::new(), "/proc/self/mountinfo");
    Launch {
        window: WindowMode::Fullscreen,
        practice: true,
        idle: IdleRule::default(),
        start: Start::Boot(practice_world(Clock::system(), None, none)),
    }
}

/// From the first touch to home.
fn begin(lang: Lang) -> Kiosk {
    let mut kiosk = Kiosk::open(launch());
    kiosk.tap(&format!("attract.start.{}", lang.tag()));
    kiosk.until_shown("home.letter");
    kiosk
}

fn heading(kiosk: &mut Kiosk) -> String {
    let tree = kiosk.tree();
    let heading = tree.nodes.iter().find(|n| n.role == tereze::ui::semantic::Role::Heading);
    heading.map(|n| n.label.clone()).unwrap_or_default()
}

/// Every question of the letter, to the check page. `words` are typed key by key.
fn answer(kiosk: &mut Kiosk, words: &str) {
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
    kiosk.tap("page.next");
    kiosk.tap("page.next");
    kiosk.tap("letter.truth");
    kiosk.tap("page.next");
    assert!(kiosk.has("check.letter.text"), "the check page");
}

fn write(kiosk: &mut Kiosk, words: &str) {
    for c in words.chars() {
        let id = if c == ' ' { "key.space".to_owned() } else { format!("key.{c}") };
        kiosk.tap(&id);
    }
}

/// A letter as short as letters come: shorter than what is declared beneath it.
fn words(lang: Lang) -> &'static str {
    if lang == Lang::En { "no road" } else { "жол нашар" }
}

/// The letter is finished, the practice card in, the PIN pad shown.
fn to_the_pin(lang: Lang) -> Kiosk {
    let mut kiosk = begin(lang);
    answer(&mut kiosk, words(lang));
    kiosk.tap("page.next");
    kiosk.tap("sign.practice-card");
    kiosk.until_shown("pin.1");
    kiosk
}

fn flow(lang: Lang) {
    let mut kiosk = to_the_pin(lang);
    assert!(kiosk.says("ТЕСТОВ"), "whose signature it is");
    assert!(kiosk.says("••••"), "the IIN is masked");
    // The keyboard makes the first letter a capital.
    let (_, rest) = words(lang).split_once(' ').unwrap_or_default();
    assert!(kiosk.says(rest), "her own words stand beside the PIN pad");
    assert!(kiosk.says(&Text::new(Msg::SigningTries).with("n", 3).say(lang)));
    kiosk.pin("123456");
    kiosk.tap("page.next");
    kiosk.until_shown("received.print");
    assert!(kiosk.says("ОҚУ-"), "a practice number");
    assert!(kiosk.says(&tr(lang, Msg::AppPracticeBanner)));
    kiosk.tap("page.next");
    // The card is still in: the page stays until it is out.
    kiosk.until_shown("take.practice-card");
    assert!(kiosk.tree().find("page.next").is_some_and(|n| n.state.disabled));
    kiosk.tap("take.practice-card");
    kiosk.until("the reader is empty", |k| k.tree().find("page.next").is_some_and(|n| !n.state.disabled));
    kiosk.tap("page.next");
    assert!(kiosk.has("attract.start.kk") && kiosk.app.visit().is_none());
}

#[test]
fn a_letter_from_the_first_touch_to_the_receipt_in_kazakh() {
    flow(Lang::Kk);
}

#[test]
fn a_letter_from_the_first_touch_to_the_receipt_in_russian() {
    flow(Lang::Ru);
}

#[test]
fn a_letter_from_the_first_touch_to_the_receipt_in_english() {
    flow(Lang::En);
}

#[test]
fn a_language_switch_in_mid_form_changes_every_word_and_loses_nothing() {
    let mut kiosk = begin(Lang::Kk);
    answer(&mut kiosk, "жол нашар");
    let typed = "Жол нашар";
    assert!(kiosk.says(typed), "capitals come by themselves");
    for lang in [Lang::Ru, Lang::En, Lang::Kk] {
        kiosk.tap(&format!("bar.lang.{}", lang.tag()));
        assert!(kiosk.says(typed));
        assert!(kiosk.says(&tr(lang, Msg::LetterCheckSign)));
        for other in Lang::ALL.into_iter().filter(|l| *l != lang) {
            assert!(!kiosk.says(&tr(other, Msg::LetterCheckSign)), "{other:?} while in {lang:?}");
        }
    }
    // In the middle of the text, too, where the caret stands.
    kiosk.tap("check.letter.text");
    kiosk.tap("bar.lang.ru");
    write(&mut kiosk, "ы");
    kiosk.tap("page.next");
    assert!(kiosk.says("Жол нашары"));
}

#[test]
fn leaving_asks_first_and_then_nothing_is_left() {
    let mut kiosk = begin(Lang::Kk);
    answer(&mut kiosk, "жол нашар");
    kiosk.tap("bar.leave");
    assert!(kiosk.says(&tr(Lang::Kk, Msg::LeaveUnsent)));
    kiosk.tap("leave.stay");
    assert!(kiosk.says("Жол нашар"));
    kiosk.tap("bar.leave");
    kiosk.tap("leave.erase");
    assert!(kiosk.app.visit().is_none() && !kiosk.says("нашар"));
    kiosk.tap("attract.start.kk");
    kiosk.tap("home.letter");
    assert!(!kiosk.tree().nodes.iter().any(|n| n.state.checked == Some(true) && n.id.starts_with("letter.")));
}

#[test]
fn a_quiet_visitor_is_asked_and_then_everything_is_wiped() {
    let mut kiosk = begin(Lang::Ru);
    answer(&mut kiosk, "жол");
    let now = Instant::now();
    kiosk.update(Message::Tick(now + Duration::from_secs(160)));
    assert!(kiosk.has("idle.stay"));
    kiosk.tap("idle.stay");
    assert!(!kiosk.has("idle.stay") && kiosk.says("Жол"));
    let now = Instant::now();
    kiosk.update(Message::Tick(now + Duration::from_secs(181)));
    assert!(kiosk.app.visit().is_none() && !kiosk.says("Жол"));
    assert_eq!(kiosk.app.look().lang, Lang::Kk, "the next visitor begins as the first did");
}

#[test]
fn hiding_and_calling_draw_none_of_the_words() {
    let mut kiosk = begin(Lang::Kk);
    answer(&mut kiosk, "жол нашар");
    for (button, back) in [("bar.hide", "hidden.show"), ("bar.call", "call.back")] {
        kiosk.tap(button);
        assert!(!kiosk.says("нашар"));
        kiosk.tap(back);
        assert!(kiosk.says("нашар"));
    }
}

#[test]
fn two_wrong_pins_stop_before_the_last_try_and_the_letter_stays() {
    let mut kiosk = to_the_pin(Lang::Kk);
    for left in [2, 1] {
        kiosk.pin("654321");
        kiosk.tap("page.next");
        kiosk.until("the card's answer", |k| {
            k.has("sign.sure") || k.says(&Text::new(Msg::SigningTries).with("n", left).say(Lang::Kk))
        });
    }
    kiosk.until_shown("sign.sure");
    assert!(!kiosk.has("pin.1"), "no PIN is asked before she says that she is sure");
    assert!(kiosk.says(&tr(Lang::Kk, Msg::SigningLastTitle)));
    kiosk.tap("page.back");
    assert!(kiosk.says("Жол нашар"));
    kiosk.tap("page.next");
    kiosk.until_shown("sign.sure");
    kiosk.tap("sign.sure");
    kiosk.pin("123456");
    kiosk.tap("page.next");
    kiosk.until_shown("received.print");
}

#[test]
fn a_card_pulled_while_the_pin_is_typed_ends_signing_cleanly() {
    let mut kiosk = to_the_pin(Lang::Ru);
    kiosk.pin("123");
    hand(&kiosk, Hand::TakeOut);
    kiosk.until("the empty reader", |k| !k.has("pin.1"));
    kiosk.until_shown("sign.practice-card");
    assert!(kiosk.says(&tr(Lang::Ru, Msg::SigningNoCardTitle)), "{}", heading(&mut kiosk));
    kiosk.tap("sign.practice-card");
    kiosk.until_shown("pin.1");
    // The three digits of before are gone.
    assert!(kiosk.says(&Text::new(Msg::UiPinTyped).with("n", 0).say(Lang::Ru)));
    kiosk.pin("123456");
    kiosk.tap("page.next");
    kiosk.until_shown("received.print");
}

fn hand(kiosk: &Kiosk, hand: Hand) {
    let world = kiosk.app.world().expect("a world");
    world.env.cards.commands.send(Command::Practice(hand)).expect("the card service runs");
}

#[test]
fn errors_say_the_same_at_the_field_and_in_the_summary() {
    let mut kiosk = begin(Lang::Kk);
    kiosk.tap("home.letter");
    kiosk.tap("page.next");
    assert!(kiosk.has("error.letter.sign"));
    kiosk.tap("letter.sign.card");
    assert!(!kiosk.has("error.letter.sign"));
}

#[test]
fn without_a_configuration_nothing_begins() {
    let mut kiosk = Kiosk::open(Launch { practice: false, start: Start::NotSetUp, ..launch() });
    for lang in Lang::ALL {
        assert!(kiosk.says(&tr(lang, Msg::SetupTitle)));
    }
    assert!(!kiosk.has("attract.start.kk"));
}

#[test]
fn with_the_line_cut_the_letter_is_kept_and_said_so() {
    let normal = practice_world(
        Clock::system(),
        None,
        Sticks::under(Vec::<std::path::PathBuf>::new(), "/proc/self/mountinfo"),
    );
    let boot: tereze::app::launch::Boot = Arc::new(move || {
        let made = normal();
        Box::pin(async move {
            let World { mut env, operator, printer, sticks } = made.await?;
            support::cut_line(&mut env).await;
            Ok(World { env, operator, printer, sticks })
        })
    });
    let mut kiosk = Kiosk::open(Launch { start: Start::Boot(boot), ..launch() });
    kiosk.tap("attract.start.kk");
    kiosk.until_shown("home.letter");
    answer(&mut kiosk, "жол");
    kiosk.tap("page.next");
    kiosk.tap("sign.practice-card");
    kiosk.until_shown("pin.1");
    kiosk.pin("123456");
    kiosk.tap("page.next");
    kiosk.until("stored here", |k| k.says(&tr(Lang::Kk, Msg::SendingOfflineTitle)));
    assert!(!kiosk.says(&tr(Lang::Kk, Msg::ReceivedTitle)));
}
