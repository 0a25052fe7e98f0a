//! A saved letter comes back: from a stick or from scanned sheets, opened with its code.

use std::sync::Arc;

use iced::Task;
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::Context;
use super::once::{CodePad, Once};
use super::scan::Scan;
use crate::content::Snapshot;
use crate::fault::{self, Coded as _};
use crate::files::{self, Entry, FilesError, Stick};
use crate::i18n::{Lang, Msg};
use crate::page::draft::Draft;
use crate::page::player::Player;
use crate::store::draft::{self, Code, Parts, SavedError};

mod view;
pub use view::view;

#[derive(Default)]
pub struct State {
    pub(crate) stage: Stage,
    /// The sticks that were looked through last.
    sticks: Vec<Stick>,
    pub(crate) found: Vec<Found>,
    /// Which search is awaited.
    pub(crate) search: Option<u64>,
    searches: u64,
    pub(crate) parts: Parts,
    /// She has chosen, or gone back to choose: nothing opens by itself any more.
    chosen: bool,
    pub(crate) said: Option<fault::Code>,
}

#[derive(Default)]
pub enum Stage {
    /// A stick or a sheet is awaited.
    #[default]
    Finding,
    Reading,
    /// The letter is here; its code is asked.
    Asking {
        locked: Arc<Vec<u8>>,
        pad: CodePad,
        /// The code is being tried.
        trying: bool,
        /// She wanted to open with signs missing.
        short: bool,
    },
}

/// A file on a stick that by its name is a saved letter.
#[derive(Clone)]
pub struct Found {
    pub stick: Stick,
    pub entry: Entry,
}

/// A letter that opened.
pub struct Opened {
    pub player: Box<Player>,
    /// What has to be said of it: a title and a text.
    pub said: Vec<(Msg, Msg)>,
}

type Search = (Vec<Found>, Option<FilesError>);

#[derive(Clone)]
pub enum Message {
    Found(u64, Once<Search>),
    Choose(usize),
    Read(Once<Result<Zeroizing<Vec<u8>>, FilesError>>),
    Scanned(Scan),
    /// Forget the sheets that were scanned.
    Restart,
    /// A sign was typed or erased; which, only the pad knows.
    Typed,
    Open,
    Opened(Once<Result<Opened, fault::Code>>),
    Back,
}

pub enum Action {
    None,
    Run(Task<Message>),
    Home,
    Letter(Opened),
}

impl State {
    pub fn new(context: &Context<'_>) -> (Self, Task<Message>) {
        let mut state = Self::default();
        let task = state.sticks_changed(context);
        (state, task)
    }

    /// Looks through the sticks that are in now.
    pub fn sticks_changed(&mut self, context: &Context<'_>) -> Task<Message> {
        if self.sticks == context.sticks {
            return Task::none();
        }
        // A new stick is a new choice.
        self.chosen &= context.sticks.iter().all(|s| self.sticks.contains(s));
        self.sticks = context.sticks.to_vec();
        self.found.retain(|f| context.sticks.contains(&f.stick));
        self.search = None;
        if matches!(self.stage, Stage::Finding) {
            self.said = None;
        }
        if self.sticks.is_empty() {
            return Task::none();
        }
        self.searches += 1;
        let search = self.searches;
        self.search = Some(search);
        let (sticks, lang) = (self.sticks.clone(), context.look.lang);
        let work = async move { spawn_blocking(move || look_through(sticks, lang)).await };
        Task::perform(work, move |found| {
            let found = found.unwrap_or((Vec::new(), Some(FilesError::StickGone)));
            Message::Found(search, Once::new(found))
        })
    }

