//! A portal that really runs, people who really sign, and lines that really break.
#![allow(dead_code)]

pub mod contract;
pub mod gateway;
pub mod letter;
pub mod raw;
pub mod relay;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tereze::clock::Clock;
use tereze::content::Snapshot;
use tereze::domain::Names;
use tereze::portal::client::HttpPortal;
use tereze::portal::held::Held;
use tereze::private::Secret;
use tereze::server::app::App;
use tereze::server::phone::{LIVES, Offer};
use tereze::server::{Server, Settings};
use tereze::sign::issue::{Authority, Identity, Person, Term};
use tereze::sign::trust::{CITIZEN, Trust};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub fn content() -> &'static Snapshot {
    Snapshot::embedded().unwrap()
}

pub fn names(text: &str) -> Names {
    Names { kk: text.into(), ru: text.into(), en: text.into() }
}

/// Who issues certificates, and one citizen; the same over a portal's restarts.
pub struct People {
    pub citizens: Authority,
    pub person: Identity,
    pub practice: bool,
}

pub fn somebody() -> Person {
    Person {
        surname: "ТЕСТОВ".into(),
        given: "ТЕСТ".into(),
        patronymic: "ТЕСТОВИЧ".into(),
        iin: "900101300017".into(),
        organisation: None,
    }
}

impl People {
    pub fn new(practice: bool) -> Self {
        let term = Term::days(Clock::system().now().wall, 400);
        let citizens = Authority::generate("TEST CITIZENS", practice, term).unwrap();
        let person = citizens.issue_person(&somebody(), term).unwrap();
        Self { citizens, person, practice }
    }

    pub fn trust(&self) -> Trust {
        let mut trust = Trust::new();
        trust.add(CITIZEN, self.citizens.certificate().clone()).unwrap();
        trust
    }
}

pub struct World {
    pub clock: Clock,
    pub app: Arc<App>,
    pub held: Held,
    pub portal: Arc<HttpPortal>,
    pub address: SocketAddr,
    pub credential: String,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl World {
    /// A running portal with an enrolled kiosk. `data: None` is in memory.
    pub async fn start(people: &People, data: Option<&Path>) -> Self {
        Self::start_at(people, data, 0).await
    }

    pub async fn start_at(people: &People, data: Option<&Path>, port: u16) -> Self {
        Self::start_living(people, data, port, LIVES).await
    }

    /// Documents wait for their phones for so long.
    pub async fn start_living(people: &People, data: Option<&Path>, port: u16, lives: Duration) -> Self {
        Self::of(settings(people, data.map(Path::to_owned), port), lives, None).await
    }

    /// Phones find it at this address, and not at its own.
    pub async fn start_behind(people: &People, base: String) -> Self {
        Self::of(settings(people, None, 0), LIVES, Some(base)).await
    }

    /// A real portal that believes these authorities.
    pub async fn trusting(citizens: Trust, data: Option<&Path>) -> Self {
        let none = settings(&People::new(false), data.map(Path::to_owned), 0);
        Self::of(Settings { citizens, ..none }, LIVES, None).await
    }

    async fn of(settings: Settings, lives: Duration, base: Option<String>) -> Self {
        let clock = Clock::system();
        let server = Server::bind(settings).await.unwrap();
        let (app, address) = (server.app().clone(), server.address());
        let base = base.unwrap_or_else(|| format!("https://{address}"));
        app.phones.offer(Offer { base, bin: "940140000385".into(), lives });
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(async move { server.run(stopped).await.unwrap() });
        let held = Held::new(app.deployment.root, &app.deployment.signed, clock.clone()).unwrap();
        let portal = HttpPortal::new(&format!("https://{address}"), held.clone(), clock.clone()).unwrap();
        let code = app.invite().await.unwrap();
        let (_, credential) = app.enrol(&code, "test kiosk").await.unwrap().unwrap();
        portal.set_credential(&Secret::from_vec(credential.as_bytes().to_vec())).unwrap();
        let credential = credential.to_string();
        Self { clock, app, held, portal: Arc::new(portal), address, credential, stop, task }
    }

    /// An enrolled client that goes by another way, a relay for instance.
    pub fn client(&self, address: SocketAddr) -> HttpPortal {
        let base = format!("https://{address}");
        let portal = HttpPortal::new(&base, self.held.clone(), self.clock.clone()).unwrap();
        portal.set_credential(&Secret::from_vec(self.credential.as_bytes().to_vec())).unwrap();
        portal
    }

    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.task.await.unwrap();
    }
}

pub fn settings(people: &People, data: Option<PathBuf>, port: u16) -> Settings {
    Settings {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        names: vec!["localhost".into()],
        data,
        practice: people.practice,
        operator: names("Сынақ порталы"),
        received_by: None,
        citizens: people.trust(),
        content: content(),
        clock: Clock::system(),
    }
}
