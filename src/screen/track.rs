//! «Хатым қайда?»: a letter followed to its signed answer. It is found by the paper's QR code, by
//! number and code (states and dates alone), or by the card, key file or phone whose owner signed it.

mod answer;
mod card;
pub mod fetch;
mod find;
mod key;
mod letter;
pub mod paper;
pub mod phone;
pub mod words;
pub mod work;

use std::sync::Arc;
use std::time::Duration;

use iced::{Element, Task};

use super::Context;
use super::keyfile;
use super::letters;
use super::once::Once;
use super::paper::{self as printing, Paper};
use super::tell;
use crate::card::pinpad::Step;
use crate::card::{CardStatus, Choice, Hand};
use crate::domain::event::History;
use crate::fault::Code;
use crate::page::player::Player;
use crate::portal::wire;
use crate::seal::visitor::{QrError, VisitorSecret};
use crate::sign::answer::AnswerVerdict;
use crate::ui::edit::Edit;
use crate::ui::keyboard::Key as Typed;
pub use answer::{Answered, Asked};
use card::Login;
use find::Numbered;
pub use letter::Why;
use work::{Dates, Key, KeyTried, LoginError, Own, Shown};

/// Seconds that the portal may keep a question open.
const WAIT: u64 = 40;
/// After a line that failed, the next try.
const AGAIN: Duration = Duration::from_secs(15);

pub struct State {
    pub(crate) stage: Stage,
    /// What went wrong last.
    pub(crate) said: Option<Code>,
    /// The question whose reply is waited for; another's reply comes too late.
    pub(crate) round: u64,
    /// The list that the letter was chosen from.
    list: Option<Own>,
}

pub enum Stage {
    /// How the letter is to be found.
    Ways,
    Number(Box<Numbered>),
    /// The portal is asked.
    Asking,
    Dates(Dates),
    Card(Box<Login>),
    /// The stick with the key file.
    Key(Box<keyfile::State>),
    /// The code for her phone.
    Phone(Box<phone::State>),
    /// The letters of the card's, key's or phone's owner.
    List(Own),
    Letter(Box<Letter>),
}

/// One letter, opened.
pub struct Letter {
    pub(crate) key: Key,
    pub(crate) shown: Shown,
    pub(crate) answer: Option<Answered>,
    pub(crate) page: Page,
    pub(crate) paper: Paper,
    /// The line failed, and what is shown may be old.
    pub(crate) stale: bool,
    /// The name under which the answer stands on the stick.
    pub(crate) saved: Option<String>,
    /// Whom to tell when the answer comes.
    pub(crate) wish: tell::Wish,
    /// Her signed letter, fetched for her stick.
    pub(crate) fetch: fetch::Fetch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    History,
    Answer,
    /// How we know that the answer is genuine.
    Know,
}

