//! Cards, notices, the panel of a large number, progress, error summaries.

use iced::widget::{Column, Row, Space, column, container, row};
use iced::{Alignment, Border, Color, Element, Length};

use super::button::icon;
use super::icon::Icon;
use super::mark::Mark;
use super::semantic::{Id, Node, Role};
use super::tap::Tap;
use super::theme::{Look, RADIUS, TARGET, Type};
use super::words::{Say, figure, small, strong, text, title, words};
use crate::i18n::{Msg, Text};

pub(super) fn box_style(fill: Color, edge: Color, width: f32, radius: f32) -> container::Style {
    container::Style {
        background: Some(fill.into()),
        border: Border { color: edge, width, radius: radius.into() },
        ..container::Style::default()
    }
}

/// A white card with a hairline and rounded corners, as wide as there is room.
pub fn card<'a, M: 'a>(look: &Look, content: impl Into<Element<'a, M>>) -> Element<'a, M> {
    let p = look.palette();
    container(content)
        .padding(look.space(3.5))
        .width(Length::Fill)
        .style(move |_| box_style(p.card, p.line, 1.0, RADIUS))
        .into()
}

/// A card in the sky's tint: what the visitor came for.
pub fn tinted<'a, M: 'a>(look: &Look, content: impl Into<Element<'a, M>>) -> Element<'a, M> {
    let p = look.palette();
    let edge = if look.edge_width() > 1.0 { p.accent } else { p.tint };
    container(content)
        .padding(look.space(3.5))
        .width(Length::Fill)
        .style(move |_| box_style(p.tint, edge, 1.0, RADIUS))
        .into()
}

/// A card in soft gold: to be kept to oneself, or heeded.
pub fn golden<'a, M: 'a>(look: &Look, content: impl Into<Element<'a, M>>) -> Element<'a, M> {
    let p = look.palette();
    container(content)
        .padding(look.space(3.5))
        .width(Length::Fill)
        .style(move |_| box_style(p.gold_soft, p.gold_line, 1.0, RADIUS))
        .into()
}

/// What kind of notice a box is; each has its colour and its icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// To know.
    Info,
    /// To heed: gold.
    Warning,
    /// Cannot be undone, or went wrong and must be mended.
    Danger,
    Good,
}

/// A box with an icon, a bold first line and what follows from it. Spoken as it appears.
pub fn notice<'a, M: 'a>(look: &Look, kind: Notice, lead: impl Say, more: impl Say) -> Element<'a, M> {
    let p = look.palette();
    let (fill, edge, color, glyph) = match kind {
        Notice::Info => (p.tint, p.tint, p.accent, Icon::Info),
        Notice::Warning => (p.gold_soft, p.gold_line, p.ink, Icon::TriangleAlert),
        Notice::Danger => (p.danger_soft, p.danger, p.danger, Icon::OctagonX),
        Notice::Good => (p.tint, p.tint, p.good, Icon::CircleCheck),
    };
    let edge = if look.edge_width() > 1.0 { color } else { edge };
    let (lead, more) = (lead.say(look.lang), more.say(look.lang));
    let role = if kind == Notice::Danger { Role::Alert } else { Role::Status };
    let texts = Column::new()
        .push((!lead.is_empty()).then(|| strong(look, lead).wide().role(role)))
        .push((!more.is_empty()).then(|| text(look, more).wide().role(role)))
        .spacing(4)
        .width(Length::Fill);
    container(row![icon(glyph, look.size(Type::Label) * 1.2, color), texts].spacing(18))
        .padding(look.space(2.5))
        .width(Length::Fill)
        .style(move |_| box_style(fill, edge, 1.0, RADIUS))
        .into()
}

/// One thing that the whole page says, large: what the card or the machine wants now. Spoken as it
/// appears.
pub fn saying<'a, M: 'a>(look: &Look, kind: Notice, glyph: Icon, says: impl Say) -> Element<'a, M> {
    let p = look.palette();
    let (fill, edge, color) = match kind {
        Notice::Info => (p.card, p.line, p.accent),
        Notice::Good => (p.tint, p.tint, p.good),
        Notice::Warning => (p.gold_soft, p.gold_line, p.ink),
        Notice::Danger => (p.danger_soft, p.danger, p.danger),
    };
    let edge = if look.edge_width() > 1.0 { color } else { edge };
    let says = title(look, says).role(Role::Status).width(Length::Fill);
    let line = row![icon(glyph, look.size(Type::Figure), color), says]
        .spacing(look.space(4.0))
        .align_y(Alignment::Center);
    container(line)
        .padding(look.space(5.0))
        .width(Length::Fill)
        .style(move |_| box_style(fill, edge, 1.0, RADIUS))
        .into()
}

/// An invitation with a button, in soft gold (the lesson on the home screen).
pub fn invitation<'a, M: 'a>(
    look: &Look,
    glyph: Icon,
    lead: impl Say,
    more: impl Say,
    button: Tap<'a, M>,
) -> Element<'a, M> {
    let p = look.palette();
    let texts = column![title(look, lead), text(look, more).wide()].spacing(4).width(Length::Fill);
    let top = row![icon(glyph, look.size(Type::Heading) * 0.9, p.ink), texts]
        .spacing(24)
        .align_y(Alignment::Center);
    let inner: Element<'a, M> = if look.is_portrait() || !look.has_side() {
        column![top, button].spacing(16).into()
    } else {
        row![top, button].spacing(24).align_y(Alignment::Center).into()
    };
    container(inner)
        .padding(look.space(3.5))
        .width(Length::Fill)
        .style(move |_| box_style(p.gold_soft, p.gold_line, 1.0, RADIUS))
        .into()
}

