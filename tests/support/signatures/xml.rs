//! XML signatures made by xmlsec1, judged; canonical forms beside libxml2's; and what an attacker would try.

use std::process::{Command, Output};

use tereze::sign::Question;
use tereze::sign::trust::Trust;
use tereze::sign::verdict::{Covers, Format, Outcome, Reason, Verdict};
use tereze::sign::xml::{self, c14n};

use crate::openssl::{Bench, KeyType, SIGNS};
use crate::{family, now, trust};

pub const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
pub const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
pub const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
pub const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

const DOCUMENT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- before -->\n\
    <n:doc xmlns:n=\"urn:doc\" xmlns=\"urn:other\" xml:lang=\"kk\"><n:sum unit='₸' n:b=\"2\" a=\"1\">100</n:sum>\
    <!-- inside --><to id=\"T1\">ТЕСТОВ ТЕСТ &amp; Әсел</to><![CDATA[<x>]]>&#13;\nSIGNATURE</n:doc>";

pub fn tool(bench: &Bench, program: &str, arguments: &[&str]) -> Output {
    let out = Command::new(program).args(arguments).current_dir(bench.0.path()).output();
    out.unwrap_or_else(|_| panic!("{program} is installed by packaging/setup.sh test"))
}

pub fn template(method: &str, signature: &str, digest: &str, uri: &str, transforms: &[&str]) -> String {
    let transforms: String = transforms.iter().map(|t| format!("<Transform Algorithm=\"{t}\"/>")).collect();
    format!(
        "<Signature xmlns=\"{DS}\"><SignedInfo><CanonicalizationMethod Algorithm=\"{method}\"/>\
         <SignatureMethod Algorithm=\"{signature}\"/><Reference URI=\"{uri}\"><Transforms>{transforms}</Transforms>\
         <DigestMethod Algorithm=\"{digest}\"/><DigestValue/></Reference></SignedInfo><SignatureValue/>\
         <KeyInfo><X509Data><X509Certificate/></X509Data></KeyInfo></Signature>"
    )
}

/// The document with its signature, made by xmlsec1 with the key of `signer`.
pub fn signed(bench: &Bench, signer: &str, text: &str) -> String {
    bench.write("template.xml", text.as_bytes());
    let keys = format!("{signer}.key,{signer}.pem");
    let usual = ["--sign", "--privkey-pem", &keys, "--id-attr:id", "to", "--id-attr:Id", "part"];
    let out = tool(bench, "xmlsec1", &[&usual[..], &["--output", "signed.xml", "template.xml"]].concat());
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(bench.read("signed.xml")).unwrap()
}

pub fn accepts(bench: &Bench, text: &str) -> bool {
    bench.write("judged.xml", text.as_bytes());
    let usual =
        ["--verify", "--trusted-pem", "ca.pem", "--id-attr:id", "to", "--id-attr:Id", "part", "judged.xml"];
    tool(bench, "xmlsec1", &usual).status.success()
}

pub fn of(text: &[u8], trust: &Trust) -> Verdict {
    xml::judge(text, &Question::new(trust, now()))
}

fn enveloped(name: &str) -> String {
    format!("{DS}{name}")
}

