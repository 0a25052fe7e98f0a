//! What changes around a visitor, for the screens that show it.

use super::{Action, Context, Message, Screen, lessons, letter, mycard, sign, take, track};
use crate::card::CardStatus;

impl Screen {
    /// The choice of lessons.
    pub fn lessons() -> Self {
        Screen::Lessons(Box::new(lessons::State::new(lessons::Page::Choose)))
    }

    /// The card's state as it changes, for the screens that show it.
    pub fn card_changed(&mut self, status: &CardStatus, context: &Context<'_>) -> Action {
        match self {
            Screen::Sign(_) => self.update(Message::Sign(sign::Message::Card(status.clone())), context),
            Screen::Track(_) => self.update(Message::Track(track::Message::Card(status.clone())), context),
            Screen::MyCard(_) => self.update(Message::MyCard(mycard::Message::Card(status.clone())), context),
            Screen::Take(_) => self.update(Message::Take(take::Message::Changed), context),
            _ => Action::None,
        }
    }

    pub fn language_changed(&mut self, context: &Context<'_>) -> Action {
        match self {
            Screen::Phone(s) => return Action::run(s.language_changed(context), Message::Phone),
            Screen::Letter(s) => s.language_changed(context.look.lang),
            Screen::Sign(s) => s.language_changed(context),
            Screen::KeyFile(s) => s.language_changed(context),
            Screen::Track(s) => s.language_changed(context),
            Screen::Sending(s) => s.language_changed(context),
            Screen::Received(s) => s.language_changed(context),
            Screen::MyCard(s) => {
                s.letter_mut().into_iter().for_each(|letter| letter.language_changed(context))
            }
            _ => {}
        }
        Action::None
    }

    /// A stick was put in or taken out.
    pub fn sticks_changed(&mut self, context: &Context<'_>) -> Action {
        match self {
            Screen::Letter(s) => {
                let task = crate::screen::letter::pages::attachments::sticks(s, context);
                Action::run(task.map(letter::Message::Files), Message::Letter)
            }
            Screen::Resume(s) => Action::run(s.sticks_changed(context), Message::Resume),
            Screen::Check(s) => Action::run(s.sticks_changed(context), Message::Check),
            Screen::KeyFile(s) => Action::run(s.sticks_changed(context), Message::KeyFile),
            Screen::Track(s) => Action::run(s.sticks_changed(context), Message::Track),
            Screen::Received(s) => {
                s.sticks_changed(context);
                Action::None
            }
            Screen::Pen(s) => {
                s.sticks_changed(context);
                Action::None
            }
            Screen::Take(_) => self.update(Message::Take(take::Message::Changed), context),
            _ => Action::None,
        }
    }
}
