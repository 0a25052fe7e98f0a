//! Whether the certificates of a path were revoked, by the lists and answers at hand
//! (RFC 5280 §6.3, RFC 6960 §3.2). What is stale, foreign, unsigned or unreadable says nothing:
//! neither *good* nor *revoked*.

use std::sync::Arc;

use x509_cert::ext::pkix::CrlDistributionPoints;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};

use super::algorithm::Check;
use super::certificate::Certificate;
use super::chain::{self, Ask};
use super::crl::{Crl, Entry, Scope};
use super::names::Canonical;
use super::ocsp::{Answer, Status};
use super::oid;
use super::path::{Purpose, Rules};
use super::verdict::{Outcome, Reason, Revocation, worst};
use crate::clock::{Confidence, Moment};

/// Seconds that clocks may differ by.
const SKEW: i64 = 300;
/// Seconds an answer without an end holds for.
const WITHOUT_END: i64 = 86_400;
/// How deep the signers of lists are asked about in turn.
const DEEPEST: usize = 2;
/// Signers tried for one list.
const SIGNERS: usize = 8;
/// All reasons a certificate may be revoked for (bits 1..=8 of ReasonFlags).
const ALL_REASONS: u16 = 0b1_1111_1110;

/// Which certificates of a path must be known not to be revoked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    /// Lists or answers that could not be read at all.
    pub unreadable: usize,
    pub need: Need,
}

impl Evidence {
    pub const NONE: Self =
        Self { lists: Vec::new(), answers: Vec::new(), unreadable: 0, need: Need::Nothing };

    pub fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.answers.is_empty() && self.unreadable == 0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    RevocationList,
    Delta,
    Ocsp,
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
    /// A form that is not judged here: indirect, or with an unknown condition.
    Form,
    /// It does not know the certificate.
    Unknown,
}

/// One list or answer that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consulted {
    pub kind: Kind,
    /// The place in the path of the certificate that it was asked about.
    pub of: usize,
    /// Who gave it, by its own claim.
    pub by: String,
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
        let mut one = One { path, ask, of: i, certificate, issuer, consulted: Vec::new() };
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

struct One<'a> {
    path: &'a [Certificate],
    ask: &'a Ask<'a>,
    of: usize,
    certificate: &'a Certificate,
    issuer: &'a Certificate,
    consulted: Vec<Consulted>,
}