#[test]
fn what_xmlsec_signs_is_valid_and_what_is_touched_is_not() {
    let bench = family();
    let trust = trust(&bench, "ca.pem");
    let own = enveloped("enveloped-signature");
    let with_comments = format!("{C14N}#WithComments");
    let kinds: [(&str, &str, &str, &str, &[&str]); 7] = [
        ("rsa", C14N, "rsa-sha256", "", &[&own]),
        ("rsa", EXCLUSIVE, "rsa-sha512", "", &[&own, EXCLUSIVE]),
        ("rsa", &with_comments, "rsa-sha384", "", &[&own, &with_comments]),
        ("p256", C14N, "ecdsa-sha256", "", &[&own, C14N]),
        ("p384", EXCLUSIVE, "ecdsa-sha384", "", &[&own]),
        ("p384", C14N, "ecdsa-sha512", "#xpointer(/)", &[&own, &with_comments]),
        ("rsa", C14N, "rsa-sha256", "", &[&own, "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"]),
    ];
    for (signer, method, algorithm, uri, transforms) in kinds {
        let place = template(method, &format!("{MORE}{algorithm}"), SHA256, uri, transforms);
        let text = signed(&bench, signer, &DOCUMENT.replace("SIGNATURE", &place));
        let verdict = of(text.as_bytes(), &trust);
        assert_eq!(verdict.all_reasons(), [], "{signer} {method} {algorithm} {uri} {transforms:?}");
        assert!(accepts(&bench, &text));
        let found = verdict.signer().unwrap();
        assert_eq!((&found.covers, found.format), (&Covers::Whole, Some(Format::Xml)));
        assert_eq!(found.owner.expose().iin, "900101300017");
        for (from, to) in [
            (">100<", ">900<"),
            ("unit=\"₸\"", "unit=\"$\""),
            ("xml:lang=\"kk\"", "xml:lang=\"ru\""),
            ("Әсел", "Әсем"),
            ("</n:doc>", "<more/></n:doc>"),
            ("</n:doc>", " </n:doc>"),
            ("id=\"T1\"", "id=\"T2\""),
            ("&#13;", ""),
        ] {
            assert!(text.contains(from), "{from} {text}");
            let touched = text.replacen(from, to, 1);
            let verdict = of(touched.as_bytes(), &trust);
            // SignedInfo takes xml:lang along from the elements around it.
            assert_eq!(verdict.all_reasons()[0], Reason::ContentChanged, "{from} → {to}");
            assert_eq!(verdict.outcome(), Outcome::NotValid);
            assert!(!accepts(&bench, &touched));
        }
        // Comments are signed only where the address says so.
        let commented = text.replace("<!-- inside -->", "<!-- other -->");
        assert_eq!(of(commented.as_bytes(), &trust).is_valid(), uri.is_empty());
        assert_eq!(accepts(&bench, &commented), uri.is_empty());
        let value = text.find("<SignatureValue>").unwrap() + "<SignatureValue>".len();
        let mut wrong = text.clone();
        let swapped = if &text[value..=value] == "B" { "C" } else { "B" };
        wrong.replace_range(value..=value, swapped);
        assert_eq!(of(wrong.as_bytes(), &trust).outcome(), Outcome::NotValid);
        for end in (0..text.len()).step_by(97).filter(|e| text.is_char_boundary(*e)) {
            assert_ne!(of(&text.as_bytes()[..end], &trust).outcome(), Outcome::Valid, "cut at {end}");
        }
    }
}

#[test]
fn a_stranger_is_not_trusted_and_an_older_digest_is_not_judged() {
    let bench = family();
    let own = enveloped("enveloped-signature");
    let text = |signature: &str, digest: &str| {
        DOCUMENT.replace("SIGNATURE", &template(C14N, signature, digest, "", &[&own]))
    };
    let sound = signed(&bench, "rsa", &text(&format!("{MORE}rsa-sha256"), SHA256));
    assert_eq!(of(sound.as_bytes(), &Trust::new()).all_reasons(), [Reason::NoTrust]);
    bench.root("other", KeyType::P256, crate::ISSUES);
    bench.issued("foreign", KeyType::P256, "other", SIGNS);
    let foreign = signed(&bench, "foreign", &text(&format!("{MORE}ecdsa-sha256"), SHA256));
    assert_eq!(of(foreign.as_bytes(), &trust(&bench, "ca.pem")).all_reasons(), [Reason::Untrusted]);
    let old = signed(&bench, "rsa", &text(&format!("{DS}rsa-sha1"), &format!("{DS}sha1")));
    let verdict = of(old.as_bytes(), &trust(&bench, "ca.pem"));
    assert_eq!((verdict.outcome(), verdict.all_reasons()), (Outcome::CouldNotCheck, vec![Reason::Algorithm]));
    let bare = sound.replace("<KeyInfo>", "<KeyInfo><!--").replace("</KeyInfo>", "--></KeyInfo>");
    assert_eq!(of(bare.as_bytes(), &trust(&bench, "ca.pem")).all_reasons(), [Reason::CertificateMissing]);
}