    /// Is the code asked for?
    pub fn asks(&self) -> bool {
        matches!(self.stage, Stage::Asking { .. })
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
                // The only one is meant, unless she has sheets in her hand.
                if self.found.len() == 1 && !self.chosen && self.parts.progress().of == 0 {
                    return self.choose(0);
                }
            }
            // An answer about sticks that are out by now.
            Message::Found(..) => {}
            Message::Choose(n) => return self.choose(n),
            Message::Read(result) => {
                if !matches!(self.stage, Stage::Reading) {
                    return Action::None;
                }
                match result.take() {
                    Some(Ok(locked)) => self.ask(locked.to_vec()),
                    Some(Err(error)) => self.failed(error.code()),
                    None => {}
                }
            }
            Message::Scanned(scan) => self.scanned(&scan),
            Message::Restart => {
                self.parts = Parts::default();
                self.said = None;
            }
            Message::Typed => {
                self.said = None;
                if let Stage::Asking { short, .. } = &mut self.stage {
                    *short = false;
                }
            }
            Message::Open => return self.open(context.world.env.content),
            Message::Opened(result) => {
                let Stage::Asking { trying, .. } = &mut self.stage else { return Action::None };
                *trying = false;
                match result.take() {
                    Some(Ok(opened)) => return Action::Letter(opened),
                    Some(Err(code)) => self.said = Some(code),
                    None => {}
                }
            }
            Message::Back => match self.stage {
                Stage::Finding => return Action::Home,
                Stage::Reading | Stage::Asking { .. } => {
                    self.stage = Stage::Finding;
                    self.chosen = true;
                    self.said = None;
                    if self.parts.whole().is_some() {
                        self.parts = Parts::default();
                    }
                }
            },
        }
        Action::None
    }

    fn failed(&mut self, code: fault::Code) {
        self.stage = Stage::Finding;
        self.chosen = true;
        self.said = Some(code);
    }

    fn choose(&mut self, n: usize) -> Action {
        let (Some(Found { stick, entry }), Stage::Finding) = (self.found.get(n).cloned(), &self.stage) else {
            return Action::None;
        };
        self.stage = Stage::Reading;
        self.chosen = true;
        self.said = None;
        let work = move || files::read(&stick, &entry, draft::MAX_LOCKED);
        let work = async move { spawn_blocking(work).await.unwrap_or(Err(FilesError::StickGone)) };
        Action::Run(Task::perform(work, |read| Message::Read(Once::new(read))))
    }

    /// One sheet more; the last one leads to the code.
    fn scanned(&mut self, scan: &Scan) {
        match self.stage {
            Stage::Finding => {}
            // The stick's letter is not the one she means.
            Stage::Reading | Stage::Asking { trying: false, .. } if self.parts.whole().is_none() => {
                self.stage = Stage::Finding;
                self.chosen = true;
            }
            // The code of these sheets is asked already.
            Stage::Reading | Stage::Asking { .. } => return,
        }
        match self.parts.add(scan.text()) {
            Ok(_) => {
                self.said = None;
                if let Some(locked) = self.parts.whole() {
                    self.ask(locked);
                }
            }
            Err(error) => self.said = Some(error.code()),
        }
    }

    /// Asks for the code, unless it is plain that no code can open this.
    fn ask(&mut self, locked: Vec<u8>) {
        match draft::look(&locked) {
            Ok(()) => {
                self.said = None;
                self.stage = Stage::Asking {
                    locked: Arc::new(locked),
                    pad: CodePad::default(),
                    trying: false,
                    short: false,
                };
            }
            Err(error) => {
                // Sheets that together are damaged would stay so.
                self.parts = Parts::default();
                self.failed(error.code());
            }
        }
    }

    fn open(&mut self, content: &'static Snapshot) -> Action {
        let Stage::Asking { locked, pad, trying, short } = &mut self.stage else { return Action::None };
        if *trying {
            return Action::None;
        }
        let Some(code) = pad.code() else {
            *short = true;
            return Action::None;
        };
        *trying = true;
        self.said = None;
        let locked = locked.clone();
        let work = async move { spawn_blocking(move || unlock(&locked, &code, content)).await };
        Action::Run(Task::perform(work, |opened| {
            Message::Opened(Once::new(opened.unwrap_or(Err(SavedError::Random.code()))))
        }))
    }
}

/// Every file that looks like a saved letter, the newest first; and what a stick would not show.
fn look_through(sticks: Vec<Stick>, lang: Lang) -> Search {
    let (mut found, mut error) = (Vec::new(), None);
    for stick in sticks {
        match files::list_ending(&stick, lang, draft::ENDING) {
            Ok(listing) => {
                found.extend(listing.entries.into_iter().map(|entry| Found { stick: stick.clone(), entry }));
            }
            Err(e) => error = Some(e),
        }
    }
    found.sort_by_key(|f| std::cmp::Reverse(f.entry.modified));
    (found, error)
}

/// A good part of a second and 64 MiB: never on the thread that draws.
fn unlock(locked: &[u8], code: &Code, content: &'static Snapshot) -> Result<Opened, fault::Code> {
    let bytes = draft::unlock(locked, code).map_err(|e| e.code())?;
    let saved = Draft::from_bytes(&bytes).map_err(|e| e.code())?;
    let (player, changed) = Player::resume(&saved, content).map_err(|e| e.code())?;
    let mut said = Vec::new();
    if changed {
        said.push((Msg::FaultDraftFormChanged, Msg::FaultDraftFormChangedRemedy));
    }
    if saved.without_files {
        said.push((Msg::ResumeWithoutFiles, Msg::ResumeWithoutFilesText));
    }
    Ok(Opened { player: Box::new(player), said })
}
