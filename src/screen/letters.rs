//! A secret with letters: its line, the on-screen keyboard beneath it, and the signs shown for a moment. What is typed goes
//! to the [`PasswordPad`] alone; messages say only that something was.

use std::time::Duration;

use iced::widget::{column, row};
use iced::{Alignment, Element, Length, Task};

use super::Context;
use super::frame::Frame;
use super::help::Help;
use super::once::PasswordPad;
use crate::card::CardInfo;
use crate::i18n::{Lang, Msg, Text};
use crate::ui::button::secondary_with;
use crate::ui::card::{Notice, notice};
use crate::ui::icon::Icon;
use crate::ui::keyboard::{self, Key, Keyboard, Kind, Shift};
use crate::ui::keys::keys;
use crate::ui::password::{self, Press};
use crate::ui::theme::{Look, Step};
use crate::ui::words::small;

/// Shown signs are dots again after this.
const SHOWN: Duration = Duration::from_secs(4);

pub struct Letters {
    pub(crate) pad: PasswordPad,
    pub(crate) keyboard: Keyboard,
    /// The signs are shown until this turn ends.
    shown: Option<u64>,
    turn: u64,
    caps: bool,
}

#[derive(Clone)]
pub enum Message {
    /// A sign was typed or erased; which, only the pad knows. Whether Caps Lock is on, if it showed.
    Typed(Option<bool>),
    /// A key of the on-screen keyboard that writes nothing.
    Board(Key),
    Show,
    Hide(u64),
    Enter,
}

/// What the screen hears of it.
pub enum Event {
    None,
    Typed,
    Enter,
    Run(Task<Message>),
}

impl Letters {
    pub fn new(lang: Lang, pad: PasswordPad) -> Self {
        let keyboard = Keyboard::new(lang, Kind::Password);
        Self { pad, keyboard, shown: None, turn: 0, caps: false }
    }

    /// Wipes what was typed; the keyboard stays as it is.
    pub fn forget(&mut self) {
        self.pad.clear();
        self.shown = None;
    }

    /// The signs are dots again.
    pub fn hide(&mut self) {
        self.shown = None;
    }

    pub fn update(&mut self, message: Message, help: Help) -> Event {
        match message {
            Message::Typed(caps) => {
                self.caps = caps.unwrap_or(self.caps);
                if self.keyboard.shift == Shift::Once {
                    self.keyboard.shift = Shift::Off;
                }
                return Event::Typed;
            }
            Message::Board(Key::Enter) | Message::Enter => return Event::Enter,
            Message::Board(key) => {
                // Letters go to the pad alone; what is left moves the board.
                let _ = self.keyboard.press(key);
            }
            // Beside a helper it stays hidden.
            Message::Show if help.beside => {}
            Message::Show => {
                if self.shown.take().is_none() {
                    self.turn += 1;
                    let turn = self.turn;
                    self.shown = Some(turn);
                    let wait = async { tokio::time::sleep(SHOWN).await };
                    return Event::Run(Task::perform(wait, move |()| Message::Hide(turn)));
                }
            }
            Message::Hide(turn) if self.shown == Some(turn) => self.shown = None,
            Message::Hide(_) => {}
        }
        Event::None
    }

    /// The line, with the button that shows the signs. Keys of a physical keyboard go to the pad, too.
    pub fn line<'a>(&'a self, look: &Look, help: Help, show: &'static str) -> Element<'a, Message> {
        let sign = |n: usize| self.pad.sign(n);
        let sign: Option<&dyn Fn(usize) -> Option<char>> =
            if self.shown.is_some() { Some(&sign) } else { None };
        // Somebody stands beside: that something was typed, and not how much.
        let typed = if help.beside { None } else { Some(self.pad.len()) };
        let line = password::field(look, typed, !self.pad.is_empty(), sign);
        let (glyph, says) = match self.shown {
            Some(_) => (Icon::EyeOff, Msg::KeyfileHide),
            None => (Icon::Eye, Msg::KeyfileShow),
        };
        let show = (!help.beside).then(|| secondary_with(look, show, says, Some(glyph)).on(Message::Show));
        let line = row![line].push(show).spacing(look.space(1.5)).align_y(Alignment::Center);
        let caps = self.caps.then(|| small(look, Msg::KeyfileCaps));
        let lines = column![line].push(caps).spacing(look.space(0.5)).width(Length::Fill);
        let (pad, letters) = (self.pad.clone(), self.keyboard.letters);
        keys(lines, move |event| {
            let (press, caps) = password::from_key(event, letters)?;
            Some(match press {
                Press::Enter => Message::Enter,
                other => {
                    put(&pad, other);
                    Message::Typed(caps)
                }
            })
        })
    }

