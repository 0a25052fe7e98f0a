//! The handle that sessions hold: reserve, submit, watch.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;

use super::back::{Back, word};
use super::state::{Happened, Life, Waits};
use super::wish::Wish;
use super::worker::{self, COULD_NOT};
use super::{Id, Keep, OutboxError, Prepared, Returned, Status};
use crate::clock::{Clock, Moment};
use crate::domain::receipt::{Notice, Receipt};
use crate::domain::{Digest, SubmissionId};
use crate::fault::{Code, Coded as _};
use crate::portal::Portal;
use crate::portal::held::Held;
use crate::portal::wire::MAX_ENVELOPE;
use crate::seal::receipt::{verify_notice, verify_receipt};
use crate::store::StoreError;
use crate::store::memory::MemoryShelf;
use crate::store::shelf::{Facts, Kept, Place, Reservation, Shelf};

/// How long receipts and notices stay on the kiosk, for a reprint. They name no person.
const KEPT_DAYS: i64 = 30;

/// The handle that sessions hold. Cheap to clone; the worker ends with the last one.
#[derive(Clone)]
pub struct Outbox(Arc<Front>);

struct Front {
    shared: Arc<Shared>,
    /// `None`: asleep.
    worker: Option<(tokio::runtime::Handle, AbortHandle)>,
}

impl Drop for Front {
    fn drop(&mut self) {
        if let Some((_, worker)) = &self.worker {
            worker.abort();
        }
    }
}

pub(super) struct Shared {
    pub shelf: Arc<dyn Shelf>,
    pub clock: Clock,
    pub held: Held,
    pub waits: Waits,
    pub keep: Keep,
    pub items: Mutex<BTreeMap<Id, Item>>,
    pub wishes: Mutex<BTreeMap<Id, Wish>>,
    pub wake: Notify,
}

pub(super) struct Item {
    pub life: Life,
    pub facts: Facts,
    pub status: watch::Sender<Status>,
    pub due: Instant,
    /// The envelope is on the shelf.
    pub sealed: bool,
    /// The portal lost it, and gets it again.
    pub back: Option<Back>,
}

