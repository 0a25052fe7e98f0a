//! Whether the certificates of a path were revoked, by the lists and answers at hand
//! (RFC 5280 §6.3, RFC 6960 §3.2). What is stale, foreign, unsigned or unreadable says nothing:
//! neither *good* nor *revoked*.

use std::sync::Arc;

use super::algorithm::Check;
use super::certificate::Certificate;
use super::chain::{self, Ask};
use super::crl::Crl;
use super::ocsp::{Answer, Status};
use super::oid;
use super::verdict::{Reason, Revocation};
use super::verify::Question;
use crate::clock::{Confidence, Moment};
use crate::domain::Digest;
use crate::domain::standing::{Asked, List, Standing, State};

mod lists;

use lists::Meant;

/// Seconds that clocks may differ by.
const SKEW: i64 = 300;
/// Seconds an answer without an end holds for.
const WITHOUT_END: i64 = 86_400;
/// Signers tried for one list or answer.
const SIGNERS: usize = 8;

/// Which certificates of a path must be known not to be revoked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// None: what is at hand is used, what is not is no fault.
    #[default]
    Nothing,
    Signer,
    Everyone,
}

/// What is at hand.
#[derive(Clone, Default)]
pub struct Evidence {
    pub lists: Vec<Arc<Crl>>,
    pub answers: Vec<Answer>,
    /// What a portal said by its lists.
    pub told: Vec<Told>,
    /// Lists or answers that could not be read at all.
    pub unreadable: usize,
    /// Responders that were asked in vain.
    pub silent: Vec<Silent>,
    pub need: Need,
    /// The need is the file's own: it brought values along, which must clear its signer at least.
    pub raised: bool,
}

impl Evidence {
    pub const NONE: Self = Self {
        lists: Vec::new(),
        answers: Vec::new(),
        told: Vec::new(),
        unreadable: 0,
        silent: Vec::new(),
        need: Need::Nothing,
        raised: false,
    };

    pub fn is_empty(&self) -> bool {
        let nothing = self.lists.is_empty() && self.answers.is_empty() && self.silent.is_empty();
        nothing && self.told.is_empty() && self.unreadable == 0
    }
}

/// The verified word of a portal about a certificate, by a list that it keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub certificate: Certificate,
    pub standing: Standing,
}

/// A responder that gave no answer that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silent {
    pub certificate: Certificate,
    pub by: String,
    pub at: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    RevocationList,
    Delta,
    Ocsp,
    /// A list that a portal looked into, by its word.
    RelayedList,
}

/// Why a list or an answer said nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    /// Its signature is not by one who may give it.
    NotSigned,
    Stale,
    /// From a time that has not come.
    Early,
    /// It covers other certificates, or not all reasons.
    Scope,
    /// It sets a condition that is not known here.
    Form,
    /// It is not made as the standard asks (RFC 5280 §5).
    Profile,
    /// It does not know the certificate.
    Unknown,
    /// It answers another question than the one that was asked.
    Nonce,
    /// Nothing came that is an answer.
    Silent,
}

/// One list or answer that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consulted {
    pub kind: Kind,
    /// The place in the path of the certificate that it was asked about.
    pub of: usize,
    /// Who gave it, by its own claim.
    pub by: String,
    /// A list's number.
    pub number: Option<String>,
    pub this_update: Moment,
    pub next_update: Option<Moment>,
    /// `None`: it was believed.
    pub problem: Option<Problem>,
}

pub struct Found {
    pub revocation: Revocation,
    pub reason: Option<Reason>,
    pub consulted: Vec<Consulted>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Good,
    Revoked(Moment),
    Nothing,
}

