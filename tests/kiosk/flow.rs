//! A letter from the first touch to the receipt, and what may not change on the way.

use std::sync::Arc;

use tereze::app::launch::{Launch, Start};
use tereze::cli::kiosk::practice_world;
use tereze::clock::Clock;
use tereze::i18n::{Lang, Msg, Text, tr};
use tereze::screen::world::World;

use crate::support::{self, Kiosk};
use crate::visit::{answer, begin, launch, things, to_the_pin, words, write};

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
    let normal = practice_world(Clock::system(), things());
    let boot: tereze::app::launch::Boot = Arc::new(move || {
        let made = normal();
        Box::pin(async move {
            let mut world: World = made.await?;
            support::cut_line(&mut world.env).await;
            Ok(world)
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
