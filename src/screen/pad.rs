//! The PIN pad of a screen: the keys reach into the [`PinPad`]; what they say to the program is only
//! that something was typed, and Enter.

use iced::Element;
use iced::keyboard::{self, Key, key};

use super::help::Help;
use super::once::PinPad;
use crate::ui::keys::keys;
use crate::ui::pin::{self, Press, Typed};
use crate::ui::theme::Look;

/// The kit's pad, wired to the [`PinPad`]: the digit goes there; `typed` says that one did, `enter` that
/// the PIN is whole. Beside a helper it does not show how many digits there are. Digits of a physical keyboard go there, too, and nowhere else.
pub fn pad<'a, M: Clone + 'a>(look: &Look, pin: &PinPad, help: Help, typed: M, enter: M) -> Element<'a, M> {
    let (into, from_keys) = (pin.clone(), pin.clone());
    let says = typed.clone();
    let count = match help.beside {
        true => Typed::Hidden { any: !pin.is_empty() },
        false => Typed::Count(pin.len()),
    };
    let board = pin::pad(look, count, &pin::IN_ORDER, move |press| {
        put(&into, press);
        says.clone()
    });
    keys(board, move |event| match pin::from_key(event) {
        Some(press) => {
            put(&from_keys, press);
            Some(typed.clone())
        }
        None => is_enter(event).then(|| enter.clone()),
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
