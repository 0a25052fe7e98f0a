//! What is fuzzed: each kind of file that a stranger may bring, and what is done with it. Where only a signed file is
//! looked into, it is signed anew after the change.

use std::path::Path;
use std::sync::Arc;

use coset::{CoseSign1, TaggedCborSerializable};
use p256::ecdsa::signature::Signer;
use p256::pkcs8::DecodePrivateKey;
use tereze::clock::{Confidence, Moment, Reading};
use tereze::private::Secret;
use tereze::seal::keyset::{self, Keyset, SigningKey};
use tereze::seal::visitor::VisitorSecret;
use tereze::seal::{base45, envelope, history, receipt, reply};
use tereze::sign::certificate::Certificate;
use tereze::sign::crl::Crl;
use tereze::sign::keyfile::{self, KeyFileError};
use tereze::sign::ocsp::Answer;
use tereze::sign::path::{Purpose, Rules};
use tereze::sign::policy::Demand;
use tereze::sign::revocation::{Evidence, Need};
use tereze::sign::smime::Mail;
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::verdict::Outcome;
use tereze::sign::{self, Question, extend, oid, xml};
use zeroize::Zeroizing;

use crate::der::tlv;
use crate::documents;

/// The middle of every seed's term.
pub const NOON: Moment = Moment(1_900_000_000);

pub struct Bench {
    pub trust: Trust,
    authority: Certificate,
    leaf: Certificate,
    key: p256::ecdsa::SigningKey,
    cms: Vec<u8>,
    root: [u8; 32],
    keyset: Keyset,
}

/// A seed, its bytes, and what is done with a changed one. `true`: it was taken for good.
pub struct Target {
    pub name: &'static str,
    pub seeds: &'static [&'static str],
    pub act: fn(&Bench, &[u8]) -> bool,
    /// Bytes that an act may hold at once, beside 64 for each byte of its input.
    pub memory: usize,
}

/// What the allocator keeps beside what it was asked for is in it.
const FEW: usize = 8 << 20;

pub const ALL: &[Target] = &[
    Target {
        name: "certificate",
        seeds: &["fuzz/one.der", "fuzz/ca.der", "fuzz/tsa.der"],
        act: certificate,
        memory: FEW,
    },
    Target {
        name: "certificate, signed",
        seeds: &["fuzz/one.der", "fuzz/ca.der", "fuzz/tsa.der"],
        act: issued,
        memory: FEW,
    },
    Target { name: "CRL", seeds: &["fuzz/crl.der"], act: crl, memory: FEW },
    Target { name: "CRL, signed", seeds: &["fuzz/crl.der"], act: listed, memory: FEW },
    Target { name: "OCSP", seeds: &["fuzz/ocsp.der"], act: ocsp, memory: FEW },
    Target {
        name: "CMS",
        seeds: &["fuzz/cms.der", "fuzz/gost.der", "fuzz/token.der"],
        act: cms,
        memory: FEW,
    },
    Target { name: "TSP", seeds: &["fuzz/token.der"], act: stamp, memory: FEW },
    Target { name: "S/MIME", seeds: &["fuzz/mail.eml"], act: mail, memory: FEW },
    Target { name: "XML", seeds: &["fuzz/signed.xml"], act: document, memory: 4 * FEW },
    Target { name: "p12", seeds: &["fuzz/key.p12", "fuzz/old.p12"], act: key_file, memory: FEW },
    Target {
        name: "COSE",
        seeds: &["compat/v1/keyset.cose", "compat/v1/receipt.cose", "compat/v1/notice.cose"],
        act: cose,
        memory: FEW,
    },
    Target {
        name: "COSE, signed",
        seeds: &["compat/v1/keyset.cose", "compat/v1/receipt.cose", "compat/v1/notice.cose"],
        act: resigned,
        memory: FEW,
    },
    Target {
        name: "QR, base45",
        seeds: &["compat/v1/proof-qr.txt", "compat/v1/visitor-qr.txt"],
        act: scanned,
        memory: FEW,
    },
    Target {
        name: "PDF",
        seeds: &["fuzz/signed.pdf", "fuzz/packed.pdf"],
        act: documents::document_pdf,
        memory: 4 * FEW,
    },
    Target { name: "PDF, signed", seeds: &["fuzz/place.pdf"], act: documents::signed_pdf, memory: 4 * FEW },
    Target {
        name: "portal codes",
        seeds: &["fuzz/codes.txt"],
        act: documents::portal_codes,
        memory: 4 * FEW,
    },
    Target {
        name: "portal codes, packed",
        seeds: &["fuzz/codes.zip"],
        act: documents::packed_codes,
        memory: 4 * FEW,
    },
    // A compressed letter is as long as it says it is, up to the cap of every letter.
    Target {
        name: "envelope, reply",
        seeds: &["compat/v1/envelope.cbor", "compat/v1/reply.bin"],
        act: sealed,
        memory: 4 * FEW,
    },
];

pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

pub fn at() -> Reading {
    Reading { wall: NOON, confidence: Confidence::Plausible }
}

impl Bench {
    pub fn new() -> Self {
        let mut trust = Trust::new();
        trust.load(CITIZEN, &fixture("fuzz/ca.der")).unwrap();
        let root = SigningKey::from_seed(&Zeroizing::new([1; 32])).unwrap().public();
        let keyset = keyset::verify(&fixture("compat/v1/keyset.cose"), &root, at(), None).unwrap();
        let secret = p256::SecretKey::from_pkcs8_der(&fixture("fuzz/ca.pk8")).unwrap();
        Self {
            trust,
            authority: Certificate::from_der(&fixture("fuzz/ca.der")).unwrap(),
            leaf: Certificate::from_der(&fixture("fuzz/one.der")).unwrap(),
            key: secret.into(),
            cms: fixture("fuzz/cms.der"),
            root,
            keyset,
        }
    }

    /// A signed structure whose first element is `inner`.
    fn signed(&self, inner: &[u8], rest: &[&[u8]]) -> Vec<u8> {
        let algorithm = tlv(0x30, &[&tlv(6, &[oid::ECDSA_SHA256.as_bytes()])]);
        let signature: p256::ecdsa::DerSignature = self.key.sign(inner);
        let signature = tlv(3, &[&[0], signature.as_bytes()]);
        tlv(0x30, &[&[inner, &algorithm, &signature], rest].concat())
    }

    fn judged(&self, certificate: &Certificate, evidence: &Evidence) -> bool {
        let rules = Rules { purpose: Purpose::Any, policies: Demand::NONE, profile: true, between: None };
        let extra = [self.authority.clone(), self.leaf.clone()];
        let question =
            Question { extra: &extra, rules: &rules, evidence, ..Question::new(&self.trust, at()) };
        sign::verify_certificate(certificate, &question).outcome() == Outcome::Valid
    }
}

/// The first element inside of a SEQUENCE, where it still is one.
fn first(der: &[u8]) -> Option<&[u8]> {
    let any = ::der::asn1::AnyRef::try_from(der).ok()?;
    let mut reader = ::der::SliceReader::new(any.value()).ok()?;
    ::der::Reader::tlv_bytes(&mut reader).ok()
}

fn certificate(bench: &Bench, bytes: &[u8]) -> bool {
    let Ok(certificate) = Certificate::from_der(bytes) else { return false };
    let _ = (
        certificate.owner(),
        certificate.body(),
        certificate.post(),
        certificate.key_kind(),
        certificate.key_id(),
    );
    let _ =
        (certificate.serial_hex(), certificate.to_pem(), certificate.practice(), certificate.issuer_title());
    bench.judged(&certificate, &Evidence::NONE)
}

fn issued(bench: &Bench, bytes: &[u8]) -> bool {
    let signed = first(bytes).map(|tbs| bench.signed(tbs, &[]));
    signed.is_some_and(|der| certificate(bench, &der))
}

fn crl(bench: &Bench, bytes: &[u8]) -> bool {
    let Some(list) = Crl::read(bytes) else { return false };
    let _ = list.find(&bench.leaf);
    let evidence = Evidence { lists: vec![Arc::new(list)], need: Need::Signer, ..Evidence::default() };
    bench.judged(&bench.leaf, &evidence)
}

