//! Cases in the style of C2SP's x509-limbo, after its public descriptions, through `tereze verify --chain`. Beside each
//! verdict what the suite expects, and what `openssl verify -x509_strict` and webpki say; every difference has its reason.

use std::process::{Command, Output};

use tereze::clock::Moment;

use crate::world::World;

#[path = "limbo_more.rs"]
mod more;
#[path = "limbo_web.rs"]
mod web;

pub struct Case {
    /// As the suite names it; ours where it has none.
    name: &'static str,
    certificates: &'static [(&'static str, &'static str, &'static str)],
    flags: &'static [&'static str],
    /// Whether the suite (or the standard, where it has no such case) calls it valid.
    valid: bool,
    /// The reasons that are given.
    reasons: &'static str,
    /// Why another judges otherwise: the suite, OpenSSL, webpki.
    differs: &'static [(Judge, &'static str)],
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Judge {
    Suite,
    OpenSsl,
    Webpki,
}
use Judge::{OpenSsl, Suite, Webpki};

type Made = &'static [(&'static str, &'static str, &'static str)];

const fn good(name: &'static str, certificates: Made) -> Case {
    Case { name, certificates, flags: &[], valid: true, reasons: "", differs: &[] }
}

const fn bad(name: &'static str, reasons: &'static str, certificates: Made) -> Case {
    Case { name, certificates, flags: &[], valid: false, reasons, differs: &[] }
}

impl Case {
    const fn but(self, differs: &'static [(Judge, &'static str)]) -> Self {
        Self { differs, ..self }
    }

    const fn with(self, flags: &'static [&'static str]) -> Self {
        Self { flags, ..self }
    }
}

const P: &str = "sign.profile";
const N: &str = "sign.name-constraint";
const X: &str = "sign.critical-extension";
/// What webpki does not look at, by its own word: it is made for TLS, and takes an anchor's name and key alone.
const ANCHOR: (Judge, &str) = (Webpki, "of an anchor it takes name, key and name constraints alone");
const PROFILE: (Judge, &str) = (Webpki, "it looks at what a path needs, not at the whole profile");
const LOOSE: (Judge, &str) = (OpenSsl, "its strict mode does not look at this");

