//! Every input becomes a message: so quiet time is known, and no redraw comes without a change
//! that repaints the whole frame (iced_tiny_skia's damage tracking is not to be trusted).

use iced::keyboard::key;
use iced::keyboard::{Event as Keyboard, Key, Modifiers};
use iced::{Event, Size, event, mouse, touch, window};

#[derive(Clone, Debug)]
pub enum Input {
    /// A touch, click, wheel or key that a widget has taken. What it was is the widget's own.
    Touched,
    /// The pointer moved: a redraw, no sign of a person.
    Moved,
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
        Event::Keyboard(_) | Event::InputMethod(_) => Input::Moved,
        Event::Mouse(mouse::Event::ButtonPressed(_) | mouse::Event::WheelScrolled { .. })
        | Event::Touch(touch::Event::FingerPressed { .. }) => Input::Touched,
        Event::Mouse(_) | Event::Touch(_) => Input::Moved,
        Event::Window(window::Event::Resized(size) | window::Event::Opened { size, .. }) => {
            Input::Resized(size)
        }
        Event::Window(window::Event::CloseRequested) => Input::CloseRequested,
        Event::Window(window::Event::Focused | window::Event::Unfocused) => Input::Moved,
        Event::Window(_) => return None,
    })
}

fn press(key: &Key, modifiers: Modifiers) -> Press {
    match key.as_ref() {
        Key::Named(key::Named::Escape) => Press::Back,
        Key::Named(key::Named::Tab) if modifiers.shift() => Press::Previous,
        Key::Named(key::Named::Tab) => Press::Next,
        Key::Named(key::Named::Enter) => Press::Enter,
        _ => Press::Other,
    }
}
