//! The worker: one actor that takes what is due from the shelf, sends with resuming, verifies, and
//! keeps the receipt. The smallest remainder goes first: a letter does not wait behind a video.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::front::{Shared, refused, registered};
use super::state::{Checked, Happened, Life, Next};
use super::{Id, Status};
use crate::fault::{Code, Coded as _};
use crate::portal::{Outcome, Portal, PortalError, Progress};
use crate::seal::receipt::{VerifyError, verify_notice, verify_receipt};
use crate::store::StoreError;
use crate::store::shelf::{Facts, Place, Shelf};

pub(super) const COULD_NOT: Code = Code("outbox.could-not-check");
/// How often a sleeping worker looks which run of the portal answers: no byte is sent for it.
const LOOK: Duration = Duration::from_secs(60);
/// Seconds that a receipt may be ahead of this machine's clock.
const AHEAD: i64 = 24 * 3600;
const CLOCK: Code = Code("clock.disagrees");
pub(super) const WRONG: Code = Code("outbox.receipt-wrong");

/// Goes on until it is aborted.
pub(super) async fn run(shared: Arc<Shared>, portal: Arc<dyn Portal>) {
    let (ask_at, asking) = (shared.clock.monotonic(), Life::resumed(0, shared.waits));
    Worker { shared, portal, envelope: None, ask_at, asking, asked_of: None }.run().await;
}

pub(super) struct Worker {
    pub shared: Arc<Shared>,
    pub portal: Arc<dyn Portal>,
    /// The envelope that is being sent.
    pub envelope: Option<(Id, Vec<u8>)>,
    /// When the portal is asked what it still knows, how often that failed, and which run of it
    /// answered last.
    pub ask_at: Instant,
    pub asking: Life,
    pub asked_of: Option<u32>,
}

enum Turn {
    Ask,
    Back(Id),
    Of(Id),
    Wish(Id),
    In(Duration),
    Nobody,
}

impl Worker {
    async fn run(mut self) {
        let shared = self.shared.clone();
        loop {
            let woken = shared.wake.notified();
            if self.portal.life() != self.asked_of && self.asked_of.is_some() {
                // It was started anew: perhaps from an older copy.
                self.asked_of = None;
                self.ask_at = shared.clock.monotonic();
            }
            match self.turn() {
                Turn::Ask => self.ask().await,
                Turn::Back(id) => self.give_back(id).await,
                Turn::Of(id) => {
                    let none_kept = shared.kept().is_empty();
                    self.step(id).await;
                    if none_kept && !shared.kept().is_empty() {
                        self.vouched();
                    }
                }
                Turn::Wish(id) => self.bring_wish(id).await,
                Turn::In(wait) => {
                    // Others speak to the portal, too, and may see that it was started anew.
                    let _ = tokio::time::timeout(wait.min(LOOK), woken).await;
                }
                Turn::Nobody => woken.await,
            }
        }
    }

    fn turn(&self) -> Turn {
        let now = self.shared.clock.monotonic();
        let (kept, wish) = (!self.shared.kept().is_empty(), self.shared.wishes_to_go().first().copied());
        if kept && self.ask_at <= now {
            return Turn::Ask;
        }
        let items = self.shared.items();
        // First what the portal lost: its number must not go to another letter.
        let back = || items.iter().filter(|(_, item)| item.back.is_some());
        if let Some((id, _)) = back().find(|(_, item)| item.due <= now) {
            return Turn::Back(*id);
        }
        let open = || items.iter().filter(|(_, item)| !item.status.borrow().is_final());
        let due = open().filter(|(_, item)| item.due <= now);
        if let Some((id, _)) = due.min_by_key(|(_, item)| item.life.total - item.life.sent) {
            return Turn::Of(*id);
        }
        if let Some((_, id)) = wish.filter(|(due, _)| *due <= now) {
            return Turn::Wish(id);
        }
        let others = kept.then_some(self.ask_at).into_iter().chain(wish.map(|(due, _)| due));
        let next = open().chain(back()).map(|(_, item)| item.due).chain(others);
        match next.min() {
            Some(next) => Turn::In(next.saturating_duration_since(now)),
            None => Turn::Nobody,
        }
    }

