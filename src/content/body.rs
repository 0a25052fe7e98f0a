//! Bodies that letters go to, and the regions they are in. Data with dates, never code.

use serde::Deserialize;
use time::{Date, Time};

use crate::domain::Names;
use crate::domain::deadline::{OfficeHours, optional_day};
use crate::domain::form::Choice;
use crate::i18n::Lang;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyKind {
    Ministry,
    /// Answers to the President or the Government beside the ministries.
    Agency,
    /// A ministry's or akimat's part in a region.
    Department,
    /// Of an oblast, city or district.
    Akimat,
    /// Of a rural district.
    Akim,
    /// Of the state, but not a state body.
    Company,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// `min-labour`: never re-used for another body.
    pub id: String,
    pub kind: BodyKind,
    pub name: Names,
    /// Names it had; letters that were written then still read.
    #[serde(default)]
    pub former: Vec<Names>,
    /// Other words that people search for.
    #[serde(default)]
    pub also: Vec<String>,
    /// `None`: the whole country.
    #[serde(default)]
    pub region: Option<String>,
    /// The district, town or rural district it is for; `None`: the whole region.
    #[serde(default)]
    pub place: Option<Names>,
    pub topics: Vec<String>,
    /// Left out where it is not sure.
    #[serde(default)]
    pub address: Option<Names>,
    /// Left out where they are those of the directory.
    #[serde(default)]
    pub hours: Option<Hours>,
    #[serde(default, deserialize_with = "optional_day")]
    pub from: Option<Date>,
    /// Its last day: shown no more, but older letters still read.
    #[serde(default, deserialize_with = "optional_day")]
    pub until: Option<Date>,
}

impl Body {
    pub fn in_force(&self, on: Date) -> bool {
        self.from.is_none_or(|from| from <= on) && self.until.is_none_or(|until| on <= until)
    }

    /// Whether this is or was its name in that language.
    pub fn was_named(&self, name: &str, lang: Lang) -> bool {
        self.name.get(lang) == name || self.former.iter().any(|f| f.get(lang) == name)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    #[serde(deserialize_with = "clock_time")]
    pub opens: Time,
    #[serde(deserialize_with = "clock_time")]
    pub closes: Time,
}

impl Hours {
    pub fn office(self) -> OfficeHours {
        OfficeHours { opens: self.opens, closes: self.closes }
    }
}

fn clock_time<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Time, D::Error> {
    let text = String::deserialize(d)?;
    Time::parse(&text, time::macros::format_description!("[hour]:[minute]"))
        .map_err(|_| serde::de::Error::custom("a time such as 09:00"))
}

/// An oblast, or a city of that rank.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// ISO 3166-2 in lower case: `kz-11`.
    pub id: String,
    /// Classifier of administrative units.
    pub kato: String,
    pub name: Names,
    pub center: Names,
}

impl Region {
    pub(super) fn as_option(&self) -> Choice {
        Choice { id: self.id.clone(), label: self.name.clone(), hint: None, not_yet: false, means: None }
    }
}
