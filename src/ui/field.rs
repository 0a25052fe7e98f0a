//! Fields: a line and a long text, both showing a [`Buffer`] that the screen holds. What is typed,
//! by physical key or on-screen, comes to the screen as [`Edit`]s; the widget keeps no copy.

use iced::advanced::text::paragraph::Plain;
use iced::advanced::text::{self, Renderer as _, Wrapping};
use iced::advanced::widget::operation::Focusable;
use iced::advanced::widget::{self, Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Layout, Renderer as _, Shell, layout, mouse, renderer};
use iced::alignment::Vertical;
use iced::{
    Border, Element, Event, Length, Padding, Pixels, Point, Rectangle, Renderer, Size, Theme, Vector,
};

use super::caret::{Paragraph, hit, position};
use super::edit::{Buffer, Edit};
use super::fonts;
use super::semantic::{Node, Probe, Sensitivity};
use super::tap::{Pointer, crisp, pointer};
use super::theme::{Look, SLOP, Type};

mod keys;

const PAD: Padding = Padding { top: 14.0, bottom: 14.0, left: 22.0, right: 22.0 };
const CARET: f32 = 3.0;

/// The box that is typed into. [`super::entry::Entry`] puts label, help and error around it.
pub struct Field<'a, M> {
    look: Look,
    buffer: &'a Buffer,
    node: Node,
    id: widget::Id,
    placeholder: String,
    active: bool,
    /// Shown in place of the buffer's words, which nothing of this widget then reads.
    hidden: Option<&'static str>,
    digits: bool,
    /// Lines of text that are seen at least; `None` fills the height.
    rows: Option<f32>,
    on_focus: Option<Box<dyn Fn() -> M + 'a>>,
    on_edit: Option<Box<dyn Fn(Edit) -> M + 'a>>,
}

impl<'a, M: 'a> Field<'a, M> {
    pub(super) fn new(look: &Look, node: Node, buffer: &'a Buffer) -> Self {
        let id = node.widget_id();
        let mut field = Self {
            look: *look,
            buffer,
            node,
            id,
            placeholder: String::new(),
            active: false,
            hidden: None,
            digits: false,
            rows: Some(1.0),
            on_focus: None,
            on_edit: None,
        };
        field.node.sensitivity = Sensitivity::Private;
        field
    }

    pub(super) fn placeholder(mut self, words: String) -> Self {
        self.placeholder = words;
        self
    }

    pub(super) fn active(mut self, active: bool) -> Self {
        self.active = active;
        self
    }

    pub(super) fn hidden(mut self, signs: Option<&'static str>) -> Self {
        self.hidden = signs;
        if signs.is_some() {
            self.node.sensitivity = Sensitivity::Secret;
        }
        self
    }

    /// What is drawn.
    fn shown(&self) -> &str {
        self.hidden.unwrap_or_else(|| self.buffer.text())
    }

    fn caret(&self) -> usize {
        if self.hidden.is_some() { 0 } else { self.buffer.caret() }
    }

    pub(super) fn digits(mut self, digits: bool) -> Self {
        self.digits = digits;
        self
    }

    pub(super) fn rows(mut self, rows: Option<f32>) -> Self {
        self.rows = rows;
        self
    }

    pub(super) fn on(mut self, focus: impl Fn() -> M + 'a, edit: impl Fn(Edit) -> M + 'a) -> Self {
        self.on_focus = Some(Box::new(focus));
        self.on_edit = Some(Box::new(edit));
        self
    }

    fn line(&self) -> f32 {
        self.look.line(Type::Body)
    }

    fn format<'s>(&self, content: &'s str, bounds: Size) -> text::Text<&'s str> {
        text::Text {
            content,
            bounds,
            size: Pixels(self.look.size(Type::Body)),
            line_height: text::LineHeight::Absolute(Pixels(self.line())),
            font: fonts::REGULAR,
            align_x: text::Alignment::Left,
            align_y: Vertical::Top,
            shaping: text::Shaping::Advanced,
            wrapping: if self.buffer.is_multiline() { Wrapping::WordOrGlyph } else { Wrapping::None },
        }
    }

    fn edit(&self, edit: Edit, shell: &mut Shell<'_, M>) {
        if let Some(on_edit) = &self.on_edit {
            shell.publish(on_edit(edit));
        }
    }
}

