//! What is known of readers and cards, and what follows from it: pure, no card is asked here.

use std::collections::HashMap;

use super::monitor::Look;
use super::work::Found;
use super::{App, CardError, CardInfo, CardStatus, Presence, ReaderState};
use crate::clock::{Confidence, Reading};

/// Reads that fail for a passing reason are tried this often.
const ATTEMPTS: u8 = 3;

pub(super) struct State {
    /// Only cards inserted during the session count.
    fresh_only: bool,
    in_session: bool,
    /// Insertions up to this one are from before the session.
    mark: u64,
    /// By source: PC/SC is the first, then the token modules. `None`: the service is away.
    sources: Vec<Option<Vec<ReaderState>>>,
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
    Read(Vec<Found>),
    Failed(CardError),
}

impl State {
    /// With `fresh_only` a session must begin before any card counts; without it all cards do.
    pub fn new(fresh_only: bool, sources: usize) -> Self {
        let sources = vec![None; sources.max(1)];
        Self { fresh_only, in_session: !fresh_only, mark: 0, sources, cards: HashMap::new() }
    }

    fn readers(&self) -> impl Iterator<Item = &ReaderState> {
        self.sources.iter().flatten().flatten()
    }

    pub fn looked(&mut self, source: usize, look: Look) {
        let readers = match look {
            Ok(readers) => Some(readers),
            Err(CardError::NoReader) => Some(vec![]),
            Err(_) => None,
        };
        let Some(known) = self.sources.get_mut(source) else { return };
        // While the service was away anybody may have changed the cards.
        if let (None, Some(readers)) = (&known, &readers)
            && self.fresh_only
        {
            self.mark = self.mark.max(newest(readers));
        }
        *known = readers;
        let there: Vec<u64> =
            self.readers().filter(|r| r.presence != Presence::Empty).map(|r| r.insertion).collect();
        self.cards.retain(|insertion, _| there.contains(insertion));
    }

    pub fn session_began(&mut self) {
        self.session_ended();
        self.in_session = true;
    }

    pub fn session_ended(&mut self) {
        self.cards.clear();
        if self.fresh_only {
            self.in_session = false;
            let newest = self.readers().map(|r| r.insertion).max();
            self.mark = self.mark.max(newest.unwrap_or(0));
        }
    }

