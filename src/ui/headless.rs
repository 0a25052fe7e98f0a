//! Views without a window: pictures, semantic trees and events, for the gallery, tests and figures.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use iced::advanced::renderer::{Headless, Style};
use iced::advanced::widget::operation::black_box;
use iced::advanced::{clipboard, mouse};
use iced::{Color, Element, Event, Pixels, Point, Renderer, Size, Theme, event};
use iced_runtime::user_interface::{Cache, UserInterface};

use super::fonts;
use super::semantic::{Gather, Tree};

/// A renderer and the widgets' state from one frame to the next.
pub struct Stage {
    pub renderer: Renderer,
    cache: Option<Cache>,
    size: Size,
    cursor: mouse::Cursor,
    theme: Theme,
}

impl Stage {
    /// A stage with the bundled fonts alone, so that its pictures are the same on every machine.
    pub fn new(size: Size) -> Option<Self> {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(fonts::load_alone);
        let renderer = pin!(<Renderer as Headless>::new(fonts::REGULAR, Pixels(24.0), Some("tiny-skia")));
        // tiny-skia has nothing to wait for: the first poll gives it.
        let Poll::Ready(renderer) = renderer.poll(&mut Context::from_waker(Waker::noop())) else {
            return None;
        };
        let renderer = renderer?;
        let cursor = mouse::Cursor::Unavailable;
        Some(Self { renderer, cache: None, size, cursor, theme: Theme::Light })
    }

    /// Another size; the widgets forget their state.
    pub fn resize(&mut self, size: Size) {
        self.size = size;
        self.cache = None;
    }

    /// Where the pointer is from now on.
    pub fn point(&mut self, at: Point) {
        self.cursor = mouse::Cursor::Available(at);
    }

    fn with<M, T>(
        &mut self,
        view: Element<'_, M>,
        then: impl FnOnce(&mut UserInterface<'_, M, Theme, Renderer>, &mut Renderer, &Theme, mouse::Cursor) -> T,
    ) -> T {
        let cache = self.cache.take().unwrap_or_default();
        let mut ui = UserInterface::build(view, self.size, cache, &mut self.renderer);
        let out = then(&mut ui, &mut self.renderer, &self.theme, self.cursor);
        self.cache = Some(ui.into_cache());
        out
    }

    /// Hands events to a view; what its widgets said.
    pub fn update<M>(&mut self, view: Element<'_, M>, events: &[Event]) -> Vec<M> {
        self.hear(view, events).0
    }

    /// As [`Stage::update`], and of each event whether a widget has taken it.
    pub fn hear<M>(&mut self, view: Element<'_, M>, events: &[Event]) -> (Vec<M>, Vec<event::Status>) {
        self.with(view, |ui, renderer, _, cursor| {
            let mut messages = Vec::new();
            let (_, taken) = ui.update(events, cursor, renderer, &mut clipboard::Null, &mut messages);
            (messages, taken)
        })
    }

    /// The view's semantic tree as laid out at this size.
    pub fn tree<M>(&mut self, view: Element<'_, M>) -> Tree {
        self.with(view, |ui, renderer, _, _| {
            let mut gather = Gather::default();
            ui.operate(renderer, &mut black_box(&mut gather));
            gather.tree().clone()
        })
    }

    /// Runs an operation (focus, scrolling) and what follows from it.
    pub fn operate<M>(
        &mut self,
        view: Element<'_, M>,
        operation: Box<dyn iced::advanced::widget::Operation>,
    ) {
        use iced::advanced::widget::operation::Outcome;
        self.with(view, |ui, renderer, _, _| {
            let mut next = Some(operation);
            while let Some(mut operation) = next.take() {
                ui.operate(renderer, operation.as_mut());
                if let Outcome::Chain(then) = operation.finish() {
                    next = Some(then);
                }
            }
        });
    }

    /// Lays out and records a frame in the renderer, without painting it.
    pub fn draw<M>(&mut self, view: Element<'_, M>) {
        self.with(view, |ui, renderer, theme, cursor| {
            ui.draw(renderer, theme, &Style { text_color: Color::BLACK }, cursor);
        });
    }

    /// Paints the view whole: RGBA, row by row.
    pub fn picture<M>(&mut self, view: Element<'_, M>) -> Vec<u8> {
        self.draw(view);
        let size = Size::new(self.size.width as u32, self.size.height as u32);
        self.renderer.screenshot(size, 1.0, Color::WHITE)
    }
}
