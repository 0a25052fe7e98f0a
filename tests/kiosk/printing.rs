//! Paper from the screen, on a real IPP printer whose faults a script plays.

use tereze::i18n::{Lang, Msg, tr};
use tereze::print::printer::Printer;
use tereze::screen::world::Things;

use crate::office::Office;
use crate::receipt::to_the_receipt;
use crate::support::Kiosk;
use crate::visit::{begin_at, launch_with, pen_letter, things};

fn office(mode: &str) -> Office {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Office::usual(mode))
}

fn with(office: &Office) -> Things {
    Things { printer: Some(office.printer()), ..things() }
}

fn to_paper(lang: Lang, office: &Office) -> Kiosk {
    to_the_receipt(lang, with(office))
}

#[track_caller]
fn until_said(kiosk: &mut Kiosk, lang: Lang, what: Msg) {
    let words = tr(lang, what);
    kiosk.until(&words, |k| k.says(&words));
}

#[test]
fn a_receipt_is_printed_when_she_touches_the_button_and_not_before() {
    let office = office("slow");
    let mut kiosk = to_paper(Lang::Kk, &office);
    assert!(office.job_state(1).is_none(), "no job stands in the printer");
    kiosk.tap("received.print");
    until_said(&mut kiosk, Lang::Kk, Msg::PrintProgressPrinting);
    assert!(!kiosk.says(&tr(Lang::Kk, Msg::PrintProgressDone)));
    // A second touch is not a second sheet.
    kiosk.tap("received.print");
    office.go();
    until_said(&mut kiosk, Lang::Kk, Msg::PrintProgressDone);
    let printed = std::fs::read(office.at("printed")).unwrap();
    assert!(printed.starts_with(b"%PDF"));
    assert!(office.job_state(2).is_none());
    kiosk.tap("page.next");
    assert!(kiosk.says(&tr(Lang::Kk, Msg::TakePaperText)), "the sheet is on the list of things to take");
}

#[test]
fn paper_out_and_jam_are_said_and_then_it_goes_on() {
    for (mode, code) in [("paper-out", "paper-out"), ("jam", "jam")] {
        let office = office(mode);
        let mut kiosk = to_paper(Lang::Ru, &office);
        kiosk.tap("received.print");
        for id in [format!("fault-print-{code}"), format!("fault-print-{code}-remedy")] {
            until_said(&mut kiosk, Lang::Ru, Msg::from_id(&id).unwrap());
        }
        assert!(!office.at("printed").exists());
        office.go();
        until_said(&mut kiosk, Lang::Ru, Msg::PrintProgressDone);
        assert!(office.at("printed").exists());
    }
}

#[test]
fn she_stops_what_waits_for_paper() {
    let office = office("paper-out");
    let mut kiosk = to_paper(Lang::En, &office);
    kiosk.tap("received.print");
    until_said(&mut kiosk, Lang::En, Msg::FaultPrintPaperOut);
    kiosk.tap("paper.stop");
    until_said(&mut kiosk, Lang::En, Msg::PrintProgressCancelled);
    assert_eq!(office.job_state(1).as_deref(), Some("canceled"));
    // The button is hers again.
    assert!(kiosk.tree().find("received.print").is_some_and(|n| !n.state.disabled));
}

#[test]
fn what_waits_is_cancelled_when_she_goes() {
    let office = office("paper-out");
    let mut kiosk = to_paper(Lang::Kk, &office);
    kiosk.tap("received.print");
    until_said(&mut kiosk, Lang::Kk, Msg::FaultPrintPaperOut);
    kiosk.tap("page.next");
    kiosk.tap("take.practice-card");
    kiosk.until("the reader is empty", |k| k.tree().find("page.next").is_some_and(|n| !n.state.disabled));
    kiosk.tap("page.next");
    assert!(kiosk.app.visit().is_none());
    kiosk.until("the job is cancelled", |_| office.job_state(1).as_deref() == Some("canceled"));
}

#[test]
fn a_printer_that_is_away_breaks_off_or_refuses_never_stands_in_the_way() {
    let mut gone = office("good");
    let away = with(&gone);
    gone.process.kill().unwrap();
    gone.process.wait().unwrap();
    let aborting = office("abort");
    let cases = [
        (away, "fault-print-offline"),
        (with(&aborting), "fault-print-aborted"),
        (things(), "received-no-printer"),
    ];
    for (things, says) in cases {
        let mut kiosk = to_the_receipt(Lang::Kk, things);
        kiosk.tap("received.print");
        until_said(&mut kiosk, Lang::Kk, Msg::from_id(says).unwrap());
        kiosk.tap("page.next");
        kiosk.until_shown("take.practice-card");
        assert!(!kiosk.says(&tr(Lang::Kk, Msg::TakePaperText)), "there is no sheet to take");
    }
}

#[test]
fn a_letter_for_a_pen_is_printed() {
    let office = office("good");
    let mut kiosk = begin_at(launch_with(with(&office)), Lang::Kk);
    pen_letter(&mut kiosk, "жол нашар");
    kiosk.tap("page.next");
    until_said(&mut kiosk, Lang::Kk, Msg::PrintProgressDone);
    let out = std::process::Command::new("pdftotext").arg(office.at("printed")).arg("-").output().unwrap();
    assert!(String::from_utf8_lossy(&out.stdout).contains("Жол нашар"));
}

/// Its address alone is no printer: nothing is asked of it before she touches the button.
#[test]
fn a_printer_in_the_settings_is_not_spoken_to_before_it_is_wanted() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let uri = format!("ipp://127.0.0.1:{}/ipp/print", listener.local_addr().unwrap().port());
    let things = Things { printer: Printer::new(&uri).ok(), ..things() };
    let mut kiosk = to_the_receipt(Lang::Kk, things);
    kiosk.tap("page.next");
    kiosk.until_shown("take.practice-card");
    assert!(listener.accept().is_err(), "nobody has come");
}
