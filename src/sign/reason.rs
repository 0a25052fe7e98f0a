//! Every reason that keeps a verdict from being *valid*, and how bad each is.

use super::verdict::Outcome;
use crate::fault::{Code, Coded};

/// Why a verdict is not *valid*. Each is a fault code with words and a remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The bytes are not a CMS SignedData: there is nothing to judge.
    NoSignature,
    /// A CMS SignedData that cannot be read, or breaks the standard's rules.
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
    /// More ways lead up from the certificate than are tried: whether one of them holds is open.
    TooComplex,
    /// A name outside of what an authority above may certify (RFC 5280 §4.2.1.10).
    NameConstraint,
    /// No policy is left that the path must have (RFC 5280 §6.1.5).
    Policy,
    /// A certificate is not made as the profile says (RFC 5280 §4).
    Profile,
    Revoked,
    /// It was asked whether a certificate was revoked, and no sound answer was at hand.
    RevocationUnknown,
    /// A timestamp over another signature (RFC 3161 §2.4.2).
    ImprintWrong,
    /// An XML document with a document type, or in an encoding that is not read here.
    XmlKind,
    /// The signature is over something outside of the file.
    Outside,
    /// The document is changed before it is hashed, in a way that is not followed here.
    Transform,
    /// Two elements have the id that a signature names: nobody knows which was signed.
    DoubledId,
    /// A part of the document stands outside of what was signed.
    PartOnly,
    /// The bytes that a PDF signature says it is over are not the file around it.
    ByteRange,
    /// Something other than signatures and their proofs was added to a PDF document.
    ChangedAfter,
    /// A later signature shows itself on a page of a PDF document: whether it hides anything is open.
    MarkedAfter,
    /// A PDF document that is encrypted.
    Encrypted,
    /// A message that is encrypted for whom it was sent to: what it holds is not seen.
    Sealed,
    /// A compressed message, an archive or a container of files: what it holds is not looked into.
    Packed,
    /// A critical extension that this program does not know (RFC 5280 §4.2).
    CriticalExtension,
}

impl Reason {
    pub fn outcome(self) -> Outcome {
        match self {
            Reason::NoSignature
            | Reason::ContentMissing
            | Reason::CertificateMissing
            | Reason::Algorithm
            | Reason::ClockDoubtful
            | Reason::NoTrust
            | Reason::CriticalExtension
            | Reason::RevocationUnknown
            | Reason::XmlKind
            | Reason::Encrypted
            | Reason::Sealed
            | Reason::Packed
            | Reason::MarkedAfter
            | Reason::Outside
            | Reason::Transform
            | Reason::TooComplex
            | Reason::TooLarge => Outcome::CouldNotCheck,
            _ => Outcome::NotValid,
        }
    }
}

impl Coded for Reason {
    fn code(&self) -> Code {
        Code(match self {
            Reason::NoSignature => "sign.no-signature",
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
            Reason::TooComplex => "sign.too-complex",
            Reason::NameConstraint => "sign.name-constraint",
            Reason::Policy => "sign.policy",
            Reason::Profile => "sign.profile",
            Reason::Revoked => "sign.revoked",
            Reason::RevocationUnknown => "sign.revocation-unknown",
            Reason::ImprintWrong => "sign.imprint-wrong",
            Reason::XmlKind => "sign.xml-kind",
            Reason::Outside => "sign.outside",
            Reason::Transform => "sign.transform",
            Reason::DoubledId => "sign.doubled-id",
            Reason::PartOnly => "sign.part-only",
            Reason::ByteRange => "sign.byte-range",
            Reason::ChangedAfter => "sign.changed-after",
            Reason::MarkedAfter => "sign.marked-after",
            Reason::Encrypted => "sign.encrypted",
            Reason::Sealed => "sign.sealed",
            Reason::Packed => "sign.packed",
            Reason::CriticalExtension => "sign.critical-extension",
        })
    }
}

/// The worst of the reasons' outcomes; none is *valid*.
pub fn worst(reasons: &[Reason]) -> Outcome {
    reasons.iter().map(|r| r.outcome()).max().unwrap_or(Outcome::Valid)
}
