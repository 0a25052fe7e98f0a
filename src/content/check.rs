//! The checker of form files and content: what a form says wrong is found by the tests, and before
//! an edition is signed, never by a visitor.

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use super::Snapshot;
use crate::domain::Names;
use crate::domain::form::{Choice, Condition, Field, FieldKind, Form, Meaning, Page, PageKind};
use crate::domain::statement::text::{self, Shape};
use crate::domain::statement::{MAX_ID_CHARS, MAX_NAME_CHARS, MAX_VALUE_CHARS};
use crate::i18n::Lang;
use crate::seal::receipt::MAX_BODY_NAME;

/// Words of a sentence at reading age nine.
pub const MAX_SENTENCE: usize = 15;

/// Everything wrong with a form, in words for its writer. Empty: good.
pub fn form(form: &Form, content: &Snapshot, on: Date) -> Vec<String> {
    let mut check = Check { form, content, on, found: Vec::new() };
    check.names(&form.id, &form.title);
    check.ids();
    check.labels();
    for page in &form.pages {
        check.page(page);
    }
    check.conditions();
    check.reachable();
    check.found
}

/// Everything wrong with bodies, regions and law.
pub fn data(content: &Snapshot, on: Date) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for body in content.bodies() {
        let id = &body.id;
        if !seen.insert(id) || !good_id(id) {
            found.push(format!("body {id}: its id stands twice or is not an id"));
        }
        if body.region.as_deref().is_some_and(|r| content.region(r).is_none()) {
            found.push(format!("body {id}: no such region"));
        }
        for lang in Lang::ALL {
            let name = body.name.get(lang);
            if name.trim().is_empty() || name.len() > MAX_BODY_NAME || text::check(name, Shape::Line).is_err()
            {
                found.push(format!("body {id}: {} name empty, over {MAX_BODY_NAME} B or odd", lang.tag()));
            }
        }
    }
    for (n, rule) in content.rules().iter().enumerate() {
        if content.rules()[..n].iter().any(|r| r.id == rule.id) || !good_id(&rule.id) {
            found.push(format!("rule {}: its id stands twice or is not an id", rule.id));
        }
        if rule.working_days == 0 || rule.checked_on > rule.check_again_by {
            found.push(format!("rule {}: no days, or its dates are turned round", rule.id));
        }
        if on > rule.check_again_by {
            found.push(format!("rule {}: to be checked again since {}", rule.id, rule.check_again_by));
        }
    }
    found
}

pub fn good_id(id: &str) -> bool {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-');
    !id.is_empty() && id.len() <= MAX_ID_CHARS && id.bytes().all(good)
}

/// The longest sentence's words; what holds no letter or digit is no word.
pub fn longest_sentence(words: &str) -> usize {
    let is_word = |w: &&str| w.chars().any(char::is_alphanumeric);
    words
        .split(['.', '!', '?', '…', '\n'])
        .map(|s| s.split_whitespace().filter(is_word).count())
        .max()
        .unwrap_or(0)
}

struct Check<'a> {
    form: &'a Form,
    content: &'a Snapshot,
    on: Date,
    found: Vec<String>,
}

