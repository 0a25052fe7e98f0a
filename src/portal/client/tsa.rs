//! Questions to a timestamp authority over plain HTTP (RFC 3161 §3.4): the token is signed.

use std::time::Duration;

use super::plain;
use crate::portal::PortalError;
use crate::sign::tsp::MAX_REPLY;

/// Asks and waits, for the whole of the reply no longer than `patience`.
///
/// # Errors
/// Unreachable, cut, too slow, or something else than a reply came.
pub async fn ask(authority: &str, question: Vec<u8>, patience: Duration) -> Result<Vec<u8>, PortalError> {
    let kinds = ("application/timestamp-query", "application/timestamp-reply");
    plain::post(authority, kinds, question, patience, MAX_REPLY).await
}
