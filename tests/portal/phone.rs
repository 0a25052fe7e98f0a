//! Signing with a phone: the documented exchange over real TLS, with a phone of another make.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tereze::domain::Digest;
use tereze::i18n::Lang;
use tereze::portal::wire::phone::{MAX_DOCUMENT, MAX_SENT, PhoneSession, PhoneStage, PhoneState, SCHEME};
use tereze::portal::{Outcome, Portal as _, PortalError, Progress};
use tereze::seal::receipt::verify_receipt;
use tereze::server::phone::LIVES;
use tereze::sign::verify;
use zeroize::Zeroizing;

use crate::phones::{Phone, Signer, document};
use crate::support::letter::Letter;
use crate::support::{People, World, raw};

fn phone(world: &World) -> Phone {
    Phone::new(world.held.tls_ca())
}

fn code(session: &PhoneSession) -> String {
    format!("{SCHEME}{}", session.address)
}

async fn begun(world: &World, letter: &Letter) -> PhoneSession {
    world.portal.phone_begin(Zeroizing::new(letter.bytes())).await.unwrap()
}

async fn state(world: &World, session: &PhoneSession) -> Result<PhoneState, PortalError> {
    world.portal.phone_state(session.session.clone(), None, 0).await.map(Option::unwrap)
}

