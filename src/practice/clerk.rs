//! The practice portal's clerk: takes every letter through the life that a real one has, with
//! officials who do not exist. He hurries, so that nobody waits for weeks; the times he signs are
//! the true ones, and every date he names is counted by the law's calendar.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use time::Date;
use tokio::sync::watch;

use crate::clock::Moment;
use crate::content::Snapshot;
use crate::domain::Names;
use crate::domain::answer::{Answer, SCHEMA_V1};
use crate::domain::deadline::Rule;
use crate::domain::event::{Event, Kind, NamedBody, Official, WITHDRAWN};
use crate::domain::form::{About, Meaning};
use crate::domain::statement::{Body, Catalogue as _, Statement};
use crate::fault::{Code, Coded as _};
use crate::i18n::{Lang, Msg, Text, tr};
use crate::server::app::App;
use crate::server::problem::Refusal;
use crate::server::store::events::Held;
use crate::sign::cades::Builder;
use crate::sign::issue::{Identity, Role, Term};

/// How long after registration each step is taken. The last is below two minutes.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub review: Duration,
    pub redirect: Duration,
    pub assign: Duration,
    pub extend: Duration,
    pub answer: Duration,
    /// How often the clerk looks at his desk.
    pub look: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        let s = Duration::from_secs;
        Self { review: s(10), redirect: s(25), assign: s(40), extend: s(55), answer: s(80), look: s(2) }
    }
}

impl Pace {
    /// For tests: the same steps, as fast as they come.
    pub fn quick() -> Self {
        let none = Duration::ZERO;
        let look = Duration::from_millis(20);
        Self { review: none, redirect: none, assign: none, extend: none, answer: none, look }
    }
}

/// Letters on the desk at once; the rest wait their turn.
const DESK: u32 = 500;
/// Of so many letters one is extended.
const EXTENDED: u8 = 3;
/// Days that an official's certificate lasts.
const CERTIFIED: i64 = 400;

/// One step of a letter's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Review,
    Redirect,
    Assign,
    Extend,
    Answer,
    /// The visitor took her letter back.
    Close,
}

pub struct Clerk {
    app: Arc<App>,
    pace: Pace,
    /// The signing heads of bodies, by the body's id.
    heads: HashMap<String, Arc<Identity>>,
    /// Whom a letter on the desk should have gone to, where it went astray.
    rightful: HashMap<i64, Option<NamedBody>>,
}

impl Clerk {
    pub fn new(app: Arc<App>, pace: Pace) -> Self {
        Self { app, pace, heads: HashMap::new(), rightful: HashMap::new() }
    }

