//! A body's answer: what its official signs (CMS, attached). It names the letter that it answers by
//! number and digest, so that no answer can be laid beside another letter.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Digest;
use super::statement::Body;

pub const SCHEMA_V1: &str = "tereze.answer/1";
/// Bytes of an answer's content.
pub const MAX_ANSWER: usize = 128 * 1024;

/// No `Debug`: it speaks of the visitor's matter. Unknown members are ignored: later versions add.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub schema: String,
    /// The letter's number.
    pub number: String,
    /// SHA-256 of the letter's canonical statement.
    pub statement: Digest,
    pub practice: bool,
    /// BCP 47: the letter's language.
    pub language: String,
    /// RFC 3339, UTC.
    pub time: String,
    pub body: Body,
    /// The post of who signs, in the answer's language.
    pub post: String,
    pub text: String,
}

/// Why bytes are not an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    #[error("not an answer")]
    Unreadable,
    #[error("a newer schema than this version knows")]
    Newer,
}

impl Answer {
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        // Strings, numbers and a bool: nothing that JSON cannot say.
        Zeroizing::new(serde_json::to_vec(self).unwrap_or_default())
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, Unread> {
        #[derive(Deserialize)]
        struct Schema {
            schema: String,
        }
        if bytes.len() > MAX_ANSWER {
            return Err(Unread::Unreadable);
        }
        let schema: Schema = serde_json::from_slice(bytes).map_err(|_| Unread::Unreadable)?;
        match schema.schema.as_str() {
            SCHEMA_V1 => serde_json::from_slice(bytes).map_err(|_| Unread::Unreadable),
            other if other.starts_with("tereze.answer/") => Err(Unread::Newer),
            _ => Err(Unread::Unreadable),
        }
    }
}
