//! Blocks of a page: paragraphs, headings, tables, lists; they flow from page to page.

use std::rc::Rc;

use super::font::STAND_IN;
use super::sheet::{
    BOTTOM, LEFT, Mark, Page, Pen, Role, Sheets, TOP, WIDTH, practice_languages, rounded, segment,
};
use super::sheet::{Heading, RIGHT};
use super::text::{Ink, Line, Style};
use crate::i18n::{Msg, Text, tr};

impl Sheets {
    /// A page has room for `height` more points, or a new one begins.
    pub(super) fn fit(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.new_page();
        }
    }

    pub(super) fn new_page(&mut self) {
        self.pages.push(Page::default());
        self.y = TOP;
    }

    pub(super) fn space(&mut self, points: f32) {
        self.y = (self.y + points).min(BOTTOM);
    }

    /// Wrapped to `width`, with unprintable characters replaced and counted.
    pub(super) fn shape(&mut self, text: &str, style: Style, width: f32) -> Vec<Rc<Line>> {
        let (text, missing) = self.fonts.printable(text);
        self.unprintable += missing;
        self.fonts.shape(&text, style, width).into_iter().map(Rc::new).collect()
    }

    /// Lines from (x, y) down, as content of the innermost node; the page is not turned.
    pub(super) fn place(&mut self, lines: &[Rc<Line>], style: Style, x: f32, y: f32) -> f32 {
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
    pub(super) fn boxed(&mut self, text: &str, style: Style, (x, y): (f32, f32), width: f32) -> f32 {
        let lines = self.shape(text, style, width);
        self.open(Role::Paragraph);
        let below = self.place(&lines, style, x, y);
        self.close();
        below
    }

    /// Flows lines over the pages; a page neither ends nor begins with a lone line of a longer block.
    pub(super) fn flow(&mut self, lines: &[Rc<Line>], style: Style, x: f32) {
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
    pub(super) fn text(&mut self, text: &str, style: Style) {
        self.text_at(text, style, LEFT, WIDTH);
    }

    pub(super) fn text_at(&mut self, text: &str, style: Style, x: f32, width: f32) {
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
    pub(super) fn heading(&mut self, level: u16, text: &str, style: Style) {
        self.heading_at(level, text, style, LEFT, WIDTH);
    }

    pub(super) fn heading_at(&mut self, level: u16, text: &str, style: Style, x: f32, width: f32) {
        let lines = self.shape(text, style, width);
        let body = Style::BODY.line_height() * 2.0;
        self.fit(lines.len() as f32 * style.line_height() + body);
        self.mark_heading(level, text);
        self.y = self.place(&lines, style, x, self.y) + style.size * 0.25;
        self.close();
    }

    /// A heading in the middle of the line.
    pub(super) fn heading_centred(&mut self, level: u16, text: &str, style: Style) {
        let widest = self.shape(text, style, WIDTH).iter().map(|l| l.width).fold(0.0, f32::max);
        let x = LEFT + ((WIDTH - widest) / 2.0).max(0.0);
        // A point of slack, so that the same words wrap at the same places.
        self.heading_at(level, text, style, x, (widest + 1.0).min(WIDTH));
    }

    /// Opens a heading's node at the present place; the caller draws it and closes it.
    pub(super) fn mark_heading(&mut self, level: u16, text: &str) {
        let title = self.fonts.printable(text).0.replace('\n', " ");
        let page = self.pages.len().saturating_sub(1);
        self.headings.push(Heading { title: title.clone(), page, y: self.y });
        self.open(Role::Heading(level, title));
    }

    /// Label and value, row by row: a table whose first column heads the rows.
    pub(super) fn facts(&mut self, rows: &[(String, String)], width: f32, label_width: f32, value: Style) {
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

    /// As [`Sheets::facts`], with a lead that stands out and what more there is to it: when or how, what,
    /// and who.
    pub(super) fn told(&mut self, rows: &[(String, String, String)], width: f32, label_width: f32) {
        let (lead, rest, x) = (Style::BODY.strong(), Style::BODY.size(10.5), LEFT + label_width);
        self.open(Role::Table);
        for (label, what, more) in rows {
            let labels = self.shape(label, Style::LABEL, label_width - 10.0);
            let whats = self.shape(what, lead, width - label_width);
            let mores = match more.is_empty() {
                true => Vec::new(),
                false => self.shape(more, rest, width - label_width),
            };
            let height = whats.len() as f32 * lead.line_height() + mores.len() as f32 * rest.line_height();
            let height = height.max(labels.len() as f32 * Style::LABEL.line_height());
            if height < BOTTOM - TOP {
                self.fit(height);
            }
            let (page, lift) = (self.pages.len(), lead.baseline() - Style::LABEL.baseline());
            self.open(Role::Row);
            self.open(Role::HeadCell);
            let below = self.place(&labels, Style::LABEL, LEFT, self.y + lift);
            self.close();
            self.open(Role::Cell);
            self.flow(&whats, lead, x);
            self.flow(&mores, rest, x);
            self.close();
            self.close();
            if page == self.pages.len() {
                self.y = self.y.max(below - lift);
            }
            self.space(8.0);
        }
        self.close();
    }

    /// An ordered list: `1.` and its words.
    pub(super) fn steps(&mut self, steps: &[String], style: Style, width: f32) {
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

    pub(super) fn rule(&mut self, pen: Pen) {
        let y = self.y;
        self.decor(vec![segment((LEFT, y), (RIGHT, y), pen)]);
    }

    /// Says on the paper that ○ stands for what could not be printed.
    pub(super) fn note_unprintable(&mut self) {
        if self.unprintable > 0 {
            let note = Text::new(Msg::PrintUnprintable)
                .with("sign", STAND_IN.to_string())
                .with("count", self.unprintable as i64)
                .say(self.frame.lang);
            self.space(8.0);
            self.text(&note, Style::SMALL);
        }
    }

    pub(super) fn practice_banner(&mut self) {
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
