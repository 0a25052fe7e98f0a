//! A PIN on the reader's own keys: a real pcscd loads a driver that reads the structures of PC/SC part 10 as the
//! specification says (`keys.c`), and the card's firmware judges the PIN that only that driver knows.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use tereze::card::pinpad::{self, Asking, Hold, Pad, SECONDS, Step};
use tereze::card::service::{ByReader, Cards, Command, ToSign};
use tereze::card::{CardError, CardInfo, CardStatus, Pin};
use tereze::i18n::Lang;
use tokio::sync::watch;

use super::bench::{Bench, alone, ready, sign, until};
use super::firmware::{Apps, Card, Kind};

const PIN: &str = "123456";
/// What the reader is told: its two times, the PIN's length, the language.
const TOLD: &str = "verify 60 60 digits 6-8 language 0419";

/// Whoever stands before the reader.
struct Hand {
    wanted: Receiver<String>,
    answers: Sender<String>,
}

impl Hand {
    fn new(folder: &Path) -> Self {
        let listener = UnixListener::bind(folder.join("keys.sock")).unwrap();
        let (tell, wanted) = channel();
        let (answers, keys) = channel::<String>();
        std::thread::spawn(move || {
            for asked in listener.incoming().map_while(Result::ok) {
                let mut line = String::new();
                BufReader::new(&asked).read_line(&mut line).unwrap();
                if tell.send(line.trim().to_owned()).is_err() {
                    return;
                }
                // Its hands stay where they are until the reader has given up.
                let still = asked.try_clone().unwrap();
                for answer in keys.iter().take_while(|answer| !answer.is_empty()) {
                    // A reader that has given up hears nothing.
                    let _ = (&asked).write_all(format!("{answer}\n").as_bytes());
                }
                std::thread::spawn(move || BufReader::new(still).read_line(&mut String::new()));
            }
        });
        Self { wanted, answers }
    }

    /// What the reader was told, once it asks.
    fn asked(&self) -> String {
        self.wanted.recv_timeout(Duration::from_secs(60)).expect("the reader asks")
    }

    fn types(&self, keys: &str) {
        self.answers.send(keys.into()).unwrap();
        self.answers.send(String::new()).unwrap();
    }

    /// Waits until the reader asks, then types.
    fn answers(&self, keys: &str) -> String {
        let asked = self.asked();
        self.types(keys);
        asked
    }
}

struct Entry {
    pin: Asking,
    steps: watch::Receiver<Step>,
    hold: Hold,
}

fn entry() -> Entry {
    let (pin, steps, hold) = pinpad::asking(Lang::Ru);
    Entry { pin, steps, hold }
}

/// A session with a card in a reader that has keys.
async fn begun(bench: &mut Bench, second: u32) -> (Hand, Card, Cards, CardInfo) {
    let hand = Hand::new(&bench.folder);
    bench.pcscd.with_keys(second);
    let mut card = bench.card();
    card.personalise(&bench.folder, Kind::Ec);
    let cards = bench.kiosk();
    cards.commands.send(Command::SessionBegan).ok().unwrap();
    until(&cards, |s| *s == CardStatus::NoCard).await;
    card.insert();
    let info = ready(&cards).await;
    assert_eq!(info.pad, Pad { verify: true, modify: true, unblock: true });
    (hand, card, cards, info)
}

/// The work in the background, so that the test can be the hand.
fn begin(
    cards: &Cards,
    info: &CardInfo,
    pin: Asking,
    last: bool,
) -> tokio::task::JoinHandle<Result<Vec<u8>, CardError>> {
    let (cards, info) = (cards.clone(), info.clone());
    let what = ToSign(b"what is signed".to_vec());
    tokio::spawn(async move { cards.sign_by(info, Pin::OnReader(pin), what, last).await })
}

/// Signs with what is typed on the reader.
async fn typed(
    hand: &Hand,
    cards: &Cards,
    info: &CardInfo,
    keys: &str,
    last: bool,
) -> Result<Vec<u8>, CardError> {
    let entry = entry();
    let work = begin(cards, info, entry.pin, last);
    tokio::task::yield_now().await;
    assert_eq!(hand.answers(keys), TOLD);
    let signed = work.await.unwrap();
    drop(entry.hold);
    signed
}

