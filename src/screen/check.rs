//! «Құжатты тексеру»: a signed file from a stick, or QR codes from paper, judged; the verdict in one
//! sentence, who signed, and how we know.

mod find;
pub mod told;
mod verdict;
pub mod work;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use iced::{Element, Task};
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::Context;
use super::once::Once;
use super::paper::{self as printing, Paper};
use super::scan::{self, Scan};
use crate::fault::{Code, Coded as _};
use crate::files::{Entry, FilesError, Stick};
use crate::print::verdict_pdf;
use crate::sign::egov::Parts;
use told::Told;
use work::Checked;

#[derive(Default)]
pub struct State {
    pub(crate) stage: Stage,
    /// The sticks that were looked through last.
    sticks: Vec<Stick>,
    pub(crate) found: Vec<Found>,
    /// Which task is awaited; another's answer comes too late.
    round: u64,
    pub(crate) looking: bool,
    pub(crate) parts: Parts,
    pub(crate) said: Option<Code>,
}

#[derive(Default)]
pub(crate) enum Stage {
    /// A file or a code is awaited.
    #[default]
    Finding,
    Working,
    /// The signature of a document that is kept beside it; which one is it?
    Asking {
        name: String,
        signature: Arc<Zeroizing<Vec<u8>>>,
    },
    Shown(Box<Shown>),
}

pub(crate) struct Shown {
    pub told: Arc<Told>,
    pub page: Page,
    /// Whole numbers of persons, because she asked for them.
    pub open: bool,
    pub paper: Paper,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    Verdict,
    /// How we know.
    Know,
    /// What a document made of data says.
    Fields,
}

/// A file on a stick that may be judged.
#[derive(Clone)]
pub struct Found {
    pub stick: Stick,
    pub entry: Entry,
}

pub type Search = (Vec<Found>, Option<FilesError>);

#[derive(Clone)]
pub enum Message {
    Found(u64, Once<Search>),
    Choose(usize),
    Scanned(Scan),
    /// Forget the codes that were scanned.
    Restart,
    Checked(u64, Once<Result<Checked, Code>>),
    Turn(Page),
    Reveal(bool),
    Print,
    StopPrint,
    Paper(printing::Message),
    Another,
    Finish,
    Back,
}

pub enum Action {
    None,
    Run(Task<Message>),
    Home,
    Finish { printed: bool },
}

