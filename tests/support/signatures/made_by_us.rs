//! Every kind we make, judged by OpenSSL and by ourselves.

use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::signature::{SignatureEncoding, Signer};
use sha2::Sha256;
use tereze::card::KeyKind;
use tereze::clock::Moment;
use tereze::sign::cades::Builder;
use tereze::sign::certificate::Certificate;
use tereze::sign::issue::{Authority, Person, Term};
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::verdict::{Outcome, Reason};
use tereze::sign::verify;

use crate::openssl::{Bench, KeyType};
use crate::{LETTER, now};

pub fn testov() -> Person {
    Person {
        surname: "ТЕСТОВ".into(),
        given: "ТЕСТ".into(),
        patronymic: "ТЕСТОВИЧ".into(),
        iin: "900101300017".into(),
        organisation: Some(("«СЫНАҚ» ЖШС".into(), "940140000385".into())),
    }
}

/// Signed attributes in, signature out.
type Sign = Box<dyn Fn(&[u8]) -> Vec<u8>>;

/// A key with its certificate that answers as a card does.
struct Card {
    certificate: Certificate,
    sign: Sign,
}

fn cards(bench: &Bench, authority: &Authority, term: Term) -> Vec<(KeyKind, Card)> {
    let person = authority.issue_person(&testov(), term).unwrap();
    let ec = Card { certificate: person.certificate.clone(), sign: Box::new(move |m| person.sign(m)) };
    bench.key("rsa", KeyType::Rsa(2048));
    bench.must(&["pkcs8", "-topk8", "-nocrypt", "-in", "rsa.key", "-outform", "DER", "-out", "rsa.der"]);
    bench.must(&["pkey", "-in", "rsa.key", "-pubout", "-outform", "DER", "-out", "rsa.pub"]);
    let key = SigningKey::<Sha256>::new(rsa::RsaPrivateKey::from_pkcs8_der(&bench.read("rsa.der")).unwrap());
    let certificate = authority.certify_person(&testov(), &bench.read("rsa.pub"), term).unwrap();
    let rsa = Card { certificate, sign: Box::new(move |m| key.sign(m).to_vec()) };
    vec![(KeyKind::P256, ec), (KeyKind::Rsa(2048), rsa)]
}

fn signed(card: &Card, detached: bool, at: Moment, chain: &[Certificate]) -> Vec<u8> {
    let mut builder = Builder::new(card.certificate.der(), LETTER, at).unwrap();
    if detached {
        builder = builder.detached();
    }
    for certificate in chain {
        builder = builder.with_intermediate(certificate.clone());
    }
    let prepared = builder.prepare().unwrap();
    let signature = (card.sign)(prepared.to_sign());
    prepared.finish(&signature).unwrap()
}

#[test]
fn openssl_accepts_every_kind_we_make() {
    let bench = Bench::new();
    let at = now().wall;
    let authority = Authority::generate("СЫНАҚ ОРТАЛЫҒЫ", true, Term::days(at, 30)).unwrap();
    let ca = bench.write("ca.pem", authority.certificate().to_pem().as_bytes());
    let mut trust = Trust::new();
    trust.add(CITIZEN, authority.certificate().clone()).unwrap();
    for (kind, card) in cards(&bench, &authority, Term::days(at, 10)) {
        assert_eq!(card.certificate.key_kind(), Some(kind));
        for detached in [false, true] {
            for chain in [vec![], vec![authority.certificate().clone()]] {
                let cms = signed(&card, detached, at, &chain);
                let content = detached.then_some(LETTER);
                assert!(bench.accepts(&cms, content, &ca), "{kind:?} detached={detached}");
                assert_eq!(bench.read("content.out"), LETTER);
                let verdict = verify(&cms, content, &trust, now());
                assert!(verdict.is_valid(), "{:?}", verdict.all_reasons());
                let owner = verdict.signer().unwrap().owner.expose().clone();
                assert_eq!(owner.bin.as_deref(), Some("940140000385"));
                if detached {
                    assert!(!bench.accepts(&cms, Some(b"another"), &ca));
                }
            }
        }
    }
}

#[test]
fn openssl_reads_our_certificates_as_we_meant_them() {
    let bench = Bench::new();
    let at = now().wall;
    let authority = Authority::generate("СЫНАҚ ОРТАЛЫҒЫ", true, Term::days(at, 30)).unwrap();
    let person = authority.issue_person(&testov(), Term::days(at, 10)).unwrap();
    let server = authority.issue_server(&["localhost", "127.0.0.1", "::1"], Term::days(at, 10)).unwrap();
    bench.write("ca.pem", authority.certificate().to_pem().as_bytes());
    bench.write("person.pem", person.certificate.to_pem().as_bytes());
    bench.write("server.pem", server.certificate.to_pem().as_bytes());
    for (file, purpose) in [("person.pem", "smimesign"), ("server.pem", "sslserver")] {
        bench.must(&["verify", "-x509_strict", "-CAfile", "ca.pem", "-purpose", purpose, file]);
    }
    bench.must(&["verify", "-CAfile", "ca.pem", "-verify_ip", "127.0.0.1", "server.pem"]);
    bench.must(&["verify", "-CAfile", "ca.pem", "-verify_hostname", "localhost", "server.pem"]);
    let out = bench.run(&["x509", "-in", "person.pem", "-noout", "-text", "-nameopt", "utf8"]);
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    for part in [
        "IIN900101300017",
        "BIN940140000385",
        "«СЫНАҚ» ЖШС",
        "Digital Signature, Non Repudiation",
        "E-mail Protection, 1.2.398.3.3.4.1.2, 1.2.398.3.3.4.1.2.2",
        "Policy: 1.2.398.3.3.2",
        "CA:FALSE",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn an_expired_certificate_is_refused_by_both() {
    let bench = Bench::new();
    let at = now().wall;
    let authority = Authority::generate("СЫНАҚ ОРТАЛЫҒЫ", false, Term::days(at, 30)).unwrap();
    let ca = bench.write("ca.pem", authority.certificate().to_pem().as_bytes());
    let mut trust = Trust::new();
    trust.add(CITIZEN, authority.certificate().clone()).unwrap();
    let past = Term { from: at.plus(-3 * 86_400), until: at.plus(-86_400) };
    let future = Term { from: at.plus(86_400), until: at.plus(3 * 86_400) };
    for (term, reason) in [(past, Reason::Expired), (future, Reason::NotYetValid)] {
        for (_, card) in cards(&bench, &authority, term) {
            let cms = signed(&card, false, at, &[]);
            assert!(!bench.accepts(&cms, None, &ca));
            let verdict = verify(&cms, None, &trust, now());
            assert_eq!((verdict.outcome(), verdict.all_reasons()), (Outcome::NotValid, vec![reason]));
        }
    }
}
