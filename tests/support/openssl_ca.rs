//! A citizens' authority kept by `openssl ca`: people with key files, revocations, lists, a responder.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Output, Stdio};

pub const GOST: &str =
    "openssl_conf=o\n[o]\nengines=e\n[e]\ngost=g\n[g]\nengine_id=gost\ndefault_algorithms=ALL\n";
const CA: &str = "[ca]\ndefault_ca=c\n[c]\ndatabase=index\nserial=serial\ncrlnumber=number\nnew_certs_dir=.\n\
                  certificate=ca.pem\nprivate_key=ca.key\ndefault_days=30\ndefault_crl_days=1\npolicy=p\n\
                  unique_subject=no\nemail_in_dn=no\n[p]\ncommonName=optional\nsurname=optional\n\
                  serialNumber=optional\ncountryName=optional\ngivenName=optional\norganizationName=optional\n";
const ROOT: &str = "[req]\ndistinguished_name=n\nx509_extensions=x\nprompt=no\n[n]\nC=KZ\nCN=OFFICE\n[x]\n\
                    basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign,digitalSignature\n\
                    subjectKeyIdentifier=hash\n";
const SIGNS: &str = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n\
                     subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";
pub const PASSWORD: &str = "ab1";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Rsa,
    Ec,
    /// By the gost engine.
    Gost,
}

/// An authority in a folder of its own.
pub struct Office {
    folder: tempfile::TempDir,
    kind: Kind,
}

/// A responder, ended with the test.
pub struct Responder(Child, #[allow(dead_code)] BufReader<ChildStderr>);

impl Drop for Responder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Office {
    /// `None`, with a word, where OpenSSL has no engine for the kind.
    pub fn new(kind: Kind) -> Option<Self> {
        let it = Self { folder: tempfile::tempdir().unwrap(), kind };
        it.write("gost.cnf", GOST.as_bytes());
        let engine = it.run(&["engine", "-t", "gost"]);
        if kind == Kind::Gost && !String::from_utf8_lossy(&engine.stdout).contains("[ available ]") {
            println!("skipped: OpenSSL has no gost engine here (packaging/setup.sh test)");
            return None;
        }
        it.write("ca.cnf", CA.as_bytes());
        it.write("index", b"");
        it.write("serial", b"4D01\n");
        it.write("number", b"01\n");
        it.write("signs.ext", SIGNS.as_bytes());
        it.key("ca.key");
        it.write("root.cnf", ROOT.as_bytes());
        it.must(&["req", "-x509", "-config", "root.cnf", "-key", "ca.key", "-days", "60", "-out", "ca.pem"]);
        Some(it)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    fn command(&self) -> Command {
        let mut command = Command::new("openssl");
        command.current_dir(self.folder.path());
        if self.kind == Kind::Gost {
            command.env("OPENSSL_CONF", self.path("gost.cnf"));
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().expect("openssl is installed by packaging/setup.sh test")
    }

    #[track_caller]
    pub fn must(&self, arguments: &[&str]) {
        let out = self.run(arguments);
        assert!(out.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn key(&self, out: &str) {
        let (algorithm, option) = match self.kind {
            Kind::Rsa => ("RSA", "rsa_keygen_bits:2048"),
            Kind::Ec => ("EC", "ec_paramgen_curve:P-256"),
            Kind::Gost => ("gost2012_512", "paramset:A"),
        };
        self.must(&["genpkey", "-algorithm", algorithm, "-pkeyopt", option, "-out", out]);
    }

    pub fn hash(&self) -> &'static str {
        if self.kind == Kind::Gost { "md_gost12_512" } else { "sha256" }
    }

    /// `openssl ca` with its settings.
    pub fn ca(&self, more: &[&str]) {
        self.must(&[&["ca", "-config", "ca.cnf", "-batch", "-md", self.hash()], more].concat());
    }

    /// `NAME.pem` with `NAME.key`, and `NAME.p12` under [`PASSWORD`].
    pub fn person(&self, name: &str, iin: &str) -> Vec<u8> {
        self.person_locked(name, iin, PASSWORD)
    }

    pub fn person_locked(&self, name: &str, iin: &str, password: &str) -> Vec<u8> {
        self.certify(
            name,
            &format!("/CN=ТЕСТОВ ТЕСТ/SN=ТЕСТОВ/serialNumber=IIN{iin}/C=KZ/GN=ТЕСТОВИЧ"),
            "signs.ext",
        );
        let [key, pem, p12] = ["key", "pem", "p12"].map(|end| format!("{name}.{end}"));
        let pass = format!("pass:{password}");
        let usual = ["pkcs12", "-export", "-inkey", &key, "-in", &pem, "-passout", &pass, "-out", &p12];
        let old = ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"];
        let how = if self.kind == Kind::Gost { &old[..] } else { &[] };
        self.must(&[&usual[..], how].concat());
        self.read(&p12)
    }

    /// `NAME.pem` with `NAME.key` and these extensions' file.
    pub fn certify(&self, name: &str, subject: &str, extensions: &str) {
        let [key, csr, pem] = ["key", "csr", "pem"].map(|end| format!("{name}.{end}"));
        self.key(&key);
        self.must(&["req", "-new", "-utf8", "-key", &key, "-subj", subject, "-out", &csr]);
        self.ca(&["-utf8", "-notext", "-in", &csr, "-out", &pem, "-extfile", extensions]);
    }

    pub fn revoke(&self, name: &str) {
        self.ca(&["-revoke", &format!("{name}.pem"), "-crl_reason", "keyCompromise"]);
    }

    /// The list as it is now.
    pub fn list(&self, more: &[&str]) -> Vec<u8> {
        self.ca(&[&["-gencrl", "-out", "list.pem"], more].concat());
        self.must(&["crl", "-in", "list.pem", "-outform", "DER", "-out", "list.der"]);
        self.read("list.der")
    }

    /// `openssl ocsp` over the authority's index.
    pub fn responder(&self, port: u16) -> Responder {
        let mut command = self.command();
        command.args(["ocsp", "-port", &port.to_string(), "-index", "index", "-CA", "ca.pem"]);
        command.args(["-rsigner", "ca.pem", "-rkey", "ca.key", "-rmd", self.hash(), "-nmin", "30"]);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("waiting for") {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "the responder did not start");
        }
        Responder(child, said)
    }
}
