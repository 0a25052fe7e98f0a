//! An answer on paper: a copy for people. The signed file is the original.

use super::receipt::number;
use super::sheet::{Frame, Pen, Sheets, WIDTH};
use super::text::{Ink, Style};
use super::{Pdf, PrintError};
use crate::clock::Moment;
use crate::domain::answer::Answer;
use crate::i18n::{Lang, Msg, Text, format};

/// Made only from an answer whose verdict is *valid*.
pub struct AnswerPaper<'a> {
    pub answer: &'a Answer,
    pub signer: &'a str,
    pub post: &'a str,
    /// The authority that issued the signer's certificate.
    pub issuer: &'a str,
    /// The time that the signer wrote into the signature.
    pub signed: Moment,
    /// When the kiosk checked it.
    pub checked: Moment,
}

pub fn answer_pdf(paper: &AnswerPaper) -> Result<Pdf, PrintError> {
    let answer = paper.answer;
    let lang = Lang::from_tag(&answer.language).unwrap_or_default();
    let mut s = Sheets::new(Frame {
        lang,
        practice: answer.practice,
        title: Text::new(Msg::PrintAnswerDocument).with("number", answer.number.as_str()).say(lang),
        foot: Text::new(Msg::PrintSignedFoot).say(lang),
        made: paper.checked,
    })?;
    let title = s.tr(Msg::PrintAnswerTitle);
    s.heading(1, &title, Style::H1);
    s.space(6.0);
    number(&mut s, &answer.number, WIDTH);
    s.space(6.0);
    let facts = [(s.tr(Msg::PrintAnswerFrom), answer.body.name.clone())];
    s.facts(&facts, WIDTH, 150.0, Style::BODY.strong());
    s.space(8.0);
    s.rule(Pen { ink: Ink::Hairline, width: 0.8, dash: None });
    s.space(12.0);
    s.text(&answer.text, Style::BODY.size(12.0));
    s.note_unprintable();

    s.space(14.0);
    s.fit(150.0);
    s.rule(Pen { ink: Ink::Accent, width: 1.0, dash: None });
    s.space(8.0);
    let title = s.tr(Msg::PrintSignedBy);
    s.heading(2, &title, Style::H2);
    let signer = if paper.post.is_empty() {
        paper.signer.to_owned()
    } else {
        format!("{}, {}", paper.signer, paper.post)
    };
    let facts = [
        (s.tr(Msg::PrintSignedName), signer),
        (s.tr(Msg::PrintAnswerIssuer), paper.issuer.to_owned()),
        (s.tr(Msg::PrintSignedTime), format::date_time(lang, paper.signed)),
        (s.tr(Msg::PrintAnswerChecked), format::date_time(lang, paper.checked)),
    ];
    s.facts(&facts, WIDTH, 150.0, Style::BODY);
    s.space(4.0);
    let how = s.tr(Msg::PrintAnswerHow);
    s.text(&how, Style::SMALL.size(10.0));
    s.finish()
}
