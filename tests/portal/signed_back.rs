//! Her own signed letter, back to her from the portal: in pieces, to nobody else, and with its proof once that
//! is there.

use std::sync::{Arc, Mutex};

use tereze::portal::wire::ProofState;
use tereze::portal::{Access, Portal as _, PortalError, SignedPart};
use tereze::server::proofs::Tsa;
use tereze::sign::tsp::Signed;
use zeroize::Zeroizing;

use crate::openssl_ca::{Kind, free_port};
use crate::support::World;
use crate::timestamps::{Authority, Mood, registered};

async fn part(
    world: &World,
    of: ([u8; 16], &Access),
    from: u64,
    most: u64,
) -> Result<SignedPart, PortalError> {
    world.portal.signed_letter(of.0, of.1.clone(), from, most).await
}

/// All of it, by pieces of this size; the pieces' tags, too.
async fn whole(world: &World, of: ([u8; 16], &Access), most: u64) -> (Vec<u8>, Vec<String>) {
    let (mut held, mut tags) = (Vec::new(), Vec::new());
    loop {
        let part = part(world, of, held.len() as u64, most).await.unwrap();
        held.extend_from_slice(&part.bytes);
        tags.push(part.tag);
        if held.len() as u64 == part.total {
            return (held, tags);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_comes_in_pieces_and_proven_once_it_is() {
    let Some(authority) = Authority::new(Kind::Ec) else { return };
    let world = World::trusting(authority.trust(), None).await;
    let port = free_port();
    let _responder = authority.office.responder(port);
    world.app.relay.to(format!("http://127.0.0.1:{port}/"));
    let (letter, held) = registered(&world, &authority.entry("one", "900101300017")).await;
    let key = Access::Visitor(letter.secret.access_key());
    let mine = (held.lookup, &key);
    let state = async || world.portal.events(held.lookup, key.clone(), None, 0).await.unwrap().unwrap().proof;
    assert_eq!(state().await, Some(ProofState::None), "nobody is named who proves times");
    let plain = world.app.handed_over(&held).await.ok().unwrap();
    for most in [1_000, 1_001, 1 << 20] {
        let (file, mut tags) = whole(&world, mine, most).await;
        tags.dedup();
        assert!(file == plain && tags.len() == 1, "{most}");
    }
    // By one byte its length is known; beyond its end there is nothing.
    assert_eq!(part(&world, mine, 0, 1).await.unwrap().total, plain.len() as u64);
    let beyond = part(&world, mine, plain.len() as u64, 10).await.err();
    assert!(matches!(beyond, Some(PortalError::Problem { status: 416, .. })), "{beyond:?}");

    // Another's key opens nothing, and a letter that is not there looks the same.
    let other = Access::Visitor(Zeroizing::new([9; 32]));
    for of in [(held.lookup, &other), ([3; 16], &key)] {
        let refused = part(&world, of, 0, 1).await.err();
        assert!(matches!(refused, Some(PortalError::Problem { status: 404, .. })), "{refused:?}");
    }

    // It is proven while she has half of it: the tag tells.
    let half = part(&world, mine, 0, 500).await.unwrap();
    let raw = Arc::new(Mutex::new(Signed::of(&plain).unwrap().signature));
    let served = authority.serve(raw);
    assert!(world.app.tsa.set(Tsa::new(served.url.clone(), authority.trust())).is_ok());
    assert_eq!(state().await, Some(ProofState::Waiting));
    authority.becomes(Mood::Refuses);
    for _ in 0..3 {
        assert!(world.app.prove(held.lookup).await.is_ok());
    }
    assert_eq!(state().await, Some(ProofState::Late));
    authority.becomes(Mood::Honest);
    assert!(world.app.prove(held.lookup).await.is_ok());
    assert_eq!(state().await, Some(ProofState::Proven));
    let other = part(&world, mine, 500, 500).await.unwrap();
    assert!(other.tag != half.tag && other.total > half.total);
    let (file, _) = whole(&world, mine, 2_048).await;
    assert_eq!(file, world.app.handed_over(&held).await.ok().unwrap());
    world.stop().await;
}
