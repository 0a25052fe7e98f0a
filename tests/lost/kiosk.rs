//! The kiosk's outbox as a process of its own: this test binary, started again. It signs and submits
//! letter after letter and says each name before and after the outbox took it.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tereze::clock::Clock;
use tereze::domain::{Digest, SubmissionId};
use tereze::i18n::Lang;
use tereze::outbox::state::Waits;
use tereze::outbox::{Keep, Outbox, Prepared};
use tereze::portal::client::HttpPortal;
use tereze::portal::held::Held;
use tereze::private::Secret;
use tereze::seal::visitor::VisitorSecret;
use tereze::sign::issue::Identity;
use tereze::store::disk::DataDir;
use tereze::store::shelf::DiskShelf;
use zeroize::Zeroizing;

use crate::process::Joined;
use crate::support::letter::Letter;
use crate::support::{People, World};

/// A letter whose visitor was told: it is kept here.
#[derive(Clone)]
pub struct Accepted {
    /// SHA-256 and length in bytes of the envelope.
    pub envelope: Digest,
    pub size: u64,
    pub submission: SubmissionId,
    pub statement: Digest,
    pub secret: Arc<VisitorSecret>,
}

#[derive(Default)]
struct Heard {
    tried: BTreeSet<Digest>,
    accepted: Vec<Accepted>,
    /// What the process alive now said last: how many wait.
    waiting: Option<usize>,
    stuck: Option<String>,
    /// It writes no more letters.
    enough: bool,
    /// How many the portal lost and does not have again; how many it has, and how many of them under
    /// another number.
    returned: Option<(usize, usize, usize)>,
}

pub struct Kiosk {
    data: PathBuf,
    environment: Vec<(&'static str, String)>,
    heard: Arc<Mutex<Heard>>,
    child: Option<Child>,
    reader: Option<std::thread::JoinHandle<()>>,
}

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    hex::decode(hex).unwrap().try_into().unwrap()
}

impl Kiosk {
    pub fn start(data: &Path, joined: &Joined, portal: SocketAddr, person: &Path) -> Self {
        let environment = vec![
            ("TEREZE_LOST_DATA", data.display().to_string()),
            ("TEREZE_LOST_ROOT", hex::encode(joined.root)),
            ("TEREZE_LOST_KEYSET", hex::encode(&joined.keyset)),
            ("TEREZE_LOST_CREDENTIAL", joined.credential.clone()),
            ("TEREZE_LOST_PORTAL", portal.to_string()),
            ("TEREZE_LOST_PERSON", person.display().to_string()),
        ];
        let mut kiosk =
            Self { data: data.to_owned(), environment, heard: Arc::default(), child: None, reader: None };
        kiosk.again();
        kiosk
    }

