//! A letter followed to its answer: each way of finding it, each state of its life, each verdict.

use std::sync::Arc;

use time::Date;
use time::macros::date;
use zeroize::Zeroizing;

use super::heard::Heard;
use super::people::{Holder, card, keyed, token};
use super::walk::Walk;
use super::{NOW, Preset};
use crate::card::pinpad::Step;
use crate::card::{CardError, CardStatus};
use crate::clock::{Confidence, Reading};
use crate::domain::answer::{self, Answer};
use crate::domain::event::{Event, History, Kind, NamedBody, Official, WITHDRAWN};
use crate::domain::statement::Body;
use crate::domain::{Digest, Names};
use crate::env::Mode;
use crate::fault::Code;
use crate::i18n::{Lang, Msg, Text, tr};
use crate::portal::{Access, wire};
use crate::private::Secret;
use crate::screen::once::Once;
use crate::screen::track::Message;
use crate::screen::track::work::{Dates, Key, LoginError, Own, Shown};
use crate::screen::world::World;
use crate::screen::{self, home};
use crate::seal::visitor::VisitorSecret;
use crate::sign::answer::{AnswerVerdict, Letter, judge_by};
use crate::sign::cades::Builder;
use crate::sign::issue::{self, Authority, Role, Term};
use crate::sign::trust::{ANSWER, Trust};
use crate::ui::edit::Edit;
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("track", |l, w| ways(l, w).done()),
    Preset::new("track-failed", |l, w| {
        let failed = Once::new(Err(Code("portal.unreachable")));
        ways(l, w).track(Message::Opened(0, key(), failed)).done()
    }),
    Preset::new("track-here", |l, w| {
        let here = Once::new(Err(Code("track.here")));
        ways(l, w).track(Message::Opened(0, key(), here)).done()
    }),
    Preset::new("track-not-yet", |l, w| {
        let unknown = Once::new(Err(Code("track.not-yet")));
        ways(l, w).track(Message::Opened(0, key(), unknown)).done()
    }),
    Preset::new("track-number", |l, w| number(l, w).done()),
    Preset::new("track-number-typed", |l, w| typed(number(l, w)).done()),
    Preset::new("track-number-missing", |l, w| number(l, w).track(Message::Find).done()),
    Preset::new("track-number-unknown", |l, w| {
        let none = Once::new(Err(Code("server.not-found")));
        number(l, w).track(Message::Dates(0, none)).done()
    }),
    Preset::new("track-asking", |l, w| typed(number(l, w)).track(Message::Find).done()),
    Preset::new("track-dates", |l, w| number(l, w).track(Message::Dates(0, Once::new(Ok(dates())))).done()),
    Preset::new("track-card-none", |l, w| by_card(l, w, CardStatus::NoCard).done()),
    Preset::new("track-card-practice", |l, w| {
        Walk::home(l, w, Mode::Practice).home_track().track(Message::ByCard).card(CardStatus::NoCard).done()
    }),
    Preset::new("track-card-blocked", |l, w| {
        by_card(l, w, CardStatus::Blocked(card(Holder::Person, Some(0)))).done()
    }),
    Preset::new("track-card-pin", |l, w| pin(l, w, 3).done()),
    Preset::new("track-card-wrong", |l, w| {
        let wrong = LoginError::Card(CardError::WrongPin { tries_left: Some(2) });
        pin(l, w, 3).track(Message::LoggedIn(0, Once::new(Err(wrong)))).done()
    }),
    Preset::new("track-card-reader", |l, w| by_card(l, w, CardStatus::Ready(keyed(Some(3)))).done()),
    Preset::new("track-card-reader-asks", |l, w| {
        let asks = Message::Reader(Step::Asks { left: 47 });
        by_card(l, w, CardStatus::Ready(keyed(Some(3)))).track(Message::Login).track(asks).done()
    }),
    Preset::new("track-card-letters", |l, w| lettered(l, w).done()),
    Preset::new("track-card-letters-wrong", |l, w| {
        let wrong = LoginError::Card(CardError::WrongPin { tries_left: Some(2) });
        lettered(l, w).track(Message::LoggedIn(0, Once::new(Err(wrong)))).done()
    }),
    Preset::new("track-card-last", |l, w| pin(l, w, 1).done()),
    Preset::new("track-list", |l, w| pin(l, w, 3).track(Message::LoggedIn(0, Once::new(Ok(own())))).done()),
    Preset::new("track-list-empty", |l, w| {
        let none = Own { letters: vec![], ..own() };
        pin(l, w, 3).track(Message::LoggedIn(0, Once::new(Ok(none)))).done()
    }),
    Preset::new("track-registered", |l, w| opened(l, w, history(w, &[])).done()),
    Preset::new("track-review", |l, w| opened(l, w, history(w, &[Kind::Review])).done()),
    Preset::new("track-redirected", |l, w| opened(l, w, history(w, &[Kind::Review, moved(w)])).done()),
    Preset::new("track-withdrawal", |l, w| {
        let asked = aside("about-withdraw", Msg::PortalAboutWithdraw);
        opened(l, w, history(w, &[Kind::Review, asked])).done()
    }),
    Preset::new("track-withdrawn", |l, w| opened(l, w, withdrawn(w)).done()),
    Preset::new("track-disagreed", |l, w| {
        let complained = aside("about-disagree", Msg::PortalAboutDisagree);
        opened(l, w, history(w, &[Kind::Review, Kind::Assigned, Kind::Answered, complained])).done()
    }),
    Preset::new("track-executor", |l, w| opened(l, w, executor(w)).done()),
    Preset::new("track-executor-practice", |l, w| {
        let mut shown = executor(w);
        shown.practice = true;
        Walk::home(l, w, Mode::Practice).home_track().track(open(shown)).done()
    }),
    Preset::new("track-extended", |l, w| {
        let reason = names(Msg::ClerkReason);
        let longer = Kind::Extended { due: date!(2026 - 12 - 30), reason };
        opened(l, w, history(w, &[Kind::Review, Kind::Assigned, longer])).done()
    }),
    Preset::new("track-own-words", |l, w| {
        let title =
            Names {
                kk: "Тыңдау өтті".into(), ru: "Прошло слушание".into(), en: "A hearing was held".into()
            };
        opened(l, w, history(w, &[Kind::Review, Kind::Other { code: "hearing".into(), title }])).done()
    }),
    Preset::new("track-stale", |l, w| {
        let lost = Once::new(Err(Code("portal.cut")));
        opened(l, w, executor(w)).track(Message::News(0, lost)).done()
    }),
    Preset::new("track-overdue", |l, w| {
        let mut late = history(w, &[Kind::Review, Kind::Assigned]);
        late.due = date!(2026 - 11 - 13);
        for event in &mut late.events {
            event.at = event.at.plus(-28 * 86_400);
        }
        opened(l, w, late).done()
    }),
    Preset::new("track-answered", |l, w| opened(l, w, answered(w)).done()),
    Preset::new("track-answer", |l, w| judged(l, w, "akimat-kz-19").done()),
    Preset::new("track-answer-other-body", |l, w| judged(l, w, "min-health").done()),
    Preset::new("track-answer-unchecked", |l, w| {
        let doubtful = Reading { wall: NOW, confidence: Confidence::Doubtful };
        let (history, verdict) = verdict(l, w, "akimat-kz-19", doubtful, None);
        show(l, w, history, verdict).done()
    }),
    Preset::new("track-answer-asking", |l, w| asking(l, w, None).done()),
    Preset::new("track-answer-not-revoked", |l, w| heard(l, w, Heard::Good).done()),
    Preset::new("track-answer-revoked", |l, w| heard(l, w, Heard::Revoked).done()),
    Preset::new("track-answer-silent", |l, w| heard(l, w, Heard::Silence).done()),
    Preset::new("track-know-not-revoked", |l, w| heard(l, w, Heard::Good).track(Message::Know(true)).done()),
    Preset::new("track-know-revoked", |l, w| heard(l, w, Heard::Revoked).track(Message::Know(true)).done()),
    Preset::new("track-know-silent", |l, w| heard(l, w, Heard::Silence).track(Message::Know(true)).done()),
    Preset::new("track-know", |l, w| judged(l, w, "akimat-kz-19").track(Message::Know(true)).done()),
    Preset::new("track-know-other-body", |l, w| judged(l, w, "min-health").track(Message::Know(true)).done()),
];

