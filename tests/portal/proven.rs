//! A letter's time, proven by a timestamp authority (`openssl ts`) after its receipt; and authorities
//! that are silent, slow, refuse or lie.

use std::sync::{Arc, Mutex};

use tereze::clock::{Confidence, Reading};
use tereze::domain::Digest;
use tereze::i18n::Lang;
use tereze::portal::{Access, Outcome, Portal as _, Progress};
use tereze::private::Secret;
use tereze::screen::keyfile::work::signed;
use tereze::seal::history::verify_history;
use tereze::server::proofs::Tsa;
use tereze::sign::keyfile;
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::{Question, judge};

use crate::openssl_ca::{Kind, Office, PASSWORD, free_port};
use crate::support::World;
use crate::support::letter::Letter;
use crate::web::Web;

const TSA: &str = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n\
                   extendedKeyUsage=critical,timeStamping\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";
const CONFIG: &str = "[tsa]\ndefault_tsa=t\n[t]\nserial=ts.serial\ndefault_policy=1.2.3.4.1\nsigner_digest=sha256\n\
                      digests=sha256\ncrypto_device=builtin\n";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    Honest,
    Cut,
    Garbage,
    /// Says no.
    Refuses,
    /// Stamps something else.
    OtherImprint,
    /// Gives the reply to an earlier question.
    Replays,
    /// By an authority that nobody here trusts.
    Stranger,
}

struct Authority {
    office: Office,
    stranger: Office,
    mood: Mutex<Mood>,
    earlier: Mutex<Vec<u8>>,
}

fn able(office: &Office) {
    office.write("tsa.ext", TSA.as_bytes());
    office.certify("tsa", "/C=KZ/CN=TEST TSA", "tsa.ext");
    office.write("ts.cnf", CONFIG.as_bytes());
    office.write("ts.serial", b"01\n");
}

impl Authority {
    fn reply(office: &Office, question: &[u8]) -> Vec<u8> {
        office.write("tsq", question);
        office.must(&[
            "ts",
            "-reply",
            "-config",
            "ts.cnf",
            "-queryfile",
            "tsq",
            "-signer",
            "tsa.pem",
            "-inkey",
            "tsa.key",
            "-out",
            "tsr",
        ]);
        office.read("tsr")
    }

