//! A Signature element read (XMLDSig 1.1 §4).

use roxmltree::Node;

use super::c14n::{self, Method};
use super::reference::{Reference, method};
use super::{algorithms, is, said};
use crate::sign::algorithm::Scheme;
use crate::sign::certificate::Certificate;
use crate::sign::pem;
use crate::sign::verdict::Reason;

const MAX_REFERENCES: usize = 16;
const MAX_CERTIFICATES: usize = 32;

pub struct Signature<'a> {
    info: Node<'a, 'a>,
    method: Method,
    /// `None`: an algorithm that is not checked here.
    pub scheme: Option<Scheme>,
    pub references: Vec<Reference<'a>>,
    pub value: Vec<u8>,
    /// Those in its KeyInfo, in their order.
    pub certificates: Vec<Certificate>,
}

impl<'a> Signature<'a> {
    pub fn read(node: Node<'a, 'a>) -> Result<Self, Reason> {
        let info = one(node, "SignedInfo")?.ok_or(Reason::Malformed)?;
        let value = one(node, "SignatureValue")?.ok_or(Reason::Malformed)?;
        let named = one(info, "CanonicalizationMethod")?.ok_or(Reason::Malformed)?;
        let scheme = one(info, "SignatureMethod")?.ok_or(Reason::Malformed)?;
        let references: Vec<_> = info.children().filter(|n| is(n, "Reference")).collect();
        if references.is_empty() {
            return Err(Reason::Malformed);
        }
        if references.len() > MAX_REFERENCES {
            return Err(Reason::TooLarge);
        }
        let keys = one(node, "KeyInfo")?;
        let certificates = keys.into_iter().flat_map(|k| k.children().filter(|n| is(n, "X509Data")));
        let certificates = certificates.flat_map(|d| d.children().filter(|n| is(n, "X509Certificate")));
        Ok(Self {
            info,
            method: method(named).filter(|m| m.follows(info)).ok_or(Reason::Transform)?,
            scheme: scheme.attribute("Algorithm").and_then(algorithms::signature),
            references: references.into_iter().map(Reference::read).collect::<Result<_, _>>()?,
            value: base64(value).ok_or(Reason::Malformed)?,
            certificates: certificates
                .take(MAX_CERTIFICATES)
                .filter_map(|c| Certificate::from_der(&base64(c)?).ok())
                .collect(),
        })
    }

    /// What the key signed.
    pub fn message(&self) -> Vec<u8> {
        c14n::canonical(self.info, &self.method, &[])
    }
}

/// The only child of that name; more than one is no order that the standard knows.
pub fn one<'a>(node: Node<'a, 'a>, name: &str) -> Result<Option<Node<'a, 'a>>, Reason> {
    let mut found = node.children().filter(|n| is(n, name));
    let first = found.next();
    match found.next() {
        None => Ok(first),
        Some(_) => Err(Reason::Malformed),
    }
}

/// The bytes that an element holds in base64.
pub fn base64(node: Node<'_, '_>) -> Option<Vec<u8>> {
    pem::base64(said(node).as_bytes()).map(|bytes| bytes.to_vec())
}
