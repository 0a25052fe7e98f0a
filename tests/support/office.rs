//! A real IPP printer (`ippeveprinter`) on loopback; a script plays its paper path.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tereze::print::PrintError;
use tereze::print::printer::Printer;

/// The printer's paper path: plays what `mode` says, waits for `go`, then "prints" by copying.
const SCRIPT: &str = r#"#!/bin/sh
cd "$(dirname "$0")" || exit 1
wait_for() { n=0; while [ ! -e "$1" ] && [ $n -lt 600 ]; do sleep 0.05; n=$((n+1)); done; }
case "$(cat mode)" in
paper-out) echo "STATE: +media-empty-error" >&2; touch waiting; wait_for go; echo "STATE: -media-empty-error" >&2 ;;
jam) echo "STATE: +media-jam-error" >&2; touch waiting; wait_for go; echo "STATE: -media-jam-error" >&2 ;;
slow) touch waiting; wait_for go ;;
abort) exit 1 ;;
esac
cp "$1" printed.tmp && mv printed.tmp printed
"#;

/// A printer that stands on loopback until it is dropped.
pub struct Office {
    dir: tempfile::TempDir,
    bus: Child,
    pub process: Child,
    pub uri: String,
}

impl Office {
    pub async fn open(mode: &str, formats: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::create_dir(at("spool")).unwrap();
        std::fs::write(at("script"), SCRIPT).unwrap();
        std::fs::write(at("mode"), mode).unwrap();
        let mut allow = std::fs::metadata(at("script")).unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut allow, 0o755);
        std::fs::set_permissions(at("script"), allow).unwrap();
        // ippeveprinter announces itself over a system bus: a private one, so that none is needed.
        let address = format!("unix:path={}", at("bus").display());
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address", "--address", &address])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon is installed by packaging/setup.sh test");
        let mut ready = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let printer = Command::new("ippeveprinter")
            .args(["-r", "off", "-p", &port.to_string(), "-n", "localhost", "-f", formats, "-d"])
            .arg(at("spool"))
            .arg("-c")
            .arg(at("script"))
            .arg("Kiosk")
            .env("DBUS_SYSTEM_BUS_ADDRESS", &address)
            .env("PATH", format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("ippeveprinter is installed by packaging/setup.sh test");
        let uri = format!("ipp://localhost:{port}/ipp/print");
        let office = Self { dir, bus, process: printer, uri };
        let since = Instant::now();
        while office.printer().ready().await == Err(PrintError::Offline) {
            assert!(since.elapsed() < Duration::from_secs(20), "the printer does not come up");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        office
    }

    pub async fn usual(mode: &str) -> Self {
        Self::open(mode, "application/pdf,image/pwg-raster").await
    }

    pub fn printer(&self) -> Printer {
        Printer::new(&self.uri).unwrap().polling(Duration::from_millis(50))
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn go(&self) {
        std::fs::write(self.at("go"), "").unwrap();
    }

    /// `job-state` as ipptool reads it: an independent client.
    pub fn job_state(&self, id: u32) -> Option<String> {
        let test = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            test.path(),
            format!(
                "{{\nOPERATION Get-Job-Attributes\nGROUP operation-attributes-tag\n\
                 ATTR charset attributes-charset utf-8\nATTR naturalLanguage attributes-natural-language en\n\
                 ATTR uri printer-uri $uri\nATTR integer job-id {id}\n\
                 ATTR name requesting-user-name kiosk\nDISPLAY job-state\n}}\n"
            ),
        )
        .unwrap();
        let out =
            Command::new("ipptool").arg("-tv").arg(&self.uri).arg(test.path()).output().expect("ipptool");
        let out = String::from_utf8_lossy(&out.stdout).into_owned();
        let line = out.lines().find(|l| l.contains("job-state (enum)"))?;
        Some(line.split('=').nth(1)?.trim().to_owned())
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.go();
        for child in [&mut self.process, &mut self.bus] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
