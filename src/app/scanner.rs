//! A scanner is a keyboard that types faster than any hand: a burst of keys less than 30 ms apart
//! that ends with Enter. It is read from *physical* keys as a US layout, whatever layout the
//! visitor types in, and never reaches a field.
//!
//! Pure. A key is kept back until it is known whose it is: the next key comes before [`Scanner::wait`]
//! is over, or does not. Nothing that a hand typed is lost, and nothing has to be taken back.
//! [`super::listen`] feeds it, above every widget.

use std::time::Duration;

use iced::keyboard::key::Code;
use zeroize::Zeroizing;

use crate::screen::scan::Scan;

/// Keys of one burst are closer than this.
pub const GAP: Duration = Duration::from_millis(30);
/// Once it is a burst, a radio scanner may stumble.
const STUMBLE: Duration = Duration::from_millis(60);

/// The largest QR text we print is far below this; more is noise.
pub const MOST: usize = 8 * 1024;

/// A burst shorter than this is a quick hand and an Enter.
const LEAST: usize = 6;
/// Two quick keys may be a rolling hand; the third says it is a machine.
const MACHINE: usize = 3;
/// So many quick keys without an Enter are a broken scan; fewer are given back to the hand.
pub const NOISE: usize = 12;

/// What becomes of the key that was fed.
pub enum Heard {
    /// A person's key: it goes where it always went, after those that were kept back.
    Person,
    /// Kept back.
    Held,
    /// The burst is whole: none of its keys goes anywhere.
    Whole(Scan),
    /// The burst is over, and was nothing that can be read.
    Noise,
}

#[derive(Default)]
pub struct Scanner {
    text: Zeroizing<String>,
    keys: usize,
}

impl Scanner {
    /// One pressed key: not its repeats, not modifiers alone, not with Ctrl or Alt.
    pub fn key(&mut self, code: Code, shift: bool) -> Heard {
        if matches!(code, Code::Enter | Code::NumpadEnter) {
            let (text, keys) = (std::mem::take(&mut self.text), std::mem::take(&mut self.keys));
            return match keys {
                ..LEAST => Heard::Person,
                LEAST..=MOST => Heard::Whole(Scan::new(text)),
                _ => Heard::Noise,
            };
        }
        let Some(c) = us(code, shift) else { return Heard::Person };
        if self.keys < MOST {
            if self.text.capacity() == 0 {
                // One allocation: growing would leave copies behind.
                self.text.reserve_exact(MOST);
            }
            self.text.push(c);
        }
        self.keys = self.keys.saturating_add(1);
        Heard::Held
    }

    /// How long silence lasts until it is a hand's.
    pub fn wait(&self) -> Duration {
        if self.keys < MACHINE { GAP } else { STUMBLE }
    }

    /// Is what was kept back a burst by now?
    pub fn is_burst(&self) -> bool {
        self.keys >= MACHINE
    }

    /// Silence, or a key that no scanner sends: `true` where the keys kept back are a person's.
    pub fn settle(&mut self) -> bool {
        self.text = Zeroizing::default();
        std::mem::take(&mut self.keys) < NOISE
    }
}

