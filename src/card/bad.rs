//! Bad cards: whatever a card answers, or does not, ends in plain words, within a bounded number of
//! APDUs and within the service's time; nothing that it signs wrongly is handed out.

mod fuzz;
mod honest;

use std::sync::Arc;
use std::time::Duration;

use super::apdu::{MAX_PARTS, MAX_RESPONSE};
use super::scripted::{Answer, Behaviour, Scripted};
use super::service::{self, Cards, Command, Options, ToSign};
use super::{CardError, CardInfo, CardStatus};
use crate::clock::{Clock, Moment};
use crate::fault::Coded as _;
use crate::i18n::{Lang, Msg, tr};
use crate::private::Secret;
use honest::{Honest, NOW};

/// Longest that a test waits: far beyond what any of them takes, far below for ever.
const PATIENCE: Duration = Duration::from_secs(60);
/// APDUs that three attempts to read two applications may cost, however the card behaves.
const MOST_ASKED: usize = 3 * 2 * (8 + 2 * MAX_PARTS);

/// Of some P-256 key.
pub(super) fn certificate() -> Vec<u8> {
    Honest::new().certificate().to_vec()
}

fn status(word: u16) -> Answer {
    Ok(word.to_be_bytes().to_vec())
}

/// The service with a card that answers by `bend`, to which the honest answer is handed.
fn with(bend: impl FnMut(&[u8], Answer) -> Answer + Send + 'static) -> (Scripted, Cards) {
    let honest = Honest::new();
    bent(honest, bend)
}

fn bent(
    mut honest: Honest,
    mut bend: impl FnMut(&[u8], Answer) -> Answer + Send + 'static,
) -> (Scripted, Cards) {
    let reader = Scripted::empty();
    let options =
        Options { fresh_only: false, waiting: Duration::from_secs(1), talking: Duration::from_millis(1500) };
    let cards = service::start(Arc::new(reader.clone()), Clock::fixed(Moment(NOW)), options);
    let card: Behaviour = Box::new(move |apdu| {
        let answer = honest.answer(apdu);
        bend(apdu, answer)
    });
    reader.insert(card);
    (reader, cards)
}

/// What the service says of the card once it has made up its mind.
async fn settled(cards: &Cards) -> CardStatus {
    let passing = |s: &CardStatus| {
        matches!(s, CardStatus::NoService | CardStatus::NoReader | CardStatus::NoCard | CardStatus::Reading)
    };
    let mut status = cards.status.clone();
    let found = tokio::time::timeout(PATIENCE, status.wait_for(|s| !passing(s))).await;
    found.expect("the service makes up its mind").unwrap().clone()
}

async fn ready(cards: &Cards) -> CardInfo {
    match settled(cards).await {
        CardStatus::Ready(info) => info,
        other => panic!("{other:?}"),
    }
}

async fn sign(cards: &Cards, info: &CardInfo) -> Result<Vec<u8>, CardError> {
    let pin = Secret::from_vec(b"123456".to_vec());
    let signing = cards.sign(info.clone(), pin, ToSign(b"attributes".to_vec()), false);
    tokio::time::timeout(PATIENCE, signing).await.expect("an answer within its time")
}

/// What went wrong and what to do about it, in three languages.
#[track_caller]
fn in_words(error: &CardError) {
    for lang in [Lang::Kk, Lang::Ru, Lang::En] {
        for id in [error.code().message_id(), error.code().remedy_id()] {
            let words = Msg::from_id(&id).map(|msg| tr(lang, msg)).unwrap_or_default();
            assert!(words.split(' ').count() > 2, "{error:?} has no words: {id}");
        }
    }
}

fn long(length: usize, word: u16) -> Answer {
    Ok([vec![7; length], word.to_be_bytes().to_vec()].concat())
}

type Bent = Box<dyn FnMut(&[u8], Answer) -> Answer + Send>;
type Bend = fn(&[u8], Answer) -> Answer;

fn reads(apdu: &[u8]) -> bool {
    apdu[1] == 0xCB
}

