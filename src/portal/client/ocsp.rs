//! Questions to OCSP responders over plain HTTP (RFC 6960 appendix A): no proxy, no redirect, a time
//! limit for the whole, and no more bytes than an answer has.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{StatusCode, Url};

use crate::portal::{PortalError, wire};
use crate::sign::online::{Fetch, MAX_ANSWER, NoAnswer};

/// An answer has a few thousand bytes: on a line of 10 kbit/s some seconds.
const WHOLE: Duration = Duration::from_secs(20);
const CONNECT: Duration = Duration::from_secs(10);

/// Asks a responder and waits. Any response that is no OCSP answer by its own word is none.
///
/// # Errors
/// Unreachable, cut, too slow, or something else than an answer came.
pub async fn ask(responder: &str, question: Vec<u8>) -> Result<Vec<u8>, PortalError> {
    let url = Url::parse(responder).map_err(|_| PortalError::Unreachable)?;
    if url.scheme() != "http" || !url.has_host() {
        return Err(PortalError::Unreachable);
    }
    let http = reqwest::Client::builder()
        .tls_backend_preconfigured(nobody()?)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .build()
        .map_err(|_| PortalError::Unreachable)?;
    let question =
        http.post(url).header(CONTENT_TYPE, HeaderValue::from_static(wire::OCSP_REQUEST)).body(question);
    let mut response = question.send().await.map_err(|_| PortalError::Unreachable)?;
    let is = response.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if response.status() != StatusCode::OK || !is.starts_with(wire::OCSP_RESPONSE) {
        return Err(PortalError::Unreadable);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| PortalError::Cut)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(PortalError::Unreadable);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The client wants to know whom TLS trusts: nobody, for it is never spoken here.
fn nobody() -> Result<rustls::ClientConfig, PortalError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().map_err(|_| PortalError::Unreachable)?;
    Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
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
