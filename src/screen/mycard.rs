//! My card: whose it is and how many tries it has; a new PIN for the old one, or for the PUK where the
//! PIN is blocked or forgotten. The new PIN is typed twice, and none of the codes is ever in a message.
//!
//! A letter that was being signed waits here with its writer, and is gone on with afterwards.

mod view;
mod work;

use iced::Task;

use super::letters::{self, Letters};
use super::once::{Once, PinPad};
use super::reader::OnReader;
use super::{Context, sign};
use crate::card::pinpad::Step;
use crate::card::{CardError, CardInfo, CardStatus, Choice, Hand, UnblocksBy};
use crate::fault::Coded as _;
use crate::i18n::{Msg, Text};
use crate::private::Secret;

pub use view::view;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Change,
    Unblock,
}

/// Which code is being typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The PIN until now, or the PUK.
    Proof,
    New,
    Again,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The card's state, and what can be done.
    Card,
    Typing(Deed, Code),
    Working(Deed),
    Done(Deed),
}

pub struct State {
    pub(crate) card: CardStatus,
    choice: Option<Choice>,
    pub(crate) stage: Stage,
    pub(crate) pad: PinPad,
    /// The code has letters: it is typed with the keyboard, into the same place.
    pub(crate) letters: Option<Letters>,
    proof: Option<Secret>,
    new: Option<Secret>,
    /// What went wrong last, and what to do about it.
    said: Option<(Text, Option<Text>)>,
    /// Tries of the PUK, once the card has told.
    puk_tries: Option<u8>,
    /// She is sure of the code although one try is left.
    sure: bool,
    /// Both PINs are being typed on the reader's own keys.
    pub(crate) reader: Option<OnReader>,
    /// The reader did not take them there.
    on_screen: bool,
    /// The letter that waits to be signed.
    letter: Option<Box<sign::State>>,
}

#[derive(Clone)]
pub enum Message {
    Card(CardStatus),
    Choose(Choice),
    Begin(Deed),
    /// A digit was typed or erased; which, only the pad knows.
    Typed,
    /// The code has letters.
    WithLetters,
    Letters(letters::Message),
    Next,
    /// How far the PINs on the reader are.
    Reader(Step),
    Sure,
    Ended(Once<Result<(), CardError>>),
    Finish,
    Back,
    PracticeCard(Hand),
}

pub enum Action {
    None,
    Run(Task<Message>),
    Home,
    /// Back to the letter that waited.
    Sign(Box<sign::State>),
}

impl State {
    pub fn new(letter: Option<Box<sign::State>>, context: &Context<'_>) -> Self {
        Self {
            card: context.card.clone(),
            choice: letter.as_ref().and_then(|letter| letter.choice.clone()),
            stage: Stage::Card,
            pad: PinPad::default(),
            letters: None,
            proof: None,
            new: None,
            said: None,
            puk_tries: None,
            sure: false,
            reader: None,
            on_screen: false,
            letter,
        }
    }

    /// The card that is shown, whatever its state.
    pub fn info(&self) -> Option<&CardInfo> {
        self.card.info()
    }

    pub fn is_working(&self) -> bool {
        matches!(self.stage, Stage::Working(_))
    }

    pub fn holds_letter(&self) -> bool {
        self.letter.is_some()
    }

    pub fn into_letter(self) -> Option<Box<sign::State>> {
        self.letter
    }

    pub fn letter_mut(&mut self) -> Option<&mut sign::State> {
        self.letter.as_deref_mut()
    }

    /// May the PIN be set anew by its PUK here?
    pub(crate) fn may_unblock(&self) -> bool {
        self.code_tries() != Some(0) && self.unblocks().is_some()
    }

    /// What unblocks the card here.
    pub(crate) fn unblocks(&self) -> Option<UnblocksBy> {
        Some(self.info()?.pin.unblocking?.by)
    }

    /// Tries of the code that unblocks: what the card told last.
    pub(crate) fn code_tries(&self) -> Option<u8> {
        self.puk_tries.or_else(|| self.info()?.pin.unblocking?.tries_left)
    }

    /// The flow stops before the last try of either code.
    pub(crate) fn at_last_try(&self) -> bool {
        let one = match self.stage {
            Stage::Typing(Deed::Change, Code::Proof) => self.info().is_some_and(|i| i.tries_left == Some(1)),
            Stage::Typing(Deed::Unblock, Code::Proof) => self.code_tries() == Some(1),
            _ => false,
        };
        one && !self.sure
    }

    /// Bytes that the code being typed has, at least and at most.
    pub(crate) fn length(&self) -> (usize, usize) {
        let rules = self.info().map(|info| info.pin).unwrap_or_default();
        let (least, most) = match (self.stage, rules.unblocking) {
            (Stage::Typing(Deed::Unblock, Code::Proof), Some(code)) => (code.least, code.most),
            _ => (rules.least, rules.most),
        };
        (least.into(), most.into())
    }

    /// Whether this card's codes may have letters.
    pub(crate) fn may_have_letters(&self) -> bool {
        self.info().is_some_and(|info| info.pin.letters)
    }

    fn forget(&mut self) {
        self.pad.clear();
        self.letters = None;
        self.proof = None;
        self.new = None;
        self.sure = false;
    }

