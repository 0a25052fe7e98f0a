//! `make bench`: speed, memory, size and bytes on the wire, each beside its bar, and beside other programs measured in
//! the same run. Prints a table, writes `target/bench.json`, and fails if a bar is not held.
//! Usage: tereze-bench TEREZE-BINARY [PART…]

mod cards;
mod line;
mod process;
mod screen;
mod start;
mod table;
mod wire;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use table::Row;

type Part = fn(&Path, &Path) -> Result<Vec<Row>, String>;

/// In the order they are run.
const PARTS: &[(&str, Part)] = &[("start", start::rows), ("cards", cards::rows), ("wire", wire::rows)];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // The two ends of the line, in namespaces that `wire` makes.
    let side = match args.first().map(String::as_str) {
        Some("wire-inside") => Some(wire::inside()),
        Some("wire-portal") => Some(wire::portal()),
        _ => None,
    };
    if let Some(done) = side {
        return match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("{why}");
                ExitCode::FAILURE
            }
        };
    }
    if let [part, folder] = &args[..]
        && part == cards::INSIDE
    {
        return cards::inside(Path::new(folder));
    }
    let Some(tereze) = args.first().map(PathBuf::from) else {
        eprintln!("usage: tereze-bench TEREZE-BINARY [PART…]");
        return ExitCode::from(2);
    };
    let scratch = std::env::temp_dir().join(format!("tereze-bench-home-{}", std::process::id()));
    if let Err(e) = std::fs::create_dir_all(&scratch) {
        eprintln!("{}: {e}", scratch.display());
        return ExitCode::FAILURE;
    }
    let (mut rows, mut whole) = (vec![], true);
    for (name, part) in PARTS {
        if args.len() > 1 && !args[1..].iter().any(|wanted| wanted == name) {
            continue;
        }
        println!("measuring: {name}");
        match part(&tereze, &scratch) {
            Ok(found) => rows.extend(found),
            Err(why) => {
                eprintln!("{name}: could not be measured: {why}");
                whole = false;
            }
        }
    }
    println!();
    table::print(&rows);
    let to = PathBuf::from("target/bench.json");
    if let Err(e) = table::write(&rows, &to) {
        eprintln!("{}: {e}", to.display());
        whole = false;
    }
    let _ = std::fs::remove_dir_all(&scratch);
    let missed = rows.iter().filter(|row| !row.holds()).count();
    println!("\n{} figures, {missed} over their bar; also in {}", rows.len(), to.display());
    if whole && missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
