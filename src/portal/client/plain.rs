//! Plain HTTP for what proves itself: OCSP answers, lists of revoked certificates, timestamps. No
//! proxy, no redirect, a time limit for the whole, and no more bytes than are wanted. TLS is never
//! spoken: it would ask about certificates in turn.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Response, StatusCode, Url};

use crate::portal::PortalError;

const CONNECT: Duration = Duration::from_secs(10);

/// A place that may be asked: `http://host…`.
pub fn place(url: &str) -> Result<Url, PortalError> {
    let url = Url::parse(url).map_err(|_| PortalError::Unreachable)?;
    if url.scheme() == "http" && url.has_host() { Ok(url) } else { Err(PortalError::Unreachable) }
}

/// A client whose requests take at most `whole`.
pub fn client(whole: Duration) -> Result<Client, PortalError> {
    Client::builder()
        .tls_backend_preconfigured(nobody()?)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .timeout(whole)
        .build()
        .map_err(|_| PortalError::Unreachable)
}

/// Posts a question of one media type; the answer, where it is of the other, of at most `most` bytes.
pub async fn post(
    url: &str,
    (asked, answered): (&'static str, &'static str),
    question: Vec<u8>,
    whole: Duration,
    most: usize,
) -> Result<Vec<u8>, PortalError> {
    let question =
        client(whole)?.post(place(url)?).header(CONTENT_TYPE, HeaderValue::from_static(asked)).body(question);
    let response = question.send().await.map_err(|_| PortalError::Unreachable)?;
    let is = response.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if response.status() != StatusCode::OK || !is.starts_with(answered) {
        return Err(PortalError::Unreadable);
    }
    body(response, most).await
}

/// The whole body, of at most `most` bytes.
pub async fn body(mut response: Response, most: usize) -> Result<Vec<u8>, PortalError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| PortalError::Cut)? {
        if body.len() + chunk.len() > most {
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
