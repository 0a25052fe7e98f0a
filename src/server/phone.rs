//! Documents that wait for a phone. The kiosk gives one and gets an address for its QR code; the phone
//! that first opens the address fetches the document and sends it back signed; the kiosk takes the
//! signature and judges it.
//!
//! What is absent: nothing of it is ever on a disk or in a log, and nothing outlives its few minutes. The
//! document passes in clear, for the phone must show it: it is a letter to this very registry, or the question
//! who wants to see her own letters.

pub(super) mod asked;
pub(super) mod scanned;

use std::net::IpAddr;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::sync::watch;
use zeroize::Zeroizing;

use super::http::Peer;
use super::problem::{Refusal, same};
use crate::clock::Moment;
use crate::domain::{Digest, Names};
use crate::fault::Code;
use crate::portal::wire::phone::{PhoneStage, PhoneState};

/// How long a document waits: time to unlock a phone, find the app, read and sign.
pub const LIVES: Duration = Duration::from_secs(10 * 60);
/// Documents at once, over all kiosks; each kiosk has one at most.
pub const MOST: usize = 256;
/// A phone whose first answer was lost on the way may ask again for so long.
const AGAIN: Duration = Duration::from_secs(20);

/// By this a web server in between says who asked.
pub const REAL_ADDRESS: &str = "x-real-ip";

/// Where phones reach this portal, and whom they are told that they deal with.
pub struct Offer {
    /// `https://host[:port]`: an address whose certificate phones believe.
    pub base: String,
    /// The keeper's BIN, twelve digits, or nothing.
    pub bin: String,
    pub lives: Duration,
}

#[derive(Default)]
pub struct Phones {
    offer: OnceLock<Offer>,
    /// The web server that hands phones' requests on.
    proxy: OnceLock<IpAddr>,
    held: Mutex<Vec<Waiting>>,
}

/// What is shown about a document beside itself.
#[derive(Clone)]
pub(super) struct Title {
    /// What is asked for.
    pub description: String,
    /// What the document is.
    pub names: Names,
}

struct Waiting {
    kiosk: u32,
    session: Digest,
    code: Digest,
    until: Instant,
    expires: Moment,
    title: Title,
    /// Dropped once it came back signed.
    document: Option<Zeroizing<Vec<u8>>>,
    opened: Option<Opened>,
    signed: Option<Zeroizing<Vec<u8>>>,
    unreadable: u32,
    version: watch::Sender<u32>,
}

/// The one phone.
struct Opened {
    by: Phone,
    at: Instant,
    path: Zeroizing<String>,
    token: Zeroizing<String>,
    fetched: bool,
}

/// As far as one phone can be told from another before it has proved anything.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Phone {
    pub address: IpAddr,
    /// Of the name that its program gives itself.
    pub program: Digest,
}

/// A document was taken in.
pub(super) struct Begun {
    pub session: Zeroizing<String>,
    pub code: Zeroizing<String>,
}

/// The first answer to a phone.
pub(super) struct Invited {
    pub path: Zeroizing<String>,
    pub token: Zeroizing<String>,
    pub expires: Moment,
    pub title: Title,
}

fn secret<const N: usize>() -> Result<Zeroizing<String>, Refusal> {
    let bytes = crate::seal::random::<N>().map_err(|_| Refusal::unavailable())?;
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_ref())))
}

fn is(held: &str, given: &str) -> bool {
    same(&Digest::of(held.as_bytes()), &Digest::of(given.as_bytes()))
}

impl Waiting {
    fn changed(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    fn state(&self) -> PhoneState {
        let stage = match (&self.signed, &self.opened) {
            (Some(_), _) => PhoneStage::Signed,
            (None, Some(_)) => PhoneStage::Opened,
            (None, None) => PhoneStage::Waiting,
        };
        let encode = |cms: &Zeroizing<Vec<u8>>| base64::engine::general_purpose::STANDARD.encode(cms);
        let cms = self.signed.as_ref().map(encode);
        PhoneState { version: *self.version.borrow(), stage, unreadable: self.unreadable, cms }
    }
}

impl Phones {
    /// Names the address that phones reach; the first stays. Without one phones are not offered.
    pub fn offer(&self, offer: Offer) {
        let _ = self.offer.set(offer);
    }

    /// Names the web server that stands before the phones' addresses; the first stays. From it alone
    /// [`REAL_ADDRESS`] is believed.
    pub fn behind(&self, proxy: IpAddr) {
        let _ = self.proxy.set(proxy);
    }

    /// Whose request it is: the other end's, or whom the web server in between names.
    pub(super) fn caller(&self, peer: Peer, headers: &HeaderMap) -> Peer {
        let named = headers.get(REAL_ADDRESS).and_then(|a| a.to_str().ok()?.trim().parse().ok());
        let between = self.proxy.get().is_some_and(|proxy| *proxy == peer.0);
        named.filter(|_| between).map_or(peer, Peer)
    }

    pub(super) fn offered(&self) -> Result<&Offer, Refusal> {
        self.offer.get().ok_or(Refusal::new(404, Code("server.no-phones")))
    }

    fn with<R>(&self, now: Instant, work: impl FnOnce(&mut Vec<Waiting>) -> R) -> R {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|w| w.until > now);
        work(&mut held)
    }

    /// Forgets what is over.
    pub fn tidy(&self, now: Instant) {
        self.with(now, |_| ());
    }

