//! A further letter about an earlier one, from the tracking page to its own receipt: to complain that
//! nobody answered, to disagree, to add, to take it back. The earlier letter's history names it.

use std::time::Duration;

use tereze::clock::Clock;
use tereze::domain::event::Kind;
use tereze::i18n::{Lang, Msg, Text, format, tr};
use tereze::practice::clerk::Pace;
use time::Date;

use crate::support::Kiosk;
use crate::track::{by_card, by_number, go_and_come_back, number_of, sent_at};
use crate::track_life::desk;
use crate::visit::heading;

/// From the first page of the further letter to its receipt; what is known is not asked again. Gives the
/// new number and the letter's text.
fn to_its_receipt(kiosk: &mut Kiosk, lang: Lang, about: &str, earlier: &str) -> (String, String) {
    assert!(kiosk.has("letter.sign.card"), "how to sign comes first");
    for answer in ["letter.sign.card", "letter.who.self"] {
        kiosk.tap(answer);
        kiosk.tap("page.next");
    }
    // Telephone, e-mail and address may stay empty; the text is there.
    kiosk.tap("page.next");
    let node = kiosk.tree().find("letter.text").cloned().expect("the letter's text");
    let text = node.value.unwrap_or_default();
    assert!(text.contains(earlier), "{earlier} not in {text}");
    kiosk.tap("page.next");
    kiosk.tap("page.next");
    kiosk.tap("letter.truth");
    kiosk.tap("page.next");
    // The check page says what it is about; that cannot be changed, whom it is to can.
    let content = tereze::content::Snapshot::embedded().unwrap();
    let field = content.newest_form("letter").unwrap().field("letter.about").unwrap();
    let option = field.options().unwrap().iter().find(|o| o.id == about).unwrap();
    assert!(kiosk.says(option.label.get(lang)) && kiosk.says(earlier), "{}", kiosk.words());
    assert!(!kiosk.has("check.letter.about") && !kiosk.has("check.letter.topic"));
    assert!(kiosk.has("check.letter.body") && kiosk.has("check.letter.want"));
    kiosk.tap("page.next");
    kiosk.until_shown("pin.1");
    kiosk.pin("123456");
    kiosk.tap("page.next");
    kiosk.until_shown("received.print");
    (number_of(kiosk), text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// To the letter's history by the card of who wrote it: the earlier one is the older in her list.
fn back_to_the_earlier(kiosk: &mut Kiosk, lang: Lang, earlier: &str) {
    go_and_come_back(kiosk, lang);
    by_card(kiosk);
    kiosk.tap("track.letter.1");
    kiosk.until("the earlier letter", |k| k.has("track.print") && k.says(earlier));
}

fn told(lang: Lang, msg: Msg, number: &str) -> String {
    Text::new(msg).with("number", number).say(lang)
}

/// As it stands in a letter, where every space is one.
fn day(lang: Lang, day: Date) -> String {
    format::date(lang, day).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn after_the_due_date_a_complaint_names_number_dates_and_article() {
    let lang = Lang::Kk;
    let (launch, desk) = desk(None);
    let (mut kiosk, number, _) = sent_at(launch, lang);
    let held = desk.open();
    // Its term ended ten days ago: as the body that it was handed on to had said.
    let today = Clock::system().now().wall.legal_date();
    let due = today - time::Duration::days(10);
    let body = desk.app().named("min-labour");
    let kind = Kind::Redirected { body: body.clone(), due };
    desk.record(&held, kind, ("ҮЛГІБАЕВ Т.", Msg::ClerkPostOffice), None);
    by_card(&mut kiosk);
    kiosk.tap("track.letter.0");
    kiosk.until("overdue", |k| heading(k) == tr(lang, Msg::TrackNowOverdue));
    assert!(kiosk.says(&tr(lang, Msg::TrackDaysOver)) && kiosk.says(&tr(lang, Msg::TrackOverdue)));
    kiosk.tap("page.next");
    let (further, text) = to_its_receipt(&mut kiosk, lang, "overdue", &number);
    let rule = tereze::content::Snapshot::embedded().unwrap().rule(&held.rule).unwrap();
    let registered = day(lang, held.registered.legal_date());
    for part in [&registered, &day(lang, due), &rule.article.get(lang).to_owned()] {
        assert!(text.contains(part.as_str()), "{part} not in {text}");
    }
    assert!(kiosk.says(body.name.get(lang)), "to the body that holds the letter");
    back_to_the_earlier(&mut kiosk, lang, &number);
    assert!(kiosk.says(&told(lang, Msg::PortalAboutOverdue, &further)));
    // Nothing was answered by it: it is overdue still.
    assert_eq!(heading(&mut kiosk), tr(lang, Msg::TrackNowOverdue));
}

#[test]
fn to_disagree_is_a_letter_that_the_answered_one_names() {
    let lang = Lang::Ru;
    let (launch, desk) = desk(None);
    let (mut kiosk, number, _) = sent_at(launch, lang);
    let held = desk.open();
    let cms = desk.answer(&held, lang, "Ответ: дорогу починят весной.");
    let event = desk.record(&held, Kind::Answered, ("ТЕСТОВА ҮЛГІ", Msg::ClerkPostHead), Some(&cms));
    by_card(&mut kiosk);
    kiosk.tap("track.letter.0");
    kiosk.until("answered", |k| heading(k) == tr(lang, Msg::TrackNowAnswered));
    kiosk.tap("page.next");
    kiosk.until_shown("track.disagree");
    kiosk.tap("track.disagree");
    let (further, text) = to_its_receipt(&mut kiosk, lang, "disagree", &number);
    let article = tereze::content::Snapshot::embedded().unwrap().rule(&held.rule).unwrap().article.get(lang);
    for part in [&day(lang, event.at.legal_date()), article] {
        assert!(text.contains(part), "{part} not in {text}");
    }
    back_to_the_earlier(&mut kiosk, lang, &number);
    assert!(kiosk.says(&told(lang, Msg::PortalAboutDisagree, &further)));
    // The answer stays what it was, and can be read again.
    assert_eq!(heading(&mut kiosk), tr(lang, Msg::TrackNowAnswered));
    kiosk.tap("page.next");
    kiosk.until("a verdict", |k| k.says(&tr(lang, Msg::TrackValid)));
}

#[test]
fn to_add_something_is_a_letter_that_the_first_one_names() {
    let lang = Lang::En;
    let (launch, _desk) = desk(None);
    let (mut kiosk, number, _) = sent_at(launch, lang);
    by_card(&mut kiosk);
    kiosk.tap("track.letter.0");
    kiosk.until_shown("track.more");
    kiosk.tap("track.more");
    let (further, _) = to_its_receipt(&mut kiosk, lang, "more", &number);
    back_to_the_earlier(&mut kiosk, lang, &number);
    assert!(kiosk.says(&told(lang, Msg::PortalAboutMore, &further)));
    assert_eq!(heading(&mut kiosk), tr(lang, Msg::TrackNowRegistered), "where it stands did not change");
    assert!(kiosk.has("track.more") && kiosk.has("track.withdraw"));
}

#[test]
fn to_withdraw_ends_the_letter_and_its_history_says_so() {
    let lang = Lang::Kk;
    let (none, never) = (Duration::ZERO, Duration::from_secs(86_400));
    // A clerk who answers nothing today.
    let pace = Pace { extend: never, answer: never, assign: never, redirect: none, ..Pace::quick() };
    let (launch, desk) = desk(Some(pace));
    let (mut kiosk, number, code) = sent_at(launch, lang);
    by_card(&mut kiosk);
    kiosk.tap("track.letter.0");
    kiosk.until_shown("track.withdraw");
    kiosk.tap("track.withdraw");
    let (further, text) = to_its_receipt(&mut kiosk, lang, "withdraw", &number);
    let today = Clock::system().now().wall.legal_date();
    assert!(text.contains(&day(lang, today)), "{text}");
    back_to_the_earlier(&mut kiosk, lang, &number);
    kiosk.until("it is ended", |k| heading(k) == tr(lang, Msg::TrackNowWithdrawn));
    for part in [
        told(lang, Msg::PortalAboutWithdraw, &further),
        tr(lang, Msg::ClerkWithdrawn),
        tr(lang, Msg::TrackWithdrawnOn),
    ] {
        assert!(kiosk.says(&part), "{part}: {}", kiosk.words());
    }
    assert!(!kiosk.says(&tr(lang, Msg::TrackSignedAnswer)), "no answer is to come");
    assert!(!kiosk.has("track.withdraw") && !kiosk.has("track.more"));
    // By number and code as well.
    go_and_come_back(&mut kiosk, lang);
    by_number(&mut kiosk, &number, &code);
    kiosk.until("the dates", |k| k.says(&tr(lang, Msg::TrackDatesOnly)));
    assert_eq!(heading(&mut kiosk), tr(lang, Msg::TrackNowWithdrawn));
    assert!(kiosk.says(&tr(lang, Msg::ClerkWithdrawn)) && kiosk.says(&tr(lang, Msg::TrackWithdrawnOn)));
    assert_eq!(desk.open().number, further, "what is left to answer is the letter that took it back");
}
