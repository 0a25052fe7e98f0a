//! Keys that their authority has revoked, at the portal: by lists from a file or an address, by a
//! responder; and what happens while nobody can say. Authorities and lists are OpenSSL's.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tereze::clock::Confidence;
use tereze::domain::Digest;
use tereze::domain::event::Kind as Happened;
use tereze::domain::login::{self, Login};
use tereze::i18n::Lang;
use tereze::portal::client::lists::Mark;
use tereze::portal::{Access, Outcome, Portal as _, PortalError, Progress};
use tereze::private::Secret;
use tereze::screen::keyfile::work::signed;
use tereze::seal::history::verify_history;
use tereze::seal::receipt::{verify_notice, verify_receipt};
use tereze::server::lists::{Lists, NotTaken, Source};
use tereze::server::store::proofs::Proof;
use tereze::sign::keyfile::{self, Entry};
use tereze::sign::trust::{CITIZEN, Trust};

use crate::openssl_ca::{Kind, Office, PASSWORD, free_port};
use crate::support::World;
use crate::support::letter::Letter;
use crate::web::{Response, Web};

pub(super) const ONE: &str = "900101300017";
pub(super) const TWO: &str = "051224600019";

pub(super) fn entry(office: &Office, name: &str, iin: &str) -> Entry {
    let file = office.person(name, iin);
    let password = Secret::from_vec(PASSWORD.as_bytes().to_vec());
    keyfile::open(&file, password, &|| Ok(())).unwrap().remove(0)
}

pub(super) fn trust(office: &Office) -> Trust {
    let mut trust = Trust::new();
    trust.load(CITIZEN, &office.read("ca.pem")).unwrap();
    trust
}

async fn world(office: &Office) -> World {
    World::trusting(trust(office), None).await
}

