//! Timestamp authorities that are slow, dead, refuse or lie: a letter's delivery waits for none of them,
//! nothing false is taken, nothing is asked for ever, and a portal that ends in the midst loses nothing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tereze::clock::Moment;
use tereze::domain::Digest;
use tereze::i18n::Lang;
use tereze::portal::{Portal as _, Progress};
use tereze::screen::keyfile::work::signed;
use tereze::server::proofs::Tsa;
use tereze::sign::tsp::{Imprint, Signed};

use crate::openssl_ca::Kind;
use crate::support::World;
use crate::support::letter::Letter;
use crate::timestamps::{Authority, Mood, POLICY, registered, told};

const ONE: &str = "900101300017";
const TWO: &str = "051224600019";

const LIES: [Mood; 15] = [
    Mood::Cut,
    Mood::Stalls,
    Mood::Drips,
    Mood::Garbage,
    Mood::Huge,
    Mood::Refuses,
    Mood::OtherImprint,
    Mood::OtherNonce,
    Mood::NoNonce,
    Mood::OtherPolicy,
    Mood::Spoilt,
    Mood::Unsigned,
    Mood::Expired,
    Mood::NotForStamps,
    Mood::Stranger,
];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_false_is_taken_and_no_letter_waits() {
    for kind in [Kind::Ec, Kind::Gost] {
        let Some(authority) = Authority::new(kind) else { continue };
        let (one, two) = (authority.entry("one", ONE), authority.entry("two", TWO));
        let world = World::trusting(authority.trust(), None).await;
        let (letter, held) = registered(&world, &one).await;
        let plain = world.app.handed_over(&held).await.ok().unwrap();
        let raw = Arc::new(Mutex::new(Signed::of(&plain).unwrap().signature));
        let served = authority.serve(raw);
        let tsa = Tsa::new(served.url.clone(), authority.trust());
        let mut tsa = tsa.by(Imprint::OfSigner, POLICY.parse().ok());
        tsa.patience = Duration::from_secs(2);
        assert!(world.app.tsa.set(tsa).is_ok());
        let mut waits = Vec::new();
        for (n, mood) in LIES.into_iter().enumerate() {
            authority.becomes(mood);
            world.app.tsa.get().unwrap().rest_is_over();
            assert!(world.app.prove(held.lookup).await.is_ok(), "{kind:?} {mood:?}");
            let proof = world.app.db.proof(held.id).await.unwrap().unwrap();
            assert_eq!((proof.stamp, authority.count()), (None, n + 1), "{kind:?} {mood:?}");
            waits.push(proof.tries);
            let now = world.clock.now().wall;
            assert!(
                world.app.db.to_prove(now, 10).await.unwrap().is_empty(),
                "{mood:?}: asked again at once"
            );
            // It waits, twice as long each time, and at most some hours.
            let (least, most) = (60i64 << proof.tries.min(9) >> 1, 6 * 3_600);
            let due = |by: i64| world.app.db.to_prove(now.plus(by), 10);
            assert!(due(least.min(most) - 5).await.unwrap().is_empty(), "{mood:?}");
            assert_eq!(due(most + 5).await.unwrap(), [held.lookup], "{mood:?}");
        }
        assert!(waits.is_sorted());
        assert_eq!(told(&world, &letter).await, ["registered"]);

        // A letter comes in while the authority stalls: its receipt is there long before.
        authority.becomes(Mood::Stalls);
        world.app.tsa.get().unwrap().rest_is_over();
        let app = world.app.clone();
        let stalled = tokio::spawn(async move { app.prove(held.lookup).await.is_ok() });
        tokio::time::sleep(Duration::from_millis(200)).await;
        let sealed = Letter::of(&world, &two.certificate.owner(), Lang::Kk);
        let cms = signed(&two, &sealed.statement.canonical().unwrap(), sealed.at);
        let sealed = sealed.sealed(cms.unwrap());
        let (id, total) = (Digest::of(&sealed), sealed.len() as u64);
        let outcome = world.portal.put(id, 0, total, sealed).await.unwrap();
        assert!(matches!(outcome, Progress::Done(_)));
        assert!(!stalled.is_finished(), "the receipt waited for the stamp");
        assert!(stalled.await.unwrap());

        authority.becomes(Mood::Honest);
        world.app.tsa.get().unwrap().rest_is_over();
        assert!(world.app.prove(held.lookup).await.is_ok());
        assert!(world.app.db.proof(held.id).await.unwrap().unwrap().stamp.is_some(), "{kind:?}");
        assert_eq!(told(&world, &letter).await, ["registered", "time-proven"]);
        world.stop().await;
    }
}

