//! The lessons are played to their end on the real screens, in every language, at the smallest and the
//! largest text: a screen that changes under a lesson fails here, by the code that
//! `tereze lessons check` runs. And that code finds what it is for.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use tereze::cli::lessons::{play, told};
use tereze::content::Snapshot;
use tereze::domain::lesson::Lesson;
use tereze::i18n::Lang;
use tereze::lesson::check;
use tereze::ui::theme::Look;

const FIRST: &str = include_str!("../assets/lessons/first-touch.toml");

fn lesson(text: &str) -> Arc<Lesson> {
    Arc::new(toml::from_str(text).expect("a readable lesson"))
}

#[test]
fn every_lesson_is_good_and_plays_to_its_end() {
    let content = Snapshot::embedded().unwrap();
    assert!(content.lessons().len() >= 3);
    let all: Vec<&Lesson> = content.lessons().iter().map(AsRef::as_ref).collect();
    assert!(check::together(&all).is_empty());
    let mut faults = Vec::new();
    for lesson in content.lessons() {
        let written = check::lesson(lesson, &lesson.id, content);
        faults.extend(written.iter().map(|f| told(&lesson.id, f, None, Lang::En)));
        let played = play::everywhere(lesson).expect("the practice world");
        assert!(played.times >= 18, "{} looks", played.times);
        faults.extend(played.faults.iter().map(|f| told(&lesson.id, &f.finding, Some(&f.look), Lang::En)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What playing the first lesson finds after a change to its file.
fn found(from: &str, to: &str) -> String {
    let planted = FIRST.replacen(from, to, 1);
    assert_ne!(planted, FIRST, "{from}");
    let found = play::one(&lesson(&planted), &Look::default()).expect("the practice world");
    found.iter().map(|f| told("planted", f, None, Lang::En)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_control_that_is_gone_is_found_with_the_one_that_was_meant() {
    let found = found("at = [\"home.about\"]", "at = [\"home.abut\"]");
    assert!(
        found.contains("home.abut") && found.contains("home.about") && found.contains("touch"),
        "{found}"
    );
}

#[test]
fn a_control_that_is_dimmed_when_it_is_needed_is_found() {
    let found = found("with = [\"page.next\"]\n", "");
    assert!(found.contains("page.next is dimmed") && found.contains("region"), "{found}");
}

#[test]
fn a_step_that_is_done_and_does_not_count_is_found() {
    let found = found("done = { taps = 1 }", "done = { taps = 2 }");
    assert!(found.contains("did not end") && found.contains("touch"), "{found}");
}

fn command(arguments: &[&str], files: &[&Path]) -> (Option<i32>, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_tereze"))
        .args(["--lang", "en", "lessons", "check"])
        .args(arguments)
        .args(files)
        .output()
        .expect("the program runs");
    let said = [out.stdout, out.stderr].concat();
    (out.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn the_command_judges_files_and_folders() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("first-touch.toml");
    std::fs::write(&file, FIRST).unwrap();
    let (code, said) = command(&["--read-only"], &[dir.path()]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = command(&["--read-only"], &[]);
    assert!(code == Some(0) && said.contains("where-is-my-letter"), "{said}");
    for (from, to, word) in [
        ("minutes = 4", "minutes = 4\nauthor = \"a\"", "author"),
        ("hint = {", "hint = { kk = \"а\" }\nwords_too = {", "kk"),
        ("id = \"back\"", "id = \"touch\"", "twice"),
        ("done = { taps = 1 }", "done = { taps = 0 }", "never done"),
        ("en = \"Touch inside", &format!("en = \"{} Touch inside", "so ".repeat(20)), "15 words"),
    ] {
        std::fs::write(&file, FIRST.replacen(from, to, 1)).unwrap();
        let (code, said) = command(&["--read-only"], &[&file]);
        assert!(code == Some(1) && said.contains(word), "{word}: {code:?} {said}");
    }
    let (code, said) = command(&[], &[&dir.path().join("none.toml")]);
    assert_eq!(code, Some(66), "{said}");
    let empty = tempfile::tempdir().unwrap();
    let (code, said) = command(&[], &[empty.path()]);
    assert_eq!(code, Some(66), "{said}");
}
