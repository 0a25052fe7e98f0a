//! From the code to the signature, step by step.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use iced::Task;

use super::work::{self, Begun, Refused};
use super::{Live, Message, Stage, State};
use crate::card::Owner;
use crate::fault::{Code, Coded as _};
use crate::portal::PortalError;
use crate::portal::wire::phone::{PhoneStage, PhoneState};
use crate::private::Private;
use crate::screen::Context;
use crate::screen::once::Once;
use crate::screen::qr::Qr;

/// How long one question to the portal waits for news: less than a line's silence.
const WAIT: u64 = 25;
/// The minutes that are left are counted anew this often.
const TICK: Duration = Duration::from_secs(5);
/// A line that was cut is tried again after this.
const RETRY: Duration = Duration::from_secs(3);
/// Pixels of the code: read from an arm's length, by an old phone.
const SIDE: usize = 580;
const LOW_SIDE: usize = 420;

impl State {
    /// A new code, for the statement as it stands. Nothing is begun before it was read back where it must be.
    pub(super) fn begin(&mut self, context: &Context<'_>) -> Task<Message> {
        // The code before is dead at once.
        self.stage = Stage::Before;
        self.reading_all = false;
        let (Ok(stated), None) = (&self.stated, self.is_read_back(context)) else { return Task::none() };
        let work = work::begin(context.world.env.clone(), stated.clone());
        self.stage = Stage::Opening;
        let turn = self.turn();
        Task::perform(work, move |begun| Message::Begun(turn, Once::new(begun)))
    }

    pub(super) fn begun(&mut self, result: Result<Begun, Code>, context: &Context<'_>) -> Task<Message> {
        let Begun { given, seconds } = match result {
            Ok(begun) => begun,
            Err(code) => {
                self.stop(code, None);
                return Task::none();
            }
        };
        let side = if context.look.is_low() { LOW_SIDE } else { SIDE };
        let live = Live {
            qr: Qr::sized(&given.code, side),
            given,
            since: context.world.env.clock.monotonic(),
            seconds,
            minutes: seconds.div_ceil(60),
            version: 0,
            opened: false,
            unreadable: 0,
            cut: false,
        };
        self.stage = Stage::Code(Box::new(live));
        Task::batch([self.follow(context), self.later()])
    }

    fn later(&self) -> Task<Message> {
        let turn = self.turn;
        Task::perform(async { tokio::time::sleep(TICK).await }, move |()| Message::Tick(turn))
    }

    pub(super) fn tick(&mut self, context: &Context<'_>) -> Task<Message> {
        let Stage::Code(live) = &mut self.stage else { return Task::none() };
        let left = live.seconds.saturating_sub(context.world.env.clock.since(live.since).as_secs());
        if left == 0 {
            self.stop(Code("phone.timed-out"), None);
            return Task::none();
        }
        live.minutes = left.div_ceil(60);
        self.later()
    }

    /// Asks the portal what the phone has done.
    pub(super) fn follow(&self, context: &Context<'_>) -> Task<Message> {
        let Stage::Code(live) = &self.stage else { return Task::none() };
        let (portal, session) = (context.world.env.portal.clone(), live.given.session().to_owned());
        let (turn, version) = (self.turn, live.version);
        let ask = async move { portal.phone_state(session, Some(version), WAIT).await };
        Task::perform(ask, move |told| Message::Told(turn, Once::new(told)))
    }

    pub(super) fn told(
        &mut self,
        result: Result<Option<PhoneState>, PortalError>,
        context: &Context<'_>,
    ) -> Task<Message> {
        let Stage::Code(live) = &mut self.stage else { return Task::none() };
        let state = match result {
            Ok(state) => state,
            // The line comes back or the code's time ends: until then the phone may go on.
            Err(PortalError::Unreachable | PortalError::Cut | PortalError::Busy { .. }) => {
                live.cut = true;
                let turn = self.turn;
                let rest = async { tokio::time::sleep(RETRY).await };
                return Task::perform(rest, move |()| Message::Retry(turn));
            }
            Err(PortalError::Problem { status: 404, .. }) => {
                self.stop(Code("phone.timed-out"), None);
                return Task::none();
            }
            Err(other) => {
                self.stop(other.code(), None);
                return Task::none();
            }
        };
        live.cut = false;
        if let Some(state) = state {
            live.version = state.version;
            live.opened = state.stage != PhoneStage::Waiting;
            live.unreadable = state.unreadable;
            if let Some(cms) = &state.cms {
                return self.judge(STANDARD.decode(cms).unwrap_or_default(), context);
            }
        }
        self.follow(context)
    }

    fn judge(&mut self, cms: Vec<u8>, context: &Context<'_>) -> Task<Message> {
        let Ok(stated) = &self.stated else { return Task::none() };
        let files = self.player.attachments().into_iter().map(|f| f.bytes.to_vec()).collect();
        let room = match std::mem::replace(&mut self.stage, Stage::Checking) {
            Stage::Code(live) => live.given.into_room(),
            _ => None,
        };
        let work = work::finish(context.world.env.clone(), stated.clone(), cms, files, room);
        self.reading_all = false;
        let turn = self.turn();
        Task::perform(work, move |judged| Message::Judged(turn, Once::new(judged)))
    }

    pub(super) fn refused(&mut self, refused: Refused, context: &Context<'_>) -> Task<Message> {
        match refused {
            Refused::Code(code) => self.stop(code, None),
            Refused::Person(owner) => self.stop(Code("phone.other-person"), Some(owner)),
            // Once: a certificate that says another name each time is nobody's.
            Refused::Renamed(_) if self.renamed => self.stop(Code("phone.not-valid"), None),
            Refused::Renamed(owner) => return self.rename(owner, context),
        }
        Task::none()
    }

    fn rename(&mut self, owner: Owner, context: &Context<'_>) -> Task<Message> {
        self.owner = Private::new(owner);
        self.renamed = true;
        self.restate(context);
        self.begin(context)
    }

    /// The practice phone scans the code, and signs.
    pub(super) fn practise(&self, context: &Context<'_>) -> Task<Message> {
        let (Stage::Code(live), Some(phone)) = (&self.stage, &context.world.env.phone) else {
            return Task::none();
        };
        let (turn, signing) = (self.turn, phone.sign(live.given.code.to_string()));
        Task::perform(signing, move |done| Message::Practised(turn, done))
    }
}
