//! The national CA's public test data (GOST), judged. It is not part of the project: where it is absent the tests say
//! so and pass.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use der::Decode;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use tereze::clock::{Confidence, Moment, Reading};
use tereze::sign::algorithm::{Check, check};
use tereze::sign::certificate::Certificate;
use tereze::sign::crl::Crl;
use tereze::sign::key::SigningKey;
use tereze::sign::keyfile::KeyFileError;
use tereze::sign::oid;
use tereze::sign::revocation::{Evidence, Need};
use tereze::sign::trust::{CITIZEN, Trust, TrustError};
use tereze::sign::verdict::{Format, Outcome, Reason, Revocation};
use tereze::sign::{Question, judge, verify_certificate};

use crate::LETTER;
use crate::keyfiles::{opened, signed};

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/kz-pki");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} is absent", folder.display());
    None
}

fn trust(folder: &Path) -> Trust {
    let mut trust = Trust::new();
    let root = std::fs::read(folder.join("ca/root_test_gost_2022.cer")).unwrap();
    assert_eq!(trust.load(CITIZEN, &root), Ok::<_, TrustError>(1));
    trust
}

fn authority(folder: &Path) -> Certificate {
    let file = std::fs::read(folder.join("ca/nca_gost2022_test.cer")).unwrap();
    Certificate::from_file(&file).unwrap().remove(0)
}

#[test]
fn a_gost_signature_is_judged() {
    let Some(folder) = folder() else { return };
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let (trust, extra) = (trust(&folder), [authority(&folder)]);
    let document = read("cms/individual_document.txt");
    let signer = Certificate::from_file(&read("cms/individual_signer.cer")).unwrap().remove(0);
    let day = |days: i64| Reading {
        wall: signer.not_after().plus(days * 86_400),
        confidence: Confidence::Plausible,
    };
    let then = day(-1);
    for (file, content) in
        [("cms/individual_attached.der", None), ("cms/individual_detached.der", Some(document.as_slice()))]
    {
        let cms = read(file);
        let ask = |at| Question { content, extra: &extra, ..Question::new(&trust, at) };
        let verdict = judge(&cms, &ask(then));
        assert_eq!(verdict.all_reasons(), [], "{file}");
        let found = verdict.signer().unwrap();
        assert!(found.preliminary && !found.practice);
        assert_eq!(found.owner.expose().iin, "123456789011");
        assert_eq!((found.path.len(), found.format), (3, Some(Format::Cades)));
        let today = judge(&cms, &ask(day(1)));
        assert_eq!(today.all_reasons(), [Reason::Expired]);
        // The timestamp is by the authority in use, whose root is not among the test ones: its signature and its
        // imprint hold, and it proves nothing here.
        let [stamp] = today.signers[0].timestamps.as_slice() else { panic!("one is there") };
        assert_eq!((stamp.authority.reasons.as_slice(), stamp.proven()), (&[Reason::Untrusted][..], None));
        assert!(
            judge(&cms, &Question { content: Some(b"other"), ..ask(then) }).outcome() == Outcome::NotValid
        );
        for at in (0..cms.len()).step_by(37) {
            let mut broken = cms.clone();
            broken[at] ^= 0x10;
            let verdict = judge(&broken, &ask(then));
            if verdict.is_valid() {
                assert_eq!(verdict.signers[0].certificate.expose(), found.certificate.expose(), "byte {at}");
                assert_eq!(verdict.signers[0].claimed_time, found.claimed_time, "byte {at}");
            }
        }
    }
}

#[test]
fn the_national_list_is_read_and_checked() {
    let Some(folder) = folder() else { return };
    let (trust, extra) = (trust(&folder), [authority(&folder)]);
    let list = Crl::read(&std::fs::read(folder.join("ca/nca_gost2022_test.crl")).unwrap()).unwrap();
    assert_eq!(list.number.as_deref(), Some(&[166u8][..]));
    let (this, next) = (list.this_update, list.next_update.unwrap());
    let evidence = Evidence { lists: vec![Arc::new(list)], need: Need::Signer, ..Evidence::default() };
    let signer = std::fs::read(folder.join("cms/individual_signer.cer")).unwrap();
    let signer = Certificate::from_file(&signer).unwrap().remove(0);
    let at = |wall: Moment| Reading { wall, confidence: Confidence::Plausible };
    let of = |certificate: &Certificate, wall: Moment| {
        let question = Question { extra: &extra, evidence: &evidence, ..Question::new(&trust, at(wall)) };
        verify_certificate(certificate, &question)
    };
    let report = of(&signer, this.plus(60));
    assert!(report.consulted.iter().all(|c| c.of > 0 || c.problem.is_none()), "{:?}", report.consulted);
    assert!([Revocation::Good, Revocation::Revoked].contains(&report.revocation));
    for (name, reasons) in [("individual_valid", vec![]), ("individual_revoked", vec![Reason::Revoked])] {
        let Some(certificate) = from_key_file(&folder.join(format!("p12/{name}.p12"))) else { continue };
        assert_eq!(of(&certificate, this.plus(60)).reasons, reasons, "{name}");
        let stale = of(&certificate, next.plus(60));
        assert_ne!(stale.outcome(), Outcome::Valid, "{name}");
    }
}

