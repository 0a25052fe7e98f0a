//! «Бірінші рет келдіңіз бе?»: the choice of lessons, and the page at a lesson's end.

use std::sync::Arc;

use iced::widget::{column, row};
use iced::{Alignment, Element, Length};

use super::Context;
use super::frame::Frame;
use crate::domain::lesson::Lesson;
use crate::fault::Code;
use crate::i18n::{Msg, Text};
use crate::ui::button::{icon, lesson};
use crate::ui::card::{Notice, card, notice, saying};
use crate::ui::grid::Grid;
use crate::ui::icon::Icon;
use crate::ui::theme::Type;
use crate::ui::words::text;

pub struct State {
    pub(crate) page: Page,
    /// A lesson's world is being made.
    pub(crate) busy: bool,
    /// Why it could not be.
    pub(crate) said: Option<Code>,
}

pub enum Page {
    Choose,
    /// A lesson was gone through to its end.
    Learnt(Arc<Lesson>),
}

#[derive(Clone)]
pub enum Message {
    /// The lesson at this place of the list.
    Start(usize),
    All,
    Home,
}

pub enum Action {
    None,
    Home,
    Start(Arc<Lesson>),
}

impl State {
    pub fn new(page: Page) -> Self {
        Self { page, busy: false, said: None }
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::Start(_) if self.busy => Action::None,
            Message::Start(n) => match context.world.env.content.lessons().get(n) {
                Some(lesson) => Action::Start(lesson.clone()),
                None => Action::None,
            },
            Message::All => {
                self.page = Page::Choose;
                Action::None
            }
            Message::Home => Action::Home,
        }
    }

    pub fn view<'a>(&'a self, context: Context<'a>) -> Element<'a, Message> {
        match &self.page {
            Page::Choose => self.choose(context),
            Page::Learnt(lesson) => self.learnt(lesson, context),
        }
    }

    fn choose<'a>(&'a self, context: Context<'a>) -> Element<'a, Message> {
        let look = context.look;
        let lessons = context.world.env.content.lessons();
        let tiles = lessons.iter().enumerate().map(|(n, file)| {
            let minutes = Text::new(Msg::LessonsMinutes).with("n", i64::from(file.minutes));
            let (title, teaches) = (file.title.get(look.lang), file.teaches.get(look.lang));
            let id = format!("lessons.{}", file.id);
            lesson(look, id, n + 1, title, teaches, minutes).on(Message::Start(n)).into()
        });
        let columns = if look.is_portrait() || !look.has_side() { 1 } else { lessons.len().clamp(1, 3) };
        Frame::new(&context, "lessons", Msg::LessonsTitle)
            .wide()
            .hint(Msg::LessonsHint)
            .push_maybe(self.news(context))
            .push(Grid::new(columns, look.space(3.0), tiles))
            .back(Message::Home)
            .show()
    }

    /// The lesson is being made ready, or could not be.
    fn news<'a>(&self, context: Context<'a>) -> Option<Element<'a, Message>> {
        let look = context.look;
        if self.busy {
            return Some(saying(look, Notice::Info, Icon::Hourglass, Msg::LessonsBusy));
        }
        let code = self.said?;
        let says = |id: String| Msg::from_id(&id).map(|m| Text::new(m).say(look.lang)).unwrap_or_default();
        Some(notice(look, Notice::Warning, says(code.message_id()), says(code.remedy_id())))
    }

    fn learnt<'a>(&'a self, lesson: &'a Lesson, context: Context<'a>) -> Element<'a, Message> {
        let look = context.look;
        let p = look.palette();
        let size = look.size(Type::Heading);
        let lines = lesson.learnt.iter().map(|can| {
            let words = text(look, can.get(look.lang)).wide().width(Length::Fill);
            row![icon(Icon::CircleCheck, size, p.good), words]
                .spacing(look.space(2.5))
                .align_y(Alignment::Center)
                .into()
        });
        let lines = column(lines).spacing(look.space(3.0));
        let lessons = context.world.env.content.lessons();
        let next = lessons.iter().position(|l| l.order > lesson.order);
        let frame = Frame::new(&context, "learnt", Msg::LessonsDoneTitle)
            .crumb(lesson.title.get(look.lang))
            .hint(Msg::LessonsDoneHint)
            .push_maybe(self.news(context))
            .push(card(look, lines));
        let frame = match next {
            Some(n) => frame.also("learnt.next", Msg::LessonsNext, Icon::GraduationCap, Message::Start(n)),
            None => frame.also("learnt.all", Msg::LessonsOthers, Icon::GraduationCap, Message::All),
        };
        frame.primary(Msg::LessonsBegin, Some(Message::Home)).show()
    }
}
