//! `tereze trust add FILE`, `tereze trust list`, `tereze trust remove NAME`: the authorities whose
//! certificates are believed on this machine. The administrator brings the file; what this program knows
//! of it is a fingerprint, or what the administrator read on the authority's own paper.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::portal::CITIZENS;
use super::{Exit, World, owner, terminal, words};
use crate::clock::Moment;
use crate::domain::Digest;
use crate::fault::Coded as _;
use crate::i18n::{Msg, Text, format, tr};
use crate::sign::certificate::{Certificate, MAX_CERTIFICATE, NotACertificate};
use crate::sign::trust::{CITIZEN, Known, Trust, TrustError, known};
use crate::store::disk;

/// Bytes of a file of authorities.
const MAX_FILE: u64 = 256 * MAX_CERTIFICATE as u64;
/// Begins the line above a certificate whose fingerprint was compared: the time and the fingerprint.
const CONFIRMED: &str = "confirmed: ";

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(value_name = "add|list|remove", value_parser = ["add", "list", "remove"])]
    action: String,
    #[arg(value_name = "FILE", required_if_eq_any([("action", "add"), ("action", "remove")]))]
    file: Option<PathBuf>,
    #[arg(long, value_name = "HEX", value_parser = fingerprint)]
    sha256: Vec<Digest>,
}

/// As authorities print them: in any case, with colons, hyphens or spaces between.
fn fingerprint(text: &str) -> Result<Digest, &'static str> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, ':' | '-')).collect();
    Digest::parse(&plain.to_lowercase()).ok_or("64 hex digits")
}

pub fn run(arguments: Arguments, world: &World) -> Exit {
    let folder = match world.folder() {
        Ok(folder) => folder.join(CITIZENS),
        Err(error) => return world.fault(&error, Exit::Config),
    };
    let done = match (arguments.action.as_str(), &arguments.file) {
        ("add", Some(file)) => add(file, &arguments.sha256, &folder, world),
        ("remove", Some(named)) => remove(named, &folder, world),
        _ => list(&folder, world),
    };
    done.err().unwrap_or(Exit::Ok)
}

/// Each of the file's authorities, in a file named by its fingerprint; what is none is told. Nothing at
/// all where a fingerprint that was given is none of theirs.
fn add(file: &Path, confirmed: &[Digest], folder: &Path, world: &World) -> Result<(), Exit> {
    let bytes = read(file, world)?;
    let found = Certificate::each_of_file(&bytes).filter(|found| !found.is_empty());
    let found = found.ok_or(NotACertificate).map_err(|e| world.fault(&e, Exit::NoInput))?;
    let authorities: Vec<&Certificate> = found.iter().flatten().filter(|c| c.is_authority()).collect();
    let is_theirs = |print: &&Digest| authorities.iter().any(|a| Digest::of(a.der()) == **print);
    if let Some(strange) = confirmed.iter().find(|print| !is_theirs(print)) {
        authorities.iter().for_each(|authority| say(authority, None, world));
        let text = Text::new(Msg::CliTrustOther).with("print", strange.to_string());
        return Err(world.refuse(text, Exit::NoInput));
    }
    let done = if authorities.len() == found.len() { Ok(()) } else { Err(Exit::NoInput) };
    let mut again: Vec<OsString> = ["--lang", world.lang.tag(), "trust", "add", "-"].map(Into::into).into();
    for one in confirmed {
        again.extend(["--sha256".into(), one.to_string().into()]);
    }
    // The owner may not read the administrator's file.
    match as_owner(folder.parent().unwrap_or(folder), &again, &[&bytes], world) {
        Ok(false) => {}
        Ok(true) => return done,
        Err(exit) => return done.and(Err(exit)),
    }
    for other in &found {
        match other {
            Ok(certificate) if certificate.is_authority() => continue,
            Ok(certificate) => {
                terminal::problem(&certificate.title());
                world.fault(&TrustError::NotAnAuthority, Exit::NoInput)
            }
            Err(error) => world.fault(error, Exit::NoInput),
        };
    }
    disk::make_folder(folder).map_err(|e| world.fault(&e, Exit::CannotWrite))?;
    for authority in &authorities {
        let print = Digest::of(authority.der());
        let place = folder.join(format!("{print}.pem"));
        // What was confirmed once stays so.
        let before = disk::read(&place, MAX_FILE).ok().flatten().and_then(|b| confirmation(&b, print));
        let at = match confirmed.contains(&print) {
            true => before.or(Some(world.clock.now().wall)),
            false => before,
        };
        let line = at.map(|at| format!("{CONFIRMED}{} {print}\n", at.rfc3339())).unwrap_or_default();
        disk::write_atomic(&place, format!("{line}{}", authority.to_pem()).as_bytes())
            .map_err(|e| world.fault(&e, Exit::CannotWrite))?;
        terminal::say(&tr(world.lang, Msg::CliTrustAdded));
        say(authority, at, world);
    }
    done
}