/// Judges every certificate of `path` but the anchor.
pub fn judge(path: &[Certificate], ask: &Ask<'_>) -> Found {
    let mut out = Found { revocation: Revocation::NotConsulted, reason: None, consulted: Vec::new() };
    if ask.evidence.is_empty() {
        if ask.evidence.need != Need::Nothing {
            out.reason = Some(Reason::RevocationUnknown);
        }
        return out;
    }
    for (i, pair) in path.windows(2).enumerate() {
        let [certificate, issuer] = pair else { break };
        let meant = Meant::of(certificate);
        let mut one = One { path, ask, of: i, certificate, meant, issuer, consulted: Vec::new() };
        let word = one.word();
        out.consulted.append(&mut one.consulted);
        let needed = match ask.evidence.need {
            Need::Nothing => false,
            Need::Signer => i == 0,
            Need::Everyone => true,
        };
        match word {
            // Revoked after the time that is judged by: not yet revoked then.
            Word::Revoked(since) if since > ask.at.wall => {}
            Word::Revoked(_) => {
                out.reason = Some(Reason::Revoked);
                out.revocation = Revocation::Revoked;
                return out;
            }
            Word::Good => {}
            Word::Nothing if needed => {
                out.reason = Some(Reason::RevocationUnknown);
                out.revocation = Revocation::Unknown;
            }
            Word::Nothing => {}
        }
        if i == 0 && word != Word::Nothing && out.reason.is_none() {
            out.revocation = Revocation::Good;
        }
    }
    out
}

/// Whoever says *revoked* outweighs one that does not; the earlier time counts.
fn worse(one: Word, other: Word) -> Word {
    match (one, other) {
        (Word::Revoked(a), Word::Revoked(b)) => Word::Revoked(a.min(b)),
        (Word::Revoked(at), _) | (_, Word::Revoked(at)) => Word::Revoked(at),
        (Word::Good, _) | (_, Word::Good) => Word::Good,
        _ => Word::Nothing,
    }
}

/// What these lists say of a certificate that is known by no more than this; `None` where no list is of its
/// issuer, or the issuer is no authority that is trusted.
pub fn listed(asked: &Asked, question: &Question<'_>) -> Option<(State, List)> {
    let Question { trust, at, extra, rules, evidence, .. } = *question;
    let work = &std::cell::Cell::new(chain::WORK);
    let ask = &Ask { extra, trust, at, now: at, rules, evidence, depth: 0, work };
    let meant = Meant::read(asked)?;
    let key = |a: &Certificate| Digest::of(a.key().subject_public_key.raw_bytes());
    let mut authorities = ask.trust.authorities().map(|(_, a)| a);
    let issuer = authorities.find(|a| *a.name() == meant.issuer && key(a) == asked.key)?;
    let path = std::slice::from_ref(issuer);
    let mut one = One { path, ask, of: 0, certificate: issuer, meant, issuer, consulted: Vec::new() };
    let word = one.by_lists();
    // The newest that was believed; else the newest that was looked at.
    let newest = one.consulted.iter().max_by_key(|c| (c.problem.is_none(), c.this_update))?;
    let list = List {
        by: newest.by.clone(),
        number: newest.number.clone(),
        this_update: newest.this_update,
        next_update: newest.next_update,
    };
    let state = match word {
        Word::Good => State::Good,
        Word::Revoked(since) => State::Revoked(since),
        Word::Nothing => State::Unknown,
    };
    Some((state, list))
}

struct One<'a> {
    path: &'a [Certificate],
    ask: &'a Ask<'a>,
    of: usize,
    certificate: &'a Certificate,
    meant: Meant,
    issuer: &'a Certificate,
    consulted: Vec<Consulted>,
}

