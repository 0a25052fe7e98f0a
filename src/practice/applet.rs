//! The practice card's inside: as much of the PIV applet (SP 800-73-4 part 2) as signing needs, with
//! a real card's rules: the PIN before every signature of key 9C, three tries, short APDUs.

use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use zeroize::Zeroizing;

use crate::card::piv::{put, tlv};
use crate::card::session::SHA256_INFO;

/// What everybody may know of the practice card.
pub const PIN: &str = "123456";
pub const TRIES: u8 = 3;
pub const PUK: &str = "12345678";

/// Longest chained command: an RSA block and its tags.
const MAX_COMMAND: usize = 1024;
const AID: &[u8] = &[0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00];

/// The practice person's key; both keys of the card (9A, 9C) are this one.
pub enum Key {
    P256(p256::ecdsa::SigningKey),
    /// 2048 bits.
    Rsa(Box<rsa::RsaPrivateKey>),
}

pub(super) struct Applet {
    key: Key,
    certificate: Vec<u8>,
    /// Padded, as it is shown: a visitor may change it, until she leaves.
    pin: Zeroizing<[u8; 8]>,
    tries: u8,
    puk_tries: u8,
    selected: bool,
    /// Ends with the session, and with the first signature of 9C.
    verified: bool,
    /// Data of the chained command so far.
    chained: Zeroizing<Vec<u8>>,
    /// What GET RESPONSE still has to give.
    waiting: Vec<u8>,
}

impl Applet {
    pub fn new(key: Key, certificate: Vec<u8>) -> Self {
        let (chained, waiting) = Default::default();
        Self {
            key,
            certificate,
            pin: padded(PIN),
            tries: TRIES,
            puk_tries: TRIES,
            selected: false,
            verified: false,
            chained,
            waiting,
        }
    }

    /// Power off and on: the tries stay spent.
    pub fn reset(&mut self) {
        self.selected = false;
        self.verified = false;
        self.chained.clear();
        self.waiting.clear();
    }

    /// All tries and the first PIN back: the next visitor practises with a fresh card.
    pub fn forgive(&mut self) {
        self.pin = padded(PIN);
        self.tries = TRIES;
        self.puk_tries = TRIES;
    }

    /// Whether a visitor has set another PIN than [`PIN`].
    pub fn own_pin(&self) -> bool {
        self.pin != padded(PIN)
    }

    /// The answer to one short APDU, with its status word.
    pub fn answer(&mut self, apdu: &[u8]) -> Zeroizing<Vec<u8>> {
        let (mut body, status) = match self.command(apdu) {
            Ok(body) => (body, 0x9000),
            Err(status) => (vec![], status),
        };
        let mut status = u16::to_be_bytes(status);
        if body.len() > 256 {
            self.waiting = body.split_off(256);
            status = [0x61, self.waiting.len().min(256) as u8];
        }
        body.extend(status);
        Zeroizing::new(body)
    }

    fn command(&mut self, apdu: &[u8]) -> Result<Vec<u8>, u16> {
        let [cla, ins, p1, p2, rest @ ..] = apdu else { return Err(0x6700) };
        // Without data the fifth byte is Le; with data, Lc.
        let data = match rest {
            [] | [_] => &[][..],
            [lc, data @ ..] if data.len() == usize::from(*lc) || data.len() == usize::from(*lc) + 1 => {
                &data[..usize::from(*lc)]
            }
            _ => return Err(0x6700),
        };
        if cla & !0x10 != 0 {
            return Err(0x6E00);
        }
        if self.chained.len() + data.len() > MAX_COMMAND {
            self.chained.clear();
            return Err(0x6700);
        }
        if cla & 0x10 != 0 {
            self.chained.extend_from_slice(data);
            return Ok(vec![]);
        }
        let mut whole = std::mem::take(&mut self.chained);
        whole.extend_from_slice(data);
        match (*ins, *p1, *p2) {
            (0xC0, 0, 0) => Ok(std::mem::take(&mut self.waiting)),
            (0xA4, 4, 0) => self.select(&whole),
            _ if !self.selected => Err(0x6985),
            (0xCB, 0x3F, 0xFF) => self.get_data(&whole),
            (0x20, 0, 0x80) => self.verify(&whole),
            (0x24, 0, 0x80) => self.change(&whole),
            (0x2C, 0, 0x80) => self.unblock(&whole),
            (0x87, algorithm, key) => self.authenticate(algorithm, key, &whole),
            (0xCB | 0x20 | 0x24 | 0x2C, ..) => Err(0x6A86),
            _ => Err(0x6D00),
        }
    }

    fn select(&mut self, name: &[u8]) -> Result<Vec<u8>, u16> {
        self.selected = name.len() >= 5 && AID.starts_with(name);
        if !self.selected {
            return Err(0x6A82);
        }
        let mut template = vec![];
        put(&mut template, 0x4F, &AID[5..]);
        let mut out = vec![];
        put(&mut out, 0x61, &template);
        Ok(out)
    }

