//! The sealed envelope (HPKE, RFC 9180, base mode): what leaves the kiosk is readable by the
//! portal alone. Contents are CBOR with integer keys, compressed (zstd) before sealing.
//!
//! On the wire: CBOR `[header as bytes, encapsulated key, ciphertext]`. The header's bytes are both
//! HPKE `info` (after a label) and AAD, so no part of it can be changed or moved to another letter.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use minicbor::{Decoder, Encoder};
use zeroize::Zeroizing;

use super::cose::{each, walk};
use super::keyset::KeyId;
use super::{NoRandom, random};
use crate::domain::statement::{MAX_ATTACHED, MAX_ATTACHMENTS, MAX_STATEMENT};
use crate::domain::{Digest, SubmissionId};
use crate::fault::{Code, Coded};

const VERSION: u64 = 1;
const INFO: &[u8] = b"tereze envelope 1";

/// Bytes of a CMS with the statement in it and a chain of certificates.
pub const MAX_CMS: usize = MAX_STATEMENT + 64 * 1024;
/// Bytes of the contents before compression.
pub const MAX_CONTENTS: usize = MAX_CMS + MAX_ATTACHED as usize + 4096;
/// Bytes of a whole envelope; more is refused before it is read. Compression may add a little.
pub const MAX_ENVELOPE: usize = MAX_CONTENTS + MAX_CONTENTS / 128 + 4096;

/// Largest window that opening allows, as a power of two: bounds what a hostile frame can allocate.
const WINDOW_LOG: u32 = 24;
const ZSTD_LEVEL: i32 = 19;

/// The KEM, KDF and AEAD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    /// DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
    X25519 = 1,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub suite: Suite,
    pub key: KeyId,
    pub submission: SubmissionId,
}

/// What the portal reads. No `Debug`: it is the visitor's words and keys.
#[derive(Clone, PartialEq, Eq)]
pub struct Contents {
    /// DER of the CMS (CAdES-BES) with the statement's canonical bytes inside.
    pub cms: Vec<u8>,
    /// In the order that the statement names them.
    pub attachments: Vec<Vec<u8>>,
    pub lookup_id: [u8; 16],
    /// SHA-256 of the access key.
    pub access_hash: Digest,
    /// [`super::visitor::code_hash`]
    pub code_hash: Digest,
    pub reply_key: Zeroizing<[u8; 32]>,
}

/// Where envelopes are sealed to: X25519.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealKey {
    pub id: KeyId,
    pub public: [u8; 32],
}

/// The portal's half of a [`SealKey`]; wiped when dropped.
pub struct OpenKey {
    id: KeyId,
    private: Zeroizing<[u8; 32]>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    #[error("larger than an envelope may be")]
    TooLarge,
    #[error("not an envelope")]
    Unreadable,
    #[error("a newer version or suite than this version knows")]
    Newer,
    #[error("sealed to a key that is not held: {0}")]
    UnknownKey(KeyId),
    /// Changed on the way, or sealed to something else.
    #[error("does not open")]
    DoesNotOpen,
    #[error("what was sealed is not a letter's contents")]
    Contents,
    #[error("no random bytes")]
    NoRandom,
    #[error("the seal key is not a key")]
    BadKey,
}

impl Coded for EnvelopeError {
    fn code(&self) -> Code {
        Code(match self {
            EnvelopeError::TooLarge => "envelope.too-large",
            EnvelopeError::Unreadable => "envelope.unreadable",
            EnvelopeError::Newer => "envelope.newer",
            EnvelopeError::UnknownKey(_) => "envelope.unknown-key",
            EnvelopeError::DoesNotOpen => "envelope.does-not-open",
            EnvelopeError::Contents => "envelope.contents",
            EnvelopeError::NoRandom => "seal.no-random",
            EnvelopeError::BadKey => "envelope.bad-key",
        })
    }
}

impl From<NoRandom> for EnvelopeError {
    fn from(_: NoRandom) -> Self {
        EnvelopeError::NoRandom
    }
}

pub(super) type X25519 = X25519HkdfSha256;
pub(super) type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;
pub(super) type PublicKey = <X25519HkdfSha256 as Kem>::PublicKey;
pub(super) type Encapped = <X25519HkdfSha256 as Kem>::EncappedKey;

impl OpenKey {
    pub fn generate() -> Result<Self, EnvelopeError> {
        Self::from_seed(&random()?)
    }

    /// Derived as RFC 9180 DeriveKeyPair: the same 32 bytes are the same key.
    pub fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Result<Self, EnvelopeError> {
        let (private, public) = X25519HkdfSha256::derive_keypair(seed.as_ref());
        let mut bytes = Zeroizing::new([0u8; 32]);
        private.write_exact(bytes.as_mut());
        Ok(Self { id: KeyId::of(&public.to_bytes()), private: bytes })
    }

    /// The 32 private bytes, for the portal's own sealed storage.
    pub fn from_private(private: Zeroizing<[u8; 32]>) -> Result<Self, EnvelopeError> {
        let key = PrivateKey::from_bytes(private.as_ref()).map_err(|_| EnvelopeError::BadKey)?;
        let public = X25519HkdfSha256::sk_to_pk(&key);
        Ok(Self { id: KeyId::of(&public.to_bytes()), private })
    }

