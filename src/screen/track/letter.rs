//! One letter's life on the screen: the line of time, the days left, and what can be done.

use std::sync::Arc;

use futures::future::BoxFuture;
use iced::widget::column;
use iced::{Element, Task};
use time::Date;

use super::words::{date_of, event_of, item, said, state_of, what};
use super::work::{self, Dates};
use super::{AGAIN, Action, Answered, Asked, Context, Letter, Message, Page, Stage, State, fetch, paper};
use crate::clock::Moment;
use crate::domain::event::{ASIDE, History, TIME_PROVEN, WITHDRAWN};
use crate::domain::form::About;
use crate::fault::Code;
use crate::i18n::{Lang, Msg, Text, format};
use crate::page::player::Player;
use crate::portal::wire::{AlertState, ProofState, StatusEvent};
use crate::screen::frame::Frame;
use crate::screen::once::Once;
use crate::screen::tell;
use crate::sign::verdict::Outcome;
use crate::ui::button::secondary;
use crate::ui::card::{Notice, card, fact, notice, number};
use crate::ui::icon::Icon;
use crate::ui::theme::Look;
use crate::ui::timeline::{Item, Point, timeline};
use crate::ui::words::{small, strong, text};

/// Why a further letter is written about this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The due date is past, and nobody answered.
    Overdue,
    Disagree,
    More,
    Withdraw,
}

impl Why {
    /// The option of the form's «what do you want».
    fn want(self) -> &'static str {
        match self {
            Why::Overdue | Why::Disagree => "complaint",
            Why::More | Why::Withdraw => "application",
        }
    }

    /// The option of the form's «about your earlier letter».
    fn about(self) -> &'static str {
        match self {
            Why::Overdue => "overdue",
            Why::Disagree => "disagree",
            Why::More => "more",
            Why::Withdraw => "withdraw",
        }
    }

    fn words(self) -> Msg {
        match self {
            Why::Overdue => Msg::TrackWriteOverdue,
            Why::Disagree => Msg::TrackWriteDisagree,
            Why::More => Msg::TrackWriteMore,
            Why::Withdraw => Msg::TrackWriteWithdraw,
        }
    }
}

/// A letter about this one, which it names: body, kind and first words are there, the rest is the
/// visitor's. What is known is not asked again.
pub fn begin(history: &History, why: Why, context: &Context<'_>) -> Option<Player> {
    let (content, lang) = (context.world.env.content, context.look.lang);
    let mut player = Player::new("letter", content)?;
    let article = content.rule(&history.rule).map(|r| r.article.get(lang)).unwrap_or_default();
    let answered = history.answered().map(|e| format::date(lang, e.at.legal_date())).unwrap_or_default();
    let registered = history.events.first().map(|e| format::date(lang, e.at.legal_date()));
    let words = Text::new(why.words())
        .with("number", history.number.as_str())
        .with("registered", registered.unwrap_or_default())
        .with("due", format::date(lang, history.due_now()))
        .with("answered", answered)
        .with("article", article)
        .say(lang);
    player.choose("letter.about", why.about());
    player.set_text("letter.about-number", &history.number);
    if player.set_body("letter.body", &history.holder().id) {
        player.pass("letter.body");
    }
    if player.choose("letter.want", why.want()) {
        player.pass("letter.want");
    }
    player.set_text("letter.text", &words);
    Some(player)
}

