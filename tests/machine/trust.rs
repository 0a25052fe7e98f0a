//! `tereze trust` as an administrator types it: files of every kind, fingerprints from a paper.

use std::path::Path;
use std::process::{Command, Output};

use crate::deployment::{tereze, text};
use crate::pcscd::program;

fn trust(folder: &Path, lang: &str, words: &[&str]) -> Output {
    let mut command = Command::new(tereze());
    command.arg("--data").arg(folder.join("data")).args(["--lang", lang, "trust"]).args(words);
    command.current_dir(folder).output().unwrap()
}

/// Its exit code, and what both streams said.
fn said(folder: &Path, words: &[&str]) -> (i32, String) {
    let out = trust(folder, "en", words);
    (out.status.code().unwrap(), text(&out.stdout) + &text(&out.stderr))
}

fn certificate(folder: &Path, name: &str, more: &[&str]) {
    let (key, out) = (format!("{name}.key"), format!("{name}.pem"));
    let subject = format!("/CN={name}");
    let usual = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let what = ["-keyout", &key, "-out", &out, "-subj", &subject];
    program(folder, &[&usual[..], &what, more].concat());
}

/// As OpenSSL prints it, with capitals and colons.
fn print(folder: &Path, name: &str) -> String {
    let out = Command::new("openssl")
        .args(["x509", "-noout", "-fingerprint", "-sha256", "-in", &format!("{name}.pem")])
        .current_dir(folder)
        .output()
        .unwrap();
    text(&out.stdout).trim().split_once('=').unwrap().1.to_owned()
}

#[test]
fn an_administrator_confirms_what_the_paper_says() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    std::fs::create_dir(folder.join("data")).unwrap();
    certificate(folder, "ROOT-A", &["-days", "30"]);
    certificate(folder, "ROOT-B", &["-days", "30"]);
    let (a, b) = (print(folder, "ROOT-A"), print(folder, "ROOT-B"));

    // Another fingerprint: nothing is added, and the file's own is said.
    let (code, words) = said(folder, &["add", "ROOT-A.pem", "--sha256", &b]);
    assert_eq!(code, 66, "{words}");
    assert!(words.contains("Nothing was added") && words.contains(&b.replace(':', "").to_lowercase()));
    assert!(words.contains(&a.replace(':', "").to_lowercase()), "{words}");
    assert!(said(folder, &["list"]).1.contains("There is no trusted authority"));
    for bad in ["", "12ab", &a[1..], &a.replace('A', "Q")] {
        assert_eq!(said(folder, &["add", "ROOT-A.pem", "--sha256", bad]).0, 64, "{bad}");
    }

    // A stranger is loudly one, until it is confirmed; adding it again takes nothing back.
    let (code, words) = said(folder, &["add", "ROOT-A.pem"]);
    assert!(code == 0 && words.contains("does not know this authority"), "{words}");
    assert!(said(folder, &["list"]).1.contains("does not know this authority"));
    let (code, words) = said(folder, &["add", "ROOT-A.pem", "--sha256", &a.replace(':', " ")]);
    assert!(code == 0 && words.contains("Confirmed by the administrator on "), "{words}");
    assert_eq!(said(folder, &["add", "ROOT-A.pem"]).0, 0);
    let (_, words) = said(folder, &["list"]);
    assert!(
        words.contains("Confirmed by the administrator on ") && !words.contains("does not know"),
        "{words}"
    );
    for (lang, word) in [("kk", "Әкімші растады"), ("ru", "Подтверждено администратором")]
    {
        assert!(text(&trust(folder, lang, &["list"]).stdout).contains(word));
    }

    // The confirmation is of one certificate, and goes with it.
    assert_eq!(said(folder, &["add", "ROOT-B.pem"]).0, 0);
    let (_, words) = said(folder, &["list"]);
    assert_eq!(words.matches("Confirmed by the administrator").count(), 1, "{words}");
    assert_eq!(words.matches("does not know this authority").count(), 1, "{words}");
    let (code, words) = said(folder, &["remove", "root-c"]);
    assert!(code == 66 && words.contains("root-c"), "{words}");
    assert_eq!(said(folder, &["remove", &a]).0, 0);
    let (_, words) = said(folder, &["list"]);
    assert!(!words.contains("ROOT-A") && words.contains("ROOT-B"), "{words}");
    assert_eq!(said(folder, &["add", "ROOT-A.pem"]).0, 0);
    assert!(!said(folder, &["list"]).1.contains("Confirmed"));
    assert_eq!(said(folder, &["remove", "root-a"]).0, 0);
    assert_eq!(said(folder, &["remove", "ROOT-B.pem"]).0, 0);
    assert!(said(folder, &["list"]).1.contains("There is no trusted authority"));
}

