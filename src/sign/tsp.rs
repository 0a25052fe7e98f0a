//! Asking for a timestamp over a signature (RFC 3161): the question names a digest and a fresh nonce;
//! what comes back is believed only where it answers this very question and its chain holds.

use std::str::FromStr;

use der::asn1::ObjectIdentifier;
use der::{AnyRef, Decode, Encode as _};

use super::algorithm::{Hash, suite};
use super::certificate::Certificate;
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

/// By which digest an authority is told what to stamp.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Imprint {
    /// The signature's own: a proof that breaks sooner than what it proves is none, and who checks a GOST
    /// signature need know no other family for its time.
    #[default]
    OfSigner,
    By(Hash, ObjectIdentifier),
}

impl Imprint {
    /// Names for a command line. The national identifiers of Streebog and those of TC 26 mean one and the
    /// same digest.
    pub const NAMES: [&str; 8] = [
        "signer",
        "sha256",
        "sha384",
        "sha512",
        "streebog256",
        "streebog512",
        "kz-streebog256",
        "kz-streebog512",
    ];

    fn of(self, signer: Option<&Certificate>) -> (Hash, ObjectIdentifier) {
        match self {
            Self::By(hash, id) => (hash, id),
            Self::OfSigner => {
                let own = signer.and_then(|c| suite(c.key())).map(|s| (s.hash, s.digest));
                own.unwrap_or((Hash::Sha256, oid::SHA256))
            }
        }
    }
}

/// No imprint's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoImprint;

impl FromStr for Imprint {
    type Err = NoImprint;

    fn from_str(name: &str) -> Result<Self, NoImprint> {
        Ok(match name {
            "signer" => Self::OfSigner,
            "sha256" => Self::By(Hash::Sha256, oid::SHA256),
            "sha384" => Self::By(Hash::Sha384, oid::SHA384),
            "sha512" => Self::By(Hash::Sha512, oid::SHA512),
            "streebog256" => Self::By(Hash::Streebog256, oid::STREEBOG_256),
            "streebog512" => Self::By(Hash::Streebog512, oid::STREEBOG_512),
            "kz-streebog256" => Self::By(Hash::Streebog256, oid::KZ_STREEBOG_256),
            "kz-streebog512" => Self::By(Hash::Streebog512, oid::KZ_STREEBOG_512),
            _ => return Err(NoImprint),
        })
    }
}

/// A question about one signature.
pub struct Question {
    signature: Vec<u8>,
    /// MessageImprint's digest algorithm and value.
    imprint: (Hash, Vec<u8>),
    policy: Option<ObjectIdentifier>,
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

/// The only signer of a file: the raw signature, and the certificate that the file brings for it.
pub struct Signed {
    pub signature: Vec<u8>,
    pub certificate: Option<Certificate>,
}

impl Signed {
    /// `None`: the file is no CMS (DER), or has not one signer.
    pub fn of(cms: &[u8]) -> Option<Self> {
        let info = ContentInfo::from_der(cms).ok()?;
        let [signer] = *info.content.signer_infos.elements(1).ok()?.as_slice() else { return None };
        let signer = SignerInfo::from_der(signer).ok()?;
        let all = info.content.certificates.and_then(|set| set.elements(64).ok()).unwrap_or_default();
        let mut all = all.into_iter().filter_map(|c| Certificate::from_der(c).ok());
        let certificate = all.find(|c| super::signer::is_of(signer.sid, c));
        Some(Self { signature: signer.signature.as_bytes().to_vec(), certificate })
    }
}

impl Question {
    /// `policy`: the authority's own rule that is asked for, and must then stand in the token. `None`: no
    /// randomness is to be had.
    pub fn about(
        signed: Signed,
        imprint: Imprint,
        policy: Option<ObjectIdentifier>,
        asked: Moment,
    ) -> Option<Self> {
        let mut nonce = [0u8; 16];
        getrandom::fill(&mut nonce).ok()?;
        // A positive INTEGER without a leading zero.
        nonce[0] = nonce[0] & 0x3f | 0x40;
        let nonce = tlv(0x02, &[&nonce]);
        let oid = |id: ObjectIdentifier| id.to_der().unwrap_or_default();
        let (hash, id) = imprint.of(signed.certificate.as_ref());
        let value = hash.digest(&signed.signature);
        let algorithm = tlv(0x30, &[&oid(id), &[5, 0]]);
        let said = tlv(0x30, &[&algorithm, &tlv(0x04, &[&value])]);
        let rule = policy.map(oid).unwrap_or_default();
        // The authority's certificate is to come along: whoever checks later has none.
        let bytes = tlv(0x30, &[&[2, 1, 1], &said, &rule, &nonce, &[1, 1, 0xff]]);
        Some(Self { signature: signed.signature, imprint: (hash, value), policy, nonce, asked, bytes })
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
        let holds =
            found.authority.outcome() == Outcome::Valid && self.is_answered_by(token).unwrap_or(false);
        // It was made after it was asked for.
        let at = found.time.filter(|at| holds && *at >= self.asked.plus(-SKEW)).ok_or(StampError::Lies)?;
        Ok(Stamp { token: token.to_vec(), at, authority: found.authority.owner.expose().name.clone() })
    }

    /// Whether a token's TSTInfo has this nonce, this imprint, and the policy that was asked for
    /// (RFC 3161 §2.2, §2.4.2).
    fn is_answered_by(&self, token: &[u8]) -> Option<bool> {
        let info = ContentInfo::from_der(token).ok()?;
        let stamp = children(info.content.content.content?.as_bytes())?;
        let policy = ObjectIdentifier::from_der(stamp.get(1)?).ok()?;
        let imprint = children(stamp.get(2)?)?;
        let hash = children(imprint.first()?)?;
        let hash = Hash::from_oid(ObjectIdentifier::from_der(hash.first()?).ok()?);
        let value = tlv(0x04, &[&self.imprint.1]);
        let same = hash == Some(self.imprint.0) && imprint.get(1) == Some(&value.as_slice());
        // Before it stand five, then perhaps an accuracy (SEQUENCE) and an ordering (BOOLEAN).
        let nonce = stamp.iter().skip(5).find(|f| f.first() == Some(&0x02))?;
        Some(same && *nonce == self.nonce.as_slice() && self.policy.is_none_or(|asked| asked == policy))
    }
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
