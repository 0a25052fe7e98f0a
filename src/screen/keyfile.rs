//! A key file from a USB stick: the file, its password, whose key it is; then a letter is signed with it,
//! or the portal's question that shows its owner her own letters.
//!
//! The file is read into memory that wipes itself, and never written anywhere. Taking the stick out
//! ends it at every step, as taking out a card does; the letter stays. The key lives from the password
//! to the signature.

mod steps;
mod view;
pub mod work;

use std::sync::Arc;

use iced::Task;
use zeroize::Zeroizing;

use super::Context;
use super::letters::{self, Letters};
use super::once::{Once, PasswordPad};
use super::sign::status::Asked;
use super::sign::work as signing;
use super::sign::{Said, Signed, read_back, work::Stated};
use crate::domain::standing::List;
use crate::fault::{Code, Coded as _};
use crate::files::{FilesError, Stick};
use crate::outbox::OutboxError;
use crate::page::player::Player;
use crate::sign::keyfile::{Entry, KeyFileError};
use crate::store::shelf::Reservation;

pub use view::view;
pub use work::{Found, Source};
use work::{Search, Stop};

/// A key file in memory, wiped when dropped.
pub struct Held {
    pub(crate) found: Found,
    bytes: Zeroizing<Vec<u8>>,
}

/// What the key is wanted for.
pub enum Purpose {
    Letter(Box<Player>),
    /// To be shown one's own letters.
    OwnLetters,
}

pub enum Stage {
    /// A stick is awaited, or one of its files.
    Finding,
    Reading(Found),
    Password(Held),
    /// The key is being derived; dropping this stops it.
    Opening {
        held: Held,
        slow: bool,
        _stop: Stop,
    },
    /// The file has several keys that may sign.
    Choosing(Held, Vec<Entry>),
    Ready {
        held: Held,
        entry: Box<Entry>,
        stated: Result<Stated, Code>,
    },
    /// Her own letters are to be shown: whose key it is.
    Owner {
        held: Held,
        entry: Box<Entry>,
    },
    /// The key has the portal's question; the file is kept for one more try.
    Entering(Held),
    /// The key is with the task that signs, and wiped at its end.
    Working,
}

pub struct State {
    pub(crate) purpose: Purpose,
    pub(crate) stage: Stage,
    /// The sticks that were looked through last.
    sticks: Vec<Stick>,
    pub(crate) found: Vec<Found>,
    /// Which search is awaited.
    pub(crate) search: Option<u64>,
    /// Numbers what is awaited, so that a late answer is nobody's.
    turn: u64,
    /// She has chosen, or gone back to choose: nothing opens by itself any more.
    chosen: bool,
    pub(crate) said: Option<Code>,
    pub(crate) letters: Letters,
    pub(crate) empty: bool,
    pub(crate) reading_all: bool,
    /// Pieces of the statement that she has confirmed, where it is read back to her.
    pub(crate) confirmed: usize,
    reserved: Option<Reservation>,
    /// What is asked about the key's certificate.
    asked: Option<Asked>,
    /// By which list it is revoked, where it was a list that said so.
    pub(crate) by_list: Option<Arc<List>>,
}

#[derive(Clone)]
pub enum Message {
    Found(u64, Once<Search>),
    Choose(usize),
    Read(u64, Once<Result<Zeroizing<Vec<u8>>, FilesError>>),
    /// Of the password's line and keyboard.
    Letters(letters::Message),
    Open,
    Slow(u64),
    Opened(u64, Once<Result<Vec<Entry>, KeyFileError>>),
    /// Hers, of several keys.
    Pick(usize),
    /// What was said of the key's certificate.
    Status(u64, Said),
    Reserved(Once<Result<Reservation, OutboxError>>),
    ReadAll(bool),
    /// This piece, counted from nought, is what she wanted.
    Confirm(usize),
    /// It is not.
    Object(usize),
    Sign,
    Signed(Once<Result<Signed, Code>>),
    Pen,
    Back,
}

pub enum Action {
    None,
    Run(Task<Message>),
    Send(Box<Signed>),
    /// This key is to show her letters.
    Enter(Box<Entry>),
    /// Back to the letter's answers, or to the ways of finding one.
    Back,
    Pen,
}

impl State {
    pub fn new(purpose: Purpose, context: &Context<'_>) -> (Self, Task<Message>) {
        let mut state = Self {
            purpose,
            stage: Stage::Finding,
            sticks: Vec::new(),
            found: work::own(context).into_iter().collect(),
            search: None,
            turn: 0,
            chosen: false,
            said: None,
            letters: Letters::new(context.look.lang, PasswordPad::default()),
            empty: false,
            reading_all: false,
            confirmed: 0,
            reserved: None,
            asked: None,
            by_list: None,
        };
        let task = state.sticks_changed(context);
        (state, task)
    }

    fn turn(&mut self) -> u64 {
        self.turn += 1;
        self.turn
    }

    /// Looks through the sticks that are in now. Practice looks on none.
    pub fn sticks_changed(&mut self, context: &Context<'_>) -> Task<Message> {
        if context.practice() || self.sticks == context.sticks {
            return Task::none();
        }
        self.chosen &= context.sticks.iter().all(|s| self.sticks.contains(s));
        self.sticks = context.sticks.to_vec();
        self.found.retain(|f| f.is_on(context.sticks));
        self.search = None;
        let held = match &self.stage {
            Stage::Password(held)
            | Stage::Opening { held, .. }
            | Stage::Choosing(held, _)
            | Stage::Ready { held, .. }
            | Stage::Owner { held, .. } => Some(held),
            // What the key has signed stays signed.
            Stage::Entering(_) => None,
            Stage::Finding | Stage::Reading(_) | Stage::Working => None,
        };
        if held.is_some_and(|held| !held.found.is_on(context.sticks)) {
            self.find(Some(KeyFileError::Gone.code()));
        } else if matches!(self.stage, Stage::Finding) {
            self.said = None;
        }
        if self.sticks.is_empty() {
            return Task::none();
        }
        let search = self.turn();
        self.search = Some(search);
        let (sticks, lang) = (self.sticks.clone(), context.look.lang);
        Task::perform(work::look_through(sticks, lang), move |found| Message::Found(search, Once::new(found)))
    }

