//! Signing with a phone, from the kiosk's side.

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, StatusCode};
use zeroize::Zeroizing;

use super::HttpPortal;
use crate::portal::PortalError;
use crate::portal::wire::{self, phone};

impl HttpPortal {
    pub(super) async fn give_to_phone(
        &self,
        document: Zeroizing<Vec<u8>>,
    ) -> Result<phone::PhoneSession, PortalError> {
        let mut headers = self.as_kiosk();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let url = self.url(&["phones"])?;
        self.call(Method::POST, url, headers, Some(document.to_vec())).await?.json()
    }

    pub(super) async fn follow_phone(
        &self,
        session: &str,
        seen: Option<u32>,
        wait: u64,
    ) -> Result<Option<phone::PhoneState>, PortalError> {
        let mut url = self.url(&["phones", session])?;
        if let Some(seen) = seen {
            url.set_query(Some(&format!("seen={seen}&wait={}", wait.min(wire::MAX_WAIT))));
        }
        let answer = self.call(Method::GET, url, self.as_kiosk(), None).await?;
        if answer.status == StatusCode::NOT_MODIFIED { Ok(None) } else { answer.json().map(Some) }
    }

    pub(super) async fn forget_phone(&self, session: &str) -> Result<(), PortalError> {
        let answer =
            self.call(Method::DELETE, self.url(&["phones", session])?, self.as_kiosk(), None).await?;
        if answer.status == StatusCode::NO_CONTENT { Ok(()) } else { Err(answer.problem()) }
    }
}
