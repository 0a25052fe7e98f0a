//! `tereze trust add FILE`, `tereze trust list`: the authorities whose certificates are believed on
//! this machine. The administrator brings the file; what this program knows of it is a fingerprint.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::portal::CITIZENS;
use super::{Exit, World, owner, terminal, words};
use crate::domain::Digest;
use crate::fault::Coded as _;
use crate::i18n::{Msg, Text, format, tr};
use crate::sign::certificate::{Certificate, MAX_CERTIFICATE};
use crate::sign::trust::{CITIZEN, Known, Trust, known};
use crate::store::disk;

/// Bytes of a file of authorities.
const MAX_FILE: u64 = 256 * MAX_CERTIFICATE as u64;

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(value_name = "add|list", value_parser = ["add", "list"])]
    action: String,
    #[arg(value_name = "FILE", required_if_eq("action", "add"))]
    file: Option<PathBuf>,
}

pub fn run(arguments: Arguments, world: &World) -> Exit {
    let folder = match world.folder() {
        Ok(folder) => folder.join(CITIZENS),
        Err(error) => return world.fault(&error, Exit::Config),
    };
    let done = match &arguments.file {
        Some(file) if arguments.action == "add" => add(file, &folder, world),
        _ => list(&folder, world),
    };
    done.err().unwrap_or(Exit::Ok)
}

/// All of the file's certificates or none, each in a file named by its fingerprint.
fn add(file: &Path, folder: &Path, world: &World) -> Result<(), Exit> {
    let mut trust = Trust::new();
    let bytes = read(file, world)?;
    trust.load(CITIZEN, &bytes).map_err(|e| world.fault(&e, Exit::NoInput))?;
    let data = folder.parent().unwrap_or(folder);
    let again = ["--lang", world.lang.tag(), "trust", "add", "-"].map(OsString::from);
    // The owner may not read the administrator's file.
    match owner::let_owner(data, &again, &[&bytes]) {
        Ok(None) => {}
        Ok(Some(true)) => return Ok(()),
        Ok(Some(false)) => return Err(Exit::CannotWrite),
        Err(error) => return Err(world.refuse_io(&error, Exit::CannotWrite)),
    }
    disk::make_folder(folder).map_err(|e| world.fault(&e, Exit::CannotWrite))?;
    for (_, authority) in trust.authorities() {
        let place = folder.join(format!("{}.pem", Digest::of(authority.der())));
        disk::write_atomic(&place, authority.to_pem().as_bytes())
            .map_err(|e| world.fault(&e, Exit::CannotWrite))?;
        terminal::say(&tr(world.lang, Msg::CliTrustAdded));
        say(authority, world);
    }
    Ok(())
}

fn list(folder: &Path, world: &World) -> Result<(), Exit> {
    let mut trust = Trust::new();
    for file in installed(folder).iter().chain(&world.config.authorities) {
        let bytes = read(file, world)?;
        if let Err(error) = trust.load(CITIZEN, &bytes) {
            terminal::problem(&format!("{}: {}", file.display(), words::fault(world.lang, error.code())));
        }
    }
    if trust.is_empty() {
        terminal::say(&tr(world.lang, Msg::CliTrustNone));
    }
    trust.authorities().for_each(|(_, authority)| say(authority, world));
    Ok(())
}

/// The files that `add` wrote; none where nothing was added yet.
pub fn installed(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> =
        entries.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.is_file()).collect();
    files.sort();
    files
}

fn say(authority: &Certificate, world: &World) {
    let day = |at: crate::clock::Moment| format::date(world.lang, at.legal_date());
    terminal::say(&authority.title());
    for (label, value) in [
        (Msg::CliTrustFingerprint, Digest::of(authority.der()).to_string()),
        (Msg::CliVerifyTerm, format!("{} – {}", day(authority.not_before()), day(authority.not_after()))),
    ] {
        terminal::say(&format!("  {}: {value}", tr(world.lang, label)));
    }
    let notice = match known(authority) {
        Some(Known::National) => return terminal::say(&format!("  {}", tr(world.lang, Msg::CliTrustKnown))),
        Some(Known::Test) => Msg::CliTrustTest,
        None => Msg::CliTrustStranger,
    };
    terminal::problem(&format!("  ! {}", Text::new(notice).say(world.lang)));
}

fn read(path: &Path, world: &World) -> Result<zeroize::Zeroizing<Vec<u8>>, Exit> {
    terminal::read(path, MAX_FILE).map_err(|error| {
        let text = Text::new(Msg::CliUnreadable)
            .with("file", path.display().to_string())
            .with("why", words::io(world.lang, &error));
        world.refuse(text, Exit::NoInput)
    })
}
