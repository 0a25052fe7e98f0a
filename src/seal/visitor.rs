//! The visitor's secret: 32 random bytes S that stand on her paper only. Everything by which a
//! letter is found, read or answered later is derived from S (HKDF-SHA-256, RFC 5869).

use ring::hkdf;
use zeroize::{Zeroize, Zeroizing};

use super::{NoRandom, random};
use crate::domain::Digest;

/// Begins the text of the QR that is the visitor's alone.
pub const QR_PREFIX: &str = "TRZ1S";

/// Crockford's letters: no I, L, O, U, and a keyboard of any layout writes them.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// S, one byte of flags, four bytes by which a torn or mistyped code is told.
const QR_BYTES: usize = 37;
const PRACTICE: u8 = 1;

/// Found on the visitor's paper and nowhere else. Wiped when dropped; no `Debug`, no `Clone`.
pub struct VisitorSecret(Zeroizing<[u8; 32]>);

/// Why a scanned text is not a visitor's QR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    #[error("another kind of code")]
    NotOurs,
    #[error("the code is torn or mistyped")]
    Torn,
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl VisitorSecret {
    pub fn generate() -> Result<Self, NoRandom> {
        Ok(Self(random()?))
    }

    /// The bytes as they were stored sealed, or given by a test.
    pub fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// For sealed storage beside the envelope that is not sent yet.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn derive<const N: usize>(&self, purpose: &str) -> Zeroizing<[u8; N]> {
        let mut out = Zeroizing::new([0u8; N]);
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"tereze visitor 1");
        let prk = salt.extract(self.0.as_ref());
        let info = [purpose.as_bytes()];
        // HKDF fails past 255 × 32 bytes only; every N here is at most 32.
        if let Ok(okm) = prk.expand(&info, Length(N)) {
            let _ = okm.fill(out.as_mut());
        }
        out
    }

    /// Names the letter at the portal; says nothing without the access key.
    pub fn lookup_id(&self) -> [u8; 16] {
        *self.derive("lookup id")
    }

    /// Shown to the portal to read status and answer; the portal holds its SHA-256 only.
    pub fn access_key(&self) -> Zeroizing<[u8; 32]> {
        self.derive("access key")
    }

    /// By which a kiosk knows a letter that waits in its own outbox. It says nothing of S, and leaves the
    /// kiosk never.
    pub fn outbox_mark(&self) -> Digest {
        Digest(*self.derive("outbox mark"))
    }

    /// Encrypts what comes back by relay or stick: [`super::reply`].
    pub fn reply_key(&self) -> Zeroizing<[u8; 32]> {
        self.derive("reply key")
    }

    /// Eight letters and digits (40 bits) that with the letter's number give status and dates only:
    /// `7K4D-Q2XM`.
    pub fn paper_code(&self) -> String {
        let code = base32(self.derive::<5>("paper code").as_ref());
        format!("{}-{}", &code[..4], &code[4..])
    }

    /// SHA-256 of the access key.
    pub fn access_hash(&self) -> Digest {
        Digest::of(self.access_key().as_ref())
    }

    /// What the portal holds of the paper code: see [`code_hash`].
    pub fn code_hash(&self) -> Digest {
        let lookup = self.lookup_id();
        // Its own code has the right shape.
        code_hash(&lookup, &self.paper_code()).unwrap_or(Digest([0; 32]))
    }

    /// The text of the QR: `TRZ1S` and 60 letters and digits. A QR's alphanumeric mode holds it.
    pub fn qr_text(&self, practice: bool) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(QR_BYTES));
        bytes.push(if practice { PRACTICE } else { 0 });
        bytes.extend_from_slice(self.0.as_ref());
        let check = Digest::of(&bytes);
        bytes.extend_from_slice(&check.0[..4]);
        let mut text = Zeroizing::new(String::with_capacity(QR_PREFIX.len() + QR_BYTES * 8 / 5 + 1));
        text.push_str(QR_PREFIX);
        let coded = Zeroizing::new(base32(&bytes));
        text.push_str(&coded);
        text
    }

    /// The secret, and whether it is practice's. Capitals or not, spaces and hyphens are let pass.
    pub fn from_qr_text(text: &str) -> Result<(Self, bool), QrError> {
        let tidy = tidy(text);
        let coded = tidy.strip_prefix(QR_PREFIX).ok_or(QrError::NotOurs)?;
        let bytes = Zeroizing::new(unbase32(coded).ok_or(QrError::Torn)?);
        if bytes.len() != QR_BYTES {
            return Err(QrError::Torn);
        }
        let (head, check) = bytes.split_at(QR_BYTES - 4);
        if Digest::of(head).0[..4] != *check || head[0] & !PRACTICE != 0 {
            return Err(QrError::Torn);
        }
        let mut secret = Zeroizing::new([0u8; 32]);
        secret.copy_from_slice(&head[1..]);
        Ok((Self(secret), head[0] == PRACTICE))
    }
}

