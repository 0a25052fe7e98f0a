//! A librarian helps at the screen: agreed to or not, ended early, what she does not see, the letter read back, and what
//! is kept of it.

use std::time::{Duration, Instant};

use tereze::app::Message;
use tereze::app::launch::Launch;
use tereze::desk::Helped;
use tereze::desk::helped::{FILE, Sum};
use tereze::i18n::{Lang, Msg, tr};
use tereze::practice::STAFF_PIN;
use tereze::screen::help::HIDDEN;
use tereze::ui::semantic::Sensitivity;

use crate::support::Kiosk;
use crate::visit::{answer, begin, begin_at, half, launch, write};

/// The librarian is called, comes, types her PIN and offers her help.
fn offer(kiosk: &mut Kiosk) {
    kiosk.tap("bar.call");
    kiosk.tap("call.answer");
    kiosk.pin(&String::from_utf8_lossy(STAFF_PIN));
    kiosk.tap("page.next");
    kiosk.until_shown("answered.offer");
    kiosk.tap("answered.offer");
}

fn helped(kiosk: &mut Kiosk) {
    offer(kiosk);
    kiosk.tap("assist.yes");
    assert!(kiosk.has("assist.end"));
}

fn counted(kiosk: &Kiosk) -> Sum {
    kiosk.app.helped().sum().unwrap()
}

/// From the check page: her telephone, which is personal.
fn phone(kiosk: &mut Kiosk, digits: &str) {
    kiosk.tap("check.letter.phone");
    write(kiosk, digits);
    kiosk.tap("page.next");
}

/// Reads to the end, confirming every piece; what each page said.
fn confirm_all(kiosk: &mut Kiosk) -> Vec<String> {
    let mut pages = vec![];
    while !kiosk.has("pin.1") {
        let tree = kiosk.tree();
        assert!(kiosk.has("sign.object"), "neither a piece nor the PIN: {:#?}", tree.nodes);
        pages.push(tree.nodes.iter().map(|n| format!("{}\n", n.label)).collect());
        kiosk.tap("page.next");
        assert!(pages.len() < 40);
    }
    pages
}

fn to_the_card(kiosk: &mut Kiosk) {
    kiosk.tap("page.next");
    kiosk.tap("sign.practice-card");
    kiosk.until("the card is read", |k| k.has("sign.object") || k.has("pin.1"));
}

#[test]
fn without_a_yes_nothing_changes() {
    let mut kiosk = begin(Lang::Kk);
    answer(&mut kiosk, "жол нашар");
    phone(&mut kiosk, "87010000000");
    offer(&mut kiosk);
    // She is told what will be seen, and her words are not there yet.
    for msg in [Msg::AssistSees, Msg::AssistSeesNot, Msg::AssistYours] {
        assert!(kiosk.says(&tr(Lang::Kk, msg)));
    }
    assert!(!kiosk.says("нашар"));
    let tree = kiosk.tree();
    let [yes, no] = ["assist.yes", "assist.no"].map(|id| tree.find(id).unwrap().bounds.size());
    assert_eq!(yes, no, "two answers of one size");
    kiosk.tap("assist.no");
    assert!(kiosk.has("hidden.show") && !kiosk.says("нашар"));
    kiosk.tap("hidden.show");
    assert!(kiosk.says("87010000000") && !kiosk.has("assist.end"));
    // Esc says no, too.
    offer(&mut kiosk);
    kiosk.update(Message::Back);
    assert!(kiosk.has("hidden.show"));
    kiosk.tap("hidden.show");
    assert!(!kiosk.has("assist.end"));
    to_the_card(&mut kiosk);
    assert!(kiosk.has("pin.1"), "nothing is read back");
    assert_eq!(counted(&kiosk), Sum::default());
}

