//! The receipt (талон): what the visitor takes home (АППК art. 64: number, date, time, name and
//! post of who received the letter).

use super::sheet::{BOTTOM, Frame, LEFT, PAGE, Pen, RIGHT, Role, Sheets, WIDTH, rounded, segment};
use super::text::{Ink, Style};
use super::{Pdf, PrintError};
use crate::domain::receipt::Receipt;
use crate::i18n::{Lang, Msg, Text, format};

/// What the receipt says. The two QR texts come from `seal`; nothing here reads them.
pub struct ReceiptPaper<'a> {
    /// The letter's language.
    pub lang: Lang,
    pub receipt: &'a Receipt,
    /// Who runs the portal.
    pub portal: &'a str,
    /// How the due date was counted, in words: `20 working days from the day after registration`.
    pub rule: &'a str,
    /// The article that the rule stands on.
    pub article: &'a str,
    /// QR text of the visitor's secret (`TRZ1S…`).
    pub own_qr: &'a str,
    /// The short code that with the number shows status and dates.
    pub paper_code: &'a str,
    /// QR text of the signed receipt (`TRZ1P:…`).
    pub proof_qr: &'a str,
}

/// 45 mm and 40 mm: read from degraded 130-dpi scans with room to spare.
const PROOF_SIDE: f32 = 128.0;
const OWN_SIDE: f32 = 116.0;
const OWN_STRIP: f32 = 150.0;

/// One page of A4; more only where names are very long. The lower strip can be cut off.
pub fn receipt_pdf(paper: &ReceiptPaper) -> Result<Pdf, PrintError> {
    let r = paper.receipt;
    let mut s = Sheets::new(Frame {
        lang: paper.lang,
        practice: r.practice,
        title: Text::new(Msg::PrintReceiptDocument).with("number", r.number.as_str()).say(paper.lang),
        foot: Text::new(Msg::PrintPortal).with("name", paper.portal).say(paper.lang),
        made: r.registered,
    })?;

    let title = s.tr(Msg::PrintReceiptTitle);
    s.heading(1, &title, Style::H1.size(20.0));
    s.space(8.0);

    // Left: the number and the facts. Right: the proof, which may be shown to anybody.
    let top = s.y;
    let column = WIDTH - PROOF_SIDE - 26.0;
    number(&mut s, &r.number, column);
    s.space(10.0);
    let facts = [
        (Msg::PrintReceiptWhen, format::date_time(paper.lang, r.registered)),
        (Msg::PrintReceiptBody, r.body_name.clone()),
        (Msg::PrintReceiptBy, r.received_by.clone()),
    ];
    let facts: Vec<_> = facts
        .into_iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(label, value)| (s.tr(label), value))
        .collect();
    s.facts(&facts, column, 112.0, Style::BODY.strong());
    let left_end = s.y;
    let same_page = s.pages.len();

    let x = RIGHT - PROOF_SIDE;
    let (proof_title, proof_words) = (s.tr(Msg::PrintProofTitle), s.tr(Msg::PrintProofWords));
    if same_page > 1 {
        s.fit(PROOF_SIDE + 130.0);
    }
    let proof_top = if same_page > 1 { s.y } else { top };
    s.open(Role::Section);
    let alt = s.tr(Msg::PrintProofAlt);
    s.qr(paper.proof_qr, (x, proof_top - 8.0), PROOF_SIDE, &alt)?;
    let inset = 4.0 * PROOF_SIDE / 60.0;
    let below = s.boxed(
        &proof_title,
        Style::BODY.strong(),
        (x + inset, proof_top + PROOF_SIDE - 6.0),
        PROOF_SIDE - inset,
    );
    let small = Style::SMALL.size(9.0);
    let below = s.boxed(&proof_words, small, (x + inset, below), PROOF_SIDE - inset);
    let proof_check = s.tr(Msg::PrintProofCheck);
    let right_end = s.boxed(&proof_check, small, (x + inset, below + 3.0), PROOF_SIDE - inset);
    s.close();
    s.y = left_end.max(right_end) + 12.0;

    due(&mut s, paper);
    next_steps(&mut s);
    own_strip(&mut s, &Own { qr: paper.own_qr, number: &r.number, code: paper.paper_code })?;
    s.finish()
}

/// The letter's number under its label. Those of `ЖТ-2026-00001234`'s length stand large; longer ones shrink rather
/// than wrap.
pub(super) fn number(s: &mut Sheets, number: &str, width: f32) {
    let label = s.tr(Msg::PrintReceiptNumber);
    s.text_at(&label, Style::LABEL, LEFT, width);
    let size = if number.chars().count() <= 17 { 30.0 } else { 19.0 };
    s.text_at(number, Style::BIG.size(size), LEFT, width);
}

