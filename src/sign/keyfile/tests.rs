use super::*;

fn opened(bytes: &[u8]) -> Result<(), KeyFileError> {
    open(bytes, Secret::from_vec(b"x".to_vec()), &|| Ok(())).map(|_| ())
}

#[test]
fn what_is_no_key_file_is_told_so() {
    for bytes in [&b""[..], b"PK\x03\x04", b"-----BEGIN CERTIFICATE-----", &[0x30, 0x80], &[0x30, 3, 2, 1, 3]]
    {
        assert_eq!(opened(bytes), Err(KeyFileError::NotAKeyFile));
        assert!(!looks_like_one(bytes));
    }
    assert_eq!(opened(&vec![0x30; MAX_KEY_FILE + 1]), Err(KeyFileError::NotAKeyFile));
    // Boxes within boxes without an end.
    assert_eq!(opened(&[0x30, 0x80].repeat(MAX_KEY_FILE / 2)), Err(KeyFileError::NotAKeyFile));
}

/// PFX with an empty safe, and no code over it.
const EMPTY: &str = "301702010330120609 2a864886f70d010701 a005 0403 30 01 00";

#[test]
fn a_file_that_is_cut_short_or_empty_is_no_key() {
    let file = hex::decode(EMPTY.replace(' ', "")).unwrap();
    for end in 0..file.len() {
        assert!(opened(&file[..end]).is_err());
    }
    assert_eq!(opened(&file), Err(KeyFileError::Damaged));
    let empty = hex::decode("3016020103301106092a864886f70d010701a00404023000").unwrap();
    assert_eq!(opened(&empty), Err(KeyFileError::NoKey));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let _ = opened(&bytes);
        let mut file = hex::decode("3016020103301106092a864886f70d010701a00404023000").unwrap();
        file.extend(&bytes);
        let _ = opened(&file);
    }
}

#[test]
fn what_is_packed_opens_again() {
    use crate::clock::Moment;
    use crate::sign::issue::{Authority, Person, Term};
    let testov = || Person { surname: "ТЕСТОВ".into(), given: "ТЕСТ".into(), ..Person::default() };
    let term = Term::days(Moment(1_790_000_000), 30);
    let authority = Authority::generate("CA", true, term).unwrap();
    let made = crate::sign::key::SigningKey::generate_gost().unwrap();
    let certificate = authority.certify_person(&testov(), &made.public, term).unwrap();
    let file = pack(&made.pkcs8, &certificate, "жаттығу").unwrap();
    assert!(looks_like_one(&file));
    let with = |password: &str| open(&file, Secret::from_vec(password.into()), &|| Ok(()));
    let entries = with("жаттығу").unwrap();
    assert_eq!((entries.len(), &entries[0].certificate), (1, &certificate));
    assert_eq!(with("Жаттығу").map(|_| ()), Err(KeyFileError::WrongPassword));
}
