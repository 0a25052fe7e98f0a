//! The kit's own showcase: every control once, for the gallery and the kit's tests.

use std::sync::LazyLock;

use iced::Element;
use iced::widget::{Column, Row};

use super::bar::{Ask, bar, strip};
use super::card::{self, Notice};
use super::edit::{Buffer, Edit};
use super::entry::Entry;
use super::grid::Grid;
use super::icon::Icon;
use super::keyboard::{self, Key, Keyboard, Kind};
use super::modal::{Dialog, over};
use super::page::Page;
use super::pin::{self, Press};
use super::theme::Look;
use super::words::{small, text, title};
use super::{button, shell};
use crate::i18n::{Msg, Text};

/// Texts for the fields: a view borrows what it shows.
static LETTER: LazyLock<Buffer> = LazyLock::new(|| {
    Buffer::lines(2000).with(
        "Ауылымыздағы Абай көшесінде үш айдан бері жарық жоқ. Кешке балалар мектептен қараңғыда \
         қайтады. Шамдарды жөндеуді сұраймын",
    )
});
static DIGITS: LazyLock<Buffer> = LazyLock::new(|| Buffer::line(12).with("90010130"));
static EMPTY: LazyLock<Buffer> = LazyLock::new(|| Buffer::line(80));

/// What a sample says when it is used.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    Bar(Ask),
    Tap(&'static str),
    Edit(Edit),
    Key(Key),
    Pin(Press),
}

/// A sample's view.
pub type View = fn(&Look) -> Element<'static, Said>;

/// Name and view of every sample.
pub const ALL: &[(&str, View)] = &[
    ("kit-home", home),
    ("kit-choices", choices),
    ("kit-track", track),
    ("kit-dialog", dialog),
    ("kit-letter", letter),
    ("kit-person", person),
    ("kit-pin", pin),
];

fn frame(look: &Look, page: Element<'static, Said>) -> Element<'static, Said> {
    let run_by = Text::new(Msg::AppRunByPractice);
    shell(look, strip(look, true, &run_by), bar(look, true, Said::Bar), page)
}

fn home(look: &Look) -> Element<'static, Said> {
    let tile = |id, glyph, says, note| button::tile(look, id, glyph, says, note).on(Said::Tap("tile")).into();
    let columns = if look.is_portrait() || look.step.body() > 36.0 || look.is_low() { 2 } else { 4 };
    let tiles = Grid::new(
        columns,
        look.space(3.0),
        [
            tile("home.letter", Icon::Mail, Msg::HomeLetter, Msg::HomeLetterNote),
            tile("home.resume", Icon::RotateCw, Msg::HomeResume, Msg::HomeResumeNote),
            tile("home.signature", Icon::PenLine, Msg::HomeSignature, Msg::HomeSignatureNote),
            tile("home.about", Icon::Info, Msg::HomeAbout, Msg::HomeAboutNote),
        ],
    );
    let invitation = card::invitation(
        look,
        Icon::GraduationCap,
        Msg::InfoHelpTouch,
        Msg::InfoHelpTouchText,
        button::secondary(look, "home.lesson", Msg::AttractStart).on(Said::Tap("lesson")),
    );
    let body = Column::with_children([tiles.into(), invitation]).spacing(look.space(3.0));
    frame(look, Page::new(look, "home", Msg::HomeTitle).wide().body(body).view())
}

fn choices(look: &Look) -> Element<'static, Said> {
    let choice = |id, msg: Msg, chosen| button::choice(look, id, msg, None, chosen).on(Said::Tap(id)).into();
    let body = Column::with_children([
        card::errors(
            look,
            Msg::LetterErrors,
            [("letter.how".into(), Text::new(Msg::HomeLetterNote).say(look.lang), Said::Tap("error"))],
        ),
        choice("letter.how.card", Msg::HomeLetter, true),
        choice("letter.how.key", Msg::HomeResume, false),
        choice("letter.how.none", Msg::HomeSignature, false),
        button::check(look, "letter.agree", Msg::LetterYes, true).on(Said::Tap("agree")).into(),
        Row::with_children([
            button::chip(look, "chip.1", Msg::LetterFilesAdd, true).on(Said::Tap("chip")).into(),
            button::chip(look, "chip.2", Msg::LetterFilesRemove, false).on(Said::Tap("chip")).into(),
            button::link(look, "link", Msg::LetterCheckChange).on(Said::Tap("link")).into(),
        ])
        .spacing(12)
        .wrap()
        .vertical_spacing(8)
        .into(),
    ])
    .spacing(12);
    let due = card::number(look, Msg::LetterDue, "14 желтоқсан", "", Msg::LetterDueIf);
    let page = Page::new(look, "letter.how", Msg::LetterCheckTitle)
        .crumb(Text::new(Msg::LetterCrumb).with("n", 4).with("total", 6))
        .steps(4, 6)
        .hint(Msg::LetterCheckText)
        .body(body)
        .side(due)
        .back(Said::Tap("back"))
        .also("later", Msg::LeaveLater, None, Said::Tap("later"))
        .next(Said::Tap("next"));
    frame(look, page.view())
}

