//! One certification path judged: RFC 5280 §6.1, but for revocation. The anchor's own term, path
//! length and name constraints bind like any other authority's (RFC 5937); its policies do not.

use der::asn1::UintRef;
use der::{Decode, Sequence};

use super::certificate::Certificate;
use super::constraints::{self, Violation};
use super::policy::{self, Broken, Demand};
use super::profile;
use super::verdict::Reason;
use super::{oid, wire};
use crate::clock::{Confidence, Reading};

/// What the signer's key must be meant for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Whatever it may be: the path alone is asked about.
    Any,
    /// Signing documents.
    #[default]
    Sign,
    /// Proving who somebody is: what signs documents may, and so may a key for logging in alone.
    LogIn,
    /// Signing timestamps (RFC 3161 §2.3).
    Timestamp,
    /// Signing lists of revoked certificates.
    RevocationList,
}

/// What a path is asked for.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub purpose: Purpose,
    pub policies: Demand,
    /// Whether certificates and lists must keep to the profile of RFC 5280 §4 and §5 too.
    pub profile: bool,
    /// Authorities that may stand between the signer and the anchor, those that issued themselves a certificate not
    /// counted; `None`: as many as the search takes.
    pub between: Option<usize>,
}

/// For a document's signature.
pub static SIGNING: Rules =
    Rules { purpose: Purpose::Sign, policies: Demand::NONE, profile: false, between: None };
/// For a login's signature.
pub static LOGIN: Rules =
    Rules { purpose: Purpose::LogIn, policies: Demand::NONE, profile: false, between: None };

/// RFC 5280 §4.2.1.9
#[derive(Sequence)]
struct BasicConstraints<'a> {
    #[asn1(default = "Default::default")]
    ca: bool,
    #[asn1(optional = "true")]
    path_length: Option<UintRef<'a>>,
}

/// Judges `path`, signer first and anchor last, whose signatures were checked already.
/// Every reason that was found, each once; none means valid.
pub fn judge(path: &[Certificate], at: Reading, rules: &Rules) -> Vec<Reason> {
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
            add(meant_for(certificate, rules.purpose));
        } else {
            add(may_issue(certificate, below));
            if i + 1 == path.len() && rules.between.is_some_and(|most| below > most) {
                add(Some(Reason::ChainTooLong));
            }
            below += usize::from(!certificate.self_issued());
            if i + 1 < path.len() {
                add(restricted(certificate, rules.purpose));
            }
        }
        // A self-issued certificate inside the path is the authority itself (RFC 5280 §6.1.3 (b)).
        if i == 0 || !certificate.self_issued() {
            for authority in &path[i + 1..] {
                add(constraints::judge(authority, certificate).err().map(|violation| match violation {
                    Violation::Outside => Reason::NameConstraint,
                    Violation::Unknown => Reason::CriticalExtension,
                }));
            }
        }
    }
    add(match policy::judge(path, &rules.policies) {
        Ok(_) => None,
        Err(Broken::NoPolicy) => Some(Reason::Policy),
        Err(Broken::Malformed) => Some(Reason::CriticalExtension),
    });
    if rules.profile {
        profile::judge(path).into_iter().for_each(|reason| add(Some(reason)));
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
    const KNOWN: [der::asn1::ObjectIdentifier; 14] = [
        oid::KEY_USAGE,
        oid::BASIC_CONSTRAINTS,
        oid::EXTENDED_KEY_USAGE,
        oid::CERTIFICATE_POLICIES,
        oid::SUBJECT_ALT_NAME,
        oid::ISSUER_ALT_NAME,
        oid::NAME_CONSTRAINTS,
        oid::POLICY_MAPPINGS,
        oid::POLICY_CONSTRAINTS,
        oid::INHIBIT_ANY_POLICY,
        oid::CRL_DISTRIBUTION_POINTS,
        oid::FRESHEST_CRL,
        oid::SUBJECT_KEY_ID,
        oid::AUTHORITY_KEY_ID,
    ];
    let extensions = certificate.parsed().tbs_certificate.extensions.as_deref().unwrap_or_default();
    let strange = |e: &x509_cert::ext::Extension| e.critical && !KNOWN.contains(&e.extn_id);
    extensions.iter().any(strange).then_some(Reason::CriticalExtension)
}

/// Key usage and extended key usage, where the certificate restricts its key at all.
fn meant_for(certificate: &Certificate, purpose: Purpose) -> Option<Reason> {
    let Ok(usage) = certificate.key_usage() else { return Some(Reason::NotForSigning) };
    let signs = usage.as_ref().is_none_or(|u| u.digital_signature() || u.non_repudiation());
    let fit = match purpose {
        Purpose::Any => true,
        Purpose::RevocationList => usage.is_none_or(|u| u.crl_sign()),
        Purpose::Sign | Purpose::LogIn => signs && entitled(certificate, purpose),
        // RFC 3161 §2.3: this usage alone, and critical.
        Purpose::Timestamp => {
            let critical = certificate.is_critical(oid::EXTENDED_KEY_USAGE);
            signs && critical && certificate.extended_key_usage() == [oid::EKU_TIMESTAMP]
        }
    };
    (!fit).then_some(Reason::NotForSigning)
}

/// An authority whose extended key usage leaves this purpose out issues nothing for it.
fn restricted(certificate: &Certificate, purpose: Purpose) -> Option<Reason> {
    (!entitled(certificate, purpose)).then_some(Reason::NotForSigning)
}

fn entitled(certificate: &Certificate, purpose: Purpose) -> bool {
    const SIGNS: [der::asn1::ObjectIdentifier; 5] =
        [oid::EKU_ANY, oid::EKU_SIGN, oid::EKU_DOCUMENT, oid::EKU_DOCUMENT_MS, oid::EKU_PDF];
    let anything = matches!(purpose, Purpose::Any | Purpose::RevocationList);
    if anything || certificate.raw_extension(oid::EXTENDED_KEY_USAGE).is_none() {
        return true;
    }
    let fits = |usage| match purpose {
        Purpose::Any | Purpose::RevocationList => anything,
        Purpose::Sign => SIGNS.contains(usage),
        Purpose::LogIn => SIGNS.contains(usage) || *usage == oid::EKU_CLIENT,
        Purpose::Timestamp => [oid::EKU_ANY, oid::EKU_TIMESTAMP].contains(usage),
    };
    certificate.extended_key_usage().iter().any(fits)
}

fn may_issue(certificate: &Certificate, below: usize) -> Option<Reason> {
    let constraints = certificate.raw_extension(oid::BASIC_CONSTRAINTS).map(BasicConstraints::from_der);
    let Some(Ok(constraints)) = constraints else { return Some(Reason::NotAnAuthority) };
    let usage = certificate.key_usage();
    if !constraints.ca || !matches!(&usage, Ok(usage) if usage.as_ref().is_none_or(|u| u.key_cert_sign())) {
        return Some(Reason::NotAnAuthority);
    }
    let most = constraints.path_length.map(wire::count);
    most.filter(|most| below > *most).map(|_| Reason::ChainTooLong)
}

/// Whether a certificate's own usages let its key sign documents.
pub fn for_signing(certificate: &Certificate) -> bool {
    meant_for(certificate, Purpose::Sign).is_none()
}

/// Whether they let its key prove who its owner is.
pub fn for_login(certificate: &Certificate) -> bool {
    meant_for(certificate, Purpose::LogIn).is_none()
}
