//! Files from a stick: listed, picked, and shown again before the letter is signed, or marked as
//! not shown. Sticks are slow, so nothing here waits for one.

use iced::widget::image::Handle;
use iced::widget::{column, image, row};
use iced::{Alignment, Element, Length, Task};
use tokio::task::spawn_blocking;

use crate::domain::Digest;
use crate::domain::form::Page;
use crate::domain::statement::MAX_ATTACHED;
use crate::fault::Coded as _;
use crate::files::{self, FilesError, Listing, Picked, Preview, Stick};
use crate::i18n::{Msg, Text, format};
use crate::page::draft::Attached;
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::screen::letter::{self, State};
use crate::screen::once::Once;
use crate::ui::button::{icon, secondary};
use crate::ui::card::{Notice, card, notice};
use crate::ui::icon::Icon;
use crate::ui::theme::Type;
use crate::ui::words::{small, strong, text, title};

/// A preview's side, in pixels.
const SIDE: u32 = 160;

/// What the page knows of the stick that is in.
#[derive(Default)]
pub struct Files {
    stick: Option<Stick>,
    listing: Option<Listing>,
    busy: bool,
    said: Option<FilesError>,
    shown: Vec<(Digest, Shown)>,
}

enum Shown {
    Picture(Handle),
    Words(zeroize::Zeroizing<String>),
    Not,
}

#[derive(Clone)]
pub enum Message {
    Listed(Once<Result<Listing, FilesError>>),
    Pick(usize),
    Picked(Once<Result<(Picked, Preview), FilesError>>),
    Remove(usize),
    /// Files that came with a letter are shown again.
    Shown(Once<Vec<(Digest, Preview)>>),
}

/// A letter is opened: the stick that is in is looked into, its files are shown again.
pub fn arrive(state: &mut State, context: &Context<'_>) -> Task<Message> {
    let files: Vec<_> = state.player.attachments().into_iter().cloned().collect();
    if files.is_empty() {
        return sticks(state, context);
    }
    let work = move || {
        let again = |file: Attached| {
            let bytes = file.bytes.as_ref().clone();
            let shown = Picked::new(file.name.expose().clone(), bytes)
                .map_or(Preview::NotShown, |picked| files::preview(&picked, SIDE));
            (file.sha256, shown)
        };
        files.into_iter().map(again).collect()
    };
    let previews =
        Task::perform(async move { spawn_blocking(work).await.unwrap_or_default() }, |shown: Vec<_>| {
            Message::Shown(Once::new(shown))
        });
    Task::batch([previews, sticks(state, context)])
}

fn shown(preview: Preview) -> Shown {
    match preview {
        Preview::Picture { width, height, rgba } => {
            Shown::Picture(Handle::from_rgba(width, height, rgba.to_vec()))
        }
        Preview::Text(words) => Shown::Words(words),
        Preview::NotShown => Shown::Not,
    }
}

/// The sticks changed: the first one is looked into.
pub fn sticks(state: &mut State, context: &Context<'_>) -> Task<Message> {
    let first = context.sticks.first().cloned();
    if first == state.files.stick {
        return Task::none();
    }
    state.files.stick = first.clone();
    state.files.listing = None;
    state.files.said = None;
    let Some(stick) = first else {
        state.files.busy = false;
        return Task::none();
    };
    state.files.busy = true;
    let lang = context.look.lang;
    let work = move || files::list(&stick, lang);
    Task::perform(
        async move { spawn_blocking(work).await.unwrap_or(Err(FilesError::StickGone)) },
        |listing| Message::Listed(Once::new(listing)),
    )
}

pub fn update(state: &mut State, message: Message, _context: &Context<'_>) -> Task<Message> {
    if let Message::Shown(previews) = &message {
        for (digest, preview) in previews.take().unwrap_or_default() {
            state.files.shown.push((digest, shown(preview)));
        }
        return Task::none();
    }
    let Some(field) = state.player.page().fields.first().map(|f| f.id.as_str()) else { return Task::none() };
    match message {
        Message::Listed(result) => {
            state.files.busy = false;
            match result.take() {
                Some(Ok(listing)) => state.files.listing = Some(listing),
                Some(Err(error)) => state.files.said = Some(error),
                None => {}
            }
        }
        Message::Pick(n) => {
            let entry = state.files.listing.as_ref().and_then(|l| l.entries.get(n)).cloned();
            let (Some(entry), Some(stick)) = (entry, state.files.stick.clone()) else { return Task::none() };
            let taken: u64 = state.player.files(field).iter().map(|f| f.bytes.len() as u64).sum();
            state.files.busy = true;
            state.files.said = None;
            let room = MAX_ATTACHED.saturating_sub(taken);
            let work = move || {
                let picked = files::pick(&stick, &entry, room)?;
                let preview = files::preview(&picked, SIDE);
                Ok((picked, preview))
            };
            return Task::perform(
                async move { spawn_blocking(work).await.unwrap_or(Err(FilesError::Gone)) },
                |picked| Message::Picked(Once::new(picked)),
            );
        }
        Message::Picked(result) => {
            state.files.busy = false;
            match result.take() {
                Some(Ok((picked, preview))) => {
                    if state.player.files(field).iter().any(|f| f.sha256 == picked.digest) {
                        return Task::none();
                    }
                    state.files.shown.push((picked.digest, shown(preview)));
                    let Picked { name, kind, bytes, .. } = picked;
                    state.player.attach(field, Attached::new(name, kind.media_type(), bytes));
                }
                Some(Err(error)) => state.files.said = Some(error),
                None => {}
            }
        }
        Message::Remove(n) => state.player.detach(field, n),
        Message::Shown(_) => {}
    }
    Task::none()
}

