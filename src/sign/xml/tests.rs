use super::*;
use crate::clock::Moment;
use crate::sign::trust::Trust;
use crate::sign::verdict::Outcome;

fn judged(bytes: &[u8]) -> Verdict {
    let at = Reading { wall: Moment(1_800_000_000), confidence: Confidence::Plausible };
    judge(bytes, &Question::new(&Trust::new(), at))
}

fn wrapped(inside: &str) -> String {
    format!("<r xmlns:d=\"{DSIG}\"><a Id=\"x\">1</a><d:Signature>{inside}</d:Signature></r>")
}

fn info(reference: &str) -> String {
    wrapped(&format!(
        "<d:SignedInfo><d:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"/>\
         <d:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>{reference}</d:SignedInfo>\
         <d:SignatureValue>AAAA</d:SignatureValue>"
    ))
}

fn reference(uri: &str, transforms: &str) -> String {
    info(&format!(
        "<d:Reference{uri}><d:Transforms>{transforms}</d:Transforms>\
         <d:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\
         <d:DigestValue>AAAA</d:DigestValue></d:Reference>"
    ))
}

#[test]
fn what_holds_no_signature_is_not_judged() {
    for bytes in [&b"<a/>"[..], b"<a>", b"<a", b"<", b"", b"<html><body>1</body></html>"] {
        assert_eq!(judged(bytes).all_reasons(), [Reason::NoSignature], "{bytes:?}");
    }
    let cut = wrapped("");
    assert_eq!(judged(&cut.as_bytes()[..cut.len() - 9]).all_reasons(), [Reason::Malformed]);
    assert_eq!(judged(cut.as_bytes()).all_reasons(), [Reason::Malformed]);
    let dtd = format!("<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>{cut}");
    assert_eq!(judged(dtd.as_bytes()).all_reasons(), [Reason::XmlKind]);
    assert_eq!(judged(&vec![b'<'; MAX_XML + 1]).all_reasons(), [Reason::TooLarge]);
}

#[test]
fn nothing_outside_the_file_is_followed() {
    let enveloped = "<d:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>";
    let of = |text: &str| judged(text.as_bytes()).all_reasons();
    for abroad in ["", " URI=\"http://example.kz/a.xml\"", " URI=\"file:///etc/passwd\"", " URI=\"a.xml\""] {
        assert_eq!(of(&reference(abroad, enveloped)), [Reason::Outside], "{abroad}");
    }
    for odd in [" URI=\"#xpointer(//a)\"", " URI=\"#\"", " URI=\"#xpointer(id(x))\""] {
        assert_eq!(of(&reference(odd, "")), [Reason::Transform], "{odd}");
    }
    for transform in [
        "<d:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"/>",
        "<d:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#base64\"/>",
        "<d:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><d:XPath>true()</d:XPath></d:Transform>",
        "<d:Transform/>",
    ] {
        assert_eq!(of(&reference(" URI=\"\"", transform)), [Reason::Transform], "{transform}");
    }
    assert_eq!(of(&reference(" URI=\"#gone\"", "")), [Reason::ContentChanged, Reason::CertificateMissing]);
    let twice = reference(" URI=\"#x\"", "").replace("</a>", "</a><b id=\"x\"/>");
    assert_eq!(of(&twice), [Reason::DoubledId, Reason::CertificateMissing]);
    assert_eq!(judged(twice.as_bytes()).outcome(), Outcome::NotValid);
    // A signature cannot leave itself out of an element that it does not stand in.
    assert_eq!(of(&reference(" URI=\"#x\"", enveloped))[0], Reason::Transform);
}

#[test]
fn what_stands_outside_of_the_signed_part_is_seen() {
    let seen = |text: &str, covered: &[&str]| {
        let document = Document::parse(text).unwrap();
        let ids = document.descendants().filter(|n| covered.contains(&n.tag_name().name()));
        let ids: Vec<NodeId> = ids.map(|n| n.id()).collect();
        coverage::uncovered(&document, &ids)
    };
    let signature = format!("<Signature xmlns=\"{DSIG}\"><SignedInfo/></Signature>");
    assert!(!seen(&format!("<r>\n <a>1</a> {signature}</r>"), &["a"]));
    assert!(!seen(&format!("<r><w><a>1</a></w>{signature}</r>"), &["a"]));
    assert!(!seen(&format!("<r><a>1</a><b/>{signature}</r>"), &["a", "b"]));
    for outside in ["<b/>", "text", "<b><c>1</c></b>"] {
        assert!(seen(&format!("<r><a>1</a>{outside}{signature}</r>"), &["a"]), "{outside}");
    }
    assert!(seen(&format!("<r sum=\"1\"><a>1</a>{signature}</r>"), &["a"]));
    assert!(seen(&format!("<r><a>1</a>{signature}</r>"), &[]));
    let carried = signature.replace("<SignedInfo/>", "<SignedInfo/><Object><evil/></Object>");
    assert!(seen(&format!("<r><a>1</a>{carried}</r>"), &["a"]));
    assert!(seen(&format!("<r><a>1</a>{carried}</r>"), &["r"]));
    assert!(!seen(&carried, &["Object"]));
}
