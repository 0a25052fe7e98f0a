//! The HTTP client: reqwest over rustls with the deployment's CA alone, one long-lived HTTP/2
//! connection, no proxy, no redirects. Time-outs are of silence, never of the whole: a line that
//! carries 10 kbit/s is slow, not broken.

mod alerts;
mod call;
pub mod device;
mod enrol;
mod exchange;
pub mod lists;
pub mod ocsp;
mod phone;
mod plain;
mod returns;
pub mod sms;
mod tracking;
pub mod tsa;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use futures::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, CONTENT_RANGE, HeaderMap, HeaderValue};
use reqwest::{Method, Url};
use tokio::sync::watch;
use zeroize::Zeroizing;

use exchange::{PIECE, SILENCE, date};

use super::held::Held;
use super::wire::{self, Range};
use super::{
    Access, Credential, Outcome, Portal, PortalError, Progress, SentAnswer, Signed, SignedPart, tls,
};
use crate::clock::{Clock, Moment};
use crate::domain::Digest;
use crate::domain::phone::Phone;
use crate::private::Secret;

/// Above the 32 bits of a run's number.
const LIVED: u64 = 1 << 32;
const CONNECT: Duration = Duration::from_secs(30);

/// A portal over HTTP. The connection is made when first needed and kept.
pub struct HttpPortal {
    base: Url,
    clock: Clock,
    held: Held,
    inner: RwLock<Inner>,
    /// Seconds since 1970 of the last answer; 0: none yet.
    answered: AtomicI64,
    /// The run of the portal that gave it, and a bit above it once there is one.
    life: AtomicU64,
    /// It said that it texts visitors.
    tells: watch::Sender<bool>,
    /// The connection of what passes in clear for a phone.
    apart: phone::Apart,
}

struct Inner {
    http: reqwest::Client,
    /// The version of the keyset whose TLS CAs `http` trusts.
    version: u64,
    /// The whole `Authorization` value of this kiosk.
    kiosk: Option<HeaderValue>,
}

fn client(tls: rustls::ClientConfig) -> Result<reqwest::Client, PortalError> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .http2_prior_knowledge()
        .https_only(true)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .pool_idle_timeout(None)
        .pool_max_idle_per_host(1)
        // Probes cost bytes on a metered line; a dead line shows at the next request.
        .tcp_keepalive(Duration::from_secs(300))
        .tcp_user_timeout(SILENCE * 2)
        .build()
        .map_err(|_| PortalError::Unreachable)
}

impl HttpPortal {
    /// `base`: `https://host:port`. TLS is judged by the CAs in the keyset held, also later ones.
    pub fn new(base: &str, held: Held, clock: Clock) -> Result<Self, PortalError> {
        let base = address(base)?;
        let http = client(tls::client(&held.tls_ca(), &clock)?)?;
        let version = held.keyset().version;
        Ok(Self {
            base,
            clock,
            held,
            inner: RwLock::new(Inner { http, version, kiosk: None }),
            answered: AtomicI64::new(0),
            life: AtomicU64::new(0),
            tells: watch::Sender::new(false),
            apart: phone::Apart::default(),
        })
    }

