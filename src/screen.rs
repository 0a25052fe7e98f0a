//! The screens: an enum, one file each (`State + Message + Action + new/update/view`). A screen
//! says what it wants by an [`Action`]; only this parent goes from one to another.

pub mod attract;
mod changes;
pub mod check;
pub mod desk;
pub(crate) mod frame;
pub mod help;
pub mod home;
pub mod info;
pub mod keyfile;
pub mod later;
pub mod lessons;
pub mod letter;
pub mod letters;
mod moves;
pub mod mycard;
pub mod once;
pub(crate) mod pad;
pub mod paper;
pub mod pen;
pub mod phone;
mod qr;
mod reader;
pub mod received;
pub mod resume;
pub mod save;
pub mod scan;
mod scanned;
pub mod sending;
pub mod sign;
pub mod staff;
mod standing;
pub mod take;
pub mod tell;
pub mod track;
pub(crate) mod whose;
pub mod world;

use std::sync::Arc;

use iced::{Element, Task};

use crate::card::service::Command;
use crate::card::{CardStatus, Hand};
use crate::domain::lesson::Lesson;
use crate::env::Mode;
use crate::files::Stick;
use crate::i18n::Msg;
use crate::ui::theme::Look;
use world::World;

/// What a screen is handed to think with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub look: &'a Look,
    pub world: &'a World,
    pub card: &'a CardStatus,
    pub sticks: &'a [Stick],
    pub help: help::Help,
}

impl Context<'_> {
    pub fn practice(&self) -> bool {
        self.world.env.mode == Mode::Practice
    }

    /// Touches the picture of the practice card; real readers do not hear it.
    pub fn practice_card(&self, hand: Hand) {
        // Nobody listens only while the program ends.
        let _ = self.world.env.cards.commands.send(Command::Practice(hand));
    }
}

/// Who is expected to act: sets how long silence may last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// The visitor.
    Visitor,
    /// The kiosk (sending), or a librarian who was called.
    Waiting,
}

/// Where one visitor is. Dropped whole when she leaves.
pub enum Screen {
    Home,
    Info(info::State),
    Lessons(Box<lessons::State>),
    Letter(Box<letter::State>),
    Sign(Box<sign::State>),
    KeyFile(Box<keyfile::State>),
    Phone(Box<phone::State>),
    Sending(Box<sending::State>),
    Received(Box<received::State>),
    Pen(Box<pen::State>),
    Later(Box<later::State>),
    Resume(Box<resume::State>),
    Track(Box<track::State>),
    MyCard(Box<mycard::State>),
    Check(Box<check::State>),
    Take(take::State),
}

#[derive(Clone)]
pub enum Message {
    Home(home::Message),
    Info(info::Message),
    Lessons(lessons::Message),
    Letter(letter::Message),
    Sign(sign::Message),
    KeyFile(keyfile::Message),
    Phone(phone::Message),
    Sending(sending::Message),
    Received(received::Message),
    Pen(pen::Message),
    Later(later::Message),
    Resume(resume::Message),
    Track(track::Message),
    MyCard(mycard::Message),
    Check(check::Message),
    Take(take::Message),
}

pub enum Action {
    None,
    Run(Task<Message>),
    /// Something to know, over the screen: a title and a text.
    Say(Msg, Msg),
    /// A lesson, in the practice world.
    Lesson(Arc<Lesson>),
    /// The visit is over: wipe everything.
    End,
}

impl Action {
    fn run<M: Send + 'static>(task: Task<M>, wrap: impl Fn(M) -> Message + Send + 'static) -> Self {
        Action::Run(task.map(wrap))
    }
}

