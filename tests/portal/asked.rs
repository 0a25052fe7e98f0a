//! Whom a portal asks about whose certificates: each authority has its responder, and a certificate's own
//! word counts only where the keeper allowed its host. The responders are OpenSSL's.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tereze::portal::client::ocsp::Host;
use tereze::portal::{Outcome, Relayed};
use tereze::sign::certificate::Certificate;
use tereze::sign::online::{Line, Whom};
use tereze::sign::revocation::Evidence;
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::verdict::Revocation;
use tereze::sign::{Question, verify_certificate};

use super::revoked::{ONE, TWO, answers, entry, proof, refused, sent, trust};
use crate::openssl_ca::{Kind, Office, free_port};
use crate::support::World;
use crate::web::Web;

fn root(office: &Office) -> Certificate {
    Certificate::from_file(&office.read("ca.pem")).unwrap().remove(0)
}

fn both(one: &Office, two: &Office) -> Trust {
    let mut all = trust(one);
    all.load(CITIZEN, &two.read("ca.pem")).unwrap();
    all
}

/// As a kiosk asks before a signature: its portal, about this certificate.
pub(super) async fn told(world: &World, trust: &Trust, pem: Vec<u8>) -> Revocation {
    let (portal, runtime) = (world.portal.clone(), tokio::runtime::Handle::current());
    let (trust, clock, held) = (trust.clone(), world.clock.clone(), world.held.clone());
    let until = clock.monotonic() + std::time::Duration::from_secs(60);
    let ask = move || {
        let certificate = Certificate::from_file(&pem).unwrap().remove(0);
        let question = Question::new(&trust, clock.now());
        let path = verify_certificate(&certificate, &question).path;
        let fetch = Relayed { portal, runtime, until, held };
        let line = Line { fetch: &fetch, whom: Whom::Relay, nonce: None, now: clock.now().wall };
        let mut evidence = Evidence::default();
        line.gather(&path, &mut evidence);
        verify_certificate(&certificate, &Question { evidence: &evidence, ..question }).revocation
    };
    tokio::task::spawn_blocking(ask).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_authority_has_a_responder_of_its_own() {
    let rsa = Office::new(Kind::Rsa).unwrap();
    // Both have one name and differ by their keys alone, as an authority before and after its renewal.
    let other = Office::new(Kind::Gost).or_else(|| Office::new(Kind::Ec)).unwrap();
    let trust = both(&rsa, &other);
    let people = [&rsa, &other].map(|office| {
        let all = [entry(office, "one", ONE), entry(office, "two", TWO)];
        office.revoke("one");
        all
    });
    let world = World::trusting(trust.clone(), None).await;
    let ports = [free_port(), free_port()];
    let mut responders = [rsa.responder(ports[0]), other.responder(ports[1])].map(Some);
    for (office, port) in [(&rsa, ports[0]), (&other, ports[1])] {
        world.app.relay.settle(|all| all.for_one(root(office), format!("http://127.0.0.1:{port}/")));
    }
    for [one, two] in &people {
        refused(&sent(&world, one).await.0, &world);
        let (outcome, letter) = sent(&world, two).await;
        assert!(matches!(outcome, Outcome::Receipt(_)));
        assert_eq!(answers(&world, &letter).await, 1);
    }
    for office in [&rsa, &other] {
        assert_eq!(told(&world, &trust, office.read("one.pem")).await, Revocation::Revoked);
        assert_eq!(told(&world, &trust, office.read("two.pem")).await, Revocation::Good);
    }

    // One that is silent is no reason not to ask the other.
    responders[0] = None;
    let later = World::trusting(trust.clone(), None).await;
    for (office, port) in [(&rsa, ports[0]), (&other, ports[1])] {
        later.app.relay.settle(|all| all.for_one(root(office), format!("http://127.0.0.1:{port}/")));
    }
    let (outcome, letter) = sent(&later, &people[0][0]).await;
    assert!(matches!(outcome, Outcome::Receipt(_)), "an outage refuses nobody");
    assert_eq!(proof(&later, &letter).await.checked, None);
    refused(&sent(&later, &people[1][0]).await.0, &later);
    // Her certificate names nobody to ask: nothing is owed, and nothing is known.
    assert_eq!(told(&later, &trust, rsa.read("one.pem")).await, Revocation::NotConsulted);
    assert_eq!(told(&later, &trust, other.read("one.pem")).await, Revocation::Revoked);

    // What one authority's responder says of another's certificates is nobody's word.
    let crossed = World::trusting(trust.clone(), None).await;
    crossed.app.relay.settle(|all| all.for_one(root(&rsa), format!("http://127.0.0.1:{}/", ports[1])));
    let (outcome, letter) = sent(&crossed, &people[0][0]).await;
    assert!(matches!(outcome, Outcome::Receipt(_)));
    assert_eq!(proof(&crossed, &letter).await.checked, None);
    world.stop().await;
    later.stop().await;
    crossed.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_leads_to_a_host_that_is_allowed_and_nowhere_else() {
    let office = Office::new(Kind::Ec).unwrap();
    let port = free_port();
    let signs = String::from_utf8(office.read("signs.ext")).unwrap();
    let names = |url: &str| format!("{signs}authorityInfoAccess=OCSP;URI:{url}\n");
    office.write("signs.ext", names(&format!("http://127.0.0.1:{port}/")).as_bytes());
    let (one, two) = (entry(&office, "one", ONE), entry(&office, "two", TWO));
    // A place inside the keeper's own network, which a certificate names.
    let knocks = Arc::new(AtomicUsize::new(0));
    let inside = Web::serve({
        let knocks = knocks.clone();
        move |_| {
            knocks.fetch_add(1, Ordering::Relaxed);
            (200, vec![], vec![])
        }
    });
    office.write("signs.ext", names(&inside.url("admin?delete=all")).as_bytes());
    let three = entry(&office, "three", ONE);
    office.revoke("one");
    let _responder = office.responder(port);
    let trust = trust(&office);

    let world = World::trusting(trust.clone(), None).await;
    world.app.relay.settle(|all| all.allow(Host::parse(&format!("127.0.0.1:{port}")).unwrap()));
    refused(&sent(&world, &one).await.0, &world);
    let (outcome, letter) = sent(&world, &two).await;
    assert!(matches!(outcome, Outcome::Receipt(_)));
    assert!(proof(&world, &letter).await.checked.is_some());
    assert_eq!(told(&world, &trust, office.read("one.pem")).await, Revocation::Revoked);
    let (outcome, letter) = sent(&world, &three).await;
    assert!(matches!(outcome, Outcome::Receipt(_)));
    assert_eq!(proof(&world, &letter).await.checked, None);
    assert_eq!(told(&world, &trust, office.read("three.pem")).await, Revocation::Unknown);

    // With one for all, the certificate that leads elsewhere is asked about there.
    world.app.relay.to(format!("http://127.0.0.1:{port}/"));
    world.app.rest_is_over();
    assert_eq!(told(&world, &trust, office.read("three.pem")).await, Revocation::Good);
    assert_eq!(knocks.load(Ordering::Relaxed), 0, "nobody knocked");
    world.stop().await;

    // Where nothing is allowed, no certificate leads anywhere.
    let world = World::trusting(trust.clone(), None).await;
    let (outcome, letter) = sent(&world, &one).await;
    assert!(matches!(outcome, Outcome::Receipt(_)));
    assert_eq!(proof(&world, &letter).await.checked, None);
    world.stop().await;
}

/// `tereze portal` with these arguments: its code and what it said, or its lines until `end`.
fn portal(office: &Office, arguments: &[&str], end: &str) -> (Option<i32>, String) {
    let data = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tereze"));
    command.args(["portal", "--lang", "en", "--listen", "127.0.0.1:0", "--data"]).arg(data.path());
    command.arg("--citizen-ca").arg(office.path("ca.pem")).args(arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut said, mut out) = (String::new(), BufReader::new(child.stdout.take().unwrap()));
    while out.read_line(&mut said).unwrap() > 0 {
        if said.contains(end) {
            child.kill().unwrap();
            child.wait().unwrap();
            return (None, said);
        }
    }
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    while errors.read_line(&mut said).unwrap() > 0 {}
    (child.wait().unwrap().code(), said)
}

#[test]
fn the_keeper_is_told_at_the_start_who_is_asked() {
    let office = Office::new(Kind::Ec).unwrap();
    let file = format!("{}=http://127.0.0.1:9/", office.path("ca.pem").display());
    let print = tereze::domain::Digest::of(root(&office).der()).to_string().to_uppercase();
    for named in [file, "office=http://127.0.0.1:9/".into(), format!("{print}=http://127.0.0.1:9/")] {
        let (_, said) = portal(&office, &["--ocsp", &named], "“OFFICE”");
        assert!(said.contains("http://127.0.0.1:9/ is asked"), "{named}: {said}");
    }
    let (_, said) = portal(&office, &["--ocsp-host", "ocsp.example.kz:81"], "“OFFICE”");
    assert!(said.contains("at ocsp.example.kz:81"), "{said}");
    let (code, said) = portal(&office, &["--ocsp", "Nobody=http://127.0.0.1:9/"], "“OFFICE”");
    assert!(code == Some(78) && said.contains("file: Nobody"), "{code:?} {said}");
    for bad in [["--ocsp", "https://ocsp.example.kz"], ["--ocsp-host", "http://ocsp.example.kz/"]] {
        assert_eq!(portal(&office, &bad, "“OFFICE”").0, Some(64), "{bad:?}");
    }
}
