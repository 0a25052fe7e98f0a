//! What is signed: canonical bytes (RFC 8785 JSON, NFC), the same on screen, card and portal.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::{Digest, SubmissionId};
use crate::fault::{Code, Coded};
use crate::i18n::Lang;

mod check;
pub mod text;

pub use check::{Catalogue, Deployment, FieldFault};

/// Schema name of version 1.
pub const SCHEMA_V1: &str = "tereze.statement/1";

/// Bytes of a whole canonical statement; more is refused before it is read.
pub const MAX_STATEMENT: usize = 256 * 1024;
/// Fields of one statement.
pub const MAX_FIELDS: usize = 100;
/// Characters (Unicode scalar values) of a value; a form file may say less.
pub const MAX_VALUE_CHARS: usize = 20_000;
/// Characters of a label, a name of a body, a signer's name.
pub const MAX_NAME_CHARS: usize = 400;
/// Characters of an id: `letter.text`, `mintrud`, `letter`.
pub const MAX_ID_CHARS: usize = 64;
/// Attachments of one statement.
pub const MAX_ATTACHMENTS: usize = 10;
/// Bytes of all attachments of one statement together.
pub const MAX_ATTACHED: u64 = 10_000_000;
/// Characters of an attachment's file name.
pub const MAX_FILE_NAME_CHARS: usize = 120;

/// What the visitor signs. Everything here was on the review page; that page is drawn by parsing
/// these very bytes. No `Debug`: it is the visitor's words.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    pub schema: String,
    pub form: FormRef,
    /// BCP 47: the language the words were shown in.
    pub language: String,
    /// SHA-256 of the deployment root's public key (32 raw bytes, Ed25519).
    pub audience: Digest,
    pub practice: bool,
    pub submission: SubmissionId,
    /// RFC 3339, UTC, whole seconds.
    pub time: String,
    pub signer: Signer,
    pub body: Body,
    pub fields: Vec<Field>,
    #[serde(default)]
    pub attachments: Vec<Attachment>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormRef {
    pub id: String,
    pub version: u32,
}

/// As the signing certificate names them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    pub name: String,
    /// Twelve digits.
    pub iin: String,
    /// The organisation's twelve digits where the certificate signs for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bin: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    pub id: String,
    /// As shown, in the statement's language.
    pub name: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The form file's field id, for example `letter.text`.
    pub id: String,
    /// The label as shown.
    pub label: String,
    /// The answer as shown.
    pub value: String,
    /// The chosen option's id, where the field is a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    pub name: String,
    /// Media type found in the content, not in the name.
    #[serde(rename = "type")]
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    #[serde(rename = "sha-256")]
    pub sha256: Digest,
}

/// Why bytes are not a statement that may be signed or registered. Names fields, never values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    #[error("more than {MAX_STATEMENT} bytes")]
    TooLong,
    /// Not JSON, a key that is not known, a key twice, a value of another type.
    #[error("not a statement of a known schema")]
    Unreadable,
    #[error("a newer schema than this version knows")]
    NewerSchema,
    /// The bytes are not the RFC 8785 form of what they say.
    #[error("not the canonical bytes")]
    NotCanonical,
    #[error("made for another deployment")]
    OtherAudience,
    #[error("practice and real may not be mixed")]
    PracticeMismatch,
    #[error("no such form: {0:?}")]
    UnknownForm(FormRef),
    #[error("no such body: {0}")]
    UnknownBody(String),
    #[error("field {field}: {fault:?}")]
    Field { field: String, fault: FieldFault },
}

impl Coded for StatementError {
    fn code(&self) -> Code {
        Code(match self {
            StatementError::TooLong => "statement.too-long",
            StatementError::Unreadable => "statement.unreadable",
            StatementError::NewerSchema => "statement.newer",
            StatementError::NotCanonical => "statement.not-canonical",
            StatementError::OtherAudience => "statement.other-audience",
            StatementError::PracticeMismatch => "statement.practice",
            StatementError::UnknownForm(_) => "statement.form",
            StatementError::UnknownBody(_) => "statement.body",
            StatementError::Field { .. } => "statement.field",
        })
    }
}

impl Statement {
    /// The bytes to sign: RFC 8785. `TooLong` past [`MAX_STATEMENT`].
    pub fn canonical(&self) -> Result<Zeroizing<Vec<u8>>, StatementError> {
        let bytes = serde_json_canonicalizer::to_vec(self).map_err(|_| StatementError::Unreadable)?;
        let bytes = Zeroizing::new(bytes);
        if bytes.len() > MAX_STATEMENT { Err(StatementError::TooLong) } else { Ok(bytes) }
    }

    /// Reads canonical bytes and nothing else: what is read back is byte for byte what was given.
    /// Says nothing yet about what the values may be: see [`Statement::validate`].
    pub fn parse(bytes: &[u8]) -> Result<Self, StatementError> {
        if bytes.len() > MAX_STATEMENT {
            return Err(StatementError::TooLong);
        }
        let statement: Statement = match serde_json::from_slice(bytes) {
            Ok(statement) => statement,
            Err(_) => return Err(schema_of(bytes)),
        };
        if statement.schema != SCHEMA_V1 {
            return Err(schema_of(bytes));
        }
        if statement.canonical()?.as_slice() != bytes {
            return Err(StatementError::NotCanonical);
        }
        Ok(statement)
    }

    pub fn lang(&self) -> Option<Lang> {
        Lang::from_tag(&self.language)
    }

    /// The field with this id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.id == id)
    }
}

/// Whether unreadable bytes name a later schema of ours (their writer is newer than this reader).
fn schema_of(bytes: &[u8]) -> StatementError {
    #[derive(Deserialize)]
    struct Schema {
        schema: String,
    }
    match serde_json::from_slice::<Schema>(bytes) {
        Ok(s) if s.schema.starts_with("tereze.statement/") && s.schema != SCHEMA_V1 => {
            StatementError::NewerSchema
        }
        _ => StatementError::Unreadable,
    }
}

#[cfg(test)]
mod tests;
