//! Signing: the card's state in plain words, whose signature it is, the text as it stands in the
//! bytes to be signed, the tries left, the PIN.
//!
//! The letter stays with this screen whatever the card does: pulled, blocked or wrong, nothing
//! that was written is lost, and nothing is sent before the card has signed.

pub(crate) mod picture;
pub(super) mod read_back;
mod said;
pub(super) mod shown;
pub(super) mod status;
mod typing;
mod view;
pub(super) mod work;

use std::sync::Arc;

use iced::Task;

use super::Context;
use super::letters::{self, Letters};
use super::once::{Once, PinPad};
use super::reader::{self, OnReader};
use crate::card::pinpad::Step;
use crate::card::{CardError, CardInfo, CardStatus, Choice, Hand, Pin};
use crate::domain::standing::List;
use crate::fault::{Code, Coded};
use crate::i18n::{Msg, Text};
use crate::outbox::OutboxError;
use crate::page::player::Player;
use crate::store::shelf::Reservation;

use status::Asked;
pub use status::{Said, by_list};
pub use view::{practice_pin, status_words, view};
pub use work::{Ready, Signed};

/// The card's certificate was revoked: nothing that it signs would be registered.
pub const REVOKED: Code = Code("sign.card-revoked");

/// Where signing stands, beside what the card says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The card's state decides what is shown; with a ready card, the PIN.
    Card,
    /// The card has the PIN.
    Working,
}

pub struct State {
    pub(crate) player: Box<Player>,
    pub(crate) card: CardStatus,
    /// Which of several signatures she said is hers.
    pub(crate) choice: Option<Choice>,
    pub(crate) stage: Stage,
    /// What went wrong last, above what to do now.
    pub(crate) said: Option<Text>,
    /// What to do about it, in the words of the table of faults.
    pub(crate) remedy: Option<Text>,
    /// The statement made for the card in the reader.
    pub(crate) ready: Option<Result<Ready, Code>>,
    /// What is asked about the certificate of the card in the reader.
    asked: Option<(Choice, Asked)>,
    /// By which list that certificate is revoked, where it was a list that said so.
    pub(crate) by_list: Option<Arc<List>>,
    /// Room on the disk for the envelope, taken before the PIN is asked for.
    pub(crate) reserved: Option<Reservation>,
    pub(crate) pin: PinPad,
    /// The PIN has letters: it is typed with the keyboard, into the same place.
    pub(crate) letters: Option<Letters>,
    /// The PIN is being typed on the reader's own keys.
    pub(crate) reader: Option<OnReader>,
    /// The reader did not take it there.
    pub(crate) on_screen: bool,
    /// The visitor said that she is sure of the PIN although one try is left.
    pub(crate) sure: bool,
    pub(crate) reading_all: bool,
    /// Pieces of the statement that the visitor has confirmed, where it is read back to her.
    pub(crate) confirmed: usize,
}

#[derive(Clone)]
pub enum Message {
    Card(CardStatus),
    /// A digit was typed or erased; which, only the pad knows.
    PinTyped,
    /// The PIN has letters.
    WithLetters,
    /// Of the line and the keyboard of a PIN with letters.
    Letters(letters::Message),
    /// Hers, of several signatures.
    Choose(Choice),
    /// Not that one after all.
    ChooseAgain,
    Sign,
    /// How far the PIN on the reader is.
    Reader(Step),
    Signed(Once<Result<Signed, SignError>>),
    /// What was said of this card's certificate.
    Status(Choice, Said),
    /// Room on the disk was taken, or there is none.
    Reserved(Once<Result<Reservation, OutboxError>>),
    ReadAll(bool),
    /// This piece, counted from nought, is what she wanted.
    Confirm(usize),
    /// It is not.
    Object(usize),
    Sure,
    /// Sign with a pen instead.
    Pen,
    /// Another PIN by the PUK: the card is blocked.
    Unblock,
    Back,
    /// The picture of the practice card was touched.
    PracticeCard(Hand),
}

pub enum Action {
    None,
    Run(Task<Message>),
    Send(Box<Signed>),
    /// Back to the letter's answers.
    Back,
    Pen,
    /// To the card itself; the letter waits.
    MyCard,
}

#[derive(Debug)]
pub enum SignError {
    Card(CardError),
    Other(Code),
}

