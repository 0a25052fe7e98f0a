//! A letter's life at the portal: who may see it, what is told of it, how it goes on.

use std::sync::Arc;

use tokio::sync::{Semaphore, broadcast};
use zeroize::Zeroizing;

use super::app::App;
use super::problem::{Refusal, same};
use super::returned::in_three;
use super::store::LetterStatus;
use super::store::events::{Held, NewEvent};
use crate::clock::Moment;
use crate::domain::event::{Event, History, Kind, NamedBody, Official};
use crate::domain::form::About;
use crate::domain::statement::Statement;
use crate::domain::{Digest, Names};
use crate::fault::Coded;
use crate::i18n::{Msg, Text};
use crate::portal::wire;
use crate::seal::envelope::{self, Contents};
use crate::seal::history::{self, Extract};
use crate::seal::{receipt, reply};

/// Requests that wait for an event at once; one more is answered as things stand.
const WAITING: usize = 1_024;

/// Tells those who wait that something happened to a letter.
pub struct Changes {
    sender: broadcast::Sender<i64>,
    pub room: Arc<Semaphore>,
}

impl Default for Changes {
    fn default() -> Self {
        Self { sender: broadcast::channel(256).0, room: Arc::new(Semaphore::new(WAITING)) }
    }
}

impl Changes {
    pub fn listen(&self) -> broadcast::Receiver<i64> {
        self.sender.subscribe()
    }

    pub fn tell(&self, letter: i64) {
        // Nobody waits: nobody is told.
        let _ = self.sender.send(letter);
    }
}

fn failed(error: &dyn Coded) -> Refusal {
    super::trouble(error);
    Refusal::unavailable()
}

fn nobody(text: &str) -> Names {
    Names { kk: text.to_owned(), ru: text.to_owned(), en: text.to_owned() }
}

impl App {
    /// The letter, where `key` is its access key. For another's key and for no letter at all the
    /// answer is one and the same.
    pub async fn by_key(&self, lookup: [u8; 16], key: &[u8]) -> Result<Held, Refusal> {
        let found = self.db.held(lookup).await.map_err(|e| failed(&e))?;
        found.filter(|held| same(&held.access_hash, &Digest::of(key))).ok_or(Refusal::not_found())
    }

    /// The event of the letter that this one, registered as `number`, is about: CBOR.
    pub(super) fn follows(&self, statement: &Statement, number: &str, at: Moment) -> Vec<u8> {
        let Some((about, _)) = self.content.about(statement) else { return Vec::new() };
        let words = match about {
            About::Overdue => Msg::PortalAboutOverdue,
            About::Disagree => Msg::PortalAboutDisagree,
            About::More => Msg::PortalAboutMore,
            About::Withdraw => Msg::PortalAboutWithdraw,
        };
        let title = in_three(|lang| Text::new(words).with("number", number).say(lang));
        let received_by = self.received_by.get(statement.lang().unwrap_or_default()).to_owned();
        let official = Official { name: received_by, post: nobody("") };
        let kind = Kind::Other { code: about.event().to_owned(), title };
        history::write_event(&Event { at, official, kind })
    }

    /// Its name in the directory, where the directory still holds the body.
    pub fn named(&self, body: &str) -> NamedBody {
        let name = self.content.body(body).map(|b| b.name.clone()).unwrap_or_else(|| nobody(body));
        NamedBody { id: body.to_owned(), name }
    }

    /// Everything that happened to a letter, its registration first.
    pub async fn history(&self, held: &Held) -> Result<History, Refusal> {
        let kept = self.db.events(held.id).await.map_err(|e| failed(&e))?;
        // The receipt is our own word, and says who took the letter in.
        let received = receipt::verify_receipt(&held.receipt, &self.deployment.keyset);
        let by = received.map(|r| r.received_by).unwrap_or_default();
        let official = Official { name: by, post: nobody("") };
        let mut events = vec![Event { at: held.registered, official, kind: Kind::Registered }];
        for bytes in kept {
            events.push(history::read_event(&bytes).map_err(|e| failed(&e))?);
        }
        let due = crate::domain::deadline::parse_day(&held.due).ok_or(Refusal::unavailable())?;
        Ok(History {
            number: held.number.clone(),
            made: self.clock.now().wall,
            statement: held.statement,
            body: self.named(&held.body),
            due,
            rule: held.rule.clone(),
            practice: self.practice(),
            language: held.language.clone(),
            events,
        })
    }

