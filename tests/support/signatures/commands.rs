//! `tereze sign` and `tereze verify` as programs: words, files, exit codes.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tereze::clock::Clock;
use tereze::domain::receipt::Receipt;
use tereze::domain::{Digest, Names, SubmissionId};
use tereze::seal::history::{Extract, sign_extract};
use tereze::seal::keyset::{self, Key, KeyUse, Keyset, SigningKey};
use tereze::seal::receipt::{proof_qr_text, sign_receipt};

use crate::LETTER;
use crate::openssl::{Bench, ISSUES, KeyType};

pub fn tereze(bench: &Bench, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tereze"))
        .args(arguments)
        .current_dir(bench.0.path())
        .env_remove("CONFIGURATION_DIRECTORY")
        .env("HOME", bench.0.path())
        .env("LANG", "en_US.UTF-8")
        .env_remove("LC_ALL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses early reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

#[track_caller]
fn exits(out: &Output, code: i32, word: &str) {
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert_eq!(out.status.code(), Some(code), "{said}");
    assert!(said.contains(word), "{word:?} is not in {said}");
}

/// The practice authority out of a signature file, as a person would take it with OpenSSL.
fn authority(bench: &Bench, signature: &str) {
    bench.must(&["pkcs7", "-inform", "DER", "-in", signature, "-print_certs", "-out", "certs.pem"]);
    let text = String::from_utf8(bench.read("certs.pem")).unwrap();
    let end = "-----END CERTIFICATE-----\n";
    for block in text.split_inclusive(end).filter(|b| b.contains("BEGIN")) {
        bench.write("one.pem", block.as_bytes());
        let out = bench.run(&["x509", "-in", "one.pem", "-noout", "-ext", "basicConstraints"]);
        if String::from_utf8_lossy(&out.stdout).contains("CA:TRUE") {
            bench.write("ca.pem", block.as_bytes());
        }
    }
}

#[test]
fn sign_then_verify() {
    let bench = Bench::new();
    bench.write("letter.txt", LETTER);
    let out = tereze(&bench, &["sign", "letter.txt", "--reader", "practice"], "123456\n");
    exits(&out, 0, "Signed: letter.txt.p7s");
    exits(&out, 0, "practice sample");
    exits(&out, 0, "PIN tries left: 3");
    authority(&bench, "letter.txt.p7s");
    assert!(bench.accepts(&bench.read("letter.txt.p7s"), Some(LETTER), Path::new("ca.pem")));

    let verify = |more: &[&str]| {
        let mut arguments = vec!["verify", "letter.txt.p7s"];
        arguments.extend(more);
        tereze(&bench, &arguments, "")
    };
    let sound = ["--content", "letter.txt", "--ca", "ca.pem"];
    exits(&verify(&sound), 0, "The signature is valid");
    exits(&verify(&sound), 0, "ЖАТТЫҒУ ҮЛГІСІ");
    exits(&verify(&[&sound[..], &["--lang", "ru"]].concat()), 0, "Подпись действительна");
    exits(&verify(&[&sound[..], &["--lang", "kk"]].concat()), 0, "Қолтаңба жарамды");
    let json = verify(&[&sound[..], &["--json"]].concat());
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["format"], "tereze.verdict/1");
    assert_eq!((&json["verdict"], &json["practice"]), (&"valid".into(), &true.into()));
    assert_eq!(json["signers"][0]["iin"], "900101300017");
    assert_eq!(json["signers"][0]["revocation"], "not-consulted");

    bench.write("other.txt", b"other");
    exits(&verify(&["--content", "other.txt", "--ca", "ca.pem"]), 1, "changed after it was signed");
    exits(&verify(&["--ca", "ca.pem"]), 2, "was not given");
    exits(&verify(&["--content", "letter.txt"]), 2, "No trusted certification authority");
    exits(&verify(&["--content", "letter.txt", "--ca", "letter.txt"]), 66, "not a certificate");
    exits(&verify(&["--content", "nothing", "--ca", "ca.pem"]), 66, "there is no such file");
    exits(&verify(&["--colour"]), 64, "--colour");
    exits(&tereze(&bench, &["verify", "ca.pem", "--ca", "ca.pem"], ""), 1, "not meant for signing");
    let pem = format!("{}\n", String::from_utf8(bench.read("ca.pem")).unwrap());
    exits(&tereze(&bench, &["verify", "-", "--json"], &pem), 2, "\"kind\": \"certificate\"");

    // The same file as PEM, and in base64 without dashes.
    bench.must(&[
        "cms",
        "-cmsout",
        "-inform",
        "DER",
        "-in",
        "letter.txt.p7s",
        "-outform",
        "PEM",
        "-out",
        "s.pem",
    ]);
    let text = String::from_utf8(bench.read("s.pem")).unwrap();
    let bare: String = text.lines().filter(|l| !l.starts_with("--")).collect();
    bench.write("s.b64", bare.as_bytes());
    for file in ["s.pem", "s.b64"] {
        exits(&tereze(&bench, &[&["verify", file], &sound[..]].concat(), ""), 0, "valid");
    }
}

#[test]
fn a_key_file_signs_and_its_password_is_no_argument() {
    let bench = Bench::new();
    bench.write("letter.txt", LETTER);
    bench.root("ca", KeyType::P256, ISSUES);
    bench.issued("one", KeyType::Rsa(2048), "ca", crate::SIGNS);
    let pack = ["pkcs12", "-export", "-inkey", "one.key", "-in", "one.pem", "-certfile", "ca.pem"];
    bench.must(&[&pack[..], &["-name", "sign", "-passout", "pass:құпия сөз", "-out", "one.p12"]].concat());
    let sign = |more: &[&str], password: &str| {
        let usual = ["sign", "letter.txt", "--key-file", "one.p12"];
        tereze(&bench, &[&usual[..], more].concat(), password)
    };
    exits(&sign(&[], "qwerty\n"), 77, "The password does not fit");
    exits(&sign(&[], "\n"), 77, "No password was typed");
    exits(&sign(&["--alias", "2"], "құпия сөз\n"), 64, "1. sign: ТЕСТОВ ТЕСТ ТЕСТОВИЧ");
    exits(&sign(&["--reader", "practice"], ""), 64, "--key-file");
    assert!(!bench.path("letter.txt.p7s").exists());
    let out = sign(&[], "құпия сөз\n");
    exits(&out, 0, "Signed: letter.txt.p7s");
    exits(&out, 0, "Key owner: ТЕСТОВ ТЕСТ ТЕСТОВИЧ");
    assert!(bench.accepts(&bench.read("letter.txt.p7s"), Some(LETTER), Path::new("ca.pem")));
    exits(&sign(&["--attached", "--out", "whole.p7m", "--alias", "sign"], "құпия сөз\n"), 0, "Signed");
    assert!(bench.accepts(&bench.read("whole.p7m"), None, Path::new("ca.pem")));
    assert_eq!(bench.read("content.out"), LETTER);
    bench.write("note.p12", b"not a key");
    let out = tereze(&bench, &["sign", "letter.txt", "--key-file", "note.p12", "--out", "x"], "x\n");
    exits(&out, 66, "This is not a key file");
    exits(&tereze(&bench, &["sign", "letter.txt", "--key-file", "no.p12", "--out", "x"], ""), 66, "no.p12");
}

#[test]
fn a_chain_alone_is_verified() {
    let bench = Bench::new();
    bench.root("ca", KeyType::P256, ISSUES);
    bench.issued("sub", KeyType::P256, "ca", ISSUES);
    bench.issued("leaf", KeyType::P256, "sub", "extendedKeyUsage=serverAuth\n");
    let chain = ["verify", "--chain", "leaf.pem", "--intermediates", "sub.pem", "--ca", "ca.pem"];
    let judge = |more: &[&str]| tereze(&bench, &[&chain[..], more].concat(), "");
    exits(&judge(&[]), 0, "sub → ca");
    exits(&judge(&["--purpose", "sign"]), 1, "not meant for signing");
    exits(&judge(&["--explicit-policy"]), 1, "does not follow the rules");
    exits(&judge(&["--time", "2020-01-01T00:00:00Z"]), 1, "has not begun");
    exits(&judge(&["--time", "yesterday"]), 64, "yesterday");
    exits(&judge(&["leaf.pem"]), 64, "--chain");
    exits(&tereze(&bench, &["verify"], ""), 64, "missing");
    exits(&tereze(&bench, &["verify", "--chain", "leaf.pem", "--ca", "ca.pem"], ""), 1, "not trusted here");
    exits(&tereze(&bench, &["verify", "--chain", "leaf.key", "--ca", "ca.pem"], ""), 2, "not a certificate");
    exits(&judge(&["--crl", "ca.pem"]), 2, "could not be found out");
    let json = judge(&["--json", "--time", "2126-01-01T00:00:00Z"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&json["verdict"], &json["time"]), (&"not-valid".into(), &"2126-01-01T00:00:00Z".into()));
    assert_eq!(json["reasons"][0]["code"], "sign.expired");
    assert_eq!(json["path"].as_array().unwrap().len(), 3);
    assert_eq!(
        (&json["path"][1]["subject"], &json["revocation"]["status"]),
        (&"sub".into(), &"not-consulted".into())
    );
}

#[test]
fn signing_refuses_without_harm() {
    let bench = Bench::new();
    bench.write("letter.txt", LETTER);
    let sign = |more: &[&str], pin: &str| {
        let mut arguments = vec!["sign", "letter.txt", "--reader", "practice"];
        arguments.extend(more);
        tereze(&bench, &arguments, pin)
    };
    exits(&sign(&[], "000000\n"), 77, "PIN tries left: 2");
    exits(&sign(&[], "12\n"), 77, "another length");
    exits(&sign(&[], ""), 77, "Nothing was signed");
    exits(&sign(&["--pin", "123456"], ""), 64, "--pin");
    assert!(!bench.path("letter.txt.p7s").exists());
    bench.write("kept.p7s", b"kept");
    exits(&sign(&["--out", "kept.p7s"], "123456\n"), 73, "there is such a file already");
    assert_eq!(bench.read("kept.p7s"), b"kept");
    exits(&sign(&["--out", "no/such/folder.p7s"], "123456\n"), 73, "folder.p7s");
    exits(&tereze(&bench, &["sign", "nothing", "--reader", "practice"], "123456\n"), 66, "no such file");
    bench.write("tereze.toml", b"[kiosk]\nidle = 5\n");
    exits(&sign(&["--config", "tereze.toml"], "123456\n"), 78, "tereze.toml:2");
}

#[test]
fn a_receipt_and_its_qr_are_verified_offline() {
    let bench = Bench::new();
    let now = Clock::system().now().wall;
    let (root, key) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let operator = Names { kk: "Сынақ".into(), ru: "Проба".into(), en: "Trial".into() };
    let listed = Key::new(KeyUse::Receipt, key.public().to_vec(), now.plus(-3600), now.plus(86_400));
    let list = Keyset { version: 1, issued: now, practice: true, operator, keys: vec![listed] };
    bench.write("keyset", &keyset::sign(&list, &root));
    let root = hex::encode(root.public());
    let receipt = Receipt {
        number: "ОҚУ-2026-00000001".into(),
        registered: now,
        submission: SubmissionId([7; 16]),
        statement: Digest::of(b"statement"),
        envelope: Digest::of(b"envelope"),
        body: "akimat".into(),
        body_name: "Әкімдік".into(),
        received_by: "ТЕСТОВА ТЕСТА".into(),
        due: now.plus(20 * 86_400).legal_date(),
        rule: "appk-76".into(),
        practice: true,
        language: "kk".into(),
    };
    let bytes = sign_receipt(&receipt, &key).unwrap();
    bench.write("receipt", &bytes);
    let keys = ["--keyset", "keyset", "--root", &root];
    let verify = |what: &str, more: &[&str]| tereze(&bench, &[&["verify", what], more].concat(), "");
    exits(&verify("receipt", &keys), 0, "ОҚУ-2026-00000001");
    exits(&verify("receipt", &keys), 0, "practice sample");
    exits(&verify(&proof_qr_text(&bytes), &keys), 0, "The receipt is genuine");
    let extract = Extract {
        number: receipt.number.clone(),
        made: receipt.registered,
        statement: receipt.statement,
        body: receipt.body.clone(),
        due: receipt.due,
        practice: true,
        events: vec![("registered".into(), receipt.registered), ("given-again".into(), receipt.registered)],
    };
    let extract = proof_qr_text(&sign_extract(&extract, &key).unwrap());
    exits(&verify(&extract, &keys), 0, "The letter’s history is genuine");
    exits(&verify(&extract, &keys), 0, "The letter was registered:");
    exits(&verify(&extract, &keys), 0, "Event: given-again");
    exits(&verify(&extract, &keys), 0, "practice sample");
    let other = extract.replacen(&extract[60..62], if &extract[60..62] == "00" { "11" } else { "00" }, 1);
    exits(&verify(&other, &keys), 1, "");
    bench.write("scan.txt", format!("{}\r\n", proof_qr_text(&bytes)).as_bytes());
    exits(&verify("scan.txt", &[&keys[..], &["--json"]].concat()), 0, "\"kind\": \"receipt\"");
    exits(&verify("receipt", &[]), 2, "could not be checked");
    let mut changed = bytes;
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    bench.write("changed", &changed);
    exits(&verify("changed", &keys), 1, "not valid");
    let strange = hex::encode([7; 32]);
    exits(&verify("receipt", &["--keyset", "keyset", "--root", &strange]), 2, "");
}
