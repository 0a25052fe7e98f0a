//! "Continue later": the draft goes with the visitor, locked with a code; nothing stays here.
//!
//! # How a screen uses it
//!
//! [`lock`] and [`unlock`] take a good part of a second and 64 MiB: off the UI thread.
//!
//! ```ignore
//! let code = Code::generate()?;                        // show code.shown() big; the visitor writes it down
//! let locked = lock(&draft_bytes, &code)?;             // bytes of page::draft → what leaves the kiosk
//! files::save(&stick, FILE_NAME, &locked)?;            // either a stick …
//! let parts = qr_parts(&locked)?;                      // … or print::draft_sheets_pdf(&DraftSheets { parts: &parts, … })
//!
//! let locked = files::read(&stick, &entry, MAX_LOCKED)?;      // coming back with a stick
//! let mut sheets = Parts::default();                   // or with sheets: each scanned text, in any order
//! let progress = sheets.add(&scanned)?;                // Progress { have, of }: say «2 / 5»
//! let locked = sheets.whole();                         // Some(bytes) once all are there
//! let code = Code::parse(&typed);                      // None: not ten signs yet
//! let draft = unlock(&locked, &code)?;                 // or SavedError, whose fault has the words
//! ```
//!
//! # How strong it is
//!
//! The code is drawn by the program: ten of 27 signs, 47.5 bits, never chosen by a person. Each
//! guess costs Argon2id with 64 MiB and three passes (RFC 9106's second recommended choice is the
//! same memory and passes): about 0.1–0.3 s of one processor. Whoever holds the sheets or the stick
//! and not the code has 10^14 guesses to make on average: a thousand processors need some hundreds of
//! years, a thousand large graphics cards (thousands of guesses a second each) about a year. That is
//! right for a draft letter and not for a key. The code stands on neither sheet nor stick, because
//! paper and code in one hand are no lock.

mod code;
mod parts;

pub use code::Code;
pub use parts::{Parts, Progress, qr_parts};

use argon2::{Algorithm, Argon2, Params, Version};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use crate::domain::Digest;
use crate::fault::{self, Coded};

/// The file's name on a stick; a second one gets a number.
pub const FILE_NAME: &str = "tereze-hat.tzd";
/// How its name ends, whatever was put before it.
pub const ENDING: &str = ".tzd";
/// A locked draft is never bigger; attachments are part of a draft and compress badly.
pub const MAX_LOCKED: u64 = 12_000_000;
/// An unlocked draft: what a locked one may unpack to.
const MAX_DRAFT: usize = 12_000_000;

// Version 1: magic, version, salt, ChaCha20-Poly1305 of zstd of the draft, check.
const MAGIC: &[u8; 4] = b"TRZD";
const VERSION: u8 = 1;
const SALT: usize = 16;
const HEAD: usize = 4 + 1 + SALT;
const TAG: usize = 16;
/// The first bytes of the SHA-256 of all before: a damaged file is told from a wrong code.
const CHECK: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SavedError {
    #[error("the code does not open this draft")]
    WrongCode,
    #[error("the saved draft is damaged or incomplete")]
    Damaged,
    #[error("the saved draft has version {0}")]
    Newer(u8),
    #[error("this is no saved draft")]
    Foreign,
    #[error("this part belongs to another draft")]
    OtherSheet,
    #[error("the draft is too big")]
    TooBig,
    #[error("the system gave no random numbers or no memory")]
    Random,
}

impl Coded for SavedError {
    fn code(&self) -> fault::Code {
        fault::Code(match self {
            SavedError::WrongCode => "saved.wrong-code",
            SavedError::Damaged => "saved.damaged",
            SavedError::Newer(_) => "saved.newer",
            SavedError::Foreign => "saved.foreign",
            SavedError::OtherSheet => "saved.other-sheet",
            SavedError::TooBig => "saved.too-big",
            SavedError::Random => "saved.random",
        })
    }
}

