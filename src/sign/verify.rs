//! A CMS signature judged: RFC 5652 §5.4–5.6 and CAdES-BES (ETSI EN 319 122-1 §5).

use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{AnyRef, Decode, Tag, TagNumber, Tagged};
use x509_cert::time::Time;

use super::algorithm::{self, Check, Hash};
use super::certificate::{Certificate, moment};
use super::trust::Trust;
use super::verdict::{Reason, Revocation, SignerReport, Verdict};
use super::wire::{Attribute, ContentInfo, EssCertIdV2, IssuerAndSerial, SignerInfo, SigningCertificateV2};
use super::{ber, chain, oid, wire};
use crate::clock::{Moment, Reading};
use crate::private::Private;

/// Bytes of a signature file, its attached document included.
pub const MAX_CMS: usize = 64 * 1024 * 1024;
const MAX_CERTIFICATES: usize = 64;
const MAX_SIGNERS: usize = 16;
const MAX_ATTRIBUTES: usize = 64;

/// Judges `cms` (DER or BER, at most [`MAX_CMS`] bytes) against the authorities in `trust` at the
/// time `at`. `content`: the document of a detached signature; beside an attached one it must be
/// the same bytes. Revocation is not consulted, and every signer's report says so.
pub fn verify(cms: &[u8], content: Option<&[u8]>, trust: &Trust, at: Reading) -> Verdict {
    if cms.len() > MAX_CMS {
        return Verdict::refused(Reason::TooLarge);
    }
    // Most files are DER; what is not may still be BER (RFC 5652 §5.1), and is rewritten first.
    if ContentInfo::from_der(cms).is_ok() {
        return judge(cms, content, trust, at);
    }
    match ber::to_der(cms) {
        Some(der) => judge(&der, content, trust, at),
        None => Verdict::refused(Reason::Malformed),
    }
}

/// Judges a certificate alone, as one that signs: its chain, term and key usage. `extra`:
/// certificates that may stand between it and an authority.
pub fn verify_certificate(
    certificate: &Certificate,
    extra: &[Certificate],
    trust: &Trust,
    at: Reading,
) -> SignerReport {
    let mut report = report(Some(certificate));
    let found = chain::judge(certificate, extra, trust, at);
    report.reasons = found.reasons;
    report.set = found.set;
    report
}

fn judge(der: &[u8], content: Option<&[u8]>, trust: &Trust, at: Reading) -> Verdict {
    let Ok(info) = ContentInfo::from_der(der) else { return Verdict::refused(Reason::Malformed) };
    if info.content_type != oid::SIGNED_DATA {
        return Verdict::refused(Reason::Malformed);
    }
    let signed = info.content;
    let attached = signed.content.content.map(|c| c.as_bytes());
    if attached.is_some() && content.is_some() && attached != content {
        return Verdict::refused(Reason::OtherContent);
    }
    let certificates = signed.certificates.map(|set| set.elements(MAX_CERTIFICATES));
    let (Ok(certificates), Ok(signers)) =
        (certificates.transpose(), signed.signer_infos.elements(MAX_SIGNERS))
    else {
        return Verdict::refused(Reason::Malformed);
    };
    if signers.is_empty() {
        return Verdict::refused(Reason::NobodySigned);
    }
    // A stray element among the certificates is nobody's proof of anything: passed over.
    let certificates: Vec<Certificate> =
        certificates.unwrap_or_default().iter().filter_map(|c| Certificate::from_der(c).ok()).collect();
    let file = File {
        content_type: signed.content.content_type,
        content: attached.or(content),
        certificates,
        trust,
        at,
    };
    let mut reports = Vec::with_capacity(signers.len());
    for signer in signers {
        let Ok(signer) = SignerInfo::from_der(signer) else { return Verdict::refused(Reason::Malformed) };
        reports.push(file.signer(&signer));
    }
    Verdict::new(reports, attached.map(|c| Private::new(c.to_vec())))
}

struct File<'a> {
    content_type: ObjectIdentifier,
    content: Option<&'a [u8]>,
    certificates: Vec<Certificate>,
    trust: &'a Trust,
    at: Reading,
}

impl File<'_> {
    fn signer(&self, signer: &SignerInfo<'_>) -> SignerReport {
        let certificate = self.certificates.iter().find(|c| is_of(signer.sid, c));
        let mut report = report(certificate);
        let attributes = match Attributes::read(signer) {
            Ok(attributes) => attributes,
            Err(reason) => {
                report.reasons.push(reason);
                return report;
            }
        };
        report.claimed_time = attributes.signing_time;
        if attributes.content_type != self.content_type {
            add(&mut report, Reason::Malformed);
        }
        let hash = Hash::from_oid(signer.digest_algorithm.oid);
        match (hash, self.content) {
            (None, _) => add(&mut report, Reason::Algorithm),
            (_, None) => add(&mut report, Reason::ContentMissing),
            (Some(hash), Some(content)) => {
                if hash.digest(content) != attributes.message_digest {
                    add(&mut report, Reason::ContentChanged);
                }
            }
        }
        let Some(certificate) = certificate else {
            add(&mut report, Reason::CertificateMissing);
            return report;
        };
        if let Some(reason) = bound(&attributes, certificate) {
            add(&mut report, reason);
        }
        match algorithm::check(
            signer.signature_algorithm,
            hash,
            certificate.key(),
            &attributes.signed,
            signer.signature.as_bytes(),
        ) {
            Check::Good => {}
            Check::Wrong => add(&mut report, Reason::SignatureWrong),
            Check::Unsupported => add(&mut report, Reason::Algorithm),
        }
        let found = chain::judge(certificate, &self.certificates, self.trust, self.at);
        for reason in found.reasons {
            add(&mut report, reason);
        }
        report.set = found.set;
        report
    }
}

