//! A vertical scrollable that says so: where content goes on, a column at its right holds a «More»
//! button (and one back up), each a full target. Finger, mouse drag and wheel scroll as well.

use iced::advanced::widget::{self, Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Layout, Renderer as _, Shell, layout, mouse, renderer};
use iced::widget::{column, container};
use iced::{Alignment, Element, Event, Length, Point, Rectangle, Renderer, Size, Theme, Vector, window};

use super::button::{icon, skin};
use super::icon::Icon;
use super::semantic::{Id, Node, Role};
use super::tap::{Pointer, Tap, pointer};
use super::theme::{GAP, Look, RING, RING_GAP, SLOP, TARGET, Type};
use super::words::words;
use crate::i18n::{Msg, tr};

mod state;

use state::{Focused, Press, State};

/// Room for the focus ring of what stands at the edge.
const EDGE: f32 = RING + RING_GAP;
/// The column of the two buttons.
const GUTTER: f32 = 84.0;
/// The least and the usual height of «More»: an arrow over its word at the largest text.
const MORE: (f32, f32) = (72.0, 128.0);

#[derive(Clone, Copy, Debug)]
enum Turn {
    Up,
    Down,
}

/// Content that may be taller than its place. Fills the height it is given.
pub struct Scroll<'a, M> {
    id: widget::Id,
    content: Element<'a, M>,
    up: Element<'a, Turn>,
    down: Element<'a, Turn>,
}

/// Is this one of the buttons that turn what scrolls?
pub fn turns(node: &Node) -> bool {
    let named = node.id.ends_with(".more") || node.id.ends_with(".up");
    named && node.role == Role::Button && node.bounds.width <= GUTTER
}

impl<'a, M: 'a> Scroll<'a, M> {
    /// `id` names what is shown: another id starts at the top again.
    pub fn new(look: &Look, id: impl Into<Id>, content: impl Into<Element<'a, M>>) -> Self {
        let id = id.into();
        let turn = |part: &str, says: Msg, shows: Option<Msg>, glyph: Icon, turn| {
            let p = look.palette();
            let word = shows.map(|m| words(look, Type::Bar, m).semibold().color(p.accent).one_line());
            let face = column![icon(glyph, 32.0, p.accent)].push(word).align_x(Alignment::Center);
            let face = container(face).center_x(GUTTER - 12.0).center_y(Length::Fill);
            let mut skin = skin(look, p.card, p.accent);
            skin.edge_width = 2.0;
            let node = Node::new(format!("{id}.{part}"), Role::Button, tr(look.lang, says));
            Element::from(Tap::new(node, skin, face).on(turn).repeats(look))
        };
        Self {
            up: turn("up", Msg::UiUp, None, Icon::ChevronUp, Turn::Up),
            down: turn("more", Msg::AppMore, Some(Msg::UiMore), Icon::ChevronDown, Turn::Down),
            id: Node::new(id, Role::ScrollView, "").widget_id(),
            content: content.into(),
        }
    }
}

/// The layout's three children, and whether the buttons are there.
struct Parts<'a> {
    content: Layout<'a>,
    up: Option<Layout<'a>>,
    down: Option<Layout<'a>>,
}

