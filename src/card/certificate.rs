//! What the card room reads from a certificate (RFC 5280): kind of key, public key, validity, owner.

use der::asn1::{Any, BmpString};
use der::{Decode, Tag, Tagged};
use x509_cert::Certificate;
use x509_cert::name::Name;

use super::{CardError, KeyKind, Owner};
use crate::clock::Moment;

const RSA: der::oid::ObjectIdentifier = const_oid::db::rfc5912::RSA_ENCRYPTION;
const EC: der::oid::ObjectIdentifier = const_oid::db::rfc5912::ID_EC_PUBLIC_KEY;
const P256: der::oid::ObjectIdentifier = const_oid::db::rfc5912::SECP_256_R_1;

/// A certificate that the kiosk can sign with.
#[derive(Debug)]
pub struct Facts {
    pub kind: KeyKind,
    /// As in the certificate's bit string: PKCS#1 for RSA, an uncompressed point for P-256.
    pub public_key: Vec<u8>,
    pub not_before: Moment,
    pub not_after: Moment,
}

/// [`CardError::Unsupported`] for other keys than RSA-2048 and P-256, [`CardError::Malformed`]
/// where it is no certificate.
pub fn facts(der: &[u8]) -> Result<(Facts, Owner), CardError> {
    let certificate = Certificate::from_der(der).map_err(|_| CardError::Malformed)?.tbs_certificate;
    let spki = &certificate.subject_public_key_info;
    let public_key = spki.subject_public_key.as_bytes().ok_or(CardError::Malformed)?.to_vec();
    let curve = spki.algorithm.parameters.as_ref().and_then(|p| p.decode_as().ok());
    let kind = match spki.algorithm.oid {
        RSA if modulus_bits(&public_key)? == 2048 => KeyKind::Rsa2048,
        EC if curve == Some(P256) && public_key.len() == 65 => KeyKind::P256,
        _ => return Err(CardError::Unsupported),
    };
    let seconds = |time: &x509_cert::time::Time| Moment(time.to_unix_duration().as_secs() as i64);
    let not_before = seconds(&certificate.validity.not_before);
    let not_after = seconds(&certificate.validity.not_after);
    Ok((Facts { kind, public_key, not_before, not_after }, owner(&certificate.subject)))
}

fn modulus_bits(pkcs1: &[u8]) -> Result<usize, CardError> {
    let key = spki::der::asn1::AnyRef::from_der(pkcs1).map_err(|_| CardError::Malformed)?;
    key.sequence(|fields| {
        let modulus = der::asn1::UintRef::decode(fields)?;
        der::asn1::UintRef::decode(fields)?;
        let top = modulus.as_bytes().first().map_or(8, |b| b.leading_zeros() as usize);
        Ok(modulus.as_bytes().len() * 8 - top)
    })
    .map_err(|_: der::Error| CardError::Malformed)
}

/// The national form: `serialNumber=IIN…`, `OU=BIN…`, `O`; the name shown is CN with the patronymic
/// that the national authority keeps in `givenName`. Nobody is recognised by it: see
/// [`Owner::iin`].
fn owner(subject: &Name) -> Owner {
    let mut owner = Owner::default();
    let (mut common, mut surname, mut given) = (None, None, None);
    for attribute in subject.0.iter().flat_map(|set| set.0.iter()) {
        let Some(value) = text(&attribute.value) else { continue };
        match attribute.oid {
            const_oid::db::rfc4519::CN => common = Some(value),
            const_oid::db::rfc4519::SN => surname = Some(value),
            const_oid::db::rfc4519::GIVEN_NAME => given = Some(value),
            const_oid::db::rfc4519::O => owner.organisation = Some(value),
            const_oid::db::rfc4519::SERIAL_NUMBER => owner.iin = digits(&value, "IIN").unwrap_or_default(),
            const_oid::db::rfc4519::OU => owner.bin = digits(&value, "BIN").or(owner.bin),
            _ => {}
        }
    }
    owner.name = match (common.or(surname), given) {
        (Some(name), Some(given)) if !name.contains(&given) => format!("{name} {given}"),
        (Some(name), _) | (None, Some(name)) => name,
        (None, None) => String::new(),
    };
    owner
}

fn digits(value: &str, prefix: &str) -> Option<String> {
    let digits = value.strip_prefix(prefix)?;
    (digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.to_owned())
}

/// A DirectoryString (RFC 5280 §4.1.2.4) without control characters.
fn text(value: &Any) -> Option<String> {
    let text = match value.tag() {
        Tag::BmpString => value.decode_as::<BmpString>().ok()?.to_string(),
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => {
            String::from_utf8(value.value().to_vec()).ok()?
        }
        // Latin-1 in practice.
        Tag::TeletexString => value.value().iter().map(|b| char::from(*b)).collect(),
        _ => return None,
    };
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    Some(clean.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use super::*;

    #[test]
    fn the_owner_is_read_from_the_subject() {
        let subject = "CN=ТЕСТОВ ТЕСТ,SN=ТЕСТОВ,serialNumber=IIN900101300017,C=KZ,givenName=ТЕСТОВИЧ,O=АО ТЕСТ,OU=BIN123456789012";
        let owner = owner(&Name::from_str(subject).unwrap());
        assert_eq!(owner.name, "ТЕСТОВ ТЕСТ ТЕСТОВИЧ");
        assert_eq!(owner.iin, "900101300017");
        assert_eq!(owner.bin.as_deref(), Some("123456789012"));
        assert_eq!(owner.organisation.as_deref(), Some("АО ТЕСТ"));
    }

    #[test]
    fn an_iin_in_the_name_is_no_iin() {
        for subject in
            ["CN=IIN900101300017", "CN=A,serialNumber=900101300017", "CN=A,serialNumber=IIN90010130001x"]
        {
            assert_eq!(owner(&Name::from_str(subject).unwrap()).iin, "");
        }
    }

    #[test]
    fn rubbish_is_no_certificate() {
        assert_eq!(facts(&[]).err(), Some(CardError::Malformed));
        assert_eq!(facts(&[0x30, 0x03, 1, 1, 1]).err(), Some(CardError::Malformed));
    }
}