impl Walk {
    fn home_track(self) -> Self {
        self.tell(screen::Message::Home(home::Message::Track))
    }

    fn track(self, message: Message) -> Self {
        self.tell(screen::Message::Track(message))
    }
}

fn ways(look: &Look, world: &World) -> Walk {
    Walk::home(look, world, Mode::Real).home_track()
}

fn number(look: &Look, world: &World) -> Walk {
    ways(look, world).track(Message::ByNumber)
}

fn typed(walk: Walk) -> Walk {
    walk.track(Message::Edit("track.number", Edit::Insert("202600001234".into())))
        .track(Message::Edit("track.code", Edit::Insert("7K4DQ2XM".into())))
}

fn by_card(look: &Look, world: &World, status: CardStatus) -> Walk {
    ways(look, world).track(Message::ByCard).card(status)
}

pub(super) fn pin(look: &Look, world: &World, tries: u8) -> Walk {
    by_card(look, world, CardStatus::Ready(card(Holder::Person, Some(tries))))
}

/// By a token, whose PIN has letters.
fn lettered(look: &Look, world: &World) -> Walk {
    by_card(look, world, CardStatus::Ready(token(Some(3)))).track(Message::WithLetters)
}

fn key() -> Key {
    Key::paper(&VisitorSecret::from_bytes(Zeroizing::new([7; 32])))
}

