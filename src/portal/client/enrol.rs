//! A machine becomes a kiosk, over HTTP.

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use zeroize::Zeroizing;

use super::{HttpPortal, wire};
use crate::portal::{Credential, PortalError};
use crate::private::Secret;

impl HttpPortal {
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
