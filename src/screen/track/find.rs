//! Finding the letter: the ways, the number and its code, the list of a card's owner.

use iced::widget::{column, row};
use iced::{Alignment, Element};
use zeroize::Zeroizing;

use super::words::{date_of, state_of};
use super::work::{self, Own};
use super::{Action, Context, Message, Stage, State};
use crate::clock::Moment;
use crate::domain::Names;
use crate::domain::deadline::parse_day;
use crate::i18n::{Lang, Msg, Text, format};
use crate::screen::frame::Frame;
use crate::screen::help::HIDDEN;
use crate::screen::once::Once;
use crate::ui::button::{icon, tile};
use crate::ui::card::card;
use crate::ui::edit::{Buffer, Edit};
use crate::ui::entry::Entry;
use crate::ui::focus;
use crate::ui::grid::Grid;
use crate::ui::icon::Icon;
use crate::ui::keyboard::{self, Keyboard, Kind, Letters, Shift};
use crate::ui::theme::Type;
use crate::ui::words::{strong, text};

pub const NUMBER: &str = "track.number";
pub const CODE: &str = "track.code";

/// Number and code as they are typed from paper.
pub struct Numbered {
    number: Buffer,
    code: Buffer,
    active: &'static str,
    keyboard: Keyboard,
    /// What is missing, at the field that it is missing from.
    missing: Option<&'static str>,
}

impl Numbered {
    pub fn new(lang: Lang) -> Self {
        let keyboard = Keyboard::new(lang, Kind::Digits);
        Self { number: Buffer::line(16), code: Buffer::line(9), active: NUMBER, keyboard, missing: None }
    }

    /// The code's letters are Latin capitals in every language.
    pub fn language_changed(&mut self, lang: Lang) {
        self.keyboard.speak(lang);
        self.activate(self.active, lang);
    }

    /// Is the code there, and not being typed?
    pub fn hides(&self) -> bool {
        self.active != CODE && !self.code.is_empty()
    }

    fn activate(&mut self, field: &'static str, lang: Lang) {
        self.active = field;
        self.keyboard = if field == NUMBER {
            Keyboard::new(lang, Kind::Digits)
        } else {
            Keyboard { letters: Letters::Latin, shift: Shift::Lock, ..Keyboard::new(lang, Kind::Text) }
        };
    }

    fn buffer(&mut self) -> &mut Buffer {
        if self.active == NUMBER { &mut self.number } else { &mut self.code }
    }
}

/// `2026` and the count, in digits alone, become the number as the receipt writes it.
fn whole(digits: &str, practice: bool) -> Option<String> {
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 5 {
        return None;
    }
    let (year, count) = digits.split_at(4);
    let count: u64 = count.parse().ok().filter(|n| *n > 0)?;
    let series = if practice { "ОҚУ" } else { "ЖТ" };
    Some(format!("{series}-{year}-{count:08}"))
}

impl State {
    pub(super) fn typing(&mut self, message: Message, context: &Context<'_>) -> Action {
        let lang = context.look.lang;
        let Stage::Number(numbered) = &mut self.stage else { return Action::None };
        let edit = match message {
            Message::Focus(field) => {
                if numbered.active != field {
                    numbered.activate(field, lang);
                }
                return Action::None;
            }
            Message::Edit(field, edit) => {
                if numbered.active != field {
                    numbered.activate(field, lang);
                }
                Some(edit)
            }
            Message::Key(key) => numbered.keyboard.press(key),
            _ => return self.find(context),
        };
        match edit {
            Some(Edit::Enter) if numbered.active == NUMBER => {
                numbered.activate(CODE, lang);
                return Action::Run(focus::to(CODE));
            }
            Some(Edit::Enter) => return self.find(context),
            Some(edit) => {
                numbered.missing = None;
                numbered.buffer().apply(&edit);
            }
            None => {}
        }
        Action::None
    }

    fn find(&mut self, context: &Context<'_>) -> Action {
        let Stage::Number(numbered) = &mut self.stage else { return Action::None };
        let number = whole(numbered.number.text(), context.practice());
        let letters = numbered.code.text().chars().filter(|c| c.is_alphanumeric()).count();
        let (Some(number), 8) = (number.clone(), letters) else {
            let field = if number.is_none() { NUMBER } else { CODE };
            numbered.missing = Some(field);
            numbered.activate(field, context.look.lang);
            return Action::Run(focus::to(field));
        };
        let code = Zeroizing::new(numbered.code.text().to_owned());
        let round = self.asks();
        self.stage = Stage::Asking;
        let env = context.world.env.clone();
        let ask = work::dates(env, number, code);
        Action::Run(iced::Task::perform(ask, move |r| Message::Dates(round, Once::new(r))))
    }
}

