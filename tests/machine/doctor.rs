//! `tereze doctor` beside a kiosk that runs: every part, well and then broken, with its fault and what to do, in
//! three languages, in words and in JSON.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tereze::clock::{Clock, Moment};
use tereze::desk::StaffPin;
use tereze::domain::{Digest, SubmissionId};
use tereze::fault::Code;
use tereze::i18n::{Lang, Msg, tr};
use tereze::private::Secret;
use tereze::store::disk::DataDir;
use tereze::store::shelf::{DiskShelf, Facts, Shelf as _};

use crate::bench::alone;
use crate::deployment::{Deployment, Running, eventually, screen, tereze, text};
use crate::office::Office;

/// In the order in which staff read them.
const PARTS: [&str; 10] =
    ["setup", "outbox", "portal", "card", "printer", "clock", "disk", "content", "staff-pin", "help"];

impl Deployment {
    /// The kiosk's own program, on a screen; ready once it answers.
    fn open_kiosk(&self, display: &str, faketime: Option<&Path>) -> Running {
        let mut command = self.command(&["--lang", "en", "kiosk", "--windowed", "1366x768"]);
        command.env("DISPLAY", display).env_remove("WAYLAND_DISPLAY").stdin(Stdio::null());
        if let Some(file) = faketime {
            let library = library();
            command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", file);
            command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        let kiosk = Running(command.spawn().unwrap());
        eventually("the kiosk answers", || self.doctor()["running"] == true);
        kiosk
    }

    /// What doctor says as JSON; the words and the exit code must say the same.
    fn doctor(&self) -> Value {
        let out = self.command(&["--lang", "en", "doctor", "--json"]).output().unwrap();
        let said: Value = serde_json::from_slice(&out.stdout)
            .unwrap_or_else(|e| panic!("{e}: {} {}", text(&out.stdout), text(&out.stderr)));
        let exit = match said["state"].as_str().unwrap() {
            "ok" => 0,
            "fault" => 1,
            _ => 2,
        };
        assert_eq!(out.status.code(), Some(exit), "{said:#}");
        documented(&said);
        said
    }

    /// Waits until doctor finds this part so, then hears it in every language.
    #[track_caller]
    fn says(&self, part: &str, state: &str, code: Option<&str>) -> Value {
        let mut last = Value::Null;
        let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while last["state"] != state || last["code"].as_str() != code {
            assert!(std::time::Instant::now() < end, "{part} is not {state} {code:?}: {last:#}");
            if !last.is_null() {
                std::thread::sleep(std::time::Duration::from_millis(200));
            }
            last = finding(&self.doctor(), part);
        }
        for lang in Lang::ALL {
            let out = self.command(&["--lang", lang.tag(), "doctor"]).output().unwrap();
            let said = text(&out.stdout);
            let name = tr(lang, named(part));
            let line = said.lines().find(|l| l.contains(&format!(" {name}: "))).expect(&said);
            let mark = match state {
                "ok" => '✓',
                "warning" => '!',
                "fault" => '✗',
                _ => '?',
            };
            assert!(line.starts_with(mark), "{line}");
            if let Some(code) = code {
                let (words, remedy) = words(lang, code);
                assert!(said.contains(&format!("    {words}. {remedy}")), "{code} in {lang:?}:\n{said}");
                assert!(lang != Lang::En || (last["says"] == words && last["remedy"] == remedy), "{last:#}");
            }
        }
        last
    }
}

fn finding(report: &Value, part: &str) -> Value {
    let all = report["findings"].as_array().unwrap();
    all.iter().find(|f| f["what"] == part).unwrap_or_else(|| panic!("no {part} in {report:#}")).clone()
}

/// What stands in the words' file for this fault, as staff are told it.
fn words(lang: Lang, code: &str) -> (String, String) {
    let code = Code::listed(code).unwrap();
    let say = |id: String| Msg::from_id(&id).map(|m| tr(lang, m));
    (say(code.message_id()).unwrap(), say(code.staff_id()).or_else(|| say(code.remedy_id())).unwrap())
}

fn named(part: &str) -> Msg {
    let id = if part == "staff-pin" { "pin" } else { part };
    Msg::from_id(&format!("doctor-{id}")).unwrap()
}

/// Every name in the report stands in docs/doctor.md as it is written here.
fn documented(report: &Value) {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/doctor.md")).unwrap();
    let known = |name: &str| assert!(page.contains(&format!("`{name}`")), "docs/doctor.md lacks `{name}`");
    let keys = |value: &Value| value.as_object().unwrap().keys().for_each(|key| known(key));
    keys(report);
    for finding in report["findings"].as_array().unwrap() {
        keys(finding);
        known(finding["what"].as_str().unwrap());
        known(finding["state"].as_str().unwrap());
        for fact in finding["facts"].as_array().unwrap() {
            match fact {
                Value::String(name) => known(name),
                fact => keys(fact),
            }
        }
    }
    for letter in report["letters"].as_array().unwrap() {
        keys(letter);
        known(letter["way"].as_str().unwrap());
    }
}

fn library() -> String {
    let machine = std::env::consts::ARCH;
    let path = format!("/usr/lib/{machine}-linux-gnu/faketime/libfaketime.so.1");
    assert!(Path::new(&path).exists(), "{path} is missing: apt-get install faketime");
    path
}

fn mounted(folder: &Path, options: &str) -> bool {
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder);
    mount.stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

#[test]
fn doctor_names_what_breaks_beside_a_kiosk_that_runs() {
    alone("doctor::doctor_names_what_breaks_beside_a_kiosk_that_runs", async |bench| {
        let mut office = Office::usual("good").await;
        let mut machine = Deployment::new(&bench.folder, tereze());
        std::fs::create_dir(machine.data()).unwrap();
        // A small disk of its own, where this may be had.
        let disk = mounted(&machine.data(), "size=700m,mode=700");

        // Before anything was chosen; then step by step.
        let nothing = machine.command(&["doctor"]);
        let mut nothing = Command::new(nothing.get_program());
        nothing.args(["--data"]).arg(machine.data()).args(["--lang", "en", "doctor"]);
        let said = nothing.env("HOME", &machine.folder).output().unwrap();
        let (not_set_up, remedy) = words(Lang::En, "boot.not-set-up");
        assert!(text(&said.stdout).contains(&format!("{not_set_up}. {remedy}")), "{}", text(&said.stdout));
        assert_eq!(said.status.code(), Some(1));
        machine.set_up(&["--printer", &office.uri, "--language", "en"]);
        machine.says("setup", "fault", Some("boot.no-authorities"));
        let ca = machine.folder.join("ca.pem");
        let trust = machine.command(&["trust", "add", ca.to_str().unwrap()]).output().unwrap();
        assert!(trust.status.success(), "{}", text(&trust.stderr));
        machine.says("setup", "fault", Some("boot.not-enrolled"));
        machine.trust_and_enrol();

        // Everything runs.
        let (_screen, display) = screen();
        let kiosk = machine.open_kiosk(&display, None);
        for part in PARTS.iter().filter(|part| **part != "content") {
            machine.says(part, "ok", None);
        }
        let report = machine.doctor();
        let order: Vec<&str> =
            report["findings"].as_array().unwrap().iter().map(|f| f["what"].as_str().unwrap()).collect();
        assert_eq!(order, PARTS);
        assert!(finding(&report, "portal")["facts"][0]["answered"].as_i64().unwrap() > 1_700_000_000);
        // What the law's data say today is not this test's to know; that it is said, is.
        let content = finding(&report, "content");
        assert_eq!(content["facts"][0].as_object().unwrap().keys().collect::<Vec<_>>(), ["edition"]);

        // The reader, and what reads it.
        bench.pcscd.unplug();
        machine.says("card", "fault", Some("card.no-reader"));
        bench.pcscd.stop();
        machine.says("card", "fault", Some("card.no-service"));
        bench.pcscd.plug_in();
        machine.says("card", "ok", None);

        // The printer.
        office.process.kill().unwrap();
        office.process.wait().unwrap();
        machine.says("printer", "fault", Some("print.offline"));

        // The staff PIN: gone, damaged, tried too often.
        let pin = machine.data().join("staff.pin");
        let kept = std::fs::read(&pin).unwrap();
        std::fs::remove_file(&pin).unwrap();
        machine.says("staff-pin", "warning", Some("desk.no-pin"));
        std::fs::write(&pin, "{").unwrap();
        machine.says("staff-pin", "fault", Some("desk.pin-damaged"));
        std::fs::write(&pin, kept).unwrap();
        let guesses = StaffPin::in_folder(&machine.data(), Clock::system());
        while guesses.check(&Secret::from_vec(b"135790".into())).map_err(|e| e.to_string())
            == Err("another PIN".into())
        {}
        let waits = machine.says("staff-pin", "warning", Some("desk.wait"));
        assert!(waits["facts"][0]["until"].as_i64().unwrap() > Clock::system().now().wall.0);

        if disk {
            let sized = |size: &str| assert!(mounted(&machine.data(), &format!("remount,size={size}")));
            sized("300m");
            machine.says("disk", "warning", Some("store.nearly-full"));
            sized("40m");
            machine.says("disk", "fault", Some("store.full"));
            sized("700m");
            machine.says("disk", "ok", None);
        } else {
            println!("no mounts of its own are allowed here: the full disk was left out");
        }

        // The portal is gone, and a letter waits: as warnings, for offline is the normal case.
        machine.kill_portal();
        machine.says("portal", "warning", Some("portal.unreachable"));
        kiosk.kill();
        put_letter(&machine.data());
        let kiosk = machine.open_kiosk(&display, None);
        let outbox = machine.says("outbox", "warning", Some("portal.unreachable"));
        assert_eq!(outbox["facts"], serde_json::json!([{"unsent": 1}, {"registered": 0}]));
        let letter = machine.doctor()["letters"][0].clone();
        assert_eq!((&letter["way"], &letter["code"]), (&"waiting".into(), &"portal.unreachable".into()));

        // The portal is back and knows this kiosk no longer: the letter is stuck until somebody acts.
        revoke(&machine.folder.join("portal")).await;
        machine.start_portal();
        let outbox = machine.says("outbox", "fault", Some("server.not-enrolled"));
        assert_eq!(outbox["facts"], serde_json::json!([{"stuck": 1}, {"unsent": 0}, {"registered": 0}]));
        machine.says("portal", "ok", None);

        // The same after the kiosk is gone, by this command's own look.
        kiosk.kill();
        assert_eq!(machine.doctor()["running"], false);
        machine.says("outbox", "fault", Some("server.not-enrolled"));

        // The clock falls back under the kiosk's feet, and is set right again.
        let time = machine.folder.join("time");
        std::fs::write(&time, "+0").unwrap();
        let _kiosk = machine.open_kiosk(&display, Some(&time));
        machine.says("clock", "ok", None);
        std::fs::write(&time, "-2y").unwrap();
        machine.says("clock", "fault", Some("clock.doubtful"));
        machine.says("content", "not-checked", Some("clock.doubtful"));
        std::fs::write(&time, "+0").unwrap();
        machine.says("clock", "ok", None);
    });
}

/// An envelope on its way, as an earlier visit left it.
fn put_letter(data: &Path) {
    let bytes = vec![7; 400];
    let (folder, _) = DataDir::open(data, "kiosk", 1).unwrap();
    let facts = Facts {
        submission: SubmissionId([7; 16]),
        statement: Digest([7; 32]),
        size: 400,
        stored: Moment(Clock::system().now().wall.0 - 60),
        attempts: 0,
        mark: None,
        fault: None,
        again: None,
        former: None,
    };
    DiskShelf::open(&folder).unwrap().put(Digest::of(&bytes), &facts, &bytes, None).unwrap();
}

/// The portal's administrator takes every kiosk's credential back.
async fn revoke(portal: &Path) {
    use sqlx::Connection as _;
    let url = format!("sqlite://{}", portal.join("portal.sqlite").display());
    let mut db = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("UPDATE kiosks SET revoked = 1").execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}
