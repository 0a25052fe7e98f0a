//! The dimmed surround with its cut-outs, and the ring of gold around what is pointed at.

use iced::advanced::{Renderer as _, renderer};
use iced::{Border, Color, Rectangle, Renderer};

use crate::ui::tap::crisp;
use crate::ui::theme::{Look, MARK, MARK_GAP, MARK_RADIUS};

/// Dims `page` but for `holes`; the ring lies around `pointed`, in the bar too.
pub fn draw(
    renderer: &mut Renderer,
    look: &Look,
    page: Rectangle,
    holes: &[Rectangle],
    pointed: Option<Rectangle>,
) {
    let p = look.palette();
    let holes: Vec<Rectangle> = holes.iter().flat_map(|hole| rounded(crisp(hole.expand(MARK_GAP)))).collect();
    renderer.with_layer(page, |renderer| {
        for part in around(page, &holes) {
            renderer.fill_quad(renderer::Quad { bounds: part, ..Default::default() }, p.veil);
        }
    });
    let Some(pointed) = pointed else { return };
    let bounds = crisp(pointed.expand(MARK_GAP + MARK - 2.0));
    renderer.with_layer(bounds.expand(MARK), |renderer| {
        let border = Border { color: p.gold, width: MARK, radius: MARK_RADIUS.into() };
        renderer.fill_quad(renderer::Quad { bounds, border, ..Default::default() }, Color::TRANSPARENT);
    });
}

/// A hole with round corners, row by row.
fn rounded(hole: Rectangle) -> Vec<Rectangle> {
    let radius = (MARK_RADIUS - MARK / 2.0).min(hole.width / 2.0).min(hole.height / 2.0).floor();
    let mut rows = vec![Rectangle { y: hole.y + radius, height: hole.height - 2.0 * radius, ..hole }];
    let mut row = 0.0;
    while row < radius {
        let up = radius - row - 0.5;
        let inset = (radius - (radius * radius - up * up).max(0.0).sqrt()).round();
        let (x, width) = (hole.x + inset, hole.width - 2.0 * inset);
        rows.push(Rectangle { x, y: hole.y + row, width, height: 1.0 });
        rows.push(Rectangle { x, y: hole.y + hole.height - row - 1.0, width, height: 1.0 });
        row += 1.0;
    }
    rows
}

/// The page without the holes, as rectangles that do not overlap: translucent paint shows each twice.
fn around(page: Rectangle, holes: &[Rectangle]) -> Vec<Rectangle> {
    let bottom = page.y + page.height;
    let mut lines: Vec<f32> =
        holes.iter().flat_map(|h| [h.y, h.y + h.height]).chain([page.y, bottom]).collect();
    lines.retain(|y| (page.y..=bottom).contains(y));
    lines.sort_by(f32::total_cmp);
    lines.dedup();
    let mut parts = Vec::new();
    for band in lines.windows(2) {
        let (top, low) = (band[0], band[1]);
        let mut cuts: Vec<(f32, f32)> = holes
            .iter()
            .filter(|h| h.y <= top && h.y + h.height >= low)
            .map(|h| (h.x, h.x + h.width))
            .collect();
        cuts.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut left = page.x;
        for (from, to) in cuts.into_iter().chain([(page.x + page.width, page.x + page.width)]) {
            if from > left {
                parts.push(Rectangle { x: left, y: top, width: from - left, height: low - top });
            }
            left = left.max(to);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rectangle(x: f32, y: f32, width: f32, height: f32) -> Rectangle {
        Rectangle { x, y, width, height }
    }

    #[test]
    fn a_rounded_hole_is_the_hole_without_its_corners() {
        let hole = rectangle(10.0, 10.0, 60.0, 40.0);
        let rows = rounded(hole);
        let open = |x: f32, y: f32| rows.iter().filter(|r| r.contains(iced::Point::new(x, y))).count();
        assert_eq!([open(10.5, 10.5), open(69.5, 49.5), open(40.0, 10.5), open(10.5, 30.0)], [0, 0, 1, 1]);
        assert!(rows.iter().all(|r| hole.contains(r.center())));
    }

    #[test]
    fn everything_but_the_holes_is_dimmed_once() {
        let page = rectangle(0.0, 100.0, 100.0, 100.0);
        let holes = [
            rectangle(10.0, 120.0, 20.0, 20.0),
            // Two that overlap, one over the edge, one outside.
            rectangle(20.0, 130.0, 30.0, 20.0),
            rectangle(90.0, 190.0, 30.0, 30.0),
            rectangle(0.0, 0.0, 10.0, 10.0),
        ];
        let parts = around(page, &holes);
        for y in 100..200 {
            for x in 0..100 {
                let at = iced::Point::new(x as f32 + 0.5, y as f32 + 0.5);
                let hole = holes.iter().any(|h| h.contains(at));
                let dimmed = parts.iter().filter(|part| part.contains(at)).count();
                assert_eq!(dimmed, usize::from(!hole), "{at:?}");
            }
        }
    }
}
