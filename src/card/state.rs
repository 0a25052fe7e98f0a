//! What is known of readers and cards, and what follows from it: pure, no card is asked here.

use std::collections::HashMap;

use super::monitor::Look;
use super::work::Found;
use super::{CardError, CardInfo, CardStatus, Presence, ReaderState};
use crate::clock::{Confidence, Reading};

/// Reads that fail for a passing reason are tried this often.
const ATTEMPTS: u8 = 3;

pub(super) struct State {
    /// Only cards inserted during the session count.
    fresh_only: bool,
    in_session: bool,
    /// Insertions up to this one are from before the session.
    mark: u64,
    /// `None`: the service is away.
    readers: Option<Vec<ReaderState>>,
    /// By insertion.
    cards: HashMap<u64, Card>,
}

struct Card {
    attempts: u8,
    known: Known,
}

enum Known {
    Reading,
    /// Being read, but another program is at the card.
    Waiting,
    Read(Box<Found>),
    Failed(CardError),
}

impl State {
    /// With `fresh_only` a session must begin before any card counts; without it all cards do.
    pub fn new(fresh_only: bool) -> Self {
        Self { fresh_only, in_session: !fresh_only, mark: 0, readers: None, cards: HashMap::new() }
    }

    pub fn looked(&mut self, look: Look) {
        match look {
            Ok(readers) => {
                // While the service was away anybody may have changed the cards.
                if self.readers.is_none() && self.fresh_only {
                    self.mark = self.mark.max(newest(&readers));
                }
                self.cards.retain(|insertion, _| {
                    readers.iter().any(|r| r.presence != Presence::Empty && r.insertion == *insertion)
                });
                self.readers = Some(readers);
            }
            Err(CardError::NoReader) => self.looked(Ok(vec![])),
            Err(_) => {
                self.readers = None;
                self.cards.clear();
            }
        }
    }

    pub fn session_began(&mut self) {
        self.session_ended();
        self.in_session = true;
    }

    pub fn session_ended(&mut self) {
        self.cards.clear();
        if self.fresh_only {
            self.in_session = false;
            self.mark = self.mark.max(self.readers.as_deref().map_or(0, newest));
        }
    }

    /// Cards to read now; they count as being read from here on.
    pub fn start_reading(&mut self) -> Vec<(String, u64)> {
        let mut wanted = vec![];
        for reader in self.readers.iter().flatten() {
            if reader.presence == Presence::Present && self.counts(reader) {
                let card = self.cards.entry(reader.insertion);
                let card = card.or_insert(Card { attempts: 0, known: Known::Failed(CardError::Reset) });
                if card.may_read() {
                    if !matches!(card.known, Known::Failed(CardError::HeldByOther)) {
                        card.attempts += 1;
                    }
                    card.known = Known::Reading;
                    wanted.push((reader.name.clone(), reader.insertion));
                }
            }
        }
        wanted
    }

    /// Whether a card waits to be read again.
    pub fn unsettled(&self) -> bool {
        self.cards.values().any(Card::may_read)
    }

    pub fn waiting(&mut self, insertion: u64) {
        if let Some(Card { known: known @ Known::Reading, .. }) = self.cards.get_mut(&insertion) {
            *known = Known::Waiting;
        }
    }

    /// A result that nobody waits for any more (the card is gone, the session over) is dropped.
    pub fn read(&mut self, insertion: u64, result: Result<Found, CardError>) {
        if let Some(card) = self.cards.get_mut(&insertion)
            && matches!(card.known, Known::Reading | Known::Waiting)
        {
            card.known = match result {
                Ok(found) => Known::Read(Box::new(found)),
                Err(error) => Known::Failed(error),
            };
        }
    }

    pub fn tries_left(&mut self, insertion: u64, tries: Option<u8>) {
        if let Some(Card { known: Known::Read(found), .. }) = self.cards.get_mut(&insertion) {
            found.info.tries_left = tries;
        }
    }

