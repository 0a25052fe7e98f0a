//! One answer of several, as large rows; a declaration to tick.

use iced::Element;

use crate::domain::form::{Choice, Page};
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::screen::letter::{Message, State};
use crate::ui::button::{answer, check, choice};
use crate::ui::grid::Grid;

/// Many answers stand in columns where there is room.
const MANY: usize = 7;

pub fn body<'a>(
    frame: Frame<'a, Message>,
    state: &'a State,
    page: &'static Page,
    context: &Context<'a>,
) -> Frame<'a, Message> {
    let look = context.look;
    let Some(field) = page.fields.first() else { return frame };
    let chosen = state.player.choice(&field.id).unwrap_or_default();
    // What cannot be chosen yet is no door: it is not shown.
    let options: Vec<&'static Choice> = state.player.options(field).iter().filter(|o| !o.not_yet).collect();
    let columns = match options.len() {
        n if n >= MANY && look.has_side() => 2 + usize::from(n > 2 * MANY),
        n if n >= MANY && look.is_portrait() => 2,
        _ => 1,
    };
    let few = options.len() < MANY;
    let frame = if columns > 1 { frame.wide() } else { frame };
    let rows = options.into_iter().map(|option| -> Element<'a, Message> {
        let id = format!("{}.{}", field.id, option.id);
        let hint = option.hint.as_ref().map(|h| h.get(look.lang).to_owned());
        let message = Message::Choose(&field.id, &option.id);
        let make = if few { answer } else { choice };
        make(look, id, option.label.get(look.lang), hint, chosen == option.id).on(message).into()
    });
    frame.push(Grid::new(columns, look.space(1.5).max(8.0), rows))
}

/// The words that are declared, and a tick.
pub fn declaration<'a>(
    mut frame: Frame<'a, Message>,
    state: &'a State,
    page: &'static Page,
    context: &Context<'a>,
) -> Frame<'a, Message> {
    let look = context.look;
    for field in &page.fields {
        if let Some(words) = &field.hint {
            let says = crate::ui::words::text(look, words.get(look.lang));
            frame = frame.push(crate::ui::card::card(look, says));
        }
        let ticked = state.player.is_ticked(&field.id);
        let message = Message::Tick(&field.id, !ticked);
        frame = frame.push(check(look, field.id.as_str(), field.label.get(look.lang), ticked).on(message));
    }
    frame
}
