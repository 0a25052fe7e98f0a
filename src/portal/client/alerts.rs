//! A visitor's wish to be told, over HTTP.

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, StatusCode};
use tokio::sync::watch;

use super::exchange::Answer;
use super::tracking::authorized;
use super::{HttpPortal, PortalError, wire};
use crate::domain::phone::Phone;
use crate::portal::Access;

fn done(answer: Answer) -> Result<(), PortalError> {
    if answer.status == StatusCode::NO_CONTENT { Ok(()) } else { Err(answer.problem()) }
}

impl HttpPortal {
    /// What an earlier start heard of whether it texts visitors, until it says so itself.
    pub fn recall_tells(&self, tells: bool) {
        self.tells.send_replace(tells);
    }

    /// Whether it texts visitors, as it says so.
    pub fn telling(&self) -> watch::Receiver<bool> {
        self.tells.subscribe()
    }

    pub(super) async fn bring_alert(&self, sealed: Vec<u8>) -> Result<(), PortalError> {
        let mut headers = self.as_kiosk();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(wire::SEALED));
        done(self.call(Method::POST, self.url(&["alerts"])?, headers, Some(sealed)).await?)
    }

    pub(super) async fn set_alert(
        &self,
        lookup: [u8; 16],
        access: Access,
        phone: Option<Phone>,
    ) -> Result<(), PortalError> {
        let mut headers = authorized(&access)?;
        let url = self.url(&["letters", &hex::encode(lookup), "alert"])?;
        let Some(phone) = phone else {
            return done(self.call(Method::DELETE, url, headers, None).await?);
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let asked = wire::AskAlert { phone: phone.e164().to_owned() };
        let body = serde_json::to_vec(&asked).map_err(|_| PortalError::Unreadable)?;
        done(self.call(Method::PUT, url, headers, Some(body)).await?)
    }
}
