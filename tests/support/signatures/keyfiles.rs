//! Key files made by OpenSSL, opened here in every way that it locks them; what they sign is judged
//! by it and by ourselves.

use std::cell::Cell;

use der::{AnyRef, Decode, Reader as _, SliceReader};
use tereze::clock::{Confidence, Moment, Reading};
use tereze::private::Secret;
use tereze::sign::cades::Builder;
use tereze::sign::keyfile::{Entry, KeyFileError, open};
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::verify;

use crate::openssl::{Bench, ISSUES, KeyType, SIGNS};
use crate::{LETTER, family, gost, now};

/// Letters of three alphabets, and one outside the basic plane.
const PASSWORD: &str = "Құпия-Ъ x1🔑";

pub fn opened(file: &[u8], password: &str) -> Result<Vec<Entry>, KeyFileError> {
    open(file, Secret::from_vec(password.as_bytes().to_vec()), &|| Ok(()))
}

/// `NAME.p12` with `NAME.key` and `NAME.pem`.
fn pack(bench: &Bench, name: &str, password: &str, more: &[&str]) -> Vec<u8> {
    let (key, pem, out) = (format!("{name}.key"), format!("{name}.pem"), format!("{name}.p12"));
    let pass = format!("pass:{password}");
    let usual = ["pkcs12", "-export", "-inkey", &key, "-in", &pem, "-passout", &pass, "-out", &out];
    bench.must(&[&usual[..], more].concat());
    bench.read(&out)
}

/// What `entry` signs, attached or detached.
pub fn signed(entry: &Entry, detached: bool, at: Moment) -> Vec<u8> {
    let mut builder = Builder::new(entry.certificate.der(), LETTER, at).unwrap();
    if detached {
        builder = builder.detached();
    }
    for above in entry.authorities() {
        builder = builder.with_intermediate(above.clone());
    }
    builder.prepare().unwrap().sign_with(&entry.key).unwrap()
}

#[test]
fn every_lock_that_openssl_has_opens_with_the_password_alone() {
    let bench = family();
    let locks: [&[&str]; 9] = [
        &["-legacy", "-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-RC2-40"],
        &["-legacy", "-keypbe", "PBE-SHA1-RC2-128", "-certpbe", "PBE-SHA1-2DES", "-iter", "1"],
        &["-keypbe", "AES-256-CBC", "-certpbe", "AES-128-CBC", "-macalg", "sha256"],
        &["-keypbe", "DES-EDE3-CBC", "-certpbe", "AES-192-CBC", "-macalg", "sha512", "-iter", "4000"],
        &["-macalg", "sha384"],
        &["-macalg", "sha1", "-nomaciter"],
        &["-nomac"],
        &["-keypbe", "NONE", "-certpbe", "NONE"],
        &["-certpbe", "NONE", "-name", "Қол қою"],
    ];
    for lock in locks {
        let file = pack(&bench, "p256", PASSWORD, lock);
        let entries = opened(&file, PASSWORD).unwrap_or_else(|e| panic!("{lock:?}: {e}"));
        assert_eq!(entries.len(), 1, "{lock:?}");
        assert!(entries[0].may_sign(now()).is_ok());
        let named = lock.contains(&"-name").then_some("Қол қою");
        assert_eq!(entries[0].alias.as_deref(), named);
        let wrong = opened(&file, "құпия").map(|_| ());
        assert_eq!(wrong, Err(KeyFileError::WrongPassword), "{lock:?}");
    }
}

#[test]
fn an_empty_password_opens_what_it_locked() {
    let bench = family();
    let file = pack(&bench, "p384", "", &[]);
    assert_eq!(opened(&file, "").unwrap().len(), 1);
    assert!(opened(&file, "x").is_err());
}

#[test]
fn openssl_accepts_what_key_files_sign() {
    let bench = family();
    for (name, bits) in [("rsa3", 3072), ("rsa4", 4096)] {
        bench.issued(name, KeyType::Rsa(bits), "ca", SIGNS);
    }
    let mut trust = Trust::new();
    trust.load(CITIZEN, &bench.read("ca.pem")).unwrap();
    for name in ["rsa", "rsa3", "rsa4", "p256", "p384"] {
        let entries = opened(&pack(&bench, name, PASSWORD, &[]), PASSWORD).unwrap();
        for detached in [false, true] {
            let cms = signed(&entries[0], detached, now().wall);
            let content = detached.then_some(LETTER);
            assert!(bench.accepts(&cms, content, &bench.path("ca.pem")), "{name}");
            assert_eq!(bench.read("content.out"), LETTER);
            let verdict = verify(&cms, content, &trust, now());
            assert!(verdict.is_valid(), "{name}: {:?}", verdict.all_reasons());
        }
    }
}

