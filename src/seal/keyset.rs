//! The deployment's keys, signed by its pinned root (Ed25519): versions only rise, retired seal
//! keys stay listed for 400 days, so that a letter sealed before a rotation still opens.

use minicbor::{Decoder, Encoder};
use ring::signature::{Ed25519KeyPair, KeyPair};
use zeroize::Zeroizing;

use super::cose::{self, Kind};
use super::{NoRandom, random};
use crate::clock::{Confidence, Moment, Reading};
use crate::domain::{Digest, Names, hex_id};
use crate::fault::{Code, Coded};

/// Bytes of a signed keyset.
pub const MAX_KEYSET: usize = 64 * 1024;
/// How long a portal keeps (and lists) a seal key after its last day.
pub const SEAL_KEY_KEPT: i64 = 400 * 24 * 3600;

hex_id! {
    /// The first eight bytes of SHA-256 over the key's bytes.
    KeyId, 8
}

impl KeyId {
    pub fn of(key: &[u8]) -> Self {
        let mut id = [0u8; 8];
        id.copy_from_slice(&Digest::of(key).0[..8]);
        Self(id)
    }
}

/// An Ed25519 key that signs keysets, receipts or snapshots.
pub struct SigningKey {
    id: KeyId,
    pair: Ed25519KeyPair,
}

impl SigningKey {
    pub fn generate() -> Result<Self, NoRandom> {
        Self::from_seed(&random()?)
    }

    /// The 32 private bytes of RFC 8032; the same seed is the same key.
    pub fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Result<Self, NoRandom> {
        // ring refuses another length only.
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_ref()).map_err(|_| NoRandom)?;
        Ok(Self { id: KeyId::of(pair.public_key().as_ref()), pair })
    }

    pub fn id(&self) -> KeyId {
        self.id
    }

    /// 32 raw bytes.
    pub fn public(&self) -> [u8; 32] {
        let mut out = [0u8; 32];
        out.copy_from_slice(self.pair.public_key().as_ref());
        out
    }

    pub(super) fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.pair.sign(bytes).as_ref().to_vec()
    }
}

/// What a listed key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyUse {
    /// DER of the CA certificate that the portal's TLS certificate comes from.
    TlsCa = 1,
    /// X25519, 32 raw bytes: envelopes are sealed to it.
    Seal = 2,
    /// Ed25519, 32 raw bytes: signs receipts and notices.
    Receipt = 3,
    /// DER of a CA certificate that answers' signers come from.
    AnswerCa = 4,
    /// Ed25519, 32 raw bytes: signs content snapshots.
    Snapshot = 5,
}

impl KeyUse {
    fn from_number(n: i64) -> Option<Self> {
        [KeyUse::TlsCa, KeyUse::Seal, KeyUse::Receipt, KeyUse::AnswerCa, KeyUse::Snapshot]
            .into_iter()
            .find(|u| *u as i64 == n)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub id: KeyId,
    pub used_for: KeyUse,
    pub not_before: Moment,
    /// The last second it is used for new things.
    pub not_after: Moment,
    pub bytes: Vec<u8>,
}

impl Key {
    pub fn new(used_for: KeyUse, bytes: Vec<u8>, not_before: Moment, not_after: Moment) -> Self {
        Self { id: KeyId::of(&bytes), used_for, not_before, not_after, bytes }
    }

    pub fn in_force(&self, at: Moment) -> bool {
        (self.not_before..=self.not_after).contains(&at)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyset {
    pub version: u64,
    /// When the root signed it: proves that this moment has passed.
    pub issued: Moment,
    pub practice: bool,
    /// Who runs the portal; every screen and receipt names it.
    pub operator: Names,
    pub keys: Vec<Key>,
}

/// A keyset that was not taken. None of these says anything about a letter or receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysetError {
    #[error("not a keyset")]
    Unreadable,
    #[error("a newer format than this version knows")]
    Newer,
    #[error("not signed by the pinned root")]
    NotOurRoot,
    #[error("older than the keyset that is held")]
    Older,
    #[error("another keyset with the version that is held")]
    SameVersionDiffers,
    #[error("signed at a time that has not come")]
    FromTheFuture,
    #[error("no key for this use is in force now")]
    NoKey,
    /// Found when a keyset is made, never by a kiosk.
    #[error("a seal key is missing that must stay listed")]
    SealKeyDropped,
}

impl Coded for KeysetError {
    fn code(&self) -> Code {
        Code(match self {
            KeysetError::Unreadable => "keyset.unreadable",
            KeysetError::Newer => "keyset.newer",
            KeysetError::NotOurRoot => "keyset.not-our-root",
            KeysetError::Older | KeysetError::SameVersionDiffers => "keyset.older",
            KeysetError::FromTheFuture => "keyset.future",
            KeysetError::NoKey => "keyset.no-key",
            KeysetError::SealKeyDropped => "keyset.dropped",
        })
    }
}

/// The deployment's name in statements and paths: SHA-256 of the root's 32 raw bytes.
pub fn fingerprint(root: &[u8; 32]) -> Digest {
    Digest::of(root)
}

/// The bytes that kiosks fetch: COSE_Sign1 by the root.
pub fn sign(keyset: &Keyset, root: &SigningKey) -> Vec<u8> {
    cose::sign(keyset.encode(), root)
}

/// `held` is the keyset that this kiosk verified before, if it has one.
pub fn verify(
    bytes: &[u8],
    root: &[u8; 32],
    now: Reading,
    held: Option<&Keyset>,
) -> Result<Keyset, KeysetError> {
    let signed = cose::read(bytes, MAX_KEYSET).ok_or(KeysetError::Unreadable)?;
    if signed.key != KeyId::of(root) || !signed.verifies(root) {
        return Err(KeysetError::NotOurRoot);
    }
    match signed.kind() {
        Some(k) if k == Kind::Keyset as i64 => {}
        _ => return Err(KeysetError::Newer),
    }
    let keyset = Keyset::decode(&signed.payload).map_err(|_| KeysetError::Newer)?;
    if let Some(held) = held {
        if keyset.version < held.version {
            return Err(KeysetError::Older);
        }
        if keyset.version == held.version && keyset != *held {
            return Err(KeysetError::SameVersionDiffers);
        }
    }
    // A day is more than any clock that may be trusted is off.
    if now.confidence == Confidence::Plausible && keyset.issued > now.wall.plus(24 * 3600) {
        return Err(KeysetError::FromTheFuture);
    }
    Ok(keyset)
}

impl Keyset {
    pub fn key(&self, id: KeyId, used_for: KeyUse) -> Option<&Key> {
        self.keys.iter().find(|k| k.id == id && k.used_for == used_for)
    }

