//! The signed attributes of one signer (RFC 5652 §5.3, §11), and the certificate that they name
//! (RFC 5035 §3, RFC 2634 §5.4).

use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{AnyRef, Decode, Tagged};
use x509_cert::time::Time;

use super::algorithm::{self, Hash};
use super::certificate::{Certificate, moment};
use super::verdict::{Format, Reason};
use super::wire::{
    Attribute, EssCertId, EssCertIdV2, EssIssuerSerial, SetRef, SigningCertificate, SigningCertificateV2,
};
use super::{oid, wire};
use crate::clock::Moment;

const MAX_ATTRIBUTES: usize = 64;

/// What the signer signed beside the content. All of it absent where there are no signed
/// attributes: the signature is over the content itself then (RFC 5652 §5.4).
pub struct Attributes<'a> {
    pub content_type: Option<ObjectIdentifier>,
    pub message_digest: &'a [u8],
    pub signing_time: Option<Moment>,
    binding: Binding<'a>,
    /// What was signed: the attributes as a SET OF (RFC 5652 §5.4).
    pub signed: Vec<u8>,
}

enum Binding<'a> {
    Absent,
    Sha1(EssCertId<'a>),
    Hashed(EssCertIdV2<'a>),
}

impl<'a> Attributes<'a> {
    pub fn read(set: SetRef<'a>) -> Result<Self, Reason> {
        let all = list(set)?;
        let message_digest = one(&all, oid::MESSAGE_DIGEST)?.ok_or(Reason::Malformed)?;
        let content_type = one(&all, oid::CONTENT_TYPE)?;
        let signing_time = one(&all, oid::SIGNING_TIME)?;
        Ok(Self {
            content_type: content_type.map(read).transpose()?,
            message_digest: read::<OctetStringRef<'a>>(message_digest)?.as_bytes(),
            signing_time: signing_time.map(|t| read::<Time>(t).map(moment)).transpose()?,
            binding: Binding::read(&all)?,
            signed: wire::tlv(0x31, &[set.0]),
        })
    }

    /// Whether the signature names `certificate`. One that is named by SHA-1 alone counts as not
    /// bound: anybody may make another certificate with that digest.
    pub fn binding(&self, certificate: &Certificate) -> Result<Format, Reason> {
        let (same, serial, format) = match &self.binding {
            Binding::Absent => return Ok(Format::Cms),
            Binding::Sha1(id) => {
                let same = algorithm::sha1(certificate.der()) == id.cert_hash.as_bytes();
                (same, &id.issuer_serial, Format::Cms)
            }
            Binding::Hashed(id) => {
                let hash = match id.hash_algorithm {
                    None => Hash::Sha256,
                    Some(algorithm) => Hash::from_oid(algorithm.oid).ok_or(Reason::Algorithm)?,
                };
                (hash.digest(certificate.der()) == id.cert_hash.as_bytes(), &id.issuer_serial, Format::Cades)
            }
        };
        let same = same && serial.as_ref().is_none_or(|given| names(given, certificate));
        if same { Ok(format) } else { Err(Reason::OtherCertificate) }
    }
}

impl<'a> Binding<'a> {
    fn read(all: &[Attribute<'a>]) -> Result<Self, Reason> {
        if let Some(bound) = one(all, oid::SIGNING_CERTIFICATE_V2)? {
            let bound = read::<SigningCertificateV2<'a>>(bound)?;
            return bound.certs.into_iter().next().map(Binding::Hashed).ok_or(Reason::Malformed);
        }
        if let Some(bound) = one(all, oid::SIGNING_CERTIFICATE)? {
            let bound = read::<SigningCertificate<'a>>(bound)?;
            return bound.certs.into_iter().next().map(Binding::Sha1).ok_or(Reason::Malformed);
        }
        Ok(Binding::Absent)
    }
}

fn read<'a, T: Decode<'a>>(value: &'a [u8]) -> Result<T, Reason> {
    T::from_der(value).map_err(|_| Reason::Malformed)
}

/// All attributes of a set, signed or not.
pub fn list(set: SetRef<'_>) -> Result<Vec<Attribute<'_>>, Reason> {
    let all = set.elements(MAX_ATTRIBUTES).map_err(|_| Reason::Malformed)?;
    all.into_iter().map(read).collect()
}

/// The single value of the attribute of this kind; each may stand once, with one value
/// (RFC 5652 §11, RFC 5035 §3).
fn one<'a>(all: &[Attribute<'a>], kind: ObjectIdentifier) -> Result<Option<&'a [u8]>, Reason> {
    let mut of_kind = all.iter().filter(|a| a.kind == kind);
    let Some(attribute) = of_kind.next() else { return Ok(None) };
    if of_kind.next().is_some() {
        return Err(Reason::Malformed);
    }
    let values = attribute.values.elements(1).map_err(|_| Reason::Malformed)?;
    values.first().copied().map(Some).ok_or(Reason::Malformed)
}

/// RFC 5035 §4: issuer and serial, where given, are the certificate's.
fn names(given: &EssIssuerSerial<'_>, certificate: &Certificate) -> bool {
    // GeneralNames { directoryName [4] EXPLICIT Name }
    let issuer = wire::tlv(0x30, &[&wire::tlv(0xa4, &[certificate.issuer()])]);
    whole(given.issuer) == issuer && whole(given.serial) == certificate.serial()
}

/// The element with its header, as it stood in the file (which is DER by now).
pub fn whole(any: AnyRef<'_>) -> Vec<u8> {
    wire::tlv(any.tag().octet(), &[any.value()])
}
