//! What the card room needs of a card's certificate: kind of key, public key, validity, owner.

use super::{CardError, KeyKind, Owner};
use crate::clock::Moment;
use crate::sign::certificate::Certificate;

/// A certificate that the kiosk can sign with.
#[derive(Debug)]
pub struct Facts {
    pub kind: KeyKind,
    /// As in the certificate's bit string: PKCS#1 for RSA, an uncompressed point for P-256.
    pub public_key: Vec<u8>,
    pub not_before: Moment,
    pub not_after: Moment,
}

/// [`CardError::Unsupported`] for other keys than RSA-2048 and P-256, [`CardError::Malformed`]
/// where it is no certificate.
pub fn facts(der: &[u8]) -> Result<(Facts, Owner), CardError> {
    let certificate = Certificate::from_der(der).map_err(|_| CardError::Malformed)?;
    let facts = Facts {
        kind: certificate.key_kind().ok_or(CardError::Unsupported)?,
        public_key: certificate.key().subject_public_key.raw_bytes().to_vec(),
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
    };
    Ok((facts, certificate.owner()))
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