#[test]
fn a_helper_sees_the_letter_and_nothing_personal_until_it_is_ended() {
    let mut kiosk = begin(Lang::Kk);
    answer(&mut kiosk, "жол нашар");
    phone(&mut kiosk, "87010000000");
    helped(&mut kiosk);
    assert!(kiosk.says("Жол нашар") && kiosk.says(HIDDEN) && !kiosk.says("8701"));
    // On its page, too, and its field is not opened by itself.
    kiosk.tap("check.letter.phone");
    let tree = kiosk.tree();
    let field = tree.find("letter.phone").unwrap();
    assert_eq!((field.value.as_deref(), field.sensitivity), (None, Sensitivity::Secret));
    assert!(!kiosk.says("8701"));
    // She looks herself, and the moment ends.
    kiosk.tap("assist.show");
    assert!(kiosk.says("87010000000"));
    kiosk.tap("assist.show");
    assert!(!kiosk.says("8701"));
    // She types on: what she types she sees.
    kiosk.tap("letter.phone");
    assert!(kiosk.says("87010000000"));
    kiosk.tap("page.next");
    assert!(!kiosk.says("8701"));
    // Ended early: the screen is hidden first, for the librarian is still there.
    kiosk.tap("assist.end");
    assert!(kiosk.has("hidden.show") && !kiosk.says("8701"));
    kiosk.tap("hidden.show");
    assert!(kiosk.says("87010000000") && !kiosk.has("assist.end"));
}

/// What stands in a picture is not told from its tree: two visitors with other numbers see the same pixels.
#[test]
fn no_pixel_tells_what_is_hidden() {
    let pictures = |digits: &str| {
        let mut kiosk = begin(Lang::Ru);
        answer(&mut kiosk, "жол");
        phone(&mut kiosk, digits);
        let open = kiosk.picture();
        helped(&mut kiosk);
        let check = kiosk.picture();
        kiosk.tap("check.letter.phone");
        (open, check, kiosk.picture())
    };
    let (one, two) = (pictures("87010000000"), pictures("87021112233"));
    assert!(one.0 != two.0, "without help the numbers are seen");
    assert!(one.1 == two.1, "the check page");
    assert!(one.2 == two.2, "the field's page");
}

#[test]
fn what_is_shown_for_a_moment_is_hidden_again() {
    let mut kiosk = begin(Lang::Kk);
    answer(&mut kiosk, "жол нашар");
    phone(&mut kiosk, "87010000000");
    helped(&mut kiosk);
    kiosk.tap("assist.show");
    assert!(kiosk.says("8701"));
    kiosk.until("the end of the moment", |k| !k.says("8701"));
}

#[test]
fn the_letter_is_read_back_a_no_leads_to_its_change_and_the_pin_is_not_counted() {
    let mut kiosk = begin(Lang::Kk);
    answer(&mut kiosk, "жол нашар");
    phone(&mut kiosk, "87010000000");
    helped(&mut kiosk);
    to_the_card(&mut kiosk);
    assert!(!kiosk.has("pin.1"), "no PIN before everything is confirmed");
    kiosk.update(Message::Back);
    assert!(kiosk.has("check.letter.text"), "Back from the first piece");
    kiosk.tap("page.next");
    kiosk.until_shown("sign.object");
    while !kiosk.says("Жол нашар") {
        kiosk.tap("page.next");
    }
    kiosk.tap("sign.object");
    assert!(kiosk.says("Жол нашар") && kiosk.has("key.ш"), "the text, to be changed");
    write(&mut kiosk, "ш");
    kiosk.tap("page.next");
    assert!(kiosk.has("check.letter.text") && kiosk.says("Жол нашарш"));
    kiosk.tap("page.next");
    kiosk.until_shown("sign.object");
    let pages = confirm_all(&mut kiosk);
    let all = pages.concat();
    assert!(pages.len() >= 5, "{pages:#?}");
    assert!(all.contains("Жол нашарш") && all.contains(&tr(Lang::Kk, Msg::AssistNoFiles)));
    assert!(!all.contains("8701") && !all.contains("ТЕСТОВ") && all.contains(HIDDEN), "{all}");
    // The helper is told to turn away; how many digits there are is not said.
    assert!(kiosk.says(&tr(Lang::Kk, Msg::AssistTurnAway)) && !kiosk.says("ТЕСТОВ"));
    kiosk.pin("123");
    let typed = |k: &mut Kiosk| k.tree().find("pin.typed").unwrap().label.clone();
    let (three, drawn) = (typed(&mut kiosk), kiosk.picture());
    kiosk.pin("453");
    assert_eq!(typed(&mut kiosk), three);
    assert!(kiosk.picture() == drawn, "three digits and six look alike");
    kiosk.tap("pin.delete");
    kiosk.pin("6");
    kiosk.tap("page.next");
    kiosk.until_shown("received.print");
    // Her code is covered, and shown when she wants to see it.
    let codes = |k: &mut Kiosk| k.tree().nodes.iter().map(|n| n.label.clone()).collect::<Vec<_>>().join("\n");
    let covered = codes(&mut kiosk);
    kiosk.tap("assist.show");
    assert_ne!(codes(&mut kiosk), covered);
}

