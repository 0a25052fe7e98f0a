//! OpenSSL makes a small world of certificates in a folder, and judges it.

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::OnceLock;

use ::der::{Decode, Encode};
use tereze::clock::{Clock, Confidence, Moment, Reading};
use tereze::sign::certificate::Certificate;
use tereze::sign::key::SigningKey;
use tereze::sign::path::{Purpose, Rules};
use tereze::sign::policy::Demand;
use tereze::sign::revocation::{Evidence, Need};
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::verdict::SignerReport;
use tereze::sign::{Question, crl::Crl, pem, verify_certificate};

use crate::tlv::tlv;

pub struct World {
    folder: tempfile::TempDir,
    /// Without root and leaf, in the order they were made.
    between: RefCell<Vec<String>>,
    /// What is trusted beside the root.
    anchors: RefCell<Vec<String>>,
}

impl World {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            between: RefCell::default(),
            anchors: RefCell::default(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("openssl");
        command.args(arguments).current_dir(self.folder.path());
        command.output().expect("openssl is installed by packaging/setup.sh test")
    }

    #[track_caller]
    pub fn must(&self, arguments: &[&str]) {
        let out = self.run(arguments);
        assert!(out.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    }

    /// `NAME.pem` with `NAME.key`, issued by `issuer` (empty: by itself). See [`extensions`].
    pub fn certificate(&self, name: &str, issuer: &str, words: &str) {
        let file = |end: &str| format!("{name}.{end}");
        let same = words.split(' ').find_map(|w| w.strip_prefix("key:"));
        match same {
            Some(other) => {
                let _ = std::fs::copy(self.path(&format!("{other}.key")), self.path(&file("key"))).unwrap();
            }
            None => {
                self.key(words, &file("key"));
            }
        }
        let usual = format!("/C=KZ/CN={name}");
        let subject = words.split(' ').find_map(|w| w.strip_prefix("subj:")).unwrap_or(&usual);
        let subject = subject.replace('_', " ");
        self.must(&["req", "-new", "-utf8", "-key", &file("key"), "-subj", &subject, "-out", &file("csr")]);
        self.write(&file("ext"), &extensions(words, issuer.is_empty()));
        let (csr, key, out, ext) = (file("csr"), file("key"), file("pem"), file("ext"));
        let (ca, ca_key) = (format!("{issuer}.pem"), format!("{issuer}.key"));
        let word = |key: &str| words.split(' ').find_map(|w| w.strip_prefix(key));
        let digest = format!("-{}", word("md:").unwrap_or("sha256"));
        let has = |word: &str| words.split(' ').any(|w| w == word);
        let days = word("days:").unwrap_or("30");
        let mut arguments = vec!["x509", "-req", "-in", &csr, "-days", days, "-out", &out];
        if digest != "-none" {
            arguments.push(&digest);
        }
        if !has("v1") {
            arguments.extend(["-extfile", &ext]);
        }
        if has("pss") {
            arguments.extend(["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]);
        }
        match word("serial:") {
            Some(serial) => arguments.extend(["-set_serial", serial]),
            None if issuer.is_empty() => {}
            None => arguments.push("-CAcreateserial"),
        }
        if issuer.is_empty() {
            arguments.extend(["-signkey", &key]);
        } else {
            arguments.extend(["-CA", &ca, "-CAkey", &ca_key]);
        }
        self.must(&arguments);
        if let Some((from, to)) = word("patch:").and_then(|w| w.split_once('=')) {
            self.patch(&out, if issuer.is_empty() { name } else { issuer }, &bytes(from), &bytes(to));
        }
        if let Some((from, to)) = word("term:").and_then(|w| w.split_once('-')) {
            self.term(&out, if issuer.is_empty() { name } else { issuer }, from, to);
        }
        if let Some((from, to)) = word("outer:").and_then(|w| w.split_once('=')) {
            let mut der = Certificate::from_file(&self.read(&out)).unwrap().remove(0).der().to_vec();
            let at = (0..der.len()).rev().find(|at| der[*at..].starts_with(&bytes(from))).unwrap();
            der[at..][..bytes(to).len()].copy_from_slice(&bytes(to));
            self.write(&out, &pem::encode("CERTIFICATE", &der));
        }
        if has("anchor") {
            self.anchors.borrow_mut().push(out);
        } else if name != "root" && name != "leaf" && !has("hidden") {
            self.between.borrow_mut().push(out);
        }
    }

    /// A new key in `file`: P-256 where `words` name no other.
    fn key(&self, words: &str, file: &str) {
        let word = |key: &str| words.split(' ').find_map(|w| w.strip_prefix(key));
        if words.split(' ').any(|w| w == "dsa") {
            // Its parameters take seconds to find: once is enough.
            static KEY: OnceLock<Vec<u8>> = OnceLock::new();
            let key = KEY.get_or_init(|| {
                self.must(&["dsaparam", "-genkey", "-noout", "-out", "dsa.key", "2048"]);
                self.read("dsa.key")
            });
            std::fs::write(self.path(file), key).unwrap();
            return;
        }
        let (kind, option) = match (word("rsa:"), word("ec:")) {
            (Some(bits), _) => ("RSA", format!("rsa_keygen_bits:{bits}")),
            (_, Some(curve)) => ("EC", format!("ec_paramgen_curve:{curve}")),
            _ if words.split(' ').any(|w| w == "ed25519") => {
                return self.must(&["genpkey", "-algorithm", "ED25519", "-out", file]);
            }
            _ => ("EC", "ec_paramgen_curve:P-256".to_owned()),
        };
        self.must(&["genpkey", "-algorithm", kind, "-pkeyopt", &option, "-out", file]);
    }

    /// Another term, both ends as UTCTime.
    fn term(&self, file: &str, issuer: &str, from: &str, to: &str) {
        let whole = Certificate::from_file(&self.read(file)).unwrap().remove(0).der().to_vec();
        let at = whole.windows(4).position(|w| w == [0x30, 0x1e, 0x17, 0x0d]).expect("two UTCTimes");
        let new = tlv(0x30, &[&tlv(0x17, &[from.as_bytes()]), &tlv(0x17, &[to.as_bytes()])]);
        self.patch(file, issuer, &whole[at..at + new.len()], &new);
    }

    /// Other bytes, as many, at the first place of these in what `issuer` signed; signed anew.
    fn patch(&self, file: &str, issuer: &str, from: &[u8], to: &[u8]) {
        let mut whole = Certificate::from_file(&self.read(file)).unwrap().remove(0).der().to_vec();
        let at = whole.windows(from.len()).position(|w| w == from).expect("it is there");
        whole[at..at + to.len()].copy_from_slice(to);
        let whole = ::der::AnyRef::from_der(&whole).unwrap().value();
        let (tbs, rest) = whole.split_at(length(whole));
        let algorithm = &rest[..length(rest)];
        let block = pem::blocks(&self.read(&format!("{issuer}.key")), &["PRIVATE KEY"]).unwrap().remove(0);
        let key = SigningKey::from_pkcs8(&block.der).unwrap();
        let above = Certificate::from_file(&self.read(&format!("{issuer}.pem"))).unwrap().remove(0);
        let signature = tlv(0x03, &[&[0], &key.sign(above.key(), tbs).unwrap()]);
        self.write(file, &pem::encode("CERTIFICATE", &tlv(0x30, &[tbs, algorithm, &signature])));
    }

    pub fn between(&self) -> Vec<u8> {
        self.between.borrow().iter().flat_map(|name| self.read(name)).collect()
    }

    /// Root and further anchors.
    pub fn anchors(&self) -> Vec<String> {
        let further = self.anchors.borrow().clone();
        std::iter::once("root.pem".to_owned()).chain(further).collect()
    }

    pub fn now() -> Moment {
        Clock::system().now().wall
    }

    /// The path of `leaf.pem` to `root.pem`, by us; `lists`: CRL files that everyone in it is asked about by.
    pub fn judge(&self, policies: Demand, lists: &[&str]) -> SignerReport {
        self.judge_at(policies, lists, Self::now())
    }

    pub fn judge_at(&self, policies: Demand, lists: &[&str], at: Moment) -> SignerReport {
        let need = if lists.is_empty() { Need::Nothing } else { Need::Everyone };
        self.judge_by(policies, lists, at, need)
    }

    /// Where only the leaf must be known not to be revoked.
    pub fn judge_signer(&self, lists: &[&str]) -> SignerReport {
        self.judge_by(Demand::NONE, lists, Self::now(), Need::Signer)
    }

    fn judge_by(&self, policies: Demand, lists: &[&str], at: Moment, need: Need) -> SignerReport {
        let mut trust = Trust::new();
        trust.load(CITIZEN, &self.read("root.pem")).unwrap();
        let between = self.between();
        let extra = if between.is_empty() { vec![] } else { Certificate::from_file(&between).unwrap() };
        let leaf = Certificate::from_file(&self.read("leaf.pem")).unwrap().remove(0);
        let lists =
            lists.iter().flat_map(|name| Crl::from_file(&self.read(name))).map(std::sync::Arc::new).collect();
        let evidence = Evidence { lists, need, ..Evidence::default() };
        let rules = Rules { purpose: Purpose::Any, policies, profile: false, between: None };
        let at = Reading { wall: at, confidence: Confidence::Plausible };
        let question =
            Question { extra: &extra, rules: &rules, evidence: &evidence, ..Question::new(&trust, at) };
        verify_certificate(&leaf, &question)
    }

    /// `openssl verify` with these options; what it said where it refused.
    pub fn openssl(&self, flags: &[&str]) -> (bool, String) {
        std::fs::write(self.path("between"), self.between()).unwrap();
        let anchors: Vec<u8> = self.anchors().iter().flat_map(|name| self.read(name)).collect();
        std::fs::write(self.path("anchors"), anchors).unwrap();
        let mut arguments = vec!["verify", "-CAfile", "anchors"];
        if !self.between.borrow().is_empty() {
            arguments.extend(["-untrusted", "between"]);
        }
        arguments.extend(flags);
        arguments.push("leaf.pem");
        let out = self.run(&arguments);
        (out.status.success(), String::from_utf8_lossy(&out.stderr).trim().replace('\n', " "))
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap()
}

/// Of the first element.
fn length(der: &[u8]) -> usize {
    let header = ::der::Header::decode(&mut ::der::SliceReader::new(der).unwrap()).unwrap();
    usize::try_from((header.encoded_len().unwrap() + header.length).unwrap()).unwrap()
}

/// Words to the lines of an OpenSSL extension file: `ca`, `len:0`, `ku:keyCertSign`, `pol:1.2.3,1.2.4`, `map:1.2.3:1.2.4`,
/// `pc:requireExplicitPolicy:0`, `iap:0`, `nc:permitted;DNS:a`, `dir:permitted:C=KZ,O=A`, `san:DNS:a`, `raw:LINE`
/// (`~` for a space), `noski`, `ski:critical,hash`, `noaki`, `aki:critical,keyid`, `bc:CA:TRUE`. Of the certificate itself:
/// `days:5`, `term:FROM-TO`, `serial:0`, `v1`, `md:sha1`, `rsa:1024`, `ec:P-384`, `ed25519` (its issuer's `md:none`), `dsa`,
/// `pss`, `key:OTHER`, `subj:/CN=A`, `patch:HEX=HEX` in what is signed, `outer:HEX=HEX` after it; `anchor`: trusted too;
/// `hidden`: given to nobody.
fn extensions(words: &str, root: bool) -> String {
    let word = |key: &str| words.split(' ').find_map(|w| w.strip_prefix(key)).map(|w| w.replace('~', " "));
    let has = |word: &str| words.split(' ').any(|w| w == word);
    let mut out = String::new();
    // OpenSSL adds both by itself where none is named.
    for (key, name, none, usual) in [
        ("ski:", "subjectKeyIdentifier", "noski", "hash"),
        ("aki:", "authorityKeyIdentifier", "noaki", if root { "none" } else { "keyid" }),
    ] {
        let value = if has(none) { Some("none".to_owned()) } else { word(key) };
        out += &format!("{name}={}\n", value.as_deref().unwrap_or(usual));
    }
    let authority = has("ca");
    if let Some(basic) = word("bc:") {
        out += &format!("basicConstraints={basic}\n");
    } else if authority {
        let length = word("len:").map(|n| format!(",pathlen:{n}")).unwrap_or_default();
        out += &format!("basicConstraints=critical,CA:TRUE{length}\n");
    } else if !has("nobc") {
        out += "basicConstraints=CA:FALSE\n";
    }
    let usual = if authority { "keyCertSign,cRLSign" } else { "digitalSignature" };
    match word("ku:").as_deref() {
        Some("none") => {}
        usage => out += &format!("keyUsage=critical,{}\n", usage.unwrap_or(usual)),
    }
    let mut sections = String::new();
    for (key, line) in [
        ("pol:", "certificatePolicies="),
        ("map:", "policyMappings=critical,"),
        ("pc:", "policyConstraints=critical,"),
        ("iap:", "inhibitAnyPolicy=critical,"),
        ("nc:", "nameConstraints=critical,"),
        ("san:", "subjectAltName="),
        ("raw:", ""),
    ] {
        if let Some(value) = word(key) {
            out += &format!("{line}{value}\n");
        }
    }
    if let Some(value) = word("dir:") {
        let (which, parts) = value.split_once(':').unwrap();
        out += &format!("nameConstraints=critical,{which};dirName:dir\n");
        sections += &format!("[dir]\n{}\n", parts.replace(',', "\n"));
    }
    out + &sections
}