#[test]
fn a_card_signs_with_a_pin_that_never_came_here() {
    alone("keys::a_card_signs_with_a_pin_that_never_came_here", async |bench| {
        let (hand, _card, cards, info) = begun(bench, 1000).await;
        let Entry { pin, mut steps, hold } = entry();
        assert_eq!(*steps.borrow(), Step::Before);
        let work = begin(&cards, &info, pin, false);
        let asks = *steps.wait_for(|step| matches!(step, Step::Asks { .. })).await.unwrap();
        assert_eq!(asks, Step::Asks { left: SECONDS.into() });
        assert_eq!(hand.asked(), TOLD);
        // It is counted down, by the second.
        for left in [SECONDS - 1, SECONDS - 2] {
            steps.wait_for(|step| *step == Step::Asks { left: left.into() }).await.unwrap();
        }
        hand.types(&format!("pin {PIN}"));
        let signed = work.await.unwrap().unwrap();
        assert_eq!(*steps.borrow(), Step::After);
        drop(hold);
        std::fs::write(bench.folder.join("signature"), signed).unwrap();
        std::fs::write(bench.folder.join("to-sign"), "what is signed").unwrap();
        let check =
            ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "to-sign"];
        super::program(&bench.folder, &check);
        // The screen's way stays open beside it.
        sign(&cards, &info, PIN, false).await.unwrap();
    });
}

#[test]
fn wrong_pins_on_the_reader_count_down_and_the_last_try_is_the_owners() {
    alone("keys::wrong_pins_on_the_reader_count_down_and_the_last_try_is_the_owners", async |bench| {
        let (hand, _card, cards, info) = begun(bench, 1000).await;
        for left in [2, 1] {
            let wrong = typed(&hand, &cards, &info, "pin 000000", false).await;
            assert_eq!(wrong, Err(CardError::WrongPin { tries_left: Some(left) }));
        }
        // The reader is not even told to ask.
        let entry = entry();
        let stopped = begin(&cards, &info, entry.pin, false).await.unwrap();
        assert_eq!(stopped, Err(CardError::LastTry));
        assert_eq!(*entry.steps.borrow(), Step::Before);
        typed(&hand, &cards, &info, &format!("pin {PIN}"), true).await.unwrap();
        until(&cards, |s| matches!(s, CardStatus::Ready(i) if i.tries_left == Some(3))).await;
        for last in [false, false] {
            typed(&hand, &cards, &info, "pin 999999", last).await.unwrap_err();
        }
        assert_eq!(typed(&hand, &cards, &info, "pin 999999", true).await, Err(CardError::Blocked));
        until(&cards, |s| matches!(s, CardStatus::Blocked(_))).await;
    });
}

#[test]
fn what_the_reader_itself_says_spends_no_try() {
    alone("keys::what_the_reader_itself_says_spends_no_try", async |bench| {
        let (hand, _card, cards, info) = begun(bench, 20).await;
        let cases = [
            ("cancel", CardError::PinCancelled),
            ("pin 12345", CardError::PinFormat),
            ("pin 123456789", CardError::PinFormat),
            ("key", CardError::PinTimeout),
            ("broken", CardError::PadRefused),
        ];
        for (keys, error) in cases {
            assert_eq!(typed(&hand, &cards, &info, keys, false).await, Err(error), "{keys}");
        }
        // Nobody comes.
        let entry = entry();
        let work = begin(&cards, &info, entry.pin, false);
        tokio::task::yield_now().await;
        hand.asked();
        assert_eq!(work.await.unwrap(), Err(CardError::PinTimeout));
        hand.types("pin 123456");
        drop(entry.hold);
        typed(&hand, &cards, &info, &format!("pin {PIN}"), false).await.unwrap();
        until(&cards, |s| matches!(s, CardStatus::Ready(i) if i.tries_left == Some(3))).await;
    });
}

