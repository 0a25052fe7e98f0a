//! GOST under the TC 26 identifiers, made and judged by OpenSSL's gost engine where it is installed.

use std::process::{Command, Output};

use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::verdict::{Outcome, Reason};
use tereze::sign::{Question, crl::Crl, judge};

use crate::openssl::Bench;
use crate::{LETTER, now};

const CONFIG: &str =
    "openssl_conf=o\n[o]\nengines=e\n[e]\ngost=g\n[g]\nengine_id=gost\ndefault_algorithms=ALL\n";

pub fn gost(bench: &Bench, arguments: &[&str]) -> Output {
    let mut command = Command::new("openssl");
    command.args(arguments).current_dir(bench.0.path()).env("OPENSSL_CONF", bench.path("gost.cnf"));
    command.output().unwrap()
}

#[track_caller]
pub fn must(bench: &Bench, arguments: &[&str]) {
    let out = gost(bench, arguments);
    assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
}

/// `None`, with a word, where there is no engine.
pub fn bench() -> Option<Bench> {
    let bench = Bench::new();
    bench.write("gost.cnf", CONFIG.as_bytes());
    let out = gost(&bench, &["engine", "-t", "gost"]);
    if String::from_utf8_lossy(&out.stdout).contains("[ available ]") {
        return Some(bench);
    }
    println!("skipped: OpenSSL has no gost engine here (packaging/setup.sh test)");
    None
}

/// The kinds of keys of the standard in force, and their parameter sets.
pub const KINDS: [(&str, &str); 7] = [
    ("gost2012_256", "A"),
    ("gost2012_256", "B"),
    ("gost2012_256", "C"),
    ("gost2012_256", "TCA"),
    ("gost2012_512", "A"),
    ("gost2012_512", "B"),
    ("gost2012_512", "C"),
];

/// A root and a signer, each with a key of this algorithm and parameter set.
pub fn family(bench: &Bench, algorithm: &str, set: &str) {
    let set = format!("paramset:{set}");
    for name in ["ca", "one"] {
        let (key, csr) = (format!("{name}.key"), format!("{name}.csr"));
        must(bench, &["genpkey", "-algorithm", algorithm, "-pkeyopt", &set, "-out", &key]);
        must(bench, &["req", "-new", "-key", &key, "-subj", &format!("/CN={name}"), "-out", &csr]);
    }
    bench.write("ca.ext", b"basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n");
    bench.write("one.ext", b"keyUsage=critical,digitalSignature\n");
    let usual = ["x509", "-req", "-days", "30"];
    let root = ["-in", "ca.csr", "-signkey", "ca.key", "-extfile", "ca.ext", "-out", "ca.pem"];
    must(bench, &[&usual[..], &root].concat());
    let own =
        ["-in", "one.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "one.ext"];
    must(bench, &[&usual[..], &own, &["-out", "one.pem"]].concat());
}

#[test]
fn what_the_engine_signs_is_judged_both_ways() {
    let Some(bench) = bench() else { return };
    for (algorithm, set) in KINDS.into_iter().chain([("gost2001", "A")]) {
        family(&bench, algorithm, set);
        let mut trust = Trust::new();
        trust.load(CITIZEN, &bench.read("ca.pem")).unwrap();
        for more in [&["-cades"][..], &["-noattr"]] {
            bench.write("letter", LETTER);
            let usual =
                ["cms", "-sign", "-binary", "-nodetach", "-in", "letter", "-outform", "DER", "-out", "sig"];
            let hash =
                ["gost2001", "md_gost94", "gost2012_256", "md_gost12_256", "gost2012_512", "md_gost12_512"];
            let digest = hash.iter().position(|h| *h == algorithm).map(|i| hash[i + 1]).unwrap();
            must(
                &bench,
                &[&usual[..], &["-signer", "one.pem", "-inkey", "one.key", "-md", digest], more].concat(),
            );
            let cms = bench.read("sig");
            let verdict = judge(&cms, &Question::new(&trust, now()));
            assert_eq!(verdict.all_reasons(), [], "{algorithm} {set} {more:?}");
            assert!(verdict.signers[0].preliminary);
            assert_eq!(verdict.valid_content(), Some(LETTER));
            let checks = ["cms", "-verify", "-binary", "-inform", "DER", "-in", "sig", "-CAfile", "ca.pem"];
            must(&bench, &[&checks[..], &["-purpose", "any", "-out", "out"]].concat());
            // The signature's last byte, and one of the letter's.
            for at in [cms.len() - 1, cms.windows(8).position(|w| w == &LETTER[..8]).unwrap()] {
                let mut broken = cms.clone();
                broken[at] ^= 1;
                bench.write("sig", &broken);
                assert_eq!(judge(&broken, &Question::new(&trust, now())).outcome(), Outcome::NotValid);
                assert!(!gost(&bench, &checks).status.success());
            }
        }
        bench.write(
            "ca.cnf",
            b"[ca]\ndefault_ca=d\n[d]\ndatabase=db\ndefault_crl_days=7\ndefault_md=default\n",
        );
        bench.write("db", b"");
        let list = [
            "ca", "-config", "ca.cnf", "-gencrl", "-cert", "ca.pem", "-keyfile", "ca.key", "-out", "crl.pem",
        ];
        let out = gost(&bench, &list);
        if out.status.success() {
            let list = Crl::read(&bench.read("crl.pem")).unwrap();
            let authority = trust.authorities().next().unwrap().1.clone();
            assert_eq!(list.signed_by(&authority), tereze::sign::algorithm::Check::Good, "{algorithm} {set}");
        }
    }
}

#[test]
fn a_foreign_gost_root_is_not_trusted() {
    let Some(bench) = bench() else { return };
    family(&bench, "gost2012_256", "A");
    bench.write("letter", LETTER);
    let usual = ["cms", "-sign", "-binary", "-nodetach", "-in", "letter", "-outform", "DER", "-out", "sig"];
    must(&bench, &[&usual[..], &["-signer", "one.pem", "-inkey", "one.key"]].concat());
    family(&bench, "gost2012_256", "A");
    let mut trust = Trust::new();
    trust.load(CITIZEN, &bench.read("ca.pem")).unwrap();
    let verdict = judge(&bench.read("sig"), &Question::new(&trust, now()));
    assert_eq!(verdict.all_reasons(), [Reason::Forged]);
}
