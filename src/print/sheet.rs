//! Pages as lists of marks, and the tree that says what the marks mean (PDF/UA-1: everything is
//! tagged or an artifact; the tree is in reading order). Points, origin at the page's top left.

use std::rc::Rc;

use krilla::tagging::ArtifactType;

use super::PrintError;
use super::font::Fonts;
use super::text::{Ink, Line};
use crate::clock::Moment;
use crate::i18n::{Lang, Msg, Text, tr};

/// A4.
pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
pub(super) const LEFT: f32 = 56.7;
pub(super) const RIGHT: f32 = PAGE.0 - 48.2;
pub(super) const TOP: f32 = 68.0;
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