    pub fn private(&self) -> &[u8; 32] {
        &self.private
    }

    pub fn id(&self) -> KeyId {
        self.id
    }

    pub fn seal_key(&self) -> Result<SealKey, EnvelopeError> {
        let key = PrivateKey::from_bytes(self.private.as_ref()).map_err(|_| EnvelopeError::BadKey)?;
        Ok(SealKey { id: self.id, public: X25519HkdfSha256::sk_to_pk(&key).to_bytes().into() })
    }
}

/// Serves HPKE's ephemeral key from bytes that were drawn before, because drawing may fail and
/// HPKE's interface cannot say so. Longer reads go on by SHA-256 over seed and counter.
pub(super) struct Drawn {
    seed: Zeroizing<[u8; 32]>,
    block: u64,
}

impl From<Zeroizing<[u8; 32]>> for Drawn {
    fn from(seed: Zeroizing<[u8; 32]>) -> Self {
        Self { seed, block: 0 }
    }
}

impl rand_core::TryRng for Drawn {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0u8; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0u8; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in out.chunks_mut(32) {
            let mut input = Zeroizing::new([0u8; 40]);
            input[..32].copy_from_slice(self.seed.as_ref());
            input[32..].copy_from_slice(&self.block.to_be_bytes());
            self.block += 1;
            let block = Zeroizing::new(Digest::of(input.as_ref()).0);
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Drawn {}

/// Seals a letter for the portal. Takes about 0.1 ms besides compression.
pub fn seal(contents: &Contents, submission: SubmissionId, to: &SealKey) -> Result<Vec<u8>, EnvelopeError> {
    seal_from(contents, submission, to, random()?)
}

/// [`seal`] with the ephemeral key drawn from `seed`, for bytes that are the same every time: a seed
/// that is used twice tells who reads both envelopes what differs between them.
pub fn seal_from(
    contents: &Contents,
    submission: SubmissionId,
    to: &SealKey,
    seed: Zeroizing<[u8; 32]>,
) -> Result<Vec<u8>, EnvelopeError> {
    let plain = contents.encode()?;
    let packed = zstd::bulk::compress(&plain, ZSTD_LEVEL).map_err(|_| EnvelopeError::TooLarge)?;
    let packed = Zeroizing::new(packed);
    let header = Header { suite: Suite::X25519, key: to.id, submission }.encode();
    let public = PublicKey::from_bytes(&to.public).map_err(|_| EnvelopeError::BadKey)?;
    let (encapped, sealed) =
        hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &public,
            &info(&header),
            &packed,
            &header,
            &mut Drawn::from(seed),
        )
        .map_err(|_| EnvelopeError::BadKey)?;
    let mut e = Encoder::new(Vec::with_capacity(sealed.len() + 96));
    // Writing to memory cannot fail.
    let _ = e.array(3).and_then(|e| e.bytes(&header)?.bytes(&encapped.to_bytes())?.bytes(&sealed));
    let bytes = e.into_writer();
    if bytes.len() > MAX_ENVELOPE { Err(EnvelopeError::TooLarge) } else { Ok(bytes) }
}

/// The header alone, unauthenticated: which letter and key an envelope names.
pub fn peek(bytes: &[u8]) -> Result<Header, EnvelopeError> {
    Header::decode(parts(bytes)?.0)
}

/// Opens an envelope with whichever of the keys it names.
pub fn open(bytes: &[u8], keys: &[OpenKey]) -> Result<(Header, Contents), EnvelopeError> {
    let (header_bytes, encapped, sealed) = parts(bytes)?;
    let header = Header::decode(header_bytes)?;
    let key = keys.iter().find(|k| k.id == header.key).ok_or(EnvelopeError::UnknownKey(header.key))?;
    let private = PrivateKey::from_bytes(key.private.as_ref()).map_err(|_| EnvelopeError::BadKey)?;
    let encapped = Encapped::from_bytes(encapped).map_err(|_| EnvelopeError::Unreadable)?;
    let packed = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &private,
        &encapped,
        &info(header_bytes),
        sealed,
        header_bytes,
    )
    .map_err(|_| EnvelopeError::DoesNotOpen)?;
    let plain = unpack(&Zeroizing::new(packed))?;
    Ok((header, Contents::decode(&plain)?))
}

fn info(header: &[u8]) -> Vec<u8> {
    [INFO, header].concat()
}

/// Header, encapsulated key, ciphertext.
type Parts<'a> = (&'a [u8], &'a [u8], &'a [u8]);

fn parts(bytes: &[u8]) -> Result<Parts<'_>, EnvelopeError> {
    if bytes.len() > MAX_ENVELOPE {
        return Err(EnvelopeError::TooLarge);
    }
    let mut d = Decoder::new(bytes);
    let mut read = || {
        if d.array()? != Some(3) {
            return Err(minicbor::decode::Error::message("three parts"));
        }
        let parts = (d.bytes()?, d.bytes()?, d.bytes()?);
        if d.position() == bytes.len() { Ok(parts) } else { Err(minicbor::decode::Error::message("more")) }
    };
    read().map_err(|_| EnvelopeError::Unreadable)
}

