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
    row("card.no-service", Retry::Itself),
    row("card.no-reader", Retry::Visitor),
    row("card.no-card", Retry::Visitor),
    row("card.pulled", Retry::Visitor),
    row("card.reader-gone", Retry::Visitor),
    row("card.held-by-other", Retry::Itself),
    row("card.reset", Retry::Visitor),
    row("card.unsupported", Retry::No),
    row("card.malformed", Retry::Visitor),
    row("card.slow", Retry::Visitor),
    row("card.wrong-pin", Retry::Visitor),
    row("card.blocked", Retry::No),
    row("card.last-try", Retry::Visitor),
    row("card.pin-format", Retry::Visitor),
    row("card.refused", Retry::No),
    row("card.other-card", Retry::Visitor),

    // sign
    row("sign.malformed", Retry::No),
    row("sign.too-large", Retry::No),
    row("sign.nobody-signed", Retry::No),
    row("sign.content-missing", Retry::Visitor),
    row("sign.content-changed", Retry::No),
    row("sign.other-content", Retry::Visitor),
    row("sign.signature-wrong", Retry::No),
    row("sign.certificate-missing", Retry::No),
    row("sign.not-bound", Retry::No),
    row("sign.other-certificate", Retry::No),
    row("sign.algorithm", Retry::No),
    row("sign.expired", Retry::No),
    row("sign.not-yet-valid", Retry::Visitor),
    row("sign.authority-expired", Retry::No),
    row("sign.clock-doubtful", Retry::Itself),
    row("sign.not-for-signing", Retry::No),
    row("sign.no-trust", Retry::No),
    row("sign.untrusted", Retry::No),
    row("sign.forged", Retry::No),
    row("sign.not-an-authority", Retry::No),
    row("sign.chain-too-long", Retry::No),
    row("sign.critical-extension", Retry::No),
    row("sign.not-a-certificate", Retry::No),
    row("sign.too-many-authorities", Retry::No),
    row("sign.key-kind", Retry::No),
    row("sign.time", Retry::No),
    row("sign.card-signature-wrong", Retry::Visitor),
    row("sign.random", Retry::No),
    row("sign.issue", Retry::No),

    // seal
    row("seal.no-random", Retry::Visitor),
    row("envelope.too-large", Retry::Visitor),
    row("envelope.unreadable", Retry::No),
    row("envelope.newer", Retry::No),
    row("envelope.unknown-key", Retry::Visitor),
    row("envelope.does-not-open", Retry::No),
    row("envelope.contents", Retry::No),
    row("envelope.bad-key", Retry::No),
    row("keyset.unreadable", Retry::Itself),
    row("keyset.newer", Retry::No),
    row("keyset.not-our-root", Retry::No),
    row("keyset.older", Retry::Itself),
    row("keyset.future", Retry::No),
    row("keyset.no-key", Retry::No),
    row("keyset.dropped", Retry::No),
    row("receipt.unreadable", Retry::No),
    row("receipt.signature", Retry::No),
    row("receipt.key-not-in-force", Retry::No),
    row("receipt.practice", Retry::No),
    row("receipt.unknown-key", Retry::Visitor),
    row("receipt.newer", Retry::No),

    // portal (what the client sees)
    row("portal.unreachable", Retry::Itself),
    row("portal.cut", Retry::Itself),
    row("portal.untrusted", Retry::Itself),
    row("portal.busy", Retry::Itself),
    row("portal.problem", Retry::No),
    row("portal.unreadable", Retry::Itself),

    // server (what a problem document or notice says)
    row("server.damaged", Retry::Itself),
    row("server.too-large", Retry::Visitor),
    row("server.malformed", Retry::No),
    row("server.wrongly-sealed", Retry::No),
    row("server.not-enrolled", Retry::No),
    row("server.enrolment-code", Retry::No),
    row("server.too-many", Retry::Itself),
    row("server.unavailable", Retry::Itself),
    row("server.not-found", Retry::Visitor),
    row("server.bad-request", Retry::No),
    row("server.signature-not-valid", Retry::Visitor),
    row("server.certificate-unknown", Retry::Visitor),
    row("server.certificate-expired", Retry::Visitor),
    row("server.could-not-check", Retry::Itself),
    row("server.statement-not-valid", Retry::No),
    row("server.other-portal", Retry::No),
    row("server.practice-letter", Retry::Visitor),
    row("server.real-letter", Retry::No),
    row("server.iin-mismatch", Retry::Visitor),
    row("server.attachments-mismatch", Retry::Visitor),
    row("server.unknown-form", Retry::No),
    row("server.unknown-body", Retry::Visitor),
    row("server.submission-reused", Retry::No),

    // outbox, store
    row("outbox.too-large", Retry::Visitor),
    row("outbox.stopped", Retry::No),
    row("outbox.receipt-wrong", Retry::No),
    row("outbox.could-not-check", Retry::Itself),
    row("store.full", Retry::No),
    row("store.locked", Retry::No),
    row("store.newer", Retry::No),
    row("store.foreign", Retry::No),
    row("store.unusable", Retry::No),
    row("store.damaged", Retry::No),

    // files (a stick, an attachment)

    // print

    // page, content, statement
    row("statement.too-long", Retry::Visitor),
    row("statement.unreadable", Retry::No),
    row("statement.newer", Retry::No),
    row("statement.not-canonical", Retry::No),
    row("statement.other-audience", Retry::No),
    row("statement.practice", Retry::No),
    row("statement.form", Retry::No),
    row("statement.body", Retry::No),
    row("statement.field", Retry::Visitor),
    row("content.calendar-ends", Retry::No),
    row("content.no-rule", Retry::No),
    row("content.damaged", Retry::No),
    row("draft.unreadable", Retry::No),
    row("draft.newer", Retry::No),
    row("draft.form-changed", Retry::Visitor),
];
