//! The snapshot: the only way to forms, bodies, calendar, law and lessons. Embedded in the program at first;
//! a signed update brings a newer one in the same shape.

pub mod body;
pub mod check;
pub mod directory;
pub mod manifest;

use std::sync::{Arc, LazyLock};

use serde::Deserialize;
use time::Date;

pub use body::{Body, BodyKind, Region};
pub use manifest::Manifest;

use crate::clock::Moment;
use crate::domain::deadline::{self, Calendar, DeadlineError, Due, OfficeHours, Rule, day, rule_for};
use crate::domain::form::{About, Choice, FieldKind, Form, Meaning};
use crate::domain::lesson::Lesson;
use crate::domain::statement::{Catalogue, Statement};
use crate::fault::{Code, Coded};
use crate::i18n::Lang;

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/", $path)))),*]
    };
}

/// What the program was built with: path below `assets`, and bytes.
pub const EMBEDDED: &[(&str, &[u8])] = files![
    "content/bodies.toml",
    "content/calendar.toml",
    "content/regions.toml",
    "forms/letter.toml",
    "law/appeals.toml",
    "lessons/first-touch.toml",
    "lessons/my-first-letter.toml",
    "lessons/where-is-my-letter.toml",
];

const EMBEDDED_MANIFEST: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/content/manifest.json"));

/// Everything that is data: read once, never changed.
#[derive(Debug)]
pub struct Snapshot {
    manifest: Manifest,
    bodies: Vec<Body>,
    regions: Vec<Region>,
    calendar: Calendar,
    rules: Vec<Rule>,
    hours: OfficeHours,
    forms: Vec<Form>,
    lessons: Vec<Arc<Lesson>>,
    index: directory::Index,
}

/// A snapshot that is not taken; the one before stays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    #[error("the manifest cannot be read")]
    Manifest,
    #[error("a newer format than this version knows")]
    Newer,
    /// Not there, too many, or another digest.
    #[error("{0} is not the file that the manifest names")]
    Digest(String),
    #[error("{file}: {why}")]
    Unreadable { file: String, why: String },
}

impl Coded for ContentError {
    fn code(&self) -> Code {
        Code("content.damaged")
    }
}

impl Snapshot {
    /// The snapshot in the program. Its files are verified against its manifest like any other's;
    /// the tests keep it whole, so a damaged one means a damaged program.
    pub fn embedded() -> Result<&'static Snapshot, ContentError> {
        static EMBEDDED_SNAPSHOT: LazyLock<Result<Snapshot, ContentError>> =
            LazyLock::new(|| Snapshot::load(EMBEDDED_MANIFEST, EMBEDDED));
        EMBEDDED_SNAPSHOT.as_ref().map_err(Clone::clone)
    }

    /// Verifies every file against the manifest, then reads them.
    pub fn load(manifest: &[u8], files: &[(&str, &[u8])]) -> Result<Self, ContentError> {
        let manifest = Manifest::parse(manifest)?;
        manifest.verify(files)?;
        let mut parts = Parts::default();
        for (path, bytes) in files {
            parts.take(path, bytes)?;
        }
        parts.whole(manifest)
    }

    /// Rises with each edition: `2026-11-22.1`.
    pub fn version(&self) -> &str {
        &self.manifest.version
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub fn bodies(&self) -> &[Body] {
        &self.bodies
    }

    pub fn body(&self, id: &str) -> Option<&Body> {
        self.bodies.iter().find(|b| b.id == id)
    }

    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    pub fn region(&self, id: &str) -> Option<&Region> {
        self.regions.iter().find(|r| r.id == id)
    }

    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|r| r.id == id)
    }

    /// Hours in which letters are registered the same day.
    pub fn hours(&self) -> OfficeHours {
        self.hours
    }

    pub fn forms(&self) -> &[Form] {
        &self.forms
    }

    /// The newest version of a form.
    pub fn newest_form(&self, id: &str) -> Option<&Form> {
        self.forms.iter().filter(|f| f.id == id).max_by_key(|f| f.version)
    }

    /// The lessons, in the order in which they are offered.
    pub fn lessons(&self) -> &[Arc<Lesson>] {
        &self.lessons
    }

    /// The due date of a letter of this legal kind that arrives at `at`, and how it is counted.
    pub fn due(&self, kind: &str, at: Moment) -> Result<Due, DeadlineError> {
        let rule = rule_for(&self.rules, kind, at.legal_date())?;
        self.calendar.due(rule, at, self.hours)
    }

    /// The legal kind that a statement's answers mean.
    pub fn kind_of(&self, statement: &Statement) -> Option<&str> {
        let form = self.form(&statement.form.id, statement.form.version)?;
        statement.fields.iter().find_map(|f| {
            let chosen = form.field(&f.id)?.option(f.choice.as_deref()?)?;
            match &chosen.means {
                Some(Meaning::Kind(kind)) => Some(kind.as_str()),
                _ => None,
            }
        })
    }

    /// What a letter about an earlier one is for, and that one's number.
    pub fn about<'s>(&self, statement: &'s Statement) -> Option<(About, &'s str)> {
        let form = self.form(&statement.form.id, statement.form.version)?;
        let about = statement.fields.iter().find_map(|f| {
            match &form.field(&f.id)?.option(f.choice.as_deref()?)?.means {
                Some(Meaning::About(about)) => Some((*about, format!("{}-number", f.id))),
                _ => None,
            }
        });
        let (about, number) = about?;
        Some((about, statement.field(&number)?.value.as_str()))
    }

    /// The due date of a statement that the portal registers at `at`.
    pub fn due_for(&self, statement: &Statement, at: Moment) -> Result<Due, DeadlineError> {
        self.due(self.kind_of(statement).ok_or(DeadlineError::NoRule)?, at)
    }
}

