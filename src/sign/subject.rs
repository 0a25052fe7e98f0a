//! A distinguished name → [`Owner`], by the national certificate profile: `serialNumber=IIN` and
//! twelve digits, `OU=BIN` and twelve digits, GIVENNAME holding the patronymic.

use der::asn1::ObjectIdentifier;
use der::{Any, Tag, Tagged};
use x509_cert::name::Name;

use super::oid;
use crate::domain::signer::Owner;

/// Characters a name may show; longer ones are cut (X.520 allows 64, the field has seen more).
const LONGEST: usize = 256;

/// Who a subject names. Fields that the subject lacks stay empty.
pub fn owner(subject: &Name) -> Owner {
    Owner {
        name: name(subject),
        iin: values(subject, oid::SERIAL_NUMBER).find_map(|v| numbered(&v, "IIN")).unwrap_or_default(),
        bin: values(subject, oid::UNIT).find_map(|v| numbered(&v, "BIN")),
        organisation: values(subject, oid::ORGANISATION).next(),
    }
}

/// The first CN, else O, for lists of authorities.
pub fn title(subject: &Name) -> String {
    values(subject, oid::COMMON_NAME)
        .next()
        .or_else(|| values(subject, oid::ORGANISATION).next())
        .unwrap_or_default()
}

/// All values of one attribute, decoded and cleaned.
pub fn values(subject: &Name, kind: ObjectIdentifier) -> impl Iterator<Item = String> + '_ {
    subject
        .0
        .iter()
        .flat_map(|rdn| rdn.0.iter())
        .filter(move |a| a.oid == kind)
        .filter_map(|a| text(&a.value))
}

/// CN is "SURNAME GIVEN" and GIVENNAME the patronymic; elsewhere CN is the whole name. Each word
/// is said once, and a CN that does not hold the SURNAME (a nickname, a company) is not the name.
fn name(subject: &Name) -> String {
    let common = values(subject, oid::COMMON_NAME).next().unwrap_or_default();
    let surname = values(subject, oid::SURNAME).next().unwrap_or_default();
    let given = values(subject, oid::GIVEN_NAME).next().unwrap_or_default();
    let holds = |text: &str, word: &str| text.split_whitespace().any(|w| w == word);
    let mut name = if surname.split_whitespace().all(|w| holds(&common, w)) { common } else { surname };
    for word in given.split_whitespace() {
        if !holds(&name, word) {
            name = format!("{name} {word}").trim().to_owned();
        }
    }
    name
}

/// `IIN900101300017` → `900101300017`. The check digit is not judged: test authorities issue
/// numbers that fail it on purpose, and what a certificate says is shown, not corrected.
fn numbered(value: &str, prefix: &str) -> Option<String> {
    let digits = value.strip_prefix(prefix)?;
    (digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.to_owned())
}

/// The string types of a DirectoryString (RFC 5280 §4.1.2.4). Control characters and those that
/// turn the writing's direction become U+FFFD: a certificate must not be able to disguise itself
/// on a screen or a terminal.
fn text(value: &Any) -> Option<String> {
    let bytes = value.value();
    let raw = match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => {
            std::str::from_utf8(bytes).ok()?.to_owned()
        }
        Tag::TeletexString => bytes.iter().map(|b| char::from(*b)).collect(),
        Tag::BmpString => {
            if !bytes.len().is_multiple_of(2) {
                return None;
            }
            let units = bytes.chunks_exact(2).map(|c| u16::from_be_bytes([c[0], c[1]]));
            char::decode_utf16(units).collect::<Result<String, _>>().ok()?
        }
        _ => return None,
    };
    let shown = |c: char| {
        let turns = matches!(c, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
        if c.is_control() || turns { '\u{FFFD}' } else { c }
    };
    let cleaned: String = raw.trim().chars().take(LONGEST).map(shown).collect();
    (!cleaned.is_empty()).then_some(cleaned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::asn1::SetOfVec;
    use x509_cert::attr::AttributeTypeAndValue;
    use x509_cert::name::{RdnSequence, RelativeDistinguishedName};

    fn subject(parts: &[(ObjectIdentifier, Tag, &[u8])]) -> Name {
        let rdn = |(kind, tag, bytes): &(ObjectIdentifier, Tag, &[u8])| {
            let value = Any::new(*tag, *bytes).unwrap();
            let set = SetOfVec::try_from(vec![AttributeTypeAndValue { oid: *kind, value }]).unwrap();
            RelativeDistinguishedName(set)
        };
        RdnSequence(parts.iter().map(rdn).collect())
    }

    fn utf8(kind: ObjectIdentifier, text: &'static str) -> (ObjectIdentifier, Tag, &'static [u8]) {
        (kind, Tag::Utf8String, text.as_bytes())
    }

    #[test]
    fn a_person_of_the_national_profile() {
        let owner = owner(&subject(&[
            utf8(oid::COMMON_NAME, "ТЕСТОВ ТЕСТ"),
            utf8(oid::SURNAME, "ТЕСТОВ"),
            utf8(oid::GIVEN_NAME, "ТЕСТОВИЧ"),
            (oid::SERIAL_NUMBER, Tag::PrintableString, b"IIN123456789011"),
        ]));
        assert_eq!(owner.name, "ТЕСТОВ ТЕСТ ТЕСТОВИЧ");
        assert_eq!(owner.iin, "123456789011");
        assert_eq!((owner.bin, owner.organisation), (None, None));
    }

    #[test]
    fn a_common_name_alone_is_no_surname() {
        let who = |cn, sn, gn| {
            let parts = [utf8(oid::COMMON_NAME, cn), utf8(oid::SURNAME, sn), utf8(oid::GIVEN_NAME, gn)];
            owner(&subject(&parts)).name
        };
        assert_eq!(who("МИНИСТРЛІК", "ТЕСТОВА", "ТЕСТА"), "ТЕСТОВА ТЕСТА");
        assert_eq!(who("Test Testov", "Testov", "Test"), "Test Testov");
        assert_eq!(owner(&subject(&[utf8(oid::COMMON_NAME, "ТЕСТ")])).name, "ТЕСТ");
        assert_eq!(owner(&subject(&[])).name, "");
    }

    #[test]
    fn numbers_must_be_whole_and_names_cannot_disguise() {
        let owner = owner(&subject(&[
            utf8(oid::SERIAL_NUMBER, "IIN12345678901"),
            utf8(oid::UNIT, "Бөлім"),
            utf8(oid::UNIT, "BIN940140000385"),
            utf8(oid::ORGANISATION, "А\u{202E}Б\u{1b}[2JВ"),
            (oid::COMMON_NAME, Tag::BmpString, &[0x04, 0x22, 0x04, 0x15]),
        ]));
        assert_eq!(owner.iin, "");
        assert_eq!(owner.bin.as_deref(), Some("940140000385"));
        assert_eq!(owner.organisation.as_deref(), Some("А\u{FFFD}Б\u{FFFD}[2JВ"));
        assert_eq!(owner.name, "ТЕ");
    }
}
