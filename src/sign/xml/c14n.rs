//! Canonical XML 1.0 and 1.1 (W3C REC-xml-c14n-20010315, REC-xml-c14n11-20080502) and Exclusive XML Canonicalization
//! (REC-xml-exc-c14n-20020718) of a whole document or of one element, less some elements.

use std::collections::BTreeMap;

use roxmltree::{Node, NodeId};

const XML_SPACE: &str = "http://www.w3.org/XML/1998/namespace";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Method {
    pub exclusive: bool,
    pub comments: bool,
    /// Version 1.1, which knows which `xml:` attributes are handed down.
    pub later: bool,
    /// Prefixes that exclusive canonicalization treats as the inclusive does; "" is the default.
    pub prefixes: Vec<String>,
}

impl Method {
    /// By the algorithm's address; `None` for any other.
    pub fn named(uri: &str) -> Option<Self> {
        let (exclusive, comments, later) = match uri {
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" => (false, false, false),
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments" => (false, true, false),
            "http://www.w3.org/2006/12/xml-c14n11" => (false, false, true),
            "http://www.w3.org/2006/12/xml-c14n11#WithComments" => (false, true, true),
            "http://www.w3.org/2001/10/xml-exc-c14n#" => (true, false, false),
            "http://www.w3.org/2001/10/xml-exc-c14n#WithComments" => (true, true, false),
            _ => return None,
        };
        Some(Self { exclusive, comments, later, prefixes: Vec::new() })
    }

    /// Whether `apex` is written here as the standard has it: version 1.1 joins the addresses of `xml:base` that stand
    /// above, which is not done.
    pub fn follows(&self, apex: Node<'_, '_>) -> bool {
        !self.later || !apex.ancestors().skip(1).any(|above| above.has_attribute((XML_SPACE, "base")))
    }
}

/// Namespaces that the elements above have written already, by prefix.
type Written<'a> = BTreeMap<&'a str, &'a str>;

struct Writer<'m, 'x> {
    method: &'m Method,
    without: &'x [NodeId],
    out: Vec<u8>,
}

/// The canonical bytes of `apex` (an element, or the document's root node), without the elements
/// in `without`. Nesting is as deep as the document's, which its reader has bounded.
pub fn canonical(apex: Node<'_, '_>, method: &Method, without: &[NodeId]) -> Vec<u8> {
    let mut writer = Writer { method, without, out: Vec::new() };
    if apex.is_root() {
        let mut before = true;
        for child in apex.children() {
            let is_element = child.is_element();
            let silent = child.is_comment() && !method.comments;
            if !is_element && !silent && !before {
                writer.out.push(b'\n');
            }
            writer.node(child, &Written::new(), false);
            if !is_element && !silent && before {
                writer.out.push(b'\n');
            }
            before &= !is_element;
        }
    } else {
        writer.node(apex, &Written::new(), true);
    }
    writer.out
}

/// An element's prefix as it stands in the text; "" for none.
pub fn prefix<'x>(node: Node<'_, 'x>) -> &'x str {
    let from = node.range().start + 1;
    let text = &node.document().input_text()[from..];
    let end = text.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/')).unwrap_or(text.len());
    text[..end].split_once(':').map_or("", |(prefix, _)| prefix)
}