    /// The reader of a card that tells how many tries are left.
    pub fn counts_tries(&self, insertion: u64) -> Option<String> {
        match &self.cards.get(&insertion)?.known {
            Known::Read(found) => found.info.tries_left.and(Some(found.info.reader.clone())),
            _ => None,
        }
    }

    /// The card is not what it was taken for: read it anew.
    pub fn forget(&mut self, insertion: u64) {
        self.cards.remove(&insertion);
    }

    /// Whether the card that was shown may be asked to sign.
    pub fn may_sign(&self, shown: &CardInfo) -> Result<(), CardError> {
        let readers = self.readers.as_ref().ok_or(CardError::NoService)?;
        let reader = readers.iter().find(|r| r.name == shown.reader).ok_or(CardError::ReaderGone)?;
        match reader.presence {
            Presence::Empty => Err(CardError::Pulled),
            _ if reader.insertion != shown.insertion || !self.counts(reader) => Err(CardError::OtherCard),
            _ => Ok(()),
        }
    }

    pub fn status(&self, now: Reading) -> CardStatus {
        let Some(readers) = &self.readers else { return CardStatus::NoService };
        let best = readers
            .iter()
            .filter(|r| r.presence != Presence::Empty)
            .map(|r| (self.of(r, now), r.insertion))
            .max_by_key(|(status, insertion)| (rank(status), *insertion));
        match best {
            Some((status, _)) => status,
            None if readers.is_empty() => CardStatus::NoReader,
            None => CardStatus::NoCard,
        }
    }

    fn of(&self, reader: &ReaderState, now: Reading) -> CardStatus {
        if !self.counts(reader) {
            return CardStatus::LeftBehind;
        }
        if reader.presence == Presence::Mute {
            return CardStatus::WrongWay;
        }
        match self.cards.get(&reader.insertion) {
            None => CardStatus::Reading,
            Some(card) => match &card.known {
                Known::Reading => CardStatus::Reading,
                Known::Waiting | Known::Failed(CardError::HeldByOther) => CardStatus::HeldByOther,
                Known::Failed(_) if card.may_read() => CardStatus::Reading,
                Known::Failed(_) => CardStatus::Unsupported,
                Known::Read(found) => judge(found, now),
            },
        }
    }

    fn counts(&self, reader: &ReaderState) -> bool {
        !self.fresh_only || self.in_session && reader.insertion > self.mark
    }
}

impl Card {
    fn may_read(&self) -> bool {
        match &self.known {
            Known::Failed(CardError::HeldByOther) => true,
            Known::Failed(CardError::Unsupported | CardError::Refused(_) | CardError::Slow) => false,
            Known::Failed(_) => self.attempts < ATTEMPTS,
            _ => false,
        }
    }
}

fn newest(readers: &[ReaderState]) -> u64 {
    readers.iter().map(|r| r.insertion).max().unwrap_or(0)
}

fn judge(found: &Found, now: Reading) -> CardStatus {
    let info = found.info.clone();
    // A doubtful clock stands at the least that is proven to have passed: it can prove that a
    // certificate has run out, never that its time has not come.
    if info.not_after < now.wall {
        CardStatus::Expired(info)
    } else if found.not_before > now.wall && now.confidence == Confidence::Plausible {
        CardStatus::NotYetValid(info)
    } else if info.tries_left == Some(0) {
        CardStatus::Blocked(info)
    } else {
        CardStatus::Ready(info)
    }
}

fn rank(status: &CardStatus) -> u8 {
    match status {
        CardStatus::NoService | CardStatus::NoReader | CardStatus::NoCard => 0,
        CardStatus::LeftBehind => 1,
        CardStatus::WrongWay => 2,
        CardStatus::Unsupported => 3,
        CardStatus::HeldByOther => 4,
        CardStatus::Reading => 5,
        CardStatus::NotYetValid(_) | CardStatus::Expired(_) => 6,
        CardStatus::Blocked(_) => 7,
        CardStatus::Ready(_) => 8,
    }
}

#[cfg(test)]
mod tests;
