//! What a card signs to show its owner her own letters: a typed statement, which can be taken for
//! nothing else. It is good for one nonce of one portal, asked for by one kiosk.

use serde::{Deserialize, Serialize};

use super::Digest;

pub const SCHEMA_V1: &str = "tereze.login/1";
/// What the session may be used for.
pub const OWN_LETTERS: &str = "own-letters";
/// Bytes of a login's canonical form.
pub const MAX_LOGIN: usize = 1024;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    pub schema: String,
    /// [`OWN_LETTERS`]
    pub context: String,
    /// SHA-256 of the deployment root's public key.
    pub audience: Digest,
    /// The portal's, used once.
    pub nonce: Digest,
    /// The kiosk's number at the portal.
    pub kiosk: u32,
    pub practice: bool,
    /// RFC 3339, UTC: the kiosk's claim.
    pub time: String,
}

impl Login {
    /// RFC 8785.
    pub fn canonical(&self) -> Option<Vec<u8>> {
        serde_json_canonicalizer::to_vec(self).ok()
    }

    /// Reads canonical bytes and nothing else.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_LOGIN {
            return None;
        }
        let login: Login = serde_json::from_slice(bytes).ok()?;
        (login.schema == SCHEMA_V1 && login.canonical()? == bytes).then_some(login)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_bytes_of_this_very_type_are_a_login() {
        let login = Login {
            schema: SCHEMA_V1.into(),
            context: OWN_LETTERS.into(),
            audience: Digest([1; 32]),
            nonce: Digest([2; 32]),
            kiosk: 7,
            practice: true,
            time: "2026-11-22T09:05:00Z".into(),
        };
        let bytes = login.canonical().unwrap();
        assert_eq!(Login::parse(&bytes), Some(login));
        let text = String::from_utf8(bytes).unwrap();
        for other in [
            text.replace("login/1", "statement/1"),
            text.replace("\"kiosk\":7", "\"kiosk\":7,\"more\":1"),
            text.replace(":7,", ": 7,"),
            text[..text.len() - 1].to_owned(),
        ] {
            assert_eq!(Login::parse(other.as_bytes()), None, "{other}");
        }
        assert!(crate::domain::statement::Statement::parse(text.as_bytes()).is_err());
    }
}
