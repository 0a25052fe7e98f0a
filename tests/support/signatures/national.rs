//! The national CA's public test data (GOST), judged. It is not part of the project: where it is absent the tests say
//! so and pass.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tereze::clock::{Confidence, Moment, Reading};
use tereze::sign::certificate::Certificate;
use tereze::sign::crl::Crl;
use tereze::sign::revocation::{Evidence, Need};
use tereze::sign::trust::{CITIZEN, Trust, TrustError};
use tereze::sign::verdict::{Format, Outcome, Reason, Revocation};
use tereze::sign::{Question, judge, verify_certificate};

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
