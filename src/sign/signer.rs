//! One signer of a CMS file judged (RFC 5652 §5.4–5.6), and those who signed her signature in turn
//! (§11.4).

use der::asn1::ObjectIdentifier;
use der::{AnyRef, Decode, Tag, TagNumber, Tagged};

use super::algorithm::{self, Check, Hash};
use super::attributes::{self, Attributes, whole};
use super::certificate::Certificate;
use super::chain::{self, Ask, Found};
use super::oid;
use super::path::Rules;
use super::revocation::Evidence;
use super::timestamp::{self, Timestamp};
use super::trust::Trust;
use super::verdict::{Covers, Format, Reason, Revocation, SignerReport};
use super::wire::{IssuerAndSerial, SetRef, SignerInfo};
use crate::clock::{Confidence, Moment, Reading};
use crate::private::Private;

/// Signatures over one signature that are looked at.
const MAX_COUNTERSIGNERS: usize = 8;
const MAX_TIMESTAMPS: usize = 4;

/// What all signers of a file share.
pub struct File<'a> {
    pub content_type: ObjectIdentifier,
    pub content: Option<&'a [u8]>,
    pub certificates: Vec<Certificate>,
    pub trust: &'a Trust,
    pub now: Reading,
    pub rules: &'a Rules,
    pub evidence: &'a Evidence,
    /// Whether what stands beside the signature unsigned is looked at: timestamps, counter-signatures.
    pub unsigned: bool,
    /// A time at which the file was there, as the asker knows.
    pub there: Option<Moment>,
}

impl File<'_> {
    pub fn signer(&self, signer: &SignerInfo<'_>) -> SignerReport {
        if !self.unsigned {
            return self.alone(signer, self.at(self.there));
        }
        let tokens = unsigned(signer, oid::TIMESTAMP_TOKEN).into_iter().take(MAX_TIMESTAMPS);
        let stamps: Vec<Timestamp> =
            tokens.map(|token| timestamp::judge(token, signer.signature.as_bytes(), self)).collect();
        // What was there at the earliest proven time is judged as of then.
        let proven = stamps.iter().filter_map(Timestamp::proven).min();
        let mut report = self.alone(signer, self.at(proven.into_iter().chain(self.there).min()));
        report.timestamps = stamps;
        report.countersigners = self.countersigners(signer);
        report
    }

    /// The time that is judged by: a proven one, else now.
    fn at(&self, proven: Option<Moment>) -> Reading {
        let at = proven.map(|wall| Reading { wall, confidence: Confidence::Plausible });
        at.unwrap_or(self.now)
    }

    /// The signature itself, its chain judged at `at`.
    pub fn alone(&self, signer: &SignerInfo<'_>, at: Reading) -> SignerReport {
        self.signature(signer, Some(self.content_type), self.content, at)
    }

    /// Judges one SignerInfo over `content`. `content_type`: what its attribute must say; `None`
    /// for a counter-signature, which has none (RFC 5652 §11.4).
    fn signature(
        &self,
        signer: &SignerInfo<'_>,
        content_type: Option<ObjectIdentifier>,
        content: Option<&[u8]>,
        at: Reading,
    ) -> SignerReport {
        let certificate = self.certificates.iter().find(|c| is_of(signer.sid, c));
        let mut report = report(certificate);
        let attributes = match signer.signed_attributes.map(Attributes::read).transpose() {
            Ok(attributes) => attributes,
            Err(reason) => {
                report.reasons.push(reason);
                return report;
            }
        };
        // Without attributes only plain data may be signed (RFC 5652 §5.3).
        let said = match &attributes {
            Some(attributes) => attributes.content_type,
            None => content_type.map(|_| oid::DATA),
        };
        if said != content_type {
            add(&mut report, Reason::Malformed);
        }
        // What was signed as attributes must not pass for a document whose attributes are gone.
        let disguised = |c: &[u8]| SetRef::from_der(c).is_ok_and(|set| Attributes::read(set).is_ok());
        if attributes.is_none() && content.is_some_and(disguised) {
            add(&mut report, Reason::Malformed);
        }
        let hash = Hash::from_oid(signer.digest_algorithm.oid);
        match (hash, content) {
            (None, _) => add(&mut report, Reason::Algorithm),
            (_, None) => add(&mut report, Reason::ContentMissing),
            (Some(hash), Some(content)) => {
                let differs = |a: &Attributes<'_>| hash.digest(content) != a.message_digest;
                if attributes.as_ref().is_some_and(differs) {
                    add(&mut report, Reason::ContentChanged);
                }
            }
        }
        let Some(certificate) = certificate else {
            add(&mut report, Reason::CertificateMissing);
            return report;
        };
        report.claimed_time = attributes.as_ref().and_then(|a| a.signing_time);
        match attributes.as_ref().map_or(Ok(Format::Cms), |a| a.binding(certificate)) {
            Ok(format) => report.format = Some(format),
            Err(reason) => add(&mut report, reason),
        }
        if let Some(message) = attributes.as_ref().map(|a| a.signed.as_slice()).or(content) {
            let (key, raw) = (certificate.key(), signer.signature.as_bytes());
            match algorithm::check(signer.signature_algorithm, hash, key, message, raw) {
                Check::Good => {}
                Check::Wrong => add(&mut report, Reason::SignatureWrong),
                Check::Unsupported => add(&mut report, Reason::Algorithm),
            }
        }
        take(&mut report, self.chain(certificate, at), at);
        report
    }

    fn chain(&self, certificate: &Certificate, at: Reading) -> Found {
        let ask = Ask {
            extra: &self.certificates,
            trust: self.trust,
            at,
            now: self.now,
            rules: self.rules,
            evidence: self.evidence,
            depth: 0,
            work: &std::cell::Cell::new(chain::WORK),
        };
        chain::judge(certificate, &ask)
    }

    /// Each is reported and none decides: what others think of a signature does not change it.
    fn countersigners(&self, signer: &SignerInfo<'_>) -> Vec<SignerReport> {
        let values = unsigned(signer, oid::COUNTERSIGNATURE);
        let signers = values.into_iter().take(MAX_COUNTERSIGNERS);
        signers
            .map(|value| match SignerInfo::from_der(value) {
                Ok(counter) => self.signature(&counter, None, Some(signer.signature.as_bytes()), self.now),
                Err(_) => {
                    let mut unreadable = report(None);
                    unreadable.reasons.push(Reason::Malformed);
                    unreadable
                }
            })
            .collect()
    }
}