fn due(s: &mut Sheets, paper: &ReceiptPaper) {
    let inner = WIDTH - 32.0;
    let lead = s.tr(Msg::PrintReceiptDue);
    let date = format::date(paper.lang, paper.receipt.due);
    let rule = s.say(Text::new(Msg::PrintReceiptRule).with("rule", paper.rule));
    let article = s.say(Text::new(Msg::PrintReceiptArticle).with("article", paper.article));
    let mut blocks = vec![(lead, Style::LABEL), (date, Style::BIG.size(24.0))];
    if !paper.rule.is_empty() {
        blocks.push((rule, Style::SMALL.size(10.0)));
    }
    if !paper.article.is_empty() {
        blocks.push((article, Style::SMALL.size(10.0)));
    }
    let blocks: Vec<_> =
        blocks.into_iter().map(|(text, style)| (s.shape(&text, style, inner), style)).collect();
    let height: f32 = blocks.iter().map(|(lines, style)| lines.len() as f32 * style.line_height()).sum();
    let height = height + 22.0;
    s.fit(height);
    let top = s.y;
    let pen = Pen { ink: Ink::Accent, width: 1.4, dash: None };
    s.decor(vec![rounded((LEFT, top), (WIDTH, height), 10.0, None, Some(pen))]);
    let mut y = top + 11.0;
    for (lines, style) in blocks {
        s.open(Role::Paragraph);
        y = s.place(&lines, style, LEFT + 16.0, y);
        s.close();
    }
    s.y = top + height + 16.0;
}

fn next_steps(s: &mut Sheets) {
    let title = s.tr(Msg::PrintNextTitle);
    s.heading(2, &title, Style::H2.size(15.0));
    s.space(2.0);
    let steps = [Msg::PrintNextRead, Msg::PrintNextMoved, Msg::PrintNextAnswer, Msg::PrintNextLate];
    let steps = steps.map(|m| s.tr(m));
    s.steps(&steps, Style::BODY.size(12.0), WIDTH);
}

/// What opens the letter.
pub(super) struct Own<'a> {
    pub qr: &'a str,
    /// Empty as long as there is none.
    pub number: &'a str,
    /// Opens nothing without the number; may be empty.
    pub code: &'a str,
}

/// At the foot of the page, under a line to cut or fold along.
pub(super) fn own_strip(s: &mut Sheets, own: &Own) -> Result<(), PrintError> {
    s.fit(OWN_STRIP);
    let top = BOTTOM - OWN_STRIP + 8.0;
    let pen = Pen { ink: Ink::Hairline, width: 0.8, dash: Some([4.0, 4.0]) };
    s.decor(vec![segment((0.0, top), (PAGE.0, top), pen)]);
    s.open(Role::Section);
    let title = s.tr(Msg::PrintOwnTitle);
    let words = s.tr(Msg::PrintOwnWords);
    let alt = s.tr(Msg::PrintOwnAlt);
    let x = LEFT + OWN_SIDE + 16.0;
    let width = RIGHT - x;
    let style = Style::H2.size(15.0);
    s.y = top + 14.0;
    let lines = s.shape(&title, style, width);
    s.mark_heading(2, &title);
    s.y = s.place(&lines, style, x, s.y);
    s.close();
    s.y = s.boxed(&words, Style::BODY.size(10.5), (x, s.y + 2.0), width) + 7.0;
    let half = width * 0.56;
    if !own.number.is_empty() {
        let label = s.tr(Msg::PrintReceiptNumber);
        let y = s.boxed(&label, Style::LABEL.size(9.0), (x, s.y), half);
        let below = s.boxed(own.number, Style::BODY.size(13.0).strong(), (x, y), half);
        if !own.code.is_empty() {
            let label = s.tr(Msg::PrintOwnCode);
            let y = s.boxed(&label, Style::LABEL.size(9.0), (x + half, s.y), width - half);
            s.boxed(own.code, Style::BODY.size(13.0).strong(), (x + half, y), width - half);
            let hint = s.tr(Msg::PrintOwnCodeWords);
            s.boxed(&hint, Style::SMALL.size(9.0), (x, below + 3.0), width);
        }
    }
    s.qr(own.qr, (LEFT - 10.0, top + 12.0), OWN_SIDE, &alt)?;
    s.close();
    s.y = BOTTOM;
    Ok(())
}
