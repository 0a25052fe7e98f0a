//! Timestamps by `openssl ts`, put into signatures: what they prove, and what they do not.

use der::asn1::ObjectIdentifier;
use tereze::clock::{Confidence, Reading};
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::verdict::{Outcome, Reason, Revocation, Verdict};
use tereze::sign::{Question, extend, judge, oid};

use crate::openssl::{Bench, ISSUES, KeyType, SIGNS};
use crate::{LETTER, now};

const TSA: &str = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n\
                   extendedKeyUsage=critical,timeStamping\n";
const CONFIG: &str = "[tsa]\ndefault_tsa=t\n[t]\nserial=ts.serial\ndefault_policy=1.2.3.4.1\nsigner_digest=sha256\n\
                      digests=sha256,sha384,sha512\ncrypto_device=builtin\n";

pub fn bench() -> Bench {
    let bench = Bench::new();
    bench.root("ca", KeyType::P256, ISSUES);
    bench.issued("one", KeyType::P256, "ca", SIGNS);
    bench.issued("tsa", KeyType::Rsa(2048), "ca", TSA);
    bench.write("ts.cnf", CONFIG.as_bytes());
    bench.write("ts.serial", b"01\n");
    bench
}

/// A token over these bytes.
pub fn token(bench: &Bench, tsa: &str, over: &[u8], more: &[&str]) -> Vec<u8> {
    bench.write("over", over);
    bench.must(&["ts", "-query", "-data", "over", "-sha256", "-cert", "-no_nonce", "-out", "tsq"]);
    let (pem, key) = (format!("{tsa}.pem"), format!("{tsa}.key"));
    let usual = ["ts", "-reply", "-config", "ts.cnf", "-queryfile", "tsq", "-signer", &pem, "-inkey", &key];
    bench.must(&[&usual[..], &["-token_out", "-out", "token"], more].concat());
    bench.read("token")
}

/// The raw signature: the last OCTET STRING of a file without unsigned attributes.
pub fn signature(bench: &Bench, cms: &[u8]) -> Vec<u8> {
    bench.write("whole", cms);
    let out = bench.run(&["asn1parse", "-inform", "DER", "-in", "whole"]);
    let text = String::from_utf8(out.stdout).unwrap();
    let line = text.lines().rfind(|l| l.contains("OCTET STRING")).unwrap();
    let number = |key: &str| -> usize {
        let rest = &line[line.find(key).unwrap() + key.len()..];
        rest.split_whitespace()
            .next()
            .unwrap()
            .trim_end_matches(|c: char| !c.is_ascii_digit())
            .parse()
            .unwrap()
    };
    let offset: usize = line.split(':').next().unwrap().trim().parse().unwrap();
    let start = offset + number("hl=");
    cms[start..start + number("l=").max(number(" l="))].to_vec()
}

pub fn stamped(cms: &[u8], kind: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    extend::with_unsigned(cms, 0, kind, value).unwrap()
}

fn at_days(cms: &[u8], trust: &Trust, days: i64) -> Verdict {
    let at = Reading { wall: now().wall.plus(days * 86_400), confidence: Confidence::Plausible };
    judge(cms, &Question::new(trust, at))
}

