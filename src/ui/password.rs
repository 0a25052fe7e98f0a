//! A password's line: as many dots as signs, or the signs themselves for a moment. The password stays
//! where the screen keeps it, in memory that wipes itself; no widget holds more of it than one sign.

use std::fmt;

use iced::keyboard::{self, Key, key::Named, key::Physical};
use iced::widget::{Row, Space, container, row};
use iced::{Alignment, Element, Length};

use super::button::icon;
use super::card::box_style;
use super::icon::Icon;
use super::keyboard::{Letters, physical};
use super::mark::Mark;
use super::semantic::{Node, Role, Sensitivity};
use super::theme::{Look, Type};
use super::words::{small, words};
use crate::i18n::{Lang, Msg, Text, tr};

/// What a physical key means to a password.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Press {
    Sign(char),
    Delete,
    Clear,
    Enter,
}

impl fmt::Debug for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Press(•)")
    }
}

/// What a physical key means, and whether Caps Lock is on, where that can be told: keys are read by
/// place and give the letters of the on-screen keyboard; Alt gives the digits of the Kazakh top row.
pub fn from_key(event: &keyboard::Event, letters: Letters) -> Option<(Press, Option<bool>)> {
    let keyboard::Event::KeyPressed { key, physical_key, modifiers, text, .. } = event else { return None };
    if modifiers.control() || modifiers.logo() {
        return None;
    }
    let named = match key {
        Key::Named(Named::Backspace) => Some(Press::Delete),
        Key::Named(Named::Delete) => Some(Press::Clear),
        Key::Named(Named::Enter) => Some(Press::Enter),
        Key::Named(Named::Space) => Some(Press::Sign(' ')),
        Key::Named(_) => return None,
        _ => None,
    };
    if let Some(press) = named {
        return Some((press, None));
    }
    let said = text.as_ref().and_then(|t| t.chars().next()).filter(|c| !c.is_control());
    // The system says a letter as Caps Lock has it.
    let caps = said.filter(|c| c.is_alphabetic()).map(|c| c.is_uppercase() != modifiers.shift());
    let lang = match letters {
        Letters::Kazakh => Lang::Kk,
        Letters::Russian => Lang::Ru,
        Letters::Latin => Lang::En,
    };
    let placed = match physical_key {
        Physical::Code(code) => physical::character(lang, *code, modifiers.shift(), modifiers.alt()),
        Physical::Unidentified(_) => None,
    };
    let sign = match placed {
        Some(c) if c.is_alphabetic() && caps == Some(true) => turned(c),
        Some(c) => c,
        None => said?,
    };
    Some((Press::Sign(sign), caps))
}

/// The letter's other case.
fn turned(c: char) -> char {
    let mut other = c.to_lowercase();
    let small = other.next().unwrap_or(c);
    if small != c { small } else { c.to_uppercase().next().unwrap_or(c) }
}

/// The line. `typed`: how many signs, or `None` where even that is hidden; `any`: whether there are
/// some; `sign`: the signs, while they are shown.
pub fn field<'a, M: 'a>(
    look: &Look,
    typed: Option<usize>,
    any: bool,
    sign: Option<&dyn Fn(usize) -> Option<char>>,
) -> Element<'a, M> {
    let says = match typed {
        Some(n) => Text::new(Msg::UiPinTyped).with("n", n as i64).say(look.lang),
        None => tr(look.lang, if any { Msg::UiPasswordBegun } else { Msg::UiPasswordHidden }),
    };
    let hidden = typed.is_none().then(|| small(look, says.clone()));
    let typed = typed.unwrap_or_default();
    let p = look.palette();
    let height = look.line(Type::Body) + 28.0;
    let dot = if look.is_low() { 16.0 } else { 20.0 };
    let unit = if sign.is_some() { (look.size(Type::Body) * 0.82).round() } else { dot + 10.0 };
    // Not longer than the narrowest line: the last signs are what was typed just now.
    let room = (look.viewport.width - 2.0 * look.margin()).min(1000.0) - 160.0;
    let fits = (room / unit).floor().max(1.0) as usize;
    let mut line = Row::new().align_y(Alignment::Center);
    for n in typed.saturating_sub(fits)..typed {
        let face: Element<'a, M> = match sign {
            Some(sign) => {
                let c = sign(n).filter(|c| *c != ' ').unwrap_or('·');
                words(look, Type::Body, c.to_string())
                    .semibold()
                    .one_line()
                    .id(format!("password.{}", n + 1))
                    .private()
                    .into()
            }
            None => container(Space::new().width(dot).height(dot))
                .style(move |_| box_style(p.accent, p.accent, 0.0, dot / 2.0))
                .into(),
        };
        line = line.push(container(face).center_x(unit).center_y(height));
    }
    let line = line.push(hidden);
    let mut node = Node::new("password.typed", Role::Status, says);
    node.sensitivity = Sensitivity::Secret;
    let glyph = icon(Icon::KeyRound, look.size(Type::Body), p.accent);
    let line = row![container(glyph).center_y(height), line].spacing(look.space(1.5));
    let edge = look.edge_width();
    let boxed = container(line)
        .padding([0.0, look.space(2.0)])
        .width(Length::Fill)
        .style(move |_| box_style(p.paper, p.accent, edge.max(2.0), 10.0));
    Mark::new(node, boxed).into()
}

#[cfg(test)]
mod tests {
    use iced::keyboard::key::Code;
    use iced::keyboard::{Location, Modifiers};

    use super::*;

    fn pressed(code: Code, says: &str, modifiers: Modifiers) -> keyboard::Event {
        let key = Key::Character(says.into());
        keyboard::Event::KeyPressed {
            modified_key: key.clone(),
            key,
            physical_key: Physical::Code(code),
            location: Location::Standard,
            modifiers,
            text: Some(says.into()),
            repeat: false,
        }
    }

    #[test]
    fn the_place_gives_the_letter_and_caps_lock_is_told() {
        let none = Modifiers::empty();
        let read = |code, says, modifiers, letters| from_key(&pressed(code, says, modifiers), letters);
        let sign = |c, caps| Some((Press::Sign(c), caps));
        assert_eq!(read(Code::KeyQ, "й", none, Letters::Latin), sign('q', Some(false)));
        assert_eq!(read(Code::KeyQ, "Q", Modifiers::SHIFT, Letters::Latin), sign('Q', Some(false)));
        assert_eq!(read(Code::KeyQ, "Q", none, Letters::Latin), sign('Q', Some(true)));
        assert_eq!(read(Code::KeyQ, "q", Modifiers::SHIFT, Letters::Russian), sign('й', Some(true)));
        assert_eq!(read(Code::Digit2, "2", none, Letters::Kazakh), sign('ә', None));
        assert_eq!(read(Code::Digit2, "2", Modifiers::ALT, Letters::Kazakh), sign('2', None));
        assert_eq!(read(Code::KeyQ, "q", Modifiers::CTRL, Letters::Latin), None);
    }
}
