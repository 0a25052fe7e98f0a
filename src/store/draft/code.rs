//! The code: ten signs that a hand can copy.

use ring::rand::{SecureRandom, SystemRandom};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::SavedError;

/// No two look alike when written by hand: no O and Q beside 0, no I and L beside 1, no Z beside 2, no
/// S beside 5, no B beside 8, no G beside 6, no U beside V.
const SIGNS: &str = "0123456789ACDEFHJKMNPRTVWXY";
const LENGTH: usize = 10;

/// Ten signs. No `Debug`.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Code([u8; LENGTH]);

impl Code {
    pub const SIGNS: &str = SIGNS;
    pub const LENGTH: usize = LENGTH;

    pub fn generate() -> Result<Self, SavedError> {
        let random = SystemRandom::new();
        let mut code = Code([0; LENGTH]);
        for sign in &mut code.0 {
            *sign = loop {
                let mut byte = [0u8];
                random.fill(&mut byte).map_err(|_| SavedError::Random)?;
                // 243 = 9 × 27: bytes above would favour the first signs.
                if byte[0] < 243 {
                    break SIGNS.as_bytes()[usize::from(byte[0]) % SIGNS.len()];
                }
            };
        }
        Ok(code)
    }

    /// In two groups: `7K3MX-94TAW`.
    pub fn shown(&self) -> Zeroizing<String> {
        let mut out = Zeroizing::new(String::with_capacity(LENGTH + 1));
        for (n, sign) in self.0.iter().enumerate() {
            if n == LENGTH / 2 {
                out.push('-');
            }
            out.push(char::from(*sign));
        }
        out
    }

    /// What was typed or read out: capitals or not, with or without hyphen and spaces, look-alikes and
    /// Cyrillic letters of the same shape taken for the sign they look like. `None` until it is ten.
    pub fn parse(text: &str) -> Option<Self> {
        let mut code = Code([0; LENGTH]);
        let mut n = 0;
        for c in text.chars() {
            if c.is_whitespace() || matches!(c, '-' | '–' | '—' | '_' | '.') {
                continue;
            }
            *code.0.get_mut(n)? = Self::meant(c)?;
            n += 1;
        }
        (n == LENGTH).then_some(code)
    }

    /// The sign that a typed character stands for.
    pub fn meant(c: char) -> Option<u8> {
        meant(c.to_uppercase().next()?)
    }

    /// The `n`th sign, to be shown.
    pub fn sign(&self, n: usize) -> Option<char> {
        self.0.get(n).copied().map(char::from)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

fn meant(c: char) -> Option<u8> {
    let c = match c {
        'O' | 'Q' | 'О' | 'Ө' => '0',
        'I' | 'L' | 'І' => '1',
        'Z' => '2',
        'З' => '3',
        'S' | 'Ѕ' => '5',
        'G' | 'Б' => '6',
        'B' | 'В' => '8',
        'U' => 'V',
        'А' => 'A',
        'С' => 'C',
        'Е' => 'E',
        'Н' => 'H',
        'К' => 'K',
        'М' => 'M',
        'Р' => 'P',
        'Т' => 'T',
        'Х' => 'X',
        'У' | 'Ү' => 'Y',
        c => c,
    };
    u8::try_from(c).ok().filter(|b| SIGNS.as_bytes().contains(b))
}
