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
    pub fn to_read(&mut self) -> Vec<(String, u64)> {
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
mod tests {
    use super::*;
    use crate::card::KeyKind;
    use crate::clock::Moment;
    use crate::private::Private;

    const NOW: Reading = Reading { wall: Moment(1_000), confidence: Confidence::Plausible };

    fn reader(name: &str, presence: Presence, insertion: u64) -> ReaderState {
        ReaderState { name: name.into(), presence, insertion }
    }

    fn found(reader: &str, insertion: u64) -> Found {
        let info = CardInfo {
            reader: reader.into(),
            insertion,
            key: KeyKind::P256,
            owner: Private::default(),
            certificate: Private::default(),
            not_after: Moment(2_000),
            tries_left: Some(3),
        };
        Found { info, not_before: Moment(500) }
    }

    fn begun(readers: Vec<ReaderState>) -> State {
        let mut state = State::new(true);
        state.looked(Ok(readers));
        state.session_began();
        state
    }

    /// A session with one card read in reader A, insertion 5.
    fn ready() -> State {
        let mut state = begun(vec![reader("A", Presence::Empty, 0)]);
        state.looked(Ok(vec![reader("A", Presence::Present, 5)]));
        assert_eq!(state.to_read(), [("A".to_owned(), 5)]);
        assert_eq!(state.status(NOW), CardStatus::Reading);
        assert!(state.to_read().is_empty(), "read once");
        state.read(5, Ok(found("A", 5)));
        assert_eq!(state.status(NOW), CardStatus::Ready(found("A", 5).info));
        state
    }

    #[test]
    fn a_card_of_the_visitor_before_is_not_read() {
        let mut state = begun(vec![reader("A", Presence::Present, 5)]);
        assert_eq!(state.status(NOW), CardStatus::LeftBehind);
        assert!(state.to_read().is_empty());
        assert_eq!(state.may_sign(&found("A", 5).info), Err(CardError::OtherCard));
        state.looked(Ok(vec![reader("A", Presence::Empty, 5)]));
        assert_eq!(state.status(NOW), CardStatus::NoCard);
        state.looked(Ok(vec![reader("A", Presence::Present, 6)]));
        assert_eq!(state.to_read(), [("A".to_owned(), 6)]);
    }

    #[test]
    fn between_sessions_no_card_is_read_and_all_are_left_behind() {
        let mut state = ready();
        state.session_ended();
        assert_eq!(state.status(NOW), CardStatus::LeftBehind);
        state.looked(Ok(vec![reader("A", Presence::Present, 6)]));
        assert!(state.to_read().is_empty());
        state.session_began();
        assert_eq!(state.status(NOW), CardStatus::LeftBehind);
    }

    #[test]
    fn a_late_answer_does_not_survive_its_session() {
        let mut state = begun(vec![reader("A", Presence::Empty, 0)]);
        state.looked(Ok(vec![reader("A", Presence::Present, 5)]));
        state.to_read();
        state.session_began();
        state.read(5, Ok(found("A", 5)));
        assert_eq!(state.status(NOW), CardStatus::LeftBehind);
    }

    #[test]
    fn after_the_service_was_away_a_card_must_be_put_in_again() {
        let mut state = ready();
        state.looked(Err(CardError::NoService));
        assert_eq!(state.status(NOW), CardStatus::NoService);
        assert_eq!(state.may_sign(&found("A", 5).info), Err(CardError::NoService));
        state.looked(Ok(vec![reader("A", Presence::Present, 6)]));
        assert_eq!(state.status(NOW), CardStatus::LeftBehind);
    }

    #[test]
    fn a_token_that_is_its_own_reader_counts_when_it_is_plugged_in() {
        let mut state = begun(vec![]);
        assert_eq!(state.status(NOW), CardStatus::NoReader);
        state.looked(Ok(vec![reader("token", Presence::Present, 1)]));
        assert_eq!(state.to_read(), [("token".to_owned(), 1)]);
    }

    #[test]
    fn a_pulled_card_is_gone_and_another_is_another() {
        let mut state = ready();
        let shown = found("A", 5).info;
        assert_eq!(state.may_sign(&shown), Ok(()));
        state.looked(Ok(vec![reader("A", Presence::Empty, 5)]));
        assert_eq!(state.may_sign(&shown), Err(CardError::Pulled));
        state.looked(Ok(vec![reader("A", Presence::Present, 6)]));
        assert_eq!(state.may_sign(&shown), Err(CardError::OtherCard));
        state.looked(Ok(vec![]));
        assert_eq!(state.may_sign(&shown), Err(CardError::ReaderGone));
    }

    #[test]
    fn the_command_line_takes_a_card_that_is_already_there() {
        let mut state = State::new(false);
        state.looked(Ok(vec![reader("A", Presence::Present, 1)]));
        assert_eq!(state.to_read().len(), 1);
    }

    #[test]
    fn passing_faults_are_tried_again_but_not_for_ever() {
        let mut state = begun(vec![reader("A", Presence::Empty, 0)]);
        state.looked(Ok(vec![reader("A", Presence::Present, 5)]));
        for _ in 0..ATTEMPTS {
            assert_eq!(state.status(NOW), CardStatus::Reading);
            assert_eq!(state.to_read().len(), 1);
            state.read(5, Err(CardError::Reset));
        }
        assert!(state.to_read().is_empty() && !state.unsettled());
        assert_eq!(state.status(NOW), CardStatus::Unsupported);
    }

    #[test]
    fn a_held_card_is_waited_for() {
        let mut state = begun(vec![reader("A", Presence::Empty, 0)]);
        state.looked(Ok(vec![reader("A", Presence::Present, 5)]));
        for _ in 0..20 {
            assert_eq!(state.to_read().len(), 1);
            state.read(5, Err(CardError::HeldByOther));
            assert_eq!(state.status(NOW), CardStatus::HeldByOther);
            assert!(state.unsettled());
        }
        state.to_read();
        state.waiting(5);
        assert_eq!(state.status(NOW), CardStatus::HeldByOther);
        assert!(!state.unsettled(), "its reading goes on");
        state.read(5, Ok(found("A", 5)));
        assert!(matches!(state.status(NOW), CardStatus::Ready(_)));
    }

    #[test]
    fn dates_and_tries_are_judged() {
        let mut state = ready();
        let at = |wall, confidence| Reading { wall: Moment(wall), confidence };
        assert!(matches!(state.status(at(2_001, Confidence::Plausible)), CardStatus::Expired(_)));
        assert!(matches!(state.status(at(2_001, Confidence::Doubtful)), CardStatus::Expired(_)));
        assert!(matches!(state.status(at(499, Confidence::Plausible)), CardStatus::NotYetValid(_)));
        assert!(matches!(state.status(at(499, Confidence::Doubtful)), CardStatus::Ready(_)));
        state.tries_left(5, Some(0));
        assert!(matches!(state.status(NOW), CardStatus::Blocked(_)));
    }

    #[test]
    fn the_card_that_can_sign_wins() {
        let mut state = ready();
        state.looked(Ok(vec![
            reader("A", Presence::Present, 5),
            reader("B", Presence::Mute, 7),
            reader("C", Presence::Present, 8),
        ]));
        assert_eq!(state.to_read(), [("C".to_owned(), 8)]);
        state.read(8, Err(CardError::Unsupported));
        assert!(matches!(state.status(NOW), CardStatus::Ready(_)));
        state.looked(Ok(vec![reader("A", Presence::Empty, 5), reader("B", Presence::Mute, 7)]));
        assert_eq!(state.status(NOW), CardStatus::WrongWay);
    }
}