/// The character of a physical key on a US keyboard.
fn us(code: Code, shift: bool) -> Option<char> {
    let (plain, shifted) = match code {
        Code::KeyA => ('a', 'A'),
        Code::KeyB => ('b', 'B'),
        Code::KeyC => ('c', 'C'),
        Code::KeyD => ('d', 'D'),
        Code::KeyE => ('e', 'E'),
        Code::KeyF => ('f', 'F'),
        Code::KeyG => ('g', 'G'),
        Code::KeyH => ('h', 'H'),
        Code::KeyI => ('i', 'I'),
        Code::KeyJ => ('j', 'J'),
        Code::KeyK => ('k', 'K'),
        Code::KeyL => ('l', 'L'),
        Code::KeyM => ('m', 'M'),
        Code::KeyN => ('n', 'N'),
        Code::KeyO => ('o', 'O'),
        Code::KeyP => ('p', 'P'),
        Code::KeyQ => ('q', 'Q'),
        Code::KeyR => ('r', 'R'),
        Code::KeyS => ('s', 'S'),
        Code::KeyT => ('t', 'T'),
        Code::KeyU => ('u', 'U'),
        Code::KeyV => ('v', 'V'),
        Code::KeyW => ('w', 'W'),
        Code::KeyX => ('x', 'X'),
        Code::KeyY => ('y', 'Y'),
        Code::KeyZ => ('z', 'Z'),
        Code::Digit1 => ('1', '!'),
        Code::Digit2 => ('2', '@'),
        Code::Digit3 => ('3', '#'),
        Code::Digit4 => ('4', '$'),
        Code::Digit5 => ('5', '%'),
        Code::Digit6 => ('6', '^'),
        Code::Digit7 => ('7', '&'),
        Code::Digit8 => ('8', '*'),
        Code::Digit9 => ('9', '('),
        Code::Digit0 => ('0', ')'),
        Code::Minus => ('-', '_'),
        Code::Equal => ('=', '+'),
        Code::BracketLeft => ('[', '{'),
        Code::BracketRight => (']', '}'),
        Code::Backslash => ('\\', '|'),
        Code::Semicolon => (';', ':'),
        Code::Quote => ('\'', '"'),
        Code::Backquote => ('`', '~'),
        Code::Comma => (',', '<'),
        Code::Period => ('.', '>'),
        Code::Slash => ('/', '?'),
        Code::Space => (' ', ' '),
        _ => return None,
    };
    Some(if shift { shifted } else { plain })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: [(Code, bool); 8] = [
        (Code::KeyT, true),
        (Code::KeyR, true),
        (Code::KeyZ, true),
        (Code::Digit1, false),
        (Code::KeyS, true),
        (Code::Semicolon, true),
        (Code::KeyA, false),
        (Code::Digit5, true),
    ];

    #[test]
    fn a_burst_is_a_scan_and_not_one_key_of_it_passes() {
        let mut scanner = Scanner::default();
        for (code, shift) in WORD {
            assert!(matches!(scanner.key(code, shift), Heard::Held));
        }
        assert!(matches!(scanner.key(Code::Enter, false), Heard::Whole(scan) if scan.text() == "TRZ1S:a%"));
        // The next one begins anew.
        scanner.key(Code::KeyA, false);
        assert!(matches!(scanner.key(Code::Enter, false), Heard::Person));
    }

    #[test]
    fn a_hand_is_never_a_scan_and_loses_no_key() {
        let mut scanner = Scanner::default();
        for (code, shift) in WORD {
            assert!(matches!(scanner.key(code, shift), Heard::Held));
            assert!(scanner.settle(), "silence gives the key back");
        }
        assert!(matches!(scanner.key(Code::Enter, false), Heard::Person));
        // Five keys at once after a stall, then Enter: still a hand.
        for (code, shift) in &WORD[..LEAST - 1] {
            scanner.key(*code, *shift);
        }
        assert!(matches!(scanner.key(Code::Enter, false), Heard::Person));
    }

    #[test]
    fn a_rolling_hand_waits_no_longer_than_one_gap() {
        let mut scanner = Scanner::default();
        scanner.key(Code::KeyA, false);
        scanner.key(Code::KeyB, false);
        assert!(!scanner.is_burst() && scanner.wait() == GAP);
        scanner.key(Code::KeyC, false);
        assert!(scanner.is_burst());
        assert!(matches!(scanner.key(Code::Escape, false), Heard::Person));
    }

    #[test]
    fn noise_is_swallowed_and_dropped() {
        let mut scanner = Scanner::default();
        for _ in 0..MOST + 10 {
            scanner.key(Code::KeyA, false);
        }
        assert!(matches!(scanner.key(Code::Enter, false), Heard::Noise));
        for _ in 0..NOISE {
            scanner.key(Code::KeyA, false);
        }
        assert!(!scanner.settle(), "a scan whose Enter never came");
    }
}
