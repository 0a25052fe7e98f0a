//! The exchange with a phone, as the national app documents it: GET the code's address, GET the
//! document, PUT it back signed.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Serialize;
use zeroize::Zeroizing;

use super::Phone;
use crate::domain::{Digest, Names};
use crate::fault::Code;
use crate::portal::wire::{self, phone};
use crate::server::app::App;
use crate::server::body::{self, Unread};
use crate::server::http::{Peer, authorization, by_address};
use crate::server::problem::Refusal;

const BEARER: &str = "Bearer";

/// With and without `=` at the end: apps differ.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Nothing on the way keeps a copy.
fn fresh(body: &impl Serialize) -> Result<Response, Refusal> {
    let json = serde_json::to_vec(body).map_err(|_| Refusal::unavailable())?;
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    Ok(([kind, (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], json).into_response())
}

fn who(peer: Peer, headers: &HeaderMap) -> Phone {
    let program = headers.get(header::USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
    Phone { address: peer.0, program: Digest::of(program) }
}

/// Who asks for a signature, until when, and where the document is. Good for the first phone that asks.
#[utoipa::path(get, tag = "phone", path = "/m/{code}", params(phone::CodePath), responses(
    (status = 200, body = phone::Invitation),
    (status = 404, description = "over, taken by another phone, or never there", content_type = "application/problem+json", body = wire::Problem),
    (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub async fn invitation(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(path): Path<phone::CodePath>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let peer = app.phones.caller(peer, &headers);
    by_address(&app, peer)?;
    let offer = app.phones.offered()?;
    let invited = app.phones.scan(&path.code, who(peer, &headers), app.clock.monotonic())?;
    let Names { kk, ru, en } = app.deployment.keyset.operator.clone();
    fresh(&phone::Invitation {
        description: invited.title.description,
        expiry_date: invited.expires.rfc3339(),
        organisation: phone::Organisation { name_ru: ru, name_kz: kk, name_en: en, bin: offer.bin.clone() },
        document: phone::Pointer {
            uri: format!("{}/m/{}/{}", offer.base, path.code, invited.path.as_str()),
            auth_type: BEARER.to_owned(),
            auth_token: invited.token.to_string(),
        },
    })
}

/// The document, for the phone that was given the token (`Authorization: Bearer`).
#[utoipa::path(get, tag = "phone", path = "/m/{code}/{document}", params(phone::DocumentPath), security(("phone" = [])), responses(
    (status = 200, body = phone::ToSign), (status = 404, content_type = "application/problem+json", body = wire::Problem),
    (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub async fn document(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(path): Path<phone::DocumentPath>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let peer = app.phones.caller(peer, &headers);
    by_address(&app, peer)?;
    let token = authorization(&headers, BEARER).ok_or(Refusal::not_found())?;
    let now = app.clock.monotonic();
    let (title, bytes) = app.phones.fetch(&path.code, &path.document, token, now)?;
    let Names { kk, ru, en } = title.names;
    let file = phone::FileData { mime: String::new(), data: BASE64.encode(&bytes) };
    let document = phone::PhoneDocument {
        id: 1,
        name_ru: ru,
        name_kz: kk,
        name_en: en,
        meta: vec![],
        document: phone::PhoneFile { file },
    };
    fresh(&phone::ToSign { sign_method: phone::WITH_DATA.to_owned(), documents_to_sign: vec![document] })
}

/// The same set with the document's data replaced by a CMS in base64. Sending the same again is harmless.
#[utoipa::path(put, tag = "phone", path = "/m/{code}/{document}", params(phone::DocumentPath), security(("phone" = [])), request_body = phone::ToSign, responses(
    (status = 200), (status = 400, content_type = "application/problem+json", body = wire::Problem),
    (status = 404, content_type = "application/problem+json", body = wire::Problem),
    (status = 409, description = "another signature is there already", content_type = "application/problem+json", body = wire::Problem),
    (status = 413, content_type = "application/problem+json", body = wire::Problem), (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub async fn signed(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(path): Path<phone::DocumentPath>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let peer = app.phones.caller(peer, &headers);
    by_address(&app, peer)?;
    let token = authorization(&headers, BEARER);
    let (cms, too_large) = match body::read(body, phone::MAX_SENT).await {
        Ok(sent) => (cms(&sent), false),
        Err(Unread::TooLong) => (None, true),
        Err(late) => return Err(late.into()),
    };
    match app.phones.put(&path.code, &path.document, token, cms, app.clock.monotonic()) {
        Ok(()) => fresh(&serde_json::json!({})),
        Err(refusal) if too_large && refusal.status == StatusCode::BAD_REQUEST => {
            Err(Refusal::new(413, Code("server.too-large")))
        }
        Err(refusal) => Err(refusal),
    }
}

/// The one signature in what a phone sent. Whether it is a good one, the kiosk judges.
fn cms(sent: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let set: phone::ToSign = serde_json::from_slice(sent).ok()?;
    let [document] = set.documents_to_sign.as_slice() else { return None };
    let text: Zeroizing<String> = Zeroizing::new(
        document
            .document
            .file
            .data
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .flat_map(str::chars)
            .filter(|c| !c.is_whitespace())
            .collect(),
    );
    let der = Zeroizing::new(BASE64.decode(text.as_bytes()).ok()?);
    (der.len() <= phone::MAX_SIGNED && der.first() == Some(&0x30)).then_some(der)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_signature_in_base64_and_nothing_else() {
        let set =
            |data: &str| serde_json::json!({"documentsToSign": [{"document": {"file": {"data": data}}}]});
        let read = |value: serde_json::Value| cms(value.to_string().as_bytes()).map(|c| c.to_vec());
        assert_eq!(read(set("MAA=")).unwrap(), [0x30, 0]);
        assert_eq!(read(set("MAA")).unwrap(), [0x30, 0]);
        assert_eq!(read(set("-----BEGIN CMS-----\r\nMA\nA=\n-----END CMS-----\n")).unwrap(), [0x30, 0]);
        for wrong in [
            set(""),
            set("AAAA"),
            set("!"),
            serde_json::json!({}),
            serde_json::json!({"documentsToSign": []}),
            serde_json::json!([1]),
        ] {
            assert_eq!(read(wrong), None);
        }
        let two = serde_json::json!({"documentsToSign": [
            {"document": {"file": {"data": "MAA="}}}, {"document": {"file": {"data": "MAA="}}}]});
        assert_eq!(read(two), None);
        assert_eq!(read(set(&BASE64.encode([vec![0x30], vec![0; phone::MAX_SIGNED]].concat()))), None);
    }
}