impl State {
    pub(super) fn reading(&mut self, message: Message, context: &Context<'_>) -> Action {
        let round = self.round;
        let Stage::Letter(letter) = &mut self.stage else { return Action::None };
        let env = context.world.env.clone();
        match message {
            Message::News(asked, news) if asked == round => {
                match news.take() {
                    Some(Ok(news)) => {
                        letter.stale = false;
                        if let Some(shown) = news {
                            letter.shown = shown;
                        }
                        return Action::Run(self.listen(context));
                    }
                    Some(Err(_)) => {
                        letter.stale = true;
                        let wait = async { tokio::time::sleep(AGAIN).await };
                        return Action::Run(Task::perform(wait, move |()| Message::Look(round)));
                    }
                    None => {}
                };
            }
            Message::Look(asked) if asked == round => return Action::Run(self.listen(context)),
            Message::Answer => {
                if letter.answer.is_some() {
                    letter.page = Page::Answer;
                    return Action::None;
                }
                let ask = work::answer(env, letter.key.clone(), letter.shown.history.clone());
                return Action::Run(Task::perform(ask, move |r| Message::Judged(round, Once::new(r))));
            }
            Message::Judged(asked, judged) if asked == round => match judged.take() {
                Some(Ok((verdict, cms))) => {
                    // What is not valid no word on its certificate mends.
                    let ask = verdict.outcome() != Outcome::NotValid;
                    let cms = Arc::new(cms);
                    let asked = if ask { Asked::Now } else { Asked::Done };
                    letter.answer = Some(Answered { verdict, cms: cms.clone(), asked });
                    letter.page = Page::Answer;
                    self.said = None;
                    if ask {
                        let ask = work::asked(env, cms, letter.shown.history.clone());
                        return Action::Run(Task::perform(ask, move |v| Message::Asked(round, Once::new(v))));
                    }
                }
                Some(Err(code)) => self.said = Some(code),
                None => {}
            },
            Message::Asked(asked, judged) if asked == round => {
                if let Some(answered) = &mut letter.answer {
                    answered.asked = Asked::Done;
                    if let Some(Some(verdict)) = judged.take() {
                        answered.verdict = verdict;
                    }
                }
            }
            Message::Know(know) => letter.page = if know { Page::Know } else { Page::Answer },
            Message::Write(why) => {
                if let Some(player) = begin(&letter.shown.history, why, context) {
                    return Action::Write(Box::new(player));
                }
            }
            Message::Print if letter.page == Page::History => {
                let ask = work::extract(env, letter.key.clone());
                return Action::Run(Task::perform(ask, move |r| Message::Extract(round, Once::new(r))));
            }
            Message::Print => return Action::Run(paper::answer(letter, context)),
            Message::Extract(asked, signed) if asked == round => match signed.take() {
                Some(Ok(signed)) => return Action::Run(paper::history(letter, &signed, context)),
                Some(Err(code)) => self.said = Some(code),
                None => {}
            },
            Message::Signed(step) => return Action::Run(fetch::update(letter, step, context)),
            Message::Tell(message) => {
                let key = letter.key.clone();
                let keep = |phone| -> BoxFuture<'static, Result<(), Code>> {
                    Box::pin(work::tell(env.clone(), key.clone(), Some(phone)))
                };
                let task = letter.wish.update(message, context, &keep);
                if let tell::Stage::Kept(_) = letter.wish.stage {
                    // The portal has it, and says from now on where it stands.
                    letter.wish.forget();
                    letter.shown.alert = Some(AlertState::Waiting);
                }
                return Action::Run(task.map(Message::Tell));
            }
            Message::TellNobody => {
                let ask = work::tell(env, letter.key.clone(), None);
                return Action::Run(Task::perform(ask, move |r| Message::Untold(round, Once::new(r))));
            }
            Message::Untold(asked, done) if asked == round => match done.take() {
                Some(Ok(())) => letter.shown.alert = Some(AlertState::None),
                Some(Err(code)) => self.said = Some(code),
                None => {}
            },
            Message::StopPrint => letter.paper.stop(),
            Message::Paper(progress) => letter.paper.update(progress),
            Message::Save => return Action::Run(paper::save(letter, context)),
            Message::Saved(saved) => match saved.take() {
                Some(Ok(name)) => letter.saved = Some(name),
                Some(Err(code)) => self.said = Some(code),
                None => {}
            },
            _ => {}
        }
        Action::None
    }
}

/// Working days from `today` to `due`; below zero: so many after it. `None` past the calendar.
fn days_left(today: Date, due: Date, context: &Context<'_>) -> Option<i64> {
    let calendar = context.world.env.content.calendar();
    let between = |from, to| calendar.working_days_between(from, to).ok().map(i64::from);
    if today <= due { between(today, due) } else { between(due, today).map(|days| -days) }
}