#[test]
fn a_timestamp_proves_the_time_of_an_expired_certificate() {
    let bench = bench();
    let mut trust = Trust::new();
    trust.load(CITIZEN, &bench.read("ca.pem")).unwrap();
    let cms = bench.sign("one", LETTER, &["-cades", "-nodetach"]);
    let raw = signature(&bench, &cms);
    let later = 60;
    let expired = at_days(&cms, &trust, later);
    assert_eq!(expired.all_reasons(), [Reason::Expired, Reason::AuthorityExpired]);
    let good = stamped(&cms, oid::TIMESTAMP_TOKEN, &token(&bench, "tsa", &raw, &[]));
    for days in [0, later] {
        let verdict = at_days(&good, &trust, days);
        assert_eq!(verdict.all_reasons(), [], "after {days} days");
        let [stamp] = verdict.signers[0].timestamps.as_slice() else { panic!("one is there") };
        assert!(stamp.proven().is_some() && stamp.proven() == verdict.signers[0].judged_at);
    }
    // Over other bytes; by one who may not; by a stranger; unreadable: none proves anything, none harms.
    bench.issued(
        "wrong",
        KeyType::P256,
        "ca",
        &TSA.replace("critical,timeStamping", "critical,timeStamping,emailProtection"),
    );
    bench.root("other", KeyType::P256, ISSUES);
    bench.issued("stranger", KeyType::P256, "other", TSA);
    let bad = [
        (token(&bench, "tsa", b"other", &[]), Reason::ImprintWrong),
        (token(&bench, "stranger", &raw, &[]), Reason::Untrusted),
        (b"\x05\x00".to_vec(), Reason::Malformed),
    ];
    for (token, reason) in &bad {
        let both = stamped(&cms, oid::TIMESTAMP_TOKEN, token);
        assert_eq!(at_days(&both, &trust, 0).all_reasons(), []);
        let verdict = at_days(&both, &trust, later);
        assert_eq!(verdict.all_reasons(), [Reason::Expired, Reason::AuthorityExpired], "{reason:?}");
        assert!(verdict.signers[0].timestamps[0].authority.reasons.contains(reason), "{reason:?}");
    }
    // Every changed byte of the file: valid after the term only with the same proven time.
    let time = at_days(&good, &trust, later).signers[0].judged_at;
    for at in 0..good.len() {
        let mut broken = good.clone();
        broken[at] ^= 1 << (at % 8);
        let verdict = at_days(&broken, &trust, later);
        if verdict.is_valid() {
            assert_eq!(verdict.signers[0].judged_at, time, "byte {at}");
            assert_eq!(verdict.valid_content(), Some(LETTER), "byte {at}");
        }
    }
}

#[test]
fn stored_answers_are_used() {
    let bench = bench();
    let mut trust = Trust::new();
    trust.load(CITIZEN, &bench.read("ca.pem")).unwrap();
    let cms = bench.sign("one", LETTER, &["-cades", "-nodetach"]);
    let serial = bench.run(&["x509", "-in", "one.pem", "-noout", "-serial"]);
    let serial = String::from_utf8(serial.stdout).unwrap().trim().replace("serial=", "");
    bench.must(&["ocsp", "-issuer", "ca.pem", "-cert", "one.pem", "-no_nonce", "-reqout", "req"]);
    let answer = |line: String| {
        bench.write("index", line.as_bytes());
        let usual = ["ocsp", "-index", "index", "-CA", "ca.pem", "-reqin", "req", "-respout", "resp"];
        bench.must(
            &[&usual[..], &["-rsigner", "ca.pem", "-rkey", "ca.key", "-ndays", "2", "-resp_no_certs"]]
                .concat(),
        );
        let response = bench.read("resp");
        // RevocationValues { [1] { BasicOCSPResponse } }: the inner of OCSPResponse's OCTET STRING.
        let at = response.windows(9).position(|w| w == [0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1]).unwrap() + 9;
        let basic = &response[at + 4..];
        let wrap = |tag: u8, inner: &[u8]| {
            [&[tag, 0x82, (inner.len() >> 8) as u8, inner.len() as u8][..], inner].concat()
        };
        wrap(0x30, &wrap(0xa1, &wrap(0x30, basic)))
    };
    for (line, revocation, reasons, broken) in [
        (format!("V\t351231235959Z\t\t{serial}\tunknown\t/CN=x\n"), Revocation::Good, vec![], false),
        (
            format!("R\t351231235959Z\t250101000000Z\t{serial}\tunknown\t/CN=x\n"),
            Revocation::Revoked,
            vec![Reason::Revoked],
            false,
        ),
        (
            format!("V\t351231235959Z\t\t{serial}\tunknown\t/CN=x\n"),
            Revocation::Unknown,
            vec![Reason::RevocationUnknown],
            true,
        ),
    ] {
        let mut value = answer(line);
        if broken {
            *value.last_mut().unwrap() ^= 1;
        }
        let verdict = at_days(&stamped(&cms, oid::REVOCATION_VALUES, &value), &trust, 0);
        assert_eq!((verdict.signers[0].revocation, verdict.all_reasons()), (revocation, reasons));
    }
    let verdict = at_days(&cms, &trust, 0);
    assert_eq!(
        (verdict.outcome(), verdict.signers[0].revocation),
        (Outcome::Valid, Revocation::NotConsulted)
    );
}
