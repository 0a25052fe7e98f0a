//! What goes wrong with card and reader.

use std::time::Duration;

use tereze::card::service::{Cards, Command, Options};
use tereze::card::{CardError, CardInfo, CardStatus};

use super::bench::{Bench, alone, ready, sign, until};
use super::firmware::{Card, Kind};

const PIN: &str = "123456";

/// A session with a personalised card in the reader.
pub async fn begun(bench: &mut Bench, kind: Kind) -> (Card, Cards, CardInfo) {
    let mut card = bench.card();
    card.personalise(&bench.folder, kind);
    let cards = bench.kiosk();
    cards.commands.send(Command::SessionBegan).ok().unwrap();
    until(&cards, |s| *s == CardStatus::NoCard).await;
    card.insert();
    let info = ready(&cards).await;
    (card, cards, info)
}

#[test]
fn a_card_pulled_while_it_is_read_is_no_card() {
    alone("faults::a_card_pulled_while_it_is_read_is_no_card", async |bench| {
        let mut card = bench.card();
        card.personalise(&bench.folder, Kind::Ec);
        let cards = bench.kiosk();
        cards.commands.send(Command::SessionBegan).ok().unwrap();
        until(&cards, |s| *s == CardStatus::NoCard).await;
        // SELECT, GET DATA, the certificate's second part, the tries left.
        for step in ["a4", "cb", "c0", "20"] {
            card.order(&format!("pull-at {step} 1"));
            card.insert();
            card.order("gone");
            until(&cards, |s| *s == CardStatus::NoCard).await;
        }
        card.insert();
        assert_eq!(ready(&cards).await.tries_left, Some(3));
    });
}

#[test]
fn a_card_pulled_while_it_signs_ends_signing_and_spends_nothing() {
    alone("faults::a_card_pulled_while_it_signs_ends_signing_and_spends_nothing", async |bench| {
        let (mut card, cards, mut info) = begun(bench, Kind::Rsa).await;
        // SELECT, the certificate, the tries left, the PIN, both parts of the block to sign, the
        // signature's second part.
        for step in ["a4 1", "cb 1", "c0 1", "20 1", "20 2", "87 1", "87 2"] {
            card.order(&format!("pull-at {step}"));
            assert_eq!(sign(&cards, &info, PIN, false).await, Err(CardError::Pulled), "{step}");
            card.order("gone");
            until(&cards, |s| *s == CardStatus::NoCard).await;
            assert_eq!(sign(&cards, &info, PIN, false).await, Err(CardError::Pulled), "after {step}");
            card.insert();
            info = ready(&cards).await;
            assert_eq!(info.tries_left, Some(3), "{step}");
        }
        sign(&cards, &info, PIN, false).await.unwrap();
    });
}

#[test]
fn a_card_put_in_again_or_another_one_is_not_the_one_shown() {
    alone("faults::a_card_put_in_again_or_another_one_is_not_the_one_shown", async |bench| {
        let (mut card, cards, shown) = begun(bench, Kind::Ec).await;
        card.remove();
        until(&cards, |s| *s == CardStatus::NoCard).await;
        let mut other = bench.card();
        other.personalise(&bench.folder, Kind::Ec);
        other.insert();
        let info = ready(&cards).await;
        assert_ne!(info.certificate, shown.certificate);
        assert_eq!(sign(&cards, &shown, PIN, false).await, Err(CardError::OtherCard));
        // The right place and time, but another certificate: found out in the transaction.
        let forged = CardInfo { certificate: shown.certificate.clone(), ..info.clone() };
        assert_eq!(sign(&cards, &forged, "000000", false).await, Err(CardError::OtherCard));
        let info = ready(&cards).await;
        assert_eq!(info.tries_left, Some(3), "no PIN was shown to it");
        sign(&cards, &info, PIN, false).await.unwrap();
    });
}

#[test]
fn a_blank_card_and_a_strange_certificate_are_told() {
    alone("faults::a_blank_card_and_a_strange_certificate_are_told", async |bench| {
        let cards = bench.kiosk();
        cards.commands.send(Command::SessionBegan).ok().unwrap();
        until(&cards, |s| *s == CardStatus::NoCard).await;
        let mut card = bench.card();
        card.insert();
        until(&cards, |s| *s == CardStatus::NoCertificate).await;
        card.remove();
        until(&cards, |s| *s == CardStatus::NoCard).await;
        card.order("certificate 9c plain 3003010101");
        card.insert();
        until(&cards, |s| *s == CardStatus::Damaged(CardError::Malformed)).await;
    });
}

