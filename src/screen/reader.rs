//! A PIN that is typed on the reader's own keys, as its owner sees it here: what to do there, for how long, and the way
//! out. No pad is shown, and nothing of the PIN ever comes to a screen.

use futures::stream;
use iced::Task;

use super::Context;
use super::frame::Frame;
use crate::card::CardInfo;
use crate::card::pinpad::{self, Asking, Hold, Step};
use crate::i18n::{Msg, Text};
use crate::ui::card::{Notice, notice, number, saying};
use crate::ui::icon::Icon;
use crate::ui::words::Say as _;

/// A PIN that the reader was told to ask for.
pub struct OnReader {
    step: Step,
    /// Kept for as long as it is wanted: dropping it gives the asking up.
    hold: Option<Hold>,
}

/// The screen's end, the end for whoever works with the card, and the steps as they come.
pub fn begin(context: &Context<'_>) -> (OnReader, Asking, Task<Step>) {
    let (asking, steps, hold) = pinpad::asking(context.look.lang);
    let told = stream::unfold(steps, async |mut steps| {
        steps.changed().await.ok()?;
        let step = *steps.borrow_and_update();
        Some((step, steps))
    });
    (OnReader { step: Step::Before, hold: Some(hold) }, asking, Task::stream(Box::pin(told)))
}

impl OnReader {
    pub fn told(&mut self, step: Step) {
        self.step = step;
    }

    /// Not any more. What still comes of it counts for nothing.
    pub fn cancel(&mut self) {
        self.hold = None;
    }

    pub fn is_cancelled(&self) -> bool {
        self.hold.is_none()
    }

    /// Seconds that the reader will wait; `None` while it does not ask.
    pub fn left(&self) -> Option<u64> {
        match self.step {
            Step::Asks { left } if !self.is_cancelled() => Some(left),
            _ => None,
        }
    }
}

/// The page for as long as the reader asks. `does` says which keys to press.
pub fn asking<'a, M: Clone + 'a>(
    page: Frame<'a, M>,
    context: &Context<'a>,
    left: u64,
    does: Msg,
    cancel: M,
) -> Frame<'a, M> {
    let look = context.look;
    page.push(saying(look, Notice::Info, Icon::Keyboard, does))
        .push(number(look, Msg::SigningReaderLeft, left.to_string(), "", Msg::SigningReaderScreen))
        .push(secret(context))
        .also("reader.cancel", Msg::SigningReaderCancel, Icon::X, cancel)
}

/// Before it: how many tries there are, and that the PIN is its owner's alone.
pub fn before<'a, M: 'a>(context: &Context<'a>, info: &CardInfo) -> iced::Element<'a, M> {
    let tries = match info.tries_left {
        Some(n) => Text::new(Msg::SigningTries).with("n", i64::from(n)),
        None => Msg::SigningTriesUnknown.into(),
    };
    notice(context.look, Notice::Warning, tries, Msg::SigningReaderBefore)
}

/// Only the owner types: whoever helps turns away.
fn secret<'a, M: 'a>(context: &Context<'a>) -> iced::Element<'a, M> {
    let look = context.look;
    let away =
        if context.help.beside { Text::from(Msg::AssistTurnAway).say(look.lang) } else { String::new() };
    notice(look, Notice::Warning, Msg::SigningSecret, away)
}
