//! Where the outbox keeps envelopes. On disk: one folder an envelope, its state is the folder it
//! stands in, and it changes state by one rename.
//!
//! ```text
//! outbox/reserved/<random>           space held before the PIN is asked
//! outbox/preparing/<sha-256>/        being written: never promised to anybody, removed at start
//! outbox/waiting/<sha-256>/          envelope, facts.json
//! outbox/stuck/<sha-256>/            the same: waits for staff
//! outbox/registered/<sha-256>/       outcome.cose (receipt), facts.json; for some days the envelope
//! outbox/refused/<sha-256>/          outcome.cose (notice), facts.json; for some days the envelope
//! outbox/returning/<sha-256>/        all three: the portal lost it, and gets it back
//! outbox/damaged/<sha-256>/          what could not be read, kept for staff
//! outbox/wishes/<sha-256>            who wants to be told of the answer, sealed, until the portal has it
//! ```

mod wishes;

use std::fs::{self, OpenOptions};
use std::io::{Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{StoreError, disk};
use crate::clock::Moment;
use crate::domain::{Digest, SubmissionId};

pub use wishes::Wishes;

/// Room for the facts, the receipt and their folders, beside the envelope.
const BESIDE: u64 = 16 * 1024;
const MAX_FACTS: u64 = 16 * 1024;
const MAX_OUTCOME: u64 = 64 * 1024;

/// What is known of an envelope without opening it; no person in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub submission: SubmissionId,
    /// SHA-256 of the statement's canonical bytes: what the receipt must name.
    pub statement: Digest,
    /// Bytes of the envelope.
    pub size: u64,
    pub stored: Moment,
    #[serde(default)]
    pub attempts: u32,
    /// The fault code of the last attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// [`VisitorSecret::outbox_mark`](crate::seal::visitor::VisitorSecret::outbox_mark): her paper finds it here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Digest>,
    /// When a restored portal took it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Moment>,
    /// The number that it had before that, where it got another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Waiting,
    Stuck,
    Registered,
    Refused,
    /// Registered or refused once, and lost by the portal since.
    Returning,
}

impl Place {
    pub const ALL: [Place; 5] =
        [Place::Waiting, Place::Stuck, Place::Registered, Place::Refused, Place::Returning];

    const fn folder(self) -> &'static str {
        match self {
            Place::Waiting => "waiting",
            Place::Stuck => "stuck",
            Place::Registered => "registered",
            Place::Refused => "refused",
            Place::Returning => "returning",
        }
    }
}

/// One envelope as found at start. The id is the envelope's digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub id: Digest,
    pub place: Place,
    pub facts: Facts,
    /// COSE bytes of the receipt or notice, in `Registered`, `Refused` and `Returning`.
    pub outcome: Option<Vec<u8>>,
    /// The envelope is here.
    pub sealed: bool,
}

/// Space held for one envelope; given back when dropped.
#[derive(Debug)]
pub struct Reservation {
    pub(super) file: Option<PathBuf>,
    /// Bytes.
    pub size: u64,
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            let _ = fs::remove_file(file);
        }
    }
}

/// Blocking; every call is durable when it returns.
pub trait Shelf: Wishes {
    /// Takes the space before the visitor is asked for the PIN.
    fn reserve(&self, bytes: u64) -> Result<Reservation, StoreError>;

    /// Repeating is harmless: an envelope that is there already stays as it is.
    fn put(
        &self,
        id: Digest,
        facts: &Facts,
        envelope: &[u8],
        reserved: Option<Reservation>,
    ) -> Result<(), StoreError>;

    fn load(&self) -> Result<Vec<Kept>, StoreError>;

    /// Letters whose files lost bytes: set aside by [`Shelf::load`], now or at an earlier start, for
    /// staff to see. Nothing of them is sent.
    fn damaged(&self) -> Result<Vec<Digest>, StoreError>;

    fn envelope(&self, id: Digest) -> Result<Vec<u8>, StoreError>;

    /// Writes what is newly known.
    fn note(&self, id: Digest, facts: &Facts) -> Result<(), StoreError>;

    /// Stuck, or waiting again; or from settled to returning, where the envelope is still here.
    fn shift(&self, id: Digest, to: Place) -> Result<(), StoreError>;

    /// Keeps the receipt or notice: it has arrived. The envelope stays until it is released.
    fn settle(&self, id: Digest, to: Place, outcome: &[u8]) -> Result<(), StoreError>;

    /// Drops the envelope of a settled one.
    fn release(&self, id: Digest) -> Result<(), StoreError>;

    /// Forgets settled envelopes that were stored before this moment; how many.
    fn forget(&self, before: Moment) -> Result<usize, StoreError>;
}