/// After one that was silent no letter is waited for in turn; after its rest the next one asks.
#[tokio::test(flavor = "multi_thread")]
async fn a_dead_authority_is_not_asked_by_each_letter() {
    let Some(authority) = Authority::new(Kind::Ec) else { return };
    let world = World::trusting(authority.trust(), None).await;
    let mut held = Vec::new();
    for (name, iin) in [("one", ONE), ("two", TWO)] {
        held.push(registered(&world, &authority.entry(name, iin)).await.1);
    }
    authority.becomes(Mood::Cut);
    let served = authority.serve(Arc::default());
    assert!(world.app.tsa.set(Tsa::new(served.url.clone(), authority.trust())).is_ok());
    for held in &held {
        assert!(world.app.prove(held.lookup).await.is_ok());
    }
    assert_eq!(authority.count(), 1);
    world.app.tsa.get().unwrap().rest_is_over();
    authority.becomes(Mood::Honest);
    for held in &held {
        assert!(world.app.prove(held.lookup).await.is_ok());
        assert!(world.app.db.proof(held.id).await.unwrap().unwrap().stamp.is_some());
    }
    assert_eq!(authority.count(), 3);
    world.stop().await;
}

/// The portal ends while the authority is asked, and between the token and the event that tells of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_ends_in_the_midst_goes_on() {
    let Some(authority) = Authority::new(Kind::Ec) else { return };
    let one = authority.entry("one", ONE);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("portal");
    let served = authority.serve(Arc::default());
    let tsa = || Tsa::new(served.url.clone(), authority.trust());
    let world = World::trusting(authority.trust(), Some(&data)).await;
    let (letter, held) = registered(&world, &one).await;
    assert!(world.app.tsa.set(tsa()).is_ok());
    authority.becomes(Mood::Stalls);
    let app = world.app.clone();
    let asking = tokio::spawn(async move { app.prove(held.lookup).await.is_ok() });
    while authority.count() == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    asking.abort();
    let _ = asking.await;
    world.stop().await;

    // The next run knows of the try, and asks again only when its time has come.
    let world = World::trusting(authority.trust(), Some(&data)).await;
    assert!(world.app.tsa.set(tsa()).is_ok());
    authority.becomes(Mood::Honest);
    let held = world.app.db.held(held.lookup).await.unwrap().unwrap();
    let now = world.clock.now().wall;
    assert!(world.app.db.to_prove(now, 10).await.unwrap().is_empty());
    assert_eq!(world.app.db.to_prove(now.plus(3_600), 10).await.unwrap(), [held.lookup]);
    assert!(world.app.prove(held.lookup).await.is_ok());
    let mut proof = world.app.db.proof(held.id).await.unwrap().unwrap();
    assert_eq!((authority.count(), proof.stamp.is_some()), (2, true));
    assert_eq!(told(&world, &letter).await, ["registered", "time-proven"]);
    for _ in 0..3 {
        assert!(world.app.prove(held.lookup).await.is_ok());
    }
    assert_eq!(authority.count(), 2, "a token that is there is asked for again");
    assert_eq!(told(&world, &letter).await.len(), 2, "told once");
    assert!(world.app.db.to_prove(Moment(i64::MAX), 10).await.unwrap().is_empty(), "nothing is left to do");

    world.stop().await;

    // Another letter: its token was kept, and the portal fell before it told.
    let world = World::trusting(authority.trust(), Some(&data)).await;
    let (second, held) = registered(&world, &authority.entry("two", TWO)).await;
    proof.tries = 1;
    world.app.db.keep_proof(held.id, &proof, Some(now)).await.unwrap();
    assert_eq!(told(&world, &second).await, ["registered"]);
    for _ in 0..2 {
        assert!(world.app.prove(held.lookup).await.is_ok());
        assert_eq!(told(&world, &second).await, ["registered", "time-proven"]);
    }
    world.stop().await;
}
