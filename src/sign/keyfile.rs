//! Key files: PKCS#12 (RFC 7292), in DER or in BER with indefinite lengths as the national authority
//! writes them. Bounded: bytes, rounds, bags and boxes within boxes; and whoever waits may stop it.
//!
//! No crate was found that does this: `p12-keystore` and RustCrypto's `pkcs12` read DER alone, know
//! no GOST keys and derive with as many rounds as a file asks for. The block ciphers are RustCrypto's.

mod bags;
mod cipher;
mod derive;
mod pack;
mod password;

use super::ber;
use super::certificate::Certificate;
use super::key::SigningKey;
use super::path;
use crate::clock::{Confidence, Reading};
use crate::fault::{Code, Coded};
use crate::private::Secret;
pub use pack::pack;

/// Bytes; real ones have two to twenty thousand.
pub const MAX_KEY_FILE: usize = 256 * 1024;
/// Bytes of a password in UTF-8.
pub const LONGEST_PASSWORD: usize = 256;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    #[error("not a key file")]
    NotAKeyFile,
    #[error("the password does not fit, or the file was changed")]
    WrongPassword,
    #[error("the file is damaged")]
    Damaged,
    #[error("there is no key in the file")]
    NoKey,
    #[error("a key of a kind that does not sign here")]
    KeyKind,
    #[error("no certificate in the file belongs to its key")]
    NoCertificate,
    #[error("locked in a way that is not known here")]
    Protection,
    #[error("opening would take too long")]
    TooSlow,
    #[error("stopped")]
    Cancelled,
    #[error("the file cannot be read")]
    Unreadable,
    #[error("the stick with the file was taken out")]
    Gone,
    #[error("the certificate is not for signing")]
    NotForSigning,
    #[error("the certificate is for logging in, and not for signing")]
    LoginOnly,
    #[error("the certificate is not for logging in")]
    NotForLogin,
    #[error("the certificate is not valid yet")]
    NotYetValid,
    #[error("the certificate has expired")]
    Expired,
    #[error("the certificate was revoked")]
    Revoked,
    #[error("the certificate is of an authority that is not trusted here")]
    Untrusted,
}

impl Coded for KeyFileError {
    fn code(&self) -> Code {
        Code(match self {
            KeyFileError::NotAKeyFile => "sign.key-file-not-one",
            KeyFileError::WrongPassword => "sign.key-file-password",
            KeyFileError::Damaged => "sign.key-file-damaged",
            KeyFileError::NoKey => "sign.key-file-no-key",
            KeyFileError::KeyKind => "sign.key-file-kind",
            KeyFileError::NoCertificate => "sign.key-file-no-certificate",
            KeyFileError::Protection => "sign.key-file-protection",
            KeyFileError::TooSlow => "sign.key-file-slow",
            KeyFileError::Cancelled => "sign.key-file-cancelled",
            KeyFileError::Unreadable => "sign.key-file-unreadable",
            KeyFileError::Gone => "sign.key-file-gone",
            KeyFileError::NotForSigning => "sign.key-file-not-for-signing",
            KeyFileError::LoginOnly => "sign.key-file-login-only",
            KeyFileError::NotForLogin => "sign.key-file-not-for-login",
            KeyFileError::NotYetValid => "sign.key-file-not-yet-valid",
            KeyFileError::Expired => "sign.key-file-expired",
            KeyFileError::Revoked => "sign.key-file-revoked",
            KeyFileError::Untrusted => "sign.key-file-untrusted",
        })
    }
}

/// A key with its certificate, as they lie in one file.
#[derive(Debug)]
pub struct Entry {
    pub key: SigningKey,
    pub certificate: Certificate,
    /// The other certificates of the file: perhaps the authorities above.
    pub others: Vec<Certificate>,
    /// The name that the file gives the key.
    pub alias: Option<String>,
}

impl Entry {
    /// Whether the certificate is for signing documents, and valid at `now`. A certificate that is
    /// only for logging in is none for signing.
    pub fn may_sign(&self, now: Reading) -> Result<(), KeyFileError> {
        match (path::for_signing(&self.certificate), path::for_login(&self.certificate)) {
            (true, _) => self.in_force(now),
            (false, true) => Err(KeyFileError::LoginOnly),
            (false, false) => Err(KeyFileError::NotForSigning),
        }
    }

    /// Whether it is for proving who its owner is, and valid at `now`: any that signs is, too.
    pub fn may_log_in(&self, now: Reading) -> Result<(), KeyFileError> {
        if !path::for_login(&self.certificate) {
            return Err(KeyFileError::NotForLogin);
        }
        self.in_force(now)
    }

    /// Is it for that, and for no document?
    pub fn is_for_login_alone(&self) -> bool {
        path::for_login(&self.certificate) && !path::for_signing(&self.certificate)
    }

    fn in_force(&self, now: Reading) -> Result<(), KeyFileError> {
        // A doubtful clock says nothing of a term; who judges the signature will.
        if now.confidence == Confidence::Doubtful {
            return Ok(());
        }
        if now.wall < self.certificate.not_before() {
            return Err(KeyFileError::NotYetValid);
        }
        if now.wall > self.certificate.not_after() {
            return Err(KeyFileError::Expired);
        }
        Ok(())
    }

    /// The authorities' certificates that lie beside the key, but for roots: whoever judges has his
    /// own of those. They go into the signature.
    pub fn authorities(&self) -> impl Iterator<Item = &Certificate> {
        self.others.iter().filter(|c| c.is_authority() && !c.self_issued())
    }
}

/// Whether the bytes look like a key file, from their content alone and without a password. A cheap
/// look at what a file's name may hide.
pub fn looks_like_one(bytes: &[u8]) -> bool {
    bytes.len() <= MAX_KEY_FILE && ber::to_der(bytes).is_some_and(|der| bags::Pfx::read(&der).is_some())
}

/// Opens a key file. `go_on` is asked every few thousand rounds; its error ends the work. Entries
/// that may sign stand first. Takes milliseconds to seconds: never on the thread that draws.
pub fn open(
    bytes: &[u8],
    password: Secret,
    go_on: &dyn Fn() -> Result<(), KeyFileError>,
) -> Result<Vec<Entry>, KeyFileError> {
    if bytes.len() > MAX_KEY_FILE {
        return Err(KeyFileError::NotAKeyFile);
    }
    let der = ber::to_der(bytes).ok_or(KeyFileError::NotAKeyFile)?;
    let file = bags::Pfx::read(&der).ok_or(KeyFileError::NotAKeyFile)?;
    let password = password::Password::new(password).ok_or(KeyFileError::WrongPassword)?;
    let found = file.open(&password, go_on)?;
    if found.keys.is_empty() {
        return Err(if found.strange_keys > 0 { KeyFileError::KeyKind } else { KeyFileError::NoKey });
    }
    let mut entries: Vec<Entry> = Vec::new();
    for (key, alias) in found.keys {
        // By the key itself: the identifiers that files pair them by are often wrong or absent.
        let own = found.certificates.iter().find(|c| key.belongs_to(c.key()));
        let Some(certificate) = own.cloned() else { continue };
        let others = found.certificates.iter().filter(|c| **c != certificate).cloned().collect();
        if entries.iter().all(|e| e.certificate != certificate) {
            entries.push(Entry { key, certificate, others, alias });
        }
    }
    if entries.is_empty() {
        return Err(KeyFileError::NoCertificate);
    }
    entries.sort_by_key(|e| !path::for_signing(&e.certificate));
    Ok(entries)
}

#[cfg(test)]
mod tests;
