//! A letter followed from its receipt to its signed answer.

use tereze::app::launch::{Launch, Start};
use tereze::cli::kiosk::practice_world_paced;
use tereze::clock::Clock;
use tereze::i18n::{Lang, Msg, tr};
use tereze::practice::clerk::Pace;

use crate::support::Kiosk;
use crate::visit::{answer, heading, launch, things, words};

/// A letter is registered; number and short code as the receipt shows them.
fn sent(lang: Lang) -> (Kiosk, String, String) {
    let start = Start::Boot(practice_world_paced(Clock::system(), Pace::quick(), things()));
    sent_at(Launch { start, ..launch() }, lang)
}

/// The number on the screen.
pub fn number_of(kiosk: &mut Kiosk) -> String {
    let tree = kiosk.tree();
    tree.nodes.iter().find(|n| n.label.starts_with("ОҚУ-")).expect("the number").label.clone()
}

/// Written, and signed with the practice card.
pub fn signed_at(launch: Launch, lang: Lang) -> Kiosk {
    let mut kiosk = Kiosk::open(launch);
    kiosk.tap(&format!("attract.start.{}", lang.tag()));
    kiosk.until_shown("home.letter");
    answer(&mut kiosk, words(lang));
    kiosk.tap("page.next");
    kiosk.tap("sign.practice-card");
    kiosk.until_shown("pin.1");
    kiosk.pin("123456");
    kiosk.tap("page.next");
    kiosk
}

pub fn sent_at(launch: Launch, lang: Lang) -> (Kiosk, String, String) {
    let mut kiosk = signed_at(launch, lang);
    kiosk.until_shown("received.print");
    let said: Vec<String> = kiosk.tree().nodes.iter().map(|n| n.label.clone()).collect();
    let number = number_of(&mut kiosk);
    let is_code = |w: &str| {
        w.len() == 9 && w.as_bytes()[4] == b'-' && w.bytes().all(|b| b == b'-' || b.is_ascii_alphanumeric())
    };
    let mut all = said.iter().flat_map(|l| l.split_whitespace());
    let code = all.find(|w| is_code(w)).expect("the short code").to_owned();
    go_and_come_back(&mut kiosk, lang);
    (kiosk, number, code)
}

/// She takes her things and goes; another visit begins.
pub fn go_and_come_back(kiosk: &mut Kiosk, lang: Lang) {
    kiosk.tap("page.next");
    kiosk.until_shown("take.practice-card");
    kiosk.tap("take.practice-card");
    kiosk.until("the reader is empty", |k| k.tree().find("page.next").is_some_and(|n| !n.state.disabled));
    kiosk.tap("page.next");
    kiosk.tap(&format!("attract.start.{}", lang.tag()));
    kiosk.until_shown("home.track");
}

/// To the list of her letters, by her card and its PIN.
pub fn by_card(kiosk: &mut Kiosk) {
    kiosk.tap("home.track");
    kiosk.tap("track.by-card");
    kiosk.tap("sign.practice-card");
    kiosk.until_shown("pin.1");
    kiosk.pin("123456");
    kiosk.tap("page.next");
    kiosk.until_shown("track.letter.0");
}

/// Typed from the receipt.
pub fn by_number(kiosk: &mut Kiosk, number: &str, code: &str) {
    kiosk.tap("home.track");
    kiosk.tap("track.by-number");
    type_in(kiosk, number.trim_start_matches("ОҚУ-"));
    kiosk.tap("track.code");
    type_in(kiosk, code);
    kiosk.tap("page.next");
}

fn type_in(kiosk: &mut Kiosk, text: &str) {
    for c in text.chars().filter(char::is_ascii_alphanumeric) {
        kiosk.tap(&format!("key.{}", c.to_ascii_lowercase()));
    }
}

#[test]
fn number_and_code_show_dates_and_nothing_else() {
    let (mut kiosk, number, code) = sent(Lang::Ru);
    kiosk.tap("home.track");
    kiosk.tap("track.by-number");
    // Nothing typed: the field that is missing says so.
    kiosk.tap("page.next");
    assert!(kiosk.says(&tr(Lang::Ru, Msg::TrackNumberMissing)));
    type_in(&mut kiosk, number.trim_start_matches("ОҚУ-"));
    kiosk.tap("track.code");
    type_in(&mut kiosk, &code);
    kiosk.tap("page.next");
    kiosk.until("the dates", |k| k.says(&tr(Lang::Ru, Msg::TrackDatesOnly)));
    assert!(kiosk.says(&number) && kiosk.says(&tr(Lang::Ru, Msg::TrackEventRegistered)));
    assert!(!kiosk.says("ТЕСТОВ") && !kiosk.has("track.more"), "no names, nothing to open");
    // Another's code opens nothing.
    kiosk.tap("page.back");
    kiosk.tap("track.by-number");
    type_in(&mut kiosk, number.trim_start_matches("ОҚУ-"));
    kiosk.tap("track.code");
    type_in(&mut kiosk, "00000000");
    kiosk.tap("page.next");
    kiosk.until("a refusal", |k| k.says(&tr(Lang::Ru, Msg::FaultServerNotFound)));
}

