//! A letter's time, proven by a timestamp authority (`openssl ts`) after its receipt, with all that its
//! certificates are checked by stored beside: RSA, EC and GOST, judged by OpenSSL and by us without a line.

use std::process::Command;
use std::sync::{Arc, Mutex};

use tereze::clock::{Confidence, Reading};
use tereze::domain::Digest;
use tereze::server::lists::{Lists, Source};
use tereze::server::proofs::Tsa;
use tereze::sign::material::Piece;
use tereze::sign::trust::Trust;
use tereze::sign::tsp::{Imprint, Signed};
use tereze::sign::verdict::{Revocation, Verdict};
use tereze::sign::{Question, judge};

use crate::openssl_ca::{Kind, free_port};
use crate::support::World;
use crate::timestamps::{Authority, KZ, Mood, POLICY, registered, told};

const ONE: &str = "900101300017";

fn after(world: &World, days: i64) -> Reading {
    Reading { wall: world.clock.now().wall.plus(days * 86_400), confidence: Confidence::Plausible }
}

fn by(cms: &[u8], trust: &Trust, at: Reading) -> Verdict {
    judge(cms, &Question::new(trust, at))
}

fn tereze(arguments: &[&str]) -> (Option<i32>, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_tereze")).args(arguments).output().unwrap();
    let said = [out.stdout, out.stderr].concat();
    (out.status.code(), String::from_utf8(said).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_handed_over_with_all_that_proves_it() {
    for kind in [Kind::Rsa, Kind::Ec, Kind::Gost] {
        let Some(authority) = Authority::new(kind) else { continue };
        let (office, trust) = (&authority.office, authority.trust());
        let entry = authority.entry("one", ONE);
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("portal");
        let world = World::trusting(trust.clone(), Some(&data)).await;
        let port = free_port();
        let responder = office.responder(port);
        world.app.relay.to(format!("http://127.0.0.1:{port}/"));
        let (letter, held) = registered(&world, &entry).await;
        // What was asked at the registration is kept, before anybody stamped anything.
        let kept = world.app.db.material(held.id).await.unwrap();
        assert_eq!((kept.answers().count(), kept.certificates().count()), (1, 1), "{kind:?}");
        assert_eq!(told(&world, &letter).await, ["registered"]);
        let plain = world.app.handed_over(&held).await.ok().unwrap();

        let raw = Arc::new(Mutex::new(Signed::of(&plain).unwrap().signature));
        let served = authority.serve(raw.clone());
        let tsa = Tsa::new(served.url.clone(), trust.clone()).by(Imprint::OfSigner, POLICY.parse().ok());
        assert!(world.app.tsa.set(tsa).is_ok());
        assert!(world.app.prove(held.lookup).await.is_ok());
        let proof = world.app.db.proof(held.id).await.unwrap().unwrap();
        assert!(proof.stamp.is_some() && proof.whole, "{kind:?}: {proof:?}");
        assert_eq!(
            (authority.count(), told(&world, &letter).await),
            (1, vec!["registered".into(), "time-proven".into()])
        );
        // From here on nobody can be asked.
        drop((responder, served));

        // OpenSSL judges the token by the question's own digest, the letter, and the answer inside it.
        office.write("token", proof.stamp.as_ref().unwrap());
        office.write("raw", &raw.lock().unwrap());
        office.must(&["ts", "-verify", "-in", "token", "-token_in", "-data", "raw", "-CAfile", "ca.pem"]);
        let text = office.run(&["ts", "-reply", "-in", "token", "-token_in", "-text"]);
        let text = String::from_utf8(text.stdout).unwrap();
        let digest = if kind == Kind::Gost { "34.11-2012 with 512" } else { "sha256" };
        assert!(text.contains(digest) && text.contains(&format!("Policy OID: {POLICY}")), "{text}");
        let whole = world.app.handed_over(&held).await.ok().unwrap();
        office.write("whole", &whole);
        office.must(&[
            "cms", "-verify", "-binary", "-inform", "DER", "-in", "whole", "-CAfile", "ca.pem", "-purpose",
            "any", "-cades", "-out", "content",
        ]);
        assert_eq!(Digest::of(&office.read("content")), letter.digest());
        let printed = office.run(&["cms", "-cmsout", "-print", "-inform", "DER", "-in", "whole", "-noout"]);
        let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
        assert!(printed.contains("1.3.6.1.5.5.7.16.2"), "RFC 5940: {printed}");
        let kept = world.app.db.material(held.id).await.unwrap();
        for answer in kept.answers() {
            office.write("answer", answer);
            let serial = |name: &str| ["-issuer", "ca.pem", "-cert", name].map(str::to_owned);
            let ask = |name: &str| {
                let about = serial(name);
                let usual = ["ocsp", "-respin", "answer", "-CAfile", "ca.pem", "-no_nonce"];
                let about: Vec<&str> = about.iter().map(String::as_str).collect();
                let out = office.run(&[&usual[..], &about].concat());
                String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned()
            };
            let said = [ask("one.pem"), ask("tsa.pem")];
            assert!(
                said.iter().any(|s| s.contains("Response verify OK") && s.contains(".pem: good")),
                "{said:?}"
            );
        }

        // By the file alone, long after every certificate's end; and not without what it stores.
        for days in [0, 50, 4000] {
            let verdict = by(&whole, &trust, after(&world, days));
            assert!(verdict.is_valid(), "{kind:?} {days}: {:?}", verdict.all_reasons());
            let signer = verdict.signer().unwrap();
            assert_eq!((signer.revocation, signer.judged_at), (Revocation::Good, proof.stamped));
            assert_eq!(signer.timestamps[0].authority.revocation, Revocation::Good, "{kind:?}");
        }
        assert!(!by(&plain, &trust, after(&world, 50)).is_valid(), "the certificate has ended by then");
        // The same from the registry's files, while the portal runs, by the commands that people type.
        let (data, out) = (data.to_str().unwrap(), folder.path().join("letter.p7m"));
        let (out, number) = (out.to_str().unwrap(), held.number.as_str());
        let hand = ["portal", "--lang", "en", "--data", data, "letter", number, "--out", out];
        let (code, said) = tereze(&hand);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("proven") && said.contains("without asking anybody"), "{said}");
        assert_eq!(std::fs::read(out).unwrap(), whole);
        let (code, said) = tereze(&hand);
        assert!(code == Some(73) && said.contains("letter.p7m"), "{said}");
        assert_eq!(tereze(&[&hand[..], &["--replace"]].concat()).0, Some(0));
        let (code, said) = tereze(&["portal", "--lang", "en", "--data", data, "letter", "ЖТ-2026-99999999"]);
        assert!(code == Some(66) && said.contains("99999999"), "{said}");
        let all = folder.path().join("all");
        let every = ["portal", "--lang", "en", "--data", data, "letters", "--out", all.to_str().unwrap()];
        for said in ["Letters written: 1", "Letters written: 0"] {
            assert!(tereze(&every).1.contains(said));
        }
        assert_eq!(std::fs::read(all.join(format!("{number}.p7m"))).unwrap(), whole);
        let kiosk = folder.path().join("kiosk");
        std::fs::create_dir_all(kiosk.join("citizens")).unwrap();
        std::fs::copy(office.path("ca.pem"), kiosk.join("citizens/ca.pem")).unwrap();
        let later = after(&world, 4000).wall.rfc3339();
        let verify =
            ["verify", "--lang", "en", "--data", kiosk.to_str().unwrap(), "--time", &later, "--json", out];
        let (code, said) = tereze(&verify);
        assert!(code == Some(0) && said.contains("\"revocation\""), "{said}");
        world.stop().await;
    }
}

/// Where only a list spoke, the list is stored, once for all letters; a long one is not.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_spoke_alone_is_stored_where_it_is_short() {
    let Some(authority) = Authority::new(Kind::Ec) else { return };
    let (office, trust) = (&authority.office, authority.trust());
    let (one, two) = (authority.entry("one", ONE), authority.entry("two", "051224600019"));
    office.list(&[]);
    let world = World::trusting(trust.clone(), None).await;
    let lists = Arc::new(Lists::new(vec![Source::File(office.path("list.der"))], trust.clone(), None));
    lists.refresh(world.clock.now().wall).await;
    assert!(world.app.lists.set(lists).is_ok());
    let mut held = Vec::new();
    for entry in [&one, &two] {
        held.push(registered(&world, entry).await.1);
    }
    let list = office.read("list.der");
    for held in &held {
        let kept = world.app.db.material(held.id).await.unwrap();
        assert!(kept.pieces().contains(&Piece::List(list.clone())) && kept.answers().next().is_none());
        assert!(world.app.db.proof(held.id).await.unwrap().unwrap().whole);
        // Lists and answers change hands once a letter is stamped anew; the shared list stays for the other.
        let whole = world.app.handed_over(held).await.ok().unwrap();
        let verdict = by(&whole, &trust, after(&world, 0));
        assert!(verdict.is_valid() && verdict.signer().unwrap().revocation == Revocation::Good);
        office.write("whole", &whole);
        let verify = ["cms", "-verify", "-binary", "-inform", "DER", "-in", "whole", "-CAfile", "ca.pem"];
        office.must(&[&verify[..], &["-purpose", "any", "-cades", "-crl_check", "-out", "content"]].concat());
    }
    world.app.db.keep_material(held[0].id, &Default::default()).await.unwrap();
    assert!(world.app.db.material(held[0].id).await.unwrap().is_empty());
    assert_eq!(world.app.db.material(held[1].id).await.unwrap().lists().count(), 1);
    world.stop().await;
}

