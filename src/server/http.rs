//! The handlers of `/api/v1`. They read the request, ask [`App`] and answer; nothing is logged here.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use base64::Engine as _;
use futures::StreamExt as _;

use super::app::App;
use super::body::{self, SILENCE};
use super::phone::{asked, scanned};
use super::problem::{Refusal, same};
use super::relay;
use super::returns;
use super::signed;
use super::store::LetterStatus;
use super::telling;
use super::tracking;
use super::upload::Appended;
use crate::domain::Digest;
use crate::fault::Code;
use crate::portal::Outcome;
use crate::portal::wire::{self, Range};
use crate::seal::visitor;

/// Bytes of an enrolment's JSON.
const MAX_ENROL: usize = 4 * 1024;

/// Who is at the other end of the connection.
#[derive(Clone, Copy)]
pub struct Peer(pub IpAddr);

pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/api/v1/about", get(about))
        .route("/api/v1/keyset", get(keyset))
        .route("/api/v1/bodies", get(bodies))
        .route("/api/v1/envelopes/{sha256}", put(put_envelope).head(head_envelope))
        .route("/api/v1/envelopes/{sha256}/outcome", put(returns::put_outcome))
        .route("/api/v1/envelopes/missing", post(returns::missing))
        .route("/api/v1/receipts/{lookup}", get(receipt))
        .route("/api/v1/letters/{number}/status", get(status))
        .route("/api/v1/letters", get(tracking::letters))
        .route("/api/v1/answers", get(tracking::arrived))
        .route("/api/v1/letters/{lookup}/events", get(tracking::events))
        .route("/api/v1/letters/{lookup}/answer", get(tracking::answer))
        .route("/api/v1/letters/{lookup}/signed", get(signed::signed))
        .route("/api/v1/letters/{lookup}/extract", get(tracking::extract))
        .route("/api/v1/letters/{lookup}/alert", put(telling::ask).delete(telling::stop))
        .route("/api/v1/alerts", post(telling::bring))
        .route("/api/v1/challenges", post(tracking::challenge))
        .route("/api/v1/sessions", post(tracking::login))
        .route("/api/v1/ocsp", post(relay::relay))
        .route("/api/v1/standing", post(relay::standing))
        .route("/api/v1/enrolments", post(enrol))
        .route("/api/v1/phones", post(asked::begin))
        .route("/api/v1/phones/{session}", get(asked::state).delete(asked::end))
        .route("/m/{code}", get(scanned::invitation))
        .route("/m/{code}/{document}", get(scanned::document).put(scanned::signed))
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || Refusal::new(405, Code("server.bad-request")))
        .layer(axum::middleware::map_response_with_state(app.clone(), returns::lived))
        .with_state(app)
}

pub(super) fn cose(status: StatusCode, bytes: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static(wire::COSE))], bytes).into_response()
}

fn outcome(outcome: Outcome) -> Response {
    match outcome {
        Outcome::Receipt(bytes) => cose(StatusCode::OK, bytes),
        Outcome::Notice(bytes) => cose(StatusCode::UNPROCESSABLE_ENTITY, bytes),
    }
}