impl Writer<'_, '_> {
    fn node<'a>(&mut self, node: Node<'a, 'a>, above: &Written<'a>, apex: bool) {
        if node.is_element() {
            self.element(node, above, apex);
        } else if node.is_text() {
            escape(node.text().unwrap_or_default(), false, &mut self.out);
        } else if node.is_comment() && self.method.comments {
            self.out.extend_from_slice(b"<!--");
            self.out.extend_from_slice(node.text().unwrap_or_default().as_bytes());
            self.out.extend_from_slice(b"-->");
        } else if let Some(pi) = node.pi() {
            self.out.extend_from_slice(b"<?");
            self.out.extend_from_slice(pi.target.as_bytes());
            if let Some(value) = pi.value.filter(|v| !v.is_empty()) {
                self.out.push(b' ');
                self.out.extend_from_slice(value.as_bytes());
            }
            self.out.extend_from_slice(b"?>");
        }
    }

    fn element<'a>(&mut self, node: Node<'a, 'a>, above: &Written<'a>, apex: bool) {
        if self.without.contains(&node.id()) {
            return;
        }
        let inherit = apex && !self.method.exclusive;
        let mut attributes = attributes(node, inherit.then_some(self.method.later));
        let spaces = self.namespaces(node, &attributes, above);
        let own = prefix(node);
        let name = match own {
            "" => node.tag_name().name().to_owned(),
            prefix => format!("{prefix}:{}", node.tag_name().name()),
        };
        self.out.push(b'<');
        self.out.extend_from_slice(name.as_bytes());
        for (prefix, uri) in &spaces {
            self.out.extend_from_slice(if prefix.is_empty() { b" xmlns" } else { b" xmlns:" });
            self.out.extend_from_slice(prefix.as_bytes());
            self.value(uri);
        }
        attributes.sort_by(|a, b| (a.space, a.local).cmp(&(b.space, b.local)));
        for attribute in &attributes {
            self.out.push(b' ');
            self.out.extend_from_slice(attribute.name.as_bytes());
            self.value(attribute.value);
        }
        self.out.push(b'>');
        // Most elements declare nothing: they hand on what they were given.
        let own_scope = (!spaces.is_empty()).then(|| {
            let mut written = above.clone();
            written.extend(spaces);
            written
        });
        for child in node.children() {
            self.node(child, own_scope.as_ref().unwrap_or(above), false);
        }
        self.out.extend_from_slice(b"</");
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'>');
    }

    fn value(&mut self, value: &str) {
        self.out.extend_from_slice(b"=\"");
        escape(value, true, &mut self.out);
        self.out.push(b'"');
    }

    /// Which namespaces this element has to write, in order of their prefixes.
    fn namespaces<'a>(
        &self,
        node: Node<'a, 'a>,
        attributes: &[Attribute<'a>],
        above: &Written<'a>,
    ) -> Written<'a> {
        let scope: Written<'a> = node.namespaces().map(|n| (n.name().unwrap_or_default(), n.uri())).collect();
        let mut wanted: Vec<&'a str> = scope.keys().copied().collect();
        wanted.push("");
        if self.method.exclusive {
            let used = |p: &&str| {
                prefix(node) == *p
                    || attributes.iter().any(|a| !p.is_empty() && a.prefix == *p)
                    || self.method.prefixes.iter().any(|kept| kept == p)
            };
            wanted.retain(used);
        }
        let mut out = Written::new();
        for prefix in wanted.into_iter().filter(|p| *p != "xml") {
            let uri = scope.get(prefix).copied().unwrap_or_default();
            // An empty default is written only to undo another; a prefix without a namespace never.
            let stands = above.get(prefix).copied().unwrap_or_default();
            if uri != stands && (prefix.is_empty() || !uri.is_empty()) {
                out.insert(prefix, uri);
            }
        }
        out
    }
}

struct Attribute<'a> {
    space: &'a str,
    local: &'a str,
    prefix: &'a str,
    name: &'a str,
    value: &'a str,
}

/// `inherit`: the `xml:` attributes of the elements above come along (Canonical XML 1.0 §2.4), by version 1.1 language and
/// white space alone.
fn attributes<'a>(node: Node<'a, 'a>, inherit: Option<bool>) -> Vec<Attribute<'a>> {
    let of = |node: Node<'a, 'a>| {
        node.attributes().map(move |a| {
            let name = &node.document().input_text()[a.range_qname()];
            let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
            let space = a.namespace().unwrap_or_default();
            Attribute { space, local: a.name(), prefix, name, value: a.value() }
        })
    };
    let mut out: Vec<Attribute<'a>> = of(node).collect();
    if let Some(later) = inherit {
        let handed =
            |a: &Attribute<'_>| a.space == XML_SPACE && (!later || ["lang", "space"].contains(&a.local));
        for above in node.ancestors().skip(1).filter(Node::is_element) {
            for attribute in of(above).filter(handed) {
                if !out.iter().any(|held| held.space == XML_SPACE && held.local == attribute.local) {
                    out.push(attribute);
                }
            }
        }
    }
    out
}

