//! "Tell me when the answer comes": asked, taken back, told once, wiped; and what a gateway's faults do.

use std::time::Duration;

use sqlx::Connection as _;
use tereze::domain::Digest;
use tereze::domain::event::{Event, Kind, Official, WITHDRAWN};
use tereze::domain::phone::Phone;
use tereze::i18n::{Lang, Msg, tr};
use tereze::portal::client::sms::HttpGateway;
use tereze::portal::sms::{Gateway as _, Sms, SmsError};
use tereze::portal::wire::AlertState;
use tereze::portal::{Access, Outcome, Portal as _, PortalError, Progress};
use tereze::private::Secret;
use tereze::seal::alert::{self, Alert};
use tereze::server::store::events::Held;
use zeroize::Zeroizing;

use crate::support::gateway::{Mood, Receiver};
use crate::support::letter::Letter;
use crate::support::{People, World, names};

pub const NUMBER: &str = "+77011234567";

pub struct Sent {
    pub letter: Letter,
    pub held: Held,
}

impl Sent {
    pub async fn by(world: &World, people: &People, lang: Lang) -> Self {
        let letter = Letter::new(world, &people.person, lang);
        let bytes = letter.envelope(&people.person);
        let (id, total) = (Digest::of(&bytes), bytes.len() as u64);
        let done = world.portal.put(id, 0, total, bytes).await.unwrap();
        assert!(matches!(done, Progress::Done(Outcome::Receipt(_))));
        let held = world.app.db.held(letter.secret.lookup_id()).await.unwrap().unwrap();
        Self { letter, held }
    }

    pub fn lookup(&self) -> [u8; 16] {
        self.letter.secret.lookup_id()
    }

    pub fn key(&self) -> Access {
        Access::Visitor(self.letter.secret.access_key())
    }

    /// As a kiosk's outbox brings it.
    pub fn sealed(&self, number: &str) -> Vec<u8> {
        let access = Some(self.letter.secret.access_key());
        let wish = Alert { lookup_id: self.lookup(), access, phone: phone(number) };
        alert::seal(&wish, &self.letter.seal_key).unwrap()
    }

    pub async fn answer(&self, world: &World) {
        let official = Official { name: "ТЕСТОВА Т.".into(), post: names("бас маман") };
        let event = Event { at: world.clock.now().wall, official, kind: Kind::Answered };
        assert!(world.app.record(&self.held, 0, &event, Some(b"an answer")).await.unwrap());
    }

    pub async fn state(&self, world: &World) -> Option<AlertState> {
        world.portal.events(self.lookup(), self.key(), None, 0).await.unwrap().unwrap().alert
    }

    /// Waits at the portal, as the tracking page does, until the wish stands so.
    async fn becomes(&self, world: &World, state: AlertState) {
        let mut tag = None;
        for _ in 0..20 {
            if let Some(now) = world.portal.events(self.lookup(), self.key(), tag.clone(), 10).await.unwrap()
            {
                if now.alert == Some(state) {
                    return;
                }
                tag = Some(now.tag);
            }
        }
        panic!("never {state:?}");
    }
}

pub fn phone(number: &str) -> Phone {
    Phone::parse(number).unwrap()
}

fn problem<T>(status: u16, code: &str) -> Result<T, PortalError> {
    Err(PortalError::Problem { status, code: code.into() })
}

