//! The marks and their tree → PDF bytes (krilla).

use std::num::NonZeroU16;

use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, LineCap, LineJoin, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, Node, SpanTag, TableHeaderScope, Tag,
    TagGroup, TagKind, TagTree,
};
use zeroize::Zeroizing;

use super::font::Fonts;
use super::sheet::{
    BOTTOM, Child, Item, LEFT, Mark, PAGE, Place, RIGHT, Role, Sheets, Step, WIDTH, practice_languages,
};
use super::text::{Ink, Style};
use super::{Pdf, PrintError, ornament};
use crate::i18n::{Msg, Text, tr};

impl Sheets {
    /// Draws everything. Fails only where krilla finds the document breaks PDF/A-2a or PDF/UA-1.
    pub fn finish(mut self) -> Result<Pdf, PrintError> {
        self.frames();
        let configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A2_A)
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|_| PrintError::Document)?;
        let mut document = Document::new_with(SerializeSettings { configuration, ..Default::default() });
        document.set_metadata(self.metadata());

        let mut content: Vec<Option<Identifier>> = vec![None; self.contents];
        for page in &self.pages {
            let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(PrintError::Document)?;
            let mut sheet = document.start_page_with(settings);
            let mut surface = sheet.surface();
            for item in page.under.iter().chain(&page.items) {
                let id = draw_item(&mut surface, item, &self.fonts);
                if let Place::Content(n) = item.place {
                    content[n] = Some(id);
                }
            }
            surface.finish();
            sheet.finish();
        }

        let lang = self.frame.lang.tag().to_owned();
        let mut tree = TagTree::new().with_lang(Some(lang));
        tree.children = self.branch(&self.root, &content);
        document.set_tag_tree(tree);
        let mut outline = Outline::new();
        for heading in &self.headings {
            let to = XyzDestination::new(heading.page, Point::from_xy(LEFT, heading.y));
            outline.push_child(OutlineNode::new(heading.title.clone(), to));
        }
        document.set_outline(outline);

        let (pages, unprintable) = (self.pages.len(), self.unprintable);
        let bytes = document.finish().map_err(|_| PrintError::Document)?;
        Ok(Pdf { bytes: Zeroizing::new(bytes), pages, unprintable })
    }

    fn metadata(&self) -> Metadata {
        let at = self.frame.made.legal();
        let date = DateTime::new(at.year().clamp(0, 9999) as u16)
            .month(at.month().into())
            .day(at.day())
            .hour(at.hour())
            .minute(at.minute())
            .second(at.second())
            .utc_offset_hour(at.offset().whole_hours())
            .utc_offset_minute(0);
        Metadata::new()
            .title(self.frame.title.clone())
            .language(self.frame.lang.tag().to_owned())
            .creator("Tereze".to_owned())
            .producer("Tereze".to_owned())
            .creation_date(date)
    }

    fn branch(&self, children: &[Child], content: &[Option<Identifier>]) -> Vec<Node> {
        let mut out = Vec::new();
        for child in children {
            match child {
                Child::Content(n) => out.extend(content.get(*n).copied().flatten().map(Node::Leaf)),
                Child::Node(n) => {
                    let Some(node) = self.nodes.get(*n) else { continue };
                    let inner = self.branch(&node.children, content);
                    if !inner.is_empty() {
                        let lang = node.lang.map(|l| l.tag().to_owned());
                        let tag = kind(&node.role).with_lang(lang);
                        out.push(Node::Group(TagGroup::with_children(tag, inner)));
                    }
                }
            }
        }
        out
    }

    /// Ornament, foot and practice mark of every page: artifacts, said once in the content where
    /// they matter.
    fn frames(&mut self) {
        let total = self.pages.len();
        let (foot, title) = (self.frame.foot.clone(), self.frame.title.clone());
        let quiet = Style::SMALL.size(8.5);
        let ghost = Style::BODY.size(32.0).ink(Ink::Ghost);
        let mut ghosts = Vec::new();
        if self.frame.practice {
            for lang in practice_languages(self.frame.lang) {
                let lines = self.fonts.shape(&tr(lang, Msg::PrintPracticeMark), ghost, 640.0);
                ghosts.extend(lines.into_iter().map(std::rc::Rc::new));
            }
        }
        for n in 0..total {
            let number = Text::new(Msg::PrintPage).with("page", n as i64 + 1).with("pages", total as i64);
            let number = self.say(number);
            let number = self.fonts.shape(&number, quiet, 140.0);
            let foot = self.shape(&foot, quiet, WIDTH - 150.0);
            let mut marks = ornament::band(LEFT, WIDTH, 44.0, 9.0);
            // A sheet that lies alone says what it is a part of.
            if n > 0 {
                let head = self.shape(&title, quiet, WIDTH).into_iter().next();
                marks.extend(head.map(|line| Mark::Text(LEFT, 47.0 + quiet.baseline(), line)));
            }
            let mut y = BOTTOM + 18.0;
            for line in foot.into_iter().take(2) {
                marks.push(Mark::Text(LEFT, y + quiet.baseline(), line));
                y += quiet.line_height();
            }
            for line in number {
                let x = RIGHT - line.width;
                marks.push(Mark::Text(x, BOTTOM + 18.0 + quiet.baseline(), line.into()));
            }
            self.pages[n].items.push(Item { place: Place::Artifact(ArtifactType::Footer), marks });
            if !ghosts.is_empty() {
                let mut turned = Vec::new();
                for centre in [PAGE.1 * 0.3, PAGE.1 * 0.72] {
                    let mut lines = Vec::new();
                    let mut y = centre - ghosts.len() as f32 * ghost.line_height() / 2.0;
                    for line in &ghosts {
                        let x = (PAGE.0 - line.width) / 2.0;
                        lines.push(Mark::Text(x, y + ghost.baseline(), line.clone()));
                        y += ghost.line_height();
                    }
                    turned.push(Mark::Turned(-32.0, (PAGE.0 / 2.0, centre), lines));
                }
                let place = Place::Artifact(ArtifactType::Watermark);
                self.pages[n].under.push(Item { place, marks: turned });
            }
        }
    }
}

