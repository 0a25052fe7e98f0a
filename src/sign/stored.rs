//! What a signature file stores for its own judgement: lists of revoked certificates, OCSP answers
//! (RFC 5652 §10.2.1, RFC 5940, ETSI EN 319 122-1 §A.1.2), certificates (§A.1.1).

use std::sync::Arc;

use der::asn1::ObjectIdentifier;
use der::{AnyRef, Decode};

use super::certificate::Certificate;
use super::crl::Crl;
use super::ocsp::Answer;
use super::oid;
use super::revocation::{Evidence, Need};
use super::signer::unsigned;
use super::wire::{SetRef, SignedData, SignerInfo};

/// Values of one kind; what is beyond is not looked at.
const MOST: usize = 16;

/// Adds what is stored to what was given. Stored values must clear the signer at least: a stale or
/// foreign one is no reason to fall back on not asking.
pub fn collect(
    signed: &SignedData<'_>,
    signers: &[&[u8]],
    certificates: &mut Vec<Certificate>,
    evidence: &mut Evidence,
) {
    note(evidence, |evidence| read(signed, signers, certificates, evidence));
}

/// Whatever `add` adds must clear the signer at least.
pub(super) fn note(evidence: &mut Evidence, add: impl FnOnce(&mut Evidence)) {
    let count = |e: &Evidence| (e.lists.len(), e.answers.len(), e.unreadable);
    let before = count(evidence);
    add(evidence);
    if count(evidence) != before && evidence.need == Need::Nothing {
        (evidence.need, evidence.raised) = (Need::Signer, true);
    }
}

fn read(
    signed: &SignedData<'_>,
    signers: &[&[u8]],
    certificates: &mut Vec<Certificate>,
    evidence: &mut Evidence,
) {
    for one in signed.crls.and_then(|set| set.elements(MOST).ok()).unwrap_or_default() {
        match one.first() {
            Some(0x30) => list(one, evidence),
            // [1] OtherRevocationInfoFormat { OID, value }
            _ => match children(one).as_deref() {
                Some([kind, value]) if ObjectIdentifier::from_der(kind) == Ok(oid::STORED_OCSP) => {
                    answer(value, evidence);
                }
                _ => evidence.unreadable += 1,
            },
        }
    }
    for signer in signers.iter().filter_map(|s| SignerInfo::from_der(s).ok()) {
        for values in unsigned(&signer, oid::CERTIFICATE_VALUES) {
            let found = children(values).unwrap_or_default();
            certificates.extend(found.iter().take(MOST).filter_map(|c| Certificate::from_der(c).ok()));
        }
        // RevocationValues { [0] lists, [1] answers, [2] others }
        for group in unsigned(&signer, oid::REVOCATION_VALUES).into_iter().filter_map(children).flatten() {
            let all = AnyRef::from_der(group).ok().and_then(|any| children(any.value())).unwrap_or_default();
            for one in all {
                match group.first() {
                    Some(0xa0) => list(one, evidence),
                    Some(0xa1) => answer(one, evidence),
                    _ => {}
                }
            }
        }
    }
}

pub(super) fn list(der: &[u8], evidence: &mut Evidence) {
    match Crl::from_der(der) {
        Some(list) => evidence.lists.push(Arc::new(list)),
        None => evidence.unreadable += 1,
    }
}

pub(super) fn answer(der: &[u8], evidence: &mut Evidence) {
    match Answer::from_der(der) {
        Some(answer) => evidence.answers.push(answer),
        None => evidence.unreadable += 1,
    }
}

fn children(der: &[u8]) -> Option<Vec<&[u8]>> {
    SetRef(AnyRef::from_der(der).ok()?.value()).elements(MOST).ok()
}
