//! The kit every screen is drawn with: named helpers, so that no colour, size or font stands in a
//! screen. Everything takes a [`Look`] (scheme, text step, viewport, language). Anything that can be
//! said ([`words::Say`]) will do as a label: a `Msg`, a `Text`, or words as they are.
//!
//! # A screen in one look
//! ```
//! use tereze::i18n::Msg;
//! use tereze::ui::{Look, button, card, page::Page, words};
//! # #[derive(Clone)] enum Message { Chosen(usize), Back, Next }
//! # fn view(look: &Look) -> iced::Element<'static, Message> {
//! let body = iced::widget::column![
//!     button::choice(look, "letter.how.card", Msg::HomeLetter, None, true).on(Message::Chosen(0)),
//!     button::choice(look, "letter.how.pen", Msg::HomeResume, None, false).on(Message::Chosen(1)),
//! ]
//! .spacing(look.space(1.5));
//! Page::new(look, "letter.how", Msg::HomeTitle)
//!     .body(body)                                            // scrolls, with a «More» button
//!     .side(card::number(look, Msg::LetterDue, "15", "", "")) // below where there is no room
//!     .back(Message::Back)
//!     .next(Message::Next)
//!     .view()
//! # }
//! ```
//!
//! | for | use |
//! |---|---|
//! | a page: heading, body, side panel, Back, primary, keyboard | [`page::Page`] |
//! | the whole window: strip (practice), bar, page | [`shell`], [`bar::strip`], [`bar::bar`] |
//! | a dialog; what lies beneath is inert | [`modal::Dialog`], [`modal::over`] (call it always) |
//! | text | [`words::heading`], `title`, `text`, `strong`, `small`, `figure`; `.private()` for the visitor's |
//! | buttons | [`button::primary`], `secondary`, `danger`, `link`, `icon_button`, `tile`, `choice`, `check`, `chip` |
//! | a field with label, help, error; what it holds | [`entry::Entry`], [`edit::Buffer`], [`edit::Edit`] |
//! | the on-screen keyboard | [`keyboard::Keyboard`] (state), [`keyboard::view`] → `Page::keyboard` |
//! | the PIN pad: dots alone, the digits go where the PIN is kept | [`pin::pad`] |
//! | a password: dots, or its signs for a moment; typed on [`keyboard::view`] of `Kind::Password` | [`password::field`] |
//! | a code of signs: shown in boxes, typed on a keyboard of its own | [`code::boxes`], [`code::pad`], [`keys::keys`] |
//! | cards, notices, numbers, progress, errors | [`card`] |
//! | what happened, on a line of time | [`timeline::timeline`] |
//! | a lesson's words over a window, the rest dimmed | [`coach::coached`] |
//! | equal cells | [`grid::Grid`] |
//! | what scrolls | [`scroll::Scroll`] (a page's body has one) |
//! | focus: Tab, the first control, a field by id | [`focus::go`], [`focus::to`] |
//! | the semantic tree | [`semantic::snapshot`] live, [`headless::Stage::tree`] without a window |
//! | a widget around one content that only hands things on | `pass::pass!` |
//! | anything that takes a finger | [`tap::Tap`]: never iced's own button |
//!
//! # What the application owes
//! Load [`fonts::load`] first, default font [`fonts::REGULAR`]; map Tab and Shift+Tab to
//! [`focus::go`], every resize to `Look::viewport`; end every view in [`shell`] or
//! [`canvas::canvas`], which meets iced's damage tracking.
//!
//! # Rules the kit keeps
//! Ids are stable, unique within a view and the same in every language. Targets are ≥ 60 px with
//! ≥ 8 px between. A screen has one primary. `tests/gallery.rs` measures it on every screen.

use iced::Element;
use iced::widget::column;

pub mod bar;
#[cfg(test)]
mod behaviour;
pub mod button;
pub mod canvas;
pub mod card;
mod caret;
pub mod coach;
pub mod code;
pub mod edit;
pub mod entry;
pub mod field;
pub mod focus;
pub mod fonts;
pub mod grid;
pub mod headless;
pub mod icon;
pub mod keyboard;
pub mod keys;
pub mod mark;
pub mod modal;
pub mod page;
pub(crate) mod pass;
pub mod password;
pub mod pin;
pub mod samples;
pub mod scroll;
pub mod semantic;
pub mod tap;
pub mod theme;
pub mod timeline;
pub mod words;

pub use iced::Size;
pub use theme::{Look, Scheme, Step};

/// A whole window: the strip, the bar, and a page beneath.
pub fn shell<'a, M: 'a>(
    look: &Look,
    strip: Element<'a, M>,
    bar: Element<'a, M>,
    page: Element<'a, M>,
) -> Element<'a, M> {
    canvas::canvas(look, column![strip, bar, page])
}
