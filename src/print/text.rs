//! Shaping and wrapping (cosmic-text) into lines of krilla's glyphs. Units are points (1/72 inch).

use std::rc::Rc;

use cosmic_text::{Attrs, Buffer, Family, Metrics, Shaping, Weight, Wrap};
use krilla::text::{GlyphId, KrillaGlyph};

use super::font::{FAMILY, Fonts};

/// Colours of the paper. They hold 7:1 on white, and on a printer without colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Text,
    Quiet,
    Accent,
    Hairline,
    /// The practice mark behind the words.
    Ghost,
    White,
    Black,
}

impl Ink {
    pub fn rgb(self) -> [u8; 3] {
        match self {
            Ink::Text => [0x1b, 0x23, 0x27],
            Ink::Quiet => [0x48, 0x50, 0x54],
            Ink::Accent => [0x00, 0x4a, 0x5c],
            Ink::Hairline => [0x8a, 0x84, 0x74],
            Ink::Ghost => [0xdc, 0xd8, 0xcf],
            Ink::Black => [0, 0, 0],
            Ink::White => [0xff, 0xff, 0xff],
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// Points.
    pub size: f32,
    /// Baseline to baseline, in sizes.
    pub leading: f32,
    pub weight: Weight,
    pub ink: Ink,
}

impl Style {
    pub const BODY: Style = Style { size: 11.5, leading: 1.42, weight: Weight::NORMAL, ink: Ink::Text };
    pub const SMALL: Style = Style { size: 9.5, leading: 1.4, weight: Weight::NORMAL, ink: Ink::Quiet };
    pub const LABEL: Style = Style { size: 10.0, leading: 1.4, weight: Weight::NORMAL, ink: Ink::Quiet };
    pub const H1: Style = Style { size: 22.0, leading: 1.2, weight: Weight::BOLD, ink: Ink::Text };
    pub const H2: Style = Style { size: 13.5, leading: 1.3, weight: Weight::SEMIBOLD, ink: Ink::Text };
    pub const BIG: Style = Style { size: 30.0, leading: 1.15, weight: Weight::BOLD, ink: Ink::Accent };

    pub const fn size(self, size: f32) -> Self {
        Style { size, ..self }
    }

    pub const fn strong(self) -> Self {
        Style { weight: Weight::SEMIBOLD, ..self }
    }

    pub const fn ink(self, ink: Ink) -> Self {
        Style { ink, ..self }
    }

    pub fn line_height(self) -> f32 {
        self.size * self.leading
    }

    /// From a line's top to its baseline: half the leading, then Inter's ascent of 0.97 em within
    /// its 1.21 em of ascent and descent.
    pub fn baseline(self) -> f32 {
        (self.line_height() - self.size * 1.21) / 2.0 + self.size * 0.97
    }
}

/// One line, ready to be drawn at its baseline.
pub(super) struct Line {
    /// The paragraph that the glyphs' ranges point into.
    pub text: Rc<str>,
    pub runs: Vec<Run>,
    pub width: f32,
    pub size: f32,
    pub ink: Ink,
}

pub(super) struct Run {
    pub face: usize,
    pub x: f32,
    pub glyphs: Vec<KrillaGlyph>,
}

impl Fonts {
    /// Wraps at words, and inside a word that is wider than a line. An empty paragraph is a line.
    /// `text` must have been through [`Fonts::printable`].
    pub fn shape(&mut self, text: &str, style: Style, width: f32) -> Vec<Line> {
        let metrics = Metrics::new(style.size, style.line_height());
        let mut buffer = Buffer::new_empty(metrics);
        buffer.set_size(&mut self.system, Some(width.max(style.size)), None);
        buffer.set_wrap(&mut self.system, Wrap::WordOrGlyph);
        let attrs = Attrs::new().family(Family::Name(FAMILY)).weight(style.weight);
        buffer.set_text(&mut self.system, text, &attrs, Shaping::Advanced, None);
        buffer.shape_until_scroll(&mut self.system, false);

        let mut lines = Vec::new();
        let mut paragraph: (usize, Rc<str>) = (usize::MAX, "".into());
        for run in buffer.layout_runs() {
            if paragraph.0 != run.line_i {
                paragraph = (run.line_i, run.text.into());
            }
            let mut runs: Vec<Run> = Vec::new();
            for glyph in run.glyphs {
                let Some(face) = self.face(glyph.font_id) else { continue };
                if runs.last().is_none_or(|r| r.face != face) {
                    runs.push(Run { face, x: glyph.x, glyphs: Vec::new() });
                }
                let placed = KrillaGlyph::new(
                    GlyphId::new(glyph.glyph_id.into()),
                    glyph.w / glyph.font_size,
                    glyph.x_offset,
                    glyph.y_offset,
                    0.0,
                    glyph.start..glyph.end,
                    None,
                );
                if let Some(run) = runs.last_mut() {
                    run.glyphs.push(placed);
                }
            }
            lines.push(Line {
                text: paragraph.1.clone(),
                runs,
                width: run.line_w,
                size: style.size,
                ink: style.ink,
            });
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_broken_and_nothing_is_wider_than_its_column() {
        let mut fonts = Fonts::new().unwrap();
        let long = format!("Сәлем {} дүние", "қазақша".repeat(60));
        let lines = fonts.shape(&long, Style::BODY, 200.0);
        assert!(lines.len() > 10);
        let trailing = Style::BODY.size;
        assert!(lines.iter().all(|l| l.width <= 200.0 + trailing));
        assert_eq!(fonts.shape("", Style::BODY, 100.0).len(), 1);
        assert_eq!(fonts.shape("a\n\nb", Style::BODY, 100.0).len(), 3);
    }
}
