//! Her signed letter from the letter's own page onto her stick: only when she asks, its size said first.

use tereze::app::launch::{Launch, Start};
use tereze::cli::kiosk::practice_world_paced;
use tereze::clock::Clock;
use tereze::i18n::{Lang, Msg, Text, tr};
use tereze::practice::clerk::Pace;
use tereze::screen::world::Things;
use tereze::sign::trust::Trust;

use crate::port::{Port, among_own_mounts};
use crate::track::{by_card, sent_at};
use crate::visit::{launch, things};

#[test]
fn her_signed_letter_comes_onto_her_stick_when_she_asks() {
    if !among_own_mounts("signed_back::her_signed_letter_comes_onto_her_stick_when_she_asks") {
        return;
    }
    let port = Port::new();
    let with = Things { sticks: port.sticks(), ..things() };
    let start = Start::Boot(practice_world_paced(Clock::system(), Pace::default(), with));
    let (mut kiosk, number, _) = sent_at(Launch { start, ..launch() }, Lang::Ru);
    by_card(&mut kiosk);
    kiosk.tap("track.letter.0");
    kiosk.until_shown("track.more");
    assert!(!kiosk.has("track.signed"), "without a stick nothing is offered");
    let stick = port.put_in("ФЛЕШКА", "size=4m");
    kiosk.until_shown("track.signed");
    let files = || std::fs::read_dir(&stick).unwrap().count();

    // Its size first; she may leave it.
    kiosk.tap("track.signed");
    kiosk.until_shown("track.signed.go");
    assert!(kiosk.tree().nodes.iter().any(|n| n.label.contains("КБ")), "the size is said");
    kiosk.tap("track.signed.stop");
    kiosk.until_shown("track.signed");
    assert_eq!(files(), 0);

    kiosk.tap("track.signed");
    kiosk.until_shown("track.signed.go");
    kiosk.tap("track.signed.go");
    kiosk.until("the file is saved", |k| k.says(&tr(Lang::Ru, Msg::TrackSaved)));
    let name = Text::new(Msg::ReceivedFileLetter).with("number", number).say(Lang::Ru);
    let file = std::fs::read(stick.join(format!("{name}.p7m"))).unwrap();
    let verdict = tereze::sign::verify(&file, None, &Trust::new(), Clock::system().now());
    let words = String::from_utf8(verdict.attached().expect("the statement").to_vec()).unwrap();
    assert!(words.contains("ТЕСТОВ") && verdict.signer().is_some_and(|s| s.claimed_time.is_some()));
    assert_eq!(files(), 1);
}
