//! Whether a certificate was revoked, asked by way of the portal while its owner reads what she will
//! sign. A word against it is told before anything is signed; no word within the time is none.

use std::sync::Arc;
use std::time::Duration;

use iced::Task;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::{Message, State};
use crate::domain::standing::List;
use crate::env::{Env, Mode};
use crate::i18n::{Lang, Msg, Text, format};
use crate::portal::Relayed;
use crate::screen::Context;
use crate::screen::once::Once;
use crate::sign::certificate::Certificate;
use crate::sign::online::{Line, Whom};
use crate::sign::revocation::Evidence;
use crate::sign::trust::CITIZEN;
use crate::sign::verdict::Revocation;
use crate::sign::{Question, verify_certificate};

/// An answer of two thousand bytes takes two seconds on a line of 10 kbit/s.
const PATIENCE: Duration = Duration::from_secs(8);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Good,
    /// By the authority's own answer, or by a list of its that the portal looked into.
    Revoked(Option<Arc<List>>),
    /// Nobody could say in time: the portal judges the letter when it comes.
    Unknown,
}

/// What is being asked about one certificate. Cheap to clone.
#[derive(Clone)]
pub struct Asked(watch::Receiver<Option<Said>>);

impl Asked {
    /// What was said, waited for no longer than it is worth.
    pub async fn said(mut self) -> Said {
        let waited = timeout(PATIENCE, self.0.wait_for(Option::is_some)).await;
        // Whoever asked has gone.
        waited.ok().and_then(|said| said.ok().and_then(|said| said.clone())).unwrap_or(Said::Unknown)
    }
}

/// Begins to ask, once the future is awaited. Practice asks nobody.
pub fn ask(
    env: &Env,
    certificate: Certificate,
    others: Vec<Certificate>,
) -> (Asked, impl Future<Output = Said> + use<>) {
    let (tell, asked) = watch::channel(None);
    let env = env.clone();
    let ask = async move {
        let said = match env.mode {
            Mode::Practice => Said::Unknown,
            Mode::Real => {
                let runtime = Handle::current();
                let work = spawn_blocking(move || judge(&env, &certificate, &others, runtime));
                work.await.unwrap_or(Said::Unknown)
            }
        };
        tell.send_replace(Some(said.clone()));
        said
    };
    (Asked(asked), ask)
}

fn judge(env: &Env, certificate: &Certificate, others: &[Certificate], runtime: Handle) -> Said {
    let (trust, at) = (env.trust.only(CITIZEN), env.clock.now());
    let question = Question { extra: others, ..Question::new(&trust, at) };
    let path = verify_certificate(certificate, &question).path;
    if path.len() < 2 {
        return Said::Unknown;
    }
    let until = env.clock.monotonic() + PATIENCE;
    let fetch = Relayed { portal: env.portal.clone(), runtime, until, held: env.held.clone() };
    let mut evidence = Evidence::default();
    let line = Line { fetch: &fetch, whom: Whom::Relay, nonce: None, now: at.wall };
    line.gather(&path[..2], &mut evidence);
    match verify_certificate(certificate, &Question { evidence: &evidence, ..question }).revocation {
        Revocation::Good => Said::Good,
        Revocation::Revoked => Said::Revoked(evidence.told.pop().map(|told| Arc::new(told.standing.list))),
        _ => Said::Unknown,
    }
}

/// Which list it was that said so.
pub fn by_list(list: &List, lang: Lang) -> String {
    let date = format::date(lang, list.this_update.legal_date());
    let text = match &list.number {
        Some(number) => Text::new(Msg::SigningByList).with("number", number.as_str()),
        None => Text::new(Msg::SigningByListUnnumbered),
    };
    text.with("date", date).say(lang)
}

impl State {
    /// What is done while the visitor reads, before the PIN is asked for.
    pub(super) fn arrange(&mut self, context: &Context<'_>) -> Task<Message> {
        Task::batch([self.reserve(context), self.ask(context)])
    }

    /// Asks about the card's certificate, once.
    fn ask(&mut self, context: &Context<'_>) -> Task<Message> {
        let Some(Ok(ready)) = &self.ready else { return Task::none() };
        let choice = ready.card.choice();
        if self.asked.as_ref().is_some_and(|(asked, _)| *asked == choice) {
            return Task::none();
        }
        let Ok(certificate) = Certificate::from_der(ready.card.certificate.expose()) else {
            return Task::none();
        };
        let (asked, ask) = ask(&context.world.env, certificate, Vec::new());
        self.asked = Some((choice.clone(), asked));
        self.by_list = None;
        Task::perform(ask, move |said| Message::Status(choice.clone(), said))
    }

    /// Takes room on the disk for the letter that is ready, before the PIN is asked for.
    pub(super) fn reserve(&self, context: &Context<'_>) -> Task<Message> {
        let Some(Ok(ready)) = &self.ready else { return Task::none() };
        if self.reserved.is_some() {
            return Task::none();
        }
        let (outbox, room) =
            (context.world.env.outbox.clone(), super::work::room(&ready.bytes, &ready.shown));
        Task::perform(async move { outbox.reserve(room).await }, |r| Message::Reserved(Once::new(r)))
    }
}