fn next_round() -> u64 {
    static ROUNDS: AtomicU64 = AtomicU64::new(1);
    ROUNDS.fetch_add(1, Ordering::Relaxed)
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
        self.sticks = context.sticks.to_vec();
        self.look_through(context)
    }

    fn look_through(&mut self, context: &Context<'_>) -> Task<Message> {
        self.found.retain(|f| self.sticks.contains(&f.stick));
        if !matches!(self.stage, Stage::Finding | Stage::Asking { .. }) {
            return Task::none();
        }
        self.looking = !self.sticks.is_empty();
        if !self.looking {
            return Task::none();
        }
        self.round = next_round();
        let (round, sticks, lang) = (self.round, self.sticks.clone(), context.look.lang);
        let every = matches!(self.stage, Stage::Asking { .. });
        let work = async move { spawn_blocking(move || work::look_through(sticks, lang, every)).await };
        Task::perform(work, move |found| {
            Message::Found(round, Once::new(found.unwrap_or((Vec::new(), Some(FilesError::StickGone)))))
        })
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::Found(round, result) if round == self.round => {
                let Some((found, error)) = result.take() else { return Action::None };
                (self.looking, self.found) = (false, found);
                if let Some(error) = error {
                    self.said = Some(error.code());
                }
            }
            Message::Choose(n) => return self.choose(n, context),
            Message::Scanned(scan) => return self.scanned(&scan, context),
            Message::Restart => (self.parts, self.said) = (Parts::default(), None),
            Message::Checked(round, result) if round == self.round => return self.checked(result, context),
            Message::Found(..) | Message::Checked(..) => {}
            Message::Turn(page) => self.shown(|shown| shown.page = page),
            Message::Reveal(open) => self.shown(|shown| shown.open = open),
            Message::Print => {
                let Stage::Shown(shown) = &mut self.stage else { return Action::None };
                let (told, lang) = (shown.told.clone(), context.look.lang);
                let task = shown.paper.print(context, move || verdict_pdf(&told.paper(lang)));
                return Action::Run(task.map(Message::Paper));
            }
            Message::StopPrint => self.shown(|shown| shown.paper.stop()),
            Message::Paper(progress) => self.shown(|shown| shown.paper.update(progress)),
            Message::Another => return self.again(context),
            Message::Finish => {
                let printed = matches!(&self.stage, Stage::Shown(s) if s.paper.printed());
                return Action::Finish { printed };
            }
            Message::Back => {
                match &mut self.stage {
                    Stage::Finding => return Action::Home,
                    Stage::Shown(shown) if shown.page != Page::Verdict => shown.page = Page::Verdict,
                    _ => return self.again(context),
                };
            }
        }
        Action::None
    }

    fn shown(&mut self, with: impl FnOnce(&mut Shown)) {
        if let Stage::Shown(shown) = &mut self.stage {
            with(shown);
        }
    }

    /// To the beginning; what was judged is forgotten.
    fn again(&mut self, context: &Context<'_>) -> Action {
        (self.stage, self.said, self.parts) = (Stage::Finding, None, Parts::default());
        Action::Run(self.look_through(context))
    }

    fn begin(&mut self, work: impl FnOnce() -> Result<Checked, Code> + Send + 'static) -> Action {
        self.round = next_round();
        (self.stage, self.said) = (Stage::Working, None);
        let round = self.round;
        let work = async move { spawn_blocking(work).await.unwrap_or(Err(Code("sign.malformed"))) };
        Action::Run(Task::perform(work, move |checked| Message::Checked(round, Once::new(checked))))
    }

    fn choose(&mut self, n: usize, context: &Context<'_>) -> Action {
        let Some(found) = self.found.get(n).cloned() else { return Action::None };
        let env = context.world.env.clone();
        match std::mem::take(&mut self.stage) {
            Stage::Finding => {
                let lang = context.look.lang;
                self.begin(move || work::file(&env, &found, lang))
            }
            Stage::Asking { name, signature } => {
                self.begin(move || work::detached(&env, name, &signature, &found))
            }
            other => {
                self.stage = other;
                Action::None
            }
        }
    }

    fn scanned(&mut self, scan: &Scan, context: &Context<'_>) -> Action {
        if matches!(self.stage, Stage::Working) {
            return Action::None;
        }
        let env = context.world.env.clone();
        match scan.kind() {
            scan::Kind::Proof => {
                let scan = scan.clone();
                return self.begin(move || Ok(work::proof(&env, scan.text())));
            }
            scan::Kind::Certificate => {}
            _ => {
                self.said = Some(Code("check.other-code"));
                return Action::None;
            }
        }
        // Codes of the next certificate begin anew.
        if matches!(self.stage, Stage::Shown(_) | Stage::Asking { .. }) {
            (self.stage, self.parts) = (Stage::Finding, Parts::default());
        }
        match self.parts.add(scan.text()) {
            Ok(_) => self.said = None,
            Err(error) => {
                self.said = Some(error.code());
                return Action::None;
            }
        }
        let (have, of) = self.parts.progress();
        if have < of {
            return Action::None;
        }
        let parts = std::mem::take(&mut self.parts);
        self.begin(move || work::codes(&env, &parts))
    }

    fn checked(&mut self, result: Once<Result<Checked, Code>>, context: &Context<'_>) -> Action {
        match result.take() {
            Some(Ok(Checked::Told(told))) => {
                let paper = Paper::default();
                let shown = Shown { told: Arc::new(*told), page: Page::Verdict, open: false, paper };
                self.stage = Stage::Shown(Box::new(shown));
                Action::None
            }
            Some(Ok(Checked::Document { name, signature })) => {
                self.stage = Stage::Asking { name, signature: Arc::new(signature) };
                Action::Run(self.look_through(context))
            }
            Some(Err(code)) => {
                let action = self.again(context);
                self.said = Some(code);
                action
            }
            None => Action::None,
        }
    }

    pub fn view<'a>(&'a self, context: Context<'a>) -> Element<'a, Message> {
        match &self.stage {
            Stage::Finding => find::view(self, context),
            Stage::Working => find::working(context),
            Stage::Asking { name, .. } => find::document(self, name, context),
            Stage::Shown(shown) => match shown.page {
                Page::Verdict => verdict::view(shown, context),
                Page::Know => verdict::know(shown, context),
                Page::Fields => verdict::fields(shown, context),
            },
        }
    }
}
