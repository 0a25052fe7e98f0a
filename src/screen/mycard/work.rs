//! The new PIN's way to the card and back.

use iced::Task;

use super::{Action, Code, Deed, Message, Stage, State};
use crate::card::service::{By, ByReader};
use crate::card::{CardError, CardInfo, CardStatus};
use crate::screen::Context;
use crate::screen::once::Once;
use crate::screen::reader;

impl State {
    pub(super) fn begin(&mut self, deed: Deed, context: &Context<'_>) -> Action {
        let (Some(info), Some(proof), Some(new)) = (self.info().cloned(), self.proof.take(), self.new.take())
        else {
            self.stage = Stage::Card;
            return Action::None;
        };
        let by = match deed {
            Deed::Change => By::Old(proof),
            Deed::Unblock => By::Puk { code: proof, known: self.code_tries() },
        };
        let last_try = std::mem::take(&mut self.sure);
        self.stage = Stage::Working(deed);
        let cards = context.world.env.cards.clone();
        let work = async move { cards.new_pin(info, by, new, last_try).await };
        Action::Run(Task::perform(work, |result| Message::Ended(Once::new(result))))
    }

    /// Whether the codes are typed on the reader: wherever they can be.
    pub(crate) fn by_reader(&self) -> bool {
        let able = self.info().is_some_and(|info| match self.stage {
            Stage::Typing(Deed::Change, _) => info.pad.modify,
            Stage::Typing(Deed::Unblock, _) => info.pad.unblock,
            _ => false,
        });
        able && !self.on_screen
    }

    pub(super) fn begin_on_reader(&mut self, deed: Deed, context: &Context<'_>) -> Action {
        let Some(info) = self.info().cloned() else { return Action::None };
        let by = match deed {
            Deed::Change => ByReader::Old,
            Deed::Unblock => ByReader::Puk { known: self.code_tries() },
        };
        let (reader, asking, told) = reader::begin(context);
        self.reader = Some(reader);
        self.said = None;
        let last_try = std::mem::take(&mut self.sure);
        self.stage = Stage::Working(deed);
        let cards = context.world.env.cards.clone();
        let work = async move { cards.change_on_reader(info, by, asking, last_try).await };
        let work = Task::perform(work, |result| Message::Ended(Once::new(result)));
        Action::Run(Task::batch([work, told.map(Message::Reader)]))
    }

    pub(super) fn ended(&mut self, deed: Deed, result: Result<(), CardError>) {
        // Who has letters in her PIN has them at the next try, too.
        let letters = self.letters.take();
        self.forget();
        self.letters = letters;
        self.reader = None;
        self.on_screen |= result == Err(CardError::PadRefused);
        let Err(error) = result else {
            self.stage = Stage::Done(deed);
            return;
        };
        self.say(&error);
        self.stage = match error {
            CardError::WrongPin { tries_left } => {
                if let CardStatus::Ready(info) = &mut self.card {
                    info.tries_left = tries_left;
                }
                Stage::Typing(deed, Code::Proof)
            }
            CardError::WrongPuk { tries_left } => {
                self.puk_tries = tries_left;
                Stage::Typing(deed, Code::Proof)
            }
            CardError::LastPukTry => {
                self.puk_tries = Some(1);
                Stage::Typing(deed, Code::Proof)
            }
            CardError::LastTry
            | CardError::PinFormat
            | CardError::NewPinRefused
            | CardError::PinTimeout
            | CardError::PinCancelled
            | CardError::NewPinsDiffer
            | CardError::PadRefused
            | CardError::PadBusy => Stage::Typing(deed, Code::Proof),
            CardError::Blocked => {
                if let CardStatus::Ready(info) = &self.card {
                    self.card = CardStatus::Blocked(CardInfo { tries_left: Some(0), ..info.clone() });
                }
                Stage::Card
            }
            CardError::PukBlocked => {
                self.puk_tries = Some(0);
                Stage::Card
            }
            _ => Stage::Card,
        };
    }
}
