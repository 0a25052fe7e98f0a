//! The search for a path from a signer's certificate to a trusted authority, through whatever
//! certificates the signature brought along. Bounded: a stranger's file cannot make it long.

use std::cell::Cell;

use super::algorithm::Check;
use super::certificate::Certificate;
use super::path::{self, Rules};
use super::revocation::{self, Consulted, Evidence};
use super::trust::Trust;
use super::verdict::{Outcome, Reason, Revocation, worst};
use crate::clock::Reading;

/// Certificates in a path, signer and anchor included.
const LONGEST: usize = 12;
/// Signatures checked in one search.
const BUDGET: usize = 128;
/// Paths judged in one search: each may ask for revocation.
const PATHS: usize = 16;
/// Signatures checked in all for one signer: its path, the lists and answers on revocation, and the
/// paths of those who signed them.
pub const WORK: usize = 512;

/// What a certificate's path is judged by.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// Certificates that may stand between the signer's and an authority's.
    pub extra: &'a [Certificate],
    pub trust: &'a Trust,
    /// The time that everything must have been valid at.
    pub at: Reading,
    /// The time that is now: newer facts on revocation than `at` are welcome.
    pub now: Reading,
    pub rules: &'a Rules,
    pub evidence: &'a Evidence,
    /// How many lists of revoked certificates lie above: who signs one may be on another.
    pub depth: usize,
    /// Signatures that may still be checked, of [`WORK`].
    pub work: &'a Cell<usize>,
}

impl Ask<'_> {
    /// Whether one signature more may be checked.
    pub fn spend(&self) -> bool {
        let left = self.work.get();
        self.work.set(left.saturating_sub(1));
        left > 0
    }
}

/// What came of the search: the best path with its reasons, or why there is no path.
#[derive(Clone, Debug)]
pub struct Found {
    pub reasons: Vec<Reason>,
    /// The name of the trusted set that the path ends in.
    pub set: Option<String>,
    /// Signer first, anchor last; the signer alone where no path was found.
    pub path: Vec<Certificate>,
    pub revocation: Revocation,
    pub consulted: Vec<Consulted>,
}

struct Search<'a> {
    ask: &'a Ask<'a>,
    budget: usize,
    paths: usize,
    best: Option<Found>,
    /// Whether something was left untried.
    gave_up: bool,
    /// What stood in the way where no path was found.
    obstacles: Vec<Reason>,
}

/// Judges `signer`'s certificate.
pub fn judge(signer: &Certificate, ask: &Ask<'_>) -> Found {
    let mut search =
        Search { ask, budget: BUDGET, paths: PATHS, best: None, gave_up: false, obstacles: Vec::new() };
    search.extend(&mut vec![signer.clone()]);
    if let Some(mut best) = search.best {
        // Another path might have held.
        if search.gave_up && worst(&best.reasons) == Outcome::NotValid {
            best.reasons = vec![Reason::TooComplex];
        }
        return best;
    }
    const TELLING: [Reason; 3] = [Reason::Algorithm, Reason::Forged, Reason::ChainTooLong];
    let told = TELLING.into_iter().find(|reason| search.obstacles.contains(reason));
    let reason = match told.unwrap_or(Reason::Untrusted) {
        _ if ask.trust.is_empty() => Reason::NoTrust,
        _ if search.gave_up => Reason::TooComplex,
        told => told,
    };
    let (revocation, consulted) = (Revocation::NotConsulted, Vec::new());
    Found { reasons: vec![reason], set: None, path: vec![signer.clone()], revocation, consulted }
}

impl Search<'_> {
    fn extend(&mut self, path: &mut Vec<Certificate>) {
        let Some(last) = path.last().cloned() else { return };
        if let Some((set, _)) = self.ask.trust.authorities().find(|(_, a)| **a == last) {
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
        for candidate in self.candidates(&last, path) {
            if self.best.as_ref().is_some_and(|b| b.reasons.is_empty()) {
                return;
            }
            if self.budget == 0 || self.paths == 0 || !self.ask.spend() {
                self.gave_up = true;
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

    /// Certificates of the name that issued `last`: anchors first, and those whose key `last` names
    /// before others. One with the same name and key as in the path leads round in a circle.
    fn candidates(&self, last: &Certificate, path: &[Certificate]) -> Vec<Certificate> {
        let trusted = self.ask.trust.authorities().map(|(_, a)| a);
        let repeats = |c: &Certificate| path.iter().any(|p| p.same_key(c) && p.name() == c.name());
        let mut found: Vec<Certificate> = trusted
            .chain(self.ask.extra)
            .filter(|c| c.name() == last.issuer_name() && !repeats(c))
            .cloned()
            .collect();
        let named = last.issuer_key_id();
        found.sort_by_key(|c| named.is_none() || c.key_id() != named);
        found
    }

    fn arrived(&mut self, path: &[Certificate], set: String) {
        self.paths = self.paths.saturating_sub(1);
        let mut reasons = path::judge(path, self.ask.at, self.ask.rules);
        let (mut revocation, mut consulted) = (Revocation::NotConsulted, Vec::new());
        // Nothing that was said of a path that does not hold would change it.
        if worst(&reasons) != Outcome::NotValid {
            let found = revocation::judge(path, self.ask);
            reasons.extend(found.reason);
            (revocation, consulted) = (found.revocation, found.consulted);
        }
        let better = |best: &Found| rank(&reasons) < rank(&best.reasons);
        if self.best.as_ref().is_none_or(better) {
            self.best = Some(Found { reasons, set: Some(set), path: path.to_vec(), revocation, consulted });
        }
    }
}

fn rank(reasons: &[Reason]) -> (Outcome, usize) {
    (worst(reasons), reasons.len())
}
