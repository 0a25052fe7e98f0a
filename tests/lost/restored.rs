//! The portal's data are restored from yesterday's copy: every letter that was registered since comes
//! back from the kiosks, once, with its dates; also where its number was given away meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use tereze::clock::Clock;
use tereze::domain::event::Kind;
use tereze::domain::receipt::Receipt;
use tereze::portal::{Access, Outcome, Portal, PortalError, Progress};
use tereze::seal::history::verify_history;
use tereze::seal::receipt::{verify_notice, verify_receipt};
use tereze::server::store::Db;
use zeroize::Zeroizing;

use crate::kiosk::{Accepted, Kiosk};
use crate::process::{Joined, PortalProcess};
use crate::{patient, shelf};
use tereze::store::shelf::Place;

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// As the visitor's paper asks for it: a kiosk's own question would register what came in part.
async fn outcome(reader: &dyn Portal, letter: &Accepted) -> Option<Vec<u8>> {
    let (lookup, key) = (letter.secret.lookup_id(), || letter.secret.access_key());
    loop {
        match reader.receipt(lookup, key()).await {
            Ok(Outcome::Receipt(bytes)) => return Some(bytes),
            Err(PortalError::Problem { status: 404, .. }) => return None,
            Err(PortalError::Busy { seconds, .. }) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            other => panic!("{other:?}"),
        }
    }
}

/// Until the portal has all of them again.
async fn all_back(reader: &dyn Portal, letters: &[Accepted]) -> Vec<Vec<u8>> {
    let mut back = vec![];
    for letter in letters {
        let mut tries = 0;
        back.push(loop {
            if let Some(bytes) = outcome(reader, letter).await {
                break bytes;
            }
            tries += 1;
            assert!(tries < 120, "{} did not come back", letter.envelope);
            tokio::time::sleep(Duration::from_millis(500)).await;
        });
    }
    back
}

struct Played {
    portal: PortalProcess,
    joined: Joined,
    kiosks: Vec<Kiosk>,
    letters: Vec<Accepted>,
    /// As the visitors' papers have them.
    before: Vec<Receipt>,
    lost: usize,
}

/// Two kiosks; a copy of the portal; thirty letters and more after it; the copy is put back.
async fn played(dir: &Path) -> Played {
    let (data, backup) = (dir.join("portal"), dir.join("backup"));
    let mut portal = PortalProcess::start(data.clone());
    let joined = portal.joined("village").await;
    let second = portal.joined("town").await;
    let person = portal.person();
    let mut kiosks = vec![];
    for (name, joined) in [("a", &joined), ("b", &second)] {
        kiosks.push(Kiosk::start(&dir.join(name), joined, portal.address(), &person));
    }
    let count = |kiosks: &[Kiosk]| kiosks.iter().map(|k| k.accepted().len()).collect::<Vec<_>>();
    while count(&kiosks).iter().any(|n| *n < 4) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    portal.kill();
    copy(&data, &backup);
    portal.again();
    let then = count(&kiosks);
    while count(&kiosks).iter().zip(&then).any(|(n, then)| *n < then + 17) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for kiosk in &kiosks {
        kiosk.enough();
    }
    for kiosk in &kiosks {
        kiosk.until_nothing_waits().await;
    }
    let letters: Vec<Accepted> = kiosks.iter().flat_map(Kiosk::accepted).collect();
    let reader = joined.client(portal.address(), Clock::system());
    let mut before = vec![];
    for letter in &letters {
        let bytes = outcome(&reader, letter).await.expect("registered");
        before.push(verify_receipt(&bytes, &joined.held.keyset()).unwrap());
    }
    portal.kill();
    std::fs::remove_dir_all(&data).unwrap();
    copy(&backup, &data);
    let db = Db::open(Some(&portal.database()), Clock::system().now().wall).await.unwrap();
    let (left, _) = db.counts().await.unwrap();
    db.close().await;
    let lost = letters.len() - left as usize;
    assert!(lost >= 30, "only {lost} letters after the copy");
    Played { portal, joined, kiosks, letters, before, lost }
}

