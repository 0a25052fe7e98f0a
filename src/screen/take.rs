//! «Өзіңізбен алыңыз»: the last page stays, and sounds, until reader and sticks are out. A visitor
//! who goes without them ends it by her silence, as on every page.

use iced::widget::{column, row};
use iced::{Alignment, Element, Length};

use super::Context;
use super::frame::Frame;
use crate::card::{CardStatus, Hand};
use crate::files::Stick;
use crate::i18n::{Msg, tr};
use crate::sound::{Playing, Tune};
use crate::ui::button::{icon as glyph, secondary};
use crate::ui::card::{card, golden};
use crate::ui::icon::Icon;
use crate::ui::semantic::Role;
use crate::ui::theme::{Look, Type};
use crate::ui::words::{Say, Words, strong, text};

pub struct State {
    printed: bool,
    /// Sounds while something is left.
    calling: Option<Playing>,
}

#[derive(Clone)]
pub enum Message {
    /// Card or sticks are others now.
    Changed,
    /// The practice card is taken out by a touch.
    PracticeCard,
    Done,
}

pub enum Action {
    None,
    End,
}

/// Is something in the reader, whatever it is?
pub fn card_in(status: &CardStatus) -> bool {
    !matches!(status, CardStatus::NoService | CardStatus::NoReader | CardStatus::NoCard)
}

/// Would the visitor leave something behind by going now?
pub fn anything_left(context: &Context<'_>) -> bool {
    card_in(context.card) || !context.sticks.is_empty()
}

impl State {
    /// `printed`: a sheet of hers may lie in the printer.
    pub fn new(printed: bool, context: &Context<'_>) -> Self {
        let mut state = Self { printed, calling: None };
        state.call(context);
        state
    }

    fn call(&mut self, context: &Context<'_>) {
        if !anything_left(context) {
            self.calling = None;
        } else if self.calling.is_none() {
            self.calling = Some(context.world.sound.repeat(Tune::Take));
        }
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::Changed => self.call(context),
            Message::PracticeCard => context.practice_card(Hand::TakeOut),
            Message::Done if !anything_left(context) => return Action::End,
            Message::Done => {}
        }
        Action::None
    }

    pub fn view<'a>(&self, context: Context<'a>) -> Element<'a, Message> {
        let look = context.look;
        let inside = card_in(context.card);
        let mut frame = Frame::new(&context, "take", Msg::TakeTitle).hint(Msg::TakeErased);
        frame = frame.push(match inside {
            true => left(Icon::CreditCard, Msg::TakeCard, Msg::TakeCardIn, look),
            false => taken(Icon::CreditCard, Msg::TakeCard, Msg::TakeCardOut, look),
        });
        if inside && context.practice() {
            let tap = secondary(look, "take.practice-card", Msg::SigningPracticeRemove);
            frame = frame.push(tap.on(Message::PracticeCard));
        }
        frame = frame.push(match names(context.sticks) {
            Some(names) => {
                let name = format!("{}: {names}", tr(look.lang, Msg::TakeStick));
                left(Icon::Usb, name, Msg::TakeStickIn, look)
            }
            None => taken(Icon::Usb, Msg::TakeStick, Msg::TakeStickOut, look),
        });
        if self.printed {
            frame = frame.push(taken(Icon::Printer, Msg::TakePaper, Msg::TakePaperText, look));
        }
        let gone = !anything_left(&context);
        frame.primary(Msg::TakeDone, gone.then_some(Message::Done)).show()
    }
}

/// The sticks that are in, by name; none where none is.
fn names(sticks: &[Stick]) -> Option<String> {
    let names: Vec<&str> = sticks.iter().map(|s| s.label.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Still here, in gold.
fn left<'a>(icon: Icon, name: impl Say, says: Msg, look: &Look) -> Element<'a, Message> {
    golden(look, thing(icon, name, text(look, says).role(Role::Status), Icon::TriangleAlert, look))
}

/// Ticked.
fn taken<'a>(icon: Icon, name: Msg, says: Msg, look: &Look) -> Element<'a, Message> {
    card(look, thing(icon, name, text(look, says).soft(look), Icon::Check, look))
}

fn thing<'a>(icon: Icon, name: impl Say, says: Words, mark: Icon, look: &Look) -> Element<'a, Message> {
    let p = look.palette();
    let lines = column![strong(look, name), says].spacing(look.space(0.5)).width(Length::Fill);
    let size = look.size(Type::Heading);
    let ink = if mark == Icon::Check { p.good } else { p.ink };
    row![glyph(icon, size, p.accent), lines, glyph(mark, size, ink)]
        .spacing(look.space(3.0))
        .align_y(Alignment::Center)
        .into()
}