/// Nobody answered at the registration; the answer that came later is stored.
#[tokio::test(flavor = "multi_thread")]
async fn the_later_answer_is_stored() {
    let Some(authority) = Authority::new(Kind::Ec) else { return };
    let trust = authority.trust();
    let entry = authority.entry("one", ONE);
    let world = World::trusting(trust.clone(), None).await;
    let (_, held) = registered(&world, &entry).await;
    let before = world.app.handed_over(&held).await.ok().unwrap();
    assert_eq!(by(&before, &trust, after(&world, 0)).signer().unwrap().revocation, Revocation::NotConsulted);
    let port = free_port();
    world.app.relay.to(format!("http://127.0.0.1:{port}/"));
    assert!(world.app.prove(held.lookup).await.is_ok());
    assert!(world.app.db.material(held.id).await.unwrap().answers().next().is_none(), "silent");
    let _responder = authority.office.responder(port);
    world.app.rest_is_over();
    assert!(world.app.prove(held.lookup).await.is_ok());
    assert_eq!(world.app.db.material(held.id).await.unwrap().answers().count(), 1);
    let after_all = world.app.handed_over(&held).await.ok().unwrap();
    assert_eq!(by(&after_all, &trust, after(&world, 0)).signer().unwrap().revocation, Revocation::Good);
    world.stop().await;
}

