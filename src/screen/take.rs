//! «Өзіңізбен алыңыз»: the last page stays until the reader is empty.

use iced::widget::{column, row};
use iced::{Alignment, Element, Length};

use super::Context;
use super::frame::Frame;
use crate::card::{CardStatus, Hand};
use crate::i18n::Msg;
use crate::ui::button::{icon as glyph, secondary};
use crate::ui::card::{Notice, card, notice};
use crate::ui::icon::Icon;
use crate::ui::theme::{Look, Type};
use crate::ui::words::{strong, text};

pub struct State {
    pub(crate) card: CardStatus,
    pub(crate) printed: bool,
}

#[derive(Clone)]
pub enum Message {
    Card(CardStatus),
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
    pub fn new(printed: bool, card: CardStatus) -> Self {
        Self { card, printed }
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::Card(card) => self.card = card,
            Message::PracticeCard => context.practice_card(Hand::TakeOut),
            Message::Done if !card_in(&self.card) => return Action::End,
            Message::Done => {}
        }
        Action::None
    }
}

impl State {
    pub fn view<'a>(&self, context: Context<'a>) -> Element<'a, Message> {
        let look = context.look;
        let left = card_in(&self.card);
        let mut frame = Frame::new(&context, "take", Msg::TakeTitle).hint(Msg::TakeErased);
        frame = frame.push(thing(
            look,
            Icon::CreditCard,
            Msg::TakeCard,
            if left { Msg::TakeCardIn } else { Msg::TakeCardOut },
            left,
        ));
        if left && context.practice() {
            let tap = secondary(look, "take.practice-card", Msg::SigningPracticeRemove);
            frame = frame.push(tap.on(Message::PracticeCard));
        }
        // A stick may be the kiosk's own: it is asked for, and does not hold her.
        let (says, stick_in) = match context.sticks.is_empty() {
            true => (Msg::TakeStickText, false),
            false => (Msg::TakeStickIn, true),
        };
        frame = frame.push(thing(look, Icon::Usb, Msg::TakeStick, says, stick_in));
        if self.printed {
            frame = frame.push(thing(look, Icon::Printer, Msg::TakePaper, Msg::TakePaperText, false));
        }
        frame.primary(Msg::TakeDone, (!left).then_some(Message::Done)).show()
    }
}

/// One thing: ticked, or asked for in gold.
fn thing<'a>(look: &Look, icon: Icon, name: Msg, says: Msg, left: bool) -> Element<'a, Message> {
    if left {
        return notice(look, Notice::Warning, name, says);
    }
    let p = look.palette();
    let words =
        column![strong(look, name), text(look, says).soft(look)].spacing(look.space(0.5)).width(Length::Fill);
    let size = look.size(Type::Title);
    let line = row![glyph(icon, size, p.accent), words, glyph(Icon::Check, size, p.good)]
        .spacing(look.space(2.5))
        .align_y(Alignment::Center);
    card(look, line)
}