/// What stands after the scheme in `Authorization`.
pub(super) fn authorization<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (given, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

pub(super) fn by_address(app: &App, Peer(address): Peer) -> Result<(), Refusal> {
    app.limits.address.take(address).map_err(Refusal::too_many)
}

pub(super) fn tagged(headers: &HeaderMap, tag: &str) -> Option<Response> {
    let asked = headers.get(header::IF_NONE_MATCH)?.to_str().ok()?;
    let held = asked.split(',').any(|t| matches!(t.trim(), "*") || t.trim() == tag);
    held.then(|| (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response())
}

/// Who runs this portal.
#[utoipa::path(get, tag = "v1", path = "/api/v1/about", responses((status = 200, body = wire::About), (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn about(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
) -> Result<Json<wire::About>, Refusal> {
    by_address(&app, peer)?;
    let keyset = &app.deployment.keyset;
    let operator = &keyset.operator;
    Ok(Json(wire::About {
        operator: wire::OperatorNames {
            kk: operator.kk.clone(),
            ru: operator.ru.clone(),
            en: operator.en.clone(),
        },
        practice: keyset.practice,
        audience: app.deployment.audience().to_string(),
        keyset: keyset.version,
        bodies: app.bodies(),
        max_envelope: wire::MAX_ENVELOPE,
    }))
}

/// The keyset that the deployment's root signed. `ETag` is its version; `If-None-Match` saves it.
#[utoipa::path(get, tag = "v1", path = "/api/v1/keyset", responses(
    (status = 200, content_type = "application/cose", body = [u8], headers(("etag" = String))),
    (status = 304), (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn keyset(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    by_address(&app, peer)?;
    let tag = format!("\"{}\"", app.deployment.keyset.version);
    if let Some(held) = tagged(&headers, &tag) {
        return Ok(held);
    }
    let mut response = cose(StatusCode::OK, app.deployment.signed.clone());
    let tag = HeaderValue::from_str(&tag).map_err(|_| Refusal::unavailable())?;
    response.headers_mut().insert(header::ETAG, tag);
    Ok(response)
}

/// Version and digest of the directory of bodies.
#[utoipa::path(get, tag = "v1", path = "/api/v1/bodies", responses((status = 200, body = wire::Bodies), (status = 304), (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn bodies(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    by_address(&app, peer)?;
    let bodies = app.bodies();
    let tag = format!("\"{}\"", bodies.sha256);
    if let Some(held) = tagged(&headers, &tag) {
        return Ok(held);
    }
    Ok(([(header::ETAG, tag)], Json(bodies)).into_response())
}

pub(super) async fn kiosk(app: &App, peer: Peer, headers: &HeaderMap) -> Result<u32, Refusal> {
    let known = match authorization(headers, wire::KIOSK_SCHEME) {
        Some(credential) => app.kiosk(credential).await.map_err(|_| Refusal::unavailable())?,
        None => None,
    };
    let Some(kiosk) = known else {
        by_address(app, peer)?;
        return Err(Refusal::not_enrolled());
    };
    app.limits.kiosk.take(kiosk).map_err(Refusal::too_many)?;
    Ok(kiosk)
}

pub(super) fn digest(text: &str) -> Result<Digest, Refusal> {
    Digest::parse(text).ok_or(Refusal::bad("the path is not a SHA-256 in lower-case hex"))
}

/// How much of an envelope is there (`Upload-Offset`), or that it is settled (`Upload-Complete: ?1`).
#[utoipa::path(head, tag = "v1", path = "/api/v1/envelopes/{sha256}", params(wire::EnvelopePath), security(("kiosk" = [])), responses(
    (status = 200, headers(("upload-offset" = u64), ("upload-complete" = String))),
    (status = 401), (status = 429)))]
pub(super) async fn head_envelope(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    kiosk(&app, peer, &headers).await?;
    let id = digest(&sha256)?;
    let settled = app.db.outcome(id).await.map_err(|_| Refusal::unavailable())?.is_some();
    let held = HeaderValue::from(app.uploads.held(id));
    let complete = if settled { "?1" } else { "?0" };
    Ok(([(wire::UPLOAD_OFFSET, held), ("upload-complete", HeaderValue::from_static(complete))])
        .into_response())
}

