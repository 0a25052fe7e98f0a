//! Signing with a phone: a code to scan, then what the phone sent back, judged here before anything is
//! sealed. It needs the line; without one the other ways of signing are offered, and the letter stays.
//!
//! Who signs she has said in the form, for no certificate has said it yet. Where the signature writes her
//! name otherwise, the letter takes that name and is signed once more.

pub(crate) mod judge;
pub(crate) mod live;
mod steps;
pub(crate) mod view;
pub(crate) mod work;

use iced::Task;

use super::Context;
use super::once::Once;
use super::sign::work as signing;
use super::sign::{Signed, read_back, work::Stated};
use crate::card::Owner;
use crate::domain::form::Meaning;
use crate::fault::Code;
use crate::page::player::Player;
use crate::portal::PortalError;
use crate::portal::wire::phone::PhoneState;
use crate::private::Private;

use live::Live;
pub use live::{Begun, Given};
pub use view::view;
pub use work::Refused;

pub enum Stage {
    /// The statement cannot be made, or is read back first.
    Before,
    /// The portal is asked for a code.
    Opening,
    Code(Box<Live>),
    /// What came is judged and sealed.
    Checking,
    Stopped(Stopped),
}

/// Nothing was signed, or nothing that counts.
pub struct Stopped {
    pub(crate) code: Code,
    /// Whose signature came, where it is another's.
    pub(crate) whose: Option<Private<Owner>>,
}

pub struct State {
    pub(crate) player: Box<Player>,
    /// Whom the letter says that it is from.
    pub(crate) owner: Private<Owner>,
    pub(crate) stated: Result<Stated, Code>,
    pub(crate) stage: Stage,
    /// Her name was taken from her signature.
    pub(crate) renamed: bool,
    /// Numbers what is awaited, so that a late answer is nobody's.
    turn: u64,
    pub(crate) reading_all: bool,
    /// Pieces of the statement that she has confirmed, where it is read back to her.
    pub(crate) confirmed: usize,
}

#[derive(Clone)]
pub enum Message {
    Begun(u64, Once<Result<Begun, Code>>),
    Told(u64, Once<Result<Option<PhoneState>, PortalError>>),
    /// Time goes on.
    Tick(u64),
    /// The line is tried again.
    Retry(u64),
    Judged(u64, Once<Result<Signed, Refused>>),
    Again,
    ReadAll(bool),
    /// This piece, counted from nought, is what she wanted.
    Confirm(usize),
    /// It is not.
    Object(usize),
    /// To the question who signs.
    Mend,
    Card,
    KeyFile,
    Later,
    Pen,
    Back,
    /// The picture of the practice phone was touched.
    PracticePhone,
    Practised(u64, Result<(), Code>),
}

pub enum Action {
    None,
    Run(Task<Message>),
    Send(Box<Signed>),
    /// Back to the letter's answers.
    Back,
    Card,
    KeyFile,
    Later,
    Pen,
}

impl State {
    pub fn new(player: Box<Player>, context: &Context<'_>) -> (Self, Task<Message>) {
        let owner = player.signer();
        let stated = signing::state(&player, &owner, context);
        let mut state = Self {
            player,
            owner: Private::new(owner),
            stated,
            stage: Stage::Before,
            renamed: false,
            turn: 0,
            reading_all: false,
            confirmed: 0,
        };
        let task = state.begin(context);
        (state, task)
    }

    fn turn(&mut self) -> u64 {
        self.turn += 1;
        self.turn
    }

    /// The language was switched. What a phone has in its hands stays; else it is written anew.
    pub fn language_changed(&mut self, context: &Context<'_>) -> Task<Message> {
        let taken = matches!(&self.stage, Stage::Code(live) if live.opened);
        if taken || self.is_working() {
            return Task::none();
        }
        let stopped = matches!(self.stage, Stage::Stopped(_));
        self.restate(context);
        if stopped { Task::none() } else { self.begin(context) }
    }

