//! A PIV session on one transaction, as a typestate: a card is selected, then verified, and a
//! verified card signs once (SP 800-73-4: key 9C wants the PIN before every signature).

use ring::{digest, signature};

use super::apdu::Channel;
use super::piv::{self, Slot};
use super::{CardError, KeyKind};
use crate::private::Secret;

/// The card's application answers; no PIN was shown.
pub struct Selected<'t>(Channel<'t>);

/// The PIN was right, just now.
pub struct Verified<'t>(Channel<'t>);

/// DigestInfo of SHA-256 up to the digest (RFC 8017 §9.2, note 1).
pub(crate) const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0, 0x04,
    0x20,
];

impl<'t> Selected<'t> {
    /// [`CardError::Unsupported`] where the card has no PIV application.
    pub fn open(mut card: Channel<'t>) -> Result<Self, CardError> {
        piv::select(&mut card)?;
        Ok(Self(card))
    }

    /// DER; [`CardError::Unsupported`] where the slot is empty.
    pub fn certificate(&mut self, slot: Slot) -> Result<Vec<u8>, CardError> {
        piv::certificate(&mut self.0, slot)
    }

    /// `None` where the card does not say; spends nothing.
    pub fn tries_left(&mut self) -> Result<Option<u8>, CardError> {
        piv::tries_left(&mut self.0)
    }

    /// Spends a try where the PIN is wrong. With one try left it is not sent
    /// ([`CardError::LastTry`]) unless `last_try` says that the card's owner knows.
    pub fn verify(mut self, pin: &Secret, last_try: bool) -> Result<Verified<'t>, CardError> {
        match self.tries_left()? {
            Some(0) => return Err(CardError::Blocked),
            Some(1) if !last_try => return Err(CardError::LastTry),
            _ => {}
        }
        piv::verify(&mut self.0, pin)?;
        Ok(Verified(self.0))
    }
}

impl<'t> Verified<'t> {
    /// The signature over SHA-256 of `message`: PKCS#1 v1.5 as 256 bytes, or ECDSA as DER. It is
    /// checked with `public_key` before it is handed out: [`CardError::Malformed`] where it does
    /// not hold, so that a card whose key is not its certificate's never signs a letter.
    pub fn sign(
        mut self,
        slot: Slot,
        kind: KeyKind,
        public_key: &[u8],
        message: &[u8],
    ) -> Result<(Vec<u8>, Selected<'t>), CardError> {
        let digest = digest::digest(&digest::SHA256, message);
        let (input, algorithm): (_, &dyn signature::VerificationAlgorithm) = match kind {
            KeyKind::Rsa2048 => (pad(digest.as_ref()), &signature::RSA_PKCS1_2048_8192_SHA256),
            KeyKind::P256 => (digest.as_ref().to_vec(), &signature::ECDSA_P256_SHA256_ASN1),
        };
        let signed = piv::authenticate(&mut self.0, slot, kind, &input)?;
        signature::UnparsedPublicKey::new(algorithm, public_key)
            .verify(message, &signed)
            .map_err(|_| CardError::Malformed)?;
        Ok((signed, Selected(self.0)))
    }
}

/// EMSA-PKCS1-v1_5 for a 2048-bit key (RFC 8017 §9.2).
fn pad(digest: &[u8]) -> Vec<u8> {
    let mut block = vec![0x00, 0x01];
    block.resize(256 - 1 - SHA256_INFO.len() - digest.len(), 0xFF);
    block.push(0x00);
    block.extend(SHA256_INFO);
    block.extend(digest);
    block
}

#[cfg(test)]
mod tests {
    use super::super::scripted::Script;
    use super::*;

    const OK: Result<Vec<u8>, CardError> = Ok(vec![]);

    fn status(sw: u16) -> Result<Vec<u8>, CardError> {
        OK.map(|_| sw.to_be_bytes().to_vec())
    }

    fn verify(answers: Vec<u16>, last_try: bool) -> Result<(), CardError> {
        let mut script = Script::any(answers.into_iter().map(status));
        let pin = Secret::from_vec(b"123456".to_vec());
        let selected = Selected::open(Channel::new(&mut script, None))?;
        let done = selected.verify(&pin, last_try).map(|_| ());
        script.finished();
        done
    }

    #[test]
    fn the_last_try_is_never_spent_unasked() {
        // The script would fail on a PIN that is sent after all.
        assert_eq!(verify(vec![0x9000, 0x63C1], false), Err(CardError::LastTry));
        assert_eq!(verify(vec![0x9000, 0x6983], true), Err(CardError::Blocked));
        assert_eq!(verify(vec![0x9000, 0x63C1, 0x9000], true), Ok(()));
        assert_eq!(
            verify(vec![0x9000, 0x63C2, 0x63C1], false),
            Err(CardError::WrongPin { tries_left: Some(1) })
        );
        assert_eq!(verify(vec![0x9000, 0x6D00, 0x9000], false), Ok(()), "a card that does not count aloud");
    }

    #[test]
    fn a_signature_that_does_not_hold_is_not_handed_out() {
        let mut answer = vec![0x7C, 4, 0x82, 2, 1, 1];
        answer.extend([0x90, 0x00]);
        let mut script = Script::any([status(0x9000), status(0x63C3), status(0x9000), Ok(answer)]);
        let pin = Secret::from_vec(b"123456".to_vec());
        let verified = Selected::open(Channel::new(&mut script, None)).unwrap().verify(&pin, false).unwrap();
        let signed = verified.sign(Slot::Signature, KeyKind::P256, &[4; 65], b"message");
        assert_eq!(signed.err(), Some(CardError::Malformed));
    }

    #[test]
    fn the_padded_block_fills_the_modulus() {
        let block = pad(&[9; 32]);
        assert_eq!(block.len(), 256);
        assert_eq!((&block[..3], block[204]), (&[0, 1, 0xFF][..], 0));
        assert!(block[2..204].iter().all(|b| *b == 0xFF));
    }
}
