//! The kiosk's root: the world, the look, one visitor at a time, and what lies over her screen.

mod assist;
pub mod headless;
mod hear;
pub mod input;
pub mod launch;
pub mod lesson;
pub mod listen;
mod over;
#[cfg(feature = "tools")]
pub mod presets;
pub mod scanner;
pub mod session;
pub mod staff;
mod view;
mod watch;
mod window;

use std::time::{Duration, Instant};

use iced::Task;
use iced::task::Handle;

use crate::card::CardStatus;
use crate::card::service::Command;
use crate::clock::Clock;
use crate::fault::Code;
use crate::files::Stick;
use crate::i18n::Lang;
use crate::outbox;
use crate::screen::attract::Begin;
use crate::screen::help::Help;
use crate::screen::once::Once;
use crate::screen::world::World;
use crate::screen::{self, Context, Screen};
use crate::sound::Playing;
use crate::ui::theme::{Look, Scheme, Step};
use input::Input;
use launch::{Launch, Start};
use over::Over;
use session::{Idle, Session, SessionId, Sessions};

pub use view::view;
pub use watch::subscription;
pub use window::run;

/// What stands behind the attract screen.
pub enum Stand {
    NotSetUp,
    /// The world is being made; a visitor may already have touched a start button.
    Starting {
        wanted: Option<Begin>,
    },
    Trouble(Code),
    Ready(Box<World>),
}

pub struct App {
    launch: Launch,
    stand: Stand,
    look: Look,
    clock: Clock,
    card: CardStatus,
    sticks: Vec<Stick>,
    sessions: Sessions,
    visit: Option<Visit>,
    staff: Option<staff::Staff>,
    /// A lesson is on: its practice world stands in the place of the kiosk's own.
    lesson: Option<Box<lesson::Running>>,
    /// The last lesson's number: tells what comes late from a world that is gone.
    lessons: u64,
    /// The librarian is being called.
    ringing: Option<Playing>,
    booted: bool,
    /// The last key after which nothing was typed for a while.
    silent: u64,
}

/// One visitor: replaced whole, never emptied field by field.
pub struct Visit {
    pub(crate) session: Session,
    pub(crate) screen: Screen,
    pub(crate) over: Over,
    pub(crate) help: Help,
    /// How her screen is drawn: beneath the strip that says that she is helped there is less room.
    pub(crate) look: Look,
    /// Counts her looks at what is hidden, so that an old timer ends no newer one.
    pub(crate) looks: u64,
    /// Seconds until the wipe, while the question stands.
    pub(crate) warning: Option<u64>,
    /// The visitor's tasks end with her.
    running: Vec<Handle>,
}

#[derive(Clone)]
pub enum Message {
    /// The first frame is painted: now the world may be made.
    FirstFrame,
    Started(Once<Result<World, Code>>),
    Input(Input),
    Keys(listen::Message),
    Tick(Instant),
    /// A button on the attract screen.
    Begin(Begin),
    Lesson(lesson::Message),
    Language(Lang),
    TextSize(Step),
    Theme(Scheme),
    /// «Are you still here?» was answered.
    Stay,
    Over(over::Message),
    Staff(staff::Message),
    Back,
    Screen(SessionId, screen::Message),
    /// From the readers of the kiosk's own world (0), or of a lesson's by its number.
    Card(u64, CardStatus),
    Sticks(Vec<Stick>),
    Outbox(SessionId, outbox::Status),
}

impl App {
    pub fn new(launch: Launch) -> (Self, Task<Message>) {
        let stand = match launch.start {
            Start::NotSetUp => Stand::NotSetUp,
            Start::Boot(_) => Stand::Starting { wanted: None },
        };
        let app = Self {
            launch,
            stand,
            look: Look::default(),
            clock: Clock::system(),
            card: CardStatus::NoReader,
            sticks: Vec::new(),
            sessions: Sessions::default(),
            visit: None,
            staff: None,
            lesson: None,
            lessons: 0,
            ringing: None,
            booted: false,
            silent: 0,
        };
        (app, Task::none())
    }

