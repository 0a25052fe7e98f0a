//! Pages as lists of marks, and the tree that says what the marks mean (PDF/UA-1: everything is
//! tagged or an artifact; the tree is in reading order). Points, origin at the page's top left.

use std::rc::Rc;

use krilla::tagging::ArtifactType;

use super::PrintError;
use super::font::{Fonts, STAND_IN};
use super::text::{Ink, Line, Style};
use crate::clock::Moment;
use crate::i18n::{Lang, Msg, Text, tr};

/// A4.
pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
pub(super) const LEFT: f32 = 56.7;
pub(super) const RIGHT: f32 = PAGE.0 - 48.2;
pub(super) const TOP: f32 = 64.0;
pub(super) const BOTTOM: f32 = PAGE.1 - 58.0;
pub(super) const WIDTH: f32 = RIGHT - LEFT;

#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Move(f32, f32),
    Line(f32, f32),
    Curve(f32, f32, f32, f32, f32, f32),
    Close,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Pen {
    pub ink: Ink,
    pub width: f32,
    pub dash: Option<[f32; 2]>,
}

#[derive(Clone)]
pub(super) enum Mark {
    /// A line at (x, baseline).
    Text(f32, f32, Rc<Line>),
    Shape {
        path: Rc<[Step]>,
        fill: Option<Ink>,
        pen: Option<Pen>,
    },
    /// Turned by degrees around a point.
    Turned(f32, (f32, f32), Vec<Mark>),
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    Artifact(ArtifactType),
    /// The n-th piece of content, in reading order.
    Content(usize),
}

pub(super) struct Item {
    pub place: Place,
    pub marks: Vec<Mark>,
}

#[derive(Default)]
pub(super) struct Page {
    pub under: Vec<Item>,
    pub items: Vec<Item>,
}

pub(super) enum Role {
    Section,
    Paragraph,
    Heading(u16, String),
    /// With what it is, for those who cannot see it.
    Figure(String),
    Table,
    Row,
    HeadCell,
    Cell,
    List,
    Entry,
    Label,
    EntryBody,
}

pub(super) enum Child {
    Node(usize),
    Content(usize),
}

pub(super) struct Node {
    pub role: Role,
    pub lang: Option<Lang>,
    pub children: Vec<Child>,
}

pub(super) struct Heading {
    pub title: String,
    pub page: usize,
    pub y: f32,
}

/// What every page shows besides its content.
pub(super) struct Frame {
    pub lang: Lang,
    pub practice: bool,
    pub title: String,
    /// Stands at the foot of every page; who runs the portal, for example.
    pub foot: String,
    pub made: Moment,
}

/// A document as it is being written, top to bottom.
pub(super) struct Sheets {
    pub fonts: Fonts,
    pub frame: Frame,
    pub pages: Vec<Page>,
    pub nodes: Vec<Node>,
    pub root: Vec<Child>,
    pub headings: Vec<Heading>,
    /// Where the next block begins, on the last page.
    pub y: f32,
    pub contents: usize,
    pub unprintable: usize,
    open: Vec<usize>,
}

impl Sheets {
    pub fn new(frame: Frame) -> Result<Self, PrintError> {
        let mut sheets = Self {
            fonts: Fonts::new()?,
            frame,
            pages: vec![Page::default()],
            nodes: Vec::new(),
            root: Vec::new(),
            headings: Vec::new(),
            y: TOP,
            contents: 0,
            unprintable: 0,
            open: Vec::new(),
        };
        if sheets.frame.practice {
            sheets.practice_banner();
        }
        Ok(sheets)
    }

    pub fn tr(&self, msg: Msg) -> String {
        tr(self.frame.lang, msg)
    }

    pub fn say(&self, text: Text) -> String {
        text.say(self.frame.lang)
    }

    // The tree

    pub fn open(&mut self, role: Role) {
        self.open_in(role, None);
    }

    pub fn open_in(&mut self, role: Role, lang: Option<Lang>) {
        let index = self.nodes.len();
        self.nodes.push(Node { role, lang, children: Vec::new() });
        self.adopt(Child::Node(index));
        self.open.push(index);
    }

    pub fn close(&mut self) {
        self.open.pop();
    }

    fn adopt(&mut self, child: Child) {
        match self.open.last().and_then(|n| self.nodes.get_mut(*n)) {
            Some(node) => node.children.push(child),
            None => self.root.push(child),
        }
    }

    // Marks

