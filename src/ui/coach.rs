//! The coach mark over a whole window: the page is dimmed but for what a lesson speaks of, and a bubble
//! with the words stands beside it. The bar and the strip above are never dimmed and always live.
//!
//! What is dimmed cannot be touched, focused or read; a touch there is told ([`Coach::elsewhere`])
//! instead of being swallowed. It fills the window, so that what it measures are the window's places.

mod act;
mod bubble;
mod only;
mod spots;
mod veil;

use std::rc::Rc;

use iced::advanced::widget::{Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Layout, Shell, layout, mouse, overlay, renderer};
use iced::keyboard::{self, key};
use iced::{Element, Event, Length, Point, Rectangle, Renderer, Size, Theme, Vector, window};

pub use bubble::{Bubble, Way};
use only::Only;
pub use spots::FIRST_LINES;
use spots::{Kind, State, spots};

use super::semantic::{Gather, Id, Tree as Seen};
use super::tap::{Pointer, pointer};
use super::theme::{Look, SLOP};

/// What is pointed at, and what may be worked besides: places in the tree's nodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Aim {
    pub at: Vec<usize>,
    pub with: Vec<usize>,
}

/// What the bubble stands among, in the window's places.
#[derive(Clone, Debug, Default)]
pub struct Around {
    pub target: Option<Rectangle>,
    /// Never covered.
    pub clear: Vec<Rectangle>,
    /// Better not covered.
    pub text: Vec<Rectangle>,
}

/// Where a bubble of this size stands in the room; `None`: nowhere.
pub type Place = fn(Rectangle, Size, &Around) -> Option<Point>;

/// What the screen calls for.
pub type Judge<'a, M> = Box<dyn Fn(&Seen) -> Option<M> + 'a>;

/// One lesson's step over a screen.
pub struct Coach<'a, M> {
    pub bubble: Bubble,
    pub place: Place,
    pub aim: Box<dyn Fn(&Seen) -> Aim + 'a>,
    /// Asked at every frame; what it says is published.
    pub judge: Judge<'a, M>,
    /// A control that the program works for her, with a number: each once. No name: what is pointed at.
    pub acts: Option<(u64, String)>,
    /// What is pointed at was worked, by a finger or a key.
    pub tapped: Box<dyn Fn() -> M + 'a>,
    /// The program worked what `acts` named.
    pub acted: Box<dyn Fn() -> M + 'a>,
    /// A touch on what is dimmed.
    pub elsewhere: Box<dyn Fn() -> M + 'a>,
    /// One of the bubble's own buttons.
    pub way: Rc<dyn Fn(Way) -> M + 'a>,
}

/// `head` (strip and bar) over `page`, with a coach mark if there is a lesson. Call it always, so that
/// what is beneath keeps its state while a lesson comes and goes.
pub fn coached<'a, M: 'a>(
    look: &Look,
    head: impl Into<Element<'a, M>>,
    page: impl Into<Element<'a, M>>,
    coach: Option<Coach<'a, M>>,
) -> Element<'a, M> {
    let mut parts = vec![head.into(), page.into()];
    if let Some(coach) = &coach {
        for view in coach.bubble.views(look) {
            let way = coach.way.clone();
            parts.push(view.map(move |asked| way(asked)));
        }
    }
    Element::new(Coached { look: *look, parts, coach })
}

struct Coached<'a, M> {
    look: Look,
    /// Head, page, and the bubble in its sizes, the largest first.
    parts: Vec<Element<'a, M>>,
    coach: Option<Coach<'a, M>>,
}

const HEAD: usize = 0;
const PAGE: usize = 1;
const BUBBLE: usize = 2;
/// Around the bubble, to the window's edges: at the sides, above and below.
const MARGIN: (f32, f32) = (24.0, 8.0);

impl<M> Coached<'_, M> {
    fn size_now(&self, state: &State) -> Option<usize> {
        let bubbles = self.parts.len() - BUBBLE;
        (bubbles > 0).then(|| BUBBLE + state.size.min(bubbles - 1))
    }

    /// Everything that is beneath, dimmed or not.
    fn gather(&mut self, trees: &mut [Tree], places: [Layout<'_>; 2], renderer: &Renderer) -> Seen {
        let mut gather = Gather::default();
        for (n, place) in places.into_iter().enumerate() {
            let part = self.parts[n].as_widget_mut();
            // What is gathered is handed back by the operation itself, not by its outcome.
            let mut operation = iced::advanced::widget::operation::black_box(&mut gather);
            part.operate(&mut trees[n], place, renderer, &mut operation);
        }
        gather.tree().clone()
    }
}

