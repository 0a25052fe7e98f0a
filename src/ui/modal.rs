//! A dialog over a page: what lies beneath is dimmed and cannot be touched, focused or read, so the
//! focus stays in the dialog.

use iced::widget::{Column, Row, column, container, row, stack};
use iced::{Alignment, Element, Length};

use super::button::icon;
use super::card::box_style;
use super::icon::Icon;
use super::mark::Mark;
use super::semantic::{Id, Node, Role};
use super::tap::Tap;
use super::theme::{Look, RADIUS, Type};
use super::words::{Say, text, title};

/// A dialog's content: one question, at most a few answers.
pub struct Dialog<'a, M> {
    look: Look,
    id: Id,
    glyph: Option<Icon>,
    title: String,
    texts: Vec<String>,
    content: Option<Element<'a, M>>,
    buttons: Vec<Tap<'a, M>>,
}

impl<'a, M: 'a> Dialog<'a, M> {
    pub fn new(look: &Look, id: impl Into<Id>, says: impl Say) -> Self {
        Self {
            look: *look,
            id: id.into(),
            glyph: None,
            title: says.say(look.lang),
            texts: Vec::new(),
            content: None,
            buttons: Vec::new(),
        }
    }

    pub fn icon(mut self, glyph: Icon) -> Self {
        self.glyph = Some(glyph);
        self
    }

    pub fn text(mut self, says: impl Say) -> Self {
        self.texts.push(says.say(self.look.lang));
        self
    }

    pub fn content(mut self, content: impl Into<Element<'a, M>>) -> Self {
        self.content = Some(content.into());
        self
    }

    /// The safe answer last: it stands at the right, where the primary stands on pages.
    pub fn button(mut self, tap: Tap<'a, M>) -> Self {
        self.buttons.push(tap);
        self
    }

    fn view(self) -> Element<'a, M> {
        let look = self.look;
        let p = look.palette();
        let node = Node::new(self.id, Role::Dialog, self.title.clone());
        let head = row![]
            .push(self.glyph.map(|g| icon(g, look.size(Type::Title) * 1.2, p.accent)))
            .push(title(&look, self.title))
            .spacing(16)
            .align_y(Alignment::Center);
        let texts = self.texts.into_iter().map(|t| text(&look, t).into());
        // Three side by side would break anywhere.
        let many = self.buttons.len() > 2;
        let buttons = self.buttons.into_iter().map(Element::from);
        let buttons: Element<'a, M> = if many || look.is_portrait() || look.step.body() > 30.0 {
            Column::with_children(buttons).spacing(12).into()
        } else {
            Row::with_children(buttons).spacing(16).wrap().vertical_spacing(12).into()
        };
        let inside = column![head, Column::with_children(texts).spacing(look.space(1.0))]
            .push(self.content)
            .push(buttons)
            .spacing(look.space(3.0));
        let width = (look.measure() * 0.72 + 120.0).min(look.viewport.width - 2.0 * look.margin());
        let card = container(inside)
            .padding(look.space(5.0))
            .width(width)
            .style(move |_| box_style(p.card, p.edge, 1.0, RADIUS));
        Mark::new(node, card).into()
    }
}

/// `base` with the dialog over it, if there is one. Call it always, so that what is beneath keeps
/// its state while a dialog comes and goes.
pub fn over<'a, M: 'a>(
    look: &Look,
    base: impl Into<Element<'a, M>>,
    dialog: Option<Dialog<'a, M>>,
) -> Element<'a, M> {
    let veil = look.palette().veil;
    let layer =
        dialog.map(|d| container(d.view()).center(Length::Fill).style(move |_| container::background(veil)));
    stack![Mark::inert(layer.is_some(), base)].push(layer).width(Length::Fill).height(Length::Fill).into()
}
