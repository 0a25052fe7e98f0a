//! A machine becomes a kiosk, over HTTP.

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use zeroize::Zeroizing;

use super::exchange::exchange;
use super::{HttpPortal, address, client, path, tls, wire};
use crate::clock::Clock;
use crate::portal::{Credential, PortalError};
use crate::private::Secret;

impl HttpPortal {
    /// The first keyset of a kiosk that holds none yet. The connection proves nothing; the root's
    /// signature on what comes does, and the caller checks it ([`Held::new`]).
    pub async fn first_keyset(base: &str, clock: &Clock) -> Result<Vec<u8>, PortalError> {
        let url = path(&address(base)?, &["keyset"])?;
        let http = client(tls::anybody(clock)?)?;
        let answer = exchange(&http, Method::GET, url, HeaderMap::new(), None).await?;
        if answer.status == StatusCode::OK && answer.is(wire::COSE) {
            Ok(answer.body)
        } else {
            Err(answer.problem())
        }
    }

    pub(super) async fn become_kiosk(
        &self,
        code: Zeroizing<String>,
        name: String,
    ) -> Result<Credential, PortalError> {
        let asked = wire::Enrol { code: code.to_string(), name };
        let body = serde_json::to_vec(&asked).map_err(|_| PortalError::Unreadable)?;
        let json = HeaderValue::from_static("application/json");
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, json)]);
        let answer = self.call(Method::POST, self.url(&["enrolments"])?, headers, Some(body)).await?;
        let given: wire::Enrolled = answer.json()?;
        let secret = Secret::from_vec(given.credential.into_bytes());
        self.set_credential(&secret)?;
        Ok(Credential { kiosk: given.kiosk, secret })
    }
}
