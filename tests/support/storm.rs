//! Random inputs, as a child, a cat or a person with a grudge gives them: keys with and without modifiers, letters of any
//! script, a scanner's bursts, touches, drags and the wheel. From a seed, so that what was found is found again.

use iced::keyboard::key::{Code, Named, NativeCode, Physical};
use iced::keyboard::{Event as Keyboard, Key, Location, Modifiers};
use iced::{Event, Point, mouse, touch, window};
use proptest::prelude::RngExt as _;
use proptest::test_runner::{RngAlgorithm, TestRng};

pub struct Storm {
    rng: TestRng,
}

/// One input, as a hand gives it.
#[derive(Clone, Debug)]
pub enum Act {
    /// A key by its place among [`CODES`], with Shift, Ctrl, Alt, Super by bit.
    Key {
        place: usize,
        held: u8,
        says: char,
    },
    Touch(Point, mouse::Button),
    Finger(Point),
    Drag(Point, Point),
    Wheel(Point, f32),
}

use Code::*;
/// With the X server's numbers of the same keys.
#[rustfmt::skip]
pub const CODES: &[(Code, u8)] = &[
    (KeyA, 38), (KeyB, 56), (KeyC, 54), (KeyD, 40), (KeyE, 26), (KeyF, 41), (KeyG, 42), (KeyH, 43), (KeyI, 31),
    (KeyJ, 44), (KeyK, 45), (KeyL, 46), (KeyM, 58), (KeyN, 57), (KeyO, 32), (KeyP, 33), (KeyQ, 24), (KeyR, 27),
    (KeyS, 39), (KeyT, 28), (KeyU, 30), (KeyV, 55), (KeyW, 25), (KeyX, 53), (KeyY, 29), (KeyZ, 52),
    (Digit1, 10), (Digit2, 11), (Digit3, 12), (Digit4, 13), (Digit5, 14), (Digit6, 15), (Digit7, 16), (Digit8, 17),
    (Digit9, 18), (Digit0, 19), (Minus, 20), (Slash, 61), (Backquote, 49), (Space, 65), (Enter, 36), (Tab, 23),
    (Escape, 9), (Backspace, 22), (Delete, 119), (ArrowUp, 111), (ArrowDown, 116), (ArrowLeft, 113),
    (ArrowRight, 114), (Home, 110), (End, 115), (PageUp, 112), (PageDown, 117), (Insert, 118), (F1, 67), (F4, 70),
    (F5, 71), (F11, 95), (F12, 96), (PrintScreen, 107), (ContextMenu, 135), (CapsLock, 66), (NumpadEnter, 104),
    (Pause, 127),
];

impl Storm {
    pub fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Self { rng: TestRng::from_seed(RngAlgorithm::ChaCha, &bytes) }
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.rng.random_range(0..n.max(1))
    }

    pub fn place(&mut self, (width, height): (f32, f32)) -> Point {
        Point::new(self.rng.random_range(0.0..width), self.rng.random_range(0.0..height))
    }

    pub fn key(&mut self) -> Act {
        // Mostly plain keys; else any modifiers at once.
        let held = if self.below(4) == 0 { self.below(16) as u8 } else { 0 };
        let says = match self.below(4) {
            0 => char::from_u32(self.rng.random_range(0x20..0x1_0000)).unwrap_or('ә'),
            1 => ['ә', 'қ', 'ы', '\u{301}', '\u{202e}', '😀', '\0', '\u{200b}'][self.below(8)],
            _ => char::from(self.rng.random_range(b' '..=b'~')),
        };
        Act::Key { place: self.below(CODES.len()), held, says }
    }

    pub fn pointer(&mut self, size: (f32, f32)) -> Act {
        let at = self.place(size);
        match self.below(10) {
            0 => Act::Drag(at, self.place(size)),
            1 => Act::Wheel(at, self.rng.random_range(-20.0..20.0)),
            2 => Act::Finger(at),
            3 => Act::Touch(at, [mouse::Button::Right, mouse::Button::Middle][self.below(2)]),
            _ => Act::Touch(at, mouse::Button::Left),
        }
    }
}

