//! Signing with a key file (PKCS#12).

use std::path::Path;

use super::{Arguments, owner, practice, refuse};
use crate::cli::{Exit, World, terminal};
use crate::clock::Reading;
use crate::i18n::{Lang, Msg, format, tr};
use crate::sign::cades::Builder;
use crate::sign::keyfile::{self, Entry, KeyFileError, LONGEST_PASSWORD, MAX_KEY_FILE};

/// Opens the key file, signs, and lets go of the key. Returns the CMS file in DER.
pub fn sign(
    path: &Path,
    arguments: &Arguments,
    document: &[u8],
    now: Reading,
    world: &World,
) -> Result<Vec<u8>, Exit> {
    let unreadable = |error| refuse(world, Msg::CliUnreadable, path, &error, Exit::NoInput);
    let file = terminal::read(path, MAX_KEY_FILE as u64).map_err(unreadable)?;
    if !keyfile::looks_like_one(&file) {
        return Err(world.fault(&KeyFileError::NotAKeyFile, Exit::NoInput));
    }
    let Ok(Some(password)) = terminal::secret(&tr(world.lang, Msg::CliSignPassword), LONGEST_PASSWORD) else {
        return Err(world.refuse(Msg::CliSignNoPassword, Exit::NoPermission));
    };
    // Whoever has no patience ends the command.
    let entries = keyfile::open(&file, password, &|| Ok(())).map_err(|error| refused(world, error))?;
    let entry = choose(&entries, arguments.alias.as_deref(), now, world)?;
    entry.may_sign(now).map_err(|error| refused(world, error))?;
    if entry.certificate.practice() {
        practice(world);
    }
    owner(world, Msg::CliSignKeyOwner, &entry.certificate.owner(), entry.certificate.not_after());
    let mut builder = Builder::new(entry.certificate.der(), document, now.wall)
        .map_err(|error| world.fault(&error, Exit::Unavailable))?;
    if !arguments.attached {
        builder = builder.detached();
    }
    for above in entry.authorities() {
        builder = builder.with_intermediate(above.clone());
    }
    let prepared = builder.prepare().map_err(|error| world.fault(&error, Exit::Unavailable))?;
    prepared.sign_with(&entry.key).map_err(|error| world.fault(&error, Exit::Software))
}

/// The key that is named; else the only one that may sign, or the only one at all.
fn choose<'a>(
    entries: &'a [Entry],
    named: Option<&str>,
    now: Reading,
    world: &World,
) -> Result<&'a Entry, Exit> {
    let Some(named) = named else {
        let mut able = entries.iter().filter(|e| e.may_sign(now).is_ok());
        return match (able.next(), able.next(), entries) {
            (Some(one), None, _) | (None, _, [one]) => Ok(one),
            _ => Err(several(world, Msg::CliSignSeveralKeys, entries, Exit::Usage)),
        };
    };
    let number = named.parse::<usize>().ok().and_then(|n| entries.get(n.checked_sub(1)?));
    let mut bearing = entries.iter().filter(|e| e.alias.as_deref() == Some(named));
    match (bearing.next(), bearing.next(), number) {
        (Some(one), None, _) | (None, _, Some(one)) => Ok(one),
        (Some(_), Some(_), _) => Err(several(world, Msg::CliSignSeveralKeys, entries, Exit::Usage)),
        (None, ..) => Err(several(world, Msg::CliSignNoSuchKey, entries, Exit::Usage)),
    }
}

fn several(world: &World, msg: Msg, entries: &[Entry], exit: Exit) -> Exit {
    let exit = world.refuse(msg, exit);
    for (i, entry) in entries.iter().enumerate() {
        terminal::problem(&described(world.lang, i + 1, entry));
    }
    exit
}

fn described(lang: Lang, number: usize, entry: &Entry) -> String {
    let (alias, owner) = (entry.alias.as_deref().unwrap_or("-"), entry.certificate.owner());
    let until = format::date(lang, entry.certificate.not_after().legal_date());
    format!("  {number}. {alias}: {}, {until}", owner.name)
}

fn refused(world: &World, error: KeyFileError) -> Exit {
    let exit = match error {
        KeyFileError::WrongPassword => Exit::NoPermission,
        KeyFileError::NotAKeyFile | KeyFileError::Damaged => Exit::NoInput,
        _ => Exit::Unavailable,
    };
    world.fault(&error, exit)
}
