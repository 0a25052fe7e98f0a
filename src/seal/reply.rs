//! What comes back to a visitor by relay or stick, encrypted under her reply key
//! (ChaCha20-Poly1305, RFC 8439; a random nonce before the ciphertext).

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::random;

const VERSION: u8 = 1;
/// Bytes added to what is sealed: version, nonce, tag.
pub const OVERHEAD: usize = 1 + NONCE_LEN + 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    #[error("a newer format than this version knows")]
    Newer,
    /// Another letter's, or changed on the way.
    #[error("does not open with this key")]
    DoesNotOpen,
    #[error("could not be sealed")]
    Seal,
}

fn key(reply_key: &[u8; 32]) -> Result<LessSafeKey, ReplyError> {
    UnboundKey::new(&CHACHA20_POLY1305, reply_key).map(LessSafeKey::new).map_err(|_| ReplyError::Seal)
}

fn bound(lookup_id: &[u8; 16]) -> [u8; 17] {
    let mut aad = [VERSION; 17];
    aad[1..].copy_from_slice(lookup_id);
    aad
}

/// Seals `plain` for the letter that `lookup_id` names.
pub fn seal(reply_key: &[u8; 32], lookup_id: &[u8; 16], plain: &[u8]) -> Result<Vec<u8>, ReplyError> {
    let nonce = random::<NONCE_LEN>().map_err(|_| ReplyError::Seal)?;
    seal_with(reply_key, lookup_id, plain, *nonce)
}

fn seal_with(
    reply_key: &[u8; 32],
    lookup_id: &[u8; 16],
    plain: &[u8],
    nonce: [u8; NONCE_LEN],
) -> Result<Vec<u8>, ReplyError> {
    let mut out = Vec::with_capacity(plain.len() + OVERHEAD);
    out.push(VERSION);
    out.extend_from_slice(&nonce);
    let mut body = plain.to_vec();
    key(reply_key)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound(lookup_id)), &mut body)
        .map_err(|_| ReplyError::Seal)?;
    out.append(&mut body);
    Ok(out)
}

/// Opens what [`seal`] wrote for the same letter.
pub fn open(
    reply_key: &[u8; 32],
    lookup_id: &[u8; 16],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, ReplyError> {
    let Some((&version, rest)) = sealed.split_first() else { return Err(ReplyError::DoesNotOpen) };
    if version != VERSION {
        return Err(if version > VERSION { ReplyError::Newer } else { ReplyError::DoesNotOpen });
    }
    let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(ReplyError::DoesNotOpen)?;
    let mut body = Zeroizing::new(body.to_vec());
    let length = key(reply_key)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(bound(lookup_id)), &mut body)
        .map_err(|_| ReplyError::DoesNotOpen)?
        .len();
    body.truncate(length);
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_for_its_letter_only() {
        let sealed = seal(&[1; 32], &[2; 16], "жауап".as_bytes()).unwrap();
        assert_eq!(sealed.len(), "жауап".len() + OVERHEAD);
        assert_eq!(open(&[1; 32], &[2; 16], &sealed).unwrap().as_slice(), "жауап".as_bytes());
        assert_eq!(open(&[3; 32], &[2; 16], &sealed), Err(ReplyError::DoesNotOpen));
        assert_eq!(open(&[1; 32], &[3; 16], &sealed), Err(ReplyError::DoesNotOpen));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open(&[1; 32], &[2; 16], &changed).is_err(), "byte {at}");
            assert!(open(&[1; 32], &[2; 16], &sealed[..at]).is_err());
        }
        assert_eq!(open(&[1; 32], &[2; 16], &[9]), Err(ReplyError::Newer));
    }

    #[test]
    fn two_sealings_differ() {
        let once = || seal(&[1; 32], &[2; 16], b"x").unwrap();
        assert_ne!(once(), once());
    }
}
