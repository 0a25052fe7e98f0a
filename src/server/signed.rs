//! Her own signed letter, back to her: as she signed it, with what proves it by now. In pieces, for a line on
//! which it takes as long as the letter took.

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::app::App;
use super::http::{Peer, by_address};
use super::problem::Refusal;
use super::proofs::failed;
use super::store::events::Held;
use super::tracking::held;
use crate::domain::Digest;
use crate::portal::wire::{self, ProofState};

/// Tries after which it is said that the time could not be proven yet.
const SOME: u32 = 3;

impl App {
    /// Whether the time of the letter's signature is proven.
    pub async fn proof_state(&self, held: &Held) -> Result<ProofState, Refusal> {
        let proof = self.db.proof(held.id).await.map_err(|e| failed(&e))?.unwrap_or_default();
        Ok(match (proof.stamp.is_some(), self.tsa.get().is_some()) {
            (true, _) => ProofState::Proven,
            (false, false) => ProofState::None,
            (false, true) if proof.tries > SOME => ProofState::Late,
            (false, true) => ProofState::Waiting,
        })
    }
}

/// The signed letter (CMS), with the timestamp over its signature and what its certificates are checked by,
/// as far as they are there. `ETag` changes when more is; with `Range` a part of it.
#[utoipa::path(get, tag = "v1", path = "/api/v1/letters/{lookup}/signed",
    params(wire::LetterPath, ("range" = Option<String>, Header, description = "bytes=FIRST-LAST")),
    security(("visitor" = []), ("session" = [])), responses(
    (status = 200, description = "the whole", content_type = "application/cms", body = [u8], headers(("etag" = String))),
    (status = 206, description = "a part", content_type = "application/cms", body = [u8], headers(("etag" = String), ("content-range" = String))),
    (status = 404, content_type = "application/problem+json", body = wire::Problem),
    (status = 416, content_type = "application/problem+json", body = wire::Problem),
    (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub(super) async fn signed(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(lookup): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    by_address(&app, peer)?;
    let (held, _) = held(&app, &lookup, &headers).await?;
    let file = app.handed_over(&held).await?;
    let text = |text: String| HeaderValue::from_str(&text).map_err(|_| Refusal::unavailable());
    let tag = text(format!("\"{}\"", &Digest::of(&file).to_string()[..16]))?;
    let asked = headers.get(header::RANGE).and_then(|r| r.to_str().ok()).and_then(range);
    let kind = HeaderValue::from_static(wire::CMS);
    let Some((first, last)) = asked else {
        return Ok(([(header::CONTENT_TYPE, kind), (header::ETAG, tag)], file).into_response());
    };
    let total = file.len();
    let last = last.min(total.saturating_sub(1));
    let part = file.get(first..=last).filter(|part| !part.is_empty());
    let part = part.ok_or(Refusal::new(416, crate::fault::Code("server.bad-request")))?.to_vec();
    let range = text(format!("bytes {first}-{last}/{total}"))?;
    let headers = [(header::CONTENT_TYPE, kind), (header::ETAG, tag), (header::CONTENT_RANGE, range)];
    Ok((StatusCode::PARTIAL_CONTENT, headers, part).into_response())
}

/// `bytes=FIRST-LAST`, one range with both ends in order; any other is as none (RFC 9110 §14.2).
fn range(text: &str) -> Option<(usize, usize)> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some((first, last))
}
