//! Wire types of `/api/v1` and problem documents (RFC 9457). Readers ignore members they do not
//! know; within v1 members are only added (tests/portal.rs holds `openapi.json` to that).

pub mod phone;
mod proof;

pub use proof::ProofState;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Every path begins with this.
pub const BASE: &str = "/api/v1";

/// The largest envelope, in bytes. Asked before the first byte is stored.
pub const MAX_ENVELOPE: u64 = crate::seal::envelope::MAX_ENVELOPE as u64;

/// RFC 9052 §2: a receipt, a notice or the keyset.
pub const COSE: &str = "application/cose";
/// RFC 9457 §3.
pub const PROBLEM: &str = "application/problem+json";
/// How many bytes of an envelope the portal holds.
pub const UPLOAD_OFFSET: &str = "upload-offset";

/// Which run of the portal answers, 8 hex digits: another after each start. A kiosk then asks what is
/// still known.
pub const LIFE: &str = "portal-life";
/// On every answer of a portal that tells visitors by a text when their answer comes.
pub const TELLS: &str = "portal-tells";
/// With a letter's events: an [`AlertState`].
pub const LETTER_ALERT: &str = "letter-alert";
/// With a letter's events: a [`ProofState`].
pub const LETTER_PROOF: &str = "letter-proof";
/// Envelopes that one question may name.
pub const MAX_ASKED: usize = 4_096;

/// `Authorization: Kiosk <credential>`: what enrolment gave.
pub const KIOSK_SCHEME: &str = "Kiosk";
/// `Authorization: Visitor <access key, base64url>`: what the visitor's paper gives.
pub const VISITOR_SCHEME: &str = "Visitor";
/// `Authorization: Code <paper code>`: the short code printed beside the number.
pub const CODE_SCHEME: &str = "Code";
/// `Authorization: Session <token>`: what a card's login gave.
pub const SESSION_SCHEME: &str = "Session";

/// RFC 5652 content: a login, or an answer as its body signed it.
pub const CMS: &str = "application/cms";
/// RFC 6960 appendix A: a question about a certificate, and its answer.
pub const OCSP_REQUEST: &str = "application/ocsp-request";
pub const OCSP_RESPONSE: &str = "application/ocsp-response";
pub const CBOR: &str = "application/cbor";
/// The responder that the certificate in question names (RFC 5280 §4.2.2.1).
pub const NAMED_RESPONDER: &str = "named-responder";
/// An answer under the visitor's reply key.
pub const SEALED: &str = "application/octet-stream";
/// The longest that a request for events may wait, in seconds: less than a line's silence.
pub const MAX_WAIT: u64 = 45;

/// A problem document. `code` never changes its meaning; `title` and `detail` are for staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:tereze:problem:` and the code.
    #[serde(rename = "type", default)]
    pub kind: String,
    #[serde(default)]
    pub title: String,
    /// The HTTP status.
    #[serde(default)]
    pub status: u16,
    /// A stable fault code such as `server.damaged`.
    #[serde(default)]
    pub code: String,
    /// What exactly was found; never a visitor's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Problem {
    pub const TYPE_PREFIX: &str = "urn:tereze:problem:";

    pub fn new(status: u16, code: &str, title: &str) -> Self {
        Self {
            kind: format!("{}{code}", Self::TYPE_PREFIX),
            title: title.to_owned(),
            status,
            code: code.to_owned(),
            detail: None,
        }
    }
}

/// Who runs the portal: shown on every screen and receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct About {
    pub operator: OperatorNames,
    /// Nothing that a practice portal registers has legal force.
    pub practice: bool,
    /// SHA-256 of the deployment root's public key, lower-case hex: the audience of statements.
    pub audience: String,
    /// Version of the keyset in use.
    pub keyset: u64,
    pub bodies: Bodies,
    /// The largest envelope in bytes.
    pub max_envelope: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperatorNames {
    pub kk: String,
    pub ru: String,
    pub en: String,
}

impl From<crate::domain::Names> for OperatorNames {
    fn from(names: crate::domain::Names) -> Self {
        Self { kk: names.kk, ru: names.ru, en: names.en }
    }
}

impl From<OperatorNames> for crate::domain::Names {
    fn from(names: OperatorNames) -> Self {
        Self { kk: names.kk, ru: names.ru, en: names.en }
    }
}

/// Which directory of bodies the portal registers by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bodies {
    pub version: String,
    /// SHA-256 of the directory file, lower-case hex.
    #[serde(rename = "sha-256")]
    pub sha256: String,
}

/// A number and a paper code give this and no more: no words, no name, no body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatusAnswer {
    pub number: String,
    /// `registered`; later versions add kinds, a reader shows one it does not know as it is.
    pub state: String,
    /// RFC 3339, UTC.
    pub registered: String,
    /// `YYYY-MM-DD`, in UTC+5: the date that holds now.
    pub due: String,
    pub practice: bool,
    /// What happened and when, in order; the first is the registration.
    #[serde(default)]
    pub events: Vec<StatusEvent>,
}

/// An event without names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatusEvent {
    /// The kind's code; a reader shows `title` for one that it does not know.
    pub kind: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// The portal's own words, for kinds of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<OperatorNames>,
}

