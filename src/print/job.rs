//! One print job's life: sent, watched, cancelled where it must be, forgotten at the end.

use tokio::sync::watch;

use super::printer::{Printer, Progress};
use super::{Pdf, PrintError};
use crate::fault::{Code, Coded};

/// The same for every visitor.
pub(super) const USER: &str = "kiosk";
pub(super) const NAME: &str = "Tereze";
pub(super) const A4: &str = "iso_a4_210x297mm";
pub(super) const ONE_SIDED: &str = "one-sided";

pub(super) const STOPPED: Code = Code("print.stopped");
const ABORTED: Code = Code("print.aborted");
const OFFLINE: Code = Code("print.offline");

/// IPP's client-error-not-found.
const NOT_FOUND: u16 = 0x0406;
/// How many polls a job that nobody watches may still take to come out.
const UNWATCHED_POLLS: u32 = 600;

pub(super) struct State {
    /// `job-state`: 3 pending … 9 completed.
    pub job: i32,
    /// Of job and printer together.
    pub reasons: Vec<String>,
    /// The printer's state is `stopped`.
    pub stopped: bool,
}

/// What has to be done by hand, from state reasons (RFC 8011, 5.4.12), matched by prefix: printers
/// add `-error`, `-warning`, `-report`. Some say `-warning` while they wait for paper, so that only
/// reports count for nothing, unless the printer stands still.
pub(super) fn trouble(reasons: &[String], stopped: bool) -> Option<Code> {
    const KNOWN: [(&str, &str); 12] = [
        ("media-empty", "print.paper-out"),
        ("media-needed", "print.paper-out"),
        ("media-jam", "print.jam"),
        ("cover-open", "print.open"),
        ("door-open", "print.open"),
        ("interlock-open", "print.open"),
        ("input-tray-missing", "print.open"),
        ("toner-empty", "print.ink-out"),
        ("marker-supply-empty", "print.ink-out"),
        ("output-area-full", "print.tray-full"),
        ("offline", "print.offline"),
        ("connecting-to-device", "print.offline"),
    ];
    for (prefix, code) in KNOWN {
        let hit = reasons.iter().any(|r| r.starts_with(prefix) && (stopped || !r.ends_with("-report")));
        // A printer that is being connected to is only slow, unless it stands.
        if hit && (prefix != "connecting-to-device" || stopped) {
            return Some(Code(code));
        }
    }
    let halted = |r: &String| r == "paused" || r.starts_with("stopped") || r.starts_with("printer-stopped");
    (stopped || reasons.iter().any(halted)).then_some(STOPPED)
}

fn progress(state: &State) -> Progress {
    let held = matches!(state.job, 3..=6);
    match (state.job, trouble(&state.reasons, state.stopped || state.job == 6)) {
        (_, Some(code)) if held => Progress::Trouble(code),
        (3 | 4, _) => Progress::Waiting,
        (5, _) => Progress::Printing,
        (7, _) => Progress::Cancelled,
        (9, _) => Progress::Done,
        _ => Progress::Failed(ABORTED),
    }
}

fn tell(status: &watch::Sender<Progress>, now: Progress) {
    status.send_if_modified(|old| std::mem::replace(old, now) != now);
}

pub(super) async fn run(
    printer: Printer,
    pdf: Pdf,
    status: watch::Sender<Progress>,
    mut cancel: watch::Receiver<bool>,
) {
    let end = match submit(&printer, pdf, &cancel, &status).await {
        Ok(Some(id)) => {
            let end = follow(&printer, id, &status, &mut cancel).await;
            // Where the printer keeps finished jobs, ours is forgotten with its files. Printers
            // that keep none refuse this, which is as good.
            let _ = printer.cancel(id, true).await;
            end
        }
        Ok(None) => Progress::Cancelled,
        Err(error) => Progress::Failed(error.code()),
    };
    tell(&status, end);
}

/// The job's number; none where it was cancelled before it began.
async fn submit(
    printer: &Printer,
    pdf: Pdf,
    cancel: &watch::Receiver<bool>,
    status: &watch::Sender<Progress>,
) -> Result<Option<i32>, PrintError> {
    let ready = printer.ready().await?;
    if *cancel.borrow() || status.is_closed() {
        return Ok(None);
    }
    printer.submit(pdf, &ready).await.map(Some)
}

async fn follow(
    printer: &Printer,
    id: i32,
    status: &watch::Sender<Progress>,
    cancel: &mut watch::Receiver<bool>,
) -> Progress {
    let mut unwatched = 0;
    let mut asked = false;
    let mut was = Progress::Sending;
    loop {
        let now = match printer.state(id).await {
            Ok(state) => progress(&state),
            // A server that keeps no history forgets a job as soon as it has come out.
            Err(PrintError::Refused(NOT_FOUND)) if was == Progress::Printing => Progress::Done,
            Err(PrintError::Refused(NOT_FOUND)) if asked => Progress::Cancelled,
            Err(PrintError::Refused(_)) => Progress::Failed(ABORTED),
            Err(_) => Progress::Trouble(OFFLINE),
        };
        if now.is_final() {
            return now;
        }
        was = now;
        tell(status, now);
        // Nobody stands there any more: what has not begun to come out must not come out later.
        let left = status.is_closed();
        let orphaned = left && now != Progress::Printing;
        if (*cancel.borrow() || orphaned) && !asked {
            asked = printer.cancel(id, false).await.is_ok();
        }
        if left {
            unwatched += 1;
            if unwatched > UNWATCHED_POLLS {
                return Progress::Failed(ABORTED);
            }
        }
        tokio::select! {
            () = tokio::time::sleep(printer.poll()) => {}
            changed = cancel.changed() => if changed.is_err() {
                tokio::time::sleep(printer.poll()).await;
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(list: &[&str]) -> Vec<String> {
        list.iter().map(|s| s.to_string()).collect()
    }

    #[test]
    fn troubles_are_found_by_prefix_and_severity() {
        let code = |list: &[&str], stopped| trouble(&reasons(list), stopped).map(|c| c.0);
        assert_eq!(code(&["none"], false), None);
        assert_eq!(code(&["media-empty-error"], false), Some("print.paper-out"));
        assert_eq!(code(&["media-empty"], false), Some("print.paper-out"));
        assert_eq!(code(&["media-empty-warning"], false), Some("print.paper-out"));
        assert_eq!(code(&["media-empty-report"], false), None);
        assert_eq!(code(&["media-empty-report"], true), Some("print.paper-out"));
        assert_eq!(code(&["media-low-warning", "media-jam-error"], false), Some("print.jam"));
        assert_eq!(code(&["toner-low-report"], false), None);
        assert_eq!(code(&["something-new"], true), Some("print.stopped"));
    }

    #[test]
    fn every_job_state_has_a_meaning() {
        let at = |job| progress(&State { job, reasons: vec![], stopped: false });
        assert_eq!(at(3), Progress::Waiting);
        assert_eq!(at(5), Progress::Printing);
        assert_eq!(at(6), Progress::Trouble(STOPPED));
        assert_eq!(at(7), Progress::Cancelled);
        assert_eq!(at(8), Progress::Failed(ABORTED));
        assert_eq!(at(9), Progress::Done);
        // Paper that ran out after the last page does not undo the job.
        let state = State { job: 9, reasons: reasons(&["media-empty-error"]), stopped: true };
        assert_eq!(progress(&state), Progress::Done);
    }
}
