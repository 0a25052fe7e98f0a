//! A code of signs that a person copies by hand: shown sign by sign in boxes, and a keyboard of just
//! these signs. The code itself stays where the screen keeps it, in memory that wipes itself; no
//! widget holds more of it than one sign.

use std::fmt;

use iced::keyboard::key::{Code, Named, Physical};
use iced::keyboard::{self, Key};
use iced::widget::{Column, Row, Space, container};
use iced::{Alignment, Element, Length};

use super::button::{icon, skin};
use super::card::box_style;
use super::icon::Icon;
use super::keyboard::physical;
use super::mark::Mark;
use super::semantic::{Node, Role, Sensitivity};
use super::tap::Tap;
use super::theme::{GAP, Look, TARGET, Type};
use super::words::words;
use crate::i18n::{Lang, Msg, Text, tr};

/// One key of the code's keyboard.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Press {
    Sign(char),
    Delete,
    Clear,
}

impl fmt::Debug for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Press(•)")
    }
}

/// What a physical key means: signs are read by place, as a US keyboard names them.
pub fn from_key(event: &keyboard::Event) -> Option<Press> {
    let keyboard::Event::KeyPressed { key, physical_key, modifiers, text, .. } = event else { return None };
    if modifiers.control() || modifiers.logo() || modifiers.alt() {
        return None;
    }
    match (key, physical_key) {
        (Key::Named(Named::Backspace), _) => Some(Press::Delete),
        (Key::Named(Named::Delete), _) => Some(Press::Clear),
        (Key::Named(_), _) => None,
        (_, Physical::Code(code)) if !is_numpad(*code) => physical::character(Lang::En, *code, false, false)
            .filter(|c| c.is_alphanumeric())
            .map(Press::Sign),
        _ => text.as_ref()?.chars().next().filter(char::is_ascii_alphanumeric).map(Press::Sign),
    }
}

fn is_numpad(code: Code) -> bool {
    physical::character(Lang::En, code, false, false).is_none()
}

/// Boxes for `count` signs in two groups, with what is there; the next empty one is marked. Each is
/// `ID.1` and on.
pub fn boxes<'a, M: 'a>(
    look: &Look,
    id: &str,
    count: usize,
    typing: bool,
    sign: impl Fn(usize) -> Option<char>,
) -> Element<'a, M> {
    let p = look.palette();
    let group = 3.0 * GAP;
    let room = look.viewport.width.min(1500.0) - 2.0 * look.margin() - 2.0 * look.space(3.5);
    let most = if look.is_low() { 64.0 } else { 100.0 };
    let width = ((room - group - GAP * (count as f32 - 1.0)) / count as f32).floor().clamp(36.0, most);
    let height = (width * 1.25).round().min(if look.is_low() { 72.0 } else { 120.0 });
    let size = (width * 0.72).round();
    let filled = (0..count).take_while(|n| sign(*n).is_some()).count();
    let mut line = Row::new().spacing(GAP).align_y(Alignment::Center);
    for n in 0..count {
        if n > 0 && n == count / 2 {
            line = line.push(Space::new().width(group - GAP));
        }
        let next = typing && n == filled;
        let (edge, thick) = if next { (p.accent, 3.0) } else { (p.edge, look.edge_width()) };
        let face: Element<'a, M> = match sign(n) {
            Some(c) => words(look, Type::Label, c.to_string())
                .size(size, (size * 1.2).round())
                .semibold()
                .one_line()
                .id(format!("{id}.{}", n + 1))
                .private()
                .into(),
            None => Space::new().into(),
        };
        let face = container(face).center_x(width).center_y(height);
        line = line.push(face.style(move |_| box_style(p.card, edge, thick, 10.0)));
    }
    if !typing {
        return line.into();
    }
    let says = Text::new(Msg::UiPinTyped).with("n", filled as i64).say(look.lang);
    let mut node = Node::new(format!("{id}.typed"), Role::Status, says);
    node.sensitivity = Sensitivity::Private;
    Mark::new(node, line).into()
}