    fn page(&mut self) -> &mut Page {
        if self.pages.is_empty() {
            self.pages.push(Page::default());
        }
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    /// Marks that mean something: they belong to the innermost open node.
    pub fn content(&mut self, marks: Vec<Mark>) {
        let place = Place::Content(self.contents);
        self.adopt(Child::Content(self.contents));
        self.contents += 1;
        self.page().items.push(Item { place, marks });
    }

    /// Marks that mean nothing.
    pub fn decor(&mut self, marks: Vec<Mark>) {
        self.page().items.push(Item { place: Place::Artifact(ArtifactType::Layout), marks });
    }

    // Blocks

    /// A page has room for `height` more points, or a new one begins.
    pub fn fit(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.new_page();
        }
    }

    pub fn new_page(&mut self) {
        self.pages.push(Page::default());
        self.y = TOP;
    }

    pub fn space(&mut self, points: f32) {
        self.y = (self.y + points).min(BOTTOM);
    }

    /// Wrapped to `width`, with unprintable characters replaced and counted.
    pub fn shape(&mut self, text: &str, style: Style, width: f32) -> Vec<Rc<Line>> {
        let (text, missing) = self.fonts.printable(text);
        self.unprintable += missing;
        self.fonts.shape(&text, style, width).into_iter().map(Rc::new).collect()
    }

    /// Lines from (x, y) down, as content of the innermost node; the page is not turned.
    pub fn place(&mut self, lines: &[Rc<Line>], style: Style, x: f32, y: f32) -> f32 {
        let mut top = y;
        for line in lines {
            if !line.runs.is_empty() {
                self.content(vec![Mark::Text(x, top + style.baseline(), line.clone())]);
            }
            top += style.line_height();
        }
        top
    }

    /// A paragraph node in a box of its own, at (x, y); gives the y below it.
    pub fn boxed(&mut self, text: &str, style: Style, (x, y): (f32, f32), width: f32) -> f32 {
        let lines = self.shape(text, style, width);
        self.open(Role::Paragraph);
        let below = self.place(&lines, style, x, y);
        self.close();
        below
    }

    /// Flows lines over the pages; a page neither ends nor begins with a lone line of a longer block.
    pub fn flow(&mut self, lines: &[Rc<Line>], style: Style, x: f32) {
        let height = style.line_height();
        let mut rest = lines;
        while !rest.is_empty() {
            let room = ((BOTTOM - self.y) / height).floor().max(0.0) as usize;
            let mut take = room.min(rest.len());
            let fresh = self.y <= TOP;
            if take < rest.len() && !fresh {
                if rest.len() - take == 1 && take > 2 {
                    take -= 1;
                }
                if take < 2 {
                    take = 0;
                }
            }
            if take == 0 && fresh {
                take = 1;
            }
            self.y = self.place(&rest[..take], style, x, self.y);
            rest = &rest[take..];
            if !rest.is_empty() {
                self.new_page();
            }
        }
    }

    /// A paragraph for each line of `text`, over the whole width.
    pub fn text(&mut self, text: &str, style: Style) {
        self.text_at(text, style, LEFT, WIDTH);
    }

    pub fn text_at(&mut self, text: &str, style: Style, x: f32, width: f32) {
        let (text, missing) = self.fonts.printable(text);
        self.unprintable += missing;
        for paragraph in text.split('\n') {
            if paragraph.trim().is_empty() {
                self.space(style.line_height() * 0.6);
                continue;
            }
            let lines: Vec<_> = self.fonts.shape(paragraph, style, width).into_iter().map(Rc::new).collect();
            self.open(Role::Paragraph);
            self.flow(&lines, style, x);
            self.close();
        }
    }

    /// A heading, which is never the last thing on a page.
    pub fn heading(&mut self, level: u16, text: &str, style: Style) {
        self.heading_at(level, text, style, LEFT, WIDTH);
    }

    pub fn heading_at(&mut self, level: u16, text: &str, style: Style, x: f32, width: f32) {
        let lines = self.shape(text, style, width);
        let body = Style::BODY.line_height() * 2.0;
        self.fit(lines.len() as f32 * style.line_height() + body);
        self.mark_heading(level, text);
        self.y = self.place(&lines, style, x, self.y) + style.size * 0.25;
        self.close();
    }

    /// A heading in the middle of the line.
    pub fn heading_centred(&mut self, level: u16, text: &str, style: Style) {
        let widest = self.shape(text, style, WIDTH).iter().map(|l| l.width).fold(0.0, f32::max);
        let x = LEFT + ((WIDTH - widest) / 2.0).max(0.0);
        // A point of slack, so that the same words wrap at the same places.
        self.heading_at(level, text, style, x, (widest + 1.0).min(WIDTH));
    }

    /// Opens a heading's node at the present place; the caller draws it and closes it.
    pub fn mark_heading(&mut self, level: u16, text: &str) {
        let title = self.fonts.printable(text).0.replace('\n', " ");
        let page = self.pages.len().saturating_sub(1);
        self.headings.push(Heading { title: title.clone(), page, y: self.y });
        self.open(Role::Heading(level, title));
    }

