//! The handlers by which a kiosk finds out what a restored portal lost, and brings it back.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use super::app::App;
use super::body::read;
use super::http::{Peer, digest, kiosk, progress, settled};
use super::problem::Refusal;
use crate::clock::Confidence;
use crate::portal::wire;
use crate::seal::receipt::MAX_RECEIPT;

/// Which of these envelopes the portal does not know. The body is a row of the first 8 bytes of each
/// SHA-256; the answer is a row of those that are missing, empty where none is.
#[utoipa::path(post, tag = "v1", path = "/api/v1/envelopes/missing", security(("kiosk" = [])),
    request_body(content = [u8], content_type = "application/octet-stream"), responses(
    (status = 200, content_type = "application/octet-stream", body = [u8]),
    (status = 400, content_type = "application/problem+json", body = wire::Problem), (status = 401, content_type = "application/problem+json", body = wire::Problem),
    (status = 429, content_type = "application/problem+json", body = wire::Problem), (status = 503, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn missing(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    kiosk(&app, peer, &headers).await?;
    let asked = read(body, wire::MAX_ASKED * 8).await?;
    let (known, []) = asked.as_chunks::<8>() else {
        return Err(Refusal::bad("the body is not a row of 8 bytes each"));
    };
    let missing = app.db.missing(known).await.map_err(|_| Refusal::unavailable())?;
    let kind = HeaderValue::from_static(wire::SEALED);
    Ok(([(header::CONTENT_TYPE, kind)], missing.concat()).into_response())
}

/// Brings back the portal's own receipt or notice of an envelope that it lost; the envelope follows by
/// `PUT`. Where the envelope is known the answer is its receipt or notice.
#[utoipa::path(put, tag = "v1", path = "/api/v1/envelopes/{sha256}/outcome", params(wire::EnvelopePath), security(("kiosk" = [])),
    request_body(content = [u8], content_type = "application/cose"), responses(
    (status = 200, description = "registered: the receipt", content_type = "application/cose", body = [u8]),
    (status = 202, description = "go on at Upload-Offset", headers(("upload-offset" = u64))),
    (status = 400, content_type = "application/problem+json", body = wire::Problem), (status = 401, content_type = "application/problem+json", body = wire::Problem),
    (status = 422, description = "the notice (application/cose), or a problem document where it is not this portal's word", content((Vec<u8> = "application/cose"), (wire::Problem = "application/problem+json"))),
    (status = 429, content_type = "application/problem+json", body = wire::Problem), (status = 503, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn put_outcome(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    kiosk(&app, peer, &headers).await?;
    let id = digest(&sha256)?;
    let signed = read(body, MAX_RECEIPT).await?;
    if let Some(answer) = settled(&app, id).await? {
        return Ok(answer);
    }
    app.bring(id, signed.to_vec()).await?;
    Ok(progress(&app, id))
}

/// Says of every answer which run of the portal gave it, and when by the portal's clock.
pub(super) async fn lived(State(app): State<Arc<App>>, mut response: Response) -> Response {
    if let Ok(life) = HeaderValue::from_str(&format!("{:08x}", app.life.id)) {
        response.headers_mut().insert(wire::LIFE, life);
    }
    if app.alerts.offered() {
        response.headers_mut().insert(wire::TELLS, HeaderValue::from_static("1"));
    }
    let now = app.clock.now();
    if now.confidence == Confidence::Plausible
        && let Ok(date) = HeaderValue::from_str(&now.wall.http_date())
    {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}