/// Locks a draft's bytes with a code.
pub fn lock(draft: &[u8], code: &Code) -> Result<Vec<u8>, SavedError> {
    let mut salt = [0u8; SALT];
    SystemRandom::new().fill(&mut salt).map_err(|_| SavedError::Random)?;
    lock_with(draft, code, &salt)
}

fn lock_with(draft: &[u8], code: &Code, salt: &[u8; SALT]) -> Result<Vec<u8>, SavedError> {
    if draft.len() > MAX_DRAFT {
        return Err(SavedError::TooBig);
    }
    // Words are worth the time, pictures are not.
    let level = if draft.len() < 200_000 { 19 } else { 3 };
    let mut sealed = Zeroizing::new(zstd::bulk::compress(draft, level).map_err(|_| SavedError::Random)?);
    let mut out = Vec::with_capacity(HEAD + sealed.len() + TAG + CHECK);
    out.extend_from_slice(MAGIC);
    out.push(VERSION);
    out.extend_from_slice(salt);
    let key = key(code, salt)?;
    let tag = key.seal_in_place_separate_tag(nonce(), Aad::from(&out[..]), &mut sealed);
    let tag = tag.map_err(|_| SavedError::Random)?;
    out.extend_from_slice(&sealed);
    out.extend_from_slice(tag.as_ref());
    let check = Digest::of(&out);
    out.extend_from_slice(&check.0[..CHECK]);
    if out.len() as u64 > MAX_LOCKED { Err(SavedError::TooBig) } else { Ok(out) }
}

/// Tells before the code is asked for whether these bytes can be opened here at all.
pub fn look(locked: &[u8]) -> Result<(), SavedError> {
    let version = match locked {
        [b'T', b'R', b'Z', b'D', version, ..] => *version,
        _ => return Err(SavedError::Foreign),
    };
    if version > VERSION {
        return Err(SavedError::Newer(version));
    }
    if version == 0 || locked.len() < HEAD + TAG + CHECK || locked.len() as u64 > MAX_LOCKED {
        return Err(SavedError::Damaged);
    }
    let (body, check) = locked.split_at(locked.len() - CHECK);
    if Digest::of(body).0[..CHECK] == *check { Ok(()) } else { Err(SavedError::Damaged) }
}

/// The draft's bytes.
pub fn unlock(locked: &[u8], code: &Code) -> Result<Zeroizing<Vec<u8>>, SavedError> {
    look(locked)?;
    let (head, rest) = locked.split_at(HEAD);
    let mut salt = [0u8; SALT];
    salt.copy_from_slice(&head[5..]);
    let mut sealed = Zeroizing::new(rest[..rest.len() - CHECK].to_vec());
    let key = key(code, &salt)?;
    // The check was right, so what does not open was locked with another code.
    let packed =
        key.open_in_place(nonce(), Aad::from(head), &mut sealed).map_err(|_| SavedError::WrongCode)?;
    let draft = zstd::bulk::decompress(packed, MAX_DRAFT).map_err(|_| SavedError::Damaged)?;
    Ok(Zeroizing::new(draft))
}

/// The salt makes every key one of a kind, so that the nonce need not be.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

/// Argon2id, version 0x13, 64 MiB, three passes, one lane (RFC 9106), 32 bytes.
fn key(code: &Code, salt: &[u8; SALT]) -> Result<LessSafeKey, SavedError> {
    let params = Params::new(64 * 1024, 3, 1, Some(32)).map_err(|_| SavedError::Random)?;
    let mut key = Zeroizing::new([0u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(code.bytes(), salt, key.as_mut())
        .map_err(|_| SavedError::Random)?;
    let key = UnboundKey::new(&CHACHA20_POLY1305, key.as_ref()).map_err(|_| SavedError::Random)?;
    Ok(LessSafeKey::new(key))
}

#[cfg(test)]
mod tests;
