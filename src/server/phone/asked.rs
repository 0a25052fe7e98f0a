//! What a kiosk asks about signing with a phone.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::Title;
use crate::domain::Names;
use crate::domain::login::Login;
use crate::domain::statement::{Deployment, Statement};
use crate::fault::Code;
use crate::i18n::{Lang, Msg, Text, tr};
use crate::portal::wire::{self, phone};
use crate::server::app::App;
use crate::server::body::{self, Unread};
use crate::server::http::{Peer, kiosk};
use crate::server::problem::Refusal;

/// Gives a document to be signed with a phone: the canonical bytes of a statement for this portal, or of a
/// login with a challenge of this kiosk's, and nothing else. What this kiosk gave before is dropped.
#[utoipa::path(post, tag = "phone", path = "/api/v1/phones", security(("kiosk" = [])),
    request_body(content = [u8], content_type = "application/json"), responses(
    (status = 200, body = phone::PhoneSession), (status = 400, content_type = "application/problem+json", body = wire::Problem),
    (status = 401, content_type = "application/problem+json", body = wire::Problem),
    (status = 404, description = "this portal names no address for phones", content_type = "application/problem+json", body = wire::Problem),
    (status = 413, content_type = "application/problem+json", body = wire::Problem), (status = 422, content_type = "application/problem+json", body = wire::Problem),
    (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub async fn begin(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<phone::PhoneSession>, Refusal> {
    let kiosk = kiosk(&app, peer, &headers).await?;
    app.limits.phone.take(kiosk).map_err(Refusal::too_many)?;
    let offer = app.phones.offered()?;
    let document = body::read(body, phone::MAX_DOCUMENT).await.map_err(|why| match why {
        Unread::TooLong => Refusal::new(413, Code("server.too-large")),
        late => late.into(),
    })?;
    let title = match Login::parse(&document) {
        Some(login) if app.awaits(&login, kiosk, offer.lives) => Some(app.login_title(kiosk).await?),
        Some(_) => None,
        None => app.letter_title(&document),
    };
    let title = title.ok_or(Refusal::new(422, Code("server.statement-not-valid")))?;
    let now = (app.clock.monotonic(), app.clock.now().wall);
    let begun = app.phones.begin(kiosk, document, title, now)?;
    Ok(Json(phone::PhoneSession {
        session: begun.session.to_string(),
        address: format!("{}/m/{}", offer.base, begun.code.as_str()),
        seconds: offer.lives.as_secs(),
    }))
}

/// How far the phone has come; with `seen` and `wait` the answer comes when something changed, or 304
/// after that time. 404: it is over, or there was none.
#[utoipa::path(get, tag = "phone", path = "/api/v1/phones/{session}", params(phone::SessionPath, phone::Seen), security(("kiosk" = [])), responses(
    (status = 200, body = phone::PhoneState), (status = 304), (status = 401, content_type = "application/problem+json", body = wire::Problem),
    (status = 404, content_type = "application/problem+json", body = wire::Problem), (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub async fn state(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(path): Path<phone::SessionPath>,
    Query(seen): Query<phone::Seen>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let kiosk = kiosk(&app, peer, &headers).await?;
    let until = Duration::from_secs(seen.wait.unwrap_or(0).min(wire::MAX_WAIT));
    let over = tokio::time::sleep(until);
    tokio::pin!(over);
    loop {
        let (state, mut version) = app.phones.state(kiosk, &path.session, app.clock.monotonic())?;
        if seen.seen != Some(state.version) {
            return Ok(Json(state).into_response());
        }
        tokio::select! {
            () = &mut over => return Ok(StatusCode::NOT_MODIFIED.into_response()),
            // Its sender goes with the document: then the next look finds nothing.
            _ = version.changed() => {}
        }
    }
}

/// The kiosk has the signature, or wants none any more: all of it is forgotten at once.
#[utoipa::path(delete, tag = "phone", path = "/api/v1/phones/{session}", params(phone::SessionPath), security(("kiosk" = [])), responses(
    (status = 204), (status = 401, content_type = "application/problem+json", body = wire::Problem),
    (status = 429, content_type = "application/problem+json", body = wire::Problem)))]
pub async fn end(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(path): Path<phone::SessionPath>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    let kiosk = kiosk(&app, peer, &headers).await?;
    app.phones.end(kiosk, &path.session, app.clock.monotonic());
    Ok(StatusCode::NO_CONTENT)
}

impl App {
    /// What a phone shows about these bytes, where they are a statement that this portal would register:
    /// a kiosk cannot have anything else signed in the portal's name.
    fn letter_title(&self, document: &[u8]) -> Option<Title> {
        let statement = Statement::parse(document).ok()?;
        let deployment = Deployment { audience: self.deployment.audience(), practice: self.practice() };
        statement.validate(&deployment, self.content).ok()?;
        let body = self.named(&statement.body.id).name;
        let name = |lang| Text::new(Msg::PortalPhoneLetter).with("body", body.get(lang)).say(lang);
        let names = Names { kk: name(Lang::Kk), ru: name(Lang::Ru), en: name(Lang::En) };
        Some(Title { description: tr(statement.lang()?, Msg::PortalPhoneDescription), names })
    }

    /// The same of a login. Somebody else's code, shown to a person elsewhere, must not pass for this one: the
    /// phone says at which kiosk the letters will be seen.
    async fn login_title(&self, kiosk: u32) -> Result<Title, Refusal> {
        let place = self.db.kiosk_name(kiosk).await.map_err(|_| Refusal::unavailable())?.unwrap_or_default();
        let name = |lang| Text::new(Msg::PortalPhoneLogin).with("kiosk", place.as_str()).say(lang);
        let names = Names { kk: name(Lang::Kk), ru: name(Lang::Ru), en: name(Lang::En) };
        // Nothing has said yet which language is hers.
        let description = [&names.kk, &names.ru, &names.en].map(String::as_str).join(" · ");
        Ok(Title { description, names })
    }
}
