//! The whole card service over the practice card.

use std::str::FromStr as _;
use std::time::Duration;

use der::Encode as _;
use ring::signature;
use spki::EncodePublicKey as _;
use x509_cert::builder::{Builder as _, CertificateBuilder, Profile};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::Validity;

use super::*;
use crate::card::service::{By, Command, ToSign};
use crate::card::{CardInfo, CardStatus, KeyKind};
use crate::clock::Moment;
use crate::private::Secret;

const SUBJECT: &str = "CN=ТЕСТОВ ТЕСТ,SN=ТЕСТОВ,givenName=ТЕСТОВИЧ,serialNumber=IIN900101300017";

/// A certificate for `holder` under a throw-away key; long enough to need GET RESPONSE.
fn certificate(holder: spki::SubjectPublicKeyInfoOwned, years: u64) -> Vec<u8> {
    let issuer = p256::ecdsa::SigningKey::random(&mut rsa::rand_core::OsRng);
    let validity = Validity::from_now(Duration::from_secs(years * 31_557_600)).unwrap();
    let subject = Name::from_str(SUBJECT).unwrap();
    let profile = Profile::Leaf {
        issuer: Name::from_str("CN=Practice authority").unwrap(),
        enable_key_agreement: false,
        enable_key_encipherment: false,
        include_subject_key_identifier: true,
    };
    let serial = SerialNumber::from(7u32);
    let builder = CertificateBuilder::new(profile, serial, validity, subject, holder, &issuer).unwrap();
    builder.build::<p256::ecdsa::DerSignature>().unwrap().to_der().unwrap()
}

fn p256_card() -> PracticeCard {
    let key = p256::ecdsa::SigningKey::random(&mut rsa::rand_core::OsRng);
    let spki = spki::SubjectPublicKeyInfoOwned::from_key(*key.verifying_key()).unwrap();
    PracticeCard::new(Key::P256(key), certificate(spki, 1))
}

fn rsa_card() -> PracticeCard {
    let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
    let spki = key.to_public_key().to_public_key_der().unwrap();
    let spki = der::Decode::from_der(spki.as_bytes()).unwrap();
    PracticeCard::new(Key::Rsa(Box::new(key)), certificate(spki, 1))
}

async fn until(cards: &Cards, wanted: impl Fn(&CardStatus) -> bool) -> CardStatus {
    let mut status = cards.status.clone();
    let found = tokio::time::timeout(Duration::from_secs(60), status.wait_for(wanted)).await;
    found.unwrap_or_else(|_| panic!("still {:?}", cards.status.borrow())).unwrap().clone()
}

async fn ready(cards: &Cards) -> CardInfo {
    match until(cards, |s| matches!(s, CardStatus::Ready(_))).await {
        CardStatus::Ready(info) => info,
        _ => unreachable!(),
    }
}

/// A session with the card in the reader.
async fn begun(card: &PracticeCard) -> (Cards, CardInfo) {
    let cards = card.cards(Clock::system());
    until(&cards, |s| *s == CardStatus::NoCard).await;
    cards.commands.send(Command::SessionBegan).ok().unwrap();
    cards.commands.send(Command::Practice(Hand::Insert)).ok().unwrap();
    let info = ready(&cards).await;
    (cards, info)
}

async fn sign(cards: &Cards, info: &CardInfo, pin: &str, last_try: bool) -> Result<Vec<u8>, CardError> {
    let what = ToSign(b"signed attributes".to_vec());
    cards.sign(info.clone(), Secret::from_vec(pin.into()), what, last_try).await
}

#[tokio::test]
async fn a_letter_is_signed_with_either_key() {
    let algorithms: [(_, _, &dyn signature::VerificationAlgorithm); 2] = [
        (p256_card(), KeyKind::P256, &signature::ECDSA_P256_SHA256_ASN1),
        (rsa_card(), KeyKind::Rsa(2048), &signature::RSA_PKCS1_2048_8192_SHA256),
    ];
    for (card, kind, algorithm) in algorithms {
        let (cards, info) = begun(&card).await;
        assert_eq!((info.key, info.tries_left, info.reader.as_str()), (kind, Some(3), READER));
        assert_eq!(info.owner.expose().iin, "900101300017");
        for _ in 0..2 {
            let signed = sign(&cards, &info, PIN, false).await.unwrap();
            let (facts, _) = crate::card::certificate::facts(info.certificate.expose()).unwrap();
            let key = signature::UnparsedPublicKey::new(algorithm, facts.public_key());
            key.verify(b"signed attributes", &signed).unwrap();
        }
    }
}

