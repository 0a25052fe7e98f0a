//! Where the caret stands in a laid-out paragraph, and which letter a finger means. iced's own
//! paragraph answers this for single lines only.

use iced::{Point, Renderer};

pub(super) type Paragraph = <Renderer as iced::advanced::text::Renderer>::Paragraph;

/// The caret's top left corner for byte `at` of `text`.
pub(super) fn position(paragraph: &Paragraph, text: &str, at: usize) -> Point {
    let before = &text[..at];
    let line = before.matches('\n').count();
    let at = before.rfind('\n').map_or(at, |i| at - i - 1);
    let mut found = Point::ORIGIN;
    for run in paragraph.buffer().layout_runs() {
        if run.line_i != line {
            if run.line_i < line {
                found = Point::new(0.0, run.line_top + run.line_height);
            }
            continue;
        }
        let start = run.glyphs.first().map_or(0, |g| g.start);
        if run.glyphs.is_empty() || start <= at {
            let glyph = run.glyphs.iter().find(|g| at < g.end);
            let x = match glyph {
                Some(glyph) if glyph.start >= at => glyph.x,
                Some(glyph) => {
                    // Inside a ligature: its share of the width.
                    glyph.x + glyph.w * (at - glyph.start) as f32 / (glyph.end - glyph.start) as f32
                }
                None => run.glyphs.last().map_or(0.0, |g| g.x + g.w),
            };
            found = Point::new(x, run.line_top);
        }
    }
    found
}

/// The byte of `text` nearest to a point in the paragraph.
pub(super) fn hit(paragraph: &Paragraph, text: &str, point: Point) -> usize {
    let Some(cursor) = paragraph.buffer().hit(point.x.max(0.0), point.y.max(0.0)) else {
        return text.len();
    };
    let start: usize = text.split_inclusive('\n').take(cursor.line).map(str::len).sum();
    let mut at = (start + cursor.index).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
