//! Clocks that are two years off, the kiosk's or the portal's: nothing is lost, nothing is judged by a wrong
//! date, staff read what to do, and a clock set right brings each letter there once.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tereze::clock::{Clock, Moment};
use tereze::desk::report::{Health, What};
use tereze::desk::{Helped, Parts, Report, Settings, Setup, StaffPin, examine};
use tereze::i18n::Lang;
use tereze::outbox::state::Waits;
use tereze::outbox::{Id, Outbox, Prepared, Status};
use tereze::portal::client::HttpPortal;
use tereze::portal::held::Held;
use tereze::private::Secret;
use tereze::server::Server;
use tereze::sign::verdict::Outcome;
use tereze::store::disk::DataDir;
use tereze::store::shelf::DiskShelf;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::support::letter::Letter;
use crate::support::{People, World, settings};

const WAITS: Waits = Waits { first: Duration::from_millis(20), longest: Duration::from_millis(200) };
const TWO_YEARS: i64 = 2 * 365 * 86_400;

/// A machine's clock that somebody sets.
#[derive(Clone)]
struct Set(Arc<AtomicI64>);

impl Set {
    fn off_by(seconds: i64) -> Self {
        Self(Arc::new(AtomicI64::new(seconds)))
    }

    fn to(&self, seconds: i64) {
        self.0.store(seconds, Ordering::Relaxed);
    }

    fn clock(&self) -> Clock {
        let off = self.0.clone();
        let real = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Clock::with_source(move || real().as_secs() as i64 + off.load(Ordering::Relaxed))
    }
}

struct Running {
    server: Arc<tereze::server::app::App>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    async fn start(people: &People, data: &Path, port: u16, clock: &Set) -> (Self, u16) {
        let mut settings = settings(people, Some(data.to_owned()), port);
        settings.clock = clock.clock();
        let server = Server::bind(settings).await.unwrap();
        let (app, port) = (server.app().clone(), server.address().port());
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(async move { server.run(stopped).await.unwrap() });
        (Self { server: app, stop, task }, port)
    }

    async fn stop(self) {
        self.stop.send_replace(true);
        self.task.await.unwrap();
    }
}

/// A kiosk that was enrolled while all clocks were right.
struct Village {
    people: People,
    forms: World,
    dir: tempfile::TempDir,
    port: u16,
    kiosk: Set,
    held: Held,
    clock: Clock,
    client: Arc<HttpPortal>,
    outbox: Outbox,
    portal: Option<Running>,
    portal_clock: Set,
}

impl Village {
    async fn new() -> Self {
        let people = People::new(false);
        let dir = tempfile::tempdir().unwrap();
        let (kiosk, portal_clock) = (Set::off_by(0), Set::off_by(0));
        let (portal, port) = Running::start(&people, &dir.path().join("portal"), 0, &portal_clock).await;
        let clock = kiosk.clock();
        let app = &portal.server;
        let held = Held::new(app.deployment.root, &app.deployment.signed, clock.clone()).unwrap();
        let base = format!("https://127.0.0.1:{port}");
        let client = Arc::new(HttpPortal::new(&base, held.clone(), clock.clone()).unwrap());
        let code = app.invite().await.unwrap();
        let (_, credential) = app.enrol(&code, "village").await.unwrap().unwrap();
        client.set_credential(&Secret::from_vec(credential.as_bytes().to_vec())).unwrap();
        let (folder, _) = DataDir::open(&dir.path().join("kiosk"), "kiosk", 1).unwrap();
        let shelf = Arc::new(DiskShelf::open(&folder).unwrap());
        let outbox = Outbox::start(shelf, client.clone(), held.clone(), clock.clone(), WAITS).await.unwrap();
        let forms = World::start(&people, None).await;
        let portal = Some(portal);
        Self { people, forms, dir, port, kiosk, held, clock, client, outbox, portal, portal_clock }
    }

    async fn restart_portal(&mut self) {
        self.portal.take().unwrap().stop().await;
        let data = self.dir.path().join("portal");
        self.portal = Some(Running::start(&self.people, &data, self.port, &self.portal_clock).await.0);
    }

    /// A letter that was signed while the clocks were right.
    async fn submit(&self) -> Id {
        let mut letter = Letter::new(&self.forms, &self.people.person, Lang::Kk);
        letter.statement.audience = self.held.audience();
        letter.seal_key = self.forms_key();
        let (submission, statement) = (letter.statement.submission, letter.digest());
        let envelope = letter.envelope(&self.people.person);
        let prepared = Prepared { submission, statement, envelope, reserved: None };
        self.outbox.submit(prepared).await.unwrap()
    }

    fn forms_key(&self) -> tereze::seal::envelope::SealKey {
        let right = Clock::system().now();
        self.held.keyset().seal_key(right).unwrap()
    }

    async fn until(&self, id: Id, is: impl Fn(&Status) -> bool) -> Status {
        let mut status = self.outbox.watch(id).unwrap();
        let seen = tokio::time::timeout(Duration::from_secs(60), status.wait_for(|s| is(s))).await;
        seen.unwrap_or_else(|_| panic!("{:?}", self.outbox.status(id))).unwrap().clone()
    }

    async fn waits_for(&self, id: Id, why: &str) {
        self.until(id, |s| matches!(s, Status::Stored { fault: Some(code) } if code.0 == why)).await;
        assert_eq!(self.letters().await, 0, "{why}");
    }

