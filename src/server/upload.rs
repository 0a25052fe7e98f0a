//! Envelopes that have come in part. They outlive a restart and are thrown away after days.
//! Nothing here is trusted: the digest of the whole decides.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::clock::Moment;
use crate::domain::Digest;
use crate::store::{StoreError, disk};

/// How long a part waits for its rest.
pub const KEPT_DAYS: i64 = 14;

pub enum Uploads {
    Disk(PathBuf),
    /// Practice.
    Memory(Mutex<HashMap<Digest, Vec<u8>>>),
}

#[derive(Debug, PartialEq, Eq)]
pub enum Appended {
    /// Bytes held now.
    Held(u64),
    /// The part begins after what is held.
    Gap { held: u64 },
}

impl Uploads {
    pub fn disk(folder: &Path) -> Result<Self, StoreError> {
        disk::make_folder(folder)?;
        Ok(Self::Disk(folder.to_owned()))
    }

    pub fn memory() -> Self {
        Self::Memory(Mutex::new(HashMap::new()))
    }

    pub fn held(&self, envelope: Digest) -> u64 {
        match self {
            Self::Disk(folder) => fs::metadata(part(folder, envelope)).map(|m| m.len()).unwrap_or(0),
            Self::Memory(parts) => parts
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get(&envelope)
                .map_or(0, |p| p.len() as u64),
        }
    }

    /// Adds bytes that begin at `at`. What overlaps is taken as it was: two connections that send
    /// the same envelope at once do each other no harm.
    pub fn append(&self, envelope: Digest, at: u64, bytes: &[u8]) -> Result<Appended, StoreError> {
        match self {
            Self::Disk(folder) => {
                let path = part(folder, envelope);
                let io = |e| StoreError::io(&path, &e);
                let file = OpenOptions::new()
                    .write(true)
                    .create(true)
                    .truncate(false)
                    .mode(0o600)
                    .open(&path)
                    .map_err(io)?;
                let held = file.metadata().map_err(io)?.len();
                let Some(fresh) = fresh(held, at, bytes) else { return Ok(Appended::Gap { held }) };
                file.write_all_at(fresh, held).map_err(io)?;
                Ok(Appended::Held(held + fresh.len() as u64))
            }
            Self::Memory(parts) => {
                let mut parts = parts.lock().unwrap_or_else(PoisonError::into_inner);
                let part = parts.entry(envelope).or_default();
                let held = part.len() as u64;
                let Some(fresh) = fresh(held, at, bytes) else { return Ok(Appended::Gap { held }) };
                part.extend_from_slice(fresh);
                Ok(Appended::Held(part.len() as u64))
            }
        }
    }

    /// All that is held, at most `cap` bytes.
    pub fn read(&self, envelope: Digest, cap: u64) -> Result<Option<Vec<u8>>, StoreError> {
        match self {
            Self::Disk(folder) => disk::read(&part(folder, envelope), cap),
            Self::Memory(parts) => {
                Ok(parts.lock().unwrap_or_else(PoisonError::into_inner).get(&envelope).cloned())
            }
        }
    }

    pub fn drop_part(&self, envelope: Digest) {
        match self {
            Self::Disk(folder) => {
                let _ = fs::remove_file(part(folder, envelope));
            }
            Self::Memory(parts) => {
                parts.lock().unwrap_or_else(PoisonError::into_inner).remove(&envelope);
            }
        }
    }

    /// Throws away what nobody has added to since [`KEPT_DAYS`] ago; how many.
    pub fn collect(&self, now: Moment) -> usize {
        let Self::Disk(folder) = self else { return 0 };
        let before = now.plus(-KEPT_DAYS * 24 * 3600);
        let Ok(entries) = fs::read_dir(folder) else { return 0 };
        entries
            .filter_map(Result::ok)
            .filter(|entry| {
                let touched = entry.metadata().ok().map(|m| {
                    use std::os::unix::fs::MetadataExt as _;
                    Moment(m.mtime())
                });
                touched.is_some_and(|t| t < before) && fs::remove_file(entry.path()).is_ok()
            })
            .count()
    }
}

fn part(folder: &Path, envelope: Digest) -> PathBuf {
    folder.join(envelope.to_string())
}

/// The bytes past what is held; `None` where bytes between would be missing.
fn fresh(held: u64, at: u64, bytes: &[u8]) -> Option<&[u8]> {
    let known = usize::try_from(held.checked_sub(at)?).ok()?;
    Some(bytes.get(known..).unwrap_or(&[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_join_overlap_and_never_leave_a_gap() {
        let dir = tempfile::tempdir().unwrap();
        let id = Digest::of(b"x");
        for uploads in [Uploads::disk(&dir.path().join("parts")).unwrap(), Uploads::memory()] {
            assert_eq!(uploads.held(id), 0);
            assert_eq!(uploads.append(id, 1, b"no").unwrap(), Appended::Gap { held: 0 });
            assert_eq!(uploads.append(id, 0, b"abc").unwrap(), Appended::Held(3));
            assert_eq!(uploads.append(id, 1, b"bcde").unwrap(), Appended::Held(5));
            assert_eq!(uploads.append(id, 0, b"ab").unwrap(), Appended::Held(5));
            assert_eq!(uploads.append(id, 7, b"x").unwrap(), Appended::Gap { held: 5 });
            assert_eq!(uploads.held(id), 5);
            assert_eq!(uploads.read(id, 5).unwrap().unwrap(), b"abcde");
            uploads.drop_part(id);
            assert_eq!(uploads.held(id), 0);
        }
    }

    #[test]
    fn old_parts_are_thrown_away_and_young_ones_kept() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = Uploads::disk(dir.path()).unwrap();
        let id = Digest::of(b"x");
        uploads.append(id, 0, b"abc").unwrap();
        let now = crate::clock::Clock::system().now().wall;
        assert_eq!(uploads.collect(now.plus(KEPT_DAYS * 24 * 3600 - 60)), 0);
        assert_eq!(uploads.held(id), 3);
        assert_eq!(uploads.collect(now.plus(KEPT_DAYS * 24 * 3600 + 60)), 1);
        assert_eq!(uploads.held(id), 0);
    }
}
