//! The desk: what staff see of the kiosk: everything that must work, the letters with their reasons and ways
//! out, and the way to stop it. No visitor's word is here.

mod view;

use iced::{Element, Task};

use super::once::Once;
use crate::desk::report::Way;
use crate::desk::{self, Parts, Report, Settings};
use crate::outbox::OutboxError;
use crate::ui::theme::Look;

pub use view::dialog;

pub struct State {
    pub(crate) report: Option<Report>,
    /// A look is under way.
    pub(crate) looking: bool,
    /// The letters were told to go, by a touch.
    pub(crate) sent: Option<Result<(), OutboxError>>,
    /// Stop the kiosk? is asked.
    pub(crate) ending: bool,
}

#[derive(Clone)]
pub enum Message {
    Look,
    Looked(Once<Report>),
    /// Every letter that is stuck or waits goes now.
    Send,
    Sent(Once<Result<(), OutboxError>>),
    /// Ask, or no longer ask, whether to stop the kiosk.
    Ending(bool),
    End,
    Back,
}

pub enum Action {
    None,
    Run(Task<Message>),
    Close,
    /// The program ends.
    End,
}

impl State {
    pub fn new(settings: &Settings, parts: Parts) -> (Self, Task<Message>) {
        let state = Self { report: None, looking: true, sent: None, ending: false };
        (state, look(settings, parts))
    }

    pub fn update(&mut self, message: Message, settings: &Settings, parts: Parts) -> Action {
        match message {
            Message::Look if self.looking => {}
            Message::Look => {
                self.looking = true;
                self.sent = None;
                return Action::Run(look(settings, parts));
            }
            Message::Looked(report) => {
                self.looking = false;
                if let Some(report) = report.take() {
                    self.report = Some(report);
                }
            }
            Message::Send => {
                if let Some(outbox) = parts.outbox {
                    let again = async move { outbox.again().await };
                    return Action::Run(Task::perform(again, |result| Message::Sent(Once::new(result))));
                }
            }
            Message::Sent(result) => {
                self.sent = result.take();
                self.looking = true;
                return Action::Run(look(settings, parts));
            }
            Message::Ending(ending) => self.ending = ending,
            Message::End => return Action::End,
            Message::Back if self.ending => self.ending = false,
            Message::Back => return Action::Close,
        }
        Action::None
    }

    /// Is there a letter that a push may help?
    fn unsent(&self) -> bool {
        let open = |way| matches!(way, Way::Waiting | Way::Stuck);
        self.report.as_ref().is_some_and(|r| r.letters.iter().any(|l| open(l.way)))
    }

    pub fn view<'a>(&'a self, look: &'a Look) -> Element<'a, Message> {
        view::view(self, look)
    }
}

fn look(settings: &Settings, parts: Parts) -> Task<Message> {
    let settings = settings.clone();
    let look = async move { desk::examine(&settings, &parts).await };
    Task::perform(look, |report| Message::Looked(Once::new(report)))
}
