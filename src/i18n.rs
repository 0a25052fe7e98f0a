//! The words. Messages stand in `locales/{kk,ru,en}/<room>.ftl`; [`Msg`] is generated from the
//! Kazakh files by `build.rs`, so a message that does not exist does not compile. There is no
//! silent fallback between languages: tests prove the same ids and arguments in all three.
//!
//! State holds a [`Text`] (a message and its arguments), never translated words, so that switching
//! the language changes everything at once.

use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

pub mod format;

mod messages {
    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}
pub use messages::Msg;

/// The three languages of the kiosk, Kazakh first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    Kk,
    Ru,
    En,
}

impl Lang {
    pub const ALL: [Lang; 3] = [Lang::Kk, Lang::Ru, Lang::En];

    /// BCP 47: `kk`, `ru`, `en`.
    pub const fn tag(self) -> &'static str {
        match self {
            Lang::Kk => "kk",
            Lang::Ru => "ru",
            Lang::En => "en",
        }
    }

    pub fn from_tag(tag: &str) -> Option<Self> {
        Lang::ALL.into_iter().find(|l| l.tag() == tag)
    }

    /// The language's name in itself, as its button says it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Lang::Kk => "Қазақша",
            Lang::Ru => "Русский",
            Lang::En => "English",
        }
    }
}

impl Msg {
    /// The message with this id, for ids that stand in data (faults, forms, lessons).
    pub fn from_id(id: &str) -> Option<Msg> {
        static BY_ID: LazyLock<HashMap<&'static str, Msg>> =
            LazyLock::new(|| Msg::ALL.iter().map(|m| (m.id(), *m)).collect());
        BY_ID.get(id).copied()
    }
}

/// An argument of a message. Words of a visitor are not arguments: they are shown as they are.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    Str(String),
    /// Chooses plurals; shown with the language's digit groups.
    Num(i64),
}

impl From<&str> for Arg {
    fn from(v: &str) -> Self {
        Arg::Str(v.to_owned())
    }
}
impl From<String> for Arg {
    fn from(v: String) -> Self {
        Arg::Str(v)
    }
}
impl From<i64> for Arg {
    fn from(v: i64) -> Self {
        Arg::Num(v)
    }
}

/// A message with its arguments: what state holds instead of words.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    pub msg: Msg,
    pub args: Vec<(&'static str, Arg)>,
}

impl Text {
    pub fn new(msg: Msg) -> Self {
        Self { msg, args: Vec::new() }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    pub fn say(&self, lang: Lang) -> String {
        tr_args(lang, self.msg, &self.args)
    }
}

impl From<Msg> for Text {
    fn from(msg: Msg) -> Self {
        Self::new(msg)
    }
}

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<[Bundle; 3]> = LazyLock::new(|| Lang::ALL.map(bundle));

fn sources(lang: Lang) -> &'static [(&'static str, &'static str)] {
    match lang {
        Lang::Kk => messages::KK,
        Lang::Ru => messages::RU,
        Lang::En => messages::EN,
    }
}

fn bundle(lang: Lang) -> Bundle {
    let id: unic_langid::LanguageIdentifier =
        lang.tag().parse().unwrap_or_else(|_| unic_langid::LanguageIdentifier::default());
    let mut bundle = Bundle::new_concurrent(vec![id]);
    bundle.set_use_isolating(false);
    for (_, text) in sources(lang) {
        // A file that does not parse whole still gives what parsed; the test says which.
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(r, _)| r);
        let _ = bundle.add_resource(resource);
    }
    bundle
}

/// The words of a message that takes no arguments.
pub fn tr(lang: Lang, msg: Msg) -> String {
    tr_args(lang, msg, &[])
}

/// The words of a message. A missing one reads as its id: the test of the locales keeps that from
/// ever reaching a screen.
pub fn tr_args(lang: Lang, msg: Msg, args: &[(&'static str, Arg)]) -> String {
    let bundle = &BUNDLES[lang as usize];
    let Some(pattern) = bundle.get_message(msg.id()).and_then(|m| m.value()) else {
        return msg.id().to_owned();
    };
    let mut values = FluentArgs::with_capacity(args.len());
    for (name, arg) in args {
        values.set(
            *name,
            match arg {
                Arg::Str(s) => FluentValue::from(s.as_str()),
                Arg::Num(n) => FluentValue::from(*n),
            },
        );
    }
    let mut errors = Vec::new();
    bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned()
}

#[cfg(test)]
mod tests;
