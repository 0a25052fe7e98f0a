//! Where the signed thing is: on a stick, or on paper.

use iced::Element;

use super::{Context, Found, Message, State};
use crate::i18n::{Msg, Text};
use crate::screen::frame::Frame;
use crate::screen::later::{fault, head};
use crate::ui::button::{secondary_with, tile};
use crate::ui::card::{Notice, card, notice, progress, saying};
use crate::ui::grid::Grid;
use crate::ui::icon::Icon;
use crate::ui::theme::Look;
use crate::ui::words::{strong, text, title};

fn columns(look: &Look) -> usize {
    if look.is_portrait() || !look.has_side() { 1 } else { 2 }
}

fn files<'a>(state: &'a State, look: &'a Look) -> Grid<'a, Message> {
    let tiles = state.found.iter().enumerate().map(|(n, found)| one(look, n, found));
    Grid::new(columns(look), look.space(2.0), tiles.collect::<Vec<_>>())
}

fn one<'a>(look: &Look, n: usize, found: &'a Found) -> Element<'a, Message> {
    let entry = &found.entry;
    let folder = Some(entry.folder.clone()).filter(|f| !f.is_empty());
    let whence = std::iter::once(found.stick.label.clone()).chain(folder).collect::<Vec<_>>().join(" · ");
    tile(look, format!("check.file.{n}"), Icon::FileText, entry.name.clone(), whence)
        .private()
        .on(Message::Choose(n))
        .into()
}

pub fn view<'a>(state: &'a State, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let mut frame = Frame::new(&context, "check", Msg::CheckTitle).hint(Msg::CheckText).wide();
    if let Some(code) = state.said {
        frame = frame.push(fault(look, code));
    }
    let ways = [by_stick(state, &context), by_codes(state, look)];
    frame = frame.push(Grid::new(columns(look), look.space(2.0), ways));
    if !state.found.is_empty() {
        frame = frame.push(title(look, Msg::CheckChoose)).push(files(state, look));
    }
    frame.back(Message::Back).show()
}

fn by_stick<'a>(state: &'a State, context: &Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let lines = head(look, Icon::Usb, Msg::CheckStick);
    let says = match () {
        () if context.sticks.is_empty() => Msg::CheckInsert,
        () if state.looking => Msg::CheckLooking,
        () if state.found.is_empty() => Msg::CheckNone,
        () => Msg::CheckFound,
    };
    card(look, lines.push(text(look, says)))
}

fn by_codes<'a>(state: &'a State, look: &Look) -> Element<'a, Message> {
    let lines = head(look, Icon::QrCode, Msg::CheckPaper);
    let (have, of) = state.parts.progress();
    if of == 0 {
        return card(look, lines.push(text(look, Msg::CheckPaperText)));
    }
    let says = Text::new(Msg::CheckProgress).with("have", have as i64).with("of", of as i64);
    let missing: Vec<String> = state.parts.missing().iter().map(usize::to_string).collect();
    let missing = Text::new(Msg::CheckMissing).with("parts", missing.join(", "));
    let again = secondary_with(look, "check.restart", Msg::CheckRestart, Some(Icon::RotateCw));
    let lines = lines
        .push(strong(look, says.clone()))
        .push(progress(look, "check.progress", says, have as f32 / of as f32))
        .push(text(look, missing))
        .push(again.on(Message::Restart));
    card(look, lines)
}

/// The signature is here, its document is not.
pub fn document<'a>(state: &'a State, name: &'a str, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let says = Text::new(Msg::CheckWhichText).with("name", name);
    let mut frame = Frame::new(&context, "check.document", Msg::CheckWhich).hint(says).wide();
    if let Some(code) = state.said {
        frame = frame.push(fault(look, code));
    }
    frame = match state.found.is_empty() {
        true if state.looking => frame.push(notice(look, Notice::Info, Msg::CheckLooking, "")),
        true => frame.push(notice(look, Notice::Warning, Msg::CheckInsert, "")),
        false => frame.push(files(state, look)),
    };
    frame.back(Message::Back).show()
}

pub fn working(context: Context<'_>) -> Element<'_, Message> {
    Frame::new(&context, "check.working", Msg::CheckTitle)
        .push(saying(context.look, Notice::Info, Icon::Hourglass, Msg::CheckWorking))
        .back(Message::Back)
        .show()
}
