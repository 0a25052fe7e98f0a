//! OpenSSL as the other side: makes authorities, certificates and signatures, and judges ours.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own for one test.
pub struct Bench(pub tempfile::TempDir);

/// Which key OpenSSL makes.
#[derive(Clone, Copy, Debug)]
pub enum KeyType {
    Rsa(u32),
    P256,
    P384,
    P521,
}

const PERSON: &str = "/CN=ТЕСТОВ ТЕСТ/SN=ТЕСТОВ/serialNumber=IIN900101300017/C=KZ/GN=ТЕСТОВИЧ";
/// Extensions of a certificate that signs.
pub const SIGNS: &str = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n\
                         subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";
/// Extensions of an authority.
pub const ISSUES: &str = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n\
                          subjectKeyIdentifier=hash\n";

impl Bench {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        Command::new("openssl")
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .expect("openssl is installed by packaging/setup.sh test")
    }

    #[track_caller]
    pub fn must(&self, arguments: &[&str]) {
        let out = self.run(arguments);
        assert!(out.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    }

    /// `NAME.key`
    pub fn key(&self, name: &str, kind: KeyType) {
        let file = format!("{name}.key");
        let bits = match kind {
            KeyType::Rsa(bits) => format!("rsa_keygen_bits:{bits}"),
            KeyType::P256 => "ec_paramgen_curve:P-256".into(),
            KeyType::P384 => "ec_paramgen_curve:P-384".into(),
            KeyType::P521 => "ec_paramgen_curve:P-521".into(),
        };
        let algorithm = if matches!(kind, KeyType::Rsa(_)) { "RSA" } else { "EC" };
        let named = ["-pkeyopt", "ec_param_enc:named_curve"];
        let mut arguments = vec!["genpkey", "-algorithm", algorithm, "-pkeyopt", &bits, "-out", &file];
        if algorithm == "EC" {
            arguments.extend(named);
        }
        self.must(&arguments);
    }

    /// A self-signed authority `NAME.pem` with its key.
    pub fn root(&self, name: &str, kind: KeyType, extensions: &str) {
        self.key(name, kind);
        self.request(name, &format!("/C=KZ/CN={name}"));
        self.write(&format!("{name}.ext"), extensions.as_bytes());
        let (key, csr, ext) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.ext"));
        let out = format!("{name}.pem");
        self.must(&[
            "x509", "-req", "-in", &csr, "-signkey", &key, "-extfile", &ext, "-days", "30", "-out", &out,
        ]);
    }

    /// `NAME.pem` with a fresh key, issued by `issuer`.
    pub fn issued(&self, name: &str, kind: KeyType, issuer: &str, extensions: &str) {
        let subject = if extensions.contains("CA:TRUE") || name.starts_with("sub") {
            format!("/C=KZ/CN={name}")
        } else {
            PERSON.to_owned()
        };
        self.issued_to(name, &subject, kind, issuer, extensions);
    }

    /// As [`Bench::issued`], for the subject that is named.
    pub fn issued_to(&self, name: &str, subject: &str, kind: KeyType, issuer: &str, extensions: &str) {
        self.key(name, kind);
        self.request(name, subject);
        self.write(&format!("{name}.ext"), extensions.as_bytes());
        let (csr, ext, out) = (format!("{name}.csr"), format!("{name}.ext"), format!("{name}.pem"));
        let (ca, key) = (format!("{issuer}.pem"), format!("{issuer}.key"));
        self.must(&[
            "x509",
            "-req",
            "-in",
            &csr,
            "-CA",
            &ca,
            "-CAkey",
            &key,
            "-CAcreateserial",
            "-extfile",
            &ext,
            "-days",
            "30",
            "-out",
            &out,
        ]);
    }

    fn request(&self, name: &str, subject: &str) {
        let (key, csr) = (format!("{name}.key"), format!("{name}.csr"));
        self.must(&["req", "-new", "-utf8", "-key", &key, "-subj", subject, "-out", &csr]);
    }

    /// `openssl cms -sign` over `doc`; `more` are its further options. The signature's bytes.
    pub fn sign(&self, signer: &str, doc: &[u8], more: &[&str]) -> Vec<u8> {
        self.write("doc", doc);
        let (pem, key) = (format!("{signer}.pem"), format!("{signer}.key"));
        let mut arguments = vec!["cms", "-sign", "-binary", "-in", "doc", "-outform", "DER", "-out", "sig"];
        arguments.extend(["-signer", &pem, "-inkey", &key]);
        arguments.extend(more);
        self.must(&arguments);
        self.read("sig")
    }

    /// Whether `openssl cms -verify -cades` takes the signature; `content`: of a detached one.
    pub fn accepts(&self, cms: &[u8], content: Option<&[u8]>, ca: &Path) -> bool {
        self.write("judged", cms);
        let ca = ca.to_str().unwrap();
        let mut arguments = vec!["cms", "-verify", "-binary", "-inform", "DER", "-in", "judged"];
        arguments.extend(["-CAfile", ca, "-purpose", "any", "-cades", "-out", "content.out"]);
        if let Some(content) = content {
            self.write("content", content);
            arguments.extend(["-content", "content"]);
        }
        self.run(&arguments).status.success()
    }
}
