//! What a physical key does to a field.

use iced::Point;
use iced::keyboard::{self, Key, key::Named, key::Physical};

use super::super::caret::{hit, position};
use super::super::edit::Edit;
use super::super::keyboard::physical;
use super::{Field, State};
use iced::advanced::text::Paragraph as _;

impl<'a, M: 'a> Field<'a, M> {
    /// The edit a physical key asks for.
    pub(super) fn key(&self, event: &keyboard::Event, state: &State) -> Option<Edit> {
        let keyboard::Event::KeyPressed { key, physical_key, modifiers, text, location, .. } = event else {
            return None;
        };
        // Ctrl+C, Ctrl+X, Ctrl+V and the like do nothing: a kiosk's clipboard would outlive a visitor.
        if modifiers.control() || modifiers.logo() {
            return None;
        }
        if let Key::Named(named) = key {
            // Alt makes other signs of letters; with all else it is another program's command.
            if modifiers.alt() {
                return None;
            }
            let caret = || position(state.words.raw(), self.buffer.text(), self.buffer.caret());
            let vertical = |lines: f32| {
                let at = caret();
                let y = at.y + self.line() * (0.5 + lines);
                let last = state.words.raw().min_bounds().height;
                (y > 0.0 && y < last)
                    .then(|| Edit::Place(hit(state.words.raw(), self.buffer.text(), Point::new(at.x, y))))
            };
            return Some(match named {
                Named::Backspace => Edit::Backspace,
                Named::Delete => Edit::Delete,
                Named::ArrowLeft => Edit::Left,
                Named::ArrowRight => Edit::Right,
                Named::ArrowUp => vertical(-1.0).unwrap_or(Edit::Up),
                Named::ArrowDown => vertical(1.0).unwrap_or(Edit::Down),
                Named::Home => Edit::Home,
                Named::End => Edit::End,
                Named::Enter => Edit::Enter,
                Named::Space => Edit::Insert(" ".into()),
                _ => return None,
            });
        }
        let typed = text.as_ref().map(|t| t.to_string());
        if *location == keyboard::Location::Numpad {
            return typed.map(Edit::Insert);
        }
        // Caps Lock shows only in what the system made of the key.
        let capital = typed.as_deref().and_then(|t| t.chars().next()).is_some_and(char::is_uppercase);
        let lang = if self.digits { crate::i18n::Lang::En } else { self.look.lang };
        let by_place = match physical_key {
            Physical::Code(code) => {
                physical::character(lang, *code, modifiers.shift() || capital, modifiers.alt())
            }
            Physical::Unidentified(_) => None,
        };
        by_place.map(String::from).or(typed).map(Edit::Insert)
    }
}
