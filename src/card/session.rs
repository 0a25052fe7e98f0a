//! A session with one of a card's applications on one transaction, as a typestate: it is selected, then
//! verified, and a verified card signs once (SP 800-73-4: key 9C wants the PIN before every signature).

use super::apdu::Channel;
use super::certificate::Facts;
use super::pinpad::{Asking, Entry, Features, Modify, Pad};
use super::piv::Slot;
use super::{App, CardError, KeyKind, PinRules, Unblocking, UnblocksBy, openpgp, piv};
use crate::private::Secret;

/// The card's application answers; no PIN was shown.
pub struct Selected<'t> {
    card: Channel<'t>,
    app: App,
}

/// The PIN was right, just now.
pub struct Verified<'t>(Selected<'t>);

/// DigestInfo of SHA-256 up to the digest (RFC 8017 §9.2, note 1).
pub(crate) const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0, 0x04,
    0x20,
];

impl<'t> Selected<'t> {
    /// [`CardError::Unsupported`] where the card has no such application.
    pub fn open(mut card: Channel<'t>, app: App) -> Result<Self, CardError> {
        match app {
            App::Piv => piv::select(&mut card)?,
            App::OpenPgp => openpgp::select(&mut card)?,
            App::Token => return Err(CardError::Unsupported),
        }
        Ok(Self { card, app })
    }

    /// The same card's other application; no PIN outlives the change.
    pub fn switch(self, app: App) -> Result<Self, CardError> {
        Self::open(self.card, app)
    }

    /// DER of the signing key's certificate; [`CardError::NoCertificate`] where there is none.
    pub fn certificate(&mut self) -> Result<Vec<u8>, CardError> {
        match self.app {
            App::Piv | App::Token => piv::certificate(&mut self.card, Slot::Signature),
            App::OpenPgp => openpgp::certificate(&mut self.card),
        }
    }

    /// Whether the certificate is for the key that signs, where the card can tell beforehand.
    pub fn holds(&mut self, public_key: &[u8]) -> Result<bool, CardError> {
        match self.app {
            App::Piv | App::Token => Ok(true),
            App::OpenPgp => openpgp::holds(&mut self.card, public_key),
        }
    }

    pub fn rules(&mut self) -> Result<PinRules, CardError> {
        match self.app {
            App::Piv | App::Token => Ok(PinRules::default()),
            App::OpenPgp => {
                let said = openpgp::passwords(&mut self.card)?;
                // Without tries there is no such code, or none any more. Both have eight bytes or more (§4.3.1).
                let by = [UnblocksBy::Puk, UnblocksBy::Admin];
                let by = by.into_iter().find(|by| said.unblocking_tries(*by) > 0);
                let unblocking = by.map(|by| {
                    let tries_left = Some(said.unblocking_tries(by));
                    Unblocking { by, tries_left, least: 8, most: said.longest.max(8) }
                });
                Ok(PinRules { least: 6, most: said.longest.max(6), letters: true, unblocking })
            }
        }
    }

    /// `None` where the card does not say; spends nothing.
    pub fn tries_left(&mut self) -> Result<Option<u8>, CardError> {
        match self.app {
            App::Piv | App::Token => piv::tries_left(&mut self.card),
            App::OpenPgp => openpgp::passwords(&mut self.card).map(|said| Some(said.tries)),
        }
    }

    /// Of the code that unblocks. PIV has no way to ask: `None` until one was wrong.
    pub fn unblocking_tries(&mut self, by: UnblocksBy) -> Result<Option<u8>, CardError> {
        match self.app {
            App::Piv | App::Token => Ok(None),
            App::OpenPgp => openpgp::passwords(&mut self.card).map(|said| Some(said.unblocking_tries(by))),
        }
    }

    /// What may still be tried. A card that suddenly claims more tries than it was known to have is not
    /// believed: `known` is the least that it ever admitted.
    fn may_try(&mut self, known: Option<u8>, last_try: bool) -> Result<Option<u8>, CardError> {
        let tries = least(known, self.tries_left()?);
        match tries {
            Some(0) => Err(CardError::Blocked),
            Some(1) if !last_try => Err(CardError::LastTry),
            _ => Ok(tries),
        }
    }

