use super::*;
use crate::card::{Choice, KeyKind, PinRules};
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
        app: App::Piv,
        pin: PinRules::default(),
        pad: Default::default(),
        own_pin: false,
    };
    Found { info, not_before: Moment(500) }
}

fn wanted(state: &mut State) -> Vec<(String, u64)> {
    state.start_reading()
}

fn begun(readers: Vec<ReaderState>) -> State {
    let mut state = State::new(true, 1);
    state.looked(0, Ok(readers));
    state.session_began();
    state
}

/// A session with one card read in reader A, insertion 5.
fn ready() -> State {
    let mut state = begun(vec![reader("A", Presence::Empty, 0)]);
    state.looked(0, Ok(vec![reader("A", Presence::Present, 5)]));
    assert_eq!(wanted(&mut state), [("A".to_owned(), 5)]);
    assert_eq!(state.status(NOW), CardStatus::Reading);
    assert!(state.start_reading().is_empty(), "read once");
    state.read(5, Ok(vec![found("A", 5)]));
    assert_eq!(state.status(NOW), CardStatus::Ready(found("A", 5).info));
    state
}

#[test]
fn a_card_of_the_visitor_before_is_not_read() {
    let mut state = begun(vec![reader("A", Presence::Present, 5)]);
    assert_eq!(state.status(NOW), CardStatus::LeftBehind);
    assert!(state.start_reading().is_empty());
    assert_eq!(state.may_sign(&found("A", 5).info), Err(CardError::OtherCard));
    state.looked(0, Ok(vec![reader("A", Presence::Empty, 5)]));
    assert_eq!(state.status(NOW), CardStatus::NoCard);
    state.looked(0, Ok(vec![reader("A", Presence::Present, 6)]));
    assert_eq!(wanted(&mut state), [("A".to_owned(), 6)]);
}

#[test]
fn between_sessions_no_card_is_read_and_all_are_left_behind() {
    let mut state = ready();
    state.session_ended();
    assert_eq!(state.status(NOW), CardStatus::LeftBehind);
    state.looked(0, Ok(vec![reader("A", Presence::Present, 6)]));
    assert!(state.start_reading().is_empty());
    state.session_began();
    assert_eq!(state.status(NOW), CardStatus::LeftBehind);
}

#[test]
fn a_late_answer_does_not_survive_its_session() {
    let mut state = begun(vec![reader("A", Presence::Empty, 0)]);
    state.looked(0, Ok(vec![reader("A", Presence::Present, 5)]));
    state.start_reading();
    state.session_began();
    state.read(5, Ok(vec![found("A", 5)]));
    assert_eq!(state.status(NOW), CardStatus::LeftBehind);
}

#[test]
fn after_the_service_was_away_a_card_must_be_put_in_again() {
    let mut state = ready();
    state.looked(0, Err(CardError::NoService));
    assert_eq!(state.status(NOW), CardStatus::NoService);
    assert_eq!(state.may_sign(&found("A", 5).info), Err(CardError::NoService));
    state.looked(0, Ok(vec![reader("A", Presence::Present, 6)]));
    assert_eq!(state.status(NOW), CardStatus::LeftBehind);
}

#[test]
fn a_token_that_is_its_own_reader_counts_when_it_is_plugged_in() {
    let mut state = begun(vec![]);
    assert_eq!(state.status(NOW), CardStatus::NoReader);
    state.looked(0, Ok(vec![reader("token", Presence::Present, 1)]));
    assert_eq!(wanted(&mut state), [("token".to_owned(), 1)]);
}

#[test]
fn a_pulled_card_is_gone_and_another_is_another() {
    let mut state = ready();
    let shown = found("A", 5).info;
    assert_eq!(state.may_sign(&shown), Ok(()));
    state.looked(0, Ok(vec![reader("A", Presence::Empty, 5)]));
    assert_eq!(state.may_sign(&shown), Err(CardError::Pulled));
    state.looked(0, Ok(vec![reader("A", Presence::Present, 6)]));
    assert_eq!(state.may_sign(&shown), Err(CardError::OtherCard));
    state.looked(0, Ok(vec![]));
    assert_eq!(state.may_sign(&shown), Err(CardError::ReaderGone));
}

#[test]
fn the_command_line_takes_a_card_that_is_already_there() {
    let mut state = State::new(false, 1);
    state.looked(0, Ok(vec![reader("A", Presence::Present, 1)]));
    assert_eq!(state.start_reading().len(), 1);
}

#[test]
fn passing_faults_are_tried_again_but_not_for_ever() {
    let mut state = begun(vec![reader("A", Presence::Empty, 0)]);
    state.looked(0, Ok(vec![reader("A", Presence::Present, 5)]));
    for _ in 0..ATTEMPTS {
        assert_eq!(state.status(NOW), CardStatus::Reading);
        assert_eq!(state.start_reading().len(), 1);
        state.read(5, Err(CardError::Reset));
    }
    assert!(state.start_reading().is_empty() && !state.unsettled());
    assert_eq!(state.status(NOW), CardStatus::Damaged(CardError::Reset));
}

