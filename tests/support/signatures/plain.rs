//! Signatures that are not CAdES: a general verifier takes them and says what they lack, a portal does not.

use tereze::sign::smime::Mail;
use tereze::sign::verdict::{Format, Outcome, Reason, Verdict};
use tereze::sign::{self, Question, verify};

use crate::openssl::Bench;
use crate::{LETTER, family, is, now, trust};

fn general(bench: &Bench, cms: &[u8], content: Option<&[u8]>) -> Verdict {
    let trust = trust(bench, "ca.pem");
    sign::judge(cms, &Question { content, ..Question::new(&trust, now()) })
}

fn format(verdict: &Verdict) -> Option<Format> {
    verdict.signer().unwrap().format
}

#[test]
fn plain_cms_is_valid_and_said_to_be_unbound() {
    let bench = family();
    for signer in ["rsa", "p256", "p384"] {
        for more in [&[][..], &["-noattr"], &["-noattr", "-md", "sha512"], &["-keyid"], &["-nosmimecap"]] {
            let cms = bench.sign(signer, LETTER, &[&["-nodetach"], more].concat());
            let verdict = general(&bench, &cms, None);
            is(&verdict, Outcome::Valid, &[]);
            assert_eq!((format(&verdict), verdict.valid_content()), (Some(Format::Cms), Some(LETTER)));
            let strict = verify(&cms, None, &trust(&bench, "ca.pem"), now());
            is(&strict, Outcome::NotValid, &[Reason::NotBound]);
            let detached = bench.sign(signer, LETTER, more);
            is(&general(&bench, &detached, Some(LETTER)), Outcome::Valid, &[]);
            assert_eq!(general(&bench, &detached, Some(b"other")).outcome(), Outcome::NotValid);
        }
        let bound = bench.sign(signer, LETTER, &["-cades", "-nodetach"]);
        assert_eq!(format(&general(&bench, &bound, None)), Some(Format::Cades));
    }
}

#[test]
fn attributes_cannot_pass_for_a_document() {
    let bench = family();
    let cms = bench.sign("p256", LETTER, &["-cades", "-nodetach"]);
    // [0] attributes in the file, signed as a SET: given as the content of a signature without attributes.
    bench.write("cms", &cms);
    let out = bench.run(&["asn1parse", "-inform", "DER", "-in", "cms"]);
    let text = String::from_utf8(out.stdout).unwrap();
    let line = text.lines().rfind(|l| l.contains("cont [ 0 ]")).unwrap();
    let number = |key: &str| -> usize {
        let rest = &line[line.find(key).unwrap() + key.len()..];
        rest.split_whitespace().next().unwrap().parse().unwrap()
    };
    let offset: usize = line.split(':').next().unwrap().trim().parse().unwrap();
    let end = offset + number("hl=") + number("l= ");
    let mut attributes = cms[offset..end].to_vec();
    attributes[0] = 0x31;
    let bare = bench.sign("p256", &attributes, &["-noattr", "-nodetach"]);
    let verdict = general(&bench, &bare, None);
    is(&verdict, Outcome::NotValid, &[Reason::Malformed]);
}

#[test]
fn only_plain_data_may_do_without_attributes() {
    let bench = family();
    let typed = bench.sign("rsa", LETTER, &["-nodetach", "-noattr", "-econtent_type", "1.2.3.4"]);
    is(&general(&bench, &typed, None), Outcome::NotValid, &[Reason::Malformed]);
    let typed = bench.sign("rsa", LETTER, &["-nodetach", "-econtent_type", "1.2.3.4"]);
    is(&general(&bench, &typed, None), Outcome::Valid, &[]);
}

#[test]
fn a_file_without_a_signature_is_not_judged() {
    let bench = family();
    for file in [&b""[..], b"text", &[0x30, 0x80], &bench.read("ca.pem"), &[0x30; 4096]] {
        is(&general(&bench, file, None), Outcome::CouldNotCheck, &[Reason::NoSignature]);
    }
    let cms = bench.sign("rsa", LETTER, &["-nodetach"]);
    is(&general(&bench, &cms[..cms.len() - 9], None), Outcome::NotValid, &[Reason::Malformed]);
}

#[test]
fn signed_mail_is_read() {
    let bench = family();
    for more in [&[][..], &["-binary"], &["-nodetach"]] {
        bench.write("letter", LETTER);
        let mut arguments = vec!["cms", "-sign", "-in", "letter", "-text", "-out", "mail"];
        arguments.extend(["-signer", "rsa.pem", "-inkey", "rsa.key"]);
        arguments.extend(more);
        bench.must(&arguments);
        let mail = Mail::read(&bench.read("mail")).expect("it is signed mail");
        let judge = |content: Option<&Vec<u8>>| general(&bench, &mail.cms, content.map(Vec::as_slice));
        let canonical = mail.canonical();
        let either = [judge(canonical.as_deref()), judge(mail.content.as_deref())];
        assert!(either.iter().any(Verdict::is_valid), "{more:?} {:?}", either[0].all_reasons());
    }
}
