//! How signing looks: the card in plain words, or the PIN beside what is signed.

use iced::Element;

use super::{Message, REVOKED, Ready, Stage, State, by_list, picture, read_back, shown};
use crate::card::{CardInfo, CardStatus, Hand, UnblocksBy};
use crate::i18n::{Msg, Text, format};
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::screen::letters::{self, Letters};
use crate::screen::pad::pad;
use crate::screen::reader::{self, OnReader};
use crate::screen::whose;
use crate::ui::button::link;
use crate::ui::card::{Notice, notice, saying};
use crate::ui::icon::Icon;
use crate::ui::theme::{Look, Step};
use crate::ui::words::small;

pub fn view<'a>(state: &'a State, context: Context<'a>) -> Element<'a, Message> {
    if state.stage == Stage::Working {
        let Some(left) = state.reader.as_ref().and_then(OnReader::left) else { return working(context) };
        let page = frame(&context, Msg::SigningReaderTitle);
        let page = reader::asking(page, &context, left, Msg::SigningReaderText, Message::Back);
        return page.push_maybe(state.info().map(|info| owner(&context, info))).show();
    }
    if state.reading_all
        && let Some(Ok(ready)) = &state.ready
    {
        return shown::read_all(&ready.shown, context, Message::ReadAll(false));
    }
    match (&state.card, &state.ready) {
        (CardStatus::Ready(_), Some(Ok(_))) if let Some(piece) = state.is_read_back(&context) => {
            read_back::view(state.confirmed, piece, context, Message::Confirm, Message::Object, Message::Back)
        }
        (CardStatus::Ready(_), Some(Ok(_))) if state.at_last_try() => last_try(state, context),
        (CardStatus::Ready(info), Some(Ok(ready))) if state.by_reader() => {
            on_reader(state, info, ready, context)
        }
        (CardStatus::Ready(info), Some(Ok(_))) if let Some(letters) = &state.letters => {
            with_letters(state, info, letters, context)
        }
        (CardStatus::Ready(info), Some(Ok(ready))) => pin(state, info, ready, context),
        (CardStatus::Ready(info), Some(Err(code))) => {
            let says = |id: String| Msg::from_id(&id).unwrap_or(Msg::SigningUnsupportedTitle);
            let mut frame = frame(&context, says(code.message_id()));
            frame = frame.push(owner(&context, info));
            let remedy = saying(context.look, Notice::Warning, Icon::TriangleAlert, says(code.remedy_id()));
            let list = state.by_list.as_ref().filter(|_| *code == REVOKED);
            let list = list.map(|list| small(context.look, by_list(list, context.look.lang)));
            ways_out(frame.push(remedy).push_maybe(list), state).show()
        }
        (CardStatus::Several(able), _) => several(state, able, context),
        _ => waiting(state, context),
    }
}

fn frame<'a>(context: &Context<'a>, says: impl crate::ui::words::Say) -> Frame<'a, Message> {
    Frame::new(context, "sign", says).crumb(Msg::SigningCrumb)
}

/// What the card says, what to do, and how it is shown.
pub fn status_words(card: &CardStatus, look: &Look) -> (Msg, Text, Notice, Icon) {
    let (says, does): (Msg, Text) = match card {
        CardStatus::NoService => (Msg::SigningNoServiceTitle, Msg::SigningNoServiceText.into()),
        CardStatus::NoReader => (Msg::SigningNoReaderTitle, Msg::SigningNoReaderText.into()),
        CardStatus::NoCard => (Msg::SigningNoCardTitle, Msg::SigningNoCardText.into()),
        CardStatus::LeftBehind => (Msg::SigningLeftTitle, Msg::SigningLeftText.into()),
        CardStatus::Reading | CardStatus::Ready(_) => {
            (Msg::SigningReadingTitle, Msg::SigningReadingText.into())
        }
        CardStatus::WrongWay => (Msg::SigningWrongWayTitle, Msg::SigningWrongWayText.into()),
        CardStatus::Unsupported => (Msg::SigningUnsupportedTitle, Msg::SigningUnsupportedText.into()),
        CardStatus::NoCertificate => (Msg::SigningNoCertificateTitle, Msg::SigningNoCertificateText.into()),
        CardStatus::Damaged(_) => (Msg::SigningDamagedTitle, Msg::SigningDamagedText.into()),
        CardStatus::Several(_) => (Msg::SigningSeveralTitle, Msg::SigningSeveralText.into()),
        CardStatus::HeldByOther => (Msg::SigningHeldTitle, Msg::SigningHeldText.into()),
        CardStatus::NotYetValid(_) => (Msg::SigningNotYetTitle, Msg::SigningNotYetText.into()),
        CardStatus::Expired(info) => {
            let date = format::date(look.lang, info.not_after.legal_date());
            (Msg::SigningExpiredTitle, Text::new(Msg::SigningExpiredText).with("date", date))
        }
        CardStatus::Blocked(_) => (Msg::SigningBlockedTitle, Msg::SigningBlockedText.into()),
    };
    let kind = match card {
        CardStatus::NoCard | CardStatus::Reading => Notice::Info,
        _ => Notice::Warning,
    };
    let glyph = match card {
        CardStatus::NoCard | CardStatus::WrongWay => Icon::IdCard,
        CardStatus::Reading => Icon::Loader,
        CardStatus::HeldByOther => Icon::Hourglass,
        _ => Icon::TriangleAlert,
    };
    (says, does, kind, glyph)
}

