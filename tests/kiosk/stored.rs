//! A letter that waits because the line is down: her sheet, and what it tells at this kiosk and at another.

use tereze::i18n::{Lang, Msg, tr};
use tereze::screen::world::Things;

use crate::check_paper::{office, printed};
use crate::support::Kiosk;
use crate::tell::signed_offline;
use crate::track::go_and_come_back;
use crate::visit::{launch, things};

#[test]
fn the_sheet_of_a_letter_that_waits_tells_of_it_at_any_kiosk() {
    for lang in Lang::ALL {
        let office = office();
        let mut kiosk = signed_offline(lang, Things { printer: Some(office.printer()), ..things() });
        assert!(kiosk.says(&tr(lang, Msg::SendingOfflinePaper)) && kiosk.has("received.own"));
        let sheet = printed(&mut kiosk, lang, "sending.print", &office);
        let [own] = &sheet[..] else { panic!("one code, hers: {sheet:?}") };
        go_and_come_back(&mut kiosk, lang);
        let mut another = Kiosk::open(launch());
        another.tap(&format!("attract.start.{}", lang.tag()));
        another.until_shown("home.track");
        kiosk.scan(own);
        kiosk.until("it waits here", |k| k.says(&tr(lang, Msg::FaultTrackHere)));
        assert!(kiosk.says(&tr(lang, Msg::FaultTrackHereRemedy)));
        another.scan(own);
        another.until("it waits where it was signed", |k| k.says(&tr(lang, Msg::FaultTrackNotYet)));
        assert!(another.says(&tr(lang, Msg::FaultTrackNotYetRemedy)));
    }
}
