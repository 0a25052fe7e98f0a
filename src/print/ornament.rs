//! A thin line of koshkar-muiz (ram's horns): pairs of horns that curl outwards from a stem.

use super::sheet::{Mark, Pen, Step};
use super::text::Ink;

/// Width of one pair of horns to its height.
const RATIO: f32 = 2.0;

/// Pairs of horns side by side from `x` over `width`, standing on the line `base`, `height` high.
pub(super) fn band(x: f32, width: f32, base: f32, height: f32) -> Vec<Mark> {
    let count = (width / (height * RATIO)).floor().max(1.0);
    let unit = width / count;
    let mut path = vec![Step::Move(x, base), Step::Line(x + width, base)];
    for n in 0..count as usize {
        horns(&mut path, x + unit * (n as f32 + 0.5), base, unit / RATIO, height);
    }
    let pen = Pen { ink: Ink::Accent, width: 0.7, dash: None };
    vec![Mark::Shape { path: path.into(), fill: None, pen: Some(pen) }]
}

/// One pair: both horns rise from the stem, go over and roll in. `s` is half a pair's width.
fn horns(path: &mut Vec<Step>, middle: f32, base: f32, s: f32, height: f32) {
    for side in [-1.0, 1.0] {
        let p = |x: f32, y: f32| (middle + side * x * s, base - y * height);
        let start = p(0.0, 0.0);
        path.push(Step::Move(start.0, start.1));
        let mut curve = |a: (f32, f32), b: (f32, f32), c: (f32, f32)| {
            path.push(Step::Curve(a.0, a.1, b.0, b.1, c.0, c.1));
        };
        curve(p(0.02, 0.55), p(0.18, 1.0), p(0.5, 1.0));
        curve(p(0.78, 1.0), p(0.88, 0.72), p(0.84, 0.5));
        curve(p(0.8, 0.26), p(0.48, 0.26), p(0.46, 0.5));
        curve(p(0.45, 0.68), p(0.66, 0.7), p(0.66, 0.54));
    }
}