#[derive(Clone)]
pub enum Message {
    ByNumber,
    ByCard,
    ByKey,
    KeyFile(keyfile::Message),
    KeyTried(u64, Once<KeyTried>),
    ByPhone,
    Phone(phone::Message),
    /// Hers, of several signatures.
    Choose(Choice),
    Focus(&'static str),
    Edit(&'static str, Edit),
    Key(Typed),
    Find,
    Dates(u64, Once<Result<Dates, Code>>),
    Card(CardStatus),
    PinTyped,
    WithLetters,
    Letters(letters::Message),
    Login,
    /// How far the PIN on the reader is.
    Reader(Step),
    Sure,
    LoggedIn(u64, Once<Result<Own, LoginError>>),
    PracticeCard(Hand),
    Open(usize),
    Opened(u64, Key, Once<Result<Option<Shown>, Code>>),
    News(u64, Once<Result<Option<Shown>, Code>>),
    Look(u64),
    Answer,
    Judged(u64, Once<Result<(AnswerVerdict, Vec<u8>), Code>>),
    /// The verdict with what was said of the signer's certificate.
    Asked(u64, Once<Option<AnswerVerdict>>),
    Know(bool),
    Write(Why),
    Print,
    StopPrint,
    Paper(printing::Message),
    Extract(u64, Once<Result<Vec<u8>, Code>>),
    Save,
    Saved(Once<Result<String, Code>>),
    Signed(fetch::Step),
    Tell(tell::Message),
    /// Do not tell me any more.
    TellNobody,
    Untold(u64, Once<Result<(), Code>>),
    Finish,
    Back,
}

pub enum Action {
    None,
    Run(Task<Message>),
    Home,
    /// A further letter about this one, begun.
    Write(Box<Player>),
    Finish {
        printed: bool,
    },
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    pub fn new() -> Self {
        Self { stage: Stage::Ways, said: None, round: 0, list: None }
    }

    /// A scanned text that is the visitor's own code opens her letter at once.
    pub fn scanned(&mut self, text: &str, context: &Context<'_>) -> Task<Message> {
        match VisitorSecret::from_qr_text(text) {
            Ok((_, practice)) if practice != context.practice() => {
                let code = if practice { "track.practice-paper" } else { "track.real-paper" };
                self.said = Some(Code(code));
                Task::none()
            }
            Ok((secret, _)) => self.open(Key::paper(&secret), context),
            Err(QrError::Torn) => {
                self.said = Some(Code("track.torn"));
                Task::none()
            }
            Err(QrError::NotOurs) => {
                self.said = Some(Code("track.not-ours"));
                Task::none()
            }
        }
    }

    fn asks(&mut self) -> u64 {
        self.said = None;
        self.round = work::next_round();
        self.round
    }

    fn open(&mut self, key: Key, context: &Context<'_>) -> Task<Message> {
        let round = self.asks();
        self.stage = Stage::Asking;
        let (env, to) = (context.world.env.clone(), key.clone());
        Task::perform(work::look(env, key, None, 0), move |r| {
            Message::Opened(round, to.clone(), Once::new(r))
        })
    }

    /// Waits at the portal for what happens next.
    fn listen(&self, context: &Context<'_>) -> Task<Message> {
        let Stage::Letter(letter) = &self.stage else { return Task::none() };
        // After the answer there is one thing more to hear of: that she was told.
        let told = letter.shown.alert != Some(wire::AlertState::Waiting);
        if letter.shown.history.is_closed() && told {
            return Task::none();
        }
        let (round, env) = (self.round, context.world.env.clone());
        let next = work::look(env, letter.key.clone(), Some(letter.shown.tag.clone()), WAIT);
        Task::perform(next, move |r| Message::News(round, Once::new(r)))
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::ByNumber => {
                self.said = None;
                self.stage = Stage::Number(Box::new(Numbered::new(context.look.lang)));
            }
            Message::ByCard => {
                self.said = None;
                self.stage = Stage::Card(Box::new(Login::new(context.card.clone())));
            }
            Message::ByKey | Message::KeyFile(_) | Message::KeyTried(..) => {
                return self.with_key(message, context);
            }
            Message::ByPhone | Message::Phone(_) => return self.with_phone(message, context),
            Message::Focus(_) | Message::Edit(..) | Message::Key(_) | Message::Find => {
                return self.typing(message, context);
            }
            Message::Card(_)
            | Message::Choose(_)
            | Message::PinTyped
            | Message::WithLetters
            | Message::Letters(_)
            | Message::Login
            | Message::Sure
            | Message::Reader(_)
            | Message::LoggedIn(..) => {
                return self.with_card(message, context);
            }
            Message::PracticeCard(hand) => context.practice_card(hand),
            Message::Dates(round, found) if round == self.round => match found.take() {
                Some(Ok(dates)) => self.stage = Stage::Dates(dates),
                Some(Err(code)) => {
                    self.said = Some(code);
                    self.stage = Stage::Number(Box::new(Numbered::new(context.look.lang)));
                }
                None => {}
            },
            Message::Open(n) => {
                let Stage::List(own) = &self.stage else { return Action::None };
                let Some(key) = own.letters.get(n).and_then(|l| Key::card(&own.access, l)) else {
                    return Action::None;
                };
                if let Stage::List(own) = std::mem::replace(&mut self.stage, Stage::Asking) {
                    self.list = Some(own);
                }
                return Action::Run(self.open(key, context));
            }
            Message::Opened(round, key, found) if round == self.round => {
                match found.take() {
                    Some(Ok(Some(shown))) => {
                        let letter = Letter {
                            key,
                            shown,
                            answer: None,
                            page: Page::History,
                            paper: Paper::default(),
                            stale: false,
                            saved: None,
                            wish: tell::Wish::default(),
                            fetch: fetch::Fetch::default(),
                        };
                        self.stage = Stage::Letter(Box::new(letter));
                        return Action::Run(self.listen(context));
                    }
                    Some(Err(code)) => {
                        self.said = Some(code);
                        self.stage = self.list.take().map_or(Stage::Ways, Stage::List);
                    }
                    _ => {}
                };
            }
            Message::News(..)
            | Message::Look(_)
            | Message::Answer
            | Message::Judged(..)
            | Message::Asked(..)
            | Message::Know(_)
            | Message::Write(_)
            | Message::Print
            | Message::StopPrint
            | Message::Paper(_)
            | Message::Extract(..)
            | Message::Save
            | Message::Saved(_)
            | Message::Signed(_)
            | Message::Tell(_)
            | Message::TellNobody
            | Message::Untold(..) => return self.reading(message, context),
            Message::Finish => {
                let printed = matches!(&self.stage, Stage::Letter(l) if l.paper.printed());
                return Action::Finish { printed };
            }
            Message::Back => return self.back(context),
            Message::Dates(..) | Message::Opened(..) => {}
        }
        Action::None
    }

    fn back(&mut self, context: &Context<'_>) -> Action {
        self.said = None;
        // The reader goes on asking: the page stays until that is said.
        if let Stage::Card(login) = &mut self.stage
            && (login.cancel() || login.back_to_digits())
        {
            return Action::None;
        }
        match &mut self.stage {
            Stage::Key(_) => return self.with_key(Message::KeyFile(keyfile::Message::Back), context),
            Stage::Phone(_) => return self.with_phone(Message::Phone(phone::Message::Back), context),
            Stage::Ways => return Action::Home,
            Stage::List(_) => self.stage = Stage::Ways,
            Stage::Letter(letter) if letter.wish.asks() => letter.wish.forget(),
            Stage::Letter(letter) if letter.page == Page::Know => letter.page = Page::Answer,
            Stage::Letter(letter) if letter.page == Page::Answer => letter.page = Page::History,
            _ => {
                self.round = 0;
                self.stage = self.list.take().map_or(Stage::Ways, Stage::List);
            }
        }
        Action::None
    }

    /// The letter on the screen.
    pub fn history(&self) -> Option<&Arc<History>> {
        match &self.stage {
            Stage::Letter(letter) => Some(&letter.shown.history),
            _ => None,
        }
    }

    /// Has she her phone in her hands?
    pub fn is_waiting(&self) -> bool {
        matches!(&self.stage, Stage::Phone(phone) if phone.is_waiting())
    }

    /// Is something of hers on this page that a helper does not see?
    pub fn hides(&self) -> bool {
        match &self.stage {
            Stage::Number(numbered) => numbered.hides(),
            Stage::Card(login) => login.hides(),
            Stage::Key(key) => key.hides(),
            Stage::Phone(phone) => phone.hides(),
            Stage::Letter(letter) => letter.wish.hides(),
            _ => false,
        }
    }

    pub fn language_changed(&mut self, context: &Context<'_>) {
        if let Stage::Number(numbered) = &mut self.stage {
            numbered.language_changed(context.look.lang);
        }
        if let Stage::Letter(letter) = &mut self.stage {
            letter.wish.language_changed(context);
        }
    }

    pub fn view<'a>(&'a self, context: Context<'a>) -> Element<'a, Message> {
        match &self.stage {
            Stage::Ways => find::ways(self, context),
            Stage::Number(numbered) => find::number(self, numbered, context),
            Stage::Asking => find::asking(context),
            Stage::Dates(dates) => letter::dates(dates, context),
            Stage::Card(login) => card::view(self, login, context),
            Stage::Key(key) => keyfile::view(key, context).map(Message::KeyFile),
            Stage::Phone(phone) => phone::view(phone, context).map(Message::Phone),
            Stage::List(own) => find::list(self, own, context),
            Stage::Letter(l) if l.wish.asks() => match l.wish.page(context) {
                Some(question) => question.map(Message::Tell),
                None => letter::view(self, l, context),
            },
            Stage::Letter(l) => match (l.page, &l.answer) {
                (Page::Answer, Some(answered)) => answer::view(self, l, answered, context),
                (Page::Know, Some(answered)) => answer::know(l, answered, context),
                _ => letter::view(self, l, context),
            },
        }
    }
}
