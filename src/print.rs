//! Documents (receipt, letter, draft sheets) → tagged PDF/A-2a + PDF/UA-1 → printer.
//!
//! # How a screen uses it
//!
//! Making a document is pure and takes some 10–50 ms: do it off the UI thread.
//!
//! ```ignore
//! let pdf = tokio::task::spawn_blocking(move || receipt_pdf(&paper)).await??;   // Result<Pdf, PrintError>
//! let job = printer.print(pdf);            // starts at once on the tokio runtime; returns a handle
//! let mut status = job.status();           // watch::Receiver<Progress>; the screen subscribes to it
//! job.cancel();                            // the visitor's button
//! ```
//!
//! Keep the [`printer::Job`] in the session: when it is dropped, a job that waits (paper out, jam,
//! queued) is cancelled, so that nobody's letter comes out in front of the next visitor; pages that
//! are already coming out are finished. [`Printer::ready`] tells before the button is offered
//! whether a printer answers. [`printer::Progress::words`] are the words to show.
//!
//! A [`Pdf`] lives in memory alone and is wiped when dropped; nothing here writes to a disk. To
//! give it to the visitor on a stick, hand `pdf.bytes()` to `files::save`.
//!
//! Same input, same bytes: no clock, no randomness, no system fonts.

mod answer;
mod blocks;
mod draft;
mod font;
mod history;
mod job;
mod letter;
mod ornament;
mod paint;
pub mod printer;
mod qr;
mod receipt;
mod sheet;
mod signed;
mod stored;
mod text;
mod verdict;

pub use answer::{AnswerPaper, answer_pdf};
pub use draft::{DraftSheets, draft_code_pdf, draft_sheets_pdf};
pub use history::{Happened, HistoryPaper, history_pdf};
pub use letter::{PenLetter, pen_letter_pdf};
pub use printer::{Job, Printer, Progress};
pub use receipt::{ReceiptPaper, receipt_pdf};
pub use signed::{SignedCopy, signed_letter_pdf};
pub use stored::{StoredPaper, stored_pdf};
pub use verdict::{Checked, VerdictPaper, verdict_pdf};

use zeroize::Zeroizing;

use crate::fault::{Code, Coded};

/// A finished document. No `Debug`: it holds the visitor's words.
pub struct Pdf {
    bytes: Zeroizing<Vec<u8>>,
    pages: usize,
    unprintable: usize,
}

impl Pdf {
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn pages(&self) -> usize {
        self.pages
    }

    /// How many characters (emoji, unknown scripts) stand as ○, which the paper also says.
    pub fn unprintable(&self) -> usize {
        self.unprintable
    }
}

impl AsRef<[u8]> for Pdf {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Why there is no paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    #[error("the document could not be laid out")]
    Document,
    #[error("the data does not fit a QR code")]
    Qr,
    #[error("the printer's address is not an ipp:// or http:// address")]
    Address,
    #[error("the printer does not answer")]
    Offline,
    #[error("the printer refused the request (IPP status {0:#06x})")]
    Refused(u16),
    #[error("the printer does not take PDF")]
    NoPdf,
}

impl Coded for PrintError {
    fn code(&self) -> Code {
        Code(match self {
            PrintError::Document => "print.document",
            PrintError::Qr => "print.qr",
            PrintError::Address => "print.address",
            PrintError::Offline => "print.offline",
            PrintError::Refused(_) => "print.refused",
            PrintError::NoPdf => "print.no-pdf",
        })
    }
}
