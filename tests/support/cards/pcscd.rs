//! A private pcscd on a socket of its own, with the virtual reader of vsmartcard-vpcd.

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
/// The reader's name for its first slot; the driver adds the numbers.
pub const READER: &str = "Kiosk Test 00 00";

/// Says which packages are wanting.
#[track_caller]
pub fn present() {
    let found = |program: &str| {
        let folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];
        folders.iter().any(|folder| Path::new(folder).join(program).exists())
    };
    assert!(found("pcscd"), "pcscd is missing: apt-get install pcscd");
    assert!(Path::new(DRIVER).exists(), "{DRIVER} is missing: apt-get install vsmartcard-vpcd");
    assert!(found("openssl"), "openssl is missing: apt-get install openssl");
}

pub struct Pcscd {
    folder: PathBuf,
    /// Where a card of the first slot connects to.
    pub port: u16,
    driver: PathBuf,
    /// Milliseconds that a second takes on the reader's own keys.
    second: u32,
    running: Option<Child>,
}

impl Pcscd {
    pub fn start(folder: &Path) -> Self {
        let mut pcscd = Self {
            folder: folder.to_owned(),
            port: free_port(),
            driver: DRIVER.into(),
            second: 1000,
            running: None,
        };
        pcscd.plug_in();
        pcscd
    }

    /// Starts it (again) with the reader.
    pub fn plug_in(&mut self) {
        let (port, driver) = (self.port, self.driver.display());
        self.run(&format!(
            "FRIENDLYNAME \"Kiosk Test\"\nDEVICENAME /dev/null:{port:#x}\nLIBPATH {driver}\nCHANNELID {port:#x}\n"
        ));
    }

    /// Another reader: the same with keys of its own, whose second takes so many milliseconds.
    pub fn with_keys(&mut self, second: u32) {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/cards/keys.c");
        let line = ["cc", "-shared", "-fPIC", "-Wall", "-Werror", "-I/usr/include/PCSC", "-o", "libkeys.so"];
        program(&self.folder, &[&line[..], &[source.to_str().unwrap(), "-ldl"]].concat());
        self.driver = self.folder.join("libkeys.so");
        self.second = second;
        self.plug_in();
    }

    /// Starts it (again) without any reader.
    pub fn unplug(&mut self) {
        self.run("");
    }

    /// The service is away; its socket too.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let _ = std::fs::remove_file(self.folder.join("pcscd.comm"));
    }

    fn run(&mut self, readers: &str) {
        self.stop();
        let conf = self.folder.join("readers");
        std::fs::create_dir_all(&conf).unwrap();
        std::fs::write(conf.join("kiosk"), readers).unwrap();
        let log = std::fs::File::options().append(true).create(true).open(self.folder.join("pcscd.log"));
        let log = log.unwrap();
        // Socket activation (sd_listen_fds): the listener is descriptor 3, and clients may connect
        // before the service is up.
        let socket = UnixListener::bind(self.folder.join("pcscd.comm")).unwrap();
        let child = Command::new("sh")
            .args(["-c", "export LISTEN_FDS=1 LISTEN_PID=$$; exec pcscd -f -c \"$0\" 3<&0 </dev/null"])
            .arg(&conf)
            .env("TEREZE_TEST_KEYS", self.folder.join("keys.sock"))
            .env("TEREZE_TEST_SECOND", self.second.to_string())
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .stdin(OwnedFd::from(socket))
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        self.running = Some(child.unwrap());
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        self.stop();
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.join("pcscd.log")).unwrap_or_default();
            println!("--- pcscd ---\n{log}");
        }
    }
}

/// The command that runs another without network and with processes that end with it, where the
/// system lets us; else one that just runs it (each pcscd then finds a free port).
pub fn private() -> Command {
    let enter = "ip link set lo up && mount -t tmpfs tmpfs /run && exec \"$@\"";
    let arguments = ["-mnp", "--mount-proc", "--fork", "--kill-child", "sh", "-c", enter, "sh"];
    let mut private = Command::new("unshare");
    private.args(arguments);
    let allowed = Command::new("unshare").args(arguments).arg("true").stderr(Stdio::null()).status();
    if allowed.is_ok_and(|status| status.success()) { private } else { Command::new("env") }
}

/// Two neighbouring ports that nobody uses: one a slot.
fn free_port() -> u16 {
    for _ in 0..100 {
        let first = TcpListener::bind(("0.0.0.0", 0)).unwrap();
        let port = first.local_addr().unwrap().port();
        if port < u16::MAX && TcpListener::bind(("0.0.0.0", port + 1)).is_ok() {
            return port;
        }
    }
    panic!("no two neighbouring ports are free");
}

/// Runs a program to its end; its output, or a panic with what it said.
#[track_caller]
pub fn program(folder: &Path, line: &[&str]) -> Vec<u8> {
    let (status, said) = judged(folder, line);
    assert!(status, "{line:?}: {}", String::from_utf8_lossy(&said));
    said
}

/// Whether the program was content, and all it said.
#[track_caller]
pub fn judged(folder: &Path, line: &[&str]) -> (bool, Vec<u8>) {
    let out = Command::new(line[0]).args(&line[1..]).current_dir(folder).stdin(Stdio::null()).output();
    let out = out.unwrap_or_else(|e| panic!("{}: {e}", line[0]));
    (out.status.success(), [out.stdout, out.stderr].concat())
}