    async fn arrives(&self, id: Id) -> Moment {
        let Status::Registered { receipt, .. } = self.until(id, Status::is_final).await else {
            panic!("{:?}", self.outbox.status(id))
        };
        receipt.registered
    }

    async fn letters(&self) -> i64 {
        let (letters, notices) = self.portal.as_ref().unwrap().server.db.counts().await.unwrap();
        assert_eq!(notices, 0, "a wrong clock refuses nobody");
        letters
    }

    async fn report(&self) -> Report {
        let settings = Settings {
            mode: Setup::Portal,
            data: Some(self.dir.path().join("kiosk")),
            printer: None,
            modules: vec![],
            clock: self.clock.clone(),
            pin: StaffPin::in_folder(self.dir.path(), self.clock.clone()),
            helped: Helped::in_memory(self.clock.clone()),
        };
        let parts = Parts {
            portal: Some((self.client.clone(), self.held.clone())),
            outbox: Some(self.outbox.clone()),
            ..Parts::default()
        };
        examine(&settings, &parts).await
    }

    async fn told(&self, what: What) -> (Health, Option<String>) {
        let report = self.report().await;
        let finding = report.finding(what).unwrap();
        let words = finding.code.as_ref().map(|_| finding.words().expect("words and what to do"));
        assert_eq!(words.is_some(), finding.state != Health::Ok);
        (finding.state, finding.code.clone())
    }
}

fn fault(code: &str) -> (Health, Option<String>) {
    (Health::Fault, Some(code.to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_two_years_ahead_waits_says_so_and_delivers_once_set_right() {
    let mut village = Village::new().await;
    village.kiosk.to(TWO_YEARS);
    // A new connection: the old one was made when all was right.
    village.restart_portal().await;
    let id = village.submit().await;
    village.waits_for(id, "portal.clock").await;
    assert_eq!(village.told(What::Portal).await, fault("portal.clock"));
    assert_eq!(village.told(What::Clock).await, fault("clock.disagrees"));

    village.kiosk.to(0);
    village.outbox.again().await.unwrap();
    village.arrives(id).await;
    assert_eq!(village.letters().await, 1);
    assert_eq!(village.told(What::Clock).await, (Health::Ok, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_two_years_behind_delivers_and_judges_nothing() {
    let mut village = Village::new().await;
    village.kiosk.to(-TWO_YEARS);
    village.restart_portal().await;
    let id = village.submit().await;
    let registered = village.arrives(id).await;
    assert!(registered.0.abs_diff(Clock::system().now().wall.0) < 600, "the date is the portal's");
    assert_eq!(village.letters().await, 1);
    assert_eq!(village.told(What::Clock).await, fault("clock.doubtful"));
    let letter = Letter::new(&village.forms, &village.people.person, Lang::Ru);
    let cms = letter.cms(&village.people.person);
    let judged =
        |clock: &Clock| tereze::sign::verify(&cms, None, &village.people.trust(), clock.now()).outcome();
    assert_eq!(judged(&village.clock), Outcome::CouldNotCheck);
    village.kiosk.to(0);
    assert_eq!(judged(&village.clock), Outcome::Valid);
    assert_eq!(village.told(What::Clock).await, (Health::Ok, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_that_jumps_ahead_in_the_midst_is_told_by_the_portals_time() {
    let village = Village::new().await;
    let first = village.submit().await;
    village.arrives(first).await;
    village.kiosk.to(TWO_YEARS);
    let second = village.submit().await;
    village.arrives(second).await;
    assert_eq!(village.letters().await, 2);
    assert_eq!(village.told(What::Clock).await, fault("clock.disagrees"));
    let facts = village.report().await.finding(What::Clock).unwrap().facts(Lang::En);
    assert!(facts.contains("The portal’s time:"), "{facts}");
    // Everything that arrived is still kept: days are counted by the portal's time.
    assert!(village.dir.path().join(format!("kiosk/outbox/registered/{first}/envelope")).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_started_two_years_ahead_gets_no_letter_until_it_is_right() {
    let mut village = Village::new().await;
    village.portal_clock.to(TWO_YEARS);
    village.restart_portal().await;
    let id = village.submit().await;
    village.waits_for(id, "portal.clock").await;
    village.portal_clock.to(0);
    village.restart_portal().await;
    let registered = village.arrives(id).await;
    assert!(registered.0.abs_diff(Clock::system().now().wall.0) < 600);
    assert_eq!(village.letters().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_whose_clock_jumps_or_lags_judges_nothing_until_it_is_right() {
    for off in [TWO_YEARS, -TWO_YEARS] {
        let mut village = Village::new().await;
        // The line stands since before the jump.
        tereze::portal::Portal::about(&*village.client).await.unwrap();
        village.portal_clock.to(off);
        let id = village.submit().await;
        village.waits_for(id, "server.could-not-check").await;
        if off > 0 {
            assert_eq!(village.told(What::Clock).await, fault("clock.disagrees"));
        }
        village.portal_clock.to(0);
        village.restart_portal().await;
        village.outbox.again().await.unwrap();
        let registered = village.arrives(id).await;
        assert!(registered.0.abs_diff(Clock::system().now().wall.0) < 600);
        assert_eq!(village.letters().await, 1);
        assert_eq!(village.told(What::Clock).await, (Health::Ok, None));
    }
}
