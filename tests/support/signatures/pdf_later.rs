//! Signed PDF documents that live on: timestamps and stored proofs after the term, certifying signatures, marks that later
//! signers put on pages. pyHanko judges beside us where `python3` has it.

use std::process::Command;

use tereze::clock::{Confidence, Reading};
use tereze::sign::pdf;
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::verdict::{Covers, Outcome, Reason, Revocation, Verdict};
use tereze::sign::{Question, oid};

use crate::openssl::Bench;
use crate::pdf::{document, filled, is, of, placed, signed, update};
use crate::stamps::{self, stamped, token};
use crate::{family, now, trust};

const CADES: &str = "ETSI.CAdES.detached";
const UNSEEN: &str = "/Rect[0 0 0 0]";
/// A page with these marks.
fn page(marks: &str) -> (usize, String) {
    let resources = "/Resources<</Font<</F1 5 0 R>>>>";
    let rest = format!("/MediaBox[0 0 595 842]/Contents 4 0 R{resources}/Annots[{marks}]");
    (3, format!("<</Type/Page/Parent 2 0 R{rest}>>"))
}

/// What a field shows: a white sheet over the letter, and other words.
fn sheet(number: usize) -> (usize, String) {
    let draws = "1 1 1 rg 0 0 400 60 re f 0 g BT /F1 24 Tf 4 20 Td (Lettuce) Tj ET";
    let head = "/Type/XObject/Subtype/Form/BBox[0 0 400 60]/Resources<</Font<</F1 5 0 R>>>>";
    (number, format!("<<{head}/Length {}>>\nstream\n{draws}\nendstream", draws.len()))
}

fn at_days(file: &[u8], trust: &Trust, days: i64) -> Verdict {
    let at = Reading { wall: now().wall.plus(days * 86_400), confidence: Confidence::Plausible };
    pdf::judge(file, &Question::new(trust, at))
}

/// Whether pyHanko calls every signature of the file intact and trusted; `None` where there is none of it.
fn pyhanko(bench: &Bench, file: &[u8]) -> Option<bool> {
    const SCRIPT: &str = include_str!("pyhanko.py");
    bench.write("judged.pdf", file);
    let python = std::env::var("TEREZE_PYTHON").unwrap_or_else(|_| "python3".into());
    let mut command = Command::new(python);
    let out = command.args(["-c", SCRIPT, "judged.pdf", "ca.pem"]).current_dir(bench.path("")).output();
    let out = out.ok().filter(|o| o.status.code() != Some(3));
    if out.is_none() {
        println!("skipped: python3 has no pyhanko");
    }
    out.map(|o| o.status.success())
}

#[test]
fn a_timestamp_and_stored_proofs_carry_a_document_over_its_term() {
    let bench = stamps::bench();
    let mut trust = Trust::new();
    trust.load(CITIZEN, &bench.read("ca.pem")).unwrap();
    let place = |file| placed(file, 6, "6 0 R", CADES, UNSEEN, "", "", &[]);
    let plain = filled(place(document("Letter")), |content| bench.sign("one", content, &["-cades"]));
    let later = 60;
    is(&at_days(&plain, &trust, later), Outcome::NotValid, &[Reason::Expired, Reason::AuthorityExpired]);
    let timely = filled(place(document("Letter")), |content| {
        let cms = bench.sign("one", content, &["-cades"]);
        let raw = stamps::signature(&bench, &cms);
        stamped(&cms, oid::TIMESTAMP_TOKEN, &token(&bench, "tsa", &raw, &[]))
    });
    for days in [0, later] {
        let verdict = at_days(&timely, &trust, days);
        is(&verdict, Outcome::Valid, &[]);
        assert!(verdict.signers[0].timestamps[0].proven().is_some());
        assert_eq!(verdict.signers[0].revocation, Revocation::NotConsulted);
    }
    // The authority's list, stored in the document by an update.
    bench.write("ca.cnf", b"[ca]\ndefault_ca=d\n[d]\ndatabase=db\ndefault_crl_days=7\ndefault_md=sha256\n");
    bench.write("db", b"");
    let list = ["ca", "-config", "ca.cnf", "-gencrl", "-cert", "ca.pem", "-keyfile", "ca.key", "-out", "crl"];
    bench.must(&list);
    bench.must(&["crl", "-in", "crl", "-outform", "DER", "-out", "crl.der"]);
    let stored = |file: Vec<u8>| {
        let hex = hex::encode(bench.read("crl.der"));
        // Streams are bytes; written here as what a text may hold, and put in place after.
        let mark = "x".repeat(hex.len() / 2);
        let store = (9, format!("<</Length {}>>\nstream\n{mark}\nendstream", mark.len()));
        let form = "/AcroForm<</SigFlags 3/Fields[6 0 R]>>";
        let catalogue = (1, format!("<</Type/Catalog/Pages 2 0 R{form}/DSS<</Type/DSS/CRLs[9 0 R]>>>>"));
        let mut file = update(file, &[catalogue, store], 10);
        let at = file.windows(mark.len()).rposition(|w| w == mark.as_bytes()).unwrap();
        file[at..at + mark.len()].copy_from_slice(&hex::decode(hex).unwrap());
        file
    };
    let proven = stored(timely.clone());
    for days in [0, later] {
        let verdict = at_days(&proven, &trust, days);
        is(&verdict, Outcome::Valid, &[]);
        let signer = &verdict.signers[0];
        assert_eq!((signer.revocation, &signer.covers), (Revocation::Good, &Covers::Earlier));
    }
    assert_ne!(pyhanko(&bench, &proven), Some(false));
    // A list that names her: it was after the proven time, and so before none where there is no timestamp.
    // Both dates have whole seconds.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    bench.must(&["ca", "-config", "ca.cnf", "-revoke", "one.pem", "-cert", "ca.pem", "-keyfile", "ca.key"]);
    bench.must(&list);
    bench.must(&["crl", "-in", "crl", "-outform", "DER", "-out", "crl.der"]);
    is(&at_days(&stored(timely), &trust, 0), Outcome::Valid, &[]);
    is(&at_days(&stored(plain), &trust, 0), Outcome::NotValid, &[Reason::Revoked]);
}

