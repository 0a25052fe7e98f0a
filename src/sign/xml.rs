//! XML signatures (W3C XMLDSig 1.1) judged, as the national system makes them: enveloped in the
//! document that they are over, or over one element of it, with X.509 certificates; those with
//! XAdES properties (ETSI EN 319 132-1) as well.
//!
//! Nothing outside of the file is ever read: no document type, no entity, no other address. A
//! verdict says which part of the document is signed; what nobody signed makes it *not valid*.

use std::cell::Cell;
use std::collections::HashMap;

use roxmltree::{Document, Node, NodeId, ParsingOptions};

use super::algorithm::{self, Check};
use super::certificate::Certificate;
use super::chain::{self, Ask};
use super::signer::{File, add, report, take};
use super::timestamp::{self, Timestamp};
use super::verdict::{Covers, Format, Reason, SignerReport, Verdict};
use super::verify::Question;
use super::{oid, stored};
use crate::clock::{Confidence, Reading};

mod algorithms;
pub mod c14n;
mod coverage;
mod reference;
mod signature;
pub mod text;
mod xades;

use signature::Signature;
pub use text::{MAX_XML, looks_like};

pub const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const MAX_NODES: u32 = 400_000;
const MAX_SIGNATURES: usize = 16;
/// Bytes made canonical and hashed for one file, all references of all signatures together.
const BUDGET: usize = 256 * 1024 * 1024;
/// Certificates of one signature that are tried as the signer's.
const MAX_TRIED: usize = 8;

/// A parsed document with what its signatures have in common.
struct Whole<'a> {
    document: &'a Document<'a>,
    signatures: Vec<Node<'a, 'a>>,
    ids: HashMap<&'a str, Vec<NodeId>>,
    budget: Cell<usize>,
}

/// One signature with the elements whose digests agree.
struct Judged {
    report: SignerReport,
    covered: Vec<NodeId>,
    sound: bool,
}

/// The text of `bytes` parsed by `with`; the parser takes no document type.
///
/// # Errors
/// Why it is not parsed.
pub fn parsed<T>(bytes: &[u8], with: impl FnOnce(&Document<'_>) -> T) -> Result<T, Reason> {
    let text = text::read(bytes)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES };
    match Document::parse_with_options(&text, options) {
        Ok(document) => Ok(with(&document)),
        Err(roxmltree::Error::DtdDetected) => Err(Reason::XmlKind),
        Err(roxmltree::Error::NodesLimitReached) => Err(Reason::TooLarge),
        // What never held a signature is no damaged one.
        Err(_) if !text.contains(DSIG) => Err(Reason::NoSignature),
        Err(_) => Err(Reason::Malformed),
    }
}

/// Judges every signature in an XML document (at most [`MAX_XML`] bytes).
pub fn judge(bytes: &[u8], question: &Question<'_>) -> Verdict {
    let judged = parsed(bytes, |document| Whole::new(document).map(|whole| whole.judge(question)));
    match judged {
        Ok(Ok(reports)) => Verdict::new(reports, None),
        Ok(Err(reason)) | Err(reason) => Verdict::refused(reason),
    }
}

fn is(node: &Node<'_, '_>, name: &str) -> bool {
    node.has_tag_name((DSIG, name))
}

/// All text right inside an element, comments left out.
pub fn said(node: Node<'_, '_>) -> String {
    node.children().filter(Node::is_text).filter_map(|t| t.text()).collect()
}

impl<'a> Whole<'a> {
    fn new(document: &'a Document<'a>) -> Result<Self, Reason> {
        let outermost =
            |n: &Node<'a, 'a>| is(n, "Signature") && !n.ancestors().skip(1).any(|a| is(&a, "Signature"));
        let signatures: Vec<_> = document.descendants().filter(outermost).collect();
        if signatures.is_empty() {
            return Err(Reason::NoSignature);
        }
        if signatures.len() > MAX_SIGNATURES {
            return Err(Reason::TooLarge);
        }
        let mut ids: HashMap<&'a str, Vec<NodeId>> = HashMap::new();
        for node in document.descendants().filter(Node::is_element) {
            for attribute in node.attributes() {
                if attribute.name().eq_ignore_ascii_case("id") {
                    ids.entry(attribute.value()).or_default().push(node.id());
                }
            }
        }
        Ok(Self { document, signatures, ids, budget: Cell::new(BUDGET) })
    }

    fn judge(&self, question: &Question<'_>) -> Vec<SignerReport> {
        let mut all: Vec<Judged> =
            (0..self.signatures.len()).map(|at| self.signature(at, question)).collect();
        let covered: Vec<NodeId> = all.iter().filter(|j| j.sound).flat_map(|j| j.covered.clone()).collect();
        let bare = coverage::uncovered(self.document, &covered);
        for judged in &mut all {
            if !judged.sound {
                continue;
            }
            if bare {
                add(&mut judged.report, Reason::PartOnly);
            }
            if let Some(parts) = coverage::parts(self.document, &judged.covered) {
                judged.report.covers = Covers::Part(parts);
            }
        }
        all.into_iter().map(|j| j.report).collect()
    }