/// What became of a letter that this key signed, and the letter.
pub(super) async fn sent(world: &World, entry: &Entry) -> (Outcome, Letter) {
    let letter = Letter::of(world, &entry.certificate.owner(), Lang::Ru);
    let cms = signed(entry, &letter.statement.canonical().unwrap(), letter.at).unwrap();
    let sealed = letter.sealed(cms);
    let (id, total) = (Digest::of(&sealed), sealed.len() as u64);
    match world.portal.put(id, 0, total, sealed).await.unwrap() {
        Progress::Done(outcome) => (outcome, letter),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
pub(super) fn refused(outcome: &Outcome, world: &World) {
    let Outcome::Notice(notice) = outcome else { panic!("registered") };
    assert_eq!(verify_notice(notice, &world.held.keyset()).unwrap().reason, "server.certificate-revoked");
}

pub(super) async fn proof(world: &World, letter: &Letter) -> Proof {
    let held = world.app.db.held(letter.secret.lookup_id()).await.unwrap().expect("registered");
    world.app.db.proof(held.id).await.unwrap().unwrap()
}

/// Responders' answers that are kept for a letter.
pub(super) async fn answers(world: &World, letter: &Letter) -> usize {
    let held = world.app.db.held(letter.secret.lookup_id()).await.unwrap().unwrap();
    world.app.db.material(held.id).await.unwrap().answers().count()
}

fn keeps(world: &World, sources: Vec<Source>, trust: Trust) -> Arc<Lists> {
    let lists = Arc::new(Lists::new(sources, trust, None));
    assert!(world.app.lists.set(lists.clone()).is_ok());
    lists
}

async fn login(world: &World, entry: &Entry) -> Result<Access, PortalError> {
    let asked = world.portal.challenge().await?;
    let now = world.clock.now().wall;
    let typed = Login {
        schema: login::SCHEMA_V1.into(),
        context: login::OWN_LETTERS.into(),
        audience: world.held.audience(),
        nonce: Digest::parse(&asked.nonce).unwrap(),
        kiosk: asked.kiosk,
        practice: false,
        time: now.rfc3339(),
    };
    let cms = signed(entry, &typed.canonical().unwrap(), now).unwrap();
    Ok(Access::Session(Arc::new(world.portal.login(cms).await?)))
}

#[tokio::test(flavor = "multi_thread")]
async fn by_a_list_in_a_file_of_every_kind_of_authority() {
    for kind in [Kind::Rsa, Kind::Ec, Kind::Gost] {
        let Some(office) = Office::new(kind) else { continue };
        let (one, two) = (entry(&office, "one", ONE), entry(&office, "two", TWO));
        let world = world(&office).await;
        let lists = keeps(&world, vec![Source::File(office.path("list.der"))], trust(&office));
        // Before there is a list nobody can say: registered, and to be judged later.
        let (outcome, early) = sent(&world, &one).await;
        assert!(matches!(outcome, Outcome::Receipt(_)), "{kind:?}");
        assert_eq!(proof(&world, &early).await.checked, None);
        assert!(login(&world, &one).await.is_ok());

        office.revoke("one");
        office.list(&[]);
        lists.refresh(world.clock.now().wall).await;
        let (outcome, _) = sent(&world, &one).await;
        refused(&outcome, &world);
        let revoked = PortalError::Problem { status: 403, code: "server.login-ended".into() };
        assert_eq!(login(&world, &one).await.err(), Some(revoked));
        let (outcome, good) = sent(&world, &two).await;
        assert!(matches!(outcome, Outcome::Receipt(_)));
        assert!(proof(&world, &good).await.checked.is_some());
        assert!(login(&world, &two).await.is_ok());
        world.stop().await;
    }
}

/// A server of one list: its bytes, and how often they were sent whole.
fn served(list: Arc<Mutex<Vec<u8>>>, whole: Arc<AtomicUsize>) -> Web {
    Web::serve(move |request| -> Response {
        let bytes = list.lock().unwrap().clone();
        let tag = format!("\"{}\"", Digest::of(&bytes));
        if request.header("if-none-match") == Some(&tag) {
            return (304, vec![], vec![]);
        }
        whole.fetch_add(1, Ordering::Relaxed);
        (200, vec![("ETag", tag)], bytes)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_asked_for_what_is_newer_and_lies_change_nothing() {
    let office = Office::new(Kind::Ec).unwrap();
    let (one, two) = (entry(&office, "one", ONE), entry(&office, "two", TWO));
    let old = office.list(&[]);
    office.revoke("one");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let list = Arc::new(Mutex::new(office.list(&[])));
    let whole = Arc::new(AtomicUsize::new(0));
    let web = served(list.clone(), whole.clone());
    let folder = tempfile::tempdir().unwrap();
    let sources = || vec![Source::named(&web.url("list.crl"))];
    let kept = || Arc::new(Lists::new(sources(), trust(&office), Some(folder.path().join("lists"))));
    let lists = kept();
    let world = world(&office).await;
    let now = world.clock.now().wall;
    assert!(world.app.lists.set(lists.clone()).is_ok());
    for _ in 0..3 {
        lists.refresh(now).await;
    }
    assert_eq!(whole.load(Ordering::Relaxed), 1, "what did not change is not sent again");
    let (outcome, _) = sent(&world, &one).await;
    refused(&outcome, &world);

    // Garbage, a stranger's list, an older one, one of which a byte changed: the list that is held stays.
    let stranger = Office::new(Kind::Ec).unwrap();
    let mut changed = list.lock().unwrap().clone();
    *changed.last_mut().unwrap() ^= 1;
    for lie in [b"<html>".to_vec(), vec![], stranger.list(&[]), old.clone(), changed.clone()] {
        *list.lock().unwrap() = lie;
        lists.refresh(now).await;
        assert_eq!(lists.evidence().lists.len(), 1);
        let (outcome, _) = sent(&world, &one).await;
        refused(&outcome, &world);
    }
    assert_eq!(lists.take(0, b"<html>", Mark::default()), Err(NotTaken::Unreadable));
    assert_eq!(lists.take(0, &stranger.list(&[]), Mark::default()), Err(NotTaken::NotSigned));
    assert_eq!(lists.take(0, &changed, Mark::default()), Err(NotTaken::NotSigned));
    assert_eq!(lists.take(0, &old, Mark::default()), Err(NotTaken::Older));

    // The next start has what the last run had, before anybody is asked.
    drop(web);
    let again = Arc::new(Lists::new(sources_of(&lists), trust(&office), Some(folder.path().join("lists"))));
    assert_eq!(again.evidence().lists.len(), 1);
    let (outcome, _) = sent(&world, &two).await;
    assert!(matches!(outcome, Outcome::Receipt(_)));
    world.stop().await;
}

fn sources_of(lists: &Lists) -> Vec<Source> {
    lists.sources().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delta_adds_to_its_list() {
    let office = Office::new(Kind::Ec).unwrap();
    let one = entry(&office, "one", ONE);
    office.list(&[]);
    std::fs::copy(office.path("list.der"), office.path("full.der")).unwrap();
    let world = world(&office).await;
    let sources = vec![Source::File(office.path("full.der")), Source::File(office.path("delta.der"))];
    let lists = keeps(&world, sources, trust(&office));
    lists.refresh(world.clock.now().wall).await;
    assert!(matches!(sent(&world, &one).await.0, Outcome::Receipt(_)));
    office.revoke("one");
    // Base number 1, as the first list has it.
    office.write("delta.cnf", b"[d]\n2.5.29.27=critical,DER:02:01:01\n");
    let whole = std::fs::read_to_string(office.path("ca.cnf")).unwrap();
    office.write("ca.cnf", format!("{whole}[d]\n2.5.29.27=critical,DER:02:01:01\n").as_bytes());
    office.list(&["-crlexts", "d"]);
    std::fs::copy(office.path("list.der"), office.path("delta.der")).unwrap();
    lists.refresh(world.clock.now().wall).await;
    let (outcome, _) = sent(&world, &one).await;
    refused(&outcome, &world);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_a_responder_and_what_happens_while_it_is_silent() {
    for kind in [Kind::Ec, Kind::Gost] {
        let Some(office) = Office::new(kind) else { continue };
        let (one, two) = (entry(&office, "one", ONE), entry(&office, "two", TWO));
        let world = world(&office).await;
        let port = free_port();
        world.app.relay.to(format!("http://127.0.0.1:{port}/"));
        office.revoke("one");
        // Nobody answers: both are registered, neither is said to be good.
        let (outcome, doubtful) = sent(&world, &one).await;
        assert!(matches!(outcome, Outcome::Receipt(_)), "an outage refuses nobody");
        let (outcome, good) = sent(&world, &two).await;
        let Outcome::Receipt(receipt) = outcome else { panic!("an outage refuses nobody") };
        assert!(verify_receipt(&receipt, &world.held.keyset()).is_ok());
        assert_eq!(proof(&world, &good).await.checked, None);

        let _responder = office.responder(port);
        world.app.rest_is_over();
        for letter in [&doubtful, &good] {
            assert!(world.app.prove(letter.secret.lookup_id()).await.is_ok());
        }
        let proven = proof(&world, &good).await;
        assert!(proven.checked.is_some() && !proven.doubt);
        assert_eq!(answers(&world, &good).await, 1);
        assert!(proof(&world, &doubtful).await.doubt);
        let access = |letter: &Letter| Access::Visitor(letter.secret.access_key());
        let told = |letter: &Letter| world.portal.events(letter.secret.lookup_id(), access(letter), None, 0);
        let history = told(&doubtful).await.unwrap().unwrap();
        let history = verify_history(&history.bytes, &world.held.keyset()).unwrap();
        let Happened::Other { code, title } = &history.events[1].kind else { panic!("{history:?}") };
        assert!(code == "signature-doubt" && title.ru.contains("отозван"), "{title:?}");
        let history = told(&good).await.unwrap().unwrap();
        assert_eq!(verify_history(&history.bytes, &world.held.keyset()).unwrap().events.len(), 1);

        // From now on she is told at once.
        let (outcome, _) = sent(&world, &one).await;
        refused(&outcome, &world);
        let (outcome, letter) = sent(&world, &two).await;
        assert!(matches!(outcome, Outcome::Receipt(_)));
        assert_eq!(answers(&world, &letter).await, 1);
        assert_eq!(world.clock.now().confidence, Confidence::Plausible);
        world.stop().await;
    }
}

/// Revoked after the letter was registered: it was good then, and stays.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_revoked_later_was_good_then() {
    let office = Office::new(Kind::Ec).unwrap();
    let one = entry(&office, "one", ONE);
    let world = world(&office).await;
    let lists = keeps(&world, vec![Source::File(office.path("list.der"))], trust(&office));
    let (outcome, letter) = sent(&world, &one).await;
    assert!(matches!(outcome, Outcome::Receipt(_)));
    // The list's time has no fractions of a second.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    office.revoke("one");
    office.list(&[]);
    lists.refresh(world.clock.now().wall).await;
    assert!(world.app.prove(letter.secret.lookup_id()).await.is_ok());
    let proven = proof(&world, &letter).await;
    assert!(proven.checked.is_some() && !proven.doubt);
    world.stop().await;
}