    /// In which language and how everything is drawn now.
    pub fn look(&self) -> &Look {
        &self.look
    }

    /// Is nothing real here: by the settings, or for as long as a lesson lasts?
    pub fn practice(&self) -> bool {
        self.launch.practice || self.lesson.is_some()
    }

    /// The USB sticks that are in.
    pub fn sticks(&self) -> &[Stick] {
        &self.sticks
    }

    /// The count of visits in which a librarian helped at the screen.
    pub fn helped(&self) -> &crate::desk::Helped {
        &self.launch.desk.helped
    }

    pub fn visit(&self) -> Option<&Visit> {
        self.visit.as_ref()
    }

    /// The world that the visitor is in: the lesson's, else the kiosk's own.
    pub fn world(&self) -> Option<&World> {
        match (&self.lesson, &self.stand) {
            (Some(lesson), _) => Some(&lesson.world),
            (None, Stand::Ready(world)) => Some(world),
            _ => None,
        }
    }

    pub fn update(&mut self, message: Message) -> Task<Message> {
        let task = self.think(message);
        self.fit();
        task
    }

    fn think(&mut self, message: Message) -> Task<Message> {
        match message {
            Message::FirstFrame => self.boot(),
            Message::Started(result) => match result.take() {
                Some(result) => self.started(result),
                None => Task::none(),
            },
            Message::Input(input) => self.input(input),
            Message::Keys(message) => self.keys(message),
            Message::Tick(now) => self.tick(now),
            Message::Begin(begin) => self.begin(begin),
            Message::Lesson(message) => self.lesson(message),
            Message::Language(lang) => {
                self.look.lang = lang;
                self.lesson_speaks();
                self.with_screen(Screen::language_changed)
            }
            Message::TextSize(step) => {
                self.look.step = step;
                self.lesson_resized();
                Task::none()
            }
            Message::Theme(scheme) => {
                self.look.scheme = scheme;
                Task::none()
            }
            Message::Stay => {
                self.touch();
                Task::none()
            }
            Message::Over(message) => self.over(message),
            Message::Staff(message) => self.staff(message),
            Message::Back => self.back(),
            Message::Screen(session, message) => {
                if self.visit.as_ref().is_none_or(|v| v.session.id() != session) {
                    return Task::none();
                }
                self.with_screen(|screen, context| screen.update(message, context))
            }
            Message::Card(world, _) if world != self.world_number() => Task::none(),
            Message::Card(_, status) => {
                self.card = status.clone();
                self.with_screen(|screen, context| screen.card_changed(&status, context))
            }
            Message::Sticks(sticks) => {
                self.sticks = sticks;
                self.with_screen(|screen, context| screen.sticks_changed(context))
            }
            Message::Outbox(session, status) => {
                let message = screen::sending::Message::Status(status);
                self.update(Message::Screen(session, screen::Message::Sending(message)))
            }
        }
    }

    fn boot(&mut self) -> Task<Message> {
        if std::mem::replace(&mut self.booted, true) {
            return Task::none();
        }
        match &self.launch.start {
            Start::NotSetUp => Task::none(),
            Start::Boot(boot) => Task::perform(boot(), |result| Message::Started(Once::new(result))),
        }
    }

    fn started(&mut self, result: Result<World, Code>) -> Task<Message> {
        let wanted = match self.stand {
            Stand::Starting { wanted } => wanted,
            _ => None,
        };
        match result {
            Ok(world) => {
                self.clock = world.env.clock.clone();
                self.stand = Stand::Ready(Box::new(world));
                wanted.map_or_else(Task::none, |begin| self.begin(begin))
            }
            Err(code) => {
                self.stand = Stand::Trouble(code);
                Task::none()
            }
        }
    }

