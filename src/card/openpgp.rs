//! The OpenPGP applet (Functional Specification of the OpenPGP application on ISO smart card operating
//! systems, version 3.4): SELECT, GET DATA, VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER,
//! PSO: COMPUTE DIGITAL SIGNATURE. Short APDUs with chaining are enough for all of them.

use ring::digest;
use zeroize::Zeroizing;

use super::apdu::{Channel, Command, OK};
use super::pinpad::Entry;
use super::piv::{ok, refusal};
use super::{CardError, KeyKind, UnblocksBy};
use crate::private::Secret;

/// Registered identifier and application; version, maker and number follow (§4.2.1).
const AID: &[u8] = &[0xD2, 0x76, 0x00, 0x01, 0x24, 0x01];
/// PW1 for signatures (§7.2.2).
const PW1_SIGN: u8 = 0x81;
const PW3: u8 = 0x83;
/// Cardholder certificates stand in the order authentication, decryption, signature (§7.2.5).
const SIGNATURE: u8 = 2;
/// Octets of a derived PIN's input; the specification's own examples use 100,000. More would only keep
/// the processor busy.
const MAX_KDF_COUNT: usize = 64 * 1024 * 1024;
/// Digits that readers with keys take for a PIN, at most.
const MOST_ON_PADS: u8 = 16;

pub fn select(card: &mut Channel) -> Result<(), CardError> {
    let select = Command { cla: 0, ins: 0xA4, p1: 4, p2: 0, data: AID, le: Some(0) };
    match card.send(&select)?.status {
        OK => Ok(()),
        status => Err(refusal(status)),
    }
}

/// What C4 (§4.4.1, PW status bytes) says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passwords {
    /// PW1 is good for one signature and must then be shown again.
    pub once: bool,
    /// Bytes that PW1 may have at most.
    pub longest: u8,
    pub tries: u8,
    /// Of the resetting code; 0 where there is none, or none any more.
    pub resetting_tries: u8,
    /// Of PW3, which administers the card.
    pub admin_tries: u8,
}

impl Passwords {
    pub fn unblocking_tries(&self, by: UnblocksBy) -> u8 {
        match by {
            UnblocksBy::Puk => self.resetting_tries,
            UnblocksBy::Admin => self.admin_tries,
        }
    }
}

pub fn passwords(card: &mut Channel) -> Result<Passwords, CardError> {
    let bytes = get(card, 0x00C4)?;
    let bytes = unwrapped(&bytes, 0x00C4);
    let [once, longest, _, _, tries, resetting_tries, admin_tries] = *bytes else {
        return Err(CardError::Malformed);
    };
    // Bit 8 tells the PIN block's format, not its length.
    Ok(Passwords { once: once == 0, longest: longest & 0x7F, tries, resetting_tries, admin_tries })
}

/// DER of the certificate for the signing key: the third cardholder certificate where the card keeps
/// three (SELECT DATA, §7.2.5), the only one on older cards. [`CardError::NoCertificate`] where there is
/// none, or none for this key: the key itself names nobody.
pub fn certificate(card: &mut Channel) -> Result<Vec<u8>, CardError> {
    let wanted = [0x60, 0x04, 0x5C, 0x02, 0x7F, 0x21];
    // Cards of version 2 know no occurrences; opened anew, the first is the one that answers.
    let choose = Command { cla: 0, ins: 0xA5, p1: SIGNATURE, p2: 0x04, data: &wanted, le: None };
    let chosen = card.send(&choose)?.status;
    if !matches!(chosen, OK | 0x6D00) {
        // Widespread keys of older make want the path's length once more before it.
        let wanted = [&[wanted.len() as u8][..], &wanted].concat();
        card.send(&Command { data: &wanted, ..choose })?;
    }
    let found = match get(card, 0x7F21) {
        Err(CardError::Unsupported) => return Err(CardError::NoCertificate),
        found => found?,
    };
    let der = unwrapped(&found, 0x7F21);
    if der.is_empty() { Err(CardError::NoCertificate) } else { Ok(der.to_vec()) }
}

