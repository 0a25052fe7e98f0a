//! The practice clerk, on a portal that really runs.

use std::time::Duration;

use tereze::clock::{Moment, Reading};
use tereze::domain::Digest;
use tereze::domain::event::{History, Kind};
use tereze::domain::receipt::{Receipt, ending};
use tereze::i18n::Lang;
use tereze::portal::{Access, Outcome, Portal as _, Progress, SentAnswer};
use tereze::practice::clerk::{Clerk, Pace};
use tereze::seal::history::verify_history;
use tereze::seal::keyset::KeyUse;
use tereze::seal::receipt::verify_receipt;
use tereze::seal::reply;
use tereze::sign::answer::{self, AnswerVerdict, Flaw};
use tereze::sign::certificate::Certificate;
use tereze::sign::trust::{ANSWER, Trust};
use tereze::sign::verdict::Outcome as Judged;
use tokio::sync::watch;

use crate::support::letter::Letter;
use crate::support::{People, World, content};

async fn send(world: &World, people: &People, letter: &Letter) -> Receipt {
    let bytes = letter.envelope(&people.person);
    let (id, total) = (Digest::of(&bytes), bytes.len() as u64);
    match world.portal.put(id, 0, total, bytes).await.unwrap() {
        Progress::Done(Outcome::Receipt(receipt)) => verify_receipt(&receipt, &world.held.keyset()).unwrap(),
        other => panic!("not registered: {other:?}"),
    }
}

async fn until_answered(world: &World, letter: &Letter) -> History {
    let (lookup, mut tag) = (letter.secret.lookup_id(), None);
    for _ in 0..40 {
        let key = Access::Visitor(letter.secret.access_key());
        if let Some(next) = world.portal.events(lookup, key, tag.clone(), 10).await.unwrap() {
            let history = verify_history(&next.bytes, &world.held.keyset()).unwrap();
            if history.answered().is_some() {
                return history;
            }
            tag = Some(next.tag);
        }
    }
    panic!("the clerk is asleep");
}

fn trust(world: &World) -> Trust {
    let mut trust = Trust::new();
    for key in world.held.keyset().keys_for(KeyUse::AnswerCa) {
        trust.add(ANSWER, Certificate::from_der(&key.bytes).unwrap()).unwrap();
    }
    trust
}

async fn judged(world: &World, letter: &Letter, history: &History, body: &str) -> AnswerVerdict {
    let secret = &letter.secret;
    let key = Access::Visitor(secret.access_key());
    let SentAnswer::Sealed(sealed) = world.portal.answer(secret.lookup_id(), key).await.ok().unwrap() else {
        panic!("sealed for the paper")
    };
    let cms = reply::open(&secret.reply_key(), &secret.lookup_id(), &sealed).unwrap();
    let letter = answer::Letter {
        number: &history.number,
        statement: history.statement,
        body,
        practice: history.practice,
    };
    answer::judge(&cms, &letter, &trust(world), world.clock.now())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_letter_is_answered_by_the_head_of_the_body_that_holds_it() {
    let people = People::new(true);
    let world = World::start(&people, None).await;
    let (stop, stopped) = watch::channel(false);
    let clerk = tokio::spawn(Clerk::new(world.app.clone(), Pace::quick()).work(stopped));
    let Reading { wall: began, .. } = world.clock.now();
    let (mut extended, mut endings) = (0, vec![]);
    for n in 0..8 {
        let lang = Lang::ALL[n % 3];
        // Every second one goes astray: roads are no matter of the ministry of labour.
        let astray = n % 2 == 0;
        let letter = Letter::new(&world, &people.person, lang).with(|l| {
            if astray {
                let body = content().body("min-labour").unwrap();
                l.statement.body.id = body.id.clone();
                l.statement.body.name = body.name.get(lang).to_owned();
                for field in l.statement.fields.iter_mut().filter(|f| f.id == "letter.body") {
                    field.value = body.name.get(lang).to_owned();
                }
            }
        });
        let receipt = send(&world, &people, &letter).await;
        let history = until_answered(&world, &letter).await;
        let kinds: Vec<&str> = history.events.iter().map(|e| e.kind.code()).collect();
        let must: &[&str] = match (astray, kinds.contains(&"extended")) {
            (true, true) => &["registered", "review", "redirected", "assigned", "extended", "answered"],
            (true, false) => &["registered", "review", "redirected", "assigned", "answered"],
            (false, true) => &["registered", "review", "assigned", "extended", "answered"],
            (false, false) => &["registered", "review", "assigned", "answered"],
        };
        assert_eq!(kinds, must);
        extended += usize::from(kinds.contains(&"extended"));
        assert_eq!(astray, history.holder().id != receipt.body);
        for event in &history.events {
            assert!(event.at >= began.plus(-2) && event.at <= world.clock.now().wall, "a true time");
            if let Kind::Extended { due, .. } = event.kind {
                assert!(due > receipt.due && content().calendar().is_working(due).unwrap());
            }
        }
        endings.push(ending(&receipt.number));
        let verdict = judged(&world, &letter, &history, &history.holder().id).await;
        assert_eq!((verdict.outcome(), verdict.codes()), (Judged::Valid, vec![]));
        let answer = verdict.answer().unwrap();
        assert_eq!((answer.language.as_str(), &answer.number), (lang.tag(), &receipt.number));
        assert!(answer.text.contains(&receipt.number));
        assert!(verdict.signature.practice(), "unmistakable");
        if astray {
            // The body it was first written to did not answer.
            let other = judged(&world, &letter, &history, &receipt.body).await;
            assert_eq!((other.outcome(), other.flaw), (Judged::NotValid, Some(Flaw::OtherBody)));
        }
    }
    println!("{extended} of 8 were extended");
    // Staff of this kiosk are told that all came, and nothing that names a letter; those of another, nothing.
    let told = world.portal.arrived().await.unwrap().answers;
    assert_eq!(
        told.iter().map(|a| a.ending.as_str()).collect::<Vec<_>>(),
        endings.iter().rev().collect::<Vec<_>>()
    );
    for answer in &told {
        let at = Moment::parse_rfc3339(&answer.at).unwrap();
        assert!(at >= began.plus(-2) && at <= world.clock.now().wall);
    }
    let other = world.client(world.address);
    other.enrol(world.app.invite().await.unwrap(), "other".into()).await.unwrap();
    assert_eq!(other.arrived().await.unwrap().answers, []);
    stop.send_replace(true);
    clerk.await.unwrap();
    world.stop().await;
}

#[test]
fn a_practice_letter_is_answered_within_two_minutes() {
    let pace = Pace::default();
    let steps = [pace.review, pace.redirect, pace.assign, pace.extend, pace.answer];
    assert!(steps.is_sorted());
    // Each step is seen one look late at worst, and one step is taken a look.
    assert!(pace.answer + pace.look * 6 < Duration::from_secs(120));
}