/// A key file's own certificate, as OpenSSL takes it out; `None`, with a word, where it cannot.
fn from_key_file(path: &Path) -> Option<Certificate> {
    let usual = ["pkcs12", "-nokeys", "-clcerts", "-legacy", "-passin", "pass:Qwerty12", "-in"];
    let out = std::process::Command::new("openssl").args(usual).arg(path).output().unwrap();
    let found = Certificate::from_file(&out.stdout).ok().and_then(|all| all.into_iter().next());
    if found.is_none() {
        println!("skipped: {}: {}", path.display(), String::from_utf8_lossy(&out.stderr));
    }
    found
}

/// The password that the national authority publishes with its test key files.
const PUBLIC: &str = "Qwerty12";

#[test]
fn the_national_key_files_open_and_sign() {
    let Some(folder) = folder() else { return };
    let (mut trust, authority) = (trust(&folder), authority(&folder));
    trust.add(CITIZEN, authority).unwrap();
    for (name, organisation) in [("individual_valid", false), ("legal_head_valid", true)] {
        let file = std::fs::read(folder.join(format!("p12/{name}.p12"))).unwrap();
        assert_eq!(opened(&file, "qwerty12").map(|_| ()), Err(KeyFileError::WrongPassword));
        let entries = opened(&file, PUBLIC).unwrap();
        assert_eq!(entries.len(), 1, "{name}");
        let certificate = &entries[0].certificate;
        let at = Reading { wall: certificate.not_after().plus(-86_400), confidence: Confidence::Plausible };
        assert!(entries[0].may_sign(at).is_ok());
        assert_eq!(certificate.owner().bin.is_some(), organisation);
        for detached in [false, true] {
            let cms = signed(&entries[0], detached, at.wall);
            let content = detached.then_some(LETTER);
            let verdict = judge(&cms, &Question { content, ..Question::new(&trust, at) });
            assert_eq!(verdict.all_reasons(), [], "{name}");
            assert_eq!(verdict.signer().unwrap().owner.expose().iin, certificate.owner().iin);
            // The identifiers and their parameters stand as in the authority's own signatures.
            for part in ["300c06082a830e030a0103030500", "300e060a2a830e030a01010203020500"] {
                let (ours, part) = (hex::encode(&cms), part.to_owned());
                assert!(ours.contains(&part), "{part}");
                let theirs = hex::encode(std::fs::read(folder.join("cms/individual_detached.der")).unwrap());
                assert!(theirs.contains(&part), "{part}");
            }
        }
    }
}

#[test]
fn the_published_scalar_gives_the_published_key() {
    let Some(folder) = folder() else { return };
    let vectors = std::fs::read_to_string(folder.join("xmldsig/test_gost512.vectors")).unwrap();
    let value = |name: &str| {
        let line = vectors.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix('=')).unwrap();
        hex::decode(line.trim()).unwrap()
    };
    let (mut d, spki) = (value("d"), value("spki"));
    d.reverse();
    // PrivateKeyInfo with the published key's own algorithm.
    let public = || SubjectPublicKeyInfoRef::from_der(&spki).unwrap();
    let algorithm = der::Encode::to_der(&public().algorithm).unwrap();
    let key = [&[4, 66, 4, 64][..], &d].concat();
    let fields = [&[2, 1, 0][..], &algorithm, &key].concat();
    let pkcs8 = [&[0x30, u8::try_from(fields.len()).unwrap()][..], &fields].concat();
    let key = SigningKey::from_pkcs8(&pkcs8).unwrap();
    assert!(key.belongs_to(public()));
    let signature = key.sign(public(), b"ncalayer-rs test message").unwrap();
    let national = AlgorithmIdentifierRef { oid: oid::KZ_GOST_512_SIGNATURE, parameters: None };
    let judged = |message: &[u8], signature: &[u8]| check(national, None, public(), message, signature);
    assert_eq!(judged(b"ncalayer-rs test message", &signature), Check::Good);
    assert_eq!(judged(b"ncalayer-rs test message", &value("sig")), Check::Good);
    assert_eq!(judged(b"another", &signature), Check::Wrong);
    assert_ne!(signature, value("sig"), "a nonce is never used twice");
}
