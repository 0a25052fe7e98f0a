//! What a key file's parts are encrypted with: PKCS#12's own schemes (RFC 7292 appendix C) and PBES2
//! (RFC 8018 §6.2), always in CBC mode with PKCS#7 padding.

use aes::cipher::generic_array::GenericArray;
use aes::cipher::{BlockDecrypt, KeyInit};
use der::asn1::{OctetStringRef, UintRef};
use der::{Choice, DecodeValue, Sequence};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::KeyFileError;
use super::derive::{self, GoOn, Purpose, Sha};
use super::password::Password;
use crate::sign::{oid, wire};

/// RFC 7292 appendix C
#[derive(Sequence)]
struct Pkcs12Parameters<'a> {
    salt: OctetStringRef<'a>,
    rounds: UintRef<'a>,
}

/// PBES2-params and PBMAC1-params (RFC 8018 appendix A.4, A.5)
#[derive(Sequence)]
pub struct TwoAlgorithms<'a> {
    pub derivation: AlgorithmIdentifierRef<'a>,
    pub scheme: AlgorithmIdentifierRef<'a>,
}

/// RFC 8018 appendix A.2
#[derive(Sequence)]
struct Pbkdf2Parameters<'a> {
    salt: OctetStringRef<'a>,
    rounds: UintRef<'a>,
    #[asn1(optional = "true")]
    length: Option<UintRef<'a>>,
    #[asn1(optional = "true")]
    hash: Option<AlgorithmIdentifierRef<'a>>,
}

/// An algorithm's parameters.
pub fn parameters<'a, T>(algorithm: &AlgorithmIdentifierRef<'a>) -> Result<T, KeyFileError>
where
    T: Choice<'a> + DecodeValue<'a>,
{
    let any = algorithm.parameters.ok_or(KeyFileError::Damaged)?;
    any.decode_as().map_err(|_| KeyFileError::Damaged)
}

/// A count of rounds; one too large for its type is refused as too many.
pub fn rounds(number: UintRef<'_>) -> u32 {
    u32::try_from(wire::count(number)).unwrap_or(u32::MAX)
}

/// The hash of an HMAC; SHA-1 where none is named (RFC 8018 appendix A.2).
pub fn hmac_of(algorithm: Option<&AlgorithmIdentifierRef<'_>>) -> Result<Sha, KeyFileError> {
    Ok(match algorithm.map(|a| a.oid) {
        None | Some(oid::HMAC_SHA1) => Sha::One,
        Some(oid::HMAC_SHA256) => Sha::Two256,
        Some(oid::HMAC_SHA384) => Sha::Two384,
        Some(oid::HMAC_SHA512) => Sha::Two512,
        Some(_) => return Err(KeyFileError::Protection),
    })
}

/// A key by PBKDF2, the only derivation that is known here.
pub fn by_pbkdf2(
    derivation: &AlgorithmIdentifierRef<'_>,
    password: &[u8],
    length: usize,
    go_on: GoOn<'_>,
) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    if derivation.oid != oid::PBKDF2 {
        return Err(KeyFileError::Protection);
    }
    let asked: Pbkdf2Parameters<'_> = parameters(derivation)?;
    if asked.length.is_some_and(|l| wire::count(l) != length) {
        return Err(KeyFileError::Protection);
    }
    let sha = hmac_of(asked.hash.as_ref())?;
    derive::pbkdf2(sha, password, asked.salt.as_bytes(), rounds(asked.rounds), length, go_on)
}

/// Decrypts. A password that does not fit shows itself by padding that is none, but for one time in
/// some hundred: what comes out must be read as if it came from a stranger.
pub fn decrypt(
    algorithm: &AlgorithmIdentifierRef<'_>,
    password: &Password,
    bytes: &[u8],
    go_on: GoOn<'_>,
) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    if algorithm.oid == oid::PBES2 {
        return pbes2(algorithm, password, bytes, go_on);
    }
    // Key and vector are derived apart (RFC 7292 appendix B.4).
    let (key_length, block) = match algorithm.oid {
        oid::PBE_SHA1_3DES => (24, 8),
        oid::PBE_SHA1_2DES | oid::PBE_SHA1_RC2_128 => (16, 8),
        oid::PBE_SHA1_RC2_40 => (5, 8),
        _ => return Err(KeyFileError::Protection),
    };
    let asked: Pkcs12Parameters<'_> = parameters(algorithm)?;
    let derived = |purpose, length| {
        let (salt, rounds) = (asked.salt.as_bytes(), rounds(asked.rounds));
        derive::pkcs12(Sha::One, purpose, password.utf16(), salt, rounds, length, go_on)
    };
    let (key, iv) = (derived(Purpose::Key, key_length)?, derived(Purpose::Iv, block)?);
    match algorithm.oid {
        oid::PBE_SHA1_3DES => cbc(&*keyed::<des::TdesEde3>(&key)?, &iv, bytes),
        oid::PBE_SHA1_2DES => cbc(&*keyed::<des::TdesEde2>(&key)?, &iv, bytes),
        _ => cbc(&*Box::new(rc2::Rc2::new_with_eff_key_len(&key, key.len() * 8)), &iv, bytes),
    }
}

fn pbes2(
    algorithm: &AlgorithmIdentifierRef<'_>,
    password: &Password,
    bytes: &[u8],
    go_on: GoOn<'_>,
) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let both: TwoAlgorithms<'_> = parameters(algorithm)?;
    let length = match both.scheme.oid {
        oid::AES128_CBC => 16,
        oid::AES192_CBC | oid::DES3_CBC => 24,
        oid::AES256_CBC => 32,
        _ => return Err(KeyFileError::Protection),
    };
    let iv: OctetStringRef<'_> = parameters(&both.scheme)?;
    let key = by_pbkdf2(&both.derivation, password.utf8(), length, go_on)?;
    match both.scheme.oid {
        oid::AES128_CBC => cbc(&*keyed::<aes::Aes128>(&key)?, iv.as_bytes(), bytes),
        oid::AES192_CBC => cbc(&*keyed::<aes::Aes192>(&key)?, iv.as_bytes(), bytes),
        oid::DES3_CBC => cbc(&*keyed::<des::TdesEde3>(&key)?, iv.as_bytes(), bytes),
        _ => cbc(&*keyed::<aes::Aes256>(&key)?, iv.as_bytes(), bytes),
    }
}

/// On the heap, which is wiped when it is freed: round keys are as good as the key.
fn keyed<C: KeyInit>(key: &[u8]) -> Result<Box<C>, KeyFileError> {
    C::new_from_slice(key).map(Box::new).map_err(|_| KeyFileError::Damaged)
}

fn cbc<C: BlockDecrypt>(cipher: &C, iv: &[u8], bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let size = C::block_size();
    if iv.len() != size || bytes.is_empty() || !bytes.len().is_multiple_of(size) {
        return Err(KeyFileError::Damaged);
    }
    let mut out = Zeroizing::new(bytes.to_vec());
    let mut before = iv;
    for (plain, sealed) in out.chunks_mut(size).zip(bytes.chunks(size)) {
        cipher.decrypt_block(GenericArray::from_mut_slice(plain));
        plain.iter_mut().zip(before).for_each(|(p, b)| *p ^= b);
        before = sealed;
    }
    let pad = usize::from(*out.last().ok_or(KeyFileError::Damaged)?);
    let padded = (1..=size).contains(&pad) && out[out.len() - pad..].iter().all(|b| usize::from(*b) == pad);
    if !padded {
        return Err(KeyFileError::WrongPassword);
    }
    let length = out.len() - pad;
    out.truncate(length);
    Ok(out)
}
