//! What the rest of the program asks of whichever screen it is.

use super::{
    Message, Pace, Screen, check, info, keyfile, later, lessons, letter, mycard, pen, phone, received,
    resume, sending, sign, tell, track,
};
use crate::outbox;

impl Screen {
    /// Is there something written that leaving would lose?
    pub fn has_unsent(&self) -> bool {
        match self {
            Screen::Letter(s) => s.has_answers(),
            Screen::Sign(_) | Screen::KeyFile(_) | Screen::Phone(_) | Screen::Pen(_) => true,
            Screen::MyCard(s) => s.holds_letter(),
            Screen::Later(s) => !s.is_kept(),
            Screen::Sending(s) => !s.is_kept(),
            _ => false,
        }
    }

    pub fn pace(&self) -> Pace {
        match self {
            Screen::Sending(s) if s.is_working() => Pace::Waiting,
            Screen::Phone(s) if s.is_waiting() => Pace::Waiting,
            Screen::Track(s) if s.is_waiting() => Pace::Waiting,
            _ => Pace::Visitor,
        }
    }

    /// The submission whose life this screen shows.
    pub fn watches(&self) -> Option<outbox::Id> {
        match self {
            Screen::Sending(s) => s.id(),
            _ => None,
        }
    }

    /// Esc, and the Back button: one meaning on every page.
    pub fn back(&self) -> Option<Message> {
        Some(match self {
            Screen::Sending(s) if s.asks() => Message::Sending(sending::Message::Tell(tell::Message::Back)),
            Screen::Received(s) if s.asks() => {
                Message::Received(received::Message::Tell(tell::Message::Back))
            }
            Screen::Home | Screen::Sending(_) | Screen::Received(_) | Screen::Take(_) => return None,
            Screen::Info(_) => Message::Info(info::Message::Back),
            Screen::Lessons(_) => Message::Lessons(lessons::Message::Home),
            Screen::Letter(_) => Message::Letter(letter::Message::Back),
            Screen::Sign(_) => Message::Sign(sign::Message::Back),
            Screen::KeyFile(_) => Message::KeyFile(keyfile::Message::Back),
            Screen::Phone(_) => Message::Phone(phone::Message::Back),
            Screen::Pen(_) => Message::Pen(pen::Message::Back),
            Screen::Later(_) => Message::Later(later::Message::Back),
            Screen::Resume(_) => Message::Resume(resume::Message::Back),
            Screen::Track(_) => Message::Track(track::Message::Back),
            Screen::Check(_) => Message::Check(check::Message::Back),
            Screen::MyCard(_) => Message::MyCard(mycard::Message::Back),
        })
    }
}
