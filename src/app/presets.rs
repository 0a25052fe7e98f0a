//! Every state of every screen, by name, with a clock that stands still and people who do not
//! exist: what the gallery draws and measures.

use super::launch::{Launch, Start, WindowMode};
use super::over::Over;
use super::session::IdleRule;
use super::{App, Stand, Visit};
use crate::card::CardStatus;
use crate::clock::Moment;
use crate::domain::Names;
use crate::env::Mode;
use crate::fault::Code;
use crate::screen::world::World;
use crate::screen::{Screen, info, take};
use crate::ui::theme::Look;

/// Monday, 23 November 2026, 09:05 in UTC+5: the time that the world of the pictures stands at.
pub const NOW: Moment = Moment(1_795_406_700);

/// A screen's state with a name that files and tests use.
#[derive(Clone, Copy)]
pub struct Preset {
    pub name: &'static str,
    make: fn(&Look, &World) -> App,
}

impl Preset {
    /// The whole application in this state; draw it with [`super::view`].
    pub fn app(&self, look: &Look, world: &World) -> App {
        (self.make)(look, world)
    }
}

macro_rules! presets {
    ($($name:literal => $make:expr),* $(,)?) => {
        pub const ALL: &[Preset] = &[$(Preset { name: $name, make: $make }),*];
    };
}

presets! {
    "attract" => |look, world| standing(look, world, Mode::Real),
    "attract-practice" => |look, world| standing(look, world, Mode::Practice),
    "starting" => |look, _| app(look, Stand::Starting { wanted: Some(look.lang) }, Mode::Practice),
    "not-set-up" => |look, _| app(look, Stand::NotSetUp, Mode::Real),
    "trouble" => |look, _| app(look, Stand::Trouble(Code("config.unreadable")), Mode::Real),
    "home" => |look, world| visit(look, world, Mode::Real, Screen::Home),
    "home-practice" => |look, world| visit(look, world, Mode::Practice, Screen::Home),
    "info-about" => |look, world| info_page(look, world, info::Page::About),
    "info-signature" => |look, world| info_page(look, world, info::Page::Signature),
    "help" => |look, world| over(look, world, Over::Help(info::State::new(info::Page::Help))),
    "called" => |look, world| over(look, world, Over::Called),
    "hidden" => |look, world| over(look, world, Over::Hidden),
    "leave" => |look, world| over(look, world, Over::Leave),
    "idle" => |look, world| {
        let mut app = visit(look, world, Mode::Real, Screen::Home);
        if let Some(visit) = &mut app.visit {
            visit.warning = Some(28);
        }
        app
    },
    "take-card" => |look, world| taking(look, world, CardStatus::LeftBehind),
    "take-nothing" => |look, world| taking(look, world, CardStatus::NoCard),
}

fn launch(mode: Mode) -> Launch {
    Launch {
        window: WindowMode::Fullscreen,
        practice: mode == Mode::Practice,
        idle: IdleRule::default(),
        start: Start::NotSetUp,
    }
}

fn app(look: &Look, stand: Stand, mode: Mode) -> App {
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

fn standing(look: &Look, world: &World, mode: Mode) -> App {
    app(look, Stand::Ready(Box::new(dressed(world, mode))), mode)
}

/// One visitor on this screen.
fn visit(look: &Look, world: &World, mode: Mode, screen: Screen) -> App {
    let mut app = standing(look, world, mode);
    let now = app.clock.monotonic();
    let session = app.sessions.begin(IdleRule::default(), now);
    app.visit = Some(Visit { session, screen, over: Over::None, warning: None, running: Vec::new() });
    app
}

fn over(look: &Look, world: &World, lies: Over) -> App {
    let mut app = visit(look, world, Mode::Real, Screen::Home);
    if let Some(visit) = &mut app.visit {
        visit.over = lies;
    }
    app
}

fn info_page(look: &Look, world: &World, page: info::Page) -> App {
    visit(look, world, Mode::Real, Screen::Info(info::State::new(page)))
}

fn taking(look: &Look, world: &World, card: CardStatus) -> App {
    visit(look, world, Mode::Practice, Screen::Take(take::State::new(true, card)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_plain() {
        for (i, preset) in ALL.iter().enumerate() {
            assert!(preset.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            assert!(ALL[..i].iter().all(|other| other.name != preset.name), "{} twice", preset.name);
        }
    }
}
