//! The handlers of a letter's life: events, answer, extract, and a card's own letters.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use tokio::sync::broadcast::error::RecvError;
use zeroize::Zeroizing;

use super::app::App;
use super::body;
use super::http::{Peer, authorization, by_address, cose, kiosk, tagged};
use super::login::MAX_CMS;
use super::problem::Refusal;
use super::store::events::Held;
use crate::domain::receipt::ending;
use crate::portal::wire::{self, AlertState};

/// Letters in one list.
const LISTED: u32 = 200;
/// Answers that a kiosk's staff are told of, and for how many days.
const ARRIVED: u32 = 50;
const ARRIVED_DAYS: i64 = 30;

/// The letter that the request may see: by its access key, or by its signer's session.
pub(super) async fn held(app: &App, lookup: &str, headers: &HeaderMap) -> Result<(Held, By), Refusal> {
    let mut id = [0u8; 16];
    hex::decode_to_slice(lookup, &mut id).map_err(|_| Refusal::not_found())?;
    if let Some(token) = authorization(headers, wire::SESSION_SCHEME) {
        let signer = app.session(token)?;
        let found = app.db.held(id).await.map_err(|_| Refusal::unavailable())?;
        let mine = found.filter(|held| held.signer == signer).ok_or(Refusal::not_found())?;
        return Ok((mine, By::Card));
    }
    let key = authorization(headers, wire::VISITOR_SCHEME).ok_or(Refusal::not_found())?;
    let key = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(key).map(Zeroizing::new);
    let key = key.map_err(|_| Refusal::not_found())?;
    Ok((app.by_key(id, &key).await?, By::Paper))
}

#[derive(PartialEq, Eq)]
pub(super) enum By {
    Paper,
    Card,
}

/// What happened to a letter: a history that the portal signed. `ETag` changes with it; with
/// `If-None-Match` and `wait` the answer comes when something happened, or 304 after that time.
#[utoipa::path(get, tag = "v1", path = "/api/v1/letters/{lookup}/events", params(wire::LetterPath, wire::Wait), security(("visitor" = []), ("session" = [])), responses(
    (status = 200, description = "the history (COSE_Sign1)", content_type = "application/cose", body = [u8], headers(("etag" = String), ("letter-alert" = Option<String>, description = "where her wish to be told stands: none, waiting, sent, failed"), ("letter-proof" = Option<String>, description = "whether the time of her signature is proven: none, waiting, late, proven"))),
    (status = 304), (status = 404, content_type = "application/problem+json", body = wire::Problem),
    (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn events(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(lookup): Path<String>,
    Query(wait): Query<wire::Wait>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    by_address(&app, peer)?;
    let (held, _) = held(&app, &lookup, &headers).await?;
    let seconds = wait.wait.unwrap_or(0).min(wire::MAX_WAIT);
    // Heard from before the first look, so that nothing happens in between.
    let mut changes = app.changes.listen();
    let place = app.changes.room.clone().try_acquire_owned();
    let until = Duration::from_secs(if place.is_ok() { seconds } else { 0 });
    let over = tokio::time::sleep(until);
    tokio::pin!(over);
    loop {
        let (signed, mut tag) = app.signed_history(&held).await?;
        let alert = app.alert_of(&held).await?;
        if let Some(state) = alert.filter(|state| *state != AlertState::None) {
            tag.insert_str(tag.len() - 1, &format!(".{}", state.word()));
        }
        let Some(unchanged) = tagged(&headers, &tag) else {
            let mut response = cose(StatusCode::OK, signed);
            let tag = HeaderValue::from_str(&tag).map_err(|_| Refusal::unavailable())?;
            response.headers_mut().insert(header::ETAG, tag);
            if let Some(state) = alert {
                let state = HeaderValue::from_static(state.word());
                response.headers_mut().insert(wire::LETTER_ALERT, state);
            }
            let proof = app.proof_state(&held).await?;
            response.headers_mut().insert(wire::LETTER_PROOF, HeaderValue::from_static(proof.word()));
            return Ok(response);
        };
        loop {
            tokio::select! {
                () = &mut over => return Ok(unchanged),
                told = changes.recv() => match told {
                    Ok(letter) if letter != held.id => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => break,
                    Err(RecvError::Closed) => return Ok(unchanged),
                },
            }
        }
    }
}

/// The answer: for the visitor's key a CMS sealed under her reply key (`application/octet-stream`);
/// for a card's session the CMS itself (`application/cms`).
#[utoipa::path(get, tag = "v1", path = "/api/v1/letters/{lookup}/answer", params(wire::LetterPath), security(("visitor" = []), ("session" = [])), responses(
    (status = 200, description = "sealed under the reply key, or the CMS", content((Vec<u8> = "application/octet-stream"), (Vec<u8> = "application/cms"))),
    (status = 404, content_type = "application/problem+json", body = wire::Problem), (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn answer(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(lookup): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    by_address(&app, peer)?;
    let (held, by) = held(&app, &lookup, &headers).await?;
    let (kind, bytes) = match by {
        By::Paper => (wire::SEALED, app.sealed_answer(&held).await?),
        By::Card => (wire::CMS, app.plain_answer(&held).await?.to_vec()),
    };
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], bytes).into_response())
}