/// The shelf on disk, inside a [`disk::DataDir`].
#[derive(Debug)]
pub struct DiskShelf {
    root: PathBuf,
}

impl DiskShelf {
    /// Makes the folders, and clears what was only being written.
    pub fn open(data: &disk::DataDir) -> Result<Self, StoreError> {
        let shelf = Self { root: data.path().join("outbox") };
        for name in ["reserved", "preparing", "damaged"] {
            disk::make_folder(&shelf.root.join(name))?;
        }
        for place in Place::ALL {
            disk::make_folder(&shelf.root.join(place.folder()))?;
        }
        for name in ["reserved", "preparing"] {
            for path in entries(&shelf.root.join(name))? {
                let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                gone.map_err(|e| StoreError::io(&path, &e))?;
            }
        }
        Ok(shelf)
    }

    fn at(&self, place: Place, id: Digest) -> PathBuf {
        self.root.join(place.folder()).join(id.to_string())
    }

    fn find(&self, id: Digest) -> Option<(Place, PathBuf)> {
        Place::ALL.into_iter().map(|p| (p, self.at(p, id))).find(|(_, path)| path.is_dir())
    }

    /// The one of this name, where it is at one of these places.
    fn among(&self, id: Digest, places: &[Place]) -> Result<(Place, PathBuf), StoreError> {
        self.find(id).filter(|(p, _)| places.contains(p)).ok_or(StoreError::Damaged)
    }
}

/// Where a receipt or notice may come to one.
pub(super) const SETTLES_FROM: &[Place] = &[Place::Waiting, Place::Stuck, Place::Returning];

/// Where one may be that is shifted to `to`.
pub(super) const fn shifts_from(to: Place) -> &'static [Place] {
    match to {
        Place::Waiting | Place::Stuck => &[Place::Waiting, Place::Stuck],
        Place::Returning => &[Place::Registered, Place::Refused, Place::Returning],
        Place::Registered | Place::Refused => &[],
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let mut paths = vec![];
    for entry in fs::read_dir(folder).map_err(|e| StoreError::io(folder, &e))? {
        paths.push(entry.map_err(|e| StoreError::io(folder, &e))?.path());
    }
    paths.sort();
    Ok(paths)
}

fn facts_bytes(facts: &Facts) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(facts).map_err(|_| StoreError::Damaged)
}

fn kept(place: Place, path: &Path) -> Result<Kept, StoreError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let id = Digest::parse(&name).ok_or(StoreError::Damaged)?;
    let facts = disk::read(&path.join("facts.json"), MAX_FACTS)?.ok_or(StoreError::Damaged)?;
    let facts: Facts = serde_json::from_slice(&facts).map_err(|_| StoreError::Damaged)?;
    let sealed = fs::metadata(path.join("envelope")).is_ok_and(|m| m.len() == facts.size);
    let outcome = match place {
        Place::Waiting | Place::Stuck if !sealed => return Err(StoreError::Damaged),
        Place::Waiting | Place::Stuck => None,
        Place::Registered | Place::Refused | Place::Returning => {
            Some(disk::read(&path.join("outcome.cose"), MAX_OUTCOME)?.ok_or(StoreError::Damaged)?)
        }
    };
    Ok(Kept { id, place, facts, outcome, sealed })
}

/// What a data folder's outbox holds, read only, by whoever may: the kiosk itself may be running.
/// What is on its way from one folder to another just now may be missed.
pub fn look(data: &Path) -> Result<Vec<Kept>, StoreError> {
    let root = data.join("outbox");
    let mut all = vec![];
    for place in Place::ALL {
        let folder = root.join(place.folder());
        let paths = if folder.is_dir() { entries(&folder)? } else { vec![] };
        all.extend(paths.iter().filter_map(|path| kept(place, path).ok()));
    }
    Ok(all)
}

/// How many letters' files were found damaged and put aside.
pub fn damaged(data: &Path) -> Result<usize, StoreError> {
    let folder = data.join("outbox/damaged");
    if folder.is_dir() { Ok(entries(&folder)?.len()) } else { Ok(0) }
}

