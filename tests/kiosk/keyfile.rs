//! Signing with a key file: practice's own, and real ones from sticks that are real mounts, at a
//! portal that is no practice one.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tereze::app::launch::{Boot, Launch, Start};
use tereze::clock::Clock;
use tereze::content::Snapshot;
use tereze::domain::Names;
use tereze::env::{Env, Mode};
use tereze::fault::{Code, Coded as _};
use tereze::i18n::{Lang, Msg, Text, tr};
use tereze::outbox::Outbox;
use tereze::outbox::state::Waits;
use tereze::portal::client::HttpPortal;
use tereze::portal::held::Held;
use tereze::practice::card::PracticeCard;
use tereze::private::Secret;
use tereze::screen::world::{Things, World};
use tereze::server::app::App;
use tereze::server::{Server, Settings};
use tereze::sign::issue::{Authority, Identity, Person, Term};
use tereze::sign::key::SigningKey;
use tereze::sign::keyfile;
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::store::memory::MemoryShelf;
use tokio::sync::watch;

use crate::port::{Port, among_own_mounts};
use crate::support::Kiosk;
use crate::visit::{answer, begin_at, launch, launch_with, things, words};

const PASSWORD: &str = "ab1";

/// The words on screen of a fault.
pub fn fault(code: &'static str, lang: Lang) -> String {
    Text::new(Msg::from_id(&Code(code).message_id()).expect("its words")).say(lang)
}

fn names(text: &str) -> Names {
    Names { kk: text.into(), ru: text.into(), en: text.into() }
}

/// What else there is in a real world.
#[derive(Clone, Default)]
pub struct More {
    /// Whom the portal asks about certificates.
    pub responder: Option<String>,
    /// Key and certificate on the card, in PEM.
    pub owner: Option<Vec<u8>>,
    pub prepare: Option<Prepare>,
}

/// What is done with the portal before anybody asks it anything, and by which address the kiosk goes.
pub type Prepare = Arc<dyn Fn(&Arc<App>, &mut SocketAddr) + Send + Sync>;

/// A real portal in this process, which believes `citizens`, and a kiosk of it.
pub fn real_world(citizens: Trust, things: Things, clock: Clock, more: More) -> Boot {
    Arc::new(move || {
        let (citizens, things, clock) = (citizens.clone(), things.clone(), clock.clone());
        let more = more.clone();
        Box::pin(async move {
            let runtime = tokio::runtime::Handle::current();
            let made =
                tokio::task::spawn_blocking(move || runtime.block_on(made(citizens, things, clock, more)));
            made.await.expect("the world is made")
        })
    })
}

async fn made(citizens: Trust, things: Things, clock: Clock, more: More) -> Result<World, Code> {
    let content = Snapshot::embedded().map_err(|e| e.code())?;
    let settings = Settings {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        names: vec![],
        data: None,
        practice: false,
        operator: names("Сынақ порталы"),
        received_by: None,
        citizens: citizens.clone(),
        content,
        clock: clock.clone(),
    };
    let server = Server::bind(settings).await.map_err(|e| e.code())?;
    let app = server.app().clone();
    if let Some(responder) = more.responder {
        app.relay.to(responder);
    }
    let (stop, stopped) = watch::channel(false);
    let held = Held::new(app.deployment.root, &app.deployment.signed, clock.clone()).unwrap();
    let mut address = server.address();
    if let Some(prepare) = more.prepare {
        prepare(&app, &mut address);
    }
    let base = format!("https://{address}");
    let portal = Arc::new(HttpPortal::new(&base, held.clone(), clock.clone()).unwrap());
    let code = app.invite().await.unwrap();
    let (_, credential) = app.enrol(&code, "test").await.unwrap().unwrap();
    portal.set_credential(&Secret::from_vec(credential.as_bytes().to_vec())).unwrap();
    tokio::spawn(server.run(stopped));
    let shelf = Arc::new(MemoryShelf::default());
    let outbox = Outbox::start(shelf, portal.clone(), held.clone(), clock.clone(), Waits::default()).await;
    let authority = Authority::generate("CA", false, Term::days(clock.now().wall, 30)).unwrap();
    let owner = match more.owner {
        Some(pem) => Identity::from_pem(&pem).unwrap(),
        None => authority.issue_person(&testov(), Term::days(clock.now().wall, 30)).unwrap(),
    };
    let cards = PracticeCard::of(&owner).cards(clock.clone());
    let env = Env {
        mode: Mode::Real,
        clock,
        cards,
        portal,
        outbox: outbox.map_err(|e| e.code())?,
        held,
        trust: citizens,
        content,
        key_file: None,
        phone: None,
        keep: Some(Arc::new(stop)),
    };
    Ok(World::new(env, names("Сынақ порталы"), &things))
}

