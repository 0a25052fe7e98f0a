//! The kiosk's disk when it is full, cannot be written, or has lost bytes: real file systems of this
//! process's own mount namespace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use tereze::fault::Coded as _;
use tereze::i18n::Lang;
use tereze::outbox::state::Waits;
use tereze::outbox::{Outbox, OutboxError, Prepared, Status};
use tereze::store::StoreError;
use tereze::store::disk::DataDir;
use tereze::store::shelf::DiskShelf;

use crate::support::letter::Letter;
use crate::support::{People, World};

const WAITS: Waits = Waits { first: Duration::from_millis(20), longest: Duration::from_millis(200) };

/// Runs the test `name` again as root of a mount namespace of its own; true there. In the outer run
/// false, once the inner one has passed.
fn among_own_mounts(name: &str) -> bool {
    if std::env::var_os("TEREZE_OWN_MOUNTS").is_some() {
        return true;
    }
    let out = Command::new("unshare")
        .args(["--map-root-user", "--mount", "--propagation", "private"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads", "1"])
        .env("TEREZE_OWN_MOUNTS", "1")
        .output()
        .expect("unshare is part of util-linux");
    let words = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && words.contains("1 passed"), "{words}");
    false
}

fn mount(place: &Path, options: &str) {
    fs::create_dir_all(place).unwrap();
    let done = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(place).status();
    assert!(done.unwrap().success());
}

fn remount(place: &Path, options: &str) {
    let done = Command::new("mount").args(["-o", options]).arg(place).status();
    assert!(done.unwrap().success());
}

/// Another program writes until nothing more fits.
fn fill(place: &Path) -> PathBuf {
    let file = place.join("somebody.log");
    let block = vec![7u8; 4096];
    let mut out = fs::File::create(&file).unwrap();
    while std::io::Write::write_all(&mut out, &block).is_ok() {}
    file
}

async fn outbox(data: &Path, world: &World, portal: &str) -> Outbox {
    let (folder, _) = DataDir::open(data, "kiosk", 1).unwrap();
    let shelf = Arc::new(DiskShelf::open(&folder).unwrap());
    let client = Arc::new(world.client(portal.parse().unwrap()));
    Outbox::start(shelf, client, world.held.clone(), world.clock.clone(), WAITS).await.unwrap()
}

/// A port that nobody listens at: the line is down.
const NOBODY: &str = "127.0.0.1:1";

async fn arrives(outbox: &Outbox, id: tereze::outbox::Id) -> Status {
    let mut status = outbox.watch(id).unwrap();
    let end = tokio::time::timeout(Duration::from_secs(60), status.wait_for(Status::is_final)).await;
    end.expect("within a minute").unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_up_stops_her_before_the_pin_and_never_after() {
    if !among_own_mounts("disk::a_disk_that_fills_up_stops_her_before_the_pin_and_never_after") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let disk = dir.path().join("disk");
    mount(&disk, "size=2m");
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let sending = outbox(&disk.join("kiosk"), &world, &world.address.to_string()).await;
    let letter = Letter::new(&world, &people.person, Lang::Kk);
    let envelope = letter.envelope(&people.person);

    // Full before the PIN: she is told while nothing is signed, and what to do is said.
    let log = fill(&disk);
    let refused = sending.reserve(envelope.len() as u64).await.unwrap_err();
    assert_eq!((&refused, refused.code().0), (&OutboxError::Store(StoreError::Full), "store.full"));
    fs::remove_file(&log).unwrap();

    // Full after it: her space was taken before, so the letter is kept, and its receipt too.
    let reserved = sending.reserve(envelope.len() as u64).await.unwrap();
    fill(&disk);
    let (submission, statement) = (letter.statement.submission, letter.digest());
    let prepared = Prepared { submission, statement, envelope, reserved: Some(reserved) };
    let id = sending.submit(prepared).await.unwrap();
    let end = arrives(&sending, id).await;
    assert!(matches!(end, Status::Registered { .. }), "{end:?}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_cannot_be_written_loses_nothing_that_was_kept() {
    if !among_own_mounts("disk::a_disk_that_cannot_be_written_loses_nothing_that_was_kept") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let disk = dir.path().join("disk");
    mount(&disk, "size=4m");
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let letter = Letter::new(&world, &people.person, Lang::Ru);
    let envelope = letter.envelope(&people.person);
    let sending = outbox(&disk.join("kiosk"), &world, NOBODY).await;
    let prepared = Prepared {
        submission: letter.statement.submission,
        statement: letter.digest(),
        envelope: envelope.clone(),
        reserved: None,
    };
    let id = sending.submit(prepared).await.unwrap();
    remount(&disk, "remount,ro");
    let refused = sending.reserve(10_000).await.unwrap_err();
    assert_eq!(refused.code().0, "store.unusable");
    drop(sending);
    remount(&disk, "remount,rw");
    let sending = outbox(&disk.join("kiosk"), &world, &world.address.to_string()).await;
    let end = arrives(&sending, id).await;
    assert!(matches!(end, Status::Registered { .. }), "{end:?}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_that_lost_bytes_is_never_called_sent_and_staff_see_why() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    for cut in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("kiosk");
        let letter = Letter::new(&world, &people.person, Lang::En);
        let envelope = letter.envelope(&people.person);
        let sending = outbox(&data, &world, NOBODY).await;
        let prepared = Prepared {
            submission: letter.statement.submission,
            statement: letter.digest(),
            envelope: envelope.clone(),
            reserved: None,
        };
        let id = sending.submit(prepared).await.unwrap();
        drop(sending);
        tokio::time::sleep(Duration::from_millis(200)).await;
        let file = data.join("outbox/waiting").join(id.to_string()).join("envelope");
        let mut bytes = envelope.clone();
        if cut {
            bytes.truncate(100);
        } else {
            bytes[700] ^= 1;
        }
        fs::write(&file, &bytes).unwrap();

        let sending = outbox(&data, &world, &world.address.to_string()).await;
        let told = match sending.watch(id) {
            Some(_) => arrives(&sending, id).await,
            None => panic!("a damaged letter is forgotten (cut: {cut})"),
        };
        let Status::Stuck { code } = told else { panic!("{told:?}") };
        assert_eq!(code.0, "store.damaged", "cut: {cut}");
        // «Try again» mends no bytes, and does not stop the letters beside it.
        sending.again().await.unwrap();
        assert_eq!(arrives(&sending, id).await, Status::Stuck { code });
        assert_eq!(world.app.db.counts().await.unwrap(), (0, 0), "nothing half is registered");
    }
    world.stop().await;
}
