//! Makes a key file: for practice, whose keys are fresh at each start, and for tests. PBES2 with
//! AES-256 and PBKDF2, as other programs write them today.

use aes::cipher::generic_array::GenericArray;
use aes::cipher::{BlockEncrypt, KeyInit};
use zeroize::Zeroizing;

use super::KeyFileError;
use super::derive::{self, Purpose, Sha};
use super::password::Password;
use crate::private::Secret;
use crate::sign::certificate::Certificate;
use crate::sign::oid;
use crate::sign::wire::tlv;

/// Two bytes of an INTEGER: some milliseconds.
const ROUNDS: u16 = 10_000;

/// A key (PrivateKeyInfo in DER) and its certificate, locked with `password` (UTF-8).
pub fn pack(pkcs8: &[u8], certificate: &Certificate, password: &str) -> Result<Vec<u8>, KeyFileError> {
    let password = Password::new(Secret::from_vec(password.as_bytes().to_vec()));
    let password = password.ok_or(KeyFileError::WrongPassword)?;
    let (algorithm, sealed) = seal(pkcs8, &password)?;
    let key = tlv(0x30, &[&algorithm, &tlv(0x04, &[&sealed])]);
    let held = tlv(0xa0, &[&tlv(0x04, &[certificate.der()])]);
    let held = tlv(0x30, &[&id(oid::X509_IN_BAG), &held]);
    let bag = |kind, value: &[u8]| tlv(0x30, &[&id(kind), &tlv(0xa0, &[value])]);
    let bags = tlv(0x30, &[&bag(oid::SHROUDED_BAG, &key), &bag(oid::CERTIFICATE_BAG, &held)]);
    let data = |bytes: &[u8]| tlv(0x30, &[&id(oid::DATA), &tlv(0xa0, &[&tlv(0x04, &[bytes])])]);
    let safe = tlv(0x30, &[&data(&bags)]);
    let salt = random::<16>()?;
    let (sha, rounds) = (Sha::Two256, u32::from(ROUNDS));
    let key = derive::pkcs12(sha, Purpose::Mac, password.utf16(), &salt, rounds, 32, &|| Ok(()))?;
    let mac = ring::hmac::sign(&ring::hmac::Key::new(sha.hmac(), &key), &safe);
    let digest = tlv(0x30, &[&tlv(0x30, &[&id(oid::SHA256)]), &tlv(0x04, &[mac.as_ref()])]);
    let mac = tlv(0x30, &[&digest, &tlv(0x04, &[&salt]), &rounds_field()]);
    Ok(tlv(0x30, &[&[0x02, 1, 3], &data(&safe), &mac]))
}

fn seal(plain: &[u8], password: &Password) -> Result<(Vec<u8>, Vec<u8>), KeyFileError> {
    let (salt, iv) = (random::<16>()?, random::<16>()?);
    let key = derive::pbkdf2(Sha::Two256, password.utf8(), &salt, u32::from(ROUNDS), 32, &|| Ok(()))?;
    let hash = tlv(0x30, &[&id(oid::HMAC_SHA256), &[0x05, 0]]);
    let derivation = tlv(0x30, &[&tlv(0x04, &[&salt]), &rounds_field(), &hash]);
    let derivation = tlv(0x30, &[&id(oid::PBKDF2), &derivation]);
    let scheme = tlv(0x30, &[&id(oid::AES256_CBC), &tlv(0x04, &[&iv])]);
    let algorithm = tlv(0x30, &[&id(oid::PBES2), &tlv(0x30, &[&derivation, &scheme])]);
    let cipher = aes::Aes256::new_from_slice(&key).map_err(|_| KeyFileError::Damaged)?;
    let pad = 16 - plain.len() % 16;
    let mut bytes = Zeroizing::new(plain.to_vec());
    bytes.extend(std::iter::repeat_n(pad as u8, pad));
    let mut before = iv.to_vec();
    for block in bytes.chunks_mut(16) {
        block.iter_mut().zip(&before).for_each(|(b, v)| *b ^= v);
        cipher.encrypt_block(GenericArray::from_mut_slice(block));
        before.copy_from_slice(block);
    }
    Ok((algorithm, bytes.to_vec()))
}

fn rounds_field() -> Vec<u8> {
    tlv(0x02, &[&ROUNDS.to_be_bytes()])
}

fn id(id: der::asn1::ObjectIdentifier) -> Vec<u8> {
    tlv(0x06, &[id.as_bytes()])
}

fn random<const N: usize>() -> Result<[u8; N], KeyFileError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| KeyFileError::Damaged)?;
    Ok(bytes)
}
