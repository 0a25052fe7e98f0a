//! Where a scan leads.

use iced::Task;

use super::scan::{self, Scan};
use super::{Action, Context, Message, Screen, check, resume, track};
use crate::i18n::Msg;

impl Screen {
    /// What a scanner read goes where it belongs: the one place that decides it.
    pub fn scanned(&mut self, scan: &Scan, context: &Context<'_>) -> Action {
        match (scan.kind(), &*self) {
            (scan::Kind::Draft, Screen::Resume(_)) => {
                self.update(Message::Resume(resume::Message::Scanned(scan.clone())), context)
            }
            // Whoever shows her sheet at once has said what she wants.
            (scan::Kind::Draft, Screen::Home) => {
                let searching = self.resume(context);
                self.update(Message::Resume(resume::Message::Scanned(scan.clone())), context);
                searching
            }
            (scan::Kind::Own, Screen::Home | Screen::Info(_) | Screen::Track(_)) => {
                let mut state = track::State::new();
                let task = state.scanned(scan.text(), context);
                *self = Screen::Track(Box::new(state));
                Action::run(task, Message::Track)
            }
            (scan::Kind::Own, _) => Action::Say(Msg::ScanOwnTitle, Msg::ScanOwnText),
            (scan::Kind::Draft, _) => Action::Say(Msg::ScanDraftTitle, Msg::ScanDraftText),
            // Whoever shows a certificate or a proof wants it checked.
            (scan::Kind::Proof | scan::Kind::Certificate, Screen::Home | Screen::Info(_)) => {
                let (mut state, looking) = check::State::new(context);
                let action = state.update(check::Message::Scanned(scan.clone()), context);
                *self = Screen::Check(Box::new(state));
                match action {
                    check::Action::Run(task) => Action::run(Task::batch([looking, task]), Message::Check),
                    _ => Action::run(looking, Message::Check),
                }
            }
            (_, Screen::Check(_)) => {
                self.update(Message::Check(check::Message::Scanned(scan.clone())), context)
            }
            (scan::Kind::Proof | scan::Kind::Certificate | scan::Kind::Foreign, _) => Action::None,
        }
    }
}
