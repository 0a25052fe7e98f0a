//! A letter is left half written, goes with the visitor, and is gone on with on another day: by
//! stick (a real mount), and by sheets (what a real printer printed, read by another program).

use std::path::Path;
use std::process::Command;

use tereze::fault::Code;
use tereze::i18n::{Lang, Msg, Text, tr};
use tereze::screen::world::Things;

use crate::office::Office;
use crate::port::{Port, among_own_mounts};
use crate::support::Kiosk;
use crate::visit::{begin, begin_at, half, launch_with, things};

const WORDS: &str = "жол нашар";
const WRITTEN: &str = "Жол нашар";

/// The words on screen of a fault.
fn fault(code: &'static str, lang: Lang) -> String {
    Text::new(Msg::from_id(&Code(code).message_id()).expect("its words")).say(lang)
}

/// The code as a visitor copies it.
fn copied(kiosk: &mut Kiosk) -> String {
    let tree = kiosk.tree();
    (1..=10).map(|n| tree.find(&format!("later.code.{n}")).expect("ten signs").label.clone()).collect()
}

fn type_code(kiosk: &mut Kiosk, code: &str) {
    for sign in code.chars() {
        kiosk.tap(&format!("key.{sign}"));
    }
}

fn text(kiosk: &mut Kiosk) -> Option<String> {
    kiosk.tree().find("letter.text").and_then(|n| n.value.clone())
}

/// Half a letter in Kazakh, locked; the code is copied.
fn locked(kiosk: &mut Kiosk) -> String {
    half(kiosk, WORDS);
    kiosk.tap("letter.later");
    kiosk.until("the letter is locked", |k| k.has("page.next"));
    copied(kiosk)
}

/// Leaves by the last page, whatever it asks for.
fn leave(kiosk: &mut Kiosk) {
    kiosk.tap("page.next");
    kiosk.until_shown("page.next");
    assert!(kiosk.says(&tr(Lang::Kk, Msg::TakeTitle)));
    kiosk.tap("bar.leave");
    assert!(kiosk.app.visit().is_none() && !kiosk.says("нашар"));
}

fn holds(folder: &Path, words: &str) -> bool {
    std::fs::read_dir(folder).expect("the stick").any(|file| {
        let bytes = std::fs::read(file.expect("a file").path()).expect("read");
        let utf16: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [words.as_bytes(), &utf16].iter().any(|w| bytes.windows(w.len()).any(|b| b == *w))
    })
}

#[test]
fn by_stick_the_letter_goes_on_where_it_was_left_in_another_language() {
    if !among_own_mounts("later::by_stick_the_letter_goes_on_where_it_was_left_in_another_language") {
        return;
    }
    let port = Port::new();
    let mut kiosk = begin_at(launch_with(Things { sticks: port.sticks(), ..things() }), Lang::Kk);
    let code = locked(&mut kiosk);
    // Nothing was saved: she is told, and stays.
    kiosk.tap("page.next");
    assert!(kiosk.says(&tr(Lang::Kk, Msg::LaterFirst)));
    let stick = port.put_in("KINGSTON", "size=1m");
    kiosk.until_shown("later.save.0");
    kiosk.tap("later.save.0");
    kiosk.until("it is saved", |k| k.says(&tr(Lang::Kk, Msg::LaterSaved)));
    let file = std::fs::read(stick.join("tereze-hat.tzd")).expect("the saved letter");
    for words in [WRITTEN, WORDS, &code, "letter.text"] {
        assert!(!holds(&stick, words), "{words} stands in clear on the stick");
    }
    kiosk.tap("page.next");
    assert!(kiosk.says(&tr(Lang::Kk, Msg::TakeStickIn)));
    port.pull("KINGSTON");
    kiosk.until("the stick is out", |k| !k.says(&tr(Lang::Kk, Msg::TakeStickIn)));
    kiosk.tap("page.next");
    assert!(kiosk.app.visit().is_none() && !kiosk.says("нашар"));

    // Another day, another language, and she has moved the file to another stick.
    let other = port.put_in("КӨШІРМЕ", "size=1m");
    std::fs::create_dir(other.join("Құжаттар")).expect("a folder");
    std::fs::write(other.join("Құжаттар/ХАТ.TZD"), file).expect("the copy");
    kiosk.tap("attract.start.ru");
    kiosk.tap("home.resume");
    // The only saved letter is meant: its code is asked at once.
    kiosk.until_shown("key.A");
    kiosk.tap("page.next");
    assert!(kiosk.says(&tr(Lang::Ru, Msg::ResumeCodeShort)));
    let (begun, last) = code.split_at(9);
    type_code(&mut kiosk, begun);
    kiosk.tap(if last == "A" { "key.C" } else { "key.A" });
    kiosk.tap("page.next");
    kiosk.until("the code was tried", |k| k.says(&fault("saved.wrong-code", Lang::Ru)));
    assert!(!kiosk.says("нашар"));
    kiosk.tap("key.delete");
    // The last sign by a keyboard that the system reads in Kazakh.
    let sign = last.chars().next().expect("a sign").to_ascii_lowercase();
    kiosk.type_key(sign, "ц");
    kiosk.tap("page.next");
    kiosk.until_shown("letter.text");
    assert_eq!(text(&mut kiosk).as_deref(), Some(WRITTEN), "at the page where it was left");
    assert!(kiosk.says(&tr(Lang::Ru, Msg::AppNext)), "in the language of today");
    kiosk.tap("page.back");
    kiosk.tap("page.next");
    assert_eq!(text(&mut kiosk).as_deref(), Some(WRITTEN), "with all pages before it");
}