    fn answer(&self, question: &[u8]) -> Option<Vec<u8>> {
        let mood = *self.mood.lock().unwrap();
        Some(match mood {
            Mood::Honest => {
                let reply = Self::reply(&self.office, question);
                (*self.earlier.lock().unwrap()).clone_from(&reply);
                reply
            }
            Mood::Cut => return None,
            Mood::Garbage => b"<html>".to_vec(),
            // PKIStatus rejection(2)
            Mood::Refuses => vec![0x30, 5, 0x30, 3, 2, 1, 2],
            Mood::OtherImprint => {
                self.office.write("other", b"something else");
                self.office.must(&[
                    "ts",
                    "-query",
                    "-data",
                    "other",
                    "-sha256",
                    "-cert",
                    "-out",
                    "other.tsq",
                ]);
                Self::reply(&self.office, &self.office.read("other.tsq"))
            }
            Mood::Replays => self.earlier.lock().unwrap().clone(),
            Mood::Stranger => Self::reply(&self.stranger, question),
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_is_proven_after_the_receipt_and_lies_are_not_taken() {
    let (office, stranger) = (Office::new(Kind::Ec).unwrap(), Office::new(Kind::Ec).unwrap());
    able(&office);
    able(&stranger);
    let file = office.person("one", "900101300017");
    let entry =
        keyfile::open(&file, Secret::from_vec(PASSWORD.as_bytes().to_vec()), &|| Ok(())).unwrap().remove(0);
    let mut trust = Trust::new();
    trust.load(CITIZEN, &office.read("ca.pem")).unwrap();
    let world = World::trusting(trust.clone(), None).await;
    let authority =
        Arc::new(Authority { office, stranger, mood: Mutex::new(Mood::Cut), earlier: Mutex::default() });
    let asked = authority.clone();
    let web = Web::serve(move |request| match asked.answer(&request.body) {
        Some(reply) => (200, vec![("Content-Type", "application/timestamp-reply".to_owned())], reply),
        None => (0, vec![], vec![]),
    });
    let port = free_port();
    let _responder = authority.office.responder(port);
    world.app.relay.to(format!("http://127.0.0.1:{port}/"));
    assert!(world.app.tsa.set(Tsa { url: web.url(""), trust: trust.clone() }).is_ok());

    let letter = Letter::of(&world, &entry.certificate.owner(), Lang::Ru);
    let sealed = letter.sealed(signed(&entry, &letter.statement.canonical().unwrap(), letter.at).unwrap());
    let (id, total) = (Digest::of(&sealed), sealed.len() as u64);
    let outcome = world.portal.put(id, 0, total, sealed).await.unwrap();
    assert!(matches!(outcome, Progress::Done(Outcome::Receipt(_))), "delivery waits for no timestamp");
    let lookup = letter.secret.lookup_id();
    let held = world.app.db.held(lookup).await.unwrap().unwrap();
    let stamp = async || world.app.db.proof(held.id).await.unwrap().unwrap().stamp;
    for mood in [Mood::Cut, Mood::Garbage, Mood::Refuses, Mood::OtherImprint, Mood::Stranger] {
        *authority.mood.lock().unwrap() = mood;
        assert!(world.app.prove(lookup).await.is_ok());
        assert_eq!(stamp().await, None, "{mood:?}");
    }
    // A good reply to another question over the very same signature.
    let cms = world.app.handed_over(&held).await.ok().unwrap();
    let raw = tereze::sign::tsp::signature(&cms).unwrap();
    authority.office.write("raw", &raw);
    authority.office.must(&["ts", "-query", "-data", "raw", "-sha256", "-cert", "-out", "raw.tsq"]);
    *authority.earlier.lock().unwrap() =
        Authority::reply(&authority.office, &authority.office.read("raw.tsq"));
    *authority.mood.lock().unwrap() = Mood::Replays;
    assert!(world.app.prove(lookup).await.is_ok());
    assert_eq!(stamp().await, None, "another question's reply");

    *authority.mood.lock().unwrap() = Mood::Honest;
    assert!(world.app.prove(lookup).await.is_ok());
    let token = stamp().await.expect("a timestamp");
    let history =
        world.portal.events(lookup, Access::Visitor(letter.secret.access_key()), None, 0).await.unwrap();
    let history = verify_history(&history.unwrap().bytes, &world.held.keyset()).unwrap();
    let told: Vec<&str> = history.events.iter().map(|e| e.kind.code()).collect();
    assert_eq!(told, ["registered", "time-proven"]);

    // OpenSSL judges the token and the letter that is handed over; so do we, long after the term.
    let office = &authority.office;
    office.write("token", &token);
    office.must(&["ts", "-verify", "-in", "token", "-token_in", "-data", "raw", "-CAfile", "ca.pem"]);
    let whole = world.app.handed_over(&held).await.ok().unwrap();
    office.write("whole", &whole);
    office.must(&[
        "cms", "-verify", "-binary", "-inform", "DER", "-in", "whole", "-CAfile", "ca.pem", "-purpose",
        "any", "-cades", "-out", "content",
    ]);
    assert_eq!(Digest::of(&office.read("content")), letter.digest());
    let later = world.clock.now().wall.plus(50 * 86_400);
    let at = Reading { wall: later, confidence: Confidence::Plausible };
    let by = |cms: &[u8]| judge(cms, &Question::new(&trust, at));
    assert!(!by(&cms).is_valid(), "the certificate has expired by then");
    let verdict = by(&whole);
    assert!(verdict.is_valid(), "{:?}", verdict.all_reasons());
    assert!(verdict.signers[0].timestamps[0].proven().is_some());
    world.stop().await;
}