    fn signature(&self, at: usize, question: &Question<'_>) -> Judged {
        let node = self.signatures[at];
        let refused = |reason| {
            let mut report = report(None);
            report.reasons.push(reason);
            Judged { report, covered: Vec::new(), sound: false }
        };
        let signature = match Signature::read(node) {
            Ok(signature) => signature,
            Err(reason) => return refused(reason),
        };
        let mut certificates = signature.certificates.clone();
        let mut evidence = question.evidence.clone();
        if question.unsigned {
            stored::note(&mut evidence, |evidence| xades::stored(node, &mut certificates, evidence));
        }
        certificates.extend(question.extra.iter().cloned());
        let message = signature.message();
        let tried = certificates.iter().take(MAX_TRIED);
        let check = |c: &Certificate| match signature.scheme {
            Some(scheme) => algorithm::check_by(scheme, c.key(), &message, &signature.value),
            None => Check::Unsupported,
        };
        let mut checks: Vec<(Check, &Certificate)> = tried.map(|c| (check(c), c)).collect();
        // A key that fits is the signer's; without one the first is who is meant.
        checks.sort_by_key(|(check, _)| *check != Check::Good);
        let first = checks.first().map(|(check, c)| (*check, (*c).clone()));
        let mut report = report(first.as_ref().map(|(_, c)| c));
        let covered = self.references(at, &signature, &mut report);
        let Some((check, certificate)) = first else {
            let missing =
                if signature.scheme.is_none() { Reason::Algorithm } else { Reason::CertificateMissing };
            add(&mut report, missing);
            return Judged { report, covered: Vec::new(), sound: false };
        };
        match check {
            Check::Good => {}
            Check::Wrong => add(&mut report, Reason::SignatureWrong),
            Check::Unsupported => add(&mut report, Reason::Algorithm),
        }
        report.format = Some(Format::Xml);
        if let Some(properties) = covered.as_ref().and_then(|c| xades::signed(self.document, node, c)) {
            report.claimed_time = properties.time;
            match properties.binding(&certificate) {
                Ok(format) => report.format = Some(format),
                Err(reason) => add(&mut report, reason),
            }
        }
        let sound = report.reasons.is_empty();
        let file = File {
            there: question.there,
            content_type: oid::DATA,
            content: None,
            certificates,
            trust: question.trust,
            now: question.at,
            rules: question.rules,
            evidence: &evidence,
            unsigned: question.unsigned,
        };
        let stamps: Vec<Timestamp> = match question.unsigned {
            true => xades::stamps(node, |token, bytes| timestamp::judge(token, bytes, &file)),
            false => Vec::new(),
        };
        let proven = stamps.iter().filter_map(Timestamp::proven).min();
        let at = proven.map_or(question.at, |wall| Reading { wall, confidence: Confidence::Plausible });
        let ask = Ask {
            extra: &file.certificates,
            trust: question.trust,
            at,
            now: question.at,
            rules: question.rules,
            evidence: &evidence,
            depth: 0,
            work: &std::cell::Cell::new(chain::WORK),
        };
        let found = chain::judge(&certificate, &ask);
        take(&mut report, found, at);
        report.timestamps = stamps;
        Judged { report, covered: covered.unwrap_or_default(), sound }
    }

    /// Compares every reference's digest. Returns the elements that they are of, where all agree.
    fn references(
        &self,
        at: usize,
        signature: &Signature<'a>,
        report: &mut SignerReport,
    ) -> Option<Vec<NodeId>> {
        let mut covered = Vec::new();
        for reference in &signature.references {
            match self.digest(at, reference) {
                Ok((apex, earlier)) => {
                    covered.push(apex);
                    if earlier {
                        report.covers = Covers::Earlier;
                    }
                }
                Err(reason) => add(report, reason),
            }
        }
        report.reasons.is_empty().then_some(covered)
    }

    /// The element, and whether the digest agrees only without the signatures that came later.
    fn digest(&self, at: usize, reference: &reference::Reference<'a>) -> Result<(NodeId, bool), Reason> {
        let hash = reference.hash.ok_or(Reason::Algorithm)?;
        let later: Vec<NodeId> = self.signatures[at + 1..].iter().map(Node::id).collect();
        for (without, earlier) in [(&[][..], false), (later.as_slice(), true)] {
            if earlier && later.is_empty() {
                break;
            }
            let (apex, bytes) = reference.bytes(self, self.signatures[at], without)?;
            let left = self.budget.get().checked_sub(bytes.len()).ok_or(Reason::TooLarge)?;
            self.budget.set(left);
            if hash.digest(&bytes) == reference.digest {
                return Ok((apex, earlier));
            }
        }
        Err(Reason::ContentChanged)
    }
}

#[cfg(test)]
mod tests;
