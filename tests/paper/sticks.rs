//! Sticks: real mounts of this process's own namespace (tmpfs), so that full, read-only and pulled
//! are what the kernel says; and what is written where, as strace sees it.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use tereze::domain::Digest;
use tereze::domain::statement::MAX_ATTACHED;
use tereze::fault::Coded as _;
use tereze::files::{self, FilesError, Kind, Preview, Stick, Sticks};
use tereze::i18n::Lang;
use tereze::store::draft;

use crate::documents::run;
use crate::port::{Port, among_own_mounts};
use crate::samples::*;

/// The one stick that is in.
fn only(port: &Port) -> Stick {
    let found = port.sticks().find();
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn sticks_come_and_go() {
    if !among_own_mounts("sticks::sticks_come_and_go") {
        return;
    }
    let port = Port::new();
    assert!(port.sticks().find().is_empty());
    port.put_in("ФЛЕШКА 1", "size=1m");
    let stick = only(&port);
    assert_eq!(stick.label, "ФЛЕШКА 1");
    assert!(!stick.read_only);
    assert_eq!(files::save(&stick, "хат.pdf", b"one").unwrap(), "хат.pdf");
    // Nobody's file is overwritten, and nothing half is left.
    assert_eq!(files::save(&stick, "хат.pdf", b"two").unwrap(), "хат (2).pdf");
    assert_eq!(names(stick.path()), ["хат (2).pdf", "хат.pdf"]);
    assert_eq!(std::fs::read(stick.path().join("хат.pdf")).unwrap(), b"one");

    port.pull("ФЛЕШКА 1");
    assert!(port.sticks().find().is_empty());
    // The empty folder that is left stands on the kiosk's own disk: nothing may be written there.
    assert!(port.place("ФЛЕШКА 1").is_dir());
    assert_eq!(files::save(&stick, "құпия.pdf", b"secret"), Err(FilesError::StickGone));
    assert_eq!(files::list(&stick, Lang::Kk).err(), Some(FilesError::StickGone));
    assert!(names(&port.place("ФЛЕШКА 1")).is_empty());
    // Put in again, it is a stick again.
    port.put_in("ФЛЕШКА 1", "size=1m");
    assert_eq!(files::save(&only(&port), "хат.pdf", b"three").unwrap(), "хат.pdf");
}

#[test]
fn full_and_read_only_are_told_and_leave_nothing() {
    if !among_own_mounts("sticks::full_and_read_only_are_told_and_leave_nothing") {
        return;
    }
    let port = Port::new();
    let place = port.put_in("A", "size=64k");
    let stick = only(&port);
    let error = files::save(&stick, "a.pdf", &[7; 200_000]).unwrap_err();
    assert_eq!((error, error.code().0), (FilesError::StickFull, "files.stick-full"));
    assert!(names(&place).is_empty(), "{:?}", names(&place));
    assert_eq!(files::save(&stick, "a.pdf", &[7; 20_000]).unwrap(), "a.pdf");
    run("mount", &["-o", "remount,ro", place.to_str().unwrap()]);
    // Known before it is tried, and found where it was not known.
    assert!(only(&port).read_only);
    assert_eq!(files::save(&only(&port), "b.pdf", b"b"), Err(FilesError::StickReadOnly));
    assert_eq!(files::save(&stick, "b.pdf", b"b"), Err(FilesError::StickReadOnly));
    assert_eq!(names(&place), ["a.pdf"]);
}

#[test]
fn a_removal_is_noticed_by_whoever_watches() {
    if !among_own_mounts("sticks::a_removal_is_noticed_by_whoever_watches") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let port = Port::new();
        let mut seen = port.sticks().watch();
        port.put_in("B", "size=64k");
        seen.wait_for(|s| s.len() == 1).await.unwrap();
        port.pull("B");
        seen.wait_for(Vec::is_empty).await.unwrap();
    });
}

/// A folder that a written `mountinfo` calls a stick: for what needs no real mount.
fn folder_as_stick(root: &Path) -> Stick {
    let place = root.join("STICK");
    std::fs::create_dir_all(&place).unwrap();
    let mounts = root.join("mountinfo");
    std::fs::write(&mounts, format!("36 35 8:17 / {} rw - vfat /dev/sdb1 rw\n", place.display())).unwrap();
    let found = Sticks::under([root], mounts).find();
    assert_eq!(found.len(), 1);
    found.into_iter().next().unwrap()
}

