use time::macros::date;
use zeroize::Zeroizing;

use super::super::keyset::{Key, KeyUse};
use super::super::receipt::{proof_qr_text, verify_receipt};
use super::*;

fn key() -> SigningKey {
    SigningKey::from_seed(&Zeroizing::new([4; 32])).unwrap()
}

fn names(text: &str) -> Names {
    Names { kk: format!("{text} қ"), ru: format!("{text} р"), en: format!("{text} e") }
}

fn keyset(practice: bool) -> Keyset {
    let receipt = Key::new(KeyUse::Receipt, key().public().to_vec(), Moment(100), Moment(2_000_000_000));
    Keyset { version: 1, issued: Moment(100), practice, operator: names("П"), keys: vec![receipt] }
}

fn happened(minutes: i64, kind: Kind) -> Event {
    let official = Official { name: "ТЕСТОВА Т.".into(), post: names("бас маман") };
    Event { at: Moment(1_795_000_000 + minutes * 60), official, kind }
}

fn history() -> History {
    let body = |id: &str| NamedBody { id: id.into(), name: names(id) };
    let due = date!(2026 - 12 - 18);
    History {
        number: "ОҚУ-2026-00000001".into(),
        made: Moment(1_795_100_000),
        statement: Digest([8; 32]),
        body: body("min-labour"),
        due: date!(2026 - 12 - 14),
        rule: "appk-76-15".into(),
        practice: true,
        language: "kk".into(),
        events: vec![
            happened(0, Kind::Registered),
            happened(5, Kind::Review),
            happened(9, Kind::Redirected { body: body("min-health"), due }),
            happened(15, Kind::Assigned),
            happened(20, Kind::Extended { due, reason: names("тексеру керек") }),
            happened(25, Kind::Other { code: "hearing".into(), title: names("Тыңдау өтті") }),
            happened(30, Kind::Answered),
        ],
    }
}

#[test]
fn a_history_reads_back_with_a_kind_that_only_this_portal_has() {
    let bytes = sign_history(&history(), &key()).unwrap();
    assert_eq!(verify_history(&bytes, &keyset(true)), Ok(history()));
    for event in history().events {
        assert_eq!(read_event(&write_event(&event)), Ok(event));
    }
}

#[test]
fn any_changed_byte_is_refused() {
    let bytes = sign_history(&history(), &key()).unwrap();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(verify_history(&changed, &keyset(true)).is_err(), "byte {at}");
    }
    assert_eq!(verify_history(&bytes, &keyset(false)), Err(VerifyError::PracticeMismatch));
    let nobody = Keyset { keys: vec![], ..keyset(true) };
    assert_eq!(verify_history(&bytes, &nobody), Err(VerifyError::UnknownKey));
}

#[test]
fn a_history_is_no_receipt_and_no_extract() {
    let bytes = sign_history(&history(), &key()).unwrap();
    assert!(verify_receipt(&bytes, &keyset(true)).is_err());
    assert_eq!(verify_extract(&bytes, &keyset(true)), Err(VerifyError::Unreadable));
    let short = sign_extract(&Extract::of(&history()), &key()).unwrap();
    assert_eq!(verify_history(&short, &keyset(true)), Err(VerifyError::Unreadable));
}

#[test]
fn the_longest_extract_fits_its_qr() {
    let mut long = history();
    while long.events.len() < MAX_EVENTS {
        long.events.push(happened(40, Kind::Extended { due: date!(2027 - 01 - 29), reason: names("x") }));
    }
    long.body.id = "a".repeat(40);
    let extract = Extract::of(&long);
    assert_eq!((extract.events.len(), extract.due), (MAX_EXTRACT_EVENTS, date!(2027 - 01 - 29)));
    let bytes = sign_extract(&extract, &key()).unwrap();
    println!("extract: {} B, {} characters", bytes.len(), proof_qr_text(&bytes).len());
    assert_eq!(verify_extract(&bytes, &keyset(true)), Ok(extract));
    assert!(sign_history(&long, &key()).is_ok());
    long.events.push(happened(41, Kind::Review));
    assert!(sign_history(&long, &key()).is_err(), "more than a reader takes");
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
        let _ = read_event(&bytes);
        let _ = verify_history(&bytes, &keyset(true));
    }
}
