//! A letter's life over HTTP.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::{
    AUTHORIZATION, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, RANGE,
};
use reqwest::{Method, StatusCode};
use zeroize::Zeroizing;

use super::exchange::Answer;
use super::{HttpPortal, PortalError, value, visitor, wire};
use crate::portal::{Access, Outcome, SentAnswer, Signed, SignedPart};
use crate::private::Secret;

/// Bytes of a signed letter with its proofs.
const MAX_SIGNED: u64 = 4 * 1024 * 1024;

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
    pub(super) async fn newer_keyset(&self, held: Option<u64>) -> Result<Option<Vec<u8>>, PortalError> {
        let mut headers = HeaderMap::new();
        if let Some(held) = held {
            headers.insert(IF_NONE_MATCH, value(&format!("\"{held}\""))?);
        }
        let answer = match self.call(Method::GET, self.url(&["keyset"])?, headers, None).await {
            Err(PortalError::Untrusted) => {
                // Only a keyset may come from whom TLS does not vouch for: the root vouches.
                return Self::first_keyset(self.base.as_str(), &self.clock).await.map(Some);
            }
            answer => answer?,
        };
        match answer.status {
            StatusCode::NOT_MODIFIED => Ok(None),
            StatusCode::OK if answer.is(wire::COSE) && answer.headers.contains_key(ETAG) => {
                Ok(Some(answer.body))
            }
            _ => Err(answer.problem()),
        }
    }

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
        let proof = answer.headers.get(wire::LETTER_PROOF).and_then(|p| p.to_str().ok());
        let proof = proof.and_then(wire::ProofState::from_word);
        let bytes = content(answer, wire::COSE)?;
        Ok(Some(Signed { bytes, tag: tag.ok_or(PortalError::Unreadable)?, alert, proof }))
    }

    pub(super) async fn letter_outcome(
        &self,
        lookup: [u8; 16],
        access: Zeroizing<[u8; 32]>,
    ) -> Result<Outcome, PortalError> {
        use base64::Engine as _;
        let key = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(access.as_ref());
        let headers = visitor(wire::VISITOR_SCHEME, &Zeroizing::new(key))?;
        let url = self.url(&["receipts", &hex::encode(lookup)])?;
        self.call(Method::GET, url, headers, None).await?.outcome()
    }

    pub(super) async fn letter_status(
        &self,
        number: String,
        code: Zeroizing<String>,
    ) -> Result<wire::StatusAnswer, PortalError> {
        // What no header can carry is no code that was ever printed.
        let not_found = |_| PortalError::Problem { status: 404, code: "server.not-found".to_owned() };
        let headers = visitor(wire::CODE_SCHEME, &code).map_err(not_found)?;
        let url = self.url(&["letters", &number, "status"])?;
        self.call(Method::GET, url, headers, None).await?.json()
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

    pub(super) async fn letter_signed(
        &self,
        lookup: [u8; 16],
        access: &Access,
        from: u64,
        most: u64,
    ) -> Result<SignedPart, PortalError> {
        let url = self.url(&["letters", &hex::encode(lookup), "signed"])?;
        let mut headers = authorized(access)?;
        let last = from.saturating_add(most.max(1)) - 1;
        headers.insert(RANGE, value(&format!("bytes={from}-{last}"))?);
        let answer = self.call(Method::GET, url, headers, None).await?;
        if answer.status != StatusCode::PARTIAL_CONTENT || !answer.is(wire::CMS) {
            return Err(answer.problem());
        }
        let said = |name| answer.headers.get(name).and_then(|v| v.to_str().ok());
        let range = said(CONTENT_RANGE).and_then(|range| {
            let (range, total) = range.strip_prefix("bytes ")?.split_once('/')?;
            Some((range.split_once('-')?.0.parse::<u64>().ok()?, total.parse::<u64>().ok()?))
        });
        let tag = said(ETAG).map(str::to_owned).ok_or(PortalError::Unreadable)?;
        let (begins, total) = range.ok_or(PortalError::Unreadable)?;
        let length = answer.body.len() as u64;
        // What is beyond what was asked for, or of no length, would never come to an end.
        let fits = begins == from && length > 0 && length <= most.max(1) && from + length <= total;
        if !fits || total > MAX_SIGNED {
            return Err(PortalError::Unreadable);
        }
        Ok(SignedPart { bytes: Zeroizing::new(answer.body), total, tag })
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

    pub(super) async fn listed(&self, question: Vec<u8>) -> Result<Vec<u8>, PortalError> {
        let mut headers = self.as_kiosk();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(wire::CBOR));
        content(self.call(Method::POST, self.url(&["standing"])?, headers, Some(question)).await?, wire::COSE)
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
