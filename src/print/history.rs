//! A letter's life on paper: what happened, day by day, and the portal's signed extract as proof.

use super::receipt::number;
use super::sheet::{Frame, RIGHT, Role, Sheets, WIDTH};
use super::text::Style;
use super::{Pdf, PrintError};
use crate::domain::event::History;
use crate::i18n::{Lang, Msg, Text, format};

/// One event in words.
pub struct Happened {
    pub when: String,
    pub what: String,
    /// Who, where to, why.
    pub more: Vec<String>,
}

pub struct HistoryPaper<'a> {
    pub lang: Lang,
    pub history: &'a History,
    /// The body that holds the letter.
    pub holder: &'a str,
    pub events: &'a [Happened],
    /// Who runs the portal.
    pub portal: &'a str,
    /// QR text of the signed extract (`TRZ1P:…`).
    pub proof_qr: &'a str,
}

/// 43 mm and its quiet zone: read from degraded 130-dpi scans.
const PROOF_SIDE: f32 = 128.0;

pub fn history_pdf(paper: &HistoryPaper) -> Result<Pdf, PrintError> {
    let h = paper.history;
    let mut s = Sheets::new(Frame {
        lang: paper.lang,
        practice: h.practice,
        title: Text::new(Msg::PrintHistoryDocument).with("number", h.number.as_str()).say(paper.lang),
        foot: Text::new(Msg::PrintPortal).with("name", paper.portal).say(paper.lang),
        made: h.made,
    })?;
    let title = s.tr(Msg::PrintHistoryTitle);
    s.heading(1, &title, Style::H1);
    s.space(10.0);

    let top = s.y;
    let column = WIDTH - PROOF_SIDE - 26.0;
    number(&mut s, &h.number, column);
    s.space(10.0);
    let facts = [
        (Msg::PrintHistoryBody, paper.holder.to_owned()),
        (Msg::PrintReceiptDue, format::date(paper.lang, h.due_now())),
        (Msg::PrintHistoryMade, format::date_time(paper.lang, h.made)),
    ];
    let facts: Vec<_> = facts.into_iter().map(|(label, value)| (s.tr(label), value)).collect();
    s.facts(&facts, column, 112.0, Style::BODY.strong());
    let left_end = s.y;
    let x = RIGHT - PROOF_SIDE;
    let (proof, words, alt) =
        (s.tr(Msg::PrintProofTitle), s.tr(Msg::PrintHistoryProof), s.tr(Msg::PrintHistoryProofAlt));
    s.open(Role::Section);
    s.qr(paper.proof_qr, (x, top - 8.0), PROOF_SIDE, &alt)?;
    let inset = 4.0 * PROOF_SIDE / 60.0;
    let width = PROOF_SIDE - inset;
    let below = s.boxed(&proof, Style::BODY.strong(), (x + inset, top + PROOF_SIDE - 6.0), width);
    let small = Style::SMALL.size(9.0);
    let below = s.boxed(&words, small, (x + inset, below), width);
    let check = s.tr(Msg::PrintProofCheck);
    let right_end = s.boxed(&check, small, (x + inset, below + 3.0), width);
    s.close();
    s.y = left_end.max(right_end) + 18.0;

    let title = s.tr(Msg::PrintHistoryEvents);
    s.heading(2, &title, Style::H2);
    s.space(4.0);
    let rows: Vec<_> =
        paper.events.iter().map(|e| (e.when.clone(), e.what.clone(), e.more.join("\n"))).collect();
    s.told(&rows, WIDTH, 150.0);
    s.note_unprintable();
    s.finish()
}
