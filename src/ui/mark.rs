//! A wrapper that gives content a semantic node without making it a control.

use crate::ui::pass::pass;
use iced::advanced::widget::{Operation, Tree, Widget};
use iced::advanced::{Clipboard, Layout, Shell, mouse, overlay};
use iced::{Element, Event, Rectangle, Renderer, Theme, Vector};

use super::semantic::{Node, Probe};

/// Content with a node before it; transparent to everything else. With [`Mark::inert`] nothing in
/// it can be touched, focused or read: what lies beneath a dialog.
pub struct Mark<'a, M> {
    node: Option<Node>,
    content: Element<'a, M>,
    inert: bool,
}

impl<'a, M> Mark<'a, M> {
    pub fn new(node: Node, content: impl Into<Element<'a, M>>) -> Self {
        Self { node: Some(node), content: content.into(), inert: false }
    }

    /// Content that a dialog may lie over. Wrap it always, so that its state survives the dialog.
    pub fn inert(inert: bool, content: impl Into<Element<'a, M>>) -> Self {
        Self { node: None, content: content.into(), inert }
    }
}

struct Unfocus;

impl Operation for Unfocus {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }
    fn focusable(
        &mut self,
        _: Option<&iced::advanced::widget::Id>,
        _: Rectangle,
        state: &mut dyn iced::advanced::widget::operation::Focusable,
    ) {
        state.unfocus();
    }
}

impl<M> Widget<M, Theme, Renderer> for Mark<'_, M> {
    pass!(inner: children, diff, size, layout, draw);

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        let Some(child) = layout.children().next() else { return };
        if self.inert {
            // Whatever was focused before the dialog came must not keep the ring or the keys.
            self.content.as_widget_mut().operate(&mut tree.children[0], child, renderer, &mut Unfocus);
            return;
        }
        if let Some(node) = &self.node {
            operation.custom(None, layout.bounds(), &mut Probe::Mark(node.clone()));
        }
        operation.traverse(&mut |operation| {
            self.content.as_widget_mut().operate(&mut tree.children[0], child, renderer, operation);
        });
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, M>,
        viewport: &Rectangle,
    ) {
        let Some(child) = layout.children().next() else { return };
        if self.inert {
            self.content.as_widget_mut().operate(&mut tree.children[0], child, renderer, &mut Unfocus);
            return;
        }
        let content = self.content.as_widget_mut();
        content.update(&mut tree.children[0], event, child, cursor, renderer, clipboard, shell, viewport);
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        match layout.children().next() {
            Some(child) if !self.inert => self.content.as_widget().mouse_interaction(
                &tree.children[0],
                child,
                cursor,
                viewport,
                renderer,
            ),
            _ => mouse::Interaction::None,
        }
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, M, Theme, Renderer>> {
        if self.inert {
            return None;
        }
        let child = layout.children().next()?;
        self.content.as_widget_mut().overlay(&mut tree.children[0], child, renderer, viewport, translation)
    }
}

impl<'a, M: 'a> From<Mark<'a, M>> for Element<'a, M> {
    fn from(mark: Mark<'a, M>) -> Self {
        Element::new(mark)
    }
}
