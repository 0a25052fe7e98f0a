//! The on-screen keyboard: Kazakh, Russian and Latin letters, digits and signs, a number pad and
//! e-mail keys. Its state is the screen's; what it types comes out as [`Edit`]s.

pub mod physical;
mod rows;
#[cfg(test)]
mod tests;
mod view;

pub use view::view;

use super::edit::{Buffer, Edit};
use crate::i18n::Lang;
pub use rows::Key;

/// What a field takes; the keyboard follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Kind {
    #[default]
    Text,
    /// An IIN, a code of digits.
    Digits,
    Phone,
    Email,
    /// Nothing is written in capitals by itself, and no key is spoken.
    Password,
}

/// Which letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {
    Kazakh,
    Russian,
    Latin,
}

impl Letters {
    pub const fn of(lang: Lang) -> Self {
        match lang {
            Lang::Kk => Letters::Kazakh,
            Lang::Ru => Letters::Russian,
            Lang::En => Letters::Latin,
        }
    }

    pub const fn next(self) -> Self {
        match self {
            Letters::Kazakh => Letters::Russian,
            Letters::Russian => Letters::Latin,
            Letters::Latin => Letters::Kazakh,
        }
    }

    /// As its key says it.
    pub const fn name(self) -> &'static str {
        match self {
            Letters::Kazakh => "ҚАЗ",
            Letters::Russian => "РУС",
            Letters::Latin => "ABC",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Shift {
    #[default]
    Off,
    /// For the next letter.
    Once,
    Lock,
}

/// The keyboard's state: a screen that has fields keeps one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyboard {
    pub kind: Kind,
    pub letters: Letters,
    pub shift: Shift,
    /// Digits and signs instead of letters.
    pub signs: bool,
}

impl Keyboard {
    pub fn new(lang: Lang, kind: Kind) -> Self {
        let mut keyboard = Self { kind, letters: Letters::of(lang), shift: Shift::Off, signs: false };
        match kind {
            Kind::Text => keyboard.shift = Shift::Once,
            // Key files come with Latin letters and digits, whatever is spoken.
            Kind::Password => keyboard.letters = Letters::Latin,
            _ => {}
        }
        keyboard
    }

    /// The language button was pressed: the letters go with it.
    pub fn speak(&mut self, lang: Lang) {
        self.letters = Letters::of(lang);
    }

    /// Follows the text: a sentence begins with a capital. Call it after each edit.
    pub fn follow(&mut self, buffer: &Buffer) {
        if self.kind == Kind::Text && self.shift != Shift::Lock {
            self.shift = if buffer.begins_sentence() { Shift::Once } else { Shift::Off };
        }
    }

    /// Are letters written as capitals now?
    pub fn capitals(&self) -> bool {
        self.shift != Shift::Off && matches!(self.kind, Kind::Text | Kind::Password)
    }

    /// A key was tapped: what to do with the text, if anything.
    pub fn press(&mut self, key: Key) -> Option<Edit> {
        match key {
            Key::Text(words) => {
                let words = if self.capitals() { words.to_uppercase() } else { words.to_owned() };
                if self.shift == Shift::Once {
                    self.shift = Shift::Off;
                }
                Some(Edit::Insert(words))
            }
            Key::Space => Some(Edit::Insert(" ".into())),
            Key::Delete => Some(Edit::Backspace),
            Key::Left => Some(Edit::Left),
            Key::Right => Some(Edit::Right),
            Key::Enter => Some(Edit::Enter),
            Key::Clear => Some(Edit::Clear),
            Key::Shift => {
                self.shift = match self.shift {
                    Shift::Off => Shift::Once,
                    Shift::Once => Shift::Lock,
                    Shift::Lock => Shift::Off,
                };
                None
            }
            Key::Signs => {
                self.signs = !self.signs;
                None
            }
            Key::Alphabet => {
                self.letters = self.letters.next();
                self.signs = false;
                None
            }
        }
    }
}