/// Whether the data's owner has done it: with this input, or it failed.
fn as_owner(data: &Path, again: &[OsString], input: &[&[u8]], world: &World) -> Result<bool, Exit> {
    match owner::let_owner(data, again, input) {
        Ok(None) => Ok(false),
        Ok(Some(true)) => Ok(true),
        Ok(Some(false)) => Err(Exit::CannotWrite),
        Err(error) => Err(world.refuse_io(&error, Exit::CannotWrite)),
    }
}

/// When an administrator compared this fingerprint, by the file that [`add`] wrote.
fn confirmation(file: &[u8], print: Digest) -> Option<Moment> {
    let text = String::from_utf8_lossy(file);
    let mut lines = text.lines().filter_map(|line| line.strip_prefix(CONFIRMED)?.split_once(' '));
    let (at, _) = lines.find(|(_, of)| Digest::parse(of) == Some(print))?;
    Moment::parse_rfc3339(at)
}

fn list(folder: &Path, world: &World) -> Result<(), Exit> {
    let mut trust = Trust::new();
    let mut confirmed = Vec::new();
    for file in installed(folder).iter().chain(&world.config.authorities) {
        let bytes = read(file, world)?;
        match trust.load(CITIZEN, &bytes) {
            Ok(_) => confirmed.push(bytes),
            Err(error) => {
                terminal::problem(&format!("{}: {}", file.display(), words::fault(world.lang, error.code())));
            }
        }
    }
    if trust.is_empty() {
        terminal::say(&tr(world.lang, Msg::CliTrustNone));
    }
    for (_, authority) in trust.authorities() {
        let print = Digest::of(authority.der());
        say(authority, confirmed.iter().find_map(|bytes| confirmation(bytes, print)), world);
    }
    Ok(())
}

