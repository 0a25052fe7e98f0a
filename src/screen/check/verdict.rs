//! The verdict in one sentence, who signed, and how we know.

use iced::widget::{column, row};
use iced::{Alignment, Element};

use super::told::{Said, Told, came};
use super::{Context, Message, Page, Shown};
use crate::i18n::{Msg, Text, format};
use crate::screen::frame::Frame;
use crate::sign::verdict::Outcome;
use crate::ui::button::{icon, link, secondary};
use crate::ui::card::{Notice, card, fact, notice, saying};
use crate::ui::icon::Icon;
use crate::ui::theme::{Look, Type};
use crate::ui::words::{small, strong, text, title};

/// What follows from the verdict that the heading says: its reason and what to do.
fn sentence<'a>(told: &Told, look: &Look) -> Element<'a, Message> {
    let says = |id: String| Msg::from_id(&id).map(|m| Text::from(m).say(look.lang)).unwrap_or_default();
    let why =
        told.reasons.first().map(|code| format!("{}. {}", says(code.message_id()), says(code.remedy_id())));
    let (kind, glyph) = match told.outcome {
        Outcome::Valid => (Notice::Good, Icon::CircleCheck),
        Outcome::CouldNotCheck => (Notice::Warning, Icon::TriangleAlert),
        Outcome::NotValid => (Notice::Danger, Icon::OctagonX),
    };
    // A receipt, a notice and an extract are signed by nobody but the portal.
    let valid = match told.headline {
        Msg::CheckCertificateValid => Msg::CheckCertificateText,
        _ if told.people.is_empty() => Msg::CheckPortalSigned,
        _ => Msg::CheckValidText,
    };
    saying(look, kind, glyph, why.unwrap_or_else(|| Text::from(valid).say(look.lang)))
}

fn facts<'a>(look: &Look, facts: &[(Msg, Said)], open: bool) -> Element<'a, Message> {
    let mut lines = column![].spacing(look.space(1.5));
    for (n, (name, said)) in facts.iter().enumerate() {
        let says = said.say(look.lang, open);
        // A person's name stands out; a letter's number would break in bold at the largest text.
        let words = if n == 0 && said.is_private() { strong(look, says) } else { text(look, says) };
        let words = if said.is_private() { words.private() } else { words };
        lines = lines.push(fact(look, *name, words.wide()));
    }
    card(look, lines)
}

pub fn view<'a>(shown: &'a Shown, context: Context<'a>) -> Element<'a, Message> {
    let (look, told) = (context.look, &*shown.told);
    let mut page = Frame::new(&context, "check.verdict", told.headline)
        .crumb(Msg::CheckVerdict)
        .push(sentence(told, look))
        .push_maybe(shown.paper.view_or(look, Message::StopPrint, Msg::CheckNoPrinter));
    if told.preliminary {
        page = page.push(notice(look, Notice::Info, Msg::CheckPreliminary, Msg::CheckPreliminaryText));
    }
    if told.practice {
        page = page.push(notice(look, Notice::Warning, Msg::CheckPractice, ""));
    }
    for code in told.reasons.iter().skip(1) {
        let says = Msg::from_id(&code.message_id()).map(|m| Text::from(m).say(look.lang));
        page = page.push(text(look, format!("– {}", says.unwrap_or_default())).wide());
    }
    // A verdict is as good as what it was judged by is fresh.
    if let Some(person) = told.people.first().filter(|p| !p.facts.is_empty()) {
        let (says, consulted) = &person.revocation;
        let more = consulted.as_ref().map(|c| small(look, c.say(look.lang)).soft(look).wide());
        page = page.push(column![text(look, *says).wide()].push(more).spacing(look.space(0.5)));
    }
    let mut ways = row![].spacing(look.space(2.0)).align_y(Alignment::Center);
    if !told.people.is_empty() {
        ways = ways.push(secondary(look, "check.know", Msg::CheckKnow).on(Message::Turn(Page::Know)));
    }
    if !told.fields.is_empty() {
        ways = ways.push(secondary(look, "check.fields", Msg::CheckFields).on(Message::Turn(Page::Fields)));
    }
    let numbered = |f: &(Msg, Said)| matches!(f.1, Said::Number(_));
    if told.people.iter().any(|p| p.facts.iter().any(numbered)) {
        let says = if shown.open { Msg::CheckHide } else { Msg::CheckReveal };
        ways = ways.push(link(look, "check.reveal", says).on(Message::Reveal(!shown.open)));
    }
    page = page.push(ways.wrap().vertical_spacing(look.space(1.5)));
    let name = told.name.expose();
    if !name.is_empty() {
        page = page.push(small(look, Text::new(Msg::CheckFile).with("name", name.as_str())).private().wide());
    }
    let when = Text::new(Msg::TrackKnowWhen).with("time", format::date_time(look.lang, told.at));
    page = page.push(small(look, when));
    if let Some(keys) = told.keys {
        let of =
            format!("{}: {}", Text::from(Msg::CheckKeys).say(look.lang), format::date_time(look.lang, keys));
        page = page.push(small(look, of).wide());
    }
    let mut people = column![].spacing(look.space(2.0));
    if !told.facts.is_empty() {
        people = people.push(facts(look, &told.facts, shown.open));
    }
    for person in told.people.iter().filter(|p| !p.facts.is_empty()) {
        people = people.push(facts(look, &person.facts, shown.open));
    }
    page.side(people)
        .back(Message::Back)
        .also("check.print", Msg::CheckPrint, Icon::Printer, Message::Print)
        .primary(Msg::TrackDone, Some(Message::Finish))
        .show()
}

