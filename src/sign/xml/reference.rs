//! A Reference (XMLDSig 1.1 §4.4.3): which element, changed how, and its digest. Only what leads
//! into the same document is followed, and only changes that leave something out.

use roxmltree::{Node, NodeId};

use super::c14n::{self, Method};
use super::signature::{base64, one};
use super::{DSIG, Whole, algorithms, is, said};
use crate::sign::algorithm::Hash;
use crate::sign::verdict::Reason;

const MAX_TRANSFORMS: usize = 8;
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const XPATH: &str = "http://www.w3.org/TR/1999/REC-xpath-19991116";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

pub struct Reference<'a> {
    target: Target<'a>,
    comments: bool,
    transforms: Vec<Transform>,
    /// `None`: an algorithm that is not checked here.
    pub hash: Option<Hash>,
    pub digest: Vec<u8>,
}

enum Target<'a> {
    Document,
    Id(&'a str),
}

enum Transform {
    /// Leaves out the signature that the reference stands in.
    Enveloped,
    /// Leaves out every signature: `not(ancestor-or-self::ds:Signature)`.
    AllSignatures,
    Canonical(Method),
}

impl<'a> Reference<'a> {
    pub fn read(node: Node<'a, 'a>) -> Result<Self, Reason> {
        let (target, comments) = target(node.attribute("URI").ok_or(Reason::Outside)?)?;
        let mut transforms = Vec::new();
        if let Some(list) = one(node, "Transforms")? {
            for child in list.children().filter(Node::is_element) {
                if transforms.len() == MAX_TRANSFORMS || !is(&child, "Transform") {
                    return Err(Reason::Transform);
                }
                transforms.push(transform(child).ok_or(Reason::Transform)?);
            }
        }
        let hash = one(node, "DigestMethod")?.ok_or(Reason::Malformed)?;
        let digest = one(node, "DigestValue")?.ok_or(Reason::Malformed)?;
        Ok(Self {
            target,
            comments,
            transforms,
            hash: hash.attribute("Algorithm").and_then(algorithms::digest),
            digest: base64(digest).ok_or(Reason::Malformed)?,
        })
    }

    /// The element meant, and its bytes as they were hashed. `without`: elements to leave out more.
    pub fn bytes(
        &self,
        whole: &Whole<'a>,
        signature: Node<'a, 'a>,
        without: &[NodeId],
    ) -> Result<(NodeId, Vec<u8>), Reason> {
        let apex = match self.target {
            Target::Document => whole.document.root(),
            Target::Id(id) => match whole.ids.get(id).map(Vec::as_slice) {
                Some([only]) => whole.document.get_node(*only).ok_or(Reason::Malformed)?,
                Some(_) => return Err(Reason::DoubledId),
                None => return Err(Reason::ContentChanged),
            },
        };
        let mut out = without.to_vec();
        let mut method = None;
        for transform in &self.transforms {
            // What is bytes already would have to be parsed again.
            if method.is_some() {
                return Err(Reason::Transform);
            }
            match transform {
                Transform::Enveloped if signature.ancestors().any(|a| a == apex) => out.push(signature.id()),
                Transform::Enveloped => return Err(Reason::Transform),
                Transform::AllSignatures => out.extend(whole.signatures.iter().map(Node::id)),
                Transform::Canonical(named) => method = Some(named.clone()),
            }
        }
        let mut method = method.unwrap_or_default();
        method.comments &= self.comments;
        if !method.follows(apex) {
            return Err(Reason::Transform);
        }
        Ok((apex.id(), c14n::canonical(apex, &method, &out)))
    }
}

/// What an address means, and whether its comments are part of it (XMLDSig 1.1 §4.4.3.3).
fn target(uri: &str) -> Result<(Target<'_>, bool), Reason> {
    if uri.is_empty() {
        return Ok((Target::Document, false));
    }
    let part = uri.strip_prefix('#').ok_or(Reason::Outside)?;
    if part == "xpointer(/)" {
        return Ok((Target::Document, true));
    }
    let quoted = part.strip_prefix("xpointer(id(").and_then(|p| p.strip_suffix("))"));
    if let Some(quoted) = quoted {
        let inner = quoted.strip_prefix('\'').and_then(|q| q.strip_suffix('\''));
        let inner = inner.or_else(|| quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"')));
        return inner.map(|id| (Target::Id(id), true)).ok_or(Reason::Transform);
    }
    if part.is_empty() || part.contains('(') {
        return Err(Reason::Transform);
    }
    Ok((Target::Id(part), false))
}

fn transform(node: Node<'_, '_>) -> Option<Transform> {
    match node.attribute("Algorithm")? {
        ENVELOPED => Some(Transform::Enveloped),
        XPATH => {
            let path = node.children().find(|n| is(n, "XPath"))?;
            let text: String = said(path).split_whitespace().collect();
            let name = text.strip_prefix("not(ancestor-or-self::")?.strip_suffix(")")?;
            let (prefix, local) = name.split_once(':')?;
            let signature = local == "Signature" && path.lookup_namespace_uri(Some(prefix)) == Some(DSIG);
            signature.then_some(Transform::AllSignatures)
        }
        _ => method(node).map(Transform::Canonical),
    }
}

/// The canonicalization that an element names.
pub fn method(node: Node<'_, '_>) -> Option<Method> {
    let mut method = Method::named(node.attribute("Algorithm")?)?;
    if method.exclusive
        && let Some(list) = node.children().find(|n| n.has_tag_name((EXCLUSIVE, "InclusiveNamespaces")))
    {
        let names = list.attribute("PrefixList").unwrap_or_default().split_ascii_whitespace();
        method.prefixes = names.map(|n| if n == "#default" { String::new() } else { n.to_owned() }).collect();
    }
    Some(method)
}
