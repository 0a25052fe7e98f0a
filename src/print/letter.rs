//! The finished letter for a pen: for whoever has no electronic signature.

use super::sheet::{Frame, LEFT, Pen, RIGHT, Role, Sheets, WIDTH, rounded, segment};
use super::text::{Ink, Style};
use super::{Pdf, PrintError};
use crate::clock::Moment;
use crate::i18n::{Lang, Msg, Text, format};

/// A letter on paper (АППК art. 63: name, IIN where there is one, address, body addressed,
/// substance, date, signature). Empty optional parts are left out.
pub struct PenLetter<'a> {
    pub lang: Lang,
    pub practice: bool,
    /// When the file was made; the letter's own date is written by hand.
    pub made: Moment,
    /// The body addressed.
    pub to: &'a str,
    /// Where it is taken or posted to.
    pub address: Option<&'a str>,
    /// When it is taken there.
    pub hours: Option<&'a str>,
    /// Who writes: label and value (`Name`, `IIN`, `Address`, `Phone`), in that order.
    pub from: &'a [(String, String)],
    /// What the letter is: `Complaint`, `Application`…
    pub kind: &'a str,
    /// Answers that stand before the text: label and value.
    pub fields: &'a [(String, String)],
    pub text: &'a str,
    /// Name and size in bytes.
    pub attachments: &'a [(String, u64)],
}

/// As many pages as the text needs; the signature never stands alone on a page.
pub fn pen_letter_pdf(letter: &PenLetter) -> Result<Pdf, PrintError> {
    let lang = letter.lang;
    let mut s = Sheets::new(Frame {
        lang,
        practice: letter.practice,
        title: Text::new(Msg::PrintLetterDocument).with("kind", letter.kind).say(lang),
        foot: String::new(),
        made: letter.made,
    })?;
    addressed(&mut s, letter);

    s.space(16.0);
    let style = Style::H1.size(18.0);
    let kind =
        if letter.kind.trim().is_empty() { s.tr(Msg::PrintLetterTitle) } else { letter.kind.to_owned() };
    s.heading_centred(1, &kind, style);
    s.space(8.0);
    if !letter.fields.is_empty() {
        s.facts(letter.fields, WIDTH, 150.0, Style::BODY);
        s.space(6.0);
    }
    s.text(letter.text, Style::BODY.size(12.0));
    attachments(&mut s, letter.attachments);
    s.note_unprintable();
    signature(&mut s);
    if letter.address.is_some_and(filled) || letter.hours.is_some_and(filled) {
        where_to(&mut s, letter);
    }
    s.finish()
}

fn filled(text: &str) -> bool {
    !text.trim().is_empty()
}

/// «Кімге … Кімнен …» in the right half, as official letters have it.
fn addressed(s: &mut Sheets, letter: &PenLetter) {
    let x = LEFT + WIDTH * 0.42;
    let width = RIGHT - x;
    let to = s.tr(Msg::PrintLetterTo);
    s.text_at(&to, Style::LABEL, x, width);
    s.text_at(letter.to, Style::BODY.strong(), x, width);
    if let Some(address) = letter.address.filter(|a| filled(a)) {
        s.text_at(address, Style::BODY.size(10.5), x, width);
    }
    s.space(8.0);
    let from: Vec<_> = letter.from.iter().filter(|(_, v)| filled(v)).collect();
    if !from.is_empty() {
        let label = s.tr(Msg::PrintLetterFrom);
        s.text_at(&label, Style::LABEL, x, width);
        for (n, (label, value)) in from.into_iter().enumerate() {
            if n == 0 {
                s.text_at(value, Style::BODY.strong(), x, width);
            } else {
                s.text_at(&format!("{label}: {value}"), Style::BODY.size(10.5), x, width);
            }
        }
    }
}

pub(super) fn attachments(s: &mut Sheets, files: &[(String, u64)]) {
    if files.is_empty() {
        return;
    }
    s.space(10.0);
    let title = s.tr(Msg::PrintLetterAttachments);
    s.heading(2, &title, Style::H2.size(12.0));
    let lang = s.frame.lang;
    let lines: Vec<_> =
        files.iter().map(|(name, size)| format!("{name} ({})", format::file_size(lang, *size))).collect();
    s.steps(&lines, Style::BODY.size(11.0), WIDTH);
}

/// Lines for the date, the signature and the name, kept together.
fn signature(s: &mut Sheets) {
    s.space(26.0);
    s.fit(64.0);
    let y = s.y + 20.0;
    let pen = Pen { ink: Ink::Text, width: 0.7, dash: None };
    let thirds = [
        (Msg::PrintLetterDate, LEFT, 120.0),
        (Msg::PrintLetterSignature, LEFT + 150.0, 130.0),
        (Msg::PrintLetterName, LEFT + 310.0, WIDTH - 310.0),
    ];
    let mut below = y;
    for (label, x, width) in thirds {
        s.decor(vec![segment((x, y), (x + width, y), pen)]);
        let label = s.tr(label);
        below = below.max(s.boxed(&label, Style::SMALL, (x, y + 2.0), width));
    }
    s.y = below + 10.0;
}

/// Not a part of the letter: where it is taken.
fn where_to(s: &mut Sheets, letter: &PenLetter) {
    let title = s.tr(Msg::PrintLetterWhere);
    let parts = [(Msg::PrintLetterAddress, letter.address), (Msg::PrintLetterHours, letter.hours)];
    let mut lines = vec![(s.shape(&title, Style::BODY.strong(), WIDTH - 28.0), Style::BODY.strong())];
    for (label, value) in parts {
        if let Some(value) = value.filter(|v| filled(v)) {
            let text = format!("{}: {value}", s.tr(label));
            lines.push((s.shape(&text, Style::BODY.size(10.5), WIDTH - 28.0), Style::BODY.size(10.5)));
        }
    }
    let hint = s.tr(Msg::PrintLetterTwoCopies);
    lines.push((s.shape(&hint, Style::BODY.size(10.5), WIDTH - 28.0), Style::BODY.size(10.5)));
    let height: f32 = lines.iter().map(|(l, style)| l.len() as f32 * style.line_height()).sum::<f32>() + 20.0;
    s.space(12.0);
    s.fit(height);
    let top = s.y;
    let pen = Pen { ink: Ink::Hairline, width: 0.8, dash: Some([4.0, 4.0]) };
    s.decor(vec![rounded((LEFT, top), (WIDTH, height), 8.0, None, Some(pen))]);
    let mut y = top + 10.0;
    for (lines, style) in lines {
        s.open(Role::Paragraph);
        y = s.place(&lines, style, LEFT + 14.0, y);
        s.close();
    }
    s.y = top + height;
}
