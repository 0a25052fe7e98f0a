//! The command line's words: help and usage in three languages, by message ids that follow from
//! the names of commands and options (`cli-sign`, `cli-sign-out`).

use std::ffi::OsString;

use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, ArgAction, Command};

use super::{Exit, terminal};
use crate::fault::Code;
use crate::i18n::{Lang, Msg, Text, tr};
use crate::paths::Variable;

/// `--lang`, else LC_ALL, LC_MESSAGES, LANG; Kazakh where none names one of the three.
/// Read before parsing, because the parser's own complaints are in that language too.
pub fn language(arguments: &[OsString], variable: Variable) -> Lang {
    let mut words = arguments.iter().filter_map(|a| a.to_str());
    while let Some(word) = words.next() {
        let value = if word == "--lang" { words.next() } else { word.strip_prefix("--lang=") };
        if let Some(lang) = value.and_then(Lang::from_tag) {
            return lang;
        }
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(variable)
        .find(|v| !v.is_empty())
        .unwrap_or_default();
    let locale = locale.to_string_lossy();
    Lang::from_tag(locale.split(['_', '.', '@']).next().unwrap_or_default()).unwrap_or_default()
}

/// Why a file could not be read or written; the system's own words for what is rare.
pub fn io(lang: Lang, error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    let msg = match error.kind() {
        ErrorKind::NotFound => Msg::CliIoNotFound,
        ErrorKind::PermissionDenied => Msg::CliIoDenied,
        ErrorKind::IsADirectory => Msg::CliIoFolder,
        ErrorKind::FileTooLarge => Msg::CliIoTooLarge,
        ErrorKind::AlreadyExists => Msg::CliIoExists,
        ErrorKind::StorageFull => Msg::CliIoFull,
        _ => return error.to_string(),
    };
    tr(lang, msg)
}

/// A fault's words and what to do.
pub fn fault(lang: Lang, code: Code) -> String {
    let say = |id: String| Msg::from_id(&id).map(|m| tr(lang, m)).unwrap_or_default();
    format!("{}. {}", say(code.message_id()), say(code.remedy_id()))
}

fn message(id: &str) -> Option<Msg> {
    Msg::from_id(id)
}

/// `cli-sign-last-try`, or `cli-lang` for what every command takes.
fn option_id(command: &str, option: &Arg) -> String {
    let name = option.get_id().as_str().replace('_', "-");
    if is_common(&name) { format!("cli-{name}") } else { format!("cli-{command}-{name}") }
}

fn is_common(name: &str) -> bool {
    matches!(name, "data" | "config" | "lang" | "help" | "version")
}

/// The parser with its help in this language.
pub fn translated(command: Command, lang: Lang) -> Command {
    let about = message("cli-tereze").map(|m| tr(lang, m)).unwrap_or_default();
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).global(true);
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    let command = command
        .about(about)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .arg(help)
        .arg(version)
        .subcommand_value_name(tr(lang, Msg::CliWordCommand))
        .subcommand_help_heading(tr(lang, Msg::CliHeadCommands));
    let command = one(command, "tereze", lang);
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name.clone(), |sub| {
            let about = message(&format!("cli-{name}")).map(|m| tr(lang, m)).unwrap_or_default();
            one(sub.about(about).disable_help_flag(true).disable_version_flag(true), &name, lang)
        })
    })
}

fn one(command: Command, name: &str, lang: Lang) -> Command {
    let usage = tr(lang, Msg::CliHeadUsage);
    let mut place = 0;
    command.help_template(format!("{{about-with-newline}}\n{usage} {{usage}}\n\n{{all-args}}\n")).mut_args(
        move |argument| {
            let id = option_id(name, &argument);
            let heading = if argument.is_positional() { Msg::CliHeadArguments } else { Msg::CliHeadOptions };
            let words = message(&id).map(|m| tr(lang, m)).unwrap_or_default();
            let valued = argument.get_action().takes_values();
            // What every command takes stands last.
            place += 1;
            let last = if is_common(argument.get_id().as_str()) { 1000 } else { 0 };
            let argument = argument.help(words).help_heading(tr(lang, heading)).display_order(place + last);
            if valued { argument.hide_possible_values(true).hide_default_value(true) } else { argument }
        },
    )
}

/// Message ids that help would need and the locales lack.
#[cfg(test)]
pub fn missing(command: &Command) -> Vec<String> {
    let mut ids: Vec<String> = ["tereze", "help", "version"].iter().map(|n| format!("cli-{n}")).collect();
    ids.extend(command.get_arguments().map(|a| option_id("tereze", a)));
    for sub in command.get_subcommands() {
        ids.push(format!("cli-{}", sub.get_name()));
        ids.extend(sub.get_arguments().map(|a| option_id(sub.get_name(), a)));
    }
    ids.retain(|id| message(id).is_none());
    ids
}

/// Help and version go to the standard output; what was not understood is said in words.
pub fn usage(lang: Lang, error: &clap::Error) -> Exit {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // clap's one word that it does not let be set.
        let options = format!("[{}]", tr(lang, Msg::CliWordOptions));
        terminal::say(error.render().to_string().replace("[OPTIONS]", &options).trim_end());
        return Exit::Ok;
    }
    let what = |kind| error.get(kind).map(|v| v.to_string()).unwrap_or_default();
    let word = what(ContextKind::InvalidArg);
    let text = match error.kind() {
        ErrorKind::UnknownArgument => Text::new(Msg::CliUnknownOption).with("word", word),
        ErrorKind::InvalidSubcommand => {
            Text::new(Msg::CliUnknownCommand).with("word", what(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Text::new(Msg::CliNoCommand)
        }
        ErrorKind::MissingRequiredArgument => Text::new(Msg::CliMissing).with("word", word),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::NoEquals => {
            let value = what(ContextKind::InvalidValue);
            Text::new(Msg::CliBadValue).with("word", word).with("value", value)
        }
        ErrorKind::ArgumentConflict => Text::new(Msg::CliConflict).with("word", word),
        _ => Text::new(Msg::CliNotUnderstood),
    };
    terminal::problem(&format!("{}\n{}", text.say(lang), tr(lang, Msg::CliTryHelp)));
    Exit::Usage
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_named_or_the_environments_or_kazakh() {
        let none = |_: &str| None;
        let russian = |name: &str| (name == "LANG").then(|| OsString::from("ru_KZ.UTF-8"));
        let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(language(&words("tereze sign f"), &none), Lang::Kk);
        assert_eq!(language(&words("tereze sign f"), &russian), Lang::Ru);
        assert_eq!(language(&words("tereze --lang en sign f"), &russian), Lang::En);
        assert_eq!(language(&words("tereze sign --lang=kk"), &russian), Lang::Kk);
        assert_eq!(language(&[], &|n: &str| (n == "LC_ALL").then(|| OsString::from("C"))), Lang::Kk);
    }
}
