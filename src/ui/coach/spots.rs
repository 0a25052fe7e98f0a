//! What is live beneath a coach mark, and where it can be seen.

use iced::{Point, Rectangle};

use super::Coach;
use crate::ui::scroll::turns;
use crate::ui::semantic::{Id, Role, Tree as Seen};
use crate::ui::theme::{Look, Type};

/// Lines of a large field that the bubble leaves to be seen.
pub const FIRST_LINES: f32 = 1.3;

/// One control that is live, where it can be seen.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) id: Id,
    /// Nothing, where it has scrolled away.
    pub(super) seen: Option<Rectangle>,
    pub(super) pointed: bool,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Plain,
    /// Of a large field the first lines are seen: the rest may be covered.
    Field,
    /// Turns a long page: live, and covered only in need.
    Turns,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) spots: Vec<Spot>,
    /// Which of the bubble's sizes stands there.
    pub(super) size: usize,
    pub(super) bubble: Rectangle,
    pub(super) press: Option<(Id, Point)>,
    pub(super) acted: u64,
}

impl State {
    pub(super) fn pointed(&self) -> Option<Rectangle> {
        let seen = self.spots.iter().filter(|s| s.pointed).filter_map(|s| s.seen);
        seen.reduce(|a, b| a.union(&b))
    }

    /// Places that are neither dimmed nor covered: all that is pointed at is one.
    pub(super) fn holes(&self) -> Vec<Rectangle> {
        let with = self.spots.iter().filter(|s| !s.pointed).filter_map(|s| s.seen);
        self.pointed().into_iter().chain(with).collect()
    }

    /// What the bubble never covers.
    pub(super) fn clear(&self, look: &Look) -> Vec<Rectangle> {
        let least = FIRST_LINES * look.line(Type::Body);
        let kept = self.spots.iter().filter_map(|s| {
            let seen = s.seen?;
            let height = if s.kind == Kind::Field { seen.height.min(least) } else { seen.height };
            Some(Rectangle { height, ..seen })
        });
        kept.collect()
    }

    pub(super) fn spot(&self, at: Point) -> Option<&Spot> {
        self.spots.iter().find(|s| s.seen.is_some_and(|seen| seen.contains(at)))
    }
}

/// What the lesson's step points at and needs besides, each once.
pub(super) fn spots<M>(coach: Option<&Coach<'_, M>>, seen: &Seen) -> Vec<Spot> {
    let Some(coach) = coach else { return Vec::new() };
    let aim = (coach.aim)(seen);
    let turning = (0..seen.nodes.len()).filter(|n| turns(&seen.nodes[*n]));
    let kind = |n: usize| match seen.nodes.get(n).map(|node| node.role) {
        Some(Role::MultilineTextInput) => Kind::Field,
        _ => Kind::Plain,
    };
    let with = aim.with.iter().map(|n| (*n, false, kind(*n)));
    let at = aim.at.iter().map(|n| (*n, true, kind(*n)));
    let mut spots: Vec<Spot> = Vec::new();
    for (n, pointed, kind) in at.chain(with).chain(turning.map(|n| (n, false, Kind::Turns))) {
        let Some(node) = seen.nodes.get(n) else { continue };
        let seen = node.visible.filter(|v| v.width > 0.0 && v.height > 0.0);
        if spots.iter().all(|s| s.id != node.id) {
            spots.push(Spot { id: node.id.clone(), seen, pointed, kind });
        }
    }
    spots
}
