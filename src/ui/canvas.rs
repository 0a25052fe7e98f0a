//! The root of every view: the page's ground, and the one place that meets iced's damage tracking.
//!
//! iced_tiny_skia 0.14 repaints only what it believes has changed, and is wrong about it (changed
//! text stays invisible, stale pixels remain: iced #3032, #3368). A layer that covers the window and
//! has other bounds at every draw makes it repaint the whole frame.
//!
//! And that once: the regions it believes in are sorted by how near their middle is to the origin,
//! and joined only with the region before them. Every region that stayed alone is one more painting
//! of all that reaches into it, through a mask as large as the window. A layer whose middle *is* the
//! origin comes first and takes in all the others.

use std::cell::Cell;

use crate::ui::pass::pass;
use iced::advanced::widget::{Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Layout, Renderer as _, Shell, layout, mouse, renderer};
use iced::{Color, Element, Event, Length, Point, Rectangle, Renderer, Size, Theme};

use super::theme::Look;

/// Wraps a whole view; fills the window.
pub struct Canvas<'a, M> {
    ground: Color,
    content: Element<'a, M>,
}

/// The root of a view. Every `view` of the application ends in it.
pub fn canvas<'a, M: 'a>(look: &Look, content: impl Into<Element<'a, M>>) -> Element<'a, M> {
    Element::new(Canvas { ground: look.palette().paper, content: content.into() })
}

/// A counter that wraps: a mere bool would meet its own bounds again in an older buffer.
#[derive(Default)]
struct Draws(Cell<u8>);

/// The window four times over, around the origin: other bounds at the `n`th draw, the same window.
fn around(window: Size, n: u8) -> Rectangle {
    let by = f32::from(n) / 256.0;
    let half = Size::new(window.width + by, window.height + by);
    Rectangle::new(Point::new(-half.width, -half.height), half * 2.0)
}

impl<M> Widget<M, Theme, Renderer> for Canvas<'_, M> {
    pass!(inner: children, diff, mouse, overlay);

    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<Draws>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(Draws::default())
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fill)
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let content = self.content.as_widget_mut().layout(&mut tree.children[0], renderer, limits);
        layout::Node::with_children(limits.max(), vec![content])
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        operation.traverse(&mut |operation| {
            if let Some(child) = layout.children().next() {
                self.content.as_widget_mut().operate(&mut tree.children[0], child, renderer, operation);
            }
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
        if let Some(child) = layout.children().next() {
            let content = self.content.as_widget_mut();
            content.update(&mut tree.children[0], event, child, cursor, renderer, clipboard, shell, viewport);
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let draws = &tree.state.downcast_ref::<Draws>().0;
        draws.set(draws.get().wrapping_add(1));
        let bounds = layout.bounds();
        renderer.with_layer(around(bounds.size(), draws.get()), |renderer| {
            renderer.fill_quad(renderer::Quad { bounds, ..Default::default() }, self.ground);
            if let Some(child) = layout.children().next() {
                let content = self.content.as_widget();
                content.draw(&tree.children[0], renderer, theme, style, child, cursor, viewport);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_draw_covers_the_window_from_other_bounds_around_the_origin() {
        for window in [Size::new(1366.0, 768.0), Size::new(1080.0, 1920.0), Size::new(7680.0, 4320.0)] {
            for n in 0..=255u8 {
                let bounds = around(window, n);
                assert_eq!(bounds.center(), Point::ORIGIN, "{window:?} {n}");
                assert!(Rectangle::with_size(window).is_within(&bounds), "{window:?} {n}");
                assert_ne!(bounds, around(window, n.wrapping_add(1)), "{window:?} {n}");
            }
        }
    }
}