impl<M> Widget<M, Theme, Renderer> for Coached<'_, M> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn children(&self) -> Vec<Tree> {
        self.parts.iter().map(Tree::new).collect()
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(&self.parts);
        if self.coach.is_none() {
            *tree.state.downcast_mut::<State>() = State::default();
        }
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fill)
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let whole = limits.max();
        let loose = layout::Limits::new(Size::ZERO, whole);
        let head = self.parts[HEAD].as_widget_mut().layout(&mut tree.children[HEAD], renderer, &loose);
        let top = head.size().height;
        let rest = layout::Limits::new(Size::ZERO, Size::new(whole.width, (whole.height - top).max(0.0)));
        let page = self.parts[PAGE].as_widget_mut().layout(&mut tree.children[PAGE], renderer, &rest);
        let mut nodes = vec![head, page.move_to(Point::new(0.0, top))];
        let state = tree.state.downcast_mut::<State>();
        if let Some(place) = self.coach.as_ref().map(|coach| coach.place) {
            let places = [Layout::new(&nodes[HEAD]), Layout::new(&nodes[PAGE])];
            let seen = self.gather(&mut tree.children, places, renderer);
            state.spots = spots(self.coach.as_ref(), &seen);
            let page = Rectangle::new(Point::new(0.0, top), Size::new(whole.width, whole.height - top));
            let room = page.shrink([MARGIN.1, MARGIN.0]);
            let limits = layout::Limits::new(Size::ZERO, room.size());
            let texts = seen.texts.iter().filter_map(|text| text.visible);
            let turns = state.spots.iter().filter(|s| s.kind == Kind::Turns).filter_map(|s| s.seen);
            let around = Around {
                target: state.pointed(),
                clear: state.clear(&self.look),
                text: texts.chain(turns).collect(),
            };
            // In need it stands on what may be worked besides, never on what is pointed at.
            let need = Around { clear: around.target.into_iter().collect(), ..around.clone() };
            let last = self.parts.len() - 1;
            for n in BUBBLE..=last {
                let node = self.parts[n].as_widget_mut().layout(&mut tree.children[n], renderer, &limits);
                let at = place(room, node.size(), &around).or_else(|| {
                    (n == last).then(|| place(room, node.size(), &need).unwrap_or(room.position()))
                });
                if let Some(at) = at {
                    state.size = n - BUBBLE;
                    state.bubble = Rectangle::new(at, node.size());
                    nodes.push(node.move_to(at));
                    break;
                }
            }
        }
        layout::Node::with_children(whole, nodes)
    }

    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, o: &mut dyn Operation) {
        let (state, trees) = (tree.state.downcast_ref::<State>(), &mut tree.children);
        let size = self.size_now(state);
        let mut places = layout.children();
        let (Some(head), Some(page)) = (places.next(), places.next()) else { return };
        o.traverse(&mut |o| {
            self.parts[HEAD].as_widget_mut().operate(&mut trees[HEAD], head, renderer, o);
            let part = self.parts[PAGE].as_widget_mut();
            if self.coach.is_none() {
                return part.operate(&mut trees[PAGE], page, renderer, o);
            }
            let open: Vec<&str> = state.spots.iter().map(|s| s.id.as_ref()).collect();
            part.operate(&mut trees[PAGE], page, renderer, &mut Only::new(o, &open));
        });
        if let (Some(n), Some(bubble)) = (size, places.next()) {
            o.traverse(&mut |o| {
                self.parts[n].as_widget_mut().operate(&mut trees[n], bubble, renderer, o);
            });
        }
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
        let places: Vec<Layout<'_>> = layout.children().collect();
        let [head, page, ..] = places[..] else { return };
        if self.coach.is_none() {
            for (n, place) in [head, page].into_iter().enumerate() {
                let part = self.parts[n].as_widget_mut();
                let tree = &mut tree.children[n];
                part.update(tree, event, place, cursor, renderer, clipboard, shell, viewport);
            }
            return;
        }
        let trees = &mut tree.children;
        let state = tree.state.downcast_mut::<State>();
        let size = self.size_now(state);
        let at = match pointer(event) {
            Some(Pointer::Pressed(_, at)) => at.or(cursor.position()),
            _ => cursor.position(),
        };
        let (on_head, on_bubble) = match at {
            Some(at) => (head.bounds().contains(at), state.bubble.contains(at)),
            None => (false, false),
        };
        let mut worked = false;
        let mut to = [true; 2];
        match pointer(event) {
            Some(Pointer::Pressed(..)) => {
                let spot = at.and_then(|at| state.spot(at));
                let live = spot.is_some();
                let pressed = spot.filter(|s| s.pointed && !on_bubble).map(|s| s.id.clone()).zip(at);
                state.press = pressed;
                to = [on_head, !on_head && !on_bubble && live];
                if !on_head && !on_bubble && !live {
                    shell.capture_event();
                    if let Some(coach) = &self.coach {
                        shell.publish((coach.elsewhere)());
                    }
                    return;
                }
            }
            Some(Pointer::Released(_)) => {
                if let (Some((id, from)), Some(at)) = (state.press.take(), lifted(event).or(at)) {
                    let still = state.spot(at).is_some_and(|s| s.id == id);
                    worked = still && from.distance(at) <= SLOP;
                }
            }
            Some(Pointer::Lost(_)) => state.press = None,
            _ => {}
        }
        if let Event::Keyboard(keyboard::Event::KeyPressed {
            key: keyboard::Key::Named(key::Named::Enter | key::Named::Space),
            repeat: false,
            ..
        }) = event
        {
            let seen = self.gather(trees, [head, page], renderer);
            let pointed = |id: &Id| state.spots.iter().any(|s| s.pointed && s.id == *id);
            worked = seen.focused().is_some_and(|node| node.role.is_button() && pointed(&node.id));
        }
        // A hand over the bubble is over nothing beneath.
        let beneath = if on_bubble { mouse::Cursor::Unavailable } else { cursor };
        for (n, place) in [head, page].into_iter().enumerate().filter(|(n, _)| to[*n]) {
            let part = self.parts[n].as_widget_mut();
            part.update(&mut trees[n], event, place, beneath, renderer, clipboard, shell, viewport);
        }
        if let (Some(n), Some(place)) = (size, places.get(BUBBLE)) {
            let bubble = self.parts[n].as_widget_mut();
            bubble.update(&mut trees[n], event, *place, cursor, renderer, clipboard, shell, viewport);
        }
        if let (true, Some(coach)) = (worked, &self.coach) {
            shell.publish((coach.tapped)());
        }
        if let Event::Window(window::Event::RedrawRequested(_)) = event {
            let seen = self.gather(trees, [head, page], renderer);
            let spots = spots(self.coach.as_ref(), &seen);
            if spots != state.spots {
                shell.invalidate_layout();
                shell.request_redraw();
            }
            let Some(coach) = &self.coach else { return };
            if let Some(message) = (coach.judge)(&seen) {
                shell.publish(message);
            }
            self.act(tree, [head, page], &seen, renderer, clipboard, shell, viewport);
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
        let mut places = layout.children();
        for n in [HEAD, PAGE] {
            let Some(place) = places.next() else { return };
            let part = self.parts[n].as_widget();
            part.draw(&tree.children[n], renderer, theme, style, place, cursor, viewport);
        }
        if self.coach.is_none() {
            return;
        }
        let page = layout.children().nth(PAGE).map_or(layout.bounds(), |page| page.bounds());
        veil::draw(renderer, &self.look, page, &state.holes(), state.pointed());
        if let (Some(n), Some(place)) = (self.size_now(state), places.next()) {
            use iced::advanced::Renderer as _;
            let part = self.parts[n].as_widget();
            renderer.with_layer(*viewport, |renderer| {
                part.draw(&tree.children[n], renderer, theme, style, place, cursor, viewport);
            });
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
        let over = layout.children().enumerate().rev().find(|(_, place)| cursor.is_over(place.bounds()));
        let state = tree.state.downcast_ref::<State>();
        let Some((n, place)) = over else { return mouse::Interaction::None };
        let dimmed = self.coach.is_some() && cursor.position().is_none_or(|at| state.spot(at).is_none());
        let part = match n {
            HEAD => HEAD,
            PAGE if dimmed => return mouse::Interaction::None,
            PAGE => PAGE,
            _ => self.size_now(state).unwrap_or(PAGE),
        };
        let tree = &tree.children[part];
        self.parts[part].as_widget().mouse_interaction(tree, place, cursor, viewport, renderer)
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, M, Theme, Renderer>> {
        let page = layout.children().nth(PAGE)?;
        let part = self.parts[PAGE].as_widget_mut();
        part.overlay(&mut tree.children[PAGE], page, renderer, viewport, translation)
    }
}

/// Where a finger was lifted; a mouse is where its cursor is.
fn lifted(event: &Event) -> Option<Point> {
    match event {
        Event::Touch(iced::touch::Event::FingerLifted { position, .. }) => Some(*position),
        _ => None,
    }
}
