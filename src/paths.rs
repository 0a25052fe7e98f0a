//! Where things are: `--data` > `$STATE_DIRECTORY` > the installed service's folder, for those who may
//! write in it > the user's own folder; the settings file likewise. Environment is handed in, so that the rules can be tested.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::fault::{Code, Coded};

/// The settings file's name in whichever folder it is.
pub const SETTINGS: &str = "tereze.toml";
/// Where a package's administrator writes settings.
const SYSTEM: &str = "/etc/tereze";
/// Where the package's service keeps its data.
const SERVICE: &str = "/var/lib/tereze";

/// No folder was named, and the user has no home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no folder for data: name one with --data")]
pub struct NoFolder;

impl Coded for NoFolder {
    fn code(&self) -> Code {
        Code("paths.no-folder")
    }
}

/// Reads one environment variable.
pub type Variable<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The process's environment.
pub fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Where this machine keeps letters on their way. Not created here.
pub fn data(argument: Option<&Path>, variable: Variable) -> Result<PathBuf, NoFolder> {
    if let Some(folder) = argument {
        return Ok(folder.to_owned());
    }
    if let Some(folder) = first(variable("STATE_DIRECTORY")) {
        return Ok(folder);
    }
    // An administrator's `tereze setup` and `tereze doctor` mean the service that is installed.
    let may = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
    if rustix::fs::access(SERVICE, may).is_ok() {
        return Ok(PathBuf::from(SERVICE));
    }
    let dirs = directories::ProjectDirs::from("", "", "tereze").ok_or(NoFolder)?;
    Ok(dirs.data_dir().to_owned())
}

/// Where the settings may be, the first that exists counts: the service's own folder, the
/// system's, the user's.
pub fn settings(variable: Variable) -> Vec<PathBuf> {
    let mut out = Vec::new();
    out.extend(first(variable("CONFIGURATION_DIRECTORY")));
    out.push(PathBuf::from(SYSTEM));
    out.extend(directories::ProjectDirs::from("", "", "tereze").map(|d| d.config_dir().to_owned()));
    out.into_iter().map(|folder| folder.join(SETTINGS)).collect()
}

/// The one of [`settings`] that counts; where none exists, the first whose folder can be written.
pub fn settings_file(usual: Vec<PathBuf>) -> PathBuf {
    let exists = usual.iter().find(|file| file.exists());
    let writable = |file: &&PathBuf| {
        // The folder itself may have to be made: then the one above it counts.
        let folder = file.ancestors().skip(1).find(|folder| folder.exists());
        folder.is_some_and(|folder| rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_ok())
    };
    let found = exists.or_else(|| usual.iter().find(writable)).or(usual.first());
    found.cloned().unwrap_or_else(|| Path::new(SYSTEM).join(SETTINGS))
}

/// systemd separates several folders by colons; the first is ours. Relative ones mean nothing.
fn first(folders: Option<OsString>) -> Option<PathBuf> {
    let folder = std::env::split_paths(&folders?).next()?;
    folder.is_absolute().then_some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &'static str) -> impl Fn(&str) -> Option<OsString> {
        move |asked| (asked == name).then(|| OsString::from(value))
    }

    #[test]
    fn the_argument_comes_before_the_service_before_the_user() {
        let service = with("STATE_DIRECTORY", "/var/lib/tereze:/var/lib/other");
        assert_eq!(data(Some(Path::new("here")), &service).unwrap(), Path::new("here"));
        assert_eq!(data(None, &service).unwrap(), Path::new("/var/lib/tereze"));
        let relative = with("STATE_DIRECTORY", "lib");
        assert_ne!(data(None, &relative).ok().as_deref(), Some(Path::new("lib")));
    }

    #[test]
    fn settings_are_looked_for_in_order() {
        let found = settings(&with("CONFIGURATION_DIRECTORY", "/run/conf"));
        assert_eq!(found[0], Path::new("/run/conf/tereze.toml"));
        assert_eq!(found[1], Path::new("/etc/tereze/tereze.toml"));
        assert_eq!(settings(&|_| None)[0], Path::new("/etc/tereze/tereze.toml"));
    }
}
