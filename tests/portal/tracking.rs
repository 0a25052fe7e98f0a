//! A letter's life after its receipt: events, answer, extract, a card's own letters.

use std::sync::Arc;
use std::time::Duration;

use sqlx::Connection as _;
use tereze::domain::Digest;
use tereze::domain::answer::{self, Answer};
use tereze::domain::event::{Event, Kind, Official};
use tereze::domain::login::{self, Login};
use tereze::domain::receipt::Receipt;
use tereze::i18n::Lang;
use tereze::portal::{Access, Outcome, Portal as _, PortalError, Progress, SentAnswer};
use tereze::seal::history::{verify_extract, verify_history};
use tereze::seal::receipt::verify_receipt;
use tereze::seal::reply;
use tereze::server::store::events::Held;
use tereze::sign::cades::Builder;
use tereze::sign::issue::{Identity, Term};
use zeroize::Zeroizing;

use crate::support::letter::Letter;
use crate::support::{People, World, names};

struct Sent {
    letter: Letter,
    receipt: Receipt,
    held: Held,
}

impl Sent {
    async fn by(world: &World, signer: &Identity) -> Self {
        let letter = Letter::new(world, signer, Lang::Kk);
        let bytes = letter.envelope(signer);
        let (id, total) = (Digest::of(&bytes), bytes.len() as u64);
        let Progress::Done(Outcome::Receipt(receipt)) = world.portal.put(id, 0, total, bytes).await.unwrap()
        else {
            panic!("not registered")
        };
        let receipt = verify_receipt(&receipt, &world.held.keyset()).unwrap();
        let held = world.app.db.held(letter.secret.lookup_id()).await.unwrap().unwrap();
        Self { letter, receipt, held }
    }

    fn lookup(&self) -> [u8; 16] {
        self.letter.secret.lookup_id()
    }

    fn key(&self) -> Access {
        Access::Visitor(self.letter.secret.access_key())
    }
}

fn happened(world: &World, kind: Kind) -> Event {
    let official = Official { name: "ТЕСТОВА Т.".into(), post: names("бас маман") };
    Event { at: world.clock.now().wall, official, kind }
}

fn signed(content: &[u8], signer: &Identity, world: &World) -> Vec<u8> {
    let now = world.clock.now().wall;
    let prepared = Builder::new(signer.certificate.der(), content, now).unwrap().prepare().unwrap();
    let signature = signer.sign(prepared.to_sign());
    prepared.finish(&signature).unwrap()
}

