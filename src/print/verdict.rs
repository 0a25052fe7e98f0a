//! What came of checking a document, on paper: for whoever asks how we know.

use super::sheet::{Frame, Pen, Sheets, WIDTH};
use super::text::{Ink, Style};
use super::{Pdf, PrintError};
use crate::clock::Moment;
use crate::i18n::{Lang, Msg, Text, format};

pub struct VerdictPaper {
    pub lang: Lang,
    pub practice: bool,
    /// The file's name; may be empty.
    pub name: String,
    pub headline: Msg,
    /// Why, and what to do.
    pub reasons: Vec<String>,
    /// GOST: the certified program is another.
    pub preliminary: bool,
    /// Names and values, a group for each who signed.
    pub groups: Vec<Vec<(String, String)>>,
    pub checks: Vec<Checked>,
    pub at: Moment,
}

/// One thing that was checked.
pub struct Checked {
    /// What it came to, in a word.
    pub came: Msg,
    pub says: String,
    /// Who was asked, and when.
    pub more: Option<String>,
}

pub fn verdict_pdf(paper: &VerdictPaper) -> Result<Pdf, PrintError> {
    let lang = paper.lang;
    let mut s = Sheets::new(Frame {
        lang,
        practice: paper.practice,
        title: Text::new(Msg::CheckVerdict).say(lang),
        foot: Text::new(Msg::CheckPaperFoot).say(lang),
        made: paper.at,
    })?;
    let what = s.tr(Msg::CheckVerdict);
    s.text(&what, Style::LABEL);
    let title = s.tr(paper.headline);
    s.heading(1, &title, Style::H1);
    s.space(6.0);
    let mut about = Vec::new();
    if !paper.name.is_empty() {
        about.push((s.tr(Msg::CheckFileName), paper.name.clone()));
    }
    about.push((s.tr(Msg::PrintAnswerChecked), format::date_time(lang, paper.at)));
    s.facts(&about, WIDTH, 150.0, Style::BODY);
    for reason in &paper.reasons {
        s.text(reason, Style::BODY);
    }
    if paper.preliminary {
        let (lead, more) = (s.tr(Msg::CheckPreliminary), s.tr(Msg::CheckPreliminaryText));
        s.space(6.0);
        s.text(&format!("{lead}. {more}"), Style::BODY.strong());
    }
    for group in paper.groups.iter().filter(|g| !g.is_empty()) {
        s.space(10.0);
        s.fit(80.0);
        s.rule(Pen { ink: Ink::Accent, width: 1.0, dash: None });
        s.space(8.0);
        s.facts(group, WIDTH, 150.0, Style::BODY.strong());
    }
    if !paper.checks.is_empty() {
        s.space(12.0);
        let title = s.tr(Msg::CheckKnow);
        s.heading(2, &title, Style::H2);
        s.space(4.0);
        let rows: Vec<_> = paper
            .checks
            .iter()
            .map(|check| (s.tr(check.came), check.says.clone(), check.more.clone().unwrap_or_default()))
            .collect();
        s.told(&rows, WIDTH, 110.0);
    }
    s.note_unprintable();
    s.finish()
}