#[test]
fn what_was_given_up_signs_nothing_even_if_the_pin_is_typed_after_all() {
    alone("keys::what_was_given_up_signs_nothing_even_if_the_pin_is_typed_after_all", async |bench| {
        let (hand, mut card, cards, info) = begun(bench, 1000).await;
        card.order("pull-at 87 1");
        let Entry { pin, mut steps, hold } = entry();
        let work = begin(&cards, &info, pin, false);
        steps.wait_for(|step| matches!(step, Step::Asks { .. })).await.unwrap();
        hand.asked();
        drop(hold);
        assert_eq!(work.await.unwrap(), Err(CardError::PinCancelled));
        // The reader goes on asking, and says so to who comes next.
        assert_eq!(sign(&cards, &info, PIN, false).await, Err(CardError::PadBusy));
        hand.types(&format!("pin {PIN}"));
        steps.wait_for(|step| *step == Step::After).await.unwrap();
        // Were a signature begun, the card would be out now.
        until(&cards, |s| matches!(s, CardStatus::Ready(_))).await;
        card.order("sound");
        loop {
            match sign(&cards, &info, PIN, false).await {
                Err(CardError::PadBusy) => tokio::time::sleep(Duration::from_millis(50)).await,
                signed => break drop(signed.unwrap()),
            }
        }
    });
}

#[test]
fn a_card_pulled_while_the_reader_asks_is_told() {
    alone("keys::a_card_pulled_while_the_reader_asks_is_told", async |bench| {
        let (hand, mut card, cards, info) = begun(bench, 1000).await;
        let entry = entry();
        let work = begin(&cards, &info, entry.pin, false);
        tokio::task::yield_now().await;
        hand.asked();
        card.remove();
        assert_eq!(work.await.unwrap(), Err(CardError::Pulled));
        hand.types("");
        until(&cards, |s| *s == CardStatus::NoCard).await;
        drop(entry.hold);
    });
}

#[test]
fn a_pin_is_changed_on_the_reader() {
    alone("keys::a_pin_is_changed_on_the_reader", async |bench| {
        let (hand, _card, cards, info) = begun(bench, 1000).await;
        let change = async |keys: &str| {
            let entry = entry();
            let (cards, info) = (cards.clone(), info.clone());
            let work =
                tokio::spawn(
                    async move { cards.change_on_reader(info, ByReader::Old, entry.pin, false).await },
                );
            tokio::task::yield_now().await;
            assert_eq!(hand.answers(keys), TOLD.replace("verify", "modify"));
            let changed = work.await.unwrap();
            drop(entry.hold);
            changed
        };
        assert_eq!(change("pins 123456 246813 246814").await, Err(CardError::NewPinsDiffer));
        assert_eq!(change("pins 123456 2468 2468").await, Err(CardError::PinFormat));
        let wrong = change("pins 999999 246813 246813").await;
        assert_eq!(wrong, Err(CardError::WrongPin { tries_left: Some(2) }));
        assert_eq!(change("pins 123456 24681357 24681357").await, Ok(()));
        typed(&hand, &cards, &info, "pin 24681357", false).await.unwrap();
    });
}