pub fn body<'a>(
    mut frame: Frame<'a, letter::Message>,
    state: &'a State,
    page: &'static Page,
    context: &Context<'a>,
) -> Frame<'a, letter::Message> {
    let look = context.look;
    let Some(field) = page.fields.first() else { return frame };
    if let Some(error) = state.files.said {
        let code = error.code();
        let says = |id: String| Msg::from_id(&id).map(|m| Text::new(m).say(look.lang)).unwrap_or_default();
        frame = frame.push(notice(look, Notice::Danger, says(code.message_id()), says(code.remedy_id())));
    }
    let chosen = state.player.files(field.id.as_str());
    if !chosen.is_empty() {
        frame = frame.push(title(look, Msg::LetterFilesChosen));
        for (n, file) in chosen.iter().enumerate() {
            frame = frame.push(attached(state, n, file, context));
        }
    }
    let limit = Text::new(Msg::LetterFilesLimit).with("size", format::file_size(look.lang, MAX_ATTACHED));
    frame = frame.push(small(look, limit).wide());
    let Some(stick) = &state.files.stick else {
        return frame.push(notice(look, Notice::Info, Msg::LetterFilesInsert, ""));
    };
    if state.files.busy {
        return frame.push(notice(look, Notice::Info, Msg::AppWait, ""));
    }
    let Some(listing) = &state.files.listing else { return frame };
    if listing.entries.is_empty() {
        return frame.push(notice(look, Notice::Info, Msg::LetterFilesNone, ""));
    }
    frame = frame
        .push(strong(look, format!("{} · {}", Text::new(Msg::LetterFilesStick).say(look.lang), stick.label)));
    for (n, entry) in listing.entries.iter().enumerate() {
        let size = format::file_size(look.lang, entry.size);
        let whence = if entry.folder.is_empty() { size } else { format!("{size} · {}", entry.folder) };
        let words = column![text(look, entry.name.clone()).private().wide(), small(look, whence).private()];
        let add = secondary(look, format!("{}.add.{n}", field.id), Msg::LetterFilesAdd)
            .help(entry.name.clone())
            .on(letter::Message::Files(Message::Pick(n)));
        let line = row![words.width(Length::Fill), add].spacing(look.space(2.0)).align_y(Alignment::Center);
        frame = frame.push(card(look, line));
    }
    frame
}

/// One file that goes with the letter: its picture or first words, or that it is not shown.
fn attached<'a>(
    state: &'a State,
    n: usize,
    file: &'a Attached,
    context: &Context<'a>,
) -> Element<'a, letter::Message> {
    let look = context.look;
    let shown = state.files.shown.iter().find(|(digest, _)| *digest == file.sha256).map(|(_, shown)| shown);
    // A picture may be of her papers.
    let shown = shown.filter(|_| !context.help.hides());
    let (picture, words): (Element<'a, letter::Message>, Option<&str>) = match shown {
        Some(Shown::Picture(handle)) => (image(handle.clone()).into(), None),
        Some(Shown::Words(words)) => {
            (icon(Icon::FileText, look.size(Type::Heading), look.palette().accent).into(), Some(words))
        }
        _ => (icon(Icon::File, look.size(Type::Heading), look.palette().accent).into(), None),
    };
    let size = format::file_size(look.lang, file.bytes.len() as u64);
    let mut lines = column![strong(look, file.name.expose().clone()).private().wide(), small(look, size)];
    lines = match words {
        Some(words) => lines.push(small(look, words.to_owned()).private().wide()),
        None if context.help.hides() => lines.push(small(look, Msg::AssistHidden)),
        None if !matches!(shown, Some(Shown::Picture(_))) => {
            lines.push(small(look, Msg::LetterFilesNotShown))
        }
        None => lines,
    };
    let remove = secondary(look, format!("letter.files.remove.{n}"), Msg::LetterFilesRemove)
        .on(letter::Message::Files(Message::Remove(n)));
    let line = row![picture, lines.spacing(look.space(0.5)).width(Length::Fill), remove];
    card(look, line.spacing(look.space(2.5)).align_y(Alignment::Center))
}
