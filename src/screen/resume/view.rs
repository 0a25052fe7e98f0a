//! Where the letter is looked for, then its code.

use iced::{Element, keyboard};

use super::{Found, Message, Stage, State};
use crate::clock::Moment;
use crate::i18n::{Msg, Text, format};
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::screen::help::DOT;
use crate::screen::later::{fault, head};
use crate::screen::once::CodePad;
use crate::store::draft::Code;
use crate::ui::button::{secondary_with, tile};
use crate::ui::card::{Notice, card, notice, progress};
use crate::ui::code::{self, Press};
use crate::ui::grid::Grid;
use crate::ui::icon::Icon;
use crate::ui::keys::keys;
use crate::ui::theme::Look;
use crate::ui::words::{strong, text, title};

pub fn view<'a>(state: &'a State, context: Context<'a>) -> Element<'a, Message> {
    match &state.stage {
        Stage::Finding | Stage::Reading => find(state, context),
        Stage::Asking { pad, trying, short, .. } => ask(state, pad, *trying, *short, context),
    }
}

fn find<'a>(state: &'a State, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let mut frame = Frame::new(&context, "resume", Msg::ResumeTitle).hint(Msg::ResumeText).wide();
    if let Some(code) = state.said {
        frame = frame.push(fault(look, code));
    }
    let columns = if look.is_portrait() || !look.has_side() { 1 } else { 2 };
    let ways = [by_stick(state, &context), by_sheets(state, look)];
    frame = frame.push(Grid::new(columns, look.space(2.0), ways));
    if !state.found.is_empty() {
        let tiles = state.found.iter().enumerate().map(|(n, found)| saved(look, n, found));
        frame = frame.push(title(look, Msg::ResumeChoose)).push(Grid::new(
            columns,
            look.space(2.0),
            tiles.collect::<Vec<_>>(),
        ));
    }
    frame.back(Message::Back).show()
}

fn by_stick<'a>(state: &'a State, context: &Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let lines = head(look, Icon::Usb, Msg::ResumeStick);
    let says = match () {
        () if context.sticks.is_empty() => Msg::ResumeInsert,
        () if state.search.is_some() || matches!(state.stage, Stage::Reading) => Msg::ResumeLooking,
        () if state.found.is_empty() => Msg::ResumeStickNone,
        () => Msg::ResumeStickFound,
    };
    card(look, lines.push(text(look, says)))
}

fn by_sheets<'a>(state: &'a State, look: &Look) -> Element<'a, Message> {
    let lines = head(look, Icon::QrCode, Msg::ResumeSheet);
    let so_far = state.parts.progress();
    if so_far.of == 0 {
        return card(look, lines.push(text(look, Msg::ResumeSheetText)));
    }
    let says = Text::new(Msg::ResumeProgress).with("have", so_far.have as i64).with("of", so_far.of as i64);
    let missing: Vec<String> = state.parts.missing().iter().map(usize::to_string).collect();
    let missing = Text::new(Msg::ResumeMissing).with("parts", missing.join(", "));
    let part = so_far.have as f32 / so_far.of as f32;
    let again = secondary_with(look, "resume.restart", Msg::ResumeRestart, Some(Icon::RotateCw));
    let lines = lines
        .push(strong(look, says.clone()))
        .push(progress(look, "resume.progress", says, part))
        .push(text(look, missing))
        .push(again.on(Message::Restart));
    card(look, lines)
}

/// One saved letter: its file's name, and when it was saved.
fn saved<'a>(look: &Look, n: usize, found: &'a Found) -> Element<'a, Message> {
    let entry = &found.entry;
    // A stick's clock is nobody's: a time before this century is no time.
    let when = (entry.modified > 946_684_800 && entry.modified < 4_102_444_800)
        .then(|| format::date_time(look.lang, Moment(entry.modified)));
    let whence =
        [Some(found.stick.label.clone()), Some(entry.folder.clone()).filter(|f| !f.is_empty()), when];
    let note = whence.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    tile(look, format!("resume.draft.{n}"), Icon::FileText, entry.name.clone(), note)
        .private()
        .on(Message::Choose(n))
        .into()
}

fn ask<'a>(
    state: &'a State,
    pad: &'a CodePad,
    trying: bool,
    short: bool,
    context: Context<'a>,
) -> Element<'a, Message> {
    let look = context.look;
    let mut frame = Frame::new(&context, "resume.code", Msg::ResumeCode).hint(Msg::ResumeCodeText).wide();
    if trying {
        frame = frame.push(notice(look, Notice::Info, Msg::ResumeOpening, ""));
    } else if short {
        frame = frame.push(notice(look, Notice::Warning, Msg::ResumeCodeShort, ""));
    } else if let Some(code) = state.said {
        frame = frame.push(fault(look, code));
    }
    let shown = code::boxes(look, "resume.code", Code::LENGTH, true, |n| {
        if context.help.hides() { pad.sign(n).map(|_| DOT) } else { pad.sign(n) }
    });
    let typed = pad.clone();
    let shown = keys(shown, move |event| match code::from_key(event) {
        Some(press) => {
            put(&typed, press);
            Some(Message::Typed)
        }
        None => is_enter(event).then_some(Message::Open),
    });
    let touched = pad.clone();
    let board = code::pad(look, Code::SIGNS, move |press| {
        put(&touched, press);
        Message::Typed
    });
    frame
        .push(shown)
        .keyboard(Some(board))
        .back(Message::Back)
        .primary(Msg::ResumeOpen, (!trying).then_some(Message::Open))
        .show()
}

fn is_enter(event: &keyboard::Event) -> bool {
    use keyboard::{Event, Key, key::Named};
    matches!(event, Event::KeyPressed { key: Key::Named(Named::Enter), .. })
}

fn put(pad: &CodePad, press: Press) {
    match press {
        Press::Sign(c) => pad.push(c),
        Press::Delete => pad.erase(),
        Press::Clear => pad.clear(),
    }
}
