//! A real IPP printer (`ippeveprinter`) on loopback, whose faults a script plays.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use tereze::fault::Code;
use tereze::i18n::Lang;
use tereze::print::printer::Readiness;
use tereze::print::*;

use crate::office::Office;
use crate::samples::*;

/// Waits for a state; every state on the way is kept.
async fn until(job: &Job, mut wanted: impl FnMut(Progress) -> bool) -> Vec<Progress> {
    let mut status = job.status();
    let mut seen = vec![*status.borrow_and_update()];
    while !wanted(*seen.last().unwrap()) {
        let next = tokio::time::timeout(Duration::from_secs(60), status.changed()).await;
        next.unwrap_or_else(|_| panic!("stands at {seen:?}")).unwrap_or_else(|_| panic!("ended at {seen:?}"));
        seen.push(*status.borrow_and_update());
    }
    seen
}

async fn eventually(what: &str, mut yes: impl FnMut() -> bool) {
    let since = Instant::now();
    while !yes() {
        assert!(since.elapsed() < Duration::from_secs(30), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn page() -> Pdf {
    receipt_pages(Lang::Kk, true)
}

const PAPER_OUT: Progress = Progress::Trouble(Code("print.paper-out"));

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_comes_out_as_it_was_made() {
    let office = Office::usual("good").await;
    let Readiness { model, trouble, a4, .. } = office.printer().ready().await.unwrap();
    assert!(!model.is_empty() && trouble.is_none() && a4, "{model} {trouble:?} {a4}");
    let job = office.printer().print(page());
    let seen = until(&job, Progress::is_final).await;
    assert_eq!(seen.last(), Some(&Progress::Done), "{seen:?}");
    assert!(std::fs::read(office.at("printed")).unwrap() == page().bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn paper_runs_out_and_printing_goes_on_by_itself() {
    let office = Office::usual("paper-out").await;
    let job = office.printer().print(page());
    until(&job, |p| p == PAPER_OUT).await;
    assert!(!office.at("printed").exists());
    assert_eq!(office.printer().ready().await.unwrap().trouble, Some(Code("print.paper-out")));
    office.go();
    let seen = until(&job, Progress::is_final).await;
    assert_eq!(seen.last(), Some(&Progress::Done), "{seen:?}");
    assert!(office.at("printed").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jam_is_told_and_the_visitor_may_cancel() {
    let office = Office::usual("jam").await;
    let job = office.printer().print(page());
    until(&job, |p| p == Progress::Trouble(Code("print.jam"))).await;
    job.cancel();
    // The printer takes note; the sheet that jams is let go of only when it is pulled out.
    tokio::time::sleep(Duration::from_millis(300)).await;
    office.go();
    let seen = until(&job, Progress::is_final).await;
    assert_eq!(seen.last(), Some(&Progress::Cancelled), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jam_is_pulled_out_and_printing_goes_on_by_itself() {
    let office = Office::usual("jam").await;
    let job = office.printer().print(page());
    until(&job, |p| p == Progress::Trouble(Code("print.jam"))).await;
    assert_eq!(office.printer().ready().await.unwrap().trouble, Some(Code("print.jam")));
    assert!(!office.at("printed").exists());
    office.go();
    let seen = until(&job, Progress::is_final).await;
    assert_eq!(seen.last(), Some(&Progress::Done), "{seen:?}");
    assert!(std::fs::read(office.at("printed")).unwrap() == page().bytes());
    assert_eq!(office.printer().ready().await.unwrap().trouble, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_breaks_off_is_told() {
    let office = Office::usual("abort").await;
    let job = office.printer().print(page());
    let seen = until(&job, Progress::is_final).await;
    assert_eq!(seen.last(), Some(&Progress::Failed(Code("print.aborted"))), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_who_leaves_takes_the_waiting_job_along() {
    let office = Office::usual("paper-out").await;
    let job = office.printer().print(page());
    until(&job, |p| p == PAPER_OUT).await;
    let mut status = job.status();
    drop(job);
    // The last one who listens: what the worker says after this nobody hears.
    assert_eq!(*status.borrow_and_update(), PAPER_OUT);
    drop(status);
    tokio::time::sleep(Duration::from_millis(500)).await;
    office.go();
    // Asked of the printer itself.
    eventually("the job is cancelled", || office.job_state(1) == Some("canceled".into())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_come_out_already_are_finished_without_the_visitor() {
    let office = Office::usual("slow").await;
    let job = office.printer().print(page());
    until(&job, |p| p == Progress::Printing).await;
    eventually("the printer has begun", || office.at("waiting").exists()).await;
    drop(job);
    tokio::time::sleep(Duration::from_millis(300)).await;
    office.go();
    eventually("the page is out", || office.at("printed").exists()).await;
    eventually("the job is done", || office.job_state(1) == Some("completed".into())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_printer_no_pdf_and_a_printer_that_goes_away() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let printer = Printer::new(&format!("ipp://127.0.0.1:{nobody}/ipp/print")).unwrap();
    assert_eq!(printer.ready().await, Err(PrintError::Offline));
    let job = printer.print(page());
    let seen = until(&job, Progress::is_final).await;
    assert_eq!(seen.last(), Some(&Progress::Failed(Code("print.offline"))));

    let office = Office::open("good", "image/pwg-raster").await;
    assert_eq!(office.printer().ready().await, Err(PrintError::NoPdf));
    let job = office.printer().print(page());
    let seen = until(&job, Progress::is_final).await;
    assert_eq!(seen.last(), Some(&Progress::Failed(Code("print.no-pdf"))));

    let mut office = Office::usual("slow").await;
    let job = office.printer().print(page());
    until(&job, |p| p == Progress::Printing).await;
    office.process.kill().unwrap();
    until(&job, |p| p == Progress::Trouble(Code("print.offline"))).await;
}