impl State {
    pub fn new(player: Box<Player>, context: &Context<'_>) -> (Self, Task<Message>) {
        let mut state = Self {
            player,
            card: CardStatus::NoCard,
            choice: None,
            stage: Stage::Card,
            said: None,
            remedy: None,
            ready: None,
            asked: None,
            by_list: None,
            reserved: None,
            pin: PinPad::default(),
            letters: None,
            reader: None,
            on_screen: false,
            sure: false,
            reading_all: false,
            confirmed: 0,
        };
        state.card_changed(context.card.clone(), context);
        let task = state.arrange(context);
        (state, task)
    }

    /// The language was switched: what is signed is what is shown, so it is written anew.
    pub fn language_changed(&mut self, context: &Context<'_>) {
        if self.stage == Stage::Card
            && let CardStatus::Ready(info) = &self.card
        {
            self.ready = Some(work::prepare(&self.player, info, context));
            self.confirmed = 0;
        }
    }

    /// The flow stops before the last try until the visitor says that she is sure.
    pub fn at_last_try(&self) -> bool {
        matches!(&self.card, CardStatus::Ready(info) if info.tries_left == Some(1)) && !self.sure
    }

    fn card_changed(&mut self, card: CardStatus, context: &Context<'_>) {
        let held = self.held();
        let card = card.chosen(self.choice.as_ref());
        match &card {
            CardStatus::Ready(info) => {
                let same = held.as_ref() == Some(&info.choice());
                if !same || self.ready.is_none() {
                    self.forget();
                    self.pin.limit(info.pin.most.into());
                    self.sure = false;
                    self.confirmed = 0;
                    self.ready = Some(work::prepare(&self.player, info, context));
                }
            }
            // Another program at the card, or a status read anew, is not another card.
            CardStatus::Reading | CardStatus::HeldByOther if held.is_some() => self.pin.clear(),
            _ => {
                self.forget();
                self.sure = false;
                self.reading_all = false;
                let other = matches!(card, CardStatus::Several(_));
                // A second card beside the first takes nothing away.
                if held.is_some() && self.stage == Stage::Card && (!other || self.choice.is_some()) {
                    self.say(&CardError::Pulled);
                }
                self.ready = None;
                if !other {
                    self.choice = None;
                }
            }
        }
        self.card = card;
    }

