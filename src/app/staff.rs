//! Staff at the kiosk, between visitors: the PIN, then the desk. Held like a visit, and replaced whole.

use iced::task::Handle;
use iced::{Element, Task};

use super::session::{Idle, Session, SessionId};
use super::{App, Stand};
use crate::desk::{Parts, Setup};
use crate::screen::{Pace, desk, staff};
use crate::ui::modal;
use crate::ui::theme::Look;

/// Ends by itself as a visit does: a desk left open shows nobody anything for long.
pub struct Staff {
    pub(in crate::app) session: Session,
    pub(in crate::app) page: Page,
    /// Ends with it.
    pub(super) running: Vec<Handle>,
}

pub(in crate::app) enum Page {
    Pin(staff::State),
    Desk(Box<desk::State>),
}

#[derive(Clone)]
pub enum Message {
    /// The corner of the first screen was touched.
    Open,
    Close,
    Pin(SessionId, staff::Message),
    Desk(SessionId, desk::Message),
}

impl App {
    /// Is somebody at the desk, or at its door?
    pub fn at_desk(&self) -> bool {
        self.staff.is_some()
    }

    pub(super) fn staff(&mut self, message: Message) -> Task<super::Message> {
        match message {
            Message::Open if self.visit.is_none() && self.staff.is_none() => {
                let session = self.sessions.begin(self.launch.idle, self.clock.monotonic());
                let page = Page::Pin(staff::State::default());
                self.staff = Some(Staff { session, page, running: Vec::new() });
                Task::none()
            }
            Message::Open => Task::none(),
            Message::Close => self.close_desk(),
            Message::Pin(id, message) => match self.page(id) {
                Some(Page::Pin(_)) => self.pin(id, message),
                _ => Task::none(),
            },
            Message::Desk(id, message) => {
                let (settings, parts) = (self.launch.desk.clone(), self.parts());
                let Some(Page::Desk(desk)) = self.page(id) else { return Task::none() };
                match desk.update(message, &settings, parts) {
                    desk::Action::None => Task::none(),
                    desk::Action::Run(task) => self.run_desk(id, task),
                    desk::Action::Close => self.close_desk(),
                    desk::Action::End => {
                        let closed = self.close_desk();
                        closed.chain(iced::exit())
                    }
                }
            }
        }
    }

    fn page(&mut self, id: SessionId) -> Option<&mut Page> {
        self.staff.as_mut().filter(|staff| staff.session.id() == id).map(|staff| &mut staff.page)
    }

    fn pin(&mut self, id: SessionId, message: staff::Message) -> Task<super::Message> {
        let pin = self.launch.desk.pin.clone();
        let Some(Page::Pin(state)) = self.page(id) else { return Task::none() };
        match state.update(message, &pin) {
            staff::Action::None => Task::none(),
            staff::Action::Run(task) => {
                let (task, handle) =
                    task.map(move |m| super::Message::Staff(Message::Pin(id, m))).abortable();
                if let Some(staff) = &mut self.staff {
                    staff.running.push(handle.abort_on_drop());
                }
                task
            }
            staff::Action::In => {
                let (desk, task) = desk::State::new(&self.launch.desk, self.parts());
                if let Some(staff) = &mut self.staff {
                    staff.page = Page::Desk(Box::new(desk));
                }
                self.run_desk(id, task)
            }
            staff::Action::Back => self.close_desk(),
        }
    }

    fn run_desk(&mut self, id: SessionId, task: Task<desk::Message>) -> Task<super::Message> {
        let (task, handle) = task.map(move |m| super::Message::Staff(Message::Desk(id, m))).abortable();
        if let Some(staff) = &mut self.staff {
            staff.running.push(handle.abort_on_drop());
        }
        task
    }

    /// What the desk looks at: the running world, or why there is none.
    pub(in crate::app) fn parts(&self) -> Parts {
        match &self.stand {
            Stand::Ready(world) => world.env.parts(),
            Stand::Trouble(code) => Parts { trouble: Some(*code), ..Parts::default() },
            Stand::NotSetUp | Stand::Starting { .. } => Parts::default(),
        }
    }

    pub(super) fn close_desk(&mut self) -> Task<super::Message> {
        self.staff = None;
        self.look = Look { viewport: self.look.viewport, ..Look::default() };
        Task::none()
    }

    /// Esc: out of the dialog, then out of the desk.
    pub(super) fn staff_back(&mut self) -> Task<super::Message> {
        let Some(staff) = &self.staff else { return Task::none() };
        let id = staff.session.id();
        let message = match &staff.page {
            Page::Pin(_) => Message::Pin(id, staff::Message::Back),
            Page::Desk(_) => Message::Desk(id, desk::Message::Back),
        };
        self.staff(message)
    }

    pub(super) fn staff_tick(&mut self, now: std::time::Instant) -> Task<super::Message> {
        let over = self.staff.as_mut().is_some_and(|s| s.session.idle(now, Pace::Visitor) == Idle::Over);
        if over { self.close_desk() } else { Task::none() }
    }
}

impl Staff {
    pub(super) fn view<'a>(&'a self, look: &'a Look, mode: Setup) -> Element<'a, super::Message> {
        let id = self.session.id();
        match &self.page {
            Page::Pin(state) => state.view(look).map(move |m| super::Message::Staff(Message::Pin(id, m))),
            Page::Desk(desk) => {
                let dialog = desk.ending.then(|| desk::dialog(look, mode == Setup::Practice));
                let page = modal::over(look, desk.view(look), dialog);
                page.map(move |m| super::Message::Staff(Message::Desk(id, m)))
            }
        }
    }
}
