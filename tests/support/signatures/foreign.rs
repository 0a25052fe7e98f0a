//! What other programs make that this one meets rarely: large curves with short hashes, files that hold a signature out of
//! sight, texts that only begin like something else, a trusted certificate that is nobody's authority.

use tereze::sign::file::{self, Container, Judged};
use tereze::sign::trust::Trust;
use tereze::sign::verdict::{Outcome, Reason, Verdict};
use tereze::sign::{Question, judge, verify};

use crate::commands::tereze as command;
use crate::openssl::{Bench, ISSUES, KeyType, SIGNS};
use crate::xml::{C14N, DS, EXCLUSIVE, MORE, SHA256, accepts, of, signed, template};
use crate::{LETTER, is, now, trust};

const C14N11: &str = "http://www.w3.org/2006/12/xml-c14n11";

fn family() -> Bench {
    let bench = Bench::new();
    bench.root("ca", KeyType::P521, ISSUES);
    bench.issued("p521", KeyType::P521, "ca", SIGNS);
    bench.issued("rsa", KeyType::Rsa(2048), "ca", SIGNS);
    bench
}

#[test]
fn p521_with_every_hash() {
    let bench = family();
    let trust = trust(&bench, "ca.pem");
    for hash in ["sha256", "sha384", "sha512"] {
        // The authority signed with SHA-256, which is shorter than half of its curve's field.
        let cms = bench.sign("p521", LETTER, &["-nodetach", "-cades", "-md", hash]);
        is(&verify(&cms, None, &trust, now()), Outcome::Valid, &[]);
        let bare = bench.sign("p521", LETTER, &["-nodetach", "-noattr", "-md", hash]);
        let judged = judge(&bare, &Question::new(&trust, now()));
        is(&judged, Outcome::Valid, &[]);
        let mut wrong = cms.clone();
        *wrong.last_mut().unwrap() ^= 1;
        is(&verify(&wrong, None, &trust, now()), Outcome::NotValid, &[Reason::SignatureWrong]);
    }
}

#[test]
fn xml_by_large_curves_and_the_later_canonical_form() {
    let bench = family();
    let trust = trust(&bench, "ca.pem");
    let document = |signature: &str| {
        format!(
            "<n:a xmlns:n=\"urn:a\" xml:lang=\"kk\" xml:id=\"x\"><to id=\"T1\">Asel</to>{signature}</n:a>"
        )
    };
    let enveloped = format!("{DS}enveloped-signature");
    for (signer, algorithm) in [("p521", "ecdsa-sha512"), ("p521", "ecdsa-sha256"), ("rsa", "rsa-sha256")] {
        for method in [C14N, EXCLUSIVE, C14N11] {
            for transforms in [&[enveloped.as_str()][..], &[&enveloped, method]] {
                let template = template(method, &format!("{MORE}{algorithm}"), SHA256, "", transforms);
                let text = signed(&bench, signer, &document(&template));
                assert!(accepts(&bench, &text));
                is(&of(text.as_bytes(), &trust), Outcome::Valid, &[]);
                let changed = text.replace("Asel", "Asem");
                is(&of(changed.as_bytes(), &trust), Outcome::NotValid, &[Reason::ContentChanged]);
            }
        }
    }
    // One element, with what the elements above hand down to it: language, and by the first version the id too.
    let by_id = template(C14N11, &format!("{MORE}rsa-sha256"), SHA256, "#T1", &[C14N11]);
    let text = signed(&bench, "rsa", &document(&by_id));
    let judged = of(text.as_bytes(), &trust);
    assert!(!judged.all_reasons().contains(&Reason::ContentChanged), "{:?}", judged.all_reasons());
    // Joining the addresses that stand above is left to others.
    let based = document(&by_id).replace("xml:lang", "xml:base=\"http://a.kz/\" xml:lang");
    let text = signed(&bench, "rsa", &based);
    is(&of(text.as_bytes(), &trust), Outcome::CouldNotCheck, &[Reason::Transform]);
}

