//! A librarian who helps at the screen: what she may see of the visitor's, and what is hidden from her.
//!
//! A kiosk has one screen and she stands beside it, so the screen itself hides: names, numbers, ways to reach
//! somebody, and whatever opens a letter. The questions and the letter's own words are what she helps with.

use super::{Context, Screen};
use crate::domain::form::{FieldKind, Form};
use crate::domain::iin;

/// Of the same length whatever it stands for.
pub const HIDDEN: &str = "••••••";

/// In place of one sign of a code.
pub const DOT: char = '•';

/// What a screen must know of help that is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Help {
    /// A librarian stands beside the visitor, who agreed to it.
    pub beside: bool,
    /// The visitor looks at what is hidden, for a moment.
    pub shown: bool,
    /// Help was given in this visit: what will be signed is read back to the visitor first.
    pub given: bool,
}

impl Help {
    /// Is what is personal hidden now?
    pub fn hides(self) -> bool {
        self.beside && !self.shown
    }

    /// `words`, or dots in their place.
    pub fn hide(self, words: &str) -> String {
        if self.hides() && !words.is_empty() { HIDDEN.to_owned() } else { words.to_owned() }
    }

    /// The answer to a form's field: of an IIN the last four digits are left, of what is personal nothing.
    pub fn answer(self, form: Option<&Form>, field: &str, value: &str) -> String {
        match form.and_then(|f| f.field(field)) {
            // Most screens mask an IIN in any case.
            Some(field) if field.kind == FieldKind::Iin && self.hides() && !value.contains('•') => {
                iin::masked(value)
            }
            Some(field) if field.kind == FieldKind::Iin => value.to_owned(),
            Some(field) if !field.is_personal() => value.to_owned(),
            // Of a field that the form does not know nobody can say that it is not personal.
            _ => self.hide(value),
        }
    }
}

impl Screen {
    /// Is something of hers on this screen that a helper does not see?
    pub fn hides(&self, context: &Context<'_>) -> bool {
        match self {
            Screen::Letter(s) => s.hides(context.look.lang),
            Screen::Sign(s) => s.info().is_some(),
            Screen::KeyFile(s) => s.hides(),
            Screen::Sending(s) => s.hides(),
            Screen::Phone(s) => s.hides(),
            Screen::Received(_) => true,
            Screen::Later(s) => s.has_code(),
            Screen::Resume(s) => s.asks(),
            Screen::Track(s) => s.hides(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Snapshot;

    #[test]
    fn what_is_personal_is_hidden_while_she_stands_beside_and_the_letter_is_not() {
        let content = Snapshot::embedded().unwrap();
        let form = content.newest_form("letter");
        let beside = Help { beside: true, ..Help::default() };
        for field in [
            "letter.name",
            "letter.phone",
            "letter.email",
            "letter.address",
            "letter.passport",
            "letter.people",
        ] {
            assert_eq!(beside.answer(form, field, "ТЕСТОВ"), HIDDEN, "{field}");
            assert_eq!(Help::default().answer(form, field, "ТЕСТОВ"), "ТЕСТОВ");
            assert_eq!(Help { shown: true, ..beside }.answer(form, field, "ТЕСТОВ"), "ТЕСТОВ");
        }
        for field in ["letter.text", "letter.want", "letter.place"] {
            assert_eq!(beside.answer(form, field, "сөз"), "сөз", "{field}");
        }
        let iin = beside.answer(form, "letter.other-iin", "900101300017");
        assert!(iin.ends_with("0017") && !iin.contains("9001"), "{iin}");
        assert_eq!(beside.answer(form, "another.field", "сөз"), HIDDEN);
        assert_eq!(beside.answer(form, "letter.phone", ""), "");
    }
}
