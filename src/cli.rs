//! The command line: one file a command. Every word is a message in the person's language; clap
//! only parses.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::card::{module, pkcs11};
use crate::clock::Clock;
use crate::config::Config;
use crate::fault::Coded;
use crate::i18n::{Lang, Msg, tr};
use crate::{log, paths};

pub mod doctor;
pub mod enrol;
mod exit;
#[cfg(feature = "tools")]
mod faults;
#[cfg(feature = "tools")]
pub mod gallery;
mod joined;
pub mod kiosk;
pub mod lessons;
mod owner;
pub mod portal;
mod setup;
pub mod sign;
mod terminal;
pub mod trust;
pub mod verify;
mod words;

pub use exit::Exit;

#[derive(Parser)]
#[command(name = "tereze", version)]
struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// One variant a command; what runs it is [`Command::run`].
#[derive(Subcommand)]
enum Command {
    Enrol(enrol::Arguments),
    Doctor(doctor::Arguments),
    Setup(setup::Arguments),
    Sign(sign::Arguments),
    Kiosk(kiosk::Arguments),
    Lessons(lessons::Arguments),
    Verify(verify::Arguments),
    Portal(Box<portal::Arguments>),
    Trust(trust::Arguments),
    #[cfg(feature = "tools")]
    Faults(faults::Arguments),
    #[cfg(feature = "tools")]
    Gallery(gallery::Arguments),
}

impl Command {
    fn run(self, world: &World) -> Exit {
        match self {
            Command::Enrol(arguments) => enrol::run(arguments, world),
            Command::Doctor(arguments) => doctor::run(arguments, world),
            Command::Setup(arguments) => setup::run(arguments, world),
            Command::Sign(arguments) => sign::run(arguments, world),
            Command::Kiosk(arguments) => kiosk::run(arguments, world),
            Command::Lessons(arguments) => lessons::run(arguments, world),
            Command::Verify(arguments) => verify::run(arguments, world),
            Command::Portal(arguments) => portal::run(*arguments, world),
            Command::Trust(arguments) => trust::run(arguments, world),
            #[cfg(feature = "tools")]
            Command::Faults(arguments) => faults::run(arguments),
            #[cfg(feature = "tools")]
            Command::Gallery(arguments) => gallery::run(arguments, world),
        }
    }
}

/// What stands where no command is named.
const DEFAULT_COMMAND: &str = "kiosk";

#[derive(clap::Args)]
struct Common {
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[arg(long, global = true, value_name = "kk|ru|en", value_parser = lang)]
    lang: Option<Lang>,
}

/// What every command is handed.
pub struct World {
    /// `--lang`, else the settings file's where it names one, else the environment's.
    pub lang: Lang,
    /// Whether `--lang` said so: the kiosk's first screen follows the settings otherwise.
    pub lang_named: bool,
    pub config: Config,
    /// The settings file that was read, else where one would be written.
    pub settings: PathBuf,
    /// `--data`; [`World::folder`] says where data is without it.
    pub data: Option<PathBuf>,
    pub clock: Clock,
}

impl World {
    /// Where this machine keeps its data; not created here.
    pub fn folder(&self) -> Result<PathBuf, paths::NoFolder> {
        paths::data(self.data.as_deref(), &paths::environment)
    }

    /// Says a fault with its remedy on the error stream, and gives the exit back.
    pub fn fault(&self, fault: &dyn Coded, exit: Exit) -> Exit {
        terminal::problem(&words::fault(self.lang, fault.code()));
        exit
    }

    /// Says why a file could not be read or written, and gives the exit back.
    pub fn refuse_io(&self, error: &std::io::Error, exit: Exit) -> Exit {
        terminal::problem(&words::io(self.lang, error));
        exit
    }

    /// Says a message on the error stream, and gives the exit back.
    pub fn refuse(&self, text: impl Into<crate::i18n::Text>, exit: Exit) -> Exit {
        terminal::problem(&text.into().say(self.lang));
        exit
    }
}

