use super::*;
use crate::domain::Names;
use time::macros::date;
use zeroize::Zeroizing;

fn key() -> SigningKey {
    SigningKey::from_seed(&Zeroizing::new([4; 32])).unwrap()
}

fn keyset(practice: bool) -> Keyset {
    let names = Names { kk: "П".into(), ru: "П".into(), en: "P".into() };
    let receipt =
        super::Key::new(KeyUse::Receipt, key().public().to_vec(), Moment(100), Moment(2_000_000_000));
    Keyset { version: 1, issued: Moment(100), practice, operator: names, keys: vec![receipt] }
}

fn receipt() -> Receipt {
    Receipt {
        number: "ОҚУ-2026-00000001".into(),
        registered: Moment(1_795_000_000),
        submission: SubmissionId([9; 16]),
        statement: Digest([8; 32]),
        envelope: Digest([7; 32]),
        body: "min-labour".into(),
        body_name: "Қазақстан Республикасының Еңбек және халықты әлеуметтік қорғау министрлігі".into(),
        received_by: "Тестова Т. Т., кеңсенің бас маманы".into(),
        due: date!(2026 - 12 - 14),
        rule: "appk-76-15".into(),
        practice: true,
        language: "kk".into(),
    }
}

fn notice() -> Notice {
    Notice {
        time: Moment(1_795_000_000),
        submission: SubmissionId([9; 16]),
        envelope: Digest([7; 32]),
        reason: "server.signature-not-valid".into(),
        practice: true,
    }
}

#[test]
fn a_receipt_reads_back_and_fits_its_qr() {
    let bytes = sign_receipt(&receipt(), &key()).unwrap();
    assert_eq!(verify_receipt(&bytes, &keyset(true)), Ok(receipt()));
    println!("receipt: {} B, proof QR: {} characters", bytes.len(), proof_qr_text(&bytes).len());
    assert!(bytes.len() <= 480, "{}", bytes.len());
    assert_eq!(sign_receipt(&receipt(), &key()).unwrap(), bytes, "the same receipt, the same bytes");
}

#[test]
fn the_longest_names_still_fit() {
    let mut long = receipt();
    long.body_name = "ә".repeat(MAX_BODY_NAME / 2);
    long.received_by = "ә".repeat(MAX_RECEIVED_BY / 2);
    long.body = "a".repeat(40);
    assert!(sign_receipt(&long, &key()).is_ok());
    long.body_name.push('ә');
    assert_eq!(sign_receipt(&long, &key()), Err(TooLong));
}

#[test]
fn any_changed_byte_is_refused() {
    let receipt = sign_receipt(&receipt(), &key()).unwrap();
    let notice = sign_notice(&notice(), &key()).unwrap();
    for at in 0..receipt.len() {
        let mut changed = receipt.clone();
        changed[at] ^= 0x20;
        assert!(verify_receipt(&changed, &keyset(true)).is_err(), "byte {at}");
        assert!(verify_receipt(&receipt[..at], &keyset(true)).is_err());
    }
    for at in 0..notice.len() {
        let mut changed = notice.clone();
        changed[at] ^= 0x20;
        assert!(verify_notice(&changed, &keyset(true)).is_err(), "byte {at}");
    }
}

#[test]
fn three_verdicts() {
    let bytes = sign_receipt(&receipt(), &key()).unwrap();
    let mut set = keyset(true);
    set.keys[0].not_after = Moment(1_794_999_999);
    assert_eq!(verify_receipt(&bytes, &set), Err(VerifyError::KeyNotInForce));
    set.keys.clear();
    assert_eq!(verify_receipt(&bytes, &set), Err(VerifyError::UnknownKey));
    assert!(!VerifyError::UnknownKey.verdict_is_known() && VerifyError::Signature.verdict_is_known());
    assert_eq!(verify_receipt(&bytes, &keyset(false)), Err(VerifyError::PracticeMismatch));
    assert_eq!(verify_receipt(b"", &keyset(true)), Err(VerifyError::Unreadable));
}

#[test]
fn a_notice_is_never_a_receipt() {
    let bytes = sign_notice(&notice(), &key()).unwrap();
    assert_eq!(verify_notice(&bytes, &keyset(true)), Ok(notice()));
    assert_eq!(verify_receipt(&bytes, &keyset(true)), Err(VerifyError::Unreadable));
    let bytes = sign_receipt(&receipt(), &key()).unwrap();
    assert_eq!(verify_notice(&bytes, &keyset(true)), Err(VerifyError::Unreadable));
}

#[test]
fn the_proof_qr_is_the_receipt() {
    let bytes = sign_receipt(&receipt(), &key()).unwrap();
    let text = proof_qr_text(&bytes);
    assert_eq!(from_proof_qr_text(&text), Some(bytes.clone()));
    assert_eq!(from_proof_qr_text(&format!("{text}\r\n")), Some(bytes));
    for foreign in ["", "TRZ1S", "TRZ1P:қ", "https://example.kz"] {
        assert_eq!(from_proof_qr_text(foreign), None);
    }
    assert_eq!(from_proof_qr_text(&format!("TRZ1P:{}", "A".repeat(4000))), None);
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
        proptest::prop_assert!(verify_receipt(&bytes, &keyset(true)).is_err());
        proptest::prop_assert!(verify_notice(&bytes, &keyset(true)).is_err());
    }
}
