//! Who the letter is to: the bodies proposed for what happened and where, or a search.

use iced::Element;

use crate::content::Body;
use crate::domain::form::Page;
use crate::i18n::Msg;
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::screen::letter::{Message, State};
use crate::ui::button::choice;
use crate::ui::entry::Entry;
use crate::ui::icon::Icon;
use crate::ui::words::{strong, text};

/// The search box's place among the buffers.
pub const SEARCH: &str = "letter.search";

pub fn body<'a>(
    mut frame: Frame<'a, Message>,
    state: &'a State,
    page: &'static Page,
    context: &Context<'a>,
) -> Frame<'a, Message> {
    let look = context.look;
    let Some(field) = page.fields.first() else { return frame };
    if let Some(buffer) = state.buffer(SEARCH) {
        let search = Entry::new(look, SEARCH, Msg::LetterSearch, buffer)
            .unlabelled()
            .placeholder(Msg::LetterSearch)
            .icon(Icon::Search)
            .active(state.is_active(SEARCH))
            .on(|| Message::Focus(SEARCH), |edit| Message::Edit(SEARCH, edit));
        frame = frame.push(search.view());
    }
    let chosen = state.player.body();
    let row = |body: &'static Body| -> Element<'a, Message> {
        let id = format!("{}.{}", field.id, body.id);
        let note = body.address.as_ref().map(|a| a.get(look.lang).to_owned());
        let is = chosen.is_some_and(|c| c.id == body.id);
        choice(look, id, body.name.get(look.lang), note, is).on(Message::Body(&field.id, &body.id)).into()
    };
    let searching = state.buffer(SEARCH).is_some_and(|b| !b.text().trim().is_empty());
    let found = state.bodies(context);
    if !searching && !found.is_empty() {
        frame = frame.push(strong(look, Msg::LetterProposed));
    }
    // What is chosen stays in sight, whatever is searched for next.
    if let Some(body) = chosen
        && !found.iter().any(|b| b.id == body.id)
    {
        frame = frame.push(row(body));
    }
    if found.is_empty() && searching {
        frame = frame.push(text(look, Msg::LetterSearchNone));
    }
    for body in found {
        frame = frame.push(row(body));
    }
    frame
}
