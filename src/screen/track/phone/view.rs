//! How it looks: the code as in signing with a phone, then whose letters, then what went wrong in words.

use iced::Element;
use iced::widget::row;

use super::{Message, Signed, Stage, State};
use crate::fault::Code;
use crate::i18n::Msg;
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::screen::phone::live::Live;
use crate::screen::phone::view::{minutes, panel, steps, warned};
use crate::screen::sign::picture::picture_phone;
use crate::screen::sign::shown;
use crate::ui::button::{secondary, secondary_with};
use crate::ui::card::{Notice, saying};
use crate::ui::icon::Icon;
use crate::ui::theme::Step;
use crate::ui::words::{small, strong};

pub fn view<'a>(state: &'a State, context: Context<'a>) -> Element<'a, Message> {
    let wait = |id, says| {
        let page = frame(&context, id, says);
        page.push(saying(context.look, Notice::Info, Icon::Loader, Msg::PhoneWait))
    };
    match &state.stage {
        Stage::Opening => wait("track.phone.opening", Msg::PhoneOpening).back(Message::Back).show(),
        Stage::Code(live) => code(live, context),
        Stage::Checking => wait("track.phone.checking", Msg::PhoneChecking).back(Message::Back).show(),
        Stage::Owner(signed) => owner(signed, context),
        Stage::Entering => frame(&context, "track.phone.entering", Msg::TrackAsking)
            .push(saying(context.look, Notice::Info, Icon::Loader, Msg::TrackAskingText))
            .back(Message::Back)
            .show(),
        Stage::Stopped(code) => stopped(*code, context),
    }
}

fn frame<'a>(context: &Context<'a>, id: &'static str, says: Msg) -> Frame<'a, Message> {
    Frame::new(context, id, says).crumb(Msg::TrackCrumb)
}

fn code<'a>(live: &'a Live, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let heading = if live.opened { Msg::TrackPhoneOpened } else { Msg::TrackPhoneTitle };
    let page = warned(frame(&context, "track.phone", heading), live, look);
    if live.opened {
        return page
            .push(saying(look, Notice::Info, Icon::Smartphone, Msg::PhoneOpenedText))
            .push(minutes(live, look))
            .push(strong(look, Msg::TrackPhoneNotMine))
            .push(secondary(look, "phone.not-mine", Msg::PhoneNotMine).on(Message::Again))
            .back(Message::Back)
            .show();
    }
    let practice: Option<Element<'a, Message>> = context.practice().then(|| {
        let phone = picture_phone(look, Msg::PhonePractice, Msg::TrackPhonePractice);
        phone.on(Message::PracticePhone).into()
    });
    let crowded = look.is_low() && look.step >= Step::Larger;
    let (first, last) = if crowded { (practice, None) } else { (None, practice) };
    page.push_maybe(first)
        .push(steps(look, Msg::TrackPhoneSign))
        .push_maybe(last)
        .push(small(look, Msg::TrackPhoneSigns).wide())
        .beside(panel(live, look))
        .back(Message::Back)
        .show()
}

/// Whose letters are to be shown.
fn owner<'a>(signed: &'a Signed, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    frame(&context, "track.phone.owner", Msg::TrackKeyOwner)
        .push(shown::owner(&context, Icon::Smartphone, signed.owner.expose(), None))
        .push(strong(look, Msg::TrackPhoneOther))
        .push(secondary(look, "phone.not-mine", Msg::PhoneNotMine).on(Message::Again))
        .back(Message::Back)
        .primary(Msg::TrackCardShow, Some(Message::Show))
        .show()
}

fn stopped<'a>(code: Code, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let says = |id: String| Msg::from_id(&id).unwrap_or(Msg::TrackNoLine);
    let others = [
        ("phone.card", Msg::TrackByCard, Icon::IdCard, Message::Card),
        ("phone.key-file", Msg::TrackByKey, Icon::KeyRound, Message::KeyFile),
    ];
    let ways = others.map(|(id, says, glyph, message)| -> Element<'a, Message> {
        secondary_with(look, id, says, Some(glyph)).on(message).into()
    });
    let ways = row(ways).spacing(look.space(2.0)).wrap().vertical_spacing(look.space(1.5));
    frame(&context, "track.phone.stopped", says(code.message_id()))
        .push(saying(look, Notice::Warning, Icon::TriangleAlert, says(code.remedy_id())))
        .push(small(look, Msg::PhoneOtherWays))
        .push(ways)
        .back(Message::Back)
        .primary(Msg::PhoneAgain, Some(Message::Again))
        .show()
}
