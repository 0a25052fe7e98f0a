//! Without a signature: the finished letter on paper for a pen, with address and hours.

use iced::widget::column;
use iced::{Element, Task};

use super::Context;
use super::frame::Frame;
use super::paper::{self, Paper};
use crate::i18n::{Msg, format};
use crate::page::player::Player;
use crate::page::stated::OnPaper;
use crate::print::{PenLetter, pen_letter_pdf};
use crate::ui::card::{Notice, card, fact, notice};
use crate::ui::icon::Icon;
use crate::ui::words::{strong, text};

pub struct State {
    pub(crate) player: Box<Player>,
    paper: Paper,
}

#[derive(Clone)]
pub enum Message {
    Print,
    Paper(paper::Message),
    Back,
    Finish,
}

pub enum Action {
    None,
    Run(Task<Message>),
    Back,
    Finish { printed: bool },
}

impl State {
    pub fn new(player: Box<Player>) -> Self {
        Self { player, paper: Paper::default() }
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::Print => {
                let lang = context.look.lang;
                let Some(letter) = self.player.on_paper(lang) else { return Action::None };
                let (practice, made) = (context.practice(), context.world.env.clock.now().wall);
                let hours = self.hours(context);
                let task = self.paper.print(context, move || {
                    let OnPaper { to, address, kind, from, fields, text, attachments, .. } = letter;
                    pen_letter_pdf(&PenLetter {
                        lang,
                        practice,
                        made,
                        to: &to,
                        address: address.as_deref(),
                        hours: Some(&hours),
                        from: &from,
                        kind: &kind,
                        fields: &fields,
                        text: &text,
                        attachments: &attachments,
                    })
                });
                return Action::Run(task.map(Message::Paper));
            }
            Message::Paper(progress) => self.paper.update(progress),
            Message::Back => return Action::Back,
            Message::Finish => return Action::Finish { printed: self.paper.printed() },
        }
        Action::None
    }

    /// `09:00–18:00`, the body's own or the directory's.
    fn hours(&self, context: &Context<'_>) -> String {
        let hours = context.world.env.content.hours();
        let at = |t: time::Time| format!("{:02}:{:02}", t.hour(), t.minute());
        format!("{}–{}", at(hours.opens), at(hours.closes))
    }

    pub fn view<'a>(&'a self, context: Context<'a>) -> Element<'a, Message> {
        let look = context.look;
        let mut facts = column![].spacing(look.space(2.0));
        if let Some(body) = self.player.body() {
            facts = facts.push(strong(look, body.name.get(look.lang)));
            if let Some(address) = &body.address {
                facts = facts.push(fact(look, Msg::PenAddress, text(look, address.get(look.lang))));
            }
        }
        facts = facts.push(fact(look, Msg::PenHours, text(look, self.hours(&context))));
        let files = self.player.attachments().len() as i64;
        let files = (files > 0).then(|| {
            let size: u64 = self.player.attachments().iter().map(|f| f.bytes.len() as u64).sum();
            notice(look, Notice::Info, Msg::PenFiles, format::file_size(look.lang, size))
        });
        Frame::new(&context, "pen", Msg::PenTitle)
            .hint(Msg::PenText)
            .push_maybe(self.paper.view(look))
            .push(card(look, facts))
            .push(notice(look, Notice::Warning, Msg::PenNotSent, ""))
            .push_maybe(files)
            .back(Message::Back)
            .also("pen.finish", Msg::ReceivedFinish, Icon::Check, Message::Finish)
            .primary(Msg::PenPrint, (!self.paper.is_busy()).then_some(Message::Print))
            .show()
    }
}