    /// Label and value, row by row: a table whose first column heads the rows.
    pub fn facts(&mut self, rows: &[(String, String)], width: f32, label_width: f32, value: Style) {
        self.open(Role::Table);
        for (label, text) in rows {
            let labels = self.shape(label, Style::LABEL, label_width - 10.0);
            let values = self.shape(text, value, width - label_width);
            let height = (labels.len() as f32 * Style::LABEL.line_height())
                .max(values.len() as f32 * value.line_height());
            if height < BOTTOM - TOP {
                self.fit(height);
            }
            let lift = value.baseline() - Style::LABEL.baseline();
            self.open(Role::Row);
            self.open(Role::HeadCell);
            let top = self.y;
            let below = self.place(&labels, Style::LABEL, LEFT, top + lift);
            self.close();
            self.open(Role::Cell);
            if height < BOTTOM - TOP {
                self.y = self.place(&values, value, LEFT + label_width, top).max(below - lift);
            } else {
                self.flow(&values, value, LEFT + label_width);
            }
            self.close();
            self.close();
            self.space(5.0);
        }
        self.close();
    }

    /// An ordered list: `1.` and its words.
    pub fn steps(&mut self, steps: &[String], style: Style, width: f32) {
        self.open(Role::List);
        for (n, step) in steps.iter().enumerate() {
            let label = self.shape(&format!("{}.", n + 1), style.strong(), 24.0);
            let lines = self.shape(step, style, width - 20.0);
            self.fit(lines.len().min(2) as f32 * style.line_height());
            self.open(Role::Entry);
            self.open(Role::Label);
            self.place(&label, style.strong(), LEFT, self.y);
            self.close();
            self.open(Role::EntryBody);
            self.flow(&lines, style, LEFT + 20.0);
            self.close();
            self.close();
            self.space(3.0);
        }
        self.close();
    }

    pub fn rule(&mut self, pen: Pen) {
        let y = self.y;
        self.decor(vec![segment((LEFT, y), (RIGHT, y), pen)]);
    }

    /// Says on the paper that □ stands for what could not be printed.
    pub fn note_unprintable(&mut self) {
        if self.unprintable > 0 {
            let note = Text::new(Msg::PrintUnprintable)
                .with("sign", STAND_IN.to_string())
                .with("count", self.unprintable as i64)
                .say(self.frame.lang);
            self.space(8.0);
            self.text(&note, Style::SMALL);
        }
    }

    fn practice_banner(&mut self) {
        let style = Style::BODY.size(10.5).strong();
        let y = self.y;
        let mut below = y + 5.0;
        for lang in practice_languages(self.frame.lang) {
            let lines = self.shape(&tr(lang, Msg::PrintPracticeMark), style, WIDTH - 20.0);
            self.open_in(Role::Paragraph, Some(lang));
            below = self.place(&lines, style, LEFT + 10.0, below);
            self.close();
        }
        let pen = Pen { ink: Ink::Text, width: 1.2, dash: None };
        self.decor(vec![rounded((LEFT, y), (WIDTH, below + 5.0 - y), 4.0, None, Some(pen))]);
        self.y = below + 5.0 + 14.0;
    }
}

/// The practice mark is said in both languages of state, and in the document's own.
pub(super) fn practice_languages(lang: Lang) -> Vec<Lang> {
    match lang {
        Lang::En => vec![Lang::Kk, Lang::Ru, Lang::En],
        _ => vec![Lang::Kk, Lang::Ru],
    }
}

pub(super) fn segment(from: (f32, f32), to: (f32, f32), pen: Pen) -> Mark {
    Mark::Shape {
        path: [Step::Move(from.0, from.1), Step::Line(to.0, to.1)].into(),
        fill: None,
        pen: Some(pen),
    }
}

/// A rectangle with round corners.
pub(super) fn rounded(
    (x, y): (f32, f32),
    (w, h): (f32, f32),
    r: f32,
    fill: Option<Ink>,
    pen: Option<Pen>,
) -> Mark {
    // The distance of a quarter circle's control points (4/3·(√2 − 1)).
    let k = r * 0.552_285;
    let (right, bottom) = (x + w, y + h);
    let path = [
        Step::Move(x + r, y),
        Step::Line(right - r, y),
        Step::Curve(right - r + k, y, right, y + r - k, right, y + r),
        Step::Line(right, bottom - r),
        Step::Curve(right, bottom - r + k, right - r + k, bottom, right - r, bottom),
        Step::Line(x + r, bottom),
        Step::Curve(x + r - k, bottom, x, bottom - r + k, x, bottom - r),
        Step::Line(x, y + r),
        Step::Curve(x, y + r - k, x + r - k, y, x + r, y),
        Step::Close,
    ];
    Mark::Shape { path: path.into(), fill, pen }
}
