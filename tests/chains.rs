//! Certification paths and revocation, judged by this program and by OpenSSL: both must agree, but for the differences
//! that are listed with their reason.

#[path = "support/chains/cases.rs"]
mod cases;
#[path = "support/chains/examiner.rs"]
mod examiner;
#[path = "support/chains/given.rs"]
mod given;
#[path = "support/chains/graphs.rs"]
mod graphs;
#[path = "support/chains/limbo.rs"]
mod limbo;
#[path = "support/chains/limbo_lists.rs"]
mod limbo_lists;
#[path = "support/chains/lists.rs"]
mod lists;
#[path = "support/chains/online.rs"]
mod online;
#[path = "support/der.rs"]
mod tlv;
#[path = "support/chains/world.rs"]
mod world;

use tereze::sign::policy::Demand;
use tereze::sign::verdict::Outcome;
use world::World;

/// What the options of `openssl verify` ask of policies, for us.
fn demand(flags: &[&str]) -> Demand {
    let has = |flag: &str| flags.contains(&flag);
    let named = flags.windows(2).filter(|w| w[0] == "-policy").map(|w| w[1].parse().unwrap());
    Demand {
        acceptable: named.collect(),
        explicit: has("-explicit_policy"),
        inhibit_mapping: has("-inhibit_map"),
        inhibit_any: has("-inhibit_any"),
    }
}

#[test]
fn paths_are_judged_as_openssl_judges_them() {
    let (mut count, mut findings) = (0, vec![]);
    for case in cases::ALL {
        let world = World::new();
        for (name, issuer, extensions) in case.certificates {
            world.certificate(name, issuer, extensions);
        }
        let report = world.judge(demand(case.flags), &[]);
        let ours = report.outcome() == Outcome::Valid;
        let (theirs, said) = world.openssl(case.flags);
        let agreed = theirs == case.valid || case.differs.is_some();
        if ours != case.valid || !agreed || (case.differs.is_some() && theirs == ours) {
            findings.push(format!("{}: we {:?}, OpenSSL {theirs} ({said})", case.name, report.reasons));
        }
        count += 1;
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    assert!(count >= 60, "{count}");
}
