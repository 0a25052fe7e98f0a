//! From step to step: the file, its password, the key, the signature.

use std::time::Duration;

use iced::Task;
use zeroize::Zeroizing;

use super::work::{self, Source, Stop};
use super::{Action, Held, Message, Purpose, Stage, State};
use crate::fault::{Code, Coded as _};
use crate::files::{self, FilesError};
use crate::screen::Context;
use crate::screen::once::Once;
use crate::screen::sign::{status, work as signing};
use crate::sign::keyfile::{Entry, KeyFileError, MAX_KEY_FILE};

/// Opening that takes longer says so.
const SOON: Duration = Duration::from_millis(400);

impl State {
    pub(super) fn back(&mut self, context: &Context<'_>) -> Action {
        if std::mem::take(&mut self.reading_all) {
            return Action::None;
        }
        if self.is_read_back(context).is_some() && self.confirmed > 0 {
            self.confirmed -= 1;
            return Action::None;
        }
        match std::mem::replace(&mut self.stage, Stage::Finding) {
            // Stopped: the password may be typed again.
            Stage::Opening { held, .. } => {
                self.turn();
                self.stage = Stage::Password(held);
            }
            Stage::Finding => return Action::Back,
            _ => {
                self.find(None);
                // With one file there is nothing to choose.
                if self.found.len() <= 1 {
                    return Action::Back;
                }
            }
        }
        Action::None
    }

    pub(super) fn choose(&mut self, n: usize) -> Action {
        let (Some(found), Stage::Finding) = (self.found.get(n).cloned(), &self.stage) else {
            return Action::None;
        };
        self.chosen = true;
        self.said = None;
        match found.source.clone() {
            Source::Own(bytes) => {
                let bytes = Zeroizing::new(bytes.to_vec());
                self.stage = Stage::Password(Held { found, bytes });
                Action::None
            }
            Source::Stick(stick, entry) => {
                self.stage = Stage::Reading(found);
                let turn = self.turn();
                let read = move || files::read(&stick, &entry, MAX_KEY_FILE as u64);
                let read = async move {
                    tokio::task::spawn_blocking(read).await.unwrap_or(Err(FilesError::StickGone))
                };
                Action::Run(Task::perform(read, move |read| Message::Read(turn, Once::new(read))))
            }
        }
    }

    pub(super) fn open(&mut self, context: &Context<'_>) -> Action {
        if !matches!(self.stage, Stage::Password(_)) {
            return Action::None;
        }
        if self.letters.pad.is_empty() && !self.empty {
            // Some files have no password: said once, then believed.
            self.empty = true;
            self.said = None;
            return Action::None;
        }
        let Stage::Password(held) = std::mem::replace(&mut self.stage, Stage::Finding) else {
            return Action::None;
        };
        let password = self.letters.pad.take();
        self.forget();
        self.said = None;
        let turn = self.turn();
        let stop = Stop::default();
        let login = matches!(self.purpose, Purpose::OwnLetters);
        let opening = work::open(&context.world.env, held.bytes.clone(), password, &stop, login);
        self.stage = Stage::Opening { held, slow: false, _stop: stop };
        Action::Run(Task::batch([
            Task::perform(opening, move |opened| Message::Opened(turn, Once::new(opened))),
            Task::perform(async { tokio::time::sleep(SOON).await }, move |()| Message::Slow(turn)),
        ]))
    }

    pub(super) fn opened(
        &mut self,
        result: Result<Vec<Entry>, KeyFileError>,
        context: &Context<'_>,
    ) -> Action {
        let held = match std::mem::replace(&mut self.stage, Stage::Finding) {
            Stage::Opening { held, .. } => held,
            other => {
                self.stage = other;
                return Action::None;
            }
        };
        match result {
            Ok(mut entries) if entries.len() == 1 => {
                let entry = entries.swap_remove(0);
                return self.ready(held, entry, context);
            }
            Ok(entries) => self.stage = Stage::Choosing(held, entries),
            Err(error @ (KeyFileError::WrongPassword | KeyFileError::Cancelled)) => {
                self.said = Some(error.code());
                self.stage = Stage::Password(held);
            }
            // No password makes this file a better one.
            Err(error) => self.find(Some(error.code())),
        }
        Action::None
    }

    /// Whose key it is, and room on the disk for the letter, before she signs.
    pub(super) fn ready(&mut self, held: Held, entry: Entry, context: &Context<'_>) -> Action {
        let Purpose::Letter(player) = &self.purpose else {
            self.stage = Stage::Owner { held, entry: Box::new(entry) };
            return Action::None;
        };
        let stated = signing::state(player, &entry.certificate.owner(), context);
        let (asked, ask) = status::ask(&context.world.env, entry.certificate.clone(), entry.others.clone());
        let turn = self.turn();
        let asking = Task::perform(ask, move |said| Message::Status(turn, said));
        self.asked = Some(asked);
        self.by_list = None;
        let room = stated.as_ref().ok().map(|s| signing::room(&s.bytes, &s.shown));
        self.stage = Stage::Ready { held, entry: Box::new(entry), stated };
        self.confirmed = 0;
        let (Some(room), None) = (room, &self.reserved) else { return Action::Run(asking) };
        let outbox = context.world.env.outbox.clone();
        let reserving =
            Task::perform(async move { outbox.reserve(room).await }, |r| Message::Reserved(Once::new(r)));
        Action::Run(Task::batch([asking, reserving]))
    }

    /// Her letters could not be shown. Where the line failed before the key did anything, the key is there still.
    pub fn not_in(&mut self, code: Code, entry: Option<Box<Entry>>) {
        match (std::mem::replace(&mut self.stage, Stage::Finding), entry) {
            (Stage::Entering(held), Some(entry)) => {
                self.stage = Stage::Owner { held, entry };
                self.said = Some(code);
            }
            _ => self.find(Some(code)),
        }
    }

    fn enter(&mut self) -> Action {
        match std::mem::replace(&mut self.stage, Stage::Finding) {
            Stage::Owner { held, entry } => {
                self.said = None;
                self.stage = Stage::Entering(held);
                Action::Enter(entry)
            }
            other => {
                self.stage = other;
                Action::None
            }
        }
    }

    pub(super) fn sign(&mut self, context: &Context<'_>) -> Action {
        if let Purpose::OwnLetters = self.purpose {
            return self.enter();
        }
        let able = matches!(&self.stage, Stage::Ready { stated: Ok(_), .. });
        // Where help was given, nothing is signed that was not read back.
        if !able || self.is_read_back(context).is_some() {
            return Action::None;
        }
        let Stage::Ready { entry, stated: Ok(stated), .. } =
            std::mem::replace(&mut self.stage, Stage::Working)
        else {
            return Action::None;
        };
        self.said = None;
        let env = context.world.env.clone();
        let Purpose::Letter(player) = &self.purpose else { return Action::None };
        let files = player.attachments().into_iter().map(|f| f.bytes.to_vec()).collect();
        let work = work::sign(env, (entry, self.asked.take()), stated, files, self.reserved.take());
        Action::Run(Task::perform(work, |signed| Message::Signed(Once::new(signed))))
    }
}
