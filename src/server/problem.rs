//! Problem documents (RFC 9457). They say what a kiosk's program and the portal's staff need, and
//! never a word of a visitor's.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::domain::Digest;
use crate::fault::Code;
use crate::i18n::{Lang, Msg, tr};
use crate::portal::wire;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    pub code: Code,
    pub detail: Option<&'static str>,
    /// Seconds.
    pub retry_after: Option<u64>,
    pub upload_offset: Option<u64>,
}

impl Refusal {
    pub fn new(status: u16, code: Code) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(30);
        Self { status, code, detail: None, retry_after, upload_offset: None }
    }

    pub fn bad(detail: &'static str) -> Self {
        Self { detail: Some(detail), ..Self::new(400, Code("server.bad-request")) }
    }

    pub fn not_found() -> Self {
        Self::new(404, Code("server.not-found"))
    }

    pub fn unavailable() -> Self {
        Self::new(503, Code("server.unavailable"))
    }

    pub fn not_enrolled() -> Self {
        Self::new(401, Code("server.not-enrolled"))
    }

    pub fn too_many(seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..Self::new(429, Code("server.too-many")) }
    }

    /// The part does not begin where the portal's bytes end.
    pub fn offset(held: u64) -> Self {
        Self { upload_offset: Some(held), ..Self::new(409, Code("server.offset")) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let title = Msg::from_id(&self.code.message_id()).map(|m| tr(Lang::En, m)).unwrap_or_default();
        let mut problem = wire::Problem::new(self.status.as_u16(), self.code.0, &title);
        problem.detail = self.detail.map(str::to_owned);
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response =
            (self.status, [(header::CONTENT_TYPE, HeaderValue::from_static(wire::PROBLEM))], body)
                .into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(held) = self.upload_offset {
            headers.insert(wire::UPLOAD_OFFSET, HeaderValue::from(held));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(wire::KIOSK_SCHEME));
        }
        response
    }
}

/// In time that does not tell where they differ.
pub fn same(a: &Digest, b: &Digest) -> bool {
    let differing = a.0.iter().zip(&b.0).fold(0u8, |d, (x, y)| d | (x ^ y));
    std::hint::black_box(differing) == 0
}