fn track(look: &Look) -> Element<'static, Said> {
    let facts = Column::with_children([
        card::fact(look, Msg::ReceivedNumber, title(look, "№ ЖТ-2026-00001234")),
        card::rule(look),
        card::fact(look, Msg::ReceivedBy, text(look, "ТЕСТОВ Т.").private()),
        card::fact(look, Msg::ReceivedBody, text(look, "Тұрғын үй-коммуналдық шаруашылық бөлімі")),
    ])
    .spacing(look.space(2.0));
    let body = Column::with_children([
        card::card(look, facts),
        card::notice(look, Notice::Warning, Msg::InfoHelpPin, Msg::InfoHelpPinText),
        card::notice(look, Notice::Good, Msg::ReceivedTitle, Msg::AttractHow),
        card::notice(look, Notice::Danger, Msg::LeaveTitle, Msg::LeaveUnsent),
        card::notice(look, Notice::Info, "", Msg::LeaveSent),
        card::progress(look, "sending", Msg::AppWait, 0.6),
        small(look, Msg::LetterDueIf).into(),
    ])
    .spacing(look.space(2.0));
    let page = Page::new(look, "received", Msg::ReceivedTitle)
        .crumb(Msg::ReceivedCrumb)
        .body(body)
        .side(card::number(look, Msg::ReceivedDue, "15", "жұмыс күні", "18 желтоқсан, жұма"))
        .back(Said::Tap("back"))
        .also("print", Msg::PenPrint, Some(Icon::Printer), Said::Tap("print"))
        .also("save", Msg::PenSave, Some(Icon::Usb), Said::Tap("save"))
        .primary(Msg::AppContinue, Some(Said::Tap("next")));
    frame(look, page.view())
}

fn dialog(look: &Look) -> Element<'static, Said> {
    let dialog = Dialog::new(look, "leave", Msg::LeaveTitle)
        .icon(Icon::LogOut)
        .text(Msg::LeaveUnsent)
        .button(button::danger(look, "leave.erase", Msg::LeaveErase).on(Said::Tap("erase")))
        .button(button::primary(look, "leave.stay", Msg::LeaveStay).on(Said::Tap("stay")));
    over(look, choices(look), Some(dialog))
}

fn entry<'a>(look: &Look, id: &'static str, label: Msg, buffer: &'a Buffer) -> Entry<'a, Said> {
    Entry::new(look, id, label, buffer).on(|| Said::Tap("focus"), Said::Edit)
}

fn letter(look: &Look) -> Element<'static, Said> {
    let field = entry(look, "letter.text", Msg::HomeLetter, &LETTER).unlabelled().fills().active(true);
    let keys = Keyboard::new(look.lang, Kind::Text);
    let page = Page::new(look, "letter.text", Msg::InfoHelpPin)
        .crumb(Text::new(Msg::LetterCrumb).with("n", 4).with("total", 6))
        .steps(4, 6)
        .hint(Msg::InfoHelpTouchText)
        .fill(field.view())
        .side(card::number(look, Msg::LetterDue, "14 желтоқсан", "", Msg::LetterDueIf))
        .back(Said::Tap("back"))
        .next(Said::Tap("next"))
        .keyboard(Some(keyboard::view(look, &keys, Said::Key)));
    frame(look, page.view())
}

fn person(look: &Look) -> Element<'static, Said> {
    let error = Text::new(Msg::InfoHelpPin).say(look.lang);
    let body = Column::with_children([
        entry(look, "person.iin", Msg::ReceivedNumber, &DIGITS)
            .kind(Kind::Digits)
            .help(Msg::HomeLetterNote)
            .error(Some(error))
            .active(true)
            .view(),
        entry(look, "person.mail", Msg::PenAddress, &EMPTY)
            .placeholder(Msg::PenHours)
            .icon(Icon::Search)
            .view(),
    ])
    .spacing(look.space(3.0));
    let keys = Keyboard::new(look.lang, Kind::Digits);
    let page = Page::new(look, "person", Msg::LetterCheckTitle)
        .crumb(Msg::LetterCrumbCheck)
        .body(body)
        .back(Said::Tap("back"))
        .next(Said::Tap("next"))
        .keyboard(Some(keyboard::view(look, &keys, Said::Key)));
    frame(look, page.view())
}

fn pin(look: &Look) -> Element<'static, Said> {
    let body = Column::with_children([
        card::card(look, title(look, "ТЕСТОВ ТЕСТ ТЕСТОВИЧ").private()),
        card::notice(look, Notice::Warning, Msg::InfoHelpPin, Msg::InfoHelpPinText),
    ])
    .spacing(look.space(2.0));
    let pad = pin::pad(look, pin::Typed::Count(3), &pin::IN_ORDER, Said::Pin);
    let page = Page::new(look, "sign.pin", Msg::InfoHelpPin)
        .crumb(Msg::LetterCrumbCheck)
        .beside(body, pad)
        .back(Said::Tap("back"))
        .primary(Msg::LetterCheckSign, Some(Said::Tap("sign")));
    frame(look, page.view())
}
