//! What happened, one thing under another, on a line: past, now, and what is to come.

use iced::widget::{Column, Space, column, container, row, stack};
use iced::{Alignment, Element, Length, Padding};

use super::card::box_style;
use super::theme::{Look, Type};
use super::words::{small, strong, text};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    Past,
    /// Where it stands: gold.
    Now,
    Ahead,
}

/// One thing that happened, or will.
pub struct Item {
    pub point: Point,
    pub when: String,
    pub what: String,
    /// Who, where to, why: a line each.
    pub more: Vec<String>,
}

const DOT: f32 = 28.0;
const LINE: f32 = 4.0;
/// Body text from which on an upright page has no room for two columns.
const ROOMY: f32 = 32.0;

pub fn timeline<'a, M: 'a>(look: &Look, items: Vec<Item>) -> Element<'a, M> {
    let last = items.len().saturating_sub(1);
    let points: Vec<Point> = items.iter().map(|i| i.point).collect();
    let rows = items.into_iter().enumerate().map(|(n, item)| {
        let next = points.get(n + 1).copied();
        entry(look, item, next, n == last)
    });
    Column::with_children(rows).width(Length::Fill).into()
}

fn entry<'a, M: 'a>(look: &Look, item: Item, next: Option<Point>, last: bool) -> Element<'a, M> {
    let p = *look.palette();
    let (fill, edge, width) = match item.point {
        Point::Past => (p.accent, p.accent, 0.0),
        Point::Now => (p.gold, p.ink, 3.0),
        Point::Ahead => (p.card, p.edge, 3.0),
    };
    let dot = container(Space::new().width(DOT).height(DOT))
        .style(move |_| box_style(fill, edge, width, DOT / 2.0));
    let thread = match next {
        Some(Point::Ahead) => p.line,
        _ => p.accent,
    };
    let thread = next.map(|_| {
        container(Space::new().width(LINE)).height(Length::Fill).style(move |_| container::background(thread))
    });
    let rail = column![dot].push(thread).align_x(Alignment::Center).height(Length::Fill);
    let mut words = Column::new().spacing(2).width(Length::Fill);
    // Beside a date as large as the largest text a narrow page would have no room for what happened.
    let wide = look.has_side() || look.is_portrait() && look.size(Type::Body) < ROOMY;
    if !wide {
        words = words.push(small(look, item.when.clone()).soft(look));
    }
    words = words.push(match item.point {
        Point::Ahead => text(look, item.what).wide(),
        _ => strong(look, item.what).wide(),
    });
    for line in item.more {
        words = words.push(small(look, line).soft(look).wide());
    }
    let bottom = if last { 0.0 } else { look.space(3.0) };
    let mut line = row![Space::new().width(DOT)].spacing(look.space(3.0));
    if wide {
        line = line.push(small(look, item.when).soft(look).width(look.size(Type::Small) * 12.5));
    }
    let line = container(line.push(words)).padding(Padding { bottom, ..Padding::ZERO }).width(Length::Fill);
    // The words say how high the entry is; the rail lies over them and is as high.
    stack![line, rail].width(Length::Fill).into()
}
