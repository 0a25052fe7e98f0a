//! A clear problem document or a signed notice, nothing stored half, nothing lost.

use tereze::clock::Moment;
use tereze::domain::{Digest, SubmissionId};
use tereze::i18n::Lang;
use tereze::portal::wire::MAX_ENVELOPE;
use tereze::portal::{Outcome, Portal as _, PortalError, Progress};
use tereze::seal::envelope::OpenKey;
use tereze::seal::receipt::{verify_notice, verify_receipt};
use tereze::sign::issue::{Authority, Identity, Person, Term};

use crate::support::letter::Letter;
use crate::support::{People, World, raw, somebody};

async fn send(world: &World, envelope: &[u8]) -> Result<Progress, PortalError> {
    world.portal.put(Digest::of(envelope), 0, envelope.len() as u64, envelope.to_vec()).await
}

/// The reason of the signed notice that comes back; it comes back the same every time, by the
/// visitor's secret too, and nothing was registered.
async fn refused(world: &World, letter: &Letter, envelope: &[u8]) -> String {
    let before = world.app.db.counts().await.unwrap();
    let Progress::Done(Outcome::Notice(bytes)) = send(world, envelope).await.unwrap() else {
        panic!("no notice")
    };
    let notice = verify_notice(&bytes, &world.held.keyset()).unwrap();
    assert_eq!(notice.envelope, Digest::of(envelope));
    assert_eq!(notice.practice, world.held.keyset().practice);
    assert!(verify_receipt(&bytes, &world.held.keyset()).is_err(), "a notice is no receipt");
    assert_eq!(send(world, envelope).await.unwrap(), Progress::Done(Outcome::Notice(bytes.clone())));
    let found = world.portal.receipt(letter.secret.lookup_id(), letter.secret.access_key()).await;
    assert!(matches!(found.unwrap(), Outcome::Notice(_) | Outcome::Receipt(_)));
    let after = world.app.db.counts().await.unwrap();
    assert_eq!(after, (before.0, before.1 + 1), "one notice, no letter");
    assert_eq!(world.app.uploads.held(Digest::of(envelope)), 0, "nothing half");
    notice.reason
}

async fn problem(world: &World, envelope: &[u8]) -> (u16, String) {
    let before = world.app.db.counts().await.unwrap();
    let Err(PortalError::Problem { status, code }) = send(world, envelope).await else {
        panic!("no problem document")
    };
    assert_eq!(world.app.db.counts().await.unwrap(), before, "nothing was stored");
    assert_eq!(world.app.uploads.held(Digest::of(envelope)), 0, "nothing half");
    (status, code)
}

