//! Cards with the OpenPGP application, by firmware of another make, alone and beside PIV.

use tereze::card::service::{By, Cards, Command, Options, ToSign};
use tereze::card::{App, CardError, CardInfo, CardStatus, KeyKind, PinRules, Unblocking, UnblocksBy};
use tereze::domain::Digest;
use tereze::i18n::Lang;
use tereze::portal::{Outcome, Portal as _, Progress};
use tereze::private::Secret;
use tereze::seal::receipt::verify_receipt;
use tereze::sign::cades::Builder;
use tereze::sign::trust::{CITIZEN, Trust};

use super::bench::{Bench, alone, ready, sign, until};
use super::firmware::{Apps, Card, Kind};
use super::pcscd::{judged, program};
use super::support::World;
use super::support::letter::Letter;

const PIN: &str = "123456";
/// What cards of this make leave the factory with.
const ADMIN: &str = "12345678";

/// A session with a card in the reader.
async fn begun(bench: &mut Bench, kind: Kind) -> (Card, Cards, CardInfo) {
    let mut card = bench.card_with(Apps::OpenPgp);
    card.personalise_openpgp(&bench.folder, kind);
    let cards = bench.kiosk();
    cards.commands.send(Command::SessionBegan).ok().unwrap();
    until(&cards, |s| *s == CardStatus::NoCard).await;
    card.insert();
    let info = ready(&cards).await;
    (card, cards, info)
}

/// Out and in again, once nothing is done with it any more (the tries that a right PIN gave back are counted
/// afterwards): the virtual reader may take a card that goes in an exchange for the one that comes.
async fn put_in(cards: &Cards, card: &mut Card) -> CardInfo {
    card.remove();
    until(cards, |s| *s == CardStatus::NoCard).await;
    card.insert();
    ready(cards).await
}

fn secret(text: &str) -> Secret {
    Secret::from_vec(text.into())
}

fn puk(code: &str, known: Option<u8>) -> By {
    By::Puk { code: secret(code), known }
}

#[test]
fn a_p256_key_signs_a_letter_that_the_portal_registers() {
    alone("openpgp::a_p256_key_signs_a_letter_that_the_portal_registers", async |bench| {
        registered(bench, Kind::Ec).await;
    });
}

#[test]
fn an_rsa_key_signs_a_letter_that_the_portal_registers() {
    alone("openpgp::an_rsa_key_signs_a_letter_that_the_portal_registers", async |bench| {
        registered(bench, Kind::Rsa).await;
    });
}

/// From the form's answers to the verified receipt; openssl judges the CMS on its way.
async fn registered(bench: &mut Bench, kind: Kind) {
    let folder = bench.folder.clone();
    let (_card, cards, info) = begun(bench, kind).await;
    let key = if kind == Kind::Rsa { KeyKind::Rsa(2048) } else { KeyKind::P256 };
    assert_eq!((info.app, info.key, info.tries_left), (App::OpenPgp, key, Some(3)));
    assert_eq!(info.owner.expose().iin, "900101300017");

    let authority = std::fs::read(folder.join("ca.pem")).unwrap();
    let mut trust = Trust::new();
    trust.load(CITIZEN, &authority).unwrap();
    let world = World::trusting(trust, None).await;
    let letter = Letter::of(&world, info.owner.expose(), Lang::Kk);
    let bytes = letter.bytes();
    let prepared = Builder::new(info.certificate.expose(), &bytes, letter.at).unwrap().prepare().unwrap();
    let what = ToSign(prepared.to_sign().to_vec());
    let signature = cards.sign(info.clone(), secret(PIN), what, false).await.unwrap();
    let cms = prepared.finish(&signature).unwrap();

    std::fs::write(folder.join("letter.p7s"), &cms).unwrap();
    let check = ["openssl", "cms", "-verify", "-cades", "-inform", "DER", "-in", "letter.p7s", "-binary"];
    let out = ["-CAfile", "ca.pem", "-purpose", "any", "-out", "verified"];
    program(&folder, &[&check[..], &out].concat());
    assert_eq!(std::fs::read(folder.join("verified")).unwrap(), bytes);
    let mut spoilt = cms.clone();
    let at = spoilt.len() - 9;
    spoilt[at] ^= 1;
    std::fs::write(folder.join("letter.p7s"), &spoilt).unwrap();
    assert!(!judged(&folder, &[&check[..], &out].concat()).0, "openssl took a spoilt signature");

    let envelope = letter.sealed(cms);
    let (id, total) = (Digest::of(&envelope), envelope.len() as u64);
    let put = world.portal.put(id, 0, total, envelope).await.unwrap();
    let Progress::Done(Outcome::Receipt(signed)) = put else { panic!("{put:?}") };
    let receipt = verify_receipt(&signed, &world.held.keyset()).unwrap();
    assert_eq!(receipt.statement, letter.digest());
    world.stop().await;
}