#[test]
fn her_card_shows_her_letter_and_its_answer_with_a_valid_verdict() {
    let (mut kiosk, number, _) = sent(Lang::Kk);
    kiosk.tap("home.track");
    kiosk.tap("track.by-card");
    kiosk.tap("sign.practice-card");
    kiosk.until_shown("pin.1");
    // A wrong PIN first: the tries that are left are said, and the way stays open.
    kiosk.pin("654321");
    kiosk.tap("page.next");
    kiosk.until("the card's refusal", |k| k.says(&tr(Lang::Kk, Msg::FaultCardWrongPin)));
    kiosk.pin("123456");
    kiosk.tap("page.next");
    kiosk.until_shown("track.letter.0");
    assert!(kiosk.says(&number));
    kiosk.tap("track.letter.0");
    // The answer comes while she looks on.
    let answered = tr(Lang::Kk, Msg::TrackNowAnswered);
    kiosk.until("the answer", |k| heading(k) == answered);
    for event in [Msg::TrackEventRegistered, Msg::TrackEventReview, Msg::TrackEventAssigned] {
        assert!(kiosk.says(&tr(Lang::Kk, event)));
    }
    kiosk.tap("page.next");
    kiosk.until("a verdict", |k| k.says(&tr(Lang::Kk, Msg::TrackValid)));
    assert!(kiosk.says("ТЕСТОВА ҮЛГІ") && kiosk.says(&number));
    kiosk.tap("track.know");
    assert!(kiosk.says(&tr(Lang::Kk, Msg::TrackKnowLetter)));
    kiosk.tap("page.back");
    // To disagree is a letter, begun: body, kind and number are there.
    kiosk.tap("track.disagree");
    assert!(kiosk.has("letter.sign.card"));
}

#[test]
fn her_sheet_before_the_scanner_opens_her_letter() {
    let (mut kiosk, number, _) = sent(Lang::En);
    // A sheet of another letter, one that this portal never saw.
    let secret = tereze::seal::visitor::VisitorSecret::generate().unwrap();
    kiosk.scan(&secret.qr_text(true));
    kiosk.until("it waits elsewhere", |k| k.says(&tr(Lang::En, Msg::FaultTrackNotYet)));
    assert!(kiosk.says(&tr(Lang::En, Msg::FaultTrackNotYetRemedy)));
    kiosk.scan(&secret.qr_text(false));
    kiosk.until("a refusal", |k| k.says(&tr(Lang::En, Msg::FaultTrackRealPaper)));
    assert!(!kiosk.says(&number));
}

/// The portal refused it and signed why: her paper leads to the reason, at whichever kiosk.
#[test]
fn the_paper_of_a_refused_letter_says_why() {
    use tereze::domain::{Digest, SubmissionId};
    use tereze::outbox::{Prepared, Status};
    use tereze::seal::envelope::{self, Contents};

    let (mut kiosk, ..) = sent(Lang::Ru);
    let env = kiosk.app.world().unwrap().env.clone();
    let secret = tereze::seal::visitor::VisitorSecret::generate().unwrap();
    let contents = Contents {
        cms: b"no signature".to_vec(),
        attachments: vec![],
        lookup_id: secret.lookup_id(),
        access_hash: secret.access_hash(),
        code_hash: secret.code_hash(),
        reply_key: secret.reply_key(),
    };
    let submission = SubmissionId([3; 16]);
    let envelope = envelope::seal(&contents, submission, &env.held.seal_key().unwrap()).unwrap();
    let prepared = Prepared { submission, statement: Digest([0; 32]), envelope, reserved: None };
    let waits = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let id = waits.block_on(env.outbox.submit(prepared)).unwrap();
    kiosk.until("the portal's notice", |_| matches!(env.outbox.status(id), Some(Status::NotAccepted { .. })));
    kiosk.scan(&secret.qr_text(true));
    kiosk.until("the reason", |k| k.says(&tr(Lang::Ru, Msg::FaultServerSignatureNotValid)));
    assert!(kiosk.says(&tr(Lang::Ru, Msg::FaultServerSignatureNotValidRemedy)));
}