fn waiting<'a>(state: &'a State, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let (says, does, kind, glyph) = status_words(&state.card, look);
    let mut page = frame(&context, says);
    page = page.push_maybe(said(state, look));
    page = page.push_maybe(state.info().map(|info| owner(&context, info)));
    page = page.push(saying(look, kind, glyph, does));
    if context.practice() {
        page = page.push(practice_card(state, look));
    }
    if let CardStatus::Blocked(info) = &state.card
        && let Some(code) = info.pin.unblocking
    {
        let says = match code.by {
            UnblocksBy::Puk => Msg::MycardUnblock,
            UnblocksBy::Admin => Msg::MycardAdmin,
        };
        page = page.primary(says, Some(Message::Unblock));
    }
    ways_out(page, state).show()
}

/// Nothing is chosen beforehand: whoever signs says which signature is hers.
fn several<'a>(state: &'a State, able: &[CardInfo], context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let mut page = frame(&context, Msg::SigningSeveralTitle).hint(Msg::SigningSeveralText);
    page = page.push_maybe(said(state, look));
    for row in whose::rows(&context, able, Message::Choose) {
        page = page.push(row);
    }
    ways_out(page, state).show()
}

/// In practice the card is a picture to touch.
fn practice_card<'a>(state: &State, look: &Look) -> Element<'a, Message> {
    let inside = !matches!(state.card, CardStatus::NoCard | CardStatus::NoReader);
    let says = if inside { Msg::SigningPracticeRemove } else { Msg::SigningPracticeInsert };
    picture::picture_card(look, Msg::SigningPracticeTitle, says)
        .on(Message::PracticeCard(if inside { Hand::TakeOut } else { Hand::Insert }))
        .into()
}

/// Back, and the two ways on that need no card.
fn ways_out<'a>(page: Frame<'a, Message>, state: &State) -> Frame<'a, Message> {
    let page = page.back(Message::Back);
    match state.card {
        CardStatus::Reading | CardStatus::HeldByOther => page,
        _ => page.also("sign.pen", Msg::SigningPen, Icon::PenLine, Message::Pen),
    }
}

fn said<'a>(state: &State, look: &Look) -> Option<Element<'a, Message>> {
    let says = state.said.as_ref()?;
    let remedy = state.remedy.as_ref().map(|r| r.say(look.lang)).unwrap_or_default();
    Some(notice(look, Notice::Danger, says, remedy))
}

fn owner<'a>(context: &Context<'_>, info: &CardInfo) -> Element<'a, Message> {
    shown::owner(context, Icon::IdCard, info.owner.expose(), Some(info.not_after))
}

/// Who signs, with the way to another signature where there is one, and what.
fn signed_by<'a>(
    page: Frame<'a, Message>,
    context: &Context<'a>,
    info: &'a CardInfo,
    ready: &'a Ready,
) -> Frame<'a, Message> {
    let other = matches!(context.card, CardStatus::Several(_))
        .then(|| link(context.look, "sign.other", Msg::SigningSeveralOther).on(Message::ChooseAgain));
    let page = page.push(owner(context, info)).push_maybe(other);
    page.push(shown::excerpt(&ready.shown, context, Message::ReadAll(true)))
}