#[test]
fn wrong_pins_count_down_and_a_right_one_gives_the_tries_back() {
    alone("openpgp::wrong_pins_count_down_and_a_right_one_gives_the_tries_back", async |bench| {
        let (mut card, cards, info) = begun(bench, Kind::Ec).await;
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
        // Pulled at the signature, after a right PIN.
        card.order("pull-at 2a 1");
        assert_eq!(sign(&cards, &info, PIN, false).await, Err(CardError::Pulled));
        card.order("gone");
        until(&cards, |s| *s == CardStatus::NoCard).await;
        card.insert();
        let info = ready(&cards).await;
        for left in [Some(2), Some(1), None] {
            let error = left.map_or(CardError::Blocked, |n| CardError::WrongPin { tries_left: Some(n) });
            assert_eq!(sign(&cards, &info, "999999", true).await, Err(error));
        }
        until(&cards, |s| matches!(s, CardStatus::Blocked(_))).await;
        assert_eq!(sign(&cards, &info, PIN, true).await, Err(CardError::Blocked));
    });
}

#[test]
fn a_pin_is_changed_to_one_with_letters() {
    alone("openpgp::a_pin_is_changed_to_one_with_letters", async |bench| {
        let (mut card, cards, info) = begun(bench, Kind::Rsa).await;
        assert!(info.pin.letters && info.pin.least == 6 && info.pin.most > 32, "{:?}", info.pin);
        let new = async |old: &str, new: &str| {
            cards.new_pin(info.clone(), By::Old(secret(old)), secret(new), false).await
        };
        assert_eq!(new("999999", "246813").await, Err(CardError::WrongPin { tries_left: Some(2) }));
        // It begins with the PIN that is: the card by itself would take the rest for the new one's beginning.
        assert_eq!(new("12345678", "246813").await, Err(CardError::WrongPin { tries_left: Some(1) }));
        sign(&cards, &info, PIN, true).await.unwrap();
        assert_eq!(new(PIN, "12345").await, Err(CardError::PinFormat));
        assert_eq!(new(PIN, "Пин-Kod12").await, Ok(()));
        until(&cards, |s| matches!(s, CardStatus::Ready(i) if i.tries_left == Some(3))).await;
        assert!(matches!(sign(&cards, &info, PIN, false).await, Err(CardError::WrongPin { .. })));
        sign(&cards, &info, "Пин-Kod12", false).await.unwrap();
        until(&cards, |s| matches!(s, CardStatus::Ready(i) if i.tries_left == Some(3))).await;
        let info = put_in(&cards, &mut card).await;
        sign(&cards, &info, "Пин-Kod12", false).await.unwrap();
    });
}

#[test]
fn a_blocked_card_is_unblocked_by_its_resetting_code() {
    alone("openpgp::a_blocked_card_is_unblocked_by_its_resetting_code", async |bench| {
        let mut card = bench.card_with(Apps::OpenPgp);
        card.personalise_openpgp(&bench.folder, Kind::Ec);
        card.order("openpgp-code Қайта-ашу-7");
        unblocked(bench, card, UnblocksBy::Puk, "Қайта-ашу-7").await;
    });
}

#[test]
fn a_blocked_card_without_a_resetting_code_is_unblocked_by_its_admin_pin() {
    alone("openpgp::a_blocked_card_without_a_resetting_code_is_unblocked_by_its_admin_pin", async |bench| {
        let mut card = bench.card_with(Apps::OpenPgp);
        card.personalise_openpgp(&bench.folder, Kind::Ec);
        unblocked(bench, card, UnblocksBy::Admin, ADMIN).await;
    });
}

