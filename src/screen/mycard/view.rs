//! How "my card" looks: the card and what can be done, then one code a page.

use iced::Element;
use iced::widget::column;

use super::{Code, Deed, Message, Stage, State};
use crate::card::{CardInfo, CardStatus, Hand, UnblocksBy};
use crate::domain::iin::masked;
use crate::i18n::{Msg, Text, format};
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::screen::letters;
use crate::screen::pad::pad;
use crate::screen::reader::{self, OnReader};
use crate::screen::sign::{picture::picture_card, status_words};
use crate::screen::whose;
use crate::ui::button::tile;
use crate::ui::card::{Notice, card, notice, saying};
use crate::ui::grid::Grid;
use crate::ui::icon::Icon;
use crate::ui::theme::Look;
use crate::ui::words::{Say as _, small, text, title};

pub fn view<'a>(state: &'a State, context: Context<'a>) -> Element<'a, Message> {
    match state.stage {
        Stage::Card => first(state, context),
        Stage::Typing(deed, _) if state.at_last_try() => last_try(state, deed, context),
        Stage::Typing(deed, _) if state.by_reader() => on_reader(state, deed, context),
        Stage::Typing(deed, code) => typing(state, deed, code, context),
        Stage::Working(deed) => match state.reader.as_ref().and_then(OnReader::left) {
            Some(left) => {
                let (says, does) = match deed {
                    Deed::Change => (Msg::MycardReaderTitle, Msg::MycardReaderText),
                    Deed::Unblock => (Msg::MycardReaderUnblock, Msg::MycardReaderUnblockText),
                };
                reader::asking(frame(&context, says), &context, left, does, Message::Back).show()
            }
            None => frame(&context, Msg::MycardWorkingTitle)
                .push(saying(context.look, Notice::Info, Icon::Loader, Msg::SigningReadingText))
                .show(),
        },
        Stage::Done(deed) => done(state, deed, context),
    }
}

fn frame<'a>(context: &Context<'a>, says: impl crate::ui::words::Say) -> Frame<'a, Message> {
    Frame::new(context, "mycard", says).crumb(Msg::MycardCrumb)
}

fn said<'a>(state: &State, look: &Look) -> Option<Element<'a, Message>> {
    let (what, remedy) = state.said.as_ref()?;
    let remedy = remedy.as_ref().map(|r| r.say(look.lang)).unwrap_or_default();
    Some(notice(look, Notice::Danger, what, remedy))
}

fn first<'a>(state: &'a State, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    if let CardStatus::Several(able) = &state.card {
        let mut page = frame(&context, Msg::SigningSeveralTitle).hint(Msg::SigningSeveralText);
        for row in whose::rows(&context, able, Message::Choose) {
            page = page.push(row);
        }
        return page.back(Message::Back).show();
    }
    let Some(info) = state.info() else {
        let (says, does, kind, glyph) = status_words(&state.card, look);
        let mut page = frame(&context, says).push_maybe(said(state, look));
        page = page.push(saying(look, kind, glyph, does));
        if context.practice() {
            page = page.push(practice_card(state, look));
        }
        return page.back(Message::Back).show();
    };
    let blocked = matches!(state.card, CardStatus::Blocked(_));
    let mut page = frame(&context, if blocked { Msg::SigningBlockedTitle } else { Msg::MycardTitle });
    page = page.push_maybe(said(state, look)).push(owner(&context, info)).push(tries(state, info, look));
    let unblock = state.may_unblock();
    let (unblocks, unblocks_note) = match state.unblocks() {
        Some(UnblocksBy::Admin) => (Msg::MycardAdmin, Msg::MycardAdminNote),
        _ => (Msg::MycardUnblock, Msg::MycardUnblockNote),
    };
    if blocked && unblock {
        page = page.push(notice(look, Notice::Info, unblocks, unblocks_note));
        page = page.primary(unblocks, Some(Message::Begin(Deed::Unblock)));
    } else if blocked {
        page = page.push(notice(look, Notice::Info, Msg::MycardCannot, Msg::MycardCannotText));
    } else {
        let change = tile(look, "mycard.change", Icon::KeyRound, Msg::MycardChange, Msg::MycardChangeNote);
        let mut doors = vec![change.on(Message::Begin(Deed::Change)).into()];
        if unblock {
            let puk = tile(look, "mycard.unblock", Icon::Lock, unblocks, unblocks_note);
            doors.push(puk.on(Message::Begin(Deed::Unblock)).into());
        }
        let columns = if look.is_portrait() || look.is_low() { 1 } else { 2 };
        page = page.push(Grid::new(columns, look.space(2.0), doors));
    }
    if context.practice() {
        page = page.push(practice_card(state, look));
    }
    page.back(Message::Back).show()
}

