//! The code, large; then the two ways to take the letter along.

use iced::widget::{Column, column, row};
use iced::{Alignment, Element, Length};

use super::{Locked, Locking, Message, OnStick, Sheets, State};
use crate::fault::Code;
use crate::i18n::{Msg, Text};
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::screen::help::DOT;
use crate::store::draft;
use crate::ui::button::{icon, secondary_with};
use crate::ui::card::{Notice, card, notice, tinted};
use crate::ui::code::boxes;
use crate::ui::grid::Grid;
use crate::ui::icon::Icon;
use crate::ui::theme::{Look, Type};
use crate::ui::words::{small, strong, text, title};

pub fn view<'a>(state: &'a State, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let mut frame =
        Frame::new(&context, "later", Msg::LaterTitle).hint(Msg::LaterText).back(Message::Back).wide();
    if let Locking::Failed(code) = state.locking {
        return frame.push(fault(look, code)).show();
    }
    if state.hurried && !state.may_go() {
        let says = if state.is_kept() || state.paper.is_busy() || matches!(state.stick, OnStick::Saving) {
            notice(look, Notice::Warning, Msg::LaterWait, "")
        } else {
            notice(look, Notice::Warning, Msg::LaterFirst, Msg::LaterFirstText)
        };
        frame = frame.push(says);
    }
    if let Some(code) = &state.code {
        let shown = boxes(look, "later.code", draft::Code::LENGTH, false, |n| {
            if context.help.hides() { Some(DOT) } else { code.sign(n) }
        });
        let lines = column![strong(look, Msg::LaterCode), shown, text(look, Msg::LaterCodeText)];
        frame = frame.push(tinted(look, lines.spacing(look.space(1.5))));
    }
    let Locking::Done(locked) = &state.locking else {
        return frame.push(notice(look, Notice::Info, Msg::LaterLocking, "")).show();
    };
    let ways = [on_stick(state, &context), on_paper(state, look, locked)];
    let columns = if look.is_portrait() || !look.has_side() { 1 } else { 2 };
    frame
        .wide()
        .push(Grid::new(columns, look.space(2.0), ways))
        .primary(Msg::LaterFinish, Some(Message::Finish))
        .show()
}

fn on_stick<'a>(state: &'a State, context: &Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let mut lines = head(look, Icon::Usb, Msg::LaterUsb);
    match &state.stick {
        OnStick::Saving => lines = lines.push(notice(look, Notice::Info, Msg::LaterSaving, "")),
        OnStick::Saved { name, stick } => {
            let says = Text::new(Msg::LaterSavedText)
                .with("name", name.as_str())
                .with("stick", stick.label.as_str());
            lines = lines.push(notice(look, Notice::Good, Msg::LaterSaved, says));
        }
        OnStick::Failed(code) => lines = lines.push(fault(look, *code)),
        OnStick::No => {}
    }
    if context.sticks.is_empty() {
        if !matches!(state.stick, OnStick::Saved { .. }) {
            lines = lines.push(text(look, Msg::LaterUsbText));
        }
        return card(look, lines);
    }
    // It is on that stick: other sticks are offered for a second copy.
    let written = match &state.stick {
        OnStick::Saved { stick, .. } => Some(stick),
        _ => None,
    };
    for (n, stick) in context.sticks.iter().enumerate().filter(|(_, stick)| Some(*stick) != written) {
        let name = Text::new(Msg::LaterStick).with("name", stick.label.as_str());
        let save = secondary_with(look, format!("later.save.{n}"), Msg::LaterSave, Some(Icon::Download))
            .help(stick.label.clone())
            .on_maybe((!matches!(state.stick, OnStick::Saving)).then_some(Message::Save(n)));
        lines = lines.push(column![text(look, name).private(), save].spacing(look.space(1.0)));
    }
    card(look, lines)
}

fn on_paper<'a>(state: &'a State, look: &Look, locked: &Locked) -> Element<'a, Message> {
    let lines = head(look, Icon::Printer, Msg::LaterQr);
    let Some(Sheets { parts, without_files }) = &locked.sheets else {
        return card(look, lines.push(text(look, Msg::LaterSheetsTooBig)));
    };
    let count = Text::new(Msg::LaterSheets).with("n", parts.len() as i64);
    let print = secondary_with(look, "later.print", Msg::LaterPrint, Some(Icon::QrCode))
        .on_maybe((!state.paper.is_busy()).then_some(Message::Print));
    let lines = lines
        .push(text(look, Msg::LaterQrText))
        .push(small(look, count))
        .push(without_files.then(|| notice(look, Notice::Warning, Msg::LaterSheetsWithoutFiles, "")))
        .push(state.paper.view(look, Message::StopPrint))
        .push(print);
    card(look, lines)
}

/// A card's heading with its icon; what follows is pushed beneath.
pub fn head<'a, M: 'a>(look: &Look, glyph: Icon, says: Msg) -> Column<'a, M> {
    let p = look.palette();
    let head = row![icon(glyph, look.size(Type::Title), p.accent), title(look, says)];
    column![head.spacing(look.space(2.0)).align_y(Alignment::Center)]
        .spacing(look.space(2.0))
        .width(Length::Fill)
}

/// What went wrong, and what to do.
pub fn fault<'a, M: 'a>(look: &Look, code: Code) -> Element<'a, M> {
    let says = |id: String| Msg::from_id(&id).map(|m| Text::new(m).say(look.lang)).unwrap_or_default();
    notice(look, Notice::Danger, says(code.message_id()), says(code.remedy_id()))
}