fn parts(layout: Layout<'_>) -> Option<Parts<'_>> {
    let mut children = layout.children();
    let content = children.next()?;
    let shown = |l: Layout<'_>| l.bounds().height > 0.0;
    let (up, down) = (children.next()?, children.next()?);
    Some(Parts { content, up: Some(up).filter(|l| shown(*l)), down: Some(down).filter(|l| shown(*l)) })
}

impl<'a, M: 'a> Widget<M, Theme, Renderer> for Scroll<'a, M> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::new(&self.id))
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content), Tree::new(&self.up), Tree::new(&self.down)]
    }

    fn diff(&self, tree: &mut Tree) {
        let state = tree.state.downcast_mut::<State>();
        if state.id != self.id {
            *state = State::new(&self.id);
        }
        tree.children[0].diff(&self.content);
        tree.children[1].diff(&self.up);
        tree.children[2].diff(&self.down);
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fill)
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let size = limits.max();
        let mut lay = |width: f32| {
            let limits = layout::Limits::with_compression(
                Size::new(width, 0.0),
                Size::new(width, f32::INFINITY),
                Size::new(false, true),
            );
            self.content.as_widget_mut().layout(&mut tree.children[0], renderer, &limits)
        };
        let whole = lay(size.width);
        let overflows = whole.size().height > size.height + 0.5;
        let content = if overflows { lay((size.width - GUTTER).max(0.0)) } else { whole };
        let state = tree.state.downcast_mut::<State>();
        state.most = if overflows { (content.size().height - size.height).max(0.0) } else { 0.0 };
        state.page = size.height;
        state.to(state.offset);
        // The control in focus never scrolls away by itself: not when the keyboard comes up, nor when
        // an error appears over it. A finger may scroll it away.
        let mut focused = Focused::default();
        let mut node = content;
        self.content.as_widget_mut().operate(
            &mut tree.children[0],
            Layout::new(&node),
            renderer,
            &mut focused,
        );
        let state = tree.state.downcast_mut::<State>();
        let kept = focused.place.map(|place| (place, size));
        if state.kept != kept
            && let Some((place, _)) = kept
        {
            // Its label and error stand above it: as much of them as there is room for.
            let below = place.y + place.height + 12.0 - size.height;
            let above = (place.y - 96.0).max(below.min(place.y - EDGE)).max(0.0);
            state.to(state.offset.clamp(below.max(0.0).min(above), above));
        }
        state.kept = kept;
        let content = std::mem::take(&mut node);
        let up_shown = state.offset > 0.5;
        let down_shown = state.offset + 0.5 < state.most;
        let x = size.width - GUTTER + 12.0;
        let both = TARGET + GAP + MORE.0 <= size.height;
        let tall = if both { size.height - TARGET - GAP } else { size.height }.clamp(TARGET, MORE.1);
        let mut place = |i: usize, shown: bool, y: f32, height: f32| {
            if !shown {
                return layout::Node::new(Size::ZERO);
            }
            let button = if i == 1 { &mut self.up } else { &mut self.down };
            let limits = layout::Limits::new(Size::ZERO, Size::new(GUTTER - 12.0, height));
            button.as_widget_mut().layout(&mut tree.children[i], renderer, &limits).move_to(Point::new(x, y))
        };
        // Where two buttons have no room, the one that goes on stands alone, at the end the one back.
        let up = place(1, up_shown && (both || !down_shown), 0.0, TARGET);
        let down = place(2, down_shown, size.height - tall, tall);
        layout::Node::with_children(size, vec![content, up, down])
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        let Some(parts) = parts(layout) else { return };
        let state = tree.state.downcast_mut::<State>();
        let translation = Vector::new(0.0, state.offset);
        if state.most > 0.0 {
            operation.scrollable(Some(&self.id), layout.bounds(), parts.content.bounds(), translation, state);
        }
        operation.traverse(&mut |operation| {
            let content = self.content.as_widget_mut();
            content.operate(&mut tree.children[0], parts.content, renderer, operation);
        });
        operation.container(None, layout.bounds());
        operation.traverse(&mut |operation| {
            if let Some(up) = parts.up {
                self.up.as_widget_mut().operate(&mut tree.children[1], up, renderer, operation);
            }
            if let Some(down) = parts.down {
                self.down.as_widget_mut().operate(&mut tree.children[2], down, renderer, operation);
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
        let Some(parts) = parts(layout) else { return };
        let bounds = layout.bounds();
        let mut turns = Vec::new();
        {
            let mut own = Shell::new(&mut turns);
            let buttons = [(&mut self.up, 1, parts.up), (&mut self.down, 2, parts.down)];
            for (button, i, place) in buttons {
                if let Some(place) = place {
                    let tree = &mut tree.children[i];
                    let button = button.as_widget_mut();
                    button.update(tree, event, place, cursor, renderer, clipboard, &mut own, viewport);
                }
            }
            if own.is_event_captured() {
                shell.capture_event();
            }
            shell.request_redraw_at(own.redraw_request());
        }
        let state = tree.state.downcast_mut::<State>();
        for turn in turns {
            let by = (state.page * 0.8).max(TARGET);
            if state.to(state.offset + if matches!(turn, Turn::Up) { -by } else { by }) {
                shell.invalidate_layout();
                shell.request_redraw();
            }
        }

        if let Event::Mouse(mouse::Event::CursorMoved { position }) = event {
            state.last_raw = Some(*position);
        }
        let over = cursor.is_over(bounds);
        let mut drags = false;
        match pointer(event) {
            Some(Pointer::Pressed(finger, at)) if over && state.most > 0.0 && !shell.is_event_captured() => {
                let origin = at.or(state.last_raw);
                state.press = Some(Press { finger, origin, from: state.offset, drags: false });
            }
            Some(Pointer::Moved(finger, at)) => {
                let from = state.press.as_mut().filter(|p| p.finger == finger).and_then(|press| {
                    let origin = *press.origin.get_or_insert(at);
                    press.drags |= (origin.y - at.y).abs() > SLOP;
                    press.drags.then_some(press.from + origin.y - at.y)
                });
                if let Some(to) = from {
                    drags = true;
                    if state.to(to) {
                        shell.invalidate_layout();
                        shell.request_redraw();
                    }
                }
            }
            Some(Pointer::Released(finger) | Pointer::Lost(finger))
                if state.press.as_ref().is_some_and(|p| p.finger == finger) =>
            {
                state.press = None;
            }
            _ => {}
        }
        if let Event::Mouse(mouse::Event::WheelScrolled { delta }) = event
            && over
            && !shell.is_event_captured()
        {
            let by = match delta {
                mouse::ScrollDelta::Lines { y, .. } => -y * TARGET,
                mouse::ScrollDelta::Pixels { y, .. } => -y,
            };
            if state.to(state.offset + by) {
                shell.capture_event();
                shell.invalidate_layout();
                shell.request_redraw();
            }
        }

        let shift = Vector::new(0.0, state.offset);
        let inner = match cursor.position() {
            Some(at) if over => mouse::Cursor::Available(at + shift),
            _ => cursor.levitate() + shift,
        };
        let seen = bounds.intersection(viewport).unwrap_or(Rectangle::with_size(Size::ZERO)) + shift;
        // A press inside has been noted above; the widget in it may take it, too: whichever it is,
        // tap or scroll, the distance decides.
        let content = self.content.as_widget_mut();
        content.update(&mut tree.children[0], event, parts.content, inner, renderer, clipboard, shell, &seen);
        if drags {
            shell.capture_event();
        }
        // The focus may have scrolled it (an operation lays nothing out): are the buttons still true?
        if let Event::Window(window::Event::RedrawRequested(_)) = event {
            let state = tree.state.downcast_ref::<State>();
            let (up, down) = (state.offset > 0.5, state.offset + 0.5 < state.most);
            if down != parts.down.is_some()
                || (!up && parts.up.is_some())
                || (up && !down && parts.up.is_none())
            {
                shell.invalidate_layout();
            }
        }
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        let Some(parts) = parts(layout) else { return mouse::Interaction::None };
        let over = |l: Option<Layout<'_>>| l.is_some_and(|l| cursor.is_over(l.bounds()));
        if over(parts.up) || over(parts.down) {
            return mouse::Interaction::Pointer;
        }
        let shift = Vector::new(0.0, tree.state.downcast_ref::<State>().offset);
        let inner = match cursor.position_over(layout.bounds()) {
            Some(at) => mouse::Cursor::Available(at + shift),
            None => mouse::Cursor::Unavailable,
        };
        let content = self.content.as_widget();
        content.mouse_interaction(&tree.children[0], parts.content, inner, &(*viewport + shift), renderer)
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
        let Some(parts) = parts(layout) else { return };
        let bounds = layout.bounds();
        let state = tree.state.downcast_ref::<State>();
        let wide = Rectangle { x: bounds.x - EDGE, width: bounds.width + 2.0 * EDGE, ..bounds };
        // At rest the ring of the first and last control may stand over the edge.
        let top = if state.offset > 0.0 { 0.0 } else { EDGE };
        let bottom = if state.offset < state.most { 0.0 } else { EDGE };
        let clip = Rectangle { y: wide.y - top, height: wide.height + top + bottom, ..wide };
        let Some(clip) = clip.intersection(viewport) else { return };
        let shift = Vector::new(0.0, state.offset);
        let inner = match cursor.position_over(bounds) {
            Some(at) => mouse::Cursor::Available(at + shift),
            None => mouse::Cursor::Unavailable,
        };
        renderer.with_layer(clip, |renderer| {
            renderer.with_translation(Vector::new(0.0, -state.offset), |renderer| {
                let seen = clip + shift;
                let content = self.content.as_widget();
                content.draw(&tree.children[0], renderer, theme, style, parts.content, inner, &seen);
            });
        });
        if let Some(up) = parts.up {
            self.up.as_widget().draw(&tree.children[1], renderer, theme, style, up, cursor, viewport);
        }
        if let Some(down) = parts.down {
            self.down.as_widget().draw(&tree.children[2], renderer, theme, style, down, cursor, viewport);
        }
    }
}

impl<'a, M: 'a> From<Scroll<'a, M>> for Element<'a, M> {
    fn from(scroll: Scroll<'a, M>) -> Self {
        Element::new(scroll)
    }
}