/// The mobile number to tell when a letter's answer comes. It goes to the portal's gateway for texts and nowhere
/// else, and is wiped when the text is sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AskAlert {
    /// `+77011234567`
    pub phone: String,
}

/// Where a visitor's wish to be told stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertState {
    /// Nobody asked, or she took it back.
    None,
    Waiting,
    /// The gateway has taken the text.
    Sent,
    /// The gateway took no text to this number.
    Failed,
}

impl AlertState {
    const ALL: [(AlertState, &str); 4] = [
        (AlertState::None, "none"),
        (AlertState::Waiting, "waiting"),
        (AlertState::Sent, "sent"),
        (AlertState::Failed, "failed"),
    ];

    /// The word on the wire and in the portal's table.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("none", |(_, word)| word)
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(state, _)| *state)
    }
}

/// A nonce for a card to sign, good for one login at this kiosk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Challenge {
    /// 32 bytes, lower-case hex.
    pub nonce: String,
    pub kiosk: u32,
    /// SHA-256 of the deployment root's public key, lower-case hex.
    pub audience: String,
    /// How long it is good for.
    pub seconds: u64,
}

/// A session of minutes. Given once; the portal keeps the token's hash only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// What [`SESSION_SCHEME`] carries.
    pub token: String,
    pub seconds: u64,
}

/// Answers to letters that were sent from the asking kiosk, the newest first: who comes for hers is told by staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Arrived {
    pub answers: Vec<ArrivedAnswer>,
}

/// An answer without number, name or body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArrivedAnswer {
    /// The last four digits of the letter's number.
    pub ending: String,
    /// RFC 3339, UTC.
    pub at: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnLetters {
    pub letters: Vec<OwnLetter>,
    pub practice: bool,
}

/// One letter of a session's owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnLetter {
    pub number: String,
    /// The lookup id, 16 bytes as lower-case hex.
    pub lookup: String,
    /// The last event's code.
    pub state: String,
    /// RFC 3339, UTC.
    pub registered: String,
    /// `YYYY-MM-DD`, in UTC+5.
    pub due: String,
    /// The body that it was written to.
    pub body: OperatorNames,
}

/// A kiosk shows the one-time code that the portal's staff gave.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Enrol {
    pub code: String,
    /// Where the kiosk stands, for the portal's staff: at most 100 characters.
    pub name: String,
}

/// Given once. The portal keeps its hash only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Enrolled {
    pub kiosk: u32,
    /// What [`KIOSK_SCHEME`] carries.
    pub credential: String,
}

/// `If-None-Match` carries the version held, in quotes.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct EnvelopePath {
    /// SHA-256 of the whole envelope, lower-case hex.
    pub sha256: String,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ReceiptPath {
    /// The lookup id, 16 bytes as lower-case hex.
    pub lookup: String,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct LetterPath {
    /// The lookup id, 16 bytes as lower-case hex.
    pub lookup: String,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wait {
    /// Seconds that the answer may wait for something new; at most 45.
    #[serde(default)]
    pub wait: Option<u64>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct NumberPath {
    /// For example `ЖТ-2026-00001234`, percent-encoded.
    pub number: String,
}

/// `Content-Range` of a PUT (RFC 9110 §14.4): where the part lies, or `bytes */total` with an
/// empty body, which asks how far the envelope has come and gets the receipt once there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Bytes `from..to` of `total`; `to` is not included.
    Part {
        from: u64,
        to: u64,
        total: u64,
    },
    Ask {
        total: u64,
    },
}

impl Range {
    pub fn parse(text: &str) -> Option<Self> {
        let number = |t: &str| -> Option<u64> {
            (!t.is_empty() && t.len() <= 18 && t.bytes().all(|b| b.is_ascii_digit()))
                .then(|| t.parse().ok())
                .flatten()
        };
        let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
        let total = number(total)?;
        if range == "*" {
            return Some(Range::Ask { total });
        }
        let (first, last) = range.split_once('-')?;
        let (from, last) = (number(first)?, number(last)?);
        (from <= last && last < total).then_some(Range::Part { from, to: last + 1, total })
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Range::Part { from, to, total } => write!(f, "bytes {from}-{}/{total}", to.saturating_sub(1)),
            Range::Ask { total } => write!(f, "bytes */{total}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_both_ways_and_nothing_else() {
        for range in [
            Range::Part { from: 0, to: 1, total: 1 },
            Range::Part { from: 10, to: 4_096, total: 100_000 },
            Range::Ask { total: 7 },
        ] {
            assert_eq!(Range::parse(&range.to_string()), Some(range));
        }
        for wrong in [
            "",
            "bytes",
            "bytes 0-0/0",
            "bytes 5-4/10",
            "bytes 0-10/10",
            "bytes -1-2/3",
            "bytes +1-2/9",
            "bytes 0-1/99999999999999999999999",
            "bytes */*",
            "items 0-1/2",
        ] {
            assert_eq!(Range::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn unknown_members_are_ignored() {
        let p: Problem = serde_json::from_str(r#"{"code":"server.full","newer":1}"#).unwrap();
        assert_eq!(p.code, "server.full");
    }
}
