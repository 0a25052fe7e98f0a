//! What a lesson file says wrong, in words for its writer: found before it is played.

use std::collections::BTreeSet;

use crate::content::Snapshot;
use crate::content::check::{MAX_SENTENCE, good_id, longest_sentence};
use crate::domain::Names;
use crate::domain::lesson::{Done, Lesson, SentLetter, Step};
use crate::i18n::{Lang, Msg, Text};

/// Characters of a text in a bubble.
const MAX_TITLE: usize = 60;
const MAX_WORDS: usize = 240;
/// Steps and minutes of one lesson: more is not a first one.
const MAX_STEPS: usize = 60;
const MAX_MINUTES: u32 = 60;

/// One thing wrong: at which step, and what.
#[derive(Clone, Debug)]
pub struct Finding {
    pub step: Option<String>,
    pub what: Text,
}

/// Everything wrong with a lesson. `name` is its file's name without the ending. Empty: good.
pub fn lesson(lesson: &Lesson, name: &str, content: &Snapshot) -> Vec<Finding> {
    let mut check = Check { found: Vec::new(), step: None };
    if lesson.id != name || !good_id(&lesson.id) {
        check.say(Text::new(Msg::LessonsBadId).with("id", lesson.id.clone()).with("file", name.to_owned()));
    }
    if lesson.minutes == 0 || lesson.minutes > MAX_MINUTES {
        check.say(Text::new(Msg::LessonsBadMinutes).with("most", i64::from(MAX_MINUTES)));
    }
    check.names("title", &lesson.title, MAX_TITLE);
    check.names("teaches", &lesson.teaches, MAX_WORDS);
    if lesson.learnt.is_empty() {
        check.say(Text::new(Msg::LessonsNothingLearnt));
    }
    for names in &lesson.learnt {
        check.names("learnt", names, MAX_WORDS);
    }
    if let Some(letter) = &lesson.letter {
        check.letter(letter, content);
    }
    if lesson.steps.len() > MAX_STEPS {
        check.say(Text::new(Msg::LessonsManySteps).with("most", MAX_STEPS as i64));
    }
    for lang in Lang::ALL {
        if lesson.steps_in(lang.tag()).next().is_none() {
            check.say(Text::new(Msg::LessonsNoSteps).with("lang", lang.tag()));
        }
    }
    let mut seen = BTreeSet::new();
    for step in &lesson.steps {
        check.step = Some(step.id.clone());
        if !good_id(&step.id) {
            check.say(Text::new(Msg::LessonsBadStepId));
        }
        if !seen.insert(&step.id) {
            check.say(Text::new(Msg::LessonsStepTwice));
        }
        check.one(step);
    }
    check.found
}

/// What is wrong with several lessons together: each has its own id and place.
pub fn together(lessons: &[&Lesson]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (n, lesson) in lessons.iter().enumerate() {
        if let Some(other) = lessons[..n].iter().find(|l| l.id == lesson.id || l.order == lesson.order) {
            let what = Text::new(Msg::LessonsSamePlace)
                .with("id", lesson.id.clone())
                .with("other", other.id.clone());
            found.push(Finding { step: None, what });
        }
    }
    found
}

struct Check {
    found: Vec<Finding>,
    step: Option<String>,
}

impl Check {
    fn say(&mut self, what: Text) {
        self.found.push(Finding { step: self.step.clone(), what });
    }

    fn names(&mut self, at: &'static str, names: &Names, most: usize) {
        for lang in Lang::ALL {
            let words = names.get(lang);
            let said = |msg| Text::new(msg).with("lang", lang.tag()).with("at", at);
            if words.trim().is_empty() || words.trim() != words {
                self.say(said(Msg::LessonsNoWords));
            }
            if words.chars().any(char::is_control) {
                self.say(said(Msg::LessonsOddCharacter));
            }
            if words.chars().count() > most {
                self.say(said(Msg::LessonsLongText).with("most", most as i64));
            }
            if longest_sentence(words) > MAX_SENTENCE {
                self.say(said(Msg::LessonsLongSentence).with("most", MAX_SENTENCE as i64));
            }
        }
    }

    fn one(&mut self, step: &Step) {
        self.names("title", &step.title, MAX_TITLE);
        self.names("words", &step.words, MAX_WORDS);
        self.names("hint", &step.hint, MAX_WORDS);
        for lang in &step.only {
            if Lang::from_tag(lang).is_none() {
                self.say(Text::new(Msg::LessonsNoLanguage).with("lang", lang.clone()));
            }
        }
        let shown = [&step.done.shows, &step.done.gone].into_iter().flatten();
        let held = step.done.holds.iter().map(|h| &h.field);
        for id in step.at.iter().chain(&step.with).chain(&step.way).chain(shown).chain(held) {
            if !is_control(id) {
                self.say(Text::new(Msg::LessonsNotAControl).with("id", id.clone()));
            }
        }
        self.done(step);
    }

    /// A step that can never be done ends every lesson there.
    fn done(&mut self, step: &Step) {
        let Done { taps, holds, .. } = &step.done;
        let reads = step.done == Done::default();
        let pointless = match taps {
            Some(0) => true,
            Some(_) => step.at.is_empty(),
            None => false,
        };
        let wordless = holds.as_ref().is_some_and(|h| h.letters.trim().is_empty());
        // Nothing to work, nothing to wait for: only the program's own doing could end it.
        let idle = !reads && step.at.is_empty() && step.way.is_empty() && step.wait.is_none();
        let untyped = holds.is_some() && step.way.is_empty();
        if pointless || wordless || idle || untyped || step.wait == Some(0) {
            self.say(Text::new(Msg::LessonsNeverDone));
        }
        if reads && !step.way.is_empty() {
            self.say(Text::new(Msg::LessonsNothingToDo));
        }
    }

    fn letter(&mut self, letter: &SentLetter, content: &Snapshot) {
        self.names("letter.words", &letter.words, MAX_WORDS * 4);
        let unknown = |what: &str| Text::new(Msg::LessonsLetterUnknown).with("what", what.to_owned());
        let Some(form) = content.newest_form(&letter.form) else { return self.say(unknown(&letter.form)) };
        if content.body(&letter.body).is_none() {
            self.say(unknown(&letter.body));
        }
        if form.field(&letter.field).is_none() {
            self.say(unknown(&letter.field));
        }
        for (field, option) in &letter.answers {
            if form.field(field).and_then(|f| f.option(option)).is_none() {
                self.say(unknown(&format!("{field} = {option}")));
            }
        }
    }
}

/// The form of ids in the semantic tree, with a star at the end perhaps.
fn is_control(pattern: &str) -> bool {
    pattern.split('|').all(|one| {
        let id = one.strip_suffix('*').unwrap_or(one);
        let odd = |c: char| c.is_whitespace() || c.is_control() || c == '*';
        id.contains('.') && !id.contains(odd)
    })
}

#[cfg(test)]
mod tests;
