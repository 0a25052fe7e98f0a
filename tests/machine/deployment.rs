//! A portal and a machine that belongs to it, made by the program's own commands.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::pcscd::program;

pub const PIN: &str = "739182";

/// Ends with its owner.
pub struct Running(pub Child);

impl Running {
    /// SIGKILL, and waits.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

pub struct Deployment {
    pub folder: PathBuf,
    /// The program: a copy where another user has to run it.
    pub tereze: PathBuf,
    address: String,
    pub portal: Option<Running>,
}

pub fn tereze() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_tereze"))
}

/// What somebody types, handed over as the input.
pub fn given(mut command: Command, input: &str) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[track_caller]
pub fn well(output: &Output) -> String {
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{}: {said}", output.status);
    said
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Deployment {
    /// A portal that runs, with an authority of citizens; the machine is not set up yet.
    pub fn new(folder: &Path, tereze: PathBuf) -> Self {
        program(
            folder,
            &[
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "30",
                "-keyout",
                "ca.key",
                "-out",
                "ca.pem",
                "-subj",
                "/C=KZ/CN=TEST CITIZENS",
            ],
        );
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let mut made = Self { folder: folder.to_owned(), tereze, address, portal: None };
        made.start_portal();
        made
    }

    fn portal_command(&self) -> Command {
        let mut command = Command::new(tereze());
        command.args(["portal", "--lang", "en", "--data"]).arg(self.folder.join("portal"));
        command
    }

    pub fn start_portal(&mut self) {
        let mut serve = self.portal_command();
        serve.args(["--listen", &self.address, "--citizen-ca"]).arg(self.folder.join("ca.pem"));
        let process = serve.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        self.portal = Some(Running(process));
        let file = self.folder.join("portal/kiosk.toml");
        eventually("the portal listens", || {
            file.exists() && std::net::TcpStream::connect(&self.address).is_ok()
        });
    }

    pub fn kill_portal(&mut self) {
        if let Some(portal) = self.portal.take() {
            portal.kill();
        }
    }

    /// What the portal says to kiosks: `url` or `root`.
    pub fn said(&self, name: &str) -> String {
        let settings = std::fs::read_to_string(self.folder.join("portal/kiosk.toml")).unwrap();
        let line = settings.lines().find(|l| l.starts_with(name)).unwrap();
        line.split('"').nth(1).unwrap().to_owned()
    }

    pub fn one_time_code(&self) -> String {
        let said = text(&self.portal_command().arg("--enrol").output().unwrap().stdout);
        said.lines().find_map(|l| l.split("code: ").nth(1)).expect(&said).trim().to_owned()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn settings(&self) -> PathBuf {
        self.folder.join("etc/tereze.toml")
    }

    /// A command of this machine.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.tereze);
        command.arg("--data").arg(self.data()).arg("--config").arg(self.settings()).args(words);
        command
    }

    /// Set up for the portal, as from a script.
    #[track_caller]
    pub fn set_up(&self, more: &[&str]) {
        let (url, root) = (self.said("url"), self.said("root"));
        let words = ["--lang", "en", "setup", "--mode", "portal", "--url", &url, "--root", &root];
        let command = self.command(&[&words[..], more].concat());
        well(&given(command, &format!("{PIN}\n")));
    }

    #[track_caller]
    pub fn trust_and_enrol(&self) {
        let ca = self.folder.join("ca.pem");
        well(&self.command(&["trust", "add", ca.to_str().unwrap()]).output().unwrap());
        let enrol = self.command(&["enrol", "--name", "village"]);
        well(&given(enrol, &format!("{}\n", self.one_time_code())));
    }
}

#[track_caller]
pub fn eventually(what: &str, mut good: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !good() {
        assert!(Instant::now() < end, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A drawn screen (Xvfb), and its name.
pub fn screen() -> (Running, String) {
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1366x768x24", "-noreset", "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb is installed by packaging/setup.sh test");
    let mut number = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
    (Running(server), format!(":{}", number.trim()))
}