/// The one that has this fingerprint, this name, or is in this file.
fn remove(named: &Path, folder: &Path, world: &World) -> Result<(), Exit> {
    let text = named.to_string_lossy();
    let print = fingerprint(&text).ok();
    let given = match print {
        None if named.is_file() => Certificate::each_of_file(&read(named, world)?).unwrap_or_default(),
        _ => Vec::new(),
    };
    let given: Vec<Certificate> = given.into_iter().flatten().collect();
    let fits = |a: &Certificate| {
        given.contains(a)
            || print.is_some_and(|p| p == Digest::of(a.der()))
            || a.title().to_lowercase() == text.to_lowercase()
    };
    let mut found: Vec<(PathBuf, Certificate)> = Vec::new();
    for file in installed(folder) {
        let all = Certificate::each_of_file(&read(&file, world)?).unwrap_or_default();
        found.extend(all.into_iter().flatten().filter(fits).map(|a| (file.clone(), a)));
    }
    let (place, authority) = match found.as_slice() {
        [] => {
            let text = Text::new(Msg::CliTrustNotThere).with("name", text.into_owned());
            return Err(world.refuse(text, Exit::NoInput));
        }
        [only] => only,
        several => {
            several.iter().for_each(|(_, authority)| say(authority, None, world));
            return Err(world.refuse(Msg::CliTrustSeveral, Exit::NoInput));
        }
    };
    let print = Digest::of(authority.der()).to_string();
    let again = ["--lang", world.lang.tag(), "trust", "remove", &print].map(OsString::from);
    if as_owner(folder.parent().unwrap_or(folder), &again, &[], world)? {
        return Ok(());
    }
    disk::remove(place).map_err(|e| world.fault(&e, Exit::CannotWrite))?;
    terminal::say(&tr(world.lang, Msg::CliTrustRemoved));
    terminal::say(&authority.title());
    terminal::say(&format!("  {}: {print}", tr(world.lang, Msg::CliTrustFingerprint)));
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

/// `confirmed`: when an administrator compared its fingerprint.
fn say(authority: &Certificate, confirmed: Option<Moment>, world: &World) {
    let day = |at: Moment| format::date(world.lang, at.legal_date());
    terminal::say(&authority.title());
    for (label, value) in [
        (Msg::CliTrustFingerprint, Digest::of(authority.der()).to_string()),
        (Msg::CliVerifyTerm, format!("{} – {}", day(authority.not_before()), day(authority.not_after()))),
    ] {
        terminal::say(&format!("  {}: {value}", tr(world.lang, label)));
    }
    if let Some(at) = confirmed {
        let text = Text::new(Msg::CliTrustConfirmed).with("date", day(at));
        terminal::say(&format!("  {}", text.say(world.lang)));
    }
    let notice = |msg: Msg| terminal::problem(&format!("  ! {}", tr(world.lang, msg)));
    let now = world.clock.now().wall;
    if authority.not_after() < now {
        notice(Msg::CliTrustOver);
    } else if now < authority.not_before() {
        notice(Msg::CliTrustEarly);
    }
    match known(authority) {
        Some(Known::National) => terminal::say(&format!("  {}", tr(world.lang, Msg::CliTrustKnown))),
        Some(Known::Test) => notice(Msg::CliTrustTest),
        None if confirmed.is_some() => {}
        None => notice(Msg::CliTrustStranger),
    }
}

fn read(path: &Path, world: &World) -> Result<zeroize::Zeroizing<Vec<u8>>, Exit> {
    terminal::read(path, MAX_FILE).map_err(|error| {
        let text = Text::new(Msg::CliUnreadable)
            .with("file", path.display().to_string())
            .with("why", words::io(world.lang, &error));
        world.refuse(text, Exit::NoInput)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_it_is_printed() {
        let print = Digest::of(b"x");
        let hex = print.to_string();
        let pairs: Vec<&str> = (0..32).map(|i| &hex[2 * i..2 * i + 2]).collect();
        for text in [&hex, &hex.to_uppercase(), &pairs.join(":"), &pairs.join(" "), &pairs.join("-")] {
            assert_eq!(fingerprint(text), Ok(print), "{text}");
        }
        assert_eq!(fingerprint(&format!("\u{a0}{}\n", pairs.join("\u{a0}").to_uppercase())), Ok(print));
        for bad in ["", &hex[1..], &format!("{hex}0"), &hex.replace(char::is_numeric, "g")] {
            assert!(fingerprint(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_confirmation_is_of_one_certificate() {
        let (one, two) = (Digest::of(b"1"), Digest::of(b"2"));
        let file = format!("{CONFIRMED}2026-11-22T09:05:00Z {one}\n-----BEGIN");
        assert_eq!(confirmation(file.as_bytes(), one), Moment::parse_rfc3339("2026-11-22T09:05:00Z"));
        assert_eq!(confirmation(file.as_bytes(), two), None);
        assert_eq!(confirmation(b"confirmed: today\n", one), None);
    }
}
