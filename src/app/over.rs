//! What lies over a visitor's screen: the question before leaving, the librarian's call, the
//! hidden screen, help. The screen beneath stays as it was.

use iced::Task;

use super::{App, Stand, Visit, assist};
use crate::i18n::Msg;
use crate::screen::attract::Begin;
use crate::screen::{self, Pace, Screen, info, staff};
use crate::sound::Tune;

#[derive(Default)]
pub enum Over {
    #[default]
    None,
    /// Leave? Asked where something would be lost.
    Leave,
    /// «Кітапханашы шақырылды»: the words beneath are not drawn at all.
    Called,
    /// The librarian is there and types her PIN; the words stay hidden.
    Answer(staff::State),
    /// Her PIN was right: how will she help? The words stay hidden.
    Answered,
    /// The visitor is asked whether she may help at the screen.
    Asked,
    Hidden,
    Help(info::State),
    /// Something to know, with one answer.
    Said(Msg, Msg),
}

#[derive(Clone)]
pub enum Message {
    Help,
    Info(info::Message),
    Call,
    /// The librarian answers the call.
    Answer,
    Pin(staff::Message),
    Assist(assist::Message),
    Hide,
    Leave,
    LeaveNow,
    /// Not erased, but taken along.
    Later,
    Close,
}

impl Over {
    /// Back and Esc close what lies over the screen; `false`: nothing lay there.
    pub(super) fn close_by_back(&mut self) -> bool {
        let lay = !matches!(self, Over::None);
        // A librarian who goes without her PIN leaves the call as it was.
        *self = match self {
            Over::Answer(_) => Over::Called,
            // The librarian stands there: the visitor herself shows her words again.
            Over::Answered | Over::Asked => Over::Hidden,
            _ => Over::None,
        };
        lay
    }
}

impl Visit {
    pub(super) fn pace(&self) -> Pace {
        match self.over {
            Over::Called | Over::Answer(_) | Over::Answered => Pace::Waiting,
            _ => self.screen.pace(),
        }
    }
}

impl App {
    pub(super) fn over(&mut self, message: Message) -> Task<super::Message> {
        if self.staff.is_some() && matches!(message, Message::Hide | Message::Leave) {
            return self.close_desk();
        }
        if self.lesson.is_some() && matches!(message, Message::Leave) {
            return self.leave_from_lesson();
        }
        if self.visit.is_none() && matches!(message, Message::Help | Message::Call) {
            // Help is there before anything is begun.
            let _ = self.begin(Begin { lang: self.look.lang, lessons: false });
        }
        let Some(visit) = &mut self.visit else { return Task::none() };
        match message {
            Message::Help => visit.over = Over::Help(info::State::new(info::Page::Help)),
            // Help has no way to the card: it lies over a screen that stays.
            Message::Info(info::Message::Back | info::Message::MyCard) | Message::Close => {
                visit.over = Over::None;
                self.ringing = None;
            }
            Message::Call => {
                visit.over = Over::Called;
                if let Stand::Ready(world) = &self.stand {
                    self.ringing = Some(world.sound.once(Tune::Call));
                }
            }
            Message::Answer => {
                visit.over = Over::Answer(staff::State::default());
                self.ringing = None;
            }
            Message::Pin(message) => {
                let Over::Answer(state) = &mut visit.over else { return Task::none() };
                match state.update(message, &self.launch.desk.pin) {
                    staff::Action::None => {}
                    staff::Action::Back => visit.over = Over::Called,
                    staff::Action::In => visit.over = Over::Answered,
                    staff::Action::Run(task) => {
                        let task = task.map(|m| super::Message::Over(Message::Pin(m)));
                        let (task, handle) = task.abortable();
                        visit.running.push(handle.abort_on_drop());
                        return task;
                    }
                }
            }
            Message::Assist(message) => return self.assist(message),
            Message::Hide => visit.over = Over::Hidden,
            Message::Leave if visit.screen.has_unsent() => visit.over = Over::Leave,
            Message::Leave | Message::LeaveNow => return self.leave(),
            Message::Later => {
                visit.over = Over::None;
                return self.with_screen(|screen, context| screen.later(context));
            }
        }
        Task::none()
    }

    /// Leaving on purpose goes by the take-your-things page where there may be something to take.
    pub(super) fn leave(&mut self) -> Task<super::Message> {
        if let Some(visit) = &mut self.visit {
            visit.over = Over::None;
        }
        self.with_screen(|screen, context| {
            if screen::take::anything_left(context) && !matches!(screen, Screen::Take(_)) {
                // The words go now; only the reminder stays.
                screen.take_things(false, context)
            } else {
                screen::Action::End
            }
        })
    }
}
