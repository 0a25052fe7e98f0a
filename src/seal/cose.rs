//! COSE_Sign1 (RFC 9052) with Ed25519, in the one shape that this program writes and reads: alg and
//! key id protected, nothing unprotected, the payload a CBOR map with integer keys whose key 0 says
//! what kind of thing is signed, so that a notice can never be read as a receipt.

use coset::iana::{Algorithm, EnumI64};
use coset::{CoseSign1, CoseSign1Builder, HeaderBuilder, RegisteredLabelWithPrivate, TaggedCborSerializable};
use minicbor::Decoder;
use minicbor::decode::Error as CborError;
use ring::signature::{ED25519, UnparsedPublicKey};

use super::keyset::{KeyId, SigningKey};

/// The value of payload key 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Receipt = 1,
    Notice = 2,
    Keyset = 3,
    History = 4,
    Extract = 5,
    Standing = 6,
}

impl Kind {
    /// Whether this version knows the number as some kind.
    pub fn is_known(number: i64) -> bool {
        (Kind::Receipt as i64..=Kind::Standing as i64).contains(&number)
    }
}

pub(super) struct Signed {
    pub key: KeyId,
    pub payload: Vec<u8>,
    message: CoseSign1,
}

/// `payload` is the whole CBOR map, key 0 included.
pub(super) fn sign(payload: Vec<u8>, key: &SigningKey) -> Vec<u8> {
    let protected = HeaderBuilder::new().algorithm(Algorithm::EdDSA).key_id(key.id().0.to_vec()).build();
    let message = CoseSign1Builder::new()
        .protected(protected)
        .payload(payload)
        .create_signature(b"", |tbs| key.sign(tbs))
        .build();
    // Writing to memory cannot fail.
    message.to_tagged_vec().unwrap_or_default()
}

/// Reads the shape; nothing is verified yet. `None`: not this shape, or longer than `max` bytes.
pub(super) fn read(bytes: &[u8], max: usize) -> Option<Signed> {
    if bytes.len() > max {
        return None;
    }
    let message = CoseSign1::from_tagged_slice(bytes).ok()?;
    let header = &message.protected.header;
    let eddsa = Some(RegisteredLabelWithPrivate::Assigned(Algorithm::EdDSA));
    debug_assert_eq!(Algorithm::EdDSA.to_i64(), -8);
    if header.alg != eddsa || !message.unprotected.is_empty() || !header.crit.is_empty() {
        return None;
    }
    let key = KeyId(header.key_id.as_slice().try_into().ok()?);
    let payload = message.payload.clone()?;
    Some(Signed { key, payload, message })
}

impl Signed {
    /// Whether this raw Ed25519 public key signed it.
    pub fn verifies(&self, public: &[u8]) -> bool {
        self.message
            .verify_signature(b"", |signature, tbs| {
                UnparsedPublicKey::new(&ED25519, public).verify(tbs, signature)
            })
            .is_ok()
    }

    /// Payload key 0.
    pub fn kind(&self) -> Option<i64> {
        let mut kind = None;
        each(&self.payload, |key, d| {
            if key == 0 {
                kind = Some(d.i64()?);
                return Ok(true);
            }
            Ok(false)
        })
        .ok()?;
        kind
    }
}

/// Walks a map with integer keys; what `take` does not take is skipped, so that readers ignore
/// fields that a later version adds. A key twice, or bytes after the map, are refused.
pub(super) fn each<'b>(
    bytes: &'b [u8],
    mut take: impl FnMut(i64, &mut Decoder<'b>) -> Result<bool, CborError>,
) -> Result<(), CborError> {
    let mut d = Decoder::new(bytes);
    walk(&mut d, &mut take)?;
    if d.position() == bytes.len() { Ok(()) } else { Err(CborError::message("bytes after the map")) }
}

pub(super) fn walk<'b>(
    d: &mut Decoder<'b>,
    take: &mut dyn FnMut(i64, &mut Decoder<'b>) -> Result<bool, CborError>,
) -> Result<(), CborError> {
    let Some(count) = d.map()? else { return Err(CborError::message("a map of known length")) };
    let mut seen = Vec::new();
    for _ in 0..count {
        let key = d.i64()?;
        if seen.contains(&key) || seen.len() > 64 {
            return Err(CborError::message("a key twice, or too many"));
        }
        seen.push(key);
        if !take(key, d)? {
            d.skip()?;
        }
    }
    Ok(())
}
