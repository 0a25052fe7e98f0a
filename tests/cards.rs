//! Real cards' ground: the card service over a real pcscd, a virtual reader and firmware of PIV and OpenPGP that
//! this project did not write. Each test runs in a process and a network of its own.

#[path = "support/cards/bench.rs"]
mod bench;
#[path = "support/cards/faults.rs"]
mod faults;
#[path = "support/cards/firmware.rs"]
mod firmware;
#[path = "support/cards/keys.rs"]
mod keys;
#[path = "support/cards/modules.rs"]
mod modules;
#[path = "support/cards/openpgp.rs"]
mod openpgp;
#[path = "support/cards/others.rs"]
mod others;
#[path = "support/cards/pcscd.rs"]
mod pcscd;
#[path = "support/cards/pins.rs"]
mod pins;
#[path = "support/portal/mod.rs"]
mod support;

use bench::{Bench, alone, ready, sign, until};
use firmware::Kind;
use pcscd::{READER, judged, program};
use tereze::card::service::{Command, Options, ToSign};
use tereze::card::{CardError, CardStatus, KeyKind};
use tereze::clock::Clock;
use tereze::private::Secret;
use tereze::sign::cades::Builder;

const PIN: &str = "123456";

#[test]
fn a_p256_card_signs() {
    alone("a_p256_card_signs", async |bench| signs(bench, Kind::Ec).await);
}

#[test]
fn an_rsa_card_signs() {
    alone("an_rsa_card_signs", async |bench| signs(bench, Kind::Rsa).await);
}

/// A card is put in, read, shown and signs twice; openssl judges signature and CAdES file.
async fn signs(bench: &mut Bench, kind: Kind) {
    let folder = bench.folder.clone();
    let mut card = bench.card();
    card.personalise(&folder, kind);
    let cards = bench.kiosk();
    until(&cards, |s| *s == CardStatus::NoCard).await;
    cards.commands.send(Command::SessionBegan).ok().unwrap();
    card.insert();
    let info = ready(&cards).await;
    assert_eq!(info.key, if kind == Kind::Rsa { KeyKind::Rsa(2048) } else { KeyKind::P256 });
    assert_eq!((info.reader.as_str(), info.tries_left), (READER, Some(3)));
    assert_eq!(info.owner.expose().name, "ТЕСТОВ ТЕСТ ТЕСТОВИЧ");
    assert_eq!(info.owner.expose().iin, "900101300017");

    let letter = "Құрметті әкімдік! Көшеде жарық жоқ.".as_bytes();
    std::fs::write(folder.join("letter"), letter).unwrap();
    std::fs::write(folder.join("other"), "Көшеде жарық бар.").unwrap();
    for _ in 0..2 {
        let now = Clock::system().now().wall;
        let builder = Builder::new(info.certificate.expose(), letter, now).unwrap().detached();
        let prepared = builder.prepare().unwrap();
        let what = ToSign(prepared.to_sign().to_vec());
        std::fs::write(folder.join("to-sign"), &what.0).unwrap();
        let signature = cards.sign(info.clone(), Secret::from_vec(PIN.into()), what, false).await.unwrap();
        std::fs::write(folder.join("signature"), &signature).unwrap();
        let check =
            ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "to-sign"];
        program(&folder, &check);

        std::fs::write(folder.join("letter.p7s"), prepared.finish(&signature).unwrap()).unwrap();
        let cms = ["openssl", "cms", "-verify", "-cades", "-inform", "DER", "-in", "letter.p7s", "-binary"];
        let trust = ["-CAfile", "ca.pem", "-purpose", "any", "-out", "verified", "-content"];
        program(&folder, &[&cms[..], &trust, &["letter"]].concat());
        let (valid, said) = judged(&folder, &[&cms[..], &trust, &["other"]].concat());
        assert!(!valid, "openssl took another letter: {}", String::from_utf8_lossy(&said));
    }
}

#[test]
fn wrong_pins_count_down_and_the_last_try_is_the_owners() {
    alone("wrong_pins_count_down_and_the_last_try_is_the_owners", async |bench| {
        let mut card = bench.card();
        card.personalise(&bench.folder, Kind::Ec);
        let cards = bench.kiosk();
        cards.commands.send(Command::SessionBegan).ok().unwrap();
        until(&cards, |s| *s == CardStatus::NoCard).await;
        card.insert();
        let info = ready(&cards).await;
        for left in [2, 1] {
            let wrong = sign(&cards, &info, "000000", false).await;
            assert_eq!(wrong, Err(CardError::WrongPin { tries_left: Some(left) }));
            until(&cards, |s| matches!(s, CardStatus::Ready(i) if i.tries_left == Some(left))).await;
        }
        for pin in ["000000", PIN] {
            assert_eq!(sign(&cards, &info, pin, false).await, Err(CardError::LastTry));
        }
        sign(&cards, &info, PIN, true).await.unwrap();
        until(&cards, |s| matches!(s, CardStatus::Ready(i) if i.tries_left == Some(3))).await;
        assert_eq!(sign(&cards, &info, "12345", true).await, Err(CardError::PinFormat));

        for _ in 0..2 {
            sign(&cards, &info, "999999", false).await.unwrap_err();
        }
        assert_eq!(sign(&cards, &info, "999999", true).await, Err(CardError::Blocked));
        until(&cards, |s| matches!(s, CardStatus::Blocked(_))).await;
        assert_eq!(sign(&cards, &info, PIN, true).await, Err(CardError::Blocked));
        card.remove();
        until(&cards, |s| *s == CardStatus::NoCard).await;
        card.insert();
        until(&cards, |s| matches!(s, CardStatus::Blocked(i) if i.tries_left == Some(0))).await;
    });
}

#[test]
fn a_card_of_the_visitor_before_must_be_put_in_again() {
    alone("a_card_of_the_visitor_before_must_be_put_in_again", async |bench| {
        let mut card = bench.card();
        card.personalise(&bench.folder, Kind::Ec);
        let cards = bench.kiosk();
        card.insert();
        until(&cards, |s| *s == CardStatus::LeftBehind).await;
        cards.commands.send(Command::SessionBegan).ok().unwrap();
        card.remove();
        until(&cards, |s| *s == CardStatus::NoCard).await;
        card.insert();
        let info = ready(&cards).await;

        cards.commands.send(Command::SessionEnded).ok().unwrap();
        until(&cards, |s| *s == CardStatus::LeftBehind).await;
        cards.commands.send(Command::SessionBegan).ok().unwrap();
        assert_eq!(sign(&cards, &info, PIN, false).await, Err(CardError::OtherCard));
        assert_eq!(*cards.status.borrow(), CardStatus::LeftBehind);
        card.remove();
        until(&cards, |s| *s == CardStatus::NoCard).await;
        card.insert();
        assert_eq!(ready(&cards).await.tries_left, Some(3));
    });
}

#[test]
fn the_command_line_takes_the_card_that_is_there() {
    alone("the_command_line_takes_the_card_that_is_there", async |bench| {
        let mut card = bench.card();
        card.personalise(&bench.folder, Kind::Ec);
        card.insert();
        let cards = bench.service(Options { fresh_only: false, ..Options::default() });
        let info = ready(&cards).await;
        sign(&cards, &info, PIN, false).await.unwrap();
    });
}
