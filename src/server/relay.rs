//! What the portal relays for kiosks on a slow line: questions about certificates to the OCSP
//! responders that its keeper named or allowed, never to an address of the asker's choice. Good answers
//! are held for a while. The kiosk judges them itself: the portal could only withhold one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::app::App;
use super::body;
use super::http::{Peer, cose, kiosk};
use super::problem::Refusal;
use super::responders::Responders;
use crate::clock::Moment;
use crate::domain::Digest;
use crate::portal::client::ocsp;
use crate::portal::{PortalError, wire};
use crate::seal::standing::{MAX_STANDING, read_asked};
use crate::sign::ocsp::Answer;
use crate::sign::online::MAX_QUESTION;

/// Seconds that an answer is held at most: who was revoked since is known an hour later.
const HELD: i64 = 3_600;
/// Answers held at once, some thousand bytes each.
const MOST: usize = 1_024;

/// The responders, and their answers by the digest of who was asked what.
#[derive(Default)]
pub struct Relay {
    responders: RwLock<Responders>,
    held: Mutex<HashMap<Digest, (Moment, Vec<u8>)>>,
}

impl Relay {
    /// Names one responder for all authorities.
    pub fn to(&self, responder: String) {
        self.settle(|responders| responders.for_all(responder));
    }

    /// Names and allows responders.
    pub fn settle(&self, act: impl FnOnce(&mut Responders)) {
        act(&mut self.responders.write().unwrap_or_else(PoisonError::into_inner));
    }

    pub fn responders(&self) -> Responders {
        self.responders.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn is_named(&self) -> bool {
        !self.responders.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Whom this question goes to; `named`: whom the certificate names, or nothing.
    pub fn choose(&self, question: &[u8], named: &str) -> Option<String> {
        self.responders.read().unwrap_or_else(PoisonError::into_inner).choose(question, named)
    }

    /// The answer of a responder that was chosen, or the one that is held.
    pub async fn ask(&self, responder: &str, question: &[u8], now: Moment) -> Result<Vec<u8>, PortalError> {
        // What another responder says of it is another answer.
        let name = Digest::of(&[responder.as_bytes(), &[0], question].concat());
        if let Some(answer) = self.held(name, now) {
            return Ok(answer);
        }
        let answer = ocsp::ask(responder, question.to_vec()).await?;
        // What says that it could not answer is handed on, and not held.
        if let Some(read) = Answer::from_der(&answer) {
            let until = read.until().unwrap_or(now).min(now.plus(HELD));
            self.hold(name, until, answer.clone(), now);
        }
        Ok(answer)
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
/// portal's keeper named for its authority, or to the one that the certificate names where the keeper
/// allowed that host. One without a nonce may get an answer that is held, an hour old at most.
#[utoipa::path(post, tag = "v1", path = "/api/v1/ocsp", security(("kiosk" = [])),
    params(("named-responder" = Option<String>, Header, description = "the responder that the certificate names")),
    request_body(content = [u8], content_type = "application/ocsp-request"), responses(
    (status = 200, description = "the responder's answer", content_type = "application/ocsp-response", body = [u8]),
    (status = 400, content_type = "application/problem+json", body = wire::Problem), (status = 401, content_type = "application/problem+json", body = wire::Problem),
    (status = 404, description = "nobody is known to ask about it", content_type = "application/problem+json", body = wire::Problem),
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
    let question = body::read(body, MAX_QUESTION).await?;
    if question.first() != Some(&0x30) {
        return Err(Refusal::bad("not an OCSP question"));
    }
    let named = headers.get(wire::NAMED_RESPONDER).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let responder = app.relay.choose(&question, named).ok_or(Refusal::not_found())?;
    let answer = app.relay.ask(&responder, &question, app.clock.now().wall).await;
    answer.map(said).map_err(|_| Refusal::unavailable())
}

/// This portal's signed word on a certificate by the lists that it keeps: for what no responder could be asked
/// about. Question and word are `seal::standing`'s (CBOR and COSE_Sign1).
#[utoipa::path(post, tag = "v1", path = "/api/v1/standing", security(("kiosk" = [])),
    request_body(content = [u8], content_type = "application/cbor"), responses(
    (status = 200, description = "the portal's word, and by which list", content_type = "application/cose", body = [u8]),
    (status = 400, content_type = "application/problem+json", body = wire::Problem), (status = 401, content_type = "application/problem+json", body = wire::Problem),
    (status = 404, description = "no list of that authority's is kept", content_type = "application/problem+json", body = wire::Problem),
    (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn standing(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let kiosk = kiosk(&app, peer, &headers).await?;
    app.limits.relay.take(kiosk).map_err(Refusal::too_many)?;
    let question = body::read(body, MAX_STANDING).await?;
    let Some(asked) = read_asked(&question) else { return Err(Refusal::bad("not such a question")) };
    // A national list takes a moment to look through.
    let looked = tokio::task::spawn_blocking(move || app.listed(&question, &asked)).await;
    let word = looked.map_err(|_| Refusal::unavailable())?.ok_or(Refusal::not_found())?;
    Ok(cose(StatusCode::OK, word))
}

fn said(answer: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(wire::OCSP_RESPONSE))], answer).into_response()
}