    /// The key that the statement was made for.
    fn held(&self) -> Option<Choice> {
        match &self.ready {
            Some(Ok(ready)) => Some(ready.card.choice()),
            _ => None,
        }
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::Card(card) => {
                // A card put in answers what was said about the last one.
                if matches!(card, CardStatus::Ready(_)) && self.held().is_none() {
                    self.hush();
                }
                self.card_changed(card, context);
                return Action::Run(self.arrange(context));
            }
            Message::Status(of, Said::Revoked(list)) if self.held().as_ref() == Some(&of) => {
                self.pin.clear();
                self.by_list = list;
                if self.stage == Stage::Card {
                    self.ready = Some(Err(REVOKED));
                }
            }
            Message::Status(..) => {}
            Message::Reserved(result) => match result.take() {
                Some(Ok(room)) => self.reserved = Some(room),
                Some(Err(error)) => self.ready = Some(Err(error.code())),
                None => {}
            },
            Message::PinTyped => {
                if self.stage == Stage::Card {
                    self.hush();
                }
            }
            Message::WithLetters | Message::Letters(_) => return self.typing(message, context),
            Message::Choose(choice) if self.stage == Stage::Card => {
                self.hush();
                self.choice = Some(choice);
                self.card_changed(context.card.clone(), context);
                return Action::Run(self.arrange(context));
            }
            Message::ChooseAgain if self.stage == Stage::Card => {
                self.choice = None;
                self.ready = None;
                self.hush();
                self.card_changed(context.card.clone(), context);
            }
            Message::Choose(_) | Message::ChooseAgain => {}
            Message::Sign => return self.sign(context),
            Message::Reader(step) => {
                if let Some(reader) = &mut self.reader {
                    reader.told(step);
                }
            }
            Message::Signed(result) => {
                let Some(result) = result.take() else { return Action::None };
                self.stage = Stage::Card;
                let cancelled = self.reader.take().is_some_and(|reader| reader.is_cancelled());
                match result {
                    // She said no before it was done.
                    Ok(_) if cancelled => self.refused(CardError::PinCancelled),
                    Ok(signed) => return Action::Send(Box::new(signed)),
                    Err(SignError::Card(error)) => self.refused(error),
                    Err(SignError::Other(REVOKED)) => self.ready = Some(Err(REVOKED)),
                    Err(SignError::Other(code)) => self.say_code(code),
                }
                return Action::Run(self.reserve(context));
            }
            Message::ReadAll(all) => self.reading_all = all,
            Message::Confirm(n) if n == self.confirmed && self.is_read_back(context).is_some() => {
                self.confirmed += 1;
            }
            Message::Object(n) => return self.object(n, context),
            Message::Confirm(_) => {}
            Message::Sure => {
                self.sure = true;
                self.hush();
            }
            Message::Pen if self.stage == Stage::Card => {
                self.forget();
                return Action::Pen;
            }
            Message::Back if self.stage == Stage::Card => {
                if std::mem::take(&mut self.reading_all) {
                    return Action::None;
                }
                if self.letters.is_some() {
                    self.forget();
                    return Action::None;
                }
                if self.is_read_back(context).is_some() && self.confirmed > 0 {
                    self.confirmed -= 1;
                    return Action::None;
                }
                self.pin.clear();
                return Action::Back;
            }
            Message::Unblock if self.stage == Stage::Card => {
                self.forget();
                return Action::MyCard;
            }
            Message::Back => {
                if let Some(reader) = self.reader.as_mut().filter(|reader| reader.left().is_some()) {
                    reader.cancel();
                }
            }
            Message::Pen | Message::Unblock => {}
            Message::PracticeCard(hand) => context.practice_card(hand),
        }
        Action::None
    }

    /// Is the card at work? What it signs may be sent.
    pub fn is_working(&self) -> bool {
        self.stage == Stage::Working
    }

    fn sign(&mut self, context: &Context<'_>) -> Action {
        // Where help was given, nothing is signed that was not read back.
        if self.stage == Stage::Working || self.at_last_try() || self.is_read_back(context).is_some() {
            return Action::None;
        }
        let CardStatus::Ready(info) = &self.card else { return Action::None };
        let typed = !self.by_reader();
        match self.pin.len() {
            _ if !typed => {}
            0 => {
                self.said = Some(Msg::SigningPinEmpty.into());
                self.remedy = None;
                return Action::None;
            }
            _ if !self.pin.has(info.pin.least.into()) => {
                let short = match self.letters {
                    Some(_) => Msg::SigningPinShortSigns,
                    None => Msg::SigningPinShort,
                };
                self.said = Some(Text::new(short).with("n", i64::from(info.pin.least)));
                self.remedy = None;
                return Action::None;
            }
            _ => {}
        }
        let Some(Ok(ready)) = &self.ready else { return Action::None };
        let (ready, last_try) = (ready.clone(), info.tries_left == Some(1));
        self.hush();
        self.letters.iter_mut().for_each(Letters::hide);
        self.sure = false;
        self.stage = Stage::Working;
        let env = context.world.env.clone();
        let asked = self.asked.as_ref().map(|(_, asked)| asked.clone());
        let (files, reserved) =
            (self.player.attachments().into_iter().map(|f| f.bytes.to_vec()).collect(), self.reserved.take());
        let (pin, told) = match typed {
            true => (Pin::Typed(self.pin.take()), Task::none()),
            false => {
                let (reader, asking, told) = reader::begin(context);
                self.reader = Some(reader);
                (Pin::OnReader(asking), told.map(Message::Reader))
            }
        };
        let work = work::sign(env, (ready, asked), files, pin, last_try, reserved);
        let work = Task::perform(work, |result| Message::Signed(Once::new(result)));
        Action::Run(Task::batch([work, told]))
    }

    /// Whether the PIN is typed on the reader: wherever it can be.
    pub fn by_reader(&self) -> bool {
        matches!(&self.card, CardStatus::Ready(info) if info.pad.verify) && !self.on_screen
    }

    /// The card whose owner may be shown.
    pub fn info(&self) -> Option<&CardInfo> {
        self.card.info()
    }
}
