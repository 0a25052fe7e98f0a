//! An operation that finds only what is not dimmed.

use std::any::Any;

use iced::advanced::widget::Id;
use iced::advanced::widget::operation::{Focusable, Operation, Scrollable, TextInput};
use iced::{Rectangle, Vector};

use crate::ui::semantic::Probe;

pub struct Only<'a> {
    inner: &'a mut dyn Operation,
    /// Semantic ids of what is live.
    open: &'a [&'a str],
    /// Inside something live everything is.
    inside: bool,
    enters: bool,
}

impl<'a> Only<'a> {
    pub fn new(inner: &'a mut dyn Operation, open: &'a [&'a str]) -> Self {
        Self { inner, open, inside: false, enters: false }
    }
}

impl Operation for Only<'_> {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        let (open, inside) = (self.open, self.inside || std::mem::take(&mut self.enters));
        self.inner.traverse(&mut |inner| operate(&mut Only { inner, open, inside, enters: false }));
    }

    fn container(&mut self, id: Option<&Id>, bounds: Rectangle) {
        self.inner.container(id, bounds);
    }

    fn scrollable(
        &mut self,
        id: Option<&Id>,
        bounds: Rectangle,
        content: Rectangle,
        translation: Vector,
        state: &mut dyn Scrollable,
    ) {
        self.inner.scrollable(id, bounds, content, translation, state);
    }

    fn focusable(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn Focusable) {
        if self.inside || self.enters {
            self.inner.focusable(id, bounds, state);
        } else {
            // What was in focus before it was dimmed must not keep the ring or the keys.
            state.unfocus();
        }
    }

    fn text_input(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn TextInput) {
        if self.inside || self.enters {
            self.inner.text_input(id, bounds, state);
        }
    }

    fn custom(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn Any) {
        let named = state.downcast_ref::<Probe>().map(|probe| self.open.contains(&probe.node().id.as_ref()));
        let control = matches!(state.downcast_ref::<Probe>(), Some(Probe::Control(_)));
        if control {
            self.enters = named == Some(true);
        }
        if self.inside || named != Some(false) {
            self.inner.custom(id, bounds, state);
        }
    }
}
