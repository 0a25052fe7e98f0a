//! A real IPP printer (`ippeveprinter`) on loopback, whose faults a script plays.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tereze::fault::Code;
use tereze::i18n::Lang;
use tereze::print::printer::Readiness;
use tereze::print::*;

use crate::samples::*;

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

struct Office {
    dir: tempfile::TempDir,
    bus: Child,
    printer: Child,
    pub uri: String,
}

impl Office {
    async fn open(mode: &str, formats: &str) -> Self {
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
        let office = Self { dir, bus, printer, uri };
        let since = Instant::now();
        while office.printer().ready().await == Err(PrintError::Offline) {
            assert!(since.elapsed() < Duration::from_secs(20), "the printer does not come up");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        office
    }

    async fn usual(mode: &str) -> Self {
        Self::open(mode, "application/pdf,image/pwg-raster").await
    }

    fn printer(&self) -> Printer {
        Printer::new(&self.uri).unwrap().polling(Duration::from_millis(50))
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn go(&self) {
        std::fs::write(self.at("go"), "").unwrap();
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.go();
        for child in [&mut self.printer, &mut self.bus] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Waits for a state; every state on the way is kept.
async fn until(job: &Job, mut wanted: impl FnMut(Progress) -> bool) -> Vec<Progress> {
    let mut status = job.status();
    let mut seen = vec![*status.borrow_and_update()];
    while !wanted(*seen.last().unwrap()) {
        let next = tokio::time::timeout(Duration::from_secs(60), status.changed()).await;
        next.unwrap_or_else(|_| panic!("stands at {seen:?}")).unwrap_or_else(|_| panic!("ended at {seen:?}"));
        seen.push(*status.borrow_and_update());
    }
    seen
}

async fn eventually(what: &str, mut yes: impl FnMut() -> bool) {
    let since = Instant::now();
    while !yes() {
        assert!(since.elapsed() < Duration::from_secs(30), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn page() -> Pdf {
    receipt_pages(Lang::Kk, true)
}

const PAPER_OUT: Progress = Progress::Trouble(Code("print.paper-out"));

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_comes_out_as_it_was_made() {
    let office = Office::usual("good").await;
    let Readiness { model, trouble, a4, .. } = office.printer().ready().await.unwrap();
    assert!(!model.is_empty() && trouble.is_none() && a4, "{model} {trouble:?} {a4}");
    let job = office.printer().print(page());
    let seen = until(&job, Progress::is_final).await;
    assert_eq!(seen.last(), Some(&Progress::Done), "{seen:?}");
    assert!(std::fs::read(office.at("printed")).unwrap() == page().bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn paper_runs_out_and_printing_goes_on_by_itself() {
    let office = Office::usual("paper-out").await;
    let job = office.printer().print(page());
    until(&job, |p| p == PAPER_OUT).await;
    assert!(!office.at("printed").exists());
    assert_eq!(office.printer().ready().await.unwrap().trouble, Some(Code("print.paper-out")));
    office.go();
    let seen = until(&job, Progress::is_final).await;
    assert_eq!(seen.last(), Some(&Progress::Done), "{seen:?}");
    assert!(office.at("printed").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jam_is_told_and_the_visitor_may_cancel() {
    let office = Office::usual("jam").await;
    let job = office.printer().print(page());
    until(&job, |p| p == Progress::Trouble(Code("print.jam"))).await;
    job.cancel();
    // The printer takes note; the sheet that jams is let go of only when it is pulled out.
    tokio::time::sleep(Duration::from_millis(300)).await;
    office.go();
    let seen = until(&job, Progress::is_final).await;
    assert_eq!(seen.last(), Some(&Progress::Cancelled), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_breaks_off_is_told() {
    let office = Office::usual("abort").await;
    let job = office.printer().print(page());
    let seen = until(&job, Progress::is_final).await;
    assert_eq!(seen.last(), Some(&Progress::Failed(Code("print.aborted"))), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_who_leaves_takes_the_waiting_job_along() {
    let office = Office::usual("paper-out").await;
    let job = office.printer().print(page());
    until(&job, |p| p == PAPER_OUT).await;
    let mut status = job.status();
    drop(job);
    // The last one who listens: what the worker says after this nobody hears.
    assert_eq!(*status.borrow_and_update(), PAPER_OUT);
    drop(status);
    tokio::time::sleep(Duration::from_millis(500)).await;
    office.go();
    // Asked of the printer itself.
    eventually("the job is cancelled", || ipp_job_state(&office.uri, 1) == Some("canceled".into())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_come_out_already_are_finished_without_the_visitor() {
    let office = Office::usual("slow").await;
    let job = office.printer().print(page());
    until(&job, |p| p == Progress::Printing).await;
    eventually("the printer has begun", || office.at("waiting").exists()).await;
    drop(job);
    tokio::time::sleep(Duration::from_millis(300)).await;
    office.go();
    eventually("the page is out", || office.at("printed").exists()).await;
    eventually("the job is done", || ipp_job_state(&office.uri, 1) == Some("completed".into())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_printer_no_pdf_and_a_printer_that_goes_away() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let printer = Printer::new(&format!("ipp://127.0.0.1:{nobody}/ipp/print")).unwrap();
    assert_eq!(printer.ready().await, Err(PrintError::Offline));
    let job = printer.print(page());
    let seen = until(&job, Progress::is_final).await;
    assert_eq!(seen.last(), Some(&Progress::Failed(Code("print.offline"))));

    let office = Office::open("good", "image/pwg-raster").await;
    assert_eq!(office.printer().ready().await, Err(PrintError::NoPdf));
    let job = office.printer().print(page());
    let seen = until(&job, Progress::is_final).await;
    assert_eq!(seen.last(), Some(&Progress::Failed(Code("print.no-pdf"))));

    let mut office = Office::usual("slow").await;
    let job = office.printer().print(page());
    until(&job, |p| p == Progress::Printing).await;
    office.printer.kill().unwrap();
    until(&job, |p| p == Progress::Trouble(Code("print.offline"))).await;
}

/// `job-state` as ipptool reads it: an independent client.
fn ipp_job_state(uri: &str, id: u32) -> Option<String> {
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
    let out = Command::new("ipptool").arg("-tv").arg(uri).arg(test.path()).output().expect("ipptool");
    let out = String::from_utf8_lossy(&out.stdout).into_owned();
    let line = out.lines().find(|l| l.contains("job-state (enum)"))?;
    Some(line.split('=').nth(1)?.trim().to_owned())
}