/// The ways, the easiest first.
pub fn ways<'a>(state: &State, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let scan = row![
        icon(Icon::QrCode, look.size(Type::Heading) * 1.6, look.palette().accent),
        column![strong(look, Msg::TrackScan), text(look, Msg::TrackScanText).wide()]
            .spacing(look.space(0.75)),
    ]
    .spacing(look.space(3.5))
    .align_y(Alignment::Center);
    let tiles = [
        tile(look, "track.by-number", Icon::Keyboard, Msg::TrackByNumber, Msg::TrackByNumberNote)
            .on(Message::ByNumber)
            .into(),
        tile(look, "track.by-card", Icon::IdCard, Msg::TrackByCard, Msg::TrackByCardNote)
            .on(Message::ByCard)
            .into(),
        tile(look, "track.by-key", Icon::KeyRound, Msg::TrackByKey, Msg::TrackByCardNote)
            .on(Message::ByKey)
            .into(),
        tile(look, "track.by-phone", Icon::Smartphone, Msg::TrackByPhone, Msg::TrackByCardNote)
            .on(Message::ByPhone)
            .into(),
    ];
    let columns = if look.is_portrait() || !look.has_side() { 1 } else { 2 };
    Frame::new(&context, "track", Msg::TrackTitle)
        .push_maybe(super::words::said(state.said, look))
        .push(card(look, scan))
        .push(Grid::new(columns, look.space(3.0), tiles))
        .back(Message::Back)
        .show()
}

pub fn number<'a>(state: &State, numbered: &'a Numbered, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let field = |id: &'static str, label: Msg, hint: Msg, missing: Msg, buffer, kind| {
        let error = (numbered.missing == Some(id)).then(|| Text::from(missing).say(look.lang));
        Entry::new(look, id, label, buffer)
            .kind(kind)
            .active(numbered.active == id)
            .hidden((id == CODE && context.help.hides()).then_some(HIDDEN))
            .help(hint)
            .error(error)
            .on(move || Message::Focus(id), move |edit| Message::Edit(id, edit))
            .view()
    };
    Frame::new(&context, "track.find", Msg::TrackNumberTitle)
        .crumb(Msg::TrackCrumb)
        .push_maybe(super::words::said(state.said, look))
        .push(field(
            NUMBER,
            Msg::TrackNumber,
            Msg::TrackNumberHint,
            Msg::TrackNumberMissing,
            &numbered.number,
            Kind::Digits,
        ))
        .push(field(
            CODE,
            Msg::TrackCode,
            Msg::TrackCodeHint,
            Msg::TrackCodeMissing,
            &numbered.code,
            Kind::Text,
        ))
        .back(Message::Back)
        .primary(Msg::TrackFind, Some(Message::Find))
        .keyboard(Some(keyboard::view(look, &numbered.keyboard, Message::Key)))
        .show()
}

pub fn asking<'a>(context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let words = row![
        icon(Icon::Loader, look.size(Type::Heading) * 1.3, look.palette().accent),
        text(look, Msg::TrackAskingText).wide(),
    ]
    .spacing(look.space(3.5))
    .align_y(Alignment::Center);
    Frame::new(&context, "track.asking", Msg::TrackAsking)
        .crumb(Msg::TrackCrumb)
        .push(card(look, words))
        .back(Message::Back)
        .show()
}

/// The owner's letters, the newest first.
pub fn list<'a>(state: &State, own: &'a Own, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let mut page = Frame::new(&context, "track.list", Msg::TrackListTitle).crumb(Msg::TrackCrumb);
    page = page.push_maybe(super::words::said(state.said, look));
    if own.letters.is_empty() {
        page = page.push(card(look, text(look, Msg::TrackListEmpty).wide()));
    }
    for (n, letter) in own.letters.iter().enumerate() {
        let body: Names = letter.body.clone().into();
        let registered = Moment::parse_rfc3339(&letter.registered).map(|at| date_of(look.lang, at));
        let due = parse_day(&letter.due).map(|d| format::day_month(look.lang, d)).unwrap_or_default();
        // Of a kind that this version does not know, the letter's own page has the portal's words.
        let state = state_of(&letter.state).map(|m| Text::from(m).say(look.lang));
        let line = Text::new(Msg::TrackListNote)
            .with("registered", registered.unwrap_or_default())
            .with("due", due)
            .say(look.lang);
        let parts = [Some(body.get(look.lang).to_owned()), state, Some(line)];
        let note = parts.into_iter().flatten().collect::<Vec<_>>().join(". ");
        let name = letter.number.clone();
        let id = format!("track.letter.{n}");
        page = page.push(tile(look, id, Icon::Mail, name, note.clone()).help(note).on(Message::Open(n)));
    }
    page.back(Message::Back).show()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_typed_in_digits_alone() {
        let number = |typed| whole(typed, false);
        assert_eq!(number("202600001234").as_deref(), Some("ЖТ-2026-00001234"));
        assert_eq!(number("ЖТ-2026-00001234").as_deref(), Some("ЖТ-2026-00001234"));
        assert_eq!(number("20261234").as_deref(), Some("ЖТ-2026-00001234"));
        assert_eq!(whole("2026 1", true).as_deref(), Some("ОҚУ-2026-00000001"));
        for wrong in ["", "2026", "20260", "2026-000", "абвгд"] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }
}
