//! The bundled fonts: one family in three weights, and the icons. With them loaded a machine
//! without a single system font shows the same picture.

use std::borrow::Cow;

use iced::Font;
use iced::advanced::graphics::text::{cosmic_text, font_system};
use iced::font::Weight;

/// Inter, subset and renamed (`assets/fonts/OFL.txt`).
pub const FAMILY: &str = "Tereze Sans";
pub const REGULAR: Font = Font::with_name(FAMILY);
pub const SEMIBOLD: Font = Font { weight: Weight::Semibold, ..REGULAR };
pub const BOLD: Font = Font { weight: Weight::Bold, ..REGULAR };

/// The four files, for the application's settings and for paper.
pub const FILES: [&[u8]; 4] = [
    include_bytes!("../../assets/fonts/TerezeSans-Regular.otf"),
    include_bytes!("../../assets/fonts/TerezeSans-SemiBold.otf"),
    include_bytes!("../../assets/fonts/TerezeSans-Bold.otf"),
    include_bytes!("../../assets/icons/TerezeIcons.ttf"),
];

/// Loads the bundled fonts into iced's font system and makes them the families that widgets fall
/// back to (text panics where a default family is missing). Safe to call twice.
pub fn load() {
    with_system(|_| {});
}

/// As [`load`], and forgets every font of the machine: for pictures that are the same everywhere.
pub fn load_alone() {
    with_system(|db| {
        let foreign: Vec<_> = db
            .faces()
            .filter(|f| !f.families.iter().any(|(name, _)| name.starts_with("Tereze ")))
            .map(|f| f.id)
            .collect();
        for id in foreign {
            db.remove_face(id);
        }
    });
}

fn with_system(then: impl FnOnce(&mut cosmic_text::fontdb::Database)) {
    // A poisoned lock means another thread panicked while loading: the fonts themselves are fine.
    let mut system = font_system().write().unwrap_or_else(std::sync::PoisonError::into_inner);
    for file in FILES {
        system.load_font(Cow::Borrowed(file));
    }
    let db = system.raw().db_mut();
    db.set_sans_serif_family(FAMILY);
    db.set_serif_family(FAMILY);
    db.set_monospace_family(FAMILY);
    db.set_cursive_family(FAMILY);
    db.set_fantasy_family(FAMILY);
    then(db);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ui::icon::Icon;

    fn with_font<T>(file: &[u8], then: impl FnOnce(&cosmic_text::Font) -> T) -> T {
        let mut db = cosmic_text::fontdb::Database::new();
        db.load_font_data(file.to_vec());
        let id = db.faces().next().expect("a face").id;
        let mut system = cosmic_text::FontSystem::new_with_locale_and_db("kk".into(), db);
        then(&system.get_font(id, cosmic_text::fontdb::Weight::NORMAL).expect("a font"))
    }

    fn covers(file: &[u8], chars: impl Iterator<Item = char>) -> Vec<char> {
        with_font(file, |font| chars.filter(|c| font.as_swash().charmap().map(*c) == 0).collect())
    }

    #[test]
    fn every_letter_of_the_three_languages_is_there() {
        let letters = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ";
        let others = "ABCXYZabcxyz0123456789.,:;!?-–—«»“”„'\"()[]/\\@#%&*+=<>_₸№€✓→←↑↓•●○…·×§°";
        let all =
            || letters.chars().chain(letters.chars().flat_map(char::to_lowercase)).chain(others.chars());
        assert_eq!(letters.chars().count(), 42);
        for file in &FILES[..3] {
            assert_eq!(covers(file, all()), Vec::<char>::new());
        }
    }

    #[test]
    fn the_icon_font_holds_the_icons_and_no_more() {
        assert_eq!(covers(FILES[3], Icon::ALL.iter().map(|i| i.glyph())), Vec::<char>::new());
        let named: BTreeSet<u32> = Icon::ALL.iter().map(|i| *i as u32).collect();
        let mut held = BTreeSet::new();
        with_font(FILES[3], |font| {
            font.as_swash().charmap().enumerate(|c, _| {
                held.insert(c);
            })
        });
        held.retain(|c| *c >= 0xe000);
        assert_eq!(held, named);
    }

    #[test]
    fn together_they_are_small() {
        let bytes: usize = FILES.iter().map(|f| f.len()).sum();
        assert!(bytes < 256 * 1024, "{bytes}");
    }
}
