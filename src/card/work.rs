//! What is done with a card: each piece of work on a thread of its own with a backend of its own,
//! because a reader's driver may block for as long as it likes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::apdu::Channel;
use super::certificate::{self, Fitness};
use super::pinpad::Asking;
use super::service::ByReader;
use super::session::Selected;
use super::{App, CardError, CardInfo, Stack};
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

/// How the PIN comes to the card.
pub enum Pin {
    /// It was typed on the screen.
    Typed(Secret),
    /// It is typed on the reader's own keys, once the card has been looked at.
    OnReader(Asking),
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
        app: App,
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
            match Selected::open(channel, app) {
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

    /// What each of the card's applications can sign with. Where none can, why the first that is there
    /// cannot.
    pub fn read(&self, insertion: u64) -> Result<Vec<Found>, CardError> {
        if let Some(module) = self.stack.module() {
            return module.read(&self.reader, insertion, &self.progress);
        }
        let (mut found, mut refused) = (vec![], None);
        for app in [App::Piv, App::OpenPgp] {
            match self.with(app, false, |card| self.read_app(card, app, insertion)) {
                Ok(one) => found.push(one),
                Err(CardError::Unsupported) => {}
                Err(error @ (CardError::NoCertificate | CardError::Refused(_) | CardError::Malformed)) => {
                    refused = refused.or(Some(error));
                }
                // The card is gone, slow or another's: nothing that its other half could mend.
                Err(error) => return Err(error),
            }
        }
        match refused {
            _ if !found.is_empty() => Ok(found),
            Some(error) => Err(error),
            None => Err(CardError::Unsupported),
        }
    }

    fn read_app(&self, mut card: Selected, app: App, insertion: u64) -> Result<Found, CardError> {
        let der = card.certificate()?;
        let (facts, owner) = certificate::facts(&der)?;
        // A key for logging in signs no letter, and a certificate for another key none that holds.
        if facts.fitness == Fitness::NotForSigning {
            return Err(CardError::Unsupported);
        }
        if !card.holds(facts.public_key())? {
            return Err(CardError::NoCertificate);
        }
        let info = CardInfo {
            reader: self.reader.clone(),
            insertion,
            key: facts.kind,
            owner: Private::new(owner),
            certificate: Private::new(der),
            app,
            pin: card.rules()?,
            pad: card.pad()?,
            own_pin: self.stack.own_pin(),
            not_after: facts.not_after,
            tries_left: card.tries_left()?,
        };
        Ok(Found { info, not_before: facts.not_before })
    }

    pub fn tries_left(&self, app: App) -> Result<Option<u8>, CardError> {
        if let Some(module) = self.stack.module() {
            return module.tries_left(&self.reader, &self.progress);
        }
        self.with(app, true, |mut card| card.tries_left())
    }

    /// Runs `task` on the card that was shown: nothing of a PIN is shown to a card that does not hold
    /// the certificate in `shown`.
    fn with_shown<T>(
        &self,
        shown: &CardInfo,
        task: impl FnOnce(Selected) -> Result<T, CardError>,
    ) -> Result<T, CardError> {
        self.with(shown.app, true, |mut card| {
            if card.certificate()? != *shown.certificate.expose() {
                return Err(CardError::OtherCard);
            }
            task(card)
        })
    }

    pub fn sign(
        &self,
        shown: &CardInfo,
        pin: &Pin,
        last_try: bool,
        message: &[u8],
    ) -> Result<Vec<u8>, CardError> {
        if let Some(module) = self.stack.module() {
            return module.sign(shown, pin, last_try, message, &self.progress);
        }
        self.with_shown(shown, |card| {
            let (facts, _) = certificate::facts(shown.certificate.expose())?;
            let known = shown.tries_left;
            let verified = match pin {
                Pin::Typed(pin) => card.verify(pin, known, last_try)?,
                Pin::OnReader(asking) => card.verify_on_reader(asking, known, last_try)?,
            };
            let (signed, _) = verified.sign(&facts, message)?;
            Ok(signed)
        })
    }

    pub fn change_pin(
        &self,
        shown: &CardInfo,
        old: &Secret,
        new: &Secret,
        last_try: bool,
    ) -> Result<(), CardError> {
        if let Some(module) = self.stack.module() {
            return module.change_pin(shown, old, new, last_try, &self.progress);
        }
        self.with_shown(shown, |mut card| card.change_pin(old, new, shown.tries_left, last_try))
    }

    /// The new PIN and what entitles to it are typed on the reader.
    pub fn change_on_reader(
        &self,
        shown: &CardInfo,
        by: ByReader,
        asking: &Asking,
        last_try: bool,
    ) -> Result<(), CardError> {
        let able = match by {
            ByReader::Old => shown.pad.modify,
            ByReader::Puk { .. } => shown.pad.unblock,
        };
        if shown.app == App::Token || !able {
            return Err(CardError::PadRefused);
        }
        self.with_shown(shown, |mut card| match by {
            ByReader::Old => card.change_on_reader(asking, shown.tries_left, last_try),
            ByReader::Puk { known } => card.unblock_on_reader(asking, known, last_try),
        })
    }

    /// `known`: tries of the unblocking code that the card last admitted.
    pub fn unblock(
        &self,
        shown: &CardInfo,
        code: &Secret,
        new: &Secret,
        known: Option<u8>,
        last_try: bool,
    ) -> Result<(), CardError> {
        let by = shown.pin.unblocking.filter(|_| shown.app != App::Token);
        let by = by.ok_or(CardError::CannotUnblock)?.by;
        self.with_shown(shown, |mut card| card.unblock(by, code, new, known, last_try))
    }
}
