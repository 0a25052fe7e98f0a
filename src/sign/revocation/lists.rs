//! What lists of revoked certificates say of one (RFC 5280 §6.3.3): each list speaks for the
//! distribution points and reasons that it and the certificate both name, and by whoever the
//! certificate names as its issuer.

use std::sync::Arc;

use x509_cert::ext::pkix::CrlDistributionPoints;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};

use super::{Consulted, Kind, One, Problem, SIGNERS, Word};
use crate::clock::Moment;
use crate::sign::algorithm::Check;
use crate::sign::certificate::Certificate;
use crate::sign::chain::{self, Ask};
use crate::sign::crl::{Crl, Entry, Scope, directory};
use crate::sign::names::Canonical;
use crate::sign::path::{Purpose, Rules};
use crate::sign::verdict::{Outcome, worst};

/// How deep the signers of lists are asked about in turn.
const DEEPEST: usize = 2;
/// All reasons a certificate may be revoked for (bits 1..=8 of ReasonFlags).
const ALL_REASONS: u16 = 0b1_1111_1110;
/// Distribution points of one certificate that are looked at.
const MOST: usize = 32;

/// Where a certificate says that its status is found (RFC 5280 §4.2.1.13).
struct Point {
    name: Option<DistributionPointName>,
    reasons: u16,
    /// Whose lists they are; none: the certificate's own issuer's.
    issuers: Vec<GeneralName>,
}

impl Point {
    /// Those of the certificate, and the one that every certificate has: its issuer's own lists.
    fn all(certificate: &Certificate) -> Vec<Self> {
        let name = certificate.parsed().tbs_certificate.issuer.clone();
        let name = DistributionPointName::FullName(vec![GeneralName::DirectoryName(name)]);
        let usual = Self { name: Some(name), reasons: ALL_REASONS, issuers: Vec::new() };
        let named = certificate.extension::<CrlDistributionPoints>().ok().flatten();
        let named = named.map(|all| all.0).unwrap_or_default().into_iter().take(MOST).map(|point| Self {
            name: point.distribution_point,
            reasons: point.reasons.map_or(ALL_REASONS, |r| r.bits() & ALL_REASONS),
            issuers: point.crl_issuer.unwrap_or_default(),
        });
        named.chain([usual]).collect()
    }

    /// The names of those whose lists it speaks of.
    fn issuers(&self, certificate: &Certificate) -> Vec<Canonical> {
        match self.issuers.as_slice() {
            [] => vec![certificate.issuer_name().clone()],
            named => named.iter().filter_map(directory).collect(),
        }
    }

    /// RFC 5280 §6.3.3 (b) (1), (2) (i): whether a list is one that this point leads to.
    fn leads_to(&self, list: &Crl, certificate: &Certificate) -> bool {
        // Only an indirect list speaks for another authority.
        let entitled = self.issuers.is_empty() || list.scope.indirect;
        if !entitled || !self.issuers(certificate).contains(&list.issuer) {
            return false;
        }
        match (&list.scope.point, &self.name) {
            (None, _) => true,
            (Some(scope), Some(own)) => meet(own, scope, &list.issuer),
            (Some(scope), None) => {
                let named = DistributionPointName::FullName(self.issuers.clone());
                meet(&named, scope, &list.issuer)
            }
        }
    }
}

impl One<'_> {
    pub(super) fn by_lists(&mut self) -> Word {
        let ask = self.ask;
        let (mut covered, mut revoked) = (0u16, None);
        let points = Point::all(self.certificate);
        let issuers: Vec<Canonical> = points.iter().flat_map(|p| p.issuers(self.certificate)).collect();
        let lists: Vec<&Arc<Crl>> =
            ask.evidence.lists.iter().filter(|l| issuers.contains(&l.issuer)).collect();
        for list in lists.iter().filter(|l| l.base.is_none()) {
            let mut deltas: Vec<&&Arc<Crl>> = lists.iter().filter(|d| list.is_base_of(d)).collect();
            deltas.sort_by_key(|d| std::cmp::Reverse(d.this_update));
            let delta = deltas.into_iter().find(|delta| {
                let problem = self.unusable(delta, &points);
                self.note(delta, Kind::Delta, problem);
                problem.is_none()
            });
            let mut problem = self.unusable(list, &points);
            // A list that is over is carried on by a delta that is not.
            if problem == Some(Problem::Stale) && delta.is_some() {
                problem = None;
            }
            self.note(list, Kind::RevocationList, problem);
            if problem.is_some() {
                continue;
            }
            covered |= self.reasons(&list.scope, list, &points);
            let (entry, told) = match delta.map(|d| (d.find(self.certificate), d.this_update)) {
                None | Some((Entry::Absent, _)) => (list.find(self.certificate), list.this_update),
                Some(said) => said,
            };
            if let Entry::Revoked(at) = entry {
                // A list tells what was so when it was made, whatever day it names.
                let at = at.min(told);
                revoked = Some(revoked.map_or(at, |earlier: Moment| earlier.min(at)));
            }
        }
        match revoked {
            Some(at) => Word::Revoked(at),
            None if covered == ALL_REASONS => Word::Good,
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

    fn unusable(&self, list: &Crl, points: &[Point]) -> Option<Problem> {
        if list.strange {
            return Some(Problem::Form);
        }
        if list.irregular && self.ask.rules.profile {
            return Some(Problem::Profile);
        }
        if self.reasons(&list.scope, list, points) == 0 {
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

    /// The reasons for which a list speaks of the certificate (RFC 5280 §6.3.3 (b) (2), (d)); 0 for
    /// one that does not cover it.
    fn reasons(&self, scope: &Scope, list: &Crl, points: &[Point]) -> u16 {
        let authority = self.certificate.is_authority();
        if scope.attributes_only || (scope.people_only && authority) || (scope.authorities_only && !authority)
        {
            return 0;
        }
        let leading = points.iter().filter(|p| p.leads_to(list, self.certificate));
        leading.fold(0, |all, point| all | point.reasons) & scope.reasons.unwrap_or(ALL_REASONS)
    }

    /// The issuer's own key, or another certificate of the list's issuer that may sign lists.
    fn listed(&self, list: &Crl) -> bool {
        let ask = self.ask;
        let may = |c: &&Certificate| {
            *c.name() == list.issuer && c.key_usage().is_ok_and(|u| u.is_none_or(|u| u.crl_sign()))
        };
        let trusted = ask.trust.authorities().map(|(_, a)| a);
        let all = std::iter::once(self.issuer).chain(self.path).chain(trusted).chain(ask.extra);
        let signers: Vec<&Certificate> = all.filter(may).take(SIGNERS).collect();
        signers
            .into_iter()
            .any(|signer| ask.spend() && list.signed_by(signer) == Check::Good && self.vouched(signer))
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

/// Whether two distribution points have a name in common; a relative one is completed by `issuer`.
fn meet(a: &DistributionPointName, b: &DistributionPointName, issuer: &Canonical) -> bool {
    let ((a, a_relative), (b, b_relative)) = (Scope::names(a, issuer), Scope::names(b, issuer));
    let full = |names: &[GeneralName], relative: Option<Canonical>| -> Vec<Canonical> {
        names.iter().filter_map(directory).chain(relative).collect()
    };
    let literal = a.iter().any(|name| b.contains(name));
    let (a, b) = (full(&a, a_relative), full(&b, b_relative));
    literal || a.iter().any(|name| b.contains(name))
}
