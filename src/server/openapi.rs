//! The contract as an OpenAPI 3.1 document, made from the handlers and the wire types.
//! `openapi.json` in the repository is this, and within v1 it only grows.

use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::phone::{asked, scanned};
use super::{http, relay, returns, signed, telling, tracking};
use crate::portal::wire;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tereze portal",
        version = "1.0.0",
        description = "How a kiosk brings signed and sealed letters to a portal and gets signed receipts. Errors are problem documents (RFC 9457) with a stable `code`. Receipts, notices and the keyset are COSE_Sign1 (RFC 9052).",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        http::about,
        http::keyset,
        http::bodies,
        http::head_envelope,
        http::put_envelope,
        returns::missing,
        returns::put_outcome,
        http::receipt,
        http::status,
        tracking::events,
        tracking::answer,
        signed::signed,
        tracking::extract,
        tracking::challenge,
        tracking::login,
        tracking::letters,
        tracking::arrived,
        relay::relay,
        relay::standing,
        telling::bring,
        telling::ask,
        telling::stop,
        http::enrol,
        asked::begin,
        asked::state,
        asked::end,
        scanned::invitation,
        scanned::document,
        scanned::signed
    ),
    components(schemas(wire::Problem)),
    modifiers(&Schemes)
)]
struct Document;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let Some(components) = document.components.as_mut() else { return };
        for (name, how) in [
            ("kiosk", "`Kiosk` and the credential that enrolment gave"),
            ("visitor", "`Visitor` and the access key from the visitor's paper, base64url"),
            ("session", "`Session` and the token that a card's login gave"),
            ("phone", "`Bearer` and the token that the code's address gave"),
            ("code", "`Code` and the short code from the visitor's paper"),
        ] {
            let key = ApiKeyValue::with_description("authorization", how);
            components.add_security_scheme(name, SecurityScheme::ApiKey(ApiKey::Header(key)));
        }
    }
}

/// The document as it is committed: pretty JSON with a newline at its end.
pub fn json() -> String {
    let mut text = Document::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
