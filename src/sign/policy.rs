//! Certificate policies along a path (RFC 5280 §6.1, with the graph of RFC 9618 in place of the
//! tree, which a stranger's certificates could make grow without end).

use std::collections::{BTreeMap, BTreeSet};

use der::asn1::ObjectIdentifier;
use der::{AnyRef, Decode, Sequence};
use x509_cert::ext::pkix::CertificatePolicies;

use super::certificate::Certificate;
use super::{oid, wire};

type Id = ObjectIdentifier;

/// Policies or mappings in one certificate; more are refused.
const MOST: usize = 128;

/// What a path must allow (RFC 5280 §6.1.1 (c)–(g)).
#[derive(Clone, Debug, Default)]
pub struct Demand {
    /// The policies that are acceptable; none named means any.
    pub acceptable: BTreeSet<Id>,
    pub explicit: bool,
    pub inhibit_mapping: bool,
    pub inhibit_any: bool,
}

impl Demand {
    pub const NONE: Self =
        Self { acceptable: BTreeSet::new(), explicit: false, inhibit_mapping: false, inhibit_any: false };
}

#[derive(Debug, PartialEq, Eq)]
pub enum Broken {
    /// No acceptable policy is left, and one is demanded.
    NoPolicy,
    /// An extension that cannot be read, or says what it may not.
    Malformed,
}

/// RFC 5280 §4.2.1.11
#[derive(Sequence)]
struct Constraints<'a> {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    explicit: Option<der::asn1::UintRef<'a>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    inhibit_mapping: Option<der::asn1::UintRef<'a>>,
}

/// RFC 5280 §4.2.1.5
#[derive(Sequence)]
struct Mapping {
    issuer: Id,
    subject: Id,
}

/// One level of the graph: each valid policy with what is expected below it and its parents.
type Level = BTreeMap<Id, Node>;

#[derive(Clone, Debug, Default)]
struct Node {
    expected: BTreeSet<Id>,
    parents: BTreeSet<Id>,
}

struct State {
    /// From the anchor down; `None` once the graph is null.
    levels: Option<Vec<Level>>,
    explicit: usize,
    mapping: usize,
    any: usize,
}

/// Judges `path` (signer first, anchor last). Returns the policies that hold for the signer; with
/// no policy demanded an empty set is no fault.
pub fn judge(path: &[Certificate], demand: &Demand) -> Result<BTreeSet<Id>, Broken> {
    let Some((_, below)) = path.split_last() else { return Err(Broken::Malformed) };
    let length = below.len();
    let until = |now: bool| if now { 0 } else { length + 1 };
    let root = Node { expected: BTreeSet::from([oid::ANY_POLICY]), parents: BTreeSet::new() };
    let mut state = State {
        levels: Some(vec![Level::from([(oid::ANY_POLICY, root)])]),
        explicit: until(demand.explicit),
        mapping: until(demand.inhibit_mapping),
        any: until(demand.inhibit_any),
    };
    for (i, certificate) in below.iter().enumerate().rev() {
        let last = i == 0;
        state.policies(certificate, last)?;
        if state.explicit == 0 && state.levels.is_none() {
            return Err(Broken::NoPolicy);
        }
        if last {
            state.explicit = state.explicit.saturating_sub(1);
            if let Some(constraints) = constraints(certificate)?
                && constraints.explicit == Some(0)
            {
                state.explicit = 0;
            }
        } else {
            state.prepare(certificate)?;
        }
    }
    let held = state.held(&demand.acceptable);
    if state.explicit == 0 && held.is_empty() {
        return Err(Broken::NoPolicy);
    }
    Ok(held)
}

impl State {
    /// RFC 5280 §6.1.3 (d), (e).
    fn policies(&mut self, certificate: &Certificate, last: bool) -> Result<(), Broken> {
        let found = certificate.extension::<CertificatePolicies>().map_err(|_| Broken::Malformed)?;
        let Some(found) = found else {
            self.levels = None;
            return Ok(());
        };
        let ids: BTreeSet<Id> = found.0.iter().map(|p| p.policy_identifier).collect();
        if found.0.len() > MOST || ids.len() != found.0.len() {
            return Err(Broken::Malformed);
        }
        let Some(levels) = &mut self.levels else { return Ok(()) };
        let Some(above) = levels.last() else { return Ok(()) };
        let mut level = Level::new();
        let node = |id: Id, parents: BTreeSet<Id>| (id, Node { expected: BTreeSet::from([id]), parents });
        for id in ids.iter().filter(|id| **id != oid::ANY_POLICY) {
            let mut parents: BTreeSet<Id> =
                above.iter().filter(|(_, n)| n.expected.contains(id)).map(|(p, _)| *p).collect();
            if parents.is_empty() && above.contains_key(&oid::ANY_POLICY) {
                parents.insert(oid::ANY_POLICY);
            }
            if !parents.is_empty() {
                level.extend([node(*id, parents)]);
            }
        }
        if ids.contains(&oid::ANY_POLICY) && (self.any > 0 || (!last && certificate.self_issued())) {
            let expected: BTreeSet<Id> = above.values().flat_map(|n| n.expected.iter().copied()).collect();
            for id in expected {
                if !level.contains_key(&id) {
                    let parents = above.iter().filter(|(_, n)| n.expected.contains(&id));
                    level.extend([node(id, parents.map(|(p, _)| *p).collect())]);
                }
            }
        }
        levels.push(level);
        self.prune();
        Ok(())
    }

