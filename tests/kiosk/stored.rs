//! A letter that waits because the line is down: her sheet, and what it tells at this kiosk and at another.

use std::sync::Arc;

use tereze::app::launch::{Boot, Start};
use tereze::cli::kiosk::practice_world;
use tereze::clock::Clock;
use tereze::i18n::{Lang, Msg, tr};
use tereze::screen::world::{Things, World};

use crate::check_paper::{office, printed};
use crate::support::cut_line;
use crate::tell::signed_in;
use crate::visit::things;

#[test]
fn the_sheet_of_a_letter_that_waits_tells_of_it_at_any_kiosk() {
    for lang in Lang::ALL {
        let office = office();
        let made = practice_world(Clock::system(), Things { printer: Some(office.printer()), ..things() });
        let boot: Boot = Arc::new(move || {
            let made = made();
            Box::pin(async move {
                let mut world: World = made.await?;
                cut_line(&mut world.env).await;
                Ok(world)
            })
        });
        let mut kiosk = signed_in(lang, Start::Boot(boot), |k| k.until_shown("sending.print"));
        assert!(kiosk.says(&tr(lang, Msg::SendingOfflinePaper)) && kiosk.has("received.own"));
        let sheet = printed(&mut kiosk, lang, "sending.print", &office);
        let [own] = &sheet[..] else { panic!("one code, hers: {sheet:?}") };
        // The sheet that lies in the printer is not forgotten.
        kiosk.tap("page.next");
        kiosk.until_shown("take.practice-card");

        let mut another = crate::support::Kiosk::open(crate::visit::launch());
        for k in [&mut kiosk, &mut another] {
            if k.has("take.practice-card") {
                k.tap("take.practice-card");
                k.until("the reader is empty", |k| {
                    k.tree().find("page.next").is_some_and(|n| !n.state.disabled)
                });
                k.tap("page.next");
            }
            k.tap(&format!("attract.start.{}", lang.tag()));
            k.until_shown("home.track");
            k.scan(own);
            k.until("it waits where it was signed", |k| k.says(&tr(lang, Msg::FaultTrackNotYet)));
            assert!(k.says(&tr(lang, Msg::FaultTrackNotYetRemedy)));
        }
    }
}
