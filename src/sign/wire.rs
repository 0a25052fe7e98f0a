//! CMS structures that borrow from the input, so that what is hashed is exactly what was signed.
//! (The `cms` crate's own types re-sort sets and re-encode certificates.)

use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{
    AnyRef, Decode, DecodeValue, EncodeValue, FixedTag, Header, Length, Reader, Sequence, SliceReader, Tag,
    Tagged, Writer,
};
use spki::AlgorithmIdentifierRef;

use crate::clock::Moment;

/// The body of a `SET OF`, elements undecoded and in their order.
#[derive(Clone, Copy)]
pub struct SetRef<'a>(pub &'a [u8]);

impl FixedTag for SetRef<'_> {
    const TAG: Tag = Tag::Set;
}

impl<'a> DecodeValue<'a> for SetRef<'a> {
    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        Ok(Self(reader.read_slice(header.length)?))
    }
}

impl EncodeValue for SetRef<'_> {
    fn value_len(&self) -> der::Result<Length> {
        self.0.len().try_into()
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        writer.write(self.0)
    }
}

impl<'a> SetRef<'a> {
    /// Each element's whole encoding; an error where more than `cap` or not a row of TLVs.
    pub fn elements(&self, cap: usize) -> der::Result<Vec<&'a [u8]>> {
        let mut reader = SliceReader::new(self.0)?;
        let mut out = Vec::new();
        while !reader.is_finished() {
            if out.len() == cap {
                return Err(Tag::Set.length_error());
            }
            out.push(reader.tlv_bytes()?);
        }
        Ok(out)
    }
}

/// RFC 5652 §3
#[derive(Sequence)]
pub struct ContentInfo<'a> {
    pub content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub content: SignedData<'a>,
}

/// RFC 5652 §5.1
#[derive(Sequence)]
pub struct SignedData<'a> {
    pub version: u8,
    pub digest_algorithms: SetRef<'a>,
    pub content: Encapsulated<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    pub certificates: Option<SetRef<'a>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    pub crls: Option<SetRef<'a>>,
    pub signer_infos: SetRef<'a>,
}

/// RFC 5652 §5.2
#[derive(Sequence)]
pub struct Encapsulated<'a> {
    pub content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub content: Option<OctetStringRef<'a>>,
}

/// RFC 5652 §5.3
#[derive(Sequence)]
pub struct SignerInfo<'a> {
    pub version: u8,
    /// `IssuerAndSerial`, or `[0]` subject key identifier.
    pub sid: AnyRef<'a>,
    pub digest_algorithm: AlgorithmIdentifierRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    pub signed_attributes: Option<SetRef<'a>>,
    pub signature_algorithm: AlgorithmIdentifierRef<'a>,
    pub signature: OctetStringRef<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    pub unsigned_attributes: Option<SetRef<'a>>,
}

/// RFC 5652 §10.2.4; both as whole encodings.
#[derive(Sequence)]
pub struct IssuerAndSerial<'a> {
    pub issuer: AnyRef<'a>,
    pub serial: AnyRef<'a>,
}

/// RFC 5652 §5.3
#[derive(Sequence)]
pub struct Attribute<'a> {
    pub kind: ObjectIdentifier,
    pub values: SetRef<'a>,
}

/// RFC 2634 §5.4: as below, by SHA-1.
#[derive(Sequence)]
pub struct SigningCertificate<'a> {
    pub certs: Vec<EssCertId<'a>>,
    #[asn1(optional = "true")]
    pub policies: Option<AnyRef<'a>>,
}

/// RFC 2634 §5.4.1
#[derive(Sequence)]
pub struct EssCertId<'a> {
    pub cert_hash: OctetStringRef<'a>,
    #[asn1(optional = "true")]
    pub issuer_serial: Option<EssIssuerSerial<'a>>,
}

/// RFC 5035 §3: the signing certificate is the first; later ones restrict the chain.
#[derive(Sequence)]
pub struct SigningCertificateV2<'a> {
    pub certs: Vec<EssCertIdV2<'a>>,
    #[asn1(optional = "true")]
    pub policies: Option<AnyRef<'a>>,
}

