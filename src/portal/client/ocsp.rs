//! Questions to OCSP responders over plain HTTP (RFC 6960 appendix A).

use std::time::Duration;

use super::plain;
use crate::portal::{PortalError, wire};
use crate::sign::online::{Fetch, MAX_ANSWER, NoAnswer};

/// An answer has a few thousand bytes: on a line of 10 kbit/s some seconds.
const WHOLE: Duration = Duration::from_secs(20);

/// Asks a responder and waits. Any response that is no OCSP answer by its own word is none.
///
/// # Errors
/// Unreachable, cut, too slow, or something else than an answer came.
pub async fn ask(responder: &str, question: Vec<u8>) -> Result<Vec<u8>, PortalError> {
    plain::post(responder, (wire::OCSP_REQUEST, wire::OCSP_RESPONSE), question, WHOLE, MAX_ANSWER).await
}

/// Asks responders from a thread that may wait.
pub struct Direct(tokio::runtime::Runtime);

impl Direct {
    /// # Errors
    /// Where the system gives no means to wait for a line.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self(tokio::runtime::Builder::new_current_thread().enable_all().build()?))
    }
}

impl Fetch for Direct {
    fn ask(&self, responder: &str, question: &[u8]) -> Result<Vec<u8>, NoAnswer> {
        self.0.block_on(ask(responder, question.to_vec())).map_err(|_| NoAnswer)
    }
}
