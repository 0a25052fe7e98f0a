//! Physical keys, as the window hands them over.

use iced::Event;
use iced::keyboard::key::{Code, Named, Physical};
use iced::keyboard::{Event as Keyboard, Key, Location, Modifiers};

/// Where a US keyboard has this character, and whether with Shift.
fn place(c: char) -> (Code, bool) {
    use Code::*;
    let letters = [
        KeyA, KeyB, KeyC, KeyD, KeyE, KeyF, KeyG, KeyH, KeyI, KeyJ, KeyK, KeyL, KeyM, KeyN, KeyO, KeyP, KeyQ,
        KeyR, KeyS, KeyT, KeyU, KeyV, KeyW, KeyX, KeyY, KeyZ,
    ];
    let digits = [Digit0, Digit1, Digit2, Digit3, Digit4, Digit5, Digit6, Digit7, Digit8, Digit9];
    match c {
        'a'..='z' => (letters[c as usize - 'a' as usize], false),
        'A'..='Z' => (letters[c as usize - 'A' as usize], true),
        '0'..='9' => (digits[c as usize - '0' as usize], false),
        ' ' => (Space, false),
        '$' => (Digit4, true),
        '%' => (Digit5, true),
        '*' => (Digit8, true),
        '+' => (Equal, true),
        '-' => (Minus, false),
        '.' => (Period, false),
        '/' => (Slash, false),
        ':' => (Semicolon, true),
        '=' => (Equal, false),
        '"' => (Quote, true),
        '<' => (Comma, true),
        '>' => (Period, true),
        '?' => (Slash, true),
        '\n' => (Enter, false),
        _ => panic!("no key for {c:?}"),
    }
}

/// The key of a US keyboard's `c`, down and up, on a system that reads it as `says`.
pub fn press(c: char, says: &str) -> Vec<Event> {
    let (code, shift) = place(c);
    let key = match code {
        Code::Enter => Key::Named(Named::Enter),
        Code::Space => Key::Named(Named::Space),
        _ => Key::Character(says.into()),
    };
    let modifiers = if shift { Modifiers::SHIFT } else { Modifiers::empty() };
    let (physical_key, location) = (Physical::Code(code), Location::Standard);
    let shift_down = Keyboard::KeyPressed {
        key: Key::Named(Named::Shift),
        modified_key: Key::Named(Named::Shift),
        physical_key: Physical::Code(Code::ShiftLeft),
        location: Location::Left,
        modifiers: Modifiers::empty(),
        text: None,
        repeat: false,
    };
    let pressed = Keyboard::KeyPressed {
        key: key.clone(),
        modified_key: key.clone(),
        physical_key,
        location,
        modifiers,
        text: Some(says.into()),
        repeat: false,
    };
    let released =
        Keyboard::KeyReleased { modified_key: key.clone(), key, physical_key, location, modifiers };
    let mut events = Vec::new();
    if shift {
        events.push(Event::Keyboard(shift_down));
        events.push(Event::Keyboard(Keyboard::ModifiersChanged(modifiers)));
    }
    events.extend([pressed, released].map(Event::Keyboard));
    if shift {
        events.push(Event::Keyboard(Keyboard::ModifiersChanged(Modifiers::empty())));
    }
    events
}
