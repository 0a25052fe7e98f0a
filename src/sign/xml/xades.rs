//! What XAdES adds to a signature (ETSI EN 319 132-1): the time and certificate that the signer
//! claims, timestamps, and stored values. What is not signed decides nothing by itself.

use roxmltree::{Document, Node, NodeId};

use super::c14n;
use super::reference::method;
use super::signature::base64;
use super::{algorithms, is, said};
use crate::clock::Moment;
use crate::sign::algorithm;
use crate::sign::certificate::Certificate;
use crate::sign::revocation::Evidence;
use crate::sign::stored;
use crate::sign::timestamp::Timestamp;
use crate::sign::verdict::{Format, Reason};

const SPACE: &str = "http://uri.etsi.org/01903/";
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
const MAX_VALUES: usize = 32;
const MAX_STAMPS: usize = 4;

/// What a signer signed of herself.
pub struct Signed {
    pub time: Option<Moment>,
    named: Option<Named>,
}

struct Named {
    algorithm: String,
    digest: Vec<u8>,
}

fn called(node: &Node<'_, '_>, name: &str) -> bool {
    node.tag_name().name() == name && node.tag_name().namespace().is_some_and(|s| s.starts_with(SPACE))
}

fn inside<'a>(node: Node<'a, 'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.descendants().filter(move |n| called(n, name))
}

/// The properties in `signature` that are among the elements it covers.
pub fn signed<'a>(document: &'a Document<'a>, signature: Node<'a, 'a>, covered: &[NodeId]) -> Option<Signed> {
    let nodes = covered.iter().filter_map(|id| document.get_node(*id));
    let own = |n: &Node<'a, 'a>| called(n, "SignedProperties") && n.ancestors().any(|a| a == signature);
    let properties = nodes.into_iter().find(own)?;
    let time = inside(properties, "SigningTime").next().and_then(|n| Moment::parse_rfc3339(said(n).trim()));
    let names = ["SigningCertificateV2", "SigningCertificate"];
    let first = names.into_iter().find_map(|name| inside(properties, name).next());
    let named = first.and_then(|n| inside(n, "CertDigest").next()).and_then(|digest| {
        let algorithm = digest.children().find(|n| is(n, "DigestMethod"))?.attribute("Algorithm")?;
        let value = digest.children().find(|n| is(n, "DigestValue"))?;
        Some(Named { algorithm: algorithm.to_owned(), digest: base64(value)? })
    });
    Some(Signed { time, named })
}

impl Signed {
    /// Whether the signature names `certificate`; by SHA-1 it counts as not bound.
    pub fn binding(&self, certificate: &Certificate) -> Result<Format, Reason> {
        let Some(named) = &self.named else { return Ok(Format::Xml) };
        let (digest, format) = match algorithms::digest(&named.algorithm) {
            Some(hash) => (hash.digest(certificate.der()), Format::Xades),
            None if named.algorithm == SHA1 => (algorithm::sha1(certificate.der()), Format::Xml),
            None => return Err(Reason::Algorithm),
        };
        if digest == named.digest { Ok(format) } else { Err(Reason::OtherCertificate) }
    }
}

/// Certificates, lists and answers that the signature stores.
pub fn stored(signature: Node<'_, '_>, certificates: &mut Vec<Certificate>, evidence: &mut Evidence) {
    let values = |name| inside(signature, name).take(MAX_VALUES).filter_map(base64);
    certificates
        .extend(values("EncapsulatedX509Certificate").filter_map(|der| Certificate::from_der(&der).ok()));
    values("EncapsulatedCRLValue").for_each(|der| stored::list(&der, evidence));
    values("EncapsulatedOCSPValue").for_each(|der| stored::answer(&der, evidence));
}

/// Timestamps over the signature's value, each judged by `judge(token, bytes)`.
pub fn stamps<'a>(signature: Node<'a, 'a>, judge: impl Fn(&[u8], &[u8]) -> Timestamp) -> Vec<Timestamp> {
    let Some(value) = signature.children().find(|n| is(n, "SignatureValue")) else { return Vec::new() };
    let mut out = Vec::new();
    for stamp in inside(signature, "SignatureTimeStamp").take(MAX_STAMPS) {
        let named = stamp.children().find(|n| is(n, "CanonicalizationMethod"));
        let method = named.map_or(Some(Default::default()), method).unwrap_or_default();
        let bytes = c14n::canonical(value, &method, &[]);
        let tokens = inside(stamp, "EncapsulatedTimeStamp").filter_map(base64).take(MAX_STAMPS);
        out.extend(tokens.map(|token| judge(&token, &bytes)));
    }
    out
}
