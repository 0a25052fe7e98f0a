//! An X.509 certificate (RFC 5280) with its own bytes kept, so that what its issuer signed is what
//! is checked.

use std::sync::Arc;

use const_oid::AssociatedOid;
use der::asn1::ObjectIdentifier;
use der::referenced::OwnedToRef;
use der::{AnyRef, Decode};
use spki::SubjectPublicKeyInfoRef;
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};
use x509_cert::time::Time;

use super::algorithm::{self, Check};
use super::names::Canonical;
use super::{oid, subject, wire};
use crate::clock::Moment;
use crate::domain::signer::{KeyKind, Owner};
use crate::fault::{Code, Coded};

/// Bytes; a certificate larger than this is not looked at.
pub const MAX_CERTIFICATE: usize = 64 * 1024;

/// What PEM blocks of certificates are called (RFC 7468 §5.1; the second is an older program's).
pub const LABELS: &[&str] = &["CERTIFICATE", "X509 CERTIFICATE"];

/// What PEM blocks of bundles are called (RFC 7468 §8, §9).
const BUNDLES: &[&str] = &["PKCS7", "CMS"];
/// Certificates of a bundle that are looked at.
const MOST: usize = 256;

/// The certificates of a CMS that nobody signed; `None` where it is no such thing.
fn bundle(der: &[u8]) -> Option<Vec<Result<Certificate, NotACertificate>>> {
    let rewritten;
    let info = match wire::ContentInfo::from_der(der) {
        Ok(info) => info,
        // What is no DER may still be BER (RFC 5652 §5.1); a certificate is always DER.
        Err(_) if Certificate::from_der(der).is_ok() => return None,
        Err(_) => {
            rewritten = super::ber::to_der(der)?;
            wire::ContentInfo::from_der(&rewritten).ok()?
        }
    };
    if info.content_type != oid::SIGNED_DATA || !info.content.signer_infos.elements(1).ok()?.is_empty() {
        return None;
    }
    let found = info.content.certificates?.elements(MOST).ok()?;
    Some(found.into_iter().map(Certificate::from_der).collect())
}

/// What practice authorities carry as their O: whatever they issued says so by its issuer.
pub const PRACTICE_MARK: &str = "ЖАТТЫҒУ ҮЛГІСІ. ЗАҢДЫ КҮШІ ЖОҚ";

/// The bytes are not one certificate in DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a certificate")]
pub struct NotACertificate;

impl Coded for NotACertificate {
    fn code(&self) -> Code {
        Code("sign.not-a-certificate")
    }
}

/// Cheap to clone. `Debug` tells nothing: a certificate names its owner.
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    // As they stand in `der`, headers included: parsing would re-sort a name's sets.
    serial: Vec<u8>,
    issuer: Vec<u8>,
    subject: Vec<u8>,
    // The same in the form that is compared.
    issuer_name: Canonical,
    subject_name: Canonical,
    parsed: CertificateInner<Raw>,
}

impl Certificate {
    /// One certificate in DER, nothing after it; at most [`MAX_CERTIFICATE`] bytes.
    pub fn from_der(der: &[u8]) -> Result<Self, NotACertificate> {
        if der.len() > MAX_CERTIFICATE {
            return Err(NotACertificate);
        }
        let parsed = parse(der).ok_or(NotACertificate)?;
        let [serial, issuer, subject] = names(der).ok_or(NotACertificate)?;
        // RFC 5280 §4.2: no extension twice.
        let extensions = parsed.tbs_certificate.extensions.as_deref().unwrap_or_default();
        let twice = |(i, e): (usize, &x509_cert::ext::Extension)| {
            extensions[..i].iter().any(|earlier| earlier.extn_id == e.extn_id)
        };
        if extensions.iter().enumerate().any(twice) {
            return Err(NotACertificate);
        }
        let issuer_name = Canonical::of(&parsed.tbs_certificate.issuer);
        let subject_name = Canonical::of(&parsed.tbs_certificate.subject);
        let der = der.to_vec();
        Ok(Self(Arc::new(Inner { der, serial, issuer, subject, issuer_name, subject_name, parsed })))
    }

    /// All certificates of a PEM file (other blocks are passed over), or one in DER or bare base64.
    pub fn from_file(bytes: &[u8]) -> Result<Vec<Self>, NotACertificate> {
        if bytes.first() == Some(&0x30) {
            return Ok(vec![Self::from_der(bytes)?]);
        }
        let blocks = super::pem::blocks(bytes, LABELS).ok_or(NotACertificate)?;
        if blocks.is_empty() {
            let der = super::pem::bare(bytes).ok_or(NotACertificate)?;
            return Ok(vec![Self::from_der(&der)?]);
        }
        blocks.iter().map(|b| Self::from_der(&b.der)).collect()
    }

