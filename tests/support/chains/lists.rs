//! Lists of revoked certificates and OCSP answers: OpenSSL makes them, and judges the lists too.

use tereze::sign::certificate::Certificate;
use tereze::sign::ocsp::Answer;
use tereze::sign::path::{Purpose, Rules};
use tereze::sign::policy::Demand;
use tereze::sign::revocation::{Evidence, Kind, Need, Problem};
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::verdict::{Outcome, Reason, Revocation, SignerReport};
use tereze::sign::{Question, verify_certificate};

use crate::world::World;

const CONFIG: &str = "[ca]\ndefault_ca=d\n[d]\ndatabase=NAME.db\ncrlnumber=NAME.num\ndefault_md=sha256\n\
                      default_crl_days=7\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\nEXTRA\n";

impl World {
    /// `OUT`: a list by `issuer` of the certificates named; `extra`: lines of extensions, `more`: options.
    pub fn list(&self, out: &str, issuer: &str, revoked: &[&str], extra: &str, more: &[&str]) {
        let config = CONFIG.replace("NAME", out).replace("EXTRA", extra);
        self.write(&format!("{out}.cnf"), &config);
        self.write(&format!("{out}.db"), "");
        self.write(&format!("{out}.num"), "05\n");
        let (cnf, pem, key) = (format!("{out}.cnf"), format!("{issuer}.pem"), format!("{issuer}.key"));
        let ca = ["ca", "-config", &cnf, "-cert", &pem, "-keyfile", &key];
        for name in revoked {
            self.must(&[&ca[..], &["-revoke", &format!("{name}.pem")]].concat());
        }
        self.must(&[&ca[..], &["-gencrl", "-out", out], more].concat());
    }

    /// Whether `openssl verify -crl_check_all` takes the leaf with these lists.
    fn openssl_with(&self, lists: &[&str], flags: &[&str]) -> (bool, String) {
        let all: Vec<u8> = lists.iter().flat_map(|name| self.read(name)).collect();
        std::fs::write(self.path("lists"), all).unwrap();
        self.openssl(&[&["-crl_check_all", "-CRLfile", "lists"], flags].concat())
    }
}

fn family() -> World {
    let world = World::new();
    world.certificate("root", "", "ca");
    world.certificate("sub", "root", "ca");
    world.certificate("leaf", "sub", "");
    world.list("root.crl", "root", &[], "", &[]);
    world
}

fn judge(world: &World, lists: &[&str]) -> SignerReport {
    world.judge(Demand::NONE, lists)
}

#[track_caller]
fn both(world: &World, lists: &[&str], reasons: &[Reason]) -> SignerReport {
    let report = judge(world, lists);
    assert_eq!(report.reasons, reasons, "{:?}", report.consulted);
    let (theirs, said) = world.openssl_with(lists, &[]);
    assert_eq!(theirs, reasons.is_empty(), "{said}");
    report
}