impl Catalogue for Snapshot {
    fn form(&self, id: &str, version: u32) -> Option<&Form> {
        self.forms.iter().find(|f| f.id == id && f.version == version)
    }

    fn body_is_named(&self, id: &str, name: &str, lang: Lang) -> Option<bool> {
        self.body(id).map(|b| b.was_named(name, lang))
    }
}

/// What has been read so far.
#[derive(Default)]
struct Parts {
    bodies: Vec<Body>,
    regions: Vec<Region>,
    calendar: Calendar,
    rules: Vec<Rule>,
    hours: Option<OfficeHours>,
    forms: Vec<Form>,
    lessons: Vec<Arc<Lesson>>,
}

#[derive(Deserialize)]
struct BodiesFile {
    #[serde(rename = "body")]
    bodies: Vec<Body>,
}

#[derive(Deserialize)]
struct RegionsFile {
    #[serde(rename = "region")]
    regions: Vec<Region>,
}

#[derive(Deserialize)]
struct LawFile {
    hours: Option<body::Hours>,
    #[serde(default, rename = "rule")]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct CalendarFile {
    #[serde(deserialize_with = "day")]
    covers_from: Date,
    #[serde(deserialize_with = "day")]
    covers_to: Date,
    working: Vec<String>,
    off: Vec<DayOff>,
}

#[derive(Deserialize)]
struct DayOff {
    #[serde(deserialize_with = "day")]
    day: Date,
}

fn read<T: serde::de::DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, ContentError> {
    let unreadable = |why: String| ContentError::Unreadable { file: path.to_owned(), why };
    let text = std::str::from_utf8(bytes).map_err(|_| unreadable("not UTF-8".into()))?;
    toml::from_str(text).map_err(|e| unreadable(e.message().to_owned()))
}

impl Parts {
    fn take(&mut self, path: &str, bytes: &[u8]) -> Result<(), ContentError> {
        match path {
            "content/bodies.toml" => self.bodies = read::<BodiesFile>(path, bytes)?.bodies,
            "content/regions.toml" => self.regions = read::<RegionsFile>(path, bytes)?.regions,
            "content/calendar.toml" => {
                let file: CalendarFile = read(path, bytes)?;
                let working: Option<_> = file.working.iter().map(|d| deadline::parse_day(d)).collect();
                let working = working.ok_or_else(|| ContentError::Unreadable {
                    file: path.to_owned(),
                    why: "a working day is not a day".into(),
                })?;
                self.calendar = Calendar {
                    covers: Some((file.covers_from, file.covers_to)),
                    off: file.off.into_iter().map(|d| d.day).collect(),
                    working,
                };
            }
            _ if path.starts_with("law/") => {
                let file: LawFile = read(path, bytes)?;
                self.rules.extend(file.rules);
                if let Some(hours) = file.hours {
                    self.hours = Some(hours.office());
                }
            }
            _ if path.starts_with("forms/") => self.forms.push(read(path, bytes)?),
            _ if path.starts_with("lessons/") => self.lessons.push(Arc::new(read(path, bytes)?)),
            // A later edition may bring files that this version does not know.
            _ => {}
        }
        Ok(())
    }

    fn whole(self, manifest: Manifest) -> Result<Snapshot, ContentError> {
        let missing =
            |file: &str| ContentError::Unreadable { file: file.into(), why: "nothing there".into() };
        if self.bodies.is_empty() {
            return Err(missing("content/bodies.toml"));
        }
        if self.regions.is_empty() {
            return Err(missing("content/regions.toml"));
        }
        let hours = self.hours.ok_or_else(|| missing("law"))?;
        let options: Vec<Choice> = self.regions.iter().map(Region::as_option).collect();
        let mut forms = self.forms;
        let fields = forms.iter_mut().flat_map(|f| &mut f.pages).flat_map(|p| &mut p.fields);
        for field in fields.filter(|f| f.kind == FieldKind::Region) {
            field.options.clone_from(&options);
        }
        let mut lessons = self.lessons;
        lessons.sort_by_key(|lesson| lesson.order);
        let index = directory::Index::new(&self.bodies, &self.regions);
        Ok(Snapshot {
            manifest,
            bodies: self.bodies,
            regions: self.regions,
            calendar: self.calendar,
            rules: self.rules,
            hours,
            forms,
            lessons,
            index,
        })
    }
}

#[cfg(test)]
mod tests;