#[test]
fn what_a_later_signer_puts_on_a_page_is_said() {
    let bench = family();
    let trust = trust(&bench, "ca.pem");
    let once = signed(&bench, "rsa", document("Letter"), 6, "6 0 R");
    let by = |signer: &str, file: Vec<u8>| filled(file, |content| bench.sign(signer, content, &["-cades"]));
    let shown = "/Rect[72 690 472 750]/AP<</N 10 0 R>>/F 4";
    let second = |field: &str, marks: &str| {
        by("p256", placed(once.clone(), 8, "6 0 R 8 0 R", CADES, field, "", "", &[sheet(10), page(marks)]))
    };
    // Seen on the page: the first signer never saw it. Unseen: nothing to say.
    let over = second(shown, "8 0 R");
    let verdict = of(&over, &trust);
    assert_eq!(verdict.outcome(), Outcome::CouldNotCheck);
    let each: Vec<_> = verdict.signers.iter().map(|s| s.reasons.clone()).collect();
    assert_eq!(each, [vec![Reason::MarkedAfter], vec![]]);
    for unseen in [
        "/Rect[0 0 0 0]/AP<</N 10 0 R>>/F 4",
        "/Rect[72 690 472 690]/AP<</N 10 0 R>>",
        "/Rect[72 690 472 750]/AP<</N 10 0 R>>/F 2",
        "/Rect[72 690 472 750]",
    ] {
        is(&of(&second(unseen, "8 0 R"), &trust), Outcome::Valid, &[]);
    }
    // The same mark where nobody signed it, and a mark of another kind.
    let bare = (8, format!("<</FT/Sig/Type/Annot/Subtype/Widget/T(S8){shown}>>"));
    let form = "/AcroForm<</SigFlags 3/Fields[6 0 R 8 0 R]>>";
    let catalogue = (1, format!("<</Type/Catalog/Pages 2 0 R{form}>>"));
    let unsigned = update(once.clone(), &[catalogue.clone(), bare, sheet(10), page("8 0 R")], 11);
    is(&of(&unsigned, &trust), Outcome::NotValid, &[Reason::ChangedAfter]);
    let text = (8, format!("<</FT/Tx/Type/Annot/Subtype/Widget/T(S8)/V(x){shown}>>"));
    let typed = update(once.clone(), &[catalogue, text, sheet(10), page("8 0 R")], 11);
    is(&of(&typed, &trust), Outcome::NotValid, &[Reason::ChangedAfter]);
    // A place that the first signer left for the second: she saw where it would be.
    let room = (8, "<</FT/Sig/Type/Annot/Subtype/Widget/T(S8)/Rect[72 90 272 120]>>".to_owned());
    let first = placed(document("Letter"), 6, "6 0 R 8 0 R", CADES, UNSEEN, "", "", &[room, page("8 0 R")]);
    let first = by("rsa", first);
    let taken = "/Rect[72 90 272 120]/AP<</N 10 0 R>>";
    let twice = by("p256", placed(first.clone(), 8, "6 0 R 8 0 R", CADES, taken, "", "", &[sheet(10)]));
    is(&of(&twice, &trust), Outcome::Valid, &[]);
    assert_ne!(pyhanko(&bench, &twice), Some(false));
    // Elsewhere than it was left, it is a change; and so is what it shows before it is signed.
    let moved = "/Rect[72 690 472 750]/AP<</N 10 0 R>>";
    let moved = by("p256", placed(first.clone(), 8, "6 0 R 8 0 R", CADES, moved, "", "", &[sheet(10)]));
    assert_eq!(of(&moved, &trust).signers[0].reasons, [Reason::ChangedAfter]);
    let dressed = (8, format!("<</FT/Sig/Type/Annot/Subtype/Widget/T(S8){taken}>>"));
    let dressed = update(first, &[dressed, sheet(10)], 11);
    is(&of(&dressed, &trust), Outcome::NotValid, &[Reason::ChangedAfter]);
}

