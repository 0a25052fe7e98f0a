//! The one thing that can be tapped. Stock buttons of iced 0.14 cannot have the keyboard's focus,
//! swallow a finger's scrolling and may lose taps; this one can, does not and should not.

use crate::ui::pass::pass;
use iced::advanced::widget::operation::Focusable;
use iced::advanced::widget::{self, Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Layout, Renderer as _, Shell, mouse, renderer};
use iced::keyboard::{self, key};
use iced::time::{Duration, Instant};
use iced::{Border, Color, Element, Event, Point, Rectangle, Renderer, Theme, touch, window};

use super::semantic::{Node, Probe, Role, Sensitivity};
use super::theme::{Look, RING, RING_GAP, SLOP};

mod skin;
pub use skin::Skin;

/// A repeating key's pace once it repeats.
const REPEAT_EVERY: Duration = Duration::from_millis(90);

type OnTap<'a, M> = Box<dyn Fn() -> M + 'a>;

/// A focusable, tappable wrapper around any content. Cancels after [`SLOP`] pixels of drag, so that
/// a scrollable can have the drag; Enter and Space work it; its semantic node is its identity.
pub struct Tap<'a, M> {
    content: Element<'a, M>,
    node: Node,
    id: widget::Id,
    on_tap: Option<OnTap<'a, M>>,
    repeat_after: Option<Duration>,
    skin: Skin,
}

impl<'a, M: 'a> Tap<'a, M> {
    pub fn new(node: Node, skin: Skin, content: impl Into<Element<'a, M>>) -> Self {
        let id = node.widget_id();
        Self { content: content.into(), node, id, on_tap: None, repeat_after: None, skin }
    }

    /// What a tap says. Without it the control is disabled.
    pub fn on(mut self, message: M) -> Self
    where
        M: Clone,
    {
        self.on_tap = Some(Box::new(move || message.clone()));
        self
    }

    /// As [`Self::on`]; `None` disables.
    pub fn on_maybe(self, message: Option<M>) -> Self
    where
        M: Clone,
    {
        match message {
            Some(message) => self.on(message),
            None => self,
        }
    }

    pub fn on_with(mut self, message: impl Fn() -> M + 'a) -> Self {
        self.on_tap = Some(Box::new(message));
        self
    }

    /// Repeats while held, as a key does.
    pub fn repeats(mut self, look: &Look) -> Self {
        self.repeat_after = Some(Duration::from_millis(look.repeat_after.into()));
        self
    }

    /// Said after the label: what happens, or why it cannot be tapped now.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.node.help = Some(help.into());
        self
    }

    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.node.value = Some(value.into());
        self
    }

    pub fn role(mut self, role: Role) -> Self {
        self.node.role = role;
        self
    }

    /// Its words are the visitor's own.
    pub fn private(mut self) -> Self {
        self.node.sensitivity = Sensitivity::Private;
        self
    }
}

#[derive(Default)]
struct State {
    id: Option<widget::Id>,
    focused: bool,
    press: Option<Press>,
    last_raw: Option<Point>,
}

struct Press {
    finger: Option<touch::Finger>,
    /// Where it began, in the window; `None` until a mouse first moves.
    origin: Option<Point>,
    next: Option<Instant>,
    repeated: bool,
}

impl Focusable for State {
    fn is_focused(&self) -> bool {
        self.focused
    }
    fn focus(&mut self) {
        self.focused = true;
    }
    fn unfocus(&mut self) {
        self.focused = false;
    }
}

impl<M> Tap<'_, M> {
    fn say(&self, shell: &mut Shell<'_, M>) {
        if let Some(on_tap) = &self.on_tap {
            shell.publish(on_tap());
        }
    }
}

/// What a pointer did, whether mouse or finger.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::ui) enum Pointer {
    Pressed(Option<touch::Finger>, Option<Point>),
    Moved(Option<touch::Finger>, Point),
    Released(Option<touch::Finger>),
    Lost(Option<touch::Finger>),
}

pub(in crate::ui) fn pointer(event: &Event) -> Option<Pointer> {
    use mouse::Button::Left;
    Some(match event {
        Event::Mouse(mouse::Event::ButtonPressed(Left)) => Pointer::Pressed(None, None),
        Event::Mouse(mouse::Event::CursorMoved { position }) => Pointer::Moved(None, *position),
        Event::Mouse(mouse::Event::ButtonReleased(Left)) => Pointer::Released(None),
        Event::Mouse(mouse::Event::CursorLeft) | Event::Window(window::Event::Unfocused) => {
            Pointer::Lost(None)
        }
        Event::Touch(touch::Event::FingerPressed { id, position }) => {
            Pointer::Pressed(Some(*id), Some(*position))
        }
        Event::Touch(touch::Event::FingerMoved { id, position }) => Pointer::Moved(Some(*id), *position),
        Event::Touch(touch::Event::FingerLifted { id, .. }) => Pointer::Released(Some(*id)),
        Event::Touch(touch::Event::FingerLost { id, .. }) => Pointer::Lost(Some(*id)),
        _ => return None,
    })
}

