//! The files and options that a suite's runner may give `tereze verify --chain`: each gets a verdict as JSON.

use std::process::Command;

use crate::world::World;

fn judge(world: &World, arguments: &[&str]) -> (i32, String, Vec<String>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tereze"));
    command.args(["verify", "--json", "--chain"]).args(arguments).current_dir(world.path(""));
    let out = command.env_remove("CONFIGURATION_DIRECTORY").output().unwrap();
    let found: serde_json::Value = serde_json::from_slice(&out.stdout)
        .unwrap_or_else(|_| panic!("{arguments:?}: {}", String::from_utf8_lossy(&out.stderr)));
    assert_eq!((&found["format"], &found["kind"]), (&"tereze.verdict/1".into(), &"chain".into()));
    let reasons = found["reasons"].as_array().unwrap().iter();
    assert!(reasons.clone().all(|r| !r["text"].as_str().unwrap().is_empty()));
    let codes = reasons.map(|r| r["code"].as_str().unwrap().to_owned()).collect();
    (out.status.code().unwrap(), found["verdict"].as_str().unwrap().to_owned(), codes)
}

#[track_caller]
fn is(world: &World, arguments: &[&str], verdict: &str, reasons: &[&str]) {
    let exit = ["valid", "not-valid", "could-not-check"].iter().position(|v| *v == verdict).unwrap();
    let (code, found, codes) = judge(world, arguments);
    assert_eq!((found.as_str(), codes), (verdict, reasons.iter().map(ToString::to_string).collect()));
    assert_eq!(usize::try_from(code), Ok(exit));
}

#[test]
fn whatever_files_a_runner_gives() {
    let world = World::new();
    world.certificate("root", "", "ca");
    world.certificate("sub", "root", "ca");
    world.certificate("s2", "sub", "ca");
    world.certificate("other", "", "ca");
    world.certificate("leaf", "s2", "raw:extendedKeyUsage=serverAuth");
    let all = ["leaf.pem", "--ca", "root.pem"];
    let with = |more: &[&'static str]| [&all[..], more].concat();
    std::fs::write(world.path("empty"), "").unwrap();
    std::fs::write(world.path("blank"), "\n\n").unwrap();
    let bundle = [world.read("s2.pem"), world.read("sub.pem"), world.read("sub.pem"), world.read("root.pem")];
    std::fs::write(world.path("bundle"), bundle.concat()).unwrap();
    std::fs::write(world.path("roots"), [world.read("other.pem"), world.read("root.pem")].concat()).unwrap();
    std::fs::write(world.path("whole"), [world.read("leaf.pem"), bundle.concat()].concat()).unwrap();
    for name in ["leaf", "root", "sub", "s2"] {
        world.must(&[
            "x509",
            "-in",
            &format!("{name}.pem"),
            "-outform",
            "DER",
            "-out",
            &format!("{name}.der"),
        ]);
    }

    // One file, several, several times, in DER, doubled, with the leaf itself among them, in any order.
    for between in [
        &["--intermediates", "bundle"][..],
        &["--intermediates", "sub.pem", "s2.pem"],
        &["--intermediates", "s2.pem", "--intermediates", "sub.pem"],
        &["--intermediates", "empty", "sub.der", "s2.der", "blank"],
        &["--intermediates", "whole", "bundle", "roots"],
    ] {
        is(&world, &with(between), "valid", &[]);
    }
    is(&world, &["leaf.der", "--ca", "root.der", "--intermediates", "bundle"], "valid", &[]);
    is(&world, &["leaf.pem", "--ca", "roots", "--intermediates", "bundle"], "valid", &[]);
    is(
        &world,
        &["leaf.pem", "--ca", "other.pem", "--ca", "root.pem", "--intermediates", "bundle"],
        "valid",
        &[],
    );
    is(&world, &["whole", "--ca", "root.pem"], "valid", &[]);
    // Nothing to build with, nobody to trust.
    is(&world, &with(&["--intermediates", "empty"]), "not-valid", &["sign.untrusted"]);
    is(
        &world,
        &["leaf.pem", "--ca", "empty", "--intermediates", "bundle"],
        "could-not-check",
        &["sign.no-trust"],
    );
    is(
        &world,
        &["leaf.pem", "--ca", "other.pem", "--intermediates", "bundle"],
        "not-valid",
        &["sign.untrusted"],
    );

    // A server's certificate is a certificate; to sign a document with it is another question.
    let asked = with(&["--intermediates", "bundle", "--purpose", "sign"]);
    is(&world, &asked, "not-valid", &["sign.not-for-signing"]);
    // Time, as a suite writes it.
    for (time, verdict, reasons) in [
        ("2020-01-01T00:00:00Z", "not-valid", &["sign.not-yet-valid", "sign.authority-expired"][..]),
        ("2020-01-01T05:00:00+05:00", "not-valid", &["sign.not-yet-valid", "sign.authority-expired"]),
        ("2020-01-01T00:00:00.123456Z", "not-valid", &["sign.not-yet-valid", "sign.authority-expired"]),
        ("2090-01-01T00:00:00Z", "not-valid", &["sign.expired", "sign.authority-expired"]),
        ("1969-12-31T23:59:59Z", "not-valid", &["sign.not-yet-valid", "sign.authority-expired"]),
    ] {
        is(&world, &with(&["--intermediates", "bundle", "--time", time]), verdict, reasons);
    }
}

#[test]
fn whatever_stands_for_an_anchor() {
    let world = World::new();
    world.certificate("root", "", "ca");
    world.certificate("self", "", "");
    world.certificate("end", "root", "");
    world.certificate("below", "self", "");
    world.certificate("first", "", "v1");
    world.certificate("under", "first", "noaki");
    world.certificate("old", "", "ca term:160101000000Z-200101000000Z");
    world.certificate("late", "old", "");
    world.certificate("minus", "", "ca serial:-5");
    // The leaf is what is trusted: authority or not, self-signed or not.
    for name in ["root.pem", "self.pem", "end.pem"] {
        is(&world, &[name, "--ca", name], "valid", &[]);
        is(&world, &[name, "--ca", name, "--intermediates", name], "valid", &[]);
    }
    // NIST's PKITS calls a negative number valid (4.4.14), where the suite does not.
    is(&world, &["minus.pem", "--ca", "minus.pem"], "valid", &[]);
    is(&world, &["self.pem", "--ca", "root.pem"], "not-valid", &["sign.untrusted"]);
    is(&world, &["below.pem", "--ca", "self.pem"], "not-valid", &["sign.not-an-authority", "sign.profile"]);
    let (_, verdict, reasons) = judge(&world, &["under.pem", "--ca", "first.pem"]);
    assert_eq!((verdict.as_str(), reasons[0].as_str()), ("not-valid", "sign.not-an-authority"));
    is(&world, &["late.pem", "--ca", "old.pem"], "not-valid", &["sign.authority-expired"]);
    is(&world, &["old.pem", "--ca", "old.pem"], "not-valid", &["sign.expired"]);
    // What cannot be read: the leaf, an anchor beside a sound one, an authority beside a sound one.
    let junk = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    std::fs::write(world.path("junk"), junk).unwrap();
    std::fs::write(world.path("mixed"), [junk.as_bytes(), &world.read("root.pem")].concat()).unwrap();
    is(&world, &["junk", "--ca", "root.pem"], "could-not-check", &["sign.not-a-certificate"]);
    is(&world, &["end.pem", "--ca", "mixed", "--intermediates", "junk"], "valid", &[]);
    is(&world, &["end.pem", "--ca", "junk"], "could-not-check", &["sign.no-trust"]);
}