fn missing() -> PortalError {
    PortalError::Problem { status: 404, code: "server.not-found".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_phone_signs_is_the_letter_and_the_portal_registers_it() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let letter = Letter::new(&world, &people.person, Lang::Ru);
    let session = begun(&world, &letter).await;
    let follow = {
        let (portal, session) = (world.portal.clone(), session.session.clone());
        tokio::spawn(async move { portal.phone_state(session, Some(0), 40).await })
    };
    let phone = phone(&world);
    let opened = phone.open(&code(&session)).await.unwrap();
    let state_then = follow.await.unwrap().unwrap().unwrap();
    assert_eq!(
        (state_then.stage, state_then.version),
        (PhoneStage::Opened, 1),
        "the kiosk hears of it at once"
    );

    // The members that the app is documented to read.
    let said = &opened.invitation;
    let operator = &world.held.keyset().operator;
    assert_eq!(
        said["organisation"],
        json!({"nameRu": operator.ru, "nameKz": operator.kk, "nameEn": operator.en, "bin": "940140000385"})
    );
    assert!(said["description"].as_str().is_some_and(|d| !d.is_empty()));
    assert!(said["expiry_date"].as_str().is_some_and(|d| d.ends_with('Z')));
    let set = phone.fetch(&opened).await.unwrap();
    assert_eq!(document(&set), letter.bytes(), "byte for byte");
    assert!(set["documentsToSign"][0]["nameRu"].as_str().unwrap().contains(&letter.statement.body.name));

    let waiting = {
        let (portal, session) = (world.portal.clone(), session.session.clone());
        tokio::spawn(async move { portal.phone_state(session, Some(1), 40).await })
    };
    let signer = Signer::new(&people.person.to_pem().unwrap());
    let mut signed = set.clone();
    let cms = signer.sign(&document(&set));
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &cms);
    signed["documentsToSign"][0]["document"]["file"]["data"] = json!(encoded);
    assert_eq!(phone.put(&opened, &signed).await, 200);
    let done = waiting.await.unwrap().unwrap().unwrap();
    assert_eq!((done.stage, done.cms.as_deref()), (PhoneStage::Signed, Some(encoded.as_str())));
    assert!(verify(&cms, None, &people.trust(), world.clock.now()).is_valid());
    world.portal.phone_end(session.session.clone()).await.unwrap();
    assert_eq!(state(&world, &session).await.err(), Some(missing()));
    assert_eq!(world.app.phones.waiting(world.clock.monotonic()), 0);

    // The same envelope as after a card.
    let envelope = letter.sealed(cms);
    let (id, total) = (Digest::of(&envelope), envelope.len() as u64);
    let answer = world.portal.put(id, 0, total, envelope).await.unwrap();
    let Progress::Done(Outcome::Receipt(receipt)) = answer else { panic!("not registered") };
    assert_eq!(verify_receipt(&receipt, &world.held.keyset()).unwrap().statement, letter.digest());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_phone_and_whoever_guesses_find_nothing() {
    let people = People::new(true);
    let world = World::start(&people, None).await;
    let session = begun(&world, &Letter::new(&world, &people.person, Lang::Kk)).await;
    let (first, mut second) = (phone(&world), phone(&world));
    second.program = "another";
    let opened = first.open(&code(&session)).await.unwrap();
    assert_eq!(second.open(&code(&session)).await.err(), Some(404));
    let (status, _) = second.ask("GET", &opened.uri, Some("guess"), b"").await;
    assert_eq!(status, 404);
    let (status, _) = second.ask("GET", &opened.uri, None, b"").await;
    assert_eq!(status, 404, "the document is for the token alone");
    let base = session.address.rsplit_once('/').unwrap().0;
    for path in ["AAAAAAAAAAAAAAAAAAAAAA", "", "..%2f", "%00"] {
        let (status, _) = second.ask("GET", &format!("{base}/{path}"), None, b"").await;
        assert_eq!(status, 404, "{path}");
    }
    // The kiosk's own interface opens to no phone, and another kiosk's handle to no other kiosk.
    let path = format!("/api/v1/phones/{}", session.session);
    assert_eq!(raw::send(&world, &format!("GET {path} HTTP/1.1"), b"").await.status, 401);
    let invited = world.app.invite().await.unwrap();
    let (_, other) = world.app.enrol(&invited, "another kiosk").await.unwrap().unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nauthorization: Kiosk {}", other.as_str());
    assert_eq!(raw::send(&world, &head, b"").await.status, 404);
    // The first one still signs.
    let signer = Signer::new(&people.person.to_pem().unwrap());
    let set = first.fetch(&opened).await.unwrap();
    let mut signed = set.clone();
    let encoded =
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, signer.sign(&document(&set)));
    signed["documentsToSign"][0]["document"]["file"]["data"] = json!(encoded);
    assert_eq!(first.put(&opened, &signed).await, 200);
    assert_eq!(state(&world, &session).await.unwrap().stage, PhoneStage::Signed);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_and_floods_change_nothing() {
    let people = People::new(true);
    let world = World::start(&people, None).await;
    let session = begun(&world, &Letter::new(&world, &people.person, Lang::En)).await;
    let phone = phone(&world);
    let opened = phone.open(&code(&session)).await.unwrap();
    let set = phone.fetch(&opened).await.unwrap();
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    for (n, body) in ["", "{}", "\u{0}\u{1}", r#"{"documentsToSign":[]}"#, &deep].into_iter().enumerate() {
        let (status, _) = phone.ask("PUT", &opened.uri, Some(&opened.token), body.as_bytes()).await;
        assert_eq!(status, 400, "{n}");
        let now = state(&world, &session).await.unwrap();
        assert_eq!((now.stage, now.unreadable), (PhoneStage::Opened, n as u32 + 1));
    }
    // The document sent back unsigned is no signature.
    assert_eq!(phone.put(&opened, &set).await, 400);
    let flood = vec![b'x'; MAX_SENT + 1];
    let (status, _) = phone.ask("PUT", &opened.uri, Some(&opened.token), &flood).await;
    assert_eq!(status, 413);
    // The kiosk gives statements for this portal alone, and none that is too long.
    for wrong in
        [b"".to_vec(), b"{}".to_vec(), Letter::new(&world, &people.person, Lang::Ru).bytes()[1..].to_vec()]
    {
        let refused = world.portal.phone_begin(Zeroizing::new(wrong)).await.err().unwrap();
        let not_ours = PortalError::Problem { status: 422, code: "server.statement-not-valid".into() };
        assert_eq!(refused, not_ours);
    }
    let mut foreign = Letter::new(&world, &people.person, Lang::Ru);
    foreign.statement.audience = Digest([9; 32]);
    let refused = world.portal.phone_begin(Zeroizing::new(foreign.bytes())).await.err().unwrap();
    assert!(matches!(refused, PortalError::Problem { status: 422, .. }));
    let long = Zeroizing::new(vec![b'x'; MAX_DOCUMENT + 1]);
    let refused = world.portal.phone_begin(long).await.err().unwrap();
    assert_eq!(refused, PortalError::Problem { status: 413, code: "server.too-large".into() });
    assert_eq!(
        state(&world, &session).await.unwrap().stage,
        PhoneStage::Opened,
        "the first one is still there"
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_or_from_before_a_restart_is_gone() {
    let people = People::new(true);
    let data = tempfile::tempdir().unwrap();
    let world = World::start_living(&people, Some(data.path()), 0, Duration::from_secs(1)).await;
    let letter = Letter::new(&world, &people.person, Lang::Kk);
    let session = begun(&world, &letter).await;
    let phone_then = phone(&world);
    let opened = phone_then.open(&code(&session)).await.unwrap();
    // Until it is over by the portal's own count.
    while state(&world, &session).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(phone_then.fetch(&opened).await.err(), Some(404));
    assert_eq!(phone_then.open(&code(&session)).await.err(), Some(404));
    let signer = Signer::new(&people.person.to_pem().unwrap());
    let late = json!({"documentsToSign": [{"document": {"file": {"data":
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, signer.sign(b"late"))}}}]});
    assert_eq!(phone_then.put(&opened, &late).await, 404);
    world.stop().await;

    let world = World::start_living(&people, Some(data.path()), 0, LIVES).await;
    let letter = Letter::new(&world, &people.person, Lang::Kk);
    let session = begun(&world, &letter).await;
    let port = world.address.port();
    // Not a word of it is on the disk, while it waits and after.
    let word = "Көшеміздегі".as_bytes();
    let mut files = vec![data.path().to_owned()];
    let mut seen = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
        } else {
            seen += 1;
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(word.len()).any(|w| w == word), "{}", path.display());
        }
    }
    assert!(seen > 3 && letter.bytes().windows(word.len()).any(|w| w == word));
    world.stop().await;
    let world = World::start_at(&people, Some(data.path()), port).await;
    assert_eq!(state(&world, &session).await.err(), Some(missing()), "memory alone, gone with the process");
    assert_eq!(phone(&world).open(&code(&session)).await.err(), Some(404));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_that_begins_anew_drops_its_last_and_no_other_kiosks() {
    let people = People::new(true);
    let world = Arc::new(World::start(&people, None).await);
    let letter = Letter::new(&world, &people.person, Lang::Kk);
    let first = begun(&world, &letter).await;
    let waiting = {
        let (world, session) = (world.clone(), first.session.clone());
        tokio::spawn(async move { world.portal.phone_state(session, Some(0), 40).await.err() })
    };
    tokio::time::sleep(Duration::from_millis(100)).await;
    let second = begun(&world, &letter).await;
    assert_eq!(waiting.await.unwrap(), Some(missing()), "who waited for it is told at once");
    assert_eq!(phone(&world).open(&code(&first)).await.err(), Some(404));
    assert!(phone(&world).open(&code(&second)).await.is_ok());
}
