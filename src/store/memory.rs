//! The shelf of practice: nothing of a visitor's trial touches a disk.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::StoreError;
use super::shelf::{Facts, Kept, Place, Reservation, SETTLES_FROM, Shelf, Wishes, shifts_from};
use crate::clock::Moment;
use crate::domain::Digest;

#[derive(Default)]
pub struct MemoryShelf(Mutex<BTreeMap<Digest, (Kept, Vec<u8>)>>, Mutex<BTreeMap<Digest, Vec<u8>>>);

impl MemoryShelf {
    fn all(&self) -> MutexGuard<'_, BTreeMap<Digest, (Kept, Vec<u8>)>> {
        // Every change below is one assignment: a poisoned map is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(
        &self,
        id: Digest,
        among: &[Place],
        change: impl FnOnce(&mut Kept, &mut Vec<u8>),
    ) -> Result<(), StoreError> {
        match self.all().get_mut(&id) {
            Some((kept, envelope)) if among.contains(&kept.place) => {
                change(kept, envelope);
                Ok(())
            }
            _ => Err(StoreError::Damaged),
        }
    }
}

impl MemoryShelf {
    fn sealed(&self) -> MutexGuard<'_, BTreeMap<Digest, Vec<u8>>> {
        self.1.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wishes for MemoryShelf {
    fn wish(&self, letter: Digest, sealed: &[u8]) -> Result<(), StoreError> {
        self.sealed().insert(letter, sealed.to_vec());
        Ok(())
    }

    fn wishes(&self) -> Result<Vec<(Digest, Vec<u8>)>, StoreError> {
        Ok(self.sealed().iter().map(|(letter, sealed)| (*letter, sealed.clone())).collect())
    }

    fn drop_wish(&self, letter: Digest) -> Result<(), StoreError> {
        self.sealed().remove(&letter);
        Ok(())
    }
}

impl Shelf for MemoryShelf {
    fn reserve(&self, bytes: u64) -> Result<Reservation, StoreError> {
        Ok(Reservation { file: None, size: bytes })
    }

    fn put(
        &self,
        id: Digest,
        facts: &Facts,
        envelope: &[u8],
        _reserved: Option<Reservation>,
    ) -> Result<(), StoreError> {
        self.all().entry(id).or_insert_with(|| {
            let kept = Kept { id, place: Place::Waiting, facts: facts.clone(), outcome: None, sealed: true };
            (kept, envelope.to_vec())
        });
        Ok(())
    }

    fn load(&self) -> Result<Vec<Kept>, StoreError> {
        let mut all: Vec<Kept> = self.all().values().map(|(k, _)| k.clone()).collect();
        all.sort_by_key(|k| Place::ALL.iter().position(|p| *p == k.place));
        Ok(all)
    }

    fn damaged(&self) -> Result<Vec<Digest>, StoreError> {
        Ok(Vec::new())
    }

    fn envelope(&self, id: Digest) -> Result<Vec<u8>, StoreError> {
        let mut bytes = None;
        self.change(id, &Place::ALL, |kept, envelope| bytes = kept.sealed.then(|| envelope.clone()))?;
        bytes.ok_or(StoreError::Damaged)
    }

    fn note(&self, id: Digest, facts: &Facts) -> Result<(), StoreError> {
        self.change(id, &Place::ALL, |kept, _| kept.facts = facts.clone())
    }

    fn shift(&self, id: Digest, to: Place) -> Result<(), StoreError> {
        let mut whole = true;
        self.change(id, shifts_from(to), |kept, _| {
            whole = to != Place::Returning || kept.sealed;
            kept.place = if whole { to } else { kept.place };
        })?;
        if whole { Ok(()) } else { Err(StoreError::Damaged) }
    }

    fn settle(&self, id: Digest, to: Place, outcome: &[u8]) -> Result<(), StoreError> {
        self.change(id, SETTLES_FROM, |kept, _| {
            kept.place = to;
            kept.outcome = Some(outcome.to_vec());
        })
    }

    fn release(&self, id: Digest) -> Result<(), StoreError> {
        self.change(id, &[Place::Registered, Place::Refused], |kept, envelope| {
            kept.sealed = false;
            *envelope = vec![];
        })
    }

    fn forget(&self, before: Moment) -> Result<usize, StoreError> {
        let mut all = self.all();
        let was = all.len();
        all.retain(|_, (k, _)| {
            !matches!(k.place, Place::Registered | Place::Refused) || k.facts.stored >= before
        });
        Ok(was - all.len())
    }
}
