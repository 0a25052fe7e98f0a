//! A guided lesson as its file says it: steps over the real screens, in the practice world.

use serde::Deserialize;

use super::Names;

/// One lesson file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// `first-touch`: a-z, 0-9 and hyphen; the file's name.
    pub id: String,
    /// Its place among the others.
    pub order: u32,
    /// How long it takes somebody who reads slowly.
    pub minutes: u32,
    pub title: Names,
    /// What it teaches, for whoever chooses.
    pub teaches: Names,
    /// What she can do afterwards.
    pub learnt: Vec<Names>,
    /// A letter that is already at the practice portal when the lesson begins.
    pub letter: Option<SentLetter>,
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// A letter of the practice person, sent before the first step.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentLetter {
    pub form: String,
    /// The body's id.
    pub body: String,
    /// Field and option, in the order in which the form asks.
    pub answers: Vec<(String, String)>,
    /// The field of her words, and the words.
    pub field: String,
    pub words: Names,
}

/// One thing to do, or to wait for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub id: String,
    /// In these languages alone; empty: in all three.
    #[serde(default)]
    pub only: Vec<String>,
    /// The control to point at, by its id in the semantic tree: of several the first that is there and
    /// can be worked. `key.*` is every control whose id begins so, `key.a|key.b` are both, pointed at
    /// together. Empty: nothing is pointed at.
    #[serde(default)]
    pub at: Vec<String>,
    /// What may be worked besides, and is never dimmed or covered.
    #[serde(default)]
    pub with: Vec<String>,
    /// What to do, in a few words.
    pub title: Names,
    pub words: Names,
    /// For whoever waits, or touches something else.
    pub hint: Names,
    pub done: Done,
    /// How it is done: controls to be worked one after another. Empty: what it points at, once.
    #[serde(default)]
    pub way: Vec<String>,
    /// Seconds that this may take by itself: its progress is shown.
    pub wait: Option<u32>,
}

/// When a step is done: as soon as one of these is so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Done {
    /// What it points at was worked so many times.
    pub taps: Option<u32>,
    /// This is on the screen.
    pub shows: Option<String>,
    /// This is on the screen no longer.
    pub gone: Option<String>,
    /// The field of this id holds the words' every letter, capital or small.
    pub holds: Option<Holds>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holds {
    pub field: String,
    pub letters: String,
}

impl Lesson {
    /// The steps of a language, with their places in the file.
    pub fn steps_in<'a>(&'a self, lang: &'a str) -> impl Iterator<Item = (usize, &'a Step)> {
        self.steps.iter().enumerate().filter(move |(_, step)| step.is_in(lang))
    }
}

impl Step {
    pub fn is_in(&self, lang: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|l| l == lang)
    }
}

/// Is `id` what `pattern` names? A star at its end stands for any ending, `a|b` for both.
pub fn names(pattern: &str, id: &str) -> bool {
    pattern.split('|').any(|one| match one.strip_suffix('*') {
        Some(start) => id.starts_with(start),
        None => one == id,
    })
}
