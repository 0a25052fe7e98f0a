//! Which signature algorithms are checked: RSA PKCS#1 v1.5 and PSS (2048–8192 bits), ECDSA over
//! P-256, P-384 and P-521, with SHA-256, SHA-384 or SHA-512; Ed25519; and those of [`gost`]. Everything
//! else is *could not check*.

use der::Decode;
use der::asn1::ObjectIdentifier;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::pkcs1::RsaPssParams;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, Pkcs1v15Sign, Pss, RsaPublicKey};
use sha2::{Digest, Sha256, Sha384, Sha512};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::{gost, oid};
use crate::domain::signer::KeyKind;

/// Bits; smaller moduli are refused as too weak (NIST SP 800-131A).
const RSA_MIN: usize = 2048;
/// Bits; larger ones would let a stranger's certificate keep the processor busy.
const RSA_MAX: usize = 8192;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    Sha256,
    Sha384,
    Sha512,
    /// GOST R 34.11-2012
    Streebog256,
    Streebog512,
    /// GOST R 34.11-94 with the test S-box, as the national 34.311-95 has it.
    Gost94Test,
    Gost94CryptoPro,
}

impl Hash {
    pub fn from_oid(id: ObjectIdentifier) -> Option<Self> {
        match id {
            oid::SHA256 => Some(Hash::Sha256),
            oid::SHA384 => Some(Hash::Sha384),
            oid::SHA512 => Some(Hash::Sha512),
            oid::STREEBOG_256 | oid::KZ_STREEBOG_256 => Some(Hash::Streebog256),
            oid::STREEBOG_512 | oid::KZ_STREEBOG_512 => Some(Hash::Streebog512),
            oid::KZ_GOST94 => Some(Hash::Gost94Test),
            oid::GOST94 => Some(Hash::Gost94CryptoPro),
            _ => None,
        }
    }

    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Hash::Sha256 => Sha256::digest(message).to_vec(),
            Hash::Sha384 => Sha384::digest(message).to_vec(),
            Hash::Sha512 => Sha512::digest(message).to_vec(),
            Hash::Streebog256 => streebog::Streebog256::digest(message).to_vec(),
            Hash::Streebog512 => streebog::Streebog512::digest(message).to_vec(),
            Hash::Gost94Test => gost94::Gost94Test::digest(message).to_vec(),
            Hash::Gost94CryptoPro => gost94::Gost94CryptoPro::digest(message).to_vec(),
        }
    }
}

/// SHA-1, to compare with what older files name a certificate by. It proves nothing.
pub fn sha1(message: &[u8]) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, message).as_ref().to_vec()
}

/// What came of checking a raw signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    Good,
    Wrong,
    /// Not one of this module's algorithms, or a key too weak to mean anything.
    Unsupported,
}

/// A signature algorithm with all that it leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Pkcs1(Hash),
    /// With the salt's length in bytes.
    Pss(usize, Hash),
    Ecdsa(Hash),
    /// The two numbers side by side, each as long as the curve's order (XMLDSig §6.4.3).
    EcdsaPlain(Hash),
    Ed25519,
    Gost(Hash, gost::Order),
}

/// Whether [`check`] could judge a signature with this algorithm at all.
pub fn supported(algorithm: AlgorithmIdentifierRef<'_>) -> bool {
    scheme(algorithm, None).is_some()
}

/// `digest`: the SignerInfo's digest algorithm, which `rsaEncryption` leaves open (RFC 5754 §3.2).
fn scheme(algorithm: AlgorithmIdentifierRef<'_>, digest: Option<Hash>) -> Option<Scheme> {
    match algorithm.oid {
        oid::RSA => digest.map(Scheme::Pkcs1),
        oid::RSA_SHA256 => Some(Scheme::Pkcs1(Hash::Sha256)),
        oid::RSA_SHA384 => Some(Scheme::Pkcs1(Hash::Sha384)),
        oid::RSA_SHA512 => Some(Scheme::Pkcs1(Hash::Sha512)),
        oid::ECDSA_SHA256 => Some(Scheme::Ecdsa(Hash::Sha256)),
        oid::ECDSA_SHA384 => Some(Scheme::Ecdsa(Hash::Sha384)),
        oid::ECDSA_SHA512 => Some(Scheme::Ecdsa(Hash::Sha512)),
        oid::RSA_PSS => {
            let params: RsaPssParams<'_> = algorithm.parameters?.decode_as().ok()?;
            let hash = Hash::from_oid(params.hash.oid)?;
            let mask = params.mask_gen.parameters?;
            let same = params.mask_gen.oid == oid::MGF1 && Hash::from_oid(mask.oid) == Some(hash);
            same.then_some(Scheme::Pss(usize::from(params.salt_len), hash))
        }
        oid::ED25519 => Some(Scheme::Ed25519),
        other => gost::scheme(other, digest).map(|(hash, order)| Scheme::Gost(hash, order)),
    }
}

