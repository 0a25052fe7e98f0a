//! What an answer still needs, in plain words at its field: never that it is wrong, always what to do.

use time::Date;

use super::draft::Answer;
use super::player::Player;
use crate::domain::Names;
use crate::domain::form::{Field, FieldKind, Page};
use crate::domain::iin::{self, NumberFault};
use crate::domain::statement::text::{self, Shape};
use crate::domain::statement::{MAX_ATTACHED, MAX_ATTACHMENTS, MAX_FILE_NAME_CHARS};
use crate::i18n::{Lang, Msg, Text, format};

/// One answer to mend; the same words stand at the field and in the summary.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake {
    /// The page's id.
    pub page: &'static str,
    /// The field's id.
    pub field: &'static str,
    pub words: Words,
}

/// From the form file, or from the program's messages.
#[derive(Clone, Debug, PartialEq)]
pub enum Words {
    Form(&'static Names),
    Text(Text),
    /// Says how many bytes may be attached, in the language's own figures.
    FilesTooLarge,
}

impl Mistake {
    pub fn say(&self, lang: Lang) -> String {
        match &self.words {
            Words::Form(names) => names.get(lang).to_owned(),
            Words::Text(text) => text.say(lang),
            Words::FilesTooLarge => {
                let size = format::file_size(lang, MAX_ATTACHED);
                Text::new(Msg::PageFilesTooLarge).with("size", size).say(lang)
            }
        }
    }
}

impl Player {
    /// What the answers of one page still need. Empty: go on.
    pub fn mistakes_on(&self, page: &'static Page, today: Date) -> Vec<Mistake> {
        self.fields(page)
            .filter_map(|field| {
                let words = self.words_for(field, today)?;
                Some(Mistake { page: page.id.as_str(), field: field.id.as_str(), words })
            })
            .collect()
    }

    /// What the whole letter still needs, in the order of the pages.
    pub fn mistakes(&self, today: Date) -> Vec<Mistake> {
        self.pages().flat_map(|page| self.mistakes_on(page, today)).collect()
    }

    fn words_for(&self, field: &'static Field, today: Date) -> Option<Words> {
        if !self.is_answered(field) {
            let missing = field.missing.as_ref().map(Words::Form);
            return field.required.then(|| missing.unwrap_or(Words::Text(Msg::PageMissing.into())));
        }
        match (self.answer(&field.id), field.kind) {
            (Some(Answer::Files(files)), _) => {
                let total: u64 = files.iter().map(|f| f.bytes.len() as u64).sum();
                if total > MAX_ATTACHED {
                    return Some(Words::FilesTooLarge);
                }
                let many = files.len() > MAX_ATTACHMENTS;
                let limit = Text::new(Msg::PageFilesTooMany).with("n", MAX_ATTACHMENTS as i64);
                many.then_some(Words::Text(limit))
            }
            (Some(Answer::Choice(id)), _) => {
                let option = field.option(id.expose());
                let can = option.is_some_and(|o| !o.not_yet);
                (!can).then_some(Words::Text(Msg::PageNotYet.into()))
            }
            (_, FieldKind::Tick | FieldKind::Body | FieldKind::Choice | FieldKind::Region) => None,
            _ => typed(field, &text::tidy(self.typed(field)?), today).map(Words::Text),
        }
    }
}

/// What typed words (already tidy) still need.
fn typed(field: &Field, words: &str, today: Date) -> Option<Text> {
    let shape = if field.lines() { Shape::Lines } else { Shape::Line };
    if let Err(refused) = text::check(words, shape) {
        // It has no look of its own: its Unicode number is all there is to show.
        let name = format!("U+{:04X}", refused.character as u32);
        return Some(Text::new(Msg::PageCharacter).with("character", name));
    }
    let over = words.chars().count().saturating_sub(field.max_chars());
    // Numbers have their own words for their length.
    if over > 0 && !matches!(field.kind, FieldKind::Iin | FieldKind::Bin) {
        return Some(Text::new(Msg::PageTooLong).with("n", over as i64));
    }
    match field.kind {
        FieldKind::Iin => iin::check_iin(words, today).err().map(|f| number(f, true)),
        FieldKind::Bin => iin::check_bin(words).err().map(|f| number(f, false)),
        FieldKind::Phone if !is_phone(words) => Some(Msg::PagePhone.into()),
        FieldKind::Email if !is_email(words) => Some(Msg::PageEmail.into()),
        FieldKind::Name if words.chars().filter(|c| c.is_alphabetic()).count() < 2 => {
            Some(Msg::PageName.into())
        }
        _ => None,
    }
}

fn number(fault: NumberFault, iin: bool) -> Text {
    match fault {
        NumberFault::Digits(n) => Text::new(Msg::PageNumberDigits).with("n", n as i64),
        NumberFault::CheckDigit => Msg::PageNumberCheck.into(),
        NumberFault::Date | NumberFault::Kind if iin => Msg::PageIinDate.into(),
        NumberFault::Date | NumberFault::Kind => Msg::PageBinKind.into(),
    }
}

/// Ten to fifteen digits (E.164), with the marks that people put between.
fn is_phone(words: &str) -> bool {
    let digits = words.chars().filter(char::is_ascii_digit).count();
    let marks = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')');
    (10..=15).contains(&digits) && words.chars().all(marks) && words.rfind('+').is_none_or(|at| at == 0)
}

/// One `@`, something before it, a name with a dot after it, no spaces.
fn is_email(words: &str) -> bool {
    let Some((name, host)) = words.split_once('@') else { return false };
    let labels_fit = host.split('.').count() >= 2 && host.split('.').all(|label| !label.is_empty());
    !name.is_empty() && labels_fit && !host.contains('@') && !words.contains(char::is_whitespace)
}

/// Whether a file's name can stand in the statement; else it is given a plain one.
pub fn good_file_name(name: &str) -> bool {
    let chars = name.chars().count();
    (1..=MAX_FILE_NAME_CHARS).contains(&chars)
        && !name.contains(['/', '\\'])
        && text::check(name, Shape::Line).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_and_addresses_as_people_write_them() {
        for good in ["+7 701 123 45 67", "8 (7172) 12-34-56", "87011234567"] {
            assert!(is_phone(good), "{good}");
        }
        for bad in ["", "12345", "+7 701 123 45 67 89 01 23", "телефон 87011234567", "8701+1234567"] {
            assert!(!is_phone(bad), "{bad}");
        }
        for good in ["a@b.kz", "тест@почта.қаз", "first.last+x@mail.example.kz"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "a@", "@b.kz", "a@b", "a@.kz", "a b@c.kz", "a@b@c.kz"] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn file_names_that_a_statement_may_hold() {
        assert!(good_file_name("сурет (1).png") && !good_file_name("a/b") && !good_file_name(""));
        assert!(!good_file_name("a\u{202e}gnp.exe") && !good_file_name(&"a".repeat(121)));
    }
}