    /// What a number and a paper code may see: states and dates, no names, no words.
    pub async fn status(&self, letter: &LetterStatus) -> Result<wire::StatusAnswer, Refusal> {
        let held = self.db.held(letter.lookup).await.map_err(|e| failed(&e))?.ok_or(Refusal::not_found())?;
        let history = self.history(&held).await?;
        let event = |e: &Event| wire::StatusEvent {
            kind: e.kind.code().to_owned(),
            at: e.at.rfc3339(),
            title: match &e.kind {
                Kind::Other { title, .. } => Some(title.clone().into()),
                _ => None,
            },
        };
        let events: Vec<_> = history.events.iter().map(event).collect();
        Ok(wire::StatusAnswer {
            state: history.stands().map(|(_, e)| e.kind.code().to_owned()).unwrap_or_default(),
            due: history.due_now().to_string(),
            number: held.number,
            registered: held.registered.rfc3339(),
            practice: self.practice(),
            events,
        })
    }

    /// The signed history, and the tag that changes when it does.
    pub async fn signed_history(&self, held: &Held) -> Result<(Vec<u8>, String), Refusal> {
        let history = self.history(held).await?;
        let tag = format!("W/\"{}\"", history.events.len());
        let signed = history::sign_history(&history, &self.deployment.receipt);
        Ok((signed.map_err(|_| Refusal::unavailable())?, tag))
    }

    pub async fn signed_extract(&self, held: &Held) -> Result<Vec<u8>, Refusal> {
        let extract = Extract::of(&self.history(held).await?);
        history::sign_extract(&extract, &self.deployment.receipt).map_err(|_| Refusal::unavailable())
    }

    /// What the envelope holds: for the body that works on the letter. CPU work of milliseconds.
    pub(super) async fn opened(self: &Arc<Self>, number: &str) -> Result<Contents, Refusal> {
        let bytes = self.db.envelope(number).await.map_err(|e| failed(&e))?.ok_or(Refusal::not_found())?;
        let app = self.clone();
        let opened = tokio::task::spawn_blocking(move || envelope::open(&bytes, &app.deployment.open)).await;
        let opened = opened.map_err(|_| Refusal::unavailable())?;
        opened.map(|(_, contents)| contents).map_err(|e| failed(&e))
    }

    /// The letter itself, judged at its registration; read back for the body that answers it.
    pub async fn statement(self: &Arc<Self>, held: &Held) -> Result<Statement, Refusal> {
        let contents = self.opened(&held.number).await?;
        let verdict = crate::sign::verify(&contents.cms, None, &self.citizens, self.clock.now());
        // Its certificate may have ended since: what was registered is told by its digest.
        let content = verdict.attached().filter(|c| Digest::of(c) == held.statement);
        let content = content.ok_or(Refusal::unavailable())?;
        Statement::parse(content).map_err(|e| failed(&e))
    }

    /// Keeps what happened. `after`: how many events there were before, registration not counted;
    /// `false` where somebody else was quicker. An answer's CMS comes with its event.
    pub async fn record(
        self: &Arc<Self>,
        held: &Held,
        after: usize,
        event: &Event,
        answer: Option<&[u8]>,
    ) -> Result<bool, Refusal> {
        let sealed = match answer {
            Some(cms) => {
                let contents = self.opened(&held.number).await?;
                Some(
                    reply::seal(&contents.reply_key, &held.lookup, cms)
                        .map_err(|_| Refusal::unavailable())?,
                )
            }
            None => None,
        };
        let bytes = history::write_event(event);
        let new = NewEvent {
            at: event.at,
            kind: event.kind.code(),
            due: event.kind.due().map(|d| d.to_string()),
            event: &bytes,
            answer: sealed.as_deref(),
        };
        let kept = self.db.record(held.id, after, &new).await.map_err(|e| failed(&e))?;
        if kept {
            self.changes.tell(held.id);
            if answer.is_some() {
                self.alerts.wake();
            }
        }
        Ok(kept)
    }

    /// The answer as the visitor's paper opens it: under her reply key.
    pub async fn sealed_answer(&self, held: &Held) -> Result<Vec<u8>, Refusal> {
        self.db.answer(held.id).await.map_err(|e| failed(&e))?.ok_or(Refusal::not_found())
    }

    /// The answer's CMS, for who has shown her card: the paper with the reply key may be at home.
    pub async fn plain_answer(self: &Arc<Self>, held: &Held) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let sealed = self.sealed_answer(held).await?;
        let contents = self.opened(&held.number).await?;
        reply::open(&contents.reply_key, &held.lookup, &sealed).map_err(|_| Refusal::unavailable())
    }
}
