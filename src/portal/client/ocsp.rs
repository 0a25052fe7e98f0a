//! Questions to OCSP responders over plain HTTP (RFC 6960 appendix A).

use std::time::Duration;

use super::plain;
use crate::portal::{PortalError, wire};
use crate::sign::online::{Fetch, MAX_ANSWER, NoAnswer};

/// An answer has a few thousand bytes: on a line of 10 kbit/s some seconds.
const WHOLE: Duration = Duration::from_secs(20);

/// Bytes of an address out of a certificate.
const LONGEST: usize = 512;

/// A host and port that certificates may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    name: String,
    port: u16,
}

impl Host {
    /// `host` or `host:port`, an IPv6 address in brackets; port 80 where none is named.
    pub fn parse(text: &str) -> Option<Self> {
        if text.contains(['/', '@', '?', '#', '\\']) || text.contains(char::is_whitespace) {
            return None;
        }
        Self::of(&format!("http://{text}/"))
    }

    /// Where a plain address (`http://…`) leads; `None` for any other, and for one with a user's name.
    pub fn of(address: &str) -> Option<Self> {
        let url = plain::place(address).ok().filter(|_| address.len() <= LONGEST)?;
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        Some(Self { name: url.host_str()?.to_owned(), port: url.port_or_known_default()? })
    }
}

impl std::fmt::Display for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.port {
            80 => f.write_str(&self.name),
            port => write!(f, "{}:{port}", self.name),
        }
    }
}

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
