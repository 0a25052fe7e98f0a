//! "Tell me when the answer comes": a question apart from the letter, which she may pass over. The number goes to
//! the portal alone: it is no part of what she signs, and the authority does not see it.

mod view;

pub use view::standing;

use futures::future::BoxFuture;
use iced::Task;

use super::Context;
use super::once::Once;
use crate::domain::phone::{Phone, PhoneError};
use crate::env::Env;
use crate::fault::{Code, Coded as _};
use crate::outbox;
use crate::seal::alert::{self, Alert};
use crate::seal::visitor::VisitorSecret;
use crate::ui::edit::{Buffer, Edit};
use crate::ui::focus;
use crate::ui::keyboard::{Key as Typed, Keyboard, Kind};

pub const NUMBER: &str = "tell.number";
/// Characters that a number may have as people write it.
const MOST: usize = 18;

/// Her wish, on whichever screen it is asked.
#[derive(Default)]
pub struct Wish {
    pub(crate) stage: Stage,
}

#[derive(Default)]
pub enum Stage {
    #[default]
    NotAsked,
    Typing(Box<Question>),
    /// Being written down here, or brought to the portal.
    Keeping(Box<Question>),
    Kept(Phone),
}

/// The number as it is typed.
pub struct Question {
    number: Buffer,
    keyboard: Keyboard,
    wrong: Option<PhoneError>,
    /// Why it was not kept.
    said: Option<Code>,
}

#[derive(Clone)]
pub enum Message {
    Open,
    Focus,
    Edit(Edit),
    Key(Typed),
    Ask,
    Asked(Once<Result<(), Code>>),
    Back,
}

/// What keeps the number, once it is one.
pub type Keep<'a> = &'a dyn Fn(Phone) -> BoxFuture<'static, Result<(), Code>>;

impl Wish {
    pub fn update(&mut self, message: Message, context: &Context<'_>, keep: Keep<'_>) -> Task<Message> {
        match (message, &mut self.stage) {
            (Message::Open, Stage::NotAsked | Stage::Kept(_)) => {
                self.stage = Stage::Typing(Box::new(Question {
                    number: Buffer::line(MOST),
                    keyboard: Keyboard::new(context.look.lang, Kind::Phone),
                    wrong: None,
                    said: None,
                }));
                return focus::to(NUMBER);
            }
            (Message::Edit(edit), Stage::Typing(_)) => return self.edit(edit, keep),
            (Message::Key(key), Stage::Typing(question)) => {
                if let Some(edit) = question.keyboard.press(key) {
                    return self.edit(edit, keep);
                }
            }
            (Message::Ask, Stage::Typing(_)) => return self.ask(keep),
            (Message::Back, Stage::Typing(_)) => self.stage = Stage::NotAsked,
            (Message::Asked(result), Stage::Keeping(_)) => {
                let Some(result) = result.take() else { return Task::none() };
                let Stage::Keeping(mut question) = std::mem::take(&mut self.stage) else {
                    return Task::none();
                };
                self.stage = match (result, Phone::parse(question.number.text())) {
                    (Ok(()), Ok(phone)) => Stage::Kept(phone),
                    (result, _) => {
                        question.said = result.err();
                        Stage::Typing(question)
                    }
                };
            }
            _ => {}
        }
        Task::none()
    }

    fn edit(&mut self, edit: Edit, keep: Keep<'_>) -> Task<Message> {
        let Stage::Typing(question) = &mut self.stage else { return Task::none() };
        if edit == Edit::Enter {
            return self.ask(keep);
        }
        question.wrong = None;
        question.number.apply(&edit);
        Task::none()
    }

    fn ask(&mut self, keep: Keep<'_>) -> Task<Message> {
        let Stage::Typing(question) = &mut self.stage else { return Task::none() };
        match Phone::parse(question.number.text()) {
            Ok(phone) => {
                question.said = None;
                let asked = keep(phone);
                if let Stage::Typing(question) = std::mem::take(&mut self.stage) {
                    self.stage = Stage::Keeping(question);
                }
                Task::perform(asked, |result| Message::Asked(Once::new(result)))
            }
            Err(wrong) => {
                question.wrong = Some(wrong);
                focus::to(NUMBER)
            }
        }
    }

    /// Is the question in place of the page?
    pub fn asks(&self) -> bool {
        matches!(self.stage, Stage::Typing(_) | Stage::Keeping(_))
    }

    /// Is a number of hers here?
    pub fn hides(&self) -> bool {
        !matches!(self.stage, Stage::NotAsked)
    }

    /// Nothing is known of it any more: the portal says where it stands.
    pub fn forget(&mut self) {
        self.stage = Stage::NotAsked;
    }

    pub fn language_changed(&mut self, context: &Context<'_>) {
        if let Stage::Typing(question) = &mut self.stage {
            question.keyboard.speak(context.look.lang);
        }
    }
}

/// Keeps it in the outbox, sealed, beside the letter of this name: it goes when the letter is registered, with or
/// without a line now.
pub fn by_outbox(
    env: Env,
    letter: outbox::Id,
    secret: &VisitorSecret,
    phone: Phone,
) -> BoxFuture<'static, Result<(), Code>> {
    let wish = Alert { lookup_id: secret.lookup_id(), access: Some(secret.access_key()), phone };
    Box::pin(async move {
        let to = env.held.seal_key().map_err(|e| e.code())?;
        let sealed = alert::seal(&wish, &to).map_err(|e| e.code())?;
        env.outbox.wish(letter, sealed).await.map_err(|e| e.code())
    })
}
