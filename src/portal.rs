//! The contract between kiosk and portal: wire types, the client trait, the HTTP client.
//! The OpenAPI document is made from these types.

pub mod client;
pub mod wire;

use futures::future::BoxFuture;

use crate::domain::Digest;
use crate::fault::{Code, Coded};

/// How far an envelope has come at the portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing or a part is there: go on at this byte.
    Offset(u64),
    /// COSE bytes of the stored receipt; byte-identical however often it is asked for.
    Receipt(Vec<u8>),
    /// COSE bytes of the signed notice of non-acceptance.
    Notice(Vec<u8>),
}

#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    #[error("no connection")]
    Unreachable,
    #[error("the connection was cut")]
    Cut,
    #[error("the portal's certificate does not come from this deployment")]
    Untrusted,
    #[error("the portal asks to wait {seconds} s")]
    Busy { seconds: u64 },
    #[error("the portal answered {status} {code}")]
    Problem { status: u16, code: String },
    #[error("the portal's answer could not be read")]
    Unreadable,
}

impl Coded for PortalError {
    fn code(&self) -> Code {
        Code(match self {
            PortalError::Unreachable => "portal.unreachable",
            PortalError::Cut => "portal.cut",
            PortalError::Untrusted => "portal.untrusted",
            PortalError::Busy { .. } => "portal.busy",
            PortalError::Problem { .. } => "portal.problem",
            PortalError::Unreadable => "portal.unreadable",
        })
    }
}

/// What a kiosk asks of a portal. One contract suite runs on every implementation.
pub trait Portal: Send + Sync + 'static {
    /// The signed keyset's bytes; the caller verifies them against the pinned root.
    fn keyset(&self) -> BoxFuture<'_, Result<Vec<u8>, PortalError>>;

    /// `HEAD /api/v1/envelopes/{sha256}`
    fn progress(&self, envelope: Digest) -> BoxFuture<'_, Result<Progress, PortalError>>;

    /// `PUT /api/v1/envelopes/{sha256}` of `total` bytes, from `offset` on. Repeating is harmless.
    fn put(
        &self,
        envelope: Digest,
        offset: u64,
        total: u64,
        part: Vec<u8>,
    ) -> BoxFuture<'_, Result<Progress, PortalError>>;
}
