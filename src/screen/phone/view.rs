//! How signing with a phone looks: the code large on white, three steps beside it, and what went wrong
//! in words with the ways on.

use iced::widget::{column, container, row};
use iced::{Alignment, Element, Length};

use super::{Live, Message, Stage, State, Stopped};
use crate::i18n::{Msg, Text};
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::screen::sign::{picture, read_back, shown};
use crate::ui::button::{link, secondary, secondary_with};
use crate::ui::card::{Notice, card, notice, saying};
use crate::ui::icon::Icon;
use crate::ui::theme::{Look, Step, Type};
use crate::ui::words::{small, strong, text, title};

pub fn view<'a>(state: &'a State, context: Context<'a>) -> Element<'a, Message> {
    if state.reading_all
        && let Ok(stated) = &state.stated
    {
        return shown::read_all(&stated.shown, context, Message::ReadAll(false));
    }
    match &state.stage {
        Stage::Before => before(state, context),
        Stage::Opening => frame(&context, "phone.opening", Msg::PhoneOpening)
            .push(saying(context.look, Notice::Info, Icon::Loader, Msg::PhoneWait))
            .back(Message::Back)
            .show(),
        Stage::Code(live) => code(state, live, context),
        Stage::Checking => frame(&context, "phone.checking", Msg::PhoneChecking)
            .push(saying(context.look, Notice::Info, Icon::Loader, Msg::PhoneWait))
            .show(),
        Stage::Stopped(stopped) => stopped_at(stopped, context),
    }
}

fn frame<'a>(context: &Context<'a>, id: &'static str, says: Msg) -> Frame<'a, Message> {
    Frame::new(context, id, says).crumb(Msg::SigningCrumb)
}

/// Back, and the way on that needs no line.
fn ways_out<'a>(page: Frame<'a, Message>) -> Frame<'a, Message> {
    page.back(Message::Back).also("sign.pen", Msg::SigningPen, Icon::PenLine, Message::Pen)
}

fn before<'a>(state: &'a State, context: Context<'a>) -> Element<'a, Message> {
    match (&state.stated, state.is_read_back(&context)) {
        (Ok(_), Some(piece)) => {
            read_back::view(state.confirmed, piece, context, Message::Confirm, Message::Object, Message::Back)
        }
        (Ok(_), None) => ways_out(frame(&context, "phone", Msg::PhoneTitle))
            .primary(Msg::PhoneAgain, Some(Message::Again))
            .show(),
        (Err(code), _) => {
            let says = |id: String| Msg::from_id(&id).unwrap_or(Msg::SigningNotSigned);
            let remedy = saying(context.look, Notice::Warning, Icon::TriangleAlert, says(code.remedy_id()));
            ways_out(frame(&context, "phone", says(code.message_id())).push(remedy)).show()
        }
    }
}

fn code<'a>(state: &'a State, live: &'a Live, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let heading = if live.opened { Msg::PhoneOpened } else { Msg::PhoneTitle };
    let mut page = warned(frame(&context, "phone", heading), live, look);
    // Where there is room, what is signed stands on the page.
    let read = Message::ReadAll(true);
    let letter: Option<Element<'a, Message>> = match &state.stated {
        Ok(stated) if !look.is_low() => Some(shown::excerpt(&stated.shown, &context, read)),
        Ok(_) => Some(link(look, "sign.read-all", Msg::SigningReadAll).on(read).into()),
        Err(_) => None,
    };
    if live.opened {
        page = page.push(saying(look, Notice::Info, Icon::Smartphone, Msg::PhoneOpenedText));
        page = page.push(minutes(live, look)).push(strong(look, Msg::PhoneNotMineText));
        page = page.push(secondary(look, "phone.not-mine", Msg::PhoneNotMine).on(Message::Again));
        return ways_out(page.push_maybe(letter)).show();
    }
    if state.renamed {
        page = page.push(notice(look, Notice::Warning, Msg::PhoneRenamed, Msg::PhoneRenamedText));
    }
    let practice: Option<Element<'a, Message>> = context.practice().then(|| {
        let phone = picture::picture_phone(look, Msg::PhonePractice, Msg::PhonePracticeSign);
        phone.on(Message::PracticePhone).into()
    });
    let crowded = look.is_low() && look.step >= Step::Larger;
    let (first, last) = if crowded { (practice, None) } else { (None, practice) };
    page = page.push_maybe(first).push(steps(look, Msg::PhoneStepSign)).push_maybe(last).push_maybe(letter);
    ways_out(page.beside(panel(live, look))).show()
}

