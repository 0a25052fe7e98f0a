//! The kiosk falls in the middle of a visit: by a panic, a fault or a kill. Afterwards neither a file, the log, a core dump nor
//! the kiosk that is started anew holds anything of hers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tereze::card::CardStatus;

use crate::bench::{alone, until};
use crate::firmware::Kind;
use crate::hers::{self, Mark, PIN};
use crate::remote::Remote;
use crate::{portal_in, to_the_pin, type_pin};

const ALL: [Mark; 3] = [Mark::Pin, Mark::Words, Mark::Iin];

fn cores(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(cores(&path));
        } else if path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("core")) {
            found.push(path);
        }
    }
    found
}

/// Whether this system writes a core file where nothing forbids it: else none would prove nothing.
fn writes_cores(folder: &Path) -> bool {
    let place = folder.join("control");
    fs::create_dir_all(&place).unwrap();
    let fall = "ulimit -c unlimited && kill -SEGV $$";
    let _ = Command::new("sh").args(["-c", fall]).current_dir(&place).status();
    let written = !cores(&place).is_empty();
    fs::remove_dir_all(&place).unwrap();
    written
}

/// `none`, or what was found.
fn told(found: &[Mark]) -> String {
    if found.is_empty() { "none".into() } else { format!("{found:?}") }
}

#[test]
fn a_fall_in_mid_visit_leaves_nothing_either() {
    alone("falls::a_fall_in_mid_visit_leaves_nothing_either", async |bench| {
        let folder = bench.folder.clone();
        let mut card = bench.card();
        card.personalise(&folder, Kind::Ec);
        card.order(&format!("pin 123456 {PIN}"));
        let (portal, code) = portal_in(&folder);
        // The program itself, as every command of it begins.
        let limits = fs::read_to_string(format!("/proc/{}/limits", portal.0.id())).unwrap();
        let core = limits.lines().find(|l| l.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
        let written = if writes_cores(&folder) { "none" } else { "not judged: this system writes none" };

        let mut code = code;
        let mut table = vec![];
        for fall in ["panic elsewhere", "panic while drawing", "SIGSEGV", "SIGABRT", "SIGKILL"] {
            let mut kiosk = Remote::start(&folder, &code, None);
            code.clear();
            to_the_pin(&mut kiosk);
            card.insert();
            kiosk.order("until pin.1");
            if table.is_empty() {
                let found = kiosk.holds(&[Mark::Words]);
                assert!(found.contains(&Mark::Words), "the search finds what is there");
            }
            type_pin(&mut kiosk);
            // With the PIN just used: on its way to the card, or after the signature.
            let memory = match fall {
                "panic elsewhere" => {
                    kiosk.order("fall elsewhere");
                    kiosk.order("until received.print");
                    card.remove();
                    kiosk.order("tap page.next");
                    kiosk.order("end");
                    kiosk.holds(&ALL)
                }
                "panic while drawing" => {
                    kiosk.last_order("fall drawing");
                    assert!(!kiosk.ended().success());
                    vec![]
                }
                signal => {
                    if signal != "SIGKILL" {
                        kiosk.order("until received.print");
                    }
                    kiosk.signal(&signal[3..]);
                    vec![]
                }
            };
            drop(kiosk);
            if fall != "panic elsewhere" {
                card.remove();
                // Put in again before the reader has noticed, it would be the card that was left.
                until(&bench.kiosk(), |status| matches!(status, CardStatus::NoCard)).await;
            }
            // Another visitor comes.
            let mut next = Remote::start(&folder, &code, None);
            next.order("until attract.start.kk");
            let after = next.holds(&ALL);
            drop(next);
            let search = |place: &str| -> Vec<Mark> {
                hers::in_files(&folder.join(place), &ALL).into_iter().flat_map(|(_, marks)| marks).collect()
            };
            let log = fs::read(folder.join("log")).unwrap();
            let log = hers::in_bytes(&log, &ALL);
            let (data, temp) = (search("kiosk"), [search("tmp"), search("home")].concat());
            let dumps = cores(&folder);
            assert!(dumps.is_empty(), "{fall}: {dumps:?}");
            for (place, found) in
                [("memory", &memory), ("data", &data), ("temp", &temp), ("log", &log), ("anew", &after)]
            {
                assert!(found.is_empty(), "{fall}: {found:?} in {place}");
            }
            // Where the process has ended there is no memory to look through.
            let memory = if fall == "panic elsewhere" { told(&memory) } else { "ended".into() };
            table.push(format!(
                "| {fall} | {memory} | {} | {} | {} | {written} | {} |",
                told(&data),
                told(&temp),
                told(&log),
                told(&after)
            ));
        }
        let log = fs::read_to_string(folder.join("log")).unwrap();
        let panics: Vec<&str> = log.lines().filter(|l| l.contains("panic")).collect();
        assert_eq!(panics.len(), 2, "{log}");
        assert!(
            panics.iter().all(|l| l.starts_with(r#"{"event":"panic","file":"tests/left/remote.rs","line":"#)),
            "{log}"
        );
        println!("| path | memory | data | temp, home | log | core | started anew |\n{}", table.join("\n"));
        // For whoever reads the run: the test's own process keeps its words to itself.
        if let Some(file) = option_env!("CARGO_TARGET_TMPDIR") {
            let _ = fs::write(Path::new(file).join("left.md"), table.join("\n"));
        }
    });
}
