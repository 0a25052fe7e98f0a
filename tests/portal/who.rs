//! Who may ask what, how often, and whom a kiosk believes.

use tereze::clock::{Clock, Confidence};
use tereze::domain::Digest;
use tereze::fault::{Code, Coded as _};
use tereze::i18n::Lang;
use tereze::portal::client::HttpPortal;
use tereze::portal::held::Held;
use tereze::portal::{Outcome, Portal as _, PortalError, Progress};
use tereze::server::{Server, ServerError};
use zeroize::Zeroizing;

use crate::support::letter::Letter;
use crate::support::{People, World, settings};

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_becomes_a_kiosk_once_by_a_code() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let letter = Letter::new(&world, &people.person, Lang::Kk);
    let envelope = letter.envelope(&people.person);
    let (id, total) = (Digest::of(&envelope), envelope.len() as u64);
    let fresh =
        HttpPortal::new(&format!("https://{}", world.address), world.held.clone(), world.clock.clone())
            .unwrap();
    let stranger = PortalError::Problem { status: 401, code: "server.not-enrolled".into() };
    assert_eq!(fresh.put(id, 0, total, envelope.clone()).await.unwrap_err(), stranger);

    let code = world.app.invite().await.unwrap();
    // As a hurried person copies it.
    let typed = Zeroizing::new(code.to_lowercase().replace('-', " "));
    let credential = fresh.enrol(typed, "Ауыл кітапханасы".into()).await.unwrap();
    assert!(credential.secret.len() <= 32, "compact");
    assert!(matches!(fresh.put(id, 0, total, envelope).await.unwrap(), Progress::Done(Outcome::Receipt(_))));
    let again = fresh.enrol(code, "x".into()).await.map(|c| c.kiosk).unwrap_err();
    assert_eq!(again, PortalError::Problem { status: 403, code: "server.enrolment-code".into() });
    // A credential that was never given.
    fresh
        .set_credential(&tereze::private::Secret::from_vec(b"AAAAAQAAAAAAAAAAAAAAAAAAAAA".to_vec()))
        .unwrap();
    assert_eq!(fresh.progress(Digest::of(b"y"), 9).await.unwrap_err(), stranger);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let guess = || world.portal.status("ЖТ-2026-00000001".into(), Zeroizing::new("0000-0000".into()));
    let mut answers = vec![];
    for _ in 0..12 {
        answers.push(guess().await.unwrap_err());
    }
    assert!(matches!(answers[0], PortalError::Problem { status: 404, .. }));
    // With the time to wait comes the reason.
    let PortalError::Busy { seconds, reason: Some(Code("server.too-many")) } = answers[11] else {
        panic!("{:?}", answers[11])
    };
    assert!((1..=60).contains(&seconds));
    // Kiosks go on sending meanwhile.
    assert_eq!(world.portal.progress(Digest::of(b"y"), 9).await.unwrap(), Progress::Offset(0));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_deployments_own_portal_is_believed() {
    let people = People::new(false);
    let (ours, theirs) = (World::start(&people, None).await, World::start(&people, None).await);
    let lured = ours.client(theirs.address);
    assert_eq!(lured.about().await.unwrap_err(), PortalError::Untrusted);
    assert_eq!(lured.progress(Digest::of(b"y"), 9).await.unwrap_err(), PortalError::Untrusted);
    // A keyset may come from anybody, and only our root makes it one.
    let bytes = lured.keyset(None).await.unwrap().unwrap();
    assert_eq!(ours.held.offer(&bytes).unwrap_err().code().0, "keyset.not-our-root");

    let base = format!("https://{}", ours.address);
    let bytes = HttpPortal::first_keyset(&base, &ours.clock).await.unwrap();
    assert!(Held::new(ours.held.root(), &bytes, Clock::system()).is_ok());
    assert!(Held::new(theirs.held.root(), &bytes, Clock::system()).is_err());
    assert!(HttpPortal::new("http://127.0.0.1:1", ours.held.clone(), ours.clock.clone()).is_err());
    let nobody = ours.client("127.0.0.1:1".parse().unwrap());
    assert_eq!(nobody.about().await.unwrap_err(), PortalError::Unreachable);
    ours.stop().await;
    theirs.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_with_a_flat_battery_still_reaches_its_portal() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let clock = Clock::fixed(tereze::clock::Moment(0));
    assert_eq!(clock.now().confidence, Confidence::Doubtful);
    let held = Held::new(world.held.root(), &world.app.deployment.signed, clock.clone()).unwrap();
    let portal = HttpPortal::new(&format!("https://{}", world.address), held.clone(), clock.clone()).unwrap();
    assert!(portal.about().await.is_ok());
    assert!(held.seal_key().is_ok());
    let proven = clock.now().wall;
    assert!(proven >= world.app.deployment.keyset.issued, "the root's signature proves the time");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_to_a_retired_seal_key_still_opens() {
    let people = People::new(false);
    let dir = tempfile::tempdir().unwrap();
    let world = World::start(&people, Some(dir.path())).await;
    let old = world.held.clone();
    let letter = Letter::new(&world, &people.person, Lang::Kk);
    let envelope = letter.envelope(&people.person);
    let now = world.clock.now();
    world.stop().await;
    let keys = dir.path().join("keys");
    let mut deployment = tereze::server::keys::Deployment::load(&keys, now).unwrap().unwrap();
    deployment.rotate_seal(now.wall.plus(1)).unwrap();
    deployment.save(&keys).unwrap();

    let world = World::start(&people, Some(dir.path())).await;
    assert_ne!(world.held.keyset().version, old.keyset().version);
    let portal = world.portal.clone();
    let answer = portal.put(Digest::of(&envelope), 0, envelope.len() as u64, envelope).await.unwrap();
    assert!(matches!(answer, Progress::Done(Outcome::Receipt(_))));
    // The kiosk that held the old keyset takes the new one.
    let fresh = portal.keyset(Some(old.keyset().version)).await.unwrap().unwrap();
    assert!(old.offer(&fresh).unwrap());
    assert_eq!(old.seal_key().unwrap(), world.held.seal_key().unwrap());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_cannot_be_says_why() {
    let people = People::new(false);
    let dir = tempfile::tempdir().unwrap();
    let world = World::start(&people, Some(dir.path())).await;
    let code = |result: Result<Server, ServerError>| result.err().map(|e| e.code().0);
    let other = tempfile::tempdir().unwrap();
    let taken = Server::bind(settings(&people, Some(other.path().into()), world.address.port())).await;
    assert_eq!(code(taken), Some("server.port-in-use"));
    assert_eq!(code(Server::bind(settings(&people, Some(dir.path().into()), 0)).await), Some("store.locked"));
    world.stop().await;

    let practice = People::new(true);
    let mixed = Server::bind(settings(&practice, Some(dir.path().into()), 0)).await;
    assert_eq!(code(mixed), Some("server.other-mode"));
    let mut nobody = settings(&people, None, 0);
    nobody.citizens = Default::default();
    assert_eq!(code(Server::bind(nobody).await), Some("server.no-citizens"));
    std::fs::write(dir.path().join("FORMAT"), "tereze portal 99\n").unwrap();
    assert_eq!(code(Server::bind(settings(&people, Some(dir.path().into()), 0)).await), Some("store.newer"));
    std::fs::write(dir.path().join("FORMAT"), "tereze portal 1\n").unwrap();
    std::fs::write(dir.path().join("keys/keyset.cose"), "hurt").unwrap();
    assert_eq!(code(Server::bind(settings(&people, Some(dir.path().into()), 0)).await), Some("server.keys"));
    std::fs::write(dir.path().join("portal.sqlite"), "this is no database, it is a text").unwrap();
    std::fs::remove_dir_all(dir.path().join("keys")).unwrap();
    assert_eq!(
        code(Server::bind(settings(&people, Some(dir.path().into()), 0)).await),
        Some("store.unusable")
    );
}
