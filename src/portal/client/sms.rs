//! A gateway for texts over HTTP: one POST a text, JSON `{"id", "to", "text"}`, the secret as a bearer token
//! (RFC 6750), the id once more as `Idempotency-Key`. No proxy, no redirect, TLS 1.3 by the authorities that staff
//! name; without TLS to this very machine only.

use std::net::IpAddr;
use std::time::Duration;

use futures::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{StatusCode, Url};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::portal::sms::{Gateway, Sms, SmsError};
use crate::portal::tls;
use crate::private::Secret;

const WHOLE: Duration = Duration::from_secs(20);
const CONNECT: Duration = Duration::from_secs(10);
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

pub struct HttpGateway {
    http: reqwest::Client,
    url: Url,
    bearer: HeaderValue,
}

#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    to: &'a str,
    text: &'a str,
}

impl HttpGateway {
    /// `authorities`: DER of those that a gateway's certificate may come from.
    ///
    /// # Errors
    /// Where the address is no `https` one (or `http` on this machine), the secret is no header's text, or an
    /// authority is none.
    pub fn new(url: &str, secret: &Secret, authorities: &[Vec<u8>], clock: &Clock) -> Result<Self, SmsError> {
        let url = Url::parse(url).map_err(|_| SmsError::Settings)?;
        let fits = match url.scheme() {
            "https" => url.has_host() && !authorities.is_empty(),
            "http" => is_here(&url),
            _ => false,
        };
        if !fits || secret.is_empty() {
            return Err(SmsError::Settings);
        }
        let tls = tls::by(authorities, clock).map_err(|_| SmsError::Settings)?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .build()
            .map_err(|_| SmsError::Settings)?;
        let bearer = Zeroizing::new([b"Bearer ", secret.bytes()].concat());
        let mut bearer = HeaderValue::from_bytes(&bearer).map_err(|_| SmsError::Settings)?;
        bearer.set_sensitive(true);
        Ok(Self { http, url, bearer })
    }
}

/// A text in the clear goes over no wire.
fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Gateway for HttpGateway {
    fn send(&self, sms: Sms) -> BoxFuture<'_, Result<(), SmsError>> {
        Box::pin(async move {
            let body = Body { id: &sms.id, to: sms.to.e164(), text: &sms.text };
            let body = serde_json::to_vec(&body).map_err(|_| SmsError::Refused)?;
            let key = HeaderValue::from_str(&sms.id).map_err(|_| SmsError::Refused)?;
            let request = self.http.post(self.url.clone());
            let request = request.header(AUTHORIZATION, self.bearer.clone()).header(CONTENT_TYPE, JSON);
            // What comes back is a status; the error of a line names the address, and is dropped here.
            let response = request.header(KEY, key).body(body).send().await;
            let response = response.map_err(|_| SmsError::Unreachable)?;
            let wait = response.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok()?.parse().ok());
            match (response.status(), wait) {
                // 409: it was given this id before.
                (s, _) if s.is_success() || s == StatusCode::CONFLICT => Ok(()),
                (_, Some(seconds)) => Err(SmsError::Busy { seconds }),
                (StatusCode::TOO_MANY_REQUESTS, None) => Err(SmsError::Busy { seconds: 60 }),
                (StatusCode::REQUEST_TIMEOUT, _) => Err(SmsError::Unreachable),
                (StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::GONE, _) => {
                    Err(SmsError::Refused)
                }
                (s, _) if s.is_client_error() || s.is_redirection() => Err(SmsError::Denied),
                _ => Err(SmsError::Unreachable),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_the_clear_on_this_machine_alone() {
        let clock = Clock::system();
        let made = |url: &str, secret: &str| {
            let secret = Secret::from_vec(secret.as_bytes().to_vec());
            HttpGateway::new(url, &secret, &[], &clock).err()
        };
        for good in ["http://127.0.0.1:8080/sms", "http://[::1]/", "http://localhost/send"] {
            assert_eq!(made(good, "s"), None, "{good}");
        }
        for bad in ["http://sms.example/", "https://sms.example/", "ftp://127.0.0.1/", "", "127.0.0.1"] {
            assert_eq!(made(bad, "s"), Some(SmsError::Settings), "{bad}");
        }
        assert_eq!(made("http://127.0.0.1/", ""), Some(SmsError::Settings));
        assert_eq!(made("http://127.0.0.1/", "two\nlines"), Some(SmsError::Settings));
    }
}