    /// Spends a try where the PIN is wrong. With one try left it is not sent
    /// ([`CardError::LastTry`]) unless `last_try` says that the card's owner knows.
    pub fn verify(
        mut self,
        pin: &Secret,
        known: Option<u8>,
        last_try: bool,
    ) -> Result<Verified<'t>, CardError> {
        let tries = self.may_try(known, last_try)?;
        let shown = match self.app {
            App::Piv | App::Token => piv::verify(&mut self.card, pin),
            App::OpenPgp => openpgp::verify(&mut self.card, pin),
        };
        shown.map_err(|error| spent(error, tries))?;
        Ok(Verified(self))
    }

    /// What can be typed on the reader's own keys for this card.
    pub fn pad(&mut self) -> Result<Pad, CardError> {
        let features = Features::of(&mut self.card)?;
        if features == Features::default() || self.entry()?.is_none() {
            return Ok(Pad::default());
        }
        let pad = features.pad();
        match self.app {
            App::OpenPgp => Ok(Pad { modify: false, unblock: false, ..pad }),
            App::Piv | App::Token => Ok(pad),
        }
    }

    /// A new PIN for a card whose PINs have a place each. OpenPGP's stand one after the other without a border
    /// ([`openpgp::change_pin`]): what the reader joined, nobody could check.
    fn new_on_reader(&mut self, why: Modify, asking: &Asking) -> Result<u16, CardError> {
        if self.app != App::Piv {
            return Err(CardError::PadRefused);
        }
        let features = Features::of(&mut self.card)?;
        features.modify(&mut self.card, &piv::entry(), why, asking).map_err(|e| self.gone_or(e))
    }

    fn entry(&mut self) -> Result<Option<Entry>, CardError> {
        match self.app {
            App::Piv | App::Token => Ok(Some(piv::entry())),
            App::OpenPgp => openpgp::entry(&mut self.card),
        }
    }

    /// A driver has one word for a card that was pulled while it asked and for all that it cannot do: the
    /// card itself is asked.
    fn gone_or(&mut self, error: CardError) -> CardError {
        match error {
            CardError::PadRefused => self.tries_left().err().unwrap_or(error),
            error => error,
        }
    }

    /// As [`Self::verify`], with the PIN typed on the reader.
    pub fn verify_on_reader(
        mut self,
        asking: &Asking,
        known: Option<u8>,
        last_try: bool,
    ) -> Result<Verified<'t>, CardError> {
        let tries = self.may_try(known, last_try)?;
        let entry = self.entry()?.ok_or(CardError::PadRefused)?;
        let features = Features::of(&mut self.card)?;
        let status = features.verify(&mut self.card, &entry, asking).map_err(|e| self.gone_or(e))?;
        let shown = match self.app {
            App::Piv | App::Token => piv::judge(status),
            App::OpenPgp => openpgp::judge(&mut self.card, status),
        };
        shown.map_err(|error| spent(error, tries))?;
        Ok(Verified(self))
    }

    /// As [`Self::change_pin`], with both PINs typed on the reader.
    pub fn change_on_reader(
        &mut self,
        asking: &Asking,
        known: Option<u8>,
        last_try: bool,
    ) -> Result<(), CardError> {
        let tries = self.may_try(known, last_try)?;
        let status = self.new_on_reader(Modify::Pin, asking)?;
        piv::judge_change(status).map_err(|error| spent(error, tries))
    }

    /// As [`Self::unblock`] by the PUK, with PUK and new PIN typed on the reader.
    pub fn unblock_on_reader(
        &mut self,
        asking: &Asking,
        known: Option<u8>,
        last_try: bool,
    ) -> Result<(), CardError> {
        let tries = self.may_try_puk(UnblocksBy::Puk, known, last_try)?;
        let status = self.new_on_reader(Modify::Puk, asking)?;
        piv::judge_unblock(status).map_err(|error| spent(error, tries))
    }

    /// A new PIN for the old one, which spends a try where it is wrong; as careful as [`Self::verify`].
    pub fn change_pin(
        &mut self,
        old: &Secret,
        new: &Secret,
        known: Option<u8>,
        last_try: bool,
    ) -> Result<(), CardError> {
        let tries = self.may_try(known, last_try)?;
        let changed = match self.app {
            App::Piv | App::Token => piv::change_pin(&mut self.card, old, new),
            App::OpenPgp => openpgp::change_pin(&mut self.card, old, new),
        };
        changed.map_err(|error| spent(error, tries))
    }

    /// As [`Self::may_try`], for the code that unblocks.
    fn may_try_puk(
        &mut self,
        by: UnblocksBy,
        known: Option<u8>,
        last_try: bool,
    ) -> Result<Option<u8>, CardError> {
        let tries = least(known, self.unblocking_tries(by)?);
        match tries {
            Some(0) => Err(CardError::PukBlocked),
            Some(1) if !last_try => Err(CardError::LastPukTry),
            _ => Ok(tries),
        }
    }

    /// A new PIN and all its tries for the code that unblocks. A wrong code spends one of its own
    /// tries; `known` are those that the card last admitted.
    pub fn unblock(
        &mut self,
        by: UnblocksBy,
        code: &Secret,
        new: &Secret,
        known: Option<u8>,
        last_try: bool,
    ) -> Result<(), CardError> {
        let tries = self.may_try_puk(by, known, last_try)?;
        let unblocked = match self.app {
            App::Piv | App::Token => piv::unblock(&mut self.card, code, new),
            App::OpenPgp => openpgp::unblock(&mut self.card, by, code, new),
        };
        unblocked.map_err(|error| spent(error, tries))
    }
}

