//! `tereze portal letter NUMBER --out FILE.p7m`, `tereze portal letters --out DIR`: signed letters out of the
//! registry, with what proves them. Nobody is asked for anything over a line.

use std::path::{Path, PathBuf};

use super::Stop;
use crate::cli::{Exit, World, terminal, words};
use crate::i18n::{Msg, Text, format};
use crate::server::registry::{Letter, Registry};
use crate::store::disk;

/// What is wanted.
pub struct Wanted<'a> {
    /// `None`: all letters, each into a file of the folder `out`.
    pub number: Option<&'a str>,
    pub out: Option<&'a Path>,
    /// Whether a file that is there may be written over.
    pub replace: bool,
}

pub async fn hand_over(wanted: &Wanted<'_>, data: &Path, world: &World) -> Result<(), Stop> {
    let registry = Registry::open(data, &world.clock).await?;
    let done = match wanted.number {
        Some(number) => one(&registry, number, wanted, world).await,
        None => all(&registry, wanted, world).await,
    };
    registry.close().await;
    done
}

async fn one(registry: &Registry, number: &str, wanted: &Wanted<'_>, world: &World) -> Result<(), Stop> {
    let Some(letter) = registry.letter(number.trim()).await? else {
        let text = Text::new(Msg::PortalLetterNone).with("number", number);
        return Err(Stop::Said(text, Exit::NoInput));
    };
    let out = wanted.out.map_or_else(|| PathBuf::from(name(&letter)), Path::to_owned);
    write(&letter, &out, wanted.replace, world)
}

/// A folder that has some already gets the others: an archive is added to.
async fn all(registry: &Registry, wanted: &Wanted<'_>, world: &World) -> Result<(), Stop> {
    let folder = wanted.out.unwrap_or(Path::new("."));
    disk::make_folder(folder)?;
    let mut written = 0i64;
    for number in registry.numbers().await? {
        let Some(letter) = registry.letter(&number).await? else { continue };
        let out = folder.join(name(&letter));
        if wanted.replace || !disk::exists(&out) {
            write(&letter, &out, wanted.replace, world)?;
            written += 1;
        }
    }
    terminal::say(&Text::new(Msg::PortalLettersWritten).with("n", written).say(world.lang));
    Ok(())
}

fn name(letter: &Letter) -> String {
    format!("{}.p7m", letter.held.number)
}

/// The attachments first: where the letter stands, all of it does.
fn write(letter: &Letter, out: &Path, replace: bool, world: &World) -> Result<(), Stop> {
    let attached = letter.attachments.iter().enumerate().map(|(n, (name, bytes))| {
        let stem = out.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        (out.with_file_name(format!("{stem}-{}.{}", n + 1, ending(name))), bytes)
    });
    let files: Vec<_> = attached.chain([(out.to_owned(), &letter.file)]).collect();
    if let Some((there, _)) = files.iter().find(|(path, _)| !replace && path.symlink_metadata().is_ok()) {
        return Err(unwritable(there, &std::io::ErrorKind::AlreadyExists.into(), world));
    }
    for (path, bytes) in files {
        if replace {
            disk::write_atomic(&path, bytes)?;
        } else {
            terminal::write_new(&path, bytes).map_err(|error| unwritable(&path, &error, world))?;
        }
    }
    let at = |at| format::date_time(world.lang, at);
    let proof = &letter.proof;
    let file = out.display().to_string();
    let number = letter.held.number.as_str();
    let proven = proof.stamped.filter(|_| proof.stamp.is_some());
    let lines = [
        Text::new(Msg::PortalLetterWritten).with("number", number).with("file", file),
        Text::new(Msg::PortalLetterRegistered).with("at", at(letter.held.registered)),
        match proven {
            Some(time) => {
                Text::new(Msg::PortalTimeProven).with("at", at(time)).with("by", proof.authority.as_str())
            }
            None => Msg::PortalLetterUnproven.into(),
        },
        match (proof.doubt, proof.whole) {
            (true, _) => Msg::PortalSignatureDoubt.into(),
            (_, true) => Msg::PortalLetterWhole.into(),
            _ => Msg::PortalLetterNotWhole.into(),
        },
    ];
    for (n, line) in lines.into_iter().enumerate() {
        terminal::say(&format!("{}{}", if n == 0 { "" } else { "  " }, line.say(world.lang)));
    }
    Ok(())
}

/// A visitor named the file: of her name the ending alone is kept, and only where it is one.
fn ending(name: &str) -> String {
    let found = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    let fits = |end: &String| (1..=5).contains(&end.len()) && end.bytes().all(|b| b.is_ascii_alphanumeric());
    found.filter(fits).unwrap_or_else(|| "bin".to_owned())
}

fn unwritable(path: &Path, error: &std::io::Error, world: &World) -> Stop {
    let text = Text::new(Msg::CliUnwritable).with("file", path.display().to_string());
    Stop::Said(text.with("why", words::io(world.lang, error)), Exit::CannotWrite)
}