    fn get_data(&self, wanted: &[u8]) -> Result<Vec<u8>, u16> {
        let [0x5C, 3, 0x5F, 0xC1, 0x05 | 0x0A] = wanted else { return Err(0x6A82) };
        let mut object = vec![];
        put(&mut object, 0x70, &self.certificate);
        put(&mut object, 0x71, &[0]);
        put(&mut object, 0xFE, &[]);
        let mut out = vec![];
        put(&mut out, 0x53, &object);
        Ok(out)
    }

    fn verify(&mut self, pin: &[u8]) -> Result<Vec<u8>, u16> {
        if self.tries == 0 {
            return Err(0x6983);
        }
        if pin.is_empty() {
            return if self.verified { Ok(vec![]) } else { Err(0x63C0 | u16::from(self.tries)) };
        }
        let digits = pin.iter().position(|b| *b == 0xFF).map_or(pin, |end| &pin[..end]);
        if pin.len() != 8 || digits.len() < 6 {
            return Err(0x6A80);
        }
        self.verified = pin == &self.pin[..];
        if self.verified {
            self.tries = TRIES;
            return Ok(vec![]);
        }
        self.tries -= 1;
        if self.tries == 0 { Err(0x6983) } else { Err(0x63C0 | u16::from(self.tries)) }
    }

    /// CHANGE REFERENCE DATA: the PIN until now, then the new one.
    fn change(&mut self, both: &[u8]) -> Result<Vec<u8>, u16> {
        let (old, new) = both.split_at_checked(8).ok_or(0x6A80_u16)?;
        let new = well_formed(new)?;
        self.verify(old)?;
        self.pin = new;
        Ok(vec![])
    }

    /// RESET RETRY COUNTER: the PUK, then the new PIN.
    fn unblock(&mut self, both: &[u8]) -> Result<Vec<u8>, u16> {
        let (puk, new) = both.split_at_checked(8).ok_or(0x6A80_u16)?;
        let new = well_formed(new)?;
        if self.puk_tries == 0 {
            return Err(0x6983);
        }
        if puk != PUK.as_bytes() {
            self.puk_tries -= 1;
            return Err(if self.puk_tries == 0 { 0x6983 } else { 0x63C0 | u16::from(self.puk_tries) });
        }
        (self.puk_tries, self.tries, self.pin) = (TRIES, TRIES, new);
        Ok(vec![])
    }

    fn authenticate(&mut self, algorithm: u8, slot: u8, template: &[u8]) -> Result<Vec<u8>, u16> {
        if !matches!(slot, 0x9A | 0x9C) {
            return Err(0x6A86);
        }
        let verified = self.verified;
        if slot == 0x9C {
            self.verified = false;
        }
        if !verified {
            return Err(0x6982);
        }
        let challenge = challenge(template).ok_or(0x6A80_u16)?;
        let signature = match (&self.key, algorithm) {
            (Key::P256(key), 0x11) => {
                let signature: p256::ecdsa::Signature =
                    key.sign_prehash(challenge).map_err(|_| 0x6A80_u16)?;
                signature.to_der().as_bytes().to_vec()
            }
            (Key::Rsa(key), 0x07) => {
                let digest = unpadded(challenge).ok_or(0x6A80_u16)?;
                key.sign(rsa::Pkcs1v15Sign::new::<sha2::Sha256>(), digest).map_err(|_| 0x6F00_u16)?
            }
            _ => return Err(0x6A86),
        };
        let mut inner = vec![];
        put(&mut inner, 0x82, &signature);
        let mut out = vec![];
        put(&mut out, 0x7C, &inner);
        Ok(out)
    }
}

fn padded(pin: &str) -> Zeroizing<[u8; 8]> {
    let mut out = Zeroizing::new([0xFF; 8]);
    let digits = pin.as_bytes();
    out[..digits.len()].copy_from_slice(digits);
    out
}

/// Six to eight digits, padded.
fn well_formed(pin: &[u8]) -> Result<Zeroizing<[u8; 8]>, u16> {
    let digits = pin.iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = digits >= 6 && pin[digits..].iter().all(|b| *b == 0xFF);
    let out = <[u8; 8]>::try_from(pin).map_err(|_| 0x6A80_u16)?;
    if whole { Ok(Zeroizing::new(out)) } else { Err(0x6A80) }
}

/// Tag 81 of the dynamic authentication template 7C, which asks for 82.
fn challenge(template: &[u8]) -> Option<&[u8]> {
    let (0x7C, inner, []) = tlv(template)? else { return None };
    let (0x82, [], rest) = tlv(inner)? else { return None };
    let (0x81, challenge, []) = tlv(rest)? else { return None };
    Some(challenge)
}

/// The SHA-256 digest in a padded block; other blocks are not signed, though a real card would.
fn unpadded(block: &[u8]) -> Option<&[u8]> {
    let [0x00, 0x01, rest @ ..] = block else { return None };
    let end = rest.iter().position(|b| *b != 0xFF)?;
    let digest = rest[end..].strip_prefix(&[0x00])?.strip_prefix(&SHA256_INFO)?;
    (block.len() == 256 && digest.len() == 32).then_some(digest)
}
