//! The card: third-party firmware in a process of its own (`tests/support/card-firmware`), built
//! when first wanted, and certificates for its keys by openssl.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

use spki::EncodePublicKey as _;

use super::pcscd::program;

const SUBJECT: &str = "/C=KZ/CN=ТЕСТОВ ТЕСТ/SN=ТЕСТОВ/GN=ТЕСТОВИЧ/serialNumber=IIN900101300017";

/// Within the folder that this program was built into.
fn target() -> PathBuf {
    let exe = std::env::current_exe().unwrap();
    let target = exe.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists());
    target.expect("cargo marks its target folder").join("card-firmware")
}

/// Builds the firmware once; later test runs find it built.
#[track_caller]
pub fn build() {
    static BUILT: OnceLock<Result<(), String>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/card-firmware/Cargo.toml");
        eprintln!("building the card firmware (the first time takes a minute or two)");
        let out = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
            .args(["build", "--locked", "--manifest-path"])
            .arg(manifest)
            .arg("--target-dir")
            .arg(target())
            .output()
            .map_err(|e| format!("cargo: {e}"))?;
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        out.status.success().then_some(()).ok_or(said)
    });
    if let Err(said) = built {
        panic!("the card firmware does not build (it wants libclang: apt-get install libclang-dev):\n{said}");
    }
}

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Rsa,
    Ec,
}

/// Which applications a card has.
#[derive(Clone, Copy, PartialEq)]
pub enum Apps {
    Piv,
    OpenPgp,
    Both,
}

pub struct Card {
    process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Card {
    /// A blank card for the reader at this port, not in it yet.
    pub fn new(port: u16, apps: Apps) -> Self {
        let apps: &[&str] = match apps {
            Apps::Piv => &[],
            Apps::OpenPgp => &["--openpgp"],
            Apps::Both => &["--both"],
        };
        let mut process = Command::new(target().join("debug/card-firmware"))
            .args(["--port", &port.to_string()])
            .args(apps)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Self { process, orders, answers }
    }

    /// The answer to an order; refusals fail the test.
    #[track_caller]
    pub fn order(&mut self, line: &str) -> String {
        self.order_unless_refused(line).unwrap_or_else(|said| panic!("{line}: {said}"))
    }

    fn order_unless_refused(&mut self, line: &str) -> Result<String, String> {
        writeln!(self.orders, "{line}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        let answer = answer.trim();
        match answer.strip_prefix("ok") {
            Some(rest) => Ok(rest.trim().to_owned()),
            None => Err(answer.to_owned()),
        }
    }

    /// Into the reader; pcscd may still be opening its port.
    #[track_caller]
    pub fn insert(&mut self) {
        for _ in 0..600 {
            match self.order_unless_refused("insert") {
                Ok(_) => return,
                Err(said) if said.contains("refused") => {
                    std::thread::sleep(std::time::Duration::from_millis(100));
                }
                Err(said) => panic!("insert: {said}"),
            }
        }
        panic!("the virtual reader never opened its port");
    }

    pub fn remove(&mut self) {
        self.order("remove");
    }

    /// Makes a key in 9C and certifies it. The files `ca.pem` and `key.pem` (public) in `folder`
    /// are what openssl judges by.
    pub fn personalise(&mut self, folder: &Path, kind: Kind) {
        let certificate = self.certify(folder, kind);
        self.order(&format!("certificate 9c plain {}", hex::encode(certificate)));
    }

    /// A new key in 9C and a certificate for it, not on the card yet.
    pub fn certify(&mut self, folder: &Path, kind: Kind) -> Vec<u8> {
        let made = self.order(if kind == Kind::Rsa { "key rsa 9c" } else { "key ec 9c" });
        issue(folder, &made)
    }

    /// As [`Self::personalise`], in the OpenPGP application: the signing key and the third certificate.
    pub fn personalise_openpgp(&mut self, folder: &Path, kind: Kind) {
        let certificate = self.certify_openpgp(folder, kind, "sign");
        self.order(&format!("openpgp-certificate 3 {}", hex::encode(certificate)));
    }

    /// A new key to `sign` or to `log-in`, and a certificate for it, not on the card yet.
    pub fn certify_openpgp(&mut self, folder: &Path, kind: Kind, place: &str) -> Vec<u8> {
        let kind = if kind == Kind::Rsa { "rsa" } else { "ec" };
        let made = self.order(&format!("openpgp-key {kind} {place}"));
        issue(folder, &made)
    }
}

/// The certificate for a key that a card made.
fn issue(folder: &Path, made: &str) -> Vec<u8> {
    std::fs::write(folder.join("key.pem"), public_pem(made)).unwrap();
    if !folder.join("ca.pem").exists() {
        authority(folder);
    }
    certificate(folder)
}

impl Drop for Card {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn public_pem(made: &str) -> String {
    let fields: Vec<&str> = made.split(' ').collect();
    let bytes = |at: usize| hex::decode(fields[at]).unwrap();
    let ending = Default::default();
    match fields[0] {
        "ec" => p256::PublicKey::from_sec1_bytes(&bytes(1)).unwrap().to_public_key_pem(ending).unwrap(),
        _ => {
            let number = |at| rsa::BigUint::from_bytes_be(&bytes(at));
            rsa::RsaPublicKey::new(number(1), number(2)).unwrap().to_public_key_pem(ending).unwrap()
        }
    }
}

const NEW_KEY: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

fn authority(folder: &Path) {
    let make = ["openssl", "req", "-x509", "-days", "30", "-subj", "/CN=Bench authority"];
    let files = ["-keyout", "ca.key", "-out", "ca.pem"];
    let uses = ["-addext", "keyUsage=critical,keyCertSign"];
    program(folder, &[&make, NEW_KEY, &files, &uses].concat());
}

/// DER for `key.pem`, which the request's own key gives way to.
fn certificate(folder: &Path) -> Vec<u8> {
    let request = ["openssl", "req", "-new", "-utf8", "-subj", SUBJECT, "-out", "request.pem"];
    program(folder, &[&request, NEW_KEY, &["-keyout", "/dev/null"]].concat());
    std::fs::write(folder.join("uses"), "keyUsage=critical,digitalSignature,nonRepudiation\n").unwrap();
    let issue = ["openssl", "x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key"];
    let what = ["-force_pubkey", "key.pem", "-days", "30", "-extfile", "uses"];
    program(folder, &[&issue[..], &what, &["-outform", "DER", "-out", "certificate.der"]].concat());
    std::fs::read(folder.join("certificate.der")).unwrap()
}