/// A letter whose wish to be told stands so.
pub(super) fn opened_as(
    look: &Look,
    world: &World,
    mode: Mode,
    history: History,
    alert: wire::AlertState,
) -> Walk {
    let shown = Shown {
        history: Arc::new(history),
        tag: String::new(),
        alert: Some(alert),
        proof: Some(wire::ProofState::Waiting),
    };
    let open = Message::Opened(0, key(), Once::new(Ok(Some(shown))));
    Walk::home(look, world, mode).home_track().track(open)
}

/// A letter the proof of whose time stands so.
pub(super) fn opened_with(look: &Look, world: &World, history: History, proof: wire::ProofState) -> Walk {
    let shown = Shown { history: Arc::new(history), tag: String::new(), alert: None, proof: Some(proof) };
    ways(look, world).track(Message::Opened(0, key(), Once::new(Ok(Some(shown)))))
}

fn open(history: History) -> Message {
    let shown = Shown { history: Arc::new(history), tag: String::new(), alert: None, proof: None };
    Message::Opened(0, key(), Once::new(Ok(Some(shown))))
}

fn opened(look: &Look, world: &World, history: History) -> Walk {
    ways(look, world).track(open(history))
}

fn names(msg: Msg) -> Names {
    Names { kk: tr(Lang::Kk, msg), ru: tr(Lang::Ru, msg), en: tr(Lang::En, msg) }
}

fn named(world: &World, id: &str) -> NamedBody {
    let body = world.env.content.body(id);
    let name = body.map(|b| b.name.clone());
    let nobody = || Names { kk: id.into(), ru: id.into(), en: id.into() };
    NamedBody { id: id.into(), name: name.unwrap_or_else(nobody) }
}

const DUE: Date = date!(2026 - 12 - 14);

/// A letter of three days ago, to which this happened since.
fn history(world: &World, kinds: &[Kind]) -> History {
    let official = |kind: &Kind| match kind {
        Kind::Registered => Official { name: world.operator.kk.clone(), post: named(world, "").name },
        Kind::Assigned => Official { name: "ТЕСТОВ Б.".into(), post: names(Msg::ClerkPostExecutor) },
        Kind::Redirected { .. } => {
            Official { name: "ҮЛГІБАЕВ Т.".into(), post: names(Msg::ClerkPostOffice) }
        }
        _ => Official { name: "ТЕСТОВА Ү.".into(), post: names(Msg::ClerkPostHead) },
    };
    let events = std::iter::once(&Kind::Registered).chain(kinds).enumerate().map(|(n, kind)| Event {
        at: NOW.plus(-3 * 86_400 + 7_260 * n as i64),
        official: official(kind),
        kind: kind.clone(),
    });
    History {
        number: "ЖТ-2026-00001234".into(),
        made: NOW,
        statement: Digest([5; 32]),
        body: named(world, "akimat-kz-19"),
        due: DUE,
        rule: "appk-76-15".into(),
        practice: false,
        language: "kk".into(),
        events: events.collect(),
    }
}

fn moved(world: &World) -> Kind {
    Kind::Redirected { body: named(world, "min-labour"), due: date!(2026 - 12 - 18) }
}

pub(super) fn executor(world: &World) -> History {
    history(world, &[Kind::Review, moved(world), Kind::Assigned])
}

/// A further letter about this one, in the portal's words.
fn aside(code: &str, msg: Msg) -> Kind {
    let say = |lang| Text::new(msg).with("number", "ЖТ-2026-00001301").say(lang);
    let title = Names { kk: say(Lang::Kk), ru: say(Lang::Ru), en: say(Lang::En) };
    Kind::Other { code: code.into(), title }
}

fn withdrawn(world: &World) -> History {
    let asked = aside("about-withdraw", Msg::PortalAboutWithdraw);
    let ended = Kind::Other { code: WITHDRAWN.into(), title: names(Msg::ClerkWithdrawn) };
    history(world, &[Kind::Review, asked, ended])
}

pub(super) fn answered(world: &World) -> History {
    history(world, &[Kind::Review, Kind::Assigned, Kind::Answered])
}