    /// How many documents wait.
    pub fn waiting(&self, now: Instant) -> usize {
        self.with(now, |held| held.len())
    }

    /// Takes a document in. What this kiosk had given before is dropped: it has one screen.
    fn begin(
        &self,
        kiosk: u32,
        document: Zeroizing<Vec<u8>>,
        title: Title,
        (now, wall): (Instant, Moment),
    ) -> Result<Begun, Refusal> {
        let lives = self.offered()?.lives;
        let begun = Begun { session: secret::<16>()?, code: secret::<16>()? };
        let waiting = Waiting {
            kiosk,
            session: Digest::of(begun.session.as_bytes()),
            code: Digest::of(begun.code.as_bytes()),
            until: now + lives,
            expires: wall.plus(i64::try_from(lives.as_secs()).unwrap_or(0)),
            title,
            document: Some(document),
            opened: None,
            signed: None,
            unreadable: 0,
            version: watch::Sender::new(0),
        };
        self.with(now, |held| {
            held.retain(|w| w.kiosk != kiosk);
            if held.len() >= MOST {
                return Err(Refusal::too_many(30));
            }
            held.push(waiting);
            Ok(begun)
        })
    }

    /// How far it is, and what tells of the next change.
    fn state(
        &self,
        kiosk: u32,
        session: &str,
        now: Instant,
    ) -> Result<(PhoneState, watch::Receiver<u32>), Refusal> {
        let session = Digest::of(session.as_bytes());
        self.with(now, |held| {
            let found = held.iter().find(|w| w.kiosk == kiosk && same(&w.session, &session));
            found.map(|w| (w.state(), w.version.subscribe())).ok_or(Refusal::not_found())
        })
    }

    /// The kiosk has what it wanted, or wants it no longer.
    fn end(&self, kiosk: u32, session: &str, now: Instant) {
        let session = Digest::of(session.as_bytes());
        self.with(now, |held| held.retain(|w| w.kiosk != kiosk || !same(&w.session, &session)));
    }

    /// A phone opens the code's address. Another one finds nothing there any more.
    fn scan(&self, code: &str, by: Phone, now: Instant) -> Result<Invited, Refusal> {
        let code = Digest::of(code.as_bytes());
        let (path, token) = (secret::<16>()?, secret::<32>()?);
        self.with(now, |held| {
            let found = held.iter_mut().find(|w| same(&w.code, &code) && w.document.is_some());
            let waiting = found.ok_or(Refusal::not_found())?;
            match &waiting.opened {
                None => {
                    waiting.opened = Some(Opened { by, at: now, path, token, fetched: false });
                    waiting.changed();
                }
                Some(o) if o.by == by && !o.fetched && now.duration_since(o.at) < AGAIN => {}
                Some(_) => return Err(Refusal::not_found()),
            }
            let opened = waiting.opened.as_ref().ok_or(Refusal::not_found())?;
            Ok(Invited {
                path: opened.path.clone(),
                token: opened.token.clone(),
                expires: waiting.expires,
                title: waiting.title.clone(),
            })
        })
    }

    /// The document, for the phone that has the token.
    fn fetch(
        &self,
        code: &str,
        path: &str,
        token: &str,
        now: Instant,
    ) -> Result<(Title, Zeroizing<Vec<u8>>), Refusal> {
        self.at(code, path, now, |waiting| {
            let opened = waiting.opened.as_mut().filter(|o| is(&o.token, token));
            let (Some(opened), Some(document)) = (opened, &waiting.document) else {
                return Err(Refusal::not_found());
            };
            opened.fetched = true;
            Ok((waiting.title.clone(), document.clone()))
        })
    }

    /// Takes what the phone sent: a signature, or `None` where it is nothing like one. The path alone is
    /// asked for, which only that phone was told; a token that is given must be the right one.
    fn put(
        &self,
        code: &str,
        path: &str,
        token: Option<&str>,
        cms: Option<Zeroizing<Vec<u8>>>,
        now: Instant,
    ) -> Result<(), Refusal> {
        self.at(code, path, now, |waiting| {
            let ours = |o: &Opened| token.is_none_or(|given| is(&o.token, given));
            if !waiting.opened.as_ref().is_some_and(ours) {
                return Err(Refusal::not_found());
            }
            match (cms, &waiting.signed) {
                (None, signed) => {
                    if signed.is_none() {
                        waiting.unreadable = waiting.unreadable.saturating_add(1);
                        waiting.changed();
                    }
                    Err(Refusal::bad("no set with one signed document in base64"))
                }
                // Sent again, for the answer was lost.
                (Some(cms), Some(signed)) if *signed == cms => Ok(()),
                (Some(_), Some(_)) => Err(Refusal::new(409, Code("server.phone-signed"))),
                (Some(cms), None) => {
                    waiting.signed = Some(cms);
                    waiting.document = None;
                    waiting.changed();
                    Ok(())
                }
            }
        })
    }

    fn at<R>(
        &self,
        code: &str,
        path: &str,
        now: Instant,
        work: impl FnOnce(&mut Waiting) -> Result<R, Refusal>,
    ) -> Result<R, Refusal> {
        let code = Digest::of(code.as_bytes());
        self.with(now, |held| {
            let mut found = held.iter_mut().filter(|w| same(&w.code, &code));
            let found = found.find(|w| w.opened.as_ref().is_some_and(|o| is(&o.path, path)));
            work(found.ok_or(Refusal::not_found())?)
        })
    }
}

#[cfg(test)]
mod tests;