/// Values of an unsigned attribute; what cannot be read is passed over, for nobody signed it.
pub fn unsigned<'a>(signer: &SignerInfo<'a>, kind: ObjectIdentifier) -> Vec<&'a [u8]> {
    const MOST: usize = 64;
    let all = signer.unsigned_attributes.and_then(|set: SetRef<'a>| attributes::list(set).ok());
    let of_kind = all.unwrap_or_default().into_iter().filter(|a| a.kind == kind);
    of_kind.flat_map(|a| a.values.elements(MOST).unwrap_or_default()).take(MOST).collect()
}

pub fn add(report: &mut SignerReport, reason: Reason) {
    if !report.reasons.contains(&reason) {
        report.reasons.push(reason);
    }
}

/// Puts what was found of the chain into the report.
pub fn take(report: &mut SignerReport, found: Found, at: Reading) {
    for reason in found.reasons {
        add(report, reason);
    }
    report.set = found.set;
    report.preliminary |= found.path.iter().any(Certificate::preliminary);
    report.path = found.path;
    report.revocation = found.revocation;
    report.consulted = found.consulted;
    report.judged_at = Some(at.wall);
}

pub fn report(certificate: Option<&Certificate>) -> SignerReport {
    SignerReport {
        reasons: Vec::new(),
        owner: Private::new(certificate.map(Certificate::owner).unwrap_or_default()),
        certificate: Private::new(certificate.map(|c| c.der().to_vec()).unwrap_or_default()),
        term: certificate.map(|c| (c.not_before(), c.not_after())),
        issuer: certificate.map(Certificate::issuer_title).unwrap_or_default(),
        format: None,
        claimed_time: None,
        set: None,
        revocation: Revocation::NotConsulted,
        consulted: Vec::new(),
        path: Vec::new(),
        judged_at: None,
        timestamps: Vec::new(),
        countersigners: Vec::new(),
        preliminary: certificate.is_some_and(Certificate::preliminary),
        practice: certificate.is_some_and(Certificate::practice),
        covers: Covers::Whole,
    }
}

/// Whether a SignerIdentifier (RFC 5652 §5.3) means this certificate.
pub fn is_of(sid: AnyRef<'_>, certificate: &Certificate) -> bool {
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