#[test]
fn what_is_signed_after_help_is_read_back_though_the_help_was_ended() {
    let mut kiosk = begin(Lang::En);
    answer(&mut kiosk, "no road");
    helped(&mut kiosk);
    kiosk.tap("assist.end");
    kiosk.tap("hidden.show");
    to_the_card(&mut kiosk);
    assert!(!kiosk.has("pin.1"));
    let all = confirm_all(&mut kiosk).concat();
    assert!(all.contains("No road") && all.contains("ТЕСТОВ"), "alone again, she sees her name: {all}");
}

#[test]
fn silence_and_leaving_end_the_help_with_the_visit() {
    let mut kiosk = begin(Lang::Kk);
    half(&mut kiosk, "жол");
    helped(&mut kiosk);
    kiosk.update(Message::Tick(Instant::now() + Duration::from_secs(181)));
    assert!(kiosk.app.visit().is_none() && !kiosk.has("assist.end"));
    kiosk.tap("attract.start.ru");
    assert!(!kiosk.has("assist.end"), "the next visitor is not helped");
    helped(&mut kiosk);
    kiosk.tap("bar.leave");
    kiosk.tap("attract.start.ru");
    assert!(!kiosk.has("assist.end"));
}

#[test]
fn that_help_was_given_is_counted_once_a_visit_and_none_of_her_words_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let clock = tereze::clock::Clock::system();
    let mut desk = launch().desk;
    desk.helped = Helped::in_folder(folder.path(), clock.clone());
    let mut kiosk = begin_at(Launch { desk, ..launch() }, Lang::Kk);
    answer(&mut kiosk, "жол нашар");
    phone(&mut kiosk, "87010000000");
    for _ in 0..2 {
        helped(&mut kiosk);
        kiosk.tap("assist.end");
        kiosk.tap("hidden.show");
    }
    kiosk.until("the count", |k| counted(k).today > 0);
    kiosk.tap("bar.leave");
    kiosk.tap("leave.erase");
    assert_eq!(counted(&kiosk), Sum { today: 1, month: 1 });
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(files, [FILE]);
    let day = clock.now().wall.legal_date();
    let kept = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
    assert_eq!(kept, format!(r#"{{"format":1,"days":{{"{day}":1}}}}"#), "a day and a number, and no more");
    // Staff see the count.
    kiosk.tap("attract.staff");
    kiosk.pin(&String::from_utf8_lossy(STAFF_PIN));
    kiosk.tap("page.next");
    let says = tereze::i18n::Text::new(Msg::DoctorHelpedToday).with("n", 1).say(Lang::Kk);
    kiosk.until("the desk", |k| k.says(&says));
}
