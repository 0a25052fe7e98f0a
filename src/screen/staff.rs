//! The staff PIN, asked for before the desk and to answer a call. Of a visitor's words nothing is drawn here.

use iced::{Element, Task};
use tokio::task::spawn_blocking;

use super::frame::Frame;
use super::help::Help;
use super::once::{Once, PIN_LEAST, PinPad};
use super::pad::pad;
use crate::desk::StaffPin;
use crate::desk::pin::PinError;
use crate::fault::Coded as _;
use crate::i18n::{Msg, Text, format};
use crate::ui::card::{Notice, notice};
use crate::ui::theme::Look;

#[derive(Default)]
pub struct State {
    pub(crate) pin: PinPad,
    /// The PIN is being compared.
    pub(crate) working: bool,
    pub(crate) said: Option<Said>,
}

/// What went wrong, and what to do about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    what: Text,
    remedy: Option<Text>,
}

#[derive(Clone)]
pub enum Message {
    /// A digit was typed or erased; which, only the pad knows.
    Typed,
    Enter,
    Checked(Once<Result<(), PinError>>),
    Back,
}

pub enum Action {
    None,
    Run(Task<Message>),
    /// The PIN is right.
    In,
    Back,
}

impl State {
    pub fn update(&mut self, message: Message, staff: &StaffPin) -> Action {
        match message {
            Message::Typed => {
                if !self.working {
                    self.said = None;
                }
            }
            Message::Enter if self.working => {}
            Message::Enter if self.pin.len() < PIN_LEAST => {
                self.said = Some(Said { what: Msg::DeskPinShort.into(), remedy: None });
            }
            Message::Enter => {
                self.working = true;
                self.said = None;
                let (staff, pin) = (staff.clone(), self.pin.take());
                let check = async move {
                    // The hash takes a good part of a second: not on the thread that draws.
                    spawn_blocking(move || staff.check(&pin)).await.unwrap_or(Err(PinError::Damaged))
                };
                return Action::Run(Task::perform(check, |result| Message::Checked(Once::new(result))));
            }
            Message::Checked(_) if !self.working => {}
            Message::Checked(result) => {
                self.working = false;
                match result.take() {
                    Some(Ok(())) => return Action::In,
                    Some(Err(error)) => self.said = Some(said(&error)),
                    None => {}
                }
            }
            Message::Back => {
                self.pin.clear();
                return Action::Back;
            }
        }
        Action::None
    }

    pub fn view<'a>(&'a self, look: &'a Look) -> Element<'a, Message> {
        let mut page =
            Frame::on(look, "staff", Msg::DeskPinTitle).crumb(Msg::DeskCrumb).hint(Msg::DeskPinText);
        if let Some(said) = &self.said {
            let remedy = said.remedy.clone().map(|r| r.say(look.lang)).unwrap_or_default();
            page = page.push(notice(look, Notice::Danger, said.what.clone(), remedy));
        }
        if self.working {
            page = page.push(notice(look, Notice::Info, Msg::DeskPinWorking, ""));
        }
        page.beside(pad(look, &self.pin, Help::default(), Message::Typed, Message::Enter))
            .back(Message::Back)
            .primary(Msg::DeskPinEnter, (!self.working).then_some(Message::Enter))
            .show()
    }
}

fn said(error: &PinError) -> Said {
    let msg = |id: String| Msg::from_id(&id).map(Text::new);
    let code = error.code();
    let remedy = match error {
        PinError::Wait(until) => Some(Text::new(Msg::DeskPinWait).with("time", format::clock_time(*until))),
        _ => msg(code.remedy_id()),
    };
    Said { what: msg(code.message_id()).unwrap_or(Msg::DeskPinShort.into()), remedy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, Moment};

    #[test]
    fn a_result_that_nobody_waits_for_lets_nobody_in() {
        let staff = StaffPin::of_practice(b"246813", Clock::fixed(Moment(4_000_000_000)));
        let mut state = State::default();
        let late = Message::Checked(Once::new(Ok(())));
        assert!(matches!(state.update(late, &staff), Action::None));
        state.working = true;
        assert!(matches!(
            state.update(Message::Checked(Once::new(Err(PinError::Wrong))), &staff),
            Action::None
        ));
        assert!(state.said.is_some() && !state.working);
        state.working = true;
        assert!(matches!(state.update(Message::Checked(Once::new(Ok(()))), &staff), Action::In));
    }

    #[test]
    fn a_short_pin_is_not_tried() {
        let staff = StaffPin::of_practice(b"246813", Clock::fixed(Moment(4_000_000_000)));
        let mut state = State::default();
        state.pin.push(2);
        assert!(matches!(state.update(Message::Enter, &staff), Action::None));
        assert!(!state.working && state.said.is_some());
    }
}
