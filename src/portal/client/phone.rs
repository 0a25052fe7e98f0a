//! Signing with a phone, from the kiosk's side. What is signed passes here in clear. A connection keeps the bytes of
//! its last messages in its buffers, on both sides, for as long as it stands: so an exchange has one of its own, which
//! ends with it.

use std::sync::{Mutex, PoisonError};

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Method, StatusCode};
use zeroize::Zeroizing;

use super::{HttpPortal, client};
use crate::portal::wire::{self, phone};
use crate::portal::{PortalError, tls};

/// The exchange that is going on, and its connection.
#[derive(Default)]
pub(super) struct Apart(Mutex<Option<(Zeroizing<String>, Client)>>);

impl Apart {
    fn set(&self, session: &str, http: Client) {
        let held = (Zeroizing::new(session.to_owned()), http);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
    }

    fn of(&self, session: &str) -> Option<Client> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|(of, _)| of.as_str() == session).map(|(_, http)| http.clone())
    }

    fn end(&self, session: &str) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.take_if(|(of, _)| of.as_str() == session);
    }
}

impl HttpPortal {
    pub(super) async fn give_to_phone(
        &self,
        document: Zeroizing<Vec<u8>>,
    ) -> Result<phone::PhoneSession, PortalError> {
        let mut headers = self.as_kiosk();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let url = self.url(&["phones"])?;
        let http = client(tls::client(&self.held.tls_ca(), &self.clock)?)?;
        let answer = self.call_by(&http, Method::POST, url, headers, Some(document.to_vec())).await?;
        let session: phone::PhoneSession = answer.json()?;
        self.apart.set(&session.session, http);
        Ok(session)
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
        let http = match self.apart.of(session) {
            Some(http) => http,
            None => self.http()?,
        };
        let answer = self.call_by(&http, Method::GET, url, self.as_kiosk(), None).await?;
        if answer.status == StatusCode::NOT_MODIFIED { Ok(None) } else { answer.json().map(Some) }
    }

    pub(super) async fn forget_phone(&self, session: &str) -> Result<(), PortalError> {
        self.apart.end(session);
        let answer =
            self.call(Method::DELETE, self.url(&["phones", session])?, self.as_kiosk(), None).await?;
        if answer.status == StatusCode::NO_CONTENT { Ok(()) } else { Err(answer.problem()) }
    }
}
