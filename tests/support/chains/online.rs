//! `tereze verify --online`: a real responder (`openssl ocsp`), and ones that are broken, slow or lie.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread::JoinHandle;

use serde_json::Value;
use tereze::sign::certificate::Certificate;

use crate::world::World;

/// Ends with the test.
struct Process(Child, #[allow(dead_code)] BufReader<ChildStderr>);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A leaf that says to ask at `port`, and the line of OpenSSL's index with `status` about it.
fn world(port: u16, status: &str) -> World {
    let world = World::new();
    world.certificate("root", "", "ca");
    world.certificate("sub", "root", "ca");
    world.certificate("leaf", "sub", &format!("raw:authorityInfoAccess=OCSP;URI:http://127.0.0.1:{port}/"));
    let serial = Certificate::from_file(&world.read("leaf.pem")).unwrap()[0].serial_hex().to_uppercase();
    world.write("index", &format!("{status}\t{serial}\tunknown\t/CN=leaf\n"));
    world
}

const GOOD: &str = "V\t351231235959Z\t";
const REVOKED: &str = "R\t351231235959Z\t250101000000Z,keyCompromise";

fn responder(world: &World, port: u16, by: &str, more: &[&str]) -> Process {
    let (pem, key, port) = (format!("{by}.pem"), format!("{by}.key"), port.to_string());
    let mut command = Command::new("openssl");
    command
        .args(["ocsp", "-port", &port, "-index", "index", "-CA", "sub.pem", "-rsigner", &pem, "-rkey", &key]);
    command.args(more).current_dir(world.path("")).stdin(Stdio::null());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // A connection without a question would stop it: it says itself when it listens.
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("waiting for") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "the responder did not start");
    }
    Process(child, said)
}

fn judge(world: &World, more: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tereze"));
    command.args([
        "verify",
        "--chain",
        "leaf.pem",
        "--ca",
        "root.pem",
        "--intermediates",
        "sub.pem",
        "--json",
    ]);
    command.args(more).current_dir(world.path("")).env_remove("CONFIGURATION_DIRECTORY");
    let out = command.output().unwrap();
    serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&out.stderr)))
}

#[track_caller]
fn is(found: &Value, verdict: &str, status: &str, problem: Option<&str>) {
    assert_eq!(found["verdict"], verdict, "{found:#}");
    assert_eq!(found["revocation"]["status"], status, "{found:#}");
    let consulted = found["revocation"]["consulted"].as_array().unwrap();
    assert_eq!(consulted.len(), 1, "{found:#}");
    assert_eq!(
        (&consulted[0]["kind"], consulted[0]["problem"].as_str()),
        (&"ocsp".into(), problem),
        "{found:#}"
    );
}

#[test]
fn a_responder_is_asked_where_the_certificate_says() {
    let port = free_port();
    let good = world(port, GOOD);
    // Nobody is asked unless that is wanted; nobody answers yet.
    let unasked = judge(&good, &[]);
    assert_eq!(
        (&unasked["verdict"], &unasked["revocation"]["status"]),
        (&"valid".into(), &"not-consulted".into())
    );
    is(&judge(&good, &["--online"]), "could-not-check", "unknown", Some("silent"));
    {
        let _responder = responder(&good, port, "sub", &["-nmin", "30"]);
        let found = judge(&good, &["--online", "--nonce"]);
        is(&found, "valid", "good", None);
        let age = found["revocation"]["consulted"][0]["age_seconds"].as_i64().unwrap();
        assert!((0..600).contains(&age), "{age}");
        let instead = format!("http://127.0.0.1:{port}/other");
        is(&judge(&good, &["--online", "--responder", &instead]), "valid", "good", None);
        let none = format!("http://127.0.0.1:{}/", free_port());
        is(&judge(&good, &["--online", "--responder", &none]), "could-not-check", "unknown", Some("silent"));
        // TLS and files are no places to ask at.
        for odd in ["https://127.0.0.1/", "file:///etc/passwd", "nonsense"] {
            is(
                &judge(&good, &["--online", "--responder", odd]),
                "could-not-check",
                "unknown",
                Some("silent"),
            );
        }
    }
    {
        good.certificate("delegate", "sub", "raw:extendedKeyUsage=OCSPSigning");
        let _responder = responder(&good, port, "delegate", &["-nmin", "30"]);
        is(&judge(&good, &["--online", "--nonce"]), "valid", "good", None);
        // The authority's own list says that the delegate is no more.
        good.list("sub.crl", "sub", &["delegate"], "", &[]);
        good.list("root.crl", "root", &[], "", &[]);
        let found = judge(&good, &["--online", "--crl", "sub.crl", "--crl", "root.crl"]);
        let first = &found["revocation"]["consulted"][0];
        assert_eq!((&first["kind"], &first["problem"]), (&"ocsp".into(), &"not-signed".into()), "{found:#}");
    }
    {
        good.certificate("stranger", "root", "raw:extendedKeyUsage=OCSPSigning");
        let _responder = responder(&good, port, "stranger", &["-nmin", "30"]);
        is(&judge(&good, &["--online"]), "could-not-check", "unknown", Some("not-signed"));
    }
    good.write("index", "");
    let _responder = responder(&good, port, "sub", &["-nmin", "30"]);
    is(&judge(&good, &["--online"]), "could-not-check", "unknown", Some("unknown"));
    let port = free_port();
    let bad = world(port, REVOKED);
    let _responder = responder(&bad, port, "sub", &["-nmin", "30"]);
    is(&judge(&bad, &["--online"]), "not-valid", "revoked", None);
}

