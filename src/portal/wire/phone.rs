//! Signing with a phone: what the kiosk asks of the portal, and the exchange between portal and phone
//! as the national app documents it (QR text [`SCHEME`] and an address; GET; GET; PUT). Names of the
//! phone's members are the app's, not ours.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What a QR code for the app begins with; the address follows.
pub const SCHEME: &str = "mobileSign:";
/// Bytes of a document that a phone is given: a letter of four thousand characters has some 16 000.
pub const MAX_DOCUMENT: usize = 64 * 1024;
/// Bytes of a signature with its document inside, certificates and timestamps with it.
pub const MAX_SIGNED: usize = MAX_DOCUMENT + 32 * 1024;
/// Bytes of what a phone sends: [`MAX_SIGNED`] in base64 and the JSON around it.
pub const MAX_SENT: usize = MAX_SIGNED / 3 * 4 + 32 * 1024;
/// The signature holds the document (CMS, attached).
pub const WITH_DATA: &str = "CMS_WITH_DATA";

/// A document waits for a phone. Given once; the portal keeps hashes of both secrets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PhoneSession {
    /// The kiosk's handle.
    pub session: String,
    /// The address for the phone: the QR code is `mobileSign:` and this.
    pub address: String,
    /// How long it is good for.
    pub seconds: u64,
}

/// How far a phone has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PhoneStage {
    /// Nobody has scanned the code.
    Waiting,
    /// A phone has; the code is good for no other.
    Opened,
    /// The phone has sent a signature, which nobody has judged yet.
    Signed,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PhoneState {
    /// Rises with every change.
    pub version: u32,
    pub stage: PhoneStage,
    /// How often the phone sent what is no signature.
    #[serde(default)]
    pub unreadable: u32,
    /// The CMS, base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cms: Option<String>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SessionPath {
    /// The kiosk's handle.
    pub session: String,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Seen {
    /// The version that the kiosk has seen: the answer may wait for a later one.
    #[serde(default)]
    pub seen: Option<u32>,
    /// Seconds that it may wait; at most 45.
    #[serde(default)]
    pub wait: Option<u64>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct CodePath {
    /// What the QR code's address ends in.
    pub code: String,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct DocumentPath {
    pub code: String,
    /// What the first answer's `uri` ends in.
    pub document: String,
}

/// What the address in the code answers: who asks for a signature, and where the document is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    pub description: String,
    /// RFC 3339, UTC.
    pub expiry_date: String,
    pub organisation: Organisation,
    pub document: Pointer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organisation {
    pub name_ru: String,
    pub name_kz: String,
    pub name_en: String,
    /// Twelve digits; empty where the portal's keeper gave none.
    pub bin: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pointer {
    pub uri: String,
    /// `None`, `Bearer` or `Eds`; this portal's is `Bearer`.
    pub auth_type: String,
    pub auth_token: String,
}

/// What is to be signed; sent back with each document's data replaced by its signature.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ToSign {
    /// [`WITH_DATA`]
    #[serde(default)]
    pub sign_method: String,
    pub documents_to_sign: Vec<PhoneDocument>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PhoneDocument {
    #[serde(default)]
    pub id: u32,
    #[serde(default)]
    pub name_ru: String,
    #[serde(default)]
    pub name_kz: String,
    #[serde(default)]
    pub name_en: String,
    /// Named facts that the app shows.
    #[serde(default)]
    pub meta: Vec<Meta>,
    pub document: PhoneFile,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Meta {
    pub name: String,
    pub value: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PhoneFile {
    pub file: FileData,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileData {
    /// A hint by which the app chooses its viewer; empty where it knows none for it.
    #[serde(default)]
    pub mime: String,
    /// base64.
    pub data: String,
}
