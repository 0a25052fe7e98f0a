//! Tokens behind a PKCS#11 module: SoftHSM's, with keys of each kind; OpenSSL judges what they sign.

#[path = "support/tokens/bad.rs"]
mod bad;
#[path = "support/tokens/gost.rs"]
mod gost;
#[path = "support/tokens/pins.rs"]
mod pins;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const PIN: &str = "246813";
const SUBJECT: &str = "/C=KZ/CN=ТЕСТОВ ТЕСТ/SN=ТЕСТОВ/GN=ТЕСТОВИЧ/serialNumber=IIN900101300017";
const SIGNS: &str = "keyUsage=critical,digitalSignature,nonRepudiation";
const LOGS_IN: &str = "keyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth";

struct Bench(tempfile::TempDir);

impl Bench {
    #[track_caller]
    fn new() -> Self {
        assert!(Path::new(MODULE).exists(), "{MODULE} is missing: apt-get install softhsm2");
        let bench = Self(tempfile::tempdir().unwrap());
        let path = bench.path();
        std::fs::create_dir(path.join("tokens")).unwrap();
        let conf = format!("directories.tokendir = {}\nlog.level = ERROR\n", path.join("tokens").display());
        std::fs::write(path.join("softhsm2.conf"), conf).unwrap();
        std::fs::write(path.join("letter.txt"), "Көшеде жарық жоқ.").unwrap();
        bench.must(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -keyout ca.key \
             -out ca.pem -addext keyUsage=critical,keyCertSign -subj",
            &["/CN=Bench authority"],
        );
        bench
    }

    fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }

    fn run(&self, line: &str, more: &[&str], input: &str) -> Output {
        let words: Vec<&str> = line.split_whitespace().chain(more.iter().copied()).collect();
        let mut child = Command::new(words[0])
            .args(&words[1..])
            .current_dir(self.0.path())
            .env("SOFTHSM2_CONF", self.path().join("softhsm2.conf"))
            .env("BAD_MODULE", self.path().join("bad"))
            .env("GOST_KEY", self.path().join("gost.pem"))
            .env("HOME", self.0.path())
            .env("LANG", "en_US.UTF-8")
            .env_remove("LC_ALL")
            .env_remove("CONFIGURATION_DIRECTORY")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{}: {e}", words[0]));
        // A program that refuses early reads nothing.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    #[track_caller]
    fn must(&self, line: &str, more: &[&str]) {
        let out = self.run(line, more, "");
        assert!(out.status.success(), "{line}: {}", said(&out));
    }

    fn token(&self, label: &str) {
        self.token_with(label, PIN);
    }

    fn token_with(&self, label: &str, pin: &str) {
        self.must("softhsm2-util --init-token --free --so-pin 12345678 --pin", &[pin, "--label", label]);
    }

    /// A key made by openssl (`kind` in its words) and a certificate for it, both on the token.
    fn key(&self, token: &str, id: &str, kind: &str, uses: &str) {
        self.key_with(token, id, kind, uses, PIN);
    }

    fn key_with(&self, token: &str, id: &str, kind: &str, uses: &str, pin: &str) {
        self.must(&format!("openssl genpkey {kind} -out key.pem"), &[]);
        self.must("openssl req -new -utf8 -key key.pem -out request.pem -subj", &[SUBJECT]);
        std::fs::write(self.path().join("uses"), uses).unwrap();
        self.must(
            "openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -days 30 -extfile uses \
             -outform DER -out certificate.der",
            &[],
        );
        let import = format!("softhsm2-util --import key.pem --pin {pin} --id {id} --label key{id} --token");
        self.must(&import, &[token]);
        let write = format!(
            "pkcs11-tool --module {MODULE} --login --pin {pin} --write-object certificate.der --type cert \
             --id {id} --label certificate{id} --token-label"
        );
        self.must(&write, &[token]);
    }

    fn sign(&self, out: &str, more: &[&str], pin: &str) -> Output {
        let line = format!("{} sign letter.txt --out {out}", env!("CARGO_BIN_EXE_tereze"));
        self.run(&line, more, &format!("{pin}\n"))
    }
}

fn said(out: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

const RSA: &str = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048";
const RSA_3072: &str = "-algorithm RSA -pkeyopt rsa_keygen_bits:3072";
const P256: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";
const P384: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-384";

#[test]
fn keys_of_each_kind_sign_and_openssl_judges() {
    let bench = Bench::new();
    for (n, kind) in [RSA, RSA_3072, P256, P384].into_iter().enumerate() {
        let (label, file) = (format!("Token {n}"), format!("{n}.p7s"));
        bench.token(&label);
        bench.key(&label, "01", kind, SIGNS);
        // Beside it a key for logging in, which must never sign a document.
        bench.key(&label, "02", P256, LOGS_IN);
        let out = bench.sign(&file, &["--module", MODULE, "--token", &label], PIN);
        assert!(out.status.success(), "{kind}: {}", said(&out));
        assert!(said(&out).contains("ТЕСТОВ ТЕСТ"), "{}", said(&out));
        let check = format!(
            "openssl cms -verify -cades -binary -inform DER -in {file} -content letter.txt -CAfile ca.pem \
             -purpose any -out verified"
        );
        bench.must(&check, &[]);
    }
    let several = bench.sign("x.p7s", &["--module", MODULE], PIN);
    assert!(!several.status.success() && said(&several).contains("Token 0"), "{}", said(&several));
}

#[test]
fn what_goes_wrong_with_a_token_is_told() {
    let bench = Bench::new();
    bench.token("One");
    let here = ["--module", MODULE, "--token", "One"];
    let refused = |more: &[&str], pin: &str, word: &str| {
        let out = bench.sign("x.p7s", more, pin);
        assert!(!out.status.success(), "{word}");
        assert!(said(&out).contains(word), "{word:?} is not in {}", said(&out));
        assert!(!bench.path().join("x.p7s").exists());
    };
    refused(&here, PIN, "does not say whose it is");
    bench.key("One", "01", P256, LOGS_IN);
    refused(&here, PIN, "does not say whose it is");
    bench.key("One", "02", P256, SIGNS);
    refused(&here, "999999", "The PIN is not right");
    refused(&["--module", MODULE, "--token", "Other"], PIN, "no card");
    refused(&["--module", "/nowhere/module.so"], PIN, "module does not load");
    refused(&["--module", "letter.txt"], PIN, "module does not load");
    bench.key("One", "03", P256, SIGNS);
    refused(&here, PIN, "Several signatures");
}
