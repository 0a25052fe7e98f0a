//! What every file of ours goes through: write beside, fsync, rename, fsync the folder; one owner
//! of a data folder at a time; a `FORMAT` file that a later program's data is told by.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::StoreError;

/// A data folder that this process owns until dropped.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    /// flock(2) on `LOCK`: the system lets go of it when the process ends, however it ends.
    _lock: File,
}

impl DataDir {
    /// Makes the folder where there is none. `kind` tells whose data it is (`kiosk`, `portal`),
    /// `known` is the newest format this program reads; returned with the format found.
    pub fn open(path: &Path, kind: &str, known: u32) -> Result<(Self, u32), StoreError> {
        make_folder(path)?;
        let lock_path = path.join("LOCK");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&lock_path)
            .map_err(|e| StoreError::io(&lock_path, &e))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(StoreError::Locked),
            Err(fs::TryLockError::Error(e)) => return Err(StoreError::io(&lock_path, &e)),
        }
        let format_path = path.join("FORMAT");
        let found = match read(&format_path, 200)? {
            Some(bytes) => format_of(&bytes, kind)?,
            None => {
                write_atomic(&format_path, format!("tereze {kind} {known}\n").as_bytes())?;
                known
            }
        };
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        Ok((Self { path: path.to_owned(), _lock: lock }, found))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// After a migration succeeded.
    pub fn set_format(&self, kind: &str, format: u32) -> Result<(), StoreError> {
        write_atomic(&self.path.join("FORMAT"), format!("tereze {kind} {format}\n").as_bytes())
    }
}

/// The format of a folder's data, without taking it over; `None` where there is none.
pub fn format(path: &Path, kind: &str) -> Result<Option<u32>, StoreError> {
    read(&path.join("FORMAT"), 200)?.map(|bytes| format_of(&bytes, kind)).transpose()
}

pub fn exists(path: &Path) -> bool {
    path.exists()
}

fn format_of(bytes: &[u8], kind: &str) -> Result<u32, StoreError> {
    let text = String::from_utf8_lossy(bytes).trim().to_owned();
    let mut parts = text.split(' ');
    match (parts.next(), parts.next(), parts.next().map(str::parse)) {
        (Some("tereze"), Some(k), Some(Ok(n))) if k == kind => Ok(n),
        _ => Err(StoreError::Foreign(text.chars().take(60).collect())),
    }
}

/// A folder that only its owner enters, with its parents; the entry itself is made durable.
pub fn make_folder(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|e| StoreError::io(path, &e))?;
    path.parent().map_or(Ok(()), sync_folder)
}

pub fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(folder).and_then(|f| f.sync_all()).map_err(|e| StoreError::io(path, &e))
}

/// A new file, 0600, written and fsynced; the caller makes its folder durable.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let written = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path).and_then(
        |mut f| {
            f.write_all(bytes)?;
            f.sync_all()
        },
    );
    written.map_err(|e| StoreError::io(path, &e))
}

/// The old content or the new one, never a half: beside → fsync → rename → fsync the folder.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let beside = path.with_added_extension("new");
    write_new(&beside, bytes).inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })?;
    rename(&beside, path)
}

/// Renames and makes both folders durable.
pub fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(|e| StoreError::io(to, &e))?;
    let (old, new) = (from.parent(), to.parent());
    if let Some(new) = new {
        sync_folder(new)?;
    }
    if old != new
        && let Some(old) = old
    {
        sync_folder(old)?;
    }
    Ok(())
}

/// Removes a file for good.
pub fn remove(path: &Path) -> Result<(), StoreError> {
    fs::remove_file(path).map_err(|e| StoreError::io(path, &e))?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// The file's content; `None` where there is no file. More than `cap` bytes are refused unread.
pub fn read(path: &Path, cap: u64) -> Result<Option<Vec<u8>>, StoreError> {
    let file = match File::open(path) {
        Ok(f) => f,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(StoreError::io(path, &e)),
    };
    let mut bytes = Vec::new();
    file.take(cap + 1).read_to_end(&mut bytes).map_err(|e| StoreError::io(path, &e))?;
    if bytes.len() as u64 > cap {
        return Err(StoreError::Damaged);
    }
    Ok(Some(bytes))
}

/// Bytes that may still be written in this folder; a fault where nothing may be.
pub fn room(folder: &Path) -> Result<u64, StoreError> {
    let io = |e: rustix::io::Errno| StoreError::io(folder, &e.into());
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK).map_err(io)?;
    let free = rustix::fs::statvfs(folder).map_err(io)?;
    Ok(free.f_bavail.saturating_mul(free.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_owner_and_no_newer_format() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b");
        let (held, found) = DataDir::open(&path, "kiosk", 2).unwrap();
        assert_eq!(found, 2);
        assert_eq!(DataDir::open(&path, "kiosk", 2).unwrap_err(), StoreError::Locked);
        drop(held);
        assert_eq!(DataDir::open(&path, "kiosk", 1).unwrap_err(), StoreError::Newer { found: 2, known: 1 });
        assert!(matches!(DataDir::open(&path, "portal", 2).unwrap_err(), StoreError::Foreign(_)));
        let (held, _) = DataDir::open(&path, "kiosk", 3).unwrap();
        held.set_format("kiosk", 3).unwrap();
        drop(held);
        assert_eq!(DataDir::open(&path, "kiosk", 3).unwrap().1, 3);
    }

    #[test]
    fn a_folder_that_is_a_file_is_said_so() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "x").unwrap();
        assert!(matches!(DataDir::open(&file, "kiosk", 1), Err(StoreError::Io { .. })));
    }

    #[test]
    fn a_failed_write_leaves_the_old_content() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("facts");
        write_atomic(&path, b"old").unwrap();
        // A folder stands where the new file would be written.
        fs::create_dir(dir.path().join("facts.new")).unwrap();
        assert!(write_atomic(&path, b"new").is_err());
        assert_eq!(read(&path, 10).unwrap().as_deref(), Some(&b"old"[..]));
        assert_eq!(read(&path, 2), Err(StoreError::Damaged));
        assert_eq!(read(&dir.path().join("none"), 2), Ok(None));
    }
}
