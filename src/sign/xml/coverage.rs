//! Which part of a document its signatures are over. An element that is moved away and replaced
//! leaves its signature intact: what counts is whether anything that says something stands outside.

use roxmltree::{Document, Node, NodeId};

use super::is;

const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// Elements named in a verdict.
const MOST_NAMED: usize = 8;

/// Whether anything that says something stands outside of `covered`: text, an element with nothing
/// signed inside, an attribute of an element around. Comments say nothing: no part of this program
/// shows them. Neither do the parts of a signature itself, but for what it envelops.
pub fn uncovered(document: &Document<'_>, covered: &[NodeId]) -> bool {
    if covered.contains(&document.root().id()) {
        return enveloped(document, covered);
    }
    let mut around: Vec<NodeId> = Vec::new();
    for id in covered {
        let node = document.get_node(*id);
        around.extend(node.into_iter().flat_map(|n| n.ancestors().skip(1)).map(|n| n.id()));
    }
    bare(document.root_element(), covered, &around) || enveloped(document, covered)
}

fn bare(node: Node<'_, '_>, covered: &[NodeId], around: &[NodeId]) -> bool {
    if node.is_text() {
        return !node.text().unwrap_or_default().trim().is_empty();
    }
    if !node.is_element() || covered.contains(&node.id()) || is(&node, "Signature") {
        return false;
    }
    let telling = |a: roxmltree::Attribute<'_, '_>| {
        !matches!(a.namespace(), Some(INSTANCE | XML)) && !a.name().eq_ignore_ascii_case("id")
    };
    if !around.contains(&node.id()) && !holds_signature(node) || node.attributes().any(telling) {
        return true;
    }
    node.children().any(|child| bare(child, covered, around))
}

fn holds_signature(node: Node<'_, '_>) -> bool {
    node.children().any(|n| is(&n, "Signature"))
}

/// Whether a signature carries something along that neither it nor another signed. What is over the
/// whole document leaves itself out, and so its own objects.
fn enveloped(document: &Document<'_>, covered: &[NodeId]) -> bool {
    let objects = document.descendants().filter(|n| is(n, "Object"));
    let own = |n: &Node<'_, '_>| {
        ["QualifyingProperties", "QualifyingPropertiesReference"].contains(&n.tag_name().name())
            || is(n, "SignatureProperties")
            || is(n, "Manifest")
    };
    let mut inside = objects.filter(|o| o.parent().is_some_and(|p| is(&p, "Signature")));
    inside.any(|object| {
        // A reference from above a signature leaves that signature out.
        let within = |a: &Node<'_, '_>| a.ancestors().any(|b| is(&b, "Signature"));
        let signed = |n: &Node<'_, '_>| n.ancestors().any(|a| covered.contains(&a.id()) && within(&a));
        let telling = |n: &Node<'_, '_>| {
            let text = n.is_text() && !n.text().unwrap_or_default().trim().is_empty();
            (n.is_element() && !own(n) || text) && !signed(n)
        };
        object.children().any(|n| telling(&n))
    })
}

/// The names of the covered elements, where they are not the whole document.
pub fn parts(document: &Document<'_>, covered: &[NodeId]) -> Option<Vec<String>> {
    let whole = [document.root().id(), document.root_element().id()];
    if covered.iter().any(|id| whole.contains(id)) {
        return None;
    }
    let nodes = covered.iter().filter_map(|id| document.get_node(*id));
    let of_document = nodes.filter(|n| {
        let own = ["SignedProperties", "KeyInfo", "Manifest", "SignatureProperties"];
        !own.contains(&n.tag_name().name())
    });
    let name = |n: Node<'_, '_>| {
        let id = n.attributes().find(|a| a.name().eq_ignore_ascii_case("id")).map(|a| a.value());
        format!("{}#{}", n.tag_name().name(), id.unwrap_or_default())
    };
    Some(of_document.take(MOST_NAMED).map(name).collect())
}
