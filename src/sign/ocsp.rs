//! An OCSP answer (RFC 6960): who gave it, about which certificate, when.

use der::asn1::{BitStringRef, ObjectIdentifier, OctetStringRef};
use der::{AnyRef, Decode, Encode as _, Sequence};
use spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef};
use x509_cert::name::Name;

use super::algorithm::{self, Check, Hash};
use super::certificate::Certificate;
use super::names::Canonical;
use super::{oid, pem, subject, wire};
use crate::clock::Moment;

/// Bytes of one answer.
const MAX_OCSP: usize = 256 * 1024;
/// Certificates or single answers in one.
const MOST: usize = 32;

/// One answer as it was given; nothing in it is believed before [`Answer::signed_by`].
#[derive(Clone)]
pub struct Answer {
    der: Vec<u8>,
    signed: Vec<u8>,
    algorithm: AlgorithmIdentifierOwned,
    signature: Vec<u8>,
    /// Certificates that came along.
    pub certificates: Vec<Certificate>,
    responder: Responder,
    pub title: String,
    pub produced: Moment,
    singles: Vec<Single>,
    /// The nonce that it carries, and the one that it was asked with, each an extension's value.
    nonce: Option<Vec<u8>>,
    asked: Option<(Vec<u8>, Nonce)>,
}

/// Whether an answer must carry the nonce of its question (RFC 9654 §2.1). Many responders sign
/// their answers beforehand, and have none: then the answer's own times alone say how fresh it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nonce {
    /// An answer without one is as good; one with another is not.
    #[default]
    Welcome,
    Needed,
}

#[derive(Clone)]
enum Responder {
    Name(Canonical),
    /// SHA-1 of the responder's key.
    Key(Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Good,
    Revoked(Moment),
    Unknown,
}

/// Which certificate is meant (RFC 6960 §4.1.1, CertID).
#[derive(Clone)]
pub struct Id {
    hash: ObjectIdentifier,
    issuer_name: Vec<u8>,
    issuer_key: Vec<u8>,
    /// The whole INTEGER.
    serial: Vec<u8>,
}

#[derive(Clone)]
pub struct Single {
    id: Id,
    pub status: Status,
    pub this_update: Moment,
    pub next_update: Option<Moment>,
}

#[derive(Sequence)]
struct CertId<'a> {
    hash: AlgorithmIdentifierRef<'a>,
    issuer_name: OctetStringRef<'a>,
    issuer_key: OctetStringRef<'a>,
    serial: AnyRef<'a>,
}

#[derive(Sequence)]
struct Extension<'a> {
    id: ObjectIdentifier,
    #[asn1(default = "Default::default")]
    critical: bool,
    value: OctetStringRef<'a>,
}

impl Answer {
    /// An OCSPResponse, or the BasicOCSPResponse inside it as signatures store it; DER, PEM or
    /// base64. `None`: unreadable, not successful, or with a critical extension that is unknown.
    pub fn read(file: &[u8]) -> Option<Self> {
        if file.len() > MAX_OCSP {
            return None;
        }
        if file.first() == Some(&0x30) {
            return Self::from_der(file);
        }
        let block = pem::blocks(file, &["OCSP RESPONSE"])?.into_iter().next().map(|b| b.der);
        Self::from_der(&block.or_else(|| pem::bare(file))?)
    }

    pub fn from_der(der: &[u8]) -> Option<Self> {
        let outer = children(der)?;
        // ENUMERATED successful(0), then [0] { OID, OCTET STRING }.
        let Some(&[0x0a, 1, status]) = outer.first() else { return Self::basic(der, der) };
        if *status != 0 {
            return None;
        }
        let bytes = children(AnyRef::from_der(outer.get(1)?).ok()?.value())?;
        let [kind, value] = *bytes.as_slice() else { return None };
        if ObjectIdentifier::from_der(kind).ok()? != oid::OCSP_BASIC {
            return None;
        }
        Self::basic(OctetStringRef::from_der(value).ok()?.as_bytes(), der)
    }

    fn basic(basic: &[u8], whole: &[u8]) -> Option<Self> {
        let outer = children(basic)?;
        let (signed, algorithm, signature) = (outer.first()?, outer.get(1)?, outer.get(2)?);
        let certificates = match outer.get(3) {
            Some(certificates) => children(AnyRef::from_der(certificates).ok()?.value())?,
            None => Vec::new(),
        };
        let mut fields = children(signed)?.into_iter().peekable();
        fields.next_if(|f| f.first() == Some(&0xa0));
        let responder = AnyRef::from_der(fields.next()?).ok()?;
        let (title, responder) = match der::Tagged::tag(&responder).octet() {
            0xa1 => {
                let name = Name::from_der(responder.value()).ok()?;
                (subject::title(&name), Responder::Name(Canonical::of(&name)))
            }
            0xa2 => {
                let key = OctetStringRef::from_der(responder.value()).ok()?.as_bytes().to_vec();
                (hex::encode(&key), Responder::Key(key))
            }
            _ => return None,
        };
        let produced = wire::time(fields.next()?)?;
        let singles: Option<Vec<Single>> = children(fields.next()?)?.into_iter().map(Single::read).collect();
        let nonce = match fields.next() {
            Some(extensions) => known(extensions)?,
            None => None,
        };
        Some(Self {
            der: whole.to_vec(),
            nonce,
            asked: None,
            signed: signed.to_vec(),
            algorithm: AlgorithmIdentifierOwned::from_der(algorithm).ok()?,
            signature: BitStringRef::from_der(signature).ok()?.as_bytes()?.to_vec(),
            certificates: certificates.iter().filter_map(|c| Certificate::from_der(c).ok()).collect(),
            responder,
            title,
            produced,
            singles: singles?,
        })
    }

