//! A wish to be told that is made while the line is down: it waits sealed on the kiosk's disk, over a fall of the
//! kiosk, goes when the letter is registered, and is gone from there.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tereze::clock::Clock;
use tereze::env::real::{Portalled, connect, enrol};
use tereze::i18n::Lang;
use tereze::outbox::state::Waits;
use tereze::outbox::{Keep, Outbox, Prepared, Status};
use tereze::portal::Portal as _;
use tereze::portal::wire::AlertState;
use tereze::practice::card::PracticeCard;
use tereze::seal::alert::{self, Alert};
use tereze::store::disk::DataDir;
use tereze::store::shelf::DiskShelf;

use super::told::{NUMBER, phone};
use crate::support::gateway::{Mood, Receiver};
use crate::support::letter::Letter;
use crate::support::{People, World};

const SHORT: Waits = Waits { first: Duration::from_millis(20), longest: Duration::from_millis(200) };

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut all = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(std::fs::read(&path).unwrap()) }
    }
    all
}

fn hold(folder: &Path, what: &[u8]) -> bool {
    files(folder).iter().any(|bytes| bytes.windows(what.len()).any(|w| w == what))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_outlives_the_line_and_the_kiosk() {
    let people = People::new(true);
    let world = World::start(&people, None).await;
    let receiver = Receiver::start(Mood::Takes(0)).await;
    world.app.alerts.through(receiver.client());
    let dir = tempfile::tempdir().unwrap();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let open = async |data: &DataDir, address| {
        let shelf = Arc::new(DiskShelf::open(data).unwrap());
        let portal = Arc::new(world.client(address));
        Outbox::start(shelf, portal, world.held.clone(), world.clock.clone(), SHORT).await.unwrap()
    };
    let letter = Letter::new(&world, &people.person, Lang::En);
    let wish = |number: &str| {
        let (lookup_id, access) = (letter.secret.lookup_id(), Some(letter.secret.access_key()));
        alert::seal(&Alert { lookup_id, access, phone: phone(number) }, &letter.seal_key).unwrap()
    };
    let sealed = wish(NUMBER);
    {
        let (data, _) = DataDir::open(dir.path(), "kiosk", 1).unwrap();
        let outbox = open(&data, nobody).await;
        let prepared = Prepared {
            submission: letter.statement.submission,
            statement: letter.digest(),
            envelope: letter.envelope(&people.person),
            reserved: None,
        };
        let id = outbox.submit(prepared).await.unwrap();
        outbox.wish(id, wish("7770000000")).await.unwrap();
        outbox.wish(id, sealed.clone()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(outbox.wishing(), 1, "the last one said");
        assert!(hold(dir.path(), &sealed[..]) && !hold(dir.path(), b"7011234567"));
    }
    // The kiosk fell and stands again; so does the line.
    let (data, _) = DataDir::open(dir.path(), "kiosk", 1).unwrap();
    let outbox = open(&data, world.address).await;
    let (id, _) = outbox.all()[0].clone();
    let mut status = outbox.watch(id).unwrap();
    let registered = status.wait_for(|s| matches!(s, Status::Registered { .. }));
    tokio::time::timeout(Duration::from_secs(60), registered).await.unwrap().unwrap();
    for _ in 0..600 {
        if outbox.wishing() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(outbox.wishing(), 0, "the portal has it");
    assert!(!hold(dir.path(), &sealed[..]), "and the kiosk has it no more");
    let key = tereze::portal::Access::Visitor(letter.secret.access_key());
    let shown = world.portal.events(letter.secret.lookup_id(), key, None, 0).await.unwrap().unwrap();
    assert_eq!(shown.alert, Some(AlertState::Waiting));

    // A portal that tells nobody takes none: it is dropped, and the letter was never touched by it.
    let mute = World::start(&people, None).await;
    let other = tempfile::tempdir().unwrap();
    let (data, _) = DataDir::open(other.path(), "kiosk", 1).unwrap();
    let shelf = Arc::new(DiskShelf::open(&data).unwrap());
    let portal = Arc::new(mute.client(mute.address));
    let outbox = Outbox::start(shelf, portal, mute.held.clone(), mute.clock.clone(), SHORT).await.unwrap();
    let letter = Letter::new(&mute, &people.person, Lang::Kk);
    let prepared = Prepared {
        submission: letter.statement.submission,
        statement: letter.digest(),
        envelope: letter.envelope(&people.person),
        reserved: None,
    };
    let id = outbox.submit(prepared).await.unwrap();
    let (lookup_id, access) = (letter.secret.lookup_id(), Some(letter.secret.access_key()));
    let wish = Alert { lookup_id, access, phone: phone(NUMBER) };
    outbox.wish(id, alert::seal(&wish, &letter.seal_key).unwrap()).await.unwrap();
    for _ in 0..600 {
        if outbox.wishing() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(outbox.wishing(), 0);
    assert!(matches!(outbox.status(id), Some(Status::Registered { .. })));
    world.stop().await;
    mute.stop().await;
}

/// The question is offered at once after a restart, also where the portal cannot be asked whether it tells.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_without_the_line_remembers_whether_it_is_told() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let receiver = Receiver::start(Mood::Takes(0)).await;
    world.app.alerts.through(receiver.client());
    let dir = tempfile::tempdir().unwrap();
    let settings = Portalled {
        url: format!("https://{}", world.address),
        root: world.app.deployment.root,
        data: dir.path().join("kiosk"),
        citizens: people.trust(),
        keep: Keep::default(),
    };
    let code = world.app.invite().await.unwrap();
    enrol(&settings, code, "village".into(), Clock::system()).await.unwrap();
    let start = async || {
        let cards = PracticeCard::of(&people.person).cards(Clock::system());
        connect(&settings, cards, Clock::system()).await.unwrap()
    };
    let env = start().await;
    assert!(env.portal.about().await.is_ok() && env.portal.tells());
    let file = settings.data.join("portal.tells");
    for _ in 0..600 {
        if file.exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(env);
    world.stop().await;
    let env = start().await;
    assert!(env.portal.about().await.is_err(), "there is no line");
    assert!(env.portal.tells());
    drop(env);
    std::fs::write(&file, b"rubbish").unwrap();
    assert!(!start().await.portal.tells(), "what nobody said is not offered");
}
