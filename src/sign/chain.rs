//! The search for a path from a signer's certificate to a trusted authority, through whatever
//! certificates the signature brought along. Bounded: a stranger's file cannot make it long.

use super::algorithm::Check;
use super::certificate::Certificate;
use super::path;
use super::trust::Trust;
use super::verdict::{Outcome, Reason, worst};
use crate::clock::Reading;

/// Certificates in a path, signer and anchor included.
const LONGEST: usize = 8;
/// Signatures checked in one search.
const BUDGET: usize = 48;

/// What came of the search: the best path's reasons, or why there is no path.
pub struct Found {
    pub reasons: Vec<Reason>,
    /// The name of the trusted set that the path ends in.
    pub set: Option<String>,
}

struct Search<'a> {
    extra: &'a [Certificate],
    trust: &'a Trust,
    at: Reading,
    budget: usize,
    best: Option<Found>,
    /// What stood in the way where no path was found.
    obstacles: Vec<Reason>,
}

/// Judges `signer`'s certificate. `extra`: certificates that may stand between.
pub fn judge(signer: &Certificate, extra: &[Certificate], trust: &Trust, at: Reading) -> Found {
    let mut search = Search { extra, trust, at, budget: BUDGET, best: None, obstacles: Vec::new() };
    search.extend(&mut vec![signer.clone()]);
    if let Some(best) = search.best {
        return best;
    }
    let reason = if trust.is_empty() {
        Reason::NoTrust
    } else if search.obstacles.contains(&Reason::Algorithm) {
        Reason::Algorithm
    } else if search.obstacles.contains(&Reason::Forged) {
        Reason::Forged
    } else if search.obstacles.contains(&Reason::ChainTooLong) {
        Reason::ChainTooLong
    } else {
        Reason::Untrusted
    };
    Found { reasons: vec![reason], set: None }
}

impl Search<'_> {
    fn extend(&mut self, path: &mut Vec<Certificate>) {
        let Some(last) = path.last().cloned() else { return };
        if let Some((set, _)) = self.trust.authorities().find(|(_, a)| **a == last) {
            let set = set.to_owned();
            self.arrived(path, set);
            return;
        }
        if !last.checkable() {
            self.obstacles.push(Reason::Algorithm);
            return;
        }
        if path.len() == LONGEST {
            self.obstacles.push(Reason::ChainTooLong);
            return;
        }
        let trusted = self.trust.authorities().map(|(_, a)| a);
        let candidates: Vec<Certificate> = trusted
            .chain(self.extra)
            .filter(|c| c.subject() == last.issuer() && !path.contains(c))
            .cloned()
            .collect();
        for candidate in candidates {
            if self.done() {
                return;
            }
            self.budget -= 1;
            match last.signed_by(&candidate) {
                Check::Good => {
                    path.push(candidate);
                    self.extend(path);
                    path.pop();
                }
                Check::Wrong => self.obstacles.push(Reason::Forged),
                Check::Unsupported => self.obstacles.push(Reason::Algorithm),
            }
        }
    }

    fn done(&self) -> bool {
        self.budget == 0 || self.best.as_ref().is_some_and(|b| b.reasons.is_empty())
    }

    fn arrived(&mut self, path: &[Certificate], set: String) {
        let reasons = path::judge(path, self.at);
        let better = |best: &Found| rank(&reasons) < rank(&best.reasons);
        if self.best.as_ref().is_none_or(better) {
            self.best = Some(Found { reasons, set: Some(set) });
        }
    }
}

fn rank(reasons: &[Reason]) -> (Outcome, usize) {
    (worst(reasons), reasons.len())
}