/// What ended a letter's life, and when.
fn end(history: &History) -> Option<(Msg, Moment)> {
    let answered = history.answered().map(|e| (Msg::TrackAnsweredOn, e.at));
    answered.or_else(|| history.withdrawn().map(|e| (Msg::TrackWithdrawnOn, e.at)))
}

/// The large number: days left, or the date where they cannot be counted.
fn panel<'a>(due: Date, end: Option<(Msg, Moment)>, context: &Context<'a>) -> Element<'a, Message> {
    let (look, lang) = (context.look, context.look.lang);
    let today = context.world.env.clock.now().wall.legal_date();
    let date = format!("{}, {}", format::day_month(lang, due), format::weekday(lang, due));
    if let Some((says, at)) = end {
        let on = format::day_month(lang, at.legal_date());
        return number(look, says, on, "", Text::new(Msg::TrackWasDue).with("date", date));
    }
    let figure = |n: i64| format::number(lang, n);
    let count = |msg: Msg, n: i64| Text::new(msg).with("n", n);
    match days_left(today, due, context) {
        Some(n) if n >= 0 => number(look, Msg::TrackDaysLeft, figure(n), count(Msg::TrackDays, n), date),
        Some(n) => number(look, Msg::TrackDaysOver, figure(-n), count(Msg::TrackDays, -n), date),
        None => number(look, Msg::TrackDueIs, date, "", ""),
    }
}

/// What is still to come: the signed answer.
fn ahead(due: Date, lang: Lang) -> Item {
    let date = format::day_month(lang, due);
    Item {
        point: Point::Ahead,
        when: Text::new(Msg::TrackUntil).with("date", date).say(lang),
        what: Text::from(Msg::TrackSignedAnswer).say(lang),
        more: vec![],
    }
}

pub fn view<'a>(state: &State, letter: &'a Letter, context: Context<'a>) -> Element<'a, Message> {
    let (look, lang) = (context.look, context.look.lang);
    let history = &*letter.shown.history;
    let today = context.world.env.clock.now().wall.legal_date();
    let overdue = history.is_overdue(today);
    let (last, stands) = history.stands().unzip();
    let heading = match stands {
        _ if overdue => Text::from(Msg::TrackNowOverdue).say(lang),
        Some(event) => match state_of(event.kind.code()) {
            Some(says) => Text::from(says).say(lang),
            None => what(event, lang),
        },
        None => String::new(),
    };
    let mut items: Vec<Item> =
        history.events.iter().enumerate().map(|(n, e)| item(e, Some(n) == last, lang)).collect();
    if !history.is_closed() {
        items.push(ahead(history.due_now(), lang));
    }
    let number_line = Text::new(Msg::TrackLetterNumber).with("number", history.number.as_str());
    let mut page = Frame::new(&context, "track.history", heading)
        .crumb(number_line)
        .push_maybe(said(state.said, look))
        .push_maybe(letter.paper.view(look, Message::StopPrint))
        .push_maybe(letter.stale.then(|| {
            let at = Text::new(Msg::TrackStaleText).with("time", date_of(lang, history.made));
            notice(look, Notice::Warning, Msg::TrackStale, at)
        }))
        .push_maybe(fetch::view(letter, &context))
        .push(card(look, timeline(look, items)))
        .side(panel(history.due_now(), end(history), &context))
        .side(proof(&letter.shown, &context));
    // Where no answer comes any more there is nothing to offer.
    let alert = letter.shown.alert.filter(|a| !history.is_closed() || *a != AlertState::None);
    if let Some(alert) = alert {
        let of = Lang::from_tag(&history.language).unwrap_or(lang);
        page = page.side(tell::standing(alert, of, &context, Message::Tell, Message::TellNobody));
    }
    let mut ways = iced::widget::row![].spacing(look.space(2.0));
    if !history.is_closed() {
        let more = secondary(look, "track.more", Msg::TrackMore).on(Message::Write(Why::More));
        // Once asked is enough: the body answers it.
        let asked = history.events.iter().any(|e| e.kind.code() == About::Withdraw.event());
        let withdraw = (!asked)
            .then(|| secondary(look, "track.withdraw", Msg::TrackWithdraw).on(Message::Write(Why::Withdraw)));
        ways = ways.push(more).push(withdraw);
    }
    let signed = fetch::button(letter, &context);
    if !history.is_closed() || signed.is_some() {
        page = page.push(ways.push(signed).wrap().vertical_spacing(look.space(1.5)));
    }
    page = page.back(Message::Back).also("track.print", Msg::TrackPrint, Icon::Printer, Message::Print);
    match (history.answered().is_some(), overdue) {
        (true, _) => page.primary(Msg::TrackReadAnswer, Some(Message::Answer)),
        (false, true) => page.primary(Msg::TrackOverdue, Some(Message::Write(Why::Overdue))),
        (false, false) => page.primary(Msg::TrackDone, Some(Message::Finish)),
    }
    .show()
}

