//! What lists of revoked certificates say of one (RFC 5280 §6.3.3): each list speaks for the
//! distribution points and reasons that it and the certificate both name, and by whoever the
//! certificate names as its issuer.

use std::sync::Arc;

use der::Decode as _;
use x509_cert::ext::pkix::CrlDistributionPoints;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::name::Name;

use super::{Consulted, Kind, One, Problem, SIGNERS, Word};
use crate::clock::Moment;
use crate::domain::standing::Asked;
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

/// What of a certificate lists are looked through by.
pub(super) struct Meant {
    pub issuer: Canonical,
    serial: Vec<u8>,
    authority: bool,
    not_after: Moment,
    points: Vec<Point>,
}

impl Meant {
    pub fn of(certificate: &Certificate) -> Self {
        let tbs = &certificate.parsed().tbs_certificate;
        Self {
            issuer: certificate.issuer_name().clone(),
            serial: certificate.serial().to_vec(),
            authority: certificate.is_authority(),
            not_after: certificate.not_after(),
            points: Point::all(&tbs.issuer, certificate.extension().ok().flatten()),
        }
    }

    /// `None` where its parts cannot be read.
    pub fn read(asked: &Asked) -> Option<Self> {
        let issuer = Name::from_der(&asked.issuer).ok()?;
        let points = match asked.points.as_slice() {
            [] => None,
            points => Some(CrlDistributionPoints::from_der(points).ok()?),
        };
        Some(Self {
            issuer: Canonical::of(&issuer),
            serial: asked.serial.clone(),
            authority: asked.authority,
            not_after: asked.not_after,
            points: Point::all(&issuer, points),
        })
    }

    fn found_in(&self, list: &Crl) -> Entry {
        list.look_up(&self.serial, &self.issuer)
    }
}

impl Point {
    /// Those of the certificate, and the one that every certificate has: its issuer's own lists.
    fn all(issuer: &Name, named: Option<CrlDistributionPoints>) -> Vec<Self> {
        let name = DistributionPointName::FullName(vec![GeneralName::DirectoryName(issuer.clone())]);
        let usual = Self { name: Some(name), reasons: ALL_REASONS, issuers: Vec::new() };
        let named = named.map(|all| all.0).unwrap_or_default().into_iter().take(MOST).map(|point| Self {
            name: point.distribution_point,
            reasons: point.reasons.map_or(ALL_REASONS, |r| r.bits() & ALL_REASONS),
            issuers: point.crl_issuer.unwrap_or_default(),
        });
        named.chain([usual]).collect()
    }

    /// The names of those whose lists it speaks of.
    fn issuers(&self, own: &Canonical) -> Vec<Canonical> {
        match self.issuers.as_slice() {
            [] => vec![own.clone()],
            named => named.iter().filter_map(directory).collect(),
        }
    }

    /// RFC 5280 §6.3.3 (b) (1), (2) (i): whether a list is one that this point leads to; `own`: the
    /// certificate's issuer.
    fn leads_to(&self, list: &Crl, own: &Canonical) -> bool {
        // Only an indirect list speaks for another authority.
        let entitled = self.issuers.is_empty() || list.scope.indirect;
        if !entitled || !self.issuers(own).contains(&list.issuer) {
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
        let own = &self.meant.issuer;
        let issuers: Vec<Canonical> = self.meant.points.iter().flat_map(|p| p.issuers(own)).collect();
        let lists: Vec<&Arc<Crl>> =
            ask.evidence.lists.iter().filter(|l| issuers.contains(&l.issuer)).collect();
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
            covered |= self.reasons(&list.scope, list);
            let (entry, told) = match delta.map(|d| (self.meant.found_in(d), d.this_update)) {
                None | Some((Entry::Absent, _)) => (self.meant.found_in(list), list.this_update),
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
            number: list.number_words(),
            this_update: list.this_update,
            next_update: list.next_update,
            problem,
        });
    }

    fn unusable(&self, list: &Crl) -> Option<Problem> {
        if list.strange {
            return Some(Problem::Form);
        }
        if list.irregular && self.ask.rules.profile {
            return Some(Problem::Profile);
        }
        if self.reasons(&list.scope, list) == 0 {
            return Some(Problem::Scope);
        }
        if !self.listed(list) {
            return Some(Problem::NotSigned);
        }
        // A list drops those whose term is over: its silence on them means nothing.
        if list.this_update > self.meant.not_after && self.meant.found_in(list) == Entry::Absent {
            return Some(Problem::Scope);
        }
        let end = list.next_update.unwrap_or(list.this_update);
        self.timely(list.this_update, end)
    }

    /// The reasons for which a list speaks of the certificate (RFC 5280 §6.3.3 (b) (2), (d)); 0 for
    /// one that does not cover it.
    fn reasons(&self, scope: &Scope, list: &Crl) -> u16 {
        let authority = self.meant.authority;
        if scope.attributes_only || (scope.people_only && authority) || (scope.authorities_only && !authority)
        {
            return 0;
        }
        let leading = self.meant.points.iter().filter(|p| p.leads_to(list, &self.meant.issuer));
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
