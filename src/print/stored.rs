//! What the visitor takes home while the line is down: no receipt yet, and the code that tells her later what
//! became of her letter.

use super::receipt::{Own, own_strip};
use super::sheet::{Frame, Sheets, WIDTH};
use super::text::Style;
use super::{Pdf, PrintError};
use crate::clock::Moment;
use crate::i18n::{Lang, Msg, Text, format};

pub struct StoredPaper<'a> {
    /// The letter's language.
    pub lang: Lang,
    pub practice: bool,
    /// When she signed.
    pub signed: Moment,
    /// To whom, as the letter names it.
    pub body: &'a str,
    /// Who runs the portal that the letter goes to.
    pub portal: &'a str,
    /// QR text of the visitor's secret (`TRZ1S…`).
    pub own_qr: &'a str,
}

/// One page of A4.
pub fn stored_pdf(paper: &StoredPaper) -> Result<Pdf, PrintError> {
    let mut s = Sheets::new(Frame {
        lang: paper.lang,
        practice: paper.practice,
        title: Text::new(Msg::PrintStoredTitle).say(paper.lang),
        foot: Text::new(Msg::PrintPortal).with("name", paper.portal).say(paper.lang),
        made: paper.signed,
    })?;
    let title = s.tr(Msg::PrintStoredTitle);
    s.heading(1, &title, Style::H1.size(20.0));
    s.space(6.0);
    let words = s.tr(Msg::PrintStoredWords);
    s.text(&words, Style::BODY.size(13.0).strong());
    s.space(12.0);
    let facts = [
        (s.tr(Msg::PrintStoredWhen), format::date_time(paper.lang, paper.signed)),
        (s.tr(Msg::PrintStoredBody), paper.body.to_owned()),
    ];
    s.facts(&facts, WIDTH, 128.0, Style::BODY.strong());
    s.space(14.0);
    let title = s.tr(Msg::PrintNextTitle);
    s.heading(2, &title, Style::H2.size(15.0));
    s.space(2.0);
    let steps = [Msg::PrintStoredGoes, Msg::PrintStoredAsk, Msg::PrintStoredReceipt, Msg::PrintStoredDue];
    let steps = steps.map(|m| s.tr(m));
    s.steps(&steps, Style::BODY.size(12.0), WIDTH);
    own_strip(&mut s, &Own { qr: paper.own_qr, number: "", code: "" })?;
    s.finish()
}
