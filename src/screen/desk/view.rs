//! How the desk looks: the worst first in words, then each part with its mark, letters beside.

use iced::widget::{Column, column, row};
use iced::{Alignment, Element, Length};

use super::{Message, State};
use crate::desk::report::{Finding, Health, Letter, Report};
use crate::fault::Coded as _;
use crate::i18n::{Msg, Text, format};
use crate::screen::frame::Frame;
use crate::ui::button::{danger, icon, primary};
use crate::ui::card::{Notice, card, notice, rule};
use crate::ui::icon::Icon;
use crate::ui::modal::Dialog;
use crate::ui::theme::{Look, Type};
use crate::ui::words::{small, strong, text, title};

/// Letters that are listed; how many more there are is said.
const LISTED: usize = 12;

pub fn view<'a>(state: &'a State, look: &'a Look) -> Element<'a, Message> {
    let says = match state.report.as_ref().map(Report::state) {
        None => Msg::DeskLooking,
        Some(Health::Ok) => Msg::DeskAllWell,
        Some(Health::Warning | Health::NotChecked) => Msg::DeskLook,
        Some(Health::Fault) => Msg::DeskFault,
    };
    let mut page = Frame::on(look, "desk", says).crumb(Msg::DeskCrumb);
    page = match &state.sent {
        Some(Ok(())) => page.push(notice(look, Notice::Good, Msg::DeskSent, "")),
        Some(Err(error)) => {
            let code = error.code();
            let words = |id: String| Msg::from_id(&id).unwrap_or(Msg::DeskFault);
            page.push(notice(look, Notice::Danger, words(code.message_id()), words(code.remedy_id())))
        }
        None => page,
    };
    if let Some(report) = &state.report {
        let mut findings: Vec<&Finding> = report.findings.iter().collect();
        findings.sort_by_key(|f| std::cmp::Reverse(f.state));
        let rows = findings.into_iter().enumerate().flat_map(|(n, finding)| {
            let line = (n > 0).then(|| rule(look));
            line.into_iter().chain([part(look, finding)])
        });
        page = page.push(card(look, Column::with_children(rows).spacing(look.space(1.5))));
        page = page.side(letters(look, report)).side(answers(look, report));
    }
    let end = danger(look, "desk.end", Msg::DeskEnd).on(Message::Ending(true));
    let page = page.side(end).back(Message::Back);
    let look_again = (!state.looking).then_some(Message::Look);
    if state.unsent() {
        let page = page.also("desk.again", Msg::DeskAgain, Icon::RefreshCw, Message::Look);
        return page.primary(Msg::DeskSend, look_again.map(|_| Message::Send)).show();
    }
    page.primary(Msg::DeskAgain, look_again).show()
}

/// One part: its mark, its state in words, what is wrong and what to do.
fn part<'a>(look: &Look, finding: &Finding) -> Element<'a, Message> {
    let p = look.palette();
    let (glyph, color) = match finding.state {
        Health::Ok => (Icon::CircleCheck, p.good),
        Health::Warning => (Icon::TriangleAlert, p.ink),
        Health::NotChecked => (Icon::CircleHelp, p.soft),
        Health::Fault => (Icon::CircleX, p.danger),
    };
    let name = Text::from(finding.what.name()).say(look.lang);
    let head = format!("{name}: {}", Text::from(finding.state.words()).say(look.lang));
    let facts = finding.facts(look.lang);
    let mut lines = column![strong(look, head).wide()].spacing(look.space(0.5)).width(Length::Fill);
    lines = lines.push((!facts.is_empty()).then(|| small(look, facts).wide()));
    if let Some((says, remedy)) = finding.words() {
        lines = lines.push(text(look, says).wide()).push(text(look, remedy).wide());
    }
    row![icon(glyph, look.size(Type::Label) * 1.2, color), lines].spacing(look.space(2.0)).into()
}

/// The outbox: where each letter is, and why; no name is known here, and none is shown.
fn letters<'a>(look: &Look, report: &Report) -> Element<'a, Message> {
    let mut lines = column![title(look, Msg::DeskLetters)].spacing(look.space(1.5));
    if report.letters.is_empty() {
        lines = lines.push(text(look, Msg::DeskNoLetters).soft(look));
    }
    // What waits for somebody first, whatever its age.
    let (open, done): (Vec<_>, Vec<_>) = report.letters.iter().partition(|l| l.code.is_some());
    for letter in open.iter().chain(&done).take(LISTED) {
        lines = lines.push(rule(look)).push(one(look, letter));
    }
    if report.letters.len() > LISTED {
        let more = (report.letters.len() - LISTED) as i64;
        lines = lines.push(small(look, Text::new(Msg::DeskMoreLetters).with("n", more)));
    }
    card(look, lines)
}

/// Answers that have come to letters written here: who comes for hers is told so.
fn answers<'a>(look: &Look, report: &Report) -> Element<'a, Message> {
    let mut lines = column![title(look, Msg::DeskAnswers)].spacing(look.space(1.5));
    let Some(found) = &report.answers else {
        return card(look, lines.push(text(look, Msg::DeskAnswersUnknown).soft(look)));
    };
    if found.is_empty() {
        lines = lines.push(text(look, Msg::DeskNoAnswers).soft(look));
    }
    for answer in found.iter().take(LISTED) {
        let number = small(look, format!("…{}", answer.ending)).semibold();
        let at = small(look, format::date_time(look.lang, answer.at)).wide();
        lines = lines.push(rule(look)).push(row![number, at].spacing(look.space(2.0)));
    }
    if found.len() > LISTED {
        lines =
            lines.push(small(look, Text::new(Msg::DeskMoreLetters).with("n", (found.len() - LISTED) as i64)));
    }
    card(look, lines)
}

fn one<'a>(look: &Look, letter: &Letter) -> Element<'a, Message> {
    let mut lines = column![
        small(look, letter.says(look.lang)).semibold().wide(),
        small(look, format::date_time(look.lang, letter.stored)),
    ]
    .spacing(look.space(0.5))
    .width(Length::Fill);
    if let Some((says, remedy)) = letter.words() {
        lines = lines.push(text(look, says).wide()).push(small(look, remedy).wide());
    }
    row![lines].align_y(Alignment::Start).into()
}

/// Stopping is asked twice: a visitor may be on her way.
pub fn dialog<'a>(look: &Look, practice: bool) -> Dialog<'a, Message> {
    let text = if practice { Msg::DeskEndPractice } else { Msg::DeskEndText };
    Dialog::new(look, "desk.ending", Msg::DeskEndTitle)
        .icon(Icon::LogOut)
        .text(text)
        .button(danger(look, "desk.end-now", Msg::DeskEnd).on(Message::End))
        .button(primary(look, "desk.stay", Msg::DeskStay).on(Message::Ending(false)))
}