fn practice_card<'a>(state: &State, look: &Look) -> Element<'a, Message> {
    let inside = !matches!(state.card, CardStatus::NoCard | CardStatus::NoReader);
    let (says, hand) = match inside {
        true => (Msg::SigningPracticeRemove, Hand::TakeOut),
        false => (Msg::SigningPracticeInsert, Hand::Insert),
    };
    picture_card(look, Msg::SigningPracticeTitle, says).on(Message::PracticeCard(hand)).into()
}

fn owner<'a>(context: &Context<'_>, info: &CardInfo) -> Element<'a, Message> {
    let look = context.look;
    let person = info.owner.expose();
    let mut words = column![title(look, context.help.hide(&person.name)).private()].spacing(look.space(0.5));
    words = words.push(person.organisation.clone().map(|o| text(look, o).private()));
    if !person.iin.is_empty() {
        let iin = Text::new(Msg::SigningIin).with("iin", masked(&person.iin));
        words = words.push(small(look, iin).private());
    }
    let until = format::date(look.lang, info.not_after.legal_date());
    words = words.push(small(look, Text::new(Msg::SigningUntil).with("date", until)));
    card(look, words)
}

/// How many tries the PIN has, and the PUK where the card has told.
fn tries<'a>(state: &State, info: &CardInfo, look: &Look) -> Element<'a, Message> {
    let pin = match info.tries_left {
        Some(n) => Text::new(Msg::MycardTries).with("n", i64::from(n)),
        None => Msg::SigningTriesUnknown.into(),
    };
    notice(look, Notice::Warning, pin, code_tries(state).say(look.lang))
}

/// How many tries the code that unblocks has, where that is known.
fn code_tries(state: &State) -> Text {
    match (state.unblocks(), state.code_tries()) {
        (None, _) => Msg::MycardPukNone.into(),
        (Some(UnblocksBy::Admin), Some(n)) => Text::new(Msg::MycardAdminTries).with("n", i64::from(n)),
        (Some(UnblocksBy::Puk), Some(n)) => Text::new(Msg::MycardPukTries).with("n", i64::from(n)),
        (Some(_), None) => Msg::MycardPukUnknown.into(),
    }
}

