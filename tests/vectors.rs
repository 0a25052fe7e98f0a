//! Project Wycheproof's vectors for the signature algorithms that are checked here: RSA PKCS#1 v1.5 and PSS, ECDSA over
//! P-256, P-384 and P-521. Each must come out as the project says; what it calls acceptable may come out either way.

#[path = "support/der.rs"]
mod der;

use std::collections::BTreeMap;

use ::der::Decode;
use der::tlv;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use tereze::sign::algorithm::{Check, check};
use wycheproof::{HashFunction, TestResult, ecdsa, rsa_pkcs1_verify, rsa_pss_verify};

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1];

/// The last octets of the algorithms' identifiers with a hash: RSA, ECDSA, the hash itself.
fn numbers(hash: &HashFunction) -> (u8, u8, u8) {
    match hash {
        HashFunction::Sha2_256 => (11, 2, 1),
        HashFunction::Sha2_384 => (12, 3, 2),
        HashFunction::Sha2_512 => (13, 4, 3),
        other => panic!("{other:?} is not asked for"),
    }
}

fn hash_algorithm(hash: &HashFunction) -> Vec<u8> {
    let id = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, numbers(hash).2];
    tlv(0x30, &[&tlv(6, &[&id]), &[5, 0]])
}

fn rsa(last: u8, parameters: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&tlv(6, &[RSA, &[last]]), parameters])
}

fn ecdsa_with(hash: &HashFunction) -> Vec<u8> {
    tlv(0x30, &[&tlv(6, &[&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, numbers(hash).1]])])
}

fn pss_with(hash: &HashFunction, mask: &HashFunction, salt: usize) -> Vec<u8> {
    let mask = rsa(8, &hash_algorithm(mask));
    let salt = tlv(2, &[&[u8::try_from(salt).unwrap()]]);
    let all = [tlv(0xa0, &[&hash_algorithm(hash)]), tlv(0xa1, &[&mask]), tlv(0xa2, &[&salt])];
    rsa(10, &tlv(0x30, &all.each_ref().map(Vec::as_slice)))
}

/// By what the project says: how many came out good, wrong and unsupported.
#[derive(Default)]
struct Tally {
    counts: BTreeMap<&'static str, [usize; 3]>,
    findings: Vec<String>,
}

impl Tally {
    fn judge(
        &mut self,
        of: &str,
        algorithm: &[u8],
        key: &[u8],
        message: &[u8],
        signature: &[u8],
        said: (usize, &TestResult),
    ) {
        let algorithm = AlgorithmIdentifierRef::from_der(algorithm).unwrap();
        let outcome = match SubjectPublicKeyInfoRef::from_der(key) {
            Ok(key) => check(algorithm, None, key, message, signature),
            Err(_) => Check::Unsupported,
        };
        let name = match said.1 {
            TestResult::Valid => "valid",
            TestResult::Invalid => "invalid",
            TestResult::Acceptable => "acceptable",
        };
        self.counts.entry(name).or_default()[outcome as usize] += 1;
        let wrong = match said.1 {
            TestResult::Valid => outcome != Check::Good,
            TestResult::Invalid => outcome == Check::Good,
            TestResult::Acceptable => false,
        };
        if wrong {
            self.findings.push(format!("{of} {}: {name}, and we say {outcome:?}", said.0));
        }
    }

    fn print(self, title: &str) {
        let [valid, invalid, acceptable] = ["valid", "invalid", "acceptable"].map(|n| {
            self.counts.get(n).map_or("0".into(), |[g, w, u]| {
                format!("{} ({g} good, {w} wrong, {u} not checked)", g + w + u)
            })
        });
        println!("{title}: valid {valid}, invalid {invalid}, acceptable {acceptable}");
        assert!(self.findings.is_empty(), "{}", self.findings.join("\n"));
        assert!(self.counts.contains_key("valid") && self.counts.contains_key("invalid"), "{title}");
    }
}

#[test]
fn ecdsa_vectors() {
    for (title, names) in [
        ("ECDSA P-256", &["ecdsa_secp256r1_sha256", "ecdsa_secp256r1_sha512"][..]),
        ("ECDSA P-384", &["ecdsa_secp384r1_sha256", "ecdsa_secp384r1_sha384", "ecdsa_secp384r1_sha512"]),
        ("ECDSA P-521", &["ecdsa_secp521r1_sha512"]),
    ] {
        let mut tally = Tally::default();
        for name in names {
            let set = ecdsa::TestSet::load(name.parse().unwrap()).unwrap();
            for group in set.test_groups {
                let algorithm = ecdsa_with(&group.hash);
                for one in &group.tests {
                    tally.judge(name, &algorithm, &group.der, &one.msg, &one.sig, (one.tc_id, &one.result));
                }
            }
        }
        tally.print(title);
    }
}

#[test]
fn rsa_pkcs1_vectors() {
    let mut tally = Tally::default();
    for size in [2048, 3072, 4096, 8192] {
        for hash in [256, 384, 512] {
            let name = format!("rsa_signature_{size}_sha{hash}");
            let Ok(named) = name.parse() else { continue };
            for group in rsa_pkcs1_verify::TestSet::load(named).unwrap().test_groups {
                let algorithm = rsa(numbers(&group.hash).0, &[5, 0]);
                for one in &group.tests {
                    tally.judge(&name, &algorithm, &group.der, &one.msg, &one.sig, (one.tc_id, &one.result));
                }
            }
        }
    }
    tally.print("RSA PKCS#1 v1.5");
}

#[test]
fn rsa_pss_vectors() {
    let mut tally = Tally::default();
    for name in [
        "rsa_pss_2048_sha256_mgf1_0",
        "rsa_pss_2048_sha256_mgf1_32",
        "rsa_pss_2048_sha384_mgf1_48",
        "rsa_pss_3072_sha256_mgf1_32",
        "rsa_pss_4096_sha256_mgf1_32",
        "rsa_pss_4096_sha384_mgf1_48",
        "rsa_pss_4096_sha512_mgf1_32",
        "rsa_pss_4096_sha512_mgf1_64",
    ] {
        for group in rsa_pss_verify::TestSet::load(name.parse().unwrap()).unwrap().test_groups {
            let mask = group.mgf_hash.as_ref().unwrap_or(&group.hash);
            let algorithm = pss_with(&group.hash, mask, group.salt_size);
            for one in &group.tests {
                tally.judge(name, &algorithm, &group.der, &one.msg, &one.sig, (one.tc_id, &one.result));
            }
        }
    }
    tally.print("RSA PSS");
}
