//! A code on the screen, and what the phone that scanned it does: the same for a letter and for a login.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::runtime::Handle;
use zeroize::Zeroizing;

use crate::fault::{Code, Coded as _};
use crate::portal::wire::phone::{PhoneStage, PhoneState, SCHEME};
use crate::portal::{Portal, PortalError};
use crate::screen::Context;
use crate::screen::qr::Qr;
use crate::store::shelf::Reservation;

/// How long one question to the portal waits for news: less than a line's silence.
const WAIT: u64 = 25;
/// The minutes that are left are counted anew this often.
const TICK: Duration = Duration::from_secs(5);
/// A line that was cut is tried again after this.
const RETRY: Duration = Duration::from_secs(3);
/// Pixels of the code: read from an arm's length, by an old phone.
const SIDE: usize = 580;
const LOW_SIDE: usize = 420;

/// A document that waits at the portal; dropped, it is forgotten there.
pub struct Given {
    portal: Arc<dyn Portal>,
    session: Zeroizing<String>,
    /// What the QR code says.
    pub(crate) code: Zeroizing<String>,
    /// Room on the disk for a letter's envelope.
    room: Option<Reservation>,
    runtime: Option<Handle>,
}

impl Given {
    pub fn new(portal: Arc<dyn Portal>, session: String, address: &str, room: Option<Reservation>) -> Self {
        let code = Zeroizing::new(format!("{SCHEME}{address}"));
        let runtime = Handle::try_current().ok();
        Self { portal, session: Zeroizing::new(session), code, room, runtime }
    }

    pub fn session(&self) -> &str {
        &self.session
    }

    pub fn into_room(mut self) -> Option<Reservation> {
        self.room.take()
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        let (portal, session) = (self.portal.clone(), self.session.to_string());
        if let Some(runtime) = &self.runtime {
            // What cannot be told now ends by itself at the portal.
            runtime.spawn(async move { portal.phone_end(session).await });
        }
    }
}

pub struct Begun {
    pub given: Given,
    pub seconds: u64,
}

/// A code on the screen.
pub struct Live {
    pub(crate) given: Given,
    pub(crate) qr: Qr,
    since: Instant,
    seconds: u64,
    /// Minutes that are left, rounded up.
    pub(crate) minutes: u64,
    version: u32,
    /// A phone has scanned it.
    pub(crate) opened: bool,
    /// How often the phone sent what is no signature.
    pub(crate) unreadable: u32,
    /// The line to the portal is away for the moment.
    pub(crate) cut: bool,
}

/// What the portal said of the phone.
pub enum Heard {
    /// It is asked again at once.
    Follow,
    /// It is asked again once the line is back.
    Rest,
    Signed(Vec<u8>),
    /// The code's time is over.
    Over,
    Stopped(Code),
}

/// Until the minutes are counted anew.
pub async fn tick() {
    tokio::time::sleep(TICK).await;
}

/// Until a line that was cut is tried again.
pub async fn rest() {
    tokio::time::sleep(RETRY).await;
}

impl Live {
    pub fn new(begun: Begun, context: &Context<'_>) -> Self {
        let Begun { given, seconds } = begun;
        let side = if context.look.is_low() { LOW_SIDE } else { SIDE };
        Self {
            qr: Qr::sized(&given.code, side),
            given,
            since: context.world.env.clock.monotonic(),
            seconds,
            minutes: seconds.div_ceil(60),
            version: 0,
            opened: false,
            unreadable: 0,
            cut: false,
        }
    }

    /// Counts the minutes; whether the code is good still.
    pub fn counts(&mut self, context: &Context<'_>) -> bool {
        let left = self.seconds.saturating_sub(context.world.env.clock.since(self.since).as_secs());
        self.minutes = left.div_ceil(60);
        left > 0
    }

    /// What the phone has done since it was last asked.
    pub fn ask(&self) -> impl Future<Output = Result<Option<PhoneState>, PortalError>> + Send + use<> {
        let (portal, session, version) =
            (self.given.portal.clone(), self.given.session.to_string(), self.version);
        async move { portal.phone_state(session, Some(version), WAIT).await }
    }

    pub fn heard(&mut self, result: Result<Option<PhoneState>, PortalError>) -> Heard {
        let state = match result {
            Ok(state) => state,
            // The line comes back or the code's time ends: until then the phone may go on.
            Err(PortalError::Unreachable | PortalError::Cut | PortalError::Busy { .. }) => {
                self.cut = true;
                return Heard::Rest;
            }
            Err(PortalError::Problem { status: 404, .. }) => return Heard::Over,
            Err(other) => return Heard::Stopped(other.code()),
        };
        self.cut = false;
        if let Some(state) = state {
            self.version = state.version;
            self.opened = state.stage != PhoneStage::Waiting;
            self.unreadable = state.unreadable;
            if let Some(cms) = &state.cms {
                return Heard::Signed(STANDARD.decode(cms).unwrap_or_default());
            }
        }
        Heard::Follow
    }
}
