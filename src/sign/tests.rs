//! What we make, we judge; what was tampered with is never valid. (`tests/signatures.rs` asks
//! OpenSSL the same questions.)

use super::cades::{BuildError, Builder};
use super::issue::{Authority, Identity, Person, Term};
use super::trust::{CITIZEN, Trust};
use super::verdict::{Outcome, Reason, Revocation};
use super::{Question, extend, judge, oid, verify, wire};
use crate::clock::{Confidence, Moment, Reading};

const NOW: Moment = Moment(1_790_000_000);
const LETTER: &[u8] = "Жол туралы хат".as_bytes();

fn at(moment: Moment) -> Reading {
    Reading { wall: moment, confidence: Confidence::Plausible }
}

fn testov() -> Person {
    Person {
        surname: "ТЕСТОВ".into(),
        given: "ТЕСТ".into(),
        patronymic: "ТЕСТОВИЧ".into(),
        iin: "900101300017".into(),
        organisation: None,
    }
}

fn world() -> (Trust, Identity, Authority) {
    let authority = Authority::generate("СЫНАҚ ОРТАЛЫҒЫ", true, Term::days(NOW, 30)).unwrap();
    let person = authority.issue_person(&testov(), Term::days(NOW, 10)).unwrap();
    let mut trust = Trust::new();
    trust.add(CITIZEN, authority.certificate().clone()).unwrap();
    (trust, person, authority)
}

fn signed(person: &Identity, detached: bool) -> Vec<u8> {
    let mut builder = Builder::new(person.certificate.der(), LETTER, NOW).unwrap();
    if detached {
        builder = builder.detached();
    }
    let prepared = builder.prepare().unwrap();
    let signature = person.sign(prepared.to_sign());
    prepared.finish(&signature).unwrap()
}

#[test]
fn what_we_sign_is_valid_and_says_who() {
    let (trust, person, _) = world();
    let attached = verify(&signed(&person, false), None, &trust, at(NOW));
    assert_eq!(attached.all_reasons(), []);
    assert_eq!(attached.outcome(), Outcome::Valid);
    assert_eq!(attached.valid_content(), Some(LETTER));
    assert!(attached.practice());
    let signer = attached.signer().unwrap();
    assert_eq!(signer.owner.expose().name, "ТЕСТОВ ТЕСТ ТЕСТОВИЧ");
    assert_eq!(signer.owner.expose().iin, "900101300017");
    assert_eq!(signer.claimed_time, Some(NOW));
    assert_eq!(signer.set.as_deref(), Some(CITIZEN));
    assert_eq!(signer.revocation, Revocation::NotConsulted);
    let detached = verify(&signed(&person, true), Some(LETTER), &trust, at(NOW));
    assert_eq!(detached.outcome(), Outcome::Valid);
    assert_eq!(detached.valid_content(), None);
}

#[test]
fn content_decides() {
    let (trust, person, _) = world();
    let detached = signed(&person, true);
    let judge = |cms: &[u8], content| verify(cms, content, &trust, at(NOW)).all_reasons();
    assert_eq!(judge(&detached, None), [Reason::ContentMissing]);
    assert_eq!(judge(&detached, Some(b"other")), [Reason::ContentChanged]);
    let attached = signed(&person, false);
    assert_eq!(judge(&attached, Some(LETTER)), []);
    assert_eq!(judge(&attached, Some(b"other")), [Reason::OtherContent]);
    assert_eq!(verify(&detached, None, &trust, at(NOW)).outcome(), Outcome::CouldNotCheck);
}

#[test]
fn time_decides_and_a_doubtful_clock_does_not() {
    let (trust, person, _) = world();
    let cms = signed(&person, false);
    let judge = |reading| verify(&cms, None, &trust, reading).all_reasons();
    assert_eq!(judge(at(NOW.plus(11 * 86_400))), [Reason::Expired]);
    assert_eq!(judge(at(NOW.plus(31 * 86_400))), [Reason::Expired, Reason::AuthorityExpired]);
    assert_eq!(judge(at(NOW.plus(-7200))), [Reason::NotYetValid, Reason::AuthorityExpired]);
    let doubtful = |moment| Reading { wall: moment, confidence: Confidence::Doubtful };
    assert_eq!(judge(doubtful(NOW)), [Reason::ClockDoubtful]);
    assert!(judge(doubtful(NOW.plus(11 * 86_400))).contains(&Reason::Expired));
}

#[test]
fn strangers_are_not_trusted() {
    let (trust, person, _) = world();
    let cms = signed(&person, false);
    let (others, ..) = world();
    // The same name, another key: a forgery as far as this trust can tell.
    assert_eq!(verify(&cms, None, &others, at(NOW)).all_reasons(), [Reason::Forged]);
    let mut third = Trust::new();
    let elsewhere = Authority::generate("БАСҚА ОРТАЛЫҚ", false, Term::days(NOW, 30)).unwrap();
    third.add(CITIZEN, elsewhere.certificate().clone()).unwrap();
    assert_eq!(verify(&cms, None, &third, at(NOW)).all_reasons(), [Reason::Untrusted]);
    let none = verify(&cms, None, &Trust::new(), at(NOW));
    assert_eq!((none.all_reasons(), none.outcome()), (vec![Reason::NoTrust], Outcome::CouldNotCheck));
    assert!(verify(&cms, None, &trust.only("answer"), at(NOW)).all_reasons() == [Reason::NoTrust]);
}

