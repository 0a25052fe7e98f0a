//! A copy for people of what was signed. The signed bytes are the original; this only shows them.

use super::letter::attachments;
use super::sheet::{Frame, Pen, Sheets, WIDTH};
use super::text::{Ink, Style};
use super::{Pdf, PrintError};
use crate::clock::Moment;
use crate::domain::Digest;
use crate::domain::statement::Statement;
use crate::i18n::{Lang, Msg, Text, format};

pub struct SignedCopy<'a> {
    pub statement: &'a Statement,
    /// SHA-256 of the statement's canonical bytes.
    pub digest: Digest,
    /// The registration number, once there is a receipt.
    pub number: Option<&'a str>,
}

/// Says everything the statement says, in its own language; of the IIN the last four digits.
pub fn signed_letter_pdf(copy: &SignedCopy) -> Result<Pdf, PrintError> {
    let letter = copy.statement;
    let lang = Lang::from_tag(&letter.language).unwrap_or_default();
    let made = Moment::parse_rfc3339(&letter.time).unwrap_or(Moment(0));
    let mut s = Sheets::new(Frame {
        lang,
        practice: letter.practice,
        title: Text::new(Msg::PrintSignedDocument).with("body", letter.body.name.as_str()).say(lang),
        foot: Text::new(Msg::PrintSignedFoot).say(lang),
        made,
    })?;
    let title = s.tr(Msg::PrintSignedTitle);
    s.heading(1, &title, Style::H1);
    s.space(6.0);
    let mut facts = vec![(s.tr(Msg::PrintLetterTo), letter.body.name.clone())];
    if let Some(number) = copy.number {
        facts.push((s.tr(Msg::PrintReceiptNumber), number.to_owned()));
    }
    s.facts(&facts, WIDTH, 150.0, Style::BODY.strong());
    s.space(6.0);
    // Short answers are a table; what runs over lines or pages is read as text under its label.
    let mut short = Vec::new();
    for field in &letter.fields {
        if field.value.contains('\n') || field.value.chars().count() > 160 {
            flush(&mut s, &mut short);
            s.space(6.0);
            s.heading(2, &field.label, Style::H2.size(12.0));
            s.text(&field.value, Style::BODY.size(12.0));
            s.space(6.0);
        } else {
            short.push((field.label.clone(), field.value.clone()));
        }
    }
    flush(&mut s, &mut short);
    let files: Vec<_> = letter.attachments.iter().map(|a| (a.name.clone(), a.size)).collect();
    attachments(&mut s, &files);
    s.note_unprintable();

    s.space(14.0);
    s.fit(120.0);
    s.rule(Pen { ink: Ink::Accent, width: 1.0, dash: None });
    s.space(8.0);
    let title = s.tr(Msg::PrintSignedBy);
    s.heading(2, &title, Style::H2);
    let mut facts = vec![(s.tr(Msg::PrintSignedName), letter.signer.name.clone())];
    facts.push((s.tr(Msg::PrintSignedIin), masked(&letter.signer.iin)));
    if let Some(bin) = &letter.signer.bin {
        facts.push((s.tr(Msg::PrintSignedBin), bin.clone()));
    }
    facts.push((s.tr(Msg::PrintSignedTime), format::date_time(lang, made)));
    facts.push((s.tr(Msg::PrintSignedDigest), groups(&copy.digest.to_string())));
    s.facts(&facts, WIDTH, 150.0, Style::BODY);
    s.finish()
}

fn flush(s: &mut Sheets, rows: &mut Vec<(String, String)>) {
    if !rows.is_empty() {
        s.facts(rows, WIDTH, 150.0, Style::BODY);
        rows.clear();
    }
}

/// `•••• •••• 1234`: a masked IIN shows its last four digits alone.
fn masked(iin: &str) -> String {
    let skip = iin.chars().count().saturating_sub(4);
    format!("•••• •••• {}", iin.chars().skip(skip).collect::<String>())
}

/// Hex in groups of eight, so that it wraps and can be read aloud.
fn groups(hex: &str) -> String {
    hex.as_bytes().chunks(8).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
}