async fn unblocked(bench: &mut Bench, mut card: Card, by: UnblocksBy, code: &str) {
    let cards = bench.kiosk();
    cards.commands.send(Command::SessionBegan).ok().unwrap();
    until(&cards, |s| *s == CardStatus::NoCard).await;
    card.insert();
    let info = ready(&cards).await;
    assert_eq!(info.pin.unblocking, Some(Unblocking { by, tries_left: Some(3), least: 8, most: 127 }));
    let new = async |by: By, pin: &str, last: bool| cards.new_pin(info.clone(), by, secret(pin), last).await;
    for _ in 0..3 {
        sign(&cards, &info, "000000", true).await.unwrap_err();
    }
    until(&cards, |s| matches!(s, CardStatus::Blocked(_))).await;
    let wrong = new(puk("00000000", None), "246813", false).await;
    assert_eq!(wrong, Err(CardError::WrongPuk { tries_left: Some(2) }));
    // Not what such a code, or such a PIN, can be: the card is not asked.
    assert_eq!(new(puk("1234", Some(2)), "246813", false).await, Err(CardError::PinFormat));
    assert_eq!(new(puk(code, Some(2)), "24681", false).await, Err(CardError::PinFormat));
    if by == UnblocksBy::Puk {
        // So it is with a resetting code, and that PIN is nobody's: the code was not right, and says so.
        let longer = new(puk(&format!("{code}99"), None), "246813", true).await;
        assert!(matches!(longer, Err(CardError::WrongPuk { .. })), "{longer:?}");
    }
    assert_eq!(new(puk(code, Some(2)), "246813", false).await, Ok(()));
    until(&cards, |s| matches!(s, CardStatus::Ready(i) if i.tries_left == Some(3))).await;
    sign(&cards, &info, "246813", false).await.unwrap();

    for left in [Some(2), Some(1), None] {
        let error = left.map_or(CardError::PukBlocked, |n| CardError::WrongPuk { tries_left: Some(n) });
        assert_eq!(new(puk("00000000", None), "135790", true).await, Err(error));
        if left == Some(1) {
            // The card counts aloud, whatever the screen knows.
            assert_eq!(new(puk(code, None), "135790", false).await, Err(CardError::LastPukTry));
        }
    }
    assert_eq!(new(puk(code, None), "135790", true).await, Err(CardError::PukBlocked));
    // The other way, if there is one, is offered to who puts the card in again.
    let info = put_in(&cards, &mut card).await;
    sign(&cards, &info, "246813", false).await.unwrap();
    let other = (by == UnblocksBy::Puk).then_some(UnblocksBy::Admin);
    assert_eq!(info.pin.unblocking.map(|code| code.by), other);
}

#[test]
fn the_certificate_of_another_key_or_place_is_not_taken() {
    alone("openpgp::the_certificate_of_another_key_or_place_is_not_taken", async |bench| {
        let cards = bench.kiosk();
        cards.commands.send(Command::SessionBegan).ok().unwrap();
        let mut card = bench.card_with(Apps::OpenPgp);
        until(&cards, |s| *s == CardStatus::NoCard).await;
        card.insert();
        until(&cards, |s| *s == CardStatus::NoCertificate).await;
        card.remove();
        // A key for logging in and its certificate at its own place, nothing for the signing key.
        let log_in = card.certify_openpgp(&bench.folder, Kind::Ec, "log-in");
        card.order(&format!("openpgp-certificate 1 {}", hex::encode(&log_in)));
        until(&cards, |s| *s == CardStatus::NoCard).await;
        card.insert();
        until(&cards, |s| *s == CardStatus::NoCertificate).await;
        card.remove();
        // At the signing key's place, where it names another key than signs.
        card.order(&format!("openpgp-certificate 3 {}", hex::encode(&log_in)));
        let own = card.certify_openpgp(&bench.folder, Kind::Ec, "sign");
        until(&cards, |s| *s == CardStatus::NoCard).await;
        card.insert();
        until(&cards, |s| *s == CardStatus::NoCertificate).await;
        card.remove();
        card.order(&format!("openpgp-certificate 3 {}", hex::encode(&own)));
        until(&cards, |s| *s == CardStatus::NoCard).await;
        card.insert();
        let info = ready(&cards).await;
        assert_eq!(*info.certificate.expose(), own);
        sign(&cards, &info, PIN, false).await.unwrap();
    });
}

/// Both, in whichever order they come.
fn both(status: &CardStatus) -> Option<(CardInfo, CardInfo)> {
    let CardStatus::Several(able) = status else { return None };
    let of = |app: App| able.iter().find(|info| info.app == app).cloned();
    (able.len() == 2).then(|| Some((of(App::Piv)?, of(App::OpenPgp)?))).flatten()
}