    fn restate(&mut self, context: &Context<'_>) {
        self.stated = signing::state(&self.player, self.owner.expose(), context);
        self.confirmed = 0;
    }

    fn stop(&mut self, code: Code, whose: Option<Owner>) {
        self.turn();
        self.reading_all = false;
        self.stage = Stage::Stopped(Stopped { code, whose: whose.map(Private::new) });
    }

    /// Is what came judged now? It may be sent.
    pub fn is_working(&self) -> bool {
        matches!(self.stage, Stage::Checking)
    }

    /// Has she her phone in her hands?
    pub fn is_waiting(&self) -> bool {
        !matches!(self.stage, Stage::Before | Stage::Stopped(_))
    }

    /// The piece to confirm now; see [`read_back`].
    pub fn is_read_back(&self, context: &Context<'_>) -> Option<(read_back::Piece, usize)> {
        let (Stage::Before, Ok(stated)) = (&self.stage, &self.stated) else { return None };
        read_back::at(&stated.shown, self.confirmed, context)
    }

    /// Is there something of hers that a helper does not see?
    pub fn hides(&self) -> bool {
        match &self.stage {
            Stage::Before | Stage::Code(_) => true,
            Stage::Stopped(stopped) => stopped.whose.is_some(),
            Stage::Opening | Stage::Checking => false,
        }
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::Begun(turn, result) if turn == self.turn => {
                if let Some(result) = result.take() {
                    return Action::Run(self.begun(result, context));
                }
            }
            Message::Told(turn, result) if turn == self.turn => {
                if let Some(result) = result.take() {
                    return Action::Run(self.told(result, context));
                }
            }
            Message::Tick(turn) if turn == self.turn => return Action::Run(self.tick(context)),
            Message::Retry(turn) if turn == self.turn => return Action::Run(self.follow()),
            Message::Judged(turn, result) if turn == self.turn => match result.take() {
                Some(Ok(signed)) => return Action::Send(Box::new(signed)),
                Some(Err(refused)) => return Action::Run(self.refused(refused, context)),
                None => {}
            },
            Message::Practised(turn, Err(code)) if turn == self.turn => self.stop(code, None),
            Message::Begun(..)
            | Message::Told(..)
            | Message::Tick(_)
            | Message::Retry(_)
            | Message::Judged(..)
            | Message::Practised(..) => {}
            // What came may be on its way already.
            _ if self.is_working() => {}
            Message::Again => return Action::Run(self.begin(context)),
            Message::ReadAll(all) => self.reading_all = all,
            Message::Confirm(n) => {
                if n == self.confirmed && self.is_read_back(context).is_some() {
                    self.confirmed += 1;
                    return Action::Run(self.begin(context));
                }
            }
            Message::Object(n) => {
                if let Some((piece, _)) = self.is_read_back(context).filter(|_| n == self.confirmed) {
                    read_back::change(&mut self.player, &piece);
                    return Action::Back;
                }
            }
            Message::Mend => {
                if let Some(page) = self.player.signer_page() {
                    self.player.change(page);
                }
                return Action::Back;
            }
            Message::Card if self.player.choose_meaning(&Meaning::SignByCard) => return Action::Card,
            Message::KeyFile if self.player.choose_meaning(&Meaning::SignByKeyFile) => {
                return Action::KeyFile;
            }
            Message::Card | Message::KeyFile => {}
            Message::Later => return Action::Later,
            Message::Pen => return Action::Pen,
            Message::Back => {
                if std::mem::take(&mut self.reading_all) {
                    return Action::None;
                }
                if self.is_read_back(context).is_some() && self.confirmed > 0 {
                    self.confirmed -= 1;
                    return Action::None;
                }
                return Action::Back;
            }
            Message::PracticePhone => return Action::Run(self.practise(context)),
        }
        Action::None
    }
}
