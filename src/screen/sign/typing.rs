//! The PIN as it is typed: digits on the pad, or signs with the keyboard.

use super::{Action, Message, Stage, State};
use crate::screen::Context;
use crate::screen::letters::{Event, Letters};

impl State {
    /// Wipes the PIN; the next one may have no letters.
    pub(super) fn forget(&mut self) {
        self.pin.clear();
        self.letters = None;
    }

    pub(super) fn typing(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::WithLetters if self.stage == Stage::Card => {
                self.hush();
                self.forget();
                let able = self.info().is_some_and(|info| info.pin.letters);
                self.letters = able.then(|| Letters::new(context.look.lang, self.pin.letters()));
            }
            Message::Letters(message) => {
                let Some(letters) = &mut self.letters else { return Action::None };
                match letters.update(message, context.help) {
                    Event::Typed if self.stage == Stage::Card => self.hush(),
                    Event::Enter => return self.sign(context),
                    Event::Run(task) => return Action::Run(task.map(Message::Letters)),
                    Event::Typed | Event::None => {}
                }
            }
            _ => {}
        }
        Action::None
    }
}
