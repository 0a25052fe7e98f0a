//! Fields to type into: short ones under one another, or one long text.

use iced::Element;

use crate::domain::form::{Field, FieldKind, Page};
use crate::i18n::{Msg, Text};
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::screen::help::HIDDEN;
use crate::screen::letter::{Message, State};
use crate::ui::entry::Entry;
use crate::ui::keyboard::Kind;

/// What the keyboard offers for a field.
pub fn kind(field: &Field) -> Kind {
    match field.kind {
        FieldKind::Iin | FieldKind::Bin => Kind::Digits,
        FieldKind::Phone => Kind::Phone,
        FieldKind::Email => Kind::Email,
        _ => Kind::Text,
    }
}

fn entry<'a>(state: &'a State, field: &'static Field, context: &Context<'a>) -> Option<Entry<'a, Message>> {
    let look = context.look;
    let buffer = state.buffer(&field.id)?;
    let label = field.label.get(look.lang);
    let label = if field.required {
        label.to_owned()
    } else {
        Text::new(Msg::LetterOptional).with("label", label).say(look.lang)
    };
    let mut entry = Entry::new(look, field.id.as_str(), label, buffer)
        .kind(kind(field))
        .active(state.is_active(&field.id))
        .hidden((context.help.hides() && field.is_personal()).then_some(HIDDEN))
        .error(state.error(&field.id, look.lang))
        .on(move || Message::Focus(&field.id), move |edit| Message::Edit(&field.id, edit));
    if let Some(hint) = &field.hint {
        entry = entry.help(hint.get(look.lang));
    }
    Some(entry)
}

pub fn body<'a>(
    mut frame: Frame<'a, Message>,
    state: &'a State,
    page: &'static Page,
    context: &Context<'a>,
) -> Frame<'a, Message> {
    for field in state.player.fields(page) {
        frame = frame.push_maybe(entry(state, field, context).map(Entry::view));
    }
    frame
}

/// The one long text takes all the height there is.
pub fn long<'a>(
    state: &'a State,
    page: &'static Page,
    context: &Context<'a>,
) -> Option<Element<'a, Message>> {
    let field = page.fields.first()?;
    Some(entry(state, field, context)?.unlabelled().fills().counted().view())
}