impl Played {
    /// Every letter once, its dates as they were; its number too, or a signed word that names both.
    async fn everything_is_there(mut self, more: &[Accepted], dir: &Path) -> usize {
        let keyset = self.joined.held.keyset();
        let reader = self.joined.client(self.portal.address(), Clock::system());
        self.portal.answers(&reader).await;
        let back = all_back(&reader, &self.letters).await;
        let mut numbers = BTreeMap::new();
        let mut renumbered = 0;
        for ((letter, before), bytes) in self.letters.iter().zip(&self.before).zip(&back) {
            let now = verify_receipt(bytes, &keyset).unwrap();
            assert!(numbers.insert(now.number.clone(), letter.envelope).is_none(), "{} twice", now.number);
            assert_eq!(
                (now.registered, now.due, now.rule.clone()),
                (before.registered, before.due, before.rule.clone())
            );
            let (lookup, key) = (letter.secret.lookup_id(), letter.secret.access_key());
            let access = || Access::Visitor(key.clone());
            let history = patient(|| reader.events(lookup, access(), None, 0)).await.unwrap();
            let history = verify_history(&history.bytes, &keyset).unwrap();
            assert_eq!(history.due, before.due);
            let told = |code: &str| history.events.iter().find(|e| e.kind.code() == code);
            if now.number == before.number {
                assert!(told("renumbered").is_none());
            } else {
                renumbered += 1;
                // The number that is on the paper, with its code, leads to this letter.
                let code = Zeroizing::new(letter.secret.paper_code());
                let status = patient(|| reader.status(before.number.clone(), code.clone())).await;
                assert_eq!((&status.number, status.registered), (&now.number, before.registered.rfc3339()));
                let Some(Kind::Other { title, .. }) = told("renumbered").map(|e| &e.kind) else {
                    panic!("nobody tells her that {} is {}", before.number, now.number)
                };
                for words in [&title.kk, &title.ru, &title.en] {
                    assert!(words.contains(&before.number) && words.contains(&now.number), "{words}");
                }
            }
        }
        let mut reoffered = vec![];
        for kiosk in &mut self.kiosks {
            let seen = kiosk.until_given_back().await;
            reoffered.push(seen);
            kiosk.kill();
        }
        assert_eq!(reoffered.iter().map(|(given, _)| given).sum::<usize>(), self.lost, "{reoffered:?}");
        assert_eq!(reoffered.iter().map(|(_, other)| other).sum::<usize>(), renumbered);
        let kept: BTreeMap<_, _> = ["a", "b"].iter().flat_map(|name| shelf(&dir.join(name))).collect();
        for (letter, bytes) in self.letters.iter().zip(&back) {
            assert_eq!(kept.get(&letter.envelope), Some(&(Place::Registered, Some(bytes.clone()))));
        }
        self.portal.kill();
        let db = Db::open(Some(&self.portal.database()), Clock::system().now().wall).await.unwrap();
        let (letters, notices) = db.counts().await.unwrap();
        assert_eq!((letters as usize, notices), (self.letters.len() + more.len(), 0));
        renumbered
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_restored_from_yesterdays_copy_gets_every_letter_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut played = played(dir.path()).await;
    played.portal.again();
    let (lost, all) = (played.lost, played.letters.len());
    let renumbered = played.everything_is_there(&[], dir.path()).await;
    assert_eq!(renumbered, 0, "nobody took a number meanwhile");
    println!("{lost} of {all} letters lost with the copy, each there once, under its number");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_were_given_away_meanwhile_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let mut played = played(dir.path()).await;
    for kiosk in &mut played.kiosks {
        kiosk.kill();
    }
    played.portal.again();
    // A third kiosk, which never saw the letters that were lost.
    let joined = played.portal.joined("city").await;
    let mut third =
        Kiosk::start(&dir.path().join("c"), &joined, played.portal.address(), &played.portal.person());
    while third.accepted().len() < 5 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    third.enough();
    third.until_nothing_waits().await;
    let more = third.accepted();
    third.kill();
    let reader = joined.client(played.portal.address(), Clock::system());
    let mut taken = BTreeSet::new();
    for letter in &more {
        let bytes = outcome(&reader, letter).await.expect("registered");
        taken.insert(verify_receipt(&bytes, &joined.held.keyset()).unwrap().number);
    }
    let collisions = played.before.iter().filter(|r| taken.contains(&r.number)).count();
    assert!(collisions > 0, "no number was given twice: nothing is played");
    for kiosk in &mut played.kiosks {
        kiosk.again();
    }
    let (lost, all) = (played.lost, played.letters.len());
    let renumbered = played.everything_is_there(&more, dir.path()).await;
    assert_eq!(renumbered, collisions);
    println!(
        "{lost} of {all} letters lost; {collisions} numbers were on other papers, each told in signed words"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_say_that_it_was_restored_and_no_number_is_given_twice() {
    let dir = tempfile::tempdir().unwrap();
    let mut played = played(dir.path()).await;
    for kiosk in &mut played.kiosks {
        kiosk.kill();
    }
    played.portal.restored();
    let joined = played.portal.joined("city").await;
    let mut third =
        Kiosk::start(&dir.path().join("c"), &joined, played.portal.address(), &played.portal.person());
    while third.accepted().len() < 3 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    third.enough();
    third.until_nothing_waits().await;
    let more = third.accepted();
    third.kill();
    for kiosk in &mut played.kiosks {
        kiosk.again();
    }
    assert_eq!(played.everything_is_there(&more, dir.path()).await, 0);
}

/// A notice of non-acceptance is the portal's word, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_notice_comes_back_as_it_was() {
    use crate::support::letter::Letter;
    use crate::support::{People, World};
    use tereze::domain::Digest;
    use tereze::fault::Coded as _;
    use tereze::i18n::Lang;
    use tereze::sign::issue::{Authority, Term};

    let dir = tempfile::tempdir().unwrap();
    let (data, backup) = (dir.path().join("portal"), dir.path().join("backup"));
    let people = People::new(false);
    World::start(&people, Some(&data)).await.stop().await;
    copy(&data, &backup);
    let world = World::start(&people, Some(&data)).await;
    let term = Term::days(Clock::system().now().wall, 30);
    let stranger = Authority::generate("OTHER", false, term).unwrap();
    let stranger = stranger.issue_person(&crate::support::somebody(), term).unwrap();
    let letter = Letter::new(&world, &stranger, Lang::Ru);
    let envelope = letter.envelope(&stranger);
    let (id, total) = (Digest::of(&envelope), envelope.len() as u64);
    let put = world.portal.put(id, 0, total, envelope.clone()).await.unwrap();
    let Progress::Done(Outcome::Notice(notice)) = put else { panic!("{put:?}") };
    world.stop().await;
    std::fs::remove_dir_all(&data).unwrap();
    copy(&backup, &data);

    let world = World::start(&people, Some(&data)).await;
    let begin: [u8; 8] = id.0[..8].try_into().unwrap();
    assert_eq!(world.portal.missing(vec![begin]).await.unwrap(), [begin]);
    // Another letter's word opens nothing.
    let other = world.portal.bring(Digest::of(b"other"), Outcome::Notice(notice.clone())).await;
    assert_eq!(other.unwrap_err().code().0, "server.not-our-receipt");
    let brought = world.portal.bring(id, Outcome::Notice(notice.clone())).await.unwrap();
    assert_eq!(brought, Progress::Offset(0));
    let put = world.portal.put(id, 0, total, envelope).await.unwrap();
    assert_eq!(put, Progress::Done(Outcome::Notice(notice.clone())));
    verify_notice(&notice, &world.held.keyset()).unwrap();
    let (lookup, key) = (letter.secret.lookup_id(), letter.secret.access_key());
    assert_eq!(world.portal.receipt(lookup, key).await.unwrap(), Outcome::Notice(notice));
    assert!(world.portal.missing(vec![begin]).await.unwrap().is_empty());
    world.stop().await;
}