/// SHA-256 over lookup id and code, so that one guess serves one letter. `None`: not a code.
pub fn code_hash(lookup_id: &[u8; 16], code: &str) -> Option<Digest> {
    let code = tidy(code);
    if code.len() != 8 || !code.bytes().all(|b| LETTERS.contains(&b)) {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(24));
    bytes.extend_from_slice(lookup_id);
    bytes.extend_from_slice(code.as_bytes());
    Some(Digest::of(&bytes))
}

/// As people copy it from paper: capitals, O for 0, I and L for 1, no spaces or hyphens.
fn tidy(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len().min(256)));
    for c in text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(256) {
        out.push(match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        });
    }
    out
}

fn base32(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0u16, 0);
    for b in bytes {
        held = (held << 8) | u16::from(*b);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(LETTERS[usize::from(held >> bits & 31)]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        out.push(char::from(LETTERS[usize::from(held << (5 - bits) & 31)]));
    }
    held.zeroize();
    out
}

fn unbase32(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0u16, 0);
    for c in text.bytes() {
        held = held << 5 | u16::try_from(LETTERS.iter().position(|l| *l == c)?).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    // The bits that fill the last letter are zero.
    (held == 0 && bits < 5).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> VisitorSecret {
        VisitorSecret::from_bytes(Zeroizing::new([7; 32]))
    }

    #[test]
    fn what_is_derived_differs_by_purpose_and_stays() {
        let s = secret();
        assert_ne!(s.access_key(), s.reply_key());
        assert_ne!(s.access_key()[..16], s.lookup_id());
        assert_eq!(s.lookup_id(), secret().lookup_id());
        let other = VisitorSecret::generate().unwrap();
        assert_ne!(other.lookup_id(), s.lookup_id());
        assert_ne!(*other.access_key(), [0; 32]);
    }

    #[test]
    fn the_qr_reads_back_with_its_practice_mark() {
        for practice in [true, false] {
            let text = secret().qr_text(practice);
            assert!(text.starts_with("TRZ1S") && text.bytes().all(|b| b.is_ascii_alphanumeric()));
            let (back, mark) = VisitorSecret::from_qr_text(&text.to_lowercase()).ok().unwrap();
            assert_eq!((back.bytes(), mark), (secret().bytes(), practice));
        }
    }

    #[test]
    fn a_torn_or_foreign_code_is_told() {
        let text = secret().qr_text(false);
        for at in QR_PREFIX.len()..text.len() {
            let mut torn = text.as_bytes().to_vec();
            torn[at] = if torn[at] == b'7' { b'8' } else { b'7' };
            let torn = String::from_utf8(torn).unwrap();
            assert_eq!(VisitorSecret::from_qr_text(&torn).err(), Some(QrError::Torn));
        }
        for cut in QR_PREFIX.len()..text.len() {
            assert_eq!(VisitorSecret::from_qr_text(&text[..cut]).err(), Some(QrError::Torn));
        }
        for foreign in ["", "https://example.kz", "TRZ1P:ABC", "TRZ1S\u{0}қ"] {
            assert!(VisitorSecret::from_qr_text(foreign).is_err());
        }
    }

    #[test]
    fn a_code_copied_by_hand_still_fits() {
        let s = secret();
        let code = s.paper_code();
        assert_eq!(code.len(), 9);
        let by_hand = code.replace('-', " ").replace('0', "o").replace('1', "l").to_lowercase();
        assert_eq!(code_hash(&s.lookup_id(), &by_hand), Some(s.code_hash()));
        assert_eq!(code_hash(&s.lookup_id(), "1234"), None);
        assert_ne!(code_hash(&[0; 16], &code), Some(s.code_hash()));
    }

    proptest::proptest! {
        #[test]
        fn base32_reads_back(bytes: Vec<u8>) {
            proptest::prop_assert_eq!(unbase32(&base32(&bytes)), Some(bytes));
        }

        #[test]
        fn any_text_is_read_without_panic(text: String) {
            let _ = VisitorSecret::from_qr_text(&text);
            let _ = VisitorSecret::from_qr_text(&format!("TRZ1S{text}"));
        }
    }
}
