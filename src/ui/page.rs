//! The frame of a page: heading and buttons that never scroll away, a body that may.
//!
//! Back is always at the bottom left, the one primary always at the bottom right, whether the
//! on-screen keyboard (which stands above them) is up or not.

use iced::widget::{Column, Row, Space, column, container, row};
use iced::{Alignment, Element, Length};

use super::button::{primary_waiting, primary_with, secondary_with};
use super::card;
use super::icon::Icon;
use super::scroll::Scroll;
use super::semantic::Id;
use super::tap::Tap;
use super::theme::{GAP, Look, Step, Type};
use super::words::{Say, heading, small, text};
use crate::i18n::{Msg, tr};

/// Between the body and the side panels.
const PANEL_GAP: f32 = 48.0;

/// A page under construction; [`Page::view`] lays it out for the look's viewport and text size.
pub struct Page<'a, M> {
    look: Look,
    id: Id,
    crumb: Option<String>,
    steps: Option<(usize, usize)>,
    heading: String,
    hint: Option<String>,
    body: Option<Element<'a, M>>,
    fills: bool,
    wide: bool,
    side: Vec<Element<'a, M>>,
    fixed: Option<Element<'a, M>>,
    back: Option<Tap<'a, M>>,
    also: Vec<(f32, Tap<'a, M>)>,
    primary: Option<(f32, Tap<'a, M>)>,
    keyboard: Option<Element<'a, M>>,
}

impl<'a, M: 'a> Page<'a, M> {
    /// `id` names the page (`letter.text`): its scroll starts at the top when the id changes.
    pub fn new(look: &Look, id: impl Into<Id>, says: impl Say) -> Self {
        Self {
            look: *look,
            id: id.into(),
            crumb: None,
            steps: None,
            heading: says.say(look.lang),
            hint: None,
            body: None,
            fills: false,
            wide: false,
            side: Vec::new(),
            fixed: None,
            back: None,
            also: Vec::new(),
            primary: None,
            keyboard: None,
        }
    }

    /// The small line over the heading: where in the whole this is.
    pub fn crumb(mut self, says: impl Say) -> Self {
        self.crumb = Some(says.say(self.look.lang));
        self
    }

    /// Question `at` (from 1) of `total`, as bars.
    pub fn steps(mut self, at: usize, total: usize) -> Self {
        self.steps = Some((at, total));
        self
    }

    /// The line under the heading.
    pub fn hint(mut self, says: impl Say) -> Self {
        self.hint = Some(says.say(self.look.lang)).filter(|h| !h.is_empty());
        self
    }

    /// What scrolls if it must.
    pub fn body(mut self, body: impl Into<Element<'a, M>>) -> Self {
        self.body = Some(body.into());
        self.fills = false;
        self
    }

    /// A body of many columns: as wide as the window. Any other is as wide as it is beside a side
    /// panel, so that nothing moves when a panel comes or goes between two pages.
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// A body that takes exactly the room there is (a long text, the PIN pad) and scrolls itself.
    pub fn fill(mut self, body: impl Into<Element<'a, M>>) -> Self {
        self.body = Some(body.into());
        self.fills = true;
        self
    }

    /// A body that may scroll beside a panel that never does and is always whole (the PIN pad): at
    /// the right in landscape, beneath the body in portrait.
    pub fn beside(mut self, body: impl Into<Element<'a, M>>, panel: impl Into<Element<'a, M>>) -> Self {
        self.fixed = Some(panel.into());
        self.body(body)
    }

    /// A panel at the right; below the body where there is no room. Several stand one under another.
    pub fn side(mut self, panel: impl Into<Element<'a, M>>) -> Self {
        self.side.push(panel.into());
        self
    }

    /// Back, bottom left: on every page but the first.
    pub fn back(mut self, message: M) -> Self
    where
        M: Clone,
    {
        let tap = secondary_with(&self.look, "page.back", Msg::AppBack, Some(Icon::ChevronLeft));
        self.back = Some(tap.on(message));
        self
    }

    /// The one button that goes on, bottom right. `None` as message disables it; prefer to let it
    /// work and say what is missing.
    pub fn primary(mut self, says: impl Say, message: Option<M>) -> Self
    where
        M: Clone,
    {
        let says = says.say(self.look.lang);
        let width = wide(&self.look, &says);
        let after = Some(Icon::ChevronRight);
        let tap = match message {
            Some(message) => primary_with(&self.look, "page.next", says, after).on(message),
            None => primary_waiting(&self.look, "page.next", says, after),
        };
        self.primary = Some((width, tap));
        self
    }

    /// «Әрі қарай».
    pub fn next(self, message: M) -> Self
    where
        M: Clone,
    {
        self.primary(Msg::AppNext, Some(message))
    }

    /// A further way on, beside Back (print, save, continue later).
    pub fn also(mut self, id: impl Into<Id>, says: impl Say, glyph: Option<Icon>, message: M) -> Self
    where
        M: Clone,
    {
        let says = says.say(self.look.lang);
        let width = wide(&self.look, &says);
        let tap = secondary_with(&self.look, id, says, glyph).on(message);
        self.also.push((width, tap));
        self
    }

    /// The on-screen keyboard; see [`super::keyboard`].
    pub fn keyboard(mut self, keyboard: Option<Element<'a, M>>) -> Self {
        self.keyboard = keyboard;
        self
    }

    pub fn view(self) -> Element<'a, M> {
        let look = self.look;
        let typing = self.keyboard.is_some();
        // With the keyboard up there is little room: the question and its field come first.
        let tight = typing && (look.is_low() || (!look.is_portrait() && look.step >= Step::Larger));
        let margin = look.margin();

        let mut head = Column::new().spacing(look.space(1.0)).width(Length::Fill);
        if !tight {
            let crumb = self.crumb.map(|c| small(&look, c));
            let bars = self.steps.map(|(at, total)| card::steps(&look, at, total));
            // One line instead of two is one more line to write in.
            head = if typing && !look.is_portrait() {
                head.push(row![].push(crumb).push(bars).spacing(24).align_y(Alignment::Center))
            } else {
                head.push(crumb).push(bars)
            };
        }
        let word = heading(&look, self.heading);
        let size = look.size(Type::Title).min(look.size(Type::Body) * 1.2);
        head = head.push(if tight { word.size(size, (size * 1.2).round()) } else { word });
        if !tight {
            head = head.push(self.hint.map(|h| text(&look, h).soft(&look)));
        }

        let panels = 420.0 + (look.step.body() - 24.0) * 6.0;
        let room = look.viewport.width - 2.0 * margin;
        let side = look.has_side() && !(typing && look.is_low());
        let beside = side && !self.side.is_empty();
        let narrow = side && !self.wide && self.fixed.is_none();
        let mut main = Column::new()
            .push(head)
            .spacing(look.space(if tight { 1.5 } else { 2.5 }))
            .width(Length::Fill)
            .height(Length::Fill);
        let gap = look.space(2.5);
        let stacked = |panels: Vec<Element<'a, M>>| Column::with_children(panels).spacing(gap);
        let mut beside_panels = None;
        let below = if beside {
            beside_panels = Some(stacked(self.side));
            None
        } else if tight || self.side.is_empty() {
            None
        } else {
            Some(stacked(self.side))
        };
        main = match (self.body, self.fills) {
            (Some(body), true) => main.push(container(body).height(Length::Fill)).push(below),
            (body, _) => {
                let inside = Column::new().push(body).push(below).spacing(gap).width(Length::Fill);
                main.push(Scroll::new(&look, self.id.clone(), inside))
            }
        };
        let mut fixed = self.fixed;
        if look.is_portrait() {
            main = main.push(fixed.take().map(|panel| container(panel).center_x(Length::Fill)));
        }
        let content: Element<'a, M> = match (fixed, beside_panels) {
            (Some(panel), _) => {
                let width = (look.viewport.width * 0.33).clamp(420.0, 620.0);
                row![main, container(panel).width(width)].spacing(if look.is_low() { 24 } else { 64 }).into()
            }
            (None, None) if narrow => container(main).max_width(room - panels - PANEL_GAP).into(),
            (None, None) => main.into(),
            (None, Some(stack)) => {
                let stack = Scroll::new(&look, format!("{}.side", self.id), stack);
                row![main, container(stack).width(panels)].spacing(PANEL_GAP).into()
            }
        };
        let top = if tight { 8.0 } else { look.space(4.0) };
        let content = container(content)
            .padding(iced::Padding { top, right: margin, bottom: look.space(1.5), left: margin })
            .height(Length::Fill);

        // Where the buttons do not fit side by side, the further ones have a row of their own.
        let next = self.primary.as_ref().map_or(0.0, |(w, _)| *w);
        let others: f32 = self.also.iter().map(|(w, _)| w + 16.0).sum();
        let back = if self.back.is_some() { wide(&look, &tr(look.lang, Msg::AppBack)) } else { 0.0 };
        let fits = back + others + next + 32.0 <= room;
        let also: Vec<Element<'a, M>> = self.also.into_iter().map(|(_, tap)| tap.into()).collect();
        let mut actions = Row::new().spacing(16).align_y(Alignment::End).push(self.back);
        let mut above = None;
        if fits {
            actions = also.into_iter().fold(actions, Row::push);
        } else if !tight {
            above = Some(Row::with_children(also).spacing(16).wrap().vertical_spacing(GAP));
        }
        let actions = actions.push(Space::new().width(Length::Fill)).push(self.primary.map(|(_, tap)| tap));
        let pad: f32 = if look.is_low() { 6.0 } else { 20.0 };
        let actions = column![].push(above).push(actions).spacing(GAP);
        let actions = container(actions)
            .padding(iced::Padding { top: pad.min(12.0), right: margin, bottom: pad, left: margin })
            .width(Length::Fill);
        column![content].push(self.keyboard).push(actions).height(Length::Fill).into()
    }
}

/// About how wide a button with these words is.
fn wide(look: &Look, says: &str) -> f32 {
    says.chars().count() as f32 * look.size(Type::Label) * 0.6 + 112.0
}
