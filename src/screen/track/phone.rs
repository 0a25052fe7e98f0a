//! By a phone: the code to scan, the portal's question signed on the phone, and whose letters these are, said
//! before one is shown. What the phone sent is judged here, and by the portal once she has said that it is she.

mod view;

use iced::Task;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::work::{self, Own};
use super::{Context, Message as Outer, Stage as Page, State as Track};
use crate::card::Owner;
use crate::env::Env;
use crate::fault::{Code, Coded as _};
use crate::portal::PortalError;
use crate::portal::wire::phone::PhoneState;
use crate::private::Private;
use crate::screen::once::Once;
use crate::screen::phone::judge::{self, Asked, Wrong};
use crate::screen::phone::live::{self, Begun, Heard, Live};
use crate::screen::phone::work::give;
use crate::sign::path::LOGIN;

pub use view::view;

pub enum Stage {
    /// The portal is asked for a question and a code.
    Opening,
    Code(Box<Live>),
    /// What came is judged.
    Checking,
    /// Whose signature it is: nothing of hers has been asked for yet.
    Owner(Signed),
    /// The portal has the signature.
    Entering,
    Stopped(Code),
}

/// A good signature over this very question.
pub struct Signed {
    pub(crate) owner: Private<Owner>,
    cms: Vec<u8>,
}

impl Signed {
    pub fn new(owner: Owner, cms: Vec<u8>) -> Self {
        Self { owner: Private::new(owner), cms }
    }
}

pub struct State {
    pub(crate) stage: Stage,
    /// The portal's question: canonical bytes.
    question: Vec<u8>,
    /// Numbers what is awaited, so that a late answer is nobody's.
    turn: u64,
}

#[derive(Clone)]
pub enum Message {
    Begun(u64, Once<Result<(Begun, Vec<u8>), Code>>),
    Told(u64, Once<Result<Option<PhoneState>, PortalError>>),
    /// Time goes on.
    Tick(u64),
    /// The line is tried again.
    Retry(u64),
    Judged(u64, Once<Result<Signed, Wrong>>),
    /// It is she.
    Show,
    Entered(u64, Once<Result<Own, Code>>),
    Again,
    Card,
    KeyFile,
    Back,
    /// The picture of the practice phone was touched.
    PracticePhone,
    Practised(u64, Result<(), Code>),
}

pub enum Action {
    None,
    Run(Task<Message>),
    In(Own),
    Back,
    Card,
    KeyFile,
}

/// The portal's question, and a code under which a phone finds it.
async fn begin(env: Env) -> Result<(Begun, Vec<u8>), Code> {
    let question = work::question(&env, env.clock.now().wall).await?;
    let begun = give(&env, question.clone(), None).await.map_err(|error| match error {
        PortalError::Unreachable | PortalError::Cut => Code("login.no-line"),
        PortalError::Busy { .. } => Code("login.busy"),
        PortalError::Problem { status: 404, .. } => Code("login.no-phones"),
        other => other.code(),
    })?;
    Ok((begun, question))
}

/// Is it a signature over this question, by a key that may log in, valid now? Whose?
async fn judged(env: Env, question: Vec<u8>, cms: Vec<u8>) -> Result<Signed, Wrong> {
    let runtime = Handle::current();
    let judge = move || {
        let asked = Asked { cms: &cms, content: &question, rules: &LOGIN };
        let good = judge::signed(&env, &asked)?;
        // Nobody's letters are kept under no number.
        if good.owner.iin.is_empty() {
            return Err(Wrong::NotForThis);
        }
        judge::standing(&env, &asked, &good, runtime)?;
        Ok(Signed::new(good.owner, cms))
    };
    spawn_blocking(judge).await.unwrap_or(Err(Wrong::NotValid))
}

fn code(wrong: Wrong) -> Code {
    Code(match wrong {
        Wrong::NotValid => "login.not-valid",
        Wrong::OtherDocument => "login.other-document",
        Wrong::Untrusted => "login.untrusted",
        Wrong::NotForThis => "login.not-for-this",
        Wrong::Expired => "login.expired",
        Wrong::Revoked => "login.revoked",
        Wrong::CouldNotCheck => "login.could-not-check",
    })
}

impl State {
    pub fn new(context: &Context<'_>) -> (Self, Task<Message>) {
        let mut state = Self { stage: Stage::Opening, question: vec![], turn: 0 };
        let task = state.begin(context);
        (state, task)
    }

    fn turn(&mut self) -> u64 {
        self.turn += 1;
        self.turn
    }

    fn stop(&mut self, code: Code) {
        self.turn();
        self.question.clear();
        self.stage = Stage::Stopped(code);
    }

    /// A new code; the one before is dead at once.
    fn begin(&mut self, context: &Context<'_>) -> Task<Message> {
        self.stage = Stage::Opening;
        self.question.clear();
        let (turn, work) = (self.turn(), begin(context.world.env.clone()));
        Task::perform(work, move |begun| Message::Begun(turn, Once::new(begun)))
    }

    fn follow(&self) -> Task<Message> {
        let Stage::Code(live) = &self.stage else { return Task::none() };
        let turn = self.turn;
        Task::perform(live.ask(), move |told| Message::Told(turn, Once::new(told)))
    }