/// A short form of the history for a QR code on paper, signed like a receipt.
#[utoipa::path(get, tag = "v1", path = "/api/v1/letters/{lookup}/extract", params(wire::LetterPath), security(("visitor" = []), ("session" = [])), responses(
    (status = 200, description = "the extract (COSE_Sign1)", content_type = "application/cose", body = [u8]),
    (status = 404, content_type = "application/problem+json", body = wire::Problem), (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn extract(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(lookup): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    by_address(&app, peer)?;
    let (held, _) = held(&app, &lookup, &headers).await?;
    Ok(cose(StatusCode::OK, app.signed_extract(&held).await?))
}

/// A nonce for a card to sign.
#[utoipa::path(post, tag = "v1", path = "/api/v1/challenges", security(("kiosk" = [])), responses(
    (status = 200, body = wire::Challenge), (status = 401, content_type = "application/problem+json", body = wire::Problem),
    (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn challenge(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Json<wire::Challenge>, Refusal> {
    let kiosk = kiosk(&app, peer, &headers).await?;
    Ok(Json(app.challenge(kiosk)?))
}

/// Opens a session for a card's owner. The body is a CMS over the canonical JSON of a login:
/// `{schema, context, audience, nonce, kiosk, practice, time}`.
#[utoipa::path(post, tag = "v1", path = "/api/v1/sessions", security(("kiosk" = [])),
    request_body(content = [u8], content_type = "application/cms"), responses(
    (status = 200, body = wire::Session), (status = 401, content_type = "application/problem+json", body = wire::Problem),
    (status = 403, content_type = "application/problem+json", body = wire::Problem), (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn login(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<wire::Session>, Refusal> {
    let kiosk = kiosk(&app, peer, &headers).await?;
    app.limits.guess.take(peer.0).map_err(Refusal::too_many)?;
    Ok(Json(app.login(kiosk, body::read(body, MAX_CMS).await?.to_vec()).await?))
}

/// The letters of the session's owner, the newest first.
#[utoipa::path(get, tag = "v1", path = "/api/v1/letters", security(("session" = [])), responses(
    (status = 200, body = wire::OwnLetters), (status = 404, content_type = "application/problem+json", body = wire::Problem),
    (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn letters(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Json<wire::OwnLetters>, Refusal> {
    by_address(&app, peer)?;
    let token = authorization(&headers, wire::SESSION_SCHEME).ok_or(Refusal::not_found())?;
    let signer = app.session(token)?;
    let found = app.db.of_signer(signer, LISTED).await.map_err(|_| Refusal::unavailable())?;
    let letters = found.into_iter().map(|own| wire::OwnLetter {
        number: own.held.number,
        lookup: hex::encode(own.held.lookup),
        state: own.state,
        registered: own.held.registered.rfc3339(),
        due: own.due,
        body: app.named(&own.held.body).name.into(),
    });
    Ok(Json(wire::OwnLetters { letters: letters.collect(), practice: app.practice() }))
}

/// Answers to letters that the asking kiosk sent, of the last 30 days, the newest first: the last four digits
/// of the number and when.
#[utoipa::path(get, tag = "v1", path = "/api/v1/answers", security(("kiosk" = [])), responses(
    (status = 200, body = wire::Arrived), (status = 401, content_type = "application/problem+json", body = wire::Problem),
    (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn arrived(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Json<wire::Arrived>, Refusal> {
    let kiosk = kiosk(&app, peer, &headers).await?;
    let since = app.clock.now().wall.plus(-ARRIVED_DAYS * 86_400);
    let found = app.db.arrived(kiosk, since, ARRIVED).await.map_err(|_| Refusal::unavailable())?;
    let answers = found
        .into_iter()
        .map(|(number, at)| wire::ArrivedAnswer { ending: ending(&number), at: at.rfc3339() });
    Ok(Json(wire::Arrived { answers: answers.collect() }))
}