#[test]
fn a_card_with_both_applications_leaves_the_choice_to_its_owner() {
    alone("openpgp::a_card_with_both_applications_leaves_the_choice_to_its_owner", async |bench| {
        let mut card = bench.card_with(Apps::Both);
        card.personalise_openpgp(&bench.folder, Kind::Ec);
        card.personalise(&bench.folder, Kind::Rsa);
        let cards = bench.kiosk();
        cards.commands.send(Command::SessionBegan).ok().unwrap();
        until(&cards, |s| *s == CardStatus::NoCard).await;
        card.insert();
        let (piv, openpgp) = both(&until(&cards, |s| both(s).is_some()).await).unwrap();
        assert_eq!((piv.key, openpgp.key), (KeyKind::Rsa(2048), KeyKind::P256));
        assert_eq!(piv.pin, PinRules::default());
        // Each counts by itself.
        let wrong = sign(&cards, &openpgp, "000000", false).await;
        assert_eq!(wrong, Err(CardError::WrongPin { tries_left: Some(2) }));
        let counted = |s: &CardStatus| {
            both(s).is_some_and(|(piv, pgp)| (piv.tries_left, pgp.tries_left) == (Some(3), Some(2)))
        };
        until(&cards, counted).await;
        for chosen in [&openpgp, &piv] {
            sign(&cards, chosen, PIN, false).await.unwrap();
        }
        let changed = cards.new_pin(openpgp.clone(), By::Old(secret(PIN)), secret("246813"), false).await;
        assert_eq!(changed, Ok(()));
        sign(&cards, &piv, PIN, false).await.unwrap();
        sign(&cards, &openpgp, "246813", false).await.unwrap();
        // What she chose is never replaced by what else there is.
        let other = until(&cards, |s| both(s).is_some()).await;
        let chosen = other.chosen(Some(&openpgp.choice()));
        assert!(matches!(chosen, CardStatus::Ready(info) if info.app == App::OpenPgp));
    });
}

#[test]
fn two_readers_with_a_card_of_each_kind_leave_the_choice_to_the_visitor() {
    alone("openpgp::two_readers_with_a_card_of_each_kind_leave_the_choice_to_the_visitor", async |bench| {
        let mut piv = bench.card();
        piv.personalise(&bench.folder, Kind::Ec);
        let mut openpgp = bench.card_in_second_reader(Apps::OpenPgp);
        openpgp.personalise_openpgp(&bench.folder, Kind::Rsa);
        let cards = bench.kiosk();
        cards.commands.send(Command::SessionBegan).ok().unwrap();
        until(&cards, |s| *s == CardStatus::NoCard).await;
        piv.insert();
        openpgp.insert();
        let (first, second) = both(&until(&cards, |s| both(s).is_some()).await).unwrap();
        assert_ne!(first.reader, second.reader);
        for chosen in [&second, &first] {
            sign(&cards, chosen, PIN, false).await.unwrap();
        }
        openpgp.remove();
        let left = ready(&cards).await;
        assert_eq!((left.app, left.reader.as_str()), (App::Piv, first.reader.as_str()));
        assert_eq!(sign(&cards, &second, PIN, false).await, Err(CardError::Pulled));
        sign(&cards, &left, PIN, false).await.unwrap();
    });
}

#[test]
fn the_command_line_signs_and_asks_which_where_there_are_two() {
    alone("openpgp::the_command_line_signs_and_asks_which_where_there_are_two", async |bench| {
        use std::io::Write as _;
        use std::process::{Command, Stdio};
        let folder = bench.folder.clone();
        std::fs::write(folder.join("letter"), "Көшеде жарық жоқ.").unwrap();
        let signs = |more: &[&str]| {
            let mut tereze = Command::new(env!("CARGO_BIN_EXE_tereze"))
                .args(["--lang", "en", "sign", "letter", "--out", "letter.p7s"])
                .args(more)
                .current_dir(&folder)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let _ = tereze.stdin.take().unwrap().write_all(format!("{PIN}\n").as_bytes());
            let out = tereze.wait_with_output().unwrap();
            (out.status.success(), String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned())
        };
        let mut card = bench.card_with(Apps::Both);
        card.personalise_openpgp(&folder, Kind::Ec);
        card.insert();
        let cards = bench.service(Options { fresh_only: false, ..Options::default() });
        ready(&cards).await;
        drop(cards);
        let (signed, said) = signs(&[]);
        assert!(signed, "{said}");
        let check = ["openssl", "cms", "-verify", "-cades", "-inform", "DER", "-in", "letter.p7s", "-binary"];
        let trust = ["-CAfile", "ca.pem", "-purpose", "any", "-out", "verified", "-content", "letter"];
        program(&folder, &[&check[..], &trust].concat());
        std::fs::remove_file(folder.join("letter.p7s")).unwrap();
        card.remove();
        card.personalise(&folder, Kind::Ec);
        card.insert();
        let cards = bench.service(Options { fresh_only: false, ..Options::default() });
        until(&cards, |s| both(s).is_some()).await;
        drop(cards);
        let (signed, said) = signs(&[]);
        assert!(!signed && said.contains("Several signatures"), "{said}");
        assert!(!folder.join("letter.p7s").exists());
    });
}
