//! "Continue later": the letter goes with the visitor, locked with a code that she writes down.

use std::sync::Arc;

use iced::Task;
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::Context;
use super::once::Once;
use super::paper::{self, Paper};
use crate::fault::{self, Coded as _};
use crate::files::{self, FilesError, Stick};
use crate::i18n::Lang;
use crate::page::player::Player;
use crate::print::{DraftSheets, draft_sheets_pdf};
use crate::store::draft::{self, Code, SavedError};

mod view;
pub use view::{fault, head, view};

pub struct State {
    pub(crate) player: Box<Player>,
    pub(crate) code: Option<Code>,
    pub(crate) locking: Locking,
    pub(crate) stick: OnStick,
    pub(crate) paper: Paper,
    /// She wanted to leave with nothing saved.
    pub(crate) hurried: bool,
}

/// The letter, locked.
pub enum Locking {
    Busy,
    Done(Locked),
    Failed(fault::Code),
}

/// What leaves the kiosk; shared with the tasks that write and print it.
#[derive(Clone)]
pub struct Locked {
    pub file: Arc<Vec<u8>>,
    pub sheets: Option<Sheets>,
}

/// The same for paper, if it fits there.
#[derive(Clone)]
pub struct Sheets {
    pub parts: Arc<Vec<String>>,
    /// The letter's files did not fit, and were left out.
    pub without_files: bool,
}

/// What became of the file; names are the visitor's own.
pub enum OnStick {
    No,
    Saving,
    Saved { name: String, stick: Stick },
    Failed(fault::Code),
}

#[derive(Clone)]
pub enum Message {
    Locked(Once<Result<Locked, SavedError>>),
    /// Onto the stick at this place in the list of those that are in.
    Save(usize),
    Saved(Once<(Stick, Result<String, FilesError>)>),
    Print,
    StopPrint,
    Paper(paper::Message),
    Back,
    Finish,
}

pub enum Action {
    None,
    Run(Task<Message>),
    Back,
    Finish { printed: bool },
}

impl State {
    /// Draws a code and begins to lock the letter with it.
    pub fn new(player: Box<Player>, context: &Context<'_>) -> (Self, Task<Message>) {
        let mut state = Self {
            player,
            code: None,
            locking: Locking::Busy,
            stick: OnStick::No,
            paper: Paper::default(),
            hurried: false,
        };
        let task = match state.begin(context.look.lang) {
            Ok(task) => task,
            Err(code) => {
                state.locking = Locking::Failed(code);
                Task::none()
            }
        };
        (state, task)
    }

    fn begin(&mut self, lang: Lang) -> Result<Task<Message>, fault::Code> {
        let code = Code::generate().map_err(|e| e.code())?;
        let whole = self.player.save(lang, true).map_err(|e| e.code())?;
        let bare = match self.player.attachments().is_empty() {
            true => None,
            false => Some(self.player.save(lang, false).map_err(|e| e.code())?),
        };
        self.code = Some(code.clone());
        // A good part of a second and 64 MiB: not on the thread that draws.
        let work = async move { spawn_blocking(move || lock(&whole, bare.as_ref(), &code)).await };
        Ok(Task::perform(work, |done| Message::Locked(Once::new(done.unwrap_or(Err(SavedError::Random))))))
    }

    /// Is the code on the screen?
    pub fn has_code(&self) -> bool {
        self.code.is_some()
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::Locked(result) => match result.take() {
                Some(Ok(locked)) => self.locking = Locking::Done(locked),
                Some(Err(error)) => self.locking = Locking::Failed(error.code()),
                None => {}
            },
            Message::Save(n) => return self.save(context.sticks.get(n)),
            Message::Saved(result) => {
                if let Some((stick, result)) = result.take() {
                    self.stick = match result {
                        Ok(name) => OnStick::Saved { name, stick },
                        Err(error) => OnStick::Failed(error.code()),
                    };
                }
            }
            Message::Print => return self.print(context),
            Message::StopPrint => self.paper.stop(),
            Message::Paper(progress) => self.paper.update(progress),
            Message::Back => return Action::Back,
            Message::Finish if self.may_go() => return Action::Finish { printed: self.paper.printed() },
            Message::Finish => self.hurried = true,
        }
        Action::None
    }

    fn save(&mut self, stick: Option<&Stick>) -> Action {
        let (Locking::Done(locked), Some(stick)) = (&self.locking, stick.cloned()) else {
            return Action::None;
        };
        if matches!(self.stick, OnStick::Saving) {
            return Action::None;
        }
        self.stick = OnStick::Saving;
        self.hurried = false;
        let (file, onto) = (locked.file.clone(), stick.clone());
        let work = move || files::save(&onto, draft::FILE_NAME, &file);
        let work = async move { spawn_blocking(work).await.unwrap_or(Err(FilesError::StickGone)) };
        Action::Run(Task::perform(work, move |result| Message::Saved(Once::new((stick.clone(), result)))))
    }

    fn print(&mut self, context: &Context<'_>) -> Action {
        let Locking::Done(Locked { sheets: Some(sheets), .. }) = &self.locking else { return Action::None };
        self.hurried = false;
        let (parts, lang, practice) = (sheets.parts.clone(), context.look.lang, context.practice());
        let made = context.world.env.clock.now().wall;
        let task = self
            .paper
            .print(context, move || draft_sheets_pdf(&DraftSheets { lang, practice, made, parts: &parts }));
        Action::Run(task.map(Message::Paper))
    }

    /// Is the letter on her stick or her paper?
    pub fn is_kept(&self) -> bool {
        matches!(self.stick, OnStick::Saved { .. }) || self.paper.printed()
    }

    /// Nothing is under way that leaving would break off.
    pub fn may_go(&self) -> bool {
        self.is_kept() && !matches!(self.stick, OnStick::Saving) && !self.paper.is_busy()
    }
}

/// Locks the whole letter; where that is too much for paper, once more without its files.
fn lock(whole: &[u8], bare: Option<&Zeroizing<Vec<u8>>>, code: &Code) -> Result<Locked, SavedError> {
    let file = draft::lock(whole, code)?;
    let sheets = |locked: &[u8], without_files| match draft::qr_parts(locked) {
        Ok(parts) => Ok(Some(Sheets { parts: Arc::new(parts), without_files })),
        Err(SavedError::TooBig) => Ok(None),
        Err(error) => Err(error),
    };
    let fitting = match (sheets(&file, false)?, bare) {
        (None, Some(bare)) => sheets(&draft::lock(bare, code)?, true)?,
        (fitting, _) => fitting,
    };
    Ok(Locked { file: Arc::new(file), sheets: fitting })
}