#[test]
fn a_held_card_is_waited_for() {
    let mut state = begun(vec![reader("A", Presence::Empty, 0)]);
    state.looked(0, Ok(vec![reader("A", Presence::Present, 5)]));
    for _ in 0..20 {
        assert_eq!(state.start_reading().len(), 1);
        state.read(5, Err(CardError::HeldByOther));
        assert_eq!(state.status(NOW), CardStatus::HeldByOther);
        assert!(state.unsettled());
    }
    state.start_reading();
    state.waiting(5);
    assert_eq!(state.status(NOW), CardStatus::HeldByOther);
    assert!(!state.unsettled(), "its reading goes on");
    state.read(5, Ok(vec![found("A", 5)]));
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
    state.tries_left(5, App::Piv, Some(0));
    assert!(matches!(state.status(NOW), CardStatus::Blocked(_)));
}

#[test]
fn the_card_that_can_sign_wins() {
    let mut state = ready();
    state.looked(
        0,
        Ok(vec![
            reader("A", Presence::Present, 5),
            reader("B", Presence::Mute, 7),
            reader("C", Presence::Present, 8),
        ]),
    );
    assert_eq!(wanted(&mut state), [("C".to_owned(), 8)]);
    state.read(8, Err(CardError::Unsupported));
    assert!(matches!(state.status(NOW), CardStatus::Ready(_)));
    state.looked(0, Ok(vec![reader("A", Presence::Empty, 5), reader("B", Presence::Mute, 7)]));
    assert_eq!(state.status(NOW), CardStatus::WrongWay);
}

/// Two people's cards in two readers, and a third that holds two keys.
fn several() -> (State, Vec<CardInfo>) {
    let mut state = ready();
    state.looked(0, Ok(vec![reader("A", Presence::Present, 5), reader("B", Presence::Present, 6)]));
    assert_eq!(wanted(&mut state), [("B".to_owned(), 6)]);
    assert!(matches!(state.status(NOW), CardStatus::Ready(_)), "the second is still being read");
    let mut pair = vec![found("B", 6), found("B", 6)];
    pair[1].info.app = App::OpenPgp;
    pair[1].info.certificate = Private::new(vec![2]);
    state.read(6, Ok(pair.clone()));
    let able = vec![found("A", 5).info, pair[0].info.clone(), pair[1].info.clone()];
    (state, able)
}

fn chosen(state: &State, choice: &Choice) -> CardStatus {
    state.status(NOW).chosen(Some(choice))
}

#[test]
fn of_several_keys_none_is_taken_unasked() {
    let (mut state, able) = several();
    assert_eq!(state.status(NOW), CardStatus::Several(able.clone()));
    for info in &able {
        assert_eq!(chosen(&state, &info.choice()), CardStatus::Ready(info.clone()));
    }
    // A PIN's tries belong to one application of one card.
    state.tries_left(6, App::OpenPgp, Some(0));
    assert_eq!(state.status(NOW), CardStatus::Several(able[..2].to_vec()));
    // The chosen card is pulled: the one that is left is not slipped in.
    state.looked(0, Ok(vec![reader("A", Presence::Empty, 5), reader("B", Presence::Present, 6)]));
    assert_eq!(state.status(NOW), CardStatus::Ready(able[1].clone()));
    assert_eq!(chosen(&state, &able[0].choice()), CardStatus::Several(vec![able[1].clone()]));
    state.looked(0, Ok(vec![reader("A", Presence::Empty, 5), reader("B", Presence::Empty, 6)]));
    assert_eq!(chosen(&state, &able[0].choice()), CardStatus::NoCard);
}

#[test]
fn what_a_card_cannot_do_is_told_apart() {
    for (error, status) in [
        (CardError::NoCertificate, CardStatus::NoCertificate),
        (CardError::Slow, CardStatus::Damaged(CardError::Slow)),
        (CardError::Unsupported, CardStatus::Unsupported),
        (CardError::Refused(0x6F00), CardStatus::Unsupported),
    ] {
        let mut state = begun(vec![reader("A", Presence::Empty, 0)]);
        state.looked(0, Ok(vec![reader("A", Presence::Present, 5)]));
        assert_eq!(state.start_reading().len(), 1);
        state.read(5, Err(error));
        assert_eq!(state.status(NOW), status);
        assert!(!state.unsettled());
    }
}

#[test]
fn token_modules_stand_beside_the_service() {
    let mut state = State::new(true, 2);
    state.looked(1, Ok(vec![]));
    state.session_began();
    assert_eq!(state.status(NOW), CardStatus::NoService);
    state.looked(1, Ok(vec![reader("T", Presence::Present, 9)]));
    assert_eq!(wanted(&mut state), [("T".to_owned(), 9)]);
    assert_eq!(state.source_of(9), Some(1));
    state.read(9, Ok(vec![found("T", 9)]));
    assert_eq!(state.status(NOW), CardStatus::Ready(found("T", 9).info));
    state.looked(0, Ok(vec![reader("A", Presence::Empty, 0)]));
    assert!(matches!(state.status(NOW), CardStatus::Ready(_)), "the service came; the token stays");
    // The same card in a reader: natively first, and once.
    state.looked(0, Ok(vec![reader("A", Presence::Present, 12)]));
    assert_eq!(wanted(&mut state), [("A".to_owned(), 12)]);
    assert_eq!(state.status(NOW), CardStatus::Reading, "whose card it is decides about the token");
    state.read(12, Ok(vec![found("A", 12)]));
    assert_eq!(state.status(NOW), CardStatus::Ready(found("A", 12).info));
    state.looked(0, Ok(vec![reader("A", Presence::Empty, 0)]));
    assert_eq!(state.status(NOW), CardStatus::Ready(found("T", 9).info));
    state.looked(1, Err(CardError::NoService));
    assert_eq!(state.status(NOW), CardStatus::NoCard);
}
