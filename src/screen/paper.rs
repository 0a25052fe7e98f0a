//! Paper, for every screen that offers it: optional, and it says what becomes of it.

use futures::stream::{self, Stream};
use iced::widget::column;
use iced::{Element, Task};
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use super::Context;
use crate::fault::{Code, Coded as _};
use crate::i18n::{Msg, Text};
use crate::print::printer::{Job, Printer, Progress};
use crate::print::{Pdf, PrintError};
use crate::ui::button::secondary_with;
use crate::ui::card::{Notice, notice};
use crate::ui::icon::Icon;
use crate::ui::theme::Look;

/// What became of the paper.
#[derive(Default)]
pub struct Paper {
    state: State,
    printed: bool,
    /// Dropped or told, it ends the job that is under way.
    stop: Option<watch::Sender<bool>>,
}

#[derive(Default)]
enum State {
    #[default]
    None,
    /// Nobody named a printer in the settings.
    NoPrinter,
    Making,
    At(Progress),
}

pub type Message = Progress;

impl Paper {
    /// Makes the document off the drawing thread and prints it, from memory.
    pub fn print(
        &mut self,
        context: &Context<'_>,
        make: impl FnOnce() -> Result<Pdf, PrintError> + Send + 'static,
    ) -> Task<Message> {
        if self.is_busy() {
            return Task::none();
        }
        let Some(printer) = context.world.printer.clone() else {
            self.state = State::NoPrinter;
            return Task::none();
        };
        self.state = State::Making;
        let (stop, stopped) = watch::channel(false);
        self.stop = Some(stop);
        Task::stream(run(printer, stopped, make))
    }

    /// The visitor does not want it any more; what is coming out comes out.
    pub fn stop(&mut self) {
        if let Some(stop) = &self.stop {
            stop.send_replace(true);
        }
    }

    pub fn update(&mut self, progress: Message) {
        self.printed |= progress == Progress::Done;
        self.state = State::At(progress);
    }

    pub fn is_busy(&self) -> bool {
        match self.state {
            State::None | State::NoPrinter => false,
            State::Making => true,
            State::At(progress) => !progress.is_final(),
        }
    }

    /// Did a sheet come out that may lie in the printer?
    pub fn printed(&self) -> bool {
        self.printed
    }

    /// `stop`: the message of the button that ends a job under way.
    pub fn view<'a, M: Clone + 'a>(&self, look: &Look, stop: M) -> Option<Element<'a, M>> {
        self.view_or(look, stop, Msg::ReceivedNoPrinter)
    }

    /// As [`Self::view`]; `without` is said where there is no printer.
    pub fn view_or<'a, M: Clone + 'a>(&self, look: &Look, stop: M, without: Msg) -> Option<Element<'a, M>> {
        let remedy = |code: Code| Msg::from_id(&code.remedy_id()).map(Text::new);
        let (kind, says, more) = match self.state {
            State::None => return None,
            State::NoPrinter => (Notice::Warning, without.into(), None),
            State::Making => (Notice::Info, Progress::Sending.words(), None),
            State::At(progress) => match progress {
                Progress::Done => (Notice::Good, progress.words(), None),
                Progress::Failed(code) => (Notice::Danger, progress.words(), remedy(code)),
                Progress::Trouble(code) => (Notice::Warning, progress.words(), remedy(code)),
                _ => (Notice::Info, progress.words(), None),
            },
        };
        let more = more.map(|m| m.say(look.lang)).unwrap_or_default();
        let says = notice(look, kind, says, more);
        let waits = !matches!(self.state, State::At(Progress::Printing));
        if !self.is_busy() || !waits {
            return Some(says);
        }
        let stop = secondary_with(look, "paper.stop", Msg::PrintStop, Some(Icon::X)).on(stop);
        Some(column![says, stop].spacing(look.space(1.0)).into())
    }
}

enum Step<F> {
    Make(Printer, watch::Receiver<bool>, F),
    Follow(Job, watch::Receiver<Progress>, watch::Receiver<bool>),
    End,
}

const STOPPED: Progress = Progress::Failed(Code("print.stopped"));

/// The job lives in the stream: when the visitor goes, what has not come out is cancelled.
fn run<F>(
    printer: Printer,
    stopped: watch::Receiver<bool>,
    make: F,
) -> impl Stream<Item = Progress> + Send + 'static
where
    F: FnOnce() -> Result<Pdf, PrintError> + Send + 'static,
{
    stream::unfold(Step::Make(printer, stopped, make), |step| async move {
        match step {
            Step::Make(printer, stopped, make) => match spawn_blocking(make).await {
                Ok(Ok(pdf)) => {
                    let job = printer.print(pdf);
                    let status = job.status();
                    Some((Progress::Sending, Step::Follow(job, status, stopped)))
                }
                Ok(Err(error)) => Some((Progress::Failed(error.code()), Step::End)),
                Err(_) => Some((STOPPED, Step::End)),
            },
            Step::Follow(job, mut status, mut stopped) => {
                let gone = changed(&job, &mut status, &mut stopped).await.is_err();
                let now = *status.borrow_and_update();
                Some(match (now.is_final(), gone) {
                    (true, _) => (now, Step::End),
                    (false, true) => (STOPPED, Step::End),
                    (false, false) => (now, Step::Follow(job, status, stopped)),
                })
            }
            Step::End => None,
        }
    })
}

/// Waits for the job's next state; passes the visitor's stop on.
async fn changed(
    job: &Job,
    status: &mut watch::Receiver<Progress>,
    stopped: &mut watch::Receiver<bool>,
) -> Result<(), watch::error::RecvError> {
    tokio::select! {
        next = status.changed() => return next,
        told = stopped.wait_for(|stop| *stop) => if told.is_ok() {
            job.cancel();
        },
    }
    status.changed().await
}
