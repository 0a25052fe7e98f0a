//! Each thing that is checked of a signature, with what came of it.

use super::Consultation;
use crate::clock::Moment;
use crate::i18n::{Msg, Text};
use crate::sign::certificate::Certificate;
use crate::sign::revocation::{Consulted, Kind};
use crate::sign::verdict::{Covers, Outcome, Reason, Revocation, SignerReport, worst};

/// What was asked: of those asked about the signer's own certificate one that was believed.
pub fn revocation(report: &SignerReport, now: Moment) -> (Msg, Option<Consultation>) {
    let mut asked: Vec<&Consulted> = report.consulted.iter().filter(|c| c.of == 0).collect();
    asked.sort_by_key(|c| (c.problem.is_some(), std::cmp::Reverse(c.this_update)));
    let says = match asked.first().map(|c| c.kind) {
        None => Msg::CheckKnowNobodyAsked,
        Some(Kind::Ocsp) => Msg::CheckKnowAnswer,
        Some(Kind::RelayedList) => Msg::CheckKnowRelayed,
        Some(_) => Msg::CheckKnowList,
    };
    (says, asked.first().map(|c| Consultation::of(c, now)))
}

const CONTENT: &[Reason] = &[
    Reason::ContentChanged,
    Reason::OtherContent,
    Reason::PartOnly,
    Reason::DoubledId,
    Reason::ByteRange,
    Reason::ChangedAfter,
    Reason::MarkedAfter,
    Reason::Encrypted,
    Reason::Sealed,
    Reason::Packed,
    Reason::ContentMissing,
    Reason::Outside,
    Reason::Transform,
];
const SIGNATURE: &[Reason] = &[
    Reason::SignatureWrong,
    Reason::OtherCertificate,
    Reason::NotBound,
    Reason::Malformed,
    Reason::Algorithm,
    Reason::CertificateMissing,
];
const AUTHORITY: &[Reason] = &[
    Reason::Untrusted,
    Reason::Forged,
    Reason::NotAnAuthority,
    Reason::AuthorityExpired,
    Reason::ChainTooLong,
    Reason::TooComplex,
    Reason::NameConstraint,
    Reason::Policy,
    Reason::Profile,
    Reason::NoTrust,
    Reason::CriticalExtension,
];
const TERM: &[Reason] = &[Reason::Expired, Reason::NotYetValid, Reason::ClockDoubtful];
const PURPOSE: &[Reason] = &[Reason::NotForSigning];

pub fn checks(report: &SignerReport, now: Moment) -> Vec<(Text, Outcome, Option<Consultation>)> {
    // Without a certificate nothing of it was looked at.
    let known = report.term.is_some();
    let of = |group: &[Reason], needs_certificate: bool| {
        let hit: Vec<Reason> = report.reasons.iter().copied().filter(|r| group.contains(r)).collect();
        if hit.is_empty() && needs_certificate && !known { Outcome::CouldNotCheck } else { worst(&hit) }
    };
    let mut out = vec![
        (Text::from(Msg::CheckKnowContent), of(CONTENT, false), None),
        (Text::from(Msg::CheckKnowSignature), of(SIGNATURE, true), None),
        (Text::new(Msg::CheckKnowAuthority).with("name", report.issuer.as_str()), of(AUTHORITY, true), None),
        (Text::from(Msg::CheckKnowTerm), of(TERM, true), None),
        (Text::from(Msg::CheckKnowPurpose), of(PURPOSE, true), None),
    ];
    let revoked = match report.revocation {
        Revocation::Good => Outcome::Valid,
        Revocation::Revoked => Outcome::NotValid,
        Revocation::NotConsulted | Revocation::Unknown => Outcome::CouldNotCheck,
    };
    let (says, looked) = revocation(report, now);
    out.push((Text::from(says), revoked, looked));
    for stamp in &report.timestamps {
        let by = stamp.authority.path.first().map(Certificate::title).unwrap_or_default();
        let says = Text::new(Msg::CheckKnowTime).with("name", by);
        out.push((says, stamp.authority.outcome(), None));
    }
    if report.timestamps.is_empty() && report.claimed_time.is_some() {
        out.push((Text::from(Msg::CheckKnowClaimed), Outcome::CouldNotCheck, None));
    }
    if report.covers == Covers::Earlier {
        out.push((Text::from(Msg::CheckKnowEarlier), Outcome::Valid, None));
    }
    out
}