    /// An OCSPResponse in DER, as a responder gives it, though the BasicOCSPResponse alone was read.
    pub fn response(&self) -> Vec<u8> {
        if children(&self.der).is_some_and(|outer| matches!(outer.first(), Some([0x0a, ..]))) {
            return self.der.clone();
        }
        let kind = oid::OCSP_BASIC.to_der().unwrap_or_default();
        let bytes = wire::tlv(0x30, &[&kind, &wire::tlv(0x04, &[&self.der])]);
        wire::tlv(0x30, &[&[0x0a, 1, 0], &wire::tlv(0xa0, &[&bytes])])
    }

    /// Whether any of what it says was known to be so at `this_update`.
    pub fn says_at(&self, this_update: Moment) -> bool {
        self.singles.iter().any(|s| s.this_update == this_update)
    }

    /// Until when all that it says holds; `None` where it does not say so of each.
    pub fn until(&self) -> Option<Moment> {
        self.singles.iter().map(|s| s.next_update).min().flatten()
    }

    /// What it says of `certificate`, issued by `issuer`.
    pub fn about(&self, certificate: &Certificate, issuer: &Certificate) -> Option<&Single> {
        self.singles.iter().find(|s| s.is_of(certificate, issuer))
    }

    /// Whether the answer says that `certificate` is its responder's.
    pub fn is_from(&self, certificate: &Certificate) -> bool {
        match &self.responder {
            Responder::Name(name) => name == certificate.name(),
            Responder::Key(key) => *key == algorithm::sha1(certificate.key().subject_public_key.raw_bytes()),
        }
    }

    /// This answer as one to a question that had `nonce`.
    pub fn to_question(self, nonce: Vec<u8>, policy: Nonce) -> Self {
        Self { asked: Some((nonce, policy)), ..self }
    }

    /// Whether it is no other question's answer, as far as nonces tell.
    pub fn answers_its_question(&self) -> bool {
        match (&self.asked, &self.nonce) {
            (None, _) => true,
            (Some((asked, _)), Some(given)) => asked == given,
            (Some((_, policy)), None) => *policy == Nonce::Welcome,
        }
    }

    pub fn signed_by(&self, responder: &Certificate) -> Check {
        let algorithm = AlgorithmIdentifierRef {
            oid: self.algorithm.oid,
            parameters: self.algorithm.parameters.as_ref().map(AnyRef::from),
        };
        algorithm::check(algorithm, None, responder.key(), &self.signed, &self.signature)
    }
}

impl Single {
    fn read(der: &[u8]) -> Option<Self> {
        let mut fields = children(der)?.into_iter().peekable();
        let id = Id::read(fields.next()?)?;
        let status = fields.next()?;
        let status = match status.first()? {
            0x80 => Status::Good,
            0xa1 => Status::Revoked(wire::time(children(status)?.first()?)?),
            0x82 => Status::Unknown,
            _ => return None,
        };
        let this_update = wire::time(fields.next()?)?;
        let next_update = match fields.next_if(|f| f.first() == Some(&0xa0)) {
            Some(field) => Some(wire::time(AnyRef::from_der(field).ok()?.value())?),
            None => None,
        };
        if let Some(extensions) = fields.next() {
            known(extensions)?;
        }
        Some(Self { id, status, this_update, next_update })
    }

    fn is_of(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        self.id.serial == certificate.serial() && self.id.is_by(issuer)
    }
}

impl Id {
    /// The certificate that a question (OCSPRequest, DER) asks about first.
    pub fn asked(question: &[u8]) -> Option<Self> {
        let whole = children(question)?;
        // Version and name of who asks stand before the list, each under a tag of its own.
        let list = children(whole.first()?)?.into_iter().find(|field| field.first() == Some(&0x30))?;
        Self::read(children(children(list)?.first()?)?.first()?)
    }

    fn read(der: &[u8]) -> Option<Self> {
        let id = CertId::from_der(der).ok()?;
        Some(Self {
            hash: id.hash.oid,
            issuer_name: id.issuer_name.as_bytes().to_vec(),
            issuer_key: id.issuer_key.as_bytes().to_vec(),
            serial: super::attributes::whole(id.serial),
        })
    }

    /// Whether it means a certificate of this authority's.
    pub fn is_by(&self, issuer: &Certificate) -> bool {
        let hash = |bytes: &[u8]| match self.hash {
            oid::SHA1 => Some(algorithm::sha1(bytes)),
            other => Hash::from_oid(other).map(|h| h.digest(bytes)),
        };
        hash(issuer.subject()).as_ref() == Some(&self.issuer_name)
            && hash(issuer.key().subject_public_key.raw_bytes()).as_ref() == Some(&self.issuer_key)
    }
}

/// An explicit tag around extensions of which none is critical and unknown; the nonce's value among
/// them.
fn known(tagged: &[u8]) -> Option<Option<Vec<u8>>> {
    let mut nonce = None;
    for one in children(AnyRef::from_der(tagged).ok()?.value())? {
        let extension = Extension::from_der(one).ok()?;
        match extension.id {
            oid::OCSP_NONCE => nonce = Some(extension.value.as_bytes().to_vec()),
            _ if extension.critical => return None,
            _ => {}
        }
    }
    Some(nonce)
}

fn children(der: &[u8]) -> Option<Vec<&[u8]>> {
    wire::SetRef(AnyRef::from_der(der).ok()?.value()).elements(MOST).ok()
}
