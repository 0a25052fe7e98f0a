//! `tereze setup`: what staff choose on a console: practice or a portal, the language, the printer and the staff PIN.
//! What is given by options is not asked; without a terminal nothing is asked, and the PIN is the first line of the
//! input. Nothing is written before everything is answered.

use std::ffi::OsString;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

use super::portal::CITIZENS;
use super::{Exit, World, owner, terminal, trust};
use crate::config::edit::{quoted, set};
use crate::config::{Config, Setup};
use crate::desk::pin::{self, Weak};
use crate::i18n::{Lang, Msg, Text, tr};
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
    #[arg(long, value_name = "kk|ru|en", value_parser = super::lang)]
    language: Option<Lang>,
    #[arg(long, value_name = "ipp://…")]
    printer: Option<String>,
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
    if arguments.pin_only {
        let folder = world.folder().map_err(|e| world.fault(&e, Exit::Config))?;
        owner::become_owner(&folder).map_err(|e| world.refuse_io(&e, Exit::CannotWrite))?;
        return pin_only(&folder, world, asks);
    }
    let mode = match arguments.mode {
        Some(mode) => mode,
        None if asks => ask_mode(world)?,
        None => return Err(world.refuse(Msg::SetupModeMissing, Exit::Usage)),
    };
    let text = choose(mode, &arguments, world, asks)?;
    let refused = |error: crate::config::ConfigError| {
        terminal::problem(&format!("{}\n{error}", tr(world.lang, Msg::SetupNotWritten)));
        Exit::CannotWrite
    };
    let settings = Config::parse(&text, &world.settings).map_err(refused)?;
    let pin = match mode {
        Setup::Practice => None,
        Setup::Portal => {
            let folder = world.folder().map_err(|e| world.fault(&e, Exit::Config))?;
            Some((ask_pin(world, asks)?, folder))
        }
    };
    Config::write(&world.settings, &text).map_err(refused)?;
    let done = Text::new(Msg::SetupWritten).with("file", world.settings.display().to_string());
    terminal::say(&done.say(world.lang));
    let next = match pin {
        None => {
            tell_practice_pin(world);
            Msg::SetupNextPractice
        }
        Some((pin, folder)) => {
            keep(&folder, &pin, world)?;
            terminal::say(&tr(world.lang, Msg::SetupPinDone));
            let known =
                !settings.authorities.is_empty() || !trust::installed(&folder.join(CITIZENS)).is_empty();
            if known { Msg::SetupNextPortal } else { Msg::SetupNextAuthorities }
        }
    };
    terminal::say(&tr(world.lang, next));
    Ok(())
}

fn pin_only(folder: &Path, world: &World, asks: bool) -> Result<(), Exit> {
    if world.config.mode == Some(Setup::Practice) {
        tell_practice_pin(world);
        return Ok(());
    }
    let pin = ask_pin(world, asks)?;
    pin::set(folder, &pin).map_err(|e| world.fault(&e, Exit::CannotWrite))?;
    terminal::say(&tr(world.lang, Msg::SetupPinDone));
    if world.config.mode.is_none() {
        terminal::say(&tr(world.lang, Msg::SetupNextMode));
    }
    Ok(())
}

/// The PIN into the data folder, as its owner.
fn keep(folder: &Path, pin: &Secret, world: &World) -> Result<(), Exit> {
    let named = |name: &str, value: &Path| [OsString::from(name), value.into()];
    let lang = [OsString::from("--lang"), world.lang.tag().into()];
    let mut arguments = [lang, named("--data", folder), named("--config", &world.settings)].concat();
    arguments.extend(["setup".into(), "--pin-only".into()]);
    match owner::let_owner(folder, &arguments, &[pin.bytes(), b"\n"]) {
        Ok(Some(true)) => Ok(()),
        Ok(Some(false)) => Err(Exit::CannotWrite),
        Ok(None) => pin::set(folder, pin).map_err(|e| world.fault(&e, Exit::CannotWrite)),
        Err(error) => Err(world.refuse_io(&error, Exit::CannotWrite)),
    }
}

fn tell_practice_pin(world: &World) {
    let pin = String::from_utf8_lossy(practice::STAFF_PIN).into_owned();
    terminal::say(&Text::new(Msg::SetupPracticePin).with("pin", pin).say(world.lang));
}

/// The settings file's new text: the mode, what a portal needs, the language and the printer.
fn choose(mode: Setup, arguments: &Arguments, world: &World, asks: bool) -> Result<String, Exit> {
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
    let given = |option: Option<String>, question: Msg| match option {
        Some(given) => given,
        None if asks => ask(&tr(world.lang, question)),
        None => String::new(),
    };
    // An empty line leaves both as they are.
    let language = given(arguments.language.map(|l| l.tag().to_owned()), Msg::SetupAskLanguage);
    if !language.is_empty() {
        text = set(&text, "", "language", &quoted(&language));
    }
    let printer = given(arguments.printer.clone(), Msg::SetupAskPrinter);
    if !printer.is_empty() {
        text = set(&text, "kiosk", "printer", &quoted(printer.trim()));
    }
    Ok(text)
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
