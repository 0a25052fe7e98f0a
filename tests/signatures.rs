//! Signatures against OpenSSL, both ways: it judges every kind we make, and we judge what it makes,
//! sound and broken. Then the commands themselves, end to end.

#[path = "support/signatures/answers.rs"]
mod answers;
#[path = "support/signatures/commands.rs"]
mod commands;
#[path = "support/signatures/foreign.rs"]
mod foreign;
#[path = "support/signatures/gost.rs"]
mod gost;
#[path = "support/signatures/keyfiles.rs"]
mod keyfiles;
#[path = "support/signatures/made_by_us.rs"]
mod made_by_us;
#[path = "support/signatures/mutation.rs"]
mod mutation;
#[path = "support/signatures/national.rs"]
mod national;
#[path = "support/signatures/openssl.rs"]
mod openssl;
#[path = "support/signatures/pdf.rs"]
mod pdf;
#[path = "support/signatures/pdf_later.rs"]
mod pdf_later;
#[path = "support/signatures/plain.rs"]
mod plain;
#[path = "support/signatures/portal_codes.rs"]
mod portal_codes;
#[path = "support/signatures/stamps.rs"]
mod stamps;
#[path = "support/signatures/xml.rs"]
mod xml;
#[path = "support/signatures/xml_attacks.rs"]
mod xml_attacks;
#[path = "support/signatures/xml_gost.rs"]
mod xml_gost;

use openssl::{Bench, ISSUES, KeyType, SIGNS};
use tereze::clock::{Clock, Reading};
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::verdict::{Outcome, Reason, Verdict};
use tereze::sign::verify;

const LETTER: &[u8] = "Құрметті әкімдік!\r\nЖолды жөндеп беріңіздерші.\n".as_bytes();

fn now() -> Reading {
    Clock::system().now()
}

fn trust(bench: &Bench, authority: &str) -> Trust {
    let mut trust = Trust::new();
    trust.load(CITIZEN, &bench.read(authority)).unwrap();
    trust
}

fn judge(bench: &Bench, cms: &[u8], content: Option<&[u8]>, authority: &str) -> Verdict {
    verify(cms, content, &trust(bench, authority), now())
}

#[track_caller]
fn is(verdict: &Verdict, outcome: Outcome, reasons: &[Reason]) {
    assert_eq!((verdict.outcome(), verdict.all_reasons()), (outcome, reasons.to_vec()));
}

/// A root and one signer of each kind of key.
fn family() -> Bench {
    let bench = Bench::new();
    bench.root("ca", KeyType::P384, ISSUES);
    bench.issued("rsa", KeyType::Rsa(2048), "ca", SIGNS);
    bench.issued("p256", KeyType::P256, "ca", SIGNS);
    bench.issued("p384", KeyType::P384, "ca", SIGNS);
    bench
}

#[test]
fn what_openssl_signs_is_valid() {
    let bench = family();
    let pss = ["-keyopt", "rsa_padding_mode:pss", "-cades"];
    let pss_digest = ["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:digest", "-cades"];
    let kinds: [(&str, &[&str]); 12] = [
        ("rsa", &["-cades"]),
        ("rsa", &["-cades", "-md", "sha512"]),
        ("rsa", &pss),
        ("rsa", &pss_digest),
        ("p256", &["-cades"]),
        ("p256", &["-cades", "-md", "sha384"]),
        ("p256", &["-cades", "-md", "sha512"]),
        ("p384", &["-cades"]),
        ("p384", &["-cades", "-md", "sha384"]),
        ("p256", &["-cades", "-keyid"]),
        ("p256", &["-cades", "-certfile", "ca.pem"]),
        ("p256", &["-cades", "-stream"]),
    ];
    for (signer, options) in kinds {
        for attached in [false, true] {
            // OpenSSL streams (in BER) what it attaches only.
            if options.contains(&"-stream") && !attached {
                continue;
            }
            let mut options = options.to_vec();
            options.extend(attached.then_some("-nodetach"));
            let cms = bench.sign(signer, LETTER, &options);
            let content = (!attached).then_some(LETTER);
            let verdict = judge(&bench, &cms, content, "ca.pem");
            assert_eq!(verdict.all_reasons(), [], "{signer} {options:?}");
            assert!(verdict.is_valid());
            assert!(bench.accepts(&cms, content, &bench.path("ca.pem")), "{signer} {options:?}");
            assert_eq!(verdict.valid_content(), attached.then_some(LETTER));
            let owner = verdict.signer().unwrap().owner.expose().clone();
            assert_eq!((owner.name.as_str(), owner.iin.as_str()), ("ТЕСТОВ ТЕСТ ТЕСТОВИЧ", "900101300017"));
            assert!(!verdict.practice());
        }
    }
}

#[test]
fn several_signers_must_all_be_valid() {
    let bench = family();
    bench.root("other", KeyType::P256, ISSUES);
    bench.issued("stranger", KeyType::P256, "other", SIGNS);
    let both = ["-cades", "-nodetach", "-signer", "p256.pem", "-inkey", "p256.key"];
    let verdict = judge(&bench, &bench.sign("rsa", LETTER, &both), None, "ca.pem");
    is(&verdict, Outcome::Valid, &[]);
    assert_eq!(verdict.signers.len(), 2);
    assert!(verdict.signer().is_none());
    let mixed = ["-cades", "-nodetach", "-signer", "stranger.pem", "-inkey", "stranger.key"];
    let verdict = judge(&bench, &bench.sign("rsa", LETTER, &mixed), None, "ca.pem");
    is(&verdict, Outcome::NotValid, &[Reason::Untrusted]);
    assert_eq!(verdict.valid_content(), None);
}

