//! A view measured from its semantic tree and the layout: targets, gaps, what is cut off or outside,
//! what scrolls away, how long lines are.

use iced::{Rectangle, Size};
use tereze::ui::semantic::{Node, Role, Tree};
use tereze::ui::theme::{GAP, Look, TARGET};

/// Layout rounds to whole pixels here and there.
pub const ROUNDING: f32 = 0.5;
/// Characters of a line at most.
const LINE: usize = 75;

pub fn right(r: &Rectangle) -> f32 {
    r.x + r.width
}

pub fn bottom(r: &Rectangle) -> f32 {
    r.y + r.height
}

/// The gap between two rectangles: negative where they overlap.
fn gap(a: &Rectangle, b: &Rectangle) -> f32 {
    let x = (b.x - right(a)).max(a.x - right(b));
    let y = (b.y - bottom(a)).max(a.y - bottom(b));
    x.max(y)
}

fn within(inner: &Rectangle, width: f32, height: f32) -> bool {
    inner.x >= -ROUNDING
        && inner.y >= -ROUNDING
        && right(inner) <= width + ROUNDING
        && bottom(inner) <= height + ROUNDING
}

/// What is wrong with a view, in words.
pub fn faults(tree: &Tree, look: &Look) -> Vec<String> {
    let mut faults = targets(tree, look);
    faults.extend(texts(tree, look));
    faults.extend(stays(tree));
    faults.extend(keyboard(tree, look));
    faults
}

fn targets(tree: &Tree, look: &Look) -> Vec<String> {
    let mut faults = Vec::new();
    let Size { width, height } = look.viewport;
    for orphan in &tree.orphans {
        faults.push(format!("focusable, but not in the tree: {orphan}"));
    }
    let controls: Vec<&Node> = tree.controls().collect();
    for (i, node) in controls.iter().enumerate() {
        let name = &node.id;
        if node.id.is_empty() || node.label.trim().is_empty() {
            faults.push(format!("nameless: {node:?}"));
        }
        if node.bounds.width + ROUNDING < TARGET || node.bounds.height + ROUNDING < TARGET {
            faults.push(format!("small: {name} {:?}", node.bounds.size()));
        }
        // What scrolls may stand below its window, but never beside it.
        let tall = if node.scrolls { f32::INFINITY } else { height };
        let placed = Rectangle { y: if node.scrolls { 0.0 } else { node.bounds.y }, ..node.bounds };
        if !within(&placed, width, tall) {
            faults.push(format!("outside: {name} {:?}", node.bounds));
        }
        for other in &controls[i + 1..] {
            if other.id == node.id {
                faults.push(format!("twice: {name}"));
            }
            // Over the empty foot of a large field a lesson's bubble stands on purpose.
            let bubble = node.role == Role::MultilineTextInput && other.id.starts_with("coach.");
            if bubble {
                continue;
            }
            let apart = if node.scrolls == other.scrolls {
                gap(&node.bounds, &other.bounds)
            } else {
                match (&node.visible, &other.visible) {
                    (Some(a), Some(b)) => gap(a, b),
                    _ => continue,
                }
            };
            if apart + ROUNDING < GAP {
                let (a, b) = (node.bounds, other.bounds);
                faults.push(format!("close ({apart}): {name} {a:?} and {} {b:?}", other.id));
            }
        }
    }
    // The first screen asks one question in three languages: its starts are one.
    let primary = |n: &&&Node| n.role == Role::DefaultButton && !n.id.starts_with("attract.start.");
    if controls.iter().filter(primary).count() > 1 {
        faults.push("more than one primary".into());
    }
    faults
}

fn texts(tree: &Tree, look: &Look) -> Vec<String> {
    let mut faults = Vec::new();
    let Size { width, height } = look.viewport;
    for text in &tree.texts {
        if text.is_cut() {
            faults.push(format!("cut off: {text:?}"));
        }
        let tall = if text.scrolls { f32::INFINITY } else { height };
        let placed = Rectangle { y: if text.scrolls { 0.0 } else { text.bounds.y }, ..text.bounds };
        if !within(&placed, width, tall) {
            faults.push(format!("outside: {text:?}"));
        }
        if text.lines.longest > LINE {
            faults.push(format!("{} characters in a line: {text:?}", text.lines.longest));
        }
        // A name typed without a space may be longer than any line.
        if text.lines.broken && !text.private {
            faults.push(format!("a word on two lines: {text:?}"));
        }
    }
    faults
}

/// Heading, primary and field in focus never scroll away, and what does has a button that says so.
fn stays(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    let heading = tree.nodes.iter().find(|n| n.role == Role::Heading);
    // The first screen says the same in three languages, and before setting up there is nothing to do:
    // where the text is largest and the window low, the whole of them scrolls.
    let whole = tree.nodes.iter().any(|n| n.id.starts_with("attract.") || n.id.starts_with("setup."));
    for node in heading.into_iter().chain(tree.nodes.iter().filter(|n| n.role == Role::DefaultButton)) {
        if node.scrolls && !whole {
            faults.push(format!("scrolls away: {node:?}"));
        }
    }
    // The field that is typed into is seen whole, or as much of it as its place allows.
    for node in tree.controls().filter(|n| n.state.focused) {
        let seen = node.visible.map_or(0.0, |v| v.height);
        if seen + ROUNDING < node.bounds.height.min(TARGET) {
            let (seen, whole) = (node.visible, node.bounds);
            faults.push(format!("in focus but out of sight: {} {seen:?} of {whole:?}", node.id));
        }
    }
    let hidden = |n: &&Node| {
        n.scrolls && n.bounds.height > 0.0 && n.visible.is_none_or(|v| v.height + 1.0 < n.bounds.height)
    };
    let turns = tree.controls().any(|n| n.id.ends_with(".more") || n.id.ends_with(".up"));
    if let Some(node) = tree.nodes.iter().find(hidden)
        && !turns
    {
        faults.push(format!("goes on without a button that says so: {node:?}"));
    }
    faults
}

fn keyboard(tree: &Tree, look: &Look) -> Vec<String> {
    let mut faults = Vec::new();
    let height = look.viewport.height;
    let keys: Vec<&Node> = tree.controls().filter(|n| n.id.starts_with("key.")).collect();
    if let (Some(top), Some(foot)) = (
        keys.iter().map(|k| k.bounds.y).min_by(f32::total_cmp),
        keys.iter().map(|k| bottom(&k.bounds)).max_by(f32::total_cmp),
    ) {
        if foot - top > height * 0.45 {
            faults.push(format!("the keyboard takes {} of {height}", foot - top));
        }
        let mut rows: Vec<i32> = keys.iter().map(|k| k.bounds.y.round() as i32).collect();
        rows.sort_unstable();
        rows.dedup();
        if height < 900.0 && rows.len() > 5 {
            faults.push(format!("{} rows of keys on a low screen", rows.len()));
        }
    }
    faults
}
