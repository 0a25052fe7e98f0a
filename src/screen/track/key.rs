//! By a key file: the stick and the password as in signing, and the portal's nonce signed.

use iced::Task;

use super::work::{self, KeyTried};
use super::{Action, Context, Message, Stage, State};
use crate::screen::keyfile::{self, Purpose};
use crate::screen::once::Once;

impl State {
    pub(super) fn with_key(&mut self, message: Message, context: &Context<'_>) -> Action {
        match (message, &mut self.stage) {
            (Message::ByKey, Stage::Ways) => {
                self.said = None;
                let (key, task) = keyfile::State::new(Purpose::OwnLetters, context);
                self.stage = Stage::Key(Box::new(key));
                Action::Run(task.map(Message::KeyFile))
            }
            (Message::KeyFile(message), Stage::Key(key)) => match key.update(message, context) {
                keyfile::Action::Run(task) => Action::Run(task.map(Message::KeyFile)),
                keyfile::Action::Back => {
                    self.round = 0;
                    self.stage = Stage::Ways;
                    Action::None
                }
                keyfile::Action::Enter(entry) => {
                    let (round, env) = (self.asks(), context.world.env.clone());
                    let tried = work::login_by_key(env, entry);
                    Action::Run(Task::perform(tried, move |r| Message::KeyTried(round, Once::new(r))))
                }
                keyfile::Action::None | keyfile::Action::Send(_) | keyfile::Action::Pen => Action::None,
            },
            (Message::KeyTried(round, tried), Stage::Key(key)) if round == self.round => {
                match tried.take() {
                    Some(KeyTried::In(own)) => self.stage = Stage::List(own),
                    Some(KeyTried::NoLine(code, entry)) => key.not_in(code, Some(entry)),
                    Some(KeyTried::Refused(code)) => key.not_in(code, None),
                    None => {}
                }
                Action::None
            }
            _ => Action::None,
        }
    }

    /// A stick was put in or taken out.
    pub fn sticks_changed(&mut self, context: &Context<'_>) -> Task<Message> {
        match &mut self.stage {
            Stage::Key(key) => key.sticks_changed(context).map(Message::KeyFile),
            _ => Task::none(),
        }
    }
}
