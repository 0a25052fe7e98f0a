use std::sync::atomic::{AtomicI64, Ordering};

use super::*;

const START: i64 = 4_000_000_000;

/// A clock that the test moves.
fn clock() -> (Clock, Arc<AtomicI64>) {
    let at = Arc::new(AtomicI64::new(START));
    let read = at.clone();
    (Clock::with_source(move || read.load(Ordering::Relaxed)), at)
}

fn secret(pin: &str) -> Secret {
    Secret::from_vec(pin.as_bytes().to_vec())
}

#[test]
fn the_right_pin_is_right_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let pin = StaffPin::in_folder(folder.path(), clock().0);
    assert_eq!(pin.state(), Ok(PinState::NotSet));
    assert_eq!(pin.check(&secret("739182")), Err(PinError::NotSet));
    set(folder.path(), &secret("739182")).unwrap();
    assert_eq!(pin.state(), Ok(PinState::Set));
    assert_eq!(pin.check(&secret("739183")), Err(PinError::Wrong));
    assert_eq!(pin.check(&secret("739182")), Ok(()));
    assert_eq!(pin.check(&secret("")), Err(PinError::Wrong));
    let written = std::fs::read_to_string(folder.path().join(PIN_FILE)).unwrap();
    assert!(!written.contains("739182"));
}

#[test]
fn waits_grow_survive_a_restart_and_end_with_the_right_pin() {
    let folder = tempfile::tempdir().unwrap();
    set(folder.path(), &secret("739182")).unwrap();
    let (clock, at) = clock();
    // A new one each time: nothing is remembered but on disk.
    let pin = || StaffPin::in_folder(folder.path(), clock.clone());
    for _ in 0..FREE {
        assert_eq!(pin().check(&secret("000000")), Err(PinError::Wrong));
    }
    let mut waited = vec![];
    for _ in 0..9 {
        let PinError::Wait(until) = pin().check(&secret("000000")).unwrap_err() else { panic!("no wait") };
        waited.push(until.0 - at.load(Ordering::Relaxed));
        // The right PIN waits too: a guesser must learn nothing.
        assert_eq!(pin().check(&secret("739182")), Err(PinError::Wait(until)));
        assert_eq!(pin().state(), Ok(PinState::Waits { until }));
        at.store(until.0, Ordering::Relaxed);
    }
    assert_eq!(waited, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    assert_eq!(pin().check(&secret("739182")), Ok(()));
    assert_eq!(pin().check(&secret("000000")), Err(PinError::Wrong), "the count began anew");
}

#[test]
fn the_try_is_on_disk_before_the_pin_is_compared() {
    let folder = tempfile::tempdir().unwrap();
    set(folder.path(), &secret("739182")).unwrap();
    let pin = StaffPin::in_folder(folder.path(), clock().0);
    // The count cannot be written: then nothing is compared, not even the right PIN.
    std::fs::create_dir(folder.path().join(format!("{TRIES_FILE}.new"))).unwrap();
    assert!(matches!(pin.check(&secret("739182")), Err(PinError::Store(_))));
}

#[test]
fn what_cannot_be_read_lets_nobody_in() {
    let folder = tempfile::tempdir().unwrap();
    let (path, tries) = (folder.path().join(PIN_FILE), folder.path().join(TRIES_FILE));
    set(folder.path(), &secret("739182")).unwrap();
    let pin = StaffPin::in_folder(folder.path(), clock().0);
    std::fs::write(&tries, "{").unwrap();
    assert_eq!(pin.check(&secret("739182")), Err(PinError::Damaged));
    std::fs::remove_file(&tries).unwrap();
    for (text, error) in [
        ("", PinError::Damaged),
        (r#"{"format":0}"#, PinError::Damaged),
        (r#"{"format":9,"new":1}"#, PinError::Newer(9)),
        (
            r#"{"format":1,"memory":4294967295,"passes":3,"lanes":1,"salt":"00112233445566778899aabbccddeeff","hash":""}"#,
            PinError::Damaged,
        ),
    ] {
        std::fs::write(&path, text).unwrap();
        assert_eq!(pin.check(&secret("739182")), Err(error), "{text}");
    }
}

#[test]
fn first_guesses_are_refused() {
    for pin in ["000000", "123456", "654321", "890123", "121212", "123123", "12341234", "111111", "99999999"]
    {
        assert_eq!(weak(&secret(pin)), Some(Weak::Pattern), "{pin}");
    }
    for pin in ["", "12345", "123456789", "12345a", "жжж"] {
        assert_eq!(weak(&secret(pin)), Some(Weak::Length), "{pin}");
    }
    for pin in ["739182", "246813", "20261122"] {
        assert_eq!(weak(&secret(pin)), None, "{pin}");
    }
}

#[test]
fn practice_counts_in_memory() {
    let pin = StaffPin::of_practice(b"246813", clock().0);
    assert_eq!(pin.state(), Ok(PinState::Set));
    assert_eq!(pin.check(&secret("246813")), Ok(()));
    for _ in 0..FREE {
        assert_eq!(pin.check(&secret("246814")), Err(PinError::Wrong));
    }
    assert!(matches!(pin.check(&secret("246814")), Err(PinError::Wait(_))));
}

#[test]
fn a_clock_set_right_does_not_keep_staff_out_for_years() {
    let folder = tempfile::tempdir().unwrap();
    set(folder.path(), &secret("739182")).unwrap();
    let (clock, at) = clock();
    let pin = StaffPin::in_folder(folder.path(), clock);
    at.store(START + 400 * 86_400, Ordering::Relaxed);
    for _ in 0..=FREE {
        pin.check(&secret("000000")).unwrap_err();
    }
    at.store(START, Ordering::Relaxed);
    let until = Moment(START + 30);
    assert_eq!(pin.check(&secret("739182")), Err(PinError::Wait(until)));
    at.store(until.0, Ordering::Relaxed);
    assert_eq!(pin.check(&secret("739182")), Ok(()));
}
