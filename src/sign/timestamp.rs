//! A timestamp (RFC 3161): who says that a signature was there at what time.

use der::asn1::OctetStringRef;
use der::{AnyRef, Decode};
use spki::AlgorithmIdentifierRef;

use super::algorithm::Hash;
use super::certificate::Certificate;
use super::path::{Purpose, Rules};
use super::policy::Demand;
use super::revocation::{Evidence, Need};
use super::signer::{File, add, report};
use super::trust::Trust;
use super::verdict::{Outcome, Reason, SignerReport};
use super::wire::{self, ContentInfo, SignerInfo};
use super::{ber, oid};
use crate::clock::{Confidence, Moment, Reading};

/// Seconds that clocks may differ by.
const SKEW: i64 = 300;
const MAX_CERTIFICATES: usize = 16;

static RULES: Rules =
    Rules { purpose: Purpose::Timestamp, policies: Demand::NONE, profile: false, between: None };

/// One timestamp over a signature.
#[derive(Clone, Debug)]
pub struct Timestamp {
    /// The time that it says, whether it proves it or not.
    pub time: Option<Moment>,
    /// Who gave it, judged at that very time.
    pub authority: SignerReport,
}

impl Timestamp {
    /// The time that it proves.
    pub fn proven(&self) -> Option<Moment> {
        self.time.filter(|_| self.authority.outcome() == Outcome::Valid)
    }
}

/// What a TSTInfo says.
struct Stamp<'a> {
    hash: AlgorithmIdentifierRef<'a>,
    imprint: &'a [u8],
    time: Moment,
}

/// Judges a token (DER or BER) over `signature`. `file`: what the signature stands in.
pub fn judge(token: &[u8], signature: &[u8], file: &File<'_>) -> Timestamp {
    let unreadable = || {
        let mut authority = report(None);
        authority.reasons.push(Reason::Malformed);
        Timestamp { time: None, authority }
    };
    if let Ok(info) = ContentInfo::from_der(token) {
        return read(&info, signature, file).unwrap_or_else(unreadable);
    }
    let der = ber::to_der(token);
    let info = der.as_deref().and_then(|der| ContentInfo::from_der(der).ok());
    info.and_then(|info| read(&info, signature, file)).unwrap_or_else(unreadable)
}

/// Judges a token over `signature` by itself.
pub fn alone(token: &[u8], signature: &[u8], trust: &Trust, now: Reading) -> Timestamp {
    let file = File {
        content_type: oid::TIMESTAMP_INFO,
        content: None,
        certificates: Vec::new(),
        trust,
        now,
        rules: &RULES,
        evidence: &Evidence::NONE,
        unsigned: false,
        there: None,
    };
    judge(token, signature, &file)
}

fn read(info: &ContentInfo<'_>, signature: &[u8], file: &File<'_>) -> Option<Timestamp> {
    let signed = &info.content;
    if info.content_type != oid::SIGNED_DATA || signed.content.content_type != oid::TIMESTAMP_INFO {
        return None;
    }
    let content = signed.content.content?.as_bytes();
    let stamp = Stamp::read(content)?;
    // RFC 3161 §2.4.2: one signer.
    let [signer] = *signed.signer_infos.elements(1).ok()?.as_slice() else { return None };
    let own = signed.certificates.map(|set| set.elements(MAX_CERTIFICATES)).transpose().ok()?;
    let own = own.unwrap_or_default().into_iter().filter_map(|c| Certificate::from_der(c).ok());
    // Values that a file stores must clear its signer; whoever stamped it is judged as without them, or
    // a file that proves more would be worth less.
    let usual = Evidence { need: Need::Nothing, raised: false, ..file.evidence.clone() };
    let inner = File {
        content_type: oid::TIMESTAMP_INFO,
        content: Some(content),
        certificates: own.chain(file.certificates.iter().cloned()).collect(),
        trust: file.trust,
        now: file.now,
        rules: &RULES,
        evidence: if file.evidence.raised { &usual } else { file.evidence },
        unsigned: false,
        there: None,
    };
    let at = Reading { wall: stamp.time, confidence: Confidence::Plausible };
    let mut authority = inner.alone(&SignerInfo::from_der(signer).ok()?, at);
    match Hash::from_oid(stamp.hash.oid) {
        None => add(&mut authority, Reason::Algorithm),
        Some(hash) if hash.digest(signature) != stamp.imprint => add(&mut authority, Reason::ImprintWrong),
        Some(_) => {}
    }
    // A clock that is behind may still be asked at a proven time; one that is right must have passed it.
    if file.now.confidence == Confidence::Plausible && stamp.time > file.now.wall.plus(SKEW) {
        add(&mut authority, Reason::NotYetValid);
    }
    Some(Timestamp { time: Some(stamp.time), authority })
}

impl<'a> Stamp<'a> {
    /// TSTInfo { version, policy, messageImprint, serialNumber, genTime, … } (RFC 3161 §2.4.2)
    fn read(der: &'a [u8]) -> Option<Self> {
        let children = |der: &'a [u8]| wire::SetRef(AnyRef::from_der(der).ok()?.value()).elements(10).ok();
        let fields = children(der)?;
        let [hash, imprint] = *children(fields.get(2)?)?.as_slice() else { return None };
        Some(Self {
            hash: AlgorithmIdentifierRef::from_der(hash).ok()?,
            imprint: OctetStringRef::from_der(imprint).ok()?.as_bytes(),
            time: wire::time(fields.get(4)?)?,
        })
    }
}
