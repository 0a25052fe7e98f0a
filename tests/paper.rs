//! Paper, sticks and saved drafts, with real programs as judges: qpdf, poppler, zbar, an IPP
//! printer, real mounts.

#[path = "support/cups.rs"]
mod cups;
#[path = "paper/documents.rs"]
mod documents;
#[path = "paper/followed.rs"]
mod followed;
#[path = "support/office.rs"]
mod office;
#[path = "support/port.rs"]
#[allow(dead_code)]
mod port;
#[path = "paper/printer.rs"]
mod printer;
#[path = "paper/samples.rs"]
mod samples;
#[path = "paper/scans.rs"]
mod scans;
#[path = "paper/spool.rs"]
mod spool;
#[path = "paper/sticks.rs"]
mod sticks;
