//! Check your answers: each with a way to change it that comes back here.

use iced::widget::{column, row};
use iced::{Alignment, Length};

use crate::i18n::Msg;
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::screen::letter::{Message, State};
use crate::ui::button::link;
use crate::ui::card::{card, rule};
use crate::ui::words::{small, text};

pub fn body<'a>(frame: Frame<'a, Message>, state: &'a State, context: &Context<'a>) -> Frame<'a, Message> {
    let look = context.look;
    let mut list = column![].spacing(look.space(1.0));
    let form = Some(state.player.form());
    for (n, answer) in state.player.answers(look.lang).into_iter().enumerate() {
        if n > 0 {
            list = list.push(rule(look));
        }
        let value = if answer.value.is_empty() {
            text(look, Msg::LetterCheckEmpty).soft(look)
        } else {
            text(look, context.help.answer(form, &answer.field, &answer.value)).private().wide()
        };
        let words =
            column![small(look, answer.label.clone()), value].spacing(look.space(0.25)).width(Length::Fill);
        let change = (!answer.fixed).then(|| {
            link(look, format!("check.{}", answer.field), Msg::LetterCheckChange)
                .help(answer.label)
                .on(Message::Change(answer.page))
        });
        list = list.push(row![words].push(change).spacing(look.space(3.0)).align_y(Alignment::Center));
    }
    frame.push(card(look, list))
}