#[test]
fn a_part_that_is_signed_is_named_and_wrapping_is_not_valid() {
    let bench = family();
    let trust = trust(&bench, "ca.pem");
    let place = template(EXCLUSIVE, &format!("{MORE}rsa-sha256"), SHA256, "#P", &[EXCLUSIVE]);
    let text = signed(&bench, "rsa", &format!("<doc><part Id=\"P\"><sum>100</sum></part>{place}</doc>"));
    let verdict = of(text.as_bytes(), &trust);
    assert_eq!(verdict.all_reasons(), []);
    assert_eq!(verdict.signers[0].covers, Covers::Part(vec!["part#P".into()]));
    let part = "<part Id=\"P\"><sum>100</sum></part>";
    assert!(text.contains(part));
    let is = |text: &str, reasons: &[Reason]| {
        let verdict = of(text.as_bytes(), &trust);
        assert_eq!(
            (verdict.all_reasons().as_slice(), verdict.outcome()),
            (reasons, Outcome::NotValid),
            "{text}"
        );
    };
    // Moved, with another in its place; beside it; hidden in the signature; with the same id.
    let other = "<part Id=\"Q\"><sum>900</sum></part>";
    is(&text.replace(part, &format!("{other}<w>{part}</w>")), &[Reason::PartOnly]);
    is(&text.replace(part, &format!("{part}{other}")), &[Reason::PartOnly]);
    let hidden =
        text.replace(part, other).replace("</KeyInfo>", &format!("</KeyInfo><Object>{part}</Object>"));
    assert_ne!(of(hidden.as_bytes(), &trust).outcome(), Outcome::Valid);
    let emptied = text.replace(part, &format!("{part}<part Id=\"P\"><sum>900</sum></part>"));
    is(&emptied, &[Reason::DoubledId]);
    is(&text.replace(part, &format!("{part}<x ID=\"P\"/>")), &[Reason::DoubledId]);
    is(&text.replace(part, ""), &[Reason::ContentChanged]);
    is(&text.replace(part, "<part Id=\"P\"><sum>100</sum><sum>900</sum></part>"), &[Reason::ContentChanged]);
    // A second root is no document at all.
    is(&format!("{text}<doc/>"), &[Reason::Malformed]);
    is(&format!("{text}900"), &[Reason::Malformed]);
}

#[test]
fn several_signatures_in_one_document() {
    let bench = family();
    let trust = trust(&bench, "ca.pem");
    let own = enveloped("enveloped-signature");
    let first = template(C14N, &format!("{MORE}rsa-sha256"), SHA256, "", &[&own]);
    let once = signed(&bench, "rsa", &DOCUMENT.replace("SIGNATURE", &first));
    let second = template(C14N, &format!("{MORE}ecdsa-sha256"), SHA256, "", &[&own]);
    // xmlsec1 signs the first signature that it finds: the new one is put before the other, then behind it.
    let twice = once.replacen("<Signature", &format!("{second}<Signature"), 1);
    let twice = signed(&bench, "p256", &twice);
    let (from, to) = (twice.find("<Signature").unwrap(), twice.rfind("<Signature xmlns").unwrap());
    let new = twice[from..to].to_owned();
    let twice = twice.replacen(&new, "", 1).replace("</n:doc>", &format!("{new}</n:doc>"));
    let verdict = of(twice.as_bytes(), &trust);
    assert_eq!(verdict.all_reasons(), []);
    let covers: Vec<_> = verdict.signers.iter().map(|s| s.covers.clone()).collect();
    assert_eq!(covers, [Covers::Earlier, Covers::Whole]);
    let touched = twice.replace(">100<", ">900<");
    assert_eq!(of(touched.as_bytes(), &trust).outcome(), Outcome::NotValid);
    // What somebody carries along in a later signature was signed by nobody before.
    let carried = twice.replacen("</Signature></n:doc>", "<Object><more/></Object></Signature></n:doc>", 1);
    assert_eq!(of(carried.as_bytes(), &trust).all_reasons(), [Reason::PartOnly]);
}