/// Characters of a day and its month («14 желтоқсан»): the longest that stands as large as a heading
/// in a panel at the side.
const DAY: usize = 13;

/// A large calm number with what it counts (days left, the day of an answer), and in usual text its
/// unit or condition.
pub fn number<'a, M: 'a>(
    look: &Look,
    above: impl Say,
    number: impl Say,
    below: impl Say,
    note: impl Say,
) -> Element<'a, M> {
    let (number, below, note) = (number.say(look.lang), below.say(look.lang), note.say(look.lang));
    // A date in words is not set as large as a bare number: it would break.
    let number = match number.chars().count() {
        0..=5 => figure(look, number),
        6..=DAY => words(look, Type::Heading, number).role(Role::Label).accent(look),
        _ => words(look, Type::Title, number).role(Role::Label).bold().accent(look),
    };
    tinted(
        look,
        column![text(look, above), number]
            .push((!below.is_empty()).then(|| text(look, below)))
            .push((!note.is_empty()).then(|| small(look, note)))
            .spacing(look.space(1.0)),
    )
}

/// A name and its value, one under another where there is little room.
pub fn fact<'a, M: 'a>(look: &Look, name: impl Say, value: super::words::Words) -> Element<'a, M> {
    column![small(look, name), value].spacing(2).width(Length::Fill).into()
}

/// The bars over a question: `done` are past, the next is here, the rest are to come.
pub fn steps<'a, M: 'a>(look: &Look, at: usize, total: usize) -> Element<'a, M> {
    let p = look.palette();
    let bars = (0..total).map(|i| {
        let plain = look.edge_width() > 1.0;
        let (fill, edge, width) = match i + 1 {
            n if n < at => (p.accent, p.accent, 0.0),
            n if n == at => (p.gold, p.ink, if plain { 2.0 } else { 1.0 }),
            _ if plain => (p.paper, p.edge, 1.0),
            _ => (p.line, p.line, 0.0),
        };
        container(Space::new().height(if i + 1 == at { 10 } else { 8 }))
            .width(Length::FillPortion(1))
            .style(move |_| box_style(fill, edge, width, 5.0))
            .into()
    });
    let row = Row::with_children(bars)
        .spacing(8)
        .align_y(Alignment::Center)
        .width(Length::Fixed((total as f32 * 80.0).min(640.0)));
    let says = Text::new(Msg::UiStep).with("n", at as i64).with("total", total as i64).say(look.lang);
    Mark::new(Node::new("progress.steps", Role::ProgressIndicator, says), container(row)).into()
}

/// How far something has come; `part` from 0 to 1.
pub fn progress<'a, M: 'a>(look: &Look, id: impl Into<Id>, says: impl Say, part: f32) -> Element<'a, M> {
    let p = look.palette();
    let part = (part.clamp(0.0, 1.0) * 1000.0).round() as u16;
    let done = container(Space::new().height(20))
        .width(Length::FillPortion(part.max(1)))
        .style(move |_| box_style(if part > 0 { p.accent } else { p.card }, p.accent, 0.0, 10.0));
    let left = Space::new().width(Length::FillPortion((1000 - part).max(1)));
    let bar = container(row![done, left].width(Length::Fill))
        .width(Length::Fill)
        .padding(2)
        .style(move |_| box_style(p.card, p.edge, 2.0, 12.0));
    let mut node = Node::new(id, Role::ProgressIndicator, says.say(look.lang));
    node.value = Some(format!("{} %", part / 10));
    Mark::new(node, bar).into()
}

/// What has to be mended, above the questions: the same words as at the fields, each a way there.
pub fn errors<'a, M: Clone + 'a>(
    look: &Look,
    lead: impl Say,
    errors: impl IntoIterator<Item = (Id, String, M)>,
) -> Element<'a, M> {
    let p = look.palette();
    let rows = errors.into_iter().map(|(field, says, go)| {
        let face = row![
            Space::new().height(TARGET),
            icon(Icon::ArrowDown, look.size(Type::Body), p.danger),
            words(look, Type::Body, says.clone()).color(p.danger).wide()
        ]
        .spacing(10)
        .align_y(Alignment::Center);
        let mut skin = super::button::skin(look, Color::TRANSPARENT, Color::TRANSPARENT);
        skin.edge_width = 0.0;
        let node = Node::new(format!("error.{field}"), Role::Link, says);
        Tap::new(node, skin, container(face).padding([0, 8])).on(go).into()
    });
    let head =
        row![icon(Icon::CircleAlert, look.size(Type::Title), p.danger), title(look, lead).danger(look)]
            .spacing(14)
            .align_y(Alignment::Center);
    container(column![head, Column::with_children(rows).spacing(8)].spacing(8))
        .padding(look.space(2.5))
        .width(Length::Fill)
        .style(move |_| box_style(p.danger_soft, p.danger, 2.0, RADIUS))
        .into()
}

/// A hairline between two parts of a card.
pub fn rule<'a, M: 'a>(look: &Look) -> Element<'a, M> {
    let p = look.palette();
    container(Space::new().height(1)).width(Length::Fill).style(move |_| container::background(p.line)).into()
}