fn testov() -> Person {
    Person {
        surname: "ТЕСТОВ".into(),
        given: "ТЕСТ".into(),
        patronymic: "ТЕСТОВИЧ".into(),
        iin: "900101300017".into(),
        organisation: None,
    }
}

/// A citizens' authority, and what it believes.
fn citizens() -> (Authority, Trust) {
    let authority = Authority::generate("CITIZENS", false, term()).unwrap();
    let mut trust = Trust::new();
    trust.add(CITIZEN, authority.certificate().clone()).unwrap();
    (authority, trust)
}

fn term() -> Term {
    Term::days(Clock::system().now().wall, 30)
}

/// A key file of this person, with a certificate of this term.
fn key_file(authority: &Authority, person: &Person, term: Term) -> Vec<u8> {
    let made = SigningKey::generate_gost().unwrap();
    let certificate = authority.certify_person(person, &made.public, term).unwrap();
    keyfile::pack(&made.pkcs8, &certificate, PASSWORD).unwrap()
}

pub fn real(trust: &Trust, port: &Port) -> Launch {
    real_with(trust, port, More::default())
}

pub fn real_with(trust: &Trust, port: &Port, more: More) -> Launch {
    let things = Things { sticks: port.sticks(), ..things() };
    Launch {
        practice: false,
        start: Start::Boot(real_world(trust.clone(), things, Clock::system(), more)),
        ..launch()
    }
}

/// The letter is finished; it is to be signed with a key file.
pub fn to_the_stick(launch: Launch, lang: Lang) -> Kiosk {
    let mut kiosk = begin_at(launch, lang);
    answer(&mut kiosk, words(lang));
    kiosk.tap("check.letter.sign");
    kiosk.tap("letter.sign.key-file");
    kiosk.tap("page.next");
    kiosk.tap("page.next");
    kiosk
}

pub fn password(kiosk: &mut Kiosk, password: &str) {
    kiosk.until_shown("password.typed");
    for c in password.chars() {
        kiosk.tap(&format!("key.{c}"));
    }
    kiosk.tap("page.next");
}

#[test]
fn practice_signs_with_its_own_key_and_asks_for_no_real_one() {
    let mut kiosk = to_the_stick(launch_with(things()), Lang::Kk);
    assert!(kiosk.says(&tr(Lang::Kk, Msg::KeyfilePracticeText)));
    kiosk.tap("keyfile.file.0");
    password(&mut kiosk, "123457");
    kiosk.until("the password was tried", |k| k.says(&fault("sign.key-file-password", Lang::Kk)));
    let typed = Text::new(Msg::UiPinTyped).with("n", 0).say(Lang::Kk);
    assert!(kiosk.says(&typed), "the wrong password is gone");
    password(&mut kiosk, "123456");
    kiosk.until("whose key it is", |k| k.says("ТЕСТОВА ТЕСТА ТЕСТҚЫЗЫ"));
    assert!(kiosk.says("Жол нашар"), "what is signed");
    kiosk.tap("sign.read-all");
    assert!(kiosk.says("Жол нашар"));
    kiosk.tap("page.next");
    kiosk.tap("page.next");
    kiosk.until_shown("received.print");
}

#[test]
fn a_password_is_shown_for_a_moment_and_is_in_no_message() {
    let mut kiosk = to_the_stick(launch_with(things()), Lang::Ru);
    kiosk.tap("keyfile.file.0");
    kiosk.until_shown("password.typed");
    kiosk.tap("key.shift");
    kiosk.tap("key.q");
    // By a keyboard that the system reads in another language: the place decides.
    kiosk.type_key('w', "ц");
    assert!(!kiosk.says("Qw") && !kiosk.has("password.1"));
    kiosk.tap("keyfile.show");
    let tree = kiosk.tree();
    let shown = |n: usize| tree.find(&format!("password.{n}")).map(|node| node.label.clone());
    assert_eq!((shown(1).as_deref(), shown(2).as_deref()), (Some("Q"), Some("w")));
    kiosk.until("the signs are dots again", |k| !k.has("password.1"));
    kiosk.tap("page.back");
    kiosk.until_shown("check.letter.text");
}

