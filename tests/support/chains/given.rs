//! Lists and answers handed to `tereze verify --chain` as files: what says nothing of the certificate is named, with why.

use std::process::Command;

use serde_json::{Value, json};

use crate::world::World;

/// root → sub → leaf, other. The files of OpenSSL's making that the cases below name.
fn world() -> World {
    let world = World::new();
    world.certificate("root", "", "ca");
    world.certificate("sub", "root", "ca");
    world.certificate("leaf", "sub", "");
    world.certificate("other", "sub", "");
    world.write("index", "");
    world.list("root.crl", "root", &[], "", &[]);
    world.list("sub.crl", "sub", &[], "", &[]);
    world.list("revoked.crl", "sub", &["leaf"], "", &[]);
    for about in ["leaf", "other"] {
        let pem = format!("{about}.pem");
        let question = format!("{about}.req");
        world.must(&["ocsp", "-issuer", "sub.pem", "-cert", &pem, "-reqout", &question]);
        let by = ["-CA", "sub.pem", "-rsigner", "sub.pem", "-rkey", "sub.key", "-ndays", "1"];
        let answer = format!("{about}.ocsp");
        let io = ["-index", "index", "-reqin", &question, "-respout", &answer];
        world.must(&[&["ocsp"], &io[..], &by[..]].concat());
    }
    // OCSPResponse with the status tryLater alone (RFC 6960 §4.2.1).
    world.write("later.ocsp", "\x30\x03\x0a\x01\x03");
    world
}

fn run(world: &World, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tereze"));
    command
        .args(["verify", "--chain", "leaf.pem", "--ca", "root.pem", "--intermediates", "sub.pem"])
        .args(more);
    command.current_dir(world.path("")).env_remove("CONFIGURATION_DIRECTORY");
    command
}

#[test]
fn a_file_that_says_nothing_here_is_named() {
    let world = world();
    let none = json!([]);
    let cases: [(&[&str], &str, Value); 7] = [
        (&["--crl", "root.crl", "sub.crl"], "valid", none.clone()),
        (&["--crl", "root.crl", "revoked.crl"], "not-valid", none.clone()),
        // The responder does not know it: that was looked at, and is told where it was.
        (&["--ocsp", "leaf.ocsp"], "could-not-check", none),
        (&["--ocsp", "other.ocsp"], "could-not-check", json!([{"file": "other.ocsp", "why": "other"}])),
        (&["--ocsp", "later.ocsp"], "could-not-check", json!([{"file": "later.ocsp", "why": "empty"}])),
        (&["--ocsp", "sub.crl"], "could-not-check", json!([{"file": "sub.crl", "why": "empty"}])),
        (
            &["--crl", "root.crl", "sub.crl", "--ocsp", "other.ocsp"],
            "valid",
            json!([{"file": "other.ocsp", "why": "other"}]),
        ),
    ];
    for (more, verdict, unused) in cases {
        let out = run(&world, &[more, &["--json"]].concat()).output().unwrap();
        let found: Value = serde_json::from_slice(&out.stdout).unwrap();
        assert_eq!((&found["verdict"], &found["unused"]), (&verdict.into(), &unused), "{more:?}: {found:#}");
    }
    let words = run(&world, &["--ocsp", "other.ocsp", "--lang", "en"]).output().unwrap();
    let words = String::from_utf8(words.stdout).unwrap();
    assert!(words.contains("Not used: other.ocsp: not about this certificate"), "{words}");
    assert!(words.contains("Owner: ") && !words.contains("Signed by: "), "{words}");
}
