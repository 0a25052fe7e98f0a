//! A lesson over the real screens, in a practice world of its own. The kiosk's own world waits beneath
//! and is come back to; nothing of the visitor's goes from one into the other.

mod mark;

use std::sync::Arc;
use std::time::Instant;

use iced::Task;

use super::over::Over;
use super::{App, Stand};
use crate::card::service::Command;
use crate::domain::lesson::{Lesson, names};
use crate::fault::Code;
use crate::i18n::Lang;
use crate::lesson::{Call, Mode, Player};
use crate::screen::once::Once;
use crate::screen::world::World;
use crate::screen::{Pace, Screen, lessons};
use crate::ui::coach::Way;
use crate::ui::focus;

/// The control by which a visitor leaves.
const LEAVE: &str = "bar.leave";

pub struct Running {
    pub(super) player: Player,
    pub(super) world: World,
    number: u64,
}

#[derive(Clone)]
pub enum Message {
    /// Makes the practice world for a lesson.
    Start(Arc<Lesson>),
    /// It is made, for the visitor who asked.
    Ready(super::session::SessionId, Arc<Lesson>, Once<Result<World, Code>>),
    /// What the screen calls for at the step of this place.
    Call(usize, Call),
    Tapped(usize),
    Acted(usize),
    Elsewhere,
    Way(Way),
}

impl Running {
    /// A lesson at its first step, over whatever is on the screen.
    pub(super) fn over(lesson: Arc<Lesson>, world: World, lang: Lang, now: Instant) -> Self {
        Self { player: Player::new(lesson, lang, now), world, number: 0 }
    }

    pub fn player(&self) -> &Player {
        &self.player
    }

    /// Is the step one that takes its time by itself?
    pub(super) fn waits(&self) -> bool {
        self.player.step().is_some_and(|step| step.wait.is_some())
    }

    /// How long silence may last while the lesson waits for something.
    pub(super) fn tick(&mut self, now: Instant, pace: Pace) -> Pace {
        self.player.quiet(now);
        if self.waits() { Pace::Waiting } else { pace }
    }
}

impl App {
    /// The lesson that is on.
    pub fn running(&self) -> Option<&Running> {
        self.lesson.as_deref()
    }

    /// 0 for the kiosk's own world, else the lesson's.
    pub(super) fn world_number(&self) -> u64 {
        self.lesson.as_ref().map_or(0, |lesson| lesson.number)
    }

    /// A lesson was chosen. Whoever has something unsent is not put into one.
    pub(super) fn ask_lesson(&mut self, lesson: Arc<Lesson>) -> Task<super::Message> {
        let Some(visit) = &mut self.visit else { return Task::none() };
        if self.lesson.is_some() || visit.screen.has_unsent() {
            return Task::none();
        }
        match &mut visit.screen {
            Screen::Lessons(state) => {
                state.busy = true;
                state.said = None;
            }
            screen => {
                let mut state = lessons::State::new(lessons::Page::Choose);
                state.busy = true;
                *screen = Screen::Lessons(Box::new(state));
            }
        }
        let id = visit.session.id();
        let made = (self.launch.lessons)(lesson.clone(), self.look.lang);
        let task = Task::perform(made, move |world| {
            super::Message::Lesson(Message::Ready(id, lesson.clone(), Once::new(world)))
        });
        let (task, handle) = task.abortable();
        visit.running.push(handle.abort_on_drop());
        task
    }

    pub(super) fn lesson(&mut self, message: Message) -> Task<super::Message> {
        let now = self.clock.monotonic();
        match message {
            Message::Start(lesson) => return self.ask_lesson(lesson),
            Message::Ready(session, lesson, made) => {
                let hers = self.visit.as_ref().is_some_and(|visit| visit.session.id() == session);
                if let (true, Some(made)) = (hers, made.take()) {
                    self.begin_lesson(lesson, made);
                }
                return Task::none();
            }
            _ => {}
        }
        let Some(running) = &mut self.lesson else { return Task::none() };
        let player = &mut running.player;
        let here = player.place();
        match message {
            Message::Call(place, call) if place == here => match call {
                Call::Done => return self.step_done(),
                Call::Reveal(id) => {
                    player.revealed();
                    return focus::reveal(id);
                }
                Call::PressBack => {
                    player.settle(Mode::Again { pressed: true });
                    return self.screen_back();
                }
                Call::Read => player.settle(Mode::Reading),
                Call::Do => player.settle(Mode::Doing),
            },
            Message::Tapped(place) if place == here => player.tapped(now),
            Message::Acted(place) if place == here => player.acted(now),
            Message::Elsewhere => player.show_hint(now),
            Message::Way(Way::Hint) => player.show_hint(now),
            Message::Way(Way::Show) => player.act(now),
            Message::Way(Way::Back) => player.back(now),
            Message::Way(Way::Next) => return self.step_done(),
            Message::Way(Way::Leave) => self.finish_lesson(lessons::Page::Choose),
            _ => {}
        }
        Task::none()
    }