#[test]
fn full_lists() {
    let world = family();
    world.list("sub.crl", "sub", &[], "", &[]);
    let report = both(&world, &["root.crl", "sub.crl"], &[]);
    assert_eq!(report.revocation, Revocation::Good);
    assert!(report.consulted.iter().all(|c| c.problem.is_none() && c.kind == Kind::RevocationList));
    world.list("bad.crl", "sub", &["leaf"], "", &[]);
    assert_eq!(both(&world, &["root.crl", "bad.crl"], &[Reason::Revoked]).revocation, Revocation::Revoked);
    world.list("above.crl", "root", &["sub"], "", &[]);
    both(&world, &["above.crl", "sub.crl"], &[Reason::Revoked]);
    // One of the two is missing; a list of another authority; one that was changed.
    both(&world, &["root.crl"], &[Reason::RevocationUnknown]);
    both(&world, &["sub.crl"], &[Reason::RevocationUnknown]);
    world.certificate("other", "root", "ca subj:/C=KZ/CN=sub");
    world.list("foreign.crl", "other", &[], "", &[]);
    let foreign = World::new();
    for file in ["root.pem", "sub.pem", "leaf.pem", "root.crl", "foreign.crl"] {
        std::fs::copy(world.path(file), foreign.path(file)).unwrap();
    }
    foreign.certificate("x", "", "ca");
    let report = judge(&foreign, &["root.crl", "foreign.crl"]);
    assert_ne!(report.outcome(), Outcome::Valid);
    // Later than both lists hold.
    let late = World::now().plus(10 * 86_400);
    let report = world.judge_at(Demand::NONE, &["root.crl", "sub.crl"], late);
    assert_eq!(report.reasons, [Reason::RevocationUnknown]);
    assert!(report.consulted.iter().all(|c| c.problem == Some(Problem::Stale)));
    assert!(!world.openssl_with(&["root.crl", "sub.crl"], &["-attime", &late.0.to_string()]).0);
    // Earlier than they were made: they do not exist yet.
    let early = world.judge_at(Demand::NONE, &["root.crl", "bad.crl"], World::now().plus(-3000));
    assert_ne!(early.outcome(), Outcome::Valid);
}

#[test]
fn what_a_list_covers() {
    let world = family();
    let with = |extra: &str| {
        world.list("sub.crl", "sub", &[], extra, &[]);
        judge(&world, &["root.crl", "sub.crl"])
    };
    assert_eq!(with("").reasons, []);
    let point = |line: &str| format!("issuingDistributionPoint=critical,@p\n[p]\n{line}");
    assert_eq!(with(&point("onlyuser=TRUE")).reasons, []);
    for (line, problem) in [
        ("onlyCA=TRUE", Problem::Scope),
        ("onlyAA=TRUE", Problem::Scope),
        ("fullname=URI:http://example.kz/a.crl", Problem::Scope),
    ] {
        let report = with(&point(line));
        assert_eq!(report.reasons, [Reason::RevocationUnknown], "{line}");
        assert!(report.consulted.iter().any(|c| c.problem == Some(problem)), "{line}");
        assert_eq!(report.outcome(), Outcome::CouldNotCheck);
    }
    // One that may speak for others speaks for its own, too.
    assert_eq!(with(&point("indirectCRL=TRUE")).reasons, []);
    // Some reasons alone leave the others open.
    let report = with(&point("onlysomereasons=keyCompromise"));
    assert_eq!(report.reasons, [Reason::RevocationUnknown]);
    let report = with("1.2.3.4.5=critical,ASN1:NULL");
    assert_eq!(report.reasons, [Reason::RevocationUnknown]);
    // A certificate that names its point, and the list of that point.
    world.certificate("leaf", "sub", "raw:crlDistributionPoints=URI:http://example.kz/a.crl");
    assert_eq!(with(&point("fullname=URI:http://example.kz/a.crl")).reasons, []);
    assert!(world.openssl_with(&["root.crl", "sub.crl"], &["-extended_crl"]).0);
    assert_eq!(with(&point("fullname=URI:http://example.kz/b.crl")).reasons, [Reason::RevocationUnknown]);
}

