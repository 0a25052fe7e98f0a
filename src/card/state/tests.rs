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
    assert_eq!(state.start_reading(), [("A".to_owned(), 5)]);
    assert_eq!(state.status(NOW), CardStatus::Reading);
    assert!(state.start_reading().is_empty(), "read once");
    state.read(5, Ok(found("A", 5)));
    assert_eq!(state.status(NOW), CardStatus::Ready(found("A", 5).info));
    state
}

#[test]
fn a_card_of_the_visitor_before_is_not_read() {
    let mut state = begun(vec![reader("A", Presence::Present, 5)]);
    assert_eq!(state.status(NOW), CardStatus::LeftBehind);
    assert!(state.start_reading().is_empty());
    assert_eq!(state.may_sign(&found("A", 5).info), Err(CardError::OtherCard));
    state.looked(Ok(vec![reader("A", Presence::Empty, 5)]));
    assert_eq!(state.status(NOW), CardStatus::NoCard);
    state.looked(Ok(vec![reader("A", Presence::Present, 6)]));
    assert_eq!(state.start_reading(), [("A".to_owned(), 6)]);
}

#[test]
fn between_sessions_no_card_is_read_and_all_are_left_behind() {
    let mut state = ready();
    state.session_ended();
    assert_eq!(state.status(NOW), CardStatus::LeftBehind);
    state.looked(Ok(vec![reader("A", Presence::Present, 6)]));
    assert!(state.start_reading().is_empty());
    state.session_began();
    assert_eq!(state.status(NOW), CardStatus::LeftBehind);
}

#[test]
fn a_late_answer_does_not_survive_its_session() {
    let mut state = begun(vec![reader("A", Presence::Empty, 0)]);
    state.looked(Ok(vec![reader("A", Presence::Present, 5)]));
    state.start_reading();
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
    assert_eq!(state.start_reading(), [("token".to_owned(), 1)]);
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
    assert_eq!(state.start_reading().len(), 1);
}

#[test]
fn passing_faults_are_tried_again_but_not_for_ever() {
    let mut state = begun(vec![reader("A", Presence::Empty, 0)]);
    state.looked(Ok(vec![reader("A", Presence::Present, 5)]));
    for _ in 0..ATTEMPTS {
        assert_eq!(state.status(NOW), CardStatus::Reading);
        assert_eq!(state.start_reading().len(), 1);
        state.read(5, Err(CardError::Reset));
    }
    assert!(state.start_reading().is_empty() && !state.unsettled());
    assert_eq!(state.status(NOW), CardStatus::Unsupported);
}

#[test]
fn a_held_card_is_waited_for() {
    let mut state = begun(vec![reader("A", Presence::Empty, 0)]);
    state.looked(Ok(vec![reader("A", Presence::Present, 5)]));
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
    assert_eq!(state.start_reading(), [("C".to_owned(), 8)]);
    state.read(8, Err(CardError::Unsupported));
    assert!(matches!(state.status(NOW), CardStatus::Ready(_)));
    state.looked(Ok(vec![reader("A", Presence::Empty, 5), reader("B", Presence::Mute, 7)]));
    assert_eq!(state.status(NOW), CardStatus::WrongWay);
}