#[test]
fn a_stick_that_is_pulled_or_full_is_told_and_another_one_will_do() {
    if !among_own_mounts("later::a_stick_that_is_pulled_or_full_is_told_and_another_one_will_do") {
        return;
    }
    let port = Port::new();
    let full = port.put_in("A", "size=8k");
    std::fs::write(full.join("full"), [0; 8192]).expect("room for the filling");
    let mut kiosk = begin_at(launch_with(Things { sticks: port.sticks(), ..things() }), Lang::Kk);
    locked(&mut kiosk);
    kiosk.until_shown("later.save.0");
    kiosk.tap("later.save.0");
    kiosk.until("it is full", |k| k.says(&fault("files.stick-full", Lang::Kk)));
    // Pulled before the kiosk could see it.
    port.pull("A");
    kiosk.tap("later.save.0");
    kiosk.until("it is gone", |k| k.says(&fault("files.stick-gone", Lang::Kk)));
    kiosk.until("nothing is in", |k| !k.has("later.save.0"));
    kiosk.tap("page.next");
    assert!(kiosk.says(&tr(Lang::Kk, Msg::LaterFirst)), "nothing was saved yet");
    port.put_in("B", "size=1m");
    kiosk.until_shown("later.save.0");
    kiosk.tap("later.save.0");
    kiosk.until("it is saved", |k| k.says(&tr(Lang::Kk, Msg::LaterSaved)));
    leave(&mut kiosk);
}

#[test]
fn attached_files_come_along_and_of_several_letters_one_is_chosen() {
    if !among_own_mounts("later::attached_files_come_along_and_of_several_letters_one_is_chosen") {
        return;
    }
    let port = Port::new();
    let stick = port.put_in("KINGSTON", "size=1m");
    std::fs::write(stick.join("photo.txt"), "көше туралы ".repeat(4_000)).expect("a file on the stick");
    let mut kiosk = begin_at(launch_with(Things { sticks: port.sticks(), ..things() }), Lang::Kk);
    half(&mut kiosk, WORDS);
    kiosk.tap("page.next");
    kiosk.until_shown("letter.files.add.0");
    kiosk.tap("letter.files.add.0");
    kiosk.until_shown("letter.files.remove.0");
    kiosk.tap("bar.leave");
    kiosk.tap("leave.later");
    kiosk.until("the letter is locked", |k| k.has("page.next"));
    let code = copied(&mut kiosk);
    for _ in 0..2 {
        kiosk.tap("later.save.0");
        kiosk.until("it is saved", |k| k.says(&tr(Lang::Kk, Msg::LaterSaved)));
        // Back to the letter loses nothing, and the second copy has a code of its own.
        kiosk.tap("page.back");
        assert!(kiosk.has("letter.files.remove.0"));
        // The stick is still in: its files are still offered, and the chosen one is still seen.
        kiosk.until_shown("letter.files.add.0");
        kiosk.until("the file is shown", |k| k.says("көше туралы"));
        kiosk.tap("letter.later");
        kiosk.until_shown("later.save.0");
    }
    kiosk.tap("bar.leave");
    kiosk.tap("leave.erase");
    // Her stick stays in, against the last page's advice.
    kiosk.tap("bar.leave");
    kiosk.tap("attract.start.kk");
    kiosk.tap("home.resume");
    kiosk.until_shown("resume.draft.1");
    let tree = kiosk.tree();
    let first = tree.nodes.iter().find(|n| n.label == "tereze-hat.tzd").expect("the first copy").id.clone();
    kiosk.tap(&first);
    kiosk.until_shown("key.A");
    type_code(&mut kiosk, &code);
    kiosk.tap("page.next");
    kiosk.until_shown("letter.files.remove.0");
    assert!(kiosk.says("photo.txt"));
    kiosk.until("the file is shown", |k| k.says("көше туралы"));
}

