//! The staff PIN: an Argon2id hash in the data folder, and a count of tries beside it that is on disk
//! *before* a PIN is compared, so that pulling the plug gives no more guesses.
//!
//! `staff.pin` holds format, costs, salt and hash; `staff.tries` the failures in a row and when the
//! last try began. Both are JSON; both are of format 1. Six digits are a million PINs: with at most
//! one guess an hour after [`FREE`] ones, the waits keep them, not the hash.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::clock::{Clock, Moment};
use crate::fault::{Code, Coded};
use crate::private::Secret;
use crate::store::{StoreError, disk};

/// The newest format of both files.
const FORMAT: u32 = 1;
pub const PIN_FILE: &str = "staff.pin";
pub const TRIES_FILE: &str = "staff.tries";
const CAP: u64 = 4096;
/// Digits.
pub const LEAST: usize = 6;
pub const MOST: usize = 8;
/// Failures that cost no wait.
pub const FREE: u32 = 3;
/// Seconds after the fourth failure, doubled with each further one up to the longest.
const FIRST_WAIT: i64 = 30;
const LONGEST_WAIT: i64 = 3600;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    #[error("no staff PIN is set")]
    NotSet,
    #[error("another PIN")]
    Wrong,
    #[error("no try before {0:?}")]
    Wait(Moment),
    #[error("the PIN's file cannot be read")]
    Damaged,
    #[error("the PIN's file has format {0}")]
    Newer(u32),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Coded for PinError {
    fn code(&self) -> Code {
        match self {
            PinError::NotSet => Code("desk.no-pin"),
            PinError::Wrong => Code("desk.wrong-pin"),
            PinError::Wait(_) => Code("desk.wait"),
            PinError::Damaged => Code("desk.pin-damaged"),
            PinError::Newer(_) => Code("store.newer"),
            PinError::Store(e) => e.code(),
        }
    }
}

/// Why a PIN may not be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weak {
    /// Other than [`LEAST`] to [`MOST`] digits.
    Length,
    /// One digit over and over, a run, a repeated pair or triple: the first that anybody tries.
    Pattern,
}

/// What is known of the PIN without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "pin")]
pub enum PinState {
    NotSet,
    Set,
    /// After wrong tries none is taken before then.
    Waits {
        until: Moment,
    },
}

#[derive(Serialize, Deserialize)]
struct Hashed {
    format: u32,
    /// KiB, passes and lanes of Argon2id, version 0x13.
    memory: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    hash: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Tries {
    format: u32,
    failures: u32,
    /// When the last try began.
    last: Moment,
}

impl Tries {
    /// A try of the future was counted by a clock that has been set right since: its wait begins now.
    fn not_after(self, now: Moment) -> Self {
        Self { last: self.last.min(now), ..self }
    }
}

const NO_TRIES: Tries = Tries { format: FORMAT, failures: 0, last: Moment(0) };

/// Cheap to clone; one at a time compares.
#[derive(Clone)]
pub struct StaffPin {
    place: Arc<Place>,
    clock: Clock,
}

enum Place {
    Disk {
        folder: PathBuf,
        one: Mutex<()>,
    },
    /// Practice: the PIN is no secret, and nothing touches a disk.
    Memory {
        pin: &'static [u8],
        tries: Mutex<Tries>,
    },
}

impl StaffPin {
    /// The files are in this data folder. They are read at every try: `tereze setup` may change them
    /// while the kiosk runs.
    pub fn in_folder(folder: &Path, clock: Clock) -> Self {
        let place = Place::Disk { folder: folder.to_owned(), one: Mutex::new(()) };
        Self { place: Arc::new(place), clock }
    }

    pub fn of_practice(pin: &'static [u8], clock: Clock) -> Self {
        Self { place: Arc::new(Place::Memory { pin, tries: Mutex::new(NO_TRIES) }), clock }
    }

    pub fn state(&self) -> Result<PinState, PinError> {
        if let Place::Disk { folder, .. } = &*self.place
            && hashed(folder)?.is_none()
        {
            return Ok(PinState::NotSet);
        }
        let now = self.clock.now().wall;
        let until = open_at(&self.tries()?.not_after(now));
        Ok(if now < until { PinState::Waits { until } } else { PinState::Set })
    }

    /// Compares. Blocks for the hash's time: away from the thread that draws.
    pub fn check(&self, pin: &Secret) -> Result<(), PinError> {
        let _one = match &*self.place {
            Place::Disk { one, .. } => Some(guard(one)),
            Place::Memory { .. } => None,
        };
        let known = match &*self.place {
            Place::Disk { folder, .. } => Some(hashed(folder)?.ok_or(PinError::NotSet)?),
            Place::Memory { .. } => None,
        };
        let now = self.clock.now().wall;
        let kept = self.tries()?;
        let mut tries = kept.not_after(now);
        let until = open_at(&tries);
        if now < until {
            if tries != kept {
                self.keep(&tries)?;
            }
            return Err(PinError::Wait(until));
        }
        tries = Tries { format: FORMAT, failures: tries.failures.saturating_add(1), last: now };
        self.keep(&tries)?;
        let right = match (&*self.place, known) {
            (_, Some(known)) => known.is(pin)?,
            (Place::Memory { pin: practice, .. }, _) => same(practice, pin.bytes()),
            (Place::Disk { .. }, None) => false,
        };
        if right {
            return self.keep(&NO_TRIES);
        }
        match open_at(&tries) {
            until if until > now => Err(PinError::Wait(until)),
            _ => Err(PinError::Wrong),
        }
    }

