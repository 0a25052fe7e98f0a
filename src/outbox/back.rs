//! What a portal that was restored from an older copy lost goes there again: the worker asks which of
//! the kept envelopes are still known, and brings each other one back with the portal's own word.

use std::time::Duration;

use super::front::{Item, Shared};
use super::state::{Checked, Happened, Life, Next};
use super::worker::{WRONG, Worker};
use super::{Id, Status};
use crate::clock::Moment;
use crate::fault::{Code, Coded as _};
use crate::portal::{Outcome, PortalError, wire};
use crate::store::shelf::Place;

/// An envelope on its way back.
pub(super) struct Back {
    pub life: Life,
    /// The run of the portal that was brought its word.
    brought: Option<Option<u32>>,
    pub fault: Option<Code>,
}

impl Back {
    pub fn new(life: Life) -> Self {
        Self { life, brought: None, fault: None }
    }
}

/// What staff see of a portal's loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Returned {
    /// Letters that are still to be given to the portal again, and why the last attempt failed.
    pub open: usize,
    pub fault: Option<Code>,
    /// Letters that it has again, and how many of them got another number.
    pub given: usize,
    pub renumbered: usize,
}

/// The portal's signed word about a settled one, and its time.
pub(super) fn word(status: &Status) -> Option<(Outcome, Moment)> {
    match status {
        Status::Registered { receipt, signed } => {
            Some((Outcome::Receipt(signed.to_vec()), receipt.registered))
        }
        Status::NotAccepted { notice, signed } => Some((Outcome::Notice(signed.to_vec()), notice.time)),
        _ => None,
    }
}

/// A letter is known by its times: another number may be given, another due date never.
fn as_it_was(before: &Status, now: &Status) -> bool {
    match (before, now) {
        (Status::Registered { receipt: a, .. }, Status::Registered { receipt: b, .. }) => {
            (a.registered, a.due, &a.rule) == (b.registered, b.due, &b.rule)
        }
        (Status::NotAccepted { .. }, Status::NotAccepted { .. }) => true,
        _ => false,
    }
}

impl Item {
    /// When it was settled, where its envelope is kept and not on its way.
    pub fn kept_since(&self) -> Option<Moment> {
        (self.sealed && self.back.is_none()).then(|| word(&self.status.borrow()))?.map(|(_, at)| at)
    }
}

impl Shared {
    /// The kept envelopes that the portal should know, the oldest first.
    pub fn kept(&self) -> Vec<(Moment, Id)> {
        let items = self.items();
        let mut kept: Vec<_> = items.iter().filter_map(|(id, i)| Some((i.kept_since()?, *id))).collect();
        kept.sort_unstable();
        kept
    }
}

fn begin(id: &Id) -> [u8; 8] {
    let mut begin = [0; 8];
    begin.copy_from_slice(&id.0[..8]);
    begin
}

impl Worker {
    /// One question about everything that is kept; before it, what was kept for long enough goes.
    pub(super) async fn ask(&mut self) {
        self.release_old().await;
        let asked = self.shared.kept();
        // The latest are the likeliest to be missing.
        let asked: Vec<Id> = asked.into_iter().rev().take(wire::MAX_ASKED).map(|(_, id)| id).collect();
        let every = self.shared.keep.ask_every;
        if asked.is_empty() {
            self.asked_of = self.portal.life();
            return self.ask_after(every);
        }
        match self.portal.missing(asked.iter().map(begin).collect()).await {
            Ok(missing) => {
                self.asking = Life::resumed(0, self.shared.waits);
                self.asked_of = self.portal.life();
                self.ask_after(every);
                for id in asked.into_iter().filter(|id| missing.contains(&begin(id))) {
                    self.lost(id).await;
                }
            }
            Err(error) => {
                if error == PortalError::Untrusted {
                    self.refresh().await;
                }
                match self.asking.after(Happened::Failed(error), self.jitter()) {
                    Next::Wait { after, .. } => self.ask_after(after),
                    // A portal that does not know the question, or this kiosk: asked again in hours.
                    _ => self.ask_after(every),
                }
            }
        }
    }

    /// All that is kept came with this run's own word: it need not be asked until later.
    pub(super) fn vouched(&mut self) {
        self.asked_of = self.portal.life();
        self.ask_after(self.shared.keep.ask_every);
    }

    fn ask_after(&mut self, wait: Duration) {
        self.ask_at = self.shared.clock.monotonic() + wait;
    }

    /// The portal does not know it any more.
    async fn lost(&mut self, id: Id) {
        // The disk says so first: a stop now forgets nothing.
        if self.on_shelf(move |shelf| shelf.shift(id, Place::Returning)).await.is_err() {
            return;
        }
        let now = self.shared.clock.monotonic();
        if let Some(item) = self.shared.items().get_mut(&id) {
            item.back = Some(Back::new(Life::resumed(item.facts.size, self.shared.waits)));
            item.due = now;
        }
    }

