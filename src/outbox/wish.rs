//! A visitor's wish to be told that her answer came: kept sealed beside her letter, and brought to the portal once
//! the letter is registered. It never goes before a letter, and no letter waits for it.

use std::time::{Duration, Instant};

use super::front::{Outbox, Shared};
use super::worker::Worker;
use super::{Id, OutboxError, Status};
use crate::portal::PortalError;

/// Refusals that a repeat could mend, before the wish is given up: two days of the longest waits.
const PATIENCE: u32 = 300;

/// One that waits.
pub(super) struct Wish {
    sealed: Vec<u8>,
    due: Instant,
    failures: u32,
}

impl Wish {
    pub fn new(sealed: Vec<u8>, due: Instant) -> Self {
        Self { sealed, due, failures: 0 }
    }
}

impl Outbox {
    /// Returns once the sealed wish ([`crate::seal::alert`]) for this letter is on disk; another takes its place.
    ///
    /// # Errors
    /// The disk would not have it: nobody will be told.
    pub async fn wish(&self, letter: Id, sealed: Vec<u8>) -> Result<(), OutboxError> {
        let shared = self.shared();
        let (shelf, kept) = (shared.shelf.clone(), sealed.clone());
        self.blocking(move || shelf.wish(letter, &kept)).await?;
        shared.wishes().insert(letter, Wish::new(sealed, shared.clock.monotonic()));
        shared.wake.notify_one();
        Ok(())
    }

    /// Wishes that the portal does not have yet.
    pub fn wishing(&self) -> usize {
        self.shared().wishes().len()
    }
}

impl Shared {
    /// Wishes that may go: their letters are registered, or so long ago that nothing is left of them here. When, and
    /// of which letter.
    pub(super) fn wishes_to_go(&self) -> Vec<(Instant, Id)> {
        let items = self.items();
        let may = |id: &Id| {
            items.get(id).is_none_or(|item| {
                item.back.is_none()
                    && matches!(*item.status.borrow(), Status::Registered { .. } | Status::NotAccepted { .. })
            })
        };
        let mut wishes: Vec<_> =
            self.wishes().iter().filter(|(id, _)| may(id)).map(|(id, wish)| (wish.due, *id)).collect();
        wishes.sort_unstable();
        wishes
    }
}

impl Worker {
    /// One attempt, and what follows from it.
    pub(super) async fn bring_wish(&mut self, id: Id) {
        let refused = {
            let items = self.shared.items();
            items.get(&id).is_some_and(|item| matches!(*item.status.borrow(), Status::NotAccepted { .. }))
        };
        let Some(sealed) = self.shared.wishes().get(&id).map(|wish| wish.sealed.clone()) else { return };
        // No letter, no answer.
        let answer = if refused { Ok(()) } else { self.portal.alert(sealed.clone()).await };
        let again = match answer {
            Ok(()) => None,
            Err(PortalError::Busy { seconds, .. }) => Some(Duration::from_secs(seconds.clamp(1, 3_600))),
            // 404: a restored portal does not know the letter yet; it gets it again.
            Err(PortalError::Problem { status: 404 | 408 | 425 | 500 | 502..=599, .. }) => {
                Some(Duration::ZERO)
            }
            Err(PortalError::Problem { .. }) => None,
            Err(error) => {
                if error == PortalError::Untrusted {
                    self.refresh().await;
                }
                Some(Duration::ZERO)
            }
        };
        let waits = self.shared.waits;
        let keep = {
            let mut wishes = self.shared.wishes();
            match (wishes.get_mut(&id), again) {
                // She gave another number meanwhile: that one goes next.
                (Some(wish), _) if wish.sealed != sealed => true,
                (Some(wish), Some(least)) if wish.failures < PATIENCE => {
                    let wait = waits.first.saturating_mul(1 << wish.failures.min(16)).min(waits.longest);
                    wish.failures += 1;
                    wish.due = self.shared.clock.monotonic() + wait.max(least);
                    true
                }
                _ => false,
            }
        };
        if keep {
            return;
        }
        if self.on_shelf(move |shelf| shelf.drop_wish(id)).await.is_ok() {
            self.shared.wishes().remove(&id);
        } else if let Some(wish) = self.shared.wishes().get_mut(&id) {
            // It is there already; that it is here still does no harm.
            wish.due = self.shared.clock.monotonic() + waits.longest;
        }
    }
}
