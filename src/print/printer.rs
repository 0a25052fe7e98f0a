//! The printer, over IPP (RFC 8011). Documents go from memory to the printer; the job's name and
//! user say nothing about the visitor.

use std::io::Cursor;
use std::time::Duration;

use ipp::prelude::*;
use ipp::value::IppKeyword;
use tokio::sync::watch;

use super::{Pdf, PrintError, job};
use crate::fault::Code;
use crate::i18n::{Msg, Text};

/// One answer of the printer; a job's document is sent within a longer one.
const ANSWER: Duration = Duration::from_secs(15);
const SENDING: Duration = Duration::from_secs(120);

/// What a screen shows of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Sending,
    /// In the printer's queue.
    Waiting,
    Printing,
    /// Somebody has to do something (`print.paper-out`, `print.jam`, …); then it goes on by itself.
    Trouble(Code),
    Done,
    Cancelled,
    Failed(Code),
}

impl Progress {
    pub fn is_final(self) -> bool {
        matches!(self, Progress::Done | Progress::Cancelled | Progress::Failed(_))
    }

    /// The words to show; a trouble's remedy is `code.remedy_id()`.
    pub fn words(self) -> Text {
        Text::new(match self {
            Progress::Sending => Msg::PrintProgressSending,
            Progress::Waiting => Msg::PrintProgressWaiting,
            Progress::Printing => Msg::PrintProgressPrinting,
            Progress::Done => Msg::PrintProgressDone,
            Progress::Cancelled => Msg::PrintProgressCancelled,
            Progress::Trouble(code) | Progress::Failed(code) => {
                Msg::from_id(&code.message_id()).unwrap_or(Msg::FaultPrintStopped)
            }
        })
    }
}

/// A job under way. Dropping it cancels what does not come out of the printer yet.
pub struct Job {
    status: watch::Receiver<Progress>,
    cancel: watch::Sender<bool>,
}

impl Job {
    /// The present state and every change; the last value is final.
    pub fn status(&self) -> watch::Receiver<Progress> {
        self.status.clone()
    }

    pub fn progress(&self) -> Progress {
        *self.status.borrow()
    }

    pub fn cancel(&self) {
        self.cancel.send_replace(true);
    }
}

/// What the printer says of itself before anything is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// The printer's own name for itself, for staff.
    pub model: String,
    /// What stands in the way right now, if anything.
    pub trouble: Option<Code>,
    /// It can print A4 / on one side, if it says so.
    pub a4: bool,
    pub one_sided: bool,
}

/// A printer's address. Cheap to clone; no connection is kept.
#[derive(Clone, Debug)]
pub struct Printer {
    uri: Uri,
    poll: Duration,
}

impl Printer {
    /// `ipp://host[:631]/path` or `http://…`; the printer is on this machine or on its own wire
    /// (CUPS on loopback), so there is no TLS here.
    pub fn new(uri: &str) -> Result<Self, PrintError> {
        let uri: Uri = uri.trim().parse().map_err(|_| PrintError::Address)?;
        let known = matches!(uri.scheme_str(), Some("ipp" | "http"));
        if !known || uri.host().is_none_or(str::is_empty) {
            return Err(PrintError::Address);
        }
        Ok(Self { uri, poll: Duration::from_millis(500) })
    }

    /// How often a job's state is asked for; half a second at first.
    pub fn polling(self, poll: Duration) -> Self {
        Self { poll, ..self }
    }

    pub(super) fn poll(&self) -> Duration {
        self.poll
    }

    /// Asks the printer. `Offline` where nothing answers, `NoPdf` where it cannot take documents.
    pub async fn ready(&self) -> Result<Readiness, PrintError> {
        let ask = IppOperationBuilder::get_printer_attributes(self.uri.clone())
            .attributes([
                "printer-make-and-model",
                "printer-state",
                "printer-state-reasons",
                "printer-is-accepting-jobs",
                "document-format-supported",
                "media-supported",
                "sides-supported",
            ])
            .build()
            .map_err(|_| PrintError::Address)?;
        let answer = self.send(ask.into(), ANSWER).await?;
        let group = answer.attributes().first_of(DelimiterTag::PrinterAttributes);
        let get = |name: &str| group.and_then(|g| g.get(name)).map(|a| words(a.value())).unwrap_or_default();
        let formats = get("document-format-supported");
        if !formats.is_empty() && !formats.iter().any(|f| f == "application/pdf") {
            return Err(PrintError::NoPdf);
        }
        let stopped = number(group, "printer-state") == Some(5);
        let mut trouble = job::trouble(&get("printer-state-reasons"), stopped);
        if get("printer-is-accepting-jobs").iter().any(|a| a == "false") {
            trouble = trouble.or(Some(job::STOPPED));
        }
        Ok(Readiness {
            model: get("printer-make-and-model").into_iter().next().unwrap_or_default(),
            trouble,
            a4: get("media-supported").iter().any(|m| m == job::A4),
            one_sided: get("sides-supported").iter().any(|m| m == job::ONE_SIDED),
        })
    }