    /// The page where a PIN is typed so: how many tries there are, the line, the keyboard. `said`: what went wrong last, and
    /// what to do about it.
    pub fn page<'a, M: Clone + 'a>(
        &'a self,
        page: Frame<'a, M>,
        context: &Context<'a>,
        tries: Option<u8>,
        said: Option<(&Text, Option<&Text>)>,
        show: &'static str,
        tell: fn(Message) -> M,
    ) -> Frame<'a, M> {
        let look = context.look;
        let tries = match tries {
            Some(n) => Text::new(Msg::SigningTries).with("n", i64::from(n)),
            None => Msg::SigningTriesUnknown.into(),
        };
        let away = if context.help.beside { Msg::AssistTurnAway } else { Msg::SigningSecret };
        let warned = match said {
            Some((_, remedy)) if look.is_low() => {
                notice(look, Notice::Warning, tries, remedy_of(remedy, look))
            }
            Some((what, remedy)) => {
                let more = [remedy, Some(&tries)].into_iter().flatten().map(|text| text.say(look.lang));
                notice(look, Notice::Danger, what, more.collect::<Vec<_>>().join(" "))
            }
            None => notice(look, Notice::Warning, tries, away),
        };
        self.beneath(page, look, context.help, warned, show, tell)
    }

    /// The line and the keyboard beneath `about`: beneath the line where there is room for little more.
    pub fn beneath<'a, M: Clone + 'a>(
        &'a self,
        page: Frame<'a, M>,
        look: &Look,
        help: Help,
        about: Element<'a, M>,
        show: &'static str,
        tell: fn(Message) -> M,
    ) -> Frame<'a, M> {
        let line = self.line(look, help, show).map(tell);
        let board = self.board(look).map(tell);
        let page = if crowded(look) { page.push(line).push(about) } else { page.push(about).push(line) };
        page.keyboard(Some(board))
    }

    pub fn board<'a>(&'a self, look: &Look) -> Element<'a, Message> {
        let (pad, board) = (self.pad.clone(), self.keyboard);
        keyboard::view(look, &self.keyboard, move |key| touched(&pad, &board, key))
    }
}

/// Whether there is room for little more than the line.
fn crowded(look: &Look) -> bool {
    look.is_low() && look.step >= Step::Larger
}

/// The page's heading: in a low window what went wrong, so that the line stays whole beneath it.
pub fn heading(look: &Look, said: Option<(&Text, Option<&Text>)>, usual: Msg) -> Text {
    said.filter(|_| look.is_low()).map_or_else(|| usual.into(), |(what, _)| what.clone())
}

fn remedy_of(remedy: Option<&Text>, look: &Look) -> String {
    remedy.map(|text| text.say(look.lang)).unwrap_or_default()
}

/// The way from the pad's digits to letters, where the card's PINs may have some.
pub fn offer<'a, M: Clone + 'a>(
    look: &Look,
    info: &CardInfo,
    id: &'static str,
    message: M,
) -> Option<Element<'a, M>> {
    let offer = || secondary_with(look, id, Msg::SigningPinLetters, Some(Icon::Keyboard)).on(message);
    info.pin.letters.then(|| offer().into())
}

/// What a key of the board writes goes to the pad, and to no message.
fn touched(pad: &PasswordPad, board: &Keyboard, key: Key) -> Message {
    match key {
        Key::Text(words) if board.capitals() => words.to_uppercase().chars().for_each(|c| pad.push(c)),
        Key::Text(words) => words.chars().for_each(|c| pad.push(c)),
        Key::Space => pad.push(' '),
        Key::Delete => pad.erase(),
        Key::Clear => pad.clear(),
        other => return Message::Board(other),
    }
    Message::Typed(None)
}

fn put(pad: &PasswordPad, press: Press) {
    match press {
        Press::Sign(c) => pad.push(c),
        Press::Delete => pad.erase(),
        Press::Clear => pad.clear(),
        Press::Enter => {}
    }
}
