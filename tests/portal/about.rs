//! A letter about an earlier one: that one's history tells it, once, and only where one person signed both.

use tereze::domain::Digest;
use tereze::domain::event::{History, Kind};
use tereze::domain::form::About;
use tereze::domain::receipt::Receipt;
use tereze::domain::statement::Field;
use tereze::i18n::Lang;
use tereze::portal::{Access, Outcome, Portal as _, Progress};
use tereze::seal::history::verify_history;
use tereze::seal::receipt::verify_receipt;
use tereze::sign::issue::{Identity, Person, Term};

use crate::support::letter::Letter;
use crate::support::{People, World, content, somebody};

async fn send(world: &World, envelope: &[u8]) -> Receipt {
    let put = world.portal.put(Digest::of(envelope), 0, envelope.len() as u64, envelope.to_vec()).await;
    match put.unwrap() {
        Progress::Done(Outcome::Receipt(receipt)) => verify_receipt(&receipt, &world.held.keyset()).unwrap(),
        other => panic!("not registered: {other:?}"),
    }
}

/// What the letter says of the earlier one, in the form's own words.
fn about(world: &World, signer: &Identity, option: &str, number: &str) -> Letter {
    let form = content().newest_form("letter").unwrap();
    let label = |id: &str| form.field(id).unwrap().label.get(Lang::Kk).to_owned();
    let chosen = form.field("letter.about").unwrap().option(option).unwrap();
    let fields = [
        Field {
            id: "letter.about".into(),
            label: label("letter.about"),
            value: chosen.label.get(Lang::Kk).into(),
            choice: Some(option.into()),
        },
        Field {
            id: "letter.about-number".into(),
            label: label("letter.about-number"),
            value: number.into(),
            choice: None,
        },
    ];
    Letter::new(world, signer, Lang::Kk).with(|letter| letter.statement.fields.extend(fields))
}

async fn history(world: &World, letter: &Letter) -> History {
    let key = Access::Visitor(letter.secret.access_key());
    let sent = world.portal.events(letter.secret.lookup_id(), key, None, 0).await.unwrap().unwrap();
    verify_history(&sent.bytes, &world.held.keyset()).unwrap()
}

fn told(history: &History) -> Vec<(&str, &str)> {
    fn own(kind: &Kind) -> Option<(&str, &str)> {
        match kind {
            Kind::Other { code, title } => Some((code, &title.en)),
            _ => None,
        }
    }
    history.events.iter().filter_map(|e| own(&e.kind)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_is_told_with_the_new_number_and_once() {
    let people = People::new(false);
    let dir = tempfile::tempdir().unwrap();
    let world = World::start(&people, Some(dir.path())).await;
    let signer = &people.person;
    let first = Letter::new(&world, signer, Lang::Kk);
    let earlier = send(&world, &first.envelope(signer)).await;
    let mut numbers = vec![];
    for option in ["overdue", "disagree", "more", "withdraw"] {
        let waiting = {
            let key = Access::Visitor(first.secret.access_key());
            let (portal, lookup) = (world.portal.clone(), first.secret.lookup_id());
            let tag = portal.events(lookup, key.clone(), None, 0).await.unwrap().unwrap().tag;
            tokio::spawn(async move { portal.events(lookup, key, Some(tag), 40).await })
        };
        let letter = about(&world, signer, option, &earlier.number);
        let envelope = letter.envelope(signer);
        let receipt = send(&world, &envelope).await;
        // Again, and sealed again: told once.
        assert_eq!(send(&world, &envelope).await, receipt);
        assert_eq!(send(&world, &letter.envelope(signer)).await, receipt);
        numbers.push(receipt.number);
        assert!(waiting.await.unwrap().unwrap().is_some(), "who waits hears of it");
    }
    let now = history(&world, &first).await;
    let codes = [About::Overdue, About::Disagree, About::More, About::Withdraw].map(About::event);
    let found = told(&now);
    assert_eq!(found.iter().map(|(code, _)| *code).collect::<Vec<_>>(), codes);
    for ((_, words), number) in found.iter().zip(&numbers) {
        assert!(words.contains(number.as_str()), "{words}");
    }
    assert_eq!(now.stands().unwrap().1.kind, Kind::Registered, "it did not move on by that");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_persons_letter_and_one_that_is_not_there_are_left_alone() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let signer = &people.person;
    let first = Letter::new(&world, signer, Lang::Kk);
    let earlier = send(&world, &first.envelope(signer)).await;
    let term = Term::days(world.clock.now().wall, 30);
    let other = Person { given: "ТЕСТА".into(), iin: "900202400013".into(), ..somebody() };
    let other = people.citizens.issue_person(&other, term).unwrap();
    // Registered all the same: the body reads what it says.
    send(&world, &about(&world, &other, "withdraw", &earlier.number).envelope(&other)).await;
    send(&world, &about(&world, signer, "withdraw", "ЖТ-2026-99999999").envelope(signer)).await;
    assert_eq!(told(&history(&world, &first).await), []);
    world.stop().await;
}

/// However many letters she writes about one, its history can be signed and read.
#[tokio::test(flavor = "multi_thread")]
async fn many_letters_about_one_leave_room_for_its_own_life() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let signer = &people.person;
    let first = Letter::new(&world, signer, Lang::Kk);
    let earlier = send(&world, &first.envelope(signer)).await;
    for _ in 0..45 {
        let held = world.app.db.held(first.secret.lookup_id()).await.unwrap().unwrap();
        let before = world.app.history(&held).await.unwrap().events.len();
        send(&world, &about(&world, signer, "more", &earlier.number).envelope(signer)).await;
        let after = world.app.history(&held).await.unwrap().events.len();
        assert!(after == before + 1 || before == 41, "{before} {after}");
    }
    assert_eq!(history(&world, &first).await.events.len(), 41);
    world.stop().await;
}
