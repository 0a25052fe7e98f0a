//! Signed PDF documents: made here byte by byte and signed by OpenSSL, judged by Poppler's pdfsig, too; then what an
//! attacker would do to them.

use std::process::Command;

use tereze::sign::Question;
use tereze::sign::pdf;
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::verdict::{Covers, Outcome, Reason, Verdict};

use crate::gost;
use crate::openssl::Bench;
use crate::{family, now, trust};

/// Hex digits of the place for a signature.
pub const ROOM: usize = 20_000;

/// A document of one page, its objects in order from 1; `objects` may replace and add some.
pub fn document(text: &str) -> Vec<u8> {
    let content = format!("BT /F1 24 Tf 72 700 Td ({text}) Tj ET");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
            .to_owned(),
        format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let numbered: Vec<(usize, String)> = objects.into_iter().enumerate().map(|(n, o)| (n + 1, o)).collect();
    update(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec(), &numbered, 6)
}

/// The file with these objects added, as an incremental update adds them.
pub fn update(mut file: Vec<u8>, objects: &[(usize, String)], size: usize) -> Vec<u8> {
    let last = String::from_utf8_lossy(&file).rfind("startxref\n").map(|_| {
        let at = file.windows(10).rposition(|w| w == b"startxref\n").unwrap() + 10;
        let digits: Vec<u8> = file[at..].iter().copied().take_while(u8::is_ascii_digit).collect();
        String::from_utf8(digits).unwrap()
    });
    let mut table = String::from("xref\n");
    if last.is_none() {
        table += "0 1\n0000000000 65535 f \n";
    }
    for (number, object) in objects {
        table += &format!("{number} 1\n{:010} 00000 n \n", file.len());
        file.extend(format!("{number} 0 obj\n{object}\nendobj\n").into_bytes());
    }
    let start = file.len();
    let prev = last.map(|p| format!("/Prev {p}")).unwrap_or_default();
    file.extend(
        format!("{table}trailer\n<</Size {size}/Root 1 0 R{prev}>>\nstartxref\n{start}\n%%EOF\n")
            .into_bytes(),
    );
    file
}

/// Adds a field with a place for a signature as objects `n` and `n + 1`; `fields` are all of the form's.
pub fn with_place(file: Vec<u8>, n: usize, fields: &str, kind: &str) -> Vec<u8> {
    placed(file, n, fields, kind, "/Rect[0 0 0 0]", "", "", &[])
}

/// The same, with more in the field, in the signature and in the catalogue, and other objects beside.
#[allow(clippy::too_many_arguments)]
pub fn placed(
    file: Vec<u8>,
    n: usize,
    fields: &str,
    kind: &str,
    field: &str,
    value: &str,
    catalogue: &str,
    others: &[(usize, String)],
) -> Vec<u8> {
    let empty = "0".repeat(ROOM);
    let range = "[0 ********** ********** **********]";
    let value = format!(
        "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/{kind}/ByteRange{range}/Contents<{empty}>{value}>>"
    );
    let form = format!("/AcroForm<</SigFlags 3/Fields[{fields}]>>");
    let mut objects = vec![
        (1, format!("<</Type/Catalog/Pages 2 0 R{form}{catalogue}>>")),
        (n, format!("<</FT/Sig/Type/Annot/Subtype/Widget/T(S{n}){field}/V {} 0 R>>", n + 1)),
        (n + 1, value),
    ];
    objects.extend_from_slice(others);
    let size = objects.iter().map(|(number, _)| number + 1).max().unwrap();
    update(file, &objects, size)
}

/// Fills the last place: the range, then the signature that `sign` makes over it.
pub fn filled(mut file: Vec<u8>, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let at = file.windows(10).rposition(|w| w == b"/Contents<").unwrap() + 9;
    let after = at + ROOM + 2;
    let range = file.windows(12).rposition(|w| w == b"/ByteRange[0").unwrap() + 12;
    let rest = file.len() - after;
    let numbers = format!(" {at:<10} {after:<10} {rest:<10}]");
    file[range..range + numbers.len()].copy_from_slice(numbers.as_bytes());
    let content = [&file[..at], &file[after..]].concat();
    let hex = hex::encode(sign(&content));
    assert!(hex.len() <= ROOM);
    file[at + 1..at + 1 + hex.len()].copy_from_slice(hex.as_bytes());
    file
}