/// RFC 5035 §4
#[derive(Sequence)]
pub struct EssCertIdV2<'a> {
    /// `DEFAULT sha256`: absent when it is.
    #[asn1(optional = "true")]
    pub hash_algorithm: Option<AlgorithmIdentifierRef<'a>>,
    pub cert_hash: OctetStringRef<'a>,
    #[asn1(optional = "true")]
    pub issuer_serial: Option<EssIssuerSerial<'a>>,
}

/// RFC 5035 §4
#[derive(Sequence)]
pub struct EssIssuerSerial<'a> {
    /// `GeneralNames` with one directoryName.
    pub issuer: AnyRef<'a>,
    pub serial: AnyRef<'a>,
}

/// A number that counts something: what is too large to count is as good as never reached.
pub fn count(number: der::asn1::UintRef<'_>) -> usize {
    number.as_bytes().iter().fold(0usize, |n, b| n.saturating_mul(256).saturating_add(usize::from(*b)))
}

/// UTCTime or GeneralizedTime in UTC (RFC 5280 §4.1.2.5), whole seconds; a fraction, as timestamps
/// have it (RFC 3161 §2.4.2), is cut off.
pub fn time(field: &[u8]) -> Option<Moment> {
    let any = AnyRef::from_der(field).ok()?;
    let text = std::str::from_utf8(any.value()).ok()?.strip_suffix('Z')?;
    let (text, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(text) || !digits(fraction) {
        return None;
    }
    let full = match (any.tag(), text.len()) {
        // Years 50 to 99 are the last century's.
        (Tag::UtcTime, 12) => format!("{}{text}", if text < "50" { "20" } else { "19" }),
        (Tag::GeneralizedTime, 14) => text.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| full.get(from..to)?.parse::<u8>().ok();
    let year = full.get(..4)?.parse::<i32>().ok()?;
    let month = time::Month::try_from(part(4, 6)?).ok()?;
    let date = time::Date::from_calendar_date(year, month, part(6, 8)?).ok()?;
    let hour = time::Time::from_hms(part(8, 10)?, part(10, 12)?, part(12, 14)?).ok()?;
    Some(Moment(time::UtcDateTime::new(date, hour).unix_timestamp()))
}

/// The first element of an outer SEQUENCE with its header: the bytes that a certificate's issuer signed.
pub fn first_element(sequence: &[u8]) -> der::Result<&[u8]> {
    let body = AnyRef::from_der(sequence)?;
    body.tag().assert_eq(Tag::Sequence)?;
    SliceReader::new(body.value())?.tlv_bytes()
}

/// Tag, minimal definite length (X.690 §10.1), value.
pub fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|p| p.len()).sum();
    let mut out = Vec::with_capacity(length + 6);
    out.push(tag);
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let bytes = length.to_be_bytes();
        let skip = bytes.iter().take_while(|b| **b == 0).count();
        out.push(0x80 | (bytes.len() - skip) as u8);
        out.extend_from_slice(&bytes[skip..]);
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// A `SET OF` in DER order (X.690 §11.6).
pub fn set_of(mut elements: Vec<Vec<u8>>) -> Vec<u8> {
    elements.sort();
    tlv(0x31, &elements.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_minimal() {
        assert_eq!(tlv(4, &[&[7; 3]]), [4, 3, 7, 7, 7]);
        assert_eq!(tlv(4, &[&[7; 0x80]])[..3], [4, 0x81, 0x80]);
        assert_eq!(tlv(4, &[&[7; 200], &[8; 200]])[..4], [4, 0x82, 1, 0x90]);
    }

    #[test]
    fn a_set_is_sorted_and_read_back_whole() {
        let set = set_of(vec![vec![4, 1, 9], vec![2, 1, 5]]);
        let read = SetRef::from_der(&set).unwrap();
        assert_eq!(read.elements(2).unwrap(), [&[2, 1, 5][..], &[4, 1, 9]]);
        assert!(read.elements(1).is_err());
        assert!(SetRef(&[4, 9, 1]).elements(9).is_err());
    }
}
