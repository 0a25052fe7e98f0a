//! Other programs at the same card.

use std::ffi::CString;
use std::time::Duration;

use pcsc::{Context, Disposition, Protocols, Scope, ShareMode};
use tereze::card::service::Options;
use tereze::card::{CardError, CardStatus};

use super::bench::{alone, ready, sign, until};
use super::faults::begun;
use super::firmware::Kind;
use super::pcscd::READER;

const PIN: &str = "123456";

/// Another program's connection to the card.
fn other(share: ShareMode) -> pcsc::Card {
    let context = Context::establish(Scope::User).unwrap();
    context.connect(&CString::new(READER).unwrap(), share, Protocols::ANY).unwrap()
}

#[test]
fn a_card_held_by_another_program_is_told_and_read_when_it_is_free() {
    alone("others::a_card_held_by_another_program_is_told_and_read_when_it_is_free", async |bench| {
        let (mut card, cards, _) = begun(bench, Kind::Ec).await;
        drop(cards);
        let second = bench.service(Options {
            fresh_only: false,
            waiting: Duration::from_secs(1),
            ..Options::default()
        });
        let info = ready(&second).await;
        drop(second);

        let held = other(ShareMode::Exclusive);
        let cards = bench.service(Options { fresh_only: false, ..Options::default() });
        until(&cards, |s| *s == CardStatus::HeldByOther).await;
        drop(held);
        let again = ready(&cards).await;
        assert_eq!(again.certificate, info.certificate);
        sign(&cards, &again, PIN, false).await.unwrap();
        card.remove();
    });
}

#[test]
fn a_card_taken_between_showing_and_signing_is_told_and_signs_later() {
    alone("others::a_card_taken_between_showing_and_signing_is_told_and_signs_later", async |bench| {
        let (_card, cards, info) = begun(bench, Kind::Ec).await;
        let held = other(ShareMode::Exclusive);
        assert_eq!(sign(&cards, &info, PIN, false).await, Err(CardError::HeldByOther));
        drop(held);
        sign(&cards, &info, PIN, false).await.unwrap();

        let mut shared = other(ShareMode::Shared);
        let transaction = shared.transaction().unwrap();
        assert_eq!(sign(&cards, &info, "000000", false).await, Err(CardError::HeldByOther));
        drop(transaction);
        sign(&cards, &info, PIN, false).await.unwrap();
        // The work that was given up must not have shown its PIN after all.
        until(&cards, |s| matches!(s, CardStatus::Ready(i) if i.tries_left == Some(3))).await;
    });
}

#[test]
fn a_reset_by_another_program_does_no_harm() {
    alone("others::a_reset_by_another_program_does_no_harm", async |bench| {
        let (_card, cards, info) = begun(bench, Kind::Ec).await;
        for disposition in [Disposition::ResetCard, Disposition::UnpowerCard] {
            let shared = other(ShareMode::Shared);
            shared.disconnect(disposition).map_err(|(_, e)| e).unwrap();
            sign(&cards, &info, PIN, false).await.unwrap();
        }
    });
}

#[test]
fn no_other_program_inherits_the_pin() {
    alone("others::no_other_program_inherits_the_pin", async |bench| {
        let (_card, cards, info) = begun(bench, Kind::Ec).await;
        let mut shared = other(ShareMode::Shared);
        sign(&cards, &info, PIN, false).await.unwrap();
        shared.reconnect(ShareMode::Shared, Protocols::ANY, Disposition::LeaveCard).unwrap();
        let transaction = shared.transaction().unwrap();
        let ask = |apdu: &[u8]| {
            let mut answer = [0; 300];
            let answer = transaction.transmit(apdu, &mut answer).unwrap();
            u16::from_be_bytes([answer[answer.len() - 2], answer[answer.len() - 1]])
        };
        assert_eq!(ask(&[0, 0xA4, 4, 0, 5, 0xA0, 0, 0, 3, 8]), 0x9000);
        assert_eq!(ask(&[0, 0x20, 0, 0x80]), 0x63C3, "9000 would say that the PIN still counts");
    });
}
