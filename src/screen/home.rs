//! Home: only what works is a door.

use iced::Element;

use super::frame::Frame;
use super::{Context, info};
use crate::i18n::Msg;
use crate::ui::button::tile;
use crate::ui::grid::Grid;
use crate::ui::icon::Icon;

#[derive(Clone)]
pub enum Message {
    Letter,
    Info(info::Page),
}

pub fn view(context: Context<'_>) -> Element<'_, Message> {
    let look = context.look;
    let doors = [
        ("home.letter", Icon::Mail, Msg::HomeLetter, Msg::HomeLetterNote, Message::Letter),
        (
            "home.signature",
            Icon::PenLine,
            Msg::HomeSignature,
            Msg::HomeSignatureNote,
            Message::Info(info::Page::Signature),
        ),
        (
            "home.about",
            Icon::CircleHelp,
            Msg::HomeAbout,
            Msg::HomeAboutNote,
            Message::Info(info::Page::About),
        ),
    ];
    let tiles = doors.map(|(id, icon, name, note, go)| tile(look, id, icon, name, note).on(go).into());
    let columns = if look.is_portrait() || !look.has_side() { 1 } else { 2 };
    Frame::new(&context, "home", Msg::HomeTitle).push(Grid::new(columns, look.space(3.0), tiles)).show()
}