    /// Works until `stop` turns true or its sender is gone.
    pub async fn work(mut self, mut stop: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(self.pace.look) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
            match self.app.db.unanswered(DESK).await {
                Ok(letters) => {
                    for held in letters {
                        // A letter that cannot go on waits; the others do not wait for it.
                        if let Err(refusal) = self.next(&held).await {
                            crate::log::event(crate::log::Event::Fault { code: refusal.code });
                        }
                    }
                }
                Err(e) => crate::log::event(crate::log::Event::Fault { code: e.code() }),
            }
        }
    }

    /// Takes the letter's next step, where its time has come.
    async fn next(&mut self, held: &Held) -> Result<(), Refusal> {
        let now = self.app.clock.now().wall;
        let done = self.app.history(held).await?;
        let done: Vec<&str> = done.events.iter().skip(1).map(|e| e.kind.code()).collect();
        let rightful = self.rightful(held, now.legal_date()).await?;
        let taken_back = done.contains(&About::Withdraw.event());
        let steps = [
            (Step::Close, WITHDRAWN, Duration::ZERO, taken_back),
            (Step::Review, "review", self.pace.review, true),
            (Step::Redirect, "redirected", self.pace.redirect, rightful.is_some()),
            (Step::Assign, "assigned", self.pace.assign, true),
            (Step::Extend, "extended", self.pace.extend, held.statement.0[0].is_multiple_of(EXTENDED)),
            (Step::Answer, "answered", self.pace.answer, true),
        ];
        let open = steps.into_iter().find(|(_, code, _, wanted)| *wanted && !done.contains(code));
        let Some((step, _, after, _)) = open else { return Ok(()) };
        let waited = u64::try_from(now.0 - held.registered.0).unwrap_or(0);
        if Duration::from_secs(waited) < after {
            return Ok(());
        }
        let kind = match (step, rightful) {
            (Step::Close, _) => Kind::Other { code: WITHDRAWN.to_owned(), title: said(Msg::ClerkWithdrawn) },
            (Step::Review, _) => Kind::Review,
            (Step::Assign, _) => Kind::Assigned,
            (Step::Redirect, Some(body)) => Kind::Redirected { body, due: self.anew(held, now)? },
            (Step::Extend, _) => {
                Kind::Extended { due: self.longer(held).await?, reason: said(Msg::ClerkReason) }
            }
            (Step::Redirect, None) | (Step::Answer, _) => Kind::Answered,
        };
        let official = official(step);
        let event = Event { at: now, official: Official { name: official.0, post: official.1 }, kind };
        let answer = match step {
            Step::Answer => Some(self.answer(held, now).await?),
            _ => None,
        };
        self.app.record(held, done.len(), &event, answer.as_deref()).await?;
        if step == Step::Answer {
            self.rightful.remove(&held.id);
        }
        Ok(())
    }

    fn rule(&self, held: &Held) -> Result<&'static Rule, Refusal> {
        self.app.content.rule(&held.rule).ok_or(Refusal::unavailable())
    }

    /// The due date of a letter that another body gets now: the term begins anew.
    fn anew(&self, held: &Held, now: Moment) -> Result<Date, Refusal> {
        let content = self.app.content;
        let due = content.calendar().due(self.rule(held)?, now, content.hours());
        due.map(|d| d.date).map_err(|_| Refusal::unavailable())
    }

    /// The due date after an extension: the rule's term once more, from the date that holds.
    async fn longer(&self, held: &Held) -> Result<Date, Refusal> {
        let now = self.app.history(held).await?.due_now();
        let longer = self.app.content.calendar().add_working_days(now, self.rule(held)?.working_days);
        longer.map_err(|_| Refusal::unavailable())
    }

    /// Reads the letter once; what is kept of it is the body alone.
    async fn rightful(&mut self, held: &Held, today: Date) -> Result<Option<NamedBody>, Refusal> {
        if let Some(known) = self.rightful.get(&held.id) {
            return Ok(known.clone());
        }
        let statement = self.app.statement(held).await?;
        let found = rightful(self.app.content, &statement, today);
        self.rightful.insert(held.id, found.clone());
        Ok(found)
    }

    /// The body's word, signed by its head: CMS with the content inside.
    async fn answer(&mut self, held: &Held, now: Moment) -> Result<Vec<u8>, Refusal> {
        let unfit = |_| Refusal::new(503, Code("sign.issue"));
        let history = self.app.history(held).await?;
        let lang = Lang::from_tag(&held.language).unwrap_or_default();
        let holder = history.holder().clone();
        let (_, post) = official(Step::Answer);
        let date = crate::i18n::format::date(lang, held.registered.legal_date());
        let text =
            Text::new(Msg::ClerkAnswer).with("number", held.number.as_str()).with("date", date).say(lang);
        let answer = Answer {
            schema: SCHEMA_V1.to_owned(),
            number: held.number.clone(),
            statement: held.statement,
            practice: true,
            language: lang.tag().to_owned(),
            time: now.rfc3339(),
            body: Body { id: holder.id.clone(), name: holder.name.get(lang).to_owned() },
            post: post.get(lang).to_owned(),
            text,
        };
        let head = self.head(&holder.id, post.get(Lang::Kk), now)?;
        let content = answer.to_bytes();
        let prepared = Builder::new(head.certificate.der(), &content, now).and_then(Builder::prepare);
        let prepared = prepared.map_err(unfit)?;
        let signature = head.sign(prepared.to_sign());
        prepared.finish(&signature).map_err(unfit)
    }

    /// Who signs for this body: certified by the deployment's own authority of answers.
    fn head(&mut self, body: &str, post: &str, now: Moment) -> Result<Arc<Identity>, Refusal> {
        if let Some(head) = self.heads.get(body) {
            return Ok(head.clone());
        }
        let official = crate::sign::issue::Official {
            surname: HEAD.0.to_owned(),
            given: HEAD.1.to_owned(),
            post: post.to_owned(),
            body: body.to_owned(),
            role: Role::Head,
        };
        let made = self.app.deployment.answer.issue_official(&official, Term::days(now, CERTIFIED));
        let head = Arc::new(made.map_err(|e| Refusal::new(503, e.code()))?);
        self.heads.insert(body.to_owned(), head.clone());
        Ok(head)
    }
}

/// Names that nobody bears: "test", and "sample".
const HEAD: (&str, &str) = ("ТЕСТОВА", "ҮЛГІ");

fn official(step: Step) -> (String, Names) {
    match step {
        Step::Review => ("ТЕСТОВА Ү.".to_owned(), said(Msg::ClerkPostHead)),
        Step::Redirect => ("ҮЛГІБАЕВ Т.".to_owned(), said(Msg::ClerkPostOffice)),
        Step::Assign => ("ТЕСТОВ Б.".to_owned(), said(Msg::ClerkPostExecutor)),
        Step::Extend => ("ТЕСТОВА Ү.".to_owned(), said(Msg::ClerkPostHead)),
        Step::Close => ("ТЕСТОВА Ү.".to_owned(), said(Msg::ClerkPostHead)),
        Step::Answer => (format!("{} {}", HEAD.0, HEAD.1), said(Msg::ClerkPostHead)),
    }
}

fn said(msg: Msg) -> Names {
    Names { kk: tr(Lang::Kk, msg), ru: tr(Lang::Ru, msg), en: tr(Lang::En, msg) }
}

/// The body whose matter it is, where the letter was written to one whose matter it is not. One
/// that has the matter among its topics is right, also where another is nearer.
fn rightful(content: &Snapshot, statement: &Statement, today: Date) -> Option<NamedBody> {
    let form = content.form(&statement.form.id, statement.form.version)?;
    let chosen = |wanted: &str| statement.fields.iter().find(|f| f.id == wanted);
    let topic = statement.fields.iter().find_map(|f| {
        match &form.field(&f.id)?.option(f.choice.as_deref()?)?.means {
            Some(Meaning::Topic(topic)) => Some(topic.as_str()),
            _ => None,
        }
    })?;
    let written = content.body(&statement.body.id)?;
    let akimat = matches!(written.kind, crate::content::BodyKind::Akimat | crate::content::BodyKind::Akim);
    if akimat || written.topics.iter().any(|t| t == topic) {
        return None;
    }
    let region = chosen("letter.region")?.choice.as_deref()?;
    let place = chosen("letter.place").map(|f| f.value.as_str()).unwrap_or_default();
    let proposed = content.propose(topic, region, place, today);
    let right = proposed.first().filter(|b| b.id != written.id)?;
    Some(NamedBody { id: right.id.clone(), name: right.name.clone() })
}