    /// By the time that portals proved, not by this machine's clock, which may be off.
    async fn release_old(&mut self) {
        let keep = i64::from(self.shared.keep.days) * 86_400;
        let now = self.shared.clock.floor();
        for (_, id) in self.shared.kept().into_iter().filter(|(at, _)| at.plus(keep) <= now) {
            self.release(id).await;
        }
    }

    pub(super) async fn release(&self, id: Id) {
        if self.on_shelf(move |shelf| shelf.release(id)).await.is_ok()
            && let Some(item) = self.shared.items().get_mut(&id)
        {
            item.sealed = false;
        }
    }

    /// One round trip of one that goes back, and what follows from it.
    pub(super) async fn give_back(&mut self, id: Id) {
        let run = self.portal.life();
        let (next, total, brought, word) = {
            let mut items = self.shared.items();
            let Some(item) = items.get_mut(&id) else { return };
            let Some((word, _)) = word(&item.status.borrow()) else { return };
            let Some(back) = item.back.as_mut() else { return };
            (back.life.after(Happened::Due, 0), back.life.total, back.brought == Some(run), word)
        };
        let answer = match next {
            // The word comes first: without it the envelope would be registered as a new letter.
            _ if !brought => {
                let answer = self.portal.bring(id, word).await;
                self.brought(id, answer.is_ok().then(|| self.portal.life()));
                answer
            }
            Next::Send { from, len } => match self.part(id, from, len).await {
                Ok((part, total)) => self.portal.put(id, from, total, part).await,
                Err(e) => return self.later(id, e.code(), self.shared.waits.longest, false),
            },
            _ => self.portal.progress(id, total).await,
        };
        if answer.is_err() {
            self.brought(id, None);
        }
        let (happened, verified) = self.read(id, answer).await;
        let happened = match (&happened, &verified) {
            (Happened::Receipt(_) | Happened::Notice(_), Some((now, _))) if !self.fits(id, now) => {
                Happened::Receipt(Checked::Wrong(WRONG))
            }
            _ => happened,
        };
        let jitter = self.jitter();
        let next = {
            let mut items = self.shared.items();
            let Some(back) = items.get_mut(&id).and_then(|item| item.back.as_mut()) else { return };
            back.life.after(happened, jitter)
        };
        match (next, verified) {
            (Next::Ask | Next::Send { .. }, _) => {
                if let Some(item) = self.shared.items().get_mut(&id) {
                    item.due = self.shared.clock.monotonic();
                }
            }
            (Next::Wait { after, fault, all }, _) => self.later(id, fault, after, all),
            (Next::Stuck(code), _) => self.later(id, code, self.shared.waits.longest, false),
            (Next::KeepReceipt | Next::KeepNotice, Some((status, signed))) => {
                self.given(id, status, signed).await;
            }
            (Next::KeepReceipt | Next::KeepNotice, None) => {
                self.later(id, WRONG, self.shared.waits.longest, false);
            }
        }
    }

    fn brought(&self, id: Id, run: Option<Option<u32>>) {
        if let Some(back) = self.shared.items().get_mut(&id).and_then(|item| item.back.as_mut()) {
            back.brought = run;
        }
    }

    fn fits(&self, id: Id, now: &Status) -> bool {
        self.shared.items().get(&id).is_some_and(|item| as_it_was(&item.status.borrow(), now))
    }

    /// It never gives up: the paper in the visitor's hand says that the portal has the letter.
    fn later(&self, id: Id, fault: Code, after: Duration, all: bool) {
        let due = self.shared.clock.monotonic() + after;
        for (other, item) in self.shared.items().iter_mut() {
            if *other == id {
                item.due = due;
                if let Some(back) = &mut item.back {
                    back.fault = Some(fault);
                }
            } else if all {
                item.due = item.due.max(due);
            }
        }
    }

    /// The portal has it again.
    async fn given(&mut self, id: Id, status: Status, signed: Vec<u8>) {
        self.envelope = None;
        let Some((_, mut facts)) = self.known(id) else { return };
        let number = |status: &Status| match status {
            Status::Registered { receipt, .. } => Some(receipt.number.clone()),
            _ => None,
        };
        let before = self.shared.items().get(&id).and_then(|item| number(&item.status.borrow()));
        facts.again = Some(self.shared.clock.now().wall);
        if before != number(&status) {
            facts.former = before;
        }
        let place = if number(&status).is_some() { Place::Registered } else { Place::Refused };
        let kept = facts.clone();
        let settled = self.on_shelf(move |shelf| {
            shelf.note(id, &kept)?;
            shelf.settle(id, place, &signed)
        });
        if let Err(e) = settled.await {
            return self.later(id, e.code(), self.shared.waits.longest, false);
        }
        if let Some(item) = self.shared.items().get_mut(&id) {
            item.facts = facts;
            item.back = None;
            item.status.send_replace(status);
        }
    }
}