    fn later(&self) -> Task<Message> {
        let turn = self.turn;
        Task::perform(live::tick(), move |()| Message::Tick(turn))
    }

    fn begun(&mut self, result: Result<(Begun, Vec<u8>), Code>, context: &Context<'_>) -> Task<Message> {
        match result {
            Ok((begun, question)) => {
                self.question = question;
                self.stage = Stage::Code(Box::new(Live::new(begun, context)));
                Task::batch([self.follow(), self.later()])
            }
            Err(code) => {
                self.stop(match code.0 {
                    "portal.unreachable" | "portal.cut" => Code("login.no-line"),
                    _ => code,
                });
                Task::none()
            }
        }
    }

    fn told(
        &mut self,
        result: Result<Option<PhoneState>, PortalError>,
        context: &Context<'_>,
    ) -> Task<Message> {
        let Stage::Code(live) = &mut self.stage else { return Task::none() };
        let turn = self.turn;
        match live.heard(result) {
            Heard::Follow => return self.follow(),
            Heard::Rest => return Task::perform(live::rest(), move |()| Message::Retry(turn)),
            Heard::Signed(cms) => {
                self.stage = Stage::Checking;
                let (turn, question) = (self.turn(), self.question.clone());
                let work = judged(context.world.env.clone(), question, cms);
                return Task::perform(work, move |judged| Message::Judged(turn, Once::new(judged)));
            }
            Heard::Over => self.stop(Code("login.timed-out")),
            Heard::Stopped(code) => self.stop(code),
        }
        Task::none()
    }

    /// She has her phone in her hands.
    pub fn is_waiting(&self) -> bool {
        matches!(self.stage, Stage::Opening | Stage::Code(_) | Stage::Checking | Stage::Entering)
    }

    /// Is there something of hers that a helper does not see?
    pub fn hides(&self) -> bool {
        matches!(self.stage, Stage::Owner(_))
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::Begun(turn, result) if turn == self.turn => {
                if let Some(result) = result.take() {
                    return Action::Run(self.begun(result, context));
                }
            }
            Message::Told(turn, result) if turn == self.turn => {
                if let Some(result) = result.take() {
                    return Action::Run(self.told(result, context));
                }
            }
            Message::Tick(turn) if turn == self.turn => {
                if let Stage::Code(live) = &mut self.stage {
                    if live.counts(context) {
                        return Action::Run(self.later());
                    }
                    self.stop(Code("login.timed-out"));
                }
            }
            Message::Retry(turn) if turn == self.turn => return Action::Run(self.follow()),
            Message::Judged(turn, result) if turn == self.turn => match result.take() {
                Some(Ok(signed)) => self.stage = Stage::Owner(signed),
                Some(Err(wrong)) => self.stop(code(wrong)),
                None => {}
            },
            Message::Entered(turn, result) if turn == self.turn => match result.take() {
                Some(Ok(own)) => return Action::In(own),
                Some(Err(code)) => self.stop(code),
                None => {}
            },
            Message::Practised(turn, Err(code)) if turn == self.turn => self.stop(code),
            Message::Show => {
                if let Stage::Owner(signed) = std::mem::replace(&mut self.stage, Stage::Entering) {
                    let (turn, env) = (self.turn(), context.world.env.clone());
                    let enter = async move { work::enter(&env, signed.cms).await };
                    return Action::Run(Task::perform(enter, move |own| {
                        Message::Entered(turn, Once::new(own))
                    }));
                }
            }
            Message::Begun(..)
            | Message::Told(..)
            | Message::Tick(_)
            | Message::Retry(_)
            | Message::Judged(..)
            | Message::Entered(..)
            | Message::Practised(..) => {}
            Message::Again => return Action::Run(self.begin(context)),
            Message::Card => return Action::Card,
            Message::KeyFile => return Action::KeyFile,
            Message::Back => return Action::Back,
            Message::PracticePhone => {
                if let (Stage::Code(live), Some(phone)) = (&self.stage, &context.world.env.phone) {
                    let (turn, signing) = (self.turn, phone.sign(live.given.code.to_string()));
                    return Action::Run(Task::perform(signing, move |done| Message::Practised(turn, done)));
                }
            }
        }
        Action::None
    }
}

impl Track {
    pub(super) fn with_phone(&mut self, message: Outer, context: &Context<'_>) -> super::Action {
        match (message, &mut self.stage) {
            (Outer::ByPhone, Page::Ways) => {
                self.said = None;
                let (phone, task) = State::new(context);
                self.stage = Page::Phone(Box::new(phone));
                super::Action::Run(task.map(Outer::Phone))
            }
            (Outer::Phone(message), Page::Phone(phone)) => match phone.update(message, context) {
                Action::None => super::Action::None,
                Action::Run(task) => super::Action::Run(task.map(Outer::Phone)),
                Action::In(own) => {
                    self.said = None;
                    self.stage = Page::List(own);
                    super::Action::None
                }
                Action::Back => {
                    self.stage = Page::Ways;
                    super::Action::None
                }
                Action::Card => self.update(Outer::ByCard, context),
                Action::KeyFile => {
                    self.stage = Page::Ways;
                    self.update(Outer::ByKey, context)
                }
            },
            _ => super::Action::None,
        }
    }
}
