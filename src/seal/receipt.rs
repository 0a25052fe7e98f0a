//! The portal's signed word: receipts and notices of non-acceptance (COSE_Sign1, Ed25519, integer
//! keys), and the proof QR, which is the receipt itself: any bank reads and verifies it offline.

use minicbor::Encoder;
use minicbor::decode::Error as CborError;
use time::Date;

use super::base45;
use super::cose::{self, Kind};
use super::keyset::{Key, KeyUse, Keyset, SigningKey};
use crate::clock::Moment;
use crate::domain::receipt::{Notice, Receipt};
use crate::domain::{Digest, SubmissionId};
use crate::fault::{Code, Coded};

/// Begins the text of the proof QR.
pub const QR_PREFIX: &str = "TRZ1P:";

/// Bytes of a receipt or notice; what a QR of 43 mm was measured to carry on bad paper.
pub const MAX_RECEIPT: usize = 672;
/// UTF-8 bytes of the body's name and of who received it: together they keep within the QR.
pub const MAX_BODY_NAME: usize = 200;
pub const MAX_RECEIVED_BY: usize = 120;

/// Why a receipt or notice is not shown as valid: [`VerifyError::verdict_is_known`] tells *not
/// valid* from *could not check*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    #[error("not a receipt or notice")]
    Unreadable,
    #[error("the signature does not fit")]
    Signature,
    #[error("signed with a key that was not in force then")]
    KeyNotInForce,
    #[error("practice and real may not be mixed")]
    PracticeMismatch,
    /// The keyset that is held does not list the key: it may be older or newer.
    #[error("signed with a key that is not held")]
    UnknownKey,
    #[error("a newer format than this version knows")]
    Newer,
    #[error("from a time that has not come by this machine's clock")]
    Time,
}

impl VerifyError {
    /// `true`: not valid. `false`: could not check.
    pub fn verdict_is_known(self) -> bool {
        !matches!(self, VerifyError::UnknownKey | VerifyError::Newer | VerifyError::Time)
    }
}

impl Coded for VerifyError {
    fn code(&self) -> Code {
        Code(match self {
            VerifyError::Unreadable => "receipt.unreadable",
            VerifyError::Signature => "receipt.signature",
            VerifyError::KeyNotInForce => "receipt.key-not-in-force",
            VerifyError::PracticeMismatch => "receipt.practice",
            VerifyError::UnknownKey => "receipt.unknown-key",
            VerifyError::Newer => "receipt.newer",
            VerifyError::Time => "clock.disagrees",
        })
    }
}

/// A receipt that would not fit its QR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name is too long for the receipt")]
pub struct TooLong;

/// Signs a receipt; `TooLong` where its names are longer than the QR carries.
pub fn sign_receipt(receipt: &Receipt, key: &SigningKey) -> Result<Vec<u8>, TooLong> {
    if receipt.body_name.len() > MAX_BODY_NAME || receipt.received_by.len() > MAX_RECEIVED_BY {
        return Err(TooLong);
    }
    let bytes = cose::sign(encode(|e| write_receipt(receipt, e)), key);
    if bytes.len() > MAX_RECEIPT { Err(TooLong) } else { Ok(bytes) }
}

/// Whether a file begins as receipts, notices and extracts do: with COSE_Sign1's tag and its array of four (RFC 9052 §4.2).
/// A text in Kazakh may begin with the tag's byte alone.
pub fn looks_like(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xd2, 0x84])
}

/// The receipt, where a receipt key of `keyset` that was in force at registration signed it.
pub fn verify_receipt(bytes: &[u8], keyset: &Keyset) -> Result<Receipt, VerifyError> {
    let (payload, key) = verified(bytes, MAX_RECEIPT, keyset, Kind::Receipt)?;
    let receipt = read_receipt(&payload)?;
    judge(key, keyset, receipt.registered, receipt.practice)?;
    Ok(receipt)
}

pub fn sign_notice(notice: &Notice, key: &SigningKey) -> Result<Vec<u8>, TooLong> {
    let bytes = cose::sign(encode(|e| write_notice(notice, e)), key);
    if bytes.len() > MAX_RECEIPT { Err(TooLong) } else { Ok(bytes) }
}

/// The notice, where a receipt key of `keyset` that was in force then signed it.
pub fn verify_notice(bytes: &[u8], keyset: &Keyset) -> Result<Notice, VerifyError> {
    let (payload, key) = verified(bytes, MAX_RECEIPT, keyset, Kind::Notice)?;
    let notice = read_notice(&payload)?;
    judge(key, keyset, notice.time, notice.practice)?;
    Ok(notice)
}

/// The text of the proof QR. A QR's alphanumeric mode holds it.
pub fn proof_qr_text(receipt: &[u8]) -> String {
    format!("{QR_PREFIX}{}", base45::encode(receipt))
}

/// The receipt's bytes out of a scanned text; `None` where it is another kind of code.
pub fn from_proof_qr_text(text: &str) -> Option<Vec<u8>> {
    let coded = text.trim_end_matches(['\r', '\n']).strip_prefix(QR_PREFIX)?;
    if coded.len() > MAX_RECEIPT.div_ceil(2) * 3 {
        return None;
    }
    base45::decode(coded)
}

