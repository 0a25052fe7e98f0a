//! Home: only what works is a door.

use iced::Element;

use super::frame::Frame;
use super::{Context, info};
use crate::i18n::Msg;
use crate::ui::button::{door, secondary, tile};
use crate::ui::card::invitation;
use crate::ui::grid::Grid;
use crate::ui::icon::Icon;
use crate::ui::theme::{Look, Type};

/// So many doors are large ones.
const FEW: usize = 3;

#[derive(Clone)]
pub enum Message {
    Letter,
    Resume,
    Track,
    Check,
    Lessons,
    Info(info::Page),
}

pub fn view(context: Context<'_>) -> Element<'_, Message> {
    let look = context.look;
    let doors = [
        ("home.letter", Icon::Mail, Msg::HomeLetter, Msg::HomeLetterNote, Message::Letter),
        ("home.track", Icon::Route, Msg::HomeTrack, Msg::HomeTrackNote, Message::Track),
        ("home.check", Icon::ShieldCheck, Msg::HomeCheck, Msg::HomeCheckNote, Message::Check),
        ("home.resume", Icon::Clock, Msg::HomeResume, Msg::HomeResumeNote, Message::Resume),
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
    let columns = if look.is_portrait() || !look.has_side() { 1 } else { columns(look, doors.len()) };
    let make = if doors.len() > FEW { tile } else { door };
    let tiles = doors.map(|(id, icon, name, note, go)| make(look, id, icon, name, note).on(go).into());
    Frame::new(&context, "home", Msg::HomeTitle)
        .wide()
        .push(Grid::new(columns, look.space(3.0), tiles))
        .push(invitation(
            look,
            Icon::GraduationCap,
            Msg::LessonsInvite,
            Msg::LessonsInviteText,
            secondary(look, "home.lessons", Msg::LessonsStart).on(Message::Lessons),
        ))
        .show()
}

/// As many columns as hold a door's words, with rows as even as they can be.
fn columns(look: &Look, doors: usize) -> usize {
    let least = look.size(Type::Title) * 10.0;
    let room = look.viewport.width - 2.0 * look.margin();
    let most = ((room / least) as usize).clamp(1, doors.max(1));
    doors.div_ceil(doors.div_ceil(most).max(1)).max(1)
}