#[tokio::test]
async fn wrong_pins_count_down_and_stop_before_the_last() {
    let card = p256_card();
    let (cards, info) = begun(&card).await;
    for left in [2, 1] {
        let wrong = sign(&cards, &info, "000000", false).await;
        assert_eq!(wrong, Err(CardError::WrongPin { tries_left: Some(left) }));
        until(&cards, |s| matches!(s, CardStatus::Ready(i) if i.tries_left == Some(left))).await;
    }
    assert_eq!(sign(&cards, &info, PIN, false).await, Err(CardError::LastTry));
    assert!(sign(&cards, &info, PIN, true).await.is_ok(), "the owner knew");
    until(&cards, |s| matches!(s, CardStatus::Ready(i) if i.tries_left == Some(3))).await;
    for _ in 0..2 {
        sign(&cards, &info, "00000000", false).await.unwrap_err();
    }
    assert_eq!(sign(&cards, &info, "000000", true).await, Err(CardError::Blocked));
    until(&cards, |s| matches!(s, CardStatus::Blocked(_))).await;
    assert_eq!(sign(&cards, &info, PIN, true).await, Err(CardError::Blocked));
    assert_eq!(sign(&cards, &info, "12", true).await, Err(CardError::Blocked));

    cards.commands.send(Command::SessionEnded).ok().unwrap();
    until(&cards, |s| *s == CardStatus::NoCard).await;
    assert!(!card.is_in(), "it came out by itself");
    cards.commands.send(Command::SessionBegan).ok().unwrap();
    cards.commands.send(Command::Practice(Hand::Insert)).ok().unwrap();
    assert_eq!(ready(&cards).await.tries_left, Some(3), "the next visitor's tries");
}

#[tokio::test]
async fn the_card_taken_out_is_pulled_and_put_in_again_is_another_insertion() {
    let card = p256_card();
    let (cards, info) = begun(&card).await;
    card.take_out();
    until(&cards, |s| *s == CardStatus::NoCard).await;
    assert_eq!(sign(&cards, &info, PIN, false).await, Err(CardError::Pulled));
    card.insert();
    let again = ready(&cards).await;
    assert_eq!(sign(&cards, &info, PIN, false).await, Err(CardError::OtherCard));
    assert!(sign(&cards, &again, PIN, false).await.is_ok());
}

#[tokio::test]
async fn another_program_at_the_card_is_said_and_waited_for() {
    let card = p256_card();
    let (cards, info) = begun(&card).await;
    let mut other = card.open();
    let held = other.begin(READER).unwrap();
    let refused = tokio::time::timeout(Duration::from_secs(60), sign(&cards, &info, PIN, false)).await;
    assert_eq!(refused.unwrap(), Err(CardError::HeldByOther));
    drop(held);
    assert!(sign(&cards, &info, PIN, false).await.is_ok());
    let tries = until(&cards, |s| matches!(s, CardStatus::Ready(_))).await;
    assert!(
        matches!(tries, CardStatus::Ready(i) if i.tries_left == Some(3)),
        "the abandoned work spent none"
    );
}

#[tokio::test]
async fn an_expired_certificate_is_told() {
    let card = p256_card();
    let late = Clock::fixed(Moment(Clock::system().now().wall.0 + 3 * 31_557_600));
    let cards = card.cards(late);
    until(&cards, |s| *s == CardStatus::NoCard).await;
    cards.commands.send(Command::SessionBegan).ok().unwrap();
    cards.commands.send(Command::Practice(Hand::Insert)).ok().unwrap();
    until(&cards, |s| matches!(s, CardStatus::Expired(_))).await;
}