    fn tries(&self) -> Result<Tries, PinError> {
        match &*self.place {
            Place::Memory { tries, .. } => Ok(*guard(tries)),
            Place::Disk { folder, .. } => match disk::read(&folder.join(TRIES_FILE), CAP)? {
                None => Ok(NO_TRIES),
                // Fails closed: a count that cannot be read is no count of nought.
                Some(bytes) => parse(&bytes, |t: &Tries| t.format),
            },
        }
    }

    fn keep(&self, tries: &Tries) -> Result<(), PinError> {
        match &*self.place {
            Place::Memory { tries: kept, .. } => *guard(kept) = *tries,
            Place::Disk { folder, .. } => {
                let bytes = serde_json::to_vec(tries).map_err(|_| PinError::Damaged)?;
                disk::write_atomic(&folder.join(TRIES_FILE), &bytes)?;
            }
        }
        Ok(())
    }
}

/// Sets the PIN of this data folder, and forgets the tries. Whoever runs this is the folder's owner.
pub fn set(folder: &Path, pin: &Secret) -> Result<(), PinError> {
    let mut salt = [0u8; 16];
    getrandom::fill(&mut salt).map_err(|_| PinError::Damaged)?;
    // As much as a draft's code: 64 MiB, three passes (RFC 9106).
    let mut known = Hashed {
        format: FORMAT,
        memory: 64 * 1024,
        passes: 3,
        lanes: 1,
        salt: hex::encode(salt),
        hash: String::new(),
    };
    known.hash = hex::encode(*known.of(pin)?);
    disk::make_folder(folder)?;
    for (name, bytes) in [(PIN_FILE, serde_json::to_vec(&known)), (TRIES_FILE, serde_json::to_vec(&NO_TRIES))]
    {
        disk::write_atomic(&folder.join(name), &bytes.map_err(|_| PinError::Damaged)?)?;
    }
    Ok(())
}

/// Whether anybody's first guess would be this one.
pub fn weak(pin: &Secret) -> Option<Weak> {
    let digits = pin.bytes();
    if !(LEAST..=MOST).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return Some(Weak::Length);
    }
    let step =
        |by: i16| digits.windows(2).all(|w| (i16::from(w[1]) - i16::from(w[0]) - by).rem_euclid(10) == 0);
    let repeats = |n: usize| digits.iter().zip(digits.iter().skip(n)).all(|(a, b)| a == b);
    let pattern = [-1, 0, 1].into_iter().any(step) || [2, 3, 4].into_iter().any(repeats);
    pattern.then_some(Weak::Pattern)
}

/// The first moment of the next try.
fn open_at(tries: &Tries) -> Moment {
    match tries.failures.checked_sub(FREE + 1) {
        None => Moment(0),
        Some(more) => tries.last.plus((FIRST_WAIT << more.min(10)).min(LONGEST_WAIT)),
    }
}

fn hashed(folder: &Path) -> Result<Option<Hashed>, PinError> {
    disk::read(&folder.join(PIN_FILE), CAP)?.map(|bytes| parse(&bytes, |h: &Hashed| h.format)).transpose()
}

fn parse<T: serde::de::DeserializeOwned>(bytes: &[u8], format: impl Fn(&T) -> u32) -> Result<T, PinError> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    match serde_json::from_slice::<Format>(bytes).map(|f| f.format) {
        Ok(newer) if newer > FORMAT => return Err(PinError::Newer(newer)),
        _ => {}
    }
    let value: T = serde_json::from_slice(bytes).map_err(|_| PinError::Damaged)?;
    if format(&value) == 0 { Err(PinError::Damaged) } else { Ok(value) }
}

impl Hashed {
    fn of(&self, pin: &Secret) -> Result<Zeroizing<[u8; 32]>, PinError> {
        // Costs come from a file: one that asks for gigabytes is damaged.
        if self.memory > 1 << 20 || self.passes > 16 {
            return Err(PinError::Damaged);
        }
        let salt = hex::decode(&self.salt).map_err(|_| PinError::Damaged)?;
        let params = Params::new(self.memory, self.passes, self.lanes, Some(32));
        let params = params.map_err(|_| PinError::Damaged)?;
        let mut out = Zeroizing::new([0u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(pin.bytes(), &salt, out.as_mut())
            .map_err(|_| PinError::Damaged)?;
        Ok(out)
    }

    fn is(&self, pin: &Secret) -> Result<bool, PinError> {
        let hash = hex::decode(&self.hash).map_err(|_| PinError::Damaged)?;
        Ok(same(&hash, self.of(pin)?.as_ref()))
    }
}

/// In a time that does not tell how far they agree.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |acc, (x, y)| acc | (x ^ y)) == 0
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