#[test]
fn an_end_certificate_cannot_issue_or_be_trusted() {
    let (mut trust, person, authority) = world();
    assert!(trust.add(CITIZEN, person.certificate.clone()).is_err());
    let pem = format!("{}{}", authority.certificate().to_pem(), person.certificate.to_pem());
    let mut loaded = Trust::new();
    assert!(loaded.load(CITIZEN, pem.as_bytes()).is_err());
    assert!(loaded.is_empty());
    assert_eq!(loaded.load(CITIZEN, authority.certificate().to_pem().as_bytes()), Ok(1));
    assert_eq!(loaded.load(CITIZEN, authority.certificate().der()), Ok(1));
    assert_eq!(loaded.authorities().count(), 1);
}

#[test]
fn a_wrong_signature_never_leaves() {
    let (_, person, authority) = world();
    let other = authority.issue_person(&testov(), Term::days(NOW, 10)).unwrap();
    let prepared = Builder::new(person.certificate.der(), LETTER, NOW).unwrap().prepare().unwrap();
    let signature = other.sign(prepared.to_sign());
    assert_eq!(prepared.finish(&signature), Err(BuildError::SignatureWrong));
    assert!(Builder::new(b"not a certificate", LETTER, NOW).is_err());
}

#[test]
fn a_changed_byte_never_changes_what_is_valid() {
    let (trust, person, _) = world();
    let cms = signed(&person, false);
    let mut harmless = 0;
    for i in 0..cms.len() {
        let mut broken = cms.clone();
        broken[i] ^= 1 << (i % 8);
        let verdict = verify(&broken, None, &trust, at(NOW));
        if verdict.is_valid() {
            // Version numbers and the list of digests stand outside of what is signed.
            harmless += 1;
            assert_eq!(verdict.valid_content(), Some(LETTER), "byte {i}");
            let signer = verdict.signer().unwrap();
            assert_eq!(signer.certificate.expose(), person.certificate.der(), "byte {i}");
            assert_eq!(signer.claimed_time, Some(NOW), "byte {i}");
        }
    }
    assert!(harmless < 32, "{harmless}");
    for length in 0..cms.len() {
        assert!(!verify(&cms[..length], None, &trust, at(NOW)).is_valid());
    }
}

#[test]
fn identities_survive_pem() {
    let (_, person, authority) = world();
    let read = Identity::from_pem(person.to_pem().unwrap().as_bytes()).unwrap();
    assert_eq!(read.certificate, person.certificate);
    assert_eq!(*read.key_der().unwrap(), *person.key_der().unwrap());
    assert!(Authority::from_identity(read).is_err());
    let mixed = person.certificate.to_pem() + &authority.identity().to_pem().unwrap();
    assert!(Identity::from_pem(mixed.as_bytes()).is_err());
}

/// A SignerInfo over another's signature (RFC 5652 §11.4): no content type, the parent's signature as content.
fn countersignature(person: &Identity, parent: &[u8]) -> Vec<u8> {
    use der::Encode as _;
    use sha2::Digest as _;
    let id = |id: der::asn1::ObjectIdentifier| id.to_der().unwrap();
    let digest = wire::tlv(0x04, &[&sha2::Sha256::digest(parent)]);
    let attribute = wire::tlv(0x30, &[&id(oid::MESSAGE_DIGEST), &wire::tlv(0x31, &[&digest])]);
    let mut attributes = wire::set_of(vec![attribute]);
    let signature = person.sign(&attributes);
    attributes[0] = 0xa0;
    let sid = wire::tlv(0x30, &[person.certificate.issuer(), person.certificate.serial()]);
    let sha256 = wire::tlv(0x30, &[&id(oid::SHA256)]);
    let ecdsa = wire::tlv(0x30, &[&id(oid::ECDSA_SHA256)]);
    wire::tlv(0x30, &[&[2, 1, 1], &sid, &sha256, &attributes, &ecdsa, &wire::tlv(0x04, &[&signature])])
}

/// The signature value of a file's only signer.
fn signature_of(cms: &[u8]) -> Vec<u8> {
    use der::Decode as _;
    let info = wire::ContentInfo::from_der(cms).unwrap();
    let signer = info.content.signer_infos.elements(1).unwrap()[0];
    wire::SignerInfo::from_der(signer).unwrap().signature.as_bytes().to_vec()
}

#[test]
fn a_countersignature_is_reported_and_decides_nothing() {
    let (trust, person, _) = world();
    let cms = signed(&person, false);
    for (over, outcome) in [(signature_of(&cms), Outcome::Valid), (b"other".to_vec(), Outcome::NotValid)] {
        let counter = countersignature(&person, &over);
        let both = extend::with_unsigned(&cms, 0, oid::COUNTERSIGNATURE, &counter).unwrap();
        let verdict = judge(&both, &Question::new(&trust, at(NOW)));
        assert_eq!(verdict.all_reasons(), []);
        let [counter] = verdict.signers[0].countersigners.as_slice() else { panic!("one is there") };
        assert_eq!(counter.outcome(), outcome);
        assert_eq!(counter.owner.expose().iin, "900101300017");
    }
    let broken = extend::with_unsigned(&cms, 0, oid::COUNTERSIGNATURE, &[5, 0]).unwrap();
    assert!(judge(&broken, &Question::new(&trust, at(NOW))).is_valid());
    assert!(extend::with_unsigned(&cms, 1, oid::COUNTERSIGNATURE, &[5, 0]).is_none());
}