    fn begin(&mut self, begin: Begin) -> Task<Message> {
        self.staff = None;
        self.look.lang = begin.lang;
        let now = self.clock.monotonic();
        match &mut self.stand {
            Stand::Starting { wanted } => *wanted = Some(begin),
            Stand::Ready(world) if self.visit.is_none() => {
                // Cards that were in before now are another visitor's. A send fails only while the
                // program ends.
                let _ = world.env.cards.commands.send(Command::SessionBegan);
                self.visit = Some(Visit {
                    session: self.sessions.begin(self.launch.idle, now),
                    screen: if begin.lessons { Screen::lessons() } else { Screen::Home },
                    over: Over::None,
                    help: Help::default(),
                    look: self.look,
                    looks: 0,
                    warning: None,
                    running: Vec::new(),
                });
            }
            _ => {}
        }
        Task::none()
    }

    /// Everything of the visitor is gone after this: her screen, her look, her tasks.
    fn end(&mut self) -> Task<Message> {
        self.drop_lesson();
        if self.visit.take().is_some()
            && let Stand::Ready(world) = &self.stand
        {
            let _ = world.env.cards.commands.send(Command::SessionEnded);
        }
        self.ringing = None;
        self.look = Look { viewport: self.look.viewport, ..Look::default() };
        Task::none()
    }

    fn touch(&mut self) {
        let now = self.clock.monotonic();
        if let Some(visit) = &mut self.visit {
            visit.session.touch(now);
            visit.warning = None;
        }
        if let Some(staff) = &mut self.staff {
            staff.session.touch(now);
        }
        if let Some(lesson) = &mut self.lesson {
            lesson.player.stirred(now);
        }
    }

    fn tick(&mut self, now: Instant) -> Task<Message> {
        let Some(visit) = &mut self.visit else { return self.staff_tick(now) };
        let pace = match &mut self.lesson {
            Some(lesson) => lesson.tick(now, visit.pace()),
            None => visit.pace(),
        };
        match visit.session.idle(now, pace) {
            Idle::Active => visit.warning = None,
            Idle::Warn { seconds_left } => visit.warning = Some(seconds_left),
            Idle::Over => return self.end(),
        }
        Task::none()
    }

    fn back(&mut self) -> Task<Message> {
        let Some(visit) = &mut self.visit else { return self.staff_back() };
        if visit.over.close_by_back() {
            self.ringing = None;
            return Task::none();
        }
        if self.lesson.is_some() {
            return self.lesson_back();
        }
        match (visit.screen.back(), visit.session.id()) {
            (Some(message), id) => self.update(Message::Screen(id, message)),
            _ => Task::none(),
        }
    }

    /// Lets the screen think, and does what it says.
    fn with_screen(&mut self, f: impl FnOnce(&mut Screen, &Context<'_>) -> screen::Action) -> Task<Message> {
        self.fit();
        let world = match (&self.lesson, &self.stand) {
            (Some(lesson), _) => &lesson.world,
            (None, Stand::Ready(world)) => world,
            _ => return Task::none(),
        };
        let Some(visit) = &mut self.visit else { return Task::none() };
        // Her own sticks have no part in a lesson.
        let sticks = if self.lesson.is_some() { &[][..] } else { &self.sticks };
        let Visit { look, help, screen, .. } = visit;
        let context = Context { look, world, card: &self.card, sticks, help: *help };
        match f(screen, &context) {
            screen::Action::None => Task::none(),
            screen::Action::Run(task) => {
                let id = visit.session.id();
                let (task, handle) = task.map(move |m| Message::Screen(id, m)).abortable();
                visit.running.push(handle.abort_on_drop());
                task
            }
            screen::Action::Say(title, text) => {
                visit.over = Over::Said(title, text);
                Task::none()
            }
            screen::Action::Lesson(lesson) => self.ask_lesson(lesson),
            screen::Action::End if self.lesson.is_some() => self.lesson_home(),
            screen::Action::End => self.end(),
        }
    }
}

/// How often quiet time is looked at: seldom, until the question stands.
const WATCH: Duration = Duration::from_secs(5);
const COUNT_DOWN: Duration = Duration::from_secs(1);
