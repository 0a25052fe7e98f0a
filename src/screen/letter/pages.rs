//! How a question of a form file looks: one function a kind of page. What is asked, and in whose
//! words, stands in the form; what was answered, in the player.

pub mod attachments;
mod check;
mod choice;
pub mod directory;
pub mod fields;

use iced::Element;

use crate::domain::form::{FieldKind, Page, PageKind};
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::screen::letter::{Message, State};

/// The body of the page that the player stands on.
pub fn body<'a>(
    frame: Frame<'a, Message>,
    state: &'a State,
    page: &'static Page,
    context: &Context<'a>,
) -> Frame<'a, Message> {
    match page.kind {
        PageKind::Choice | PageKind::Place => choice::body(frame, state, page, context),
        PageKind::Directory => directory::body(frame, state, page, context),
        // The long text fills what is left of the page: see [`filling`].
        _ if is_long(page) => frame,
        PageKind::Text | PageKind::Details | PageKind::Person => fields::body(frame, state, page, context),
        PageKind::Attachments => attachments::body(frame, state, page, context),
        PageKind::Declaration => choice::declaration(frame, state, page, context),
        PageKind::Check => check::body(frame, state, context),
    }
}

/// A part that takes exactly the room there is.
pub fn filling<'a>(
    state: &'a State,
    page: &'static Page,
    context: &Context<'a>,
) -> Option<Element<'a, Message>> {
    if is_long(page) { fields::long(state, page, context) } else { None }
}

/// A page of one text of several lines.
fn is_long(page: &Page) -> bool {
    page.fields.len() == 1 && page.fields[0].kind == FieldKind::Lines
}
