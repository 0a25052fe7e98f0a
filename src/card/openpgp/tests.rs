use super::super::scripted::Script;
use super::*;

fn kdf(fields: &[u8]) -> Kdf {
    Kdf { bytes: Zeroizing::new(fields.to_vec()) }
}

fn secret(text: &str) -> Secret {
    Secret::from_vec(text.into())
}

/// The worked example of the specification (version 3.4, §4.3.2): SHA-256, 100,000 octets, the first PW1.
#[test]
fn passwords_are_derived_as_the_specification_shows() {
    let fields = hex::decode(concat!(
        "810103",
        "820108",
        "8304000186A0",
        "84083031323334353637",
        "8720773784A602B6C81E3F092F4D7D00E17CC822D88F7360FCF2D2EF2D9D901F44B6",
    ));
    let kdf = kdf(&fields.unwrap());
    assert_eq!(
        hex::encode_upper(kdf.derive(&secret("123456"), Kdf::PW1).unwrap()),
        "773784A602B6C81E3F092F4D7D00E17CC822D88F7360FCF2D2EF2D9D901F44B6"
    );
}

#[test]
fn a_way_to_derive_that_is_not_known_spends_no_try() {
    for fields in [&[0x81, 1, 7][..], &[0x82, 1, 8], &[0x81, 1, 3], &[0x81, 9]] {
        assert!(kdf(fields).derive(&secret("123456"), Kdf::PW1).is_err());
    }
    let endless = hex::decode("8101038201088304FFFFFFFF84083031323334353637").unwrap();
    assert_eq!(kdf(&endless).derive(&secret("123456"), Kdf::PW1).err(), Some(CardError::Malformed));
    assert_eq!(kdf(&[]).derive(&secret("12345"), Kdf::PW1).err(), Some(CardError::PinFormat));
    assert_eq!(*kdf(&[0x81, 1, 0]).derive(&secret("123456"), Kdf::PW1).unwrap(), b"123456");
}

#[test]
fn the_status_bytes_of_the_passwords() {
    let read = |answer: &[u8]| passwords(&mut Channel::new(&mut Script::any([Ok(answer.to_vec())]), None));
    let said = Passwords { once: true, longest: 127, tries: 3, resetting_tries: 0, admin_tries: 3 };
    assert_eq!(read(&[0, 0x7F, 0x7F, 0x7F, 3, 0, 3, 0x90, 0]), Ok(said));
    assert_eq!(read(&[0xC4, 7, 0, 0x7F, 0x7F, 0x7F, 3, 0, 3, 0x90, 0]), Ok(said));
    let many = Passwords { once: false, longest: 32, tries: 1, resetting_tries: 2, admin_tries: 3 };
    assert_eq!(read(&[1, 0xA0, 0x20, 0x20, 1, 2, 3, 0x90, 0]), Ok(many));
    assert_eq!(read(&[0, 1, 2, 0x90, 0]), Err(CardError::Malformed));
}

#[test]
fn the_third_certificate_is_asked_for() {
    let choose = vec![0, 0xA5, 2, 4, 6, 0x60, 4, 0x5C, 2, 0x7F, 0x21];
    let read = vec![0, 0xCA, 0x7F, 0x21, 0];
    let asked = |chosen: &[u8], answer: &[u8]| {
        let steps = [(choose.clone(), Ok(chosen.to_vec())), (read.clone(), Ok(answer.to_vec()))];
        let mut script = Script::new(steps);
        let found = certificate(&mut Channel::new(&mut script, None));
        script.finished();
        found
    };
    assert_eq!(asked(&[0x90, 0], &[0x30, 1, 0, 0x90, 0]), Ok(vec![0x30, 1, 0]));
    assert_eq!(asked(&[0x6D, 0], &[0x30, 1, 0, 0x90, 0]), Ok(vec![0x30, 1, 0]), "a card of version 2");
    assert_eq!(asked(&[0x90, 0], &[0x7F, 0x21, 3, 0x30, 1, 0, 0x90, 0]), Ok(vec![0x30, 1, 0]));
    assert_eq!(asked(&[0x90, 0], &[0x90, 0]), Err(CardError::NoCertificate));
}

