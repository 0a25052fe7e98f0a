//! The rows, by room. Add a code here, and its two messages to `locales/*/fault.ftl`.

use super::{Code, Fault, Retry};

const fn row(code: &'static str, retry: Retry) -> Fault {
    Fault { code: Code(code), retry }
}

#[rustfmt::skip]
pub const TABLE: &[Fault] = &[
    // config, paths
    row("config.unreadable", Retry::No),

    // card

    // sign

    // seal

    // portal (what the client sees)

    // server (what a problem document or notice says)

    // outbox, store

    // files (a stick, an attachment)

    // print

    // page, content, statement
];