#[test]
fn a_key_file_on_a_stick_is_found_and_the_letter_registered() {
    const NAME: &str = "keyfile::a_key_file_on_a_stick_is_found_and_the_letter_registered";
    if !among_own_mounts(NAME) {
        return;
    }
    let (port, (authority, trust)) = (Port::new(), citizens());
    let stick = port.put_in("KINGSTON", "size=1m");
    // Without its ending, in a folder, among others.
    std::fs::create_dir(stick.join("ЭЦҚ")).unwrap();
    std::fs::write(stick.join("ЭЦҚ/менің кілтім"), key_file(&authority, &testov(), term())).unwrap();
    std::fs::write(stick.join("not-a-key.p12"), vec![0x30; 1000]).unwrap();
    let mut kiosk = to_the_stick(real(&trust, &port), Lang::Kk);
    // The only one is meant.
    password(&mut kiosk, PASSWORD);
    kiosk.until("whose key it is", |k| k.says("ТЕСТОВ ТЕСТ ТЕСТОВИЧ"));
    let before = files(&stick);
    kiosk.tap("page.next");
    kiosk.until_shown("received.print");
    assert_eq!(files(&stick), before, "nothing is written to her stick");
}

fn files(stick: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(stick).unwrap().map(|e| e.unwrap().path()).collect();
    found.sort();
    found
}

#[test]
fn of_two_files_one_is_chosen_and_a_pulled_stick_takes_the_key_with_it() {
    const NAME: &str = "keyfile::of_two_files_one_is_chosen_and_a_pulled_stick_takes_the_key_with_it";
    if !among_own_mounts(NAME) {
        return;
    }
    let (port, (authority, trust)) = (Port::new(), citizens());
    let mut kiosk = to_the_stick(real(&trust, &port), Lang::Ru);
    assert!(kiosk.says(&tr(Lang::Ru, Msg::KeyfileInsert)));
    let other = Person { surname: "ТЕСТОВА".into(), iin: "051224600019".into(), ..testov() };
    let stick = port.put_in("A", "size=1m");
    std::fs::write(stick.join("a.p12"), key_file(&authority, &testov(), term())).unwrap();
    std::fs::write(stick.join("b.p12"), key_file(&authority, &other, term())).unwrap();
    kiosk.until_shown("keyfile.file.1");
    assert!(kiosk.says("a.p12") && kiosk.says("b.p12") && !kiosk.says("ТЕСТОВ"), "names of files alone");
    kiosk.tap("keyfile.file.1");
    password(&mut kiosk, PASSWORD);
    kiosk.until("whose key it is", |k| k.says("ТЕСТОВА ТЕСТ ТЕСТОВИЧ"));
    port.pull("A");
    kiosk.until("it is said", |k| k.says(&fault("sign.key-file-gone", Lang::Ru)));
    assert!(!kiosk.says("ТЕСТОВА") && !kiosk.has("keyfile.file.0"));
    // Nothing is lost: the letter, and the way to it.
    kiosk.tap("page.back");
    kiosk.until_shown("check.letter.text");
    assert!(kiosk.says("Жол нашар"));
}

#[test]
fn a_key_that_cannot_sign_is_told_why() {
    const NAME: &str = "keyfile::a_key_that_cannot_sign_is_told_why";
    if !among_own_mounts(NAME) {
        return;
    }
    let (port, (authority, trust)) = (Port::new(), citizens());
    let now = Clock::system().now().wall;
    let past = Term { from: now.plus(-90 * 86_400), until: now.plus(-86_400) };
    let (stranger, _) = citizens();
    let stick = port.put_in("A", "size=1m");
    std::fs::write(stick.join("1 old.p12"), key_file(&authority, &testov(), past)).unwrap();
    std::fs::write(stick.join("2 strange.p12"), key_file(&stranger, &testov(), term())).unwrap();
    let mut kiosk = to_the_stick(real(&trust, &port), Lang::En);
    for (n, code) in [(0, "sign.key-file-expired"), (1, "sign.key-file-untrusted")] {
        kiosk.until_shown("keyfile.file.1");
        kiosk.tap(&format!("keyfile.file.{n}"));
        password(&mut kiosk, PASSWORD);
        kiosk.until(code, |k| k.says(&fault(code, Lang::En)));
    }
}