/// Checks `signature` over `message` with the key in `key`.
pub fn check(
    algorithm: AlgorithmIdentifierRef<'_>,
    digest: Option<Hash>,
    key: SubjectPublicKeyInfoRef<'_>,
    message: &[u8],
    signature: &[u8],
) -> Check {
    match scheme(algorithm, digest) {
        Some(scheme) => check_by(scheme, key, message, signature),
        None => Check::Unsupported,
    }
}

/// Checks `signature` over `message` by an algorithm that was named in another way.
pub(super) fn check_by(
    scheme: Scheme,
    key: SubjectPublicKeyInfoRef<'_>,
    message: &[u8],
    signature: &[u8],
) -> Check {
    let outcome = match scheme {
        Scheme::Ecdsa(hash) => return ecdsa(hash, key, message, signature, false),
        Scheme::EcdsaPlain(hash) => return ecdsa(hash, key, message, signature, true),
        Scheme::Gost(hash, order) => return gost::check(order, key, &hash.digest(message), signature),
        Scheme::Ed25519 if key.algorithm.oid != oid::ED25519 => return Check::Unsupported,
        Scheme::Ed25519 => {
            let key = key.subject_public_key.raw_bytes();
            let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, key);
            return if key.verify(message, signature).is_ok() { Check::Good } else { Check::Wrong };
        }
        Scheme::Pkcs1(hash) => {
            let Some(key) = rsa_key(&key, false) else { return Check::Unsupported };
            let padding = match hash {
                Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
                Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
                Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
                _ => return Check::Unsupported,
            };
            key.verify(padding, &hash.digest(message), signature)
        }
        Scheme::Pss(salt, hash) => {
            let Some(key) = rsa_key(&key, true) else { return Check::Unsupported };
            let padding = match hash {
                Hash::Sha256 => Pss::new_with_salt::<Sha256>(salt),
                Hash::Sha384 => Pss::new_with_salt::<Sha384>(salt),
                Hash::Sha512 => Pss::new_with_salt::<Sha512>(salt),
                _ => return Check::Unsupported,
            };
            key.verify(padding, &hash.digest(message), signature)
        }
    };
    if outcome.is_ok() { Check::Good } else { Check::Wrong }
}

fn ecdsa(
    hash: Hash,
    key: SubjectPublicKeyInfoRef<'_>,
    message: &[u8],
    signature: &[u8],
    plain: bool,
) -> Check {
    use p256::ecdsa::Signature as P256;
    use p384::ecdsa::Signature as P384;
    use p521::ecdsa::Signature as P521;
    let point = key.subject_public_key.raw_bytes();
    let digest = hash.digest(message);
    let good = match curve(&key) {
        Some(oid::P256) => p256::ecdsa::VerifyingKey::from_sec1_bytes(point)
            .and_then(|k| {
                let read = if plain { P256::from_slice } else { P256::from_der };
                k.verify_prehash(&digest, &read(signature)?)
            })
            .is_ok(),
        Some(oid::P384) => p384::ecdsa::VerifyingKey::from_sec1_bytes(point)
            .and_then(|k| {
                let read = if plain { P384::from_slice } else { P384::from_der };
                k.verify_prehash(&digest, &read(signature)?)
            })
            .is_ok(),
        Some(oid::P521) => {
            // A number is the same with zeros before it; the crate takes no hash shorter than half the field.
            let digest = [&[0; 2], digest.as_slice()].concat();
            p521::ecdsa::VerifyingKey::from_sec1_bytes(point)
                .and_then(|k| {
                    let read = if plain { P521::from_slice } else { P521::from_der };
                    k.verify_prehash(&digest, &read(signature)?)
                })
                .is_ok()
        }
        _ => return Check::Unsupported,
    };
    if good { Check::Good } else { Check::Wrong }
}

fn curve(key: &SubjectPublicKeyInfoRef<'_>) -> Option<ObjectIdentifier> {
    (key.algorithm.oid == oid::EC_KEY).then(|| key.algorithm.parameters?.decode_as().ok()).flatten()
}

