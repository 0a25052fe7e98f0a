use super::*;
use crate::clock::{Confidence, Moment};
use crate::domain::answer::SCHEMA_V1;
use crate::domain::statement::Body;
use crate::sign::cades::Builder;
use crate::sign::issue::{Authority, Identity, Official, Role, Term};
use crate::sign::trust::CITIZEN;

const NOW: Moment = Moment(1_795_406_700);

struct Desk {
    authority: Authority,
    trust: Trust,
}

fn desk() -> Desk {
    let authority = Authority::generate("TEST ANSWERS", true, Term::days(NOW, 100)).unwrap();
    let mut trust = Trust::new();
    trust.add(ANSWER, authority.certificate().clone()).unwrap();
    Desk { authority, trust }
}

impl Desk {
    fn official(&self, body: &str, role: Role) -> Identity {
        let official = Official {
            surname: "ТЕСТОВА".into(),
            given: "ТЕСТА".into(),
            post: "Басшы".into(),
            body: body.into(),
            role,
        };
        self.authority.issue_official(&official, Term::days(NOW, 100)).unwrap()
    }

    fn judge(&self, cms: &[u8]) -> AnswerVerdict {
        judge(cms, &letter(), &self.trust, Reading { wall: NOW, confidence: Confidence::Plausible })
    }
}

fn letter() -> Letter<'static> {
    Letter { number: "ОҚУ-2026-00000001", statement: Digest([5; 32]), body: "min-labour", practice: true }
}

fn answer() -> Answer {
    Answer {
        schema: SCHEMA_V1.into(),
        number: letter().number.into(),
        statement: letter().statement,
        practice: true,
        language: "kk".into(),
        time: NOW.rfc3339(),
        body: Body { id: "min-labour".into(), name: "Министрлік".into() },
        post: "Басшы".into(),
        text: "Жол жөнделеді.".into(),
    }
}

fn signed(answer: &Answer, by: &Identity) -> Vec<u8> {
    cms(&answer.to_bytes(), by)
}

fn cms(content: &[u8], by: &Identity) -> Vec<u8> {
    let prepared = Builder::new(by.certificate.der(), content, NOW).unwrap().prepare().unwrap();
    let signature = by.sign(prepared.to_sign());
    prepared.finish(&signature).unwrap()
}

#[test]
fn the_bodys_own_word_to_this_letter_is_valid() {
    let desk = desk();
    for role in [Role::Head, Role::Signer] {
        let verdict = desk.judge(&signed(&answer(), &desk.official("min-labour", role)));
        assert_eq!((verdict.outcome(), verdict.codes()), (Outcome::Valid, vec![]));
        assert_eq!(verdict.answer().unwrap().text, "Жол жөнделеді.");
        assert_eq!(verdict.signer().unwrap().owner.expose().name, "ТЕСТОВА ТЕСТА");
        assert_eq!(verdict.post.as_deref(), Some("Басшы"));
    }
}

#[test]
fn signed_but_not_by_this_body_or_not_for_this_letter() {
    let desk = desk();
    let ours = desk.official("min-labour", Role::Head);
    let with = |change: fn(&mut Answer)| {
        let mut changed = answer();
        change(&mut changed);
        signed(&changed, &ours)
    };
    let cases = [
        (signed(&answer(), &desk.official("min-health", Role::Head)), Flaw::OtherBody),
        (signed(&answer(), &desk.official("min-labour", Role::Employee)), Flaw::MayNotSign),
        (with(|a| a.body.id = "min-health".into()), Flaw::OtherBody),
        (with(|a| a.number = "ОҚУ-2026-00000002".into()), Flaw::OtherLetter),
        (with(|a| a.statement = Digest([6; 32])), Flaw::OtherLetter),
        (with(|a| a.practice = false), Flaw::PracticeMismatch),
        (cms(b"Dear citizen", &ours), Flaw::Unreadable),
        (with(|a| a.schema = "tereze.answer/2".into()), Flaw::Newer),
    ];
    for (cms, flaw) in cases {
        let verdict = desk.judge(&cms);
        assert!(verdict.signature.is_valid(), "{flaw:?}: the signature itself is sound");
        assert_eq!(verdict.flaw, Some(flaw));
        let outcome = if flaw == Flaw::Newer { Outcome::CouldNotCheck } else { Outcome::NotValid };
        assert_eq!(verdict.outcome(), outcome);
        assert!(verdict.answer().is_none(), "{flaw:?}: nothing is read");
    }
}

#[test]
fn a_citizens_authority_vouches_for_no_answer() {
    let desk = desk();
    let ours = desk.official("min-labour", Role::Head);
    let cms = signed(&answer(), &ours);
    let mut wrong = Trust::new();
    wrong.add(CITIZEN, desk.authority.certificate().clone()).unwrap();
    let at = Reading { wall: NOW, confidence: Confidence::Plausible };
    let verdict = judge(&cms, &letter(), &wrong, at);
    assert_eq!(verdict.outcome(), Outcome::CouldNotCheck, "no authority of answers is known");
    assert!(verdict.answer().is_none());

    let doubtful = Reading { wall: NOW, confidence: Confidence::Doubtful };
    assert_eq!(judge(&cms, &letter(), &desk.trust, doubtful).outcome(), Outcome::CouldNotCheck);
    let stranger = self::desk();
    assert_eq!(stranger.judge(&cms).outcome(), Outcome::NotValid);
    let mut changed = cms.clone();
    let at = changed.windows(4).position(|w| w == "Жол".as_bytes()[..4].to_vec().as_slice()).unwrap();
    changed[at] ^= 1;
    assert_eq!(desk.judge(&changed).outcome(), Outcome::NotValid);
}

#[test]
fn any_cut_is_refused_without_panic() {
    let desk = desk();
    let cms = signed(&answer(), &desk.official("min-labour", Role::Head));
    for at in (0..cms.len()).step_by(7) {
        assert_ne!(desk.judge(&cms[..at]).outcome(), Outcome::Valid);
    }
}