fn kind(role: &Role) -> TagKind {
    match role {
        Role::Section => Tag::Section.into(),
        Role::Paragraph => Tag::P.into(),
        Role::Heading(level, title) => {
            Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(title.clone())).into()
        }
        Role::Figure(alt) => Tag::Figure(Some(alt.clone())).into(),
        Role::Table => Tag::Table.into(),
        Role::Row => Tag::TR.into(),
        Role::HeadCell => Tag::TH(TableHeaderScope::Row).into(),
        Role::Cell => Tag::TD.into(),
        Role::List => Tag::L(ListNumbering::Decimal).into(),
        Role::Entry => Tag::LI.into(),
        Role::Label => Tag::Lbl.into(),
        Role::EntryBody => Tag::LBody.into(),
    }
}

fn draw_item(surface: &mut Surface, item: &Item, fonts: &Fonts) -> Identifier {
    let words = item.marks.iter().all(|m| matches!(m, Mark::Text(..)));
    let tag = match item.place {
        Place::Artifact(kind) => ContentTag::Artifact(Artifact::with_kind(kind)),
        Place::Content(_) if words => ContentTag::Span(SpanTag::empty()),
        Place::Content(_) => ContentTag::Other,
    };
    let id = surface.start_tagged(tag);
    for mark in &item.marks {
        draw(surface, mark, fonts);
    }
    surface.end_tagged();
    id
}

fn fill(ink: Ink) -> Fill {
    Fill { paint: colour(ink).into(), ..Default::default() }
}

fn colour(ink: Ink) -> rgb::Color {
    let [r, g, b] = ink.rgb();
    rgb::Color::new(r, g, b)
}

fn draw(surface: &mut Surface, mark: &Mark, fonts: &Fonts) {
    match mark {
        Mark::Text(x, baseline, line) => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(line.ink)));
            for run in &line.runs {
                let Some(font) = fonts.krilla(run.face) else { continue };
                let start = Point::from_xy(x + run.x, *baseline);
                surface.draw_glyphs(start, &run.glyphs, font, &line.text, line.size, false);
            }
        }
        Mark::Shape { path, fill: inside, pen } => {
            surface.set_fill(inside.map(fill));
            surface.set_stroke(pen.map(|pen| Stroke {
                paint: colour(pen.ink).into(),
                width: pen.width,
                line_cap: LineCap::Round,
                line_join: LineJoin::Round,
                dash: pen.dash.map(|d| StrokeDash { array: d.to_vec(), offset: 0.0 }),
                ..Default::default()
            }));
            if let Some(path) = build(path) {
                surface.draw_path(&path);
            }
        }
        Mark::Turned(degrees, (x, y), marks) => {
            surface.push_transform(&Transform::from_rotate_at(*degrees, *x, *y));
            for mark in marks {
                draw(surface, mark, fonts);
            }
            surface.pop();
        }
    }
}

fn build(steps: &[Step]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for step in steps {
        match *step {
            Step::Move(x, y) => path.move_to(x, y),
            Step::Line(x, y) => path.line_to(x, y),
            Step::Curve(ax, ay, bx, by, x, y) => path.cubic_to(ax, ay, bx, by, x, y),
            Step::Close => path.close(),
        }
    }
    path.finish()
}