    /// Cards to read now; they count as being read from here on.
    pub fn start_reading(&mut self) -> Vec<(String, u64)> {
        let mut wanted = vec![];
        for readers in &self.sources {
            for reader in readers.iter().flatten() {
                if reader.presence != Presence::Present || !self.counts(reader) {
                    continue;
                }
                let Ok(card) = self
                    .cards
                    .get(&reader.insertion)
                    .map_or(Ok(None), |card| if card.may_read() { Ok(Some(card)) } else { Err(()) })
                else {
                    continue;
                };
                let held = card.is_some_and(|c| matches!(c.known, Known::Failed(CardError::HeldByOther)));
                let attempts = card.map_or(0, |c| c.attempts) + u8::from(!held);
                wanted.push((reader.name.clone(), reader.insertion, attempts));
            }
        }
        let begin = |(reader, insertion, attempts)| {
            self.cards.insert(insertion, Card { attempts, known: Known::Reading });
            (reader, insertion)
        };
        wanted.into_iter().map(begin).collect()
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
    pub fn read(&mut self, insertion: u64, result: Result<Vec<Found>, CardError>) {
        if let Some(card) = self.cards.get_mut(&insertion)
            && matches!(card.known, Known::Reading | Known::Waiting)
        {
            card.known = match result {
                Ok(found) => Known::Read(found),
                Err(error) => Known::Failed(error),
            };
        }
    }

    /// The keys that one PIN of a card opens.
    fn opened_by(&mut self, insertion: u64, app: App) -> impl Iterator<Item = &mut Found> {
        let found = match self.cards.get_mut(&insertion) {
            Some(Card { known: Known::Read(found), .. }) => &mut found[..],
            _ => &mut [],
        };
        found.iter_mut().filter(move |found| found.info.app == app)
    }

    pub fn tries_left(&mut self, insertion: u64, app: App, tries: Option<u8>) {
        self.opened_by(insertion, app).for_each(|found| found.info.tries_left = tries);
    }

    pub fn own_pin(&mut self, insertion: u64, app: App, own: bool) {
        self.opened_by(insertion, app).for_each(|found| found.info.own_pin = own);
    }

    /// Whether the card tells how many tries are left.
    pub fn counts_tries(&mut self, insertion: u64, app: App) -> bool {
        self.opened_by(insertion, app).any(|found| found.info.tries_left.is_some())
    }

    /// The number of the place where a card was put in.
    pub fn source_of(&self, insertion: u64) -> Option<usize> {
        let there = |readers: &Option<Vec<ReaderState>>| {
            readers.iter().flatten().any(|reader| reader.insertion == insertion)
        };
        self.sources.iter().position(there)
    }

    pub fn reader_of(&self, insertion: u64) -> Option<String> {
        self.readers().find(|r| r.insertion == insertion).map(|r| r.name.clone())
    }

    /// The card is not what it was taken for: read it anew.
    pub fn forget(&mut self, insertion: u64) {
        self.cards.remove(&insertion);
    }

    /// Whether the card that was shown may be asked to sign.
    pub fn may_sign(&self, shown: &CardInfo) -> Result<(), CardError> {
        let up = self.sources.iter().any(Option::is_some);
        let reader = self.readers().find(|r| r.name == shown.reader);
        let reader = reader.ok_or(if up { CardError::ReaderGone } else { CardError::NoService })?;
        match reader.presence {
            Presence::Empty => Err(CardError::Pulled),
            _ if reader.insertion != shown.insertion || !self.counts(reader) => Err(CardError::OtherCard),
            _ => Ok(()),
        }
    }

    pub fn status(&self, now: Reading) -> CardStatus {
        let mut seen = vec![];
        for reader in self.readers().filter(|r| r.presence != Presence::Empty) {
            seen.extend(self.of(reader, now).into_iter().map(|status| (status, reader.insertion)));
        }
        self.leave_out_twins(&mut seen);
        let ready = |status: &CardStatus| match status {
            CardStatus::Ready(info) => Some(info.clone()),
            _ => None,
        };
        let mut able: Vec<CardInfo> = seen.iter().filter_map(|(status, _)| ready(status)).collect();
        if able.len() > 1 {
            // An order of its own: neither the newest nor any other is proposed.
            able.sort_by(|a, b| (&a.reader, a.app, a.insertion).cmp(&(&b.reader, b.app, b.insertion)));
            return CardStatus::Several(able);
        }
        match seen.into_iter().max_by_key(|(status, insertion)| (rank(status), *insertion)) {
            Some((status, _)) => status,
            // Token modules are beside the service, not in its place.
            None if self.sources.first().is_none_or(Option::is_none) => CardStatus::NoService,
            None if self.readers().next().is_none() => CardStatus::NoReader,
            None => CardStatus::NoCard,
        }
    }

    /// A card that is reached natively is not shown again as its module's token; while it is not known
    /// yet whose cards are in the readers, no token is shown at all.
    fn leave_out_twins(&self, seen: &mut Vec<(CardStatus, u64)>) {
        let token = |insertion: u64| self.source_of(insertion).is_some_and(|source| source > 0);
        let reading = |(status, insertion): &(CardStatus, u64)| {
            matches!(status, CardStatus::Reading) && !token(*insertion)
        };
        let wait = seen.iter().any(reading);
        let natives: Vec<_> = self.cards.iter().filter(|(insertion, _)| !token(**insertion)).collect();
        let native = |info: &CardInfo| {
            natives.iter().any(|(_, card)| match &card.known {
                Known::Read(found) => found.iter().any(|f| f.info.certificate == info.certificate),
                _ => false,
            })
        };
        seen.retain(|(status, insertion)| {
            let twin = status.info().is_some_and(native);
            self.sources.len() < 2 || !token(*insertion) || !(wait || twin)
        });
    }

    /// One status for each key that a card holds.
    fn of(&self, reader: &ReaderState, now: Reading) -> Vec<CardStatus> {
        if !self.counts(reader) {
            return vec![CardStatus::LeftBehind];
        }
        if reader.presence == Presence::Mute {
            return vec![CardStatus::WrongWay];
        }
        let Some(card) = self.cards.get(&reader.insertion) else { return vec![CardStatus::Reading] };
        vec![match &card.known {
            Known::Reading => CardStatus::Reading,
            Known::Waiting | Known::Failed(CardError::HeldByOther) => CardStatus::HeldByOther,
            Known::Failed(_) if card.may_read() => CardStatus::Reading,
            Known::Failed(CardError::NoCertificate) => CardStatus::NoCertificate,
            Known::Failed(CardError::Unsupported | CardError::Refused(_)) => CardStatus::Unsupported,
            Known::Failed(error) => CardStatus::Damaged(error.clone()),
            Known::Read(found) => return found.iter().map(|found| judge(found, now)).collect(),
        }]
    }

    fn counts(&self, reader: &ReaderState) -> bool {
        !self.fresh_only || self.in_session && reader.insertion > self.mark
    }
}

impl Card {
    fn may_read(&self) -> bool {
        match &self.known {
            Known::Failed(CardError::HeldByOther) => true,
            Known::Failed(
                CardError::Unsupported | CardError::NoCertificate | CardError::Refused(_) | CardError::Slow,
            ) => false,
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
        CardStatus::Unsupported | CardStatus::NoCertificate | CardStatus::Damaged(_) => 3,
        CardStatus::HeldByOther => 4,
        CardStatus::Reading => 5,
        CardStatus::NotYetValid(_) | CardStatus::Expired(_) => 6,
        CardStatus::Blocked(_) => 7,
        CardStatus::Ready(_) | CardStatus::Several(_) => 8,
    }
}

#[cfg(test)]
mod tests;
