//! Nothing lost, nothing doubled: the kiosk's worker and the portal are processes that are killed at
//! random moments, over a line that is cut, and every letter that a visitor was told is kept arrives
//! exactly once, with a receipt that verifies.

#[path = "support/portal/mod.rs"]
mod support;

#[path = "lost/clock.rs"]
mod clock;
#[path = "lost/disk.rs"]
mod disk;
#[path = "lost/kiosk.rs"]
mod kiosk;
#[path = "support/process.rs"]
mod process;
#[path = "lost/restored.rs"]
mod restored;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use kiosk::{Accepted, Kiosk};
use process::PortalProcess;
use support::relay::Relay;
use tereze::clock::Clock;
use tereze::domain::Digest;
use tereze::portal::{Outcome, Portal as _, PortalError, Progress};
use tereze::seal::receipt::verify_receipt;
use tereze::server::store::Db;
use tereze::store::disk::DataDir;
use tereze::store::shelf::{DiskShelf, Place, Shelf as _};

/// As many letters as must have been accepted, and as often as each machine must have been killed.
const LETTERS: usize = 500;
const KILLS: usize = 12;

/// Random numbers that a second run can repeat: `TEREZE_TEST_SEED` in the environment.
struct Dice(u64, u64);

impl Dice {
    fn new() -> Self {
        let given = std::env::var("TEREZE_TEST_SEED").ok().and_then(|s| s.parse().ok());
        let seed = given.unwrap_or_else(|| {
            let mut bytes = [0; 8];
            getrandom::fill(&mut bytes).unwrap();
            u64::from_le_bytes(bytes)
        });
        println!("TEREZE_TEST_SEED={seed}");
        Self(seed, 0)
    }

    /// From `low` to below `high`.
    fn between(&mut self, low: u64, high: u64) -> u64 {
        self.1 += 1;
        let rolled = Digest::of(&[self.0.to_be_bytes(), self.1.to_be_bytes()].concat()).0;
        low + u64::from_be_bytes(rolled[..8].try_into().unwrap()) % (high - low)
    }
}

/// What the kiosk's shelf holds when nobody is using it.
fn shelf(data: &Path) -> BTreeMap<Digest, (Place, Option<Vec<u8>>)> {
    let (data, _) = DataDir::open(data, "kiosk", 1).unwrap();
    let kept = DiskShelf::open(&data).unwrap().load().unwrap();
    kept.into_iter().map(|k| (k.id, (k.place, k.outcome))).collect()
}

/// Asks until the portal has time; who reads so many is told to come again.
async fn patient<T>(mut ask: impl AsyncFnMut() -> Result<T, PortalError>) -> T {
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(PortalError::Busy { seconds, .. }) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_letters_through_kills_of_both_machines_and_a_cutting_line() {
    let begun = Instant::now();
    let mut dice = Dice::new();
    let dir = tempfile::tempdir().unwrap();
    let kiosk_data = dir.path().join("kiosk");
    let mut portal = PortalProcess::start(dir.path().join("portal"));
    let joined = portal.joined("village").await;
    let cuts: Vec<usize> = (0..400).map(|_| dice.between(500, 40_000) as usize).collect();
    let line = Relay::to(portal.address(), cuts).await;

    let mut kiosk = Kiosk::start(&kiosk_data, &joined, line.address, &portal.person());
    let (mut kiosk_kills, mut portal_kills) = (0, 0);
    while kiosk.accepted().len() < LETTERS || kiosk_kills < KILLS || portal_kills < KILLS {
        tokio::time::sleep(Duration::from_millis(dice.between(30, 900))).await;
        match dice.between(0, 5) {
            0 | 1 => {
                kiosk.kill();
                kiosk_kills += 1;
                kiosk.again();
            }
            2 | 3 => {
                portal.kill();
                portal_kills += 1;
                tokio::time::sleep(Duration::from_millis(dice.between(0, 300))).await;
                portal.again();
            }
            _ => {
                // The power of the whole house.
                kiosk.kill();
                portal.kill();
                kiosk_kills += 1;
                portal_kills += 1;
                portal.again();
                kiosk.again();
            }
        }
        assert!(begun.elapsed() < Duration::from_secs(900), "{} letters only", kiosk.accepted().len());
    }
    kiosk.enough();
    kiosk.until_nothing_waits().await;
    kiosk.kill();

    let accepted: Vec<Accepted> = kiosk.accepted();
    let kept = shelf(&kiosk_data);
    let mut numbers = BTreeSet::new();
    let clock = Clock::system();
    let reader = joined.client(portal.address(), clock);
    for (n, letter) in accepted.iter().enumerate() {
        let Progress::Done(outcome) = patient(|| reader.progress(letter.envelope, letter.size)).await else {
            panic!("{:?} is not registered", letter.envelope)
        };
        if n % 5 == 0 {
            let (lookup, access) = (letter.secret.lookup_id(), || letter.secret.access_key());
            assert_eq!(patient(|| reader.receipt(lookup, access())).await, outcome, "by the visitor's paper");
        }
        let Outcome::Receipt(bytes) = outcome else { panic!("{:?} was refused", letter.envelope) };
        let receipt = verify_receipt(&bytes, &joined.held.keyset()).unwrap();
        assert_eq!((receipt.submission, receipt.statement), (letter.submission, letter.statement));
        assert!(numbers.insert(receipt.number.clone()), "{} was given twice", receipt.number);
        assert_eq!(kept.get(&letter.envelope), Some(&(Place::Registered, Some(bytes))), "on the kiosk");
    }
    let (tried, unanswered) = (kiosk.tried(), kept.len() - accepted.len());
    assert!(kept.keys().all(|id| tried.contains(id)), "a letter nobody wrote");
    assert!(kept.values().all(|(place, _)| *place == Place::Registered), "something did not arrive");

    portal.kill();
    let db = Db::open(Some(&portal.database()), Clock::system().now().wall).await.unwrap();
    let (letters, notices) = db.counts().await.unwrap();
    assert_eq!((letters as usize, notices), (kept.len(), 0), "each letter once, none refused");
    println!(
        "{} letters accepted, {letters} registered ({unanswered} were kept when the kill came before the word), \
         {kiosk_kills} kills of the kiosk, {portal_kills} of the portal, {} cuts of the line, {:.0} s",
        accepted.len(),
        line.cuts.load(Ordering::Relaxed),
        begun.elapsed().as_secs_f64()
    );
    assert!(line.cuts.load(Ordering::Relaxed) > 5);
}
