//! Asking OCSP responders (RFC 6960 §4.1) about the certificates of a path that was found. Who carries
//! the question over the line is [`Fetch`]; what comes back proves itself, or says nothing.

use der::Encode as _;
use der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::AuthorityInfoAccessSyntax;
use x509_cert::ext::pkix::name::GeneralName;

use super::algorithm::{self, Hash};
use super::certificate::Certificate;
use super::ocsp::{Answer, Nonce, Status};
use super::oid;
use super::revocation::{Evidence, Need, Silent, Told};
use super::wire::tlv;
use crate::clock::Moment;
use crate::domain::standing::{Asked, Standing};

/// Bytes of one answer.
pub const MAX_ANSWER: usize = 256 * 1024;
/// Bytes of one question.
pub const MAX_QUESTION: usize = 4 * 1024;
/// Certificates asked about for one signature.
const MOST: usize = 8;
/// Octets of a nonce (RFC 9654 §2.1).
const NONCE: usize = 32;

/// Nothing came, or more than an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer;

/// Carries questions to responders. It waits for the line: never on the thread that draws.
pub trait Fetch {
    /// Posts `question` (`application/ocsp-request`); at most [`MAX_ANSWER`] bytes come back.
    fn ask(&self, responder: &str, question: &[u8]) -> Result<Vec<u8>, NoAnswer>;

    /// What a portal says by the lists that it keeps, its signature verified, where no responder answered.
    fn listed(&self, _: &Asked) -> Result<Standing, NoAnswer> {
        Err(NoAnswer)
    }
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom<'a> {
    /// The responders that the certificates name.
    Named,
    /// About the signer this one; about its authorities those that they name.
    Instead(&'a str),
    /// About the signer a relay that knows whom to ask. What the certificate names goes along, empty
    /// where it names nobody.
    Relay,
}

/// How to ask.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    pub fetch: &'a dyn Fetch,
    pub whom: Whom<'a>,
    /// `None`: without one, so that a relay may hold its answers ready.
    pub nonce: Option<Nonce>,
    pub now: Moment,
}

impl Line<'_> {
    /// Asks about each certificate of `path` but its anchor, where a responder is known, and adds what
    /// came: an answer, or a portal's word by its lists. The signer's own must then be known not to be
    /// revoked; one that names nobody to ask owes no answer.
    pub fn gather(&self, path: &[Certificate], evidence: &mut Evidence) {
        for (i, pair) in path.windows(2).take(MOST).enumerate() {
            let [certificate, issuer] = pair else { break };
            let named = certificate.responders();
            let named = named.first().map(String::as_str);
            let responder = match self.whom {
                Whom::Instead(one) if i == 0 => Some(one),
                Whom::Relay if i == 0 => Some(named.unwrap_or_default()),
                _ => named,
            };
            let Some(responder) = responder else { continue };
            if let Some(answer) = self.about(certificate, issuer, responder) {
                evidence.answers.push(answer);
            } else if let Ok(standing) = self.fetch.listed(&asked(certificate, issuer)) {
                evidence.told.push(Told { certificate: certificate.clone(), standing });
            } else if certificate.says_where_to_ask() || self.whom != Whom::Relay {
                evidence.silent.push(Silent {
                    certificate: certificate.clone(),
                    by: responder.to_owned(),
                    at: self.now,
                });
            } else {
                continue;
            }
            evidence.need = evidence.need.max(Need::Signer);
        }
    }

    /// The first answer that knows the certificate by one of the digests responders go by; else the
    /// last that was one at all.
    fn about(&self, certificate: &Certificate, issuer: &Certificate, responder: &str) -> Option<Answer> {
        let mut found = None;
        for digest in Digest::of_issuer(issuer) {
            let nonce = match self.nonce {
                Some(policy) => Some((nonce()?, policy)),
                None => None,
            };
            let extension = nonce.as_ref().map(|(value, _)| value.as_slice());
            let question = question(certificate, issuer, digest, extension);
            let Ok(bytes) = self.fetch.ask(responder, &question) else { return found };
            let answer = Answer::from_der(&bytes).filter(|_| bytes.len() <= MAX_ANSWER);
            let Some(answer) = answer else { continue };
            let known = answer.about(certificate, issuer).is_some_and(|one| one.status != Status::Unknown);
            found = Some(match nonce {
                Some((value, policy)) => answer.to_question(value, policy),
                None => answer,
            });
            if known {
                break;
            }
        }
        found
    }
}

