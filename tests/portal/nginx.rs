//! A web server between phones and portal: the very text of docs/portal.md in a real nginx, with a certificate of an
//! authority that phones believe and the deployment has nothing to do with.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tereze::clock::Clock;
use tereze::i18n::Lang;
use tereze::portal::Portal as _;
use tereze::portal::wire::phone::{MAX_SENT, PhoneSession, PhoneStage, SCHEME};
use tereze::sign::issue::{Authority, Term};
use tereze::sign::verify;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use zeroize::Zeroizing;

use crate::phones::{Phone, Signer, document};
use crate::support::letter::Letter;
use crate::support::{People, World};

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // Its workers end with it only where it is asked to.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

fn there() -> bool {
    let there = Command::new("nginx").arg("-v").output().is_ok_and(|out| out.status.success());
    if !there {
        println!("skipped: nginx is not installed (packaging/setup.sh test)");
    }
    there
}

/// The documented text, with this test's addresses, files and patience.
fn documented(folder: &Path, port: u16, portal: SocketAddr) -> String {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/portal.md")).unwrap();
    let start = page.split("```nginx\n").nth(1).expect("the configuration");
    let mut text = start.split("```").next().unwrap().to_owned();
    let at = |name: &str| folder.join(name).display().to_string();
    for (documented, here) in [
        ("listen 443 ssl", format!("listen 127.0.0.1:{port} ssl")),
        ("server_name sign.portal.example", "server_name localhost".into()),
        ("/etc/nginx/sign.portal.example.pem", at("world.pem")),
        ("/etc/nginx/sign.portal.example.key", at("world.pem")),
        ("/var/log/nginx/error.log", at("error.log")),
        ("127.0.0.1:8443", portal.to_string()),
        ("/etc/nginx/tereze-tls-ca.pem", at("tls-ca.pem")),
        ("proxy_ssl_name portal.example", "proxy_ssl_name localhost".into()),
        ("client_body_timeout 10s", "client_body_timeout 1s".into()),
    ] {
        assert!(text.contains(documented), "{documented}");
        text = text.replace(documented, &here);
    }
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary = temporary.map(|name| format!("{name}_temp_path {};\n", at(name))).concat();
    format!(
        "daemon off;\nworker_processes 1;\npid {};\nerror_log {};\nevents {{}}\nhttp {{\n{temporary}{text}}}\n",
        at("pid"),
        at("start.log")
    )
}

fn pem(der: &[u8]) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(der))
}

/// A portal, nginx before it, and what phones believe.
struct Front {
    world: World,
    folder: tempfile::TempDir,
    believes: Vec<u8>,
    port: u16,
    _nginx: Ended,
}