fn person(authority: &Authority, change: impl FnOnce(&mut Person)) -> Identity {
    let mut person = somebody();
    change(&mut person);
    authority.issue_person(&person, Term::days(tereze::clock::Clock::system().now().wall, 10)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_opened_is_a_problem_document() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let letter = Letter::new(&world, &people.person, Lang::Kk);
    let good = letter.envelope(&people.person);

    assert_eq!(problem(&world, b"not an envelope").await, (422, "server.malformed".into()));
    assert_eq!(problem(&world, &good[..good.len() - 1]).await, (422, "server.malformed".into()));
    let mut hurt = good.clone();
    *hurt.last_mut().unwrap() ^= 1;
    assert_eq!(problem(&world, &hurt).await, (422, "server.wrongly-sealed".into()));
    let strange = OpenKey::generate().unwrap().seal_key().unwrap();
    let elsewhere = Letter::new(&world, &people.person, Lang::Kk).with(|l| l.seal_key = strange);
    let elsewhere = elsewhere.envelope(&people.person);
    assert_eq!(problem(&world, &elsewhere).await, (422, "server.wrongly-sealed".into()));

    // Hurt on the way: the kiosk is told to send again, and then it goes through.
    let id = Digest::of(&good);
    let damaged = world.portal.put(id, 0, good.len() as u64, hurt).await.unwrap_err();
    assert_eq!(damaged, PortalError::Problem { status: 422, code: "server.damaged".into() });
    assert!(matches!(send(&world, &good).await.unwrap(), Progress::Done(Outcome::Receipt(_))));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_no_kiosk_makes() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let id = Digest::of(b"x");
    let kiosk = format!("authorization: Kiosk {}", world.credential);
    let put = |rest: &str| format!("PUT /api/v1/envelopes/{id} HTTP/1.1\r\n{kiosk}\r\n{rest}");

    let answer = raw::send(&world, &put(&format!("content-length: {}", MAX_ENVELOPE + 1)), b"").await;
    assert_eq!((answer.status, answer.code().as_str()), (413, "server.too-large"));
    let range = format!("content-length: 1\r\ncontent-range: bytes 0-0/{}", MAX_ENVELOPE + 1);
    assert_eq!(raw::send(&world, &put(&range), b"x").await.status, 413);
    for (rest, body) in [
        ("content-length: 0", &b""[..]),
        ("content-length: 1\r\ncontent-range: bytes 1-0/9", b"x"),
        ("content-length: 1\r\ncontent-range: pages 1-2/9", b"x"),
        ("content-length: 2\r\ncontent-range: bytes 0-0/9", b"xy"),
    ] {
        let answer = raw::send(&world, &put(rest), body).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "server.bad-request"), "{rest}");
    }
    let upper = id.to_string().to_uppercase();
    let head = format!("PUT /api/v1/envelopes/{upper} HTTP/1.1\r\n{kiosk}\r\ncontent-length: 1");
    assert_eq!(raw::send(&world, &head, b"x").await.status, 400);
    let head = format!("PUT /api/v1/envelopes/{id} HTTP/1.1\r\ncontent-length: 1");
    let answer = raw::send(&world, &head, b"x").await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "server.not-enrolled"));
    assert_eq!(answer.header("www-authenticate"), Some("Kiosk"));
    let answer = raw::send(&world, "GET /api/v2/anything HTTP/1.1", b"").await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "server.not-found"));
    let answer = raw::send(&world, "DELETE /api/v1/keyset HTTP/1.1", b"").await;
    assert_eq!((answer.status, answer.code().as_str()), (405, "server.bad-request"));
    for body in [&b"{"[..], b"[]", br#"{"code":"x","name":""}"#, &[b' '; 10_000]] {
        let head = format!("POST /api/v1/enrolments HTTP/1.1\r\ncontent-length: {}", body.len());
        let answer = raw::send(&world, &head, body).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "server.bad-request"));
    }
    assert_eq!(world.app.db.counts().await.unwrap(), (0, 0));

    // HEAD says how much is there, and that it is settled.
    let letter = Letter::new(&world, &people.person, Lang::En);
    let envelope = letter.envelope(&people.person);
    let (id, total) = (Digest::of(&envelope), envelope.len() as u64);
    world.portal.put(id, 0, total, envelope[..99].to_vec()).await.unwrap();
    let head = format!("HEAD /api/v1/envelopes/{id} HTTP/1.1\r\n{kiosk}");
    let answer = raw::send(&world, &head, b"").await;
    assert_eq!(answer.header("upload-offset"), Some("99"));
    assert_eq!(answer.header("upload-complete"), Some("?0"));
    world.portal.put(id, 99, total, envelope[99..].to_vec()).await.unwrap();
    assert_eq!(raw::send(&world, &head, b"").await.header("upload-complete"), Some("?1"));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_registered_gets_a_signed_notice() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let signer = &people.person;
    let new = || Letter::new(&world, signer, Lang::Ru);
    type Change = fn(&mut Letter);
    let cases: &[(&str, Change)] = &[
        ("server.other-portal", |l| l.statement.audience = Digest::of(b"another root")),
        ("server.practice-letter", |l| l.statement.practice = true),
        ("server.unknown-form", |l| l.statement.form.version = 999),
        ("server.unknown-body", |l| l.statement.body.id = "no-such-body".into()),
        ("server.statement-not-valid", |l| l.statement.body.name = "Другой орган".into()),
        ("server.statement-not-valid", |l| l.statement.fields[0].label = "Другое".into()),
        ("server.statement-not-valid", |l| l.statement.fields.clear()),
        ("server.statement-not-valid", |l| l.statement.schema = "tereze.statement/9".into()),
        ("server.statement-not-valid", |l| l.header = Some(SubmissionId([9; 16]))),
        ("server.statement-not-valid", |l| l.statement.time = Moment(4_000_000_000).rfc3339()),
        ("server.iin-mismatch", |l| l.statement.signer.iin = "051224600019".into()),
        ("server.iin-mismatch", |l| l.statement.signer.bin = Some("940140000385".into())),
        ("server.iin-mismatch", |l| l.statement.signer.name = "ТЕСТОВА ТЕСТА".into()),
        ("server.attachments-mismatch", |l| l.attachments.push(b"never named".to_vec())),
    ];
    for (reason, change) in cases {
        let letter = new().with(change);
        assert_eq!(refused(&world, &letter, &letter.envelope(signer)).await, *reason);
    }
    let swapped = new().attach("a.txt", b"one".to_vec()).with(|l| l.attachments[0] = b"two".to_vec());
    assert_eq!(refused(&world, &swapped, &swapped.envelope(signer)).await, "server.attachments-mismatch");
    let dropped = new().attach("a.txt", b"one".to_vec()).with(|l| l.attachments.clear());
    assert_eq!(refused(&world, &dropped, &dropped.envelope(signer)).await, "server.attachments-mismatch");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_that_do_not_hold() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let now = world.clock.now().wall;

    let letter = Letter::new(&world, &people.person, Lang::Kk);
    // A word changed after signing; something that is no signature at all; nothing.
    let mut cms = letter.cms(&people.person);
    let at = cms.windows(6).position(|w| w == b"tereze").unwrap();
    cms[at] = b'T';
    assert_eq!(refused(&world, &letter, &letter.sealed(cms)).await, "server.signature-not-valid");
    for garbage in [&b"no CMS"[..], b""] {
        let letter = Letter::new(&world, &people.person, Lang::Kk);
        let envelope = letter.sealed(garbage.to_vec());
        assert_eq!(refused(&world, &letter, &envelope).await, "server.signature-not-valid");
    }

    let strangers = Authority::generate("STRANGERS", false, Term::days(now, 10)).unwrap();
    let stranger = person(&strangers, |_| {});
    let letter = Letter::new(&world, &stranger, Lang::Kk);
    assert_eq!(refused(&world, &letter, &letter.envelope(&stranger)).await, "server.certificate-unknown");
    // The same names as the trusted authority, another key.
    let double = Authority::generate("TEST CITIZENS", false, Term::days(now, 10)).unwrap();
    let forged = person(&double, |_| {});
    let letter = Letter::new(&world, &forged, Lang::Kk);
    let reason = refused(&world, &letter, &letter.envelope(&forged)).await;
    assert!(
        ["server.certificate-unknown", "server.signature-not-valid"].contains(&reason.as_str()),
        "{reason}"
    );

    for term in [
        Term { from: now.plus(-9 * 86_400), until: now.plus(-86_400) },
        Term { from: now.plus(86_400), until: now.plus(9 * 86_400) },
    ] {
        let expired = people.citizens.issue_person(&somebody(), term).unwrap();
        let letter = Letter::new(&world, &expired, Lang::Kk);
        let reason = refused(&world, &letter, &letter.envelope(&expired)).await;
        assert_eq!(reason, "server.certificate-expired");
    }

    let nameless = person(&people.citizens, |p| p.iin = String::new());
    let letter =
        Letter::new(&world, &nameless, Lang::Kk).with(|l| l.statement.signer.iin = "900101300017".into());
    assert_eq!(refused(&world, &letter, &letter.envelope(&nameless)).await, "server.iin-mismatch");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn practice_and_real_are_never_mixed() {
    let (practice, real) = (People::new(true), People::new(false));
    let (toy, portal) = (World::start(&practice, None).await, World::start(&real, None).await);
    // A practice letter as it is, at a real portal: sealed to a key that is not held there.
    let letter = Letter::new(&toy, &practice.person, Lang::Kk);
    let envelope = letter.envelope(&practice.person);
    assert_eq!(problem(&portal, &envelope).await, (422, "server.wrongly-sealed".into()));
    // Sealed to the real portal, by a practice card; and the other way round.
    let letter = Letter::new(&portal, &practice.person, Lang::Kk).with(|l| l.statement.practice = true);
    let reason = refused(&portal, &letter, &letter.envelope(&practice.person)).await;
    assert_eq!(reason, "server.practice-letter");
    let letter = Letter::new(&toy, &real.person, Lang::Kk).with(|l| l.statement.practice = false);
    assert_eq!(refused(&toy, &letter, &letter.envelope(&real.person)).await, "server.real-letter");
    let letter = Letter::new(&toy, &practice.person, Lang::Kk).with(|l| l.statement.practice = false);
    assert_eq!(refused(&toy, &letter, &letter.envelope(&practice.person)).await, "server.real-letter");

    for (world, people, series) in [(&toy, &practice, "ОҚУ-"), (&portal, &real, "ЖТ-")] {
        let letter = Letter::new(world, &people.person, Lang::Kk);
        let answer = send(world, &letter.envelope(&people.person)).await.unwrap();
        let Progress::Done(Outcome::Receipt(bytes)) = answer else { panic!("not registered") };
        let receipt = verify_receipt(&bytes, &world.held.keyset()).unwrap();
        assert!(receipt.number.starts_with(series), "{}", receipt.number);
        assert_eq!(receipt.practice, people.practice);
    }
    toy.stop().await;
    portal.stop().await;
}
