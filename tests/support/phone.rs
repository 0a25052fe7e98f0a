//! A phone with the national app, as far as its exchange is documented: reads the code, GETs, GETs,
//! signs with OpenSSL, PUTs. HTTP by hand over real TLS, with nothing of the kiosk's client in it.
#![allow(dead_code)]

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A key and a certificate in PEM files, and the engine where OpenSSL needs one.
pub struct Signer {
    pub folder: tempfile::TempDir,
    pub engine: Option<PathBuf>,
    pub digest: &'static str,
}

impl Signer {
    /// `pem`: certificate and key.
    pub fn new(pem: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("one.pem"), pem).unwrap();
        Self { folder, engine: None, digest: "sha256" }
    }

    /// A CMS with the content inside, as the app makes it.
    pub fn sign(&self, content: &[u8]) -> Vec<u8> {
        let path = |name: &str| self.folder.path().join(name);
        std::fs::write(path("letter"), content).unwrap();
        let mut command = Command::new("openssl");
        command.current_dir(self.folder.path());
        if let Some(engine) = &self.engine {
            command.env("OPENSSL_CONF", engine);
        }
        command.args(["cms", "-sign", "-binary", "-nodetach", "-cades", "-in", "letter", "-outform", "DER"]);
        command.args(["-out", "signed", "-signer", "one.pem", "-inkey", "one.pem", "-md", self.digest]);
        let out = command.output().expect("openssl is installed by packaging/setup.sh test");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        std::fs::read(path("signed")).unwrap()
    }
}

/// One telephone. What TLS believes is given: in the field it is the world's authorities.
pub struct Phone {
    pub believes: Vec<Vec<u8>>,
    pub program: &'static str,
}

/// What the code's address said.
pub struct Opened {
    pub invitation: Value,
    pub uri: String,
    pub token: String,
}

impl Phone {
    pub fn new(believes: Vec<Vec<u8>>) -> Self {
        Self { believes, program: "eGovMobile" }
    }

    /// Status and body.
    pub async fn ask(&self, method: &str, url: &str, token: Option<&str>, body: &[u8]) -> (u16, Vec<u8>) {
        let rest = url.strip_prefix("https://").expect("https");
        let (host, path) = rest.split_once('/').expect("a path");
        let mut roots = rustls::RootCertStore::empty();
        for authority in &self.believes {
            roots.add(CertificateDer::from(authority.clone())).unwrap();
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_owned();
        let stream = TcpStream::connect(host).await.unwrap();
        let name = ServerName::try_from(name).unwrap();
        let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
        let mut head = format!(
            "{method} /{path} HTTP/1.1\r\nhost: {host}\r\nuser-agent: {}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n",
            self.program,
            body.len()
        );
        if let Some(token) = token {
            head += &format!("authorization: Bearer {token}\r\n");
        }
        stream.write_all((head + "\r\n").as_bytes()).await.unwrap();
        let _ = stream.write_all(body).await;
        let mut bytes = vec![];
        let _ = stream.read_to_end(&mut bytes).await;
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("a whole head");
        let head = String::from_utf8_lossy(&bytes[..end]);
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, bytes[end + 4..].to_vec())
    }

    /// `code`: what the QR code says.
    pub async fn open(&self, code: &str) -> Result<Opened, u16> {
        let address = code.strip_prefix("mobileSign:").expect("a code for the app");
        let (status, body) = self.ask("GET", address, None, b"").await;
        if status != 200 {
            return Err(status);
        }
        let invitation: Value = serde_json::from_slice(&body).unwrap();
        let document = &invitation["document"];
        assert_eq!(document["auth_type"], "Bearer");
        let said = |key: &str| document[key].as_str().unwrap().to_owned();
        let (uri, token) = (said("uri"), said("auth_token"));
        Ok(Opened { invitation, uri, token })
    }

    /// The set to sign.
    pub async fn fetch(&self, opened: &Opened) -> Result<Value, u16> {
        let (status, body) = self.ask("GET", &opened.uri, Some(&opened.token), b"").await;
        if status == 200 { Ok(serde_json::from_slice(&body).unwrap()) } else { Err(status) }
    }

    pub async fn put(&self, opened: &Opened, set: &Value) -> u16 {
        self.ask("PUT", &opened.uri, Some(&opened.token), set.to_string().as_bytes()).await.0
    }

    /// All of it: from the code to the signature sent.
    pub async fn sign(&self, code: &str, signer: &Signer) -> Result<(), u16> {
        self.sign_other(code, |document| signer.sign(document)).await
    }

    /// What is sent is what `signed` makes of the document.
    pub async fn sign_other(&self, code: &str, signed: impl FnOnce(&[u8]) -> Vec<u8>) -> Result<(), u16> {
        let opened = self.open(code).await?;
        let mut set = self.fetch(&opened).await?;
        assert_eq!(set["signMethod"], "CMS_WITH_DATA");
        let document = document(&set);
        set["documentsToSign"][0]["document"]["file"]["data"] = json!(STANDARD.encode(signed(&document)));
        match self.put(&opened, &set).await {
            200 => Ok(()),
            status => Err(status),
        }
    }
}

/// The bytes to sign.
pub fn document(set: &Value) -> Vec<u8> {
    let documents = set["documentsToSign"].as_array().unwrap();
    assert_eq!(documents.len(), 1);
    STANDARD.decode(documents[0]["document"]["file"]["data"].as_str().unwrap()).unwrap()
}
