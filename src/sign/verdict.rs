//! Three values: *valid*, *not valid*, *could not check*. An outage, a doubtful clock or an
//! algorithm this program does not know is never "not valid", and never "valid".

use crate::clock::Moment;
use crate::domain::signer::Owner;
use crate::fault::{Code, Coded};
use crate::i18n::{Msg, Text};
use crate::private::Private;

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

/// Why a verdict is not *valid*. Each is a fault code with words and a remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The bytes are not a CMS SignedData.
    Malformed,
    TooLarge,
    NobodySigned,
    /// A detached signature, and the document was not given.
    ContentMissing,
    /// The document is not the one that was signed.
    ContentChanged,
    /// The signature holds another document than the one given beside it.
    OtherContent,
    SignatureWrong,
    /// The signer's certificate is not in the file, and not known here.
    CertificateMissing,
    /// signingCertificateV2 is absent: the signature is not bound to its certificate.
    NotBound,
    /// signingCertificateV2 names another certificate.
    OtherCertificate,
    /// An algorithm that this program does not check, or a key too weak to mean anything.
    Algorithm,
    Expired,
    NotYetValid,
    /// An authority in the chain was outside its own term.
    AuthorityExpired,
    ClockDoubtful,
    /// The certificate's key usage does not allow signing.
    NotForSigning,
    /// No authority is trusted here, so there was nothing to judge by.
    NoTrust,
    Untrusted,
    /// The certificate names an authority that did not sign it.
    Forged,
    /// The chain passes through a certificate that may not issue certificates.
    NotAnAuthority,
    ChainTooLong,
    /// A critical extension that this program does not know (RFC 5280 §4.2).
    CriticalExtension,
}

impl Reason {
    pub fn outcome(self) -> Outcome {
        match self {
            Reason::ContentMissing
            | Reason::CertificateMissing
            | Reason::Algorithm
            | Reason::ClockDoubtful
            | Reason::NoTrust
            | Reason::CriticalExtension
            | Reason::TooLarge => Outcome::CouldNotCheck,
            _ => Outcome::NotValid,
        }
    }
}

impl Coded for Reason {
    fn code(&self) -> Code {
        Code(match self {
            Reason::Malformed => "sign.malformed",
            Reason::TooLarge => "sign.too-large",
            Reason::NobodySigned => "sign.nobody-signed",
            Reason::ContentMissing => "sign.content-missing",
            Reason::ContentChanged => "sign.content-changed",
            Reason::OtherContent => "sign.other-content",
            Reason::SignatureWrong => "sign.signature-wrong",
            Reason::CertificateMissing => "sign.certificate-missing",
            Reason::NotBound => "sign.not-bound",
            Reason::OtherCertificate => "sign.other-certificate",
            Reason::Algorithm => "sign.algorithm",
            Reason::Expired => "sign.expired",
            Reason::NotYetValid => "sign.not-yet-valid",
            Reason::AuthorityExpired => "sign.authority-expired",
            Reason::ClockDoubtful => "sign.clock-doubtful",
            Reason::NotForSigning => "sign.not-for-signing",
            Reason::NoTrust => "sign.no-trust",
            Reason::Untrusted => "sign.untrusted",
            Reason::Forged => "sign.forged",
            Reason::NotAnAuthority => "sign.not-an-authority",
            Reason::ChainTooLong => "sign.chain-too-long",
            Reason::CriticalExtension => "sign.critical-extension",
        })
    }
}

/// The worst of the reasons' outcomes; none is *valid*.
pub fn worst(reasons: &[Reason]) -> Outcome {
    reasons.iter().map(|r| r.outcome()).max().unwrap_or(Outcome::Valid)
}

/// Whether it was asked if the certificate was revoked, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Revocation {
    /// Nobody was asked: the report says so.
    NotConsulted,
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
    /// The time the signer wrote into the signature: a claim, not a proof.
    pub claimed_time: Option<Moment>,
    /// The trusted set that the chain ends in.
    pub set: Option<String>,
    pub revocation: Revocation,
    pub practice: bool,
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