#[test]
fn gost_keys_sign_what_the_engine_accepts() {
    let Some(bench) = gost::bench() else { return };
    for (algorithm, set) in gost::KINDS {
        gost::family(&bench, algorithm, set);
        gost::must(
            &bench,
            &[
                "pkcs12",
                "-export",
                "-inkey",
                "one.key",
                "-in",
                "one.pem",
                "-keypbe",
                "PBE-SHA1-3DES",
                "-certpbe",
                "PBE-SHA1-3DES",
                "-macalg",
                "sha1",
                "-passout",
                "pass:x",
                "-out",
                "one.p12",
            ],
        );
        let entries = opened(&bench.read("one.p12"), "x").unwrap();
        let mut trust = Trust::new();
        trust.load(CITIZEN, &bench.read("ca.pem")).unwrap();
        for detached in [false, true] {
            let cms = signed(&entries[0], detached, now().wall);
            let content = detached.then_some(LETTER);
            let verdict = verify(&cms, content, &trust, now());
            assert!(verdict.is_valid(), "{algorithm} {set}: {:?}", verdict.all_reasons());
            bench.write("judged", &cms);
            bench.write("content", LETTER);
            let mut arguments =
                vec!["cms", "-verify", "-binary", "-inform", "DER", "-in", "judged", "-CAfile"];
            arguments.extend(["ca.pem", "-purpose", "any", "-cades", "-out", "content.out"]);
            if detached {
                arguments.extend(["-content", "content"]);
            }
            gost::must(&bench, &arguments);
            assert_eq!(bench.read("content.out"), LETTER);
            bench.write("content", b"another");
            if detached {
                assert!(!gost::gost(&bench, &arguments).status.success());
            }
        }
    }
}

/// The parts of both files in one: OpenSSL packs one key a file.
fn two_in_one(one: &[u8], other: &[u8]) -> Vec<u8> {
    fn parts(file: &[u8]) -> Vec<u8> {
        let mut inside = file.to_vec();
        // PFX, then its second field ContentInfo, then [0], OCTET STRING, SEQUENCE OF ContentInfo.
        for (skip, _) in [(1, "PFX"), (1, "ContentInfo"), (0, "[0]"), (0, "OCTET STRING")] {
            let value = AnyRef::from_der(&inside).unwrap().value();
            let mut reader = SliceReader::new(value).unwrap();
            (0..skip).for_each(|_| assert!(reader.tlv_bytes().is_ok()));
            inside = reader.tlv_bytes().unwrap().to_vec();
        }
        AnyRef::from_der(&inside).unwrap().value().to_vec()
    }
    let tlv = |tag: u8, value: &[u8]| -> Vec<u8> {
        let length = u16::try_from(value.len()).unwrap().to_be_bytes();
        [&[tag, 0x82, length[0], length[1]], value].concat()
    };
    let safe = tlv(4, &tlv(0x30, &[parts(one), parts(other)].concat()));
    let data = hex::decode("06092a864886f70d010701").unwrap();
    let info = tlv(0x30, &[data, tlv(0xa0, &safe)].concat());
    tlv(0x30, &[vec![2, 1, 3], info].concat())
}

#[test]
fn of_several_keys_the_one_for_signing_stands_first() {
    let bench = Bench::new();
    bench.root("ca", KeyType::P384, ISSUES);
    let only = |eku: &str| format!("{SIGNS}extendedKeyUsage={eku}\n");
    bench.issued("login", KeyType::P256, "ca", &only("clientAuth"));
    bench.issued("sign", KeyType::P256, "ca", &only("emailProtection"));
    let login = opened(&pack(&bench, "login", "x", &["-name", "login"]), "x").unwrap();
    assert_eq!(login[0].may_sign(now()), Err(KeyFileError::LoginOnly));
    assert!(login[0].may_log_in(now()).is_ok() && login[0].is_for_login_alone());
    let pack = |name| pack(&bench, name, "x", &["-nomac"]);
    let entries = opened(&two_in_one(&pack("login"), &pack("sign")), "x").unwrap();
    assert_eq!(entries.len(), 2);
    assert!(entries[0].may_sign(now()).is_ok());
    assert_eq!(entries[1].may_sign(now()), Err(KeyFileError::LoginOnly));
    assert!(entries[0].may_log_in(now()).is_ok() && !entries[0].is_for_login_alone());
}

#[test]
fn terms_are_looked_at_and_a_key_without_its_certificate_is_no_use() {
    let bench = family();
    let entries = opened(&pack(&bench, "p256", "x", &[]), "x").unwrap();
    let at = |wall: Moment| Reading { wall, confidence: Confidence::Plausible };
    let certificate = &entries[0].certificate;
    let late = at(certificate.not_after().plus(1));
    assert_eq!(entries[0].may_sign(late), Err(KeyFileError::Expired));
    let early = at(certificate.not_before().plus(-1));
    assert_eq!(entries[0].may_sign(early), Err(KeyFileError::NotYetValid));
    let alone = pack(&bench, "p256", "x", &["-nocerts"]);
    assert_eq!(opened(&alone, "x").map(|_| ()), Err(KeyFileError::NoCertificate));
    let keyless = pack(&bench, "p256", "x", &["-nokeys"]);
    assert_eq!(opened(&keyless, "x").map(|_| ()), Err(KeyFileError::NoKey));
    bench.must(&["genpkey", "-algorithm", "ED25519", "-out", "ed.key"]);
    let request = ["req", "-new", "-x509", "-key", "ed.key", "-subj", "/CN=x", "-out", "ed.pem"];
    bench.must(&request);
    let strange = pack(&bench, "ed", "x", &[]);
    assert_eq!(opened(&strange, "x").map(|_| ()), Err(KeyFileError::KeyKind));
}

#[test]
fn a_file_that_asks_for_endless_work_can_be_stopped() {
    let bench = family();
    let file = pack(&bench, "p256", "x", &["-iter", "2000000", "-macalg", "sha256"]);
    let asked = Cell::new(0);
    let stop = || {
        asked.set(asked.get() + 1);
        if asked.get() < 3 { Ok(()) } else { Err(KeyFileError::Cancelled) }
    };
    let stopped = open(&file, Secret::from_vec(b"x".to_vec()), &stop).map(|_| ());
    assert_eq!((stopped, asked.get()), (Err(KeyFileError::Cancelled), 3));
}
