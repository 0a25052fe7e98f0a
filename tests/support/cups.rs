//! A real CUPS, with the rules that Debian ships.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tereze::print::printer::Printer;

/// A CUPS of its own with one queue, `kiosk`, that prints into nothing.
pub struct Cups {
    folder: tempfile::TempDir,
    process: Child,
    port: u16,
}

impl Drop for Cups {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn run(program: &str, args: &[&str]) -> bool {
    let status = Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|s| s.success())
}

impl Cups {
    /// With a queue that prints into nothing; `None` with the reason where it cannot be started.
    pub fn start() -> Result<Self, &'static str> {
        if !Path::new("/usr/sbin/cupsd").exists() || !Path::new("/usr/sbin/lpadmin").exists() {
            return Err("cups-daemon and cups-client are not installed");
        }
        if !run("sh", &["-c", "[ $(id -u) = 0 ]"]) {
            return Err("only root starts a CUPS");
        }
        let rules = std::fs::read_to_string("/etc/cups/cupsd.conf").map_err(|_| "CUPS has no settings")?;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        for name in ["root", "spool", "cache", "state", "log"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let own = |line: &&str| !line.starts_with("Listen") && !line.starts_with("Port");
        let mut settings = rules.lines().filter(own).collect::<Vec<_>>().join("\n");
        settings += &format!("\nListen 127.0.0.1:{port}\nListen {}\n", at("socket"));
        std::fs::write(folder.path().join("cupsd.conf"), settings).unwrap();
        let files = format!(
            "ServerRoot {}\nRequestRoot {}\nCacheDir {}\nStateDir {}\nAccessLog {log}/access\n\
             ErrorLog {log}/error\nPageLog {log}/page\nFileDevice Yes\nUser lp\nGroup lp\nSystemGroup root\n",
            at("root"),
            at("spool"),
            at("cache"),
            at("state"),
            log = at("log"),
        );
        std::fs::write(folder.path().join("files.conf"), files).unwrap();
        run("chmod", &["755", &at("")]);
        run("chown", &["-R", "lp", &at("spool"), &at("cache"), &at("state"), &at("log")]);
        let process = Command::new("/usr/sbin/cupsd")
            .args(["-f", "-c", &at("cupsd.conf"), "-s", &at("files.conf")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let cups = Self { process, port, folder };
        let queue = ["-p", "kiosk", "-E", "-v", "file:///dev/null"];
        let socket = cups.folder.path().join("socket").display().to_string();
        let since = Instant::now();
        while !run("lpadmin", &[&["-h", &socket], &queue[..]].concat()) {
            assert!(since.elapsed() < Duration::from_secs(20), "{}", cups.said());
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(cups)
    }

    pub fn said(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log/error")).unwrap_or_default()
    }

    pub fn uri(&self) -> String {
        format!("ipp://127.0.0.1:{}/printers/kiosk", self.port)
    }

    pub fn printer(&self) -> Printer {
        Printer::new(&self.uri()).unwrap().polling(Duration::from_millis(50))
    }

    pub fn queue(&self, program: &str) {
        let socket = self.folder.path().join("socket").display().to_string();
        assert!(run(program, &["-h", &socket, "kiosk"]), "{program}: {}", self.said());
    }

    /// Files of jobs and of documents, as CUPS names them.
    pub fn spooled(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path().join("spool")).unwrap();
        entries.map(|e| e.unwrap().path()).filter(|p| p.is_file()).collect()
    }
}

#[track_caller]
pub fn eventually(what: &str, mut good: impl FnMut() -> bool, cups: &Cups) {
    let since = Instant::now();
    while !good() {
        assert!(since.elapsed() < Duration::from_secs(30), "{what}: {:?}\n{}", cups.spooled(), cups.said());
        std::thread::sleep(Duration::from_millis(50));
    }
}
