//! The HTTP client: reqwest over rustls with the deployment's CA alone, one long-lived HTTP/2
//! connection, no proxy, no redirects. Time-outs are of silence, never of the whole: a line that
//! carries 10 kbit/s is slow, not broken.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, CONTENT_RANGE, DATE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use reqwest::{Method, StatusCode, Url};
use zeroize::Zeroizing;

use super::wire::{self, Range};
use super::{Credential, Outcome, Portal, PortalError, Progress, tls};
use crate::clock::{Clock, Moment};
use crate::domain::Digest;
use crate::private::Secret;

/// Nothing came and nothing went for so long: the line is taken for cut.
const SILENCE: Duration = Duration::from_secs(60);
const CONNECT: Duration = Duration::from_secs(30);
/// Larger bodies go in pieces of this size, so that silence can be told from slowness.
const PIECE: usize = 16 * 1024;
/// The largest answer read: a keyset or a problem document.
const MAX_ANSWER: usize = 256 * 1024;

/// A portal over HTTP. The connection is made when first needed and kept.
pub struct HttpPortal {
    base: Url,
    clock: Clock,
    inner: RwLock<Inner>,
}

struct Inner {
    http: reqwest::Client,
    tls_ca: Vec<Vec<u8>>,
    /// The whole `Authorization` value of this kiosk.
    kiosk: Option<HeaderValue>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

fn client(tls_ca: &[Vec<u8>], clock: &Clock) -> Result<reqwest::Client, PortalError> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls::client(tls_ca, clock)?)
        .http2_prior_knowledge()
        .https_only(true)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .pool_idle_timeout(None)
        .pool_max_idle_per_host(1)
        // Probes cost bytes on a metered line; a dead line shows at the next request.
        .tcp_keepalive(Duration::from_secs(300))
        .tcp_user_timeout(SILENCE * 2)
        .build()
        .map_err(|_| PortalError::Unreachable)
}

impl HttpPortal {
    /// `base`: `https://host:port`. `tls_ca`: DER of the CA certificates in the keyset held.
    pub fn new(base: &str, tls_ca: Vec<Vec<u8>>, clock: Clock) -> Result<Self, PortalError> {
        let base = Url::parse(base).map_err(|_| PortalError::Unreachable)?;
        if base.scheme() != "https" || base.cannot_be_a_base() {
            return Err(PortalError::Unreachable);
        }
        let http = client(&tls_ca, &clock)?;
        Ok(Self { base, clock, inner: RwLock::new(Inner { http, tls_ca, kiosk: None }) })
    }

    /// After enrolment, or from the kiosk's settings.
    pub fn set_credential(&self, credential: &Secret) -> Result<(), PortalError> {
        let text = [wire::KIOSK_SCHEME.as_bytes(), b" ", credential.bytes()].concat();
        let text = Zeroizing::new(text);
        let value = HeaderValue::from_bytes(&text).map_err(|_| PortalError::Unreadable)?;
        self.change(|inner| inner.kiosk = Some(value));
        Ok(())
    }