#[test]
fn canonical_forms_are_those_of_libxml() {
    let bench = Bench::new();
    let mut documents: Vec<Vec<u8>> = [
        DOCUMENT.replace("SIGNATURE", "").as_str(),
        "<a/>",
        "<?p  q?><a>x</a><?r?><!-- c -->",
        "<a xmlns='urn:u'><b xmlns=''><c xmlns='urn:u'/><c/></b></a>",
        "<a xmlns:x='urn:1' xmlns:y='urn:2'><x:b xmlns:x='urn:1' y:q='1' x:q='2' q='3'/><b xmlns:x='urn:9'><x:c/></b></a>",
        "<a b=\"&quot;&lt;&amp;>'\t\n&#9;&#10;&#13;\">&gt;]]&gt;\r\n\r&#xD;</a>",
        "<a><![CDATA[ ]]]]><![CDATA[>]]><!-- a --> <b  > </b\n></a >",
        "<Ә ү='Қ'>\u{10348}</Ә>",
        "<a xml:space='preserve' xml:lang='ru'><b xml:lang='kk'/></a>",
        "<a xmlns:z='urn:u' xmlns:b='urn:v'><b:c z:b='1' b:a='2' c='3' a='4'/></a>",
    ]
    .iter()
    .map(|t| t.as_bytes().to_vec())
    .collect();
    let cp1251 =
        b"<?xml version='1.0' encoding='windows-1251'?><a b='\xB9'>\xCF\xF0\xE8\xE2\xE5\xF2 \xA8</a>"
            .to_vec();
    let wide: Vec<u8> = "\u{FEFF}<?xml version='1.0' encoding='UTF-16'?>\r\n<a>Сәлем №</a>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    documents.extend([cp1251, wide, b"\xEF\xBB\xBF<a>\r\n</a>".to_vec()]);
    // Many more, by chance: names, prefixes, declarations and text in every order.
    let mut seed = 20_261_122u64;
    let mut next = |most: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % most
    };
    for _ in 0..120 {
        let mut text = String::from("<r xmlns:a='urn:1' xmlns:b='urn:2' xmlns:c='urn:3'>");
        let mut open = vec![String::from("r")];
        for _ in 0..30 {
            match next(6) {
                0 | 1 => {
                    let prefix = ["", "a:", "b:", "c:"][next(4) as usize];
                    let name = format!("{prefix}e{}", next(3));
                    text += &format!("<{name}");
                    let mut used = vec![];
                    for _ in 0..next(4) {
                        let attribute = ["a:x", "b:x", "x", "y", "xml:lang", "xmlns:a", "xmlns:b", "xmlns"]
                            [next(8) as usize];
                        if !used.contains(&attribute) {
                            used.push(attribute);
                            let value = if attribute.starts_with("xmlns") {
                                ["urn:1", "urn:5"][next(2) as usize]
                            } else {
                                "v&#10;&lt;"
                            };
                            text += &format!(" {attribute}='{value}'");
                        }
                    }
                    text += ">";
                    open.push(name);
                }
                2 if open.len() > 1 => text += &format!("</{}>", open.pop().unwrap()),
                3 => text += "т&amp;\r\n",
                4 => text += "<!-- c -->",
                _ => text += "<?pi x?>",
            }
        }
        while let Some(name) = open.pop() {
            text += &format!("</{name}>");
        }
        // Two prefixes of one namespace may make one attribute twice: no document then.
        if xml::parsed(text.as_bytes(), |_| ()).is_ok() {
            documents.push(text.into_bytes());
        }
    }
    assert!(documents.len() > 80, "{}", documents.len());
    for document in &documents {
        bench.write("d.xml", document);
        for (option, exclusive) in [("--c14n", false), ("--exc-c14n", true)] {
            let theirs = tool(&bench, "xmllint", &[option, "d.xml"]).stdout;
            let method = c14n::Method { exclusive, comments: true, ..Default::default() };
            let ours = xml::parsed(document, |d| c14n::canonical(d.root(), &method, &[])).unwrap();
            let show = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
            assert_eq!(show(&ours), show(&theirs), "{option} of {}", show(document));
        }
    }
}