/// The national identifiers of Streebog, asked for and told; and what a GOST letter is stamped by otherwise.
#[tokio::test(flavor = "multi_thread")]
async fn a_gost_letter_by_the_digest_that_is_named() {
    let Some(authority) = Authority::new(Kind::Gost) else { return };
    let (trust, entry) = (authority.trust(), authority.entry("one", ONE));
    let streebog = |last: u8| [&KZ[..], &[last]].concat();
    for (name, mood, identifier) in [
        ("kz-streebog512", Mood::National, streebog(3)),
        ("kz-streebog256", Mood::National, streebog(2)),
        ("streebog256", Mood::Honest, vec![6, 8, 0x2a, 0x85, 3, 7, 1, 1, 2, 2]),
        ("sha256", Mood::Honest, vec![6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1]),
    ] {
        let world = World::trusting(trust.clone(), None).await;
        let (_, held) = registered(&world, &entry).await;
        authority.becomes(mood);
        let served = authority.serve(Arc::default());
        let imprint = name.parse::<Imprint>().unwrap();
        let tsa = Tsa::new(served.url.clone(), trust.clone()).by(imprint, POLICY.parse().ok());
        assert!(world.app.tsa.set(tsa).is_ok());
        assert!(world.app.prove(held.lookup).await.is_ok());
        let token = world.app.db.proof(held.id).await.unwrap().unwrap().stamp.expect(name);
        assert!(token.windows(identifier.len()).any(|w| w == identifier), "{name}");
        let whole = world.app.handed_over(&held).await.ok().unwrap();
        let verdict = by(&whole, &trust, after(&world, 50));
        assert!(verdict.is_valid(), "{name}: {:?}", verdict.all_reasons());
        world.stop().await;
    }
    assert!("md5".parse::<Imprint>().is_err());
}