#[tokio::test]
async fn a_card_that_cannot_be_read_is_told() {
    // Each is the answer to GET DATA, or to everything.
    let cases: Vec<(&str, CardStatus, Bend)> = vec![
        ("nothing", damaged(CardError::Pulled), |_, _| Ok(vec![])),
        ("half a status word", damaged(CardError::Malformed), |_, _| Ok(vec![0x90])),
        ("more than fits", damaged(CardError::Malformed), |_, _| long(300, 0x9000)),
        ("no status word of the table", CardStatus::Unsupported, |_, _| status(0x1234)),
        ("zeros", CardStatus::Unsupported, |_, _| status(0)),
        ("a wrong length for ever", CardStatus::Unsupported, |_, _| status(0x6C05)),
        ("more for ever", damaged(CardError::Malformed), |_, _| long(200, 0x61FF)),
        ("a byte at a time", damaged(CardError::Malformed), |_, _| long(1, 0x6101)),
        ("more of nothing", damaged(CardError::Malformed), |_, _| status(0x6110)),
        ("no object", damaged(CardError::Malformed), |a, h| if reads(a) { long(9, 0x9000) } else { h }),
        ("an object cut short", damaged(CardError::Malformed), |a, h| match reads(a) {
            true => Ok(vec![0x53, 0x82, 0x04, 0x00, 0x70, 0x90, 0]),
            false => h,
        }),
        ("a length of four bytes", damaged(CardError::Malformed), |a, h| match reads(a) {
            true => Ok(vec![0x53, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x70, 0x90, 0]),
            false => h,
        }),
        ("lengths within that go past the end", damaged(CardError::Malformed), |a, h| match reads(a) {
            true => Ok(vec![0x53, 0x04, 0x70, 0x81, 0xFF, 0x00, 0x90, 0]),
            false => h,
        }),
        ("indefinite lengths in each other", damaged(CardError::Malformed), |a, h| match reads(a) {
            true => {
                Ok([vec![0x53, 0x81, 0xF3, 0x70, 0x81, 0xF0], [0x30, 0x80].repeat(120), vec![0x90, 0]]
                    .concat())
            }
            false => h,
        }),
        ("no certificate where one should be", damaged(CardError::Malformed), |a, h| match reads(a) {
            true => Ok(vec![0x53, 0x07, 0x70, 0x05, 0x30, 0x03, 1, 1, 1, 0x90, 0]),
            false => h,
        }),
        ("an empty certificate", CardStatus::NoCertificate, |a, h| match reads(a) {
            true => Ok(vec![0x53, 0x02, 0x70, 0x00, 0x90, 0]),
            false => h,
        }),
        ("refused", CardStatus::Unsupported, |a, h| if reads(a) { status(0x6982) } else { h }),
    ];
    for (name, expected, bend) in cases {
        let (reader, cards) = with(bend);
        assert_eq!(settled(&cards).await, expected, "{name}");
        assert!(reader.asked() <= MOST_ASKED, "{name}: {} APDUs", reader.asked());
        if let CardStatus::Damaged(error) = expected {
            in_words(&error);
        }
    }
}

fn damaged(error: CardError) -> CardStatus {
    CardStatus::Damaged(error)
}

#[tokio::test]
async fn a_card_that_takes_its_time_is_not_waited_for() {
    let (_, cards) = with(|_, honest| {
        std::thread::sleep(Duration::from_millis(700));
        honest
    });
    assert_eq!(settled(&cards).await, damaged(CardError::Slow), "each answer is slow");
    let (_, cards) = with(|apdu, honest| {
        if reads(apdu) {
            std::thread::sleep(Duration::from_secs(600));
        }
        honest
    });
    assert_eq!(settled(&cards).await, damaged(CardError::Slow), "it never answers");
    in_words(&CardError::Slow);
}

#[tokio::test]
async fn a_card_that_signs_badly_signs_nothing() {
    let signs = |apdu: &[u8]| apdu[1] == 0x87;
    let cases: Vec<(&str, CardError, Bent)> = vec![
        ("garbage", CardError::Malformed, Box::new(move |a, h| if signs(a) { long(70, 0x9000) } else { h })),
        ("nothing", CardError::Malformed, Box::new(move |a, h| if signs(a) { status(0x9000) } else { h })),
        (
            "no signature",
            CardError::OtherKey,
            Box::new(move |a, h| match signs(a) {
                true => Ok(vec![0x7C, 4, 0x82, 2, 1, 1, 0x90, 0]),
                false => h,
            }),
        ),
        (
            "cut short",
            CardError::Malformed,
            Box::new(move |a, h| match signs(a) {
                true => Ok(vec![0x7C, 70, 0x82, 68, 0x30, 0x90, 0]),
                false => h,
            }),
        ),
        (
            "a flipped bit",
            CardError::OtherKey,
            Box::new(move |a, h| match signs(a) {
                true => h.map(|mut answer| {
                    let at = answer.len() - 3;
                    answer[at] ^= 1;
                    answer
                }),
                false => h,
            }),
        ),
        (
            "refused",
            CardError::Refused(0x6982),
            Box::new(move |a, h| if signs(a) { status(0x6982) } else { h }),
        ),
        ("more for ever", CardError::Malformed, {
            let mut signing = false;
            Box::new(move |a, h| {
                signing |= signs(a);
                if signing { long(255, 0x61FF) } else { h }
            })
        }),
        ("pulled", CardError::Pulled, Box::new(move |a, h| if signs(a) { Ok(vec![]) } else { h })),
        (
            "slow",
            CardError::Slow,
            Box::new(move |a, h| {
                if signs(a) {
                    std::thread::sleep(Duration::from_secs(600));
                }
                h
            }),
        ),
    ];
    for (name, expected, bend) in cases {
        let (_, cards) = with(bend);
        let info = ready(&cards).await;
        assert_eq!(sign(&cards, &info).await, Err(expected.clone()), "{name}");
        in_words(&expected);
    }
}

