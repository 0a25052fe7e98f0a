//! The PIN pad. It shows how many signs were typed, never which: the PIN itself stays in the
//! screen's `private::Secret`, and a key's message has no telling `Debug`.

use std::fmt;

use iced::keyboard::{self, Key, key::Named};
use iced::widget::{Column, Row, Space, column, container, row};
use iced::{Alignment, Element, Length};

use super::button::{icon, skin};
use super::card::box_style;
use super::icon::Icon;
use super::mark::Mark;
use super::semantic::{Node, Role, Sensitivity};
use super::tap::Tap;
use super::theme::{Look, RADIUS, TARGET, Type};
use super::words::words;
use crate::i18n::{Msg, Text, tr};

/// One key of the pad.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// The ASCII digit.
    Digit(u8),
    Delete,
    Clear,
}

impl fmt::Debug for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Press(•)")
    }
}

/// What the pad tells of what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// So many signs.
    Count(usize),
    /// Somebody stands beside: that something was typed, and not how much.
    Hidden { any: bool },
}

/// People remember the pattern, so the digits stand in order; shuffling is a setting.
pub const IN_ORDER: [u8; 10] = *b"1234567890";

/// What a physical key means to the pad.
pub fn from_key(event: &keyboard::Event) -> Option<Press> {
    let keyboard::Event::KeyPressed { key, text, modifiers, .. } = event else { return None };
    if modifiers.control() || modifiers.logo() {
        return None;
    }
    match key {
        Key::Named(Named::Backspace) => Some(Press::Delete),
        Key::Named(Named::Delete) => Some(Press::Clear),
        _ => match text.as_deref().map(str::as_bytes) {
            Some([digit]) if digit.is_ascii_digit() => Some(Press::Digit(*digit)),
            _ => None,
        },
    }
}

/// Dots, ten digits, delete, clear. `typed` says how many signs there are; `order` the digits by
/// place (nine, then the one at the bottom).
pub fn pad<'a, M: 'a>(
    look: &Look,
    typed: Typed,
    order: &[u8; 10],
    on: impl Fn(Press) -> M + Clone + 'a,
) -> Element<'a, M> {
    let p = look.palette();
    let gap = if look.is_low() { 10.0 } else { 16.0 };
    // A low window keeps 250 px for the bars, heading and buttons, and five rows for the pad.
    let height = ((look.viewport.height - 400.0 - 4.0 * gap) / 5.0).clamp(TARGET, 108.0).floor();
    let size = (height * 0.5).min(48.0).max(look.size(Type::Body).min(height * 0.6));

    let key = |id: String, says: String, face: super::words::Words, press: Press| -> Element<'a, M> {
        let on = on.clone();
        let face = container(face).center_x(Length::Fill).center_y(height);
        let mut node = Node::new(id, Role::Button, says);
        node.sensitivity = Sensitivity::Secret;
        Tap::new(node, skin(look, p.paper, p.edge), face).on_with(move || on(press)).into()
    };
    let digit = |place: usize| {
        let says = char::from(order[place]).to_string();
        let face =
            words(look, Type::Label, says.clone()).size(size, (size * 1.2).round()).semibold().one_line();
        key(format!("pin.{}", place + 1), says, face, Press::Digit(order[place]))
    };
    let glyph = |id: &str, msg: Msg, glyph: Icon, press: Press| {
        key(id.to_owned(), tr(look.lang, msg), icon(glyph, size, p.ink), press)
    };
    let mut board = Column::new().spacing(gap);
    for first in [0, 3, 6] {
        board =
            board.push(Row::with_children([digit(first), digit(first + 1), digit(first + 2)]).spacing(gap));
    }
    board = board.push(
        row![
            glyph("pin.delete", Msg::UiKeyDelete, Icon::Delete, Press::Delete),
            digit(9),
            glyph("pin.clear", Msg::UiKeyClear, Icon::X, Press::Clear)
        ]
        .spacing(gap),
    );
    container(column![dots(look, typed), board].spacing(gap))
        .padding(look.space(3.5))
        .width(Length::Fill)
        .max_width(640)
        .style(move |_| box_style(p.card, p.line, 1.0, RADIUS))
        .into()
}

/// As many dots as signs: no fixed number of places, which would tell the PIN's length.
fn dots<'a, M: 'a>(look: &Look, typed: Typed) -> Element<'a, M> {
    let p = look.palette();
    let typed = match typed {
        Typed::Count(n) => n,
        Typed::Hidden { any } => {
            let says = tr(look.lang, if any { Msg::UiPinBegun } else { Msg::UiPinHidden });
            let word = words(look, Type::Bar, says.clone()).centered().width(Length::Fill);
            let mut node = Node::new("pin.typed", Role::Status, says);
            node.sensitivity = Sensitivity::Secret;
            let least = Space::new().height(44);
            return Mark::new(node, row![least, word].align_y(Alignment::Center)).into();
        }
    };
    let dot = || {
        container(Space::new().width(26).height(26)).style(move |_| box_style(p.accent, p.accent, 0.0, 13.0))
    };
    let dots = (0..typed.min(12)).map(|_| dot().into());
    let line = Row::with_children(dots).spacing(20).align_y(Alignment::Center).height(44);
    let says = Text::new(Msg::UiPinTyped).with("n", typed as i64).say(look.lang);
    let mut node = Node::new("pin.typed", Role::Status, says);
    node.sensitivity = Sensitivity::Secret;
    Mark::new(node, container(line).center_x(Length::Fill)).into()
}

#[cfg(test)]
mod tests {
    use iced::keyboard::key::{NativeCode, Physical};
    use iced::keyboard::{Location, Modifiers};

    use super::*;

    fn typed(text: &str, modifiers: Modifiers) -> keyboard::Event {
        let key = Key::Character(text.into());
        keyboard::Event::KeyPressed {
            modified_key: key.clone(),
            key,
            physical_key: Physical::Unidentified(NativeCode::Unidentified),
            location: Location::Numpad,
            modifiers,
            text: Some(text.into()),
            repeat: false,
        }
    }

    #[test]
    fn physical_digits_count_and_nothing_else_does() {
        assert_eq!(from_key(&typed("7", Modifiers::empty())), Some(Press::Digit(b'7')));
        for other in ["a", "ә", "77", " "] {
            assert_eq!(from_key(&typed(other, Modifiers::empty())), None);
        }
        assert_eq!(from_key(&typed("7", Modifiers::CTRL)), None);
    }

    #[test]
    fn a_press_tells_no_digit() {
        assert_eq!(format!("{:?}", Press::Digit(b'7')), format!("{:?}", Press::Clear));
    }
}
