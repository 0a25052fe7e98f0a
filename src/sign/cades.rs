//! Makes a CAdES-BES signature (ETSI EN 319 122-1, level B-B attributes) in two steps:
//! [`Prepared::to_sign`] goes to the card, whose key this program never sees, and its signature
//! comes back to [`Prepared::finish`]. A key from a key file goes the same way
//! ([`Prepared::sign_with`]).

use der::asn1::{GeneralizedTime, UtcTime};
use der::{DateTime, Encode};
use sha2::{Digest, Sha256};

use super::algorithm::{self, Check, Hash, Suite};
use super::certificate::Certificate;
use super::key::SigningKey;
use super::oid;
use super::wire::{set_of, tlv};
use crate::clock::Moment;
use crate::fault::{Code, Coded};

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    #[error("not a certificate")]
    NotACertificate,
    #[error("a key that cannot sign here")]
    KeyKind,
    #[error("a time that a signature cannot carry")]
    Time,
    #[error("the signature is not by the certificate's key over these attributes")]
    SignatureWrong,
}

impl Coded for BuildError {
    fn code(&self) -> Code {
        Code(match self {
            BuildError::NotACertificate => "sign.not-a-certificate",
            BuildError::KeyKind => "sign.key-kind",
            BuildError::Time => "sign.time",
            BuildError::SignatureWrong => "sign.card-signature-wrong",
        })
    }
}

/// What a signature is made of. The content is borrowed: it may be large, and it is private.
pub struct Builder<'a> {
    certificate: Certificate,
    suite: Suite,
    content: &'a [u8],
    detached: bool,
    time: Moment,
    chain: Vec<Certificate>,
}

impl<'a> Builder<'a> {
    /// `certificate`: the signer's, in DER. `time` becomes signingTime: the signer's claim.
    pub fn new(certificate: &[u8], content: &'a [u8], time: Moment) -> Result<Self, BuildError> {
        let certificate = Certificate::from_der(certificate).map_err(|_| BuildError::NotACertificate)?;
        let suite = algorithm::suite(certificate.key()).ok_or(BuildError::KeyKind)?;
        Ok(Self { certificate, suite, content, detached: false, time, chain: Vec::new() })
    }

    /// Leaves the content out of the file: it is kept beside it.
    pub fn detached(mut self) -> Self {
        self.detached = true;
        self
    }

    /// Takes a certificate along that stands between the signer's and a trusted authority's.
    pub fn with_intermediate(mut self, certificate: Certificate) -> Self {
        if certificate != self.certificate && !self.chain.contains(&certificate) {
            self.chain.push(certificate);
        }
        self
    }

    /// Makes the signed attributes.
    pub fn prepare(self) -> Result<Prepared<'a>, BuildError> {
        let attributes = vec![
            attribute(oid::CONTENT_TYPE, &object_id(oid::DATA)),
            attribute(oid::SIGNING_TIME, &signing_time(self.time)?),
            attribute(oid::MESSAGE_DIGEST, &tlv(0x04, &[&self.suite.hash.digest(self.content)])),
            attribute(oid::SIGNING_CERTIFICATE_V2, &signing_certificate(self.certificate.der())),
        ];
        Ok(Prepared { to_sign: set_of(attributes), builder: self })
    }
}

/// Waits for the signature.
pub struct Prepared<'a> {
    to_sign: Vec<u8>,
    builder: Builder<'a>,
}

impl Prepared<'_> {
    /// DER of the signed attributes as SET OF (RFC 5652 §5.4): [`Prepared::hash`] of these bytes is
    /// signed.
    pub fn to_sign(&self) -> &[u8] {
        &self.to_sign
    }

    pub fn hash(&self) -> Hash {
        self.builder.suite.hash
    }

    /// [`Prepared::finish`] with a key that is held here.
    pub fn sign_with(self, key: &SigningKey) -> Result<Vec<u8>, BuildError> {
        let signature = key.sign(self.builder.certificate.key(), &self.to_sign);
        self.finish(&signature.ok_or(BuildError::SignatureWrong)?)
    }

    /// `signature`: raw PKCS#1 v1.5, ECDSA as DER `SEQUENCE { r, s }`, or GOST's two numbers in the
    /// order that belongs to the key's identifier. It is checked against the certificate's key: a
    /// wrong one never leaves. Returns the CMS file in DER.
    pub fn finish(self, signature: &[u8]) -> Result<Vec<u8>, BuildError> {
        let Builder { certificate, suite, content, detached, chain, .. } = self.builder;
        let identifier = spki::AlgorithmIdentifierRef { oid: suite.signature, parameters: None };
        if algorithm::check(identifier, None, certificate.key(), &self.to_sign, signature) != Check::Good {
            return Err(BuildError::SignatureWrong);
        }
        let null = |stands: bool| if stands { &[0x05u8, 0x00][..] } else { &[] };
        let algorithm = tlv(0x30, &[&object_id(suite.signature), null(suite.signature_null)]);
        let digest = tlv(0x30, &[&object_id(suite.digest), null(suite.digest_null)]);
        let sid = tlv(0x30, &[certificate.issuer(), certificate.serial()]);
        // The same attributes, as [0] IMPLICIT in place of SET.
        let mut attributes = self.to_sign;
        if let Some(tag) = attributes.first_mut() {
            *tag = 0xa0;
        }
        let signer =
            tlv(0x30, &[&version(1), &sid, &digest, &attributes, &algorithm, &tlv(0x04, &[signature])]);
        let inside = if detached { Vec::new() } else { tlv(0xa0, &[&tlv(0x04, &[content])]) };
        let encapsulated = tlv(0x30, &[&object_id(oid::DATA), &inside]);
        let mut certificates: Vec<&[u8]> = vec![certificate.der()];
        certificates.extend(chain.iter().map(Certificate::der));
        certificates.sort();
        let signed = tlv(
            0x30,
            &[
                &version(1),
                &tlv(0x31, &[&digest]),
                &encapsulated,
                &tlv(0xa0, &certificates),
                &tlv(0x31, &[&signer]),
            ],
        );
        Ok(tlv(0x30, &[&object_id(oid::SIGNED_DATA), &tlv(0xa0, &[&signed])]))
    }
}

fn version(number: u8) -> [u8; 3] {
    [0x02, 1, number]
}

fn object_id(id: der::asn1::ObjectIdentifier) -> Vec<u8> {
    tlv(0x06, &[id.as_bytes()])
}

fn attribute(kind: der::asn1::ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&object_id(kind), &tlv(0x31, &[value])])
}

/// UTCTime through 2049, GeneralizedTime from 2050 on (RFC 5652 §11.3).
fn signing_time(at: Moment) -> Result<Vec<u8>, BuildError> {
    let seconds = u64::try_from(at.0).map_err(|_| BuildError::Time)?;
    let date = DateTime::from_unix_duration(std::time::Duration::from_secs(seconds));
    let date = date.map_err(|_| BuildError::Time)?;
    let encoded = if date.year() <= UtcTime::MAX_YEAR {
        UtcTime::from_date_time(date).and_then(|t| t.to_der())
    } else {
        GeneralizedTime::from_date_time(date).to_der()
    };
    encoded.map_err(|_| BuildError::Time)
}

/// SigningCertificateV2 { certs { ESSCertIDv2 { certHash } } }: SHA-256 is the default, and issuer
/// and serial stand in the signer identifier already (RFC 5035 §4).
fn signing_certificate(certificate: &[u8]) -> Vec<u8> {
    let id = tlv(0x30, &[&tlv(0x04, &[&Sha256::digest(certificate)])]);
    tlv(0x30, &[&tlv(0x30, &[&id])])
}