#[rustfmt::skip]
const CASES: &[Case] = &[
    // aki, ski
    bad("rfc5280::aki::critical-aki", P, &[("root", "", "ca aki:critical,keyid:always"), ("leaf", "root", "")]).but(&[ANCHOR]),
    bad("rfc5280::aki::leaf-missing-aki", P, &[("root", "", "ca"), ("leaf", "root", "noaki")]).but(&[PROFILE]),
    bad("rfc5280::aki::intermediate-missing-aki", P, &[("root", "", "ca"), ("sub", "root", "ca noaki"), ("leaf", "sub", "")]).but(&[PROFILE]),
    good("rfc5280::aki::self-signed-root-missing-aki", &[("root", "", "ca"), ("leaf", "root", "")]),
    bad("rfc5280::ski::critical-ski", P, &[("root", "", "ca ski:critical,hash"), ("leaf", "root", "")]).but(&[ANCHOR]),
    bad("rfc5280::ski::root-missing-ski", P, &[("root", "", "ca noski"), ("leaf", "root", "noaki")]).but(&[PROFILE]),
    bad("rfc5280::ski::intermediate-missing-ski", P, &[("root", "", "ca"), ("sub", "root", "ca noski"), ("leaf", "sub", "noaki")]).but(&[PROFILE]),
    // names
    bad("rfc5280::ee-empty-issuer", P, &[("root", "", "ca"), ("sub", "root", "ca subj:/"), ("leaf", "sub", "")]).but(&[PROFILE]),
    bad("rfc5280::ca-empty-subject", P, &[("root", "", "ca subj:/"), ("leaf", "root", "")]).but(&[ANCHOR]),
    bad("rfc5280::chain-untrusted-root", "sign.untrusted", &[("root", "", "ca"), ("other", "", "ca"), ("sub", "other", "ca"), ("leaf", "sub", "")]),
    // extensions
    bad("rfc5280::unknown-critical-extension-ee", X, &[("root", "", "ca"), ("leaf", "root", "raw:1.3.6.1.4.1.55738.666.1=critical,ASN1:NULL")]),
    bad("rfc5280::unknown-critical-extension-root", X, &[("root", "", "ca raw:1.3.6.1.4.1.55738.666.1=critical,ASN1:NULL"), ("leaf", "root", "")]).but(&[ANCHOR]),
    bad("rfc5280::unknown-critical-extension-intermediate", X, &[("root", "", "ca"), ("sub", "root", "ca len:0 raw:1.3.6.1.4.1.55738.666.1=critical,ASN1:NULL"), ("leaf", "sub", "")]),
    bad("rfc5280::ee-critical-aia-invalid", X, &[("root", "", "ca"), ("leaf", "root", "raw:authorityInfoAccess=critical,caIssuers;URI:http://example.com/")]),
    good("rfc5280::ee-aia", &[("root", "", "ca"), ("leaf", "root", "raw:authorityInfoAccess=caIssuers;URI:http://example.com/")]),
    bad("rfc5280::duplicate-extensions", "sign.not-a-certificate", &[("root", "", "ca"), ("leaf", "root", "san:DNS:example.com raw:2.5.29.99=DER:300d820b6578616d706c652e636f6d patch:0603551d63=0603551d11")]),
    bad("rfc5280::san::malformed", P, &[("root", "", "ca"), ("leaf", "root", "raw:2.5.29.17=DER:6578616d706c652e636f6d")]),
    bad("rfc5280::san::noncritical-with-empty-subject", P, &[("root", "", "ca"), ("leaf", "root", "subj:/ san:DNS:example.com")]).but(&[PROFILE]),
    good("rfc5280::san::critical-with-empty-subject", &[("root", "", "ca"), ("leaf", "root", "subj:/ san:critical,DNS:example.com")]),
    // basic constraints, key usage
    bad("rfc5280::intermediate-ca-without-ca-bit", "sign.not-an-authority", &[("root", "", "ca"), ("sub", "root", ""), ("leaf", "sub", "")]),
    bad("rfc5280::intermediate-ca-missing-basic-constraints", "sign.not-an-authority sign.profile", &[("root", "", "ca"), ("sub", "root", "nobc ku:keyCertSign"), ("leaf", "sub", "")]),
    bad("rfc5280::root-missing-basic-constraints", "sign.not-an-authority sign.profile", &[("root", "", "nobc ku:keyCertSign"), ("leaf", "root", "")]).but(&[ANCHOR]),
    bad("rfc5280::root-non-critical-basic-constraints", P, &[("root", "", "ca bc:CA:TRUE"), ("leaf", "root", "")]).but(&[ANCHOR]),
    bad("rfc5280::root-inconsistent-ca-extensions", "sign.not-an-authority", &[("root", "", "ca ku:cRLSign"), ("leaf", "root", "")]).but(&[ANCHOR]),
    bad("rfc5280::ica-ku-keycertsign", "sign.not-an-authority", &[("root", "", "ca"), ("sub", "root", "ca len:0 ku:cRLSign"), ("leaf", "sub", "")]).but(&[(Webpki, "it does not look at key usage")]),
    bad("rfc5280::leaf-ku-keycertsign", P, &[("root", "", "ca"), ("leaf", "root", "ku:digitalSignature,keyCertSign")]).but(&[PROFILE]),
    good("rfc5280::no-keyusage", &[("root", "", "ca"), ("leaf", "root", "ku:none")]),
    good("rfc5280::no-basicconstraints", &[("root", "", "ca"), ("leaf", "root", "nobc")]),
    bad("a path length without cA", P, &[("root", "", "ca"), ("leaf", "root", "bc:critical,CA:FALSE,pathlen:0")]).but(&[PROFILE]),
    // signatures and keys
    bad("rfc5280::mismatching-signature-algorithm", "sign.forged", &[("root", "", "ca"), ("leaf", "root", "outer:06082a8648ce3d040302=06082a8648ce3d040303")]),
    bad("the same in the root", P, &[("root", "", "ca outer:06082a8648ce3d040302=06082a8648ce3d040303"), ("leaf", "root", "")]),
    bad("an RSA-1024 authority", "sign.algorithm", &[("root", "", "ca rsa:1024"), ("leaf", "root", "")]).but(&[(OpenSsl, "its first security level takes 1024 bits")]),
    bad("webpki::forbidden-weak-rsa-key-in-leaf", "sign.algorithm", &[("root", "", "ca"), ("leaf", "root", "rsa:1024")]).but(&[(OpenSsl, "its first security level takes 1024 bits"), (Webpki, "it does not judge the key of an end")]),
    good("RSA-2048 below P-256", &[("root", "", "ca"), ("leaf", "root", "rsa:2048")]),
    bad("SHA-1", "sign.algorithm", &[("root", "", "ca"), ("leaf", "root", "md:sha1")]).but(&[(OpenSsl, "its first security level takes SHA-1")]),
    bad("MD5", "sign.algorithm", &[("root", "", "ca rsa:2048"), ("leaf", "root", "md:md5")]).but(&[(OpenSsl, "its first security level takes MD5")]),
    // versions, serial numbers
    bad("a version 1 leaf, which can name no key", P, &[("root", "", "ca"), ("leaf", "root", "v1")]).but(&[(OpenSsl, "its strict mode looks at version 3 alone")]),
    bad("a version 1 authority", "sign.not-an-authority sign.profile", &[("root", "", "ca"), ("sub", "root", "v1"), ("leaf", "sub", "noaki")]),
    bad("rfc5280::serial::serial-number-too-long", P, &[("root", "", "ca"), ("leaf", "root", "serial:0x11223344556677889900112233445566778899001122")]).but(&[LOOSE, PROFILE]),
    bad("rfc5280::serial::serial-number-zero", P, &[("root", "", "ca"), ("leaf", "root", "serial:0")]).but(&[LOOSE, (Webpki, "it takes zero")]),
    bad("rfc5280::serial::serial-number-negative", "", &[("root", "", "ca"), ("leaf", "root", "serial:-5")]).but(&[(Suite, "NIST's PKITS 4.4.14 calls a negative number valid")]),
    good("a serial number of 20 octets", &[("root", "", "ca"), ("leaf", "root", "serial:0x7123344556677889900112233445566778899001")]),
    // terms: everything begins now; --time names a day from then
    good("rfc5280::validity, inside", &[("root", "", "ca"), ("sub", "root", "ca days:20"), ("leaf", "sub", "days:10")]).with(&["+9"]),
    bad("rfc5280::validity::expired-leaf", "sign.expired", &[("root", "", "ca"), ("sub", "root", "ca days:20"), ("leaf", "sub", "days:10")]).with(&["+11"]),
    bad("rfc5280::validity::expired-intermediate", "sign.authority-expired", &[("root", "", "ca"), ("sub", "root", "ca days:10"), ("leaf", "sub", "days:20")]).with(&["+11"]),
    bad("rfc5280::validity::expired-root", "sign.authority-expired", &[("root", "", "ca days:10"), ("sub", "root", "ca days:20"), ("leaf", "sub", "days:20")]).with(&["+11"]).but(&[ANCHOR]),
    bad("not yet valid", "sign.not-yet-valid sign.authority-expired", &[("root", "", "ca"), ("leaf", "root", "")]).with(&["-1"]),
    // path lengths
    good("pathlen::ee-with-intermediate-pathlen-0", &[("root", "", "ca"), ("sub", "root", "ca len:0"), ("leaf", "sub", "")]),
    good("pathlen::validation-ignores-pathlen-in-leaf", &[("root", "", "ca"), ("sub", "root", "ca len:0"), ("leaf", "sub", "ca len:0")]).but(&[(Webpki, "it takes no authority as an end")]),
    bad("pathlen::intermediate-violates-pathlen-0", "sign.chain-too-long", &[("root", "", "ca"), ("sub", "root", "ca len:0"), ("s2", "sub", "ca len:0"), ("leaf", "s2", "")]),
    good("pathlen::intermediate-pathlen-may-increase", &[("root", "", "ca"), ("sub", "root", "ca len:1"), ("s2", "sub", "ca len:2"), ("leaf", "s2", "")]),
    bad("pathlen::intermediate-pathlen-too-long", "sign.chain-too-long", &[("root", "", "ca"), ("sub", "root", "ca len:1"), ("s2", "sub", "ca len:0"), ("s3", "s2", "ca len:0"), ("leaf", "s3", "")]),
    good("pathlen::self-issued-certs-pathlen", &[("root", "", "ca"), ("sub", "root", "ca len:1 subj:/CN=Sub"), ("s2", "sub", "ca len:1 subj:/CN=Sub"), ("s3", "s2", "ca len:0"), ("leaf", "s3", "")]).but(&[(Webpki, "it counts self-issued authorities too")]),
    // name constraints
    bad("rfc5280::nc::permitted-dns-mismatch", N, &[("root", "", "ca nc:permitted;DNS:example.com"), ("leaf", "root", "san:DNS:not-example.com")]),
    bad("rfc5280::nc::excluded-dns-match", N, &[("root", "", "ca"), ("sub", "root", "ca nc:excluded;DNS:example.com"), ("leaf", "sub", "san:DNS:example.com")]),
    good("rfc5280::nc::permitted-dns-match", &[("root", "", "ca nc:permitted;DNS:example.com"), ("leaf", "root", "san:DNS:example.com")]),
    bad("rfc5280::nc::permitted-dns-match-noncritical", P, &[("root", "", "ca raw:nameConstraints=permitted;DNS:example.com"), ("leaf", "root", "san:DNS:example.com")]).but(&[LOOSE, PROFILE]),
    good("rfc5280::nc::permitted-dns-match-more", &[("root", "", "ca nc:permitted;DNS:example.com"), ("leaf", "root", "san:DNS:foo.bar.example.com")]),
    bad("rfc5280::nc::excluded-dns-match-second", N, &[("root", "", "ca nc:excluded;DNS:not-allowed.example.com"), ("leaf", "root", "san:DNS:example.com,DNS:not-allowed.example.com")]),
    bad("rfc5280::nc::permitted-ip-mismatch", N, &[("root", "", "ca nc:permitted;IP:192.0.2.0/255.255.255.0"), ("leaf", "root", "san:IP:192.0.3.1")]),
    bad("rfc5280::nc::excluded-ipv4-match", N, &[("root", "", "ca nc:excluded;IP:192.0.2.0/255.255.255.0"), ("leaf", "root", "san:IP:192.0.2.1")]),
    bad("rfc5280::nc::excluded-ipv6-match", N, &[("root", "", "ca nc:excluded;IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), ("leaf", "root", "san:IP:::1")]),
    good("rfc5280::nc::permitted-ipv6-match", &[("root", "", "ca nc:permitted;IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), ("leaf", "root", "san:IP:::1")]),
    bad("rfc5280::nc::permitted-dn-mismatch", N, &[("root", "", "ca dir:permitted:CN=foo"), ("leaf", "root", "subj:/CN=not-foo")]),
    bad("rfc5280::nc::excluded-dn-match", N, &[("root", "", "ca dir:excluded:CN=foo"), ("leaf", "root", "subj:/CN=foo")]),
    good("rfc5280::nc::permitted-dn-match", &[("root", "", "ca dir:permitted:CN=foo"), ("leaf", "root", "subj:/CN=foo")]).but(&[(Webpki, "it does not compare directory names")]),
    good("rfc5280::nc::permitted-self-issued", &[("root", "", "ca subj:/CN=not nc:permitted;DNS:example.com"), ("sub", "root", "ca subj:/CN=not san:DNS:not-example.com"), ("leaf", "sub", "san:DNS:a.example.com")]).but(&[(Webpki, "it constrains self-issued authorities too")]),
    bad("rfc5280::nc::excluded-self-issued-leaf", N, &[("root", "", "ca nc:permitted;DNS:example.com"), ("sub", "root", "ca subj:/CN=not-example.com"), ("leaf", "sub", "subj:/CN=not-example.com san:DNS:not-example.com")]),
    bad("rfc5280::nc::excluded-match-permitted-and-excluded", N, &[("root", "", "ca nc:permitted;DNS:example.com,excluded;DNS:example.com"), ("leaf", "root", "san:DNS:example.com")]),
    good("rfc5280::nc::permitted-different-constraint-type", &[("root", "", "ca nc:permitted;IP:192.0.2.0/255.255.255.0"), ("leaf", "root", "san:DNS:example.com")]),
    bad("rfc5280::nc::invalid-dnsname-wildcard", X, &[("root", "", "ca nc:permitted;DNS:*.example.com"), ("leaf", "root", "san:DNS:foo.example.com")]),
    bad("rfc5280::nc::invalid-dnsname-leading-period", X, &[("root", "", "ca nc:permitted;DNS:.example.com"), ("leaf", "root", "san:DNS:foo.example.com")]).but(&[(OpenSsl, "it takes the period, as the suite says of many"), (Webpki, "it takes the period, as the suite says of many")]),
    bad("rfc5280::nc::invalid-email-address", X, &[("root", "", "ca nc:permitted;email:invalid@invalid@example.com"), ("leaf", "root", "san:email:example@example.com")]),
    bad("rfc5280::nc::not-allowed-in-ee-noncritical", P, &[("root", "", "ca"), ("leaf", "root", "raw:nameConstraints=permitted;DNS:example.com")]).but(&[LOOSE, PROFILE]),
    bad("rfc5280::nc::not-allowed-in-ee-critical", P, &[("root", "", "ca"), ("leaf", "root", "nc:permitted;DNS:example.com")]).but(&[LOOSE, PROFILE]),
    bad("rfc5280::nc::intermediate-with-san-rejected-by-root-nc", N, &[("root", "", "ca nc:permitted;DNS:permitted.example.com,excluded;DNS:forbidden.example.com"), ("sub", "root", "ca"), ("s2", "sub", "ca san:DNS:forbidden.example.com"), ("leaf", "s2", "san:DNS:permitted.example.com")]),
    bad("rfc5280::nc::restrictive-permits-in-intermediates-narrows", N, &[("root", "", "ca"), ("sub", "root", "ca nc:permitted;DNS:foo.example.com,permitted;DNS:bar.example.com"), ("s2", "sub", "ca nc:permitted;DNS:bar.example.com"), ("leaf", "s2", "san:DNS:foo.example.com")]),
    bad("rfc5280::nc::restrictive-permits-in-intermediates-widens", N, &[("root", "", "ca"), ("sub", "root", "ca nc:permitted;DNS:bar.example.com"), ("s2", "sub", "ca nc:permitted;DNS:foo.example.com,permitted;DNS:bar.example.com"), ("leaf", "s2", "san:DNS:foo.example.com")]),
    bad("rfc5280::nc::nc-permits-invalid-dns-san", "sign.name-constraint sign.profile", &[("root", "", "ca"), ("sub", "root", "ca nc:permitted;DNS:example.com"), ("leaf", "sub", "san:DNS:.example.com,DNS:foo.example.com")]).but(&[(OpenSsl, "it compares the letters")]),
    bad("rfc5280::nc::nc-permits-invalid-email-san", "sign.name-constraint sign.profile", &[("root", "", "ca"), ("sub", "root", "ca nc:permitted;email:example.com"), ("leaf", "sub", "san:email:good@example.com,email:invalid@address@example.com")]).but(&[(OpenSsl, "it takes what stands after the last @")]),
    good("rfc5280::nc::nc-permits-email-exact", &[("root", "", "ca"), ("sub", "root", "ca nc:permitted;email:foo@example.com"), ("leaf", "sub", "san:email:foo@example.com")]).but(&[(Webpki, "it does not compare mailboxes")]),
    bad("cve::cve-2025-61727", N, &[("root", "", "ca"), ("sub", "root", "ca nc:permitted;DNS:example.com,excluded;DNS:bar.example.com"), ("leaf", "sub", "san:DNS:*.example.com")]).but(&[(OpenSsl, "it compares the letters")]),
    // two authorities of one name and key
    good("rfc5280::nc::nc-forbids-alternate-chain-ica", &[("root", "", "ca"), ("lost", "", "ca"), ("a", "root", "ca nc:permitted;DNS:permitted.example.com,excluded;DNS:forbidden.example.com"), ("b1", "lost", "ca subj:/CN=B san:DNS:forbidden.example.com"), ("b2", "a", "ca subj:/CN=B key:b1"), ("leaf", "b1", "subj:/CN=x san:DNS:permitted.example.com")]).but(&[(OpenSsl, "it keeps the first authority it found")]),
    good("rfc5280::nc::nc-forbids-same-chain-ica", &[("root", "", "ca"), ("a", "root", "ca nc:excluded;DNS:forbidden.example.com"), ("b1", "a", "ca subj:/CN=B san:DNS:forbidden.example.com"), ("b2", "root", "ca subj:/CN=B key:b1"), ("leaf", "b1", "subj:/CN=x san:DNS:free.example.com")]).but(&[(OpenSsl, "it keeps the first authority it found")]),
    good("pathological::multiple-chains-expired-intermediate", &[("root", "", "ca"), ("two", "", "ca"), ("old", "two", "ca subj:/C=KZ/CN=root key:root days:1"), ("leaf", "root", "")]).with(&["+2"]),
    // purposes, policies
    bad("rfc5280::eku::ee-wrong-eku", "sign.not-for-signing", &[("root", "", "ca"), ("leaf", "root", "raw:extendedKeyUsage=clientAuth")]).with(&["--purpose", "sign"]).but(&[(OpenSsl, "it is not asked for a purpose here"), (Webpki, "it is asked for clients here")]),
    good("rfc5280::eku::ee-without-eku", &[("root", "", "ca"), ("leaf", "root", "")]).with(&["--purpose", "sign"]),
    bad("an authority for other purposes", "sign.not-for-signing", &[("root", "", "ca"), ("sub", "root", "ca raw:extendedKeyUsage=serverAuth"), ("leaf", "sub", "")]).with(&["--purpose", "sign"]).but(&[(OpenSsl, "it is not asked for a purpose here")]),
    bad("rfc5280::pc::ica-noncritical-pc", "", &[("root", "", "ca"), ("sub", "root", "ca raw:policyConstraints=requireExplicitPolicy:3"), ("leaf", "sub", "")]).but(&[(Suite, "NIST's PKITS 4.10.3 calls such a path valid")]),
    // what leaves the profile out
    Case { valid: true, ..bad("without an authority's key identifier, --lenient", "", &[("root", "", "ca"), ("leaf", "root", "noaki")]) }.with(&["--lenient"]).but(&[(OpenSsl, "its strict mode wants one")]),
];

fn tereze(world: &World, case: &Case) -> (serde_json::Value, Output) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tereze"));
    std::fs::write(world.path("between.pem"), world.between()).unwrap();
    command.args(["verify", "--chain", "leaf.pem", "--json", "--no-revocation"]);
    for anchor in world.anchors() {
        command.args(["--ca", &anchor]);
    }
    for flag in case.flags {
        match (day(flag), flag.strip_prefix('@')) {
            (Some(days), _) => command.args(["--time", &World::now().plus(days * 86_400).0.to_string()]),
            (_, Some(time)) => command.args(["--time", time]),
            _ => command.arg(flag),
        };
    }
    command.args(["--intermediates", "between.pem"]);
    let out = command.current_dir(world.path("")).env_remove("CONFIGURATION_DIRECTORY").output().unwrap();
    (serde_json::from_slice(&out.stdout).unwrap_or_default(), out)
}

/// The time that a case is judged at.
fn time(case: &Case) -> i64 {
    let named = case.flags.iter().find_map(|f| f.strip_prefix('@'));
    let shift = case.flags.iter().find_map(|f| day(f)).unwrap_or_default();
    named.map_or(World::now().plus(shift * 86_400), |text| Moment::parse_rfc3339(text).unwrap()).0
}

fn day(flag: &str) -> Option<i64> {
    flag.starts_with(['+', '-']).then(|| flag.parse().ok()).flatten()
}

/// Whether webpki, made for TLS, takes the path for a client's.
fn webpki(world: &World, at: i64) -> bool {
    let der = |name: &str| -> Vec<rustls::pki_types::CertificateDer<'static>> {
        let blocks = tereze::sign::pem::blocks(&world.read(name), &["CERTIFICATE"]).unwrap();
        blocks.into_iter().map(|b| b.der.to_vec().into()).collect()
    };
    let (between, leaf) = (der("between.pem"), der("leaf.pem"));
    let roots: Vec<_> = world.anchors().iter().flat_map(|name| der(name)).collect();
    let anchors: Vec<_> = roots.iter().filter_map(|r| webpki::anchor_from_trusted_cert(r).ok()).collect();
    let Ok(end) = webpki::EndEntityCert::try_from(&leaf[0]) else { return false };
    let at = std::time::Duration::from_secs(at.try_into().unwrap());
    let at = rustls::pki_types::UnixTime::since_unix_epoch(at);
    let usage = webpki::KeyUsage::client_auth();
    let every = webpki::ALL_VERIFICATION_ALGS;
    end.verify_for_usage(every, &anchors, &between, at, usage, None, None).is_ok()
}

#[test]
fn cases_of_x509_limbo() {
    let (mut findings, mut counts) = (vec![], [0; 5]);
    let all = || CASES.iter().chain(more::CASES).chain(web::CASES);
    for case in all() {
        let world = World::new();
        for (name, issuer, words) in case.certificates {
            world.certificate(name, issuer, words);
        }
        let (found, out) = tereze(&world, case);
        let Some(verdict) = found["verdict"].as_str() else {
            findings.push(format!("{}: {}", case.name, String::from_utf8_lossy(&out.stderr)));
            continue;
        };
        let exit = ["valid", "not-valid", "could-not-check"].iter().position(|v| *v == verdict).unwrap();
        assert_eq!(out.status.code(), i32::try_from(exit).ok(), "{}", case.name);
        assert!(!found["revocation"]["asked"].as_bool().unwrap_or(false));
        let codes = found["reasons"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap());
        let reasons = codes.collect::<Vec<_>>().join(" ");
        let ours = verdict == "valid";
        let at = time(case);
        let (openssl, said) = world.openssl(&["-x509_strict", "-attime", &at.to_string()]);
        counts[0] += 1;
        counts[1] += usize::from(verdict == "could-not-check");
        let judges = [(Suite, case.valid), (OpenSsl, openssl), (Webpki, webpki(&world, at))];
        for (i, (judge, theirs)) in judges.into_iter().enumerate() {
            counts[i + 2] += usize::from(theirs == ours);
            let explained = case.differs.iter().any(|(who, _)| *who == judge);
            if (theirs != ours) != explained {
                findings
                    .push(format!("{}: we {verdict} ({reasons}), {judge:?} {theirs} ({said})", case.name));
            }
        }
        if reasons != case.reasons {
            findings.push(format!("{}: {verdict} ({reasons}), not ({})", case.name, case.reasons));
        }
    }
    for case in all() {
        case.differs.iter().for_each(|(who, why)| println!("{}: {who:?}: {why}", case.name));
    }
    let [all, open, suite, openssl, webpki] = counts;
    println!(
        "{all} cases ({open} could not be checked); as the suite {suite}, as OpenSSL {openssl}, as webpki {webpki}"
    );
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}