impl Check<'_> {
    fn say(&mut self, at: &str, what: &str) {
        self.found.push(format!("{}: {at}: {what}", self.form.id));
    }

    fn names(&mut self, at: &str, names: &Names) {
        for lang in Lang::ALL {
            let words = names.get(lang);
            let tag = lang.tag();
            if words.is_empty() || words.trim() != words {
                self.say(at, &format!("{tag}: empty, or white space at an end"));
            }
            if text::check(words, Shape::Line).is_err() || !text::is_nfc(words) {
                self.say(at, &format!("{tag}: a character that a statement may not hold, or not NFC"));
            }
            if words.chars().count() > MAX_NAME_CHARS {
                self.say(at, &format!("{tag}: over {MAX_NAME_CHARS} characters"));
            }
            if longest_sentence(words) > MAX_SENTENCE {
                self.say(at, &format!("{tag}: a sentence of over {MAX_SENTENCE} words"));
            }
        }
    }

    fn ids(&mut self) {
        let form = self.form;
        let fields = form.pages.iter().flat_map(|p| &p.fields);
        for (what, ids) in [
            ("page", form.pages.iter().map(|p| &p.id).collect::<Vec<_>>()),
            ("field", fields.map(|f| &f.id).collect()),
        ] {
            for (n, id) in ids.iter().enumerate() {
                if ids[..n].contains(id) {
                    self.say(id, &format!("this {what} id stands twice"));
                }
                if !good_id(id) {
                    self.say(id, "not an id: a-z, 0-9, dot and hyphen");
                }
            }
        }
    }

    /// Two stated fields with one label could not be told apart on paper.
    fn labels(&mut self) {
        let stated: Vec<&Field> = self.form.pages.iter().flat_map(Page::stated_fields).collect();
        for (n, field) in stated.iter().enumerate() {
            for lang in Lang::ALL {
                if stated[..n].iter().any(|f| f.label.get(lang) == field.label.get(lang)) {
                    self.say(&field.id, &format!("{}: another field has this label", lang.tag()));
                }
            }
        }
    }

    fn page(&mut self, page: &Page) {
        self.names(&page.id, &page.question);
        if let Some(hint) = &page.hint {
            self.names(&page.id, hint);
        }
        let kinds: Vec<FieldKind> = page.fields.iter().map(|f| f.kind).collect();
        let short = |k: &FieldKind| {
            use FieldKind::{Bin, Email, Iin, Line, Lines, Locality, Name, Phone};
            matches!(k, Line | Locality | Lines | Name | Phone | Email | Iin | Bin)
        };
        let fits = match page.kind {
            PageKind::Choice => kinds == [FieldKind::Choice],
            PageKind::Directory => kinds == [FieldKind::Body],
            PageKind::Place => kinds == [FieldKind::Region],
            PageKind::Text => kinds == [FieldKind::Lines],
            PageKind::Attachments => kinds == [FieldKind::Attachments],
            PageKind::Declaration => kinds == [FieldKind::Tick],
            PageKind::Details | PageKind::Person => !kinds.is_empty() && kinds.iter().all(short),
            PageKind::Check => kinds.is_empty(),
        };
        if !fits {
            self.say(&page.id, "its fields do not fit the page's kind");
        }
        for field in &page.fields {
            self.field(field);
        }
    }

    fn field(&mut self, field: &Field) {
        let id = &field.id;
        self.names(id, &field.label);
        for names in field.hint.iter().chain(&field.missing) {
            self.names(id, names);
        }
        if field.required != field.missing.is_some() {
            self.say(id, "a required field, and no other, says what to do where it is missing");
        }
        if field.kind == FieldKind::Tick && field.hint.is_none() {
            self.say(id, "a declaration has the words that are declared as its hint");
        }
        if field.max_chars() > MAX_VALUE_CHARS {
            self.say(id, "longer than a statement's value may be");
        }
        if field.kind == FieldKind::Choice && field.options.iter().filter(|o| !o.not_yet).count() < 2 {
            self.say(id, "a choice has at least two options that can be chosen");
        }
        for (n, option) in field.options.iter().enumerate() {
            if field.options[..n].iter().any(|o| o.id == option.id) || !good_id(&option.id) {
                self.say(id, &format!("option {}: stands twice or is not an id", option.id));
            }
            for names in std::iter::once(&option.label).chain(&option.hint) {
                self.names(&format!("{id} {}", option.id), names);
            }
            self.meaning(id, option);
        }
    }

    fn meaning(&mut self, id: &str, option: &Choice) {
        let on = self.on;
        match &option.means {
            Some(Meaning::Kind(kind)) => {
                if crate::domain::deadline::rule_for(self.content.rules(), kind, on).is_err() {
                    self.say(id, &format!("no rule in force for the kind {kind}"));
                }
            }
            Some(Meaning::Topic(topic)) => {
                let bodies = self.content.bodies();
                if !bodies.iter().any(|b| b.in_force(on) && b.topics.contains(topic)) {
                    self.say(id, &format!("no body for the topic {topic}"));
                }
            }
            Some(
                Meaning::SignByCard
                | Meaning::SignByKeyFile
                | Meaning::SignByPhone
                | Meaning::PrintForPen
                | Meaning::PrintForParent
                | Meaning::IinByPen
                | Meaning::About(_),
            )
            | None => {}
        }
    }

    /// Conditions ask choice fields that stand earlier, for options they have.
    fn conditions(&mut self) {
        let form = self.form;
        let mut earlier: Vec<&Field> = Vec::new();
        for page in &form.pages {
            for condition in page.when.iter().chain(&page.unless) {
                self.condition(&page.id, condition, &earlier);
            }
            for field in &page.fields {
                for condition in &field.when {
                    self.condition(&field.id, condition, &earlier);
                }
                earlier.push(field);
            }
        }
    }

    fn condition(&mut self, at: &str, condition: &Condition, earlier: &[&Field]) {
        let Some(field) = earlier.iter().find(|f| f.id == condition.field) else {
            return self.say(at, &format!("its condition asks {}, which is not earlier", condition.field));
        };
        if condition.is.is_empty() || condition.is.iter().any(|o| field.option(o).is_none()) {
            self.say(at, &format!("its condition asks an option that {} does not have", field.id));
        }
    }

    /// Plays every way through the form: each page must come up in one, and the check page end all.
    fn reachable(&mut self) {
        let pages = self.form.pages.iter();
        let conditions =
            pages.flat_map(|p| p.when.iter().chain(&p.unless).chain(p.fields.iter().flat_map(|f| &f.when)));
        let asked: BTreeSet<&str> = conditions.map(|c| c.field.as_str()).collect();
        let mut seen = BTreeSet::new();
        let mut ways = 0;
        walk(self.form, 0, &asked, &mut BTreeMap::new(), &mut seen, &mut ways);
        for page in &self.form.pages {
            if !seen.contains(page.id.as_str()) {
                self.say(&page.id, "no way through the form leads here");
            }
        }
        let last = self.form.pages.last();
        let checks = self.form.pages.iter().filter(|p| p.kind == PageKind::Check).count();
        if checks != 1 || last.is_none_or(|p| p.kind != PageKind::Check || !p.when.is_empty()) {
            self.say("check", "one check page, always the last");
        }
    }
}

/// Ways through a form that are tried; past it pages count as not reached.
const MAX_WAYS: usize = 100_000;

fn walk<'a>(
    form: &'a Form,
    at: usize,
    asked: &BTreeSet<&str>,
    answers: &mut BTreeMap<&'a str, &'a str>,
    seen: &mut BTreeSet<&'a str>,
    ways: &mut usize,
) {
    let Some(page) = form.pages.get(at) else {
        *ways += 1;
        return;
    };
    if *ways > MAX_WAYS {
        return;
    }
    if !page.applies(&|id| answers.get(id).copied()) {
        return walk(form, at + 1, asked, answers, seen, ways);
    }
    seen.insert(&page.id);
    let branching = page.fields.iter().find(|f| asked.contains(f.id.as_str()));
    let Some(field) = branching else { return walk(form, at + 1, asked, answers, seen, ways) };
    // What the program answers where it knows may also stay unanswered.
    if page.given {
        walk(form, at + 1, asked, answers, seen, ways);
    }
    for option in field.options.iter().filter(|o| !o.not_yet) {
        answers.insert(&field.id, &option.id);
        walk(form, at + 1, asked, answers, seen, ways);
        answers.remove(field.id.as_str());
    }
}

#[cfg(test)]
mod tests;
