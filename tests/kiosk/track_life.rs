//! A letter's life on the screen while the real portal moves it on: each event in its words, with its
//! day, the official's name and post, and the days that are left.

use std::sync::{Arc, Mutex};

use tereze::app::launch::{Boot, Launch, Start};
use tereze::clock::Clock;
use tereze::domain::Names;
use tereze::domain::answer::{Answer, SCHEMA_V1};
use tereze::domain::event::{Event, Kind, Official};
use tereze::domain::statement::Body;
use tereze::fault::Coded as _;
use tereze::i18n::{Lang, Msg, Text, format, tr};
use tereze::practice::boot;
use tereze::practice::clerk::Pace;
use tereze::screen::world::{Things, World};
use tereze::server::app::App;
use tereze::server::store::events::Held;
use tereze::sign::cades::Builder;
use tereze::sign::certificate::Certificate;
use tereze::sign::issue::{self, Role, Term};
use tereze::sign::trust::CITIZEN;
use time::Date;
use tokio::runtime::{Handle, Runtime};
use tokio::task::spawn_blocking;

use crate::support::Kiosk;
use crate::track::{by_card, sent_at};
use crate::visit::{heading, launch, things};

/// The portal behind the kiosk, and who does its clerk's work in these tests.
pub struct Desk {
    app: Arc<Mutex<Option<Arc<App>>>>,
    runtime: Runtime,
}

/// A kiosk on a portal whose letters are moved on by hand, or by a clerk who keeps this pace.
pub fn desk(pace: Option<Pace>) -> (Launch, Desk) {
    made(pace, None, things())
}

/// The same without a clerk; it believes this authority of citizens, too.
pub fn desk_believing(authority: Certificate, things: Things) -> (Launch, Desk) {
    made(None, Some(authority), things)
}

fn made(pace: Option<Pace>, authority: Option<Certificate>, things: Things) -> (Launch, Desk) {
    let app = Arc::new(Mutex::new(None));
    let told = app.clone();
    let start: Boot = Arc::new(move || {
        let (told, authority, things) = (told.clone(), authority.clone(), things.clone());
        Box::pin(async move {
            let runtime = Handle::current();
            let made = spawn_blocking(move || runtime.block_on(boot::boot_with(Clock::system(), pace)));
            let (mut env, app) = made.await.unwrap().map_err(|e| e.code())?;
            if let Some(authority) = authority {
                env.trust.add(CITIZEN, authority).unwrap();
            }
            *told.lock().unwrap() = Some(app);
            Ok(World::new(env, boot::operator(), &things))
        })
    });
    // A thread of its own gives the database's one connection back.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    (Launch { start: Start::Boot(start), ..launch() }, Desk { app, runtime })
}

pub fn said(msg: Msg) -> Names {
    Names { kk: tr(Lang::Kk, msg), ru: tr(Lang::Ru, msg), en: tr(Lang::En, msg) }
}

impl Desk {
    pub fn app(&self) -> Arc<App> {
        self.app.lock().unwrap().clone().expect("the portal runs")
    }

    /// The first letter of those that nobody has answered.
    pub fn open(&self) -> Held {
        let app = self.app();
        self.runtime.block_on(app.db.unanswered(9)).unwrap().into_iter().next().expect("a letter")
    }

    /// What a body's clerk does: keeps an event, with its answer where it is one.
    pub fn record(&self, held: &Held, kind: Kind, by: (&str, Msg), answer: Option<&[u8]>) -> Event {
        let app = self.app();
        let official = Official { name: by.0.into(), post: said(by.1) };
        let event = Event { at: app.clock.now().wall, official, kind };
        let kept = self.runtime.block_on(async {
            let after = app.history(held).await.unwrap().events.len() - 1;
            app.record(held, after, &event, answer).await.unwrap()
        });
        assert!(kept, "nobody else moves it on");
        event
    }

    /// The answer of the body that holds the letter, signed by its head.
    pub fn answer(&self, held: &Held, lang: Lang, text: &str) -> Vec<u8> {
        let app = self.app();
        let history = self.runtime.block_on(app.history(held)).unwrap();
        let (holder, now) = (history.holder(), app.clock.now().wall);
        let head = issue::Official {
            surname: "ТЕСТОВА".into(),
            given: "ҮЛГІ".into(),
            post: tr(lang, Msg::ClerkPostHead),
            body: holder.id.clone(),
            role: Role::Head,
        };
        let head = app.deployment.answer.issue_official(&head, Term::days(now, 30)).unwrap();
        let answer = Answer {
            schema: SCHEMA_V1.into(),
            number: history.number.clone(),
            statement: history.statement,
            practice: true,
            language: lang.tag().into(),
            time: now.rfc3339(),
            body: Body { id: holder.id.clone(), name: holder.name.get(lang).to_owned() },
            post: tr(lang, Msg::ClerkPostHead),
            text: text.into(),
        };
        let content = answer.to_bytes();
        let prepared = Builder::new(head.certificate.der(), &content, now).unwrap().prepare().unwrap();
        let signature = head.sign(prepared.to_sign());
        prepared.finish(&signature).unwrap()
    }
}

#[track_caller]
fn shows(kiosk: &mut Kiosk, lang: Lang, event: &Event) {
    let at = format!("{}, {}", format::day_month(lang, event.at.legal_date()), format::clock_time(event.at));
    let who = format!("{}, {}", event.official.name, event.official.post.get(lang));
    for part in [at, who] {
        assert!(kiosk.says(&part), "{part} not on the screen: {}", kiosk.words());
    }
}