impl<'a, M: 'a> Widget<M, Theme, Renderer> for Tap<'a, M> {
    pass!(inner: children, size, layout, overlay);

    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State { id: Some(self.id.clone()), ..State::default() })
    }

    fn diff(&self, tree: &mut Tree) {
        let state = tree.state.downcast_mut::<State>();
        // Another control at the same place in the tree must not inherit a press or the focus.
        if state.id.as_ref() != Some(&self.id) {
            *state = State { id: Some(self.id.clone()), last_raw: state.last_raw, ..State::default() };
        }
        if self.on_tap.is_none() {
            state.press = None;
            state.focused = false;
        }
        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        let state = tree.state.downcast_mut::<State>();
        let mut node = self.node.clone();
        node.state.disabled = self.on_tap.is_none();
        node.state.focused = state.focused;
        operation.custom(Some(&self.id), layout.bounds(), &mut Probe::Control(node));
        if self.on_tap.is_some() {
            operation.focusable(Some(&self.id), layout.bounds(), state);
        }
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
        _renderer: &Renderer,
        _clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, M>,
        viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_mut::<State>();
        if let Event::Mouse(mouse::Event::CursorMoved { position }) = event {
            state.last_raw = Some(*position);
        }
        if self.on_tap.is_none() {
            return;
        }
        let over = layout.bounds().intersection(viewport).is_some_and(|b| cursor.is_over(b));
        match pointer(event) {
            Some(Pointer::Pressed(finger, at)) => {
                if std::mem::take(&mut state.focused) {
                    shell.request_redraw();
                }
                if over && state.press.is_none() && !shell.is_event_captured() {
                    let origin = at.or(state.last_raw);
                    state.press = Some(Press { finger, origin, next: None, repeated: false });
                    shell.capture_event();
                    shell.request_redraw();
                }
            }
            Some(Pointer::Moved(finger, at)) => {
                if let Some(press) = &mut state.press
                    && press.finger == finger
                {
                    let origin = *press.origin.get_or_insert(at);
                    if origin.distance(at) > SLOP {
                        state.press = None;
                        shell.request_redraw();
                    }
                }
            }
            Some(Pointer::Released(finger)) => {
                if state.press.as_ref().is_some_and(|p| p.finger == finger)
                    && let Some(press) = state.press.take()
                {
                    shell.request_redraw();
                    if over && !press.repeated {
                        self.say(shell);
                        shell.capture_event();
                    }
                }
            }
            Some(Pointer::Lost(finger)) if state.press.as_ref().is_some_and(|p| p.finger == finger) => {
                state.press = None;
                shell.request_redraw();
            }
            Some(Pointer::Lost(_)) | None => {}
        }
        match event {
            Event::Keyboard(keyboard::Event::KeyPressed {
                key: keyboard::Key::Named(key::Named::Enter | key::Named::Space),
                repeat,
                ..
            }) if state.focused && !shell.is_event_captured() => {
                if !repeat || self.repeat_after.is_some() {
                    self.say(shell);
                }
                shell.capture_event();
            }
            Event::Window(window::Event::RedrawRequested(now)) => {
                if let (Some(press), Some(after)) = (&mut state.press, self.repeat_after) {
                    let due = *press.next.get_or_insert(*now + after);
                    if *now >= due {
                        press.next = Some(*now + REPEAT_EVERY);
                        press.repeated = true;
                        self.say(shell);
                    }
                    if let Some(next) = state.press.as_ref().and_then(|p| p.next) {
                        shell.request_redraw_at(next);
                    }
                }
            }
            _ => {}
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
        let state = tree.state.downcast_ref::<State>();
        let bounds = crisp(layout.bounds());
        self.skin.draw(renderer, bounds, state.press.is_some());
        if state.focused {
            ring(renderer, bounds, self.skin.radius, self.skin.focus);
        }
        if let Some(child) = layout.children().next() {
            self.content.as_widget().draw(&tree.children[0], renderer, theme, style, child, cursor, viewport);
        }
    }

    fn mouse_interaction(
        &self,
        _tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _viewport: &Rectangle,
        _renderer: &Renderer,
    ) -> mouse::Interaction {
        if self.on_tap.is_some() && cursor.is_over(layout.bounds()) {
            mouse::Interaction::Pointer
        } else {
            mouse::Interaction::None
        }
    }
}

/// On whole pixels: half a pixel off, a line of one pixel is two of half its contrast. (iced_tiny_skia
/// 0.14 does not heed `Quad::snap`.)
pub(in crate::ui) fn crisp(bounds: Rectangle) -> Rectangle {
    let (x, y) = (bounds.x.round(), bounds.y.round());
    let (right, bottom) = ((bounds.x + bounds.width).round(), (bounds.y + bounds.height).round());
    Rectangle { x, y, width: right - x, height: bottom - y }
}

/// The focus ring, outside a control so that it stands on the page's ground.
pub(super) fn ring(renderer: &mut Renderer, bounds: Rectangle, radius: f32, color: Color) {
    let out = RING + RING_GAP;
    let border = Border { color, width: RING, radius: (radius + out).into() };
    let quad = renderer::Quad { bounds: bounds.expand(out), border, ..Default::default() };
    renderer.fill_quad(quad, Color::TRANSPARENT);
}

impl<'a, M: 'a> From<Tap<'a, M>> for Element<'a, M> {
    fn from(tap: Tap<'a, M>) -> Self {
        Element::new(tap)
    }
}
