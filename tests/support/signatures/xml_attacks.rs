//! XML signatures by algorithms that xmlsec1 does not make, XAdES-BES, and every way known to wrap, move or bend a signed
//! document so that something else than what was signed is read.

use tereze::sign::algorithm::Hash;
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::verdict::{Covers, Format, Outcome, Reason};

use crate::gost;
use crate::openssl::Bench;
use crate::xml::{C14N, DS, EXCLUSIVE, MORE, SHA256, of, signed, template, tool};
use crate::{family, trust};

const ETSI: &str = "http://uri.etsi.org/01903/v1.3.2#";

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// `text` (canonical already, one element without namespaces) with an enveloped signature as its last child: by these
/// addresses, hashed by `hash`, its value made by `sign`.
fn by_hand(
    text: &str,
    [signature, digest]: [&str; 2],
    hash: Hash,
    certificate: &[u8],
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> String {
    let (start, end) = text.rsplit_once("</").unwrap();
    let transform = format!("<ds:Transform Algorithm=\"{DS}enveloped-signature\"></ds:Transform>");
    let inner = format!(
        "<ds:CanonicalizationMethod Algorithm=\"{C14N}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"{signature}\"></ds:SignatureMethod><ds:Reference URI=\"\">\
         <ds:Transforms>{transform}</ds:Transforms><ds:DigestMethod Algorithm=\"{digest}\"></ds:DigestMethod>\
         <ds:DigestValue>{}</ds:DigestValue></ds:Reference>",
        base64(&hash.digest(text.as_bytes()))
    );
    let info = format!("<ds:SignedInfo xmlns:ds=\"{DS}\">{inner}</ds:SignedInfo>");
    let (value, certificate) = (base64(&sign(info.as_bytes())), base64(certificate));
    format!(
        "{start}<ds:Signature xmlns:ds=\"{DS}\"><ds:SignedInfo>{inner}</ds:SignedInfo>\
         <ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>\
         <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature></{end}"
    )
}

fn der(bench: &Bench, name: &str) -> Vec<u8> {
    let blocks = tereze::sign::pem::blocks(&bench.read(name), &["CERTIFICATE"]).unwrap();
    blocks[0].der.to_vec()
}

#[test]
fn rsa_pss_with_a_salt_as_long_as_its_hash() {
    let bench = family();
    let trust = trust(&bench, "ca.pem");
    let more = "http://www.w3.org/2007/05/xmldsig-more#";
    let xmlenc = "http://www.w3.org/2001/04/xmlenc#";
    for (name, digest, hash, salt) in [
        ("sha256", format!("{xmlenc}sha256"), Hash::Sha256, "32"),
        ("sha384", format!("{MORE}sha384"), Hash::Sha384, "48"),
        ("sha512", format!("{xmlenc}sha512"), Hash::Sha512, "64"),
    ] {
        let address = format!("{more}{name}-rsa-MGF1");
        let made = |salt: &str| {
            by_hand(
                "<root><a>1</a>мәтін</root>",
                [&address, &digest],
                hash,
                &der(&bench, "rsa.pem"),
                |info| {
                    bench.write("info", info);
                    let (hash, salt) = (format!("-{name}"), format!("rsa_pss_saltlen:{salt}"));
                    let padding = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", &salt];
                    let usual = ["dgst", &hash, "-sign", "rsa.key", "-out", "value", "info"];
                    bench.must(&[&usual[..6], &padding[..], &usual[6..]].concat()[..]);
                    bench.read("value")
                },
            )
        };
        let text = made(salt);
        assert_eq!(of(text.as_bytes(), &trust).all_reasons(), [], "{name}");
        let touched = text.replace(">1<", ">9<");
        assert_eq!(of(touched.as_bytes(), &trust).all_reasons(), [Reason::ContentChanged]);
        // Another salt than RFC 9231 §2.3.10 gives, and another padding than the address says.
        assert_eq!(of(made("20").as_bytes(), &trust).all_reasons(), [Reason::SignatureWrong]);
        let other = text.replace(&address, &format!("{MORE}rsa-{name}"));
        assert_eq!(of(other.as_bytes(), &trust).all_reasons(), [Reason::SignatureWrong]);
    }
}

#[test]
fn the_old_national_addresses() {
    let Some(bench) = gost::bench() else { return };
    gost::family(&bench, "gost2001", "A");
    let mut trust = Trust::new();
    trust.load(CITIZEN, &bench.read("ca.pem")).unwrap();
    let urn = "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:";
    let old = [format!("{MORE}gost34310-gost34311"), format!("{MORE}gost34311")];
    let newer = [format!("{urn}gostr34310-gostr34311"), format!("{urn}gostr34311")];
    for addresses in [old, newer] {
        let [signature, digest] = addresses.each_ref().map(String::as_str);
        // 34.311-95 has the test S-box, which the engine's hash does not: it signs the digest.
        let made = |hash: Hash| {
            by_hand("<root><a>1</a></root>", [signature, digest], hash, &der(&bench, "one.pem"), |info| {
                bench.write("digest", &hash.digest(info));
                gost::must(
                    &bench,
                    &["pkeyutl", "-sign", "-inkey", "one.key", "-in", "digest", "-out", "value"],
                );
                bench.read("value").into_iter().rev().collect()
            })
        };
        let text = made(Hash::Gost94Test);
        let verdict = of(text.as_bytes(), &trust);
        assert_eq!(verdict.all_reasons(), [], "{signature}");
        assert!(verdict.signers[0].preliminary);
        let touched = text.replace(">1<", ">2<");
        assert_eq!(of(touched.as_bytes(), &trust).all_reasons(), [Reason::ContentChanged]);
        // The international S-box under the national address is another hash.
        let other = of(made(Hash::Gost94CryptoPro).as_bytes(), &trust).all_reasons();
        assert_eq!(other, [Reason::ContentChanged, Reason::SignatureWrong]);
    }
}

/// A document with a XAdES-BES signature that names `named`, made by xmlsec1 with the key of `signer`.
fn xades(bench: &Bench, signer: &str, named: &str) -> String {
    let digest = base64(&Hash::Sha256.digest(&der(bench, &format!("{named}.pem"))));
    let certificate = format!(
        "<x:SigningCertificateV2><x:Cert><x:CertDigest><DigestMethod xmlns=\"{DS}\" Algorithm=\"{SHA256}\"/>\
         <DigestValue xmlns=\"{DS}\">{digest}</DigestValue></x:CertDigest></x:Cert></x:SigningCertificateV2>"
    );
    let properties = format!(
        "<x:QualifyingProperties xmlns:x=\"{ETSI}\" Target=\"#S\"><x:SignedProperties Id=\"SP\">\
         <x:SignedSignatureProperties><x:SigningTime>2026-11-22T09:00:00Z</x:SigningTime>{certificate}\
         </x:SignedSignatureProperties></x:SignedProperties></x:QualifyingProperties>"
    );
    let own = format!("{DS}enveloped-signature");
    let second = format!(
        "<Reference URI=\"#SP\" Type=\"http://uri.etsi.org/01903#SignedProperties\"><Transforms>\
         <Transform Algorithm=\"{EXCLUSIVE}\"/></Transforms><DigestMethod Algorithm=\"{SHA256}\"/>\
         <DigestValue></DigestValue></Reference></SignedInfo>"
    );
    let place = template(EXCLUSIVE, &format!("{MORE}rsa-sha256"), SHA256, "", &[&own, EXCLUSIVE])
        .replace("<Signature xmlns", "<Signature Id=\"S\" xmlns")
        .replace("</SignedInfo>", &second)
        .replace("</KeyInfo>", &format!("</KeyInfo><Object>{properties}</Object>"));
    bench.write("template.xml", format!("<doc><sum>100</sum>{place}</doc>").as_bytes());
    let keys = format!("{signer}.key,{signer}.pem");
    let id = format!("{ETSI}:SignedProperties");
    let ids = ["--id-attr:Id", &id];
    let usual = [&["--sign", "--privkey-pem", &keys][..], &ids, &["--output", "signed.xml", "template.xml"]];
    let out = tool(bench, "xmlsec1", &usual.concat());
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let check = [&["--verify", "--trusted-pem", "ca.pem"][..], &ids, &["signed.xml"]];
    assert!(tool(bench, "xmlsec1", &check.concat()).status.success());
    String::from_utf8(bench.read("signed.xml")).unwrap()
}

#[test]
fn xades_names_its_certificate_and_its_time() {
    let bench = family();
    let trust = trust(&bench, "ca.pem");
    let text = xades(&bench, "rsa", "rsa");
    let verdict = of(text.as_bytes(), &trust);
    assert_eq!(verdict.all_reasons(), []);
    let found = verdict.signer().unwrap();
    assert_eq!((found.format, &found.covers), (Some(Format::Xades), &Covers::Whole));
    assert_eq!(found.claimed_time.map(|t| t.rfc3339()).as_deref(), Some("2026-11-22T09:00:00Z"));
    // The key is hers, the certificate that is named is not.
    assert_eq!(of(xades(&bench, "rsa", "p256").as_bytes(), &trust).all_reasons(), [Reason::OtherCertificate]);
    for (from, to) in [("T09:00", "T10:00"), ("x:SigningTime>2026", "x:SigningTime>2025"), (">100<", ">900<")]
    {
        let touched = text.replacen(from, to, 1);
        assert_ne!(touched, text);
        assert_eq!(of(touched.as_bytes(), &trust).all_reasons()[0], Reason::ContentChanged, "{from}");
    }
    // Properties that nobody signed are nobody's word: not the time, not the certificate.
    let bare = text.replace("Id=\"SP\"", "Id=\"XX\"").replace("<sum>", "<SP Id=\"SP\"/><sum>");
    assert_ne!(of(bare.as_bytes(), &trust).outcome(), Outcome::Valid);
    let start = text.find("<x:QualifyingProperties").unwrap();
    let end = text.find("</x:QualifyingProperties>").unwrap() + "</x:QualifyingProperties>".len();
    let other = text[start..end].replace("2026-11-22", "2020-01-01").replace("Id=\"SP\"", "Id=\"S2\"");
    let doubled = text.replace("<x:QualifyingProperties", &format!("{other}<x:QualifyingProperties"));
    let verdict = of(doubled.as_bytes(), &trust);
    let claimed = verdict.signers[0].claimed_time.map(|t| t.rfc3339());
    assert_ne!(claimed.as_deref(), Some("2020-01-01T09:00:00Z"), "{:?}", verdict.all_reasons());
}

#[test]
fn no_wrapping_moves_a_signature_to_another_document() {
    let bench = family();
    let trust = trust(&bench, "ca.pem");
    let place = template(EXCLUSIVE, &format!("{MORE}rsa-sha256"), SHA256, "#P", &[EXCLUSIVE]);
    let text = signed(&bench, "rsa", &format!("<doc><part Id=\"P\"><sum>100</sum></part>{place}</doc>"));
    assert_eq!(of(text.as_bytes(), &trust).all_reasons(), []);
    let from = text.find("<Signature ").unwrap();
    let to = text.find("</Signature>").unwrap() + "</Signature>".len();
    let signature = &text[from..to];
    let part = "<part Id=\"P\"><sum>100</sum></part>";
    let evil = "<part Id=\"E\"><sum>900</sum></part>";
    let same = evil.replace("\"E\"", "\"P\"");
    let object =
        |inner: &str| signature.replace("</Signature>", &format!("<Object>{inner}</Object></Signature>"));
    let detached = |doc: &str| format!("<doc>{doc}</doc>");
    // The eight of J. Somorovsky and others, "On Breaking SAML: Be Whoever You Want to Be" (2012), and their like.
    let wrapped = [
        ("the original in the signature", detached(&format!("{evil}{}", object(part)))),
        (
            "the signature in the evil one",
            detached(&evil.replace("</part>", &format!("{signature}{part}</part>"))),
        ),
        ("the evil one before", detached(&format!("{evil}{part}{signature}"))),
        (
            "the original in the evil one",
            detached(&format!("{}{signature}", evil.replace("</part>", &format!("{part}</part>")))),
        ),
        (
            "the signature moved into the evil one",
            detached(&format!("{}{part}", evil.replace("</part>", &format!("{signature}</part>")))),
        ),
        ("the same id before", detached(&format!("{same}{}", object(part)))),
        ("the same id after", detached(&format!("{part}{same}{signature}"))),
        (
            "the original in another object, the same id outside",
            detached(&format!("{same}{signature}<w>{part}</w>")),
        ),
        ("the whole document in the signature", detached(&format!("{evil}{}", object(&detached(part))))),
        (
            "beside, in a namespace of its own",
            detached(
                &format!("{evil}<w xmlns=\"urn:w\" xmlns:o=\"\">{part}</w>{signature}")
                    .replace(" xmlns:o=\"\"", ""),
            ),
        ),
    ];
    for (name, doc) in &wrapped {
        let verdict = of(doc.as_bytes(), &trust);
        assert_ne!(verdict.outcome(), Outcome::Valid, "{name}: {doc}");
    }
    let changed = |from: &str, to: &str| {
        let out = text.replacen(from, to, 1);
        assert_ne!(out, text, "{from}");
        out
    };
    let transform = format!("<Transform Algorithm=\"{EXCLUSIVE}\"/>");
    let xpath = "<Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><XPath>self::sum</XPath></Transform>";
    let info = &text
        [text.find("<SignedInfo>").unwrap()..text.find("</SignedInfo>").unwrap() + "</SignedInfo>".len()];
    let bent = [
        ("another reference", changed("URI=\"#P\"", "URI=\"#E\"").replace(part, &format!("{evil}{part}"))),
        ("no reference", changed("URI=\"#P\"", "")),
        ("the whole", changed("URI=\"#P\"", "URI=\"\"")),
        ("elsewhere", changed("URI=\"#P\"", "URI=\"http://127.0.0.1/doc\"")),
        ("a file", changed("URI=\"#P\"", "URI=\"file:///etc/hostname\"")),
        ("a pointer", changed("URI=\"#P\"", "URI=\"#xpointer(id('P'))\"").replace(">100<", ">900<")),
        ("a path", changed(&transform, xpath)),
        (
            "a style sheet",
            changed(
                &transform,
                &format!("{transform}<Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"/>"),
            ),
        ),
        ("no transform", changed(&transform, "")),
        ("a shorter digest", changed("<DigestValue>", "<DigestValue></DigestValue><DigestValue>")),
        (
            "no digest",
            changed(
                &text[text.find("<DigestValue>").unwrap()..text.find("</DigestValue>").unwrap() + 14],
                "<DigestValue></DigestValue>",
            ),
        ),
        ("a shared secret", changed("rsa-sha256", "hmac-sha256")),
        ("two of what is signed", changed(info, &format!("{info}{info}")).replacen(">100<", ">900<", 1)),
        (
            "what is signed in an object",
            changed(info, &format!("{}<Object>{info}</Object>", info.replace("#P", "#E")))
                .replace(part, &format!("{evil}{part}")),
        ),
        ("an entity", format!("<!DOCTYPE doc [<!ENTITY e \"900\">]>{}", text.replacen(">100<", ">&e;<", 1))),
        ("a default attribute", format!("<!DOCTYPE doc [<!ATTLIST sum unit CDATA \"x\">]>{text}")),
    ];
    for (name, doc) in &bent {
        let verdict = of(doc.as_bytes(), &trust);
        assert_ne!(verdict.outcome(), Outcome::Valid, "{name}: {doc}");
    }
    // What is fetched or reckoned elsewhere is not called wrong: it was not looked at.
    for (name, reason) in
        [("elsewhere", Reason::Outside), ("a file", Reason::Outside), ("a path", Reason::Transform)]
    {
        let (_, doc) = bent.iter().find(|(n, _)| *n == name).unwrap();
        assert!(
            of(doc.as_bytes(), &trust).all_reasons().contains(&reason),
            "{name}: {:?}",
            of(doc.as_bytes(), &trust).all_reasons()
        );
    }
}
