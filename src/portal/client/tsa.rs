//! Questions to a timestamp authority over plain HTTP (RFC 3161 §3.4): the token is signed.

use std::time::Duration;

use super::plain;
use crate::portal::PortalError;
use crate::sign::tsp::MAX_REPLY;

const WHOLE: Duration = Duration::from_secs(20);

/// Asks and waits.
///
/// # Errors
/// Unreachable, cut, too slow, or something else than a reply came.
pub async fn ask(authority: &str, question: Vec<u8>) -> Result<Vec<u8>, PortalError> {
    let kinds = ("application/timestamp-query", "application/timestamp-reply");
    plain::post(authority, kinds, question, WHOLE, MAX_REPLY).await
}
