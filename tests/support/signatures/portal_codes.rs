//! A portal's certificate as a visitor has it: signed XML, zipped, in several QR codes that another program draws reads
//! from pictures, in any order.

use std::io::Write as _;
use std::process::{Command, Output};

use base64::Engine as _;

use tereze::sign::egov::{self, Parts};
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::verdict::Outcome;
use tereze::sign::{Question, xml};

use crate::gost::{bench, family};
use crate::now;
use crate::openssl::Bench;
use crate::xml_gost::{KINDS, signed};

const RESPONSE: &str = "<response><requestNumber>10100400000001</requestNumber><declarantId>900101300017</declarantId>\
    <status><code>APPROVED</code><name><ru>Запрос выполнен</ru><kk>Сұраныс орындалды</kk></name></status>\
    <businessData><LastName>ТЕСТОВ</LastName><FirstName>ТЕСТ</FirstName></businessData></response>";

/// One entry named `one`, its sizes behind it, as the portal writes it.
fn zip(document: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(document).unwrap();
    let packed = packed.finish().unwrap();
    let mut sum = flate2::Crc::new();
    sum.update(document);
    let number = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
    let sizes = [sum.sum().to_le_bytes(), number(packed.len()), number(document.len())].concat();
    let local = [&b"PK\x03\x04\x14\0\x08\x08\x08\0\0\0\0\0"[..], &[0; 12], b"\x03\0\0\0one"].concat();
    let mut out = [&local[..], &packed, b"PK\x07\x08", &sizes].concat();
    let central = out.len();
    out.extend(
        [&b"PK\x01\x02\x14\0\x14\0\x08\x08\x08\0\0\0\0\0"[..], &sizes, b"\x03\0", &[0; 12], &[0; 4], b"one"]
            .concat(),
    );
    let size = out.len() - central;
    out.extend([&b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..], &number(size), &number(central), b"\0\0"].concat());
    out
}

pub fn codes(number: &str, document: &[u8]) -> Vec<String> {
    let zip = zip(document);
    let chunks: Vec<_> = zip.chunks(650).collect();
    let code = |(i, chunk): (usize, &&[u8])| {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
             <BarcodeElement xmlns=\"http://barcodes.pdf.shep.nitec.kz/\">\
             <creationDate>2026-11-22T12:41:36.844+05:00</creationDate><elementData>{}</elementData>\
             <elementNumber>{}</elementNumber><elementsAmount>{}</elementsAmount><FavorID>{number}</FavorID>\
             </BarcodeElement>",
            base64::engine::general_purpose::STANDARD.encode(chunk),
            i + 1,
            chunks.len()
        )
    };
    chunks.iter().enumerate().map(code).collect()
}

/// Draws the code and reads the picture with zbar.
fn through_paper(bench: &Bench, text: &str) -> String {
    let code = fast_qr::QRBuilder::new(text).ecl(fast_qr::ECL::L).build().unwrap();
    let (scale, quiet) = (4, 4);
    let side = (code.size + 2 * quiet) * scale;
    let mut picture = format!("P5\n{side} {side}\n255\n").into_bytes();
    for at in 0..side * side {
        let (y, x) = (at / side / scale, at % side / scale);
        let inside = |n: usize| n.checked_sub(quiet).filter(|n| *n < code.size);
        let dark = inside(y).zip(inside(x)).is_some_and(|(y, x)| code[y][x].value());
        picture.push(if dark { 0 } else { 255 });
    }
    bench.write("code.pgm", &picture);
    let usual = ["--raw", "-Sbinary", "--oneshot", "-q", "code.pgm"];
    let out = Command::new("zbarimg").args(usual).current_dir(bench.0.path()).output().unwrap();
    assert!(out.status.success(), "zbarimg read nothing");
    String::from_utf8(out.stdout).unwrap()
}

fn verify(bench: &Bench, file: &str, more: &[&str]) -> (Output, serde_json::Value) {
    let usual = ["--lang", "en", "verify", file, "--ca", "ca.pem", "--json"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_tereze"));
    command.args(usual).args(more).current_dir(bench.0.path()).env("HOME", bench.0.path());
    let out = command.env_remove("CONFIGURATION_DIRECTORY").output().unwrap();
    let json = serde_json::from_slice(&out.stdout).unwrap_or_default();
    (out, json)
}

#[test]
fn a_certificate_in_shuffled_codes_is_put_together_and_judged() {
    let Some(bench) = bench() else { return };
    let (algorithm, set, kind) = &KINDS[0];
    family(&bench, algorithm, set);
    let document = signed(&bench, kind, RESPONSE);
    let mut codes = codes("10100400000001", document.as_bytes());
    assert!(codes.len() >= 2, "{}", document.len());
    codes.reverse();
    let read: Vec<String> = codes.iter().map(|code| through_paper(&bench, code)).collect();
    let mut parts = Parts::default();
    for code in read.iter().chain(&read[..1]) {
        parts.add(code).unwrap();
    }
    let whole = parts.document().unwrap();
    assert_eq!(whole.as_slice(), document.as_bytes());
    let mut trust = Trust::new();
    trust.load(CITIZEN, &bench.read("ca.pem")).unwrap();
    let verdict = xml::judge(&whole, &Question::new(&trust, now()));
    assert_eq!((verdict.outcome(), verdict.all_reasons()), (Outcome::Valid, vec![]));
    let fields = egov::fields(&whole).unwrap();
    let said: Vec<_> = fields.iter().map(|f| (f.name.as_str(), f.value.as_str())).collect();
    assert_eq!(
        said[..3],
        [("requestNumber", "10100400000001"), ("declarantId", "900101300017"), ("code", "APPROVED")]
    );

    // The command: all codes in one file, a line each; then one too few, and one of another certificate.
    bench.write("codes.txt", read.join("\n").as_bytes());
    let (out, json) = verify(&bench, "codes.txt", &[]);
    assert_eq!(out.status.code(), Some(0), "{json}");
    assert_eq!((&json["container"], &json["verdict"]), (&"codes".into(), &"valid".into()));
    assert_eq!(json["signers"][0]["preliminary"], true);
    bench.write("less.txt", read[1..].join("\n").as_bytes());
    let (out, json) = verify(&bench, "less.txt", &[]);
    assert_eq!((out.status.code(), &json["reasons"][0]["code"]), (Some(2), &"portal-qr.missing".into()));
    assert_eq!(json["missing"], serde_json::json!([codes.len()]));
    let foreign = read[0].replace("10100400000001", "10100400000002");
    bench.write("mixed.txt", [&read[1..], &[foreign]].concat().join("\n").as_bytes());
    let (out, json) = verify(&bench, "mixed.txt", &[]);
    assert_eq!(
        (out.status.code(), &json["reasons"][0]["code"]),
        (Some(2), &"portal-qr.other-document".into())
    );

    // Another's document in the same envelope is not valid.
    let forged = document.replace("ТЕСТОВ<", "ТЕСТЕВ<");
    bench.write("forged.txt", self::codes("10100400000001", forged.as_bytes()).join("\n").as_bytes());
    let (out, json) = verify(&bench, "forged.txt", &[]);
    assert_eq!((out.status.code(), &json["verdict"]), (Some(1), &"not-valid".into()));

    bench.write("document.xml", document.as_bytes());
    let (out, json) = verify(&bench, "document.xml", &[]);
    assert_eq!(
        (out.status.code(), &json["container"], &json["signers"][0]["covers"]),
        (Some(0), &"xml".into(), &"whole".into())
    );
}