fn pin<'a>(
    state: &'a State,
    info: &'a CardInfo,
    ready: &'a Ready,
    context: Context<'a>,
) -> Element<'a, Message> {
    let look = context.look;
    let tries = match info.tries_left {
        Some(n) => Text::new(Msg::SigningTries).with("n", i64::from(n)),
        None => Msg::SigningTriesUnknown.into(),
    };
    // Only the owner signs: whoever helps turns away.
    let beside = context.help.beside;
    let warning = [if beside { Msg::AssistTurnAway } else { Msg::SigningTriesText }, Msg::SigningSecret];
    let warning = warning.map(|msg| Text::from(msg).say(look.lang)).join(" ");
    let mut page = frame(&context, Msg::SigningPinTitle);
    // The tries left are read before the PIN is typed: where not everything fits, they come first.
    let warned = match &state.said {
        Some(says) => {
            let mut more = tries.say(look.lang);
            if let Some(remedy) = &state.remedy {
                more = format!("{more}\n{}", remedy.say(look.lang));
            }
            page = page.push(notice(look, Notice::Danger, says, more));
            notice(look, Notice::Warning, "", warning)
        }
        None => notice(look, Notice::Warning, tries, warning),
    };
    let crowded = beside || look.is_low() || look.step >= Step::Larger;
    let practice = context.practice().then(|| practice_pin(look, info));
    let (first, last) = if crowded { (Some(warned), None) } else { (None, Some(warned)) };
    page = page.push_maybe(first).push_maybe(practice);
    page = page.push_maybe(letters::offer(look, info, "sign.letters", Message::WithLetters));
    page = signed_by(page, &context, info, ready).push_maybe(last);
    ways_out(page.beside(pad(look, &state.pin, context.help, Message::PinTyped, Message::Sign)), state)
        .primary(Msg::SigningSend, Some(Message::Sign))
        .show()
}

/// The PIN by the keyboard: tries and line; what is signed stood on the page before.
fn with_letters<'a>(
    state: &'a State,
    info: &CardInfo,
    typing: &'a Letters,
    context: Context<'a>,
) -> Element<'a, Message> {
    let said = state.said.as_ref().map(|says| (says, state.remedy.as_ref()));
    let page = frame(&context, letters::heading(context.look, said, Msg::SigningPinTitle));
    typing
        .page(page, &context, info.tries_left, said, "sign.show", Message::Letters)
        .back(Message::Back)
        .primary(Msg::SigningSend, Some(Message::Sign))
        .show()
}

/// What is signed, and that the reader will ask: nothing is typed here.
fn on_reader<'a>(
    state: &'a State,
    info: &'a CardInfo,
    ready: &'a Ready,
    context: Context<'a>,
) -> Element<'a, Message> {
    let look = context.look;
    let page = frame(&context, Msg::SigningReaderReady).push_maybe(said(state, look));
    let page = page.push(reader::before(&context, info));
    ways_out(signed_by(page, &context, info, ready), state)
        .primary(Msg::SigningSend, Some(Message::Sign))
        .show()
}

/// What everybody is told of the practice card, as long as it is true.
pub fn practice_pin<'a, M: 'a>(look: &Look, info: &CardInfo) -> Element<'a, M> {
    let says = if info.own_pin { Msg::SigningPracticeOwn } else { Msg::SigningPracticePin };
    notice(look, Notice::Info, says, "")
}

/// One try is left: the flow stops here, and the letter stays.
fn last_try<'a>(state: &'a State, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    frame(&context, Msg::SigningLastTitle)
        .push(notice(look, Notice::Danger, Msg::SigningLastText, Msg::SigningSecret))
        .push_maybe(state.info().map(|info| owner(&context, info)))
        .back(Message::Back)
        .also("sign.sure", Msg::SigningLastSure, Icon::Keyboard, Message::Sure)
        .primary(Msg::SigningPen, Some(Message::Pen))
        .show()
}

fn working<'a>(context: Context<'a>) -> Element<'a, Message> {
    frame(&context, Msg::SigningWorkingTitle)
        .push(saying(context.look, Notice::Info, Icon::Loader, Msg::SigningWorkingText))
        .show()
}