#[test]
fn a_blocked_card_is_unblocked_on_the_reader() {
    alone("keys::a_blocked_card_is_unblocked_on_the_reader", async |bench| {
        let (hand, _card, cards, info) = begun(bench, 1000).await;
        for _ in 0..3 {
            sign(&cards, &info, "000000", true).await.unwrap_err();
        }
        until(&cards, |s| matches!(s, CardStatus::Blocked(_))).await;
        let unblock = async |known: Option<u8>, keys: &str, last: bool| {
            let entry = entry();
            let (cards, info, by) = (cards.clone(), info.clone(), ByReader::Puk { known });
            let work = tokio::spawn(async move { cards.change_on_reader(info, by, entry.pin, last).await });
            tokio::task::yield_now().await;
            assert_eq!(hand.answers(keys), TOLD.replace("verify", "modify"));
            let unblocked = work.await.unwrap();
            drop(entry.hold);
            unblocked
        };
        // Of the reader's own answers none reaches the card.
        assert_eq!(unblock(None, "cancel", false).await, Err(CardError::PinCancelled));
        assert_eq!(unblock(None, "pins 12345678 246813 246814", false).await, Err(CardError::NewPinsDiffer));
        assert_eq!(unblock(None, "pins 12345678 2468 2468", false).await, Err(CardError::PinFormat));
        let wrong = unblock(None, "pins 87654321 246813 246813", false).await;
        assert_eq!(wrong, Err(CardError::WrongPuk { tries_left: Some(2) }));
        assert_eq!(unblock(Some(2), "pins 12345678 246813 246813", false).await, Ok(()));
        until(&cards, |s| matches!(s, CardStatus::Ready(i) if i.tries_left == Some(3))).await;
        typed(&hand, &cards, &info, "pin 246813", false).await.unwrap();

        for left in [2, 1] {
            let wrong = unblock(None, "pins 87654321 135790 135790", true).await;
            assert_eq!(wrong, Err(CardError::WrongPuk { tries_left: Some(left) }));
        }
        // Before the last try the reader is not even told to ask.
        let stopped = entry();
        let by = ByReader::Puk { known: Some(1) };
        let last = cards.change_on_reader(info.clone(), by, stopped.pin, false).await;
        assert_eq!((last, *stopped.steps.borrow()), (Err(CardError::LastPukTry), Step::Before));
        let gone = unblock(Some(1), "pins 87654321 135790 135790", true).await;
        assert_eq!(gone, Err(CardError::PukBlocked));
        typed(&hand, &cards, &info, "pin 246813", false).await.unwrap();
    });
}

#[test]
fn an_openpgp_card_signs_by_the_readers_keys_and_gets_a_new_pin_on_the_screen_alone() {
    alone(
        "keys::an_openpgp_card_signs_by_the_readers_keys_and_gets_a_new_pin_on_the_screen_alone",
        async |bench| {
            let hand = Hand::new(&bench.folder);
            bench.pcscd.with_keys(1000);
            let mut card = bench.card_with(Apps::OpenPgp);
            card.personalise_openpgp(&bench.folder, Kind::Ec);
            let cards = bench.kiosk();
            cards.commands.send(Command::SessionBegan).ok().unwrap();
            until(&cards, |s| *s == CardStatus::NoCard).await;
            card.insert();
            let info = ready(&cards).await;
            assert_eq!(info.pad, Pad { verify: true, modify: false, unblock: false });
            for (pin, wrong) in [("999999", Some(CardError::WrongPin { tries_left: Some(2) })), (PIN, None)] {
                let entry = entry();
                let work = begin(&cards, &info, entry.pin, false);
                tokio::task::yield_now().await;
                assert_eq!(hand.answers(&format!("pin {pin}")), TOLD.replace("6-8", "6-16"));
                assert_eq!(work.await.unwrap().err(), wrong);
                drop(entry.hold);
            }
            for by in [ByReader::Old, ByReader::Puk { known: None }] {
                let never = entry();
                let refused = cards.change_on_reader(info.clone(), by, never.pin, false).await;
                assert_eq!((refused, *never.steps.borrow()), (Err(CardError::PadRefused), Step::Before));
            }
        },
    );
}

#[test]
fn staff_can_leave_the_readers_keys_alone_and_vpcds_own_driver_has_none() {
    alone("keys::staff_can_leave_the_readers_keys_alone_and_vpcds_own_driver_has_none", async |bench| {
        use tereze::card::pcsc::Pcsc;
        use tereze::card::service::{Options, start};
        let (_card, _cards, info) = super::faults::begun(bench, Kind::Ec).await;
        assert_eq!(info.pad, Pad::default());
        let (_hand, _card, _cards, _) = begun(bench, 1000).await;
        let stack = std::sync::Arc::new(Pcsc { no_pads: true, ..Pcsc::default() });
        let options = Options { fresh_only: false, ..Options::default() };
        let cards = start(stack, tereze::clock::Clock::system(), options);
        assert_eq!(ready(&cards).await.pad, Pad::default());
    });
}
