//! Physical keys for what is no field: a pad, a code. What no widget inside took is offered to the
//! screen.

use crate::ui::pass::pass;
use iced::advanced::widget::{Tree, Widget};
use iced::advanced::{Clipboard, Layout, Shell, mouse};
use iced::{Element, Event, Rectangle, Renderer, Theme, keyboard};

/// `on` says what a key means; `None` leaves it to whoever is next.
pub fn keys<'a, M: 'a>(
    content: impl Into<Element<'a, M>>,
    on: impl Fn(&keyboard::Event) -> Option<M> + 'a,
) -> Element<'a, M> {
    Element::new(Keys { content: content.into(), on: Box::new(on) })
}

type OnKey<'a, M> = Box<dyn Fn(&keyboard::Event) -> Option<M> + 'a>;

struct Keys<'a, M> {
    content: Element<'a, M>,
    on: OnKey<'a, M>,
}

impl<M> Widget<M, Theme, Renderer> for Keys<'_, M> {
    pass!(same: children, diff, size, layout, operate, draw, mouse, overlay);

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
        let content = self.content.as_widget_mut();
        content.update(&mut tree.children[0], event, layout, cursor, renderer, clipboard, shell, viewport);
        if let Event::Keyboard(event) = event
            && !shell.is_event_captured()
            && let Some(message) = (self.on)(event)
        {
            shell.publish(message);
            shell.capture_event();
        }
    }
}