    /// One round trip of one submission, and what follows from it.
    async fn step(&mut self, id: Id) {
        let Some(next) = self.after(id, Happened::Due) else { return };
        let (happened, verified) = match next {
            Next::Ask => {
                let Some((total, _)) = self.known(id) else { return };
                let answer = self.portal.progress(id, total).await;
                self.read(id, answer).await
            }
            Next::Send { from, len } => match self.part(id, from, len).await {
                Ok((part, total)) => {
                    let begun = self.shared.clock.monotonic();
                    self.say(id, Status::Sending { sent: from, total });
                    let answer = self.portal.put(id, from, total, part).await;
                    let took = self.shared.clock.since(begun);
                    if answer.is_ok()
                        && let Some(item) = self.shared.items().get_mut(&id)
                    {
                        item.life.pace.took(len, took);
                    }
                    self.read(id, answer).await
                }
                Err(e) => (Happened::Store(e.code()), None),
            },
            other => return self.carry_out(id, other, None).await,
        };
        let Some(next) = self.after(id, happened) else { return };
        self.carry_out(id, next, verified).await;
    }

    async fn carry_out(&mut self, id: Id, next: Next, verified: Option<(Status, Vec<u8>)>) {
        let shared = self.shared.clone();
        match (next, verified) {
            (Next::Ask | Next::Send { .. }, _) => {
                // Its next turn; another's smaller remainder may come first.
                if let Some(item) = shared.items().get_mut(&id) {
                    item.due = shared.clock.monotonic();
                    let (sent, total) = (item.life.sent, item.life.total);
                    item.status.send_replace(Status::Sending { sent, total });
                }
            }
            (Next::Wait { after, fault, all }, _) => {
                self.put_off(id, after, fault, all);
                self.note(id, Some(fault)).await;
            }
            (Next::Stuck(code), _) => self.stick(id, code).await,
            (keep @ (Next::KeepReceipt | Next::KeepNotice), Some((status, bytes))) => {
                let place = if keep == Next::KeepReceipt { Place::Registered } else { Place::Refused };
                let settled = self.on_shelf(move |shelf| shelf.settle(id, place, &bytes)).await;
                self.envelope = None;
                match settled {
                    Ok(()) => {
                        self.say(id, status);
                        if self.shared.keep.days == 0 {
                            self.release(id).await;
                        }
                    }
                    Err(e) => self.stick(id, e.code()).await,
                }
            }
            (Next::KeepReceipt | Next::KeepNotice, None) => self.stick(id, COULD_NOT).await,
        }
    }

    fn put_off(&self, id: Id, after: Duration, fault: Code, all: bool) {
        let due = self.shared.clock.monotonic() + after;
        let mut items = self.shared.items();
        for (other, item) in items.iter_mut() {
            if *other == id {
                item.due = due;
                item.status.send_replace(Status::Stored { fault: Some(fault) });
            } else if all {
                item.due = item.due.max(due);
            }
        }
    }

    async fn stick(&mut self, id: Id, code: Code) {
        self.envelope = None;
        self.note(id, Some(code)).await;
        let _ = self.on_shelf(move |shelf| shelf.shift(id, Place::Stuck)).await;
        self.say(id, Status::Stuck { code });
    }

    /// Writes the reason down where it changed: it survives a restart.
    async fn note(&self, id: Id, fault: Option<Code>) {
        let facts = {
            let mut items = self.shared.items();
            let Some(item) = items.get_mut(&id) else { return };
            item.facts.attempts = item.facts.attempts.saturating_add(1);
            let fault = fault.map(|c| c.0.to_owned());
            if item.facts.fault == fault {
                return;
            }
            item.facts.fault = fault;
            item.facts.clone()
        };
        let _ = self.on_shelf(move |shelf| shelf.note(id, &facts)).await;
    }

    fn after(&self, id: Id, happened: Happened) -> Option<Next> {
        let jitter = self.jitter();
        Some(self.shared.items().get_mut(&id)?.life.after(happened, jitter))
    }

    pub(super) fn jitter(&self) -> u16 {
        let mut jitter = [0u8; 2];
        let _ = getrandom::fill(&mut jitter);
        u16::from_le_bytes(jitter)
    }

    pub(super) fn known(&self, id: Id) -> Option<(u64, Facts)> {
        self.shared.items().get(&id).map(|item| (item.life.total, item.facts.clone()))
    }

    fn say(&self, id: Id, status: Status) {
        if let Some(item) = self.shared.items().get(&id) {
            item.status.send_replace(status);
        }
    }

