//! A scanner is a keyboard that types faster than any hand: a burst of keys less than 30 ms apart
//! that ends with Enter. It is read from *physical* keys as a US layout, whatever layout the
//! visitor types in, and never reaches a field.
//!
//! Pure: keys and times come in; what to do with them goes out.

use std::time::{Duration, Instant};

use iced::keyboard::key::Code;
use zeroize::Zeroizing;

/// Keys of one burst are closer than this.
pub const GAP: Duration = Duration::from_millis(30);

/// The largest QR text we print is far below this; more is noise.
pub const MOST: usize = 8 * 1024;

/// A burst shorter than this is a quick hand and an Enter.
const LEAST: usize = 6;

/// What a scan read. It may hold the visitor's secret: no `Debug`, wiped when dropped.
#[derive(Clone)]
pub struct Scan(Zeroizing<String>);

impl Scan {
    pub fn text(&self) -> &str {
        &self.0
    }

    #[cfg(test)]
    fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

/// What the caller does with the key that was fed.
pub enum Heard {
    /// A person's key: it goes where it always went.
    Person,
    /// Part of a burst: it goes nowhere. How many of the keys before it were let through as a
    /// person's and have to be taken back.
    Burst { take_back: usize },
    /// The burst is whole.
    Whole(Scan),
}

#[derive(Default)]
pub struct Scanner {
    text: Zeroizing<String>,
    last: Option<Instant>,
    /// Keys of this burst that passed as a person's before it was known to be one.
    passed: usize,
    bursting: bool,
    overflowed: bool,
}

impl Scanner {
    /// One pressed key (not its repeats, not modifiers alone).
    pub fn key(&mut self, code: Code, shift: bool, at: Instant) -> Heard {
        let quick = self.last.is_some_and(|last| at.saturating_duration_since(last) < GAP);
        self.last = Some(at);
        if !quick {
            self.forget();
        }
        if matches!(code, Code::Enter | Code::NumpadEnter) {
            let whole = self.bursting && !self.overflowed && self.text.len() >= LEAST;
            let swallow = self.bursting;
            let text = std::mem::take(&mut self.text);
            self.forget();
            return match (whole, swallow) {
                (true, _) => Heard::Whole(Scan(text)),
                (false, true) => Heard::Burst { take_back: 0 },
                (false, false) => Heard::Person,
            };
        }
        let Some(c) = us(code, shift) else {
            self.forget();
            return Heard::Person;
        };
        if self.text.len() < MOST {
            if self.text.capacity() == 0 {
                self.text.reserve_exact(MOST);
            }
            self.text.push(c);
        } else {
            self.overflowed = true;
        }
        if self.bursting {
            return Heard::Burst { take_back: 0 };
        }
        // Two quick keys may be a rolling hand; the third says it is a machine.
        if quick && self.text.len() >= 3 {
            self.bursting = true;
            return Heard::Burst { take_back: std::mem::take(&mut self.passed) };
        }
        self.passed += 1;
        Heard::Person
    }

    fn forget(&mut self) {
        self.text = Zeroizing::default();
        self.passed = 0;
        self.bursting = false;
        self.overflowed = false;
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

    fn feed(gap: Duration) -> (Vec<Heard>, Heard) {
        let mut scanner = Scanner::default();
        let mut at = Instant::now();
        let mut heard = vec![];
        for (code, shift) in WORD {
            at += gap;
            heard.push(scanner.key(code, shift, at));
        }
        at += gap;
        (heard, scanner.key(Code::Enter, false, at))
    }

    #[test]
    fn a_burst_is_a_scan_and_what_slipped_through_is_taken_back() {
        let (keys, last) = feed(Duration::from_millis(4));
        let passed = keys.iter().filter(|h| matches!(h, Heard::Person)).count();
        let back: usize =
            keys.iter().map(|h| if let Heard::Burst { take_back } = h { *take_back } else { 0 }).sum();
        assert_eq!((passed, back), (2, 2));
        assert!(matches!(last, Heard::Whole(scan) if scan.text() == Scan::new("TRZ1S:a%").text()));
    }

    #[test]
    fn a_hand_is_never_a_scan() {
        let (keys, last) = feed(Duration::from_millis(80));
        assert!(keys.iter().all(|h| matches!(h, Heard::Person)));
        assert!(matches!(last, Heard::Person));
    }

    #[test]
    fn noise_without_end_is_swallowed_and_dropped() {
        let mut scanner = Scanner::default();
        let mut at = Instant::now();
        for _ in 0..MOST + 10 {
            at += Duration::from_millis(1);
            scanner.key(Code::KeyA, false, at);
        }
        assert!(matches!(scanner.key(Code::Enter, false, at), Heard::Burst { take_back: 0 }));
        assert!(matches!(scanner.key(Code::KeyA, false, at + GAP), Heard::Person));
    }
}
