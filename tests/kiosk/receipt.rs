//! The receipt's screen: what she takes along on a stick, and whether it is good elsewhere.

use std::path::Path;
use std::process::Command;

use tereze::domain::Digest;
use tereze::i18n::{Lang, Msg, Text, tr};
use tereze::screen::world::Things;
use tereze::sign::trust::CITIZEN;

use crate::port::{Port, among_own_mounts};
use crate::support::Kiosk;
use crate::visit::{begin_at, launch_with, pen_letter, things, to_the_pin_with};

/// The letter is registered.
pub fn to_the_receipt(lang: Lang, things: Things) -> Kiosk {
    let mut kiosk = to_the_pin_with(lang, things);
    kiosk.pin("123456");
    kiosk.tap("page.next");
    kiosk.until_shown("received.save");
    kiosk
}

fn with_port(port: &Port) -> Things {
    Things { sticks: port.sticks(), ..things() }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn says_fault(kiosk: &mut Kiosk, lang: Lang, code: &str) -> bool {
    [format!("fault-{code}"), format!("fault-{code}-remedy")]
        .iter()
        .all(|id| kiosk.says(&tr(lang, Msg::from_id(id).expect("a fault's words"))))
}

/// `tereze verify` as anybody runs it, with no settings of its own.
fn verify(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_tereze"))
        .arg("verify")
        .args(arguments)
        .current_dir(folder)
        .env_remove("TEREZE_CONFIG")
        .env("HOME", folder)
        .env("XDG_CONFIG_HOME", folder)
        .output()
        .unwrap();
    (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned())
}

#[test]
fn what_is_saved_is_checked_elsewhere() {
    if !among_own_mounts("receipt::what_is_saved_is_checked_elsewhere") {
        return;
    }
    let port = Port::new();
    let stick = port.put_in("ФЛЕШКА", "size=4m");
    let mut kiosk = to_the_receipt(Lang::Kk, with_port(&port));
    assert!(names(&stick).is_empty(), "nothing is saved by itself");
    let number = kiosk.tree().nodes.iter().find(|n| n.label.starts_with("ОҚУ-")).unwrap().label.clone();
    kiosk.until("the stick is seen", |k| !k.app.sticks().is_empty());
    kiosk.tap("received.save");
    let saved = Text::new(Msg::ReceivedSaved).with("stick", "ФЛЕШКА").say(Lang::Kk);
    kiosk.until("the files are saved", |k| k.says(&saved));
    let found = names(&stick);
    let expected = ["Портал кілттері №.cose", "Талон №.cose", "Талон №.pdf", "Хат №.p7m", "Хат №.pdf"];
    assert_eq!(found, expected.map(|name| name.replace('№', &number)));
    for name in &found {
        assert!(kiosk.says(name), "{name} is named on the screen");
    }

    // Away from the kiosk: what is published is the root, and the authority that issued her certificate.
    let away = tempfile::tempdir().unwrap();
    let [keys, receipt, paper, letter, copy] = &found[..] else { panic!("{found:?}") };
    for name in &found {
        std::fs::copy(stick.join(name), away.path().join(name)).unwrap();
    }
    let env = &kiosk.app.world().unwrap().env;
    let root = Digest(env.held.root()).to_string();
    let citizens = env.trust.only(CITIZEN);
    let (_, authority) = citizens.authorities().next().unwrap();
    std::fs::write(away.path().join("ca.der"), authority.der()).unwrap();
    let check = |arguments: &[&str]| verify(away.path(), arguments);
    let (exit, said) = check(&[receipt, "--keyset", keys, "--root", &root, "--json"]);
    assert!(exit == Some(0) && said.contains(&number), "{exit:?} {said}");
    let (exit, said) = check(&[letter, "--ca", "ca.der", "--json"]);
    assert!(exit == Some(0) && said.contains("ТЕСТОВ"), "{exit:?} {said}");
    // Without keys it could not be checked; changed, or under another root, it is not valid.
    assert_eq!(check(&[receipt]).0, Some(2));
    for (name, arguments) in
        [(receipt, &["--keyset", keys, "--root", &root][..]), (letter, &["--ca", "ca.der"][..])]
    {
        let path = away.path().join(name);
        let mut bytes = std::fs::read(&path).unwrap();
        let last = bytes.len() - 3;
        bytes[last] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let (exit, said) = check(&[&[name.as_str()][..], arguments].concat());
        assert_eq!(exit, Some(1), "{name}: {said}");
    }
    for (name, words) in [(paper, &number), (copy, &"ТЕСТОВ".to_owned())] {
        let out = Command::new("pdftotext").arg(away.path().join(name)).arg("-").output().expect("pdftotext");
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        assert!(out.status.success() && text.contains(words.as_str()), "{name}: {text}");
        assert!(!text.contains("900101300017"), "the IIN is masked");
    }

    // A second time nobody's file is lost.
    kiosk.tap("received.save");
    kiosk.until("ten files", |k| names(&stick).len() == 10 && k.says("(2).p7m"));
}

#[test]
fn without_a_stick_the_button_explains_and_several_are_asked_about() {
    if !among_own_mounts("receipt::without_a_stick_the_button_explains_and_several_are_asked_about") {
        return;
    }
    let lang = Lang::Ru;
    let port = Port::new();
    let mut kiosk = to_the_receipt(lang, with_port(&port));
    kiosk.tap("received.save");
    assert!(kiosk.says(&tr(lang, Msg::ReceivedNoStick)));
    let (first, second) = (port.put_in("A", "size=1m"), port.put_in("B", "size=1m"));
    kiosk.until("both are seen", |k| k.app.sticks().len() == 2);
    kiosk.until("the explanation goes", |k| !k.says(&tr(lang, Msg::ReceivedNoStick)));
    kiosk.tap("received.save");
    assert!(kiosk.says(&tr(lang, Msg::ReceivedWhichStick)));
    kiosk.tap("save.stick.1");
    let saved = Text::new(Msg::ReceivedSaved).with("stick", "B").say(lang);
    kiosk.until("saved on the second", |k| k.says(&saved));
    assert!(names(&first).is_empty() && names(&second).len() == 5, "{:?}", names(&second));
    // The page goes on, and asks for both.
    kiosk.tap("page.next");
    kiosk.until("both are asked for", |k| k.says("A, B"));
    for label in ["A", "B"] {
        assert!(kiosk.tree().find("page.next").is_some_and(|n| n.state.disabled));
        port.pull(label);
        kiosk.until("one fewer", |k| !k.says(label) || label == "A" && !k.says("A, B"));
    }
    assert!(kiosk.says(&tr(lang, Msg::TakeStickOut)));
    kiosk.tap("take.practice-card");
    kiosk.until("the reader is empty", |k| k.tree().find("page.next").is_some_and(|n| !n.state.disabled));
    kiosk.tap("page.next");
    assert!(kiosk.app.visit().is_none());
}

#[test]
fn full_read_only_and_pulled_are_said_and_leave_nothing_half() {
    if !among_own_mounts("receipt::full_read_only_and_pulled_are_said_and_leave_nothing_half") {
        return;
    }
    let lang = Lang::En;
    let port = Port::new();
    let stick = port.put_in("FULL", "size=32k");
    let mut kiosk = to_the_receipt(lang, with_port(&port));
    kiosk.until("the stick is seen", |k| !k.app.sticks().is_empty());
    kiosk.tap("received.save");
    kiosk.until("the fault's words", |k| says_fault(k, lang, "files-stick-full"));
    assert!(names(&stick).is_empty(), "{:?}", names(&stick));
    port.pull("FULL");
    kiosk.until("it is gone", |k| k.app.sticks().is_empty());

    let stick = port.put_in("LOCKED", "size=1m,ro");
    kiosk.until("it is seen", |k| !k.app.sticks().is_empty());
    kiosk.tap("received.save");
    kiosk.until("the fault's words", |k| says_fault(k, lang, "files-stick-read-only"));
    assert!(names(&stick).is_empty());

    // Pulled in the moment of the touch: the empty folder that is left is no stick.
    port.pull("LOCKED");
    kiosk.tap("received.save");
    kiosk.until("it is said", |k| {
        says_fault(k, lang, "files-stick-gone") || k.says(&tr(lang, Msg::ReceivedNoStick))
    });
    assert!(names(&port.place("LOCKED")).is_empty());
    // None of it stands in her way.
    assert!(kiosk.tree().find("page.next").is_some_and(|n| !n.state.disabled));
}

#[test]
fn a_letter_for_a_pen_is_saved_too() {
    if !among_own_mounts("receipt::a_letter_for_a_pen_is_saved_too") {
        return;
    }
    let port = Port::new();
    let stick = port.put_in("P", "size=1m");
    let mut kiosk = begin_at(launch_with(with_port(&port)), Lang::Kk);
    pen_letter(&mut kiosk, "жол нашар");
    kiosk.until("the stick is seen", |k| !k.app.sticks().is_empty());
    kiosk.tap("pen.save");
    let saved = Text::new(Msg::ReceivedSaved).with("stick", "P").say(Lang::Kk);
    kiosk.until("saved", |k| k.says(&saved));
    assert_eq!(names(&stick), [format!("{}.pdf", tr(Lang::Kk, Msg::PenFile))]);
    let out = Command::new("pdftotext").arg(stick.join(&names(&stick)[0])).arg("-").output().unwrap();
    assert!(String::from_utf8_lossy(&out.stdout).contains("Жол нашар"));
}
