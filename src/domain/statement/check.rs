//! The rules a statement must keep. Kiosk and portal run this same code: the kiosk before it asks
//! for the PIN, the portal before it registers.

use super::text::{self, Shape};
use super::*;
use crate::clock::Moment;
use crate::domain::form::{self, FieldKind, Form};
use crate::domain::iin;

/// What the statement must have been made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// SHA-256 of the pinned root's public key.
    pub audience: Digest,
    pub practice: bool,
}

/// The forms and bodies that are known; `content::Snapshot` is one.
pub trait Catalogue {
    fn form(&self, id: &str, version: u32) -> Option<&Form>;
    /// The names that a body has or had: a letter may be older than a renaming.
    fn body_is_named(&self, id: &str, name: &str, lang: Lang) -> Option<bool>;
}

/// What is wrong with one field; the field's id stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldFault {
    Missing,
    Empty,
    TooLong,
    TooMany,
    /// A character that cannot be shown or changes what is shown.
    Character,
    NotNfc,
    /// The id, number or time does not have the shape it must have.
    Shape,
    /// Not one of the form's options, or the label or option's words are not the form's.
    NotOfTheForm,
    Twice,
}

fn fault<T>(field: &str, fault: FieldFault) -> Result<T, StatementError> {
    Err(StatementError::Field { field: field.to_owned(), fault })
}

fn words(field: &str, value: &str, max: usize, shape: Shape) -> Result<(), StatementError> {
    if value.chars().count() > max {
        return fault(field, FieldFault::TooLong);
    }
    if text::check(value, shape).is_err() {
        return fault(field, FieldFault::Character);
    }
    if !text::is_nfc(value) {
        return fault(field, FieldFault::NotNfc);
    }
    Ok(())
}

fn name(field: &str, value: &str) -> Result<(), StatementError> {
    if value.trim().is_empty() {
        return fault(field, FieldFault::Empty);
    }
    words(field, value, MAX_NAME_CHARS, Shape::Line)
}

fn id(field: &str, value: &str) -> Result<(), StatementError> {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_');
    if value.is_empty() || value.len() > MAX_ID_CHARS || !value.bytes().all(good) {
        return fault(field, FieldFault::Shape);
    }
    Ok(())
}

/// Values that only their field's kind knows how to read.
fn own_rules(def: &form::Field, value: &str, lang: Lang) -> Result<(), StatementError> {
    match def.kind {
        FieldKind::Iin | FieldKind::Bin if !iin::twelve_digits(value) => fault(&def.id, FieldFault::Shape),
        // What was declared is signed in the form's own words.
        FieldKind::Tick if def.hint.as_ref().unwrap_or(&def.label).get(lang) != value => {
            fault(&def.id, FieldFault::NotOfTheForm)
        }
        _ => Ok(()),
    }
}

impl Statement {
    /// Every rule but the signature's own. The first fault found; order of the statement's keys.
    pub fn validate(&self, deployment: &Deployment, catalogue: &dyn Catalogue) -> Result<(), StatementError> {
        if self.schema != SCHEMA_V1 {
            return Err(StatementError::NewerSchema);
        }
        if self.audience != deployment.audience {
            return Err(StatementError::OtherAudience);
        }
        if self.practice != deployment.practice {
            return Err(StatementError::PracticeMismatch);
        }
        let Some(lang) = self.lang() else { return fault("language", FieldFault::Shape) };
        if Moment::parse_rfc3339(&self.time).is_none_or(|t| t.rfc3339() != self.time) {
            return fault("time", FieldFault::Shape);
        }
        self.validate_signer()?;
        id("body", &self.body.id)?;
        name("body", &self.body.name)?;
        match catalogue.body_is_named(&self.body.id, &self.body.name, lang) {
            None => return Err(StatementError::UnknownBody(self.body.id.clone())),
            Some(false) => return fault("body", FieldFault::NotOfTheForm),
            Some(true) => {}
        }
        let Some(form) = catalogue.form(&self.form.id, self.form.version) else {
            return Err(StatementError::UnknownForm(self.form.clone()));
        };
        self.validate_fields(form, lang)?;
        self.validate_attachments()
    }

    fn validate_signer(&self) -> Result<(), StatementError> {
        name("signer.name", &self.signer.name)?;
        // Shape only: the certificate is the authority, and test certificates hold made-up numbers.
        if !iin::twelve_digits(&self.signer.iin) {
            return fault("signer.iin", FieldFault::Shape);
        }
        if self.signer.bin.as_deref().is_some_and(|b| !iin::twelve_digits(b)) {
            return fault("signer.bin", FieldFault::Shape);
        }
        Ok(())
    }

    fn validate_fields(&self, form: &Form, lang: Lang) -> Result<(), StatementError> {
        if self.fields.len() > MAX_FIELDS {
            return fault("fields", FieldFault::TooMany);
        }
        for (n, field) in self.fields.iter().enumerate() {
            let at = field.id.as_str();
            id(at, at)?;
            if self.fields[..n].iter().any(|f| f.id == field.id) {
                return fault(at, FieldFault::Twice);
            }
            let Some(def) = form.field(at) else { return fault(at, FieldFault::NotOfTheForm) };
            name(at, &field.label)?;
            if field.label != def.label.get(lang) {
                return fault(at, FieldFault::NotOfTheForm);
            }
            let shape = if def.lines() { Shape::Lines } else { Shape::Line };
            words(at, &field.value, def.max_chars().min(MAX_VALUE_CHARS), shape)?;
            match (&field.choice, def.options()) {
                (Some(choice), Some(options)) => {
                    let said = options.iter().find(|o| &o.id == choice).map(|o| o.label.get(lang));
                    if said != Some(field.value.as_str()) {
                        return fault(at, FieldFault::NotOfTheForm);
                    }
                }
                (None, None) => own_rules(def, &field.value, lang)?,
                _ => return fault(at, FieldFault::NotOfTheForm),
            }
        }
        self.validate_required(form)
    }

    /// Every field that the answers given make necessary is there and not empty.
    fn validate_required(&self, form: &Form) -> Result<(), StatementError> {
        let choice = |id: &str| self.field(id).and_then(|f| f.choice.as_deref());
        let asked = form.way(&choice).into_iter().flat_map(|(_, fields)| fields);
        for def in asked.filter(|f| f.is_stated() && f.required) {
            match self.field(&def.id) {
                None => return fault(&def.id, FieldFault::Missing),
                Some(f) if f.value.trim().is_empty() => return fault(&def.id, FieldFault::Empty),
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn validate_attachments(&self) -> Result<(), StatementError> {
        if self.attachments.len() > MAX_ATTACHMENTS {
            return fault("attachments", FieldFault::TooMany);
        }
        let mut total = 0u64;
        for a in &self.attachments {
            if a.name.trim().is_empty() {
                return fault("attachments", FieldFault::Empty);
            }
            words("attachments", &a.name, MAX_FILE_NAME_CHARS, Shape::Line)?;
            if a.name.contains(['/', '\\']) || !ATTACHMENT_TYPES.contains(&a.media_type.as_str()) {
                return fault("attachments", FieldFault::Shape);
            }
            total = total.saturating_add(a.size);
        }
        if total > MAX_ATTACHED { fault("attachments", FieldFault::TooLong) } else { Ok(()) }
    }
}

/// Media types that may be attached, found by content.
pub const ATTACHMENT_TYPES: [&str; 4] = ["application/pdf", "image/jpeg", "image/png", "text/plain"];
