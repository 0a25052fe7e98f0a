//! A card, a key file or a phone shows whose letters may be listed: the portal's nonce comes back signed, once, and opens
//! a session of minutes. Both live in memory alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::app::App;
use super::problem::Refusal;
use crate::domain::Digest;
use crate::domain::login::{Login, OWN_LETTERS};
use crate::fault::Code;
use crate::portal::wire;

/// A PIN is typed within this, also by a slow hand; and it is said whose letters these are.
const CHALLENGE: Duration = Duration::from_secs(5 * 60);
const SESSION: Duration = Duration::from_secs(10 * 60);
/// Kept at once; more are refused until old ones have ended.
const MOST: usize = 10_000;
/// Bytes of a login's CMS.
pub const MAX_CMS: usize = 64 * 1024;

#[derive(Default)]
pub struct Logins {
    challenges: Mutex<HashMap<Digest, (u32, Instant)>>,
    sessions: Mutex<HashMap<Digest, ([u8; 32], Instant)>>,
}

/// Puts `value` in, where there is room after what has ended is gone.
fn keep<V>(
    map: &Mutex<HashMap<Digest, (V, Instant)>>,
    key: Digest,
    value: V,
    until: Instant,
    now: Instant,
) -> bool {
    let mut map = map.lock().unwrap_or_else(PoisonError::into_inner);
    if map.len() >= MOST {
        map.retain(|_, (_, until)| *until > now);
    }
    map.len() < MOST && map.insert(key, (value, until)).is_none()
}

impl Logins {
    fn challenged(&self, nonce: &Digest, kiosk: u32, now: Instant) -> bool {
        let mut challenges = self.challenges.lock().unwrap_or_else(PoisonError::into_inner);
        challenges.remove(nonce).is_some_and(|(to, until)| to == kiosk && until > now)
    }

    /// Keeps a challenge of this kiosk's until then; whether there is one.
    fn prolong(&self, nonce: &Digest, kiosk: u32, until: Instant, now: Instant) -> bool {
        let mut challenges = self.challenges.lock().unwrap_or_else(PoisonError::into_inner);
        let live = challenges.get_mut(nonce).filter(|(to, until)| *to == kiosk && *until > now);
        live.map(|(_, kept)| *kept = until.max(*kept)).is_some()
    }

    fn signer(&self, token: &Digest, now: Instant) -> Option<[u8; 32]> {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        match sessions.get(token) {
            Some((signer, until)) if *until > now => Some(*signer),
            Some(_) => {
                sessions.remove(token);
                None
            }
            None => None,
        }
    }
}

fn refused() -> Refusal {
    Refusal::new(403, Code("server.login-not-valid"))
}

impl App {
    /// A nonce for one login at this kiosk.
    pub fn challenge(&self, kiosk: u32) -> Result<wire::Challenge, Refusal> {
        let nonce = Digest(*crate::seal::random::<32>().map_err(|_| Refusal::unavailable())?);
        let now = self.clock.monotonic();
        if !keep(&self.logins.challenges, nonce, kiosk, now + CHALLENGE, now) {
            return Err(Refusal::too_many(60));
        }
        let seconds = CHALLENGE.as_secs();
        Ok(wire::Challenge {
            nonce: nonce.to_string(),
            kiosk,
            audience: self.deployment.audience().to_string(),
            seconds,
        })
    }

    /// Is this a login at this portal, from this kiosk?
    fn is_meant(&self, login: &Login, kiosk: u32) -> bool {
        login.context == OWN_LETTERS
            && login.audience == self.deployment.audience()
            && login.kiosk == kiosk
            && login.practice == self.practice()
    }

    /// May a phone be asked to sign this, for so long? Its challenge then waits as long as the phone may, and
    /// for the visitor to say that it is she.
    pub(super) fn awaits(&self, login: &Login, kiosk: u32, lives: Duration) -> bool {
        let now = self.clock.monotonic();
        self.is_meant(login, kiosk) && self.logins.prolong(&login.nonce, kiosk, now + lives + CHALLENGE, now)
    }

    /// Opens a session for whoever signed `cms`.
    pub async fn login(self: &Arc<Self>, kiosk: u32, cms: Vec<u8>) -> Result<wire::Session, Refusal> {
        let app = self.clone();
        let at = self.clock.now();
        let judged = tokio::task::spawn_blocking(move || app.judged_login(&cms, at));
        let verdict = judged.await.map_err(|_| Refusal::unavailable())?;
        if App::standing(&verdict).is_some() {
            return Err(Refusal::new(403, Code("server.login-ended")));
        }
        let (Some(signer), Some(content)) = (verdict.signer(), verdict.valid_content()) else {
            return Err(refused());
        };
        let login = Login::parse(content).ok_or_else(refused)?;
        let now = self.clock.monotonic();
        let meant = self.is_meant(&login, kiosk) && signer.practice == self.practice();
        let iin = &signer.owner.expose().iin;
        // The nonce is used up last: a login that was meant for another portal costs nobody theirs.
        if !meant || iin.is_empty() || !self.logins.challenged(&login.nonce, kiosk, now) {
            return Err(refused());
        }
        let token = crate::seal::random::<32>().map_err(|_| Refusal::unavailable())?;
        let index = self.deployment.signer_index(iin);
        if !keep(&self.logins.sessions, Digest::of(token.as_ref()), index, now + SESSION, now) {
            return Err(Refusal::too_many(60));
        }
        Ok(wire::Session { token: URL_SAFE_NO_PAD.encode(token.as_ref()), seconds: SESSION.as_secs() })
    }

    /// Whose session this is: the index that her letters are kept under.
    pub fn session(&self, token: &str) -> Result<[u8; 32], Refusal> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(token).unwrap_or_default());
        let now = self.clock.monotonic();
        self.logins.signer(&Digest::of(&bytes), now).ok_or(Refusal::not_found())
    }
}