impl Act {
    pub fn at(&self) -> Option<Point> {
        match self {
            Act::Key { .. } => None,
            Act::Touch(at, _) | Act::Finger(at) | Act::Drag(_, at) | Act::Wheel(at, _) => Some(*at),
        }
    }

    /// As the window hands it over.
    pub fn events(&self) -> Vec<Event> {
        let moved = |position| Event::Mouse(mouse::Event::CursorMoved { position });
        match self {
            Act::Key { place, held, says } => key(CODES[*place].0, *held, *says),
            Act::Touch(at, button) => vec![
                moved(*at),
                Event::Mouse(mouse::Event::ButtonPressed(*button)),
                Event::Mouse(mouse::Event::ButtonReleased(*button)),
            ],
            Act::Finger(at) => {
                let (id, position) = (touch::Finger(7), *at);
                vec![
                    Event::Touch(touch::Event::FingerPressed { id, position }),
                    Event::Touch(touch::Event::FingerLifted { id, position }),
                ]
            }
            Act::Drag(from, to) => vec![
                moved(*from),
                Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)),
                moved(*to),
                Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left)),
            ],
            Act::Wheel(at, y) => {
                let delta = mouse::ScrollDelta::Lines { x: 0.0, y: *y };
                vec![moved(*at), Event::Mouse(mouse::Event::WheelScrolled { delta })]
            }
        }
    }
}

/// What a window sends without anybody's hand.
pub fn window_events() -> Vec<Event> {
    let file = std::path::PathBuf::from("/etc/passwd");
    [
        window::Event::FileHovered(file.clone()),
        window::Event::FileDropped(file),
        window::Event::FilesHoveredLeft,
        window::Event::Unfocused,
        window::Event::Focused,
        window::Event::Moved(Point::new(-4000.0, 9000.0)),
        window::Event::CloseRequested,
    ]
    .map(Event::Window)
    .into()
}

fn key(code: Code, held: u8, says: char) -> Vec<Event> {
    let named = match code {
        Enter | NumpadEnter => Some(Named::Enter),
        Tab => Some(Named::Tab),
        Escape => Some(Named::Escape),
        Backspace => Some(Named::Backspace),
        Delete => Some(Named::Delete),
        Space => Some(Named::Space),
        ArrowUp => Some(Named::ArrowUp),
        ArrowDown => Some(Named::ArrowDown),
        ArrowLeft => Some(Named::ArrowLeft),
        ArrowRight => Some(Named::ArrowRight),
        Home => Some(Named::Home),
        End => Some(Named::End),
        PageUp => Some(Named::PageUp),
        PageDown => Some(Named::PageDown),
        F1 => Some(Named::F1),
        F4 => Some(Named::F4),
        F5 => Some(Named::F5),
        F12 => Some(Named::F12),
        Insert => Some(Named::Insert),
        Pause => Some(Named::Pause),
        F11 => Some(Named::F11),
        PrintScreen => Some(Named::PrintScreen),
        ContextMenu => Some(Named::ContextMenu),
        CapsLock => Some(Named::CapsLock),
        _ => None,
    };
    let key = named.map_or_else(|| Key::Character(says.to_string().into()), Key::Named);
    let all = [Modifiers::SHIFT, Modifiers::CTRL, Modifiers::ALT, Modifiers::LOGO];
    let held = (0..4).filter(|n| held >> n & 1 == 1).map(|n| all[n]);
    let modifiers = held.fold(Modifiers::empty(), |all, one| all | one);
    let physical_key = match says {
        '\0' => Physical::Unidentified(NativeCode::Unidentified),
        _ => Physical::Code(code),
    };
    let location = Location::Standard;
    let pressed = Keyboard::KeyPressed {
        key: key.clone(),
        modified_key: key.clone(),
        physical_key,
        location,
        modifiers,
        text: named.is_none().then(|| says.to_string().into()),
        repeat: says == 'r',
    };
    let released =
        Keyboard::KeyReleased { modified_key: key.clone(), key, physical_key, location, modifiers };
    [Keyboard::ModifiersChanged(modifiers), pressed, released].map(Event::Keyboard).into()
}