pub fn signed(bench: &Bench, signer: &str, file: Vec<u8>, n: usize, fields: &str) -> Vec<u8> {
    let place = with_place(file, n, fields, "ETSI.CAdES.detached");
    filled(place, |content| bench.sign(signer, content, &["-cades"]))
}

pub fn of(file: &[u8], trust: &Trust) -> Verdict {
    pdf::judge(file, &Question::new(trust, now()))
}

#[track_caller]
pub fn is(verdict: &Verdict, outcome: Outcome, reasons: &[Reason]) {
    assert_eq!((verdict.outcome(), verdict.all_reasons()), (outcome, reasons.to_vec()));
}

#[test]
fn a_signed_document_is_valid_and_poppler_says_so_too() {
    let bench = family();
    let trust = trust(&bench, "ca.pem");
    let plain = document("Letter");
    is(&of(&plain, &trust), Outcome::CouldNotCheck, &[Reason::NoSignature]);
    for signer in ["rsa", "p256"] {
        let file = signed(&bench, signer, plain.clone(), 6, "6 0 R");
        let verdict = of(&file, &trust);
        is(&verdict, Outcome::Valid, &[]);
        assert_eq!(verdict.signers[0].covers, Covers::Whole);
        bench.write("signed.pdf", &file);
        let out = Command::new("pdfsig").arg(bench.path("signed.pdf")).output().expect("poppler-utils");
        let said = String::from_utf8_lossy(&out.stdout);
        assert!(said.contains("Signature is Valid") && said.contains("Total document signed"), "{said}");
        // Every byte counts, but for the filling of the place.
        for at in (0..file.len()).step_by(61).filter(|at| !file[*at].is_ascii_hexdigit()) {
            let mut broken = file.clone();
            broken[at] ^= 1;
            assert!(!of(&broken, &trust).is_valid(), "byte {at}");
        }
        for cut in (0..file.len()).step_by(503) {
            assert!(!of(&file[..cut], &trust).is_valid(), "cut at {cut}");
        }
    }
    is(
        &of(&signed(&bench, "rsa", plain, 6, "6 0 R"), &Trust::new()),
        Outcome::CouldNotCheck,
        &[Reason::NoTrust],
    );
}