fn rsa_key(key: &SubjectPublicKeyInfoRef<'_>, pss: bool) -> Option<RsaPublicKey> {
    if key.algorithm.oid != oid::RSA && !(pss && key.algorithm.oid == oid::RSA_PSS) {
        return None;
    }
    let parts = rsa::pkcs1::RsaPublicKey::from_der(key.subject_public_key.raw_bytes()).ok()?;
    let modulus = BigUint::from_bytes_be(parts.modulus.as_bytes());
    let exponent = BigUint::from_bytes_be(parts.public_exponent.as_bytes());
    if modulus.bits() < RSA_MIN {
        return None;
    }
    RsaPublicKey::new_with_max_size(modulus, exponent, RSA_MAX).ok()
}

/// What a signature that is made here says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suite {
    /// Over the content, and over the signed attributes.
    pub hash: Hash,
    pub digest: ObjectIdentifier,
    pub signature: ObjectIdentifier,
    /// NULL as parameters of the digest's and the signature's algorithm, rather than nothing.
    pub digest_null: bool,
    pub signature_null: bool,
}

/// How the owner of `key` signs; `None` where no signature is made with such a key. The national
/// identifiers stand as in the national authority's own signatures, those of TC 26 as OpenSSL's
/// engine writes them.
pub fn suite(key: SubjectPublicKeyInfoRef<'_>) -> Option<Suite> {
    let (hash, digest, signature, nulls) = match key.algorithm.oid {
        oid::KZ_GOST_512 => {
            (Hash::Streebog512, oid::KZ_STREEBOG_512, oid::KZ_GOST_512_SIGNATURE, (true, true))
        }
        oid::KZ_GOST_256 => {
            (Hash::Streebog256, oid::KZ_STREEBOG_256, oid::KZ_GOST_256_SIGNATURE, (true, true))
        }
        oid::GOST_512 => (Hash::Streebog512, oid::STREEBOG_512, oid::GOST_512_SIGNATURE, (false, false)),
        oid::GOST_256 => (Hash::Streebog256, oid::STREEBOG_256, oid::GOST_256_SIGNATURE, (false, false)),
        // RFC 5754 §3.2: NULL for RSA, nothing for ECDSA.
        oid::RSA => {
            rsa_key(&key, false)?;
            (Hash::Sha256, oid::SHA256, oid::RSA_SHA256, (false, true))
        }
        _ => match curve(&key)? {
            oid::P256 => (Hash::Sha256, oid::SHA256, oid::ECDSA_SHA256, (false, false)),
            oid::P384 => (Hash::Sha384, oid::SHA384, oid::ECDSA_SHA384, (false, false)),
            _ => return None,
        },
    };
    let (digest_null, signature_null) = nulls;
    Some(Suite { hash, digest, signature, digest_null, signature_null })
}

/// Whether `signature` is what the owner of `key` makes of `message` by [`suite`].
pub fn made_by(key: SubjectPublicKeyInfoRef<'_>, message: &[u8], signature: &[u8]) -> bool {
    let Some(suite) = suite(key.clone()) else { return false };
    let algorithm = AlgorithmIdentifierRef { oid: suite.signature, parameters: None };
    check(algorithm, None, key, message, signature) == Check::Good
}

/// Whether [`check`] judges signatures by keys of this kind and size.
pub fn known_key(key: SubjectPublicKeyInfoRef<'_>) -> bool {
    let curves = [oid::P256, oid::P384, oid::P521];
    rsa_key(&key, true).is_some()
        || curve(&key).is_some_and(|c| curves.contains(&c))
        || key.algorithm.oid == oid::ED25519
        || gost::is_key(key.algorithm.oid)
}

/// The kind of key that cards and tokens can sign with; `None` for every other.
pub fn key_kind(key: SubjectPublicKeyInfoRef<'_>) -> Option<KeyKind> {
    match key.algorithm.oid {
        oid::KZ_GOST_512 | oid::GOST_512 => return Some(KeyKind::Gost(512)),
        oid::KZ_GOST_256 | oid::GOST_256 => return Some(KeyKind::Gost(256)),
        _ => {}
    }
    match curve(&key) {
        Some(oid::P256) => return Some(KeyKind::P256),
        Some(oid::P384) => return Some(KeyKind::P384),
        _ => {}
    }
    u16::try_from(rsa_key(&key, false)?.n().bits()).ok().map(KeyKind::Rsa)
}
