//! The house's rules, enforced: who may know whom, where time, files and colours may be touched, how long a file may
//! be, which crates may come in. ARCHITECTURE.md says why. The rules are data in `support/tidy/rules.rs`.

#[path = "support/tidy/crates.rs"]
mod crates;
#[path = "support/tidy/planted.rs"]
mod planted;
#[path = "support/tidy/rules.rs"]
mod rules;
#[path = "support/tidy/source.rs"]
mod source;

use std::path::{Path, PathBuf};

use source::Source;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `folder`, as paths from the repository's root, sorted.
fn files(folder: &str) -> Vec<String> {
    let (mut out, mut open) = (vec![], vec![root().join(folder)]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy();
            if name == "target" || name == ".git" {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else {
                out.push(path.strip_prefix(root()).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    out.sort();
    out
}

/// The text of a file; `None` for bytes that are no text, like pictures.
fn text(path: impl AsRef<Path>) -> Option<String> {
    String::from_utf8(std::fs::read(root().join(path)).unwrap()).ok()
}

fn parsed() -> Vec<Source> {
    let paths = files("src");
    let rust = paths.iter().filter(|p| p.ends_with(".rs"));
    rust.map(|path| Source::parse(path, &text(path).expect("Rust is UTF-8"))).collect()
}

/// The shipped code: without what only tests compile.
fn shipped() -> Vec<Source> {
    let all = parsed();
    let tests = rules::test_files(&all);
    all.into_iter().filter(|s| !tests.contains(&s.path)).collect()
}

#[track_caller]
fn none(findings: Vec<String>) {
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}

#[track_caller]
fn none_in_shipped(rule: impl Fn(&Source) -> Vec<String>) {
    let sources = shipped();
    assert!(sources.len() > 20, "the sources were not found");
    none(sources.iter().flat_map(rule).collect());
}

#[test]
fn a_room_knows_only_the_rooms_below_it() {
    none_in_shipped(rules::rooms);
}

#[test]
fn outside_crates_are_named_only_in_their_rooms() {
    none_in_shipped(rules::outside);
}

#[test]
fn only_clock_reads_the_time() {
    none_in_shipped(rules::time);
}

#[test]
fn nothing_panics_without_a_reason() {
    none_in_shipped(rules::panics);
}

#[test]
fn colours_fonts_and_sizes_have_names() {
    none_in_shipped(rules::looks);
}

#[test]
fn every_source_file_is_part_of_the_program() {
    none(rules::reached(&parsed()));
}

#[test]
fn no_file_is_too_long() {
    let paths = ["src", "tests", "benches"].into_iter().flat_map(files);
    none(paths.flat_map(|path| rules::length(&path, &text(&path).unwrap_or_default())).collect());
}

#[test]
fn nothing_is_left_for_later_and_no_place_of_one_machine_is_named() {
    let paths = files("").into_iter().filter(|p| p != "Cargo.lock" && p != "LICENSE");
    none(paths.filter_map(|path| Some(rules::text(&path, &text(&path)?))).flatten().collect());
}

#[test]
fn every_dependency_is_used() {
    none(crates::unnamed(&parsed(), &root()));
}

#[test]
fn crates_come_from_one_registry_under_permissive_licences_and_once() {
    none(crates::judged(&root()));
}
