//! Distinguished names compared as RFC 5280 §7.1 says: case, outer spaces and the string type do
//! not matter, and several spaces are one.

use der::{Any, Tag, Tagged};
use icu_normalizer::ComposingNormalizerBorrowed;
use x509_cert::name::Name;

/// A name's parts from the root down, each in a form that is equal where the names are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Canonical(Vec<Vec<u8>>);

impl Canonical {
    pub fn of(name: &Name) -> Self {
        let rdn = |rdn: &x509_cert::name::RelativeDistinguishedName| {
            let mut parts: Vec<Vec<u8>> = rdn
                .0
                .iter()
                .map(|a| [prefixed(a.oid.as_bytes()), prefixed(&value(&a.value))].concat())
                .collect();
            parts.sort();
            parts.concat()
        };
        Self(name.0.iter().map(rdn).collect())
    }

    /// Whether this name lies in the subtree below `base` (or is it).
    pub fn is_within(&self, base: &Self) -> bool {
        self.0.starts_with(&base.0)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// This name with one relative part more.
    pub fn with(&self, last: &x509_cert::name::RelativeDistinguishedName) -> Self {
        let more = Self::of(&x509_cert::name::RdnSequence(vec![last.clone()]));
        Self([self.0.clone(), more.0].concat())
    }
}

fn prefixed(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), bytes].concat()
}

/// The compared form of a value: folded text after 0, or what is no text, as it stands, after its tag.
fn value(any: &Any) -> Vec<u8> {
    match text(any) {
        Some(text) => [&[0], folded(&text).as_bytes()].concat(),
        None => [&[any.tag().octet()], any.value()].concat(),
    }
}

fn text(any: &Any) -> Option<String> {
    let bytes = any.value();
    match any.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::VisibleString => {
            Some(std::str::from_utf8(bytes).ok()?.to_owned())
        }
        Tag::TeletexString => Some(bytes.iter().map(|b| char::from(*b)).collect()),
        Tag::BmpString if bytes.len().is_multiple_of(2) => {
            let units = bytes.chunks_exact(2).map(|c| u16::from_be_bytes([c[0], c[1]]));
            char::decode_utf16(units).collect::<Result<String, _>>().ok()
        }
        _ => None,
    }
}

/// The steps of RFC 4518 §2 that change what certificates hold: NFKC, lower case, spaces.
fn folded(text: &str) -> String {
    let lower: String = text.chars().flat_map(char::to_lowercase).collect();
    let normal = ComposingNormalizerBorrowed::new_nfkc().normalize(&lower);
    normal.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::oid;
    use der::asn1::SetOfVec;
    use x509_cert::attr::AttributeTypeAndValue;
    use x509_cert::name::{RdnSequence, RelativeDistinguishedName};

    fn name(parts: &[(Tag, &[u8])]) -> Canonical {
        let rdn = |(tag, bytes): &(Tag, &[u8])| {
            let value = Any::new(*tag, *bytes).unwrap();
            let set = SetOfVec::try_from(vec![AttributeTypeAndValue { oid: oid::COMMON_NAME, value }]);
            RelativeDistinguishedName(set.unwrap())
        };
        Canonical::of(&RdnSequence(parts.iter().map(rdn).collect()))
    }

    #[test]
    fn case_spaces_and_string_type_do_not_matter() {
        let plain = name(&[(Tag::PrintableString, b"Good CA")]);
        assert_eq!(plain, name(&[(Tag::Utf8String, b"  gOOD   ca ")]));
        assert_eq!(plain, name(&[(Tag::BmpString, b"\0G\0o\0o\0d\0 \0C\0A")]));
        assert_ne!(plain, name(&[(Tag::PrintableString, b"GoodCA")]));
        let kk = name(&[(Tag::Utf8String, "ОРТАЛЫҚ".as_bytes())]);
        assert_eq!(kk, name(&[(Tag::Utf8String, "Орталық".as_bytes())]));
        assert_ne!(name(&[(Tag::OctetString, b"a")]), name(&[(Tag::OctetString, b"A")]));
    }

    #[test]
    fn a_subtree_holds_what_begins_with_it() {
        let (a, ab) =
            (name(&[(Tag::Utf8String, b"a")]), name(&[(Tag::Utf8String, b"a"), (Tag::Utf8String, b"b")]));
        assert!(ab.is_within(&a) && a.is_within(&a) && !a.is_within(&ab));
        assert!(a.is_within(&name(&[])) && name(&[]).is_empty());
        assert_ne!(name(&[(Tag::Utf8String, b"ab")]), ab);
    }
}