/// Whether the card's signing key is the one in a certificate (GENERATE ASYMMETRIC KEY PAIR, reading,
/// §7.2.14). `public_key` as in the certificate's bit string.
pub fn holds(card: &mut Channel, public_key: &[u8]) -> Result<bool, CardError> {
    let read = Command { cla: 0, ins: 0x47, p1: 0x81, p2: 0, data: &[0xB6, 0x00], le: Some(0) };
    let template = match ok(card.send(&read)?) {
        // No key was ever made.
        Err(CardError::Unsupported) => return Ok(false),
        template => template?,
    };
    let (0x7F49, mut rest, _) = tlv(&template).ok_or(CardError::Malformed)? else {
        return Err(CardError::Malformed);
    };
    while !rest.is_empty() {
        let (tag, value, after) = tlv(rest).ok_or(CardError::Malformed)?;
        match tag {
            0x86 => return Ok(value == public_key),
            0x81 => {
                let start = value.iter().position(|byte| *byte != 0).unwrap_or(0);
                let modulus = &value[start..];
                // Within RSAPublicKey the modulus stands whole, and nothing else is as long.
                let within = public_key.windows(modulus.len().max(1)).any(|part| part == modulus);
                return Ok(modulus.len() >= 128 && within);
            }
            _ => rest = after,
        }
    }
    Err(CardError::Malformed)
}

/// PW1 for signatures; a wrong one spends a try (§7.2.2).
pub fn verify(card: &mut Channel, pin: &Secret) -> Result<(), CardError> {
    let shown = Kdf::of(card)?.derive(pin, Kdf::PW1)?;
    let command = Command { cla: 0, ins: 0x20, p1: 0, p2: PW1_SIGN, data: &shown, le: None };
    let status = card.send(&command)?.status;
    judge(card, status)
}

/// What a reader with keys is told of PW1 for signing; `None` where the card wants it hashed, which no reader can.
pub fn entry(card: &mut Channel) -> Result<Option<Entry>, CardError> {
    if !Kdf::of(card)?.is_plain() {
        return Ok(None);
    }
    let most = passwords(card)?.longest.clamp(6, MOST_ON_PADS);
    Ok(Some(Entry { reference: PW1_SIGN, least: 6, most, block: None }))
}

/// What the card said to VERIFY.
pub fn judge(card: &mut Channel, status: u16) -> Result<(), CardError> {
    match status {
        OK => Ok(()),
        // Cards say 6982 for a wrong one, and tell the tries in C4.
        0x6982 => match passwords(card)?.tries {
            0 => Err(CardError::Blocked),
            tries => Err(CardError::WrongPin { tries_left: Some(tries) }),
        },
        0x63C0 | 0x6983 => Err(CardError::Blocked),
        status @ 0x63C1..=0x63CF => Err(CardError::WrongPin { tries_left: Some(status as u8 & 0x0F) }),
        0x6300 => Err(CardError::WrongPin { tries_left: None }),
        0x6A80 | 0x6700 => Err(CardError::PinFormat),
        status => Err(refusal(status)),
    }
}

/// CHANGE REFERENCE DATA of PW1 (§7.2.3). The card finds the border between the two by the length of the PIN that it
/// has: a wrong old one that begins with the right one would leave its end in the new PIN. So the old one is shown by
/// itself first.
pub fn change_pin(card: &mut Channel, old: &Secret, new: &Secret) -> Result<(), CardError> {
    let kdf = Kdf::of(card)?;
    let data = joined(&kdf.derive(old, Kdf::PW1)?, &kdf.derive(new, Kdf::PW1)?);
    verify(card, old)?;
    let command = Command { cla: 0, ins: 0x24, p1: 0, p2: PW1_SIGN, data: &data, le: None };
    match card.send(&command)?.status {
        OK => Ok(()),
        0x6982 | 0x63C1..=0x63CF | 0x6300 | 0x6983 | 0x63C0 => match passwords(card)?.tries {
            0 => Err(CardError::Blocked),
            tries => Err(CardError::WrongPin { tries_left: Some(tries) }),
        },
        0x6A80 | 0x6700 | 0x6985 => Err(CardError::NewPinRefused),
        status => Err(CardError::Refused(status)),
    }
}

