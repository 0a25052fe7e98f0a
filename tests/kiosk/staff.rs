//! Staff at the kiosk: the PIN at its door, the desk, and a call that is answered.

use std::time::{Duration, Instant};

use tereze::app::Message;
use tereze::app::launch::{Launch, Start};
use tereze::i18n::{Lang, Msg, tr};
use tereze::practice::STAFF_PIN;

use crate::support::Kiosk;
use crate::visit::{answer, begin, launch, to_the_pin};

fn staff_pin(kiosk: &mut Kiosk) {
    kiosk.pin(&String::from_utf8_lossy(STAFF_PIN));
    kiosk.tap("page.next");
}

/// From the first screen to the desk with what it found.
fn to_the_desk(kiosk: &mut Kiosk) {
    kiosk.tap("attract.staff");
    staff_pin(kiosk);
    kiosk.until("the desk", |k| k.has("desk.end") && k.says(&tr(Lang::Kk, Msg::DoctorClock)));
}

#[test]
fn a_wrong_pin_opens_nothing_and_the_right_one_the_desk() {
    let mut kiosk = Kiosk::open(launch());
    kiosk.until_shown("attract.staff");
    kiosk.tap("attract.staff");
    kiosk.tap("page.next");
    assert!(kiosk.says(&tr(Lang::Kk, Msg::DeskPinShort)));
    kiosk.pin("135791");
    kiosk.tap("page.next");
    kiosk.until("the refusal", |k| k.says(&tr(Lang::Kk, Msg::FaultDeskWrongPin)));
    assert!(!kiosk.has("desk.end"));
    staff_pin(&mut kiosk);
    kiosk.until_shown("desk.end");
    // Esc closes the question first, then the desk.
    kiosk.tap("desk.end");
    assert!(kiosk.says(&tr(Lang::Kk, Msg::DeskEndPractice)));
    kiosk.update(Message::Back);
    assert!(!kiosk.has("desk.end-now") && kiosk.has("desk.end"));
    kiosk.update(Message::Back);
    assert!(kiosk.has("attract.start.kk") && !kiosk.app.at_desk());
}

#[test]
fn a_letter_that_was_registered_stands_at_the_desk_by_four_digits_alone() {
    let mut kiosk = to_the_pin(Lang::Kk);
    kiosk.pin("123456");
    kiosk.tap("page.next");
    kiosk.until_shown("received.print");
    let number = kiosk.tree().nodes.iter().find_map(|n| {
        let at = n.label.find("ОҚУ-")?;
        Some(n.label[at..].split_whitespace().next()?.to_owned())
    });
    let number = number.expect("the letter's number");
    kiosk.tap("page.next");
    kiosk.tap("take.practice-card");
    kiosk.until("the empty reader", |k| k.tree().find("page.next").is_some_and(|n| !n.state.disabled));
    kiosk.tap("page.next");
    to_the_desk(&mut kiosk);
    let ending: String = number.chars().skip(number.chars().count() - 4).collect();
    assert!(kiosk.says(&format!("…{ending}")), "{number}");
    for hidden in [number.as_str(), "ТЕСТОВ", "нашар"] {
        assert!(!kiosk.says(hidden), "{hidden}");
    }
}

#[test]
fn the_librarian_answers_a_call_and_sees_none_of_the_words() {
    let mut kiosk = begin(Lang::Kk);
    answer(&mut kiosk, "жол нашар");
    kiosk.tap("bar.call");
    kiosk.tap("call.answer");
    assert!(kiosk.has("pin.1") && !kiosk.says("нашар"));
    // Going without a PIN leaves the call as it was.
    kiosk.update(Message::Back);
    assert!(kiosk.has("call.answer") && !kiosk.says("нашар"));
    kiosk.tap("call.answer");
    staff_pin(&mut kiosk);
    kiosk.until_shown("answered.done");
    assert!(!kiosk.says("нашар"));
    kiosk.tap("answered.done");
    assert!(!kiosk.says("нашар"), "the visitor shows them, not the librarian");
    kiosk.tap("hidden.show");
    assert!(kiosk.says("нашар"));
}

#[test]
fn a_desk_left_open_closes_and_a_call_or_help_begins_a_visit() {
    let mut kiosk = Kiosk::open(launch());
    kiosk.until_shown("attract.staff");
    to_the_desk(&mut kiosk);
    kiosk.update(Message::Tick(Instant::now() + Duration::from_secs(181)));
    assert!(!kiosk.app.at_desk() && kiosk.has("attract.start.kk"));
    to_the_desk(&mut kiosk);
    kiosk.tap("bar.hide");
    assert!(!kiosk.app.at_desk());
    kiosk.tap("attract.staff");
    kiosk.tap("bar.help");
    assert!(!kiosk.app.at_desk() && kiosk.app.visit().is_some());
}

#[test]
fn a_kiosk_that_is_not_set_up_tells_staff_so() {
    let mut desk = launch().desk;
    desk.mode = tereze::desk::Setup::NotSetUp;
    let mut kiosk = Kiosk::open(Launch { practice: false, start: Start::NotSetUp, desk, ..launch() });
    to_the_desk(&mut kiosk);
    assert!(kiosk.says(&tr(Lang::Kk, Msg::FaultBootNotSetUp)));
    assert!(kiosk.says("tereze setup"));
}
