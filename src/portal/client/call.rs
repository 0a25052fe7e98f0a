//! One question to the portal, and what every answer of it tells.

use std::sync::atomic::Ordering;

use reqwest::header::{DATE, HeaderMap};
use reqwest::{Method, Url};

use super::exchange::{Answer, exchange};
use super::{HttpPortal, LIVED, date};
use crate::portal::{PortalError, wire};

impl HttpPortal {
    pub(super) async fn call(
        &self,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Option<Vec<u8>>,
    ) -> Result<Answer, PortalError> {
        self.call_by(&self.http()?, method, url, headers, body).await
    }

    /// The same by another connection than the usual one.
    pub(super) async fn call_by(
        &self,
        http: &reqwest::Client,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Option<Vec<u8>>,
    ) -> Result<Answer, PortalError> {
        let answer = exchange(http, method, url, headers, body).await;
        match &answer {
            Ok(answer) => {
                self.answered.store(self.clock.now().wall.0, Ordering::Relaxed);
                let life = answer.headers.get(wire::LIFE).and_then(|v| v.to_str().ok());
                if let Some(life) = life.and_then(|v| u32::from_str_radix(v, 16).ok()) {
                    self.life.store(LIVED | u64::from(life), Ordering::Relaxed);
                }
                let tells = answer.headers.contains_key(wire::TELLS);
                self.tells.send_if_modified(|told| std::mem::replace(told, tells) != tells);
                if let Some(at) = answer.headers.get(DATE).and_then(date) {
                    self.clock.heard(at);
                }
            }
            Err(_) => {
                self.renew()?;
            }
        }
        answer
    }
}