    /// Starts printing and returns at once. Must be called on the tokio runtime (iced's `update` is).
    pub fn print(&self, pdf: Pdf) -> Job {
        let (status, watching) = watch::channel(Progress::Sending);
        let (cancel, cancelled) = watch::channel(false);
        tokio::spawn(job::run(self.clone(), pdf, status, cancelled));
        Job { status: watching, cancel }
    }

    pub(super) async fn submit(&self, pdf: Pdf, ready: &Readiness) -> Result<i32, PrintError> {
        let mut job = IppOperationBuilder::print_job(self.uri.clone(), IppPayload::new(Cursor::new(pdf)))
            .user_name(job::USER)
            .job_title(job::NAME)
            .document_format("application/pdf");
        // Only what the printer lists: some refuse a job for an attribute that they do not know.
        for (wanted, name, value) in
            [(ready.a4, "media", job::A4), (ready.one_sided, "sides", job::ONE_SIDED)]
        {
            if let (true, Ok(keyword)) = (wanted, IppKeyword::new(value)) {
                let attribute = IppAttribute::with_name(name, IppValue::Keyword(keyword));
                job = job.attributes(attribute.ok());
            }
        }
        let answer = self.send(job.build().map_err(|_| PrintError::Document)?.into(), SENDING).await?;
        number(answer.attributes().first_of(DelimiterTag::JobAttributes), "job-id")
            .ok_or(PrintError::Refused(answer.header().operation_or_status as u16))
    }

    /// The job's state (RFC 8011, 5.3.7), its reasons, and the printer's own.
    pub(super) async fn state(&self, id: i32) -> Result<job::State, PrintError> {
        let ask = IppOperationBuilder::get_job_attributes(self.uri.clone(), id)
            .user_name(job::USER)
            .build()
            .map_err(|_| PrintError::Address)?;
        let answer = self.send(ask.into(), ANSWER).await?;
        let group = answer.attributes().first_of(DelimiterTag::JobAttributes);
        let state = number(group, "job-state").ok_or(PrintError::Refused(0))?;
        let mut reasons =
            group.and_then(|g| g.get("job-state-reasons")).map(|a| words(a.value())).unwrap_or_default();
        let ask = IppOperationBuilder::get_printer_attributes(self.uri.clone())
            .attributes(["printer-state", "printer-state-reasons"])
            .build()
            .map_err(|_| PrintError::Address)?;
        let answer = self.send(ask.into(), ANSWER).await?;
        let group = answer.attributes().first_of(DelimiterTag::PrinterAttributes);
        reasons.extend(
            group.and_then(|g| g.get("printer-state-reasons")).map(|a| words(a.value())).unwrap_or_default(),
        );
        Ok(job::State { job: state, reasons, stopped: number(group, "printer-state") == Some(5) })
    }

    /// Cancels; with `purge` a finished job is forgotten with its files (CUPS's `purge-job`).
    pub(super) async fn cancel(&self, id: i32, purge: bool) -> Result<(), PrintError> {
        let ask = IppOperationBuilder::cancel_job(self.uri.clone(), id)
            .user_name(job::USER)
            .build()
            .map_err(|_| PrintError::Address)?;
        let mut ask: IppRequestResponse = ask.into();
        if purge && let Ok(attribute) = IppAttribute::with_name("purge-job", IppValue::Boolean(true)) {
            ask.attributes_mut().add(DelimiterTag::OperationAttributes, attribute);
        }
        self.send(ask, ANSWER).await.map(|_| ())
    }

    /// The crate's client blocks, so each request has a thread of the blocking pool.
    async fn send(&self, ask: IppRequestResponse, limit: Duration) -> Result<IppRequestResponse, PrintError> {
        let client = IppClient::builder(self.uri.clone()).request_timeout(limit).build();
        let answer = tokio::task::spawn_blocking(move || client.send(ask))
            .await
            .map_err(|_| PrintError::Offline)?
            .map_err(|error| match error {
                IppError::RequestError(status) => PrintError::Refused(status),
                _ => PrintError::Offline,
            })?;
        let status = answer.header().status_code();
        if status.is_success() { Ok(answer) } else { Err(PrintError::Refused(status as u16)) }
    }
}

/// A value's words, an array's one by one.
fn words(value: &IppValue) -> Vec<String> {
    match value {
        IppValue::Array(values) => values.iter().flat_map(words).collect(),
        value => vec![value.to_string()],
    }
}

fn number(group: Option<&IppAttributeGroup>, name: &str) -> Option<i32> {
    match group?.get(name)?.value() {
        IppValue::Integer(n) | IppValue::Enum(n) => Some(*n),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_printer_addresses() {
        assert!(Printer::new("ipp://localhost:8631/ipp/print").is_ok());
        assert!(Printer::new("http://127.0.0.1:631/printers/kiosk").is_ok());
        for bad in ["", "file:///tmp/x", "ipps://localhost/x", "ipp:///x", "принтер", "localhost:631"]
        {
            assert_eq!(Printer::new(bad).map(|_| ()), Err(PrintError::Address), "{bad}");
        }
    }
}
