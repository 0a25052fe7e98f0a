//! Exactly once, whatever is repeated, cut or restarted.

use tereze::domain::Digest;
use tereze::i18n::Lang;
use tereze::portal::{Outcome, Portal as _, Progress};
use tereze::seal::receipt::{verify_notice, verify_receipt};
use tereze::seal::visitor::VisitorSecret;

use crate::support::contract::{self, Faulty};
use crate::support::letter::Letter;
use crate::support::relay::Relay;
use crate::support::{People, World};

fn receipt(progress: Progress) -> Vec<u8> {
    match progress {
        Progress::Done(Outcome::Receipt(bytes)) => bytes,
        other => panic!("{other:?}"),
    }
}

async fn send(world: &World, envelope: &[u8]) -> Progress {
    world.portal.put(Digest::of(envelope), 0, envelope.len() as u64, envelope.to_vec()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_over_http_on_disk_in_memory_and_for_the_fake() {
    let dir = tempfile::tempdir().unwrap();
    for data in [None, Some(dir.path())] {
        let people = People::new(false);
        let world = World::start(&people, data).await;
        contract::suite(&*world.portal, &world, &people).await;
        world.stop().await;
    }
    let people = People::new(true);
    let world = World::start(&people, None).await;
    let fake = Faulty::new(world.client(world.address), vec![]);
    contract::suite(&fake, &world, &people).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_get_one_number_and_the_same_bytes() {
    let people = People::new(false);
    let dir = tempfile::tempdir().unwrap();
    let world = World::start(&people, Some(dir.path())).await;
    let letters: Vec<Vec<u8>> =
        (0..4).map(|_| Letter::new(&world, &people.person, Lang::Kk).envelope(&people.person)).collect();
    let clients: Vec<_> = (0..3).map(|_| world.client(world.address)).collect();
    let all = letters.iter().flat_map(|envelope| {
        clients
            .iter()
            .map(move |client| client.put(Digest::of(envelope), 0, envelope.len() as u64, envelope.clone()))
    });
    let answers: Vec<Vec<u8>> =
        futures::future::join_all(all).await.into_iter().map(|a| receipt(a.unwrap())).collect();
    let mut numbers = vec![];
    for same in answers.chunks(3) {
        assert!(same.iter().all(|bytes| *bytes == same[0]));
        numbers.push(verify_receipt(&same[0], &world.held.keyset()).unwrap().number);
    }
    numbers.sort();
    let year = world.clock.now().wall.legal_date().year();
    let expected: Vec<String> = (1..=4).map(|n| format!("ЖТ-{year}-{n:08}")).collect();
    assert_eq!(numbers, expected, "without a gap");
    assert_eq!(world.app.db.counts().await.unwrap(), (4, 0));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_submission_is_one_letter() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let signer = &people.person;
    let letter = Letter::new(&world, signer, Lang::Kk);
    let first = receipt(send(&world, &letter.envelope(signer)).await);
    // Sealed again: another envelope, the same letter.
    assert_eq!(receipt(send(&world, &letter.envelope(signer)).await), first);

    let reason = |progress| match progress {
        Progress::Done(Outcome::Notice(bytes)) => verify_notice(&bytes, &world.held.keyset()).unwrap().reason,
        other => panic!("{other:?}"),
    };
    // Other words under the same submission id.
    let mut other = Letter::new(&world, signer, Lang::Ru);
    other.statement.submission = letter.statement.submission;
    assert_eq!(reason(send(&world, &other.envelope(signer)).await), "server.submission-reused");
    // Another letter that claims the first visitor's lookup id.
    let stolen = zeroize::Zeroizing::new(*letter.secret.bytes());
    let thief = Letter::new(&world, signer, Lang::En).with(|l| l.secret = VisitorSecret::from_bytes(stolen));
    assert_eq!(reason(send(&world, &thief.envelope(signer)).await), "server.submission-reused");
    let found = world.portal.receipt(letter.secret.lookup_id(), letter.secret.access_key()).await.unwrap();
    assert_eq!(found, Outcome::Receipt(first), "the first visitor still finds her receipt");
    assert_eq!(world.app.db.counts().await.unwrap().0, 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_survives_the_cut_and_the_portals_restart() {
    let people = People::new(false);
    let dir = tempfile::tempdir().unwrap();
    let world = World::start(&people, Some(dir.path())).await;
    // Text that does not compress away.
    let noise: String = (0..4_000u32).map(|n| Digest::of(&n.to_be_bytes()).to_string()).collect();
    let letter = Letter::new(&world, &people.person, Lang::Ru).attach("a.txt", noise.into_bytes());
    let envelope = letter.envelope(&people.person);
    let (id, total) = (Digest::of(&envelope), envelope.len() as u64);
    assert!(total > 100_000);
    let relay = Relay::to(world.address, vec![60_000]).await;
    let cut = world.client(relay.address).put(id, 0, total, envelope.clone()).await;
    assert!(cut.is_err(), "{cut:?}");
    let held = loop {
        // The portal may still be reading what the relay had passed on.
        match world.portal.progress(id, total).await.unwrap() {
            Progress::Offset(0) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            Progress::Offset(held) => break held,
            Progress::Done(done) => panic!("{done:?}"),
        }
    };
    assert!(held < 60_000);
    world.stop().await;

    let world = World::start(&people, Some(dir.path())).await;
    let Progress::Offset(kept) = world.portal.progress(id, total).await.unwrap() else { panic!() };
    assert!((held..60_000).contains(&kept), "{held} {kept}");
    let rest = envelope[kept as usize..].to_vec();
    let first = receipt(world.portal.put(id, kept, total, rest).await.unwrap());
    world.stop().await;
    // The receipt outlives another restart, byte for byte; so do root, keyset and numbers.
    let world = World::start(&people, Some(dir.path())).await;
    assert_eq!(receipt(world.portal.progress(id, total).await.unwrap()), first);
    assert_eq!(world.app.uploads.held(id), 0);
    assert_eq!(
        world.app.db.envelope(&verify_receipt(&first, &world.held.keyset()).unwrap().number).await.unwrap(),
        Some(envelope)
    );
    world.stop().await;
}
