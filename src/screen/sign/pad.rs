//! The PIN pad and the practice card's picture. The keys reach into the [`PinPad`]; what they say
//! to the program is only that something was typed.

use iced::keyboard::{self, Key, key};
use iced::widget::{column, container, row};
use iced::{Alignment, Element};

use super::Message;
use crate::i18n::Msg;
use crate::screen::once::PinPad;
use crate::ui::button::icon;
use crate::ui::icon::Icon;
use crate::ui::keys::keys;
use crate::ui::pin::{self, Press};
use crate::ui::semantic::{Node, Role};
use crate::ui::tap::{Skin, Tap};
use crate::ui::theme::{Look, RADIUS, Type};
use crate::ui::words::{Say as _, small, strong};

/// The kit's pad, wired to the [`PinPad`]: the digit goes there, the message says only that
/// something was typed. Digits of a physical keyboard go there, too, and nowhere else.
pub fn pad<'a>(look: &Look, pin: &PinPad) -> Element<'a, Message> {
    let (into, typed) = (pin.clone(), pin.clone());
    let board = pin::pad(look, pin.len(), &pin::IN_ORDER, move |press| {
        put(&into, press);
        Message::PinTyped
    });
    keys(board, move |event| match pin::from_key(event) {
        Some(press) => {
            put(&typed, press);
            Some(Message::PinTyped)
        }
        None => is_enter(event).then_some(Message::Sign),
    })
}

fn is_enter(event: &keyboard::Event) -> bool {
    matches!(event, keyboard::Event::KeyPressed { key: Key::Named(key::Named::Enter), .. })
}

fn put(pad: &PinPad, press: Press) {
    match press {
        Press::Digit(digit) => pad.push(digit.wrapping_sub(b'0')),
        Press::Delete => pad.erase(),
        Press::Clear => pad.clear(),
    }
}

/// A drawn card that is put in by touching it.
pub fn picture_card<'a>(look: &Look, title: Msg, says: Msg) -> Tap<'a, Message> {
    let p = look.palette();
    let words = column![strong(look, title), small(look, says)].spacing(look.space(0.5));
    let chip = icon(Icon::CreditCard, look.size(Type::Heading) * 1.6, p.accent);
    let face = container(row![chip, words].spacing(look.space(3.0)).align_y(Alignment::Center))
        .padding(look.space(3.0));
    let pressed = iced::Color { a: 0.14, ..p.ink };
    let skin =
        Skin { fill: p.tint, edge: p.accent, edge_width: 2.0, radius: RADIUS, pressed, focus: p.focus };
    Tap::new(Node::new("sign.practice-card", Role::Button, says.say(look.lang)), skin, face)
}
