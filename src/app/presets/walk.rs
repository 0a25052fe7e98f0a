//! The way to a state: an application that stands, a visitor on it, and her touches as messages.
//! Tasks that a message starts are not run: what they would answer, the walk says itself.

use std::sync::Arc;

use super::NOW;
use crate::app::launch::{Launch, Start, WindowMode};
use crate::app::over::Over;
use crate::app::session::IdleRule;
use crate::app::{App, Message, Stand, Visit};
use crate::clock::Clock;
use crate::desk::{Helped, Settings, Setup, StaffPin};
use crate::domain::Names;
use crate::env::Mode;
use crate::fault::Code;
use crate::screen::help::Help;
use crate::screen::world::World;
use crate::screen::{self, Screen, home, letter};
use crate::ui::edit::Edit;
use crate::ui::theme::Look;

fn launch(mode: Mode) -> Launch {
    Launch {
        window: WindowMode::Fullscreen,
        practice: mode == Mode::Practice,
        idle: IdleRule::default(),
        start: Start::NotSetUp,
        lessons: Arc::new(|_, _| Box::pin(std::future::ready(Err(Code("outbox.stopped"))))),
        desk: desk(mode),
    }
}

/// A desk with a PIN that stands on no disk.
fn desk(mode: Mode) -> Settings {
    let clock = Clock::fixed(NOW);
    let mode = if mode == Mode::Practice { Setup::Practice } else { Setup::Portal };
    let pin = StaffPin::of_practice(b"246813", clock.clone());
    let helped = Helped::in_memory(clock.clone());
    Settings { mode, data: None, printer: None, modules: vec![], clock, pin, helped }
}

pub(super) fn app(look: &Look, stand: Stand, mode: Mode) -> App {
    let (mut app, _) = App::new(launch(mode));
    app.look = *look;
    app.stand = stand;
    app.booted = true;
    app
}

/// The practice world, or the same with a real one's marks.
fn dressed(world: &World, mode: Mode) -> World {
    let mut world = world.clone();
    world.env.mode = mode;
    if mode == Mode::Real {
        world.operator = Names {
            kk: "Үлгі облысының әкімдігі".into(),
            ru: "Акимат Образцовой области".into(),
            en: "Akimat of Sample region".into(),
        };
    }
    world
}

pub(super) fn standing(look: &Look, world: &World, mode: Mode) -> App {
    app(look, Stand::Ready(Box::new(dressed(world, mode))), mode)
}

/// One visitor on this screen.
pub(super) fn visit(look: &Look, world: &World, mode: Mode, screen: Screen) -> App {
    let mut app = standing(look, world, mode);
    let now = app.clock.monotonic();
    let session = app.sessions.begin(IdleRule::default(), now);
    app.visit = Some(Visit {
        session,
        screen,
        over: Over::None,
        help: Help::default(),
        look: *look,
        looks: 0,
        warning: None,
        running: Vec::new(),
    });
    app
}

/// A visitor's way, touch by touch.
pub(super) struct Walk {
    pub app: App,
}

impl Walk {
    /// On the home screen.
    pub fn home(look: &Look, world: &World, mode: Mode) -> Self {
        Self { app: visit(look, world, mode, Screen::Home) }
    }

    /// A new letter's first question.
    pub fn letter(look: &Look, world: &World, mode: Mode) -> Self {
        Self::home(look, world, mode).tell(screen::Message::Home(home::Message::Letter))
    }

    /// Tells the screen what a touch or a finished task would.
    pub fn tell(mut self, message: screen::Message) -> Self {
        if let Some(visit) = &self.app.visit {
            let id = visit.session.id();
            drop(self.app.update(Message::Screen(id, message)));
        }
        self
    }

    pub fn say(self, message: letter::Message) -> Self {
        self.tell(screen::Message::Letter(message))
    }

    /// Chooses one of several answers, and stays on the page.
    pub fn choose(self, field: &'static str, option: &'static str) -> Self {
        self.say(letter::Message::Choose(field, option))
    }

    /// Chooses one of several answers, and goes on.
    pub fn answer(self, field: &'static str, option: &'static str) -> Self {
        self.choose(field, option).next()
    }

    /// Touches a field and types into it.
    pub fn write(self, field: &'static str, words: &str) -> Self {
        self.say(letter::Message::Focus(field))
            .say(letter::Message::Edit(field, Edit::Insert(words.to_owned())))
    }

    pub fn next(self) -> Self {
        self.say(letter::Message::Next)
    }

    pub fn done(self) -> App {
        self.app
    }
}
