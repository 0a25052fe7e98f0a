//! What RFC 5280 §4 asks of those who issue certificates, beyond what §6 asks of those who judge a path. A chain that is
//! judged for itself is held to it; a signer is not turned away for what her authority left out of a certificate.
//!
//! Four faults are passed over, for NIST's PKITS calls such paths valid: a negative serial number (4.4.14), basic
//! constraints that are not critical below the anchor (4.6.4), a term before 2050 as GeneralizedTime (4.2.4), policy
//! constraints and an inhibited any-policy that are not critical (4.10.3, 4.12.2).

use der::asn1::ObjectIdentifier;
use x509_cert::certificate::Version;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage,
    NameConstraints, PolicyConstraints, PolicyMappings, SubjectAltName, SubjectKeyIdentifier,
};

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

    // §4.2.1.1, §4.2.1.2: a self-signed certificate may leave out whose key signed it.
    let above = certificate.extension::<AuthorityKeyIdentifier>()?;
    let pointed = certificate.self_issued() || above.is_some_and(|a| a.key_identifier.is_some());
    let own = certificate.extension::<SubjectKeyIdentifier>()?.is_some() || !authority;
    let keys = pointed && own && !critical(oid::AUTHORITY_KEY_ID) && !critical(oid::SUBJECT_KEY_ID);

    // §4.2.1.3, §4.2.1.9, §4.2.1.12
    let usage = certificate.extension::<KeyUsage>()?;
    let used = usage.is_none_or(|u| !u.0.is_empty() && (authority || !u.key_cert_sign()));
    let basic = certificate.extension::<BasicConstraints>()?;
    let bounded = basic.is_none_or(|b| b.ca || b.path_len_constraint.is_none());
    let rooted = !anchor || critical(oid::BASIC_CONSTRAINTS);
    let purposes = certificate.extension::<ExtendedKeyUsage>()?.is_none_or(|e| !e.0.is_empty());

    // §4.2.1.6, §4.2.1.10
    let names = certificate.extension::<SubjectAltName>()?;
    let others = names.as_ref().is_none_or(|n| !n.0.is_empty() && n.0.iter().all(constraints::well_formed));
    let someone = !certificate.name().is_empty() || (names.is_some() && critical(oid::SUBJECT_ALT_NAME));
    certificate.extension::<NameConstraints>()?;
    let limits = !has(oid::NAME_CONSTRAINTS) || (authority && critical(oid::NAME_CONSTRAINTS));

    // §4.2.1.4, §4.2.1.11, §4.2.1.14
    let policies = certificate.extension::<CertificatePolicies>()?.is_none_or(|p| !p.0.is_empty());
    certificate.extension::<PolicyMappings>()?;
    certificate.extension::<PolicyConstraints>()?;

    Ok(form && keys && used && bounded && rooted && purposes && others && someone && limits && policies)
}
