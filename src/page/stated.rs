//! Answers as they are shown: the check page's rows, the statement to sign, the letter on paper.

use super::draft::Answer;
use super::meaning::Ending;
use super::player::Player;
use crate::clock::Moment;
use crate::domain::SubmissionId;
use crate::domain::form::{Field, FieldKind, Meaning, Page, PageKind};
use crate::domain::iin;
use crate::domain::statement::{
    self, Deployment, FieldFault, SCHEMA_V1, Signer, Statement, StatementError, text,
};
use crate::i18n::Lang;

/// One row of the check page. `value` is the visitor's: it is not spoken or logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// Where its Change link leads: [`Player::change`].
    pub page: String,
    pub field: String,
    pub label: String,
    /// Empty: nothing was answered.
    pub value: String,
    /// It comes from the card, or from the letter that this one is about: it cannot be changed here.
    pub fixed: bool,
}

/// What a printed letter says; `print` lays it out.
pub struct OnPaper {
    /// The body's name.
    pub to: String,
    pub address: Option<String>,
    /// The kind of letter as the visitor chose it.
    pub kind: String,
    /// Who writes: label and value.
    pub from: Vec<(String, String)>,
    /// Answers that stand before the text: label and value.
    pub fields: Vec<(String, String)>,
    pub text: String,
    /// Name and bytes.
    pub attachments: Vec<(String, u64)>,
    /// A child's letter, which a parent signs.
    pub for_parent: bool,
}

/// Where the IIN is written with a pen: twelve places.
const BY_PEN: &str = "____ ____ ____";

impl Player {
    /// An answer in a language's words; empty where nothing was answered.
    pub fn shown(&self, field: &Field, lang: Lang) -> String {
        match self.answer(&field.id) {
            Some(Answer::Choice(id)) => {
                field.option(id.expose()).map(|o| o.label.get(lang).to_owned()).unwrap_or_default()
            }
            Some(Answer::Body(id)) => {
                self.content.body(id.expose()).map(|b| b.name.get(lang).to_owned()).unwrap_or_default()
            }
            // What is declared stands in the statement, not that something was ticked.
            Some(Answer::Tick(true)) => field.hint.as_ref().unwrap_or(&field.label).get(lang).to_owned(),
            Some(Answer::Tick(false)) => String::new(),
            Some(Answer::Files(files)) => {
                files.iter().map(|f| f.name.expose().as_str()).collect::<Vec<_>>().join("\n")
            }
            _ => self.typed(field).map(text::tidy).unwrap_or_default(),
        }
    }

    /// The check page: every answer with the page that changes it.
    pub fn answers(&self, lang: Lang) -> Vec<Row> {
        let mut rows = vec![];
        for (page, field) in self.all_fields() {
            let from_card = self.is_from_card(field);
            let value = self.shown(field, lang);
            let fixed = from_card || page.given;
            // The name is shown as soon as the card has said it.
            if fixed && value.is_empty() {
                continue;
            }
            let masked = matches!(field.kind, FieldKind::Iin) && !value.is_empty();
            rows.push(Row {
                page: page.id.clone(),
                field: field.id.clone(),
                label: field.label.get(lang).to_owned(),
                value: if masked { iin::masked(&value) } else { value },
                fixed,
            });
        }
        rows
    }

    /// The statement to sign, with every answer as shown in `lang`. `Field` names what is missing;
    /// whether it may be signed at all [`Statement::validate`] says.
    pub fn statement(
        &self,
        lang: Lang,
        signer: Signer,
        deployment: Deployment,
        submission: SubmissionId,
        time: Moment,
    ) -> Result<Statement, StatementError> {
        let missing = |field: &str| StatementError::Field { field: field.into(), fault: FieldFault::Missing };
        let body = self.body().ok_or_else(|| missing("body"))?;
        let mut fields = vec![];
        for field in self.stated() {
            let value = self.shown(field, lang);
            if value.is_empty() {
                if field.required {
                    return Err(missing(&field.id));
                }
                continue;
            }
            fields.push(statement::Field {
                id: field.id.clone(),
                label: field.label.get(lang).to_owned(),
                value,
                choice: self.choice(&field.id).map(str::to_owned),
            });
        }
        Ok(Statement {
            schema: SCHEMA_V1.to_owned(),
            form: statement::FormRef { id: self.form.id.clone(), version: self.form.version },
            language: lang.tag().to_owned(),
            audience: deployment.audience,
            practice: deployment.practice,
            submission,
            time: time.rfc3339(),
            signer: Signer { name: text::tidy(&signer.name), iin: signer.iin, bin: signer.bin },
            body: statement::Body { id: body.id.clone(), name: body.name.get(lang).to_owned() },
            fields,
            attachments: self.attachments().into_iter().map(|f| f.stated()).collect(),
        })
    }

    fn stated(&self) -> impl Iterator<Item = &'static Field> {
        self.all_fields().map(|(_, f)| f).filter(|f| f.is_stated() && !self.is_from_card(f))
    }

    /// The letter on paper, for a pen. `None` before it is known whom it is to.
    pub fn on_paper(&self, lang: Lang) -> Option<OnPaper> {
        let body = self.body()?;
        let label = |f: &Field| f.label.get(lang).to_owned();
        let mut paper = OnPaper {
            to: body.name.get(lang).to_owned(),
            address: body.address.as_ref().map(|a| a.get(lang).to_owned()),
            kind: String::new(),
            from: vec![],
            fields: vec![],
            text: String::new(),
            attachments: vec![],
            for_parent: self.ending() == Ending::Parent,
        };
        for (page, field) in self.all_fields() {
            let value = self.shown(field, lang);
            match place(page, field) {
                _ if value.is_empty() => {}
                Place::Kind => paper.kind = value,
                Place::From => paper.from.push((label(field), value)),
                Place::Text => paper.text = value,
                Place::Field => paper.fields.push((label(field), value)),
                Place::Nowhere => {}
            }
            if self.means(field) == Some(&Meaning::IinByPen) {
                paper.from.push((label(field), BY_PEN.to_owned()));
            }
        }
        let files = self.attachments();
        paper.attachments = files.iter().map(|f| (f.name.expose().clone(), f.bytes.len() as u64)).collect();
        Some(paper)
    }

    fn means(&self, field: &'static Field) -> Option<&'static Meaning> {
        field.option(self.choice(&field.id)?)?.means.as_ref()
    }
}

enum Place {
    Kind,
    From,
    Text,
    Field,
    Nowhere,
}

/// Where an answer stands on paper.
fn place(page: &Page, field: &Field) -> Place {
    let is_kind = field.options.iter().any(|o| matches!(o.means, Some(Meaning::Kind(_))));
    match (page.kind, field.kind) {
        _ if is_kind => Place::Kind,
        (PageKind::Person, _) => Place::From,
        (PageKind::Text, FieldKind::Lines) => Place::Text,
        (_, FieldKind::Attachments | FieldKind::Body | FieldKind::Tick) => Place::Nowhere,
        _ if field.stated => Place::Field,
        _ => Place::Nowhere,
    }
}
