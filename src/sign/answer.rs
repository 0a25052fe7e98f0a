//! A body's answer judged. The signature alone says nothing: an answer is valid only if its signer
//! belongs to the body that holds the letter, may sign for it, and the content names this letter.

use super::certificate::Certificate;
use super::revocation::Evidence;
use super::trust::{ANSWER, Trust};
use super::verdict::{Outcome, SignerReport, Verdict};
use super::{Question, oid, verify_by};
use crate::clock::Reading;
use crate::domain::Digest;
use crate::domain::answer::{Answer, Unread};
use crate::fault::{Code, Coded};

/// What the letter's own history says, by which an answer is judged.
#[derive(Clone, Debug)]
pub struct Letter<'a> {
    pub number: &'a str,
    /// SHA-256 of the canonical statement.
    pub statement: Digest,
    /// The id of the body that held the letter when it was answered.
    pub body: &'a str,
    pub practice: bool,
}

/// What is wrong with an answer whose signature is sound, or could not be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Several signed it, or nobody: no one of them is the body's word.
    NotOneSigner,
    OtherBody,
    MayNotSign,
    OtherLetter,
    PracticeMismatch,
    Unreadable,
    Newer,
}

impl Flaw {
    fn outcome(self) -> Outcome {
        match self {
            Flaw::Newer => Outcome::CouldNotCheck,
            _ => Outcome::NotValid,
        }
    }
}

impl Coded for Flaw {
    fn code(&self) -> Code {
        Code(match self {
            Flaw::NotOneSigner => "answer.not-one-signer",
            Flaw::OtherBody => "answer.other-body",
            Flaw::MayNotSign => "answer.may-not-sign",
            Flaw::OtherLetter => "answer.other-letter",
            Flaw::PracticeMismatch => "answer.practice",
            Flaw::Unreadable => "answer.unreadable",
            Flaw::Newer => "answer.newer",
        })
    }
}

pub struct AnswerVerdict {
    /// Of the CMS against the answers' authorities alone.
    pub signature: Verdict,
    pub flaw: Option<Flaw>,
    /// Only where all of it is valid: nothing is read from what proved nothing.
    answer: Option<Answer>,
    pub post: Option<String>,
}

impl AnswerVerdict {
    pub fn outcome(&self) -> Outcome {
        self.signature.outcome().max(self.flaw.map_or(Outcome::Valid, Flaw::outcome))
    }

    /// The answer; `None` unless the verdict is *valid*.
    pub fn answer(&self) -> Option<&Answer> {
        self.answer.as_ref().filter(|_| self.outcome() == Outcome::Valid)
    }

    pub fn signer(&self) -> Option<&SignerReport> {
        self.signature.signer()
    }

    /// Why it is not valid, the signature's reasons first.
    pub fn codes(&self) -> Vec<Code> {
        let reasons = self.signature.all_reasons();
        reasons.iter().map(Coded::code).chain(self.flaw.map(|f| f.code())).collect()
    }
}

/// Judges `cms` (attached, DER or BER) as the answer to `letter`.
pub fn judge(cms: &[u8], letter: &Letter<'_>, trust: &Trust, at: Reading) -> AnswerVerdict {
    judge_by(cms, letter, trust, at, &Evidence::NONE)
}

/// [`judge`], with what was said of its signer's certificate.
pub fn judge_by(
    cms: &[u8],
    letter: &Letter<'_>,
    trust: &Trust,
    at: Reading,
    evidence: &Evidence,
) -> AnswerVerdict {
    let trust = trust.only(ANSWER);
    let signature = verify_by(cms, &Question { unsigned: false, evidence, ..Question::new(&trust, at) });
    let certificate = signature.signer().and_then(|s| Certificate::from_der(s.certificate.expose()).ok());
    let post = certificate.as_ref().and_then(Certificate::post);
    let mut verdict = AnswerVerdict { signature, flaw: None, answer: None, post };
    // What is not sound needs no further reason, and its content is nobody's word.
    let Some(content) = verdict.signature.valid_content() else {
        if verdict.signature.is_valid() {
            verdict.flaw = Some(Flaw::Unreadable);
        }
        return verdict;
    };
    match (certificate, Answer::parse(content)) {
        (None, _) => verdict.flaw = Some(Flaw::NotOneSigner),
        (_, Err(Unread::Newer)) => verdict.flaw = Some(Flaw::Newer),
        (_, Err(Unread::Unreadable)) => verdict.flaw = Some(Flaw::Unreadable),
        (Some(certificate), Ok(answer)) => {
            verdict.flaw = flaw(&certificate, &answer, letter);
            verdict.answer = Some(answer);
        }
    }
    verdict
}

fn flaw(certificate: &Certificate, answer: &Answer, letter: &Letter<'_>) -> Option<Flaw> {
    if answer.practice != letter.practice || certificate.practice() != letter.practice {
        return Some(Flaw::PracticeMismatch);
    }
    if certificate.body().as_deref() != Some(letter.body) || answer.body.id != letter.body {
        return Some(Flaw::OtherBody);
    }
    let roles = certificate.extended_key_usage();
    if ![oid::KZ_LEGAL_HEAD, oid::KZ_LEGAL_SIGNER].iter().any(|role| roles.contains(role)) {
        return Some(Flaw::MayNotSign);
    }
    if answer.number != letter.number || answer.statement != letter.statement {
        return Some(Flaw::OtherLetter);
    }
    None
}

#[cfg(test)]
mod tests;