fn typing<'a>(state: &'a State, deed: Deed, code: Code, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let admin = state.unblocks() == Some(UnblocksBy::Admin);
    let says = match (deed, code) {
        (Deed::Change, Code::Proof) => Msg::MycardOldTitle,
        (Deed::Unblock, Code::Proof) if admin => Msg::MycardAdminTitle,
        (Deed::Unblock, Code::Proof) => Msg::MycardPukTitle,
        (_, Code::New) => Msg::MycardNewTitle,
        (_, Code::Again) => Msg::MycardAgainTitle,
    };
    let (least, most) = state.length();
    let rule = if state.may_have_letters() { Msg::MycardRuleSigns } else { Msg::MycardRule };
    let rule = Text::new(rule).with("least", least as i64).with("most", most as i64);
    let about: Element<'a, Message> = match (deed, code) {
        (Deed::Change, Code::Proof) => {
            let n = state.info().and_then(|info| info.tries_left);
            let lead = match n {
                Some(n) => Text::new(Msg::SigningTries).with("n", i64::from(n)),
                None => Msg::SigningTriesUnknown.into(),
            };
            notice(look, Notice::Warning, lead, Msg::SigningSecret)
        }
        (Deed::Unblock, Code::Proof) => {
            let lead = match state.code_tries() {
                Some(n) => Text::new(Msg::SigningTries).with("n", i64::from(n)),
                None => Msg::MycardPukUnknown.into(),
            };
            notice(look, Notice::Warning, lead, if admin { Msg::MycardAdminText } else { Msg::MycardPukText })
        }
        (_, Code::New) => notice(look, Notice::Info, rule, Msg::MycardNewText),
        (_, Code::Again) => notice(look, Notice::Info, Msg::MycardAgainText, ""),
    };
    let at = match code {
        Code::Proof => 1,
        Code::New => 2,
        Code::Again => 3,
    };
    if let Some(typing) = &state.letters {
        let wrong = state.said.as_ref().map(|(what, remedy)| (what, remedy.as_ref()));
        let heading = letters::heading(look, wrong, says);
        // Said once: as the heading, or above what is asked for.
        let above = said(state, look).filter(|_| heading.msg == says);
        let about = column![].push(above).push(about).spacing(look.space(1.0)).into();
        let page = frame(&context, heading).steps(at, 3).back(Message::Back);
        let page = typing.beneath(page, look, context.help, about, "mycard.show", Message::Letters);
        return on(page, code).show();
    }
    let own = state.info().is_some_and(|info| info.own_pin);
    let codes = if own { Msg::MycardPracticeOwn } else { Msg::MycardPracticeCodes };
    let practice = (context.practice() && code == Code::Proof).then(|| notice(look, Notice::Info, codes, ""));
    // A reader with keys that are of no use for this: it is said, so that nobody waits for it.
    let keys = state.info().is_some_and(|info| info.pad.verify) && code == Code::Proof;
    let here = keys.then(|| notice(look, Notice::Info, Msg::MycardTypeHere, ""));
    let page = frame(&context, says)
        .steps(at, 3)
        .push_maybe(said(state, look))
        .push(about)
        .push_maybe(here)
        .push_maybe(practice)
        .push_maybe(
            state.info().and_then(|info| letters::offer(look, info, "mycard.letters", Message::WithLetters)),
        )
        .push_maybe(state.info().map(|info| owner(&context, info)))
        .beside(pad(look, &state.pad, context.help, Message::Typed, Message::Next))
        .back(Message::Back);
    on(page, code).show()
}

/// The button that goes on from this code.
fn on<'a>(page: Frame<'a, Message>, code: Code) -> Frame<'a, Message> {
    match code {
        Code::Again => page.primary(Msg::MycardSet, Some(Message::Next)),
        _ => page.next(Message::Next),
    }
}

/// Nothing is typed here: the reader will ask.
fn on_reader<'a>(state: &'a State, deed: Deed, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let (says, primary) = match deed {
        Deed::Change => (Msg::SigningReaderReady, Msg::MycardChange),
        Deed::Unblock => (Msg::MycardReaderPuk, Msg::MycardUnblock),
    };
    let mut page = frame(&context, says).push_maybe(said(state, look));
    if let Some(info) = state.info() {
        let before = match deed {
            Deed::Change => reader::before(&context, info),
            Deed::Unblock => notice(look, Notice::Warning, code_tries(state), Msg::MycardReaderPukBefore),
        };
        page = page.push(before).push(owner(&context, info));
    }
    page.push(notice(look, Notice::Info, Msg::MycardNewText, ""))
        .back(Message::Back)
        .primary(primary, Some(Message::Next))
        .show()
}

/// One try is left: the flow stops here.
fn last_try<'a>(state: &'a State, deed: Deed, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let admin = state.unblocks() == Some(UnblocksBy::Admin);
    let (lead, more, sure) = match deed {
        Deed::Change => (Msg::SigningLastTitle, Msg::MycardLastPin, Msg::SigningLastSure),
        Deed::Unblock if admin => (Msg::SigningLastTitle, Msg::MycardLastPuk, Msg::MycardLastAdminSure),
        Deed::Unblock => (Msg::SigningLastTitle, Msg::MycardLastPuk, Msg::MycardLastPukSure),
    };
    frame(&context, lead)
        .push(notice(look, Notice::Danger, more, Msg::SigningSecret))
        .push_maybe(state.info().map(|info| owner(&context, info)))
        .back(Message::Back)
        .also("mycard.sure", sure, Icon::Keyboard, Message::Sure)
        .show()
}

fn done<'a>(state: &State, deed: Deed, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let says = match deed {
        Deed::Change => Msg::MycardChanged,
        Deed::Unblock => Msg::MycardUnblocked,
    };
    let on = if state.holds_letter() { Msg::MycardToLetter } else { Msg::MycardToHome };
    frame(&context, says)
        .push(saying(look, Notice::Good, Icon::Check, Msg::MycardDoneText))
        .primary(on, Some(Message::Finish))
        .show()
}
