//! A view measured from its pixels: are words seven to one on their ground, controls' edges three to
//! one on theirs (WCAG 2.2, 1.4.6 and 1.4.11)?

use iced::{Color, Rectangle};
use tereze::ui::semantic::{Node, Role, Tree};

pub struct Picture<'a> {
    pub rgba: &'a [u8],
    pub width: usize,
    pub height: usize,
}

type Dot = [u8; 3];

impl Picture<'_> {
    fn dot(&self, x: usize, y: usize) -> Dot {
        let at = (y * self.width + x) * 4;
        [self.rgba[at], self.rgba[at + 1], self.rgba[at + 2]]
    }

    /// Whole pixels of a rectangle, within the picture.
    fn span(&self, r: &Rectangle) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        let x = r.x.max(0.0).ceil() as usize..((r.x + r.width).floor().max(0.0) as usize).min(self.width);
        let y = r.y.max(0.0).ceil() as usize..((r.y + r.height).floor().max(0.0) as usize).min(self.height);
        (x, y)
    }

    /// The colour that most of a rectangle has, and the greatest contrast that anything in it has
    /// with that colour.
    fn ink(&self, r: &Rectangle) -> Option<f32> {
        let (xs, ys) = self.span(r);
        let mut counts: std::collections::HashMap<Dot, usize> = std::collections::HashMap::new();
        for y in ys {
            for x in xs.clone() {
                *counts.entry(self.dot(x, y)).or_default() += 1;
            }
        }
        let ground = *counts.iter().max_by_key(|(_, n)| **n)?.0;
        counts.keys().map(|dot| contrast(*dot, ground)).max_by(f32::total_cmp)
    }

    /// The contrast of a control's left edge with what lies before it.
    fn edge(&self, r: &Rectangle) -> Option<f32> {
        let y = (r.y + r.height / 2.0) as usize;
        let before = (r.x - 3.0).floor();
        if before < 0.0 || y >= self.height {
            return None;
        }
        let before = before as usize;
        let ground = self.dot(before, y);
        (before + 1..(before + 9).min(self.width))
            .map(|x| contrast(self.dot(x, y), ground))
            .max_by(f32::total_cmp)
    }
}

fn luminance([r, g, b]: Dot) -> f32 {
    Color::from_rgb8(r, g, b).relative_luminance()
}

pub fn contrast(a: Dot, b: Dot) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// What is too faint, in words.
pub fn faint(picture: &Picture<'_>, tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    // WCAG excepts what cannot be used now.
    let off: Vec<&Node> = tree.controls().filter(|n| n.state.disabled).collect();
    let whole = |bounds: &Rectangle, seen: Option<Rectangle>| {
        seen.is_some_and(|seen| seen.height + 0.5 >= bounds.height && seen.width + 0.5 >= bounds.width)
    };
    for text in &tree.texts {
        let disabled = off.iter().any(|n| n.bounds.contains(text.bounds.center()));
        if text.text.trim().is_empty() || disabled || !whole(&text.bounds, text.visible) {
            continue;
        }
        if let Some(ink) = picture.ink(&text.bounds)
            && ink < 7.0
        {
            faults.push(format!("text of {ink:.2}: {text:?}"));
        }
    }
    // A lesson's ring in the bar lies over a neighbour's edge, which every other screen measures.
    let ringed = |n: &Node| tree.find("coach").is_some() && n.id.starts_with("bar.");
    for node in tree.controls().filter(|n| !n.state.disabled && n.role != Role::Link && !ringed(n)) {
        if !whole(&node.bounds, node.visible) {
            continue;
        }
        if let Some(edge) = picture.edge(&node.bounds)
            && edge < 3.0
        {
            faults.push(format!("edge of {edge:.2}: {} {:?}", node.id, node.bounds));
        }
    }
    faults
}
