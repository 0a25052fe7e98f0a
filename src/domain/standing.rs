//! What a portal says of a certificate by the lists of revoked certificates that it keeps, where no
//! responder can be asked. The list itself is the authority's and too long for a kiosk's line; that this is
//! what stands in it is the portal's word.

use super::Digest;
use crate::clock::Moment;

/// What of a certificate lists are looked through by: nothing that says whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// DER of the issuer's name.
    pub issuer: Vec<u8>,
    /// SHA-256 of the issuer's public key (the BIT STRING's octets).
    pub key: Digest,
    /// DER of the serial number.
    pub serial: Vec<u8>,
    pub authority: bool,
    pub not_after: Moment,
    /// Its CRLDistributionPoints (RFC 5280 §4.2.1.13) in DER; empty where it has none.
    pub points: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Good,
    Revoked(Moment),
    /// No list says it: none is current, or none is about such certificates.
    Unknown,
}

/// The portal's word, and by which list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// SHA-256 of the question's bytes.
    pub question: Digest,
    pub made: Moment,
    pub state: State,
    pub list: List,
    pub practice: bool,
}

/// Which list was looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Whose it is.
    pub by: String,
    /// CRLNumber; decimal, or hexadecimal where it is a very long one.
    pub number: Option<String>,
    pub this_update: Moment,
    pub next_update: Option<Moment>,
}