/// Reads the arguments and runs the command they name.
pub fn run() -> ExitCode {
    log::hide_panics();
    log::forbid_core_dumps();
    start(std::env::args_os().collect()).into()
}

fn start(arguments: Vec<OsString>) -> Exit {
    // No person's command: the program starts itself with it, for a token's module.
    if arguments.get(1).is_some_and(|word| word == module::COMMAND) {
        let served = arguments.get(2).and_then(|path| pkcs11::serve(path.as_ref()));
        return if served.is_some() { Exit::Ok } else { Exit::Usage };
    }
    let lang = words::language(&arguments, &paths::environment);
    let mut command = words::translated(Arguments::command(), lang);
    let known: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let arguments = with_default(arguments, &known);
    let parsed =
        command.try_get_matches_from_mut(arguments).and_then(|matches| Arguments::from_arg_matches(&matches));
    let parsed = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return words::usage(lang, &error),
    };
    let usual = paths::settings(&paths::environment);
    // `setup` writes the file that it is given: it need not be there yet.
    let named = parsed.common.config.as_deref();
    let named = named.filter(|file| file.exists() || !matches!(parsed.command, Command::Setup(_)));
    let usual = if named.is_none() && parsed.common.config.is_some() { vec![] } else { usual };
    let config = match Config::load(named, &usual) {
        Ok(config) => config,
        Err(error) => {
            terminal::problem(&format!("{}\n{error}", tr(lang, Msg::FaultConfigUnreadable)));
            return Exit::Config;
        }
    };
    let settings = parsed.common.config.unwrap_or_else(|| paths::settings_file(usual));
    let world = World {
        lang,
        lang_named: parsed.common.lang.is_some(),
        config,
        settings,
        data: parsed.common.data,
        clock: Clock::system(),
    };
    parsed.command.run(&world)
}

/// `tereze` and `tereze --practice` mean the kiosk; asking for help or the version does not.
fn with_default(mut arguments: Vec<OsString>, known: &[String]) -> Vec<OsString> {
    let says = |word: &OsString| {
        word.to_str().is_some_and(|w| {
            known.iter().any(|k| k == w) || matches!(w, "-h" | "--help" | "-V" | "--version" | "help")
        })
    };
    let rest = arguments.get(1..).unwrap_or_default();
    let bare = rest.first().is_none_or(|first| first.to_string_lossy().starts_with('-'));
    if bare && known.iter().any(|k| k == DEFAULT_COMMAND) && !rest.iter().any(says) {
        let at = arguments.len().min(1);
        arguments.insert(at, DEFAULT_COMMAND.into());
    }
    arguments
}

/// The mechanisms that the settings name, else TC26's.
fn gost(cards: &crate::config::Cards) -> module::Gost {
    let named = |g: crate::config::Gost| module::Gost { short: g.short, long: g.long, digest: g.digest };
    cards.gost.map_or_else(module::Gost::default, named)
}

fn lang(text: &str) -> Result<Lang, String> {
    Lang::from_tag(text).ok_or_else(|| "kk, ru, en".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_option_has_words() {
        let command = Arguments::command();
        assert!(words::missing(&command).is_empty(), "{:?}", words::missing(&command));
        for lang in Lang::ALL {
            words::translated(Arguments::command(), lang).debug_assert();
        }
    }

    #[test]
    fn no_command_means_the_kiosk() {
        let known = ["kiosk".to_owned(), "sign".to_owned()];
        let given = |words: &[&str]| {
            let words = words.iter().map(|w| OsString::from(*w)).collect();
            let out = with_default(words, &known);
            out.iter().map(|w| w.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(given(&["tereze"]), "tereze kiosk");
        assert_eq!(given(&["tereze", "--practice"]), "tereze kiosk --practice");
        assert_eq!(given(&["tereze", "--lang", "ru", "sign", "f"]), "tereze --lang ru sign f");
        assert_eq!(given(&["tereze", "--help"]), "tereze --help");
        assert_eq!(given(&["tereze", "sing"]), "tereze sing");
    }
}
