//! What the card room needs of a card's certificate: kind of key, public key, validity, owner, and
//! what the key is for.

use super::{CardError, KeyKind, Owner};
use crate::clock::Moment;
use crate::sign::certificate::Certificate;
use crate::sign::{algorithm, path};

/// A certificate that the kiosk can sign with.
#[derive(Debug)]
pub struct Facts {
    pub kind: KeyKind,
    pub certificate: Certificate,
    pub not_before: Moment,
    pub not_after: Moment,
    pub fitness: Fitness,
}

/// How far a certificate lets its key sign documents; the more the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fitness {
    /// For logging in, or for encryption (RFC 5280 §4.2.1.3, §4.2.1.12).
    NotForSigning,
    /// For signing, without a word that it binds its owner.
    Signs,
    /// nonRepudiation: meant for nothing but signing documents.
    Binds,
}

/// [`CardError::Unsupported`] for other keys than RSA, P-256, P-384 and GOST R 34.10-2012, [`CardError::Malformed`]
/// where it is no certificate.
pub fn facts(der: &[u8]) -> Result<(Facts, Owner), CardError> {
    let certificate = Certificate::from_der(der).map_err(|_| CardError::Malformed)?;
    let binds = certificate.key_usage().ok().flatten().is_some_and(|usage| usage.non_repudiation());
    let fitness = match (path::for_signing(&certificate), binds) {
        (false, _) => Fitness::NotForSigning,
        (true, false) => Fitness::Signs,
        (true, true) => Fitness::Binds,
    };
    let facts = Facts {
        kind: certificate.key_kind().ok_or(CardError::Unsupported)?,
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
        fitness,
        certificate,
    };
    let owner = facts.certificate.owner();
    Ok((facts, owner))
}

impl Facts {
    /// As in the certificate's bit string: PKCS#1 for RSA, an uncompressed point for ECDSA.
    pub fn public_key(&self) -> &[u8] {
        self.certificate.key().subject_public_key.raw_bytes()
    }

    /// The digest that the key signs of `message`.
    pub fn digest(&self, message: &[u8]) -> Vec<u8> {
        // A kind of key that was found has its way of signing, too.
        algorithm::suite(self.certificate.key()).map(|suite| suite.hash.digest(message)).unwrap_or_default()
    }

    /// Whether a signature is by the certificate's key over `message`.
    pub fn holds(&self, message: &[u8], signed: &[u8]) -> bool {
        algorithm::made_by(self.certificate.key(), message, signed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rubbish_is_no_certificate() {
        assert_eq!(facts(&[]).err(), Some(CardError::Malformed));
        assert_eq!(facts(&[0x30, 0x03, 1, 1, 1]).err(), Some(CardError::Malformed));
    }
}
