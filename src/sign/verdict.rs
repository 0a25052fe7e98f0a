//! Three values: *valid*, *not valid*, *could not check*. An outage, a doubtful clock or an
//! algorithm this program does not know is never "not valid", and never "valid".

use super::certificate::Certificate;
use super::revocation::Consulted;
use super::timestamp::Timestamp;
use crate::clock::Moment;
use crate::domain::signer::Owner;
use crate::i18n::{Msg, Text};
use crate::private::Private;

pub use super::reason::{Reason, worst};

/// Ordered from best to worst: the worst of several is the whole's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Valid,
    CouldNotCheck,
    NotValid,
}

impl Outcome {
    pub fn text(self) -> Text {
        Text::new(match self {
            Outcome::Valid => Msg::SignValid,
            Outcome::CouldNotCheck => Msg::SignCouldNotCheck,
            Outcome::NotValid => Msg::SignNotValid,
        })
    }

    /// `valid`, `not-valid`, `could-not-check`: for machines, never changed.
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::Valid => "valid",
            Outcome::CouldNotCheck => "could-not-check",
            Outcome::NotValid => "not-valid",
        }
    }
}

/// Whether it was asked if the certificate was revoked, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Revocation {
    /// Nobody was asked: the report says so.
    NotConsulted,
    /// A sound list or answer says that it was not.
    Good,
    Revoked,
    /// What was at hand gave no sound answer.
    Unknown,
}

/// How firmly a signature holds its certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// The signature names its certificate by a sound digest (CAdES-BES).
    Cades,
    /// CMS that does not: whoever holds another certificate for the same key may put it in.
    Cms,
    /// XML whose signed properties name the certificate (ETSI EN 319 132-1).
    Xades,
    /// XML that does not.
    Xml,
}

/// What of the document a signature is over.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Covers {
    #[default]
    Whole,
    /// Elements of an XML document, each by its name and id.
    Part(Vec<String>),
    /// The document as it was before others signed it too, or added what proves signatures.
    Earlier,
}

/// One signer of a signature file.
#[derive(Clone, Debug)]
pub struct SignerReport {
    pub reasons: Vec<Reason>,
    pub owner: Private<Owner>,
    /// DER; empty where the certificate was not found.
    pub certificate: Private<Vec<u8>>,
    /// The certificate's term; `None` where it was not found.
    pub term: Option<(Moment, Moment)>,
    /// The authority that issued the certificate, by its own claim.
    pub issuer: String,
    /// `None` where there was no certificate to compare with, or no way to.
    pub format: Option<Format>,
    /// The time the signer wrote into the signature: a claim, not a proof.
    pub claimed_time: Option<Moment>,
    /// The trusted set that the chain ends in.
    pub set: Option<String>,
    pub revocation: Revocation,
    /// Lists and answers that were looked at.
    pub consulted: Vec<Consulted>,
    /// The certificate, then its authorities up to the trusted one; alone where no path was found.
    pub path: Vec<Certificate>,
    /// The time that all was judged at: now, or the time that a timestamp proves.
    pub judged_at: Option<Moment>,
    /// Timestamps over the signature: one that is valid proves a time.
    pub timestamps: Vec<Timestamp>,
    /// Checked by arithmetic whose certified form is another program's (GOST).
    pub preliminary: bool,
    /// Who signed this signature in turn (RFC 5652 §11.4): reported, decides nothing.
    pub countersigners: Vec<SignerReport>,
    pub practice: bool,
    pub covers: Covers,
}

impl SignerReport {
    pub fn outcome(&self) -> Outcome {
        worst(&self.reasons)
    }
}

/// What came of judging a signature file. Every signer must be valid for the whole to be.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Reasons that concern the file, not one signer.
    pub reasons: Vec<Reason>,
    pub signers: Vec<SignerReport>,
    content: Option<Private<Vec<u8>>>,
}

impl Verdict {
    pub(super) fn refused(reason: Reason) -> Self {
        Self { reasons: vec![reason], signers: Vec::new(), content: None }
    }

    pub(super) fn new(signers: Vec<SignerReport>, content: Option<Private<Vec<u8>>>) -> Self {
        Self { reasons: Vec::new(), signers, content }
    }

    pub fn outcome(&self) -> Outcome {
        let signers = self.signers.iter().map(SignerReport::outcome).max();
        worst(&self.reasons).max(signers.unwrap_or(if self.reasons.is_empty() {
            Outcome::NotValid
        } else {
            Outcome::Valid
        }))
    }

    pub fn is_valid(&self) -> bool {
        self.outcome() == Outcome::Valid
    }

    /// All reasons, the file's first, each once.
    pub fn all_reasons(&self) -> Vec<Reason> {
        let mut out = Vec::new();
        for reason in self.reasons.iter().chain(self.signers.iter().flat_map(|s| &s.reasons)) {
            if !out.contains(reason) {
                out.push(*reason);
            }
        }
        out
    }

    /// The signer, where exactly one signed.
    pub fn signer(&self) -> Option<&SignerReport> {
        match self.signers.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The content inside an attached signature, only where all of it is valid: nothing is read
    /// from a file that did not prove who wrote it.
    pub fn valid_content(&self) -> Option<&[u8]> {
        self.content.as_ref().filter(|_| self.is_valid()).map(|c| c.expose().as_slice())
    }

    /// The content inside an attached signature, whatever the verdict: only for who compares it
    /// with a digest that was verified before.
    pub fn attached(&self) -> Option<&[u8]> {
        self.content.as_ref().map(|c| c.expose().as_slice())
    }

    /// Any signer's certificate comes from a practice authority.
    pub fn practice(&self) -> bool {
        self.signers.iter().any(|s| s.practice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_reason_decides() {
        assert_eq!(worst(&[]), Outcome::Valid);
        assert_eq!(worst(&[Reason::ClockDoubtful]), Outcome::CouldNotCheck);
        assert_eq!(worst(&[Reason::Algorithm, Reason::ContentChanged]), Outcome::NotValid);
    }

    #[test]
    fn nobody_is_never_valid() {
        assert_eq!(Verdict::new(vec![], None).outcome(), Outcome::NotValid);
        assert_eq!(Verdict::refused(Reason::TooLarge).outcome(), Outcome::CouldNotCheck);
    }
}
