//! What the portal relays for kiosks on a slow line: questions about certificates to the one OCSP
//! responder that its keeper named, never to an address of the asker's choice. Good answers are
//! held for a while. The kiosk judges them itself: the portal could only withhold one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use super::app::App;
use super::http::{Peer, SILENCE, kiosk};
use super::problem::Refusal;
use crate::clock::Moment;
use crate::domain::Digest;
use crate::portal::client::ocsp;
use crate::portal::{PortalError, wire};
use crate::sign::ocsp::Answer;
use crate::sign::online::MAX_QUESTION;

/// Seconds that an answer is held at most: who was revoked since is known an hour later.
const HELD: i64 = 3_600;
/// Answers held at once, some thousand bytes each.
const MOST: usize = 1_024;

/// The responder, and its answers by the digest of their question.
#[derive(Default)]
pub struct Relay {
    responder: OnceLock<String>,
    held: Mutex<HashMap<Digest, (Moment, Vec<u8>)>>,
}

impl Relay {
    /// Names the responder; the first name stays.
    pub fn to(&self, responder: String) {
        let _ = self.responder.set(responder);
    }

    pub fn is_named(&self) -> bool {
        self.responder.get().is_some()
    }

    /// The responder's answer, or the one that is held; `None` where no responder is named.
    pub async fn ask(&self, question: &[u8], now: Moment) -> Result<Option<Vec<u8>>, PortalError> {
        let Some(responder) = self.responder.get() else { return Ok(None) };
        let name = Digest::of(question);
        if let Some(answer) = self.held(name, now) {
            return Ok(Some(answer));
        }
        let answer = ocsp::ask(responder, question.to_vec()).await?;
        // What says that it could not answer is handed on, and not held.
        if let Some(read) = Answer::from_der(&answer) {
            let until = read.until().unwrap_or(now).min(now.plus(HELD));
            self.hold(name, until, answer.clone(), now);
        }
        Ok(Some(answer))
    }

    fn held(&self, question: Digest, now: Moment) -> Option<Vec<u8>> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(&question).filter(|(until, _)| *until > now).map(|(_, answer)| answer.clone())
    }

    fn hold(&self, question: Digest, until: Moment, answer: Vec<u8>, now: Moment) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MOST {
            held.retain(|_, (until, _)| *until > now);
        }
        if held.len() < MOST {
            held.insert(question, (until, answer));
        }
    }
}

/// Whether a certificate was revoked: an OCSP question (RFC 6960) relayed to the responder that this
/// portal's keeper named. One without a nonce may get an answer that is held, an hour old at most.
#[utoipa::path(post, tag = "v1", path = "/api/v1/ocsp", security(("kiosk" = [])),
    request_body(content = [u8], content_type = "application/ocsp-request"), responses(
    (status = 200, description = "the responder's answer", content_type = "application/ocsp-response", body = [u8]),
    (status = 400, content_type = "application/problem+json", body = wire::Problem), (status = 401, content_type = "application/problem+json", body = wire::Problem),
    (status = 404, description = "no responder is named", content_type = "application/problem+json", body = wire::Problem),
    (status = 429, content_type = "application/problem+json", body = wire::Problem), (status = 503, description = "the responder gave no answer", content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn relay(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let kiosk = kiosk(&app, peer, &headers).await?;
    app.limits.relay.take(kiosk).map_err(Refusal::too_many)?;
    if !app.relay.is_named() {
        return Err(Refusal::not_found());
    }
    let read = tokio::time::timeout(SILENCE, axum::body::to_bytes(body, MAX_QUESTION)).await;
    let Ok(Ok(question)) = read else {
        return Err(Refusal::bad("the question is too long or did not come"));
    };
    if question.first() != Some(&0x30) {
        return Err(Refusal::bad("not an OCSP question"));
    }
    let answer = app.relay.ask(&question, app.clock.now().wall).await.map_err(|_| Refusal::unavailable())?;
    answer.map(said).ok_or(Refusal::not_found())
}

fn said(answer: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(wire::OCSP_RESPONSE))], answer).into_response()
}