fn least(a: Option<u8>, b: Option<u8>) -> Option<u8> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// After a wrong code at least one try fewer is left than before, whatever the card claims.
fn spent(error: CardError, before: Option<u8>) -> CardError {
    let left = |claimed| least(before.map(|n| n.saturating_sub(1)), claimed);
    match error {
        CardError::WrongPin { tries_left } => match left(tries_left) {
            Some(0) => CardError::Blocked,
            tries_left => CardError::WrongPin { tries_left },
        },
        CardError::WrongPuk { tries_left } => match left(tries_left) {
            Some(0) => CardError::PukBlocked,
            tries_left => CardError::WrongPuk { tries_left },
        },
        other => other,
    }
}

impl<'t> Verified<'t> {
    /// The signature over the digest of `message`: PKCS#1 v1.5, or ECDSA as DER. It is checked with the
    /// certificate before it is handed out: [`CardError::OtherKey`] where it does not hold, so that a
    /// card whose key is not its certificate's never signs a letter.
    pub fn sign(mut self, facts: &Facts, message: &[u8]) -> Result<(Vec<u8>, Selected<'t>), CardError> {
        let (kind, digest) = (facts.kind, facts.digest(message));
        let card = &mut self.0.card;
        let signed = match (self.0.app, kind) {
            (App::Token, _) | (_, KeyKind::Gost(_)) => return Err(CardError::Unsupported),
            (App::Piv, KeyKind::Rsa(bits)) => {
                piv::authenticate(card, Slot::Signature, kind, &pad(&digest, usize::from(bits).div_ceil(8)))?
            }
            (App::Piv, _) => piv::authenticate(card, Slot::Signature, kind, &digest)?,
            (App::OpenPgp, KeyKind::Rsa(_)) => {
                openpgp::sign(card, kind, &[&SHA256_INFO[..], &digest].concat())?
            }
            (App::OpenPgp, _) => openpgp::sign(card, kind, &digest)?,
        };
        if facts.holds(message, &signed) { Ok((signed, self.0)) } else { Err(CardError::OtherKey) }
    }
}

/// EMSA-PKCS1-v1_5 for a key of so many bytes, 256 or more (RFC 8017 §9.2).
fn pad(digest: &[u8], bytes: usize) -> Vec<u8> {
    let mut block = vec![0x00, 0x01];
    block.resize(bytes - 1 - SHA256_INFO.len() - digest.len(), 0xFF);
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
        let selected = Selected::open(Channel::new(&mut script, None), App::Piv)?;
        let done = selected.verify(&pin, None, last_try).map(|_| ());
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
        let verified = Selected::open(Channel::new(&mut script, None), App::Piv)
            .unwrap()
            .verify(&pin, None, false)
            .unwrap();
        let certificate = super::super::bad::certificate();
        let (facts, _) = super::super::certificate::facts(&certificate).unwrap();
        let signed = verified.sign(&facts, b"message");
        assert_eq!(signed.err(), Some(CardError::OtherKey));
    }

    #[test]
    fn the_padded_block_fills_the_modulus() {
        let block = pad(&[9; 32], 256);
        assert_eq!(block.len(), 256);
        assert_eq!((&block[..3], block[204]), (&[0, 1, 0xFF][..], 0));
        assert!(block[2..204].iter().all(|b| *b == 0xFF));
    }
}
