//! What was printed over a real CUPS is forgotten with its files.

use std::time::Duration;

use tereze::i18n::Lang;
use tereze::print::printer::Progress;
use tereze::print::*;

use crate::cups::{Cups, eventually};
use crate::samples::*;

async fn end(job: &Job) -> Progress {
    let mut status = job.status();
    let last = tokio::time::timeout(Duration::from_secs(60), status.wait_for(|p| p.is_final())).await;
    *last.expect("the job ends").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn cups_keeps_no_file_of_what_was_printed_or_cancelled() {
    let cups = match Cups::start() {
        Ok(cups) => cups,
        Err(why) => return println!("left out: {why}"),
    };
    let printer = cups.printer();
    assert_eq!(printer.ready().await.unwrap().trouble, None);
    // Held back, so that its files are seen to be there; then let go.
    cups.queue("cupsdisable");
    let job = printer.print(receipt_pages(Lang::Kk, true));
    eventually("the document is spooled", || cups.spooled().len() >= 2, &cups);
    cups.queue("cupsenable");
    assert_eq!(end(&job).await, Progress::Done, "{}", cups.said());
    eventually("nothing is kept of what came out", || cups.spooled().is_empty(), &cups);

    cups.queue("cupsdisable");
    let job = printer.print(receipt_pages(Lang::Kk, true));
    eventually("the document is spooled", || cups.spooled().len() >= 2, &cups);
    job.cancel();
    assert_eq!(end(&job).await, Progress::Cancelled, "{}", cups.said());
    eventually("nor of what was cancelled", || cups.spooled().is_empty(), &cups);
}