fn escape(text: &str, in_attribute: bool, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        let written: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' if !in_attribute => b"&gt;",
            b'"' if in_attribute => b"&quot;",
            b'\t' if in_attribute => b"&#x9;",
            b'\n' if in_attribute => b"&#xA;",
            b'\r' => b"&#xD;",
            _ => {
                out.push(byte);
                continue;
            }
        };
        out.extend_from_slice(written);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, method: &Method) -> String {
        let document = roxmltree::Document::parse(text).unwrap();
        String::from_utf8(canonical(document.root(), method, &[])).unwrap()
    }

    #[test]
    fn the_standards_own_examples() {
        let inclusive = Method::default();
        let comments = Method { comments: true, ..Method::default() };
        // Canonical XML 1.0 §3.1, without its document type
        let text = "<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\n\
                    <doc>Hello, world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n<!-- Comment 2 -->\n";
        assert_eq!(
            of(text, &inclusive),
            "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!</doc>\n<?pi-without-data?>"
        );
        assert_eq!(
            of(text, &comments),
            "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\
             <doc>Hello, world!<!-- Comment 1 --></doc>\n<?pi-without-data?>\n<!-- Comment 2 -->"
        );
        // §3.3
        let text = "<doc><e2   ></e2><e3   name = \"elem3\"   id=\"elem3\"   />\
             <e5 a:attr=\"out\" b:attr=\"sorted\" attr2=\"all\" attr=\"I'm\" \
             xmlns:b=\"http://www.ietf.org\" xmlns:a=\"http://www.w3.org\" xmlns=\"http://example.org\"/>\
             <e6 xmlns=\"\" xmlns:a=\"http://www.w3.org\"><e7 xmlns=\"http://www.ietf.org\">\
             <e8 xmlns=\"\" xmlns:a=\"http://www.w3.org\"><e9 xmlns=\"\" xmlns:a=\"http://www.ietf.org\"/></e8></e7></e6></doc>";
        assert_eq!(
            of(text, &inclusive),
            "<doc><e2></e2><e3 id=\"elem3\" name=\"elem3\"></e3><e5 xmlns=\"http://example.org\" \
             xmlns:a=\"http://www.w3.org\" xmlns:b=\"http://www.ietf.org\" attr=\"I'm\" attr2=\"all\" \
             b:attr=\"sorted\" a:attr=\"out\"></e5><e6 xmlns:a=\"http://www.w3.org\"><e7 xmlns=\"http://www.ietf.org\">\
             <e8 xmlns=\"\"><e9 xmlns:a=\"http://www.ietf.org\"></e9></e8></e7></e6></doc>"
        );
        // §3.4
        let text = "<doc><text>First line&#x0d;&#10;Second line</text><value>&#x32;</value>\
             <compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]></compute>\
             <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/></doc>";
        assert_eq!(
            of(text, &inclusive),
            "<doc><text>First line&#xD;\nSecond line</text><value>2</value>\
             <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>\
             <norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm></doc>"
        );
    }

    #[test]
    fn the_later_version_hands_down_no_id() {
        let text = "<a xml:id=\"x\" xml:lang=\"kk\" xml:base=\"http://a/\"><b/></a>";
        let document = roxmltree::Document::parse(text).unwrap();
        let apex = document.root_element().first_element_child().unwrap();
        let write = |m: &Method| String::from_utf8(canonical(apex, m, &[])).unwrap();
        assert_eq!(write(&Method::default()), "<b xml:base=\"http://a/\" xml:id=\"x\" xml:lang=\"kk\"></b>");
        let later = Method::named("http://www.w3.org/2006/12/xml-c14n11").unwrap();
        assert_eq!(write(&later), "<b xml:lang=\"kk\"></b>");
        assert!(!later.follows(apex) && later.follows(document.root()) && Method::default().follows(apex));
    }

    #[test]
    fn exclusive_writes_what_is_used() {
        let text = "<n0:a xmlns:n0=\"a:0\" xmlns:n1=\"a:1\" xml:lang=\"kk\"><n1:b xmlns:n3=\"a:3\" n3:x=\"1\"><n1:c/></n1:b></n0:a>";
        let document = roxmltree::Document::parse(text).unwrap();
        let apex = document.root_element().first_element_child().unwrap();
        let write = |m: &Method| String::from_utf8(canonical(apex, m, &[])).unwrap();
        let mut method = Method { exclusive: true, ..Method::default() };
        assert_eq!(write(&method), "<n1:b xmlns:n1=\"a:1\" xmlns:n3=\"a:3\" n3:x=\"1\"><n1:c></n1:c></n1:b>");
        method.prefixes.push("n0".to_owned());
        assert!(write(&method).starts_with("<n1:b xmlns:n0=\"a:0\" xmlns:n1=\"a:1\""));
        let inclusive = write(&Method::default());
        assert!(inclusive.starts_with(
            "<n1:b xmlns:n0=\"a:0\" xmlns:n1=\"a:1\" xmlns:n3=\"a:3\" n3:x=\"1\" xml:lang=\"kk\">"
        ));
    }
}
