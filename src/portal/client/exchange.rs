//! One request and its answer: silence told from slowness, errors told apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode, Url};

use crate::clock::Moment;
use crate::fault::Code;
use crate::portal::{Outcome, PortalError, Progress, tls, wire};

/// Nothing came and nothing went for so long: the line is taken for cut.
pub(super) const SILENCE: Duration = Duration::from_secs(60);
/// Larger bodies go in pieces of this size, so that silence can be told from slowness.
pub(super) const PIECE: usize = 16 * 1024;
/// The largest answer read: a keyset or a problem document.
const MAX_ANSWER: usize = 256 * 1024;

pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

pub(super) async fn exchange(
    http: &reqwest::Client,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
) -> Result<Answer, PortalError> {
    let sent = Arc::new(AtomicU64::new(0));
    let mut request = http.request(method, url).headers(headers);
    if let Some(body) = body {
        request = pieces(request, body, &sent);
    }
    let request = request.send();
    tokio::pin!(request);
    let mut seen = 0;
    loop {
        tokio::select! {
            done = &mut request => return read(done.map_err(|e| fault(&e))?).await,
            () = tokio::time::sleep(SILENCE) => {
                let now = sent.load(Ordering::Relaxed);
                if now == seen {
                    return Err(PortalError::Cut);
                }
                seen = now;
            }
        }
    }
}

impl Answer {
    pub fn is(&self, media_type: &str) -> bool {
        let given = self.headers.get(reqwest::header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        given.and_then(|t| t.split(';').next()).is_some_and(|t| t.trim().eq_ignore_ascii_case(media_type))
    }

    pub fn outcome(self) -> Result<Outcome, PortalError> {
        match self.status {
            StatusCode::OK if self.is(wire::COSE) => Ok(Outcome::Receipt(self.body)),
            StatusCode::UNPROCESSABLE_ENTITY if self.is(wire::COSE) => Ok(Outcome::Notice(self.body)),
            _ => Err(self.problem()),
        }
    }

    /// How far an envelope is, or what became of it.
    pub fn progress(self) -> Result<Progress, PortalError> {
        match self.status {
            StatusCode::ACCEPTED | StatusCode::CONFLICT => {
                let held = self.headers.get(wire::UPLOAD_OFFSET).and_then(|v| v.to_str().ok());
                match held.and_then(|v| v.parse().ok()) {
                    Some(held) => Ok(Progress::Offset(held)),
                    None => Err(self.problem()),
                }
            }
            _ => self.outcome().map(Progress::Done),
        }
    }

    pub fn json<T: serde::de::DeserializeOwned>(self) -> Result<T, PortalError> {
        if !self.status.is_success() {
            return Err(self.problem());
        }
        serde_json::from_slice(&self.body).map_err(|_| PortalError::Unreadable)
    }

    pub fn problem(self) -> PortalError {
        let wait = self.headers.get(reqwest::header::RETRY_AFTER).and_then(|v| v.to_str().ok());
        let said = self.is(wire::PROBLEM).then(|| serde_json::from_slice::<wire::Problem>(&self.body).ok());
        let said = said.flatten().map(|problem| problem.code);
        if let Some(seconds) = wait.and_then(|v| v.parse().ok()) {
            return PortalError::Busy { seconds, reason: said.as_deref().and_then(Code::listed) };
        }
        match said {
            Some(code) if !self.status.is_success() => {
                PortalError::Problem { status: self.status.as_u16(), code }
            }
            _ => PortalError::Unreadable,
        }
    }
}

/// A small body is one frame; a larger one is counted piece by piece.
fn pieces(request: reqwest::RequestBuilder, body: Vec<u8>, sent: &Arc<AtomicU64>) -> reqwest::RequestBuilder {
    if body.len() <= PIECE {
        return request.body(body);
    }
    let sent = sent.clone();
    let body = Arc::new(body);
    let stream = futures::stream::unfold(0usize, move |at| {
        let (body, sent) = (body.clone(), sent.clone());
        async move {
            let piece = body.get(at..)?.chunks(PIECE).next()?.to_vec();
            sent.fetch_add(1, Ordering::Relaxed);
            let next = at + piece.len();
            Some((Ok::<_, std::convert::Infallible>(piece), next))
        }
    });
    request.body(reqwest::Body::wrap_stream(stream))
}

async fn read(mut response: reqwest::Response) -> Result<Answer, PortalError> {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = vec![];
    loop {
        match tokio::time::timeout(SILENCE, response.chunk()).await {
            Err(_) => return Err(PortalError::Cut),
            Ok(Err(_)) => return Err(PortalError::Cut),
            Ok(Ok(None)) => return Ok(Answer { status, headers, body }),
            Ok(Ok(Some(chunk))) if body.len() + chunk.len() > MAX_ANSWER => {
                drop(chunk);
                return Err(PortalError::Unreadable);
            }
            Ok(Ok(Some(chunk))) => body.extend_from_slice(&chunk),
        }
    }
}

/// Which of ours an error of reqwest is.
fn fault(error: &reqwest::Error) -> PortalError {
    if let Some(certificate) = certificate(error) {
        if tls::of_time(certificate) { PortalError::Clock } else { PortalError::Untrusted }
    } else if error.is_connect() {
        PortalError::Unreachable
    } else {
        PortalError::Cut
    }
}

/// rustls's word stands somewhere below, wrapped in one `io::Error` or more, whose `source` skips it.
fn certificate<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e rustls::Error> {
    if let Some(found @ rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
        return Some(found);
    }
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    wrapped.and_then(|inner| certificate(inner)).or_else(|| error.source().and_then(certificate))
}

/// IMF-fixdate (RFC 9110 §5.6.7), which is RFC 2822 with `GMT`.
pub(super) fn date(value: &HeaderValue) -> Option<Moment> {
    let text = value.to_str().ok()?.strip_suffix(" GMT")?;
    let format = &time::format_description::well_known::Rfc2822;
    let at = time::OffsetDateTime::parse(&format!("{text} +0000"), format).ok()?;
    Some(Moment(at.unix_timestamp()))
}