/// By which digest a question names the issuer.
#[derive(Clone, Copy)]
enum Digest {
    Sha1,
    Of(Hash, ObjectIdentifier),
}

impl Digest {
    /// SHA-1 first, which every responder knows (it proves nothing here); then SHA-256; then what goes
    /// with a GOST key.
    fn of_issuer(issuer: &Certificate) -> Vec<Self> {
        let mut out = vec![Self::Sha1, Self::Of(Hash::Sha256, oid::SHA256)];
        match issuer.key().algorithm.oid {
            oid::KZ_GOST_512 => out.push(Self::Of(Hash::Streebog512, oid::KZ_STREEBOG_512)),
            oid::KZ_GOST_256 => out.push(Self::Of(Hash::Streebog256, oid::KZ_STREEBOG_256)),
            oid::KZ_GOST_OLD => out.push(Self::Of(Hash::Gost94Test, oid::KZ_GOST94)),
            oid::GOST_512 => out.push(Self::Of(Hash::Streebog512, oid::STREEBOG_512)),
            oid::GOST_256 => out.push(Self::Of(Hash::Streebog256, oid::STREEBOG_256)),
            _ => {}
        }
        out
    }

    fn id(self) -> ObjectIdentifier {
        match self {
            Self::Sha1 => oid::SHA1,
            Self::Of(_, id) => id,
        }
    }

    fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => algorithm::sha1(bytes),
            Self::Of(hash, _) => hash.digest(bytes),
        }
    }
}

/// A fresh nonce as its extension's value; `None` where no randomness is to be had.
fn nonce() -> Option<Vec<u8>> {
    let mut fresh = [0u8; NONCE];
    getrandom::fill(&mut fresh).ok()?;
    Some(tlv(0x04, &[&fresh]))
}

/// What a portal needs to look through its lists.
fn asked(certificate: &Certificate, issuer: &Certificate) -> Asked {
    Asked {
        issuer: certificate.issuer().to_vec(),
        key: crate::domain::Digest::of(issuer.key().subject_public_key.raw_bytes()),
        serial: certificate.serial().to_vec(),
        authority: certificate.is_authority(),
        not_after: certificate.not_after(),
        points: certificate.raw_extension(oid::CRL_DISTRIBUTION_POINTS).unwrap_or_default().to_vec(),
    }
}

/// OCSPRequest with one certificate (RFC 6960 §4.1.1).
fn question(
    certificate: &Certificate,
    issuer: &Certificate,
    digest: Digest,
    nonce: Option<&[u8]>,
) -> Vec<u8> {
    let oid = |id: ObjectIdentifier| id.to_der().unwrap_or_default();
    let algorithm = tlv(0x30, &[&oid(digest.id()), &[5, 0]]);
    let name = tlv(0x04, &[&digest.digest(issuer.subject())]);
    let key = tlv(0x04, &[&digest.digest(issuer.key().subject_public_key.raw_bytes())]);
    let id = tlv(0x30, &[&algorithm, &name, &key, certificate.serial()]);
    let list = tlv(0x30, &[&tlv(0x30, &[&id])]);
    let extensions = nonce.map(|value| {
        let one = tlv(0x30, &[&oid(oid::OCSP_NONCE), &tlv(0x04, &[value])]);
        tlv(0xa2, &[&tlv(0x30, &[&one])])
    });
    tlv(0x30, &[&tlv(0x30, &[&list, &extensions.unwrap_or_default()])])
}

impl Certificate {
    /// Whether it names a responder, or where lists are.
    pub fn says_where_to_ask(&self) -> bool {
        !self.responders().is_empty() || self.raw_extension(oid::CRL_DISTRIBUTION_POINTS).is_some()
    }

    /// Where its authority says to ask about it (RFC 5280 §4.2.2.1): plain HTTP alone, for an answer
    /// is signed, and TLS would ask about certificates in turn.
    pub fn responders(&self) -> Vec<String> {
        let access = self.extension::<AuthorityInfoAccessSyntax>().ok().flatten();
        let all = access.map(|a| a.0).unwrap_or_default().into_iter();
        let ocsp = all.filter(|a| a.access_method == oid::OCSP).filter_map(|a| match a.access_location {
            GeneralName::UniformResourceIdentifier(uri) => Some(uri.to_string()),
            _ => None,
        });
        ocsp.filter(|uri| uri.starts_with("http://")).take(MOST).collect()
    }
}