    pub(super) async fn on_shelf<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Shelf) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let shelf = self.shared.shelf.clone();
        tokio::task::spawn_blocking(move || work(&*shelf)).await.unwrap_or(Err(StoreError::Damaged))
    }

    /// Bytes `from..from + len` of the envelope, and how many it has.
    pub(super) async fn part(&mut self, id: Id, from: u64, len: u64) -> Result<(Vec<u8>, u64), StoreError> {
        if self.envelope.as_ref().is_none_or(|(held, _)| *held != id) {
            let bytes = self.on_shelf(move |shelf| shelf.envelope(id)).await?;
            self.envelope = Some((id, bytes));
        }
        let (_, bytes) = self.envelope.as_ref().ok_or(StoreError::Damaged)?;
        let from = usize::try_from(from).map_err(|_| StoreError::Damaged)?;
        let to = from + usize::try_from(len).map_err(|_| StoreError::Damaged)?;
        let part = bytes.get(from..to).ok_or(StoreError::Damaged)?.to_vec();
        Ok((part, bytes.len() as u64))
    }

    pub(super) async fn read(
        &self,
        id: Id,
        answer: Result<Progress, PortalError>,
    ) -> (Happened, Option<(Status, Vec<u8>)>) {
        match answer {
            Ok(Progress::Offset(n)) => (Happened::At(n), None),
            Ok(Progress::Done(outcome)) => self.judge(id, outcome).await,
            Err(error) => {
                if error == PortalError::Untrusted {
                    // The deployment may have a new TLS CA; its keyset says so under the root.
                    self.refresh().await;
                }
                (Happened::Failed(error), None)
            }
        }
    }

    /// Verifies the portal's word against the keyset held, and asks for a newer keyset where the
    /// one held does not know the key.
    async fn judge(&self, id: Id, outcome: Outcome) -> (Happened, Option<(Status, Vec<u8>)>) {
        let mut looked = self.look(id, &outcome);
        if let Err(Some(e)) = &looked
            && !e.verdict_is_known()
            && self.refresh().await
        {
            looked = self.look(id, &outcome);
        }
        let bytes = match &outcome {
            Outcome::Receipt(bytes) | Outcome::Notice(bytes) => bytes.clone(),
        };
        let (checked, verified) = match looked {
            Ok(status) => (Checked::Valid, Some((status, bytes))),
            Err(Some(VerifyError::Time)) => (Checked::CouldNot(CLOCK), None),
            Err(Some(e)) if !e.verdict_is_known() => (Checked::CouldNot(COULD_NOT), None),
            Err(_) => (Checked::Wrong(WRONG), None),
        };
        match outcome {
            Outcome::Receipt(_) => (Happened::Receipt(checked), verified),
            Outcome::Notice(_) => (Happened::Notice(checked), verified),
        }
    }

    /// `Err(None)`: well signed, and about another letter.
    fn look(&self, id: Id, outcome: &Outcome) -> Result<Status, Option<VerifyError>> {
        let facts = self.known(id).map(|(_, facts)| facts).ok_or(None)?;
        let keyset = self.shared.held.keyset();
        match outcome {
            Outcome::Receipt(bytes) => {
                let receipt = verify_receipt(bytes, &keyset).map_err(Some)?;
                if receipt.submission != facts.submission || receipt.statement != facts.statement {
                    return Err(None);
                }
                // A receipt of another year: whose clock is off is for people to see.
                if receipt.registered > self.shared.clock.now().wall.plus(AHEAD) {
                    return Err(Some(VerifyError::Time));
                }
                self.shared.clock.proven(receipt.registered);
                Ok(registered(receipt, bytes.clone()))
            }
            Outcome::Notice(bytes) => {
                let notice = verify_notice(bytes, &keyset).map_err(Some)?;
                if notice.submission != facts.submission || notice.envelope != id {
                    return Err(None);
                }
                if notice.time > self.shared.clock.now().wall.plus(AHEAD) {
                    return Err(Some(VerifyError::Time));
                }
                self.shared.clock.proven(notice.time);
                Ok(refused(notice, bytes.clone()))
            }
        }
    }

    /// Whether a newer keyset came and verified.
    pub(super) async fn refresh(&self) -> bool {
        let held = &self.shared.held;
        match self.portal.keyset(Some(held.keyset().version)).await {
            Ok(Some(signed)) => held.offer(&signed).unwrap_or(false),
            _ => false,
        }
    }
}
