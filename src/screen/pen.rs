//! Without a signature: the finished letter on paper for a pen, with address and hours.

use iced::widget::column;
use iced::{Element, Task};
use zeroize::Zeroizing;

use super::Context;
use super::frame::Frame;
use super::paper::{self, Paper};
use super::save::{self, File, Save};
use crate::clock::Moment;
use crate::fault::{Code, Coded as _};
use crate::files::Stick;
use crate::i18n::{Lang, Msg, format, tr};
use crate::page::player::Player;
use crate::page::stated::OnPaper;
use crate::print::{Pdf, PenLetter, PrintError, pen_letter_pdf};
use crate::ui::card::{Notice, card, fact, notice};
use crate::ui::icon::Icon;
use crate::ui::words::{strong, text};

pub struct State {
    pub(crate) player: Box<Player>,
    paper: Paper,
    save: Save,
}

/// The letter's pages, ready to be made away from the drawing thread.
struct Sheet {
    lang: Lang,
    practice: bool,
    made: Moment,
    hours: String,
    letter: OnPaper,
}

impl Sheet {
    fn pdf(&self) -> Result<Pdf, PrintError> {
        let OnPaper { to, address, kind, from, fields, text, attachments, .. } = &self.letter;
        pen_letter_pdf(&PenLetter {
            lang: self.lang,
            practice: self.practice,
            made: self.made,
            to,
            address: address.as_deref(),
            hours: Some(&self.hours),
            from,
            kind,
            fields,
            text,
            attachments,
        })
    }

    fn files(&self) -> Result<Vec<File>, Code> {
        let pdf = self.pdf().map_err(|e| e.code())?;
        let name = format!("{}.pdf", tr(self.lang, Msg::PenFile));
        Ok(vec![(name, Zeroizing::new(pdf.bytes().to_vec()))])
    }
}

#[derive(Clone)]
pub enum Message {
    Print,
    StopPrint,
    Paper(paper::Message),
    /// Onto the stick that is in, or onto this one of several.
    Save(Option<Stick>),
    Saved(save::Message),
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
        Self { player, paper: Paper::default(), save: Save::default() }
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::Print => {
                let Some(sheet) = self.sheet(context) else { return Action::None };
                let task = self.paper.print(context, move || sheet.pdf());
                return Action::Run(task.map(Message::Paper));
            }
            Message::StopPrint => self.paper.stop(),
            Message::Save(to) => {
                let Some(sheet) = self.sheet(context) else { return Action::None };
                let task = self.save.begin(context, to, move || sheet.files());
                return Action::Run(task.map(Message::Saved));
            }
            Message::Saved(progress) => self.save.update(progress),
            Message::Paper(progress) => self.paper.update(progress),
            // A stick that is being written to is not pulled out in good faith.
            Message::Back | Message::Finish if self.save.is_busy() => {}
            Message::Back => return Action::Back,
            Message::Finish => return Action::Finish { printed: self.paper.printed() },
        }
        Action::None
    }

    pub fn sticks_changed(&mut self, context: &Context<'_>) {
        self.save.sticks_changed(context.sticks);
    }

    fn sheet(&self, context: &Context<'_>) -> Option<Sheet> {
        let lang = context.look.lang;
        Some(Sheet {
            lang,
            practice: context.practice(),
            made: context.world.env.clock.now().wall,
            hours: self.hours(context),
            letter: self.player.on_paper(lang)?,
        })
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
            .push_maybe(self.paper.view(look, Message::StopPrint))
            .push_maybe(self.save.view(&context, |stick| Message::Save(Some(stick))))
            .push(card(look, facts))
            .push(notice(look, Notice::Warning, Msg::PenNotSent, ""))
            .push_maybe(files)
            .back(Message::Back)
            .also("pen.save", Msg::PenSave, Icon::Usb, Message::Save(None))
            .also("pen.finish", Msg::ReceivedFinish, Icon::Check, Message::Finish)
            .primary(Msg::PenPrint, (!self.paper.is_busy()).then_some(Message::Print))
            .show()
    }
}
