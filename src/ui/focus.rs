//! The keyboard's focus: Tab in reading order, around the ends, and always scrolled into view.

use iced::advanced::widget::operation::scrollable::AbsoluteOffset;
use iced::advanced::widget::operation::{self, Focusable, Operation, Outcome, Scrollable};
use iced::advanced::widget::{Id, operate};
use iced::{Rectangle, Task, Vector};

use super::semantic::Probe;

/// Which way Tab goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Next,
    Previous,
    /// The first control of what is reachable: after a dialog opened, or a page turned.
    First,
}

/// Moves the focus and scrolls it into view.
pub fn go<M: Send + 'static>(way: Way) -> Task<M> {
    operate(step(way))
}

/// Focuses the control with this semantic id and scrolls it into view.
pub fn to<M: Send + 'static>(id: impl Into<Id>) -> Task<M> {
    operate(Look { target: Target::Id(id.into()), ..Look::new(Target::Way(Way::First)) }.then_move())
}

/// Scrolls the control with this semantic id into view, and leaves the focus where it is.
pub fn reveal<M: Send + 'static>(id: String) -> Task<M> {
    operate(operation::then(Reveal { id, ..Reveal::default() }, |m: Move| m))
}

/// The operation behind [`go`]; headless tests run it themselves.
pub fn step<M: Send + 'static>(way: Way) -> impl Operation<M> {
    Look::new(Target::Way(way)).then_move()
}

#[derive(Clone, Debug)]
enum Target {
    Way(Way),
    Id(Id),
}

#[derive(Clone)]
struct Found {
    id: Option<Id>,
    focused: bool,
    bounds: Rectangle,
    /// The index of the scrollable it stands in, and that one's place and content.
    scroll: Option<usize>,
}

/// The scrollables that an operation meets on its way, in order, and in which of them it is.
#[derive(Default)]
struct Scrolls {
    /// Place, and how far it is scrolled.
    met: Vec<(Rectangle, Vector)>,
    inside: Vec<usize>,
    enters: Option<usize>,
}

impl Scrolls {
    /// What is traversed next is the content of this one.
    fn meet(&mut self, bounds: Rectangle, shift: Vector) {
        self.enters = Some(self.met.len());
        self.met.push((bounds, shift));
    }

    fn enter(&mut self) -> Option<usize> {
        let entered = self.enters.take();
        self.inside.extend(entered);
        entered
    }

    fn leave(&mut self, entered: Option<usize>) {
        if entered.is_some() {
            self.inside.pop();
        }
    }

    fn innermost(&self) -> Option<usize> {
        self.inside.last().copied()
    }
}

/// First pass: what there is. Second pass ([`Move`]): focus one, scroll its scrollable.
struct Look {
    target: Target,
    found: Vec<Found>,
    scrolls: Scrolls,
}

impl Look {
    fn new(target: Target) -> Self {
        Self { target, found: Vec::new(), scrolls: Scrolls::default() }
    }

    fn then_move<M: Send + 'static>(self) -> impl Operation<M> {
        operation::then(self, |m: Move| m)
    }

    fn decide(&self) -> Move {
        let at = self.found.iter().position(|f| f.focused);
        let last = self.found.len().saturating_sub(1);
        let index = match (&self.target, at) {
            (Target::Id(id), _) => self.found.iter().position(|f| f.id.as_ref() == Some(id)),
            (Target::Way(Way::First), _) | (Target::Way(Way::Next), None) => Some(0),
            (Target::Way(Way::Previous), None) => Some(last),
            (Target::Way(Way::Next), Some(i)) => Some(if i == last { 0 } else { i + 1 }),
            (Target::Way(Way::Previous), Some(i)) => Some(if i == 0 { last } else { i - 1 }),
        };
        let scroll = index.and_then(|i| self.found.get(i)).and_then(|f| {
            let to = into_view(f.bounds, self.scrolls.met[f.scroll?])?;
            Some((f.scroll?, to))
        });
        Move { focus: Focus::To(index), scroll, control: 0, scrollable: 0 }
    }
}

impl Operation<Move> for Look {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<Move>)) {
        let entered = self.scrolls.enter();
        operate(self);
        self.scrolls.leave(entered);
    }

    fn scrollable(
        &mut self,
        _: Option<&Id>,
        bounds: Rectangle,
        _: Rectangle,
        shift: Vector,
        _: &mut dyn Scrollable,
    ) {
        self.scrolls.meet(bounds, shift);
    }

    fn focusable(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn Focusable) {
        let scroll = self.scrolls.innermost();
        self.found.push(Found { id: id.cloned(), focused: state.is_focused(), bounds, scroll });
    }

    fn finish(&self) -> Outcome<Move> {
        Outcome::Some(self.decide())
    }
}

/// Looks for a control that need not take the focus: a disabled one, too.
#[derive(Default)]
struct Reveal {
    id: String,
    found: Option<(Rectangle, Option<usize>)>,
    scrolls: Scrolls,
}

impl Operation<Move> for Reveal {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<Move>)) {
        let entered = self.scrolls.enter();
        operate(self);
        self.scrolls.leave(entered);
    }

    fn scrollable(
        &mut self,
        _: Option<&Id>,
        bounds: Rectangle,
        _: Rectangle,
        shift: Vector,
        _: &mut dyn Scrollable,
    ) {
        self.scrolls.meet(bounds, shift);
    }

    fn custom(&mut self, _: Option<&Id>, bounds: Rectangle, state: &mut dyn std::any::Any) {
        let node = state.downcast_ref::<Probe>().map(Probe::node);
        if self.found.is_none() && node.is_some_and(|node| node.id == self.id) {
            self.found = Some((bounds, self.scrolls.innermost()));
        }
    }

    fn finish(&self) -> Outcome<Move> {
        let scroll = self.found.and_then(|(bounds, inside)| {
            let index = inside?;
            Some((index, into_view(bounds, *self.scrolls.met.get(index)?)?))
        });
        Outcome::Some(Move { focus: Focus::Leave, scroll, control: 0, scrollable: 0 })
    }
}

/// What becomes of the focus.
enum Focus {
    To(Option<usize>),
    Leave,
}

/// How far a scrollable (its place and how far it is scrolled) must go to show this.
fn into_view(bounds: Rectangle, (view, shift): (Rectangle, Vector)) -> Option<f32> {
    // Room for the ring and a little of what stands around it.
    let (above, below) = (bounds.y - 16.0 - view.y, bounds.y + bounds.height + 16.0 - view.y);
    if above < shift.y {
        Some(above.max(0.0))
    } else if below > shift.y + view.height {
        // A control taller than the view shows its beginning.
        Some((below - view.height).min(above))
    } else {
        None
    }
}

struct Move {
    focus: Focus,
    scroll: Option<(usize, f32)>,
    control: usize,
    scrollable: usize,
}

impl<M> Operation<M> for Move {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<M>)) {
        operate(self);
    }

    fn scrollable(
        &mut self,
        _: Option<&Id>,
        _: Rectangle,
        _: Rectangle,
        _: Vector,
        state: &mut dyn Scrollable,
    ) {
        if let Some((index, to)) = self.scroll
            && index == self.scrollable
        {
            state.scroll_to(AbsoluteOffset { x: None, y: Some(to) });
        }
        self.scrollable += 1;
    }

    fn focusable(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn Focusable) {
        match self.focus {
            Focus::To(index) if index == Some(self.control) => state.focus(),
            Focus::To(_) => state.unfocus(),
            Focus::Leave => {}
        }
        self.control += 1;
    }
}
