//! Work that is under way, and how long it may take.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::{Done, Options};
use crate::card::CardError;
use crate::card::pinpad::{self, Asking};
use crate::card::work::Progress;

pub const TICK: Duration = Duration::from_millis(250);
/// A reader counts anew with the first key, and takes its time to tell.
const ASKED_AT_MOST: Duration = Duration::from_secs(2 * pinpad::SECONDS as u64 + 15);

/// Work under way on the card of this insertion, and for how long it has been.
pub struct Outstanding {
    pub insertion: u64,
    pub progress: Progress,
    waited: Duration,
    talked: Duration,
    /// A PIN that is typed on the reader, and since when it is asked for.
    pub asking: Option<Asking>,
    asked: Option<Instant>,
}

pub struct Working {
    pub id: u64,
    pub work: Outstanding,
    pub done: Option<Done>,
}

impl Outstanding {
    pub fn new(insertion: u64) -> Self {
        let (waited, talked) = (Duration::ZERO, Duration::ZERO);
        Self { insertion, progress: Progress::default(), waited, talked, asking: None, asked: None }
    }

    pub fn asking(insertion: u64, asking: Asking) -> Self {
        let progress = Progress { abandoned: asking.given_up().clone(), ..Progress::default() };
        Self { progress, asking: Some(asking), ..Self::new(insertion) }
    }

    /// What there is to say about it after another [`TICK`].
    pub fn tick(&mut self, options: &Options, now: Instant) -> Option<CardError> {
        if let Some(asking) = &self.asking {
            if asking.given_up().load(Ordering::Relaxed) {
                return Some(CardError::PinCancelled);
            }
            if asking.asks() {
                let asked = now.saturating_duration_since(*self.asked.get_or_insert(now));
                asking.counts(u64::from(pinpad::SECONDS).saturating_sub(asked.as_secs()));
                return (asked >= ASKED_AT_MOST).then_some(CardError::Slow);
            }
        }
        let (spent, limit, error) = if self.progress.talking.load(Ordering::Relaxed) {
            (&mut self.talked, options.talking, CardError::Slow)
        } else {
            (&mut self.waited, options.waiting, CardError::HeldByOther)
        };
        *spent += TICK;
        (*spent >= limit).then_some(error)
    }

    pub fn abandon(&self) {
        self.progress.abandoned.store(true, Ordering::Relaxed);
    }
}