impl One<'_> {
    fn word(&mut self) -> Word {
        // Both are asked: one that says *revoked* outweighs one that does not.
        let (answered, listed, told) = (self.by_answers(), self.by_lists(), self.by_word());
        worse(worse(answered, listed), told)
    }

    /// Whether what was said at `this`, good until `next`, still holds at the judged time.
    fn timely(&self, this: Moment, next: Moment) -> Option<Problem> {
        if self.ask.now.confidence == Confidence::Doubtful {
            return Some(Problem::Stale);
        }
        if this > self.ask.now.wall.plus(SKEW) {
            return Some(Problem::Early);
        }
        (next < self.ask.at.wall).then_some(Problem::Stale)
    }

    fn by_answers(&mut self) -> Word {
        let mut word = Word::Nothing;
        for silent in self.ask.evidence.silent.iter().filter(|s| s.certificate == *self.certificate) {
            self.consulted.push(Consulted {
                kind: Kind::Ocsp,
                of: self.of,
                by: silent.by.clone(),
                number: None,
                this_update: silent.at,
                next_update: None,
                problem: Some(Problem::Silent),
            });
        }
        for answer in &self.ask.evidence.answers {
            let Some(single) = answer.about(self.certificate, self.issuer) else { continue };
            let end = single.next_update.unwrap_or(single.this_update.plus(WITHOUT_END));
            let mut problem = self.timely(single.this_update, end);
            if !self.responded(answer) {
                problem = Some(Problem::NotSigned);
            } else if !answer.answers_its_question() {
                problem = Some(Problem::Nonce);
            } else if problem.is_none() && single.status == Status::Unknown {
                problem = Some(Problem::Unknown);
            }
            self.consulted.push(Consulted {
                kind: Kind::Ocsp,
                of: self.of,
                by: answer.title.clone(),
                number: None,
                this_update: single.this_update,
                next_update: single.next_update,
                problem,
            });
            if problem.is_none() {
                word = match (word, single.status) {
                    (Word::Revoked(at), _) => Word::Revoked(at),
                    // Whoever tells it knows it by then, whatever day is named.
                    (_, Status::Revoked(at)) => Word::Revoked(at.min(single.this_update)),
                    _ => Word::Good,
                };
            }
        }
        word
    }

    /// What a portal said by its lists: its signature was verified, the list's days are judged here.
    fn by_word(&mut self) -> Word {
        let mut word = Word::Nothing;
        for told in self.ask.evidence.told.iter().filter(|t| t.certificate == *self.certificate) {
            let list = &told.standing.list;
            let mut problem = self.timely(list.this_update, list.next_update.unwrap_or(list.this_update));
            if problem.is_none() && told.standing.state == State::Unknown {
                problem = Some(Problem::Scope);
            }
            self.consulted.push(Consulted {
                kind: Kind::RelayedList,
                of: self.of,
                by: list.by.clone(),
                number: list.number.clone(),
                this_update: list.this_update,
                next_update: list.next_update,
                problem,
            });
            if problem.is_none() {
                word = match told.standing.state {
                    State::Revoked(since) => worse(word, Word::Revoked(since)),
                    _ => worse(word, Word::Good),
                };
            }
        }
        word
    }

    /// The issuer itself, or one whom it entitled by a certificate of its own (RFC 6960 §4.2.2.2).
    fn responded(&self, answer: &Answer) -> bool {
        if answer.is_from(self.issuer) && self.ask.spend() && answer.signed_by(self.issuer) == Check::Good {
            return true;
        }
        answer.certificates.iter().take(SIGNERS).any(|delegate| {
            answer.is_from(delegate)
                && self.ask.spend()
                && delegate.issuer_name() == self.issuer.name()
                && delegate.extended_key_usage().contains(&oid::EKU_OCSP)
                && delegate.key_usage().is_ok_and(|u| u.is_none_or(|u| u.digital_signature()))
                && (delegate.not_before()..=delegate.not_after()).contains(&answer.produced)
                && delegate.signed_by(self.issuer) == Check::Good
                && answer.signed_by(delegate) == Check::Good
                && !self.withdrawn(delegate)
        })
    }

    /// Whether the lists at hand revoke a delegate; its authority may say that nobody need ask
    /// (RFC 6960 §4.2.2.2.1).
    fn withdrawn(&self, delegate: &Certificate) -> bool {
        if delegate.raw_extension(oid::OCSP_NO_CHECK).is_some() {
            return false;
        }
        let (path, ask, of, issuer) = (self.path, self.ask, self.of, self.issuer);
        let meant = Meant::of(delegate);
        let mut one = One { path, ask, of, certificate: delegate, meant, issuer, consulted: Vec::new() };
        matches!(one.by_lists(), Word::Revoked(_))
    }
}
