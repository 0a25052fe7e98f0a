//! One certification path judged: RFC 5280 §6.1 as far as this program's authorities use it.
//! Name constraints and policy constraints are not processed: a path that carries them (the first
//! always, others where critical) is *could not check*.

use x509_cert::ext::pkix::BasicConstraints;

use super::certificate::Certificate;
use super::oid;
use super::verdict::Reason;
use crate::clock::{Confidence, Reading};

/// Judges `path`, signer first and anchor last, whose signatures were checked already.
/// Every reason that was found, each once; none means valid.
pub fn judge(path: &[Certificate], at: Reading) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut add = |reason: Option<Reason>| {
        if let Some(reason) = reason.filter(|r| !reasons.contains(r)) {
            reasons.push(reason);
        }
    };
    // Certificates below that count against a path length constraint (RFC 5280 §6.1.4 (l)).
    let mut below = 0usize;
    for (i, certificate) in path.iter().enumerate() {
        add(term(certificate, i > 0, at));
        add(unknown_critical(certificate));
        if i == 0 {
            add(may_sign(certificate));
        } else {
            add(may_issue(certificate, below));
            below += usize::from(!certificate.self_issued());
        }
    }
    reasons
}

fn term(certificate: &Certificate, authority: bool, at: Reading) -> Option<Reason> {
    let expired = if authority { Reason::AuthorityExpired } else { Reason::Expired };
    let early = if authority { Reason::AuthorityExpired } else { Reason::NotYetValid };
    // A doubtful clock reads its floor, which has surely passed: what ended before it has ended.
    if at.wall > certificate.not_after() {
        return Some(expired);
    }
    if at.confidence == Confidence::Doubtful {
        return Some(Reason::ClockDoubtful);
    }
    (at.wall < certificate.not_before()).then_some(early)
}

fn unknown_critical(certificate: &Certificate) -> Option<Reason> {
    const KNOWN: [der::asn1::ObjectIdentifier; 5] = [
        oid::KEY_USAGE,
        oid::BASIC_CONSTRAINTS,
        oid::EXTENDED_KEY_USAGE,
        oid::CERTIFICATE_POLICIES,
        oid::SUBJECT_ALT_NAME,
    ];
    let extensions = certificate.parsed().tbs_certificate.extensions.as_deref().unwrap_or_default();
    let strange = |e: &x509_cert::ext::Extension| {
        e.extn_id == oid::NAME_CONSTRAINTS || (e.critical && !KNOWN.contains(&e.extn_id))
    };
    extensions.iter().any(strange).then_some(Reason::CriticalExtension)
}

/// digitalSignature or nonRepudiation, where the certificate restricts its key at all.
fn may_sign(certificate: &Certificate) -> Option<Reason> {
    match certificate.key_usage() {
        Ok(None) => None,
        Ok(Some(usage)) if usage.digital_signature() || usage.non_repudiation() => None,
        _ => Some(Reason::NotForSigning),
    }
}

fn may_issue(certificate: &Certificate, below: usize) -> Option<Reason> {
    let Ok(Some(constraints)) = certificate.extension::<BasicConstraints>() else {
        return Some(Reason::NotAnAuthority);
    };
    let usage = certificate.key_usage();
    if !constraints.ca || !matches!(&usage, Ok(usage) if usage.as_ref().is_none_or(|u| u.key_cert_sign())) {
        return Some(Reason::NotAnAuthority);
    }
    constraints.path_len_constraint.filter(|most| below > usize::from(*most)).map(|_| Reason::ChainTooLong)
}
