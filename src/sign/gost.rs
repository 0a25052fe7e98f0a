//! GOST R 34.10-2012 and 34.10-2001 signatures (RFC 7091, RFC 5832), under the TC 26 identifiers
//! and the national ones. Here and in [`curve`] is verification: nothing is secret, so nothing is
//! constant-time; [`secret`] signs. It is a *preliminary check*: the certified implementation is the
//! vendor's own library.

use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{AnyRef, Decode, Tag, Tagged};
use spki::SubjectPublicKeyInfoRef;

use super::algorithm::{Check, Hash};
use super::{oid, wire};

mod curve;
mod field;
mod secret;
mod sum;

use curve::Curve;
pub use secret::SecretKey;

/// How the two numbers of a signature stand in its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// s, then r, big-endian (RFC 9215 §4).
    International,
    /// r, then s, little-endian: the same bytes, backwards.
    National,
}

/// The hash and byte order of a signature algorithm. `digest`: the SignerInfo's, where the
/// algorithm is named by the key's identifier alone.
pub fn scheme(id: ObjectIdentifier, digest: Option<Hash>) -> Option<(Hash, Order)> {
    let kz = |hash| Some((hash, Order::National));
    let tc26 = |hash| Some((hash, Order::International));
    match id {
        oid::KZ_GOST_512_SIGNATURE => kz(Hash::Streebog512),
        oid::KZ_GOST_256_SIGNATURE => kz(Hash::Streebog256),
        oid::KZ_GOST_OLD_SIGNATURE => kz(Hash::Gost94Test),
        oid::GOST_512_SIGNATURE => tc26(Hash::Streebog512),
        oid::GOST_256_SIGNATURE => tc26(Hash::Streebog256),
        oid::GOST_2001_SIGNATURE => tc26(Hash::Gost94CryptoPro),
        oid::KZ_GOST_512 | oid::KZ_GOST_256 | oid::KZ_GOST_OLD => kz(digest?),
        oid::GOST_512 | oid::GOST_256 | oid::GOST_2001 => tc26(digest?),
        _ => None,
    }
}

/// Whether a key is for these signatures.
pub fn is_key(id: ObjectIdentifier) -> bool {
    use oid::*;
    [KZ_GOST_512, KZ_GOST_256, KZ_GOST_OLD, GOST_512, GOST_256, GOST_2001].contains(&id)
}

/// Checks `signature` over `digest`, the hash's bytes as they come.
pub fn check(order: Order, key: SubjectPublicKeyInfoRef<'_>, digest: &[u8], signature: &[u8]) -> Check {
    let Some(curve) = curve_of(&key) else { return Check::Unsupported };
    // The 512-bit hash goes with the 512-bit curve, and the 256-bit one with the other.
    if digest.len() != curve.size {
        return Check::Unsupported;
    }
    if signature.len() != 2 * curve.size {
        return Check::Wrong;
    }
    let mut signature = signature.to_vec();
    if order == Order::International {
        signature.reverse();
    }
    let (r, s) = signature.split_at(curve.size);
    let Some((x, y)) = point(&key, curve.size) else { return Check::Wrong };
    if curve.holds([x, y], digest, r, s) { Check::Good } else { Check::Wrong }
}

/// OCTET STRING with x and y, each little-endian, `size` bytes.
fn point<'a>(key: &SubjectPublicKeyInfoRef<'a>, size: usize) -> Option<(&'a [u8], &'a [u8])> {
    let bytes = OctetStringRef::from_der(key.subject_public_key.raw_bytes()).ok()?.as_bytes();
    (bytes.len() == 2 * size).then(|| bytes.split_at(size))
}

fn curve_of(key: &SubjectPublicKeyInfoRef<'_>) -> Option<&'static Curve> {
    if !is_key(key.algorithm.oid) {
        return None;
    }
    Curve::named(parameter_set(key.algorithm.parameters?)?)
}

/// SEQUENCE { publicKeyParamSet, … } (RFC 9215 §4), or the set's identifier alone.
pub fn parameter_set(parameters: AnyRef<'_>) -> Option<ObjectIdentifier> {
    if parameters.tag() == Tag::ObjectIdentifier {
        return parameters.decode_as().ok();
    }
    let first = *wire::SetRef(parameters.value()).elements(4).ok()?.first()?;
    ObjectIdentifier::from_der(first).ok()
}
