//! What is done with a card: each piece of work on a thread of its own with a backend of its own,
//! because a reader's driver may block for as long as it likes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::apdu::Channel;
use super::piv::Slot;
use super::session::Selected;
use super::{CardError, CardInfo, Stack, certificate};
use crate::clock::Moment;
use crate::private::{Private, Secret};

/// How often a card that was disturbed is begun with again.
const TRIES: usize = 4;
/// How long a card that was switched off is given before it is asked again.
const COMING_UP: Duration = Duration::from_millis(200);

/// A card that was read.
#[derive(Clone)]
pub(super) struct Found {
    pub info: CardInfo,
    pub not_before: Moment,
}

/// How far a piece of work is, and whether anybody still waits for it.
#[derive(Clone, Default)]
pub(super) struct Progress {
    /// The transaction is ours: from here on it is the card that is slow.
    pub talking: Arc<AtomicBool>,
    /// Nobody waits any more: no further APDU goes out.
    pub abandoned: Arc<AtomicBool>,
}

#[derive(Clone)]
pub(super) struct Job {
    pub stack: Arc<dyn Stack>,
    pub reader: String,
    pub progress: Progress,
}

impl Job {
    /// Runs `task` on a thread and hands its result to `done`; a thread that dies of a driver's
    /// nonsense counts as nonsense from the card.
    pub fn spawn<T: Send + 'static>(
        self,
        task: impl FnOnce(&Job) -> Result<T, CardError> + Send + 'static,
        done: impl FnOnce(Result<T, CardError>) + Send + 'static,
    ) {
        let work = move || {
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| task(&self)));
            done(result.unwrap_or(Err(CardError::Malformed)));
        };
        // Without a thread `done` is dropped, and its owner sees that nobody will answer.
        let _ = std::thread::Builder::new().name("card-work".into()).spawn(work);
    }

    /// `known`: this card was read before, so that "not a supported card" can only be a card that
    /// another program has just switched off and that is not up again.
    fn with<T>(
        &self,
        known: bool,
        task: impl FnOnce(Selected) -> Result<T, CardError>,
    ) -> Result<T, CardError> {
        let mut backend = self.stack.open();
        let mut last = CardError::Reset;
        for _ in 0..TRIES {
            let mut transaction = match backend.begin(&self.reader) {
                Err(error @ CardError::Unsupported) if known => {
                    last = error;
                    std::thread::sleep(COMING_UP);
                    continue;
                }
                begun => begun?,
            };
            self.progress.talking.store(true, Ordering::Relaxed);
            let channel = Channel::new(&mut *transaction, Some(&self.progress.abandoned));
            match Selected::open(channel) {
                // Another program's reset that we only now hear of: nothing was begun.
                Err(CardError::Reset) => last = CardError::Reset,
                Err(error @ CardError::Unsupported) if known => {
                    last = error;
                    std::thread::sleep(COMING_UP);
                }
                opened => return task(opened?),
            }
        }
        Err(last)
    }

    pub fn read(&self, insertion: u64) -> Result<Found, CardError> {
        self.with(false, |mut card| {
            let der = card.certificate(Slot::Signature)?;
            let (facts, owner) = certificate::facts(&der)?;
            let info = CardInfo {
                reader: self.reader.clone(),
                insertion,
                key: facts.kind,
                owner: Private::new(owner),
                certificate: Private::new(der),
                not_after: facts.not_after,
                tries_left: card.tries_left()?,
            };
            Ok(Found { info, not_before: facts.not_before })
        })
    }

    pub fn tries_left(&self) -> Result<Option<u8>, CardError> {
        self.with(true, |mut card| card.tries_left())
    }

    /// Nothing of the PIN is shown to a card that does not hold the certificate in `shown`.
    pub fn sign(
        &self,
        shown: &CardInfo,
        pin: &Secret,
        last_try: bool,
        message: &[u8],
    ) -> Result<Vec<u8>, CardError> {
        self.with(true, |mut card| {
            if card.certificate(Slot::Signature)? != *shown.certificate.expose() {
                return Err(CardError::OtherCard);
            }
            let (facts, _) = certificate::facts(shown.certificate.expose())?;
            let verified = card.verify(pin, last_try)?;
            let (signed, _) = verified.sign(Slot::Signature, facts.kind, &facts.public_key, message)?;
            Ok(signed)
        })
    }
}