impl Shared {
    pub fn items(&self) -> MutexGuard<'_, BTreeMap<Id, Item>> {
        // Items change by whole assignments: what a panic left behind is usable.
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn wishes(&self) -> MutexGuard<'_, BTreeMap<Id, Wish>> {
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outbox {
    /// Reads what earlier starts left behind and begins to send. Within a tokio runtime.
    pub async fn start(
        shelf: Arc<dyn Shelf>,
        portal: Arc<dyn Portal>,
        held: Held,
        clock: Clock,
        waits: Waits,
    ) -> Result<Self, OutboxError> {
        Self::start_keeping(shelf, portal, held, clock, waits, Keep::default()).await
    }

    /// The same where staff set how long envelopes are kept.
    pub async fn start_keeping(
        shelf: Arc<dyn Shelf>,
        portal: Arc<dyn Portal>,
        held: Held,
        clock: Clock,
        waits: Waits,
        keep: Keep,
    ) -> Result<Self, OutboxError> {
        let runtime = tokio::runtime::Handle::current();
        let (reader, before) = (shelf.clone(), clock.now().wall.plus(-KEPT_DAYS * 86_400));
        let (kept, damaged, wishes) = runtime
            .spawn_blocking(move || {
                reader.forget(before)?;
                Ok::<_, StoreError>((reader.load()?, reader.damaged()?, reader.wishes()?))
            })
            .await
            .map_err(|_| OutboxError::Stopped)??;
        let now = clock.monotonic();
        let lost = damaged.into_iter().map(|id| (id, unreadable(waits, now)));
        let items = kept.into_iter().map(|k| (k.id, found(k, &held, waits, now))).chain(lost).collect();
        let shared = Arc::new(Shared {
            shelf,
            clock,
            held,
            waits,
            keep,
            items: Mutex::new(items),
            wishes: Mutex::new(wishes.into_iter().map(|(id, sealed)| (id, Wish::new(sealed, now))).collect()),
            wake: Notify::new(),
        });
        let worker = runtime.spawn(worker::run(shared.clone(), portal)).abort_handle();
        Ok(Self(Arc::new(Front { shared, worker: Some((runtime, worker)) })))
    }

    /// An outbox that keeps nothing and sends nothing, outside any runtime: for pictures of screens.
    pub fn asleep(held: Held, clock: Clock) -> Self {
        let shared = Arc::new(Shared {
            shelf: Arc::new(MemoryShelf::default()),
            clock,
            held,
            waits: Waits::default(),
            keep: Keep::default(),
            items: Mutex::default(),
            wishes: Mutex::default(),
            wake: Notify::new(),
        });
        Self(Arc::new(Front { shared, worker: None }))
    }

    /// Takes the space for an envelope and its receipt: before the visitor is asked for the PIN.
    pub async fn reserve(&self, bytes: u64) -> Result<Reservation, OutboxError> {
        if bytes > MAX_ENVELOPE {
            return Err(OutboxError::TooLarge);
        }
        loop {
            let shelf = self.0.shared.shelf.clone();
            let full = match self.blocking(move || shelf.reserve(bytes)).await {
                Err(full @ OutboxError::Store(StoreError::Full)) => full,
                other => return other,
            };
            // A new letter is worth more than the spare copy of one that has arrived.
            let Some((_, oldest)) = self.0.shared.kept().first().copied() else { return Err(full) };
            let shelf = self.0.shared.shelf.clone();
            self.blocking(move || shelf.release(oldest)).await.map_err(|_| full)?;
            if let Some(item) = self.0.shared.items().get_mut(&oldest) {
                item.sealed = false;
            }
        }
    }

    /// Returns once the envelope is on disk, fsynced; from then on it is sent, whatever happens to
    /// this machine. Repeating is harmless.
    pub async fn submit(&self, prepared: Prepared) -> Result<Id, OutboxError> {
        self.keep(prepared, None).await
    }

    /// The same for a letter whose owner leaves with a sheet: [`Self::waits_here`] knows it by `mark`.
    pub async fn submit_marked(&self, prepared: Prepared, mark: Digest) -> Result<Id, OutboxError> {
        self.keep(prepared, Some(mark)).await
    }

    /// Is a letter of this mark kept here, with no word of the portal yet?
    pub fn waits_here(&self, mark: Digest) -> bool {
        let items = self.0.shared.items();
        items.values().any(|item| {
            let arrived =
                matches!(&*item.status.borrow(), Status::Registered { .. } | Status::NotAccepted { .. });
            item.facts.mark == Some(mark) && !arrived
        })
    }

    async fn keep(&self, prepared: Prepared, mark: Option<Digest>) -> Result<Id, OutboxError> {
        let size = prepared.envelope.len() as u64;
        if size == 0 || size > MAX_ENVELOPE {
            return Err(OutboxError::TooLarge);
        }
        let id = Id::of(&prepared.envelope);
        let shared = &self.0.shared;
        let facts = Facts {
            submission: prepared.submission,
            statement: prepared.statement,
            size,
            stored: shared.clock.now().wall,
            attempts: 0,
            fault: None,
            mark,
            again: None,
            former: None,
        };
        let (shelf, kept) = (shared.shelf.clone(), facts.clone());
        let Prepared { envelope, reserved, .. } = prepared;
        self.blocking(move || shelf.put(id, &kept, &envelope, reserved)).await?;
        shared.items().entry(id).or_insert_with(|| Item {
            life: Life::fresh(size, shared.waits),
            facts,
            status: watch::Sender::new(Status::Stored { fault: None }),
            due: shared.clock.monotonic(),
            sealed: true,
            back: None,
        });
        shared.wake.notify_one();
        Ok(id)
    }

    /// The life of one submission, as it goes on; `None` where there is none of this name.
    pub fn watch(&self, id: Id) -> Option<watch::Receiver<Status>> {
        self.0.shared.items().get(&id).map(|item| item.status.subscribe())
    }

    pub fn status(&self, id: Id) -> Option<Status> {
        self.0.shared.items().get(&id).map(|item| item.status.borrow().clone())
    }

    /// Everything kept here, for staff.
    pub fn all(&self) -> Vec<(Id, Status)> {
        self.0.shared.items().iter().map(|(id, item)| (*id, item.status.borrow().clone())).collect()
    }

    /// Everything kept here and since when, for staff.
    pub fn list(&self) -> Vec<(Moment, Status)> {
        let items = self.0.shared.items();
        items.values().map(|item| (item.facts.stored, item.status.borrow().clone())).collect()
    }

    /// Submissions that are neither registered nor refused.
    pub fn unsent(&self) -> usize {
        let arrived = |s: &Status| matches!(s, Status::Registered { .. } | Status::NotAccepted { .. });
        self.0.shared.items().values().filter(|item| !arrived(&item.status.borrow())).count()
    }

    /// What a portal that was restored from an older copy lost of what is kept here.
    pub fn returned(&self) -> Returned {
        let mut seen = Returned::default();
        for item in self.0.shared.items().values() {
            if let Some(back) = &item.back {
                seen.open += 1;
                seen.fault = seen.fault.or(back.fault);
            } else if item.facts.again.is_some() {
                seen.given += 1;
                seen.renumbered += usize::from(item.facts.former.is_some());
            }
        }
        seen
    }

    /// Staff mended what was wrong: every stuck submission, and every one that waits, goes now.
    pub async fn again(&self) -> Result<(), OutboxError> {
        let shared = &self.0.shared;
        let stuck: Vec<Id> = self
            .all()
            .into_iter()
            .filter(|(_, status)| matches!(status, Status::Stuck { .. }))
            .map(|(id, _)| id)
            .collect();
        let shelf = shared.shelf.clone();
        // What lost bytes stays where it is; the others go on.
        let stuck: Vec<Id> = self
            .blocking(move || {
                let mut moved = vec![];
                for id in stuck {
                    match shelf.shift(id, Place::Waiting) {
                        Ok(()) => moved.push(id),
                        Err(StoreError::Damaged) => {}
                        Err(other) => return Err(other),
                    }
                }
                Ok(moved)
            })
            .await?;
        let now = shared.clock.monotonic();
        let mut items = shared.items();
        for (id, item) in items.iter_mut() {
            if stuck.contains(id) {
                item.life.after(Happened::Again, 0);
                item.status.send_replace(Status::Stored { fault: None });
            }
            if !item.status.borrow().is_final() || item.back.is_some() {
                item.due = now;
            }
        }
        drop(items);
        shared.wake.notify_one();
        Ok(())
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.0.shared
    }

    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, OutboxError> {
        let (runtime, _) = self.0.worker.as_ref().ok_or(OutboxError::Stopped)?;
        runtime.spawn_blocking(work).await.map_err(|_| OutboxError::Stopped)?.map_err(Into::into)
    }
}

fn found(kept: Kept, held: &Held, waits: Waits, now: Instant) -> Item {
    let life = Life::resumed(kept.facts.size, waits);
    let fault = kept.facts.fault.as_deref().and_then(Code::listed);
    let (sealed, returning) = (kept.sealed, kept.place == Place::Returning);
    let receipt = kept.outcome.as_ref().is_some_and(|bytes| verify_receipt(bytes, &held.keyset()).is_ok());
    let place = match kept.place {
        Place::Returning if receipt => Place::Registered,
        Place::Returning => Place::Refused,
        place => place,
    };
    let status = match (place, kept.outcome) {
        (Place::Registered, Some(bytes)) => match verify_receipt(&bytes, &held.keyset()) {
            Ok(receipt) => registered(receipt, bytes),
            Err(_) => Status::Stuck { code: COULD_NOT },
        },
        (Place::Refused, Some(bytes)) => match verify_notice(&bytes, &held.keyset()) {
            Ok(notice) => refused(notice, bytes),
            Err(_) => Status::Stuck { code: COULD_NOT },
        },
        (Place::Stuck, _) => Status::Stuck { code: fault.unwrap_or(Code("portal.problem")) },
        _ => Status::Stored { fault },
    };
    let back = (returning && sealed && word(&status).is_some()).then(|| Back::new(life.clone()));
    Item { life, facts: kept.facts, status: watch::Sender::new(status), due: now, sealed, back }
}

/// A letter of which only the name is left.
fn unreadable(waits: Waits, now: Instant) -> Item {
    let facts = Facts {
        submission: SubmissionId([0; 16]),
        statement: Digest([0; 32]),
        size: 0,
        stored: Moment(0),
        attempts: 0,
        fault: None,
        mark: None,
        again: None,
        former: None,
    };
    let status = Status::Stuck { code: StoreError::Damaged.code() };
    Item {
        life: Life::resumed(0, waits),
        facts,
        status: watch::Sender::new(status),
        due: now,
        sealed: false,
        back: None,
    }
}

pub(super) fn registered(receipt: Receipt, signed: Vec<u8>) -> Status {
    Status::Registered { receipt: Arc::new(receipt), signed: signed.into() }
}

pub(super) fn refused(notice: Notice, signed: Vec<u8>) -> Status {
    Status::NotAccepted { notice: Arc::new(notice), signed: signed.into() }
}