/// The payload of a message whose signature fits, of the right kind, and the key that signed it.
pub(super) fn verified<'k>(
    bytes: &[u8],
    most: usize,
    keyset: &'k Keyset,
    kind: Kind,
) -> Result<(Vec<u8>, &'k Key), VerifyError> {
    let signed = cose::read(bytes, most).ok_or(VerifyError::Unreadable)?;
    let key = keyset.key(signed.key, KeyUse::Receipt).ok_or(VerifyError::UnknownKey)?;
    if !signed.verifies(&key.bytes) {
        return Err(VerifyError::Signature);
    }
    match signed.kind() {
        Some(k) if k == kind as i64 => Ok((signed.payload, key)),
        Some(k) if Kind::is_known(k) => Err(VerifyError::Unreadable),
        _ => Err(VerifyError::Newer),
    }
}

pub(super) fn judge(key: &Key, keyset: &Keyset, at: Moment, practice: bool) -> Result<(), VerifyError> {
    if !key.in_force(at) {
        return Err(VerifyError::KeyNotInForce);
    }
    if practice != keyset.practice { Err(VerifyError::PracticeMismatch) } else { Ok(()) }
}

pub(super) type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

pub(super) fn encode(write: impl FnOnce(&mut Encoder<Vec<u8>>) -> Written) -> Vec<u8> {
    let mut e = Encoder::new(Vec::new());
    // Writing to memory cannot fail.
    let _ = write(&mut e);
    e.into_writer()
}

fn write_receipt(r: &Receipt, e: &mut Encoder<Vec<u8>>) -> Written {
    e.map(13)?.u8(0)?.u8(Kind::Receipt as u8)?;
    e.u8(1)?.str(&r.number)?;
    e.u8(2)?.i64(r.registered.0)?;
    e.u8(3)?.bytes(&r.submission.0)?;
    e.u8(4)?.bytes(&r.statement.0)?;
    e.u8(5)?.bytes(&r.envelope.0)?;
    e.u8(6)?.str(&r.body)?;
    e.u8(7)?.str(&r.body_name)?;
    e.u8(8)?.str(&r.received_by)?;
    e.u8(9)?.i32(r.due.to_julian_day() - EPOCH_JULIAN)?;
    e.u8(10)?.str(&r.rule)?;
    e.u8(11)?.bool(r.practice)?;
    e.u8(12)?.str(&r.language)?;
    Ok(())
}

/// Julian day of 1970-01-01: due dates are days since then (RFC 8943).
pub(super) const EPOCH_JULIAN: i32 = 2_440_588;

fn read_receipt(payload: &[u8]) -> Result<Receipt, VerifyError> {
    let mut r = Receipt {
        number: String::new(),
        registered: Moment(0),
        submission: SubmissionId([0; 16]),
        statement: Digest([0; 32]),
        envelope: Digest([0; 32]),
        body: String::new(),
        body_name: String::new(),
        received_by: String::new(),
        due: Date::MIN,
        rule: String::new(),
        practice: false,
        language: String::new(),
    };
    let mut seen = 0u32;
    cose::each(payload, |key, d| {
        match key {
            1 => r.number = d.str()?.to_owned(),
            2 => r.registered = Moment(d.i64()?),
            3 => r.submission = SubmissionId(fixed(d.bytes()?)?),
            4 => r.statement = Digest(fixed(d.bytes()?)?),
            5 => r.envelope = Digest(fixed(d.bytes()?)?),
            6 => r.body = d.str()?.to_owned(),
            7 => r.body_name = d.str()?.to_owned(),
            8 => r.received_by = d.str()?.to_owned(),
            9 => r.due = date(d.i32()?)?,
            10 => r.rule = d.str()?.to_owned(),
            11 => r.practice = d.bool()?,
            12 => r.language = d.str()?.to_owned(),
            _ => return Ok(false),
        }
        seen |= 1 << key;
        Ok(true)
    })
    .map_err(|_| VerifyError::Unreadable)?;
    if seen == 0b1_1111_1111_1110 { Ok(r) } else { Err(VerifyError::Unreadable) }
}

fn write_notice(n: &Notice, e: &mut Encoder<Vec<u8>>) -> Written {
    e.map(6)?.u8(0)?.u8(Kind::Notice as u8)?;
    e.u8(2)?.i64(n.time.0)?;
    e.u8(3)?.bytes(&n.submission.0)?;
    e.u8(5)?.bytes(&n.envelope.0)?;
    e.u8(11)?.bool(n.practice)?;
    e.u8(13)?.str(&n.reason)?;
    Ok(())
}

fn read_notice(payload: &[u8]) -> Result<Notice, VerifyError> {
    let mut n = Notice {
        time: Moment(0),
        submission: SubmissionId([0; 16]),
        envelope: Digest([0; 32]),
        reason: String::new(),
        practice: false,
    };
    let mut seen = 0u32;
    cose::each(payload, |key, d| {
        match key {
            2 => n.time = Moment(d.i64()?),
            3 => n.submission = SubmissionId(fixed(d.bytes()?)?),
            5 => n.envelope = Digest(fixed(d.bytes()?)?),
            11 => n.practice = d.bool()?,
            13 => n.reason = d.str()?.to_owned(),
            _ => return Ok(false),
        }
        seen |= 1 << key;
        Ok(true)
    })
    .map_err(|_| VerifyError::Unreadable)?;
    if seen == (1 << 2 | 1 << 3 | 1 << 5 | 1 << 11 | 1 << 13) { Ok(n) } else { Err(VerifyError::Unreadable) }
}

pub(super) fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], CborError> {
    bytes.try_into().map_err(|_| CborError::message("another length"))
}

pub(super) fn date(days: i32) -> Result<Date, CborError> {
    days.checked_add(EPOCH_JULIAN)
        .and_then(|julian| Date::from_julian_day(julian).ok())
        .ok_or_else(|| CborError::message("no such day"))
}

#[cfg(test)]
mod tests;