    /// After enrolment, or from the kiosk's settings.
    pub fn set_credential(&self, credential: &Secret) -> Result<(), PortalError> {
        let text = [wire::KIOSK_SCHEME.as_bytes(), b" ", credential.bytes()].concat();
        let text = Zeroizing::new(text);
        let value = HeaderValue::from_bytes(&text).map_err(|_| PortalError::Unreadable)?;
        self.change(|inner| inner.kiosk = Some(value));
        Ok(())
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.inner.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// The client for the next request: a newer keyset may have brought another CA.
    fn http(&self) -> Result<reqwest::Client, PortalError> {
        let version = self.held.keyset().version;
        {
            let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
            if inner.version == version {
                return Ok(inner.http.clone());
            }
        }
        self.renew()
    }

    /// A line that fell silent may never say that it is dead: the next request makes a new one.
    fn renew(&self) -> Result<reqwest::Client, PortalError> {
        let version = self.held.keyset().version;
        let http = client(tls::client(&self.held.tls_ca(), &self.clock)?)?;
        self.change(|inner| {
            inner.http = http.clone();
            inner.version = version;
        });
        Ok(http)
    }

    fn url(&self, parts: &[&str]) -> Result<Url, PortalError> {
        path(&self.base, parts)
    }

    async fn envelope(
        &self,
        envelope: Digest,
        range: Option<Range>,
        part: Vec<u8>,
    ) -> Result<Progress, PortalError> {
        let mut headers = HeaderMap::new();
        if let Some(range) = range {
            headers.insert(CONTENT_RANGE, value(&range.to_string())?);
        }
        if let Some(kiosk) = &self.inner.read().unwrap_or_else(PoisonError::into_inner).kiosk {
            headers.insert(AUTHORIZATION, kiosk.clone());
        }
        let url = self.url(&["envelopes", &envelope.to_string()])?;
        self.call(Method::PUT, url, headers, Some(part)).await?.progress()
    }
}

fn address(base: &str) -> Result<Url, PortalError> {
    match Url::parse(base) {
        Ok(url) if url.scheme() == "https" && !url.cannot_be_a_base() => Ok(url),
        _ => Err(PortalError::Unreachable),
    }
}

fn path(base: &Url, parts: &[&str]) -> Result<Url, PortalError> {
    let mut url = base.clone();
    url.set_path(wire::BASE);
    url.path_segments_mut().map_err(|()| PortalError::Unreachable)?.extend(parts);
    Ok(url)
}

fn value(text: &str) -> Result<HeaderValue, PortalError> {
    HeaderValue::from_str(text).map_err(|_| PortalError::Unreadable)
}

fn visitor(scheme: &str, secret: &str) -> Result<HeaderMap, PortalError> {
    let mut value = value(&Zeroizing::new(format!("{scheme} {secret}")))?;
    // Kept out of the connection's header table: the next visitor shares the connection.
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(AUTHORIZATION, value)]))
}