impl Front {
    async fn start(people: &People) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = crate::openssl_ca::free_port();
        let term = Term::days(Clock::system().now().wall, 30);
        let authority = Authority::generate("WORLD", false, term).unwrap();
        let server = authority.issue_server(&["localhost"], term).unwrap();
        fs::write(folder.path().join("world.pem"), server.to_pem().unwrap().as_bytes()).unwrap();
        let world = World::start_behind(people, format!("https://localhost:{port}")).await;
        world.app.phones.behind(IpAddr::V4(Ipv4Addr::LOCALHOST));
        fs::write(folder.path().join("tls-ca.pem"), pem(&world.held.tls_ca()[0])).unwrap();
        fs::write(folder.path().join("nginx.conf"), documented(folder.path(), port, world.address)).unwrap();
        // Its workers may be somebody else's: they need the way to their files.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(folder.path(), open).unwrap();
        let mut nginx = Command::new("nginx");
        nginx.arg("-p").arg(folder.path()).args(["-c", "nginx.conf"]);
        let nginx = nginx.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut nginx = Ended(nginx);
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            if let Some(status) = nginx.0.try_wait().unwrap() {
                let mut said = String::new();
                std::io::Read::read_to_string(&mut nginx.0.stderr.take().unwrap(), &mut said).unwrap();
                panic!("{status}: {said}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self { world, folder, believes: authority.certificate().der().to_vec(), port, _nginx: nginx }
    }

    fn phone(&self) -> Phone {
        Phone::new(vec![self.believes.clone()])
    }

    async fn begun(&self, letter: &Letter) -> (PhoneSession, String) {
        let session = self.world.portal.phone_begin(Zeroizing::new(letter.bytes())).await.unwrap();
        let code = format!("{SCHEME}{}", session.address);
        (session, code)
    }

    async fn stage(&self, session: &PhoneSession) -> PhoneStage {
        self.world.portal.phone_state(session.session.clone(), None, 0).await.unwrap().unwrap().stage
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_knows_only_the_worlds_authorities_signs_a_letter() {
    if !there() {
        return;
    }
    let people = People::new(false);
    let front = Front::start(&people).await;
    let mut letter = Letter::new(&front.world, &people.person, Lang::Kk);
    // As long as letters come.
    let long = letter.statement.fields.iter_mut().find(|f| f.value.contains("Көшеміздегі")).unwrap();
    long.value = "Көшеміздегі жол бұзылған. ".repeat(150).trim_end().to_owned();
    let (session, code) = front.begun(&letter).await;
    assert!(code.contains(&format!("https://localhost:{}/m/", front.port)));
    let phone = front.phone();
    let opened = phone.open(&code).await.unwrap();
    let mut set = phone.fetch(&opened).await.unwrap();
    assert_eq!(document(&set), letter.bytes(), "byte for byte");
    let cms = Signer::new(&people.person.to_pem().unwrap()).sign(&document(&set));
    set["documentsToSign"][0]["document"]["file"]["data"] = json!(STANDARD.encode(&cms));
    assert_eq!(phone.put(&opened, &set).await, 200);
    assert_eq!(front.stage(&session).await, PhoneStage::Signed);
    assert!(verify(&cms, None, &people.trust(), front.world.clock.now()).is_valid());
    // Nothing of it is in nginx's files: neither logs nor what was too long for a buffer.
    let mut open = vec![front.folder.path().to_owned()];
    let (word, address) = ("Көшеміздегі".as_bytes(), code.rsplit_once('/').unwrap().1.as_bytes());
    let encoded = &STANDARD.encode(letter.bytes())[..60];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        for secret in [word, address, encoded.as_bytes()] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret), "{}", path.display());
        }
    }
    front.world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_long_bodies_and_slow_ones_end_at_the_web_server_or_are_told_apart() {
    if !there() {
        return;
    }
    let people = People::new(false);
    let front = Front::start(&people).await;
    let letter = Letter::new(&front.world, &people.person, Lang::Ru);
    let (session, code) = front.begun(&letter).await;
    let (phone, at) = (front.phone(), format!("https://localhost:{}", front.port));
    // Only the phones' addresses are there, by the phones' methods.
    for path in ["/api/v1/about", "/api/v1/keyset", "/", "/mm", "/m/../api/v1/about"] {
        assert_eq!(phone.ask("GET", &format!("{at}{path}"), None, b"").await.0, 404, "{path}");
    }
    for method in ["POST", "DELETE", "PATCH", "OPTIONS"] {
        let status = phone.ask(method, &format!("{at}/m/x"), None, b"").await.0;
        assert!([403, 405].contains(&status), "{method}: {status}");
    }
    let opened = phone.open(&code).await.unwrap();
    // The first phone's answer was lost: it may ask again. Whoever says that he is at another address is at his own.
    assert_eq!(phone.open(&code).await.unwrap().uri, opened.uri);
    let lies =
        [("x-real-ip", "203.0.113.9"), ("x-forwarded-for", "203.0.113.9"), ("forwarded", "for=203.0.113.9")];
    for (name, value) in lies {
        assert!(with_header(&front, &code, name, value).await.starts_with("HTTP/1.1 200"), "{name}");
    }
    // What nginx says of the address counts: from another one the code is taken.
    let from_elsewhere = elsewhere(&front, &code).await;
    assert!(from_elsewhere.starts_with("HTTP/1.1 404"), "{from_elsewhere}");
    // A body over the limit, and one within it that the portal takes no more of.
    for (length, statuses) in [(300 * 1024, [413, 413]), (MAX_SENT + 1, [413, 400])] {
        let flood = vec![b'x'; length];
        let (status, _) = phone.ask("PUT", &opened.uri, Some(&opened.token), &flood).await;
        assert!(statuses.contains(&status), "{length}: {status}");
    }
    // One that stops in the middle is given up, and costs the portal nothing.
    let head = format!("PUT {} HTTP/1.1\r\ncontent-length: 1000", path(&opened.uri));
    let stalled = raw(&front, &head, b"{\"do", None);
    let said = tokio::time::timeout(Duration::from_secs(60), stalled).await.expect("given up");
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said}");
    assert_eq!(front.stage(&session).await, PhoneStage::Opened);
    // A flood from one address is slowed down; the code lives on.
    let mut slowed = 0;
    for _ in 0..60 {
        slowed += usize::from(
            phone.ask("GET", &format!("{at}/m/AAAAAAAAAAAAAAAAAAAAAA"), None, b"").await.0 == 429,
        );
    }
    assert!(slowed > 0, "sixty requests at once");
    // Kiosks do not pass here: they go on meanwhile.
    assert!(front.world.portal.about().await.is_ok());
    while phone.fetch(&opened).await.is_err() {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    front.world.stop().await;
}

fn path(url: &str) -> String {
    format!("/{}", url.splitn(4, '/').nth(3).unwrap())
}

/// The first answer to the code's address, with one more header.
async fn with_header(front: &Front, code: &str, name: &str, value: &str) -> String {
    let address = code.strip_prefix(SCHEME).unwrap();
    raw(
        front,
        &format!("GET {} HTTP/1.1\r\nuser-agent: eGovMobile\r\n{name}: {value}", path(address)),
        b"",
        None,
    )
    .await
}

/// The same app, from another address of this machine.
async fn elsewhere(front: &Front, code: &str) -> String {
    let address = code.strip_prefix(SCHEME).unwrap();
    let head = format!("GET {} HTTP/1.1\r\nuser-agent: eGovMobile", path(address));
    raw(front, &head, b"", Some(Ipv4Addr::new(127, 0, 0, 2))).await
}

/// What nginx answers to these bytes over TLS.
async fn raw(front: &Front, head: &str, body: &[u8], from: Option<Ipv4Addr>) -> String {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(front.believes.clone().into()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12, &rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    if let Some(from) = from {
        socket.bind((from, 0).into()).unwrap();
    }
    let stream = socket.connect((Ipv4Addr::LOCALHOST, front.port).into()).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
    let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
    let mut stream = connector.connect(name, stream).await.unwrap();
    let end = if body.is_empty() { "connection: close\r\n" } else { "" };
    stream.write_all(format!("{head}\r\nhost: localhost\r\n{end}\r\n").as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut bytes = vec![];
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}