/// The days that are left are counted by the calendar of the law, from today.
#[track_caller]
fn shows_due(kiosk: &mut Kiosk, lang: Lang, due: Date) {
    let content = tereze::content::Snapshot::embedded().unwrap();
    let today = Clock::system().now().wall.legal_date();
    let left = i64::from(content.calendar().working_days_between(today, due).unwrap());
    let tree = kiosk.tree();
    let figure = format::number(lang, left);
    assert!(tree.nodes.iter().any(|n| n.label == figure), "{figure} days left: {:#?}", tree.nodes);
    for part in [
        Text::new(Msg::TrackDays).with("n", left).say(lang),
        format!("{}, {}", format::day_month(lang, due), format::weekday(lang, due)),
    ] {
        assert!(kiosk.says(&part), "{part} not on the screen");
    }
}

#[test]
fn each_event_in_its_words_with_day_official_and_the_days_left() {
    for lang in Lang::ALL {
        let (launch, desk) = desk(None);
        let (mut kiosk, number, _) = sent_at(launch, lang);
        let held = desk.open();
        assert_eq!(held.number, number);
        by_card(&mut kiosk);
        let listed = kiosk.tree().find("track.letter.0").and_then(|n| n.help.clone()).unwrap_or_default();
        assert!(listed.contains(&tr(lang, Msg::TrackNowRegistered)), "its state in the list: {listed}");
        kiosk.tap("track.letter.0");
        let now = |msg: Msg| {
            let words = tr(lang, msg);
            move |kiosk: &mut Kiosk| heading(kiosk) == words
        };
        kiosk.until("registered", now(Msg::TrackNowRegistered));
        let due = tereze::domain::deadline::parse_day(&held.due).unwrap();
        shows_due(&mut kiosk, lang, due);
        assert!(kiosk.says(&tr(lang, Msg::TrackSignedAnswer)) && kiosk.says(&tr(lang, Msg::TrackProof)));
        let operator = boot::operator();
        assert!(kiosk.says(operator.get(lang)), "who registered it, in her language");

        let head = ("ТЕСТОВА Ү.", Msg::ClerkPostHead);
        let event = desk.record(&held, Kind::Review, head, None);
        kiosk.until("under review", now(Msg::TrackNowReview));
        assert!(kiosk.says(&tr(lang, Msg::TrackEventReview)));
        shows(&mut kiosk, lang, &event);

        let event = desk.record(&held, Kind::Assigned, ("ТЕСТОВ Б.", Msg::ClerkPostExecutor), None);
        kiosk.until("with the executor", now(Msg::TrackNowAssigned));
        assert!(kiosk.says(&tr(lang, Msg::TrackEventAssigned)));
        shows(&mut kiosk, lang, &event);

        // To the body whose matter it is: the term begins anew.
        let content = tereze::content::Snapshot::embedded().unwrap();
        let longer = |from: Date, days| content.calendar().add_working_days(from, days).unwrap();
        let (body, anew) = (desk.app().named("min-labour"), longer(due, 3));
        let kind = Kind::Redirected { body: body.clone(), due: anew };
        let event = desk.record(&held, kind, ("ҮЛГІБАЕВ Т.", Msg::ClerkPostOffice), None);
        kiosk.until("redirected", now(Msg::TrackNowRedirected));
        shows(&mut kiosk, lang, &event);
        shows_due(&mut kiosk, lang, anew);
        let new_due = |due| Text::new(Msg::TrackNewDue).with("date", format::date(lang, due)).say(lang);
        for part in [tr(lang, Msg::TrackEventRedirected), body.name.get(lang).to_owned(), new_due(anew)] {
            assert!(kiosk.says(&part), "{part}");
        }

        let extended = longer(anew, 15);
        let kind = Kind::Extended { due: extended, reason: said(Msg::ClerkReason) };
        let event = desk.record(&held, kind, head, None);
        kiosk.until("extended", now(Msg::TrackNowExtended));
        shows(&mut kiosk, lang, &event);
        shows_due(&mut kiosk, lang, extended);
        let reason = Text::new(Msg::TrackReason).with("reason", tr(lang, Msg::ClerkReason)).say(lang);
        for part in [tr(lang, Msg::TrackEventExtended), new_due(extended), reason] {
            assert!(kiosk.says(&part), "{part}");
        }

        // A kind that no version knows: in the portal's own words.
        let title = Names {
            kk: "Тыңдау өтті".into(), ru: "Прошло слушание".into(), en: "A hearing".into()
        };
        let kind = Kind::Other { code: "hearing".into(), title: title.clone() };
        let event = desk.record(&held, kind, ("ТЕСТОВ Б.", Msg::ClerkPostExecutor), None);
        kiosk.until("its own words", |k| heading(k) == title.get(lang));
        shows(&mut kiosk, lang, &event);

        let cms = desk.answer(&held, lang, "Көше жарығы жөнделді.");
        let event = desk.record(&held, Kind::Answered, head, Some(&cms));
        kiosk.until("answered", now(Msg::TrackNowAnswered));
        shows(&mut kiosk, lang, &event);
        assert!(kiosk.says(&tr(lang, Msg::TrackAnsweredOn)) && !kiosk.has("track.more"));
        kiosk.tap("page.next");
        kiosk.until("a verdict", |k| k.says(&tr(lang, Msg::TrackValid)));
        for part in ["Көше жарығы жөнделді.", "ТЕСТОВА ҮЛГІ", body.name.get(lang)]
        {
            assert!(kiosk.says(part), "{part}");
        }
    }
}
