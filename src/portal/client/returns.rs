//! What a restored portal lost, over HTTP.

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, StatusCode};

use super::{HttpPortal, PortalError, wire};
use crate::domain::Digest;
use crate::portal::{Outcome, Progress};

impl HttpPortal {
    pub(super) async fn missing_of(&self, known: &[[u8; 8]]) -> Result<Vec<[u8; 8]>, PortalError> {
        let mut headers = self.as_kiosk();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(wire::SEALED));
        let url = self.url(&["envelopes", "missing"])?;
        let answer = self.call(Method::POST, url, headers, Some(known.concat())).await?;
        if answer.status != StatusCode::OK || !answer.is(wire::SEALED) {
            return Err(answer.problem());
        }
        match answer.body.as_chunks::<8>() {
            (missing, []) if missing.iter().all(|m| known.contains(m)) => Ok(missing.to_vec()),
            _ => Err(PortalError::Unreadable),
        }
    }

    pub(super) async fn bring_back(&self, envelope: Digest, word: Outcome) -> Result<Progress, PortalError> {
        let (Outcome::Receipt(signed) | Outcome::Notice(signed)) = word;
        let mut headers = self.as_kiosk();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(wire::COSE));
        let url = self.url(&["envelopes", &envelope.to_string(), "outcome"])?;
        self.call(Method::PUT, url, headers, Some(signed)).await?.progress()
    }
}