#[test]
fn a_certified_document_takes_what_its_author_allowed() {
    let bench = family();
    let trust = trust(&bench, "ca.pem");
    let by = |signer: &str, file: Vec<u8>| filled(file, |content| bench.sign(signer, content, &["-cades"]));
    for (level, again) in [(1, Outcome::NotValid), (2, Outcome::Valid), (3, Outcome::Valid)] {
        let reference = format!(
            "/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P {level}/V/1.2>>>>]"
        );
        let perms = "/Perms<</DocMDP 7 0 R>>";
        let once = by("rsa", placed(document("Letter"), 6, "6 0 R", CADES, UNSEEN, &reference, perms, &[]));
        is(&of(&once, &trust), Outcome::Valid, &[]);
        assert_ne!(pyhanko(&bench, &once), Some(false), "P {level}");
        // Another signature, then proofs alone, then another text.
        let twice = by("p256", placed(once.clone(), 8, "6 0 R 8 0 R", CADES, UNSEEN, "", perms, &[]));
        let verdict = of(&twice, &trust);
        assert_eq!(verdict.outcome(), again, "P {level}");
        assert!(verdict.signers[1].reasons.is_empty());
        if let Some(theirs) = pyhanko(&bench, &twice) {
            assert_eq!(theirs, again == Outcome::Valid, "P {level}");
        }
        let form = "/AcroForm<</SigFlags 3/Fields[6 0 R]>>";
        let proofs = format!("<</Type/Catalog/Pages 2 0 R{form}{perms}/DSS<</Type/DSS>>>>");
        is(&of(&update(once.clone(), &[(1, proofs)], 8), &trust), Outcome::Valid, &[]);
        let other = "BT /F1 24 Tf 72 700 Td (Lettuce) Tj ET";
        let content = (4, format!("<</Length {}>>\nstream\n{other}\nendstream", other.len()));
        is(&of(&update(once, &[content], 8), &trust), Outcome::NotValid, &[Reason::ChangedAfter]);
    }
}

#[test]
fn three_signers_one_after_the_other() {
    let bench = family();
    let trust = trust(&bench, "ca.pem");
    let mut file = document("Letter");
    for (n, fields, signer) in
        [(6, "6 0 R", "rsa"), (8, "6 0 R 8 0 R", "p256"), (10, "6 0 R 8 0 R 10 0 R", "p384")]
    {
        file = signed(&bench, signer, file, n, fields);
    }
    let verdict = of(&file, &trust);
    is(&verdict, Outcome::Valid, &[]);
    let covers: Vec<_> = verdict.signers.iter().map(|s| s.covers.clone()).collect();
    assert_eq!(covers, [Covers::Earlier, Covers::Earlier, Covers::Whole]);
    assert_ne!(pyhanko(&bench, &file), Some(false));
    let out = Command::new("pdfsig").arg(bench.write("three.pdf", &file)).output().expect("poppler-utils");
    assert_eq!(String::from_utf8_lossy(&out.stdout).matches("Signature is Valid").count(), 3);
    // The last one taken off again: the others stand as they stood.
    let ends: Vec<usize> = (0..file.len()).filter(|at| file[*at..].starts_with(b"%%EOF\n")).collect();
    let two = of(&file[..ends[ends.len() - 2] + 6], &trust);
    is(&two, Outcome::Valid, &[]);
    assert_eq!(two.signers.len(), 2);
    // The middle one's bytes broken: of three, one does not hold, and the last not either.
    let at = file.windows(10).position(|w| w == b"/Contents<").unwrap() + 200;
    let mut broken = file.clone();
    broken[at] = if broken[at] == b'0' { b'1' } else { b'0' };
    let verdict = of(&broken, &trust);
    assert!(verdict.signers.iter().all(|s| !s.reasons.is_empty()), "each is over the first one's bytes");
}
