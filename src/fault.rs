//! One table of fault codes. Knows no layer: each layer's error says its code through [`Coded`],
//! and this table says whether trying again can help. The words are messages `fault-<code>` and
//! `fault-<code>-remedy` in `locales/*/fault.ftl` (dots written as dashes).

/// A stable name such as `card.pulled`: shown to staff, logged, never re-used for another fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Code(pub &'static str);

/// What trying again can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The program tries again by itself.
    Itself,
    /// The visitor may try again after doing what the remedy says.
    Visitor,
    /// Only staff or another way can help.
    No,
}

/// Implemented by every layer's error.
pub trait Coded {
    fn code(&self) -> Code;
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub code: Code,
    pub retry: Retry,
}

pub mod doc;
mod table;
pub use table::TABLE;

impl Code {
    /// The listed code with this name: for codes that come from disk or from a portal.
    pub fn listed(name: &str) -> Option<Code> {
        TABLE.iter().map(|f| f.code).find(|c| c.0 == name)
    }

    /// The row; an unlisted code is a bug that the test of the table catches, and reads as `No`.
    pub fn fault(self) -> Fault {
        TABLE.iter().copied().find(|f| f.code == self).unwrap_or(Fault { code: self, retry: Retry::No })
    }

    /// `card.pulled` → `fault-card-pulled`
    pub fn message_id(self) -> String {
        format!("fault-{}", self.0.replace(['.', '_'], "-"))
    }

    /// `card.pulled` → `fault-card-pulled-staff`: what staff do, where that is other than what a visitor is told.
    pub fn staff_id(self) -> String {
        format!("{}-staff", self.message_id())
    }

    /// `card.pulled` → `fault-card-pulled-remedy`
    pub fn remedy_id(self) -> String {
        format!("{}-remedy", self.message_id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{Lang, Msg};

    #[test]
    fn every_code_is_listed_once_and_has_words_in_three_languages() {
        for (i, row) in TABLE.iter().enumerate() {
            assert!(TABLE[..i].iter().all(|r| r.code != row.code), "{:?} twice", row.code);
            for id in [row.code.message_id(), row.code.remedy_id()] {
                let msg = Msg::from_id(&id).unwrap_or_else(|| panic!("no message {id}"));
                for lang in Lang::ALL {
                    assert!(!crate::i18n::tr(lang, msg).is_empty());
                }
            }
        }
    }
}