    /// RFC 5280 §6.1.4 (a), (b), (h)–(j).
    fn prepare(&mut self, certificate: &Certificate) -> Result<(), Broken> {
        let mappings = mappings(certificate)?;
        if let Some(level) = self.levels.as_mut().and_then(|l| l.last_mut()) {
            if self.mapping > 0 {
                let any = level.get(&oid::ANY_POLICY).cloned();
                for (id, to) in mappings {
                    if let Some(node) = level.get_mut(&id) {
                        node.expected = to;
                    } else if let Some(any) = &any {
                        level.insert(id, Node { expected: to, parents: any.parents.clone() });
                    }
                }
            } else {
                level.retain(|id, _| !mappings.contains_key(id));
            }
            self.prune();
        }
        if !certificate.self_issued() {
            for counter in [&mut self.explicit, &mut self.mapping, &mut self.any] {
                *counter = counter.saturating_sub(1);
            }
        }
        if let Some(constraints) = constraints(certificate)? {
            self.explicit = self.explicit.min(constraints.explicit.unwrap_or(usize::MAX));
            self.mapping = self.mapping.min(constraints.mapping.unwrap_or(usize::MAX));
        }
        if let Some(skip) = certificate.raw_extension(oid::INHIBIT_ANY_POLICY) {
            let skip = der::asn1::UintRef::from_der(skip).map_err(|_| Broken::Malformed)?;
            self.any = self.any.min(wire::count(skip));
        }
        Ok(())
    }

    /// Leaves out what has nothing below it; the graph is null once its last level is empty.
    fn prune(&mut self) {
        let Some(levels) = &mut self.levels else { return };
        if levels.last().is_none_or(BTreeMap::is_empty) {
            self.levels = None;
            return;
        }
        for at in (1..levels.len()).rev() {
            let used: BTreeSet<Id> = levels[at].values().flat_map(|n| n.parents.iter().copied()).collect();
            levels[at - 1].retain(|id, _| used.contains(id));
        }
    }

    /// RFC 5280 §6.1.5 (g): the authority's policies (those that come straight from "any"), as far
    /// as they are acceptable.
    fn held(&self, acceptable: &BTreeSet<Id>) -> BTreeSet<Id> {
        let Some(levels) = &self.levels else { return BTreeSet::new() };
        let from_any = levels
            .iter()
            .flatten()
            .filter(|(id, n)| **id != oid::ANY_POLICY && n.parents.contains(&oid::ANY_POLICY));
        let named: BTreeSet<Id> = from_any.map(|(id, _)| *id).collect();
        let open = levels.last().is_some_and(|l| l.contains_key(&oid::ANY_POLICY));
        if acceptable.is_empty() || acceptable.contains(&oid::ANY_POLICY) {
            return if open { &named | &BTreeSet::from([oid::ANY_POLICY]) } else { named };
        }
        if open { acceptable.clone() } else { &named & acceptable }
    }
}

struct Counts {
    explicit: Option<usize>,
    mapping: Option<usize>,
}

fn constraints(certificate: &Certificate) -> Result<Option<Counts>, Broken> {
    let Some(der) = certificate.raw_extension(oid::POLICY_CONSTRAINTS) else { return Ok(None) };
    let found = Constraints::from_der(der).map_err(|_| Broken::Malformed)?;
    Ok(Some(Counts {
        explicit: found.explicit.map(wire::count),
        mapping: found.inhibit_mapping.map(wire::count),
    }))
}

fn mappings(certificate: &Certificate) -> Result<BTreeMap<Id, BTreeSet<Id>>, Broken> {
    let mut out: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    let Some(der) = certificate.raw_extension(oid::POLICY_MAPPINGS) else { return Ok(out) };
    let all = AnyRef::from_der(der).and_then(|any| any.decode_as::<Vec<Mapping>>());
    let all = all.map_err(|_| Broken::Malformed)?;
    // RFC 5280 §6.1.4 (a)
    if all.len() > MOST || all.iter().any(|m| [m.issuer, m.subject].contains(&oid::ANY_POLICY)) {
        return Err(Broken::Malformed);
    }
    for mapping in all {
        out.entry(mapping.issuer).or_default().insert(mapping.subject);
    }
    Ok(out)
}
