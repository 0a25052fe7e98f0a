//! "Continue later" on paper: QR sheets that hold the encrypted draft, and the code's own slip.

use super::sheet::{BOTTOM, Frame, LEFT, PAGE, Pen, Sheets, TOP, WIDTH, rounded, segment};
use super::text::{Ink, Style};
use super::{Pdf, PrintError};
use crate::clock::Moment;
use crate::i18n::{Lang, Msg, Text};

/// Codes a page: two columns of three.
const COLUMNS: usize = 2;
const GAP: f32 = 16.0;

pub struct DraftSheets<'a> {
    pub lang: Lang,
    pub practice: bool,
    pub made: Moment,
    /// QR texts as `store::draft::qr_parts` gives them, in order.
    pub parts: &'a [String],
}

/// All parts, numbered. The code is not on these sheets.
pub fn draft_sheets_pdf(sheets: &DraftSheets) -> Result<Pdf, PrintError> {
    let mut s = Sheets::new(Frame {
        lang: sheets.lang,
        practice: sheets.practice,
        title: Text::new(Msg::PrintDraftTitle).say(sheets.lang),
        foot: Text::new(Msg::PrintDraftFoot).say(sheets.lang),
        made: sheets.made,
    })?;
    let title = s.tr(Msg::PrintDraftTitle);
    s.heading(1, &title, Style::H1);
    s.space(4.0);
    let words = s.tr(Msg::PrintDraftWords);
    s.text(&words, Style::BODY);
    s.space(12.0);

    let caption = Style::BODY.strong();
    let cell = (WIDTH - GAP) / COLUMNS as f32;
    // Three rows on a full page; the first page has what its heading leaves.
    let side = ((BOTTOM - TOP - 2.0 * GAP) / 3.0 - caption.line_height()).min(cell);
    let row_height = side + caption.line_height() + GAP;
    for (n, part) in sheets.parts.iter().enumerate() {
        let column = n % COLUMNS;
        if column == 0 {
            if n > 0 {
                s.y += row_height;
            }
            if s.y + row_height - GAP > BOTTOM + 0.5 {
                s.new_page();
            }
        }
        let x = LEFT + column as f32 * (cell + GAP) + (cell - side) / 2.0;
        let label = Text::new(Msg::PrintDraftPart)
            .with("part", n as i64 + 1)
            .with("parts", sheets.parts.len() as i64);
        let label = s.say(label);
        let y = s.boxed(&label, caption, (x + side * 0.06, s.y), side);
        s.qr(part, (x, y - 2.0), side, &label)?;
    }
    s.finish()
}

/// A small slip with the code, to be kept apart from the sheets or the stick.
pub fn draft_code_pdf(lang: Lang, practice: bool, made: Moment, code: &str) -> Result<Pdf, PrintError> {
    let mut s = Sheets::new(Frame {
        lang,
        practice,
        title: Text::new(Msg::PrintCodeTitle).say(lang),
        foot: String::new(),
        made,
    })?;
    let title = s.tr(Msg::PrintCodeTitle);
    s.heading(1, &title, Style::H1);
    s.space(8.0);
    let style = Style::BIG.size(34.0);
    let top = s.y;
    let height = style.line_height() + 28.0;
    let pen = Pen { ink: Ink::Accent, width: 1.4, dash: None };
    s.decor(vec![rounded((LEFT, top), (WIDTH, height), 10.0, None, Some(pen))]);
    s.boxed(code, style, (LEFT + 18.0, top + 14.0), WIDTH - 36.0);
    s.y = top + height + 12.0;
    let words = s.tr(Msg::PrintCodeWords);
    s.text(&words, Style::BODY);
    s.space(16.0);
    let y = s.y;
    let pen = Pen { ink: Ink::Hairline, width: 0.8, dash: Some([4.0, 4.0]) };
    s.decor(vec![segment((0.0, y), (PAGE.0, y), pen)]);
    s.finish()
}
