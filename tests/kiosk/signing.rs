//! The PIN and the card.

use tereze::card::Hand;
use tereze::i18n::{Lang, Msg, Text, tr};

use crate::visit::{hand, heading, to_the_pin};

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
fn a_blocked_card_is_unblocked_with_its_puk_and_the_letter_goes_on() {
    let mut kiosk = to_the_pin(Lang::Ru);
    for tries in [2, 1, 0] {
        if tries == 0 {
            kiosk.until_shown("sign.sure");
            kiosk.tap("sign.sure");
        }
        kiosk.pin("654321");
        kiosk.tap("page.next");
        kiosk.until("the card's answer", |k| {
            k.says(&tr(Lang::Ru, Msg::SigningBlockedTitle))
                || k.has("sign.sure")
                || k.says(&Text::new(Msg::SigningTries).with("n", tries).say(Lang::Ru))
        });
    }
    kiosk.tap("page.next");
    assert!(!kiosk.has("mycard.change"), "a blocked PIN cannot be changed by itself");
    // A wrong PUK, then two new PINs that differ, then all right.
    kiosk.tap("page.next");
    for (puk, new, again) in
        [("87654321", "246813", "246813"), ("12345678", "246813", "246814"), ("", "2468135", "2468135")]
    {
        for code in [puk, new, again].into_iter().filter(|code| !code.is_empty()) {
            kiosk.until_shown("pin.1");
            kiosk.pin(code);
            kiosk.tap("page.next");
        }
        if puk == "87654321" {
            let tries = Text::new(Msg::SigningTries).with("n", 2).say(Lang::Ru);
            kiosk.until("the PUK's tries", |k| k.says(&tries));
        }
    }
    kiosk.until("the end", |k| k.says(&tr(Lang::Ru, Msg::MycardUnblocked)));
    kiosk.tap("page.next");
    kiosk.until_shown("pin.1");
    assert!(kiosk.says(&tr(Lang::Ru, Msg::SigningPracticeOwn)), "the PIN until now is no longer hers");
    assert!(!kiosk.says(&tr(Lang::Ru, Msg::SigningPracticePin)));
    kiosk.pin("2468135");
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
