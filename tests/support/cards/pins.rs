//! A new PIN on the card, for the old one and for the PUK, by the card's own firmware.

use tereze::card::service::{By, Cards};
use tereze::card::{CardError, CardInfo, CardStatus};
use tereze::private::Secret;

use super::bench::{alone, ready, sign, until};
use super::faults::begun;
use super::firmware::Kind;

const PIN: &str = "123456";
/// What cards of this make leave the factory with.
const PUK: &str = "12345678";

async fn new_pin(cards: &Cards, info: &CardInfo, by: By, new: &str, last: bool) -> Result<(), CardError> {
    cards.new_pin(info.clone(), by, Secret::from_vec(new.into()), last).await
}

fn old(pin: &str) -> By {
    By::Old(Secret::from_vec(pin.into()))
}

fn puk(code: &str, known: Option<u8>) -> By {
    By::Puk { code: Secret::from_vec(code.into()), known }
}

#[test]
fn a_pin_is_changed() {
    alone("pins::a_pin_is_changed", async |bench| {
        let (_card, cards, info) = begun(bench, Kind::Ec).await;
        let wrong = new_pin(&cards, &info, old("999999"), "246813", false).await;
        assert_eq!(wrong, Err(CardError::WrongPin { tries_left: Some(2) }));
        assert_eq!(new_pin(&cards, &info, old(PIN), "12345", false).await, Err(CardError::PinFormat));
        assert_eq!(new_pin(&cards, &info, old(PIN), "24681357", false).await, Ok(()));
        until(&cards, |s| matches!(s, CardStatus::Ready(i) if i.tries_left == Some(3))).await;
        assert!(matches!(sign(&cards, &info, PIN, false).await, Err(CardError::WrongPin { .. })));
        sign(&cards, &ready(&cards).await, "24681357", false).await.unwrap();
    });
}

#[test]
fn a_blocked_card_is_unblocked_and_the_puk_has_its_own_end() {
    alone("pins::a_blocked_card_is_unblocked_and_the_puk_has_its_own_end", async |bench| {
        let (mut card, cards, info) = begun(bench, Kind::Ec).await;
        for _ in 0..3 {
            sign(&cards, &info, "000000", true).await.unwrap_err();
        }
        until(&cards, |s| matches!(s, CardStatus::Blocked(_))).await;
        assert_eq!(new_pin(&cards, &info, old(PIN), "246813", true).await, Err(CardError::Blocked));
        let wrong = new_pin(&cards, &info, puk("00000000", None), "246813", false).await;
        assert_eq!(wrong, Err(CardError::WrongPuk { tries_left: Some(2) }));
        assert_eq!(new_pin(&cards, &info, puk(PUK, Some(2)), "246813", false).await, Ok(()));
        until(&cards, |s| matches!(s, CardStatus::Ready(i) if i.tries_left == Some(3))).await;
        sign(&cards, &ready(&cards).await, "246813", false).await.unwrap();

        let mut known = None;
        for left in [Some(2), Some(1), None] {
            let wrong = new_pin(&cards, &info, puk("00000000", known), "135790", true).await;
            let expected =
                left.map_or(CardError::PukBlocked, |n| CardError::WrongPuk { tries_left: Some(n) });
            assert_eq!(wrong, Err(expected));
            known = left;
            if left == Some(1) {
                let stopped = new_pin(&cards, &info, puk(PUK, left), "135790", false).await;
                assert_eq!(stopped, Err(CardError::LastPukTry));
            }
        }
        assert_eq!(new_pin(&cards, &info, puk(PUK, None), "135790", true).await, Err(CardError::PukBlocked));
        // Pulled while the PIN is being set: no word of success.
        card.order("pull-at 24 1");
        let info = ready(&cards).await;
        assert_eq!(new_pin(&cards, &info, old("246813"), "135790", false).await, Err(CardError::Pulled));
    });
}