    /// The same, each read for itself; a PKCS#7 bundle that nobody signed is one, too (RFC 5652 §5.1).
    /// `None`: no file of certificates at all, or cut in a block.
    pub fn each_of_file(bytes: &[u8]) -> Option<Vec<Result<Self, NotACertificate>>> {
        let one = |der: &[u8]| bundle(der).unwrap_or_else(|| vec![Self::from_der(der)]);
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Some(Vec::new());
        }
        if bytes.first() == Some(&0x30) {
            return Some(one(bytes));
        }
        let blocks = super::pem::blocks(bytes, &[LABELS, BUNDLES].concat())?;
        if blocks.is_empty() {
            return Some(one(&super::pem::bare(bytes)?));
        }
        Some(blocks.iter().flat_map(|b| one(&b.der)).collect())
    }

    pub fn to_pem(&self) -> String {
        super::pem::encode("CERTIFICATE", &self.0.der).to_string()
    }

    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    pub(super) fn parsed(&self) -> &CertificateInner<Raw> {
        &self.0.parsed
    }

    /// DER of the issuer's name.
    pub fn issuer(&self) -> &[u8] {
        &self.0.issuer
    }

    /// DER of the subject's name.
    pub fn subject(&self) -> &[u8] {
        &self.0.subject
    }

    /// DER of the serial number.
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// The serial number's octets.
    pub(super) fn serial_octets(&self) -> &[u8] {
        AnyRef::from_der(&self.0.serial).map(|any| any.value()).unwrap_or_default()
    }

    /// The same in hex.
    pub fn serial_hex(&self) -> String {
        hex::encode(self.serial_octets())
    }

    pub fn owner(&self) -> Owner {
        subject::owner(&self.0.parsed.tbs_certificate.subject)
    }

    /// The body that an official signs for (`OU=BODY…`), in certificates of the answers' CA.
    pub fn body(&self) -> Option<String> {
        let units = subject::values(&self.0.parsed.tbs_certificate.subject, oid::UNIT);
        units.filter_map(|v| v.strip_prefix("BODY").map(str::to_owned)).find(|id| !id.is_empty())
    }

    /// The subject's post (X.520 title).
    pub fn post(&self) -> Option<String> {
        subject::values(&self.0.parsed.tbs_certificate.subject, oid::TITLE).next()
    }

    /// The subject's CN or O: for authorities.
    pub fn title(&self) -> String {
        subject::title(&self.0.parsed.tbs_certificate.subject)
    }

    /// The issuer's CN or O.
    pub fn issuer_title(&self) -> String {
        subject::title(&self.0.parsed.tbs_certificate.issuer)
    }

    pub fn not_before(&self) -> Moment {
        moment(self.0.parsed.tbs_certificate.validity.not_before)
    }

    /// Valid up to and including this second.
    pub fn not_after(&self) -> Moment {
        moment(self.0.parsed.tbs_certificate.validity.not_after)
    }

    /// `None`: not a kind that this kiosk's cards sign with.
    pub fn key_kind(&self) -> Option<KeyKind> {
        algorithm::key_kind(self.key())
    }

    pub fn key(&self) -> SubjectPublicKeyInfoRef<'_> {
        self.0.parsed.tbs_certificate.subject_public_key_info.owned_to_ref()
    }

    /// Issued by (or being) an authority that carries [`PRACTICE_MARK`].
    pub fn practice(&self) -> bool {
        let tbs = &self.0.parsed.tbs_certificate;
        [&tbs.issuer, &tbs.subject]
            .into_iter()
            .any(|name| subject::values(name, oid::ORGANISATION).any(|o| o == PRACTICE_MARK))
    }

    /// Basic constraints say CA (RFC 5280 §4.2.1.9); version 1 certificates never do.
    pub fn is_authority(&self) -> bool {
        matches!(self.extension::<BasicConstraints>(), Ok(Some(b)) if b.ca)
    }

    pub fn self_issued(&self) -> bool {
        self.0.issuer_name == self.0.subject_name
    }

    pub fn name(&self) -> &Canonical {
        &self.0.subject_name
    }

    pub(super) fn issuer_name(&self) -> &Canonical {
        &self.0.issuer_name
    }

    pub fn same_key(&self, other: &Certificate) -> bool {
        let key = |c: &Certificate| c.0.parsed.tbs_certificate.subject_public_key_info.clone();
        key(self) == key(other)
    }

    /// Whether its key is one that only a certified program may judge finally.
    pub(super) fn preliminary(&self) -> bool {
        super::gost::is_key(self.key().algorithm.oid)
    }

    /// The issuer's key identifier, where the certificate names it.
    pub(super) fn issuer_key_id(&self) -> Option<Vec<u8>> {
        let id = self.extension::<x509_cert::ext::pkix::AuthorityKeyIdentifier>().ok()??;
        Some(id.key_identifier?.as_bytes().to_vec())
    }

    /// An extension's own DER.
    pub(super) fn raw_extension(&self, id: ObjectIdentifier) -> Option<&[u8]> {
        Some(self.find_extension(id)?.extn_value.as_bytes())
    }

    pub(super) fn is_critical(&self, id: ObjectIdentifier) -> bool {
        self.find_extension(id).is_some_and(|e| e.critical)
    }

    fn find_extension(&self, id: ObjectIdentifier) -> Option<&x509_cert::ext::Extension> {
        let all = self.0.parsed.tbs_certificate.extensions.as_deref().unwrap_or_default();
        all.iter().find(|e| e.extn_id == id)
    }

    /// `None`: the certificate does not restrict what its key is for.
    pub fn key_usage(&self) -> Result<Option<KeyUsage>, NotACertificate> {
        self.extension()
    }

    pub fn extended_key_usage(&self) -> Vec<ObjectIdentifier> {
        let usage = self.extension::<x509_cert::ext::pkix::ExtendedKeyUsage>();
        usage.ok().flatten().map(|u| u.0).unwrap_or_default()
    }

    /// The subject key identifier's octets, where the certificate carries one.
    pub fn key_id(&self) -> Option<Vec<u8>> {
        let id = self.extension::<x509_cert::ext::pkix::SubjectKeyIdentifier>().ok()??;
        Some(id.0.as_bytes().to_vec())
    }

    pub(super) fn extension<'a, T: Decode<'a> + AssociatedOid>(
        &'a self,
    ) -> Result<Option<T>, NotACertificate> {
        let found = self.0.parsed.tbs_certificate.get::<T>().map_err(|_| NotACertificate)?;
        Ok(found.map(|(_, value)| value))
    }

    /// Whether `issuer`'s key signed this certificate. The algorithm stands twice, and both must
    /// agree (RFC 5280 §4.1.1.2).
    pub fn signed_by(&self, issuer: &Certificate) -> Check {
        let parsed = &self.0.parsed;
        if parsed.signature_algorithm != parsed.tbs_certificate.signature {
            return Check::Wrong;
        }
        let (Ok(tbs), Some(signature)) = (wire::first_element(&self.0.der), parsed.signature.as_bytes())
        else {
            return Check::Wrong;
        };
        algorithm::check(parsed.signature_algorithm.owned_to_ref(), None, issuer.key(), tbs, signature)
    }

    /// Whether the algorithm of this certificate's own signature is one that is checked here.
    pub fn checkable(&self) -> bool {
        algorithm::supported(self.0.parsed.signature_algorithm.owned_to_ref())
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Certificate(•••)")
    }
}