/// RESET RETRY COUNTER with the resetting code, or after VERIFY of PW3 (§7.2.4).
pub fn unblock(card: &mut Channel, by: UnblocksBy, code: &Secret, new: &Secret) -> Result<(), CardError> {
    let kdf = Kdf::of(card)?;
    let new = kdf.derive(new, Kdf::PW1)?;
    let (p1, data) = match by {
        UnblocksBy::Puk => (0x00, joined(&kdf.derive(code, Kdf::RESETTING)?, &new)),
        UnblocksBy::Admin => {
            // No PW3 has fewer (§4.3.1): a shorter one would only spend a try.
            if code.len() < 8 {
                return Err(CardError::PinFormat);
            }
            let shown = kdf.derive(code, Kdf::PW3)?;
            let verify = Command { cla: 0, ins: 0x20, p1: 0, p2: PW3, data: &shown, le: None };
            let status = card.send(&verify)?.status;
            judge_unblock(card, by, status)?;
            (0x02, new.clone())
        }
    };
    let command = Command { cla: 0, ins: 0x2C, p1, p2: PW1_SIGN, data: &data, le: None };
    let status = card.send(&command)?.status;
    judge_unblock(card, by, status)?;
    // As with a change, the end of a wrong resetting code may be in the PIN by now: then it is not the one she chose.
    let set = Command { cla: 0, ins: 0x20, p1: 0, p2: PW1_SIGN, data: &new, le: None };
    match card.send(&set)?.status {
        OK => Ok(()),
        _ => Err(wrong_code(card, by)?),
    }
}

fn wrong_code(card: &mut Channel, by: UnblocksBy) -> Result<CardError, CardError> {
    Ok(match passwords(card)?.unblocking_tries(by) {
        0 => CardError::PukBlocked,
        tries => CardError::WrongPuk { tries_left: Some(tries) },
    })
}

/// What the card said to RESET RETRY COUNTER, or to the code before it.
fn judge_unblock(card: &mut Channel, by: UnblocksBy, status: u16) -> Result<(), CardError> {
    match status {
        OK => Ok(()),
        0x6982 | 0x63C1..=0x63CF | 0x6300 | 0x6983 | 0x63C0 => Err(wrong_code(card, by)?),
        0x6A80 | 0x6700 | 0x6985 => Err(CardError::NewPinRefused),
        0x6D00 | 0x6A86 | 0x6A88 => Err(CardError::CannotUnblock),
        status => Err(CardError::Refused(status)),
    }
}

/// PSO: COMPUTE DIGITAL SIGNATURE (§7.2.10) over a DigestInfo for RSA, a digest for ECDSA. The answer as
/// [`super::piv::authenticate`] gives it: PKCS#1 v1.5, or ECDSA in DER.
pub fn sign(card: &mut Channel, kind: KeyKind, input: &[u8]) -> Result<Vec<u8>, CardError> {
    let command = Command { cla: 0, ins: 0x2A, p1: 0x9E, p2: 0x9A, data: input, le: Some(0) };
    let answer = ok(card.send(&command)?)?;
    match kind {
        KeyKind::Rsa(_) => Ok(answer.to_vec()),
        KeyKind::Gost(_) => Err(CardError::Unsupported),
        KeyKind::P256 | KeyKind::P384 => ecdsa_der(&answer).ok_or(CardError::Malformed),
    }
}

/// r ‖ s of equal lengths, as SEQUENCE { r, s } (RFC 3279 §2.2.3).
pub(crate) fn ecdsa_der(raw: &[u8]) -> Option<Vec<u8>> {
    if raw.is_empty() || !raw.len().is_multiple_of(2) || raw.len() > 96 {
        return None;
    }
    let (r, s) = raw.split_at(raw.len() / 2);
    let integer = |number: &[u8]| {
        let start = number.iter().position(|b| *b != 0).unwrap_or(number.len() - 1);
        let mut value = number[start..].to_vec();
        if value[0] & 0x80 != 0 {
            value.insert(0, 0);
        }
        let mut out = vec![];
        super::piv::put(&mut out, 0x02, &value);
        out
    };
    let mut out = vec![];
    super::piv::put(&mut out, 0x30, &[integer(r), integer(s)].concat());
    Some(out)
}