fn missing() -> PortalError {
    PortalError::Problem { status: 404, code: "server.not-found".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letters_life_is_signed_and_told_when_it_goes_on() {
    let people = People::new(true);
    let world = World::start(&people, None).await;
    let sent = Sent::by(&world, &people.person).await;
    let (portal, app) = (&world.portal, &world.app);
    let first = portal.events(sent.lookup(), sent.key(), None, 0).await.unwrap().unwrap();
    let history = verify_history(&first.bytes, &world.held.keyset()).unwrap();
    assert_eq!((&history.number, history.statement), (&sent.receipt.number, sent.receipt.statement));
    assert_eq!(history.events.len(), 1);
    assert_eq!(history.events[0].official.name, sent.receipt.received_by);
    assert_eq!(history.due_now(), sent.receipt.due);
    let held = || Some(first.tag.clone());
    assert_eq!(portal.events(sent.lookup(), sent.key(), held(), 0).await.unwrap(), None);

    // A request that waits is answered by what happens to this letter, not to another.
    let other = Sent::by(&world, &people.person).await;
    let waiting = {
        let (portal, lookup, key, held) = (portal.clone(), sent.lookup(), sent.key(), held());
        tokio::spawn(async move { portal.events(lookup, key, held, 40).await })
    };
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(app.record(&other.held, 0, &happened(&world, Kind::Review), None).await.unwrap());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    let due = sent.receipt.due.saturating_add(time::Duration::days(3));
    let redirected = Kind::Redirected { body: app.named("min-health"), due };
    assert!(app.record(&sent.held, 0, &happened(&world, redirected.clone()), None).await.unwrap());
    let next = waiting.await.unwrap().unwrap().unwrap();
    let history = verify_history(&next.bytes, &world.held.keyset()).unwrap();
    assert_eq!((history.events[1].kind.clone(), history.due_now()), (redirected, due));
    assert_eq!(history.holder().id, "min-health");

    // Two who do the same thing at once do it once.
    assert!(!app.record(&sent.held, 0, &happened(&world, Kind::Review), None).await.unwrap());
    let own = Kind::Other { code: "hearing".into(), title: names("Тыңдау өтті") };
    assert!(app.record(&sent.held, 1, &happened(&world, own), None).await.unwrap());
    let code = Zeroizing::new(sent.letter.secret.paper_code());
    let status = portal.status(sent.receipt.number.clone(), code).await.unwrap();
    assert_eq!((status.state.as_str(), status.due), ("hearing", due.to_string()));
    assert_eq!(
        status.events.iter().map(|e| e.kind.as_str()).collect::<Vec<_>>(),
        ["registered", "redirected", "hearing"]
    );
    assert_eq!(status.events[2].title.as_ref().unwrap().ru, "Тыңдау өтті");
    let said = serde_json::to_string(&status.events).unwrap();
    assert!(!said.contains("ТЕСТОВА"), "a code shows no names");

    let short = portal.extract(sent.lookup(), sent.key()).await.unwrap();
    let short = verify_extract(&short, &world.held.keyset()).unwrap();
    assert_eq!((short.number, short.due, short.events.len()), (sent.receipt.number.clone(), due, 3));

    // Without the secret there is nothing to see.
    let strange = || Access::Visitor(Zeroizing::new([1; 32]));
    assert_eq!(portal.events(sent.lookup(), strange(), None, 0).await.unwrap_err(), missing());
    assert_eq!(portal.events([0; 16], sent.key(), None, 0).await.unwrap_err(), missing());
    assert_eq!(portal.events(sent.lookup(), other.key(), None, 0).await.unwrap_err(), missing());
    assert_eq!(portal.extract(sent.lookup(), strange()).await.unwrap_err(), missing());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_opens_with_the_visitors_paper_or_card_alone() {
    let people = People::new(true);
    let world = World::start(&people, None).await;
    let sent = Sent::by(&world, &people.person).await;
    let (portal, app) = (&world.portal, &world.app);
    assert_eq!(portal.answer(sent.lookup(), sent.key()).await.err().unwrap(), missing(), "no answer yet");
    let answer = Answer {
        schema: answer::SCHEMA_V1.into(),
        number: sent.receipt.number.clone(),
        statement: sent.receipt.statement,
        practice: true,
        language: "kk".into(),
        time: world.clock.now().wall.rfc3339(),
        body: sent.letter.statement.body.clone(),
        post: "Басшы".into(),
        text: "Жол жөнделеді.".into(),
    };
    let cms = signed(&answer.to_bytes(), &people.person, &world);
    assert!(app.record(&sent.held, 0, &happened(&world, Kind::Answered), Some(&cms)).await.unwrap());
    // Nothing happens to a letter that is answered.
    assert!(!app.record(&sent.held, 1, &happened(&world, Kind::Review), None).await.unwrap());
    assert!(app.db.unanswered(10).await.unwrap().is_empty());

    let SentAnswer::Sealed(sealed) = portal.answer(sent.lookup(), sent.key()).await.ok().unwrap() else {
        panic!("what comes for a paper is sealed")
    };
    assert!(!sealed.windows(6).any(|w| w == &"Жол".as_bytes()[..6]), "unreadable on the way and at rest");
    let secret = &sent.letter.secret;
    let opened = reply::open(&secret.reply_key(), &secret.lookup_id(), &sealed).unwrap();
    assert_eq!(opened.as_slice(), cms);
    let statement = app.statement(&sent.held).await.ok().unwrap();
    assert_eq!(Digest::of(&statement.canonical().unwrap()), sent.receipt.statement);

    let session = login(&world, &people.person, |_| ()).await.unwrap();
    let listed = portal.letters(session.clone()).await.unwrap();
    assert_eq!(listed.letters.len(), 1);
    assert_eq!(
        (listed.letters[0].state.as_str(), &listed.letters[0].number),
        ("answered", &sent.receipt.number)
    );
    assert_eq!(listed.letters[0].lookup, hex::encode(sent.lookup()));
    assert!(portal.events(sent.lookup(), session.clone(), None, 0).await.unwrap().is_some());
    let SentAnswer::Plain(plain) = portal.answer(sent.lookup(), session).await.ok().unwrap() else {
        panic!("a card has no reply key")
    };
    assert_eq!(plain.as_slice(), cms);
    world.stop().await;
}

/// A login that `change` may spoil before it is signed.
async fn login(
    world: &World,
    signer: &Identity,
    change: impl FnOnce(&mut Login),
) -> Result<Access, PortalError> {
    let asked = world.portal.challenge().await?;
    let mut typed = Login {
        schema: login::SCHEMA_V1.into(),
        context: login::OWN_LETTERS.into(),
        audience: Digest::parse(&asked.audience).unwrap(),
        nonce: Digest::parse(&asked.nonce).unwrap(),
        kiosk: asked.kiosk,
        practice: true,
        time: world.clock.now().wall.rfc3339(),
    };
    change(&mut typed);
    let cms = signed(&typed.canonical().unwrap(), signer, world);
    Ok(Access::Session(Arc::new(world.portal.login(cms).await?)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_sees_its_owners_letters_and_no_others() {
    let people = People::new(true);
    let world = World::start(&people, None).await;
    let term = Term::days(world.clock.now().wall, 400);
    let mut neighbour = crate::support::somebody();
    neighbour.iin = "051224600019".into();
    let neighbour = people.citizens.issue_person(&neighbour, term).unwrap();
    let sent = Sent::by(&world, &people.person).await;
    let theirs = login(&world, &neighbour, |_| ()).await.unwrap();
    assert!(world.portal.letters(theirs.clone()).await.unwrap().letters.is_empty());
    assert_eq!(world.portal.events(sent.lookup(), theirs, None, 0).await.unwrap_err(), missing());
    let nobody = Access::Session(Arc::new(tereze::private::Secret::from_vec(b"AAAA".to_vec())));
    assert_eq!(world.portal.letters(nobody).await.unwrap_err(), missing());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_good_for_one_nonce_of_this_portal() {
    let people = People::new(true);
    let world = World::start(&people, None).await;
    let refused = PortalError::Problem { status: 403, code: "server.login-not-valid".into() };
    let spoils: [fn(&mut Login); 5] = [
        |l| l.nonce = Digest([7; 32]),
        |l| l.audience = Digest([7; 32]),
        |l| l.kiosk += 1,
        |l| l.practice = false,
        |l| l.context = "everything".into(),
    ];
    for spoil in spoils {
        assert_eq!(login(&world, &people.person, spoil).await.err(), Some(refused.clone()));
    }
    let strangers = People::new(true);
    assert_eq!(login(&world, &strangers.person, |_| ()).await.err(), Some(refused.clone()));

    let asked = world.portal.challenge().await.unwrap();
    let typed = Login {
        schema: login::SCHEMA_V1.into(),
        context: login::OWN_LETTERS.into(),
        audience: world.held.audience(),
        nonce: Digest::parse(&asked.nonce).unwrap(),
        kiosk: asked.kiosk,
        practice: true,
        time: world.clock.now().wall.rfc3339(),
    };
    let cms = signed(&typed.canonical().unwrap(), &people.person, &world);
    assert!(world.portal.login(cms.clone()).await.is_ok());
    assert_eq!(world.portal.login(cms).await.err(), Some(refused.clone()), "a nonce serves once");
    // A letter is no login, and a login is no letter.
    let letter = Letter::new(&world, &people.person, Lang::Ru);
    assert_eq!(world.portal.login(letter.cms(&people.person)).await.err(), Some(refused));
    let typed = Login { nonce: Digest([9; 32]), time: world.clock.now().wall.rfc3339(), ..typed };
    let sealed = letter.sealed(signed(&typed.canonical().unwrap(), &people.person, &world));
    let (id, total) = (Digest::of(&sealed), sealed.len() as u64);
    let Progress::Done(Outcome::Notice(notice)) = world.portal.put(id, 0, total, sealed).await.unwrap()
    else {
        panic!("a login was taken for a letter")
    };
    let notice = tereze::seal::receipt::verify_notice(&notice, &world.held.keyset()).unwrap();
    assert_eq!(notice.reason, "server.statement-not-valid");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_of_the_first_schema_live_on() {
    let people = People::new(true);
    let dir = tempfile::tempdir().unwrap();
    let world = World::start(&people, Some(dir.path())).await;
    let sent = Sent::by(&world, &people.person).await;
    world.stop().await;
    // As the first version left it: no events, no answers.
    let file = dir.path().join("portal.sqlite");
    let undo = "DROP TABLE letter_material; DROP TABLE material; DROP TABLE proofs; DROP TABLE alerts; DROP TABLE former_numbers; DROP TABLE returns; DROP TABLE answers; DROP TABLE events; DELETE FROM migrations WHERE version > 1;";
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&file);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(undo).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    std::fs::write(dir.path().join("FORMAT"), "tereze portal 1\n").unwrap();

    let world = World::start(&people, Some(dir.path())).await;
    assert_eq!(std::fs::read_to_string(dir.path().join("FORMAT")).unwrap().trim(), "tereze portal 6");
    let found = world.portal.events(sent.lookup(), sent.key(), None, 0).await.unwrap().unwrap();
    let history = verify_history(&found.bytes, &world.held.keyset()).unwrap();
    assert_eq!((history.number, history.events.len()), (sent.receipt.number.clone(), 1));
    let held = world.app.db.held(sent.lookup()).await.unwrap().unwrap();
    assert!(world.app.record(&held, 0, &happened(&world, Kind::Assigned), None).await.unwrap());
    world.stop().await;
}
