//! A visitor's wish to be told by a text when her answer comes: her number, sealed to the portal (HPKE, RFC 9180,
//! base mode) apart from the letter. It is no part of what she signs, no authority sees it, and it can be wiped
//! while the letter stays.
//!
//! On the wire: CBOR `[header as bytes, encapsulated key, ciphertext]`; the header's bytes are HPKE `info` (after a
//! label) and AAD. The same form keeps the number at the portal until the text is sent.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::{Deserializable, OpModeR, OpModeS, Serializable};
use minicbor::{Decoder, Encoder};
use zeroize::Zeroizing;

use super::cose::each;
use super::envelope::{Drawn, Encapped, EnvelopeError, OpenKey, PrivateKey, PublicKey, SealKey, X25519};
use super::keyset::KeyId;
use super::random;
use crate::domain::phone::Phone;

const VERSION: u64 = 1;
const SUITE: u64 = 1;
const INFO: &[u8] = b"tereze alert 1";
/// The longest that is read, in bytes: one has about 190.
pub const MAX_ALERT: usize = 1_024;

/// What the portal reads. No `Debug`: it is a person's number and a key.
#[derive(Clone, PartialEq, Eq)]
pub struct Alert {
    pub lookup_id: [u8; 16],
    /// The key from the visitor's paper, which proves that the letter is hers. The portal keeps its own copy of the
    /// number without it.
    pub access: Option<Zeroizing<[u8; 32]>>,
    pub phone: Phone,
}

/// Seals it for the portal.
///
/// # Errors
/// No random bytes, or the key is none.
pub fn seal(alert: &Alert, to: &SealKey) -> Result<Vec<u8>, EnvelopeError> {
    seal_from(alert, to, random()?)
}

/// [`seal`] with the ephemeral key drawn from `seed`, for bytes that are the same every time.
///
/// # Errors
/// The key is none.
pub fn seal_from(alert: &Alert, to: &SealKey, seed: Zeroizing<[u8; 32]>) -> Result<Vec<u8>, EnvelopeError> {
    let header = header(to.id);
    let public = PublicKey::from_bytes(&to.public).map_err(|_| EnvelopeError::BadKey)?;
    let (encapped, sealed) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519>(
        &OpModeS::Base,
        &public,
        &info(&header),
        &alert.encode(),
        &header,
        &mut Drawn::from(seed),
    )
    .map_err(|_| EnvelopeError::BadKey)?;
    let mut e = Encoder::new(Vec::with_capacity(header.len() + sealed.len() + 48));
    // Writing to memory cannot fail.
    let _ = e
        .array(3)
        .and_then(|e| e.bytes(&header))
        .and_then(|e| e.bytes(&encapped.to_bytes()))
        .and_then(|e| e.bytes(&sealed));
    Ok(e.into_writer())
}

/// Opens one with whichever of the keys it names.
///
/// # Errors
/// Not one, newer than this program, sealed to another key, or changed.
pub fn open(bytes: &[u8], keys: &[OpenKey]) -> Result<Alert, EnvelopeError> {
    let (header, encapped, sealed) = parts(bytes).ok_or(EnvelopeError::Unreadable)?;
    let id = key_of(header)?;
    let key = keys.iter().find(|k| k.id() == id).ok_or(EnvelopeError::UnknownKey(id))?;
    let private = PrivateKey::from_bytes(key.private()).map_err(|_| EnvelopeError::BadKey)?;
    let encapped = Encapped::from_bytes(encapped).map_err(|_| EnvelopeError::Unreadable)?;
    let plain = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519>(
        &OpModeR::Base,
        &private,
        &encapped,
        &info(header),
        sealed,
        header,
    )
    .map_err(|_| EnvelopeError::DoesNotOpen)?;
    Alert::decode(&Zeroizing::new(plain)).ok_or(EnvelopeError::Contents)
}

fn info(header: &[u8]) -> Vec<u8> {
    [INFO, header].concat()
}