#[tokio::test(flavor = "multi_thread")]
async fn one_text_when_the_answer_comes_and_the_number_is_gone() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let receiver = Receiver::start(Mood::Takes(0)).await;
    let before = Sent::by(&world, &people, Lang::Kk).await;
    assert!(!world.portal.tells(), "nobody named a gateway");
    assert_eq!(before.state(&world).await, None);
    assert_eq!(world.portal.alert(before.sealed(NUMBER)).await, problem(501, "server.tells-nobody"));
    world.app.alerts.through(receiver.client());

    for lang in Lang::ALL {
        let sent = Sent::by(&world, &people, lang).await;
        assert!(world.portal.tells());
        assert_eq!(sent.state(&world).await, Some(AlertState::None));
        let wish = sent.sealed(NUMBER);
        for _ in 0..3 {
            world.portal.alert(wish.clone()).await.unwrap();
        }
        assert_eq!(sent.state(&world).await, Some(AlertState::Waiting));
        assert!(receiver.sent().iter().all(|t| t.text != tr(lang, Msg::AlertText)), "before the answer");
        sent.answer(&world).await;
        sent.becomes(&world, AlertState::Sent).await;
        let texts: Vec<_> =
            receiver.taken().into_iter().filter(|t| t.text == tr(lang, Msg::AlertText)).collect();
        assert_eq!(texts.len(), 1, "once, in the letter's language");
        assert_eq!(texts[0].to, NUMBER);
        // A late repeat, and another wish, change nothing any more.
        world.portal.alert(wish).await.unwrap();
        world.portal.tell(sent.lookup(), sent.key(), Some(phone("7770000000"))).await.unwrap();
        assert_eq!(sent.state(&world).await, Some(AlertState::Sent));
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(receiver.taken().len(), 3);
    // A wish that came late, by an outbox whose line was down, is told at once.
    let late = Sent::by(&world, &people, Lang::Kk).await;
    late.answer(&world).await;
    world.portal.alert(late.sealed(NUMBER)).await.unwrap();
    late.becomes(&world, AlertState::Sent).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_asked_changed_and_taken_back_by_paper_and_by_no_other() {
    let people = People::new(true);
    let world = World::start(&people, None).await;
    let receiver = Receiver::start(Mood::Takes(0)).await;
    world.app.alerts.through(receiver.client());
    let (sent, other) =
        (Sent::by(&world, &people, Lang::Ru).await, Sent::by(&world, &people, Lang::Ru).await);
    let portal = &world.portal;
    portal.tell(sent.lookup(), sent.key(), Some(phone(NUMBER))).await.unwrap();
    assert_eq!(sent.state(&world).await, Some(AlertState::Waiting));
    // Another's key, another's letter, no key at all: one and the same answer.
    let missing = || problem(404, "server.not-found");
    for key in [other.key(), Access::Visitor(Zeroizing::new([1; 32]))] {
        assert_eq!(portal.tell(sent.lookup(), key.clone(), Some(phone("7770000000"))).await, missing());
        assert_eq!(portal.tell(sent.lookup(), key, None).await, missing());
    }
    let seal = |access, lookup_id| {
        alert::seal(&Alert { lookup_id, access, phone: phone(NUMBER) }, &sent.letter.seal_key).unwrap()
    };
    for forged in [
        seal(None, sent.lookup()),
        seal(Some(other.letter.secret.access_key()), sent.lookup()),
        seal(Some(sent.letter.secret.access_key()), [7; 16]),
    ] {
        assert_eq!(portal.alert(forged).await, missing());
    }
    let mut broken = sent.sealed(NUMBER);
    *broken.last_mut().unwrap() ^= 1;
    assert_eq!(portal.alert(broken).await, problem(422, "server.wrongly-sealed"));
    assert_eq!(portal.alert(b"no wish".to_vec()).await, problem(422, "server.malformed"));
    let stranger = world.client(world.address);
    stranger.set_credential(&Secret::from_vec(b"AAAA".to_vec())).unwrap();
    assert_eq!(stranger.alert(sent.sealed(NUMBER)).await, problem(401, "server.not-enrolled"));

    // Another number takes the first one's place; taken back, nobody is told.
    portal.tell(sent.lookup(), sent.key(), Some(phone("7770000000"))).await.unwrap();
    let wish = other.sealed(NUMBER);
    portal.alert(wish.clone()).await.unwrap();
    portal.tell(other.lookup(), other.key(), None).await.unwrap();
    portal.tell(other.lookup(), other.key(), None).await.unwrap();
    // The outbox had no answer the first time, and asks again: that brings nothing back.
    portal.alert(wish).await.unwrap();
    assert_eq!(other.state(&world).await, Some(AlertState::None));
    sent.answer(&world).await;
    other.answer(&world).await;
    sent.becomes(&world, AlertState::Sent).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let told = receiver.taken();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].to.as_str(), &told[0].text), ("+77770000000", &tr(Lang::Ru, Msg::AlertTextPractice)));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_fails_holds_no_letter_up() {
    let people = People::new(true);
    let world = World::start(&people, None).await;
    let receiver = Receiver::start(Mood::Silent).await;
    world.app.alerts.through(receiver.client());
    let waits = Sent::by(&world, &people, Lang::Kk).await;
    world.portal.alert(waits.sealed(NUMBER)).await.unwrap();
    waits.answer(&world).await;
    while receiver.asked() == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // The gateway has the question and says nothing; letters come, are answered and are read.
    for _ in 0..5 {
        let sent = Sent::by(&world, &people, Lang::Kk).await;
        world.portal.tell(sent.lookup(), sent.key(), Some(phone(NUMBER))).await.unwrap();
        sent.answer(&world).await;
        assert!(world.portal.answer(sent.lookup(), sent.key()).await.is_ok());
        assert_eq!(sent.state(&world).await, Some(AlertState::Waiting));
    }
    assert!(receiver.taken().is_empty());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_gateway_says_decides() {
    let people = People::new(true);
    let world = World::start(&people, None).await;
    let receiver = Receiver::start(Mood::Says("422 Unprocessable Content")).await;
    world.app.alerts.through(receiver.client());
    // This number never: the wish is over, and she reads that it is.
    let refused = Sent::by(&world, &people, Lang::Kk).await;
    world.portal.tell(refused.lookup(), refused.key(), Some(phone(NUMBER))).await.unwrap();
    refused.answer(&world).await;
    refused.becomes(&world, AlertState::Failed).await;
    // Known already under this id: it was taken.
    receiver.set(Mood::Says("409 Conflict"));
    let known = Sent::by(&world, &people, Lang::Kk).await;
    world.portal.tell(known.lookup(), known.key(), Some(phone(NUMBER))).await.unwrap();
    known.answer(&world).await;
    known.becomes(&world, AlertState::Sent).await;
    // Cut after it was taken, and then mended: the same id again, one text at the phone.
    receiver.set(Mood::Cuts);
    let cut = Sent::by(&world, &people, Lang::Kk).await;
    world.portal.tell(cut.lookup(), cut.key(), Some(phone(NUMBER))).await.unwrap();
    cut.answer(&world).await;
    while receiver.taken().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    receiver.set(Mood::Takes(0));
    cut.becomes(&world, AlertState::Sent).await;
    assert!(receiver.taken().len() >= 2 && receiver.sent().len() == 1, "{:?}", receiver.taken().len());
    world.stop().await;
}

/// Of a letter that was withdrawn nobody is told, and no number is kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_letter_keeps_no_number() {
    let people = People::new(true);
    let world = World::start(&people, None).await;
    world.app.alerts.through(Receiver::start(Mood::Takes(0)).await.client());
    let sent = Sent::by(&world, &people, Lang::Kk).await;
    world.portal.tell(sent.lookup(), sent.key(), Some(phone(NUMBER))).await.unwrap();
    let official = Official { name: "ТЕСТОВА Т.".into(), post: names("бас маман") };
    let kind = Kind::Other { code: WITHDRAWN.into(), title: names("Қайтарылды") };
    let event = Event { at: world.clock.now().wall, official, kind };
    assert!(world.app.record(&sent.held, 0, &event, None).await.unwrap());
    assert_eq!(sent.state(&world).await, Some(AlertState::None));
    world.portal.tell(sent.lookup(), sent.key(), Some(phone(NUMBER))).await.unwrap();
    assert_eq!(sent.state(&world).await, Some(AlertState::None));
    world.stop().await;
}

