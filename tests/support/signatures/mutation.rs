//! Strangers' bytes: never a panic, and never *valid* for anything but what was signed.

use proptest::prelude::*;
use tereze::clock::{Clock, Moment, Reading};
use tereze::sign::cades::Builder;
use tereze::sign::certificate::Certificate;
use tereze::sign::issue::{Authority, Identity, Term};
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::{Question, ber, verify, verify_certificate};

use crate::LETTER;
use crate::made_by_us::testov;

struct World {
    trust: Trust,
    person: Identity,
    cms: Vec<u8>,
    at: Reading,
}

fn world() -> &'static World {
    static WORLD: std::sync::LazyLock<World> = std::sync::LazyLock::new(|| {
        let at = Clock::system().now();
        let authority = Authority::generate("СЫНАҚ ОРТАЛЫҒЫ", true, Term::days(at.wall, 30)).unwrap();
        let person = authority.issue_person(&testov(), Term::days(at.wall, 10)).unwrap();
        let mut trust = Trust::new();
        trust.add(CITIZEN, authority.certificate().clone()).unwrap();
        let cms = signed(&person, LETTER, at.wall);
        World { trust, person, cms, at }
    });
    &WORLD
}

fn signed(person: &Identity, content: &[u8], at: Moment) -> Vec<u8> {
    let prepared = Builder::new(person.certificate.der(), content, at).unwrap().prepare().unwrap();
    let signature = person.sign(prepared.to_sign());
    prepared.finish(&signature).unwrap()
}

/// Where valid all the same, it is the letter that was signed, by whom, when.
fn judge(cms: &[u8]) -> Result<(), TestCaseError> {
    let world = world();
    let verdict = verify(cms, None, &world.trust, world.at);
    if verdict.is_valid() {
        prop_assert_eq!(verdict.valid_content(), Some(LETTER));
        for signer in &verdict.signers {
            prop_assert_eq!(signer.certificate.expose().as_slice(), world.person.certificate.der());
            prop_assert_eq!(signer.claimed_time, Some(world.at.wall));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut cms = world().cms.clone();
        for (at, byte) in changes {
            let at = at.index(cms.len());
            cms[at] = byte;
        }
        judge(&cms)?;
    }

    #[test]
    fn moved_and_missing_pieces(from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(),
                                length in 0usize..64, keep in any::<bool>()) {
        let mut cms = world().cms.clone();
        let from = from.index(cms.len());
        let piece: Vec<u8> = cms[from..].iter().copied().take(length).collect();
        if !keep {
            cms.drain(from..from + piece.len());
        }
        let to = to.index(cms.len());
        cms.splice(to..to, piece);
        judge(&cms)?;
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        judge(&bytes)?;
        let _ = ber::to_der(&bytes);
        let _ = Certificate::from_file(&bytes);
        prop_assert!(!verify(&world().cms, Some(&bytes), &world().trust, world().at).is_valid());
    }

    #[test]
    fn a_changed_certificate_is_nobodys(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut der = world().person.certificate.der().to_vec();
        let at = at.index(der.len());
        der[at] ^= 1 << bit;
        if let Ok(certificate) = Certificate::from_der(&der) {
            let report = verify_certificate(&certificate, &Question::new(&world().trust, world().at));
            prop_assert!(!report.reasons.is_empty());
        }
    }

    #[test]
    fn what_is_signed_comes_back(content in proptest::collection::vec(any::<u8>(), 0..400)) {
        let world = world();
        let cms = signed(&world.person, &content, world.at.wall);
        let verdict = verify(&cms, None, &world.trust, world.at);
        prop_assert_eq!(verdict.valid_content(), Some(content.as_slice()));
    }
}