    /// The language was switched: what is signed is what is shown, so it is written anew.
    pub fn language_changed(&mut self, context: &Context<'_>) {
        if let (Stage::Ready { entry, stated, .. }, Purpose::Letter(player)) =
            (&mut self.stage, &self.purpose)
        {
            *stated = signing::state(player, &entry.certificate.owner(), context);
            self.confirmed = 0;
        }
    }

    /// Is something being signed? What comes of it may be sent.
    pub fn is_working(&self) -> bool {
        matches!(self.stage, Stage::Working | Stage::Entering(_))
    }

    /// Back to the files: key and password are wiped.
    pub(super) fn find(&mut self, said: Option<Code>) {
        self.stage = Stage::Finding;
        self.chosen = true;
        self.said = said;
        self.forget();
        self.reading_all = false;
    }

    fn forget(&mut self) {
        self.letters.forget();
        self.empty = false;
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::Found(search, result) if self.search == Some(search) => {
                self.search = None;
                let Some((found, error)) = result.take() else { return Action::None };
                self.found = found;
                if !matches!(self.stage, Stage::Finding) {
                    return Action::None;
                }
                self.said = error.map(|e| e.code());
                if self.found.len() == 1 && !self.chosen {
                    return self.choose(0);
                }
            }
            // An answer about sticks that are out by now.
            Message::Found(..) => {}
            Message::Choose(n) => return self.choose(n),
            Message::Read(turn, result) => {
                let (true, Stage::Reading(found)) = (turn == self.turn, &self.stage) else {
                    return Action::None;
                };
                let found = found.clone();
                match result.take() {
                    Some(Ok(bytes)) => self.stage = Stage::Password(Held { found, bytes }),
                    Some(Err(FilesError::StickGone)) => self.find(Some(KeyFileError::Gone.code())),
                    _ => self.find(Some(KeyFileError::Unreadable.code())),
                }
            }
            Message::Letters(message) => match self.letters.update(message, context.help) {
                letters::Event::Typed => {
                    self.said = None;
                    self.empty = false;
                }
                letters::Event::Enter => return self.open(context),
                letters::Event::Run(task) => return Action::Run(task.map(Message::Letters)),
                letters::Event::None => {}
            },
            Message::Open => return self.open(context),
            Message::Slow(turn) => {
                if let Stage::Opening { slow, .. } = &mut self.stage {
                    *slow |= turn == self.turn;
                }
            }
            Message::Opened(turn, result) if turn == self.turn => {
                if let Some(result) = result.take() {
                    return self.opened(result, context);
                }
            }
            Message::Opened(..) => {}
            Message::Pick(n) => {
                if let Stage::Choosing(..) = &self.stage
                    && let Stage::Choosing(held, mut entries) =
                        std::mem::replace(&mut self.stage, Stage::Finding)
                {
                    if n < entries.len() {
                        return self.ready(held, entries.swap_remove(n), context);
                    }
                    self.stage = Stage::Choosing(held, entries);
                }
            }
            Message::Status(turn, Said::Revoked(list)) if turn == self.turn => {
                self.by_list = list;
                if let Stage::Ready { .. } = self.stage {
                    self.find(Some(KeyFileError::Revoked.code()));
                }
            }
            Message::Status(..) => {}
            Message::Reserved(result) => match (result.take(), &mut self.stage) {
                (Some(Ok(room)), _) => self.reserved = Some(room),
                (Some(Err(error)), Stage::Ready { stated, .. }) => *stated = Err(error.code()),
                _ => {}
            },
            Message::ReadAll(all) => self.reading_all = all,
            Message::Confirm(n) if n == self.confirmed && self.is_read_back(context).is_some() => {
                self.confirmed += 1;
            }
            Message::Confirm(_) => {}
            Message::Object(n) => {
                let piece = self.is_read_back(context).filter(|_| n == self.confirmed);
                let (Some((piece, _)), Purpose::Letter(player)) = (piece, &mut self.purpose) else {
                    return Action::None;
                };
                read_back::change(player, &piece);
                self.find(None);
                return Action::Back;
            }
            Message::Sign => return self.sign(context),
            Message::Signed(result) => match result.take() {
                Some(Ok(signed)) => return Action::Send(Box::new(signed)),
                Some(Err(code)) => self.find(Some(code)),
                None => {}
            },
            Message::Pen | Message::Back if self.is_working() => {}
            Message::Pen => {
                self.forget();
                return Action::Pen;
            }
            Message::Back => return self.back(context),
        }
        Action::None
    }

    /// The piece to confirm now; see [`read_back`].
    pub fn is_read_back(&self, context: &Context<'_>) -> Option<(read_back::Piece, usize)> {
        let Stage::Ready { stated: Ok(stated), .. } = &self.stage else { return None };
        read_back::at(&stated.shown, self.confirmed, context)
    }

    /// Is there something of hers that a helper does not see?
    pub fn hides(&self) -> bool {
        matches!(self.stage, Stage::Choosing(..) | Stage::Ready { .. } | Stage::Owner { .. })
    }
}