/// Over TLS by the authorities that staff named, and by no others. The portal itself stands for an HTTPS service: it
/// knows no texts, and says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_behind_tls_is_believed_by_its_authority() {
    let people = People::new(true);
    let world = World::start(&people, None).await;
    let url = format!("https://{}/api/v1/texts", world.address);
    let secret = Secret::from_vec(b"s".to_vec());
    let sms = || Sms { id: "00".into(), to: phone(NUMBER), text: "x".into() };
    let by = |authority: Vec<u8>| HttpGateway::new(&url, &secret, &[authority], &world.clock).unwrap();
    let ours = world.held.tls_ca().remove(0);
    assert_eq!(by(ours).send(sms()).await, Err(SmsError::Denied), "it was asked, and knows no texts");
    let strangers = people.citizens.certificate().der().to_vec();
    assert_eq!(by(strangers).send(sms()).await, Err(SmsError::Unreachable));
    world.stop().await;
}

/// The number is nowhere in the portal's files in the clear, and nowhere at all once the text is sent.
#[tokio::test(flavor = "multi_thread")]
async fn the_number_is_sealed_on_the_disk_and_then_gone() {
    let people = People::new(true);
    let dir = tempfile::tempdir().unwrap();
    let world = World::start(&people, Some(dir.path())).await;
    let receiver = Receiver::start(Mood::Takes(0)).await;
    world.app.alerts.through(receiver.client());
    let sent = Sent::by(&world, &people, Lang::Kk).await;
    world.portal.tell(sent.lookup(), sent.key(), Some(phone(NUMBER))).await.unwrap();
    let holds = |what: &[u8]| {
        let files =
            std::fs::read_dir(dir.path()).unwrap().filter_map(|e| std::fs::read(e.unwrap().path()).ok());
        files.into_iter().any(|bytes| bytes.windows(what.len()).any(|w| w == what))
    };
    assert!(!holds(b"7011234567"));
    let look = async || -> Vec<(String, Option<Vec<u8>>)> {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.path().join("portal.sqlite"));
        let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        let rows =
            sqlx::query_as("SELECT state, number FROM alerts").fetch_all(&mut connection).await.unwrap();
        // The last one out puts the log away: that is to be the portal.
        connection.close().await.unwrap();
        rows
    };
    let kept = look().await;
    assert_eq!(kept[0].0, "waiting");
    let kept = kept[0].1.clone().unwrap();
    assert!(holds(&kept[..40]), "the search finds what is there");
    sent.answer(&world).await;
    sent.becomes(&world, AlertState::Sent).await;
    assert_eq!(look().await, [("sent".to_owned(), None)]);
    world.stop().await;
    assert!(!holds(&kept[..40]) && !holds(b"7011234567"), "wiped when it is not needed");
}
