//! `tereze kiosk` (and `tereze` alone): the kiosk itself. Practice is asked for, never fallen into.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::{Exit, World, doctor, joined, lessons};
use crate::app::launch::{Boot, Launch, Start, WindowMode};
use crate::app::session::IdleRule;
use crate::card::Stack;
use crate::card::module::{Module, Tokens};
use crate::card::pcsc::Pcsc;
use crate::card::service;
use crate::clock::Clock;
use crate::config::{self, Setup};
use crate::desk::{self, Settings};
use crate::env::real;
use crate::fault::{Code, Coded as _};
use crate::files::Sticks;
use crate::i18n::{Msg, Text};
use crate::practice::boot;
use crate::practice::clerk::Pace;
use crate::print::printer::Printer;
use crate::screen::world::{Things, World as ScreenWorld};
use crate::sound::Sound;

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(long)]
    practice: bool,
    #[arg(long, value_name = "WxH", value_parser = size)]
    windowed: Option<(u16, u16)>,
}

pub fn run(arguments: Arguments, world: &World) -> Exit {
    match crate::app::run(launch(&arguments, world)) {
        Ok(()) => Exit::Ok,
        Err(error) => {
            let text = Text::new(Msg::CliKioskNoWindow).with("why", error.to_string());
            world.refuse(text, Exit::Unavailable)
        }
    }
}

fn launch(arguments: &Arguments, world: &World) -> Launch {
    let practice = arguments.practice || world.config.mode == Some(Setup::Practice);
    let window = match arguments.windowed {
        Some((width, height)) => WindowMode::Windowed { width: width.into(), height: height.into() },
        None => WindowMode::Fullscreen,
    };
    let limit = world.config.kiosk.idle().clamp(Duration::from_secs(120), Duration::from_secs(600));
    let things = things(&world.config.kiosk);
    let desk = doctor::settings(world, practice);
    let lessons = lessons::worlds(world.clock.clone(), Pace::default(), things.sound.clone());
    let start = match (practice, world.config.mode) {
        (true, _) => Start::Boot(practice_world(world.clock.clone(), things)),
        (false, Some(Setup::Portal)) => Start::Boot(portal_world(world, things, desk.clone())),
        (false, _) => Start::NotSetUp,
    };
    Launch { window, practice, idle: IdleRule { limit, ..IdleRule::default() }, start, lessons, desk }
}

fn things(settings: &config::Kiosk) -> Things {
    let sound = match settings.sound.as_str() {
        config::SOUND_OFF => Sound::default(),
        config::SOUND_AUTO => Sound::of_the_machine(),
        program => Sound::by(program),
    };
    let printer = settings.printer.as_deref().and_then(|uri| Printer::new(uri).ok());
    Things { printer, sticks: Sticks::system(), sound }
}

/// A portal, a card and people that exist in this process alone.
pub fn practice_world(clock: Clock, things: Things) -> Boot {
    practice_world_paced(clock, Pace::default(), things)
}

/// The same with a clerk of another pace.
pub fn practice_world_paced(clock: Clock, pace: Pace, things: Things) -> Boot {
    Arc::new(move || {
        let (clock, things) = (clock.clone(), things.clone());
        Box::pin(async move {
            // On a thread of its own: making keys takes its time.
            let runtime = Handle::current();
            let made = spawn_blocking(move || runtime.block_on(boot::boot_paced(clock, pace))).await;
            let env = made.map_err(|_| Code("outbox.stopped"))?.map_err(|e| e.code())?;
            Ok(ScreenWorld::new(env, boot::operator(), &things))
        })
    })
}

/// The portal that the settings name, real readers, letters on disk. What is wrong with the
/// settings is said on the screen: nobody reads a kiosk's terminal.
fn portal_world(world: &World, things: Things, desk: Settings) -> Boot {
    let settings = joined::portalled(world).map(Arc::new);
    let clock = world.clock.clone();
    let cards = world.config.cards.clone();
    Arc::new(move || {
        let (settings, clock) = (settings.clone(), clock.clone());
        let (things, desk, cards) = (things.clone(), desk.clone(), cards.clone());
        Box::pin(async move {
            let settings = settings?;
            let mut stacks: Vec<Arc<dyn Stack>> =
                vec![Arc::new(Pcsc { no_pads: !cards.pinpad, ..Pcsc::default() })];
            for module in &cards.pkcs11 {
                stacks.push(Arc::new(Tokens(Arc::new(Module::new(module, None).gost(super::gost(&cards))))));
            }
            let cards = service::start_all(stacks, clock.clone(), service::Options::default());
            let env = real::connect(&settings, cards, clock).await.map_err(|e| e.code())?;
            let operator = env.held.keyset().operator.clone();
            desk::answer(&settings.data, desk, env.parts());
            Ok(ScreenWorld::new(env, operator, &things))
        })
    })
}

/// `1366x768`
fn size(text: &str) -> Result<(u16, u16), String> {
    let read = |part: &str| part.parse::<u16>().ok().filter(|n| *n >= 320);
    text.split_once(['x', 'X', '×'])
        .and_then(|(w, h)| Some((read(w)?, read(h)?)))
        .ok_or_else(|| "1366x768".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_as_people_write_them() {
        assert_eq!(size("1366x768"), Ok((1366, 768)));
        assert_eq!(size("1080×1920"), Ok((1080, 1920)));
        for bad in ["", "1366", "x768", "10x10", "1366x-1"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