/// A keyboard of `signs` (digits first), delete and clear; for a page's keyboard.
pub fn pad<'a, M: 'a>(look: &Look, signs: &str, on: impl Fn(Press) -> M + Clone + 'a) -> Element<'a, M> {
    let p = look.palette();
    let signs: Vec<char> = signs.chars().collect();
    let (digits, letters): (Vec<char>, Vec<char>) = signs.iter().partition(|c| c.is_ascii_digit());
    let (first, second) = letters.split_at(letters.len().div_ceil(2));
    let (pad, side) =
        (if look.is_low() { 6.0 } else { 16.0 }, if look.viewport.width >= 1600.0 { 48.0 } else { 16.0 });
    let columns = digits.len().max(first.len()).max(second.len() + 2) as f32;
    let room = (look.viewport.width - 2.0 * side).min(1400.0);
    let width = ((room - GAP * (columns - 1.0)) / columns).floor().clamp(TARGET, 132.0);
    let most = if look.is_low() { 76.0 } else { 88.0 };
    let height = (((look.viewport.height * 0.45).floor() - 1.0 - 2.0 * pad - 2.0 * GAP) / 3.0).floor();
    let height = height.clamp(TARGET, most);
    let size = (look.size(Type::Body) * 1.2).max(height * 0.42).min(height * 0.58);

    let key = |id: String, says: String, face: super::words::Words, fill, press: Press| -> Element<'a, M> {
        let on = on.clone();
        let face = container(face).center_x(width).center_y(height);
        let mut skin = skin(look, fill, p.edge);
        skin.radius = 10.0;
        let mut node = Node::new(id, Role::Button, says);
        node.sensitivity = Sensitivity::Private;
        Tap::new(node, skin, face).on_with(move || on(press)).into()
    };
    let sign = |c: &char| {
        let face = words(look, Type::Bar, c.to_string()).size(size, (size * 1.25).round()).one_line();
        key(format!("key.{c}"), c.to_string(), face, p.card, Press::Sign(*c))
    };
    let glyph = |id: &str, msg: Msg, glyph: Icon, press: Press| {
        let face = icon(glyph, (height * 0.46).min(36.0), p.ink);
        key(id.to_owned(), tr(look.lang, msg), face, p.key, press)
    };
    let row = |signs: &[char]| Row::with_children(signs.iter().map(sign)).spacing(GAP);
    let last = row(second)
        .push(glyph("key.delete", Msg::UiKeyDelete, Icon::Delete, Press::Delete))
        .push(glyph("key.clear", Msg::UiKeyClear, Icon::X, Press::Clear));
    let board = Column::with_children([row(&digits).into(), row(first).into(), last.into()])
        .spacing(GAP)
        .align_x(Alignment::Center);
    let rule =
        container(Space::new().height(1)).width(Length::Fill).style(move |_| container::background(p.line));
    let board = container(board).padding([pad, 0.0]).center_x(Length::Fill);
    container(Column::new().push(rule).push(board))
        .width(Length::Fill)
        .style(move |_| container::background(p.board))
        .into()
}

#[cfg(test)]
mod tests {
    use iced::keyboard::{Location, Modifiers};

    use super::*;

    fn key(code: Code, text: &str) -> keyboard::Event {
        let key = Key::Character(text.into());
        keyboard::Event::KeyPressed {
            modified_key: key.clone(),
            key,
            physical_key: Physical::Code(code),
            location: Location::Standard,
            modifiers: Modifiers::empty(),
            text: Some(text.into()),
            repeat: false,
        }
    }

    #[test]
    fn a_sign_is_read_by_its_place_in_any_layout() {
        for text in ["k", "л", "K"] {
            assert!(from_key(&key(Code::KeyK, text)) == Some(Press::Sign('k')));
        }
        assert!(from_key(&key(Code::Digit2, "ә")) == Some(Press::Sign('2')));
        assert!(from_key(&key(Code::Numpad7, "7")) == Some(Press::Sign('7')));
        assert!(from_key(&key(Code::Comma, ",")).is_none());
    }

    #[test]
    fn a_press_tells_no_sign() {
        assert_eq!(format!("{:?}", Press::Sign('7')), format!("{:?}", Press::Clear));
    }
}