    fn say(&mut self, error: &CardError) {
        let code = error.code();
        let text = |id: String| Msg::from_id(&id).map(Text::new);
        let (what, remedy) = (text(code.message_id()), text(code.remedy_id()));
        // The table of faults calls the code that unblocks a PUK.
        let (what, remedy) = match error {
            _ if self.unblocks() != Some(UnblocksBy::Admin) => (what, remedy),
            CardError::WrongPuk { .. } => {
                (Some(Msg::MycardAdminWrong.into()), Some(Msg::MycardAdminAgain.into()))
            }
            CardError::PukBlocked => (Some(Msg::MycardAdminBlocked.into()), remedy),
            CardError::LastPukTry => (Some(Text::new(Msg::MycardAdminTries).with("n", 1)), remedy),
            _ => (what, remedy),
        };
        self.said = what.map(|what| (what, remedy));
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        let action = self.hear(message, context);
        self.pad.limit(self.length().1);
        action
    }

    fn hear(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::Card(card) => self.card_changed(card),
            Message::Choose(choice) if self.stage == Stage::Card => {
                self.card = context.card.clone().chosen(Some(&choice));
                self.choice = Some(choice);
            }
            Message::Begin(deed) if self.stage == Stage::Card => {
                self.forget();
                self.said = None;
                self.stage = Stage::Typing(deed, Code::Proof);
            }
            Message::Typed if !self.is_working() => self.said = None,
            Message::WithLetters if matches!(self.stage, Stage::Typing(..)) && self.may_have_letters() => {
                self.pad.clear();
                self.said = None;
                self.letters = Some(Letters::new(context.look.lang, self.pad.letters()));
            }
            Message::Letters(message) => {
                let Some(letters) = &mut self.letters else { return Action::None };
                match letters.update(message, context.help) {
                    letters::Event::Typed if !self.is_working() => self.said = None,
                    letters::Event::Enter => return self.next(context),
                    letters::Event::Run(task) => return Action::Run(task.map(Message::Letters)),
                    letters::Event::Typed | letters::Event::None => {}
                }
            }
            Message::Sure => self.sure = true,
            Message::Reader(step) => {
                if let Some(reader) = &mut self.reader {
                    reader.told(step);
                }
            }
            Message::Next => return self.next(context),
            Message::Ended(result) => {
                if let (Stage::Working(deed), Some(result)) = (self.stage, result.take()) {
                    self.ended(deed, result);
                }
            }
            Message::Finish if matches!(self.stage, Stage::Done(_)) => return self.leave(context),
            Message::Back => return self.back(context),
            Message::PracticeCard(hand) => context.practice_card(hand),
            _ => {}
        }
        Action::None
    }

    fn card_changed(&mut self, card: CardStatus) {
        let before = self.info().map(CardInfo::choice);
        let card = card.chosen(self.choice.as_ref());
        if !matches!(card, CardStatus::Ready(_) | CardStatus::Several(_) | CardStatus::Blocked(_)) {
            self.choice = None;
        }
        // The service looks anew after a deed: that is not another card.
        let passing = matches!(card, CardStatus::Reading | CardStatus::HeldByOther);
        self.card = card;
        let same = self.info().map(CardInfo::choice) == before;
        if same || passing && self.is_working() {
            return;
        }
        self.puk_tries = None;
        if let Stage::Typing(..) = self.stage {
            self.forget();
            self.stage = Stage::Card;
            self.say(&CardError::Pulled);
        }
    }

    fn next(&mut self, context: &Context<'_>) -> Action {
        let Stage::Typing(deed, code) = self.stage else { return Action::None };
        if self.at_last_try() {
            return Action::None;
        }
        if self.by_reader() {
            return self.begin_on_reader(deed, context);
        }
        let (least, _) = self.length();
        if !self.pad.has(least) {
            let short = if self.letters.is_some() { Msg::MycardShortSigns } else { Msg::MycardShort };
            self.said = Some((Text::new(short).with("n", least as i64), None));
            return Action::None;
        }
        self.said = None;
        self.letters.iter_mut().for_each(Letters::hide);
        let typed = self.pad.take();
        match code {
            Code::Proof => {
                self.proof = Some(typed);
                self.stage = Stage::Typing(deed, Code::New);
            }
            Code::New => {
                self.new = Some(typed);
                self.stage = Stage::Typing(deed, Code::Again);
            }
            Code::Again => {
                let same = self.new.as_ref().is_some_and(|new| new.same(&typed));
                if !same {
                    self.new = None;
                    self.said = Some((Msg::MycardDiffer.into(), None));
                    self.stage = Stage::Typing(deed, Code::New);
                    return Action::None;
                }
                return self.begin(deed, context);
            }
        }
        Action::None
    }

    fn back(&mut self, context: &Context<'_>) -> Action {
        match self.stage {
            Stage::Working(_) => {
                if let Some(reader) = self.reader.as_mut().filter(|reader| reader.left().is_some()) {
                    reader.cancel();
                }
                Action::None
            }
            Stage::Typing(..) if self.letters.take().is_some() => {
                self.pad.clear();
                self.said = None;
                Action::None
            }
            Stage::Typing(..) => {
                self.forget();
                self.said = None;
                self.stage = Stage::Card;
                Action::None
            }
            Stage::Card | Stage::Done(_) => self.leave(context),
        }
    }

    fn leave(&mut self, _: &Context<'_>) -> Action {
        self.forget();
        match self.letter.take() {
            Some(letter) => Action::Sign(letter),
            None => Action::Home,
        }
    }
}
