//! A physical keyboard's layout follows the language button: keys are read by place (as a US
//! keyboard names them) and give the letters of the language shown.

use iced::keyboard::key::Code;

use crate::i18n::Lang;

/// The keys of the four rows by place, then what each gives, plain and shifted.
const CODES: [Code; 47] = {
    use Code::*;
    [
        Backquote,
        Digit1,
        Digit2,
        Digit3,
        Digit4,
        Digit5,
        Digit6,
        Digit7,
        Digit8,
        Digit9,
        Digit0,
        Minus,
        Equal,
        KeyQ,
        KeyW,
        KeyE,
        KeyR,
        KeyT,
        KeyY,
        KeyU,
        KeyI,
        KeyO,
        KeyP,
        BracketLeft,
        BracketRight,
        Backslash,
        KeyA,
        KeyS,
        KeyD,
        KeyF,
        KeyG,
        KeyH,
        KeyJ,
        KeyK,
        KeyL,
        Semicolon,
        Quote,
        KeyZ,
        KeyX,
        KeyC,
        KeyV,
        KeyB,
        KeyN,
        KeyM,
        Comma,
        Period,
        Slash,
    ]
};

const US: [&str; 2] =
    ["`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./", "~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?"];
/// The Kazakh standard layout: the digits' row holds the nine letters.
const KK: [&str; 2] =
    ["(\"әіңғ,.үұқөһйцукенгшщзхъ\\фывапролджэячсмитьбю№", ")!ӘІҢҒ;:ҮҰҚӨҺЙЦУКЕНГШЩЗХЪ/ФЫВАПРОЛДЖЭЯЧСМИТЬБЮ?"];
const RU: [&str; 2] =
    ["ё1234567890-=йцукенгшщзхъ\\фывапролджэячсмитьбю.", "Ё!\"№;%:?*()_+ЙЦУКЕНГШЩЗХЪ/ФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,"];

/// The character at a place, or `None` for a key that makes none. `digits` asks for the digits'
/// row itself where the layout has letters there (an IIN; or Alt held).
pub fn character(lang: Lang, code: Code, shift: bool, digits: bool) -> Option<char> {
    let place = CODES.iter().position(|c| *c == code)?;
    let layout = match lang {
        Lang::Kk if digits && (1..=10).contains(&place) => US,
        Lang::Kk => KK,
        Lang::Ru => RU,
        Lang::En => US,
    };
    layout[usize::from(shift)].chars().nth(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_names_every_key_once() {
        for rows in [US, KK, RU] {
            for row in rows {
                assert_eq!(row.chars().count(), CODES.len(), "{row}");
            }
        }
    }

    #[test]
    fn all_forty_two_letters_but_yo_are_on_the_kazakh_keys() {
        for letter in "аәбвгғдежзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя".chars()
        {
            let upper: String = letter.to_uppercase().collect();
            assert!(KK[0].contains(letter) && KK[1].contains(&upper), "{letter}");
        }
    }

    #[test]
    fn the_place_decides_and_the_language_says() {
        assert_eq!(character(Lang::Kk, Code::Digit2, false, false), Some('ә'));
        assert_eq!(character(Lang::Kk, Code::Digit2, false, true), Some('2'));
        assert_eq!(character(Lang::Ru, Code::Digit2, true, false), Some('"'));
        assert_eq!(character(Lang::En, Code::KeyQ, true, false), Some('Q'));
        assert_eq!(character(Lang::Ru, Code::Backquote, false, false), Some('ё'));
        assert_eq!(character(Lang::Kk, Code::Enter, false, false), None);
    }
}
