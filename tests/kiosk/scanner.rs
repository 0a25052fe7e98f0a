//! A scanner is a keyboard above every field.

use tereze::i18n::{Lang, Msg, tr};

use crate::support::Kiosk;
use crate::visit::{answer, begin};

const OWN: &str = "TRZ1S:6BF+70T9Q8V50RW3DK+QTS7LQ3V8ZQ9XJ2ZHQ4RL3R4KJ1W5E9";

/// The long text is open, its field in focus.
fn writing(lang: Lang) -> Kiosk {
    let mut kiosk = begin(lang);
    answer(&mut kiosk, if lang == Lang::En { "road" } else { "жол" });
    kiosk.tap("check.letter.text");
    kiosk.tap("letter.text");
    kiosk
}

fn written(kiosk: &mut Kiosk) -> String {
    let tree = kiosk.tree();
    tree.find("letter.text").and_then(|n| n.value.clone()).expect("the field says what it holds")
}

#[test]
fn a_burst_reaches_no_field_in_any_layout_and_is_read_all_the_same() {
    for lang in Lang::ALL {
        let mut kiosk = writing(lang);
        let before = written(&mut kiosk);
        kiosk.scan(OWN);
        assert!(kiosk.says(&tr(lang, Msg::ScanOwnTitle)));
        kiosk.tap("said.close");
        assert_eq!(written(&mut kiosk), before);
        // A book's number means nothing here, and is written nowhere.
        kiosk.scan("9786012345678");
        assert!(!kiosk.has("said.close"));
        assert_eq!(written(&mut kiosk), before);
    }
}

#[test]
fn what_a_hand_types_arrives_key_by_key() {
    let mut kiosk = writing(Lang::Ru);
    let before = written(&mut kiosk);
    // The key where a US keyboard has `w`, whatever the system makes of it.
    kiosk.type_key('w', "w");
    kiosk.type_key(' ', " ");
    kiosk.type_key('w', "ц");
    assert_eq!(written(&mut kiosk), format!("{before}ц ц"));
    // Three keys at once and Enter are a hand after a stall: nothing is lost.
    let mut events = Vec::new();
    for c in ['a', 's', 'd', '\n'] {
        events.extend(crate::support::keys::press(c, "x"));
    }
    kiosk.at_once(&events);
    assert_eq!(written(&mut kiosk), format!("{before}ц цфыв\n"));
}

#[test]
fn a_scan_is_no_pin() {
    let mut kiosk = crate::visit::to_the_pin(Lang::Kk);
    kiosk.scan("12345678");
    assert!(kiosk.says(&tereze::i18n::Text::new(Msg::UiPinTyped).with("n", 0).say(Lang::Kk)));
    kiosk.type_key('1', "1");
    assert!(kiosk.says(&tereze::i18n::Text::new(Msg::UiPinTyped).with("n", 1).say(Lang::Kk)));
}

#[test]
fn nobody_is_shown_a_scan_while_the_screen_is_hidden() {
    let mut kiosk = begin(Lang::Kk);
    kiosk.tap("bar.hide");
    kiosk.scan(OWN);
    assert!(!kiosk.has("said.close") && kiosk.has("hidden.show"));
}