    pub fn again(&mut self) {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "kiosk::the_worker", "--nocapture", "--test-threads=1"]);
        command.envs(self.environment.iter().cloned());
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let heard = self.heard.clone();
        heard.lock().unwrap().waiting = None;
        heard.lock().unwrap().returned = None;
        self.reader = Some(std::thread::spawn(move || {
            // What the kill cut off has no end and is nothing that was said.
            for line in output.split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                hear(&mut heard.lock().unwrap(), &line.split(' ').collect::<Vec<_>>());
            }
        }));
        self.child = Some(child);
    }

    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("a kiosk that runs");
        assert!(child.try_wait().unwrap().is_none(), "the kiosk ended by itself");
        child.kill().unwrap();
        child.wait().unwrap();
        self.reader.take().unwrap().join().unwrap();
    }

    pub fn accepted(&self) -> Vec<Accepted> {
        self.heard.lock().unwrap().accepted.clone()
    }

    pub fn tried(&self) -> BTreeSet<Digest> {
        self.heard.lock().unwrap().tried.clone()
    }

    /// No new letters from now on.
    pub fn enough(&self) {
        std::fs::write(enough(&self.data), "").unwrap();
    }

    pub async fn until_nothing_waits(&self) {
        for _ in 0..3600 {
            {
                let heard = self.heard.lock().unwrap();
                assert!(heard.stuck.is_none(), "stuck: {:?}", heard.stuck);
                if heard.waiting == Some(0) && heard.enough {
                    return;
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let waiting = self.heard.lock().unwrap().waiting;
        panic!("{waiting:?} still wait after three minutes");
    }
}

impl Kiosk {
    /// How many letters the portal got again, and how many of them under another number.
    pub async fn until_given_back(&self) -> (usize, usize) {
        for _ in 0..1200 {
            if let Some((0, given, renumbered)) = self.heard.lock().unwrap().returned {
                return (given, renumbered);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("still going back after a minute: {:?}", self.heard.lock().unwrap().returned);
    }
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn hear(heard: &mut Heard, words: &[&str]) {
    match words {
        ["tried", envelope] if envelope.len() == 64 => {
            heard.tried.insert(Digest(bytes(envelope)));
        }
        ["accepted", envelope, size, submission, statement, secret, "."] => heard.accepted.push(Accepted {
            envelope: Digest(bytes(envelope)),
            size: size.parse().unwrap(),
            submission: SubmissionId(bytes(submission)),
            statement: Digest(bytes(statement)),
            secret: Arc::new(VisitorSecret::from_bytes(Zeroizing::new(bytes(secret)))),
        }),
        ["enough", "."] if !heard.enough => {
            heard.enough = true;
            heard.waiting = None;
        }
        ["waiting", count, "."] => heard.waiting = count.parse().ok(),
        ["returned", open, given, renumbered, "."] => {
            heard.returned =
                Some((open.parse().unwrap(), given.parse().unwrap(), renumbered.parse().unwrap()));
        }
        ["stuck", what @ ..] => heard.stuck = Some(what.join(" ")),
        _ => {}
    }
}

fn enough(data: &Path) -> PathBuf {
    data.with_extension("enough")
}

/// One whole line at once, or none: what is in the pipe is said.
fn say(line: String) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// The process that [`Kiosk`] starts; alone it has nothing to do.
#[tokio::test(flavor = "multi_thread")]
async fn the_worker() {
    let Ok(data) = std::env::var("TEREZE_LOST_DATA") else { return };
    // The test harness has begun a line of its own.
    say(String::new());
    let told = |name: &str| std::env::var(name).unwrap();
    let clock = Clock::system();
    let root: [u8; 32] = bytes(&told("TEREZE_LOST_ROOT"));
    let keyset = hex::decode(told("TEREZE_LOST_KEYSET")).unwrap();
    let held = Held::new(root, &keyset, clock.clone()).unwrap();
    let base = format!("https://{}", told("TEREZE_LOST_PORTAL"));
    let portal = HttpPortal::new(&base, held.clone(), clock.clone()).unwrap();
    portal.set_credential(&Secret::from_vec(told("TEREZE_LOST_CREDENTIAL").into_bytes())).unwrap();
    let person = Identity::from_pem(&std::fs::read(told("TEREZE_LOST_PERSON")).unwrap()).unwrap();
    let data = PathBuf::from(data);
    let (folder, _) = DataDir::open(&data, "kiosk", 1).unwrap();
    let shelf = Arc::new(DiskShelf::open(&folder).unwrap());
    let waits = Waits { first: Duration::from_millis(20), longest: Duration::from_millis(500) };
    // Also one that has nothing to send asks what the portal still knows: here after seconds, not hours.
    let keep = Keep { ask_every: Duration::from_secs(3), ..Keep::default() };
    let portal = Arc::new(portal);
    let outbox = Outbox::start_keeping(shelf, portal, held.clone(), clock, waits, keep).await.unwrap();
    let forms = World::start(&People::new(true), None).await;
    loop {
        if enough(&data).exists() {
            say("enough .".into());
            tokio::time::sleep(Duration::from_millis(100)).await;
        } else {
            submit(&outbox, &forms, &held, &person).await;
            // On a quick machine the kills must find letters of every age, too.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let all = outbox.all();
        if let Some((id, status)) = all.iter().find(|(_, s)| s.is_final() && !registered(s)) {
            say(format!("stuck {id} {status:?}"));
        }
        let back = outbox.returned();
        say(format!("returned {} {} {} .", back.open, back.given, back.renumbered));
        say(format!("waiting {} .", outbox.unsent()));
    }
}

fn registered(status: &tereze::outbox::Status) -> bool {
    matches!(status, tereze::outbox::Status::Registered { .. })
}

async fn submit(outbox: &Outbox, forms: &World, held: &Held, person: &Identity) {
    let mut letter = Letter::new(forms, person, Lang::Kk);
    letter.statement.audience = held.audience();
    letter.seal_key = held.seal_key().unwrap();
    let envelope = letter.envelope(person);
    let reserved = outbox.reserve(envelope.len() as u64 + 8192).await.unwrap();
    let (submission, statement, id) = (letter.statement.submission, letter.digest(), Digest::of(&envelope));
    let size = envelope.len();
    say(format!("tried {id}"));
    let prepared = Prepared { submission, statement, envelope, reserved: Some(reserved) };
    outbox.submit(prepared).await.unwrap();
    let (submission, secret) = (hex::encode(submission.0), hex::encode(letter.secret.bytes()));
    say(format!("accepted {id} {size} {submission} {statement} {secret} ."));
}
