//! Values that must not be copied, in messages that must be.

use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::private::Secret;
use crate::sign::keyfile::LONGEST_PASSWORD;
use crate::store::draft::Code;

/// A result on its way from a task to the one screen that waits for it. Cloning the message does
/// not clone the value: whoever takes it first has it.
pub struct Once<T>(Arc<Mutex<Option<T>>>);

impl<T> Once<T> {
    pub fn new(value: T) -> Self {
        Self(Arc::new(Mutex::new(Some(value))))
    }

    pub fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<T> Clone for Once<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// SP 800-73: a PIV PIN has six to eight digits; fewer is not sent to the card. So have those of the staff.
pub const PIN_LEAST: usize = 6;
pub const PIN_MOST: usize = 8;

/// Where the PIN is while it is typed: beside the widgets, which only reach in. No message and no
/// widget ever holds a digit.
#[derive(Clone)]
pub struct PinPad(PasswordPad);

impl Default for PinPad {
    fn default() -> Self {
        Self(PasswordPad::of(PIN_MOST))
    }
}

impl PinPad {
    /// From now on a PIN has so many bytes at most.
    pub fn limit(&self, most: usize) {
        self.0.with(|typed| typed.most = most.min(LONGEST_PASSWORD));
    }

    /// `digit` is 0–9; more digits than a PIN can have are not taken.
    pub fn push(&self, digit: u8) {
        if digit <= 9 {
            self.0.push(char::from(b'0' + digit));
        }
    }

    /// The same place, for a PIN with letters.
    pub fn letters(&self) -> PasswordPad {
        self.0.clone()
    }

    pub fn erase(&self) {
        self.0.erase();
    }

    pub fn clear(&self) {
        self.0.clear();
    }

    /// How many signs were typed: all that a screen may know.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are so many bytes.
    pub fn has(&self, least: usize) -> bool {
        self.0.with(|typed| typed.secret.len() >= least)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The PIN for the card; the pad is empty afterwards.
    pub fn take(&self) -> Secret {
        self.0.take()
    }
}

/// Where a key file's password is while it is typed: as [`PinPad`], with letters of any alphabet.
#[derive(Clone)]
pub struct PasswordPad(Arc<Mutex<Typed>>);

/// What was typed, with room for the longest, and how many bytes it may have.
struct Typed {
    secret: Secret,
    most: usize,
}

impl Default for PasswordPad {
    fn default() -> Self {
        Self::of(LONGEST_PASSWORD)
    }
}

impl PasswordPad {
    fn of(most: usize) -> Self {
        Self(Arc::new(Mutex::new(Typed { secret: Secret::with_capacity(LONGEST_PASSWORD), most })))
    }

    fn with<R>(&self, f: impl FnOnce(&mut Typed) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whole or not at all: a letter of several bytes is not cut.
    pub fn push(&self, c: char) {
        let mut bytes = Zeroizing::new([0; 4]);
        let bytes = c.encode_utf8(bytes.as_mut()).as_bytes();
        self.with(|typed| {
            if typed.secret.len() + bytes.len() <= typed.most {
                bytes.iter().for_each(|b| {
                    typed.secret.push(*b);
                });
            }
        });
    }

    pub fn erase(&self) {
        self.with(|typed| {
            while typed.secret.bytes().last().is_some_and(|b| b & 0xc0 == 0x80) {
                typed.secret.pop();
            }
            typed.secret.pop();
        });
    }

    pub fn clear(&self) {
        self.with(|typed| typed.secret.clear());
    }

    /// How many signs were typed.
    pub fn len(&self) -> usize {
        self.with(|typed| typed.secret.bytes().iter().filter(|b| *b & 0xc0 != 0x80).count())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One sign, to be shown for a moment.
    pub fn sign(&self, n: usize) -> Option<char> {
        self.with(|typed| std::str::from_utf8(typed.secret.bytes()).ok()?.chars().nth(n))
    }

    /// The password for the file; the pad is empty afterwards.
    pub fn take(&self) -> Secret {
        self.with(|typed| typed.secret.take())
    }
}

/// Where the code of a saved draft is while it is typed: as [`PinPad`], with signs that may be seen.
#[derive(Clone)]
pub struct CodePad(Arc<Mutex<Secret>>);

impl Default for CodePad {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Secret::with_capacity(Code::LENGTH))))
    }
}

impl CodePad {
    fn with<R>(&self, f: impl FnOnce(&mut Secret) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A typed character, as the sign it stands for; others and those past the tenth are not taken.
    pub fn push(&self, c: char) {
        if let Some(sign) = Code::meant(c) {
            self.with(|code| code.push(sign));
        }
    }

    pub fn erase(&self) {
        self.with(Secret::pop);
    }

    pub fn clear(&self) {
        self.with(Secret::clear);
    }

    pub fn sign(&self, n: usize) -> Option<char> {
        self.with(|code| code.bytes().get(n).copied().map(char::from))
    }

    /// The code, once all its signs are there.
    pub fn code(&self) -> Option<Code> {
        self.with(|code| std::str::from_utf8(code.bytes()).ok().and_then(Code::parse))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_taken_once() {
        let once = Once::new(5);
        let twin = once.clone();
        assert_eq!((once.take(), twin.take()), (Some(5), None));
    }

    #[test]
    fn a_code_is_whole_with_its_tenth_sign() {
        let pad = CodePad::default();
        for c in "7k3mx-94ta".chars() {
            pad.push(c);
        }
        assert!(pad.code().is_none() && pad.sign(9).is_none());
        pad.push('ы');
        pad.push('w');
        pad.push('w');
        assert!(pad.code() == Code::parse("7K3MX-94TAW"));
        pad.erase();
        assert!(pad.code().is_none() && pad.sign(8) == Some('A'));
        pad.clear();
        assert!(pad.sign(0).is_none());
    }

    #[test]
    fn a_password_is_erased_letter_by_letter_and_given_away_once() {
        let pad = PasswordPad::default();
        "aқ1".chars().for_each(|c| pad.push(c));
        assert_eq!((pad.len(), pad.sign(1)), (3, Some('қ')));
        pad.erase();
        pad.erase();
        assert_eq!(pad.len(), 1);
        (0..300).for_each(|_| pad.push('ң'));
        assert!(pad.sign(pad.len()).is_none() && pad.len() == 1 + (LONGEST_PASSWORD - 1) / 2);
        pad.clear();
        pad.push('ә');
        assert_eq!(pad.take().bytes(), "ә".as_bytes());
        assert!(pad.is_empty());
    }

    #[test]
    fn the_pad_takes_digits_and_gives_them_away_once() {
        let pad = PinPad::default();
        for digit in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] {
            pad.push(digit);
        }
        assert_eq!(pad.len(), PIN_MOST);
        pad.erase();
        pad.erase();
        assert_eq!(pad.take().bytes(), b"123456");
        assert!(pad.is_empty());
    }

    #[test]
    fn a_pin_with_letters_is_in_the_same_place_and_has_its_own_limit() {
        let pad = PinPad::default();
        pad.limit(13);
        let letters = pad.letters();
        "Пин-Kod123".chars().for_each(|c| letters.push(c));
        // Ten signs, thirteen bytes; a letter of two no longer fits, nor does a digit.
        letters.push('ы');
        pad.push(4);
        assert_eq!((pad.len(), pad.has(13), pad.has(14)), (10, true, false));
        pad.erase();
        assert_eq!(pad.take().bytes(), "Пин-Kod12".as_bytes());
        assert!(pad.is_empty() && letters.is_empty());
    }
}
