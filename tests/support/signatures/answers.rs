//! Answers that OpenSSL signed, with certificates that it issued: judged like any other.

use tereze::domain::Digest;
use tereze::domain::answer::{Answer, SCHEMA_V1};
use tereze::domain::statement::Body;
use tereze::sign::answer::{AnswerVerdict, Flaw, Letter, judge};
use tereze::sign::trust::{ANSWER, Trust};
use tereze::sign::verdict::Outcome;

use super::now;
use super::openssl::{Bench, ISSUES, KeyType, SIGNS};

/// The national profile's roles: head of a body, right to sign, employee.
const HEAD: &str = "extendedKeyUsage=emailProtection,1.2.398.3.3.4.1.2,1.2.398.3.3.4.1.2.1\n";
const SIGNER: &str = "extendedKeyUsage=emailProtection,1.2.398.3.3.4.1.2,1.2.398.3.3.4.1.2.2\n";
const EMPLOYEE: &str = "extendedKeyUsage=emailProtection,1.2.398.3.3.4.1.2,1.2.398.3.3.4.1.2.5\n";

fn letter() -> Letter<'static> {
    Letter { number: "ЖТ-2026-00001234", statement: Digest([5; 32]), body: "min-labour", practice: false }
}

fn answer() -> Answer {
    Answer {
        schema: SCHEMA_V1.into(),
        number: letter().number.into(),
        statement: letter().statement,
        practice: false,
        language: "kk".into(),
        time: "2026-11-22T09:05:00Z".into(),
        body: Body { id: "min-labour".into(), name: "Министрлік".into() },
        post: "Басшы".into(),
        text: "Жол жөнделеді.".into(),
    }
}

fn official(bench: &Bench, name: &str, kind: KeyType, body: &str, role: &str) {
    let subject = format!("/CN=ТЕСТОВА ҮЛГІ/SN=ТЕСТОВА/C=KZ/OU=BODY{body}/title=Басшы");
    bench.issued_to(name, &subject, kind, "ca", &format!("{SIGNS}{role}"));
}

fn judged(bench: &Bench, cms: &[u8]) -> AnswerVerdict {
    let mut trust = Trust::new();
    trust.load(ANSWER, &bench.read("ca.pem")).unwrap();
    judge(cms, &letter(), &trust, now())
}

#[test]
fn an_answer_that_openssl_signed_is_judged_by_body_role_and_letter() {
    let bench = Bench::new();
    bench.root("ca", KeyType::P384, ISSUES);
    official(&bench, "head", KeyType::P256, "min-labour", HEAD);
    official(&bench, "signer", KeyType::Rsa(2048), "min-labour", SIGNER);
    official(&bench, "employee", KeyType::P256, "min-labour", EMPLOYEE);
    official(&bench, "other", KeyType::P384, "min-health", HEAD);
    // A citizen of the same authority's making belongs to no body.
    bench.issued("citizen", KeyType::P256, "ca", SIGNS);
    let content = answer().to_bytes();
    let attached = ["-cades", "-nodetach"];
    for signer in ["head", "signer"] {
        let verdict = judged(&bench, &bench.sign(signer, &content, &attached));
        assert_eq!((verdict.outcome(), verdict.codes()), (Outcome::Valid, vec![]), "{signer}");
        assert_eq!(verdict.post.as_deref(), Some("Басшы"));
        assert_eq!(verdict.signer().unwrap().owner.expose().name, "ТЕСТОВА ҮЛГІ");
        assert!(verdict.answer().is_some_and(|a| a.text == "Жол жөнделеді."));
    }
    for (signer, flaw) in
        [("employee", Flaw::MayNotSign), ("other", Flaw::OtherBody), ("citizen", Flaw::OtherBody)]
    {
        let verdict = judged(&bench, &bench.sign(signer, &content, &attached));
        assert!(verdict.signature.is_valid(), "{signer}: the signature itself is sound");
        assert_eq!((verdict.outcome(), verdict.flaw), (Outcome::NotValid, Some(flaw)), "{signer}");
        assert!(verdict.answer().is_none());
    }
    let other = Answer { number: "ЖТ-2026-00001235".into(), ..answer() }.to_bytes();
    let verdict = judged(&bench, &bench.sign("head", &other, &attached));
    assert_eq!(verdict.flaw, Some(Flaw::OtherLetter));
    // Two heads at once: no one of them is the body's word.
    let two = bench.sign(
        "head",
        &content,
        &["-cades", "-nodetach", "-signer", "signer.pem", "-inkey", "signer.key"],
    );
    assert_ne!(judged(&bench, &two).outcome(), Outcome::Valid);
    // A detached signature has no words to read.
    let detached = judged(&bench, &bench.sign("head", &content, &["-cades"]));
    assert_eq!(detached.outcome(), Outcome::CouldNotCheck);
}
