//! The handlers by which a visitor asks to be told when her answer comes, and takes it back.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};

use super::app::App;
use super::body;
use super::http::{Peer, by_address, kiosk};
use super::problem::Refusal;
use super::tracking::held;
use crate::portal::wire;
use crate::seal::alert::MAX_ALERT;

/// A visitor's wish to be told by a text when her answer comes, from a kiosk's outbox: her number and the key from
/// her paper, sealed to the portal (HPKE). Repeating is harmless. 404 until the letter is registered.
#[utoipa::path(post, tag = "v1", path = "/api/v1/alerts", security(("kiosk" = [])),
    request_body(content = [u8], content_type = "application/octet-stream"), responses(
    (status = 204), (status = 400, content_type = "application/problem+json", body = wire::Problem), (status = 401, content_type = "application/problem+json", body = wire::Problem),
    (status = 404, content_type = "application/problem+json", body = wire::Problem), (status = 422, content_type = "application/problem+json", body = wire::Problem),
    (status = 429, content_type = "application/problem+json", body = wire::Problem), (status = 501, description = "this portal tells nobody", content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn bring(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Refusal> {
    kiosk(&app, peer, &headers).await?;
    app.alert(&body::read(body, MAX_ALERT).await?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The number to tell when this letter's answer comes, in place of one that was given before.
#[utoipa::path(put, tag = "v1", path = "/api/v1/letters/{lookup}/alert", params(wire::LetterPath), security(("visitor" = []), ("session" = [])),
    request_body = wire::AskAlert, responses(
    (status = 204), (status = 400, content_type = "application/problem+json", body = wire::Problem),
    (status = 404, content_type = "application/problem+json", body = wire::Problem), (status = 422, description = "no mobile number of Kazakhstan", content_type = "application/problem+json", body = wire::Problem),
    (status = 429, content_type = "application/problem+json", body = wire::Problem), (status = 501, description = "this portal tells nobody", content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn ask(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(lookup): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Refusal> {
    by_address(&app, peer)?;
    let (held, _) = held(&app, &lookup, &headers).await?;
    let body = body::read(body, MAX_ALERT).await?;
    let asked: wire::AskAlert =
        serde_json::from_slice(&body).map_err(|_| Refusal::bad("not the JSON of a wish to be told"))?;
    app.alert_for(&held, &asked.phone).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Wipes the number: nobody is told any more.
#[utoipa::path(delete, tag = "v1", path = "/api/v1/letters/{lookup}/alert", params(wire::LetterPath), security(("visitor" = []), ("session" = [])), responses(
    (status = 204), (status = 404, content_type = "application/problem+json", body = wire::Problem),
    (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn stop(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(lookup): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    by_address(&app, peer)?;
    let (held, _) = held(&app, &lookup, &headers).await?;
    app.no_alert(&held).await?;
    Ok(StatusCode::NO_CONTENT)
}