#[test]
fn a_packed_certificate_is_read() {
    alone("faults::a_packed_certificate_is_read", async |bench| {
        let mut card = bench.card();
        let der = card.certify(&bench.folder, Kind::Ec);
        let packed = super::program(&bench.folder, &["gzip", "-c", "certificate.der"]);
        card.order(&format!("certificate 9c gzip {}", hex::encode(packed)));
        card.insert();
        let cards = bench.service(Options { fresh_only: false, ..Options::default() });
        let info = ready(&cards).await;
        assert_eq!(*info.certificate.expose(), der);
        sign(&cards, &info, PIN, false).await.unwrap();
    });
}

#[test]
fn a_card_the_wrong_way_round_is_told() {
    alone("faults::a_card_the_wrong_way_round_is_told", async |bench| {
        let mut card = bench.card();
        card.personalise(&bench.folder, Kind::Ec);
        let cards = bench.kiosk();
        cards.commands.send(Command::SessionBegan).ok().unwrap();
        until(&cards, |s| *s == CardStatus::NoCard).await;
        card.order("mute");
        card.insert();
        until(&cards, |s| *s == CardStatus::WrongWay).await;
        card.remove();
        until(&cards, |s| *s == CardStatus::NoCard).await;
        card.order("sound");
        card.insert();
        ready(&cards).await;
    });
}

#[test]
fn a_card_that_takes_too_long_is_given_up() {
    alone("faults::a_card_that_takes_too_long_is_given_up", async |bench| {
        let mut card = bench.card();
        card.personalise(&bench.folder, Kind::Ec);
        card.insert();
        let cards = bench.service(Options {
            fresh_only: false,
            talking: Duration::from_secs(6),
            waiting: Duration::from_secs(60),
        });
        let info = ready(&cards).await;
        card.order("delay 87 15000");
        assert_eq!(sign(&cards, &info, PIN, false).await, Err(CardError::Slow));
        card.order("sound");
        // Waits for the transaction that was given up.
        sign(&cards, &info, PIN, false).await.unwrap();
    });
}

#[test]
fn without_the_service_the_kiosk_waits_for_it() {
    alone("faults::without_the_service_the_kiosk_waits_for_it", async |bench| {
        bench.pcscd.stop();
        let cards = bench.kiosk();
        cards.commands.send(Command::SessionBegan).ok().unwrap();
        let nothing = tokio::time::timeout(Duration::from_secs(3), async {
            until(&cards, |s| *s != CardStatus::NoService).await
        });
        assert!(nothing.await.is_err(), "there is no service");
        bench.pcscd.unplug();
        until(&cards, |s| *s == CardStatus::NoReader).await;
        bench.pcscd.plug_in();
        until(&cards, |s| *s == CardStatus::NoCard).await;
        let mut card = bench.card();
        card.personalise(&bench.folder, Kind::Ec);
        card.insert();
        let info = ready(&cards).await;
        sign(&cards, &info, PIN, false).await.unwrap();
    });
}

#[test]
fn a_reader_unplugged_and_plugged_in_again_is_met() {
    alone("faults::a_reader_unplugged_and_plugged_in_again_is_met", async |bench| {
        let (mut card, cards, info) = begun(bench, Kind::Ec).await;
        bench.pcscd.unplug();
        card.order("gone");
        until(&cards, |s| *s == CardStatus::NoReader).await;
        assert_eq!(sign(&cards, &info, PIN, false).await, Err(CardError::ReaderGone));
        bench.pcscd.stop();
        until(&cards, |s| *s == CardStatus::NoService).await;
        assert_eq!(sign(&cards, &info, PIN, false).await, Err(CardError::NoService));
        bench.pcscd.plug_in();
        until(&cards, |s| *s == CardStatus::NoCard).await;
        card.insert();
        let info = ready(&cards).await;
        assert_eq!(info.tries_left, Some(3));
        sign(&cards, &info, PIN, false).await.unwrap();
    });
}

#[test]
fn a_reader_that_goes_while_the_card_signs_ends_signing() {
    alone("faults::a_reader_that_goes_while_the_card_signs_ends_signing", async |bench| {
        let (mut card, cards, info) = begun(bench, Kind::Ec).await;
        card.order("delay 87 60000");
        let signing = sign(&cards, &info, PIN, false);
        let unplug = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            bench.pcscd.stop();
        };
        let (signed, ()) = tokio::join!(signing, unplug);
        assert!(matches!(signed, Err(CardError::NoService | CardError::Pulled)), "{signed:?}");
        until(&cards, |s| *s == CardStatus::NoService).await;
    });
}
