//! A signature file judged: what is inside, and every signer of it.

use der::asn1::ObjectIdentifier;
use der::{Decode, Encode as _};

use super::certificate::Certificate;
use super::chain::Ask;
use super::path::{Rules, SIGNING};
use super::revocation::Evidence;
use super::signer::{File, add, report, take};
use super::stored;
use super::trust::Trust;
use super::verdict::{Format, Reason, SignerReport, Verdict};
use super::wire::{ContentInfo, SignerInfo};
use super::{ber, chain, oid};
use crate::clock::{Moment, Reading};
use crate::private::Private;

/// Bytes of a signature file, its attached document included.
pub const MAX_CMS: usize = 64 * 1024 * 1024;
const MAX_CERTIFICATES: usize = 64;
const MAX_SIGNERS: usize = 16;

/// Judges a letter's or an answer's signature: like [`judge`], and each signature must be bound to
/// its certificate (CAdES-BES, ETSI EN 319 122-1 §5), as this program's own are.
pub fn verify(cms: &[u8], content: Option<&[u8]>, trust: &Trust, at: Reading) -> Verdict {
    verify_by(cms, &Question { content, unsigned: false, ..Question::new(trust, at) })
}

/// [`verify`], with whatever else is at hand.
pub fn verify_by(cms: &[u8], question: &Question<'_>) -> Verdict {
    let mut verdict = judge(cms, question);
    if matches!(*verdict.reasons, [Reason::NoSignature | Reason::Sealed | Reason::Packed]) {
        return Verdict::refused(Reason::Malformed);
    }
    for signer in &mut verdict.signers {
        // An algorithm that is not judged here leaves the rest open: that is the reason to give.
        if signer.format == Some(Format::Cms) && !signer.reasons.contains(&Reason::Algorithm) {
            add(signer, Reason::NotBound);
        }
    }
    verdict
}

/// What a signature is judged by.
pub struct Question<'a> {
    /// The document of a detached signature; beside an attached one it must be the same bytes.
    pub content: Option<&'a [u8]>,
    pub trust: &'a Trust,
    pub at: Reading,
    /// Certificates that may stand between, beside those in the file.
    pub extra: &'a [Certificate],
    pub rules: &'a Rules,
    /// Lists of revoked certificates and OCSP answers.
    pub evidence: &'a Evidence,
    /// Whether timestamps, counter-signatures and stored revocation values are looked at.
    pub unsigned: bool,
    /// A time at which the file was there, as the asker knows: judged as of then.
    pub there: Option<Moment>,
}

static NOTHING: Evidence = Evidence::NONE;

impl<'a> Question<'a> {
    /// Whether documents signed under `trust` are valid at `at`, with nothing else at hand.
    pub fn new(trust: &'a Trust, at: Reading) -> Self {
        Self {
            content: None,
            trust,
            at,
            extra: &[],
            rules: &SIGNING,
            evidence: &NOTHING,
            unsigned: true,
            there: None,
        }
    }
}

/// Judges any CMS signature (DER or BER, at most [`MAX_CMS`] bytes; RFC 5652).
pub fn judge(cms: &[u8], question: &Question<'_>) -> Verdict {
    if cms.len() > MAX_CMS {
        return Verdict::refused(Reason::TooLarge);
    }
    match kind(cms) {
        Some(oid::SIGNED_DATA) => {}
        Some(oid::COMPRESSED_DATA) => return Verdict::refused(Reason::Packed),
        Some(_) => return Verdict::refused(Reason::Sealed),
        None => return Verdict::refused(Reason::NoSignature),
    }
    // Most files are DER; what is not may still be BER (RFC 5652 §5.1), and is rewritten first.
    if let Ok(info) = ContentInfo::from_der(cms) {
        return signed_data(&info, question);
    }
    let der = ber::to_der(cms);
    match der.as_deref().map(ContentInfo::from_der) {
        Some(Ok(info)) => signed_data(&info, question),
        _ => Verdict::refused(Reason::Malformed),
    }
}

/// What a file that begins as a ContentInfo does says it holds: its OID stands within the first lengths. What says
/// nothing of the kind holds no signature that could be valid or not.
fn kind(cms: &[u8]) -> Option<ObjectIdentifier> {
    const HEADERS: usize = 24;
    const KINDS: [ObjectIdentifier; 6] = [
        oid::SIGNED_DATA,
        oid::ENVELOPED_DATA,
        oid::SIGNED_AND_ENVELOPED_DATA,
        oid::ENCRYPTED_DATA,
        oid::AUTH_ENVELOPED_DATA,
        oid::COMPRESSED_DATA,
    ];
    let head = &cms[..cms.len().min(HEADERS)];
    let says = |id: &ObjectIdentifier| id.to_der().is_ok_and(|id| head.windows(id.len()).any(|w| w == id));
    if head.first() == Some(&0x30) { KINDS.into_iter().find(says) } else { None }
}

/// Judges a certificate alone: its chain, term, and what its key is for.
pub fn verify_certificate(certificate: &Certificate, question: &Question<'_>) -> SignerReport {
    let mut report = report(Some(certificate));
    let Question { trust, at, extra, rules, evidence, .. } = *question;
    let work = &std::cell::Cell::new(chain::WORK);
    let ask = Ask { extra, trust, at, now: at, rules, evidence, depth: 0, work };
    let found = chain::judge(certificate, &ask);
    take(&mut report, found, at);
    report
}

fn signed_data(info: &ContentInfo<'_>, question: &Question<'_>) -> Verdict {
    let content = question.content;
    if info.content_type != oid::SIGNED_DATA {
        return Verdict::refused(Reason::Malformed);
    }
    let signed = &info.content;
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
    let mut certificates: Vec<Certificate> =
        certificates.unwrap_or_default().iter().filter_map(|c| Certificate::from_der(c).ok()).collect();
    certificates.extend(question.extra.iter().cloned());
    let mut evidence = question.evidence.clone();
    if question.unsigned {
        stored::collect(signed, &signers, &mut certificates, &mut evidence);
    }
    let file = File {
        content_type: signed.content.content_type,
        content: attached.or(content),
        certificates,
        trust: question.trust,
        now: question.at,
        rules: question.rules,
        evidence: &evidence,
        unsigned: question.unsigned,
        there: question.there,
    };
    let mut reports = Vec::with_capacity(signers.len());
    for signer in signers {
        let Ok(signer) = SignerInfo::from_der(signer) else { return Verdict::refused(Reason::Malformed) };
        reports.push(file.signer(&signer));
    }
    Verdict::new(reports, attached.map(|c| Private::new(c.to_vec())))
}
