//! XML signatures of the national kind: GOST keys of OpenSSL's engine under the national addresses, and the public test
//! data where it is.

use tereze::clock::{Confidence, Moment, Reading};
use tereze::sign::Question;
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::verdict::{Outcome, Reason, Verdict};
use tereze::sign::xml;

use crate::gost::{bench, family, must};
use crate::now;
use crate::openssl::Bench;

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";

/// How the engine names the hash, and the national address of algorithm and digest.
pub struct Kind {
    pub hash: &'static str,
    pub signature: &'static str,
    pub digest: &'static str,
}

pub const KINDS: [(&str, &str, Kind); 2] = [
    (
        "gost2012_512",
        "A",
        Kind {
            hash: "md_gost12_512",
            signature: "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-512",
            digest: "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-512",
        },
    ),
    (
        "gost2012_256",
        "TCA",
        Kind {
            hash: "md_gost12_256",
            signature: "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-256",
            digest: "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-256",
        },
    ),
];

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn hashed(bench: &Bench, kind: &Kind, bytes: &[u8]) -> Vec<u8> {
    bench.write("hashed", bytes);
    let hash = format!("-{}", kind.hash);
    must(bench, &["dgst", &hash, "-binary", "-out", "digest", "hashed"]);
    bench.read("digest")
}

/// `text` (canonical already, one element without namespaces) with the signature as its last child.
pub fn signed(bench: &Bench, kind: &Kind, text: &str) -> String {
    let (start, end) = text.rsplit_once("</").unwrap();
    let digest = base64(&hashed(bench, kind, text.as_bytes()));
    let inner = format!(
        "<ds:CanonicalizationMethod Algorithm=\"{C14N}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"{}\"></ds:SignatureMethod><ds:Reference URI=\"\"><ds:Transforms>\
         <ds:Transform Algorithm=\"{DS}enveloped-signature\"></ds:Transform>\
         <ds:Transform Algorithm=\"{C14N}#WithComments\"></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{}\"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>",
        kind.signature, kind.digest
    );
    bench.write("info", format!("<ds:SignedInfo xmlns:ds=\"{DS}\">{inner}</ds:SignedInfo>").as_bytes());
    let hash = format!("-{}", kind.hash);
    must(bench, &["dgst", &hash, "-sign", "one.key", "-out", "value", "info"]);
    // The engine writes s, then r, big-endian; the national order is the same bytes backwards.
    let value: Vec<u8> = bench.read("value").into_iter().rev().collect();
    must(bench, &["x509", "-in", "one.pem", "-outform", "DER", "-out", "one.der"]);
    let certificate = base64(&bench.read("one.der"));
    format!(
        "{start}<ds:Signature xmlns:ds=\"{DS}\"><ds:SignedInfo>{inner}</ds:SignedInfo>\
         <ds:SignatureValue>{}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>\
         <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature></{end}",
        base64(&value)
    )
}

fn of(text: &str, trust: &Trust, at: Reading) -> Verdict {
    xml::judge(text.as_bytes(), &Question::new(trust, at))
}

#[test]
fn what_the_engine_signs_under_the_national_addresses_is_valid() {
    let Some(bench) = bench() else { return };
    for (algorithm, set, kind) in &KINDS {
        family(&bench, algorithm, set);
        let mut trust = Trust::new();
        trust.load(CITIZEN, &bench.read("ca.pem")).unwrap();
        let text = signed(&bench, kind, "<root><a>1</a><b attr=\"x\">мәтін</b></root>");
        let verdict = of(&text, &trust, now());
        assert_eq!(verdict.all_reasons(), [], "{algorithm}");
        assert!(verdict.signers[0].preliminary);
        let touched = text.replace("мәтін", "мәтіn");
        assert_eq!(of(&touched, &trust, now()).all_reasons(), [Reason::ContentChanged]);
        let info = text.replace("#WithComments", "");
        assert_eq!(of(&info, &trust, now()).all_reasons(), [Reason::SignatureWrong]);
    }
}

#[test]
fn the_national_test_document_is_judged() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/kz-pki/xmldsig/test_gost512.xml_simple.xml");
    let Ok(text) = std::fs::read_to_string(&file) else {
        println!("skipped: {} is absent", file.display());
        return;
    };
    let at = Reading {
        wall: Moment::parse_rfc3339("2026-11-01T00:00:00Z").unwrap(),
        confidence: Confidence::Plausible,
    };
    // Its certificate signed itself and is no authority: the mathematics holds, nobody vouches.
    let verdict = of(&text, &Trust::new(), at);
    assert_eq!((verdict.outcome(), verdict.all_reasons()), (Outcome::CouldNotCheck, vec![Reason::NoTrust]));
    assert!(verdict.signers[0].preliminary);
    assert_eq!(of(&text.replace(">1<", ">2<"), &Trust::new(), at).all_reasons()[0], Reason::ContentChanged);
    let (from, to) = ("XYwHuihybI20", "XYwHuihybI21");
    assert!(text.contains(from));
    assert_eq!(of(&text.replace(from, to), &Trust::new(), at).all_reasons()[0], Reason::SignatureWrong);
}
