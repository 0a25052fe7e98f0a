//! A letter's life over HTTP.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use reqwest::{Method, StatusCode};
use zeroize::Zeroizing;

use super::exchange::Answer;
use super::{HttpPortal, PortalError, value, visitor, wire};
use crate::portal::{Access, SentAnswer, Signed};
use crate::private::Secret;

pub(super) fn authorized(access: &Access) -> Result<HeaderMap, PortalError> {
    match access {
        Access::Visitor(key) => {
            visitor(wire::VISITOR_SCHEME, &Zeroizing::new(URL_SAFE_NO_PAD.encode(key.as_ref())))
        }
        Access::Session(token) => {
            let token = std::str::from_utf8(token.bytes()).map_err(|_| PortalError::Unreadable)?;
            visitor(wire::SESSION_SCHEME, token)
        }
    }
}

fn content(answer: Answer, kind: &str) -> Result<Vec<u8>, PortalError> {
    if answer.status == StatusCode::OK && answer.is(kind) { Ok(answer.body) } else { Err(answer.problem()) }
}

impl HttpPortal {
    pub(super) async fn letter_events(
        &self,
        lookup: [u8; 16],
        access: &Access,
        held: Option<String>,
        wait: u64,
    ) -> Result<Option<Signed>, PortalError> {
        let mut headers = authorized(access)?;
        let mut url = self.url(&["letters", &hex::encode(lookup), "events"])?;
        if let Some(tag) = held {
            headers.insert(IF_NONE_MATCH, value(&tag)?);
            if wait > 0 {
                url.set_query(Some(&format!("wait={}", wait.min(wire::MAX_WAIT))));
            }
        }
        let answer = self.call(Method::GET, url, headers, None).await?;
        if answer.status == StatusCode::NOT_MODIFIED {
            return Ok(None);
        }
        let tag = answer.headers.get(ETAG).and_then(|t| t.to_str().ok()).map(str::to_owned);
        let alert = answer.headers.get(wire::LETTER_ALERT).and_then(|a| a.to_str().ok());
        let alert = alert.and_then(wire::AlertState::from_word);
        let bytes = content(answer, wire::COSE)?;
        Ok(Some(Signed { bytes, tag: tag.ok_or(PortalError::Unreadable)?, alert }))
    }

    pub(super) async fn letter_answer(
        &self,
        lookup: [u8; 16],
        access: &Access,
    ) -> Result<SentAnswer, PortalError> {
        let url = self.url(&["letters", &hex::encode(lookup), "answer"])?;
        let answer = self.call(Method::GET, url, authorized(access)?, None).await?;
        match access {
            Access::Visitor(_) => content(answer, wire::SEALED).map(SentAnswer::Sealed),
            Access::Session(_) => content(answer, wire::CMS).map(|b| SentAnswer::Plain(Zeroizing::new(b))),
        }
    }

    pub(super) async fn letter_extract(
        &self,
        lookup: [u8; 16],
        access: &Access,
    ) -> Result<Vec<u8>, PortalError> {
        let url = self.url(&["letters", &hex::encode(lookup), "extract"])?;
        content(self.call(Method::GET, url, authorized(access)?, None).await?, wire::COSE)
    }

    pub(super) async fn new_challenge(&self) -> Result<wire::Challenge, PortalError> {
        let url = self.url(&["challenges"])?;
        self.call(Method::POST, url, self.as_kiosk(), None).await?.json()
    }

    pub(super) async fn relayed_status(
        &self,
        question: Vec<u8>,
        named: String,
    ) -> Result<Vec<u8>, PortalError> {
        let mut headers = self.as_kiosk();
        // What is no address is nobody's: the portal then asks whom it knows.
        if let Ok(named) = HeaderValue::from_str(&named)
            && !named.is_empty()
        {
            headers.insert(wire::NAMED_RESPONDER, named);
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(wire::OCSP_REQUEST));
        let answer = self.call(Method::POST, self.url(&["ocsp"])?, headers, Some(question)).await?;
        match answer.status {
            StatusCode::OK if answer.is(wire::OCSP_RESPONSE) => Ok(answer.body),
            _ => Err(answer.problem()),
        }
    }

    pub(super) async fn open_session(&self, cms: Vec<u8>) -> Result<Secret, PortalError> {
        let mut headers = self.as_kiosk();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(wire::CMS));
        let answer = self.call(Method::POST, self.url(&["sessions"])?, headers, Some(cms)).await?;
        let session: wire::Session = answer.json()?;
        Ok(Secret::from_vec(session.token.into_bytes()))
    }

    pub(super) async fn session_letters(&self, session: &Access) -> Result<wire::OwnLetters, PortalError> {
        let url = self.url(&["letters"])?;
        self.call(Method::GET, url, authorized(session)?, None).await?.json()
    }

    pub(super) async fn arrived_answers(&self) -> Result<wire::Arrived, PortalError> {
        self.call(Method::GET, self.url(&["answers"])?, self.as_kiosk(), None).await?.json()
    }

    pub(super) fn as_kiosk(&self) -> HeaderMap {
        let inner = self.inner.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        inner.kiosk.iter().map(|kiosk| (AUTHORIZATION, kiosk.clone())).collect()
    }
}