    /// A new keyset may bring another CA: connections made from now on are judged by it.
    pub fn trust(&self, tls_ca: Vec<Vec<u8>>) -> Result<(), PortalError> {
        let http = client(&tls_ca, &self.clock)?;
        self.change(|inner| {
            if inner.tls_ca != tls_ca {
                inner.http = http;
                inner.tls_ca = tls_ca;
            }
        });
        Ok(())
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.inner.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// A line that fell silent may never say that it is dead: the next request makes a new one.
    fn forget_connection(&self) {
        let tls_ca = self.inner.read().unwrap_or_else(PoisonError::into_inner).tls_ca.clone();
        if let Ok(http) = client(&tls_ca, &self.clock) {
            self.change(|inner| inner.http = http);
        }
    }

    fn url(&self, parts: &[&str]) -> Result<Url, PortalError> {
        let mut url = self.base.clone();
        url.set_path(wire::BASE);
        url.path_segments_mut().map_err(|()| PortalError::Unreachable)?.extend(parts);
        Ok(url)
    }

    async fn call(
        &self,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Option<Vec<u8>>,
    ) -> Result<Answer, PortalError> {
        let http = self.inner.read().unwrap_or_else(PoisonError::into_inner).http.clone();
        let sent = Arc::new(AtomicU64::new(0));
        let mut request = http.request(method, url).headers(headers);
        if let Some(body) = body {
            request = pieces(request, body, &sent);
        }
        let answered = async {
            let request = request.send();
            tokio::pin!(request);
            let mut seen = 0;
            loop {
                tokio::select! {
                    done = &mut request => break done.map_err(|e| fault(&e)),
                    () = tokio::time::sleep(SILENCE) => {
                        let now = sent.load(Ordering::Relaxed);
                        if now == seen {
                            break Err(PortalError::Cut);
                        }
                        seen = now;
                    }
                }
            }
        };
        let answer = match answered.await {
            Ok(response) => read(response).await,
            Err(e) => Err(e),
        };
        match &answer {
            Ok(answer) => {
                if let Some(at) = answer.headers.get(DATE).and_then(date) {
                    self.clock.proven(at);
                }
            }
            Err(_) => self.forget_connection(),
        }
        answer
    }

    async fn envelope(
        &self,
        envelope: Digest,
        range: Option<Range>,
        part: Vec<u8>,
    ) -> Result<Progress, PortalError> {
        let mut headers = HeaderMap::new();
        if let Some(range) = range {
            headers.insert(CONTENT_RANGE, value(&range.to_string())?);
        }
        if let Some(kiosk) = &self.inner.read().unwrap_or_else(PoisonError::into_inner).kiosk {
            headers.insert(AUTHORIZATION, kiosk.clone());
        }
        let url = self.url(&["envelopes", &envelope.to_string()])?;
        let answer = self.call(Method::PUT, url, headers, Some(part)).await?;
        match answer.status {
            StatusCode::ACCEPTED | StatusCode::CONFLICT => {
                let held = answer.headers.get(wire::UPLOAD_OFFSET).and_then(|v| v.to_str().ok());
                match held.and_then(|v| v.parse().ok()) {
                    Some(held) => Ok(Progress::Offset(held)),
                    None => Err(answer.problem()),
                }
            }
            _ => answer.outcome().map(Progress::Done),
        }
    }
}

impl Answer {
    fn is(&self, media_type: &str) -> bool {
        let given = self.headers.get(reqwest::header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        given.and_then(|t| t.split(';').next()).is_some_and(|t| t.trim().eq_ignore_ascii_case(media_type))
    }

    fn outcome(self) -> Result<Outcome, PortalError> {
        match self.status {
            StatusCode::OK if self.is(wire::COSE) => Ok(Outcome::Receipt(self.body)),
            StatusCode::UNPROCESSABLE_ENTITY if self.is(wire::COSE) => Ok(Outcome::Notice(self.body)),
            _ => Err(self.problem()),
        }
    }

    fn json<T: serde::de::DeserializeOwned>(self) -> Result<T, PortalError> {
        if !self.status.is_success() {
            return Err(self.problem());
        }
        serde_json::from_slice(&self.body).map_err(|_| PortalError::Unreadable)
    }

    fn problem(self) -> PortalError {
        let wait = self.headers.get(reqwest::header::RETRY_AFTER).and_then(|v| v.to_str().ok());
        if let Some(seconds) = wait.and_then(|v| v.parse().ok()) {
            return PortalError::Busy { seconds };
        }
        if !self.is(wire::PROBLEM) || self.status.is_success() {
            return PortalError::Unreadable;
        }
        match serde_json::from_slice::<wire::Problem>(&self.body) {
            Ok(p) => PortalError::Problem { status: self.status.as_u16(), code: p.code },
            Err(_) => PortalError::Unreadable,
        }
    }
}

/// A small body is one frame; a larger one is counted piece by piece.
fn pieces(
    request: reqwest::RequestBuilder,
    body: Vec<u8>,
    sent: &Arc<AtomicU64>,
) -> reqwest::RequestBuilder {
    if body.len() <= PIECE {
        return request.body(body);
    }
    let length = body.len();
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
    request.header(reqwest::header::CONTENT_LENGTH, length).body(reqwest::Body::wrap_stream(stream))
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
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(e) = source {
        let inside = e
            .downcast_ref::<std::io::Error>()
            .and_then(|io| io.get_ref())
            .and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if let Some(rustls::Error::InvalidCertificate(_)) = inside.or(e.downcast_ref()) {
            return PortalError::Untrusted;
        }
        source = e.source();
    }
    if error.is_connect() { PortalError::Unreachable } else { PortalError::Cut }
}

/// IMF-fixdate (RFC 9110 §5.6.7), which is RFC 2822 with `GMT`.
fn date(value: &HeaderValue) -> Option<Moment> {
    let text = value.to_str().ok()?.strip_suffix(" GMT")?;
    let format = &time::format_description::well_known::Rfc2822;
    let at = time::OffsetDateTime::parse(&format!("{text} +0000"), format).ok()?;
    Some(Moment(at.unix_timestamp()))
}

fn value(text: &str) -> Result<HeaderValue, PortalError> {
    HeaderValue::from_str(text).map_err(|_| PortalError::Unreadable)
}

fn visitor(scheme: &str, secret: &str) -> Result<HeaderMap, PortalError> {
    let mut value = value(&Zeroizing::new(format!("{scheme} {secret}")))?;
    // Kept out of the connection's header table: the next visitor shares the connection.
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(AUTHORIZATION, value)]))
}