fn dates() -> Dates {
    let event = |kind: &str, ago: i64| wire::StatusEvent {
        kind: kind.into(),
        at: NOW.plus(-ago * 3600).rfc3339(),
        title: None,
    };
    let events = vec![event("registered", 70), event("review", 50), event("assigned", 20)];
    Dates { number: "ЖТ-2026-00001234".into(), due: DUE, events, practice: false }
}

fn own() -> Own {
    let letter = |n: u32, state: &str, days: i64| wire::OwnLetter {
        number: format!("ЖТ-2026-{n:08}"),
        lookup: hex::encode([1; 16]),
        state: state.into(),
        registered: NOW.plus(-days * 86_400).rfc3339(),
        due: DUE.to_string(),
        body: wire::OperatorNames {
            kk: "Алматы облысының әкімдігі".into(),
            ru: "Акимат Алматинской области".into(),
            en: "Akimat of Almaty region".into(),
        },
    };
    let letters = vec![letter(1234, "assigned", 3), letter(987, "answered", 40), letter(12, "extended", 60)];
    Own { access: Access::Session(Arc::new(Secret::with_capacity(0))), letters }
}

/// An answer that an official of `by` signed to a letter that the akimat holds, judged for real.
fn verdict(
    look: &Look,
    world: &World,
    by: &str,
    at: Reading,
    said: Option<Heard>,
) -> (History, Option<(AnswerVerdict, Vec<u8>)>) {
    let history = answered(world);
    let made = || {
        let term = Term::days(NOW, 30);
        let authority = Authority::generate("TEREZE ANSWERS", false, term).ok()?;
        let official = issue::Official {
            surname: "ТЕСТОВА".into(),
            given: "ҮЛГІ".into(),
            post: tr(look.lang, Msg::ClerkPostHead),
            body: by.into(),
            role: Role::Head,
        };
        let head = authority.issue_official(&official, term).ok()?;
        let date = crate::i18n::format::date(look.lang, NOW.plus(-3 * 86_400).legal_date());
        let text = Text::new(Msg::ClerkAnswer).with("number", history.number.as_str()).with("date", date);
        let body = named(world, by);
        let answer = Answer {
            schema: answer::SCHEMA_V1.into(),
            number: history.number.clone(),
            statement: history.statement,
            practice: false,
            language: look.lang.tag().into(),
            time: NOW.rfc3339(),
            body: Body { id: by.into(), name: body.name.get(look.lang).to_owned() },
            post: official.post.clone(),
            text: text.say(look.lang),
        };
        let content = answer.to_bytes();
        let prepared = Builder::new(head.certificate.der(), &content, NOW).ok()?.prepare().ok()?;
        let signature = head.sign(prepared.to_sign());
        let cms = prepared.finish(&signature).ok()?;
        let mut trust = Trust::new();
        trust.add(ANSWER, authority.certificate().clone()).ok()?;
        let letter = Letter {
            number: &history.number,
            statement: history.statement,
            body: &history.holder().id,
            practice: false,
        };
        let evidence = said.map(|said| said.of(&head.certificate)).unwrap_or_default();
        Some((judge_by(&cms, &letter, &trust, at, &evidence), cms))
    };
    let verdict = made();
    (history, verdict)
}

fn show(look: &Look, world: &World, history: History, verdict: Option<(AnswerVerdict, Vec<u8>)>) -> Walk {
    let judged = Once::new(verdict.ok_or(Code("answer.unreadable")));
    // Practice and most portals have nobody to ask.
    opened(look, world, history).track(Message::Judged(0, judged)).track(Message::Asked(0, Once::new(None)))
}

/// The answer is on the screen, and its signer's certificate is asked about; `said`: what will come of it.
fn asking(look: &Look, world: &World, said: Option<Heard>) -> Walk {
    let now = Reading { wall: NOW, confidence: Confidence::Plausible };
    let (history, verdict) = verdict(look, world, "akimat-kz-19", now, said);
    let judged = Once::new(verdict.ok_or(Code("answer.unreadable")));
    opened(look, world, history).track(Message::Judged(0, judged))
}

fn heard(look: &Look, world: &World, said: Heard) -> Walk {
    let now = Reading { wall: NOW, confidence: Confidence::Plausible };
    let (_, verdict) = verdict(look, world, "akimat-kz-19", now, Some(said));
    let verdict = verdict.map(|(verdict, _)| verdict);
    asking(look, world, None).track(Message::Asked(0, Once::new(verdict)))
}

fn judged(look: &Look, world: &World, by: &str) -> Walk {
    let now = Reading { wall: NOW, confidence: Confidence::Plausible };
    let (history, verdict) = verdict(look, world, by, now, None);
    show(look, world, history, verdict)
}
