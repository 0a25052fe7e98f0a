//! How a key file looks: the stick and its files, the password, whose key, what it signs.

use iced::Element;

use super::{Found, Held, Message, Purpose, Source, Stage, State};
use crate::clock::Moment;
use crate::fault::{Code, Coded as _};
use crate::i18n::{Msg, Text, format};
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::screen::later::{fault, head};
use crate::screen::sign::work::Stated;
use crate::screen::sign::{by_list, read_back, shown};
use crate::screen::track::words::said;
use crate::sign::keyfile::{Entry, KeyFileError};
use crate::ui::button::tile;
use crate::ui::card::{Notice, card, notice, saying};
use crate::ui::grid::Grid;
use crate::ui::icon::Icon;
use crate::ui::theme::{Look, Step};
use crate::ui::words::{small, text, title};

pub fn view<'a>(state: &'a State, context: Context<'a>) -> Element<'a, Message> {
    match &state.stage {
        Stage::Finding | Stage::Reading(_) => find(state, context),
        Stage::Password(held) | Stage::Opening { held, slow: false, .. } => ask(state, held, context),
        Stage::Opening { slow: true, .. } => opening(state, context),
        Stage::Choosing(_, entries) => choose(state, entries, context),
        Stage::Owner { entry, .. } => owner(state, entry, context),
        Stage::Entering(_) => frame(state, &context, "keyfile.working", Msg::TrackKeyWorking)
            .push(saying(context.look, Notice::Info, Icon::Loader, Msg::TrackAskingText))
            .show(),
        Stage::Ready { stated: Ok(stated), .. } if state.reading_all => {
            shown::read_all(&stated.shown, context, Message::ReadAll(false))
        }
        Stage::Ready { .. } if let Some(piece) = state.is_read_back(&context) => {
            read_back::view(state.confirmed, piece, context, Message::Confirm, Message::Object, Message::Back)
        }
        Stage::Ready { entry, stated, .. } => ready(state, entry, stated, context),
        Stage::Working => frame(state, &context, "keyfile.working", Msg::SigningWorkingTitle)
            .push(saying(context.look, Notice::Info, Icon::Loader, Msg::KeyfileWorking))
            .show(),
    }
}

fn frame<'a>(state: &State, context: &Context<'a>, id: &'static str, says: Msg) -> Frame<'a, Message> {
    let crumb = match state.purpose {
        Purpose::Letter(_) => Msg::SigningCrumb,
        Purpose::OwnLetters => Msg::TrackCrumb,
    };
    Frame::new(context, id, says).crumb(crumb)
}

/// Back, and the way on that needs no key.
fn ways_out<'a>(state: &State, page: Frame<'a, Message>) -> Frame<'a, Message> {
    let page = page.back(Message::Back);
    match state.purpose {
        Purpose::Letter(_) => page.also("sign.pen", Msg::SigningPen, Icon::PenLine, Message::Pen),
        Purpose::OwnLetters => page,
    }
}

fn find<'a>(state: &'a State, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let practice = context.practice();
    let heading = if practice { Msg::KeyfilePracticeTitle } else { Msg::KeyfileTitle };
    let mut page = frame(state, &context, "keyfile", heading);
    if let Some(code) = state.said {
        page = page.push(fault(look, code));
        let list = state.by_list.as_ref().filter(|_| code == KeyFileError::Revoked.code());
        page = page.push_maybe(list.map(|list| small(look, by_list(list, look.lang))));
    }
    if practice {
        page = page.push(notice(look, Notice::Info, Msg::KeyfilePracticeText, ""));
    } else {
        let says = match () {
            () if context.sticks.is_empty() => Msg::KeyfileInsert,
            () if state.search.is_some() || matches!(state.stage, Stage::Reading(_)) => Msg::ResumeLooking,
            () if state.found.is_empty() => Msg::KeyfileNone,
            () => Msg::KeyfileFound,
        };
        page = page.push(card(look, head(look, Icon::Usb, Msg::ResumeStick).push(text(look, says))));
    }
    let columns = if look.has_side() && state.found.len() > 1 { 2 } else { 1 };
    if columns > 1 {
        page = page.wide();
    }
    if !state.found.is_empty() {
        let tiles: Vec<_> = state.found.iter().enumerate().map(|(n, found)| file(look, n, found)).collect();
        page = page.push(title(look, Msg::KeyfileFiles)).push(Grid::new(columns, look.space(2.0), tiles));
    }
    ways_out(state, page).show()
}

/// One key file: its name, where it lies, when it was written.
fn file<'a>(look: &Look, n: usize, found: &'a Found) -> Element<'a, Message> {
    let note = match &found.source {
        Source::Own(_) => Text::new(Msg::KeyfilePracticeNote).say(look.lang),
        Source::Stick(stick, entry) => {
            // A stick's clock is nobody's: a time before this century is no time.
            let known = entry.modified > 946_684_800 && entry.modified < 4_102_444_800;
            let when = known.then(|| format::date(look.lang, Moment(entry.modified).legal_date()));
            let folder = Some(entry.folder.clone()).filter(|f| !f.is_empty());
            [Some(stick.label.clone()), folder, when].into_iter().flatten().collect::<Vec<_>>().join(" · ")
        }
    };
    tile(look, format!("keyfile.file.{n}"), Icon::KeyRound, found.name.clone(), note)
        .private()
        .on(Message::Choose(n))
        .into()
}

