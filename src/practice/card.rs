//! The practice card: a PIV applet in software that speaks the same APDUs as a real card, in a
//! reader named `practice`. Visitors put it in and take it out by touching its picture; it comes
//! out by itself when the session ends, with all PIN tries back for the next visitor.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use zeroize::Zeroizing;

use super::applet::Applet;
pub use super::applet::{Key, PIN, PUK, TRIES};
use crate::card::service::{self, Cards, Options};
use crate::card::{Backend, CardError, Hand, Presence, ReaderState, Stack, Transaction, next_insertion};
use crate::clock::Clock;
use crate::sign::issue::Identity;

/// The reader's name; practice mode lists no other.
pub const READER: &str = "practice";

/// Cheap to clone; every clone is the same card.
#[derive(Clone)]
pub struct PracticeCard(Arc<Shared>);

struct Shared {
    slot: Mutex<Slot>,
    changed: Condvar,
    /// Held for as long as a transaction lasts.
    exclusive: Mutex<()>,
}

struct Slot {
    inserted: bool,
    insertion: u64,
    applet: Applet,
}

impl PracticeCard {
    /// `certificate` is the DER for `key`, issued by the practice authority.
    pub fn new(key: Key, certificate: Vec<u8>) -> Self {
        let slot = Slot { inserted: false, insertion: 0, applet: Applet::new(key, certificate) };
        Self(Arc::new(Shared { slot: Mutex::new(slot), changed: Condvar::new(), exclusive: Mutex::new(()) }))
    }

    /// The card of one of the practice world's people.
    pub fn of(identity: &Identity) -> Self {
        Self::new(Key::P256(identity.key().clone()), identity.certificate.der().to_vec())
    }

    /// The card service with this card as the only one.
    pub fn cards(&self, clock: Clock) -> Cards {
        service::start(Arc::new(self.clone()), clock, Options::default())
    }

    pub fn insert(&self) {
        let mut slot = self.0.slot();
        if !slot.inserted {
            slot.inserted = true;
            slot.insertion = next_insertion();
            slot.applet.reset();
            self.0.changed.notify_all();
        }
    }

    pub fn take_out(&self) {
        let mut slot = self.0.slot();
        slot.inserted = false;
        slot.applet.reset();
        self.0.changed.notify_all();
    }

    pub fn is_in(&self) -> bool {
        self.0.slot().inserted
    }
}

impl Stack for PracticeCard {
    fn open(&self) -> Box<dyn Backend> {
        Box::new(Reader(self.0.clone()))
    }

    fn session_ended(&self) {
        self.take_out();
        self.0.slot().applet.forgive();
    }

    fn own_pin(&self) -> bool {
        self.0.slot().applet.own_pin()
    }

    fn hand(&self, hand: Hand) {
        match hand {
            Hand::Insert => self.insert(),
            Hand::TakeOut => self.take_out(),
        }
    }
}

impl Shared {
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    fn state(&self) -> ReaderState {
        let presence = if self.inserted { Presence::Present } else { Presence::Empty };
        ReaderState { name: READER.into(), presence, insertion: self.insertion }
    }
}

struct Reader(Arc<Shared>);

impl Backend for Reader {
    fn readers(&mut self) -> Result<Vec<ReaderState>, CardError> {
        Ok(vec![self.0.slot().state()])
    }

    fn wait(&mut self, known: &[ReaderState], at_most: Duration) -> Result<(), CardError> {
        let unchanged = |slot: &mut Slot| known.first() == Some(&slot.state());
        let waited = self.0.changed.wait_timeout_while(self.0.slot(), at_most, unchanged);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }

    fn begin<'a>(&'a mut self, reader: &str) -> Result<Box<dyn Transaction + 'a>, CardError> {
        if reader != READER {
            return Err(CardError::ReaderGone);
        }
        let guard = self.0.exclusive.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = self.0.slot();
        if !slot.inserted {
            return Err(CardError::NoCard);
        }
        Ok(Box::new(Exclusive { shared: &self.0, insertion: slot.insertion, _guard: guard }))
    }
}

struct Exclusive<'a> {
    shared: &'a Shared,
    insertion: u64,
    _guard: MutexGuard<'a, ()>,
}

impl Transaction for Exclusive<'_> {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError> {
        let mut slot = self.shared.slot();
        if !slot.inserted || slot.insertion != self.insertion {
            return Err(CardError::Pulled);
        }
        Ok(slot.applet.answer(apdu))
    }
}

impl Drop for Exclusive<'_> {
    fn drop(&mut self) {
        self.shared.slot().applet.reset();
    }
}

#[cfg(test)]
mod tests;
