//! The bundled faces, and which characters they can draw.

use std::sync::Arc;

use cosmic_text::{FontSystem, Weight, fontdb};

use super::PrintError;

/// Tereze Sans (Inter, subset; `assets/fonts/OFL.txt`), embedded: no system font is ever looked up.
const FACES: [&[u8]; 3] = [
    include_bytes!("../../assets/fonts/TerezeSans-Regular.otf"),
    include_bytes!("../../assets/fonts/TerezeSans-SemiBold.otf"),
    include_bytes!("../../assets/fonts/TerezeSans-Bold.otf"),
];

pub(super) const FAMILY: &str = "Tereze Sans";

/// What stands for a character that the faces do not have (U+25CB, white circle).
pub(super) const STAND_IN: char = '○';

pub(super) struct Fonts {
    pub system: FontSystem,
    faces: Vec<(fontdb::ID, krilla::text::Font)>,
}

impl Fonts {
    pub fn new() -> Result<Self, PrintError> {
        let mut db = fontdb::Database::new();
        let mut faces = Vec::new();
        for data in FACES {
            let ids = db.load_font_source(fontdb::Source::Binary(Arc::new(data)));
            let font = krilla::text::Font::new(data.into(), 0).ok_or(PrintError::Document)?;
            faces.push((*ids.first().ok_or(PrintError::Document)?, font));
        }
        // The database holds the bundled family alone, so that fallback can find nothing else.
        let system = FontSystem::new_with_locale_and_db("kk".into(), db);
        Ok(Self { system, faces })
    }

    pub fn face(&self, id: fontdb::ID) -> Option<usize> {
        self.faces.iter().position(|(face, _)| *face == id)
    }

    pub fn krilla(&self, face: usize) -> Option<krilla::text::Font> {
        self.faces.get(face).map(|(_, font)| font.clone())
    }

    /// The text as the faces can draw it, and how many characters became [`STAND_IN`].
    ///
    /// PDF/A forbids the missing-glyph glyph and private-use characters, so what cannot be drawn is
    /// replaced here and said on the paper. Characters without a picture of their own (joiners,
    /// variation selectors, direction marks, controls) are left out; tabs become spaces.
    pub fn printable(&mut self, text: &str) -> (String, usize) {
        let mut out = String::with_capacity(text.len());
        let mut missing = 0;
        for c in text.replace("\r\n", "\n").chars() {
            match c {
                '\n' => out.push('\n'),
                '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
                '\t' => out.push_str("    "),
                c if c.is_control() || is_invisible(c) => {}
                c if self.has(c) => out.push(c),
                _ => {
                    missing += 1;
                    out.push(STAND_IN);
                }
            }
        }
        (out, missing)
    }

    fn has(&mut self, c: char) -> bool {
        if is_private_use(c) {
            return false;
        }
        // The three weights cover the same characters (a test holds that).
        let id = self.faces[0].0;
        self.system.get_font(id, Weight::NORMAL).is_some_and(|f| f.as_swash().charmap().map(c) != 0)
    }
}

fn is_private_use(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// Joiners, selectors, direction marks, skin tones: they only change their neighbour.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{20e3}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_the_three_languages_is_in_every_weight() {
        let mut fonts = Fonts::new().unwrap();
        let kazakh = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя";
        let all = kazakh.to_owned()
            + &kazakh.to_uppercase()
            + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789₸№«»—–…“”’§•○ \u{a0}.,:;!?()/%+-*@#&";
        for (id, _) in fonts.faces.clone() {
            let font = fonts.system.get_font(id, Weight::NORMAL).unwrap();
            for c in all.chars() {
                assert_ne!(font.as_swash().charmap().map(c), 0, "{c:?} is not in {id:?}");
            }
        }
        assert_eq!(fonts.printable(&all), (all.clone(), 0));
    }

    #[test]
    fn what_cannot_be_drawn_is_a_box_and_counted() {
        let mut fonts = Fonts::new().unwrap();
        assert_eq!(fonts.printable("a👍🏽b漢\u{e000}\u{200d}\u{7}c\td"), ("a○b○○c    d".into(), 3));
        assert_eq!(fonts.printable("1\r\n2\r3\u{2028}4"), ("1\n2\n3\n4".into(), 0));
    }
}