fn ask<'a>(state: &'a State, held: &'a Held, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let file = Text::new(Msg::KeyfileFile).with("name", held.found.name.as_str());
    let crowded = look.is_low() && look.step >= Step::Larger;
    // Where there is room for little more than the line, what went wrong is the heading.
    let wrong = state.said.and_then(|code| Msg::from_id(&code.message_id()));
    let heading = wrong.filter(|_| crowded).unwrap_or(Msg::KeyfilePassword);
    let mut page = Frame::new(&context, "keyfile.password", heading).crumb(file);
    let warned = match state.said {
        Some(code) => fault(look, code),
        None if state.empty => notice(look, Notice::Warning, Msg::KeyfileEmpty, Msg::KeyfileEmptyText),
        None if context.practice() => notice(look, Notice::Info, Msg::KeyfilePracticePassword, ""),
        None => {
            let turn = if context.help.beside {
                Text::from(Msg::AssistTurnAway).say(look.lang)
            } else {
                String::new()
            };
            notice(look, Notice::Warning, Msg::KeyfileSecret, turn)
        }
    };
    let (first, last) = if crowded { (None, Some(warned)) } else { (Some(warned), None) };
    page = page.push_maybe(first);
    let lines = state.letters.line(look, context.help, "keyfile.show").map(Message::Letters);
    let board = state.letters.board(look).map(Message::Letters);
    page.push(lines)
        .push_maybe(last)
        .keyboard(Some(board))
        .back(Message::Back)
        .primary(Msg::KeyfileOpen, Some(Message::Open))
        .show()
}

fn opening<'a>(state: &State, context: Context<'a>) -> Element<'a, Message> {
    frame(state, &context, "keyfile.opening", Msg::KeyfileOpening)
        .push(saying(context.look, Notice::Info, Icon::Loader, Msg::KeyfileOpeningText))
        .back(Message::Back)
        .show()
}

fn choose<'a>(state: &State, entries: &'a [Entry], context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let tiles = entries.iter().enumerate().map(|(n, entry)| -> Element<'a, Message> {
        let owner = entry.certificate.owner();
        let until = format::date(look.lang, entry.certificate.not_after().legal_date());
        let until = Text::new(Msg::SigningUntil).with("date", until).say(look.lang);
        let note = [owner.organisation, Some(until)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        tile(look, format!("keyfile.key.{n}"), Icon::KeyRound, context.help.hide(&owner.name), note)
            .private()
            .on(Message::Pick(n))
            .into()
    });
    let tiles = Grid::new(1, look.space(2.0), tiles.collect::<Vec<_>>());
    ways_out(state, frame(state, &context, "keyfile.keys", Msg::KeyfileKeys).push(tiles)).show()
}

/// Whose letters are to be shown.
fn owner<'a>(state: &State, entry: &'a Entry, context: Context<'a>) -> Element<'a, Message> {
    let (person, until) = (entry.certificate.owner(), entry.certificate.not_after());
    frame(state, &context, "keyfile.owner", Msg::TrackKeyOwner)
        .push_maybe(said(state.said, context.look))
        .push(shown::owner(&context, Icon::KeyRound, &person, Some(until)))
        .push(small(context.look, Msg::TrackKeySigns).wide())
        .back(Message::Back)
        .primary(Msg::TrackCardShow, Some(Message::Sign))
        .show()
}

fn ready<'a>(
    state: &State,
    entry: &'a Entry,
    stated: &'a Result<Stated, Code>,
    context: Context<'a>,
) -> Element<'a, Message> {
    let look = context.look;
    let owner = |page: Frame<'a, Message>| {
        let (person, until) = (entry.certificate.owner(), entry.certificate.not_after());
        page.push(shown::owner(&context, Icon::KeyRound, &person, Some(until)))
    };
    match stated {
        Ok(stated) => {
            let page = owner(frame(state, &context, "keyfile.ready", Msg::KeyfileReady));
            let page = page.push(shown::excerpt(&stated.shown, &context, Message::ReadAll(true)));
            ways_out(state, page).primary(Msg::SigningSend, Some(Message::Sign)).show()
        }
        Err(code) => {
            let says = |id: String| Msg::from_id(&id).unwrap_or(Msg::SigningNotSigned);
            let page = owner(frame(state, &context, "keyfile.ready", says(code.message_id())));
            let remedy = saying(look, Notice::Warning, Icon::TriangleAlert, says(code.remedy_id()));
            ways_out(state, page.push(remedy)).show()
        }
    }
}
