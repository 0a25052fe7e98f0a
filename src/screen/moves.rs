//! From one screen to another, with the letter in hand.

use super::{
    Action, Context, Message, Screen, keyfile, later, letter, mycard, pen, phone, resume, sending, sign, take,
};
use crate::page::player::Player;

impl Screen {
    pub(super) fn go(&mut self, screen: Screen) -> Action {
        *self = screen;
        Action::None
    }

    /// A signed letter goes to the outbox.
    pub(super) fn send(&mut self, signed: sign::Signed, context: &Context<'_>) -> Action {
        let mut action = Action::None;
        self.with_player(|player| {
            let (state, task) = sending::State::new(player, signed, context);
            action = Action::run(task, Message::Sending);
            Screen::Sending(Box::new(state))
        });
        action
    }

    /// Moves the letter, never copies it, from a screen that has one to the next.
    pub(super) fn with_player(&mut self, next: impl FnOnce(Box<Player>) -> Screen) -> Action {
        let player = match std::mem::replace(self, Screen::Home) {
            Screen::Letter(s) => s.player,
            Screen::Sign(s) => s.player,
            Screen::KeyFile(s) => match s.purpose {
                keyfile::Purpose::Letter(player) => player,
                keyfile::Purpose::OwnLetters => return Action::None,
            },
            Screen::Phone(s) => s.player,
            Screen::Sending(s) => s.player,
            Screen::Pen(s) => s.player,
            Screen::Later(s) => s.player,
            Screen::MyCard(s) => match s.into_letter() {
                Some(letter) => letter.player,
                None => return Action::None,
            },
            other => return self.go(other),
        };
        self.go(next(player))
    }

    pub(super) fn back_to_letter(&mut self, context: &Context<'_>) -> Action {
        self.with_player(|player| Screen::Letter(Box::new(letter::State::with(player, context))));
        self.arrive(context)
    }

    /// A letter has been opened: what it needs of the world.
    pub(super) fn arrive(&mut self, context: &Context<'_>) -> Action {
        let Screen::Letter(s) = self else { return Action::None };
        let task = letter::pages::attachments::arrive(s, context);
        Action::run(task.map(letter::Message::Files), Message::Letter)
    }

    /// "Continue later", from wherever the letter is.
    pub fn later(&mut self, context: &Context<'_>) -> Action {
        if !self.can_wait() {
            return Action::None;
        }
        let mut action = Action::None;
        self.with_player(|player| {
            let (state, task) = later::State::new(player, context);
            action = Action::run(task, Message::Later);
            Screen::Later(Box::new(state))
        });
        action
    }

    /// Her card, with the letter that waits for it.
    pub(super) fn my_card(&mut self, context: &Context<'_>) -> Action {
        let letter = match std::mem::replace(self, Screen::Home) {
            Screen::Sign(letter) => Some(letter),
            _ => None,
        };
        self.go(Screen::MyCard(Box::new(mycard::State::new(letter, context))))
    }

    pub(super) fn resume(&mut self, context: &Context<'_>) -> Action {
        let (state, task) = resume::State::new(context);
        *self = Screen::Resume(Box::new(state));
        Action::run(task, Message::Resume)
    }

    /// The last page, whichever way the visitor goes.
    pub fn take_things(&mut self, printed: bool, context: &Context<'_>) -> Action {
        self.go(Screen::Take(take::State::new(printed, context)))
    }

    /// The card's reader, for the letter's signature.
    pub(super) fn sign(&mut self, context: &Context<'_>) -> Action {
        let mut action = Action::None;
        self.with_player(|player| {
            let (state, task) = sign::State::new(player, context);
            action = Action::run(task, Message::Sign);
            Screen::Sign(Box::new(state))
        });
        action
    }

    /// The stick with the key file.
    pub(super) fn key_file(&mut self, context: &Context<'_>) -> Action {
        let mut action = Action::None;
        self.with_player(|player| {
            let (state, task) = keyfile::State::new(keyfile::Purpose::Letter(player), context);
            action = Action::run(task, Message::KeyFile);
            Screen::KeyFile(Box::new(state))
        });
        action
    }

    /// The code for her phone.
    pub(super) fn phone(&mut self, context: &Context<'_>) -> Action {
        let mut action = Action::None;
        self.with_player(|player| {
            let (state, task) = phone::State::new(player, context);
            action = Action::run(task, Message::Phone);
            Screen::Phone(Box::new(state))
        });
        action
    }

    /// Paper, to be signed by hand.
    pub(super) fn pen(&mut self) -> Action {
        self.with_player(|player| Screen::Pen(Box::new(pen::State::new(player))))
    }
}
