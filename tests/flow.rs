//! A letter's whole way without a screen: the form's answers → statement → practice card → CAdES →
//! envelope → outbox → portal → verified receipt.

#[path = "support/portal/mod.rs"]
mod support;

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use support::contract::{Fault, Faulty};
use support::letter::Letter;
use support::relay::Relay;
use support::{People, World};
use tereze::card::CardStatus;
use tereze::card::Hand;
use tereze::card::service::{Command as Order, ToSign};
use tereze::clock::Clock;
use tereze::domain::Digest;
use tereze::domain::statement::{Deployment, Statement};
use tereze::fault::Code;
use tereze::i18n::Lang;
use tereze::outbox::state::Waits;
use tereze::outbox::{Id, Outbox, Prepared, Status};
use tereze::portal::{Outcome, Portal, PortalError, Progress};
use tereze::practice::boot::boot;
use tereze::private::Secret;
use tereze::seal::envelope::{self, Contents};
use tereze::seal::receipt::verify_receipt;
use tereze::sign::cades::Builder;
use tereze::sign::trust::CITIZEN;
use tereze::store::disk::DataDir;
use tereze::store::shelf::{DiskShelf, Shelf};

/// Waits so short that a test need not wait; the order of things is the same.
const SHORT: Waits = Waits { first: Duration::from_millis(20), longest: Duration::from_millis(200) };

async fn until(outbox: &Outbox, id: Id, done: impl Fn(&Status) -> bool) -> Status {
    let mut status = outbox.watch(id).expect("submitted");
    let waited = tokio::time::timeout(Duration::from_secs(120), status.wait_for(done)).await;
    waited.expect("in two minutes").unwrap().clone()
}

fn prepared(letter: &Letter, envelope: Vec<u8>) -> Prepared {
    Prepared { submission: letter.statement.submission, statement: letter.digest(), envelope, reserved: None }
}