/// A PNG of `side` × `side` dots.
fn png(side: u32) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(side, side, |x, y| image::Rgb([x as u8, y as u8, 9]));
    picture.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

#[test]
fn what_is_listed_and_picked() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("outside.txt"), "сырттағы").unwrap();
    let stick = folder_as_stick(root.path());
    let at = |name: &str| stick.path().join(name);
    for (name, bytes) in [
        ("ә.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n".to_vec()),
        ("а.txt", "Сәлем!\nЕкінші жол".as_bytes().to_vec()),
        ("сурет.png", png(600)),
        ("жалған.pdf", b"MZ\x90\0\x03\0\0\0\x04".to_vec()),
        ("бос.txt", vec![]),
        ("сынық.png", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec()),
        ("музыка.mp3", b"ID3\x03\0\0\0".to_vec()),
        (".hidden.txt", b"x".to_vec()),
    ] {
        std::fs::write(at(name), bytes).unwrap();
    }
    std::fs::create_dir_all(at("құжат/a/b/c/d/e")).unwrap();
    std::fs::write(at("құжат/ішкі.txt"), "ішкі").unwrap();
    std::fs::write(at("құжат/a/b/c/d/e/тым-терең.txt"), "x").unwrap();
    symlink(root.path().join("outside.txt"), at("link.txt")).unwrap();
    symlink(root.path(), at("folder-link")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        at("pipe.txt"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();

    let listing = files::list(&stick, Lang::Kk).unwrap();
    let listed: Vec<_> = listing.entries.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(
        listed,
        ["а.txt", "ә.pdf", "бос.txt", "жалған.pdf", "сурет.png", "сынық.png", "ішкі.txt", "музыка.mp3"]
    );
    assert!(listing.more, "there is something deeper");
    let pick = |name: &str, room| {
        let entry = listing.entries.iter().find(|e| e.name == name).unwrap();
        files::pick(&stick, entry, room)
    };
    let text = pick("а.txt", MAX_ATTACHED).ok().unwrap();
    assert_eq!((text.kind, text.attachment().media_type.as_str()), (Kind::Text, "text/plain"));
    assert_eq!(text.digest, Digest::of("Сәлем!\nЕкінші жол".as_bytes()));
    assert!(matches!(files::preview(&text, 100), Preview::Text(t) if t.as_str() == "Сәлем!\nЕкінші жол"));
    assert!(matches!(files::preview(&pick("ә.pdf", 100).ok().unwrap(), 100), Preview::NotShown));
    let Preview::Picture { width, height, rgba } =
        files::preview(&pick("сурет.png", MAX_ATTACHED).ok().unwrap(), 320)
    else {
        panic!("not a picture")
    };
    assert_eq!((width, height, rgba.len()), (320, 320, 320 * 320 * 4));
    assert_eq!(pick("ішкі.txt", 100).ok().unwrap().name, "ішкі.txt");
    for (name, room, error) in [
        ("жалған.pdf", MAX_ATTACHED, FilesError::Kind),
        ("музыка.mp3", MAX_ATTACHED, FilesError::Kind),
        ("бос.txt", MAX_ATTACHED, FilesError::Empty),
        ("сынық.png", MAX_ATTACHED, FilesError::PictureDamaged),
        ("сурет.png", 50, FilesError::TooBig(50)),
    ] {
        assert_eq!(pick(name, room).err(), Some(error), "{name}");
    }
    // What was a file when it was listed is a link when it is read.
    std::fs::remove_file(at("а.txt")).unwrap();
    symlink(root.path().join("outside.txt"), at("а.txt")).unwrap();
    assert_eq!(pick("а.txt", 100).err(), Some(FilesError::Gone));
    std::fs::remove_file(at("ә.pdf")).unwrap();
    assert_eq!(pick("ә.pdf", 100).err(), Some(FilesError::Gone));
}

/// The head of a PNG says 60 000 × 60 000 dots; nothing of that is ever unpacked.
#[test]
fn a_picture_that_would_burst_memory_is_refused() {
    let mut bomb = png(8);
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    // The head's own checksum (CRC-32 of type and data).
    let mut crc = u32::MAX;
    for byte in &bomb[12..29] {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    bomb[29..33].copy_from_slice(&(!crc).to_be_bytes());
    let picked = files::Picked::new("b.png".into(), bomb.into());
    assert_eq!(picked.err(), Some(FilesError::PictureTooBig));
}

#[test]
fn thousands_of_files_stop_at_a_cap() {
    let root = tempfile::tempdir().unwrap();
    let stick = folder_as_stick(root.path());
    for n in 0..700 {
        std::fs::write(stick.path().join(format!("{n}.txt")), "x").unwrap();
    }
    let listing = files::list(&stick, Lang::Ru).unwrap();
    assert!(listing.entries.len() == 500 && listing.more);
}

/// The child of the next test: makes papers, locks a draft, saves one file.
#[test]
fn child_that_makes_and_saves() {
    let Some(root) = std::env::var_os("TEREZE_LEAK_ROOT") else { return };
    let root = PathBuf::from(root);
    let mounts = root.join("mountinfo");
    let stick = Sticks::under([root.as_path()], mounts).find().remove(0);
    for lang in Lang::ALL {
        receipt_pages(lang, true);
        signed_copy(lang, false);
        draft_pages(lang, 3);
    }
    let letter = pen_letter(Lang::Kk, false, text(Lang::Kk));
    let code = draft::Code::generate().unwrap();
    let locked = draft::lock(text(Lang::Kk).as_bytes(), &code).unwrap();
    draft::unlock(&locked, &code).unwrap();
    files::save(&stick, "хат.pdf", letter.bytes()).unwrap();
}

#[test]
fn nothing_is_written_but_the_file_that_was_asked_for() {
    let root = tempfile::tempdir().unwrap();
    let stick = folder_as_stick(root.path());
    let trace = root.path().join("trace");
    let out = Command::new("strace")
        .args(["-f", "-s", "300", "-e", "trace=open,openat,openat2,creat,memfd_create", "-o"])
        .arg(&trace)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "sticks::child_that_makes_and_saves", "--test-threads", "1"])
        .env("TEREZE_LEAK_ROOT", root.path())
        .output()
        .expect("strace is installed by packaging/setup.sh test");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
    let trace = std::fs::read_to_string(&trace).unwrap();
    let written: Vec<&str> = trace
        .lines()
        .filter(|l| {
            ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TMPFILE", "creat(", "memfd_create("]
                .iter()
                .any(|f| l.contains(f))
        })
        .filter(|l| !l.contains("\"/dev/") && !l.contains("ENOENT"))
        .collect();
    // Relative to the stick's own folder, never by a path of the disk.
    assert!(written.len() == 1 && written[0].contains("\"tereze-saving.tmp\""), "{written:#?}");
    assert_eq!(names(stick.path()), ["хат.pdf"]);
}

#[test]
fn a_draft_goes_out_and_comes_back_by_stick_and_by_sheets() {
    let root = tempfile::tempdir().unwrap();
    let stick = folder_as_stick(root.path());
    let words = text(Lang::Kk).repeat(4);
    let code = draft::Code::generate().unwrap();
    let locked = draft::lock(words.as_bytes(), &code).unwrap();
    files::save(&stick, draft::FILE_NAME, &locked).unwrap();
    let listing = files::list(&stick, Lang::Kk).unwrap();
    let back = files::read(&stick, &listing.entries[0], draft::MAX_LOCKED).unwrap();
    assert_eq!(draft::unlock(&back, &code).unwrap().as_slice(), words.as_bytes());

    // Printed, scanned badly, in whatever order the scans come.
    let parts = draft::qr_parts(&locked).unwrap();
    let pdf = tereze::print::draft_sheets_pdf(&tereze::print::DraftSheets {
        lang: Lang::Kk,
        practice: false,
        made: at(),
        parts: &parts,
    })
    .unwrap();
    let mut sheets = draft::Parts::default();
    for scanned in crate::scans::read_codes(&pdf, 130, crate::scans::Wear::Scan).iter().rev() {
        sheets.add(scanned).unwrap();
    }
    assert_eq!(draft::unlock(&sheets.whole().unwrap(), &code).unwrap().as_slice(), words.as_bytes());
}
