//! `tereze portal` as a process that is killed and comes back at the same address.
#![allow(dead_code)]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tereze::clock::Clock;
use tereze::domain::Digest;
use tereze::portal::Portal as _;
use tereze::portal::client::HttpPortal;
use tereze::portal::held::Held;
use tereze::private::Secret;
use zeroize::Zeroizing;

pub struct PortalProcess {
    data: PathBuf,
    address: SocketAddr,
    child: Option<Child>,
}

/// What a kiosk knows of its portal after enrolment.
pub struct Joined {
    pub held: Held,
    pub root: [u8; 32],
    pub keyset: Vec<u8>,
    pub credential: String,
}

impl Joined {
    pub fn client(&self, address: SocketAddr, clock: Clock) -> HttpPortal {
        let portal = HttpPortal::new(&format!("https://{address}"), self.held.clone(), clock).unwrap();
        portal.set_credential(&Secret::from_vec(self.credential.as_bytes().to_vec())).unwrap();
        portal
    }
}

pub fn tereze(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tereze"));
    command.args(["portal", "--lang", "en", "--data"]).arg(data);
    command
}

async fn until<T, F: Future<Output = Option<T>>>(mut look: impl FnMut() -> F) -> T {
    for _ in 0..1200 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not within a minute");
}

impl PortalProcess {
    pub fn start(data: PathBuf) -> Self {
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut portal = Self { data, address, child: None };
        portal.again();
        portal
    }

    pub fn again(&mut self) {
        self.run(&[]);
    }

    /// Staff know that its data are an older copy.
    pub fn restored(&mut self) {
        self.run(&["--restored"]);
    }

    fn run(&mut self, more: &[&str]) {
        let mut command = tereze(&self.data);
        command.args(["--practice", "--listen", &self.address.to_string()]).args(more);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.child = Some(child.unwrap());
    }

    /// SIGKILL: it cannot say good-bye.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            assert!(child.try_wait().unwrap().is_none(), "the portal ended by itself");
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Until it answers after a start.
    pub async fn answers(&self, client: &HttpPortal) {
        until(|| async { client.about().await.ok() }).await;
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn database(&self) -> PathBuf {
        self.data.join("portal.sqlite")
    }

    /// Certificate and key of one of the practice portal's people, PEM.
    pub fn person(&self) -> PathBuf {
        self.data.join("people/1.pem")
    }

    /// Enrols a kiosk by a one-time code.
    pub async fn joined(&self, name: &str) -> Joined {
        let clock = Clock::system();
        let base = format!("https://{}", self.address);
        let keyset = until(|| async { HttpPortal::first_keyset(&base, &clock).await.ok() }).await;
        let settings = until(|| async { std::fs::read_to_string(self.data.join("kiosk.toml")).ok() }).await;
        let root = settings.lines().find_map(|l| l.strip_prefix("root = \"")?.strip_suffix('"')).unwrap();
        let root = Digest::parse(root).unwrap().0;
        let held = Held::new(root, &keyset, clock.clone()).unwrap();
        let said = tereze(&self.data).arg("--enrol").output().unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        let code = said.lines().find_map(|l| l.split("code: ").nth(1)).expect(&said).to_owned();
        let portal = HttpPortal::new(&base, held.clone(), clock).unwrap();
        let credential = portal.enrol(Zeroizing::new(code), name.into()).await.unwrap();
        let credential = String::from_utf8(credential.secret.bytes().to_vec()).unwrap();
        Joined { held, root, keyset, credential }
    }
}

impl Drop for PortalProcess {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
