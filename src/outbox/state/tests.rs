use super::*;
use proptest::prelude::*;

const BUSY: Code = Code("portal.busy");

#[test]
fn a_short_letter_takes_one_round_trip() {
    let mut life = Life::fresh(5_000, Waits::default());
    assert_eq!(life.after(Happened::Due, 0), Next::Send { from: 0, len: 5_000 });
    assert_eq!(life.after(Happened::Receipt(Checked::Valid), 0), Next::KeepReceipt);
}

#[test]
fn after_a_cut_it_asks_and_goes_on_where_it_stopped() {
    let mut life = Life::fresh(100_000, Waits::default());
    assert_eq!(life.after(Happened::Due, 0), Next::Send { from: 0, len: 16_384 });
    let Next::Wait { after, fault, .. } = life.after(Happened::Failed(PortalError::Cut), 32_768) else {
        panic!()
    };
    assert_eq!((after, fault), (Waits::default().first, Code("portal.cut")));
    assert_eq!(life.after(Happened::Due, 0), Next::Ask);
    assert_eq!(life.after(Happened::At(9_000), 0), Next::Send { from: 9_000, len: 8_192 });
    assert_eq!(life.after(Happened::At(17_192), 0), Next::Send { from: 17_192, len: 8_192 });
}

#[test]
fn waits_grow_to_a_cap_and_spread() {
    let mut life = Life::fresh(10, Waits::default());
    let mut waits = vec![];
    for _ in 0..40 {
        let Next::Wait { after, .. } = life.after(Happened::Failed(PortalError::Unreachable), 32_768) else {
            panic!()
        };
        waits.push(after);
    }
    assert!(waits.is_sorted());
    assert_eq!(waits[0], Waits::default().first);
    assert_eq!(waits[39], Waits::default().longest);
    assert_eq!(spread(Duration::from_secs(100), 0), Duration::from_secs(75));
    assert!(spread(Duration::from_secs(100), u16::MAX) < Duration::from_secs(125));
}

#[test]
fn the_portal_may_ask_to_wait_and_is_never_asked_sooner() {
    let mut life = Life::fresh(10, Waits::default());
    let next = life.after(Happened::Failed(PortalError::Busy { seconds: 30, reason: None }), 0);
    assert_eq!(next, Next::Wait { after: Duration::from_secs(30), fault: BUSY, all: true });
    // It took nothing: what was known is known, and the next round trip carries bytes.
    assert_eq!(life.after(Happened::Due, 0), Next::Send { from: 0, len: 10 });
}

#[test]
fn hurt_bytes_are_sent_again_but_not_for_ever() {
    let mut life = Life::fresh(10, Waits::default());
    let hurt = || Happened::Failed(PortalError::Problem { status: 422, code: "server.damaged".to_owned() });
    for _ in 1..PATIENCE {
        assert!(matches!(life.after(hurt(), 0), Next::Wait { .. }));
    }
    assert_eq!(life.after(hurt(), 0), Next::Stuck(Code("server.damaged")));
    assert_eq!(life.after(Happened::Again, 0), Next::Ask);
    assert!(matches!(life.after(hurt(), 0), Next::Wait { .. }));
}

#[test]
fn an_outage_is_never_an_outcome() {
    for error in [
        PortalError::Unreachable,
        PortalError::Cut,
        PortalError::Untrusted,
        PortalError::Busy { seconds: 1, reason: None },
        PortalError::Problem { status: 503, code: "server.unavailable".into() },
    ] {
        let mut life = Life::fresh(10, Waits::default());
        for _ in 0..50 {
            assert!(matches!(life.after(Happened::Failed(error.clone()), 0), Next::Wait { .. }), "{error}");
        }
    }
    let mut life = Life::fresh(10, Waits::default());
    for _ in 0..50 {
        let next = life.after(Happened::Receipt(Checked::CouldNot(Code("outbox.could-not-check"))), 0);
        assert!(matches!(next, Next::Wait { .. }));
    }
}

#[test]
fn pace_follows_the_line() {
    let mut pace = Pace::default();
    for _ in 0..20 {
        pace.took(pace.part(), Duration::from_millis(100));
    }
    assert_eq!(pace.part(), Pace::LARGEST);
    pace.took(10, Duration::from_secs(60));
    assert_eq!(pace.part(), Pace::LARGEST);
    for _ in 0..20 {
        pace.took(pace.part(), Duration::from_secs(60));
    }
    assert_eq!(pace.part(), Pace::SMALLEST);
}

proptest! {
    /// Whatever happens in whatever order: a part sent lies within the envelope and is never
    /// empty, and nothing is kept without a verified word.
    #[test]
    fn no_order_of_events_breaks_it(total in 1u64..3_000_000, events in prop::collection::vec((0u8..9, 0u64..4_000_000, any::<u16>()), 1..80)) {
        let mut life = Life::fresh(total, Waits::default());
        for (kind, n, jitter) in events {
            let happened = match kind {
                0 | 1 => Happened::Due,
                2 | 3 => Happened::At(n),
                4 => Happened::Failed(PortalError::Cut),
                5 => Happened::Failed(PortalError::Unreadable),
                6 => Happened::Receipt(Checked::Wrong(Code("outbox.receipt-wrong"))),
                7 => Happened::Again,
                _ => Happened::Notice(Checked::CouldNot(Code("outbox.could-not-check"))),
            };
            match life.after(happened, jitter) {
                Next::Send { from, len } => prop_assert!(len > 0 && from + len <= total),
                Next::KeepReceipt | Next::KeepNotice => prop_assert!(false),
                Next::Wait { after, .. } => prop_assert!(after >= Duration::from_millis(700)),
                Next::Ask | Next::Stuck(_) => {}
            }
        }
    }
}
