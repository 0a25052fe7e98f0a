//! Asking for a timestamp over a signature (RFC 3161): the question names a digest and a fresh nonce;
//! what comes back is believed only where it answers this very question and its chain holds.

use der::asn1::ObjectIdentifier;
use der::{AnyRef, Decode, Encode as _};

use super::algorithm::Hash;
use super::oid;
use super::timestamp;
use super::trust::Trust;
use super::verdict::Outcome;
use super::wire::{ContentInfo, SetRef, SignerInfo, tlv};
use crate::clock::{Moment, Reading};
use crate::fault::{Code, Coded};

/// Bytes of a reply: a token has one to ten thousand.
pub const MAX_REPLY: usize = 128 * 1024;
/// Seconds that clocks may differ by.
const SKEW: i64 = 300;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    #[error("no reply came that is one")]
    Silent,
    #[error("the authority gave no timestamp")]
    Refused,
    #[error("the timestamp is not for this signature, or not by a trusted authority")]
    Lies,
}

impl Coded for StampError {
    fn code(&self) -> Code {
        Code(match self {
            StampError::Silent => "server.tsa-silent",
            StampError::Refused => "server.tsa-refused",
            StampError::Lies => "server.tsa-lies",
        })
    }
}

/// A question about one signature.
pub struct Question {
    signature: Vec<u8>,
    nonce: Vec<u8>,
    asked: Moment,
    /// TimeStampReq in DER, some sixty bytes.
    pub bytes: Vec<u8>,
}

/// A timestamp that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The token, as it is put beside the signature.
    pub token: Vec<u8>,
    pub at: Moment,
    /// Whose it is, by its certificate.
    pub authority: String,
}

/// The raw signature of a file's only signer.
pub fn signature(cms: &[u8]) -> Option<Vec<u8>> {
    let info = ContentInfo::from_der(cms).ok()?;
    let [signer] = *info.content.signer_infos.elements(1).ok()?.as_slice() else { return None };
    Some(SignerInfo::from_der(signer).ok()?.signature.as_bytes().to_vec())
}

impl Question {
    /// `None`: no randomness is to be had.
    pub fn about(signature: Vec<u8>, asked: Moment) -> Option<Self> {
        let mut nonce = [0u8; 16];
        getrandom::fill(&mut nonce).ok()?;
        // A positive INTEGER without a leading zero.
        nonce[0] = nonce[0] & 0x3f | 0x40;
        let nonce = tlv(0x02, &[&nonce]);
        let oid = |id: ObjectIdentifier| id.to_der().unwrap_or_default();
        let algorithm = tlv(0x30, &[&oid(oid::SHA256), &[5, 0]]);
        let imprint = tlv(0x30, &[&algorithm, &tlv(0x04, &[&Hash::Sha256.digest(&signature)])]);
        // The authority's certificate is to come along: whoever checks later has none.
        let bytes = tlv(0x30, &[&[2, 1, 1], &imprint, &nonce, &[1, 1, 0xff]]);
        Some(Self { signature, nonce, asked, bytes })
    }

    /// The timestamp in a TimeStampResp, judged.
    ///
    /// # Errors
    /// It is none, it was refused, or it is not for this question, this signature or by this trust.
    pub fn answered(&self, reply: &[u8], trust: &Trust, now: Reading) -> Result<Stamp, StampError> {
        let fields = children(reply).ok_or(StampError::Silent)?;
        let status = fields.first().and_then(|f| children(f)).ok_or(StampError::Silent)?;
        // granted, grantedWithMods (RFC 3161 §2.4.2)
        let (granted, token) = match (status.first().copied(), fields.get(1).copied()) {
            (Some([2, 1, status]), token) => (*status <= 1, token),
            _ => return Err(StampError::Silent),
        };
        let token = token.filter(|_| granted).ok_or(StampError::Refused)?;
        let found = timestamp::alone(token, &self.signature, trust, now);
        let holds = found.authority.outcome() == Outcome::Valid && nonce(token).as_ref() == Some(&self.nonce);
        // It was made after it was asked for.
        let at = found.time.filter(|at| holds && *at >= self.asked.plus(-SKEW)).ok_or(StampError::Lies)?;
        Ok(Stamp { token: token.to_vec(), at, authority: found.authority.owner.expose().name.clone() })
    }
}

/// The nonce of a token's TSTInfo, as an element.
fn nonce(token: &[u8]) -> Option<Vec<u8>> {
    let info = ContentInfo::from_der(token).ok()?;
    let stamp = children(info.content.content.content?.as_bytes())?;
    // Before it stand five, then perhaps an accuracy (SEQUENCE) and an ordering (BOOLEAN).
    stamp.iter().skip(5).find(|f| f.first() == Some(&0x02)).map(|f| f.to_vec())
}

/// The file with this timestamp beside its signature (ETSI EN 319 122-1 §5.3); as it is without one.
pub fn stamped(cms: &[u8], token: Option<&[u8]>) -> Option<Vec<u8>> {
    match token {
        Some(token) => super::extend::with_unsigned(cms, 0, oid::TIMESTAMP_TOKEN, token),
        None => Some(cms.to_vec()),
    }
}

fn children(der: &[u8]) -> Option<Vec<&[u8]>> {
    SetRef(AnyRef::from_der(der).ok()?.value()).elements(16).ok()
}