fn header(key: KeyId) -> Vec<u8> {
    let mut e = Encoder::new(Vec::with_capacity(16));
    let _ = e
        .map(3)
        .and_then(|e| e.u8(1)?.u64(VERSION))
        .and_then(|e| e.u8(2)?.u64(SUITE))
        .and_then(|e| e.u8(3)?.bytes(&key.0));
    e.into_writer()
}

fn key_of(header: &[u8]) -> Result<KeyId, EnvelopeError> {
    let (mut version, mut suite, mut key) = (None, None, None);
    each(header, |n, d| {
        match n {
            1 => version = Some(d.u64()?),
            2 => suite = Some(d.u64()?),
            3 => key = d.bytes()?.try_into().ok().map(KeyId),
            _ => return Ok(false),
        }
        Ok(true)
    })
    .map_err(|_| EnvelopeError::Unreadable)?;
    match (version, suite, key) {
        (Some(VERSION), Some(SUITE), Some(key)) => Ok(key),
        (Some(v), Some(s), _) if v > VERSION || s > SUITE => Err(EnvelopeError::Newer),
        _ => Err(EnvelopeError::Unreadable),
    }
}

fn parts(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    if bytes.len() > MAX_ALERT {
        return None;
    }
    let mut d = Decoder::new(bytes);
    let three = d.array().ok()? == Some(3);
    let parts = (d.bytes().ok()?, d.bytes().ok()?, d.bytes().ok()?);
    (three && d.position() == bytes.len()).then_some(parts)
}

impl Alert {
    fn encode(&self) -> Zeroizing<Vec<u8>> {
        // Room from the start: growing would leave a copy of the number behind.
        let mut e = Encoder::new(Vec::with_capacity(96));
        let _ = e
            .map(2 + u64::from(self.access.is_some()))
            .and_then(|e| e.u8(1)?.bytes(&self.lookup_id))
            .and_then(|e| match &self.access {
                Some(key) => e.u8(2)?.bytes(key.as_ref()),
                None => Ok(e),
            })
            .and_then(|e| e.u8(3)?.str(self.phone.e164()));
        Zeroizing::new(e.into_writer())
    }

    fn decode(plain: &[u8]) -> Option<Self> {
        let (mut lookup_id, mut access, mut phone) = (None, None, None);
        each(plain, |n, d| {
            match n {
                1 => lookup_id = d.bytes()?.try_into().ok(),
                2 => access = d.bytes()?.try_into().ok().map(Zeroizing::new),
                3 => phone = Phone::parse(d.str()?).ok(),
                _ => return Ok(false),
            }
            Ok(true)
        })
        .ok()?;
        Some(Self { lookup_id: lookup_id?, access, phone: phone? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert() -> Alert {
        let phone = Phone::parse("7011234567").unwrap();
        Alert { lookup_id: [2; 16], access: Some(Zeroizing::new([3; 32])), phone }
    }

    #[test]
    fn the_portal_alone_reads_it() {
        let (ours, other) = (OpenKey::generate().unwrap(), OpenKey::generate().unwrap());
        let to = ours.seal_key().unwrap();
        let sealed = seal(&alert(), &to).unwrap();
        assert!(sealed.len() < 200, "{} bytes on a slow line", sealed.len());
        assert!(!sealed.windows(6).any(|w| w == b"701123"));
        assert_ne!(sealed, seal(&alert(), &to).unwrap(), "twice the same tells nobody that it is");
        let keys = [other, ours];
        assert!(open(&sealed, &keys).ok().unwrap() == alert());
        assert_eq!(open(&sealed, &keys[..1]).err(), Some(EnvelopeError::UnknownKey(to.id)));
        let bare = Alert { access: None, ..alert() };
        assert!(open(&seal(&bare, &to).unwrap(), &keys).ok().unwrap() == bare);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open(&changed, &keys).is_err(), "byte {at}");
            assert!(open(&sealed[..at], &keys).is_err(), "cut at {at}");
        }
        assert!(open(&[sealed, vec![0]].concat(), &keys).is_err(), "bytes behind it");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
            let _ = open(&bytes, &[]);
            let _ = Alert::decode(&bytes);
        }
    }
}