#[test]
fn what_is_broken_is_named() {
    let bench = family();
    let detached = bench.sign("rsa", LETTER, &["-cades"]);
    let of = |cms: &[u8], content: Option<&[u8]>| judge(&bench, cms, content, "ca.pem");
    is(&of(&detached, Some(b"another letter")), Outcome::NotValid, &[Reason::ContentChanged]);
    is(&of(&detached, None), Outcome::CouldNotCheck, &[Reason::ContentMissing]);
    let without = bench.sign("rsa", LETTER, &["-cades", "-nodetach", "-nocerts"]);
    is(&of(&without, None), Outcome::CouldNotCheck, &[Reason::CertificateMissing]);
    let sha1 = bench.sign("rsa", LETTER, &["-cades", "-nodetach", "-md", "sha1"]);
    is(&of(&sha1, None), Outcome::CouldNotCheck, &[Reason::Algorithm]);
    // The trailing byte of the file is the signature's.
    let mut flipped = detached.clone();
    *flipped.last_mut().unwrap() ^= 1;
    is(&of(&flipped, Some(LETTER)), Outcome::NotValid, &[Reason::SignatureWrong]);
    assert!(!bench.accepts(&flipped, Some(LETTER), &bench.path("ca.pem")));
    bench.root("stranger", KeyType::P256, ISSUES);
    is(&judge(&bench, &detached, Some(LETTER), "stranger.pem"), Outcome::NotValid, &[Reason::Untrusted]);
    for garbage in [&b""[..], b"text", &[0x30, 0x80], &bench.read("ca.pem"), &[0x30; 4096]] {
        is(&of(garbage, None), Outcome::NotValid, &[Reason::Malformed]);
    }
}

#[test]
fn certificates_that_may_not_are_refused() {
    let bench = Bench::new();
    bench.root("ca", KeyType::P256, &format!("{ISSUES}nameConstraints=permitted;DNS:example.kz\n"));
    bench.issued("named", KeyType::P256, "ca", SIGNS);
    let of = |bench: &Bench, signer: &str, more: &[&str]| {
        let mut options = vec!["-cades", "-nodetach"];
        options.extend(more);
        judge(bench, &bench.sign(signer, LETTER, &options), None, "ca.pem")
    };
    is(&of(&bench, "named", &[]), Outcome::Valid, &[]);
    bench.issued("site", KeyType::P256, "ca", &format!("{SIGNS}subjectAltName=DNS:example.com\n"));
    is(&of(&bench, "site", &[]), Outcome::NotValid, &[Reason::NameConstraint]);

    let bench = Bench::new();
    bench.root("ca", KeyType::P256, ISSUES);
    bench.issued("cipher", KeyType::P256, "ca", "keyUsage=critical,keyEncipherment\n");
    is(&of(&bench, "cipher", &[]), Outcome::NotValid, &[Reason::NotForSigning]);
    bench.issued("odd", KeyType::P256, "ca", &format!("{SIGNS}1.2.3.4.5=critical,ASN1:NULL\n"));
    is(&of(&bench, "odd", &[]), Outcome::CouldNotCheck, &[Reason::CriticalExtension]);
    bench.issued("free", KeyType::P256, "ca", "basicConstraints=CA:FALSE\n");
    is(&of(&bench, "free", &[]), Outcome::Valid, &[]);
    bench.issued("weak", KeyType::Rsa(1024), "ca", SIGNS);
    is(&of(&bench, "weak", &[]), Outcome::CouldNotCheck, &[Reason::Algorithm]);

    // An end certificate that issues another; an authority one step too far.
    bench.issued("leaf", KeyType::P256, "ca", SIGNS);
    bench.issued("child", KeyType::P256, "leaf", SIGNS);
    is(&of(&bench, "child", &["-certfile", "leaf.pem"]), Outcome::NotValid, &[Reason::NotAnAuthority]);
    bench.issued("sub", KeyType::P384, "ca", &ISSUES.replace("CA:TRUE", "CA:TRUE,pathlen:0"));
    bench.issued("grand", KeyType::P256, "sub", SIGNS);
    is(&of(&bench, "grand", &["-certfile", "sub.pem"]), Outcome::Valid, &[]);
    is(&of(&bench, "grand", &[]), Outcome::NotValid, &[Reason::Untrusted]);
    bench.issued("sub2", KeyType::P256, "sub", ISSUES);
    bench.issued("far", KeyType::P256, "sub2", SIGNS);
    let both = [bench.read("sub.pem"), bench.read("sub2.pem")].concat();
    bench.write("both.pem", &both);
    is(&of(&bench, "far", &["-certfile", "both.pem"]), Outcome::NotValid, &[Reason::ChainTooLong]);
    bench.issued("sub3", KeyType::P256, "ca", &ISSUES.replace("keyCertSign,", ""));
    bench.issued("unentitled", KeyType::P256, "sub3", SIGNS);
    is(&of(&bench, "unentitled", &["-certfile", "sub3.pem"]), Outcome::NotValid, &[Reason::NotAnAuthority]);
}
