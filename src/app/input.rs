//! Every sign of a person becomes a message, so that quiet time is known. What is none, a pointer that
//! moves or a finger that is lifted, does not: each message is a new view and a new frame. A widget
//! that changes by it asks for its redraw itself, and [`crate::ui::canvas`] repaints the whole.

use iced::keyboard::key;
use iced::keyboard::{Event as Keyboard, Key, Modifiers};
use iced::{Event, Size, event, mouse, touch, window};

#[derive(Clone, Debug)]
pub enum Input {
    /// A touch, click, wheel or key that a widget has taken. What it was is the widget's own.
    Touched,
    /// A key that no widget took.
    Key(Press),
    Resized(Size),
    CloseRequested,
}

/// The keys that work everywhere. Letters are not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    Back,
    Next,
    Previous,
    /// Enter with nothing in focus.
    Enter,
    /// Any other key: a sign of a person, no more.
    Other,
}

/// For `event::listen_with`.
pub fn input(event: Event, status: event::Status, _window: window::Id) -> Option<Input> {
    let taken = status == event::Status::Captured;
    Some(match event {
        Event::Keyboard(Keyboard::KeyPressed { key, modifiers, .. }) => {
            if taken {
                Input::Touched
            } else {
                Input::Key(press(&key, modifiers))
            }
        }
        Event::Mouse(mouse::Event::ButtonPressed(_) | mouse::Event::WheelScrolled { .. })
        | Event::Touch(touch::Event::FingerPressed { .. }) => Input::Touched,
        Event::Window(window::Event::Resized(size) | window::Event::Opened { size, .. }) => {
            Input::Resized(size)
        }
        Event::Window(window::Event::CloseRequested) => Input::CloseRequested,
        _ => return None,
    })
}

fn press(key: &Key, modifiers: Modifiers) -> Press {
    match key.as_ref() {
        // Commands of other programs: Alt+Tab, Ctrl+Shift+Esc.
        _ if modifiers.control() || modifiers.alt() || modifiers.logo() => Press::Other,
        Key::Named(key::Named::Escape) => Press::Back,
        Key::Named(key::Named::Tab) if modifiers.shift() => Press::Previous,
        Key::Named(key::Named::Tab) => Press::Next,
        Key::Named(key::Named::Enter) => Press::Enter,
        _ => Press::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_programs_commands_are_no_keys_of_ours() {
        let (tab, escape) = (Key::Named(key::Named::Tab), Key::Named(key::Named::Escape));
        assert_eq!(press(&tab, Modifiers::empty()), Press::Next);
        assert_eq!(press(&tab, Modifiers::SHIFT), Press::Previous);
        assert_eq!(press(&escape, Modifiers::SHIFT), Press::Back);
        for held in [Modifiers::CTRL, Modifiers::ALT, Modifiers::LOGO, Modifiers::CTRL | Modifiers::SHIFT] {
            assert_eq!([press(&tab, held), press(&escape, held)], [Press::Other; 2], "{held:?}");
        }
    }
}
