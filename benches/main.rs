//! `make bench`: speed, memory, size and bytes on the wire, each beside its bar, and beside other programs measured in
//! the same run. Prints a table and writes `target/bench.json`. What cannot be measured here is said to be so, beside all
//! that can. Exit 0: every bar is held; 1: one is not; 2: something could not be measured.
//! Usage: tereze-bench TEREZE-BINARY [PART…]

mod cards;
mod frames;
mod line;
mod process;
mod screen;
mod start;
mod table;
mod trust;
mod window;
mod wire;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use table::Row;

type Part = fn(&Path, &Path) -> Result<Vec<Row>, String>;

/// By name, with what they measure, in the order they are run.
const PARTS: &[(&str, &str, Part)] = &[
    ("start", "start, memory, idle time, size", start::rows),
    ("frames", "tap to painted frame", frames::rows),
    ("screen", "tap to painted frame, on a screen", frames::screen),
    ("cards", "card signatures: what we add", cards::rows),
    ("trust", "signatures, by algorithm", trust::rows),
    ("wire", "a letter's bytes and seconds", wire::rows),
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let Some(done) = inner(&args) {
        return match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("{why}");
                ExitCode::FAILURE
            }
        };
    }
    let [tereze, wanted @ ..] = &args[..] else {
        eprintln!("usage: tereze-bench TEREZE-BINARY [PART…]");
        return ExitCode::from(2);
    };
    let tereze = Path::new(tereze);
    let names = PARTS.iter().map(|(name, ..)| *name).collect::<Vec<_>>();
    if let Some(strange) = wanted.iter().find(|w| !names.contains(&w.as_str())) {
        eprintln!("no part is called {strange}; there are {names:?}");
        return ExitCode::from(2);
    }
    let scratch = std::env::temp_dir().join(format!("tereze-bench-home-{}", std::process::id()));
    if let Err(e) = std::fs::create_dir_all(&scratch) {
        eprintln!("{}: {e}", scratch.display());
        return ExitCode::FAILURE;
    }
    let mut rows = vec![];
    for (name, what, part) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            println!("measuring: {what}");
            rows.extend(measure(what, *part, tereze, &scratch));
        }
    }
    let _ = std::fs::remove_dir_all(&scratch);
    println!();
    table::print(&rows);
    let to = PathBuf::from("target/bench.json");
    if let Err(e) = table::write(&rows, &to) {
        eprintln!("{}: {e}", to.display());
        return ExitCode::FAILURE;
    }
    let missed = rows.iter().filter(|row| row.misses()).count();
    let missing = rows.iter().filter(|row| row.value.is_none()).count();
    let (count, to) = (rows.len() - missing, to.display());
    println!("\n{count} figures, {missed} over their bar, {missing} not measured; also in {to}");
    match (missed, missing) {
        (0, 0) => ExitCode::SUCCESS,
        (0, _) => ExitCode::from(2),
        _ => ExitCode::FAILURE,
    }
}

/// What a part found; where it fails or panics, a row that says so: the other parts' figures are not lost.
fn measure(what: &str, part: Part, tereze: &Path, scratch: &Path) -> Vec<Row> {
    let found = std::panic::catch_unwind(|| part(tereze, scratch)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        Err(said.or(panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked").to_owned())
    });
    found.unwrap_or_else(|why| vec![Row::missing(what, why)])
}

/// The processes of this program that its parts start: with a reader, or as one of the two ends of a line.
fn inner(args: &[String]) -> Option<Result<(), String>> {
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [cards::INSIDE, folder] => Some(cards::inside(Path::new(folder))),
        ["wire-inside"] => Some(wire::inside()),
        ["wire-portal"] => Some(wire::portal()),
        _ => None,
    }
}
