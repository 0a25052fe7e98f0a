//! What a person or a scanner does, as the whole application hears it.

use iced::Task;

use super::input::{Input, Press};
use super::over::Over;
use super::{App, Message, launch, listen};
use crate::ui::focus::{self, Way};

impl App {
    pub(super) fn input(&mut self, input: Input) -> Task<Message> {
        match input {
            Input::Resized(size) => {
                self.look.viewport = size;
                self.lesson_resized();
                Task::none()
            }
            Input::Touched => {
                self.touch();
                Task::none()
            }
            Input::Key(press) => {
                self.touch();
                match press {
                    Press::Back => self.back(),
                    Press::Next => focus::go(Way::Next),
                    Press::Previous => focus::go(Way::Previous),
                    Press::Enter | Press::Other => Task::none(),
                }
            }
            // A kiosk is ended by staff, not by a visitor's Alt-F4; on a desk the window closes.
            Input::CloseRequested => match self.launch.window {
                launch::WindowMode::Fullscreen => Task::none(),
                launch::WindowMode::Windowed { .. } => {
                    let ended = self.end();
                    ended.chain(iced::exit())
                }
            },
        }
    }

    pub(super) fn keys(&mut self, message: listen::Message) -> Task<Message> {
        match message {
            listen::Message::Wait(key, time) => {
                Task::perform(tokio::time::sleep(time), move |()| Message::Keys(listen::Message::Silent(key)))
            }
            listen::Message::Silent(key) => {
                self.silent = self.silent.max(key);
                Task::none()
            }
            listen::Message::Scanned(scan) => {
                self.touch();
                // Whoever called the librarian, hid the screen or is asked something scans for nobody.
                match &self.visit {
                    // A lesson has a letter of its own: a sheet of hers has no place in it.
                    Some(_) if self.lesson.is_some() => Task::none(),
                    Some(visit) if matches!(visit.over, Over::None | Over::Said(..)) => {
                        self.with_screen(|screen, context| screen.scanned(&scan, context))
                    }
                    _ => Task::none(),
                }
            }
        }
    }
}