#[test]
fn bundles_leaves_and_what_is_over() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    std::fs::create_dir(folder.join("data")).unwrap();
    certificate(folder, "ROOT-A", &["-days", "30"]);
    certificate(folder, "ROOT-B", &["-days", "30"]);
    let past = ["-not_before", "20200101000000Z", "-not_after", "20210101000000Z"];
    let old = Command::new("openssl").args(["req", "-help"]).output().unwrap();
    let dated = text(&old.stderr).contains("-not_after");
    certificate(folder, "LEAF", &["-days", "30", "-addext", "basicConstraints=critical,CA:FALSE"]);
    let bundle = |out: &str, form: &str, names: &[&str]| {
        let mut words = vec!["openssl", "crl2pkcs7", "-nocrl", "-outform", form, "-out", out];
        names.iter().for_each(|name| words.extend(["-certfile", *name]));
        program(folder, &words);
    };
    for (file, form) in [("two.p7b", "DER"), ("two.p7b.pem", "PEM")] {
        bundle(file, form, &["ROOT-A.pem", "ROOT-B.pem"]);
        let (code, words) = said(folder, &["add", file, "--sha256", &print(folder, "ROOT-B")]);
        assert_eq!(code, 0, "{words}");
        // Each is told: one confirmed, the other a stranger.
        assert_eq!(words.matches("Added:").count(), 2, "{words}");
        assert_eq!(words.matches("Confirmed by the administrator").count(), 1, "{words}");
        assert_eq!(words.matches("does not know this authority").count(), 1, "{words}");
        for name in ["ROOT-A", "ROOT-B"] {
            assert_eq!(said(folder, &["remove", name]).0, 0);
        }
    }
    // A leaf beside an authority is named, and left out; alone it is refused.
    bundle("mixed.p7b", "DER", &["ROOT-A.pem", "LEAF.pem"]);
    let (code, words) = said(folder, &["add", "mixed.p7b"]);
    assert!(code == 66 && words.contains("LEAF\nThis certificate may not issue certificates"), "{words}");
    let (_, words) = said(folder, &["list"]);
    assert!(words.contains("ROOT-A") && !words.contains("LEAF"), "{words}");
    let (code, words) = said(folder, &["add", "LEAF.pem", "--sha256", &print(folder, "LEAF")]);
    assert!(code == 66 && words.contains("Nothing was added"), "{words}");
    program(folder, &["openssl", "x509", "-in", "ROOT-B.pem", "-outform", "DER", "-out", "b.der"]);
    assert_eq!(said(folder, &["add", "b.der"]).0, 0);

    // Signed messages, keys and noise are no authorities.
    std::fs::write(folder.join("letter"), "x").unwrap();
    let sign = ["-signer", "ROOT-A.pem", "-inkey", "ROOT-A.key", "-in", "letter", "-outform", "DER"];
    program(folder, &[&["openssl", "cms", "-sign", "-out", "signed.p7b"][..], &sign].concat());
    std::fs::write(folder.join("noise"), [0x30, 0x80, 6, 9, 1]).unwrap();
    std::fs::write(folder.join("empty"), "").unwrap();
    for file in ["signed.p7b", "ROOT-A.key", "noise", "empty", "letter"] {
        let (code, words) = said(folder, &["add", file]);
        assert!(code == 66 && words.contains("not a certificate"), "{file}: {words}");
    }

    // One whose days are over is told.
    if dated {
        certificate(folder, "OLD", &past);
    } else {
        program(
            folder,
            &["openssl", "req", "-new", "-key", "ROOT-A.key", "-subj", "/CN=OLD", "-out", "old.csr"],
        );
        std::fs::write(folder.join("index"), "").unwrap();
        std::fs::write(
            folder.join("ca.cnf"),
            "[ca]\ndefault_ca=c\n[c]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\npolicy=p\n\
             default_md=sha256\nx509_extensions=x\n[p]\ncommonName=supplied\n[x]\nbasicConstraints=critical,CA:TRUE\n",
        )
        .unwrap();
        let term = ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"];
        let how = ["-selfsign", "-keyfile", "ROOT-A.key", "-in", "old.csr", "-out", "OLD.pem", "-notext"];
        program(folder, &[&["openssl", "ca", "-batch", "-config", "ca.cnf"][..], &how, &term].concat());
    }
    let (code, words) = said(folder, &["add", "OLD.pem"]);
    assert!(code == 0 && words.contains("The certificate has expired"), "{words}");
}