    pub fn keys_for(&self, used_for: KeyUse) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(move |k| k.used_for == used_for)
    }

    /// The newest key of a use that is in force. A doubtful clock reads its floor, which is early:
    /// the key that was in force then is still listed for [`SEAL_KEY_KEPT`].
    pub fn current(&self, used_for: KeyUse, now: Reading) -> Result<&Key, KeysetError> {
        self.keys_for(used_for)
            .filter(|k| k.in_force(now.wall))
            .max_by_key(|k| k.not_before)
            .ok_or(KeysetError::NoKey)
    }

    /// Where envelopes are sealed to now.
    pub fn seal_key(&self, now: Reading) -> Result<super::envelope::SealKey, KeysetError> {
        let key = self.current(KeyUse::Seal, now)?;
        let public = key.bytes.as_slice().try_into().map_err(|_| KeysetError::NoKey)?;
        Ok(super::envelope::SealKey { id: key.id, public })
    }

    /// For whoever makes keysets: the next one has a higher version and still lists every seal key
    /// that letters may be sealed to.
    pub fn check_successor(&self, next: &Keyset) -> Result<(), KeysetError> {
        if next.version <= self.version {
            return Err(KeysetError::Older);
        }
        let kept = |k: &&Key| k.not_after.plus(SEAL_KEY_KEPT) >= next.issued;
        match self.keys_for(KeyUse::Seal).filter(kept).find(|k| next.key(k.id, KeyUse::Seal).is_none()) {
            Some(_) => Err(KeysetError::SealKeyDropped),
            None => Ok(()),
        }
    }

    fn encode(&self) -> Vec<u8> {
        let mut e = Encoder::new(Vec::new());
        // Writing to memory cannot fail.
        let _ = self.write(&mut e);
        e.into_writer()
    }

    fn write(
        &self,
        e: &mut Encoder<Vec<u8>>,
    ) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        e.map(6)?.u8(0)?.u8(Kind::Keyset as u8)?;
        e.u8(1)?.u64(self.version)?;
        e.u8(2)?.i64(self.issued.0)?;
        e.u8(3)?.bool(self.practice)?;
        e.u8(4)?.array(3)?.str(&self.operator.kk)?.str(&self.operator.ru)?.str(&self.operator.en)?;
        e.u8(5)?.array(self.keys.len() as u64)?;
        for key in &self.keys {
            e.array(4)?.u8(key.used_for as u8)?.i64(key.not_before.0)?.i64(key.not_after.0)?;
            e.bytes(&key.bytes)?;
        }
        Ok(())
    }

    fn decode(payload: &[u8]) -> Result<Self, minicbor::decode::Error> {
        let missing = || minicbor::decode::Error::message("a key is missing");
        let (mut version, mut issued, mut practice, mut operator, mut keys) = (None, None, None, None, None);
        cose::each(payload, |n, d| {
            match n {
                1 => version = Some(d.u64()?),
                2 => issued = Some(Moment(d.i64()?)),
                3 => practice = Some(d.bool()?),
                4 => operator = Some(names(d)?),
                5 => keys = Some(key_list(d)?),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(Self {
            version: version.ok_or_else(missing)?,
            issued: issued.ok_or_else(missing)?,
            practice: practice.ok_or_else(missing)?,
            operator: operator.ok_or_else(missing)?,
            keys: keys.ok_or_else(missing)?,
        })
    }
}

fn names(d: &mut Decoder) -> Result<Names, minicbor::decode::Error> {
    if d.array()? != Some(3) {
        return Err(minicbor::decode::Error::message("three names"));
    }
    Ok(Names { kk: d.str()?.to_owned(), ru: d.str()?.to_owned(), en: d.str()?.to_owned() })
}

/// Keys of a use that this version does not know are left out.
fn key_list(d: &mut Decoder) -> Result<Vec<Key>, minicbor::decode::Error> {
    let count = d.array()?.ok_or_else(|| minicbor::decode::Error::message("a list of known length"))?;
    let mut keys = Vec::new();
    for _ in 0..count {
        let parts = d.array()?.unwrap_or(0);
        if parts < 4 {
            return Err(minicbor::decode::Error::message("a key has four parts"));
        }
        let used_for = KeyUse::from_number(d.i64()?);
        let (not_before, not_after) = (Moment(d.i64()?), Moment(d.i64()?));
        let bytes = d.bytes()?.to_vec();
        for _ in 4..parts {
            d.skip()?;
        }
        if let Some(used_for) = used_for {
            keys.push(Key::new(used_for, bytes, not_before, not_after));
        }
    }
    Ok(keys)
}

#[cfg(test)]
mod tests;
