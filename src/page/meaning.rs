//! What the answers mean to the program and the law: how the letter leaves, its kind, whom it may be
//! for, when its answer is due. The form file says which answer means what.

use time::Date;

use super::draft::Answer;
use super::player::Player;
use crate::clock::Moment;
use crate::content::Body;
use crate::domain::deadline::{DeadlineError, Due};
use crate::domain::form::{FieldKind, Meaning, SignerPart};
use crate::domain::signer::Owner;
use crate::domain::statement::text;
use crate::i18n::Lang;

/// How the letter leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Signed here by card, and sent.
    Card,
    /// Signed here with a key file, and sent.
    KeyFile,
    /// Signed on the visitor's phone, and sent from here.
    Phone,
    /// Printed, signed with a pen.
    Pen,
    /// A child's draft: printed for a parent to sign.
    Parent,
}

impl Ending {
    /// Is there a signature with a certificate, which says the signer's name?
    pub fn is_electronic(self) -> bool {
        matches!(self, Ending::Card | Ending::KeyFile | Ending::Phone)
    }
}

impl Player {
    fn meanings(&self) -> impl Iterator<Item = &'static Meaning> {
        self.all_fields().filter_map(|(_, f)| f.option(self.choice(&f.id)?)?.means.as_ref())
    }

    pub fn ending(&self) -> Ending {
        let meant = |m: &Meaning| self.meanings().any(|other| other == m);
        if meant(&Meaning::PrintForParent) {
            Ending::Parent
        } else if meant(&Meaning::PrintForPen) {
            Ending::Pen
        } else if meant(&Meaning::SignByKeyFile) {
            Ending::KeyFile
        } else if meant(&Meaning::SignByPhone) {
            Ending::Phone
        } else {
            Ending::Card
        }
    }

    /// Gives the answer that means this; `false`: the form has none.
    pub fn choose_meaning(&mut self, meaning: &Meaning) -> bool {
        let form = self.form;
        let all =
            form.pages.iter().flat_map(|p| &p.fields).flat_map(|f| f.options.iter().map(move |o| (f, o)));
        let found = all.into_iter().find(|(_, o)| o.means.as_ref() == Some(meaning));
        found.is_some_and(|(field, option)| self.choose(&field.id, &option.id))
    }

    /// Whom she says that she is, where that is asked: the name in capitals, as certificates write it.
    pub fn signer(&self) -> Owner {
        let part = |part| {
            let field = self.all_fields().map(|(_, f)| f).find(|f| f.signer == Some(part));
            field.and_then(|f| self.typed(f)).map(text::tidy).unwrap_or_default()
        };
        let name = part(SignerPart::Name).split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase();
        Owner { name, iin: part(SignerPart::Iin), ..Owner::default() }
    }

    /// The page that asks who signs, by id.
    pub fn signer_page(&self) -> Option<&'static str> {
        self.all_fields().find(|(_, f)| f.signer.is_some()).map(|(page, _)| page.id.as_str())
    }

    /// The IIN is written on the printed letter with a pen.
    pub fn iin_by_pen(&self) -> bool {
        self.meanings().any(|m| *m == Meaning::IinByPen)
    }

    /// The legal kind, once it was answered.
    pub fn kind(&self) -> Option<&'static str> {
        self.meanings().find_map(|m| match m {
            Meaning::Kind(kind) => Some(kind.as_str()),
            _ => None,
        })
    }

    /// When the answer is due if the letter is registered at `at`; `None` before the kind is known.
    pub fn due(&self, at: Moment) -> Option<Result<Due, DeadlineError>> {
        Some(self.content.due(self.kind()?, at))
    }

    pub fn body(&self) -> Option<&'static Body> {
        self.all_fields().find_map(|(_, f)| match self.answer(&f.id) {
            Some(Answer::Body(id)) => self.content.body(id.expose()),
            _ => None,
        })
    }

    /// The region's id, once it was answered.
    pub fn region(&self) -> Option<&str> {
        let (_, field) = self.all_fields().find(|(_, f)| f.kind == FieldKind::Region)?;
        self.choice(&field.id)
    }

    /// Whom to write to, by what happened and where; the first is the one to propose.
    pub fn proposed(&self, today: Date) -> Vec<&'static Body> {
        let topic = self.meanings().find_map(|m| match m {
            Meaning::Topic(topic) => Some(topic.as_str()),
            _ => None,
        });
        let place = self.all_fields().find(|(_, f)| f.kind == FieldKind::Locality);
        let place = place.and_then(|(_, f)| self.typed(f));
        match (topic, self.region()) {
            (Some(topic), Some(region)) => {
                self.content.propose(topic, region, place.unwrap_or_default(), today)
            }
            _ => vec![],
        }
    }

    /// The directory's bodies that the typed words name, those of the region first.
    pub fn search(&self, words: &str, lang: Lang, today: Date, limit: usize) -> Vec<&'static Body> {
        self.content.search(words, lang, self.region(), today, limit)
    }
}