#[tokio::test]
async fn a_key_that_is_not_the_certificates_is_found_out() {
    let mut other = Honest::new();
    other.sign_with_another_key();
    let (_, cards) = bent(other, |_, honest| honest);
    let info = ready(&cards).await;
    assert_eq!(sign(&cards, &info).await, Err(CardError::OtherKey));
    in_words(&CardError::OtherKey);
}

#[tokio::test]
async fn another_certificate_at_signing_gets_no_pin() {
    let mut reads_so_far = 0;
    let second = Honest::new();
    let mut second = Some(second);
    let (reader, cards) = with(move |apdu, honest| {
        assert!(apdu[1] != 0x20 || apdu.len() < 6 || reads_so_far < 2, "the PIN went to another card");
        if reads(apdu) {
            reads_so_far += 1;
            if reads_so_far > 1
                && let Some(other) = &mut second
            {
                other.answer(&[0, 0xA4, 4, 0, 9, 0xA0, 0, 0, 3, 8, 0, 0, 0x10, 0, 0]).ok();
                return other.answer(apdu);
            }
        }
        honest
    });
    let info = ready(&cards).await;
    assert!(matches!(sign(&cards, &info).await, Err(CardError::OtherCard | CardError::Malformed)));
    assert!(reader.asked() < MOST_ASKED);
}

/// A card that claims more tries after each wrong PIN would be tried until it blocks.
#[tokio::test]
async fn tries_that_rise_are_not_believed() {
    let mut claimed = 0xC3u16;
    let (_, cards) = with(move |apdu, honest| match apdu[1] == 0x20 {
        true if apdu.len() < 6 => status(0x6300 | claimed),
        true => {
            claimed = (claimed + 3).min(0xCF);
            status(0x6300 | claimed)
        }
        false => honest,
    });
    let info = ready(&cards).await;
    assert_eq!(info.tries_left, Some(3));
    for left in [2, 1] {
        let now = ready(&cards).await;
        assert_eq!(sign(&cards, &now).await, Err(CardError::WrongPin { tries_left: Some(left) }));
        let mut status = cards.status.clone();
        let told = status.wait_for(|s| matches!(s, CardStatus::Ready(i) if i.tries_left == Some(left)));
        tokio::time::timeout(PATIENCE, told).await.expect("the lower number is shown").unwrap();
    }
    let now = ready(&cards).await;
    assert_eq!(sign(&cards, &now).await, Err(CardError::LastTry), "it claims twelve by now");
}

#[tokio::test]
async fn a_card_that_takes_any_pin_signs_only_with_its_key() {
    let (_, cards) = with(|apdu, honest| if apdu[1] == 0x20 { status(0x9000) } else { honest });
    let info = ready(&cards).await;
    assert_eq!(info.tries_left, None, "it does not say");
    let signed = sign(&cards, &info).await.unwrap();
    let (facts, _) = super::certificate::facts(info.certificate.expose()).unwrap();
    assert!(facts.holds(b"attributes", &signed));
}

#[test]
fn the_limits_hold_together() {
    const { assert!(MAX_PARTS * 256 >= MAX_RESPONSE, "a whole answer fits") };
}

#[tokio::test]
async fn the_service_lives_on_after_a_bad_card() {
    let (reader, cards) = with(|_, _| long(300, 0x9000));
    assert_eq!(settled(&cards).await, damaged(CardError::Malformed));
    let mut good = Honest::new();
    reader.insert(Box::new(move |apdu| good.answer(apdu)));
    let mut status = cards.status.clone();
    let seen = status.wait_for(|s| matches!(s, CardStatus::Ready(_)));
    tokio::time::timeout(PATIENCE, seen).await.expect("the next card is read").unwrap();
    let info = ready(&cards).await;
    assert!(sign(&cards, &info).await.is_ok());
    cards.commands.send(Command::SessionEnded).ok().unwrap();
}