impl Portal for HttpPortal {
    fn about(&self) -> BoxFuture<'_, Result<wire::About, PortalError>> {
        Box::pin(async {
            let url = self.url(&["about"])?;
            self.call(Method::GET, url, HeaderMap::new(), None).await?.json()
        })
    }

    fn keyset(&self, held: Option<u64>) -> BoxFuture<'_, Result<Option<Vec<u8>>, PortalError>> {
        Box::pin(async move {
            let mut headers = HeaderMap::new();
            if let Some(held) = held {
                headers.insert(IF_NONE_MATCH, value(&format!("\"{held}\""))?);
            }
            let answer = self.call(Method::GET, self.url(&["keyset"])?, headers, None).await?;
            match answer.status {
                StatusCode::NOT_MODIFIED => Ok(None),
                StatusCode::OK if answer.is(wire::COSE) && answer.headers.contains_key(ETAG) => {
                    Ok(Some(answer.body))
                }
                _ => Err(answer.problem()),
            }
        })
    }

    fn progress(&self, envelope: Digest, total: u64) -> BoxFuture<'_, Result<Progress, PortalError>> {
        Box::pin(self.envelope(envelope, Some(Range::Ask { total }), vec![]))
    }

    fn put(
        &self,
        envelope: Digest,
        offset: u64,
        total: u64,
        part: Vec<u8>,
    ) -> BoxFuture<'_, Result<Progress, PortalError>> {
        let to = offset.saturating_add(part.len() as u64);
        // A whole envelope needs no range: its bytes are dear on a slow line.
        let range = (to - offset != total).then_some(Range::Part { from: offset, to, total });
        Box::pin(self.envelope(envelope, range, part))
    }

    fn receipt(
        &self,
        lookup: [u8; 16],
        access: Zeroizing<[u8; 32]>,
    ) -> BoxFuture<'_, Result<Outcome, PortalError>> {
        Box::pin(async move {
            use base64::Engine as _;
            let key = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(access.as_ref());
            let headers = visitor(wire::VISITOR_SCHEME, &Zeroizing::new(key))?;
            let url = self.url(&["receipts", &hex::encode(lookup)])?;
            self.call(Method::GET, url, headers, None).await?.outcome()
        })
    }

    fn status(
        &self,
        number: String,
        code: Zeroizing<String>,
    ) -> BoxFuture<'_, Result<wire::StatusAnswer, PortalError>> {
        Box::pin(async move {
            // What no header can carry is no code that was ever printed.
            let not_found = |_| PortalError::Problem { status: 404, code: "server.not-found".to_owned() };
            let headers = visitor(wire::CODE_SCHEME, &code).map_err(not_found)?;
            let url = self.url(&["letters", &number, "status"])?;
            self.call(Method::GET, url, headers, None).await?.json()
        })
    }

    fn enrol(&self, code: Zeroizing<String>, name: String) -> BoxFuture<'_, Result<Credential, PortalError>> {
        Box::pin(async move {
            let asked = wire::Enrol { code: code.to_string(), name };
            let body = serde_json::to_vec(&asked).map_err(|_| PortalError::Unreadable)?;
            let json = HeaderValue::from_static("application/json");
            let headers = HeaderMap::from_iter([(reqwest::header::CONTENT_TYPE, json)]);
            let answer = self.call(Method::POST, self.url(&["enrolments"])?, headers, Some(body)).await?;
            let given: wire::Enrolled = answer.json()?;
            let secret = Secret::from_vec(given.credential.into_bytes());
            self.set_credential(&secret)?;
            Ok(Credential { kiosk: given.kiosk, secret })
        })
    }
}