fn get(card: &mut Channel, tag: u16) -> Result<Zeroizing<Vec<u8>>, CardError> {
    let [p1, p2] = tag.to_be_bytes();
    ok(card.send(&Command { cla: 0, ins: 0xCA, p1, p2, data: &[], le: Some(0) })?)
}

/// Cards answer with the object's value; some put its tag before it.
fn unwrapped(bytes: &[u8], tag: u16) -> &[u8] {
    match tlv(bytes) {
        Some((found, value, [])) if found == tag => value,
        _ => bytes,
    }
}

fn joined(first: &[u8], second: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut both = Zeroizing::new(Vec::with_capacity(first.len() + second.len()));
    both.extend_from_slice(first);
    both.extend_from_slice(second);
    both
}

/// How a password is changed before the card is shown it (§4.3.2, KDF-DO): not at all, or hashed with a
/// salt again and again. Showing the plain one to a card that wants it hashed would spend a try.
struct Kdf {
    bytes: Zeroizing<Vec<u8>>,
}

impl Kdf {
    /// Tags of the salts.
    const PW1: u16 = 0x84;
    const RESETTING: u16 = 0x85;
    const PW3: u16 = 0x86;

    fn of(card: &mut Channel) -> Result<Self, CardError> {
        let bytes = match get(card, 0x00F9) {
            // Cards without it show the password as it is.
            Err(CardError::Unsupported | CardError::Refused(_)) => Zeroizing::default(),
            bytes => Zeroizing::new(unwrapped(&bytes?, 0x00F9).to_vec()),
        };
        Ok(Self { bytes })
    }

    /// The password is shown as it is.
    fn is_plain(&self) -> bool {
        self.bytes.is_empty() || self.field(0x81) == Some(&[0x00])
    }

    fn field(&self, wanted: u16) -> Option<&[u8]> {
        let mut rest = &self.bytes[..];
        while !rest.is_empty() {
            let (tag, value, after) = tlv(rest)?;
            if tag == wanted {
                return Some(value);
            }
            rest = after;
        }
        None
    }

    /// Six bytes at least: no card takes fewer (§4.3.1), and asking would spend a try.
    fn derive(&self, password: &Secret, salt: u16) -> Result<Zeroizing<Vec<u8>>, CardError> {
        if !(6..=127).contains(&password.len()) {
            return Err(CardError::PinFormat);
        }
        let plain = || Zeroizing::new(password.bytes().to_vec());
        match self.field(0x81) {
            _ if self.is_plain() => return Ok(plain()),
            // KDF_ITERSALTED_S2K
            Some([0x03]) => {}
            _ => return Err(CardError::Unsupported),
        }
        let algorithm = match self.field(0x82) {
            Some([0x08]) => &digest::SHA256,
            Some([0x0A]) => &digest::SHA512,
            _ => return Err(CardError::Unsupported),
        };
        let (Some(&[a, b, c, d]), Some(salt)) =
            (self.field(0x83), self.field(salt).or(self.field(Self::PW1)))
        else {
            return Err(CardError::Malformed);
        };
        let input = joined(salt, password.bytes());
        let mut left =
            usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX).max(input.len());
        if left > MAX_KDF_COUNT {
            return Err(CardError::Malformed);
        }
        let mut hash = digest::Context::new(algorithm);
        while left > 0 {
            let part = left.min(input.len());
            hash.update(&input[..part]);
            left -= part;
        }
        Ok(Zeroizing::new(hash.finish().as_ref().to_vec()))
    }
}

/// One BER-TLV with a tag of one or two bytes: tag, value, and what follows. `None` where it is cut
/// short, or longer than any card's answer.
fn tlv(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    if bytes.first()? & 0x1F != 0x1F {
        let (tag, value, rest) = super::piv::tlv(bytes)?;
        return Some((tag.into(), value, rest));
    }
    let (high, rest) = bytes.split_first()?;
    // The rest is read like an element whose tag is the second byte.
    let (low, value, rest) = super::piv::tlv(rest)?;
    Some((u16::from_be_bytes([*high, low]), value, rest))
}

#[cfg(test)]
mod tests;