/// At most [`MAX_CONTENTS`] bytes come out, whatever the frame promises.
fn unpack(packed: &[u8]) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
    use std::io::Read as _;
    let mut out = Zeroizing::new(Vec::new());
    let mut decoder = zstd::stream::read::Decoder::new(packed).map_err(|_| EnvelopeError::Contents)?;
    decoder.window_log_max(WINDOW_LOG).map_err(|_| EnvelopeError::Contents)?;
    let limit = MAX_CONTENTS as u64 + 1;
    decoder.take(limit).read_to_end(&mut out).map_err(|_| EnvelopeError::Contents)?;
    if out.len() > MAX_CONTENTS { Err(EnvelopeError::TooLarge) } else { Ok(out) }
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

impl Header {
    fn encode(&self) -> Vec<u8> {
        let mut e = Encoder::new(Vec::new());
        let mut write = || -> Written {
            e.map(4)?.u8(1)?.u64(VERSION)?.u8(2)?.u8(self.suite as u8)?;
            e.u8(3)?.bytes(&self.key.0)?.u8(4)?.bytes(&self.submission.0)?;
            Ok(())
        };
        // Writing to memory cannot fail.
        let _ = write();
        e.into_writer()
    }

    fn decode(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let (mut version, mut suite, mut key, mut submission) = (None, None, None, None);
        each(bytes, |n, d| {
            match n {
                1 => version = Some(d.u64()?),
                2 => suite = Some(d.u64()?),
                3 => key = d.bytes()?.try_into().ok().map(KeyId),
                4 => submission = d.bytes()?.try_into().ok().map(SubmissionId),
                _ => return Ok(false),
            }
            Ok(true)
        })
        .map_err(|_| EnvelopeError::Unreadable)?;
        match (version, suite, key, submission) {
            (Some(VERSION), Some(1), Some(key), Some(submission)) => {
                Ok(Self { suite: Suite::X25519, key, submission })
            }
            (Some(version), Some(suite), ..) if version > VERSION || suite > 1 => Err(EnvelopeError::Newer),
            _ => Err(EnvelopeError::Unreadable),
        }
    }
}

impl Contents {
    /// Checks the caps before it allocates.
    fn encode(&self) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        let attached: usize = self.attachments.iter().map(Vec::len).sum();
        if self.cms.len() > MAX_CMS
            || attached as u64 > MAX_ATTACHED
            || self.attachments.len() > MAX_ATTACHMENTS
        {
            return Err(EnvelopeError::TooLarge);
        }
        let mut e = Encoder::new(Vec::with_capacity(self.cms.len() + attached + 256));
        let mut write = || -> Written {
            e.map(6)?.u8(1)?.bytes(&self.cms)?;
            e.u8(2)?.array(self.attachments.len() as u64)?;
            for attachment in &self.attachments {
                e.bytes(attachment)?;
            }
            e.u8(3)?.bytes(&self.lookup_id)?.u8(4)?.bytes(&self.access_hash.0)?;
            e.u8(5)?.bytes(&self.code_hash.0)?.u8(6)?.bytes(self.reply_key.as_ref())?;
            Ok(())
        };
        // Writing to memory cannot fail.
        let _ = write();
        Ok(Zeroizing::new(e.into_writer()))
    }

    fn decode(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let (mut cms, mut attachments) = (None, None);
        let (mut lookup_id, mut access_hash, mut code_hash, mut reply_key) = (None, None, None, None);
        let mut d = Decoder::new(bytes);
        walk(&mut d, &mut |n, d| {
            match n {
                1 => cms = Some(d.bytes()?.to_vec()),
                2 => attachments = Some(list(d)?),
                3 => lookup_id = d.bytes()?.try_into().ok(),
                4 => access_hash = d.bytes()?.try_into().ok().map(Digest),
                5 => code_hash = d.bytes()?.try_into().ok().map(Digest),
                6 => reply_key = d.bytes()?.try_into().ok().map(Zeroizing::new),
                _ => return Ok(false),
            }
            Ok(true)
        })
        .map_err(|_| EnvelopeError::Contents)?;
        let read = || {
            Some(Self {
                cms: cms.filter(|c| c.len() <= MAX_CMS)?,
                attachments: attachments?,
                lookup_id: lookup_id?,
                access_hash: access_hash?,
                code_hash: code_hash?,
                reply_key: reply_key?,
            })
        };
        if d.position() != bytes.len() {
            return Err(EnvelopeError::Contents);
        }
        read().ok_or(EnvelopeError::Contents)
    }
}

fn list(d: &mut Decoder) -> Result<Vec<Vec<u8>>, minicbor::decode::Error> {
    let count = d.array()?.filter(|n| *n <= MAX_ATTACHMENTS as u64);
    let count = count.ok_or_else(|| minicbor::decode::Error::message("too many attachments"))?;
    (0..count).map(|_| Ok(d.bytes()?.to_vec())).collect()
}

#[cfg(test)]
mod tests;