fn listed(bench: &Bench, bytes: &[u8]) -> bool {
    first(bytes).is_some_and(|tbs| crl(bench, &bench.signed(tbs, &[])))
}

fn ocsp(bench: &Bench, bytes: &[u8]) -> bool {
    let Some(answer) = Answer::read(bytes) else { return false };
    let evidence = Evidence { answers: vec![answer], need: Need::Signer, ..Evidence::default() };
    bench.judged(&bench.leaf, &evidence)
}

fn cms(bench: &Bench, bytes: &[u8]) -> bool {
    sign::judge(bytes, &Question::new(&bench.trust, at())).is_valid()
}

fn stamp(bench: &Bench, bytes: &[u8]) -> bool {
    extend::with_unsigned(&bench.cms, 0, oid::TIMESTAMP_TOKEN, bytes).is_some_and(|file| cms(bench, &file))
}

fn mail(bench: &Bench, bytes: &[u8]) -> bool {
    let Some(mail) = Mail::read(bytes) else { return false };
    let content = mail.canonical();
    let content = content.as_ref().map(|c| c.as_slice());
    sign::judge(&mail.cms, &Question { content, ..Question::new(&bench.trust, at()) }).is_valid()
}

pub fn document(bench: &Bench, bytes: &[u8]) -> bool {
    xml::judge(bytes, &Question::new(&bench.trust, at())).is_valid()
}

fn key_file(_: &Bench, bytes: &[u8]) -> bool {
    // A kiosk lets a key file reckon for seconds; here for some tens of thousands of rounds.
    let left = std::cell::Cell::new(16);
    let go_on = || {
        left.set(left.get() - 1);
        if left.get() > 0 { Ok(()) } else { Err(KeyFileError::TooSlow) }
    };
    keyfile::open(bytes, Secret::from_vec(b"Qwerty12".to_vec()), &go_on).is_ok()
}

fn cose(bench: &Bench, bytes: &[u8]) -> bool {
    let set = keyset::verify(bytes, &bench.root, at(), None).is_ok();
    let receipt = receipt::verify_receipt(bytes, &bench.keyset).is_ok();
    let notice = receipt::verify_notice(bytes, &bench.keyset).is_ok();
    let _ = history::read_event(bytes);
    let history = history::verify_history(bytes, &bench.keyset).is_ok();
    let extract = history::verify_extract(bytes, &bench.keyset).is_ok();
    [set, receipt, notice, history, extract].contains(&true)
}

/// The payload changed, the whole signed anew by the deployment's own keys.
fn resigned(bench: &Bench, bytes: &[u8]) -> bool {
    let mut taken = false;
    for (seed, name) in [(1, "keyset"), (2, "receipt"), (2, "notice")] {
        let pair = ring::signature::Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let mut message = CoseSign1::from_tagged_slice(&fixture(&format!("compat/v1/{name}.cose"))).unwrap();
        message.payload = Some(bytes.to_vec());
        message.signature = pair.sign(&message.tbs_data(b"")).as_ref().to_vec();
        taken |= cose(bench, &message.to_tagged_vec().unwrap());
    }
    taken
}

fn scanned(bench: &Bench, bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let _ = base45::decode(&text);
    let receipt = receipt::from_proof_qr_text(text.trim());
    let receipt = receipt.is_some_and(|r| receipt::verify_receipt(&r, &bench.keyset).is_ok());
    receipt || VisitorSecret::from_qr_text(text.trim()).is_ok()
}

fn sealed(_: &Bench, bytes: &[u8]) -> bool {
    let key = envelope::OpenKey::from_seed(&Zeroizing::new([3; 32])).unwrap();
    let _ = envelope::peek(bytes);
    let visitor = VisitorSecret::from_bytes(Zeroizing::new([4; 32]));
    let reply = reply::open(&visitor.reply_key(), &visitor.lookup_id(), bytes).is_ok();
    envelope::open(bytes, &[key]).is_ok() || reply
}
