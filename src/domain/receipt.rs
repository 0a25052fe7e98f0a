//! The portal's signed word that a letter was registered, or was not accepted and why.

use time::Date;

use super::{Digest, SubmissionId};
use crate::clock::Moment;

/// What a receipt says; `seal::receipt` signs and reads it (COSE_Sign1, integer keys).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// `ЖТ-2026-00001234`, or `ОҚУ-…` in practice.
    pub number: String,
    pub registered: Moment,
    pub submission: SubmissionId,
    /// SHA-256 of the statement's canonical bytes.
    pub statement: Digest,
    /// SHA-256 of the whole envelope.
    pub envelope: Digest,
    pub body: String,
    /// The body's name in the letter's language.
    pub body_name: String,
    /// Name and post of who received it (АППК art. 64).
    pub received_by: String,
    pub due: Date,
    /// The law rule the date was counted by, for example `appk-76-15`.
    pub rule: String,
    pub practice: bool,
    /// The letter's language.
    pub language: String,
}

/// The last four digits of a letter's number: they tell staff which paper it is, and nobody else anything.
pub fn ending(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    digits.iter().skip(digits.len().saturating_sub(4)).collect()
}

/// A signed notice of non-acceptance: nothing was registered, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub time: Moment,
    pub submission: SubmissionId,
    pub envelope: Digest,
    /// A fault code such as `server.signature-not-valid`.
    pub reason: String,
    pub practice: bool,
}