#[test]
fn a_second_signature_leaves_the_first_valid_and_anything_else_does_not() {
    let bench = family();
    let trust = trust(&bench, "ca.pem");
    let once = signed(&bench, "rsa", document("Letter"), 6, "6 0 R");
    let twice = signed(&bench, "p256", once.clone(), 8, "6 0 R 8 0 R");
    let verdict = of(&twice, &trust);
    is(&verdict, Outcome::Valid, &[]);
    let covers: Vec<_> = verdict.signers.iter().map(|s| s.covers.clone()).collect();
    assert_eq!(covers, [Covers::Earlier, Covers::Whole]);

    // Another text in place of the signed one, by an update that nobody signed, and by one that somebody did.
    let other = "BT /F1 24 Tf 72 700 Td (Lettuce) Tj ET";
    let content = (4, format!("<</Length {}>>\nstream\n{other}\nendstream", other.len()));
    let changed = update(once.clone(), std::slice::from_ref(&content), 8);
    is(&of(&changed, &trust), Outcome::NotValid, &[Reason::ChangedAfter]);
    let shadow = signed(&bench, "p256", changed, 8, "6 0 R 8 0 R");
    is(&of(&shadow, &trust), Outcome::NotValid, &[Reason::ChangedAfter]);
    // A page more, a mark on the page, another page tree, a note behind the end.
    let page = (9, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>".to_owned());
    let pages = (2, "<</Type/Pages/Kids[3 0 R 9 0 R]/Count 2>>".to_owned());
    is(&of(&update(once.clone(), &[page, pages], 10), &trust), Outcome::NotValid, &[Reason::ChangedAfter]);
    let marked = (
        3,
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>\
         /Annots[<</Type/Annot/Subtype/FreeText/Rect[0 0 9 9]/Contents(x)>>]>>"
            .to_owned(),
    );
    is(&of(&update(once.clone(), &[marked], 8), &trust), Outcome::NotValid, &[Reason::ChangedAfter]);
    let mut tail = once.clone();
    tail.extend(b"900 000 tenge\n");
    assert!(!of(&tail, &trust).is_valid());
    // What proves signatures may be added: nothing that is shown changes.
    let store = (
        1,
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[6 0 R]>>/DSS<</Type/DSS>>>>".to_owned(),
    );
    let proven = of(&update(once, &[store], 8), &trust);
    is(&proven, Outcome::Valid, &[]);
    assert_eq!(proven.signers[0].covers, Covers::Earlier);
}

#[test]
fn a_range_that_leaves_out_more_than_the_signature_is_not_believed() {
    let bench = family();
    let trust = trust(&bench, "ca.pem");
    let file = signed(&bench, "rsa", document("Letter"), 6, "6 0 R");
    let text = |from: &str, to: &str| {
        let at = file.windows(from.len()).rposition(|w| w == from.as_bytes()).expect("it is there");
        let mut out = file.clone();
        out.splice(at..at + from.len(), to.bytes());
        out
    };
    // Wrapping: more bytes between the two parts, which the second part's offset leaves out.
    let range = file.windows(12).rposition(|w| w == b"/ByteRange[0").unwrap() + 13;
    let gap = file.windows(10).rposition(|w| w == b"/Contents<").unwrap() + 9 + ROOM + 2;
    let mut wrapped = file.clone();
    let evil = b"\n4 0 obj<</Length 3>>stream\nBT \nendstream endobj\n";
    wrapped.splice(gap..gap, evil.iter().copied());
    let second = format!("{:<10}", gap + evil.len());
    wrapped[range + 11..range + 21].copy_from_slice(second.as_bytes());
    is(&of(&wrapped, &trust), Outcome::NotValid, &[Reason::ByteRange]);
    for broken in [
        text("/ByteRange[0", "/ByteRange[1"),
        text("/SubFilter/ETSI.CAdES.detached", "/SubFilter/adbe.x509.rsa_sha1  "),
        text("/Contents<", "/Contents<00>/Contents<"),
        text("/ByteRange", "/BiteRange"),
    ] {
        assert!(!of(&broken, &trust).is_valid());
    }
    // An object of the same number behind the end, with the same range and signature.
    let at = file.windows(9).rposition(|w| w == b"7 0 obj\n<").unwrap();
    let end = file.windows(6).rposition(|w| w == b"endobj").unwrap();
    let copy = String::from_utf8(file[at + 8..end].to_vec()).unwrap();
    let doubled = update(file.clone(), &[(7, copy.replace("/Type/Sig", "/Type/Sig/Name(X)"))], 8);
    is(&of(&doubled, &trust), Outcome::NotValid, &[Reason::ChangedAfter]);
    let mut locked = file;
    locked.extend(b"\n% /Encrypt\n");
    is(&of(&locked, &trust), Outcome::CouldNotCheck, &[Reason::Encrypted]);
}

#[test]
fn a_national_signature_in_a_document() {
    let Some(bench) = gost::bench() else { return };
    gost::family(&bench, "gost2012_512", "A");
    let mut trust = Trust::new();
    trust.load(CITIZEN, &bench.read("ca.pem")).unwrap();
    let place = with_place(document("Letter"), 6, "6 0 R", "adbe.pkcs7.detached");
    let file = filled(place, |content| {
        bench.write("content", content);
        let usual = ["cms", "-sign", "-binary", "-in", "content", "-outform", "DER", "-out", "sig", "-cades"];
        let key = ["-signer", "one.pem", "-inkey", "one.key", "-md", "md_gost12_512"];
        gost::must(&bench, &[&usual[..], &key].concat());
        bench.read("sig")
    });
    let verdict = of(&file, &trust);
    is(&verdict, Outcome::Valid, &[]);
    assert!(verdict.signers[0].preliminary);
}
