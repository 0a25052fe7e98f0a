//! Keys from passwords: PKCS#12's own way (RFC 7292 appendix B.2) and PBKDF2 (RFC 8018 §5.2), so
//! that whoever waits can stop them: a file names any number of rounds that it likes.

use ring::{digest, hmac};
use zeroize::Zeroizing;

use super::KeyFileError;

/// Rounds of one derivation; a file that asks for more was made to keep the machine busy.
const MOST_ROUNDS: u32 = 20_000_000;
/// Rounds between two looks at whether to go on.
const BREATH: u32 = 2_048;

/// Says whether to go on; an error ends the derivation.
pub type GoOn<'a> = &'a dyn Fn() -> Result<(), KeyFileError>;

/// The hash that a file names.
#[derive(Clone, Copy)]
pub enum Sha {
    One,
    Two256,
    Two384,
    Two512,
}

impl Sha {
    pub fn digest(self) -> &'static digest::Algorithm {
        match self {
            Sha::One => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Sha::Two256 => &digest::SHA256,
            Sha::Two384 => &digest::SHA384,
            Sha::Two512 => &digest::SHA512,
        }
    }

    pub fn hmac(self) -> hmac::Algorithm {
        match self {
            Sha::One => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Sha::Two256 => hmac::HMAC_SHA256,
            Sha::Two384 => hmac::HMAC_SHA384,
            Sha::Two512 => hmac::HMAC_SHA512,
        }
    }
}

/// What a derived key is for: the diversifier of RFC 7292 appendix B.3.
#[derive(Clone, Copy)]
pub enum Purpose {
    Key = 1,
    Iv = 2,
    Mac = 3,
}

fn rounds(asked: u32) -> Result<u32, KeyFileError> {
    if (1..=MOST_ROUNDS).contains(&asked) { Ok(asked) } else { Err(KeyFileError::TooSlow) }
}

/// RFC 7292 appendix B.2. `password`: UTF-16, big-endian, with two zero octets at its end.
pub fn pkcs12(
    sha: Sha,
    purpose: Purpose,
    password: &[u8],
    salt: &[u8],
    asked: u32,
    length: usize,
    go_on: GoOn<'_>,
) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let asked = rounds(asked)?;
    let algorithm = sha.digest();
    let block = algorithm.block_len();
    let stretched = |bytes: &[u8]| -> Vec<u8> {
        let length = bytes.len().div_ceil(block) * block;
        bytes.iter().copied().cycle().take(length).collect()
    };
    let diversifier = vec![purpose as u8; block];
    let mut input = Zeroizing::new(stretched(salt));
    input.extend(&*Zeroizing::new(stretched(password)));
    let mut out = Zeroizing::new(Vec::new());
    loop {
        let mut context = digest::Context::new(algorithm);
        context.update(&diversifier);
        context.update(&input);
        let mut a = Zeroizing::new(context.finish().as_ref().to_vec());
        for round in 1..asked {
            if round % BREATH == 0 {
                go_on()?;
            }
            let next = digest::digest(algorithm, &a);
            a.copy_from_slice(next.as_ref());
        }
        out.extend_from_slice(&a);
        if out.len() >= length {
            out.truncate(length);
            return Ok(out);
        }
        // Each block of the input grows by the digest, repeated to a block's length, and one.
        for chunk in input.chunks_mut(block) {
            let mut carry = 1u16;
            for at in (0..block).rev() {
                carry += u16::from(chunk[at]) + u16::from(a[at % a.len()]);
                chunk[at] = carry as u8;
                carry >>= 8;
            }
        }
    }
}

/// RFC 8018 §5.2.
pub fn pbkdf2(
    sha: Sha,
    password: &[u8],
    salt: &[u8],
    asked: u32,
    length: usize,
    go_on: GoOn<'_>,
) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let asked = rounds(asked)?;
    let key = hmac::Key::new(sha.hmac(), password);
    let mut out = Zeroizing::new(Vec::new());
    for index in 1u32.. {
        let mut first = hmac::Context::with_key(&key);
        first.update(salt);
        first.update(&index.to_be_bytes());
        let mut u = Zeroizing::new(first.sign().as_ref().to_vec());
        let mut sum = u.clone();
        for round in 1..asked {
            if round % BREATH == 0 {
                go_on()?;
            }
            let next = hmac::sign(&key, &u);
            u.copy_from_slice(next.as_ref());
            sum.iter_mut().zip(u.iter()).for_each(|(s, u)| *s ^= u);
        }
        out.extend_from_slice(&sum);
        if out.len() >= length {
            break;
        }
    }
    out.truncate(length);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on() -> Result<(), KeyFileError> {
        Ok(())
    }

    /// RFC 6070 §2, and the same for SHA-256 (RFC 7914 §11).
    #[test]
    fn pbkdf2_is_what_the_standard_says() {
        let key = pbkdf2(Sha::One, b"password", b"salt", 4096, 20, &on).unwrap();
        assert_eq!(hex::encode(&*key), "4b007901b765489abead49d926f721d065a429c1");
        let (password, salt) = (b"passwordPASSWORDpassword", b"saltSALTsaltSALTsaltSALTsaltSALTsalt");
        let key = pbkdf2(Sha::One, password, salt, 4096, 25, &on).unwrap();
        assert_eq!(hex::encode(&*key), "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038");
        let key = pbkdf2(Sha::Two256, b"passwd", b"salt", 1, 64, &on).unwrap();
        assert!(hex::encode(&*key).starts_with("55ac046e56e3089fec1691c22544b605f94185216dde0465"));
    }

    #[test]
    fn endless_rounds_are_refused_and_long_ones_can_be_stopped() {
        let stop = || Err(KeyFileError::Cancelled);
        for rounds in [0, u32::MAX] {
            assert_eq!(pbkdf2(Sha::One, b"x", b"y", rounds, 20, &stop).err(), Some(KeyFileError::TooSlow));
        }
        let stopped = pbkdf2(Sha::One, b"x", b"y", MOST_ROUNDS, 20, &stop);
        assert_eq!(stopped.err(), Some(KeyFileError::Cancelled));
        let stopped = pkcs12(Sha::One, Purpose::Key, b"x", b"y", MOST_ROUNDS, 20, &stop);
        assert_eq!(stopped.err(), Some(KeyFileError::Cancelled));
    }
}
