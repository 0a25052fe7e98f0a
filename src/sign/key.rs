//! A private key that this program holds itself: from a key file, for as long as one signature.
//!
//! RSA signs through `ring`, whose private operations are constant-time (those of `rsa` are not);
//! ECDSA through `p256` and `p384`, GOST through [`gost::SecretKey`], which are constant-time too.

use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{AnyRef, Decode, Tag, Tagged};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use ring::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use sha2::{Digest, Sha256, Sha384};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use super::algorithm::Hash;
use super::gost::{self, Order};
use super::oid;
use super::wire::{SetRef, tlv};

/// Wiped when dropped. `Debug` tells nothing.
pub struct SigningKey(Kind);

// A key is made once and handed over by box.
#[allow(clippy::large_enum_variant)]
enum Kind {
    Rsa(RsaKeyPair),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    Gost(gost::SecretKey),
}

/// A fresh key: PrivateKeyInfo, and SubjectPublicKeyInfo, both in DER.
pub struct Made {
    pub pkcs8: Zeroizing<Vec<u8>>,
    pub public: Vec<u8>,
}

impl SigningKey {
    /// A fresh key of GOST R 34.10-2012 with 512 bits under the national identifiers, as citizens'
    /// key files have it. `None`: the system gives no random bytes.
    pub fn generate_gost() -> Option<Made> {
        let set = oid::KZ_GOST_SET_512;
        let mut d = Zeroizing::new([0u8; 64]);
        let key = loop {
            getrandom::fill(d.as_mut()).ok()?;
            if let Some(key) = gost::SecretKey::new(set, d.as_ref()) {
                break key;
            }
        };
        let id = |id: ObjectIdentifier| tlv(0x06, &[id.as_bytes()]);
        let parameters = tlv(0x30, &[&id(set), &id(oid::KZ_STREEBOG_512)]);
        let algorithm = tlv(0x30, &[&id(oid::KZ_GOST_512), &parameters]);
        let point = tlv(0x04, &[&key.public()]);
        let public = tlv(0x30, &[&algorithm, &tlv(0x03, &[&[0], &point])]);
        let scalar = Zeroizing::new(tlv(0x04, &[d.as_ref()]));
        let pkcs8 = tlv(0x30, &[&[0x02, 1, 0], &algorithm, &Zeroizing::new(tlv(0x04, &[&scalar]))]);
        Some(Made { pkcs8: Zeroizing::new(pkcs8), public })
    }

    /// PrivateKeyInfo in DER (RFC 5208 §5, RFC 5958 §2). `None`: damaged, or no key that signs here:
    /// RSA 2048–4096, P-256, P-384, GOST R 34.10-2012.
    pub fn from_pkcs8(der: &[u8]) -> Option<Self> {
        let fields = SetRef(sequence(der)?).elements(5).ok()?;
        let (algorithm, key) = (fields.get(1)?, fields.get(2)?);
        let algorithm = AlgorithmIdentifierRef::from_der(algorithm).ok()?;
        let key = OctetStringRef::from_der(key).ok()?.as_bytes();
        Some(Self(match algorithm.oid {
            oid::RSA => Kind::Rsa(RsaKeyPair::from_der(key).ok()?),
            oid::EC_KEY => elliptic(algorithm.parameters?.decode_as().ok()?, key)?,
            oid::GOST_256 | oid::GOST_512 | oid::KZ_GOST_256 | oid::KZ_GOST_512 => {
                let set = gost::parameter_set(algorithm.parameters?)?;
                Kind::Gost(gost::SecretKey::new(set, &scalar(key)?)?)
            }
            _ => return None,
        }))
    }

    /// Whether `public` is this key's other half.
    pub fn belongs_to(&self, public: SubjectPublicKeyInfoRef<'_>) -> bool {
        let bits = public.subject_public_key.raw_bytes();
        match &self.0 {
            Kind::Rsa(key) => key.public_key().as_ref() == bits,
            Kind::P256(key) => p256::ecdsa::VerifyingKey::from_sec1_bytes(bits)
                .is_ok_and(|public| public == *key.verifying_key()),
            Kind::P384(key) => p384::ecdsa::VerifyingKey::from_sec1_bytes(bits)
                .is_ok_and(|public| public == *key.verifying_key()),
            Kind::Gost(key) => OctetStringRef::from_der(bits).is_ok_and(|o| o.as_bytes() == key.public()),
        }
    }

    /// Signs `message` as the certificate with the key `public` asks for ([`super::algorithm::suite`]):
    /// PKCS#1 v1.5, ECDSA as DER, or the two numbers of GOST in the key's own order. `None` where
    /// that is not this key.
    pub fn sign(&self, public: SubjectPublicKeyInfoRef<'_>, message: &[u8]) -> Option<Vec<u8>> {
        match &self.0 {
            Kind::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                let random = ring::rand::SystemRandom::new();
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).ok()?;
                Some(signature)
            }
            Kind::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign_prehash(&Sha256::digest(message)).ok()?;
                Some(signature.to_der().as_bytes().to_vec())
            }
            Kind::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign_prehash(&Sha384::digest(message)).ok()?;
                Some(signature.to_der().as_bytes().to_vec())
            }
            Kind::Gost(key) => {
                let hash = if key.size() == 32 { Hash::Streebog256 } else { Hash::Streebog512 };
                let national = [oid::KZ_GOST_256, oid::KZ_GOST_512].contains(&public.algorithm.oid);
                let order = if national { Order::National } else { Order::International };
                key.sign(order, &hash.digest(message))
            }
        }
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(•••)")
    }
}

/// ECPrivateKey (RFC 5915 §3).
fn elliptic(curve: ObjectIdentifier, key: &[u8]) -> Option<Kind> {
    let fields = SetRef(sequence(key)?).elements(4).ok()?;
    let scalar = OctetStringRef::from_der(fields.get(1)?).ok()?.as_bytes();
    match curve {
        oid::P256 => p256::ecdsa::SigningKey::from_slice(scalar).ok().map(Kind::P256),
        oid::P384 => p384::ecdsa::SigningKey::from_slice(scalar).ok().map(Kind::P384),
        _ => None,
    }
}

/// A GOST scalar, little-endian: an octet string as the national files and OpenSSL's engine have it,
/// bare, or an INTEGER as older ones wrote it.
fn scalar(key: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if matches!(key.len(), 32 | 64) {
        return Some(Zeroizing::new(key.to_vec()));
    }
    let inner = AnyRef::from_der(key).ok()?;
    match inner.tag() {
        Tag::OctetString => Some(Zeroizing::new(inner.value().to_vec())),
        Tag::Integer => {
            let digits = inner.value();
            let leading = digits.iter().take_while(|b| **b == 0).count();
            let mut number = Zeroizing::new(digits[leading..].to_vec());
            number.reverse();
            // A number's length tells only which of the two sizes it is of.
            let size = if number.len() > 32 { 64 } else { 32 };
            if number.len() > size {
                return None;
            }
            let mut padded = Zeroizing::new(vec![0; size]);
            padded[..number.len()].copy_from_slice(&number);
            Some(padded)
        }
        _ => None,
    }
}

fn sequence(der: &[u8]) -> Option<&[u8]> {
    let any = AnyRef::from_der(der).ok()?;
    (any.tag() == Tag::Sequence).then(|| any.value())
}