#[derive(Default)]
struct State {
    id: Option<widget::Id>,
    focused: bool,
    was_active: bool,
    told: bool,
    words: Plain<Paragraph>,
    /// How far the text is moved left and up, so that the caret is seen.
    shift: Vector,
    seen_caret: Option<Point>,
    press: Option<(Option<iced::touch::Finger>, Option<Point>, f32, bool)>,
    last_raw: Option<Point>,
}

impl Focusable for State {
    fn is_focused(&self) -> bool {
        self.focused
    }
    fn focus(&mut self) {
        self.focused = true;
        self.told = false;
    }
    fn unfocus(&mut self) {
        self.focused = false;
    }
}

impl<'a, M: 'a> Widget<M, Theme, Renderer> for Field<'a, M> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State {
            id: Some(self.id.clone()),
            focused: self.active,
            was_active: self.active,
            told: true,
            ..State::default()
        })
    }

    fn diff(&self, tree: &mut Tree) {
        let state = tree.state.downcast_mut::<State>();
        if state.id.as_ref() != Some(&self.id) {
            *state =
                State { id: Some(self.id.clone()), told: true, last_raw: state.last_raw, ..State::default() };
        }
        // The screen says which field is typed into; its change moves the keys with it.
        if state.was_active != self.active {
            state.focused = self.active;
            state.told = true;
            state.was_active = self.active;
        }
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, if self.rows.is_some() { Length::Shrink } else { Length::Fill })
    }

    fn layout(&mut self, tree: &mut Tree, _renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let width = limits.max().width;
        let room = Size::new((width - PAD.x()).max(1.0), f32::INFINITY);
        let multi = self.buffer.is_multiline();
        let state = tree.state.downcast_mut::<State>();
        let bounds = if multi { room } else { Size::INFINITE };
        if self.buffer.is_empty() && !self.placeholder.is_empty() {
            state.words.update(self.format(&self.placeholder, room));
        } else {
            // A last, empty line has to have a place for the caret.
            let words = self.shown();
            let ends = words.ends_with('\n') || words.is_empty();
            let shown = if ends { format!("{words}\u{200b}") } else { String::new() };
            state.words.update(self.format(if ends { &shown } else { words }, bounds));
        }
        let height = match self.rows {
            Some(rows) => {
                (rows * self.line()).max(if self.buffer.is_empty() { state.words.min_height() } else { 0.0 })
            }
            None => (limits.max().height - PAD.y()).max(self.line()),
        };
        // Keep the caret in view, but only when it moved: else a finger could not scroll away.
        let caret = if self.buffer.is_empty() {
            Point::ORIGIN
        } else {
            position(state.words.raw(), self.shown(), self.caret())
        };
        let view = Size::new(room.width, height);
        if state.seen_caret != Some(caret) {
            state.seen_caret = Some(caret);
            // A window smaller than the caret has no place for it: clamp(3) would not allow that.
            let within = |shift: f32, least: f32, most: f32| shift.max(least.max(0.0)).min(most.max(0.0));
            state.shift.x = within(state.shift.x, caret.x + CARET - view.width, caret.x);
            state.shift.y = within(state.shift.y, caret.y + self.line() - view.height, caret.y);
        }
        let most = (state.words.min_height() - view.height).max(0.0);
        state.shift.y =
            if multi { state.shift.y.min(most.max(caret.y + self.line() - view.height)) } else { 0.0 };
        if multi || self.buffer.is_empty() {
            state.shift.x = 0.0;
        }
        layout::Node::new(Size::new(width, height + PAD.y()))
    }

    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, _: &Renderer, operation: &mut dyn Operation) {
        let state = tree.state.downcast_mut::<State>();
        let mut node = self.node.clone();
        node.value = self.hidden.is_none().then(|| self.buffer.text().to_owned());
        node.state.focused = state.focused;
        node.state.disabled = self.on_edit.is_none();
        operation.custom(Some(&self.id), layout.bounds(), &mut Probe::Control(node));
        if self.on_edit.is_some() {
            operation.focusable(Some(&self.id), layout.bounds(), state);
        }
        // A control's content follows; a field has none.
        operation.traverse(&mut |_| {});
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
        let Some(on_focus) = &self.on_focus else { return };
        if state.focused && !state.told {
            state.told = true;
            if !self.active {
                shell.publish(on_focus());
            }
        }
        let bounds = layout.bounds();
        let inner = bounds.shrink(PAD);
        let over = bounds.intersection(viewport).is_some_and(|b| cursor.is_over(b));
        match pointer(event) {
            Some(Pointer::Pressed(finger, at)) if over && !shell.is_event_captured() => {
                state.press = Some((finger, at.or(state.last_raw), state.shift.y, false));
                shell.capture_event();
            }
            Some(Pointer::Moved(finger, at)) => {
                if let Some((pressed, origin, from, drags)) = &mut state.press
                    && *pressed == finger
                {
                    let origin = *origin.get_or_insert(at);
                    *drags |= origin.distance(at) > SLOP;
                    let most = (state.words.min_height() - inner.height).max(0.0);
                    if *drags && self.buffer.is_multiline() && most > 0.0 {
                        state.shift.y = (*from + origin.y - at.y).clamp(0.0, most);
                        shell.request_redraw();
                        shell.capture_event();
                    }
                }
            }
            Some(Pointer::Released(finger)) => {
                if let Some((pressed, _, _, drags)) = state.press
                    && pressed == finger
                {
                    state.press = None;
                    if let (false, Some(at)) = (drags, cursor.position()) {
                        state.focused = true;
                        state.told = true;
                        if !self.active {
                            shell.publish(on_focus());
                        }
                        if !self.buffer.is_empty() && self.hidden.is_none() {
                            let at = Point::ORIGIN + (at - inner.position()) + state.shift;
                            self.edit(Edit::Place(hit(state.words.raw(), self.buffer.text(), at)), shell);
                        }
                        shell.capture_event();
                        shell.request_redraw();
                    }
                }
            }
            Some(Pointer::Lost(_)) => state.press = None,
            _ => {}
        }
        if let Event::Mouse(mouse::Event::WheelScrolled { delta }) = event
            && over
            && self.buffer.is_multiline()
        {
            let by = match delta {
                mouse::ScrollDelta::Lines { y, .. } => -y * self.line(),
                mouse::ScrollDelta::Pixels { y, .. } => -y,
            };
            let most = (state.words.min_height() - inner.height).max(0.0);
            let to = (state.shift.y + by).clamp(0.0, most);
            if to != state.shift.y {
                state.shift.y = to;
                shell.capture_event();
                shell.request_redraw();
            }
        }
        if let Event::Keyboard(event) = event
            && state.focused
            && !shell.is_event_captured()
            && let Some(edit) = self.key(event, state)
        {
            self.edit(edit, shell);
            shell.capture_event();
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        _theme: &Theme,
        _style: &renderer::Style,
        layout: Layout<'_>,
        _cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_ref::<State>();
        let p = self.look.palette();
        let bounds = layout.bounds();
        let (color, width) = match (self.node.state.invalid, self.active || state.focused) {
            (true, on) => (p.danger, if on { 4.0 } else { 2.0 }),
            (false, true) => (p.accent, 3.0),
            (false, false) => (p.edge, self.look.edge_width()),
        };
        let border = Border { color, width, radius: 12.0.into() };
        renderer.fill_quad(renderer::Quad { bounds: crisp(bounds), border, ..Default::default() }, p.card);
        let inner = bounds.shrink(PAD);
        let Some(clip) = inner.expand(Padding::from([2.0, 4.0])).intersection(viewport) else { return };
        let ink = if self.buffer.is_empty() { p.soft } else { p.ink };
        renderer.with_layer(clip, |renderer| {
            renderer.fill_paragraph(state.words.raw(), inner.position() - state.shift, ink, clip);
        });
        if self.active && self.on_edit.is_some() {
            let at =
                inner.position() - state.shift + (state.seen_caret.unwrap_or(Point::ORIGIN) - Point::ORIGIN);
            let caret =
                Rectangle::new(Point::new(at.x - 1.0, at.y + 2.0), Size::new(CARET, self.line() - 4.0));
            if let Some(bounds) = caret.intersection(&clip) {
                renderer.fill_quad(renderer::Quad { bounds, ..Default::default() }, p.accent);
            }
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
        if cursor.is_over(layout.bounds()) { mouse::Interaction::Text } else { mouse::Interaction::None }
    }
}

impl<'a, M: 'a> From<Field<'a, M>> for Element<'a, M> {
    fn from(field: Field<'a, M>) -> Self {
        Element::new(field)
    }
}
