//! What is signed: canonical bytes (RFC 8785 JSON, NFC), the same on screen, card and portal.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::{Digest, SubmissionId};

/// Schema name of version 1.
pub const SCHEMA_V1: &str = "tereze.statement/1";

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
