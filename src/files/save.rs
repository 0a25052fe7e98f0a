//! Writing to a stick: whole or not at all, over nobody's file, on the stick when it says so.

use std::ffi::OsStr;
use std::io::Write as _;
use std::os::fd::OwnedFd;

use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::{FilesError, Stick, list, told};

/// While it is being written; unfinished ones are removed on failure.
const BESIDE: &str = "tereze-saving.tmp";
/// `Талон (2).pdf` … before giving up.
const TRIES: u32 = 999;

/// Several files, all of them or none, and the names under which they stand there, as [`save`] gives
/// them. `each` hears how many are written. Where there is no room for all, nothing is begun.
pub fn save_all<B: AsRef<[u8]>>(
    stick: &Stick,
    files: &[(String, B)],
    mut each: impl FnMut(usize),
) -> Result<Vec<String>, FilesError> {
    let need: u64 = files.iter().map(|(_, bytes)| bytes.as_ref().len() as u64 + SLACK).sum();
    if room(stick)?.is_some_and(|room| room < need) {
        return Err(FilesError::StickFull);
    }
    let mut names = Vec::with_capacity(files.len());
    for (name, bytes) in files {
        match save(stick, name, bytes.as_ref()) {
            Ok(name) => names.push(name),
            Err(error) => {
                if let Ok(folder) = stick.open() {
                    for name in &names {
                        let _ = rustix::fs::unlinkat(&folder, name, AtFlags::empty());
                    }
                    let _ = rustix::fs::fsync(&folder);
                }
                return Err(error);
            }
        }
        each(names.len());
    }
    Ok(names)
}

/// What a file takes besides its bytes: a cluster not filled, its place in the folder.
const SLACK: u64 = 4096;

/// Free bytes; `None` where the file system does not count them.
fn room(stick: &Stick) -> Result<Option<u64>, FilesError> {
    let about = rustix::fs::fstatvfs(stick.open()?).map_err(told)?;
    Ok((about.f_blocks > 0).then(|| about.f_bavail.saturating_mul(about.f_frsize)))
}

/// Writes into the stick's top folder and gives the name under which it stands there: `name`, or
/// with a number where that is taken. When this returns, the stick may be pulled.
pub fn save(stick: &Stick, name: &str, bytes: &[u8]) -> Result<String, FilesError> {
    let folder = stick.open()?;
    if stick.read_only {
        return Err(FilesError::StickReadOnly);
    }
    let result = write(&folder, &fit(name), bytes);
    if result.is_err() {
        let _ = rustix::fs::unlinkat(&folder, BESIDE, AtFlags::empty());
        // An I/O error and a stick that is gone: it was pulled.
        if stick.open().is_err() {
            return Err(FilesError::StickGone);
        }
    }
    result
}

fn write(folder: &OwnedFd, name: &str, bytes: &[u8]) -> Result<String, FilesError> {
    // What a pulled stick left of an earlier try.
    match rustix::fs::unlinkat(folder, BESIDE, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(e) => return Err(told(e)),
    }
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::openat(folder, BESIDE, flags, Mode::from_raw_mode(0o644)).map_err(told)?;
    let mut file = std::fs::File::from(file);
    file.write_all(bytes).map_err(told)?;
    file.sync_all().map_err(told)?;
    drop(file);
    for n in 1..=TRIES {
        let name = numbered(name, n);
        match place(folder, &name) {
            Ok(()) => {
                rustix::fs::fsync(folder).map_err(told)?;
                // FAT keeps its tables apart from files and folders.
                rustix::fs::syncfs(folder).map_err(told)?;
                return Ok(name);
            }
            Err(Errno::EXIST) => {}
            Err(e) => return Err(told(e)),
        }
    }
    Err(FilesError::StickFull)
}

/// Renames unless the name is taken.
fn place(folder: &OwnedFd, name: &str) -> Result<(), Errno> {
    match rustix::fs::renameat_with(folder, BESIDE, folder, name, RenameFlags::NOREPLACE) {
        // FUSE file systems (NTFS, old exFAT) do not know the flag.
        Err(Errno::INVAL | Errno::NOSYS) => match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
        {
            Err(Errno::NOENT) => rustix::fs::renameat(folder, BESIDE, folder, name),
            Ok(_) => Err(Errno::EXIST),
            Err(e) => Err(e),
        },
        other => other,
    }
}

fn numbered(name: &str, n: u32) -> String {
    match (n, name.rsplit_once('.')) {
        (1, _) => name.to_owned(),
        (_, Some((stem, ending))) if !stem.is_empty() => format!("{stem} ({n}).{ending}"),
        _ => format!("{name} ({n})"),
    }
}

/// A name that FAT, exFAT and NTFS take: none of `<>:"|?*`, no dot or space at the end, no device's
/// name, at most 100 characters.
fn fit(name: &str) -> String {
    let clean: String =
        list::shown(OsStr::new(name)).chars().map(|c| if "<>:\"|?*".contains(c) { '-' } else { c }).collect();
    let clean = clean.trim_matches(|c| c == '.' || c == ' ');
    let (stem, ending) = match clean.rsplit_once('.') {
        Some((stem, ending)) => (stem.to_owned(), format!(".{ending}")),
        None => (clean.to_owned(), String::new()),
    };
    let mut stem: String = stem.trim_end().chars().take(100).collect();
    let reserved = ["con", "prn", "aux", "nul"].contains(&stem.to_lowercase().as_str())
        || (stem.len() == 4 && ["com", "lpt"].iter().any(|d| stem.to_lowercase().starts_with(d)));
    if stem.is_empty() || reserved {
        stem.insert(0, '_');
    }
    stem + &ending
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_every_stick_takes() {
        assert_eq!(fit("Талон ЖТ-2026-00001234.pdf"), "Талон ЖТ-2026-00001234.pdf");
        assert_eq!(fit("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(fit("a<b>:\"c|?*.pdf"), "a-b---c---.pdf");
        assert_eq!(fit("con.pdf"), "_con.pdf");
        assert_eq!(fit(" . "), "_");
        assert_eq!(fit("x. .pdf "), "x..pdf");
        assert_eq!(numbered("a.pdf", 2), "a (2).pdf");
        assert_eq!(numbered("a", 3), "a (3)");
    }
}
