//! The receipt: number, date and time, who received it, the due date and its rule, what happens
//! next, the two QRs. Print and stick are both optional.

use std::sync::Arc;

use iced::widget::{column, row};
use iced::{Element, Length, Task};
use zeroize::Zeroizing;

use super::Context;
use super::frame::Frame;
use super::paper::{self, Paper};
use super::qr::Qr;
use crate::domain::receipt::Receipt;
use crate::domain::statement::Statement;
use crate::i18n::{Lang, Msg, Text, format};
use crate::print::{ReceiptPaper, receipt_pdf};
use crate::seal::receipt::proof_qr_text;
use crate::seal::visitor::VisitorSecret;
use crate::ui::card::{Notice, card, fact, notice, number, rule};
use crate::ui::icon::Icon;
use crate::ui::theme::Look;
use crate::ui::words::{small, strong, text};

/// What of a signed letter outlives its sending, for receipt and paper.
pub struct Letter {
    /// The letter's language: the receipt's paper is in it.
    pub lang: Lang,
    pub secret: VisitorSecret,
    /// As signed: what a print of the letter shows.
    pub statement: Arc<Statement>,
}

pub struct State {
    letter: Arc<Letter>,
    receipt: Arc<Receipt>,
    own_qr: Zeroizing<String>,
    proof_qr: String,
    own: Qr,
    proof: Qr,
    paper: Paper,
}

#[derive(Clone)]
pub enum Message {
    Print,
    Paper(paper::Message),
    Finish,
}

pub enum Action {
    None,
    Run(Task<Message>),
    Finish { printed: bool },
}

impl State {
    /// `signed` are the receipt's COSE bytes, verified by the outbox.
    pub fn new(receipt: Arc<Receipt>, signed: &[u8], letter: Arc<Letter>) -> Self {
        let own_qr = letter.secret.qr_text(receipt.practice);
        let proof_qr = proof_qr_text(signed);
        let (own, proof) = (Qr::new(&own_qr), Qr::new(&proof_qr));
        Self { own_qr, proof_qr, own, proof, letter, receipt, paper: Paper::default() }
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::Print => {
                let lang = self.letter.lang;
                let (rule, article) = self.counted(lang, context);
                let (receipt, letter) = (self.receipt.clone(), self.letter.clone());
                let (own, proof) = (self.own_qr.clone(), self.proof_qr.clone());
                let portal = context.world.operator.get(lang).to_owned();
                let task = self.paper.print(context, move || {
                    receipt_pdf(&ReceiptPaper {
                        lang,
                        receipt: &receipt,
                        portal: &portal,
                        rule: &rule,
                        article: &article,
                        own_qr: &own,
                        paper_code: &letter.secret.paper_code(),
                        proof_qr: &proof,
                    })
                });
                return Action::Run(task.map(Message::Paper));
            }
            Message::Paper(progress) => self.paper.update(progress),
            Message::Finish => return Action::Finish { printed: self.paper.printed() },
        }
        Action::None
    }

    /// How the due date was counted, and the article it stands on; empty where content has lost
    /// the rule (the receipt still names it).
    fn counted(&self, lang: Lang, context: &Context<'_>) -> (String, String) {
        match context.world.env.content.rule(&self.receipt.rule) {
            Some(rule) => {
                let days = Text::new(Msg::ReceivedRuleDays).with("n", i64::from(rule.working_days));
                (days.say(lang), rule.article.get(lang).to_owned())
            }
            None => (self.receipt.rule.clone(), String::new()),
        }
    }

    pub fn view<'a>(&'a self, context: Context<'a>) -> Element<'a, Message> {
        let look = context.look;
        let r = &*self.receipt;
        let (counted, article) = self.counted(look.lang, &context);
        let mut facts = column![].spacing(look.space(2.0));
        facts = facts.push(fact(
            look,
            Msg::ReceivedWhen,
            strong(look, format::date_time(look.lang, r.registered)),
        ));
        facts = facts.push(fact(look, Msg::ReceivedBody, text(look, r.body_name.clone()).private()));
        if !r.received_by.is_empty() {
            facts = facts.push(fact(look, Msg::ReceivedBy, text(look, r.received_by.clone())));
        }
        let due = format!("{}, {}", format::date(look.lang, r.due), format::weekday(look.lang, r.due));
        let codes = row![
            code(look, Msg::ReceivedQrProof, Msg::ReceivedQrProofText, &self.proof, false),
            code(look, Msg::ReceivedQrOwn, Msg::ReceivedQrOwnText, &self.own, true),
        ]
        .spacing(look.space(4.0));
        let paper_code = Text::new(Msg::ReceivedCode).with("code", self.letter.secret.paper_code());
        let next = column![strong(look, Msg::ReceivedNext), text(look, Msg::ReceivedNextText).wide()]
            .spacing(look.space(0.75));
        Frame::new(&context, "received", Msg::ReceivedTitle)
            .crumb(Msg::ReceivedCrumb)
            .push_maybe(self.paper.view(look))
            .push(number(look, Msg::ReceivedNumber, r.number.clone(), "", ""))
            .push(card(look, facts))
            .push(notice(look, Notice::Good, Msg::ReceivedVerified, ""))
            .push(card(
                look,
                column![codes, rule(look), small(look, paper_code).private()].spacing(look.space(2.0)),
            ))
            .side(number(look, Msg::ReceivedDue, due, "", format!("{counted}. {article}")))
            .side(card(look, next))
            .also("received.print", Msg::ReceivedPrint, Icon::Printer, Message::Print)
            .primary(Msg::ReceivedFinish, Some(Message::Finish))
            .show()
    }
}

/// A QR with its name and what it is for.
fn code<'a>(look: &Look, name: Msg, says: Msg, code: &Qr, own: bool) -> Element<'a, Message> {
    let id = if own { "received.own" } else { "received.proof" };
    let words = column![strong(look, name), small(look, says)].spacing(look.space(0.75)).width(Length::Fill);
    column![code.view(look, id, name, own), words]
        .spacing(look.space(1.5))
        .width(Length::FillPortion(1))
        .into()
}