#[test]
fn a_list_by_whom_the_certificate_names() {
    let world = family();
    world.certificate("lister", "root", "ku:cRLSign");
    let point = "raw:crlDistributionPoints=at\n[at]\nfullname=URI:http://example.kz/i.crl\nCRLissuer=dirName:by\n\
                 [by]\nC=KZ\nCN=lister";
    world.certificate("leaf", "sub", &point.replace(' ', "~"));
    let with = |line: &str, by: &str| {
        let extra = format!("issuingDistributionPoint=critical,@p\n[p]\n{line}");
        world.list("by.crl", by, &[], &extra, &[]);
        world.judge_signer(&["root.crl", "by.crl"])
    };
    let here = "fullname=URI:http://example.kz/i.crl";
    let good = with(&format!("{here}\nindirectCRL=TRUE"), "lister");
    assert_eq!((good.reasons, good.revocation), (vec![], Revocation::Good));
    // Without the word that it speaks for others, at another place, by another, by one who may not.
    assert_eq!(with(here, "lister").reasons, [Reason::RevocationUnknown]);
    let elsewhere = "fullname=URI:http://example.kz/j.crl\nindirectCRL=TRUE";
    assert_eq!(with(elsewhere, "lister").reasons, [Reason::RevocationUnknown]);
    assert_eq!(with("indirectCRL=TRUE", "root").reasons, [Reason::RevocationUnknown]);
    world.certificate("lister", "root", "");
    let forbidden = with("indirectCRL=TRUE", "lister");
    assert_eq!(forbidden.reasons, [Reason::RevocationUnknown], "{:?}", forbidden.consulted);
    assert!(forbidden.consulted.iter().any(|c| c.problem == Some(Problem::NotSigned)));
}

#[test]
fn deltas_add_to_their_list() {
    let world = family();
    // OpenSSL's number starts at 5; it looks for deltas where a list says that there are some.
    world.list("base.crl", "sub", &[], "freshestCRL=URI:http://example.kz/d.crl", &[]);
    let delta = |revoked: &[&str], base: &str| {
        world.list("delta.crl", "sub", revoked, &format!("2.5.29.27=critical,ASN1:INTEGER:{base}"), &[]);
    };
    delta(&["leaf"], "5");
    // The same number as the base's: no addition to it.
    assert_eq!(judge(&world, &["root.crl", "base.crl", "delta.crl"]).reasons, []);
    let config = CONFIG.replace("NAME", "delta.crl").replace("EXTRA", "2.5.29.27=critical,ASN1:INTEGER:5");
    world.write("delta.crl.cnf", &config);
    world.write("delta.crl.num", "06\n");
    let ca = ["ca", "-config", "delta.crl.cnf", "-cert", "sub.pem", "-keyfile", "sub.key"];
    world.must(&[&ca[..], &["-gencrl", "-out", "delta.crl"]].concat());
    let report = judge(&world, &["root.crl", "base.crl", "delta.crl"]);
    assert_eq!(report.reasons, [Reason::Revoked], "{:?}", report.consulted);
    assert_eq!(judge(&world, &["root.crl", "delta.crl"]).reasons, [Reason::RevocationUnknown]);
    let flags = ["-extended_crl", "-use_deltas"];
    assert!(!world.openssl_with(&["root.crl", "base.crl", "delta.crl"], &flags).0);
}

#[test]
fn a_list_by_another_key_of_the_authority() {
    let world = family();
    world.certificate("signer", "root", "subj:/C=KZ/CN=sub ku:cRLSign");
    world.list("by.crl", "signer", &[], "", &[]);
    assert_eq!(judge(&world, &["root.crl", "by.crl"]).reasons, []);
    world.list("revoked.crl", "signer", &["leaf"], "", &[]);
    assert_eq!(judge(&world, &["root.crl", "revoked.crl"]).reasons, [Reason::Revoked]);
    // Its signer was revoked itself.
    world.list("above.crl", "root", &["signer"], "", &[]);
    assert_eq!(judge(&world, &["above.crl", "by.crl"]).reasons, [Reason::RevocationUnknown]);
    // A key that may not sign lists.
    world.certificate("wrong", "root", "subj:/C=KZ/CN=sub");
    world.list("wrong.crl", "wrong", &[], "", &[]);
    let report = judge(&world, &["root.crl", "wrong.crl"]);
    assert_eq!(report.reasons, [Reason::RevocationUnknown]);
    assert!(report.consulted.iter().any(|c| c.problem == Some(Problem::NotSigned)));
}

