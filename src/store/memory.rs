//! The shelf of practice: nothing of a visitor's trial touches a disk.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::StoreError;
use super::shelf::{Facts, Kept, Place, Reservation, Shelf};
use crate::clock::Moment;
use crate::domain::Digest;

#[derive(Default)]
pub struct MemoryShelf(Mutex<BTreeMap<Digest, (Kept, Vec<u8>)>>);

impl MemoryShelf {
    fn all(&self) -> MutexGuard<'_, BTreeMap<Digest, (Kept, Vec<u8>)>> {
        // Every change below is one assignment: a poisoned map is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, id: Digest, change: impl FnOnce(&mut Kept, &mut Vec<u8>)) -> Result<(), StoreError> {
        match self.all().get_mut(&id) {
            Some((kept, envelope)) if matches!(kept.place, Place::Waiting | Place::Stuck) => {
                change(kept, envelope);
                Ok(())
            }
            _ => Err(StoreError::Damaged),
        }
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
            let kept = Kept { id, place: Place::Waiting, facts: facts.clone(), outcome: None };
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
        let mut bytes = vec![];
        self.change(id, |_, envelope| bytes.clone_from(envelope))?;
        Ok(bytes)
    }

    fn note(&self, id: Digest, facts: &Facts) -> Result<(), StoreError> {
        self.change(id, |kept, _| kept.facts = facts.clone())
    }

    fn shift(&self, id: Digest, to: Place) -> Result<(), StoreError> {
        self.change(id, |kept, _| kept.place = to)
    }

    fn settle(&self, id: Digest, to: Place, outcome: &[u8]) -> Result<(), StoreError> {
        self.change(id, |kept, envelope| {
            kept.place = to;
            kept.outcome = Some(outcome.to_vec());
            *envelope = vec![];
        })
    }

    fn forget(&self, before: Moment) -> Result<usize, StoreError> {
        let mut all = self.all();
        let was = all.len();
        all.retain(|_, (k, _)| k.outcome.is_none() || k.facts.stored >= before);
        Ok(was - all.len())
    }
}
