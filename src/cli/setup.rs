//! `tereze setup`: what staff choose on a console, once: practice or a portal, and the staff PIN. What is given
//! by options is not asked; without a terminal nothing is asked, and the PIN is the first line of the input.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use super::{Exit, World, terminal};
use crate::config::edit::{quoted, set};
use crate::config::{Config, Setup};
use crate::desk::pin::{self, Weak};
use crate::i18n::{Msg, Text, tr};
use crate::practice;
use crate::private::Secret;

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(long, value_name = "practice|portal", value_parser = mode)]
    mode: Option<Setup>,
    #[arg(long, value_name = "https://…")]
    url: Option<String>,
    #[arg(long, value_name = "HEX")]
    root: Option<String>,
    #[arg(long)]
    pin_only: bool,
}

pub fn run(arguments: Arguments, world: &World) -> Exit {
    match setup(arguments, world) {
        Ok(()) => Exit::Ok,
        Err(exit) => exit,
    }
}

fn setup(arguments: Arguments, world: &World) -> Result<(), Exit> {
    let asks = std::io::stdin().is_terminal();
    let chosen = match (arguments.pin_only, arguments.mode) {
        (true, _) => world.config.mode,
        (false, Some(mode)) => Some(choose(mode, &arguments, world, asks)?),
        (false, None) if asks => {
            let mode = ask_mode(world)?;
            Some(choose(mode, &arguments, world, asks)?)
        }
        (false, None) => return Err(world.refuse(Msg::SetupModeMissing, Exit::Usage)),
    };
    if chosen == Some(Setup::Practice) {
        let pin = String::from_utf8_lossy(practice::STAFF_PIN).into_owned();
        terminal::say(&Text::new(Msg::SetupPracticePin).with("pin", pin).say(world.lang));
    } else {
        let folder = world.folder().map_err(|e| world.fault(&e, Exit::Config))?;
        let pin = ask_pin(world, asks)?;
        pin::set(&folder, &pin).map_err(|e| world.fault(&e, Exit::CannotWrite))?;
        terminal::say(&tr(world.lang, Msg::SetupPinDone));
    }
    let next = match chosen {
        Some(Setup::Practice) => Msg::SetupNextPractice,
        Some(Setup::Portal) if world.config.authorities.is_empty() => Msg::SetupNextAuthorities,
        Some(Setup::Portal) => Msg::SetupNextPortal,
        None => Msg::SetupNextMode,
    };
    terminal::say(&tr(world.lang, next));
    Ok(())
}

/// Writes the mode, and what a portal needs, into the settings file.
fn choose(mode: Setup, arguments: &Arguments, world: &World, asks: bool) -> Result<Setup, Exit> {
    let file = &world.settings;
    let unreadable = |error: std::io::Error| {
        let why = super::words::io(world.lang, &error);
        let said = Text::new(Msg::CliUnreadable).with("file", file.display().to_string()).with("why", why);
        world.refuse(said, Exit::NoInput)
    };
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(unreadable(error)),
    };
    let mut text = match mode {
        Setup::Practice => set(&text, "", "mode", "\"practice\""),
        Setup::Portal => set(&text, "", "mode", "\"portal\""),
    };
    if mode == Setup::Portal {
        let known = world.config.portal.as_ref();
        for (key, given, question, known) in [
            ("url", &arguments.url, Msg::SetupAskUrl, known.is_some()),
            ("root", &arguments.root, Msg::SetupAskRoot, known.is_some()),
        ] {
            let value = match given {
                Some(given) => given.trim().to_owned(),
                None if known => continue,
                None if asks => ask(&tr(world.lang, question)),
                None => {
                    let missing = Text::new(Msg::CliMissing).with("word", format!("--{key}"));
                    return Err(world.refuse(missing, Exit::Usage));
                }
            };
            text = set(&text, "portal", key, &quoted(&value));
        }
    }
    Config::write(file, &text).map_err(|error| {
        terminal::problem(&format!("{}\n{error}", tr(world.lang, Msg::SetupNotWritten)));
        Exit::CannotWrite
    })?;
    let done = Text::new(Msg::SetupWritten).with("file", file.display().to_string());
    terminal::say(&done.say(world.lang));
    Ok(mode)
}

fn ask_mode(world: &World) -> Result<Setup, Exit> {
    terminal::say(&tr(world.lang, Msg::SetupAskMode));
    terminal::say(&tr(world.lang, Msg::SetupModePractice));
    terminal::say(&tr(world.lang, Msg::SetupModePortal));
    match ask("1/2").as_str() {
        "1" => Ok(Setup::Practice),
        "2" => Ok(Setup::Portal),
        _ => Err(world.refuse(Msg::SetupUnchanged, Exit::Usage)),
    }
}

/// One line of the terminal.
fn ask(question: &str) -> String {
    let _ = write!(std::io::stderr().lock(), "{question}: ");
    let mut line = String::new();
    let _ = std::io::stdin().lock().read_line(&mut line);
    line.trim().to_owned()
}

/// Twice from the terminal, until both are the same and nobody's first guess.
fn ask_pin(world: &World, asks: bool) -> Result<Secret, Exit> {
    let none = |_| world.refuse(Msg::SetupNoPin, Exit::NoPermission);
    let one = |question: Msg| {
        let typed = terminal::pin(&tr(world.lang, question)).map_err(|_| none(()))?;
        typed.ok_or_else(|| none(()))
    };
    if asks {
        terminal::say(&tr(world.lang, Msg::SetupPinRules));
    }
    loop {
        let first = one(Msg::SetupAskPin)?;
        let problem = match pin::weak(&first) {
            Some(Weak::Length) => Some(Msg::SetupPinLength),
            Some(Weak::Pattern) => Some(Msg::SetupPinWeak),
            None if asks && one(Msg::SetupAskPinAgain)?.bytes() != first.bytes() => Some(Msg::SetupPinOther),
            None => None,
        };
        match problem {
            None => return Ok(first),
            Some(problem) if asks => terminal::problem(&tr(world.lang, problem)),
            Some(problem) => return Err(world.refuse(problem, Exit::NoPermission)),
        }
    }
}

fn mode(text: &str) -> Result<Setup, String> {
    match text {
        "practice" => Ok(Setup::Practice),
        "portal" => Ok(Setup::Portal),
        _ => Err("practice, portal".to_owned()),
    }
}