fn add(report: &mut SignerReport, reason: Reason) {
    if !report.reasons.contains(&reason) {
        report.reasons.push(reason);
    }
}

fn report(certificate: Option<&Certificate>) -> SignerReport {
    SignerReport {
        reasons: Vec::new(),
        owner: Private::new(certificate.map(Certificate::owner).unwrap_or_default()),
        certificate: Private::new(certificate.map(|c| c.der().to_vec()).unwrap_or_default()),
        term: certificate.map(|c| (c.not_before(), c.not_after())),
        issuer: certificate.map(Certificate::issuer_title).unwrap_or_default(),
        claimed_time: None,
        set: None,
        revocation: Revocation::NotConsulted,
        practice: certificate.is_some_and(Certificate::practice),
    }
}

/// Whether a SignerIdentifier (RFC 5652 §5.3) means this certificate.
fn is_of(sid: AnyRef<'_>, certificate: &Certificate) -> bool {
    match sid.tag() {
        Tag::Sequence => sid.decode_as::<IssuerAndSerial<'_>>().is_ok_and(|id| {
            whole(id.issuer) == certificate.issuer() && whole(id.serial) == certificate.serial()
        }),
        Tag::ContextSpecific { number: TagNumber::N0, constructed: false } => {
            certificate.key_id().is_some_and(|id| id == sid.value())
        }
        _ => false,
    }
}

/// The element with its header, as it stood in the file (which is DER by now).
fn whole(any: AnyRef<'_>) -> Vec<u8> {
    wire::tlv(any.tag().octet(), &[any.value()])
}

struct Attributes<'a> {
    content_type: ObjectIdentifier,
    message_digest: Vec<u8>,
    signing_time: Option<Moment>,
    certificate: EssCertIdV2<'a>,
    /// What was signed: the attributes as a SET OF (RFC 5652 §5.4).
    signed: Vec<u8>,
}

impl<'a> Attributes<'a> {
    fn read(signer: &SignerInfo<'a>) -> Result<Self, Reason> {
        let set = signer.signed_attributes.ok_or(Reason::NotBound)?;
        let all = set.elements(MAX_ATTRIBUTES).map_err(|_| Reason::Malformed)?;
        let all: Vec<Attribute<'a>> = all
            .into_iter()
            .map(Attribute::from_der)
            .collect::<Result<_, _>>()
            .map_err(|_| Reason::Malformed)?;
        let content_type = one(&all, oid::CONTENT_TYPE)?.ok_or(Reason::Malformed)?;
        let message_digest = one(&all, oid::MESSAGE_DIGEST)?.ok_or(Reason::Malformed)?;
        let signing_time = one(&all, oid::SIGNING_TIME)?;
        let bound = one(&all, oid::SIGNING_CERTIFICATE_V2)?;
        let bound = match bound {
            Some(bound) => bound,
            // RFC 2634: bound by SHA-1, which binds nothing any more.
            None if one(&all, oid::SIGNING_CERTIFICATE)?.is_some() => return Err(Reason::Algorithm),
            None => return Err(Reason::NotBound),
        };
        let bound = SigningCertificateV2::from_der(bound).map_err(|_| Reason::Malformed)?;
        Ok(Self {
            content_type: ObjectIdentifier::from_der(content_type).map_err(|_| Reason::Malformed)?,
            message_digest: OctetStringRef::from_der(message_digest)
                .map_err(|_| Reason::Malformed)?
                .as_bytes()
                .to_vec(),
            signing_time: signing_time
                .map(|t| Time::from_der(t).map(moment).map_err(|_| Reason::Malformed))
                .transpose()?,
            certificate: bound.certs.into_iter().next().ok_or(Reason::NotBound)?,
            signed: wire::tlv(0x31, &[set.0]),
        })
    }
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

/// RFC 5035 §4: the hash of the whole certificate, and its issuer and serial where given.
fn bound(attributes: &Attributes<'_>, certificate: &Certificate) -> Option<Reason> {
    let id = &attributes.certificate;
    let hash = match id.hash_algorithm {
        None => Hash::Sha256,
        Some(algorithm) => match Hash::from_oid(algorithm.oid) {
            Some(hash) => hash,
            None => return Some(Reason::Algorithm),
        },
    };
    if hash.digest(certificate.der()) != id.cert_hash.as_bytes() {
        return Some(Reason::OtherCertificate);
    }
    let given = id.issuer_serial.as_ref()?;
    // GeneralNames { directoryName [4] EXPLICIT Name }
    let issuer = wire::tlv(0x30, &[&wire::tlv(0xa4, &[certificate.issuer()])]);
    let same = whole(given.issuer) == issuer && whole(given.serial) == certificate.serial();
    (!same).then_some(Reason::OtherCertificate)
}