/// An answer about `of`, by `by`; `status`: a line of OpenSSL's index.
fn answer(world: &World, status: &str, by: &str, more: &[&str]) -> Option<Answer> {
    world.write("index", status);
    world.must(&["ocsp", "-issuer", "sub.pem", "-cert", "leaf.pem", "-no_nonce", "-reqout", "req"]);
    let (signer, key) = (format!("{by}.pem"), format!("{by}.key"));
    let usual = ["ocsp", "-index", "index", "-CA", "sub.pem", "-reqin", "req", "-respout", "resp"];
    world.must(&[&usual[..], &["-rsigner", &signer, "-rkey", &key], more].concat());
    Answer::read(&world.read("resp"))
}

fn by_answer(world: &World, answer: Option<Answer>) -> SignerReport {
    let mut trust = Trust::new();
    trust.load(CITIZEN, &world.read("root.pem")).unwrap();
    let read = |name: &str| Certificate::from_file(&world.read(name)).unwrap().remove(0);
    let (extra, rules) = (
        [read("sub.pem")],
        Rules { purpose: Purpose::Any, policies: Demand::NONE, profile: false, between: None },
    );
    let unreadable = usize::from(answer.is_none());
    let evidence = Evidence {
        answers: answer.into_iter().collect(),
        unreadable,
        need: Need::Signer,
        ..Evidence::default()
    };
    let at = tereze::clock::Clock::system().now();
    let question =
        Question { extra: &extra, rules: &rules, evidence: &evidence, ..Question::new(&trust, at) };
    verify_certificate(&read("leaf.pem"), &question)
}

#[test]
fn ocsp_answers() {
    let world = family();
    let serial = Certificate::from_file(&world.read("leaf.pem")).unwrap()[0].serial_hex().to_uppercase();
    let good = format!("V\t351231235959Z\t\t{serial}\tunknown\t/CN=leaf\n");
    let revoked = format!("R\t351231235959Z\t250101000000Z,keyCompromise\t{serial}\tunknown\t/CN=leaf\n");
    world.certificate("delegate", "sub", "raw:extendedKeyUsage=OCSPSigning");
    world.certificate("pretender", "sub", "");
    world.certificate("stranger", "root", "raw:extendedKeyUsage=OCSPSigning");
    let days = ["-ndays", "2"];
    for by in ["sub", "delegate"] {
        for more in [&days[..], &["-ndays", "2", "-resp_key_id"], &[]] {
            let report = by_answer(&world, answer(&world, &good, by, more));
            assert_eq!((report.reasons, report.revocation), (vec![], Revocation::Good), "{by} {more:?}");
            assert_eq!(report.consulted[0].kind, Kind::Ocsp);
        }
        let report = by_answer(&world, answer(&world, &revoked, by, &days));
        assert_eq!((report.reasons, report.revocation), (vec![Reason::Revoked], Revocation::Revoked));
    }
    let unknown = |report: SignerReport, problem| {
        assert_eq!(report.reasons, [Reason::RevocationUnknown]);
        assert_eq!(report.outcome(), Outcome::CouldNotCheck);
        assert_eq!(report.consulted.first().and_then(|c| c.problem), problem);
    };
    for by in ["pretender", "stranger"] {
        for status in [&good, &revoked] {
            unknown(by_answer(&world, answer(&world, status, by, &days)), Some(Problem::NotSigned));
        }
    }
    unknown(by_answer(&world, answer(&world, "", "sub", &days)), Some(Problem::Unknown));
    unknown(by_answer(&world, None), None);
    // Every changed byte of the answer: nothing is read from it, or what was signed.
    let sound = {
        answer(&world, &revoked, "sub", &days).unwrap();
        world.read("resp")
    };
    for i in 0..sound.len() {
        let mut broken = sound.clone();
        broken[i] ^= 1 << (i % 8);
        let report = by_answer(&world, Answer::read(&broken));
        assert_ne!(report.outcome(), Outcome::Valid, "byte {i}");
    }
    // Another certificate's answer.
    world.certificate("leaf", "sub", "");
    unknown(by_answer(&world, Answer::read(&sound)), None);
    assert!(Answer::read(b"\x30\x03\x0a\x01\x06").is_none(), "unauthorized");
}
