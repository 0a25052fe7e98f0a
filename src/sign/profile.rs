//! What RFC 5280 §4 asks of those who issue certificates, beyond what §6 asks of those who judge a path. A chain that is
//! judged for itself is held to it; a signer is not turned away for what her authority left out of a certificate.
//!
//! Four faults are passed over, for NIST's PKITS calls such paths valid: a negative serial number (4.4.14), basic
//! constraints that are not critical below the anchor (4.6.4), a term before 2050 as GeneralizedTime (4.2.4), policy
//! constraints and an inhibited any-policy that are not critical (4.10.3, 4.12.2).

use der::asn1::ObjectIdentifier;
use x509_cert::certificate::Version;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
    CrlDistributionPoints, ExtendedKeyUsage, FreshestCrl, InhibitAnyPolicy, IssuerAltName, KeyUsage,
    NameConstraints, PolicyConstraints, PolicyMappings, SubjectAltName, SubjectInfoAccessSyntax,
    SubjectKeyIdentifier,
};

use super::algorithm::Check;
use super::certificate::{Certificate, NotACertificate};
use super::verdict::Reason;
use super::{algorithm, constraints, oid};

/// Octets of a serial number (RFC 5280 §4.1.2.2).
const LONGEST_SERIAL: usize = 20;

/// Judges `path`, signer first and anchor last.
pub fn judge(path: &[Certificate]) -> Vec<Reason> {
    let mut out = Vec::new();
    for (i, certificate) in path.iter().enumerate() {
        let anchor = i > 0 && i + 1 == path.len();
        if keeps(certificate, anchor) != Ok(true) && !out.contains(&Reason::Profile) {
            out.push(Reason::Profile);
        }
    }
    // A key that nothing could be checked with says nothing of what it signs.
    if path.first().is_some_and(|end| !algorithm::known_key(end.key())) {
        out.push(Reason::Algorithm);
    }
    out
}

/// An error: an extension is not what its identifier says.
fn keeps(certificate: &Certificate, anchor: bool) -> Result<bool, NotACertificate> {
    let parsed = certificate.parsed();
    let tbs = &parsed.tbs_certificate;
    let authority = certificate.is_authority();
    let critical = |id: ObjectIdentifier| certificate.is_critical(id);
    let has = |id: ObjectIdentifier| certificate.raw_extension(id).is_some();

    let serial = certificate.serial_octets();
    let positive = serial.iter().skip_while(|b| **b == 0);
    let numbered = (1..=LONGEST_SERIAL).contains(&positive.count());
    let extended = tbs.extensions.as_ref().is_none_or(|e| !e.is_empty() && tbs.version == Version::V3);
    let named = !certificate.issuer_name().is_empty() && (!authority || !certificate.name().is_empty());
    let form = numbered && extended && named && parsed.signature_algorithm == tbs.signature;

    let keys = named_keys(certificate, authority)?;

    // §4.2.1.3, §4.2.1.9, §4.2.1.12: the key of an authority signs certificates, or lists.
    let usage = certificate.extension::<KeyUsage>()?;
    let fits = |u: &KeyUsage| if authority { u.key_cert_sign() || u.crl_sign() } else { !u.key_cert_sign() };
    let used = usage.is_none_or(|u| !u.0.is_empty() && fits(&u));
    let basic = certificate.extension::<BasicConstraints>()?;
    let bounded = basic.is_none_or(|b| b.ca || b.path_len_constraint.is_none());
    let rooted = !anchor || critical(oid::BASIC_CONSTRAINTS);
    let purposes = certificate.extension::<ExtendedKeyUsage>()?.is_none_or(|e| !e.0.is_empty());

    // §4.2.1.6, §4.2.1.10
    let names = certificate.extension::<SubjectAltName>()?;
    let others = names.as_ref().is_none_or(|n| !n.0.is_empty() && n.0.iter().all(written));
    let someone = !certificate.name().is_empty() || (names.is_some() && critical(oid::SUBJECT_ALT_NAME));
    let trees = certificate.extension::<NameConstraints>()?.is_none_or(|n| {
        let (permitted, excluded) = (n.permitted_subtrees, n.excluded_subtrees);
        let empty = |trees: &Option<Vec<_>>| trees.as_ref().is_some_and(Vec::is_empty);
        !empty(&permitted) && !empty(&excluded) && (permitted.is_some() || excluded.is_some())
    });
    let limits = trees && (!has(oid::NAME_CONSTRAINTS) || (authority && critical(oid::NAME_CONSTRAINTS)));

    // §4.2.1.4, §4.2.1.11, §4.2.1.14
    let policies = certificate.extension::<CertificatePolicies>()?.is_none_or(|p| !p.0.is_empty());
    certificate.extension::<PolicyMappings>()?;
    certificate.extension::<PolicyConstraints>()?;
    certificate.extension::<InhibitAnyPolicy>()?;

    // §4.2.1.7, §4.2.1.13, §4.2.1.15, §4.2.2: what only helps to find things must be what it says, too.
    certificate.extension::<IssuerAltName>()?;
    let lists = certificate.extension::<CrlDistributionPoints>()?.is_none_or(|p| !p.0.is_empty());
    let fresh = certificate.extension::<FreshestCrl>()?.is_none_or(|p| !p.0.is_empty());
    let about = certificate.extension::<AuthorityInfoAccessSyntax>()?.is_none_or(|a| !a.0.is_empty());
    let beside = certificate.extension::<SubjectInfoAccessSyntax>()?.is_none_or(|a| !a.0.is_empty());
    let found = lists && fresh && about && beside;

    Ok(found
        && form
        && keys
        && used
        && bounded
        && rooted
        && purposes
        && others
        && someone
        && limits
        && policies)
}

/// §4.2.1.1, §4.2.1.2. A self-signed certificate may leave out whose key signed it; where it says so, it is its own.
fn named_keys(certificate: &Certificate, authority: bool) -> Result<bool, NotACertificate> {
    let own = certificate.extension::<SubjectKeyIdentifier>()?;
    let above = certificate.extension::<AuthorityKeyIdentifier>()?;
    let pointed = match &above {
        None => certificate.self_issued(),
        Some(above) => {
            let paired =
                above.authority_cert_issuer.is_some() == above.authority_cert_serial_number.is_some();
            paired && above.key_identifier.is_some()
        }
    };
    let named = |above: AuthorityKeyIdentifier| above.key_identifier;
    let same = match (above.and_then(named), &own) {
        (Some(above), Some(own)) if certificate.self_issued() && above != own.0 => {
            certificate.signed_by(certificate) != Check::Good
        }
        _ => true,
    };
    let critical = [oid::AUTHORITY_KEY_ID, oid::SUBJECT_KEY_ID].iter().any(|id| certificate.is_critical(*id));
    Ok(pointed && same && (own.is_some() || !authority) && !critical)
}

/// Whether an alternative name is written as §4.2.1.6 has it: a host's by RFC 1034 §3.5 and RFC 1123 §2.1.
fn written(name: &GeneralName) -> bool {
    let GeneralName::DnsName(host) = name else { return constraints::well_formed(name) };
    let host = host.as_str().strip_prefix("*.").unwrap_or(host.as_str());
    let label = |label: &str| {
        let letters = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        letters && label.len() < 64 && !label.starts_with('-') && !label.ends_with('-')
    };
    constraints::well_formed(name) && host.len() < 254 && host.split('.').all(label)
}