impl Screen {
    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match (&mut *self, message) {
            (Screen::Home, Message::Home(m)) => {
                *self = match m {
                    home::Message::Letter => match letter::State::new(context) {
                        Some(letter) => {
                            *self = Screen::Letter(Box::new(letter));
                            return self.arrive(context);
                        }
                        None => Screen::Home,
                    },
                    home::Message::Resume => return self.resume(context),
                    home::Message::Track => Screen::Track(Box::default()),
                    home::Message::Check => {
                        let (state, task) = check::State::new(context);
                        *self = Screen::Check(Box::new(state));
                        return Action::run(task, Message::Check);
                    }
                    home::Message::Lessons => Screen::lessons(),
                    home::Message::Info(page) => Screen::Info(info::State::new(page)),
                };
                Action::None
            }
            (Screen::Info(_), Message::Info(info::Message::Back)) => self.go(Screen::Home),
            (Screen::Info(_), Message::Info(info::Message::MyCard)) => self.my_card(context),
            (Screen::Lessons(s), Message::Lessons(m)) => match s.update(m, context) {
                lessons::Action::None => Action::None,
                lessons::Action::Home => self.go(Screen::Home),
                lessons::Action::Start(lesson) => Action::Lesson(lesson),
            },
            (Screen::Letter(s), Message::Letter(m)) => match s.update(m, context) {
                letter::Action::None => Action::None,
                letter::Action::Run(task) => Action::run(task, Message::Letter),
                letter::Action::Later => self.later(context),
                letter::Action::Home => self.go(Screen::Home),
                letter::Action::Sign => self.sign(context),
                letter::Action::KeyFile => self.key_file(context),
                letter::Action::Phone => self.phone(context),
                letter::Action::Pen => self.pen(),
            },
            (Screen::Sign(s), Message::Sign(m)) => match s.update(m, context) {
                sign::Action::None => Action::None,
                sign::Action::Run(task) => Action::run(task, Message::Sign),
                sign::Action::Back => self.back_to_letter(context),
                sign::Action::MyCard => self.my_card(context),
                sign::Action::Pen => self.pen(),
                sign::Action::Send(signed) => self.send(*signed, context),
            },
            (Screen::KeyFile(s), Message::KeyFile(m)) => match s.update(m, context) {
                keyfile::Action::None => Action::None,
                keyfile::Action::Run(task) => Action::run(task, Message::KeyFile),
                keyfile::Action::Back => self.back_to_letter(context),
                keyfile::Action::Pen => self.pen(),
                keyfile::Action::Send(signed) => self.send(*signed, context),
                // Only the screen of one's own letters asks for that.
                keyfile::Action::Enter(_) => Action::None,
            },
            (Screen::Phone(s), Message::Phone(m)) => match s.update(m, context) {
                phone::Action::None => Action::None,
                phone::Action::Run(task) => Action::run(task, Message::Phone),
                phone::Action::Back => self.back_to_letter(context),
                phone::Action::Card => self.sign(context),
                phone::Action::KeyFile => self.key_file(context),
                phone::Action::Later => self.later(context),
                phone::Action::Pen => self.pen(),
                phone::Action::Send(signed) => self.send(*signed, context),
            },
            // What was asked a moment before the receipt came is answered to the receipt's page.
            (Screen::Received(_), Message::Sending(sending::Message::Tell(m))) => {
                self.update(Message::Received(received::Message::Tell(m)), context)
            }
            (Screen::Sending(s), Message::Sending(m)) => match s.update(m, context) {
                sending::Action::None => Action::None,
                sending::Action::Run(task) => Action::run(task, Message::Sending),
                sending::Action::Received(received) => self.go(Screen::Received(received)),
                sending::Action::Back => self.back_to_letter(context),
                sending::Action::Finish { printed } => self.take_things(printed, context),
            },
            (Screen::Received(s), Message::Received(m)) => match s.update(m, context) {
                received::Action::None => Action::None,
                received::Action::Run(task) => Action::run(task, Message::Received),
                received::Action::Finish { printed } => self.take_things(printed, context),
            },
            (Screen::Pen(s), Message::Pen(m)) => match s.update(m, context) {
                pen::Action::None => Action::None,
                pen::Action::Run(task) => Action::run(task, Message::Pen),
                pen::Action::Back => self.back_to_letter(context),
                pen::Action::Finish { printed } => self.take_things(printed, context),
            },
            (Screen::Later(s), Message::Later(m)) => match s.update(m, context) {
                later::Action::None => Action::None,
                later::Action::Run(task) => Action::run(task, Message::Later),
                later::Action::Back => self.back_to_letter(context),
                later::Action::Finish { printed } => self.take_things(printed, context),
            },
            (Screen::Resume(s), Message::Resume(m)) => match s.update(m, context) {
                resume::Action::None => Action::None,
                resume::Action::Run(task) => Action::run(task, Message::Resume),
                resume::Action::Home => self.go(Screen::Home),
                resume::Action::Letter(opened) => {
                    let letter = letter::State::resumed(opened, context);
                    *self = Screen::Letter(Box::new(letter));
                    self.arrive(context)
                }
            },
            (Screen::Track(s), Message::Track(m)) => match s.update(m, context) {
                track::Action::None => Action::None,
                track::Action::Run(task) => Action::run(task, Message::Track),
                track::Action::Home => self.go(Screen::Home),
                track::Action::Write(player) => {
                    self.go(Screen::Letter(Box::new(letter::State::with(player, context))))
                }
                track::Action::Finish { printed } => self.take_things(printed, context),
            },
            (Screen::MyCard(s), Message::MyCard(m)) => match s.update(m, context) {
                mycard::Action::None => Action::None,
                mycard::Action::Run(task) => Action::run(task, Message::MyCard),
                mycard::Action::Home => self.go(Screen::Home),
                mycard::Action::Sign(letter) => {
                    *self = Screen::Sign(letter);
                    self.card_changed(context.card, context)
                }
            },
            (Screen::Check(s), Message::Check(m)) => match s.update(m, context) {
                check::Action::None => Action::None,
                check::Action::Run(task) => Action::run(task, Message::Check),
                check::Action::Home => self.go(Screen::Home),
                check::Action::Finish { printed } => self.take_things(printed, context),
            },
            (Screen::Take(s), Message::Take(m)) => match s.update(m, context) {
                take::Action::None => Action::None,
                take::Action::End => Action::End,
            },
            // A late answer for a screen that is no longer there.
            _ => Action::None,
        }
    }

    /// Has this screen a letter that can be taken along? One that may be on its way has not.
    pub fn can_wait(&self) -> bool {
        match self {
            Screen::Letter(s) => s.has_answers(),
            Screen::Sign(s) => !s.is_working(),
            Screen::KeyFile(s) => !s.is_working(),
            Screen::Phone(s) => !s.is_working(),
            Screen::Sending(s) => !s.is_kept() && s.may_go_back(),
            Screen::Pen(_) => true,
            Screen::MyCard(s) => s.holds_letter() && !s.is_working(),
            _ => false,
        }
    }

    pub fn view<'a>(&'a self, context: Context<'a>) -> Element<'a, Message> {
        match self {
            Screen::Home => home::view(context).map(Message::Home),
            Screen::Info(s) => s.view(context).map(Message::Info),
            Screen::Lessons(s) => s.view(context).map(Message::Lessons),
            Screen::Letter(s) => s.view(context).map(Message::Letter),
            Screen::Sign(s) => sign::view(s, context).map(Message::Sign),
            Screen::KeyFile(s) => keyfile::view(s, context).map(Message::KeyFile),
            Screen::Phone(s) => phone::view(s, context).map(Message::Phone),
            Screen::Sending(s) => s.view(context).map(Message::Sending),
            Screen::Received(s) => s.view(context).map(Message::Received),
            Screen::Pen(s) => s.view(context).map(Message::Pen),
            Screen::Later(s) => later::view(s, context).map(Message::Later),
            Screen::Resume(s) => resume::view(s, context).map(Message::Resume),
            Screen::Track(s) => s.view(context).map(Message::Track),
            Screen::MyCard(s) => mycard::view(s, context).map(Message::MyCard),
            Screen::Check(s) => s.view(context).map(Message::Check),
            Screen::Take(s) => s.view(context).map(Message::Take),
        }
    }
}
