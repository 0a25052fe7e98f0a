//! A visitor's files onto her stick, for every screen that offers it: optional, all of them or none,
//! and it says what becomes of them.

use std::sync::Arc;

use futures::channel::mpsc;
use futures::stream::{self, Stream};
use futures::{FutureExt as _, StreamExt as _};
use iced::widget::{column, row};
use iced::{Element, Task};
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::Context;
use crate::fault::{Code, Coded as _};
use crate::files::{self, Stick};
use crate::i18n::{Msg, Text};
use crate::ui::button::secondary_with;
use crate::ui::card::{Notice, card, notice, progress};
use crate::ui::icon::Icon;
use crate::ui::theme::Look;
use crate::ui::words::strong;

/// A file's name, and its bytes: the visitor's words.
pub type File = (String, Zeroizing<Vec<u8>>);

/// What became of the files.
#[derive(Default)]
pub struct Save(State);

#[derive(Default)]
enum State {
    #[default]
    None,
    NoStick,
    /// Several sticks are in: which one?
    Which,
    Saving {
        stick: Stick,
        written: usize,
        total: usize,
    },
    /// The stick's name, and the files' as they stand on it.
    Saved {
        stick: String,
        names: Arc<[String]>,
    },
    Failed(Code),
}

#[derive(Clone)]
pub enum Message {
    /// So many of so many files are on the stick.
    Written(usize, usize),
    Done(Arc<[String]>),
    Failed(Code),
}

impl Save {
    /// Onto the stick that is in, or `to`; where there are several, asks which first. Files are made
    /// and written off the drawing thread.
    pub fn begin(
        &mut self,
        context: &Context<'_>,
        to: Option<Stick>,
        make: impl FnOnce() -> Result<Vec<File>, Code> + Send + 'static,
    ) -> Task<Message> {
        if self.is_busy() {
            return Task::none();
        }
        let stick = match (to, context.sticks) {
            (Some(stick), _) => stick,
            (None, []) => {
                self.0 = State::NoStick;
                return Task::none();
            }
            (None, [only]) => only.clone(),
            (None, _) => {
                self.0 = State::Which;
                return Task::none();
            }
        };
        self.0 = State::Saving { stick: stick.clone(), written: 0, total: 0 };
        Task::stream(run(stick, make))
    }

    pub fn update(&mut self, message: Message) {
        let State::Saving { stick, written, total } = &mut self.0 else { return };
        match message {
            Message::Written(n, of) => (*written, *total) = (n, of),
            Message::Done(names) => self.0 = State::Saved { stick: stick.label.clone(), names },
            Message::Failed(code) => self.0 = State::Failed(code),
        }
    }

    /// A stick was put in or taken out: what was said about it no longer holds.
    pub fn sticks_changed(&mut self, sticks: &[Stick]) {
        let stale = match &self.0 {
            State::NoStick => !sticks.is_empty(),
            State::Which => sticks.len() < 2,
            _ => false,
        };
        if stale {
            self.0 = State::None;
        }
    }

    pub fn is_busy(&self) -> bool {
        matches!(self.0, State::Saving { .. })
    }

    /// `choose`: the message that saves onto this one of several sticks.
    pub fn view<'a, M: Clone + 'a>(
        &self,
        context: &Context<'a>,
        choose: impl Fn(Stick) -> M,
    ) -> Option<Element<'a, M>> {
        let look = context.look;
        let says = |id: String| Msg::from_id(&id).map(|m| Text::new(m).say(look.lang)).unwrap_or_default();
        Some(match &self.0 {
            State::None => return None,
            State::NoStick => notice(look, Notice::Warning, Msg::ReceivedNoStick, ""),
            State::Which => which(look, context.sticks, choose),
            State::Saving { written, total, .. } => saving(look, *written, *total),
            State::Saved { stick, names } => {
                let lead = Text::new(Msg::ReceivedSaved).with("stick", stick.as_str());
                notice(look, Notice::Good, lead, names.join(" · "))
            }
            State::Failed(code) => {
                notice(look, Notice::Danger, says(code.message_id()), says(code.remedy_id()))
            }
        })
    }
}

/// Begins when it is listened to. What is begun is finished even where the visitor goes: half a file
/// would help nobody.
fn run<F>(stick: Stick, make: F) -> impl Stream<Item = Message> + Send + 'static
where
    F: FnOnce() -> Result<Vec<File>, Code> + Send + 'static,
{
    let begin = async move {
        let (tell, hear) = mpsc::unbounded();
        drop(spawn_blocking(move || {
            let end = match write(&stick, make, &tell) {
                Ok(names) => Message::Done(names.into()),
                Err(code) => Message::Failed(code),
            };
            // She may be gone.
            let _ = tell.unbounded_send(end);
        }));
        stream::unfold(Some(hear), |hear| async {
            let mut hear = hear?;
            Some(match hear.next().await {
                Some(Message::Written(n, of)) => (Message::Written(n, of), Some(hear)),
                Some(last) => (last, None),
                // Without a last word the work broke off.
                None => (Message::Failed(Code("files.stick-unreadable")), None),
            })
        })
    };
    begin.flatten_stream()
}

fn write(
    stick: &Stick,
    make: impl FnOnce() -> Result<Vec<File>, Code>,
    tell: &mpsc::UnboundedSender<Message>,
) -> Result<Vec<String>, Code> {
    let files = make()?;
    let total = files.len();
    let each = |written| {
        let _ = tell.unbounded_send(Message::Written(written, total));
    };
    each(0);
    files::save_all(stick, &files, each).map_err(|e| e.code())
}

fn which<'a, M: Clone + 'a>(look: &Look, sticks: &[Stick], choose: impl Fn(Stick) -> M) -> Element<'a, M> {
    let buttons = sticks.iter().enumerate().map(|(n, stick)| {
        secondary_with(look, format!("save.stick.{n}"), stick.label.clone(), Some(Icon::Usb))
            .on(choose(stick.clone()))
            .into()
    });
    let buttons = row(buttons).spacing(look.space(2.0)).wrap().vertical_spacing(look.space(1.0));
    card(look, column![strong(look, Msg::ReceivedWhichStick), buttons].spacing(look.space(2.0)))
}

fn saving<'a, M: 'a>(look: &Look, written: usize, total: usize) -> Element<'a, M> {
    let part = if total > 0 { written as f32 / total as f32 } else { 0.0 };
    let bar = progress(look, "save.progress", Msg::ReceivedSaving, part);
    card(look, column![strong(look, Msg::ReceivedSaving), bar].spacing(look.space(1.5)))
}