impl One<'_> {
    fn word(&mut self) -> Word {
        // Both are asked: one that says *revoked* outweighs one that does not.
        let (answered, listed) = (self.by_answers(), self.by_lists());
        match (answered, listed) {
            (Word::Revoked(a), Word::Revoked(b)) => Word::Revoked(a.min(b)),
            (Word::Revoked(at), _) | (_, Word::Revoked(at)) => Word::Revoked(at),
            (Word::Good, _) | (_, Word::Good) => Word::Good,
            _ => Word::Nothing,
        }
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
        for answer in &self.ask.evidence.answers {
            let Some(single) = answer.about(self.certificate, self.issuer) else { continue };
            let end = single.next_update.unwrap_or(single.this_update.plus(WITHOUT_END));
            let mut problem = self.timely(single.this_update, end);
            if !self.responded(answer) {
                problem = Some(Problem::NotSigned);
            } else if problem.is_none() && single.status == Status::Unknown {
                problem = Some(Problem::Unknown);
            }
            self.consulted.push(Consulted {
                kind: Kind::Ocsp,
                of: self.of,
                by: answer.title.clone(),
                this_update: single.this_update,
                next_update: single.next_update,
                problem,
            });
            if problem.is_none() {
                word = match (word, single.status) {
                    (Word::Revoked(at), _) => Word::Revoked(at),
                    (_, Status::Revoked(at)) => Word::Revoked(at),
                    _ => Word::Good,
                };
            }
        }
        word
    }

    /// The issuer itself, or one whom it entitled by a certificate of its own (RFC 6960 §4.2.2.2).
    fn responded(&self, answer: &Answer) -> bool {
        if answer.is_from(self.issuer) && answer.signed_by(self.issuer) == Check::Good {
            return true;
        }
        answer.certificates.iter().take(SIGNERS).any(|delegate| {
            answer.is_from(delegate)
                && delegate.issuer_name() == self.issuer.name()
                && delegate.extended_key_usage().contains(&oid::EKU_OCSP)
                && delegate.key_usage().is_ok_and(|u| u.is_none_or(|u| u.digital_signature()))
                && (delegate.not_before()..=delegate.not_after()).contains(&answer.produced)
                && delegate.signed_by(self.issuer) == Check::Good
                && answer.signed_by(delegate) == Check::Good
        })
    }

    fn by_lists(&mut self) -> Word {
        let ask = self.ask;
        let (mut covered, mut revoked) = (0u16, None);
        let of_issuer = |l: &&Arc<Crl>| l.issuer == *self.certificate.issuer_name();
        let lists: Vec<&Arc<Crl>> = ask.evidence.lists.iter().filter(of_issuer).collect();
        for list in lists.iter().filter(|l| l.base.is_none()) {
            let mut deltas: Vec<&&Arc<Crl>> = lists.iter().filter(|d| list.is_base_of(d)).collect();
            deltas.sort_by_key(|d| std::cmp::Reverse(d.this_update));
            let delta = deltas.into_iter().find(|delta| {
                let problem = self.unusable(delta);
                self.note(delta, Kind::Delta, problem);
                problem.is_none()
            });
            let mut problem = self.unusable(list);
            // A list that is over is carried on by a delta that is not.
            if problem == Some(Problem::Stale) && delta.is_some() {
                problem = None;
            }
            self.note(list, Kind::RevocationList, problem);
            if problem.is_some() {
                continue;
            }
            covered |= list.scope.reasons.unwrap_or(ALL_REASONS);
            let entry = match delta.map_or(Entry::Absent, |d| d.find(self.certificate)) {
                Entry::Absent => list.find(self.certificate),
                said => said,
            };
            if let Entry::Revoked(at) = entry {
                revoked = Some(revoked.map_or(at, |earlier: Moment| earlier.min(at)));
            }
        }
        match revoked {
            Some(at) => Word::Revoked(at),
            None if covered & ALL_REASONS == ALL_REASONS => Word::Good,
            None => Word::Nothing,
        }
    }

    fn note(&mut self, list: &Crl, kind: Kind, problem: Option<Problem>) {
        self.consulted.push(Consulted {
            kind,
            of: self.of,
            by: list.issuer_title.clone(),
            this_update: list.this_update,
            next_update: list.next_update,
            problem,
        });
    }

    fn unusable(&self, list: &Crl) -> Option<Problem> {
        if list.strange || list.scope.indirect {
            return Some(Problem::Form);
        }
        if !self.in_scope(&list.scope) {
            return Some(Problem::Scope);
        }
        if !self.listed(list) {
            return Some(Problem::NotSigned);
        }
        // A list drops those whose term is over: its silence on them means nothing.
        if list.this_update > self.certificate.not_after() && list.find(self.certificate) == Entry::Absent {
            return Some(Problem::Scope);
        }
        let end = list.next_update.unwrap_or(list.this_update);
        self.timely(list.this_update, end)
    }

    /// RFC 5280 §6.3.3 (b) (2).
    fn in_scope(&self, scope: &Scope) -> bool {
        let authority = self.certificate.is_authority();
        if scope.attributes_only || (scope.people_only && authority) || (scope.authorities_only && !authority)
        {
            return false;
        }
        let Some(point) = &scope.point else { return true };
        let issuer = self.certificate.issuer_name();
        let Ok(points) = self.certificate.extension::<CrlDistributionPoints>() else { return false };
        let own: Vec<DistributionPointName> = points
            .map(|p| p.0.into_iter().filter_map(|p| p.distribution_point).collect())
            .unwrap_or_default();
        if own.is_empty() {
            let (names, relative) = Scope::names(point, issuer);
            return relative.as_ref() == Some(issuer)
                || names.iter().any(|n| directory(n).as_ref() == Some(issuer));
        }
        own.iter().any(|own| meet(own, point, issuer))
    }

    /// The issuer's own key, or another certificate of the same authority that may sign lists.
    fn listed(&self, list: &Crl) -> bool {
        let ask = self.ask;
        let may = |c: &&Certificate| {
            *c.name() == list.issuer && c.key_usage().is_ok_and(|u| u.is_none_or(|u| u.crl_sign()))
        };
        let trusted = ask.trust.authorities().map(|(_, a)| a);
        let all = std::iter::once(self.issuer).chain(self.path).chain(trusted).chain(ask.extra);
        let signers: Vec<&Certificate> = all.filter(may).take(SIGNERS).collect();
        signers.into_iter().any(|signer| list.signed_by(signer) == Check::Good && self.vouched(signer))
    }

    fn vouched(&self, signer: &Certificate) -> bool {
        if self.path.contains(signer) {
            return true;
        }
        if self.ask.depth == DEEPEST {
            return false;
        }
        let rules = Rules { purpose: Purpose::RevocationList, ..Rules::default() };
        let found = chain::judge(signer, &Ask { rules: &rules, depth: self.ask.depth + 1, ..*self.ask });
        // RFC 5280 §6.3.3 (f): the same anchor as the certificate's own.
        worst(&found.reasons) == Outcome::Valid && found.path.last() == self.path.last()
    }
}

fn directory(name: &GeneralName) -> Option<Canonical> {
    match name {
        GeneralName::DirectoryName(name) => Some(Canonical::of(name)),
        _ => None,
    }
}

fn meet(a: &DistributionPointName, b: &DistributionPointName, issuer: &Canonical) -> bool {
    let ((a, a_relative), (b, b_relative)) = (Scope::names(a, issuer), Scope::names(b, issuer));
    let full = |names: &[GeneralName], relative: Option<Canonical>| -> Vec<Canonical> {
        names.iter().filter_map(directory).chain(relative).collect()
    };
    let literal = a.iter().any(|name| b.contains(name));
    let (a, b) = (full(&a, a_relative), full(&b, b_relative));
    literal || a.iter().any(|name| b.contains(name))
}