#[test]
fn what_is_no_letter_or_a_newer_one_is_told_before_a_code_is_asked() {
    if !among_own_mounts("later::what_is_no_letter_or_a_newer_one_is_told_before_a_code_is_asked") {
        return;
    }
    let port = Port::new();
    let mut kiosk = begin_at(launch_with(Things { sticks: port.sticks(), ..things() }), Lang::Kk);
    kiosk.tap("home.resume");
    assert!(kiosk.says(&tr(Lang::Kk, Msg::ResumeInsert)));
    for (bytes, code) in [
        (&b"%PDF-1.7"[..], "saved.foreign"),
        (b"TRZD\x09rest", "saved.newer"),
        (b"TRZD\x01rest", "saved.damaged"),
    ] {
        let stick = port.put_in("KINGSTON", "size=1m");
        std::fs::write(stick.join("hat.tzd"), bytes).expect("a file");
        kiosk.until(code, |k| k.says(&fault(code, Lang::Kk)));
        assert!(!kiosk.has("key.A") && kiosk.has("resume.draft.0"));
        port.pull("KINGSTON");
        kiosk.until("the stick is out", |k| !k.has("resume.draft.0"));
    }
    port.put_in("EMPTY", "size=1m");
    kiosk.until("nothing is there", |k| k.says(&tr(Lang::Kk, Msg::ResumeStickNone)));
    kiosk.scan("TRZ2D:ABC.");
    assert!(kiosk.says(&fault("saved.newer", Lang::Kk)));
    kiosk.tap("page.back");
    assert!(kiosk.has("home.letter"));
}

/// What zbar reads on a PDF's pages.
fn read_codes(pdf: &Path) -> Vec<String> {
    let pages = pdf.with_extension("page");
    let made = Command::new("pdftoppm").args(["-gray", "-r", "200"]).arg(pdf).arg(&pages).status();
    assert!(made.expect("pdftoppm is part of poppler").success());
    let mut all = Vec::new();
    for page in std::fs::read_dir(pdf.parent().expect("a folder")).expect("its pages") {
        let page = page.expect("a page").path();
        if page.extension().is_none_or(|e| e != "pgm") {
            continue;
        }
        let out = Command::new("zbarimg")
            .args(["--raw", "-q", "-Sdisable", "-Sqrcode.enable"])
            .arg(&page)
            .output()
            .expect("zbarimg");
        all.extend(String::from_utf8(out.stdout).expect("plain text").lines().map(str::to_owned));
    }
    all
}

#[test]
fn by_sheets_the_parts_are_scanned_in_any_order() {
    if !among_own_mounts("later::by_sheets_the_parts_are_scanned_in_any_order") {
        return;
    }
    let port = Port::new();
    let waiting = tokio::runtime::Runtime::new().expect("a runtime");
    let office = waiting.block_on(Office::usual("usual"));
    // Enough that it takes several codes: what no packing makes much smaller.
    let mut n = 7u64;
    let file: String = std::iter::repeat_with(|| {
        n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'a' + (n >> 40) as u8 % 26)
    })
    .take(2_500)
    .collect();
    std::fs::write(port.put_in("KINGSTON", "size=1m").join("photo.txt"), file).expect("a file");
    let mut kiosk = begin_at(
        launch_with(Things { printer: Some(office.printer()), sticks: port.sticks(), ..things() }),
        Lang::Kk,
    );
    half(&mut kiosk, WORDS);
    kiosk.tap("page.next");
    kiosk.until_shown("letter.files.add.0");
    kiosk.tap("letter.files.add.0");
    kiosk.until_shown("letter.files.remove.0");
    port.pull("KINGSTON");
    kiosk.tap("letter.later");
    kiosk.until_shown("later.print");
    let code = copied(&mut kiosk);
    kiosk.tap("later.print");
    kiosk.until("it is printed", |k| k.says(&tr(Lang::Kk, Msg::PrintProgressDone)));
    let pdf = office.at("printed.pdf");
    std::fs::copy(office.at("printed"), &pdf).expect("what was printed");
    leave(&mut kiosk);

    let mut parts = read_codes(&pdf);
    assert!(parts.len() > 2 && parts.iter().all(|p| p.starts_with("TRZ1D:")), "{} codes", parts.len());
    parts.rotate_left(2);
    let (last, first) = parts.split_last().expect("several");
    kiosk.tap("attract.start.en");
    kiosk.until_shown("home.letter");
    // A sheet shown at home says what she wants.
    for (n, part) in first.iter().enumerate() {
        kiosk.scan(part);
        let so_far = Text::new(Msg::ResumeProgress).with("have", n as i64 + 1).with("of", parts.len() as i64);
        assert!(kiosk.says(&so_far.say(Lang::En)));
        // Shown twice, counted once; and a book is no part of it.
        kiosk.scan(part);
        kiosk.scan("9786012345678");
        assert!(kiosk.says(&so_far.say(Lang::En)));
    }
    kiosk.scan(last);
    kiosk.until_shown("key.A");
    type_code(&mut kiosk, &code);
    kiosk.tap("page.next");
    kiosk.until_shown("letter.files.remove.0");
    assert!(kiosk.says("photo.txt"));
    kiosk.tap("page.back");
    assert_eq!(text(&mut kiosk).as_deref(), Some(WRITTEN));
}

#[test]
fn back_from_continue_later_loses_nothing_and_leaving_then_asks() {
    let mut kiosk = begin(Lang::Kk);
    locked(&mut kiosk);
    kiosk.tap("bar.leave");
    assert!(kiosk.says(&tr(Lang::Kk, Msg::LeaveUnsent)) && !kiosk.has("leave.later"));
    kiosk.tap("leave.stay");
    kiosk.tap("page.back");
    assert_eq!(text(&mut kiosk).as_deref(), Some(WRITTEN));
}
