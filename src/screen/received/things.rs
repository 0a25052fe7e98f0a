//! What the visitor may take along: the receipt's paper, and the files from which anybody checks
//! letter and receipt elsewhere.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::{Letter, State};
use crate::domain::receipt::Receipt;
use crate::fault::{Code, Coded as _};
use crate::i18n::{Lang, Msg, Text};
use crate::print::{Pdf, PrintError, ReceiptPaper, SignedCopy, receipt_pdf, signed_letter_pdf};
use crate::screen::Context;
use crate::screen::save::File;

/// The receipt's page, ready to be made away from the drawing thread.
pub(super) struct Sheet {
    letter: Arc<Letter>,
    receipt: Arc<Receipt>,
    portal: String,
    rule: String,
    article: String,
    own_qr: Zeroizing<String>,
    proof_qr: String,
}

impl Sheet {
    pub fn pdf(&self) -> Result<Pdf, PrintError> {
        receipt_pdf(&ReceiptPaper {
            lang: self.letter.lang,
            receipt: &self.receipt,
            portal: &self.portal,
            rule: &self.rule,
            article: &self.article,
            own_qr: &self.own_qr,
            paper_code: &self.letter.secret.paper_code(),
            proof_qr: &self.proof_qr,
        })
    }
}

/// The files for a stick, in the letter's language.
pub(super) struct Files {
    sheet: Sheet,
    signed: Arc<[u8]>,
    keyset: Arc<[u8]>,
}

impl Files {
    /// Two documents to read; the signed letter, the signed receipt and the portal's keys to check
    /// them with (`tereze verify`).
    pub fn make(&self) -> Result<Vec<File>, Code> {
        let Sheet { letter, receipt, .. } = &self.sheet;
        let name = |what: Msg, ending: &str| {
            let name = Text::new(what).with("number", receipt.number.as_str()).say(letter.lang);
            format!("{name}.{ending}")
        };
        let document = |pdf: Result<Pdf, PrintError>| match pdf {
            Ok(pdf) => Ok(Zeroizing::new(pdf.bytes().to_vec())),
            Err(error) => Err(error.code()),
        };
        let copy =
            SignedCopy { statement: &letter.statement, digest: letter.digest, number: Some(&receipt.number) };
        let plain = |bytes: &[u8]| Zeroizing::new(bytes.to_vec());
        Ok(vec![
            (name(Msg::ReceivedFileReceipt, "pdf"), document(self.sheet.pdf())?),
            (name(Msg::ReceivedFileLetter, "pdf"), document(signed_letter_pdf(&copy))?),
            (name(Msg::ReceivedFileLetter, "p7m"), plain(&letter.signed)),
            (name(Msg::ReceivedFileReceipt, "cose"), plain(&self.signed)),
            (name(Msg::ReceivedFileKeys, "cose"), plain(&self.keyset)),
        ])
    }
}

impl State {
    /// How the due date was counted, and the article it stands on; empty where content has lost
    /// the rule (the receipt still names it).
    pub(super) fn counted(&self, lang: Lang, context: &Context<'_>) -> (String, String) {
        match context.world.env.content.rule(&self.receipt.rule) {
            Some(rule) => {
                let days = Text::new(Msg::ReceivedRuleDays).with("n", i64::from(rule.working_days));
                (days.say(lang), rule.article.get(lang).to_owned())
            }
            None => (self.receipt.rule.clone(), String::new()),
        }
    }

    pub(super) fn sheet(&self, context: &Context<'_>) -> Sheet {
        let lang = self.letter.lang;
        let (rule, article) = self.counted(lang, context);
        Sheet {
            letter: self.letter.clone(),
            receipt: self.receipt.clone(),
            portal: context.world.operator.get(lang).to_owned(),
            rule,
            article,
            own_qr: self.own_qr.clone(),
            proof_qr: self.proof_qr.clone(),
        }
    }

    pub(super) fn files(&self, context: &Context<'_>) -> Files {
        Files {
            sheet: self.sheet(context),
            signed: self.signed.clone(),
            keyset: context.world.env.held.signed(),
        }
    }
}