/// What went wrong meanwhile, where the code is good all the same.
pub fn warned<'a, M: Clone + 'a>(mut page: Frame<'a, M>, live: &Live, look: &Look) -> Frame<'a, M> {
    if live.cut {
        page = page.push(notice(look, Notice::Warning, Msg::PhoneCut, Msg::PhoneCutText));
    }
    if live.unreadable > 0 {
        page = page.push(notice(look, Notice::Warning, Msg::PhoneUnreadable, Msg::PhoneUnreadableText));
    }
    page
}

/// How long the code is good for.
pub fn minutes<'a, M: 'a>(live: &Live, look: &Look) -> Element<'a, M> {
    let minutes = Text::new(Msg::PhoneMinutes).with("n", live.minutes as i64);
    text(look, minutes).id("phone.minutes").soft(look).into()
}

/// The code and its time, always whole.
pub fn panel<'a, M: Clone + 'a>(live: &'a Live, look: &Look) -> Element<'a, M> {
    let code = container(live.qr.view(look, "phone.code", Msg::PhoneCode, false)).width(live.qr.side());
    let panel = column![code, minutes(live, look)].spacing(look.space(1.0)).align_x(Alignment::Center);
    container(panel).center_x(Length::Fill).into()
}

/// What to do, in three steps; `sign`: the last.
pub fn steps<'a, M: 'a>(look: &Look, sign: Msg) -> Element<'a, M> {
    let p = look.palette();
    let mut list = column![].spacing(look.space(2.0)).width(Length::Fill);
    for (n, says) in [Msg::PhoneStepOpen, Msg::PhoneStepScan, sign].into_iter().enumerate() {
        let figure = title(look, (n + 1).to_string()).color(p.accent);
        let figure = container(figure).width(look.size(Type::Title) * 1.4);
        list = list.push(row![figure, text(look, says).width(Length::Fill)].align_y(Alignment::Center));
    }
    card(look, list)
}

fn stopped_at<'a>(stopped: &'a Stopped, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let says = |id: String| Msg::from_id(&id).unwrap_or(Msg::SigningNotSigned);
    let mut page = frame(&context, "phone.stopped", says(stopped.code.message_id()));
    if let Some(whose) = &stopped.whose {
        page = page.push(strong(look, Msg::PhoneWhose));
        page = page.push(shown::owner(&context, Icon::Smartphone, whose.expose(), None));
    }
    page = page.push(saying(look, Notice::Warning, Icon::TriangleAlert, says(stopped.code.remedy_id())));
    if stopped.whose.is_some() {
        let mend = secondary_with(look, "phone.mend", Msg::PhoneMend, Some(Icon::PenLine));
        page = page.push(mend.on(Message::Mend));
    }
    let others = [
        ("phone.card", Msg::PhoneCard, Icon::IdCard, Message::Card),
        ("phone.key-file", Msg::PhoneKeyFile, Icon::KeyRound, Message::KeyFile),
        ("sign.pen", Msg::SigningPen, Icon::PenLine, Message::Pen),
        ("phone.later", Msg::LeaveLater, Icon::Clock, Message::Later),
    ];
    // No other code helps where this portal takes no phone, or no letter that long.
    let another = !matches!(stopped.code.0, "server.no-phones" | "phone.too-long");
    let ways = others.into_iter().skip(usize::from(!another)).map(|(id, says, glyph, message)| {
        Element::from(secondary_with(look, id, says, Some(glyph)).on(message))
    });
    let ways = row(ways).spacing(look.space(2.0)).wrap().vertical_spacing(look.space(1.5));
    page = page.push(small(look, Msg::PhoneOtherWays)).push(ways);
    let (on, message) =
        if another { (Msg::PhoneAgain, Message::Again) } else { (Msg::PhoneCard, Message::Card) };
    page.back(Message::Back).primary(on, Some(message)).show()
}