#[test]
fn the_pin_is_wanted_before_every_signature() {
    let card = p256_card();
    card.insert();
    let mut backend = card.open();
    let mut transaction = backend.begin(READER).unwrap();
    let mut send = |apdu: &[u8]| {
        let answer = transaction.transmit(apdu).unwrap();
        u16::from_be_bytes([answer[answer.len() - 2], answer[answer.len() - 1]])
    };
    let mut sign = vec![0, 0x87, 0x11, 0x9C, 38, 0x7C, 36, 0x82, 0, 0x81, 32];
    sign.extend([5; 32]);
    assert_eq!(send(&sign), 0x6985, "nothing is selected");
    assert_eq!(send(&[0, 0xA4, 4, 0, 5, 0xA0, 0, 0, 3, 8]), 0x9000);
    assert_eq!(send(&sign), 0x6982);
    let pin = [0, 0x20, 0, 0x80, 8, b'1', b'2', b'3', b'4', b'5', b'6', 0xFF, 0xFF];
    assert_eq!(send(&pin), 0x9000);
    assert_eq!(send(&sign), 0x9000);
    assert_eq!(send(&sign), 0x6982);
    for bad in [&[][..], &[0, 0x20, 0], &[0, 0x20, 0, 0x80, 9, 1], &[0, 0x20, 0, 0x80, 2, 1, 2]] {
        assert!(matches!(send(bad), 0x6700 | 0x6A80), "{bad:?}");
    }
}

async fn new_pin(cards: &Cards, info: &CardInfo, by: By, new: &str, last: bool) -> Result<(), CardError> {
    cards.new_pin(info.clone(), by, Secret::from_vec(new.into()), last).await
}

fn old(pin: &str) -> By {
    By::Old(Secret::from_vec(pin.into()))
}

fn puk(code: &str, known: Option<u8>) -> By {
    By::Puk { code: Secret::from_vec(code.into()), known }
}

#[tokio::test]
async fn a_pin_is_changed_and_a_blocked_one_is_set_by_the_puk() {
    let card = p256_card();
    let (cards, info) = begun(&card).await;
    assert_eq!(new_pin(&cards, &info, old(PIN), "12345", false).await, Err(CardError::PinFormat));
    assert_eq!(new_pin(&cards, &info, old(PIN), "12345a", false).await, Err(CardError::NewPinRefused));
    let wrong = new_pin(&cards, &info, old("999999"), "246813", false).await;
    assert_eq!(wrong, Err(CardError::WrongPin { tries_left: Some(2) }));
    assert_eq!(new_pin(&cards, &info, old(PIN), "246813", false).await, Ok(()));
    until(&cards, |s| matches!(s, CardStatus::Ready(i) if i.tries_left == Some(3))).await;
    assert_eq!(sign(&cards, &info, PIN, false).await, Err(CardError::WrongPin { tries_left: Some(2) }));
    assert!(sign(&cards, &info, "246813", false).await.is_ok());

    for _ in 0..3 {
        sign(&cards, &info, "000000", true).await.unwrap_err();
    }
    until(&cards, |s| matches!(s, CardStatus::Blocked(_))).await;
    assert_eq!(new_pin(&cards, &info, old("246813"), "135790", true).await, Err(CardError::Blocked));
    let wrong = new_pin(&cards, &info, puk("00000000", None), "135790", false).await;
    assert_eq!(wrong, Err(CardError::WrongPuk { tries_left: Some(2) }));
    let wrong = new_pin(&cards, &info, puk("00000000", Some(2)), "135790", false).await;
    assert_eq!(wrong, Err(CardError::WrongPuk { tries_left: Some(1) }));
    let stopped = new_pin(&cards, &info, puk(PUK, Some(1)), "135790", false).await;
    assert_eq!(stopped, Err(CardError::LastPukTry), "nothing was tried");
    assert_eq!(new_pin(&cards, &info, puk(PUK, Some(1)), "135790", true).await, Ok(()));
    let ready = until(&cards, |s| matches!(s, CardStatus::Ready(_))).await;
    assert!(matches!(ready, CardStatus::Ready(i) if i.tries_left == Some(TRIES)));
    assert!(sign(&cards, &info, "135790", false).await.is_ok());

    for known in [None, Some(2), Some(1)] {
        new_pin(&cards, &info, puk("00000000", known), "135790", true).await.unwrap_err();
    }
    assert_eq!(new_pin(&cards, &info, puk(PUK, None), "135790", true).await, Err(CardError::PukBlocked));
    cards.commands.send(Command::SessionEnded).ok().unwrap();
    until(&cards, |s| *s == CardStatus::NoCard).await;
    cards.commands.send(Command::SessionBegan).ok().unwrap();
    // By the same way as the session's beginning: a quicker hand would leave a card from before it.
    cards.commands.send(Command::Practice(Hand::Insert)).ok().unwrap();
    let info = self::ready(&cards).await;
    assert!(sign(&cards, &info, PIN, false).await.is_ok(), "the next visitor's card is a fresh one");
}
