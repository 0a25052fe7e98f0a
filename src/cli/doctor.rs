//! `tereze doctor`: everything that must work, and what to do about what does not. A kiosk that runs is asked; else
//! this command looks by itself. Exit 0 all is well, 1 something does not work, 2 something should be looked at or
//! could not be checked.

use std::path::Path;
use std::sync::Arc;

use super::{Exit, World, joined, owner, terminal};
use crate::config;
use crate::desk::report::{Health, Report, What};
use crate::desk::{self, Helped, Parts, Settings, Setup, StaffPin};
use crate::env::real;
use crate::fault::Coded as _;
use crate::i18n::{Lang, Msg, tr};
use crate::practice;
use crate::print::printer::Printer;

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: Arguments, world: &World) -> Exit {
    if let Ok(folder) = world.folder()
        && let Err(error) = owner::become_owner(&folder)
    {
        return world.refuse_io(&error, Exit::Software);
    }
    let settings = settings(world, world.config.mode == Some(config::Setup::Practice));
    let answer = settings.data.as_deref().and_then(desk::ask);
    // Practice keeps no folder, and so has nowhere to be asked.
    let running = settings.data.as_ref().map(|_| answer.is_some());
    let report = match answer {
        Some(report) => report,
        None => {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
            let Ok(runtime) = runtime else { return Exit::Software };
            runtime.block_on(async { desk::examine(&settings, &parts(world, settings.mode).await).await })
        }
    };
    if arguments.json {
        terminal::say(&json(&report, running, world.lang));
    } else {
        if let Some(running) = running {
            let says = if running { Msg::DoctorRunning } else { Msg::DoctorNotRunning };
            terminal::say(&tr(world.lang, says));
        }
        tell(&report, world.lang);
    }
    match report.state() {
        Health::Ok => Exit::Ok,
        Health::Fault => Exit::NotValid,
        Health::Warning | Health::NotChecked => Exit::CouldNotCheck,
    }
}

/// What the desk knows of this machine's settings.
pub fn settings(world: &World, practice: bool) -> Settings {
    let (clock, printer) = (world.clock.clone(), world.config.kiosk.printer.as_deref());
    let printer = printer.map(|uri| Printer::new(uri).map_err(|e| e.code()));
    if practice {
        return Settings { printer, ..practice::desk(clock) };
    }
    let mode = match world.config.mode {
        Some(config::Setup::Portal) => Setup::Portal,
        _ => Setup::NotSetUp,
    };
    // Without a folder there is no PIN, and nobody gets in.
    let data = world.folder().ok();
    let folder = data.as_deref().unwrap_or(Path::new("/nonexistent"));
    let pin = StaffPin::in_folder(folder, clock.clone());
    let helped = Helped::in_folder(folder, clock.clone());
    let modules = world.config.cards.pkcs11.clone();
    Settings { mode, data, printer, modules, clock, pin, helped }
}

/// What this command can see where no kiosk runs.
async fn parts(world: &World, mode: Setup) -> Parts {
    if mode != Setup::Portal {
        return Parts::default();
    }
    let looked = match joined::portalled(world) {
        Ok(portalled) => real::look(&portalled, &world.clock).await.map_err(|e| e.code()),
        Err(code) => Err(code),
    };
    match looked {
        Ok((held, portal)) => Parts { portal: Some((Arc::new(portal), held)), ..Parts::default() },
        Err(code) => Parts { trouble: Some(code), ..Parts::default() },
    }
}

fn mark(state: Health) -> char {
    match state {
        Health::Ok => '✓',
        Health::Warning => '!',
        Health::NotChecked => '?',
        Health::Fault => '✗',
    }
}

fn tell(report: &Report, lang: Lang) {
    for finding in &report.findings {
        let name = tr(lang, finding.what.name());
        let facts = finding.facts(lang);
        let more = if facts.is_empty() { facts } else { format!(" ({facts})") };
        terminal::say(&format!("{} {name}: {}{more}", mark(finding.state), tr(lang, finding.state.words())));
        if let Some((says, remedy)) = finding.words() {
            terminal::say(&format!("    {}. {}", tr(lang, says), tr(lang, remedy)));
        }
        if finding.what == What::Outbox {
            let open = report.letters.iter().filter(|letter| letter.code.is_some());
            for letter in open {
                let time = crate::i18n::format::date_time(lang, letter.stored);
                terminal::say(&format!("    – {time}  {}", letter.says(lang)));
                if let Some((says, remedy)) = letter.words() {
                    terminal::say(&format!("      {}. {}", tr(lang, says), tr(lang, remedy)));
                }
            }
        }
    }
}

/// The report with its words in one language beside the codes, which are the same in all: docs/doctor.md.
fn json(report: &Report, running: Option<bool>, lang: Lang) -> String {
    let mut value = serde_json::to_value(report).unwrap_or_default();
    let words = |words: Option<(Msg, Msg)>| words.map(|(says, remedy)| (tr(lang, says), tr(lang, remedy)));
    let findings = report.findings.iter().map(|f| words(f.words()));
    let letters = report.letters.iter().map(|l| words(l.words()));
    for (list, words) in [("findings", findings.collect::<Vec<_>>()), ("letters", letters.collect())] {
        for (entry, words) in value[list].as_array_mut().into_iter().flatten().zip(words) {
            if let Some((says, remedy)) = words {
                entry["says"] = says.into();
                entry["remedy"] = remedy.into();
            }
        }
    }
    if let Some(running) = running {
        value["running"] = running.into();
    }
    value["state"] = serde_json::to_value(report.state()).unwrap_or_default();
    serde_json::to_string_pretty(&value).unwrap_or_default()
}