impl Portal for HttpPortal {
    fn about(&self) -> BoxFuture<'_, Result<wire::About, PortalError>> {
        Box::pin(async {
            let url = self.url(&["about"])?;
            self.call(Method::GET, url, HeaderMap::new(), None).await?.json()
        })
    }

    fn answered(&self) -> Option<Moment> {
        let at = self.answered.load(Ordering::Relaxed);
        (at != 0).then_some(Moment(at))
    }

    fn keyset(&self, held: Option<u64>) -> BoxFuture<'_, Result<Option<Vec<u8>>, PortalError>> {
        Box::pin(self.newer_keyset(held))
    }

    fn progress(&self, envelope: Digest, total: u64) -> BoxFuture<'_, Result<Progress, PortalError>> {
        Box::pin(self.envelope(envelope, Some(Range::Ask { total }), vec![]))
    }

    fn put(
        &self,
        envelope: Digest,
        offset: u64,
        total: u64,
        part: Vec<u8>,
    ) -> BoxFuture<'_, Result<Progress, PortalError>> {
        let to = offset.saturating_add(part.len() as u64);
        // A whole small envelope needs no range: its bytes are dear on a slow line. A streamed one has
        // no Content-Length, and says by its range how long it is.
        let plain = to - offset == total && part.len() <= PIECE;
        let range = (!plain).then_some(Range::Part { from: offset, to, total });
        Box::pin(self.envelope(envelope, range, part))
    }

    fn life(&self) -> Option<u32> {
        let life = self.life.load(Ordering::Relaxed);
        (life & LIVED != 0).then_some(life as u32)
    }

    fn missing(&self, known: Vec<[u8; 8]>) -> BoxFuture<'_, Result<Vec<[u8; 8]>, PortalError>> {
        Box::pin(async move { self.missing_of(&known).await })
    }

    fn bring(&self, envelope: Digest, word: Outcome) -> BoxFuture<'_, Result<Progress, PortalError>> {
        Box::pin(self.bring_back(envelope, word))
    }

    fn receipt(
        &self,
        lookup: [u8; 16],
        access: Zeroizing<[u8; 32]>,
    ) -> BoxFuture<'_, Result<Outcome, PortalError>> {
        Box::pin(self.letter_outcome(lookup, access))
    }

    fn status(
        &self,
        number: String,
        code: Zeroizing<String>,
    ) -> BoxFuture<'_, Result<wire::StatusAnswer, PortalError>> {
        Box::pin(self.letter_status(number, code))
    }

    fn events(
        &self,
        lookup: [u8; 16],
        access: Access,
        held: Option<String>,
        wait: u64,
    ) -> BoxFuture<'_, Result<Option<Signed>, PortalError>> {
        Box::pin(async move { self.letter_events(lookup, &access, held, wait).await })
    }

    fn answer(&self, lookup: [u8; 16], access: Access) -> BoxFuture<'_, Result<SentAnswer, PortalError>> {
        Box::pin(async move { self.letter_answer(lookup, &access).await })
    }

    fn signed_letter(
        &self,
        lookup: [u8; 16],
        access: Access,
        from: u64,
        most: u64,
    ) -> BoxFuture<'_, Result<SignedPart, PortalError>> {
        Box::pin(async move { self.letter_signed(lookup, &access, from, most).await })
    }

    fn extract(&self, lookup: [u8; 16], access: Access) -> BoxFuture<'_, Result<Vec<u8>, PortalError>> {
        Box::pin(async move { self.letter_extract(lookup, &access).await })
    }

    fn tells(&self) -> bool {
        *self.tells.borrow()
    }

    fn alert(&self, sealed: Vec<u8>) -> BoxFuture<'_, Result<(), PortalError>> {
        Box::pin(self.bring_alert(sealed))
    }

    fn tell(
        &self,
        lookup: [u8; 16],
        access: Access,
        phone: Option<Phone>,
    ) -> BoxFuture<'_, Result<(), PortalError>> {
        Box::pin(self.set_alert(lookup, access, phone))
    }

    fn challenge(&self) -> BoxFuture<'_, Result<wire::Challenge, PortalError>> {
        Box::pin(self.new_challenge())
    }

    fn certificate_status(
        &self,
        question: Vec<u8>,
        named: String,
    ) -> BoxFuture<'_, Result<Vec<u8>, PortalError>> {
        Box::pin(self.relayed_status(question, named))
    }

    fn standing(&self, question: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, PortalError>> {
        Box::pin(self.listed(question))
    }

    fn login(&self, cms: Vec<u8>) -> BoxFuture<'_, Result<Secret, PortalError>> {
        Box::pin(self.open_session(cms))
    }

    fn letters(&self, session: Access) -> BoxFuture<'_, Result<wire::OwnLetters, PortalError>> {
        Box::pin(async move { self.session_letters(&session).await })
    }

    fn arrived(&self) -> BoxFuture<'_, Result<wire::Arrived, PortalError>> {
        Box::pin(self.arrived_answers())
    }

    fn phone_begin(
        &self,
        document: Zeroizing<Vec<u8>>,
    ) -> BoxFuture<'_, Result<wire::phone::PhoneSession, PortalError>> {
        Box::pin(self.give_to_phone(document))
    }

    fn phone_state(
        &self,
        session: String,
        seen: Option<u32>,
        wait: u64,
    ) -> BoxFuture<'_, Result<Option<wire::phone::PhoneState>, PortalError>> {
        Box::pin(async move { self.follow_phone(&session, seen, wait).await })
    }

    fn phone_end(&self, session: String) -> BoxFuture<'_, Result<(), PortalError>> {
        Box::pin(async move { self.forget_phone(&session).await })
    }

    fn enrol(&self, code: Zeroizing<String>, name: String) -> BoxFuture<'_, Result<Credential, PortalError>> {
        Box::pin(self.become_kiosk(code, name))
    }
}