/// Keys of older make want the path's length before it (ykman: `_select_certificate`).
#[test]
fn a_path_that_is_refused_is_given_with_its_length() {
    let choose = vec![0, 0xA5, 2, 4, 6, 0x60, 4, 0x5C, 2, 0x7F, 0x21];
    let again = vec![0, 0xA5, 2, 4, 7, 6, 0x60, 4, 0x5C, 2, 0x7F, 0x21];
    let read = vec![0, 0xCA, 0x7F, 0x21, 0];
    for (answer, found) in
        [(vec![0x30, 1, 0, 0x90, 0], Ok(vec![0x30, 1, 0])), (vec![0x6A, 0x88], Err(CardError::NoCertificate))]
    {
        let mut script = Script::new([
            (choose.clone(), Ok(vec![0x6A, 0x80])),
            (again.clone(), Ok(vec![0x90, 0])),
            (read.clone(), Ok(answer)),
        ]);
        assert_eq!(certificate(&mut Channel::new(&mut script, None)), found);
        script.finished();
    }
}

#[test]
fn a_key_is_compared_with_the_certificates() {
    let point = [&[4u8][..], &[7; 64]].concat();
    let answer = [&[0x7F, 0x49, 67, 0x86, 65][..], &point, &[0x90, 0]].concat();
    let held = |answer: &[u8], key: &[u8]| {
        let (first, rest) = answer.split_at(answer.len().min(256));
        let parts = if rest.len() > 2 {
            vec![Ok([first, &[0x61, rest.len() as u8 - 2]].concat()), Ok(rest.to_vec())]
        } else {
            vec![Ok(answer.to_vec())]
        };
        holds(&mut Channel::new(&mut Script::any(parts), None), key)
    };
    assert_eq!(held(&answer, &point), Ok(true));
    assert_eq!(held(&answer, &[4; 65]), Ok(false));
    let modulus = [0xC1; 256];
    let rsa = [&[0x7F, 0x49, 0x82, 1, 4, 0x81, 0x82, 1, 0][..], &modulus, &[0x90, 0]].concat();
    let public = [&[0x30, 0x82, 1, 10, 2, 0x82, 1, 1, 0][..], &modulus, &[2, 3, 1, 0, 1]].concat();
    assert_eq!(held(&rsa, &public), Ok(true));
    assert_eq!(held(&rsa, &[0xC2; 270]), Ok(false));
    assert_eq!(held(&[0x6A, 0x88], &point), Ok(false));
    assert_eq!(held(&[0x7F, 0x49, 3, 0x81, 1, 7, 0x90, 0], &public), Ok(false), "an empty modulus is no key");
    for rubbish in [&[0x90, 0][..], &[0x7F, 0x90, 0], &[0x7F, 0x49, 0x84, 1, 0x90, 0], &[0x53, 0, 0x90, 0]] {
        assert_eq!(held(rubbish, &point), Err(CardError::Malformed));
    }
}

#[test]
fn raw_signatures_become_der() {
    let raw = [&[0u8; 31][..], &[1], &[0x80], &[0; 31]].concat();
    let der = ecdsa_der(&raw).unwrap();
    assert_eq!(der[..7], [0x30, 2 + 1 + 2 + 33, 2, 1, 1, 2, 33]);
    assert_eq!((der[7], der[8]), (0, 0x80));
    assert_eq!(ecdsa_der(&[0; 64]).unwrap(), [0x30, 6, 2, 1, 0, 2, 1, 0]);
    for odd in [&[][..], &[1; 63], &[1; 200]] {
        assert_eq!(ecdsa_der(odd), None);
    }
}

#[test]
fn a_wrong_password_is_counted_by_the_card() {
    let status = [1u8, 127, 127, 127, 2, 0, 3, 0x90, 0];
    let none = [1u8, 127, 127, 127, 0, 0, 3, 0x90, 0];
    for (second, error) in [(status, CardError::WrongPin { tries_left: Some(2) }), (none, CardError::Blocked)]
    {
        let no_kdf = (vec![0, 0xCA, 0, 0xF9, 0], Ok(vec![0x6A, 0x88]));
        let shown = (vec![0, 0x20, 0, 0x81, 6, 49, 50, 51, 52, 53, 54], Ok(vec![0x69, 0x82]));
        let mut script = Script::new([no_kdf, shown, (vec![0, 0xCA, 0, 0xC4, 0], Ok(second.to_vec()))]);
        assert_eq!(verify(&mut Channel::new(&mut script, None), &secret("123456")), Err(error));
        script.finished();
    }
}
