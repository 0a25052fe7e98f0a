//! What is said of the last try, above what to do now.

use super::State;
use crate::card::{CardError, CardStatus};
use crate::fault::{Code, Coded as _};
use crate::i18n::{Msg, Text};

impl State {
    pub(super) fn say(&mut self, error: &CardError) {
        self.say_code(error.code());
    }

    pub(super) fn say_code(&mut self, code: Code) {
        self.said = Msg::from_id(&code.message_id()).map(Text::new);
        self.remedy = Msg::from_id(&code.remedy_id()).map(Text::new);
    }

    pub(super) fn hush(&mut self) {
        self.said = None;
        self.remedy = None;
    }

    /// The card said no: in words, with the tries it has left.
    pub(super) fn refused(&mut self, error: CardError) {
        if let CardError::WrongPin { tries_left } = error
            && let CardStatus::Ready(info) = &mut self.card
        {
            info.tries_left = tries_left;
        }
        if error == CardError::Blocked
            && let CardStatus::Ready(info) = &self.card
        {
            self.card = CardStatus::Blocked(info.clone());
        }
        if matches!(error, CardError::Pulled | CardError::ReaderGone | CardError::NoCard) {
            self.ready = None;
            if let CardStatus::Ready(_) = self.card {
                self.card = CardStatus::NoCard;
            }
        }
        self.on_screen |= error == CardError::PadRefused;
        self.say(&error);
    }
}
