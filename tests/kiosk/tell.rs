//! "Tell me when the answer comes": passed over by whoever goes on, asked on the receipt's page, on the tracking page,
//! and while the line is down.

use std::sync::Arc;

use tereze::app::launch::{Boot, Launch, Start};
use tereze::cli::kiosk::{practice_world, practice_world_paced};
use tereze::clock::Clock;
use tereze::i18n::{Lang, Msg, tr};
use tereze::practice::clerk::Pace;
use tereze::screen::world::{Things, World};

use crate::support::{self, Kiosk};
use crate::track::{by_card, go_and_come_back, signed_at};
use crate::visit::{launch, things};

/// Signed and sent, with a clerk of this pace; the screen that follows.
fn signed(lang: Lang, pace: Pace, then: &str) -> Kiosk {
    let start = Start::Boot(practice_world_paced(Clock::system(), pace, things()));
    let mut kiosk = signed_at(Launch { start, ..launch() }, lang);
    kiosk.until_shown(then);
    kiosk
}

/// Signed at a kiosk whose line is down.
pub fn signed_offline(lang: Lang, things: Things) -> Kiosk {
    let normal = practice_world(Clock::system(), things);
    let boot: Boot = Arc::new(move || {
        let made = normal();
        Box::pin(async move {
            let mut world: World = made.await?;
            support::cut_line(&mut world.env).await;
            Ok(world)
        })
    });
    let mut kiosk = signed_at(Launch { start: Start::Boot(boot), ..launch() }, lang);
    kiosk.until_shown("tell.offer");
    assert!(kiosk.says(&tr(lang, Msg::SendingOfflineTitle)));
    kiosk
}

fn type_in(kiosk: &mut Kiosk, digits: &str) {
    for digit in digits.chars() {
        kiosk.tap(&format!("key.{digit}"));
    }
}

/// Her letter, by the card that is still in the reader.
fn tracked(kiosk: &mut Kiosk, lang: Lang) {
    go_and_come_back(kiosk, lang);
    by_card(kiosk);
    kiosk.tap("track.letter.0");
}

#[test]
fn a_number_is_asked_checked_kept_and_told() {
    let lang = Lang::Kk;
    let mut kiosk =
        signed(lang, Pace { answer: std::time::Duration::from_secs(3), ..Pace::quick() }, "tell.offer");
    kiosk.tap("tell.offer");
    // To pass over it is one touch, and Esc's meaning.
    kiosk.tap("tell.skip");
    assert!(kiosk.has("received.print"));
    kiosk.tap("tell.offer");
    kiosk.tap("page.next");
    assert!(kiosk.says(&tr(lang, Msg::TellShort)), "nothing was typed");
    type_in(&mut kiosk, "7172701234");
    kiosk.tap("page.next");
    assert!(kiosk.says(&tr(lang, Msg::TellWired)));
    kiosk.tap("tell.number.clear");
    type_in(&mut kiosk, "7011234567");
    kiosk.tap("page.next");
    kiosk.until("it is kept", |k| k.says(&tr(lang, Msg::TellKept)));
    assert!(kiosk.says("+7 701 123 45 67") && kiosk.has("received.print"));
    assert!(!kiosk.has("tell.offer"));

    // The clerk answers, the text goes, and the tracking page says both.
    tracked(&mut kiosk, lang);
    kiosk.until("she was told", |k| k.says(&tr(lang, Msg::TellSent)));
    assert!(kiosk.says(&tr(lang, Msg::AlertTextPractice)), "practice shows the text that went nowhere");
    assert!(!kiosk.says("701 123"), "the number is gone");
}

#[test]
fn whoever_comes_back_asks_changes_her_mind_and_asks_again() {
    let lang = Lang::Ru;
    let mut kiosk = signed(lang, Pace::default(), "received.print");
    tracked(&mut kiosk, lang);
    kiosk.until_shown("tell.offer");
    for _ in 0..2 {
        kiosk.tap("tell.offer");
        type_in(&mut kiosk, "7011234567");
        kiosk.tap("page.next");
        kiosk.until("it waits", |k| k.says(&tr(lang, Msg::TellWaiting)));
        assert!(!kiosk.says("701 123"));
        kiosk.tap("tell.stop");
        kiosk.until_shown("tell.offer");
    }
}

/// With the line down it is kept beside the letter, sealed.
#[test]
fn with_the_line_cut_the_number_is_kept_beside_the_letter() {
    let mut kiosk = signed_offline(Lang::En, things());
    kiosk.tap("tell.offer");
    type_in(&mut kiosk, "7011234567");
    kiosk.tap("page.next");
    kiosk.until("it is kept", |k| k.says(&tr(Lang::En, Msg::TellKept)));
    assert!(kiosk.says(&tr(Lang::En, Msg::SendingOfflineTitle)));
    assert_eq!(kiosk.app.world().unwrap().env.outbox.wishing(), 1);
}