fn file(bytes: &[u8]) -> (Container, Verdict) {
    match file::judge(bytes, &Question::new(&Trust::new(), now())) {
        Judged::Signature(container, verdict) => (container, *verdict),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_hides_its_content_is_told_from_what_is_no_signature() {
    let bench = family();
    bench.write("doc", LETTER);
    let make = |arguments: &[&str]| {
        bench.must(
            &[&["cms"], arguments, &["-binary", "-in", "doc", "-outform", "DER", "-out", "out"]].concat(),
        );
        bench.read("out")
    };
    let sealed = make(&["-encrypt", "-recip", "rsa.pem", "-aes128"]);
    is(&file(&sealed).1, Outcome::CouldNotCheck, &[Reason::Sealed]);
    bench.must(&[
        "cms", "-encrypt", "-stream", "-binary", "-in", "doc", "-outform", "DER", "-out", "ber", "rsa.pem",
    ]);
    is(&file(&bench.read("ber")).1, Outcome::CouldNotCheck, &[Reason::Sealed]);
    bench.must(&["cms", "-encrypt", "-in", "doc", "-out", "mail", "rsa.pem"]);
    let (container, verdict) = file(&bench.read("mail"));
    assert_eq!(container, Container::Mail);
    is(&verdict, Outcome::CouldNotCheck, &[Reason::Sealed]);
    let key = "000102030405060708090a0b0c0d0e0f";
    let locked = make(&["-EncryptedData_encrypt", "-secretkey", key, "-aes128"]);
    is(&file(&locked).1, Outcome::CouldNotCheck, &[Reason::Sealed]);
    // CompressedData (RFC 3274), by its head: not every OpenSSL is made with zlib.
    let packed = hex::decode("301c060b2a864886f70d0109100109a00d300b020100300d060b2a8648").unwrap();
    is(&file(&packed).1, Outcome::CouldNotCheck, &[Reason::Packed]);
    // An archive, as ASiC containers and office documents are.
    let (container, verdict) = file(b"PK\x03\x04\x0a\0\0\0\0\0");
    assert_eq!(container, Container::Archive);
    is(&verdict, Outcome::CouldNotCheck, &[Reason::Packed]);
    for nothing in [&make(&["-data_create"])[..], &make(&["-digest_create"]), b"", b"\x30", b"PK"] {
        is(&file(nothing).1, Outcome::CouldNotCheck, &[Reason::NoSignature]);
    }
    // A letter is refused, whatever it hides.
    is(&verify(&sealed, None, &Trust::new(), now()), Outcome::NotValid, &[Reason::Malformed]);
}

#[test]
fn a_text_in_kazakh_is_no_receipt() {
    let bench = Bench::new();
    // Their first byte is the one that receipts begin with.
    for text in ["Қала әкіміне", "Ғылым", "Үй", "ү", "Ұлы", "Һ"] {
        bench.write("text.txt", text.as_bytes());
        let out = command(&bench, &["verify", "text.txt", "--json"], "");
        let found: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
        assert_eq!((&found["kind"], &found["verdict"]), (&"signature".into(), &"could-not-check".into()));
        assert_eq!(found["reasons"][0]["code"], "sign.no-signature", "{text}");
    }
}

/// `--ca` is its giver's word: a certificate named there is trusted as it stands, and issues only what it may.
#[test]
fn a_trusted_certificate_that_is_no_authority() {
    let bench = Bench::new();
    bench.root("own", KeyType::P256, SIGNS);
    bench.issued("child", KeyType::P256, "own", SIGNS);
    for (signer, code, reason) in [("own", 0, None), ("child", 1, Some("sign.not-an-authority"))] {
        let cms = bench.sign(signer, LETTER, &["-nodetach", "-cades"]);
        bench.write("letter.cms", &cms);
        let out = command(&bench, &["verify", "letter.cms", "--ca", "own.pem", "--json"], "");
        let found: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
        assert_eq!(out.status.code(), Some(code), "{found}");
        assert_eq!(found["reasons"][0]["code"].as_str(), reason);
    }
    bench.write("junk.pem", b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
    let out = command(&bench, &["verify", "letter.cms", "--ca", "junk.pem"], "");
    assert_eq!(out.status.code(), Some(66));
}

#[test]
fn what_is_no_file_of_a_size_to_read() {
    let bench = Bench::new();
    bench.write("empty", b"");
    std::fs::create_dir(bench.path("folder")).unwrap();
    // A hole of a terabyte: read as far as its cap it would still take a minute.
    std::fs::File::create(bench.path("hole")).unwrap().set_len(1 << 40).unwrap();
    for (name, code) in [("empty", 2), ("folder", 66), ("hole", 66), ("nothing", 66)] {
        for arguments in [&["verify", name][..], &["verify", "--chain", name, "--ca", name, "--json"]] {
            let out = command(&bench, arguments, "");
            assert_eq!(out.status.code(), Some(code), "{arguments:?}");
            assert!(!out.stdout.is_empty() || !out.stderr.is_empty());
        }
    }
}