async fn outbox(shelf: Arc<dyn Shelf>, portal: impl Portal, world: &World) -> Outbox {
    Outbox::start(shelf, Arc::new(portal), world.held.clone(), world.clock.clone(), SHORT).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_answers_to_the_verified_receipt_in_three_languages() {
    let people = People::new(true);
    let forms = World::start(&people, None).await;
    for lang in Lang::ALL {
        let env = boot(Clock::system()).await.unwrap();
        env.cards.commands.send(Order::SessionBegan).unwrap();
        let mut status = env.cards.status.clone();
        // The empty reader is seen first: a card that was there before her would not be hers.
        let empty = status.wait_for(|s| matches!(s, CardStatus::NoCard));
        tokio::time::timeout(Duration::from_secs(60), empty).await.expect("an empty reader").unwrap();
        env.cards.commands.send(Order::Practice(Hand::Insert)).unwrap();
        let ready = status.wait_for(|s| matches!(s, CardStatus::Ready(_)));
        let ready = tokio::time::timeout(Duration::from_secs(60), ready)
            .await
            .expect("the card is read")
            .unwrap()
            .clone();
        let CardStatus::Ready(card) = ready else { panic!() };

        // The form's answers, for the owner of the card, in the deployment that practice made.
        let mut letter = Letter::new(&forms, &people.person, lang);
        let owner = card.owner.expose();
        letter.statement.signer.name.clone_from(&owner.name);
        letter.statement.signer.iin.clone_from(&owner.iin);
        letter.statement.audience = env.held.audience();
        let deployment = Deployment { audience: env.held.audience(), practice: true };
        letter.statement.validate(&deployment, env.content).unwrap();
        let bytes = letter.statement.canonical().unwrap();

        let reserved = env.outbox.reserve(64 * 1024).await.unwrap();
        let certificate = card.certificate.expose().clone();
        let now = env.clock.now().wall;
        let signing = Builder::new(&certificate, &bytes, now).unwrap().prepare().unwrap();
        let pin = Secret::from_vec(b"123456".to_vec());
        let signature = env.cards.sign(card, pin, ToSign(signing.to_sign().to_vec()), false).await.unwrap();
        let cms = signing.finish(&signature).unwrap();
        let verdict = tereze::sign::verify(&cms, None, &env.trust.only(CITIZEN), env.clock.now());
        assert!(verdict.is_valid() && verdict.practice());
        assert!(Statement::parse(verdict.valid_content().unwrap()).unwrap() == letter.statement);

        let contents = Contents {
            cms,
            attachments: vec![],
            lookup_id: letter.secret.lookup_id(),
            access_hash: letter.secret.access_hash(),
            code_hash: letter.secret.code_hash(),
            reply_key: letter.secret.reply_key(),
        };
        let to = env.held.seal_key().unwrap();
        let sealed = envelope::seal(&contents, letter.statement.submission, &to).unwrap();
        let id = env
            .outbox
            .submit(Prepared { reserved: Some(reserved), ..prepared(&letter, sealed) })
            .await
            .unwrap();
        let Status::Registered { receipt, signed } = until(&env.outbox, id, Status::is_final).await else {
            panic!("not registered")
        };
        assert_eq!(receipt.statement, Digest::of(&bytes));
        assert!(receipt.number.starts_with("ОҚУ-") && receipt.practice);
        assert_eq!(receipt.language, lang.tag());
        assert_eq!(receipt.body_name, letter.statement.body.name);
        assert!(receipt.due > now.legal_date());
        assert_eq!(env.content.due_for(&letter.statement, receipt.registered).unwrap().date, receipt.due);
        assert_eq!(verify_receipt(&signed, &env.held.keyset()).unwrap(), *receipt);
        // And by her paper alone, from the portal.
        let found = env.portal.receipt(letter.secret.lookup_id(), letter.secret.access_key()).await;
        assert_eq!(found.unwrap(), Outcome::Receipt(signed.to_vec()));
        assert_eq!(env.outbox.unsent(), 0);
    }
    forms.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_breaks_anywhere_and_the_portal_restarts() {
    let people = People::new(false);
    let (portal_dir, kiosk_dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let world = World::start(&people, Some(portal_dir.path())).await;
    // Text that does not compress away, and byte offsets that nobody chose by hand.
    let noise: String = (0..2_000u32).map(|n| Digest::of(&n.to_be_bytes()).to_string()).collect();
    let letter = Letter::new(&world, &people.person, Lang::Kk).attach("a.txt", noise.into_bytes());
    let sealed = letter.envelope(&people.person);
    let cuts: Vec<usize> = (0..8u8)
        .map(|n| {
            let seed = Digest::of(&[sealed[n as usize], n]).0;
            1 + usize::from(u16::from_be_bytes([seed[0], seed[1]])) % 40_000
        })
        .collect();
    println!("cuts at {cuts:?}");
    let relay = Relay::to(world.address, cuts).await;
    let port = world.address.port();
    let (data, _) = DataDir::open(kiosk_dir.path(), "kiosk", 1).unwrap();
    let shelf = Arc::new(DiskShelf::open(&data).unwrap());
    let sending = outbox(shelf.clone(), world.client(relay.address), &world).await;
    let id = sending.submit(prepared(&letter, sealed)).await.unwrap();
    until(&sending, id, |s| matches!(s, Status::Stored { fault: Some(_) }) || s.is_final()).await;
    // Both machines go down in the midst of it: the kiosk's process, then the portal's.
    drop(sending);
    world.stop().await;
    let world = World::start_at(&people, Some(portal_dir.path()), port).await;
    let again = outbox(shelf, world.client(relay.address), &world).await;
    let Status::Registered { receipt, .. } = until(&again, id, Status::is_final).await else { panic!() };
    assert_eq!(receipt.statement, letter.digest());
    assert!(relay.cuts.load(std::sync::atomic::Ordering::Relaxed) >= 1);
    assert_eq!(world.app.db.counts().await.unwrap(), (1, 0));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_that_cannot_be_had_otherwise() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let new = || Letter::new(&world, &people.person, Lang::En);
    let strange = {
        let letter = new();
        let envelope = letter.envelope(&people.person);
        let total = envelope.len() as u64;
        let Progress::Done(done) = world.portal.put(Digest::of(&envelope), 0, total, envelope).await.unwrap()
        else {
            panic!()
        };
        Progress::Done(done)
    };
    let garbage = Progress::Done(Outcome::Receipt(b"no receipt".to_vec()));
    let damaged = PortalError::Problem { status: 422, code: "server.damaged".into() };
    for (faults, stuck) in [
        (vec![Fault::Before(PortalError::Unreachable); 5], None),
        // Registered, and the answer lost: the same receipt comes at the next asking.
        (vec![Fault::After(PortalError::Cut)], None),
        (vec![Fault::Before(PortalError::Busy { seconds: 1, reason: None })], None),
        (vec![Fault::Before(damaged.clone()), Fault::Before(PortalError::Unreadable)], None),
        // Another letter's receipt, garbage: never called sent; asked again, then staff must look.
        (vec![Fault::Instead(strange.clone()), Fault::Instead(garbage.clone())], None),
        (vec![Fault::Instead(strange); 4], Some("outbox.receipt-wrong")),
        (vec![Fault::Before(damaged); 4], Some("server.damaged")),
    ] {
        let shelf = Arc::new(tereze::store::memory::MemoryShelf::default());
        let faulty = Faulty::new(world.client(world.address), faults.clone());
        let sending = outbox(shelf, faulty, &world).await;
        let letter = new();
        let id = sending.submit(prepared(&letter, letter.envelope(&people.person))).await.unwrap();
        let end = until(&sending, id, Status::is_final).await;
        match stuck {
            Some(code) => {
                assert_eq!(end, Status::Stuck { code: Code(code) }, "{faults:?}");
                assert_eq!(sending.unsent(), 1);
                sending.again().await.unwrap();
                let end = until(&sending, id, |s| matches!(s, Status::Registered { .. })).await;
                assert!(end.is_final());
            }
            None => assert!(matches!(end, Status::Registered { .. }), "{faults:?}: {end:?}"),
        }
    }
    // A refusal is an end with a reason, verified like a receipt.
    let sending =
        outbox(Arc::new(tereze::store::memory::MemoryShelf::default()), world.client(world.address), &world)
            .await;
    let letter = new().with(|l| l.statement.audience = Digest::of(b"another"));
    let id = sending.submit(prepared(&letter, letter.envelope(&people.person))).await.unwrap();
    let Status::NotAccepted { notice, .. } = until(&sending, id, Status::is_final).await else { panic!() };
    assert_eq!(notice.reason, "server.other-portal");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn states_and_reasons_survive_a_restart() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let dir = tempfile::tempdir().unwrap();
    let (data, _) = DataDir::open(dir.path(), "kiosk", 1).unwrap();
    let shelf = Arc::new(DiskShelf::open(&data).unwrap());
    let nobody = || world.client("127.0.0.1:1".parse().unwrap());
    let sending = outbox(shelf.clone(), nobody(), &world).await;
    let letters: Vec<Letter> = (0..2).map(|_| Letter::new(&world, &people.person, Lang::Ru)).collect();
    let mut ids = vec![];
    for letter in &letters {
        ids.push(sending.submit(prepared(letter, letter.envelope(&people.person))).await.unwrap());
    }
    let reason = Status::Stored { fault: Some(Code("portal.unreachable")) };
    until(&sending, ids[0], |s| *s == reason).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(sending);
    let kept = shelf.load().unwrap();
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().any(|k| k.facts.fault.as_deref() == Some("portal.unreachable")));
    let sending = outbox(shelf.clone(), nobody(), &world).await;
    assert_eq!((sending.all().len(), sending.unsent()), (2, 2));
    drop(sending);
    let sending = outbox(shelf.clone(), world.client(world.address), &world).await;
    for id in &ids {
        assert!(matches!(until(&sending, *id, Status::is_final).await, Status::Registered { .. }));
    }
    drop(sending);
    // The receipt is there at the next start, without the portal.
    let sending = outbox(shelf, nobody(), &world).await;
    assert!(matches!(sending.status(ids[0]), Some(Status::Registered { .. })));
    world.stop().await;
}

/// The child of the next test: one letter from an outbox on disk to a portal in the same process.
#[tokio::test(flavor = "multi_thread")]
async fn one_letter_for_strace() {
    let dir = match std::env::var_os("TEREZE_TEST_KIOSK_DIR") {
        Some(dir) => std::path::PathBuf::from(dir),
        None => tempfile::tempdir().unwrap().keep(),
    };
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let (data, _) = DataDir::open(&dir, "kiosk", 1).unwrap();
    let shelf = Arc::new(DiskShelf::open(&data).unwrap());
    let sending = outbox(shelf, world.client(world.address), &world).await;
    let reserved = sending.reserve(20_000).await.unwrap();
    let letter = Letter::new(&world, &people.person, Lang::Kk);
    let letter_ready =
        Prepared { reserved: Some(reserved), ..prepared(&letter, letter.envelope(&people.person)) };
    let id = sending.submit(letter_ready).await.unwrap();
    assert!(matches!(until(&sending, id, Status::is_final).await, Status::Registered { .. }));
    world.stop().await;
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn on_disk_and_fsynced_before_the_first_byte_is_sent() {
    let dir = tempfile::tempdir().unwrap();
    let trace = dir.path().join("trace");
    let status = Command::new("strace")
        .args(["-f", "-y", "-e", "trace=fsync,fdatasync,rename,renameat,renameat2,connect", "-o"])
        .arg(&trace)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "one_letter_for_strace", "--test-threads=1"])
        .env("TEREZE_TEST_KIOSK_DIR", dir.path().join("kiosk"))
        .output()
        .expect("strace is installed by `make test`");
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stdout));
    let trace = std::fs::read_to_string(&trace).unwrap();
    let lines: Vec<&str> = trace.lines().collect();
    let at = |what: &str, found: &dyn Fn(&str) -> bool| {
        lines.iter().position(|l| found(l)).unwrap_or_else(|| panic!("no {what} in\n{trace}"))
    };
    let envelope = at("fsync of the envelope", &|l| l.contains("fsync(") && l.contains("/envelope>"));
    let facts = at("fsync of the facts", &|l| l.contains("fsync(") && l.contains("/facts.json>"));
    let renamed =
        at("rename", &|l| l.contains("rename") && l.contains("/preparing/") && l.contains("/waiting/"));
    let folder = lines
        .iter()
        .enumerate()
        .position(|(n, l)| n > renamed && l.contains("fsync(") && l.contains("/outbox/waiting>"))
        .unwrap_or_else(|| panic!("no fsync of the folder after the rename in\n{trace}"));
    let sent = at("connection", &|l| l.contains("connect(") && l.contains("127.0.0.1"));
    assert!(envelope < renamed && facts < renamed, "files before the rename:\n{trace}");
    assert!(renamed < folder && folder < sent, "the folder before the first byte:\n{trace}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_is_connected_enrolled_and_sends_after_a_night_without_a_line() {
    use tereze::env::real::{Portalled, connect, enrol};
    use tereze::fault::Coded as _;

    let people = People::new(false);
    let (portal_dir, kiosk_dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let world = World::start(&people, Some(portal_dir.path())).await;
    let port = world.address.port();
    let settings = |root| Portalled {
        url: format!("https://127.0.0.1:{port}"),
        root,
        data: kiosk_dir.path().into(),
        citizens: people.trust(),
        keep: Default::default(),
    };
    let cards = || tereze::practice::card::PracticeCard::of(&people.person).cards(Clock::system());
    let stranger = connect(&settings([7; 32]), cards(), Clock::system()).await.err().unwrap();
    assert_eq!(stranger.code().0, "keyset.not-our-root");
    let root = world.held.root();
    let code = world.app.invite().await.unwrap();
    enrol(&settings(root), code, "Ауыл кітапханасы".into(), Clock::system()).await.unwrap();
    let letter = Letter::new(&world, &people.person, Lang::Kk);
    world.stop().await;

    // No line: the keyset that is held is enough to seal, and the letter waits on disk.
    let env = connect(&settings(root), cards(), Clock::system()).await.unwrap();
    assert_eq!(env.held.seal_key().unwrap(), letter.seal_key);
    let id = env.outbox.submit(prepared(&letter, letter.envelope(&people.person))).await.unwrap();
    until(&env.outbox, id, |s| matches!(s, Status::Stored { fault: Some(_) })).await;
    let locked = connect(&settings(root), cards(), Clock::system()).await.err().unwrap();
    assert_eq!(locked.code().0, "store.locked");
    let world = World::start_at(&people, Some(portal_dir.path()), port).await;
    env.outbox.again().await.unwrap();
    assert!(matches!(until(&env.outbox, id, Status::is_final).await, Status::Registered { .. }));
    world.stop().await;
}