/// Who a certificate names; `der` is one certificate in DER.
pub fn owner(der: &[u8]) -> Result<Owner, NotACertificate> {
    Ok(Certificate::from_der(der)?.owner())
}

/// The parser's calendar begins with 1970. A term that begins earlier is read as beginning then; the
/// bytes that are signed, compared and handed on stay as they are.
fn parse(der: &[u8]) -> Option<CertificateInner<Raw>> {
    if let Ok(parsed) = CertificateInner::<Raw>::from_der(der) {
        return Some(parsed);
    }
    let mut later = der.to_vec();
    let tbs = wire::first_element(der).ok()?;
    let fields = wire::SetRef(AnyRef::from_der(tbs).ok()?.value()).elements(10).ok()?;
    let start = usize::from(fields.first()?.first() == Some(&0xa0));
    let validity = *fields.get(start + 3)?;
    let offset = (validity.as_ptr() as usize).checked_sub(der.as_ptr() as usize)?;
    for time in wire::SetRef(AnyRef::from_der(validity).ok()?.value()).elements(2).ok()? {
        if wire::time(time)? < Moment(0) {
            let at = offset + (time.as_ptr() as usize).checked_sub(validity.as_ptr() as usize)?;
            let epoch: &[u8] = if time.len() == 15 { b"700101000000Z" } else { b"19700101000000Z" };
            later.get_mut(at + 2..at + time.len())?.copy_from_slice(epoch);
        }
    }
    CertificateInner::<Raw>::from_der(&later).ok()
}

/// Serial number, issuer and subject of a certificate's own bytes (RFC 5280 §4.1).
fn names(der: &[u8]) -> Option<[Vec<u8>; 3]> {
    let tbs = wire::first_element(der).ok()?;
    let fields = wire::SetRef(AnyRef::from_der(tbs).ok()?.value()).elements(10).ok()?;
    // The version [0] stands only where it is not 1.
    let start = usize::from(fields.first()?.first() == Some(&0xa0));
    let field = |i: usize| fields.get(start + i).map(|f| f.to_vec());
    Some([field(0)?, field(2)?, field(4)?])
}

pub(super) fn moment(time: Time) -> Moment {
    Moment(i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX))
}
