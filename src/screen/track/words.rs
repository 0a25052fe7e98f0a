//! How a letter's states are said.

use iced::Element;

use crate::clock::Moment;
use crate::domain::event::{Event, Kind, WITHDRAWN};
use crate::fault::Code;
use crate::i18n::{Lang, Msg, Text, format};
use crate::ui::card::{Notice, notice};
use crate::ui::theme::Look;
use crate::ui::timeline::{Item, Point};

/// What went wrong, and what to do. Without a line nothing of hers waits to be sent here.
pub fn said<'a, M: 'a>(code: Option<Code>, look: &Look) -> Option<Element<'a, M>> {
    let (what, remedy) = fault(code?)?;
    Some(notice(look, Notice::Warning, what, remedy.map(|r| r.say(look.lang)).unwrap_or_default()))
}

/// The same in two texts.
pub fn fault(code: Code) -> Option<(Text, Option<Text>)> {
    let says = |id: String| Msg::from_id(&id).map(Text::new);
    let remedy = match code.0 {
        "portal.unreachable" | "portal.cut" => Some(Msg::TrackNoLine.into()),
        _ => says(code.remedy_id()),
    };
    Some((says(code.message_id())?, remedy))
}

/// `23 қараша, 09:05`
pub fn date_of(lang: Lang, at: Moment) -> String {
    format!("{}, {}", format::day_month(lang, at.legal_date()), format::clock_time(at))
}

/// What happened, by the kind's code. Where the portal has words of its own, they are shown instead.
pub fn event_of(code: &str) -> Option<Msg> {
    Some(match code {
        "registered" => Msg::TrackEventRegistered,
        "review" => Msg::TrackEventReview,
        "assigned" => Msg::TrackEventAssigned,
        "redirected" => Msg::TrackEventRedirected,
        "extended" => Msg::TrackEventExtended,
        "answered" => Msg::TrackEventAnswered,
        WITHDRAWN => Msg::TrackEventWithdrawn,
        _ => return None,
    })
}

/// Where the letter is now.
pub fn state_of(code: &str) -> Option<Msg> {
    Some(match code {
        "registered" => Msg::TrackNowRegistered,
        "review" => Msg::TrackNowReview,
        "assigned" => Msg::TrackNowAssigned,
        "redirected" => Msg::TrackNowRedirected,
        "extended" => Msg::TrackNowExtended,
        "answered" => Msg::TrackNowAnswered,
        WITHDRAWN => Msg::TrackNowWithdrawn,
        _ => return None,
    })
}

/// The event in one line.
pub fn what(event: &Event, lang: Lang) -> String {
    match &event.kind {
        Kind::Other { title, .. } => title.get(lang).to_owned(),
        kind => event_of(kind.code()).map(|m| Text::from(m).say(lang)).unwrap_or_default(),
    }
}

/// Who, where to, until when, why.
pub fn more(event: &Event, lang: Lang) -> Vec<String> {
    let mut lines = vec![];
    let due = |due| Text::new(Msg::TrackNewDue).with("date", format::date(lang, due)).say(lang);
    match &event.kind {
        Kind::Redirected { body, due: date } => {
            lines.push(body.name.get(lang).to_owned());
            lines.push(due(*date));
        }
        Kind::Extended { due: date, reason } => {
            lines.push(due(*date));
            lines.push(Text::new(Msg::TrackReason).with("reason", reason.get(lang)).say(lang));
        }
        _ => {}
    }
    let post = event.official.post.get(lang);
    let who = match (event.official.name.is_empty(), post.is_empty()) {
        (true, _) => String::new(),
        (false, true) => event.official.name.clone(),
        (false, false) => format!("{}, {post}", event.official.name),
    };
    if !who.is_empty() {
        lines.push(who);
    }
    lines
}

/// The events as a line of time, `last` being where the letter stands.
pub fn item(event: &Event, last: bool, lang: Lang) -> Item {
    Item {
        point: if last { Point::Now } else { Point::Past },
        when: date_of(lang, event.at),
        what: what(event, lang),
        more: more(event, lang),
    }
}
