//! Which keys stand where.

use super::{Keyboard, Kind, Letters};

/// One key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Text(&'static str),
    Space,
    Delete,
    Left,
    Right,
    Enter,
    Clear,
    Shift,
    /// To digits and signs, and back.
    Signs,
    /// To the next letters.
    Alphabet,
}

const DIGITS: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];
/// The nine letters that are Kazakh's own: shown tinted.
pub(super) const OWN: [&str; 9] = ["ә", "і", "ң", "ғ", "ү", "ұ", "қ", "ө", "һ"];

fn keys(words: &[&'static str]) -> Vec<Key> {
    words.iter().map(|w| Key::Text(w)).collect()
}

fn with(first: &[Key], words: &[&'static str], last: &[Key]) -> Vec<Key> {
    first.iter().copied().chain(keys(words)).chain(last.iter().copied()).collect()
}

/// The rows for a keyboard. `low`: fewer than 900 px of height, so at most five rows.
pub(super) fn rows(keyboard: &Keyboard, low: bool) -> Vec<Vec<Key>> {
    use Key::*;
    let digits = with(&[], &DIGITS, &[Delete]);
    match keyboard.kind {
        Kind::Digits | Kind::Phone => {
            let last = match keyboard.kind {
                Kind::Phone => vec![Text("+"), Text("0"), Text("-"), Clear],
                _ => vec![Clear, Text("0"), Enter],
            };
            return vec![
                with(&[], &DIGITS[..3], &[Delete]),
                with(&[], &DIGITS[3..6], &[Left]),
                with(&[], &DIGITS[6..9], &[Right]),
                last,
            ];
        }
        Kind::Email => {
            return vec![
                digits,
                keys(&["q", "w", "e", "r", "t", "y", "u", "i", "o", "p"]),
                keys(&["a", "s", "d", "f", "g", "h", "j", "k", "l", "@"]),
                keys(&["z", "x", "c", "v", "b", "n", "m", ".", "-", "_"]),
                vec![
                    Clear,
                    Text("@mail.ru"),
                    Text("@gmail.com"),
                    Text(".kz"),
                    Text(".com"),
                    Left,
                    Right,
                    Enter,
                ],
            ];
        }
        Kind::Text | Kind::Password => {}
    }
    // A password is typed blind: there is no place in it to go to.
    let secret = keyboard.kind == Kind::Password;
    let bottom = if secret {
        vec![Signs, Alphabet, Space, Clear, Enter]
    } else {
        vec![Signs, Alphabet, Space, Left, Right, Enter]
    };
    if keyboard.signs && secret {
        return vec![
            digits,
            keys(&["-", "_", "/", "\\", "|", "'", "\"", "`", "(", ")"]),
            keys(&[".", ",", ":", ";", "!", "?", "№", "$", "%", "&"]),
            keys(&["@", "#", "+", "=", "*", "~", "^", "<", ">", "{", "}", "[", "]"]),
            vec![Signs, Space, Clear, Enter],
        ];
    }
    if keyboard.signs {
        return vec![
            digits,
            keys(&["-", "–", "«", "»", "\"", "'", "(", ")", "/", "\\"]),
            keys(&[".", ",", ":", ";", "!", "?", "№", "₸", "%", "&"]),
            keys(&["@", "#", "+", "=", "*", "_", "<", ">", "[", "]"]),
            vec![Signs, Clear, Space, Left, Right, Enter],
        ];
    }
    let cyrillic = ["й", "ц", "у", "к", "е", "н", "г", "ш", "щ", "з", "х", "ъ"];
    let second = ["ф", "ы", "в", "а", "п", "р", "о", "л", "д", "ж", "э"];
    let third = with(&[Shift], &["я", "ч", "с", "м", "и", "т", "ь", "б", "ю", ".", ","], &[]);
    match keyboard.letters {
        Letters::Kazakh if low => {
            vec![with(&[], &OWN, &[Text("ё"), Delete]), keys(&cyrillic), keys(&second), third, bottom]
        }
        Letters::Kazakh => {
            vec![digits, with(&[], &OWN, &[Text("ё")]), keys(&cyrillic), keys(&second), third, bottom]
        }
        Letters::Russian => vec![digits, keys(&cyrillic), with(&[], &second, &[Text("ё")]), third, bottom],
        Letters::Latin => vec![
            digits,
            keys(&["q", "w", "e", "r", "t", "y", "u", "i", "o", "p"]),
            keys(&["a", "s", "d", "f", "g", "h", "j", "k", "l", "'"]),
            with(&[Shift], &["z", "x", "c", "v", "b", "n", "m", ".", ",", "-"], &[]),
            bottom,
        ],
    }
}
