//! Paper, sticks and saved drafts, with real programs as judges: qpdf, poppler, zbar, an IPP
//! printer, real mounts.

#[path = "paper/documents.rs"]
mod documents;
#[path = "support/office.rs"]
mod office;
#[path = "support/port.rs"]
mod port;
#[path = "paper/printer.rs"]
mod printer;
#[path = "paper/samples.rs"]
mod samples;
#[path = "paper/sticks.rs"]
mod sticks;
