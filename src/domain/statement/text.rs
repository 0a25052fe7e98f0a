//! Which characters a statement may hold: what was seen must be what is signed.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{BidiControl, DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};

/// One line, or lines with `\n` between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Line,
    Lines,
}

/// A character that cannot be shown, or changes what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    pub character: char,
    /// Bytes from the text's beginning.
    pub at: usize,
}

/// Marks in a row on one letter; more can paint over the lines around.
const MAX_MARKS: usize = 4;

/// Control, bidi, invisible, private-use and unassigned characters are refused (UAX #9, UAX #44).
pub fn allowed(character: char, shape: Shape) -> bool {
    if character == '\n' {
        return shape == Shape::Lines;
    }
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    let bad = matches!(
        category,
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::Surrogate
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    );
    !bad && !CodePointSetData::new::<BidiControl>().contains(character)
        && !CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
}

/// The first character that is refused.
pub fn check(text: &str, shape: Shape) -> Result<(), Refused> {
    let mut marks = 0;
    for (at, character) in text.char_indices() {
        let mark = matches!(
            CodePointMapData::<GeneralCategory>::new().get(character),
            GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark
        );
        marks = if mark { marks + 1 } else { 0 };
        if marks > MAX_MARKS || !allowed(character, shape) {
            return Err(Refused { character, at });
        }
    }
    Ok(())
}

pub fn is_nfc(text: &str) -> bool {
    ComposingNormalizerBorrowed::new_nfc().is_normalized(text)
}

/// As it goes into a statement: NFC, `\n` for every line ending, no white space at the ends.
/// Letters are never changed or dropped: a refused character stays for [`check`] to name.
pub fn tidy(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    ComposingNormalizerBorrowed::new_nfc().normalize(lines.trim()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_refused() {
        for c in [
            '\u{0}',
            '\t',
            '\u{7f}',
            '\u{85}',
            '\u{ad}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{202e}',
            '\u{2028}',
            '\u{2029}',
            '\u{2066}',
            '\u{feff}',
            '\u{e000}',
            '\u{378}',
            '\u{10ffff}',
            '\u{fe0f}',
            '\u{e0041}',
            '\u{3164}',
            '\r',
        ] {
            assert!(!allowed(c, Shape::Lines), "{:04X}", c as u32);
        }
        for c in "әғқңөұүһі Ёё№«»—₸ß漢😀\u{a0}".chars() {
            assert!(allowed(c, Shape::Line), "{c}");
        }
        assert!(allowed('\n', Shape::Lines) && !allowed('\n', Shape::Line));
    }

    #[test]
    fn the_first_refused_character_is_named() {
        assert_eq!(check("жол\u{202e}", Shape::Line), Err(Refused { character: '\u{202e}', at: 6 }));
        assert!(check("и\u{301}", Shape::Line).is_ok());
        assert!(check(&format!("а{}", "\u{301}".repeat(5)), Shape::Line).is_err());
    }

    #[test]
    fn tidying_composes_and_trims_but_drops_nothing() {
        assert_eq!(tidy("  и\u{306}од\r\nекінші\r "), "йод\nекінші");
        assert_eq!(tidy("а\u{200b}б"), "а\u{200b}б");
        assert!(is_nfc("й") && !is_nfc("и\u{306}"));
    }
}