    fn begin_lesson(&mut self, lesson: Arc<Lesson>, made: Result<World, Code>) {
        let (Some(visit), None) = (&mut self.visit, &self.lesson) else { return };
        let Screen::Lessons(state) = &mut visit.screen else { return };
        state.busy = false;
        match made {
            Err(code) => state.said = Some(code),
            Ok(world) => {
                self.lessons += 1;
                let _ = world.env.cards.commands.send(Command::SessionBegan);
                self.card = world.env.cards.status.borrow().clone();
                visit.screen = Screen::Home;
                visit.running.clear();
                let now = self.clock.monotonic();
                let running = Running::over(lesson, world, self.look.lang, now);
                self.lesson = Some(Box::new(Running { number: self.lessons, ..running }));
            }
        }
    }

    fn step_done(&mut self) -> Task<super::Message> {
        let now = self.clock.monotonic();
        if let Some(running) = &mut self.lesson
            && !running.player.next(now)
        {
            let lesson = running.player.lesson().clone();
            self.finish_lesson(lessons::Page::Learnt(lesson));
        }
        Task::none()
    }

    /// The practice world goes, with everything that was written in it.
    pub(super) fn drop_lesson(&mut self) {
        if let Some(running) = self.lesson.take() {
            // A send fails only while the program ends.
            let _ = running.world.env.cards.commands.send(Command::SessionEnded);
            if let Stand::Ready(world) = &self.stand {
                self.card = world.env.cards.status.borrow().clone();
            }
        }
    }

    fn finish_lesson(&mut self, page: lessons::Page) {
        self.drop_lesson();
        if let Some(visit) = &mut self.visit {
            visit.running.clear();
            visit.over = Over::None;
            visit.screen = Screen::Lessons(Box::new(lessons::State::new(page)));
        }
    }

    /// The practice visit is over: home again, with an empty reader.
    pub(super) fn lesson_home(&mut self) -> Task<super::Message> {
        if let (Some(running), Some(visit)) = (&self.lesson, &mut self.visit) {
            visit.screen = Screen::Home;
            visit.running.clear();
            let cards = &running.world.env.cards.commands;
            let _ = cards.send(Command::SessionEnded);
            let _ = cards.send(Command::SessionBegan);
        }
        Task::none()
    }

    /// Leaving on purpose is the end of the visit, unless the lesson asks for just that.
    pub(super) fn leave_from_lesson(&mut self) -> Task<super::Message> {
        if self.points_at(LEAVE) {
            return Task::none();
        }
        self.drop_lesson();
        if let Some(visit) = &mut self.visit {
            visit.running.clear();
            visit.screen = Screen::Home;
        }
        self.leave()
    }

    fn points_at(&self, id: &str) -> bool {
        let step = self.lesson.as_ref().and_then(|running| running.player.step());
        step.is_some_and(|step| step.at.iter().any(|pattern| names(pattern, id)))
    }

    fn screen_back(&mut self) -> Task<super::Message> {
        let Some(visit) = &self.visit else { return Task::none() };
        match (visit.screen.back(), visit.session.id()) {
            (Some(message), id) => self.update(super::Message::Screen(id, message)),
            _ => Task::none(),
        }
    }

    /// Esc: what it does on a page is done only where the lesson is about that.
    pub(super) fn lesson_back(&mut self) -> Task<super::Message> {
        let now = self.clock.monotonic();
        let asked = self.points_at("page.back");
        let Some(running) = &mut self.lesson else { return Task::none() };
        if asked {
            running.player.tapped(now);
            return self.screen_back();
        }
        running.player.show_hint(now);
        Task::none()
    }

    pub(super) fn lesson_speaks(&mut self) {
        let (lang, now) = (self.look.lang, self.clock.monotonic());
        if let Some(running) = &mut self.lesson
            && !running.player.speak(lang, now)
        {
            let lesson = running.player.lesson().clone();
            self.finish_lesson(lessons::Page::Learnt(lesson));
        }
    }

    pub(super) fn lesson_resized(&mut self) {
        if let Some(running) = &mut self.lesson {
            running.player.resized();
        }
    }
}