impl Shelf for DiskShelf {
    fn reserve(&self, bytes: u64) -> Result<Reservation, StoreError> {
        let mut name = [0u8; 16];
        getrandom::fill(&mut name).map_err(|_| StoreError::Damaged)?;
        let path = self.root.join("reserved").join(hex::encode(name));
        // Zeros are written, not skipped: a sparse file holds no space.
        let hold = Reservation { file: Some(path.clone()), size: bytes };
        let written =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).and_then(|mut f| {
                let block = [0u8; 64 * 1024];
                let mut left = bytes + BESIDE;
                while left > 0 {
                    let n = left.min(block.len() as u64) as usize;
                    f.write_all(&block[..n])?;
                    left -= n as u64;
                }
                f.sync_all()
            });
        written.map_err(|e| StoreError::io(&path, &e))?;
        Ok(hold)
    }

    fn put(
        &self,
        id: Digest,
        facts: &Facts,
        envelope: &[u8],
        mut reserved: Option<Reservation>,
    ) -> Result<(), StoreError> {
        if self.find(id).is_some() {
            return Ok(());
        }
        let folder = self.root.join("preparing").join(id.to_string());
        let _ = fs::remove_dir_all(&folder);
        disk::make_folder(&folder)?;
        let file = folder.join("envelope");
        // The held space becomes the envelope: no moment between in which another takes it.
        let taken = reserved.as_mut().and_then(|r| r.file.take());
        let written = match &taken {
            Some(held) => fs::rename(held, &file).and_then(|()| {
                let mut f = OpenOptions::new().write(true).open(&file)?;
                f.write_all(envelope)?;
                let end = f.stream_position()?;
                f.set_len(end)?;
                f.sync_all()
            }),
            None => Ok(()),
        };
        written.map_err(|e| StoreError::io(&file, &e))?;
        if taken.is_none() {
            disk::write_new(&file, envelope)?;
        }
        disk::write_new(&folder.join("facts.json"), &facts_bytes(facts)?)?;
        disk::sync_folder(&folder)?;
        disk::rename(&folder, &self.at(Place::Waiting, id))
    }

    fn load(&self) -> Result<Vec<Kept>, StoreError> {
        let mut all = vec![];
        for place in Place::ALL {
            for path in entries(&self.root.join(place.folder()))? {
                match kept(place, &path) {
                    Ok(one) => all.push(one),
                    Err(StoreError::Damaged) => {
                        let name = path.file_name().unwrap_or_default();
                        disk::rename(&path, &self.root.join("damaged").join(name))?;
                    }
                    Err(other) => return Err(other),
                }
            }
        }
        Ok(all)
    }

    fn damaged(&self) -> Result<Vec<Digest>, StoreError> {
        let names = entries(&self.root.join("damaged"))?;
        Ok(names.iter().filter_map(|path| Digest::parse(path.file_name()?.to_str()?)).collect())
    }

    fn envelope(&self, id: Digest) -> Result<Vec<u8>, StoreError> {
        let (_, path) = self.find(id).ok_or(StoreError::Damaged)?;
        let bytes = disk::read(&path.join("envelope"), crate::portal::wire::MAX_ENVELOPE)?
            .ok_or(StoreError::Damaged)?;
        if Digest::of(&bytes) == id { Ok(bytes) } else { Err(StoreError::Damaged) }
    }

    fn note(&self, id: Digest, facts: &Facts) -> Result<(), StoreError> {
        let (_, path) = self.find(id).ok_or(StoreError::Damaged)?;
        disk::write_atomic(&path.join("facts.json"), &facts_bytes(facts)?)
    }

    fn shift(&self, id: Digest, to: Place) -> Result<(), StoreError> {
        let (from, path) = self.among(id, shifts_from(to))?;
        let whole = to != Place::Returning || disk::exists(&path.join("envelope"));
        match from == to {
            true => Ok(()),
            false if whole => disk::rename(&path, &self.at(to, id)),
            false => Err(StoreError::Damaged),
        }
    }

    fn settle(&self, id: Digest, to: Place, outcome: &[u8]) -> Result<(), StoreError> {
        let (_, path) = self.among(id, SETTLES_FROM)?;
        disk::write_atomic(&path.join("outcome.cose"), outcome)?;
        disk::rename(&path, &self.at(to, id))
    }

    fn release(&self, id: Digest) -> Result<(), StoreError> {
        let (_, path) = self.among(id, &[Place::Registered, Place::Refused])?;
        match fs::remove_file(path.join("envelope")) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(StoreError::io(&path, &e)),
            _ => Ok(()),
        }
    }

    fn forget(&self, before: Moment) -> Result<usize, StoreError> {
        let mut gone = 0;
        for place in [Place::Registered, Place::Refused] {
            for path in entries(&self.root.join(place.folder()))? {
                if kept(place, &path).is_ok_and(|k| k.facts.stored < before) {
                    fs::remove_dir_all(&path).map_err(|e| StoreError::io(&path, &e))?;
                    gone += 1;
                }
            }
        }
        Ok(gone)
    }
}

#[cfg(test)]
mod tests;