/// Answers `count` connections with these bytes, whatever is asked.
fn says(port: u16, count: usize, response: Vec<u8>) -> JoinHandle<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    std::thread::spawn(move || {
        for _ in 0..count {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 8192]);
            let _ = stream.write_all(&response);
        }
    })
}

fn http(body: &[u8]) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/ocsp-response\r\nConnection: close";
    [format!("{head}\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

#[test]
fn what_is_no_answer_says_nothing() {
    let port = free_port();
    let world = world(port, GOOD);
    // A real answer to another question, as one who listened would give it again.
    world.must(&["ocsp", "-issuer", "sub.pem", "-cert", "leaf.pem", "-reqout", "req"]);
    let usual = [
        "ocsp",
        "-index",
        "index",
        "-CA",
        "sub.pem",
        "-reqin",
        "req",
        "-respout",
        "resp",
        "-nmin",
        "30",
        "-resp_no_certs",
    ];
    world.must(&[&usual[..], &["-rsigner", "sub.pem", "-rkey", "sub.key"]].concat());
    let replayed = world.read("resp");
    let mut changed = replayed.clone();
    *changed.last_mut().unwrap() ^= 1;
    let huge = [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/ocsp-response\r\n\r\n".as_slice(),
        &vec![0x30; 1 << 20],
    ];
    let elsewhere = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
    for (name, response, problem) in [
        ("of another question", http(&replayed), "nonce"),
        ("changed", http(&changed), "not-signed"),
        ("an error by its own word", http(&[0x30, 3, 0x0a, 1, 6]), "silent"),
        ("no DER", http(b"good"), "silent"),
        ("empty", http(b""), "silent"),
        ("cut", http(&replayed)[..300].to_vec(), "silent"),
        ("huge", huge.concat(), "silent"),
        ("another place", elsewhere.as_bytes().to_vec(), "silent"),
        (
            "a page",
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok".to_vec(),
            "silent",
        ),
        ("no HTTP", b"\x16\x03\x01\x00\x00".to_vec(), "silent"),
    ] {
        // What is no answer is asked for again by another digest.
        let again = ["changed", "of another question"].contains(&name);
        let times =
            if again || !["an error by its own word", "no DER", "empty"].contains(&name) { 1 } else { 2 };
        let server = says(port, times, response);
        let found = judge(&world, &["--online"]);
        server.join().unwrap();
        assert_eq!(found["revocation"]["consulted"][0]["problem"], problem, "{name}: {found:#}");
        assert_eq!(
            (&found["verdict"], &found["revocation"]["status"]),
            (&"could-not-check".into(), &"unknown".into()),
            "{name}"
        );
    }
    // Without a nonce it is good where none is needed, and not where one is.
    world.must(&["ocsp", "-issuer", "sub.pem", "-cert", "leaf.pem", "-no_nonce", "-reqout", "req"]);
    world.must(&[&usual[..], &["-rsigner", "sub.pem", "-rkey", "sub.key"]].concat());
    for (more, verdict, status, problem) in [
        (&["--online"][..], "valid", "good", None),
        (&["--online", "--nonce"], "could-not-check", "unknown", Some("nonce")),
    ] {
        let server = says(port, 1, http(&world.read("resp")));
        is(&judge(&world, more), verdict, status, problem);
        server.join().unwrap();
    }
}
