//! The root of the view: sees every key before any widget does, and keeps a scanner's burst from
//! all of them.
//!
//! Silence is told by the application's own timer, never by the widget's: a message is looked at
//! after all keys that came before it, so that a slow redraw does not tear a burst apart.

use std::time::Duration;

use crate::ui::pass::pass;
use iced::advanced::widget::{Tree, Widget, tree};
use iced::advanced::{Clipboard, Layout, Shell, mouse};
use iced::keyboard::key::{Code, Named, Physical};
use iced::{Element, Event, Rectangle, Renderer, Theme, keyboard};

use super::scanner::{Heard, NOISE, Scanner};
use crate::screen::scan::Scan;

#[derive(Clone)]
pub enum Message {
    /// Keys are kept back: say after this time that it was silent since the `n`th.
    Wait(u64, Duration),
    /// It was, unless more keys came.
    Silent(u64),
    Scanned(Scan),
}

/// `silent`: the last key after which [`Message::Silent`] was said.
pub fn listen<'a, M: 'a>(
    content: impl Into<Element<'a, M>>,
    silent: u64,
    on: impl Fn(Message) -> M + 'a,
) -> Element<'a, M> {
    Element::new(Listen { content: content.into(), silent, on: Box::new(on) })
}

struct Listen<'a, M> {
    content: Element<'a, M>,
    silent: u64,
    on: Box<dyn Fn(Message) -> M + 'a>,
}

#[derive(Default)]
struct State {
    scanner: Scanner,
    /// What is kept back, as far as it may be a person's.
    held: Vec<Event>,
    /// How many keys were kept back so far.
    keys: u64,
    /// The key that a timer runs for.
    timer: Option<u64>,
}

impl State {
    /// The keys that go on, if they are a person's.
    fn settle(&mut self) -> Vec<Event> {
        let held = std::mem::take(&mut self.held);
        if self.scanner.settle() { held } else { Vec::new() }
    }
}

/// What a key press is to the scanner.
enum Key {
    /// A modifier or a repeat: neither a part of a burst nor its end.
    Beside,
    /// No scanner sends it.
    Hand,
    Code(Code, bool),
}

fn key(event: &keyboard::Event) -> Option<Key> {
    let keyboard::Event::KeyPressed { key, physical_key, modifiers, repeat, .. } = event else { return None };
    Some(match physical_key {
        Physical::Code(Code::ShiftLeft | Code::ShiftRight | Code::CapsLock) => Key::Beside,
        _ if *repeat => Key::Hand,
        _ if modifiers.control() || modifiers.alt() || modifiers.logo() => Key::Hand,
        Physical::Code(code) => Key::Code(*code, modifiers.shift()),
        // Some scanners end with an Enter that stands nowhere on a keyboard.
        Physical::Unidentified(_) if *key == keyboard::Key::Named(Named::Enter) => {
            Key::Code(Code::Enter, false)
        }
        Physical::Unidentified(_) => Key::Hand,
    })
}

impl<M> Widget<M, Theme, Renderer> for Listen<'_, M> {
    pass!(same: children, diff, size, layout, operate, draw, mouse, overlay);

    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, M>,
        viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_mut::<State>();
        let mut back = Vec::new();
        if state.timer.is_some_and(|key| key <= self.silent) {
            state.timer = None;
            if state.keys == self.silent {
                back = state.settle();
            } else if !state.held.is_empty() {
                state.timer = Some(state.keys);
                shell.publish((self.on)(Message::Wait(state.keys, state.scanner.wait())));
            }
        }
        let pressed = match event {
            Event::Keyboard(event) => key(event),
            // A finger that is quicker than the silence: what was typed before it comes before it.
            Event::Mouse(mouse::Event::ButtonPressed(_)) | Event::Touch(_) if !state.scanner.is_burst() => {
                Some(Key::Hand)
            }
            _ => None,
        };
        let mut taken = false;
        match pressed {
            Some(Key::Hand) => back.extend(state.settle()),
            Some(Key::Code(code, shift)) => match state.scanner.key(code, shift) {
                Heard::Person => back.extend(state.settle()),
                Heard::Held => {
                    taken = true;
                    state.keys += 1;
                    if state.held.len() < NOISE {
                        state.held.push(event.clone());
                    }
                    if state.timer.is_none() {
                        state.timer = Some(state.keys);
                        shell.publish((self.on)(Message::Wait(state.keys, state.scanner.wait())));
                    }
                }
                Heard::Whole(scan) => {
                    taken = true;
                    state.held.clear();
                    shell.publish((self.on)(Message::Scanned(scan)));
                }
                Heard::Noise => {
                    taken = true;
                    state.held.clear();
                }
            },
            Some(Key::Beside) | None => {}
        }
        let content = self.content.as_widget_mut();
        for event in &back {
            // A shell of its own: what one key does must not make the next look taken.
            let mut said = Vec::new();
            let mut own = Shell::new(&mut said);
            let child = &mut tree.children[0];
            content.update(child, event, layout, cursor, renderer, clipboard, &mut own, viewport);
            if own.is_layout_invalid() {
                shell.invalidate_layout();
            }
            if own.are_widgets_invalid() {
                shell.invalidate_widgets();
            }
            said.into_iter().for_each(|message| shell.publish(message));
            shell.request_redraw();
        }
        if taken {
            shell.capture_event();
        } else {
            content.update(
                &mut tree.children[0],
                event,
                layout,
                cursor,
                renderer,
                clipboard,
                shell,
                viewport,
            );
        }
    }
}