/// The portal signed what is shown, and this kiosk checked it.
fn proof<'a>(shown: &work::Shown, context: &Context<'a>) -> Element<'a, Message> {
    let (look, history): (&Look, _) = (context.look, &*shown.history);
    let at = Text::new(Msg::TrackProofText).with("time", date_of(look.lang, history.made));
    let holder = history.holder().name.get(look.lang).to_owned();
    card(
        look,
        column![
            fact(look, Msg::TrackHolder, text(look, holder).private().wide()),
            strong(look, Msg::TrackProof).good(look),
            small(look, at).wide(),
        ]
        .push(steps(shown, look.lang).map(|steps| small(look, steps).wide()))
        .spacing(look.space(1.5)),
    )
}

/// Signed, delivered, its time proven: how far it is, calmly. `None` where nobody proves times.
fn steps(shown: &work::Shown, lang: Lang) -> Option<Text> {
    let events = &shown.history.events;
    let delivered = events.first().map(|e| date_of(lang, e.at)).unwrap_or_default();
    let proven = events.iter().find(|e| e.kind.code() == TIME_PROVEN);
    let says = match (proven, shown.proof?) {
        (Some(event), _) => Text::new(Msg::TrackStepsProven).with("proven", date_of(lang, event.at)),
        (None, ProofState::Waiting) => Text::new(Msg::TrackStepsWaiting),
        (None, ProofState::Late) => Text::new(Msg::TrackStepsLate),
        (None, ProofState::None | ProofState::Proven) => return None,
    };
    Some(says.with("delivered", delivered))
}

/// What number and code show: states and dates, no names.
pub fn dates<'a>(dates: &'a Dates, context: Context<'a>) -> Element<'a, Message> {
    let (look, lang) = (context.look, context.look.lang);
    let aside = |e: &StatusEvent| ASIDE.contains(&e.kind.as_str());
    let last = dates.events.iter().rposition(|e| !aside(e));
    let mut end = None;
    let items = dates.events.iter().enumerate().map(|(n, event)| {
        let at = Moment::parse_rfc3339(&event.at);
        match event.kind.as_str() {
            "answered" => end = at.map(|at| (Msg::TrackAnsweredOn, at)),
            WITHDRAWN => end = at.map(|at| (Msg::TrackWithdrawnOn, at)),
            _ => {}
        }
        let own = event.title.clone().map(crate::domain::Names::from);
        let says = event_of(&event.kind).map(|m| Text::from(m).say(lang));
        Item {
            point: if Some(n) == last { Point::Now } else { Point::Past },
            when: at.map(|at| date_of(lang, at)).unwrap_or_default(),
            what: own.map(|names| names.get(lang).to_owned()).or(says).unwrap_or_else(|| event.kind.clone()),
            more: vec![],
        }
    });
    let mut items: Vec<Item> = items.collect();
    if end.is_none() {
        items.push(ahead(dates.due, lang));
    }
    let state = dates.events.iter().rev().find_map(|e| state_of(&e.kind)).unwrap_or(Msg::TrackCrumb);
    Frame::new(&context, "track.dates", state)
        .crumb(Text::new(Msg::TrackLetterNumber).with("number", dates.number.as_str()))
        .push(card(look, timeline(look, items)))
        .push(notice(look, Notice::Info, Msg::TrackDatesOnly, Msg::TrackDatesOnlyText))
        .side(panel(dates.due, end, &context))
        .back(Message::Back)
        .primary(Msg::TrackDone, Some(Message::Finish))
        .show()
}
