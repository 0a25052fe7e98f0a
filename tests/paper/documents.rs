//! The documents: judged by qpdf, poppler and two QR readers.

use std::path::Path;
use std::process::Command;

use tereze::i18n::{Lang, Msg, tr};
use tereze::print::*;

use crate::samples::*;
use crate::scans::{Wear, read_codes};

/// A program's standard output; its failure is the test's.
pub fn run(program: &str, args: &[&str]) -> String {
    let out = Command::new(program).args(args).output().unwrap_or_else(|e| panic!("{program}: {e}"));
    assert!(
        out.status.success(),
        "{program} {args:?}: {}\n{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// Text with every run of white space as one space.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub fn words_of(pdf: &Pdf) -> String {
    let file = tempfile::Builder::new().suffix(".pdf").tempfile().unwrap();
    std::fs::write(file.path(), pdf.bytes()).unwrap();
    flat(&run("pdftotext", &[file.path().to_str().unwrap(), "-"]))
}

/// Everything that holds for any document of ours; gives its text.
pub fn judge(pdf: &Pdf, name: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.pdf");
    std::fs::write(&path, pdf.bytes()).unwrap();
    if let Some(keep) = std::env::var_os("TEREZE_PAPER_OUT") {
        std::fs::write(Path::new(&keep).join(format!("{name}.pdf")), pdf.bytes()).unwrap();
    }
    let path = path.to_str().unwrap();
    let check = run("qpdf", &["--check", path]);
    assert!(check.contains("No syntax or stream encoding errors found"), "{name}: {check}");
    let fonts = run("pdffonts", &[path]);
    let rows: Vec<_> = fonts.lines().skip(2).collect();
    assert!(!rows.is_empty(), "{name}: no fonts");
    for row in rows {
        // emb, sub and uni are all "yes".
        assert!(row.contains("TerezeSans") && row.matches(" yes").count() == 3, "{name}: {row}");
    }
    let info = run("pdfinfo", &[path]);
    for line in ["Tagged:          yes", "PDF version:     1.7", "JavaScript:      no"] {
        assert!(info.contains(line), "{name}: {info}");
    }
    assert!(info.contains("A4"), "{name}: {info}");
    assert!(info.contains(&format!("Pages:           {}", pdf.pages())), "{name}: {info}");
    let xmp = run("pdfinfo", &["-meta", path]);
    for part in ["<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"] {
        assert!(xmp.contains(part), "{name}: {xmp}");
    }
    let tree = run("pdfinfo", &["-struct-text", path]);
    assert!(tree.contains("H1"), "{name}: {tree}");
    flat(&run("pdftotext", &[path, "-"]))
}

#[test]
fn the_receipt_in_three_languages_real_and_practice() {
    for lang in Lang::ALL {
        for practice in [false, true] {
            let pdf = receipt_pages(lang, practice);
            let text = judge(&pdf, &format!("receipt-{}-{practice}", lang.tag()));
            assert_eq!(pdf.pages(), 1);
            let r = receipt(lang, practice);
            for part in [&r.number, &r.body_name, &r.received_by, "4731 9026"] {
                assert!(text.contains(part), "{part} not in {text}");
            }
            for msg in [
                Msg::PrintOwnTitle,
                Msg::PrintOwnWords,
                Msg::PrintProofTitle,
                Msg::PrintProofWords,
                Msg::PrintProofCheck,
                Msg::PrintNextLate,
                Msg::PrintReceiptDue,
            ] {
                assert!(text.contains(&flat(&tr(lang, msg))), "{msg:?} not in {text}");
            }
            let marked = text.contains("ЖАТТЫҒУ ҮЛГІСІ. ЗАҢДЫ КҮШІ ЖОҚ") && text.contains("УЧЕБНЫЙ ОБРАЗЕЦ");
            assert_eq!(marked, practice);
        }
    }
}

/// The line is down: it says first that it is no receipt, and names no number.
#[test]
fn the_sheet_of_a_letter_that_waits() {
    for lang in Lang::ALL {
        for practice in [false, true] {
            let pdf = stored_pages(lang, practice);
            let text = judge(&pdf, &format!("stored-{}-{practice}", lang.tag()));
            assert_eq!(pdf.pages(), 1);
            for msg in [Msg::PrintStoredTitle, Msg::PrintStoredWords, Msg::PrintStoredAsk, Msg::PrintOwnWords]
            {
                assert!(text.contains(&flat(&tr(lang, msg))), "{msg:?} not in {text}");
            }
            assert!(text.contains(&receipt(lang, practice).body_name), "{text}");
            assert!(!text.contains(&tr(lang, Msg::PrintReceiptNumber)), "{text}");
            for (dpi, worn) in [(130, Wear::Scan), (150, Wear::CopyOfCopy)] {
                assert_eq!(read_codes(&pdf, dpi, worn), [OWN_QR], "{lang:?} {dpi}");
            }
        }
    }
}

#[test]
fn the_structure_is_what_a_screen_reader_needs() {
    let file = tempfile::Builder::new().suffix(".pdf").tempfile().unwrap();
    std::fs::write(file.path(), receipt_pages(Lang::Kk, true).bytes()).unwrap();
    let path = file.path().to_str().unwrap();
    let tree = run("pdfinfo", &["-struct-text", path]);
    for role in ["H1", "H2", "Table", "TH", "TD", "L", "LI", "Lbl", "LBody", "Figure"] {
        assert!(
            tree.lines().any(|l| l.trim_start().split([' ', '(', ':']).next() == Some(role)),
            "{role}: {tree}"
        );
    }
    // Reading order: heading, number, proof, due date, what happens next, the visitor's own part.
    let tree = flat(&tree);
    let mut last = 0;
    for msg in [
        Msg::PrintPracticeMark,
        Msg::PrintReceiptTitle,
        Msg::PrintReceiptNumber,
        Msg::PrintProofTitle,
        Msg::PrintReceiptDue,
        Msg::PrintNextTitle,
        Msg::PrintOwnTitle,
    ] {
        let words = tr(Lang::Kk, msg);
        let first: String = words.split(' ').take(2).collect::<Vec<_>>().join(" ");
        let at = tree[last..].find(&first).unwrap_or_else(|| panic!("{first} after {last} in {tree}"));
        last += at;
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let make: [fn() -> Pdf; 4] = [
        || receipt_pages(Lang::Ru, true),
        || pen_letter(Lang::Kk, false, text(Lang::Kk)),
        || signed_copy(Lang::En, false),
        || draft_pages(Lang::Kk, 7),
    ];
    for make in make {
        assert!(make().bytes() == make().bytes());
    }
}

#[test]
fn every_kazakh_letter_comes_back_from_the_paper() {
    let upper = ALPHABET.to_uppercase();
    let alphabet = format!("{ALPHABET} {upper} ₸ № «» — 1234567890");
    let text = judge(&pen_letter(Lang::Kk, false, &alphabet), "alphabet");
    for part in alphabet.split(' ') {
        assert!(text.contains(part), "{part} not in {text}");
    }
}

#[test]
fn a_letter_for_a_pen_has_all_its_parts() {
    for lang in Lang::ALL {
        let pdf = pen_letter(lang, false, text(lang));
        let page = judge(&pdf, &format!("pen-{}", lang.tag()));
        assert_eq!(pdf.pages(), 1);
        assert!(page.contains(&flat(text(lang))), "{page}");
        for part in ["ТЕСТОВ ТЕСТ ТЕСТОВИЧ", "000101500001", "көше.jpg", "жауап-2025.pdf"]
        {
            assert!(page.contains(part), "{part} not in {page}");
        }
        for msg in
            [Msg::PrintLetterTo, Msg::PrintLetterDate, Msg::PrintLetterSignature, Msg::PrintLetterWhere]
        {
            assert!(page.contains(&tr(lang, msg)), "{msg:?} not in {page}");
        }
        judge(&pen_letter(lang, true, text(lang)), &format!("pen-practice-{}", lang.tag()));
    }
}

#[test]
fn ten_pages_and_more_lose_no_word_and_are_numbered() {
    let long: String = (0..900)
        .map(|n| format!("{n}-сөйлем: көшедегі жарықты жөндеуді сұраймын. "))
        .enumerate()
        .map(|(n, s)| if n % 9 == 8 { s + "\n" } else { s })
        .collect();
    let pdf = pen_letter(Lang::Kk, true, &long);
    assert!(pdf.pages() >= 10, "{}", pdf.pages());
    let text = judge(&pdf, "long");
    for n in 0..900 {
        assert!(text.contains(&format!("{n}-сөйлем:")), "{n}");
    }
    let last = format!("{0} / {0} бет", pdf.pages());
    assert!(text.contains(&last), "{last}");
    // Turned words come back in pieces, so one word of the mark is counted: twice across each page.
    let file = tempfile::Builder::new().suffix(".pdf").tempfile().unwrap();
    std::fs::write(file.path(), pdf.bytes()).unwrap();
    let raw = run("pdftotext", &["-raw", file.path().to_str().unwrap(), "-"]);
    assert_eq!(raw.matches("УЧЕБНЫЙ").count(), 2 * pdf.pages() + 1, "each page is crossed");
}

#[test]
fn words_without_end_empty_parts_and_foreign_signs() {
    let word = "ұзынсөз".repeat(400);
    let text = judge(&pen_letter(Lang::Kk, false, &word), "word");
    assert!(text.replace(' ', "").contains(&word[..word.len() / 2]));

    let bare = pen_letter_pdf(&PenLetter {
        lang: Lang::Ru,
        practice: false,
        made: at(),
        to: "",
        address: None,
        hours: Some("  "),
        from: &[("Имя".into(), String::new())],
        kind: "",
        fields: &[],
        text: "",
        attachments: &[],
    })
    .unwrap();
    let text = judge(&bare, "bare");
    assert!(text.contains("Письмо") && text.contains("Подпись"));
    assert!(!text.contains("От кого") && !text.contains("Куда отнести"));

    let signs = "Рахмет 👍🏽👨‍👩‍👧, 谢谢, \u{202e}кері\u{202c}, \u{e000}, a\u{0}b\u{7}c, \u{feff}x, e\u{301}, ﷽";
    let pdf = pen_letter(Lang::Kk, false, signs);
    let text = judge(&pdf, "signs");
    assert!(pdf.unprintable() >= 7, "{}", pdf.unprintable());
    assert!(text.contains('○') && text.contains("бұл белгі қағазға басылмады"), "{text}");
    assert!(text.contains("кері") && text.contains("abc"), "{text}");
}

#[test]
fn a_receipt_with_very_long_names_keeps_everything() {
    let mut r = receipt(Lang::Kk, true);
    r.body_name = "Алматы облысының Табиғи ресурстар және табиғат пайдалануды реттеу басқармасы ".repeat(12);
    r.received_by = "ТЕСТОВА ТЕСТ, ".repeat(30);
    let pdf = receipt_of(&r, Lang::Kk);
    let text = judge(&pdf, "receipt-long");
    assert!(pdf.pages() >= 2);
    assert_eq!(text.matches("табиғат пайдалануды").count(), 12);
    assert!(text.contains(&tr(Lang::Kk, Msg::PrintOwnTitle)));
    let codes = read_codes(&pdf, 130, Wear::Scan);
    assert!(codes.contains(&OWN_QR.to_owned()) && codes.contains(&proof_qr()), "{codes:?}");

    r = receipt(Lang::Kk, false);
    (r.received_by, r.body_name) = (String::new(), String::new());
    judge(&receipt_of(&r, Lang::Kk), "receipt-empty");
}

#[test]
fn the_signed_copy_masks_the_iin() {
    for lang in Lang::ALL {
        let page = judge(&signed_copy(lang, true), &format!("signed-{}", lang.tag()));
        assert!(page.contains(&flat(text(lang))) && page.contains("көше.jpg"));
        assert!(page.contains("•••• •••• 0001") && !page.contains("000101500001"));
    }
}

#[test]
fn both_codes_are_read_from_clean_and_worn_pages() {
    for lang in Lang::ALL {
        for practice in [false, true] {
            let pdf = receipt_pages(lang, practice);
            let mut wanted = vec![OWN_QR.to_owned(), proof_qr()];
            wanted.sort();
            let seen = [(130, Wear::Scan), (150, Wear::CopyOfCopy), (300, Wear::None)];
            for (dpi, worn) in seen {
                assert_eq!(read_codes(&pdf, dpi, worn), wanted, "{lang:?} {practice} {dpi} {worn:?}");
            }
        }
    }
}

#[test]
fn draft_sheets_are_read_back_whole() {
    for count in [1, 2, 7] {
        let pdf = draft_pages(Lang::Kk, count);
        let text = judge(&pdf, &format!("draft-{count}"));
        assert!(text.contains(&format!("{count} / {count} бөлік")), "{text}");
        let mut wanted = draft_parts(count);
        wanted.sort();
        assert_eq!(read_codes(&pdf, 130, Wear::Scan), wanted);
    }
}

#[test]
fn the_code_has_a_slip_of_its_own() {
    let pdf = draft_code_pdf(Lang::Kk, true, at(), "7K3MX-94TAW").unwrap();
    assert!(judge(&pdf, "code").contains("7K3MX-94TAW"));
    assert!(!words_of(&draft_pages(Lang::Kk, 3)).contains("7K3MX"));
}

#[test]
fn a_text_too_long_for_a_code_is_an_error() {
    let parts = ["A".repeat(5_000)];
    let sheets = DraftSheets { lang: Lang::Kk, practice: false, made: at(), parts: &parts };
    assert_eq!(draft_sheets_pdf(&sheets).map(|p| p.pages()), Err(PrintError::Qr));
}