/// Brings an envelope, whole or in parts (`Content-Range: bytes a-b/total`). The last part's answer
/// is the signed receipt (200) or the signed notice of non-acceptance (422, `application/cose`). An
/// empty body with `Content-Range: bytes */total` asks how far it is. Repeating is harmless.
#[utoipa::path(put, tag = "v1", path = "/api/v1/envelopes/{sha256}", params(wire::EnvelopePath), security(("kiosk" = [])),
    request_body(content = [u8], content_type = "application/octet-stream"), responses(
    (status = 200, description = "registered: the receipt", content_type = "application/cose", body = [u8]),
    (status = 202, description = "a part is there", headers(("upload-offset" = u64))),
    (status = 400, content_type = "application/problem+json", body = wire::Problem), (status = 401, content_type = "application/problem+json", body = wire::Problem),
    (status = 409, description = "go on at Upload-Offset", content_type = "application/problem+json", body = wire::Problem, headers(("upload-offset" = u64))),
    (status = 413, content_type = "application/problem+json", body = wire::Problem),
    (status = 422, description = "a signed notice (application/cose), or a problem document where the envelope cannot be opened", content((Vec<u8> = "application/cose"), (wire::Problem = "application/problem+json"))),
    (status = 429, content_type = "application/problem+json", body = wire::Problem), (status = 503, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn put_envelope(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let kiosk = kiosk(&app, peer, &headers).await?;
    let id = digest(&sha256)?;
    let (from, to, total) = match range(&headers)? {
        Range::Part { from, to, total } => (from, to, total),
        Range::Ask { total } => (0, 0, total),
    };
    if total > wire::MAX_ENVELOPE {
        return Err(Refusal::new(413, Code("server.too-large")));
    }
    if let Some(answer) = settled(&app, id).await? {
        return Ok(answer);
    }
    let arrived = if to > 0 { receive(&app, id, from, to, body).await } else { Ok(()) };
    match arrived {
        Ok(()) => finish(&app, id, total, kiosk).await,
        Err(refusal) => settled(&app, id).await?.ok_or(refusal),
    }
}

/// The outcome where the envelope has one, perhaps by another request at the same time.
pub(super) async fn settled(app: &App, id: Digest) -> Result<Option<Response>, Refusal> {
    let known = app.db.outcome(id).await.map_err(|_| Refusal::unavailable())?;
    Ok(known.map(outcome))
}

/// Takes the envelope where all of it is there, else says how much is.
async fn finish(app: &Arc<App>, id: Digest, total: u64, kiosk: u32) -> Result<Response, Refusal> {
    let held = app.uploads.held(id);
    if held < total {
        if let Some(answer) = settled(app, id).await? {
            return Ok(answer);
        }
        return Ok(progress(app, id));
    }
    let uploads = app.uploads.clone();
    let whole = tokio::task::spawn_blocking(move || uploads.read(id, wire::MAX_ENVELOPE)).await;
    let whole = whole.ok().and_then(Result::ok).flatten();
    if let Some(bytes) = whole
        && bytes.len() as u64 == total
        && Digest::of(&bytes) == id
    {
        let answer = app.take(id, bytes, kiosk).await;
        // What may succeed later keeps its bytes: the kiosk then asks and need not send again.
        if !matches!(&answer, Err(r) if r.status == StatusCode::SERVICE_UNAVAILABLE) {
            app.uploads.drop_part(id);
        }
        return answer.map(outcome);
    }
    if let Some(answer) = settled(app, id).await? {
        return Ok(answer);
    }
    app.uploads.drop_part(id);
    Err(Refusal::new(422, Code("server.damaged")))
}

/// How much is there: go on from here.
pub(super) fn progress(app: &App, id: Digest) -> Response {
    let held = HeaderValue::from(app.uploads.held(id));
    (StatusCode::ACCEPTED, [(wire::UPLOAD_OFFSET, held)]).into_response()
}

fn range(headers: &HeaderMap) -> Result<Range, Refusal> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    match headers.get(header::CONTENT_RANGE) {
        Some(range) => range
            .to_str()
            .ok()
            .and_then(Range::parse)
            .ok_or(Refusal::bad("Content-Range is not `bytes a-b/total` or `bytes */total`")),
        None => match length {
            Some(0) | None => {
                Err(Refusal::bad("an empty body, or one of unknown length, without Content-Range"))
            }
            Some(total) => Ok(Range::Part { from: 0, to: total, total }),
        },
    }
}

/// Keeps every byte that comes, as it comes: a cut line loses nothing that arrived.
async fn receive(app: &App, id: Digest, from: u64, to: u64, body: Body) -> Result<(), Refusal> {
    let mut stream = body.into_data_stream();
    let mut at = from;
    while let Ok(Some(Ok(bytes))) = tokio::time::timeout(SILENCE, stream.next()).await {
        let end = at + bytes.len() as u64;
        if end > to {
            return Err(Refusal::bad("the body is longer than its range"));
        }
        let uploads = app.uploads.clone();
        let appended = tokio::task::spawn_blocking(move || uploads.append(id, at, &bytes)).await;
        match appended.map_err(|_| Refusal::unavailable())? {
            Ok(Appended::Held(_)) => at = end,
            Ok(Appended::Gap { held }) => return Err(Refusal::offset(held)),
            Err(e) => {
                super::trouble(&e);
                return Err(Refusal::unavailable());
            }
        }
    }
    Ok(())
}

/// The receipt or notice that the visitor's secret leads to.
#[utoipa::path(get, tag = "v1", path = "/api/v1/receipts/{lookup}", params(wire::ReceiptPath), security(("visitor" = [])), responses(
    (status = 200, description = "the receipt", content_type = "application/cose", body = [u8]),
    (status = 404, content_type = "application/problem+json", body = wire::Problem),
    (status = 422, description = "the notice", content_type = "application/cose", body = [u8]),
    (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn receipt(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(lookup): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    by_address(&app, peer)?;
    let mut id = [0u8; 16];
    let key = authorization(&headers, wire::VISITOR_SCHEME)
        .and_then(|text| base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok())
        .map(zeroize::Zeroizing::new);
    // Without a key, with another's and for no letter at all the answer is one and the same.
    let (Some(key), Ok(())) = (key, hex::decode_to_slice(&lookup, &mut id)) else {
        return Err(Refusal::not_found());
    };
    let given = Digest::of(&key);
    let found = app.db.by_lookup(id).await.map_err(|_| Refusal::unavailable())?;
    let mine = found.into_iter().find(|(hash, _)| same(hash, &given));
    mine.map(|(_, found)| outcome(found)).ok_or(Refusal::not_found())
}

/// Status and dates for a letter's number and the code on its paper; nothing else.
#[utoipa::path(get, tag = "v1", path = "/api/v1/letters/{number}/status", params(wire::NumberPath), security(("code" = [])), responses(
    (status = 200, body = wire::StatusAnswer), (status = 404, content_type = "application/problem+json", body = wire::Problem), (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn status(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Result<Json<wire::StatusAnswer>, Refusal> {
    app.limits.guess.take(peer.0).map_err(Refusal::too_many)?;
    if number.chars().count() > 40 {
        return Err(Refusal::not_found());
    }
    let code = authorization(&headers, wire::CODE_SCHEME).ok_or(Refusal::not_found())?;
    let letters = app.db.by_number(&number).await.map_err(|_| Refusal::unavailable())?;
    if letters.is_empty() {
        return Err(Refusal::not_found());
    }
    app.limits.number.take(number).map_err(Refusal::too_many)?;
    let fits = |letter: &&LetterStatus| {
        visitor::code_hash(&letter.lookup, code).is_some_and(|given| same(&given, &letter.code_hash))
    };
    let letter = letters.iter().find(fits).ok_or(Refusal::not_found())?;
    Ok(Json(app.status(letter).await?))
}

/// A machine becomes a kiosk of this portal by a one-time code.
#[utoipa::path(post, tag = "v1", path = "/api/v1/enrolments", request_body = wire::Enrol, responses(
    (status = 200, body = wire::Enrolled), (status = 400, content_type = "application/problem+json", body = wire::Problem),
    (status = 403, content_type = "application/problem+json", body = wire::Problem), (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn enrol(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    body: Body,
) -> Result<Json<wire::Enrolled>, Refusal> {
    app.limits.guess.take(peer.0).map_err(Refusal::too_many)?;
    let bytes = body::read(body, MAX_ENROL).await?;
    let asked: wire::Enrol =
        serde_json::from_slice(&bytes).map_err(|_| Refusal::bad("not the JSON of an enrolment"))?;
    let named = asked.name.trim();
    if named.is_empty() || named.chars().count() > 100 || named.chars().any(char::is_control) {
        return Err(Refusal::bad("the name is empty, longer than 100 characters or not plain text"));
    }
    match app.enrol(&asked.code, named).await {
        Ok(Some((kiosk, credential))) => {
            Ok(Json(wire::Enrolled { kiosk, credential: credential.to_string() }))
        }
        Ok(None) => Err(Refusal::new(403, Code("server.enrolment-code"))),
        Err(e) => {
            super::trouble(&e);
            Err(Refusal::unavailable())
        }
    }
}
