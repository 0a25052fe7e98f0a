//! A page of the kit whose body is a column of parts.

use iced::widget::Column;
use iced::{Element, Length};

use super::Context;
use crate::ui::icon::Icon;
use crate::ui::page::Page;
use crate::ui::semantic::Id;
use crate::ui::theme::Look;
use crate::ui::words::Say;

pub struct Frame<'a, M> {
    look: &'a Look,
    page: Page<'a, M>,
    parts: Vec<Element<'a, M>>,
    panel: Option<Element<'a, M>>,
}

impl<'a, M: Clone + 'a> Frame<'a, M> {
    pub fn new(context: &Context<'a>, id: impl Into<Id>, says: impl Say) -> Self {
        Self::on(context.look, id, says)
    }

    /// A page that is no visitor's.
    pub fn on(look: &'a Look, id: impl Into<Id>, says: impl Say) -> Self {
        Self { look, page: Page::new(look, id, says), parts: Vec::new(), panel: None }
    }

    pub fn crumb(self, says: impl Say) -> Self {
        Self { page: self.page.crumb(says), ..self }
    }

    pub fn steps(self, at: usize, total: usize) -> Self {
        Self { page: self.page.steps(at, total), ..self }
    }

    pub fn hint(self, says: impl Say) -> Self {
        Self { page: self.page.hint(says), ..self }
    }

    pub fn push(mut self, part: impl Into<Element<'a, M>>) -> Self {
        self.parts.push(part.into());
        self
    }

    pub fn push_maybe(self, part: Option<impl Into<Element<'a, M>>>) -> Self {
        match part {
            Some(part) => self.push(part),
            None => self,
        }
    }

    /// A body of many columns: as wide as the window.
    pub fn wide(self) -> Self {
        Self { page: self.page.wide(), ..self }
    }

    /// A panel that is always whole, and never scrolls away.
    pub fn beside(self, panel: impl Into<Element<'a, M>>) -> Self {
        Self { panel: Some(panel.into()), ..self }
    }

    /// Beside the body where there is room, beneath it where there is none.
    pub fn side(self, part: impl Into<Element<'a, M>>) -> Self {
        Self { page: self.page.side(part), ..self }
    }

    pub fn back(self, message: M) -> Self {
        Self { page: self.page.back(message), ..self }
    }

    /// Another way on, beside Back.
    pub fn also(self, id: impl Into<Id>, says: impl Say, icon: Icon, message: M) -> Self {
        Self { page: self.page.also(id, says, Some(icon), message), ..self }
    }

    pub fn next(self, message: M) -> Self {
        Self { page: self.page.next(message), ..self }
    }

    /// What goes on; `None` where it cannot now.
    pub fn primary(self, says: impl Say, message: Option<M>) -> Self {
        Self { page: self.page.primary(says, message), ..self }
    }

    pub fn keyboard(self, keyboard: Option<Element<'a, M>>) -> Self {
        Self { page: self.page.keyboard(keyboard), ..self }
    }

    pub fn show(self) -> Element<'a, M> {
        let gap = self.look.space(2.0);
        let body = Column::with_children(self.parts).spacing(gap).width(Length::Fill);
        match self.panel {
            Some(panel) => self.page.beside(body, panel).view(),
            None => self.page.body(body).view(),
        }
    }

    /// The one part takes exactly the room there is, and scrolls itself.
    pub fn show_filled(self, part: impl Into<Element<'a, M>>) -> Element<'a, M> {
        self.page.fill(part).view()
    }
}
