//! One test, one process: libpcsclite reads its socket's name once, and a private network keeps the
//! virtual reader's open port from the world.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tereze::card::pcsc::Pcsc;
use tereze::card::service::{self, Cards, Options, ToSign};
use tereze::card::{CardError, CardInfo, CardStatus};
use tereze::clock::Clock;
use tereze::private::Secret;

use super::firmware::{self, Apps, Card};
use super::pcscd::{self, Pcscd};

const FOLDER: &str = "TEREZE_TEST_CARDS";
/// For a whole test; nothing here takes a tenth of it on an idle machine.
const PATIENCE: Duration = Duration::from_secs(300);
/// For one thing to happen.
const AWAITED: Duration = Duration::from_secs(60);

/// A private pcscd with a virtual reader, and what a test puts into it.
pub struct Bench {
    pub folder: PathBuf,
    pub pcscd: Pcscd,
}

/// Runs `body` in a process of its own. `name` is the test's own: the process runs just that test.
#[track_caller]
pub fn alone(name: &str, body: impl AsyncFnOnce(&mut Bench)) {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let folder = PathBuf::from(folder);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let pcscd = Pcscd::start(&folder);
        let mut bench = Bench { pcscd, folder: folder.clone() };
        runtime.block_on(body(&mut bench));
        return std::fs::write(folder.join("through"), "").unwrap();
    }
    pcscd::present();
    firmware::build();
    let folder = tempfile::tempdir().unwrap();
    let status = run(name, folder.path());
    let said = std::fs::read_to_string(folder.path().join("said")).unwrap();
    let through = folder.path().join("through").exists();
    assert!(status.success() && through, "{name}: {status}\n{said}");
}

fn run(name: &str, folder: &Path) -> ExitStatus {
    let said = std::fs::File::create(folder.join("said")).unwrap();
    let mut command = pcscd::private();
    command.arg(std::env::current_exe().unwrap());
    let mut child = command
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env("PCSCLITE_CSOCK_NAME", folder.join("pcscd.comm"))
        .stdin(Stdio::null())
        .stdout(said.try_clone().unwrap())
        .stderr(said)
        .spawn()
        .unwrap();
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            let said = std::fs::read_to_string(folder.join("said")).unwrap();
            panic!("{name} did not end within {PATIENCE:?}\n{said}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Bench {
    /// A card for this bench's reader, blank.
    pub fn card(&self) -> Card {
        self.card_with(Apps::Piv)
    }

    /// The same with other applications.
    pub fn card_with(&self, apps: Apps) -> Card {
        Card::new(self.pcscd.port, apps)
    }

    pub fn card_in_second_reader(&self, apps: Apps) -> Card {
        Card::new(self.pcscd.port + 1, apps)
    }

    /// The card service over the real PC/SC.
    pub fn service(&self, options: Options) -> Cards {
        service::start(Arc::new(Pcsc::default()), Clock::system(), options)
    }

    pub fn kiosk(&self) -> Cards {
        self.service(Options { waiting: Duration::from_secs(5), ..Options::default() })
    }
}

/// Waits for a status, however long it takes within reason.
pub async fn until(cards: &Cards, wanted: impl Fn(&CardStatus) -> bool) -> CardStatus {
    let mut status = cards.status.clone();
    match tokio::time::timeout(AWAITED, status.wait_for(wanted)).await {
        Ok(status) => status.expect("the service runs").clone(),
        Err(_) => panic!("still {:?}", &*cards.status.borrow()),
    }
}

pub async fn ready(cards: &Cards) -> CardInfo {
    match until(cards, |s| matches!(s, CardStatus::Ready(_))).await {
        CardStatus::Ready(info) => info,
        other => panic!("{other:?}"),
    }
}

pub async fn sign(cards: &Cards, info: &CardInfo, pin: &str, last_try: bool) -> Result<Vec<u8>, CardError> {
    let what = ToSign(b"what is signed".to_vec());
    let work = cards.sign(info.clone(), Secret::from_vec(pin.into()), what, last_try);
    tokio::time::timeout(AWAITED, work).await.expect("an answer")
}
