//! From the code to the signature, step by step.

use iced::Task;

use super::live::{self, Begun, Heard, Live};
use super::work::{self, Refused};
use super::{Message, Stage, State};
use crate::card::Owner;
use crate::fault::Code;
use crate::portal::PortalError;
use crate::portal::wire::phone::PhoneState;
use crate::private::Private;
use crate::screen::Context;
use crate::screen::once::Once;

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
        match result {
            Ok(begun) => self.stage = Stage::Code(Box::new(Live::new(begun, context))),
            Err(code) => {
                self.stop(code, None);
                return Task::none();
            }
        }
        Task::batch([self.follow(), self.later()])
    }

    fn later(&self) -> Task<Message> {
        let turn = self.turn;
        Task::perform(live::tick(), move |()| Message::Tick(turn))
    }

    pub(super) fn tick(&mut self, context: &Context<'_>) -> Task<Message> {
        let Stage::Code(live) = &mut self.stage else { return Task::none() };
        if live.counts(context) {
            return self.later();
        }
        self.stop(Code("phone.timed-out"), None);
        Task::none()
    }

    /// Asks the portal what the phone has done.
    pub(super) fn follow(&self) -> Task<Message> {
        let Stage::Code(live) = &self.stage else { return Task::none() };
        let turn = self.turn;
        Task::perform(live.ask(), move |told| Message::Told(turn, Once::new(told)))
    }

    pub(super) fn told(
        &mut self,
        result: Result<Option<PhoneState>, PortalError>,
        context: &Context<'_>,
    ) -> Task<Message> {
        let Stage::Code(live) = &mut self.stage else { return Task::none() };
        let turn = self.turn;
        match live.heard(result) {
            Heard::Follow => return self.follow(),
            Heard::Rest => return Task::perform(live::rest(), move |()| Message::Retry(turn)),
            Heard::Signed(cms) => return self.judge(cms, context),
            Heard::Over => self.stop(Code("phone.timed-out"), None),
            Heard::Stopped(code) => self.stop(code, None),
        }
        Task::none()
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
