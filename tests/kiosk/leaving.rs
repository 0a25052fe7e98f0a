//! Leaving, falling silent, hiding: nothing of her stays, and nothing is shown to others.

use std::time::{Duration, Instant};

use tereze::app::Message;
use tereze::i18n::{Lang, Msg, tr};

use crate::visit::{answer, begin};

#[test]
fn leaving_asks_first_and_then_nothing_is_left() {
    let mut kiosk = begin(Lang::Kk);
    answer(&mut kiosk, "жол нашар");
    kiosk.tap("bar.leave");
    assert!(kiosk.says(&tr(Lang::Kk, Msg::LeaveUnsent)));
    kiosk.tap("leave.stay");
    assert!(kiosk.says("Жол нашар"));
    kiosk.tap("bar.leave");
    kiosk.tap("leave.erase");
    assert!(kiosk.app.visit().is_none() && !kiosk.says("нашар"));
    kiosk.tap("attract.start.kk");
    kiosk.tap("home.letter");
    assert!(!kiosk.tree().nodes.iter().any(|n| n.state.checked == Some(true) && n.id.starts_with("letter.")));
}

#[test]
fn a_quiet_visitor_is_asked_and_then_everything_is_wiped() {
    let mut kiosk = begin(Lang::Ru);
    answer(&mut kiosk, "жол");
    let now = Instant::now();
    kiosk.update(Message::Tick(now + Duration::from_secs(160)));
    assert!(kiosk.has("idle.stay"));
    kiosk.tap("idle.stay");
    assert!(!kiosk.has("idle.stay") && kiosk.says("Жол"));
    let now = Instant::now();
    kiosk.update(Message::Tick(now + Duration::from_secs(181)));
    assert!(kiosk.app.visit().is_none() && !kiosk.says("Жол"));
    assert_eq!(kiosk.app.look().lang, Lang::Kk, "the next visitor begins as the first did");
}

#[test]
fn hiding_and_calling_draw_none_of_the_words() {
    let mut kiosk = begin(Lang::Kk);
    answer(&mut kiosk, "жол нашар");
    for (button, back) in [("bar.hide", "hidden.show"), ("bar.call", "call.back")] {
        kiosk.tap(button);
        assert!(!kiosk.says("нашар"));
        kiosk.tap(back);
        assert!(kiosk.says("нашар"));
    }
}