/// Each thing that was checked, with what came of it.
pub fn know<'a>(shown: &'a Shown, context: Context<'a>) -> Element<'a, Message> {
    let (look, told) = (context.look, &*shown.told);
    let mut page = Frame::new(&context, "check.know", Msg::CheckKnow).crumb(told.headline);
    for person in &told.people {
        let mut lines = column![].spacing(look.space(2.0));
        if told.people.len() > 1
            && let Some((_, name)) = person.facts.first()
        {
            lines = lines.push(title(look, name.say(look.lang, false)).private());
        }
        for (says, outcome, consulted) in &person.checks {
            lines =
                lines.push(line(look, says.clone(), *outcome, consulted.as_ref().map(|c| c.say(look.lang))));
        }
        for (name, outcome) in &person.counter {
            let says = Text::new(Msg::CheckCounter).with("name", name.as_str());
            lines = lines.push(line(look, says, *outcome, None));
        }
        page = page.push(card(look, lines));
    }
    let when = Text::new(Msg::TrackKnowWhen).with("time", format::date_time(look.lang, told.at));
    page = page.push(small(look, when));
    if told.preliminary {
        page = page.push(notice(look, Notice::Info, Msg::CheckPreliminary, Msg::CheckPreliminaryText));
    }
    page.back(Message::Back).show()
}

fn line<'a>(look: &Look, says: Text, outcome: Outcome, more: Option<String>) -> Element<'a, Message> {
    let p = look.palette();
    let (glyph, ink) = match outcome {
        Outcome::Valid => (Icon::CircleCheck, p.good),
        Outcome::CouldNotCheck => (Icon::CircleHelp, p.soft),
        Outcome::NotValid => (Icon::CircleX, p.danger),
    };
    let mut words = column![text(look, says).wide(), small(look, came(outcome)).soft(look)];
    if let Some(more) = more {
        words = words.push(small(look, more).soft(look).wide());
    }
    let words = words.spacing(look.space(0.25));
    row![icon(glyph, look.size(Type::Title), ink), words].spacing(look.space(2.0)).into()
}

/// What a document made of data says, in its own names.
pub fn fields<'a>(shown: &'a Shown, context: Context<'a>) -> Element<'a, Message> {
    let (look, told) = (context.look, &*shown.told);
    let mut lines = column![].spacing(look.space(1.5));
    for field in &told.fields {
        let number = field.value.len() == 12 && field.value.bytes().all(|b| b.is_ascii_digit());
        let said = match number {
            true => Said::Number(field.value.clone()),
            false => Said::Private(field.value.clone()),
        };
        lines = lines.push(fact(
            look,
            field.name.clone(),
            text(look, said.say(look.lang, shown.open)).private().wide(),
        ));
    }
    Frame::new(&context, "check.fields", Msg::CheckFields)
        .crumb(told.headline)
        .hint(Msg::CheckFieldsText)
        .push(card(look, lines))
        .back(Message::Back)
        .show()
}
