//! The receipt: number, date and time, who received it, the due date and its rule, what happens
//! next, the two QRs. Print and stick are both optional.

mod things;
mod view;

pub use view::own;

use std::sync::Arc;

use iced::{Element, Task};
use zeroize::Zeroizing;

use super::Context;
use super::paper::{self, Paper};
use super::qr::Qr;
use super::save::{self, Save};
use super::tell;
use crate::domain::Digest;
use crate::domain::receipt::Receipt;
use crate::domain::statement::Statement;
use crate::files::Stick;
use crate::i18n::Lang;
use crate::seal::receipt::proof_qr_text;
use crate::seal::visitor::VisitorSecret;

/// What of a signed letter outlives its sending, for receipt, paper and stick.
pub struct Letter {
    /// The letter's language: the receipt's paper is in it.
    pub lang: Lang,
    pub secret: VisitorSecret,
    /// As signed: what a print of the letter shows.
    pub statement: Arc<Statement>,
    /// SHA-256 of the statement's canonical bytes.
    pub digest: Digest,
    /// The signed letter: CMS in DER, the statement inside.
    pub signed: Arc<Zeroizing<Vec<u8>>>,
}

pub struct State {
    letter: Arc<Letter>,
    receipt: Arc<Receipt>,
    /// The receipt's COSE bytes.
    signed: Arc<[u8]>,
    own_qr: Zeroizing<String>,
    proof_qr: String,
    own: Qr,
    proof: Qr,
    paper: Paper,
    save: Save,
    /// Whom to tell when the answer comes.
    wish: tell::Wish,
    /// A sheet that came before the receipt lies in the printer.
    sheet_before: bool,
}

#[derive(Clone)]
pub enum Message {
    Print,
    StopPrint,
    Paper(paper::Message),
    /// Onto the stick that is in, or onto this one of several.
    Save(Option<Stick>),
    Saved(save::Message),
    Tell(tell::Message),
    Finish,
}

pub enum Action {
    None,
    Run(Task<Message>),
    Finish { printed: bool },
}

impl State {
    /// `signed` are the receipt's COSE bytes, verified by the outbox.
    pub fn new(receipt: Arc<Receipt>, signed: &[u8], letter: Arc<Letter>, wish: tell::Wish) -> Self {
        let own_qr = letter.secret.qr_text(receipt.practice);
        let proof_qr = proof_qr_text(signed);
        let (own, proof) = (Qr::new(&own_qr), Qr::new(&proof_qr));
        Self {
            own_qr,
            proof_qr,
            own,
            proof,
            letter,
            receipt,
            signed: signed.into(),
            paper: Paper::default(),
            save: Save::default(),
            wish,
            sheet_before: false,
        }
    }

    pub fn after_sheet(self, came: bool) -> Self {
        Self { sheet_before: came, ..self }
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::Print => {
                let sheet = self.sheet(context);
                let task = self.paper.print(context, move || sheet.pdf());
                return Action::Run(task.map(Message::Paper));
            }
            Message::StopPrint => self.paper.stop(),
            Message::Paper(progress) => self.paper.update(progress),
            Message::Save(to) => {
                let files = self.files(context);
                let task = self.save.begin(context, to, move || files.make());
                return Action::Run(task.map(Message::Saved));
            }
            Message::Saved(progress) => self.save.update(progress),
            Message::Tell(message) => {
                let (env, letter) = (&context.world.env, &self.letter);
                let keep = |phone| tell::by_outbox(env.clone(), self.receipt.envelope, &letter.secret, phone);
                return Action::Run(self.wish.update(message, context, &keep).map(Message::Tell));
            }
            // A stick that is being written to is not pulled out in good faith.
            Message::Finish if self.save.is_busy() => {}
            Message::Finish => return Action::Finish { printed: self.sheet_before || self.paper.printed() },
        }
        Action::None
    }

    /// The question stands in place of the page.
    pub fn asks(&self) -> bool {
        self.wish.asks()
    }

    pub fn language_changed(&mut self, context: &Context<'_>) {
        self.wish.language_changed(context);
    }

    pub fn sticks_changed(&mut self, context: &Context<'_>) {
        self.save.sticks_changed(context.sticks);
    }

    pub fn view<'a>(&'a self, context: Context<'a>) -> Element<'a, Message> {
        match self.wish.page(context) {
            Some(question) => question.map(Message::Tell),
            None => view::view(self, context),
        }
    }
}
