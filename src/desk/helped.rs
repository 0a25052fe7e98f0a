//! How often a librarian helped a visitor at the screen: a count a day, and nothing else. Whom, with what and in which
//! words is not written anywhere.
//!
//! `helped.json` in the kiosk's data folder, format 1: `{"format":1,"days":{"2026-11-23":2}}`, days in the law's time
//! (UTC+5). Each kiosk has its own folder, so each counts for itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::store::{StoreError, disk};

pub const FILE: &str = "helped.json";
const FORMAT: u32 = 1;
/// Days that are kept, the newest: a year and the month before it.
const DAYS: usize = 400;
const CAP: u64 = 64 * 1024;

#[derive(Default, Deserialize, Serialize)]
struct Days {
    format: u32,
    /// `2026-11-23` → visits.
    days: BTreeMap<String, u64>,
}

/// Visits in which help was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    pub today: u64,
    pub month: u64,
}

/// Cheap to clone; one at a time writes.
#[derive(Clone)]
pub struct Helped {
    place: Arc<Place>,
    clock: Clock,
}

enum Place {
    Disk {
        folder: PathBuf,
        one: Mutex<()>,
    },
    /// Practice: nothing touches a disk.
    Memory(Mutex<Days>),
}

impl Helped {
    /// The file is in this data folder, which the running kiosk owns.
    pub fn in_folder(folder: &Path, clock: Clock) -> Self {
        let place = Place::Disk { folder: folder.to_owned(), one: Mutex::new(()) };
        Self { place: Arc::new(place), clock }
    }

    pub fn in_memory(clock: Clock) -> Self {
        Self { place: Arc::new(Place::Memory(Mutex::default())), clock }
    }

    /// One more visit, today. Blocks until it is on disk. A file that cannot be read is left as it is.
    pub fn count(&self) -> Result<(), StoreError> {
        let today = self.clock.now().wall.legal_date().to_string();
        let add = |days: &mut Days| {
            let n = days.days.entry(today).or_default();
            *n = n.saturating_add(1);
            while days.days.len() > DAYS {
                days.days.pop_first();
            }
        };
        match &*self.place {
            Place::Memory(days) => add(&mut guard(days)),
            Place::Disk { folder, one } => {
                let _one = guard(one);
                let mut days = read(folder)?;
                add(&mut days);
                let bytes = serde_json::to_vec(&days).map_err(|_| StoreError::Damaged)?;
                disk::write_atomic(&folder.join(FILE), &bytes)?;
            }
        }
        Ok(())
    }

    pub fn sum(&self) -> Result<Sum, StoreError> {
        let today = self.clock.now().wall.legal_date().to_string();
        let of = |days: &Days| {
            // `2026-11-`
            let month = today.get(..8).unwrap_or(&today);
            let month = days.days.iter().filter(|(day, _)| day.starts_with(month)).map(|(_, n)| *n);
            Sum {
                today: days.days.get(&today).copied().unwrap_or_default(),
                month: month.fold(0, u64::saturating_add),
            }
        };
        Ok(match &*self.place {
            Place::Memory(days) => of(&guard(days)),
            Place::Disk { folder, .. } => of(&read(folder)?),
        })
    }
}

fn read(folder: &Path) -> Result<Days, StoreError> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let Some(bytes) = disk::read(&folder.join(FILE), CAP)? else {
        return Ok(Days { format: FORMAT, ..Days::default() });
    };
    match serde_json::from_slice::<Format>(&bytes) {
        Ok(Format { format: found }) if found > FORMAT => Err(StoreError::Newer { found, known: FORMAT }),
        Ok(_) => serde_json::from_slice(&bytes).map_err(|_| StoreError::Damaged),
        Err(_) => Err(StoreError::Damaged),
    }
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Moment;

    /// 23 November 2096, 09:05 in UTC+5: above the clock's floor.
    const NOW: Moment = Moment(4_004_481_900);
    const DAY: i64 = 86_400;

    fn at(folder: &Path, moment: Moment) -> Helped {
        Helped::in_folder(folder, Clock::fixed(moment))
    }

    #[test]
    fn days_add_up_to_their_month_and_outlive_the_program() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(at(dir.path(), NOW).sum(), Ok(Sum::default()));
        for (days, times) in [(-30, 1), (-2, 2), (0, 3)] {
            let helped = at(dir.path(), NOW.plus(days * DAY));
            (0..times).for_each(|_| helped.count().unwrap());
        }
        assert_eq!(at(dir.path(), NOW).sum(), Ok(Sum { today: 3, month: 5 }));
        let text = std::fs::read_to_string(dir.path().join(FILE)).unwrap();
        assert_eq!(text, r#"{"format":1,"days":{"2096-10-24":1,"2096-11-21":2,"2096-11-23":3}}"#);
    }

    #[test]
    fn old_days_go_and_the_file_stays_small() {
        let dir = tempfile::tempdir().unwrap();
        for n in 0..DAYS as i64 + 5 {
            at(dir.path(), NOW.plus(n * DAY)).count().unwrap();
        }
        assert_eq!(read(dir.path()).unwrap().days.len(), DAYS);
        assert_eq!(at(dir.path(), NOW.plus((DAYS as i64 + 4) * DAY)).sum().unwrap().today, 1);
    }

    #[test]
    fn a_file_of_a_later_program_or_a_damaged_one_is_left_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        for (text, error) in [
            (r#"{"format":2,"days":[]}"#, StoreError::Newer { found: 2, known: 1 }),
            ("{", StoreError::Damaged),
            (r#"{"format":1,"days":{"2096-11-23":-1}}"#, StoreError::Damaged),
        ] {
            std::fs::write(dir.path().join(FILE), text).unwrap();
            let helped = at(dir.path(), NOW);
            assert_eq!((helped.count(), helped.sum()), (Err(error.clone()), Err(error)), "{text}");
            assert_eq!(std::fs::read_to_string(dir.path().join(FILE)).unwrap(), text);
        }
    }

    #[test]
    fn practice_counts_in_memory() {
        let helped = Helped::in_memory(Clock::fixed(NOW));
        helped.clone().count().unwrap();
        assert_eq!(helped.sum(), Ok(Sum { today: 1, month: 1 }));
    }
}
