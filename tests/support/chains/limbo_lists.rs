//! The suite's section *crl*, and what its *webpki* says of lists, through `tereze verify --chain --crl`: every certificate
//! must be known not to be revoked. Lists are made byte by byte, for no other program makes the odd ones.

use std::process::Command;

use super::graphs::Party;
use super::world::World;
use crate::tlv::tlv;

const TIME: &str = "2024-01-01T00:00:00Z";
const NUMBER: &[u8] = &[0x55, 0x1d, 20];
const POINT: &[u8] = &[0x55, 0x1d, 28];
const POINTS: &[u8] = &[0x55, 0x1d, 31];
const USAGE: &[u8] = &[0x55, 0x1d, 15];
const STRANGE: &[u8] = &[0x2b, 6, 1, 4, 1, 0x83, 0xb3, 0x3a, 0x85, 0x1a, 1];

fn extension(id: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[0x01, 1, 0xff] } else { &[] };
    tlv(0x30, &[&tlv(0x06, &[id]), critical, &tlv(0x04, &[value])])
}

/// A list as every authority makes it; a case changes one thing.
struct List<'a> {
    /// Whose name it bears, and whose key it is signed by.
    name: &'a Party,
    key: &'a Party,
    version: bool,
    this: (u8, &'a str),
    next: Option<(u8, &'a str)>,
    /// Serial number, date, extensions.
    entries: Vec<(Vec<u8>, &'a str, Vec<u8>)>,
    extensions: Vec<Vec<u8>>,
}

impl<'a> List<'a> {
    fn by(party: &'a Party) -> Self {
        Self {
            name: party,
            key: party,
            version: true,
            this: (0x17, "231231000000Z"),
            next: Some((0x17, "240131000000Z")),
            entries: vec![],
            extensions: vec![extension(NUMBER, false, &[0x02, 1, 5])],
        }
    }

    fn entry(mut self, serial: &[u8], date: &'a str, extensions: &[u8]) -> Self {
        self.entries.push((serial.to_vec(), date, extensions.to_vec()));
        self
    }

    fn with(mut self, id: &[u8], critical: bool, value: &[u8]) -> Self {
        self.extensions.push(extension(id, critical, value));
        self
    }

    fn der(&self) -> Vec<u8> {
        let time = |(tag, text): (u8, &str)| tlv(tag, &[text.as_bytes()]);
        let entries = self.entries.iter().map(|(serial, date, more)| {
            let more = if more.is_empty() { vec![] } else { tlv(0x30, &[more]) };
            tlv(0x30, &[&tlv(0x02, &[serial]), &time((0x17, date)), &more])
        });
        let entries: Vec<u8> = entries.collect::<Vec<_>>().concat();
        let entries = if entries.is_empty() { vec![] } else { tlv(0x30, &[&entries]) };
        let extensions = match self.extensions.as_slice() {
            [] => vec![],
            all => tlv(0xa0, &[&tlv(0x30, &[&all.concat()])]),
        };
        let version: &[u8] = if self.version { &[0x02, 1, 1] } else { &[] };
        let next = self.next.map(time).unwrap_or_default();
        let inner: [&[u8]; 7] =
            [version, Party::ECDSA, &self.name.name, &time(self.this), &next, &entries, &extensions];
        let signed = tlv(0x30, &inner);
        self.key.signed(&signed)
    }
}

struct Case {
    root: Party,
    leaf: Party,
    /// Extensions of root and leaf, each its identifier and value.
    above: Vec<(&'static [u8], Vec<u8>)>,
    below: Vec<(&'static [u8], Vec<u8>)>,
}

impl Case {
    fn new() -> Self {
        let (root, leaf) = (Party::new("root", 1), Party::new("leaf", 2));
        Self { root, leaf, above: vec![], below: vec![] }
    }

    fn serial(&self) -> Vec<u8> {
        self.leaf.serial()
    }

    /// The verdict with these lists, and what was found wrong with the last of them.
    fn judge(&self, lists: &[Vec<u8>], between: Option<&Party>) -> (String, String) {
        let world = World::new();
        let write = |name: &str, der: &[u8]| std::fs::write(world.path(name), der).unwrap();
        let above: Vec<(&[u8], Vec<u8>)> = self.above.iter().map(|(id, v)| (*id, v.clone())).collect();
        let below: Vec<(&[u8], Vec<u8>)> = self.below.iter().map(|(id, v)| (*id, v.clone())).collect();
        write("root.der", self.root.issues(&self.root, true, &above).der());
        let issuer = between.unwrap_or(&self.root);
        write("leaf.der", issuer.issues(&self.leaf, false, &below).der());
        let mut command = Command::new(env!("CARGO_BIN_EXE_tereze"));
        command.args(["verify", "--chain", "leaf.der", "--ca", "root.der", "--json", "--time", TIME]);
        if let Some(party) = between {
            write("between.der", self.root.issues(party, true, &[]).der());
            command.args(["--intermediates", "between.der"]);
        }
        for (i, list) in lists.iter().enumerate() {
            write(&format!("{i}.crl"), list);
            command.args(["--crl", &format!("{i}.crl")]);
        }
        let out = command.current_dir(world.path("")).output().unwrap();
        let found: serde_json::Value = serde_json::from_slice(&out.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&out.stderr)));
        let consulted = found["revocation"]["consulted"].as_array().unwrap();
        let problem = consulted.last().and_then(|c| c["problem"].as_str()).unwrap_or("-");
        (found["verdict"].as_str().unwrap().to_owned(), problem.to_owned())
    }
}

/// IssuingDistributionPoint with these fields.
fn point(fields: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, fields)
}

fn place(names: &[&[u8]]) -> Vec<u8> {
    tlv(0xa0, &[&tlv(0xa0, names)])
}

fn uri(text: &str) -> Vec<u8> {
    tlv(0x86, &[text.as_bytes()])
}

#[test]
fn lists_of_x509_limbo() {
    let case = Case::new();
    let root = &case.root;
    let (mut findings, mut count) = (vec![], 0);
    let mut expect = |name: &str, found: (String, String), verdict: &str, problem: &str| {
        count += 1;
        if (found.0.as_str(), found.1.as_str()) != (verdict, problem) {
            findings.push(format!("{name}: {found:?}, not {verdict} {problem}"));
        }
    };
    let other: &[u8] = &[1, 2, 3, 4];
    let one = |list: List<'_>| case.judge(&[list.der()], None);
    let usual = || List::by(root).entry(other, "231230000000Z", &[]);
    let (valid, not, open) = ("valid", "not-valid", "could-not-check");

    expect("crl::certificate-not-on-crl", one(usual().entry(&[9, 9], "231229000000Z", &[])), valid, "-");
    expect("crl::crl-empty", one(List::by(root)), valid, "-");
    let own = case.serial();
    expect("crl::revoked-certificate-with-crl", one(usual().entry(&own, "231230000000Z", &[])), not, "-");
    expect("crl::revocation-date-in-future", one(usual().entry(&own, "240102000000Z", &[])), not, "-");
    let early = one(usual().entry(&own, "190101000000Z", &[]));
    expect("crl::revocation-date-before-not-before", early, not, "-");
    let strange = extension(STRANGE, true, &[]);
    expect(
        "crl::entry-unknown-critical-extension",
        one(usual().entry(&own, "231230000000Z", &strange)),
        open,
        "form",
    );
    let harmless = extension(STRANGE, false, &[]);
    expect(
        "crl::entry-unknown-noncritical-extension",
        one(usual().entry(&own, "231230000000Z", &harmless)),
        not,
        "-",
    );
    expect("crl::crl-unknown-critical-extension", one(usual().with(STRANGE, true, &[])), open, "form");
    expect("crl::crl-unknown-noncritical-extension", one(usual().with(STRANGE, false, &[])), valid, "-");
    let mut many = List::by(root);
    (0..10_000u32)
        .for_each(|i| many.entries.push(([&[1][..], &i.to_be_bytes()].concat(), "700101000000Z", vec![])));
    expect("crl::crl-very-large", one(many), valid, "-");

    // Form: what the standard asks of those who make lists.
    expect("crl::crlnumber-missing", one(List { extensions: vec![], ..usual() }), open, "profile");
    let critical = vec![extension(NUMBER, true, &[0x02, 1, 5])];
    expect("crl::crlnumber-critical", one(List { extensions: critical, ..usual() }), open, "profile");
    // Here the suite takes the certificate, as if nobody had been asked; a list that says nothing is no good word.
    let revoking = || usual().entry(&own, "231230000000Z", &[]);
    expect("crl::crl-missing-next-update", one(List { next: None, ..revoking() }), open, "profile");
    let bare = List { version: false, extensions: vec![], ..revoking() };
    expect("crl::crl-invalid-version", one(bare), open, "profile");
    let long = List { this: (0x18, "20231231000000Z"), ..revoking() };
    expect("crl::crl-update-generalizedtime-2025", one(long), open, "profile");
    // The suite's CA/Browser Forum profile refuses it; X.509 has nothing against it, and both say the same.
    expect(
        "webpki::crl-duplicate-revoked-serial",
        one(usual().entry(other, "231230000000Z", &[])),
        valid,
        "-",
    );

    // Time
    let late = List { this: (0x17, "240102000000Z"), ..usual() };
    expect("crl::this-update-in-future", one(late), open, "early");
    let never = List { this: (0x17, "490102000000Z"), next: Some((0x17, "490202000000Z")), ..usual() };
    expect("a list of decades ahead", one(never), open, "early");
    let past = List { this: (0x17, "231101000000Z"), next: Some((0x17, "231201000000Z")), ..usual() };
    expect("crl::next-update-in-past", one(past), open, "stale");
    let before = List { this: (0x17, "230101000000Z"), next: Some((0x17, "230701000000Z")), ..usual() };
    expect("crl::crl-validity-no-overlap", one(before), open, "stale");

    // Whose it is
    let stranger = Party::new("stranger", 3);
    expect("crl::crl-invalid-signature", one(List { key: &stranger, ..usual() }), open, "not-signed");
    expect("crl::crl-wrong-signing-key", one(List { key: &stranger, ..List::by(root) }), open, "not-signed");
    let foreign = List::by(&stranger).entry(&own, "231230000000Z", &[]).der();
    let found = case.judge(&[foreign, usual().der()], None);
    expect("crl::certificate-serial-on-crl-different-issuer", found, valid, "-");
    for (name, bits, verdict, problem) in [
        ("crl::issuer-missing-crlsign", Some([0x03, 2, 2, 0x04]), open, "not-signed"),
        ("crl::issuer-valid-crlsign-and-keycertsign", Some([0x03, 2, 1, 0x06]), valid, "-"),
        ("crl::issuer-no-keyusage-extension", None, valid, "-"),
    ] {
        let above = bits.map(|b| (USAGE, b.to_vec())).into_iter().collect();
        let found = Case { above, ..Case::new() }.judge(&[usual().der()], None);
        expect(name, found, verdict, problem);
    }

    // Distribution points
    let here = uri("http://example.com/partition.crl");
    let named = |names: &[&[u8]]| {
        let points = tlv(0x30, &[&tlv(0x30, &[&place(names)])]);
        Case { below: vec![(POINTS, points)], ..Case::new() }
    };
    let scoped = |fields: &[&[u8]]| usual().with(POINT, true, &point(fields)).der();
    let at_here = named(&[&here]);
    let whole = place(&[&here]);
    let judged = |case: &Case, list: Vec<u8>| case.judge(&[list], None);
    expect("crl::idp-cdp-scope-match", judged(&at_here, scoped(&[&whole])), valid, "-");
    let there = place(&[&uri("http://example.com/other.crl")]);
    expect("crl::idp-cdp-scope-mismatch", judged(&at_here, scoped(&[&there])), open, "scope");
    expect("crl::idp-present-certificate-missing-cdp", judged(&case, scoped(&[&whole])), open, "scope");
    expect(
        "crl::idp-only-contains-ca-certs-ee-target",
        judged(&case, scoped(&[&[0x82, 1, 0xff]])),
        open,
        "scope",
    );
    expect(
        "crl::idp-only-contains-attribute-certs",
        judged(&case, scoped(&[&[0x85, 1, 0xff]])),
        open,
        "scope",
    );
    let hard = named(&[&uri("http://example.com/crls/%73hard.crl")]);
    let soft = place(&[&uri("http://example.com/crls/shard.crl")]);
    expect("crl::idp-uri-not-byte-identical", judged(&hard, scoped(&[&soft])), open, "scope");
    let part = tlv(0x31, &[&tlv(0x30, &[&[0x06, 3, 0x55, 4, 3], &tlv(0x0c, &[b"partition"])])]);
    let relative = tlv(0xa0, &[&tlv(0xa1, &[&part[2..]])]);
    expect("crl::idp-name-relative-to-crl-issuer", judged(&case, scoped(&[&relative])), open, "scope");
    let some = scoped(&[&whole, &[0x83, 2, 6, 0x40]]);
    expect("crl::idp-only-some-reasons-no-complete-crl", judged(&at_here, some), open, "-");
    // These three the suite's CA/Browser Forum profile refuses; by RFC 5280 they speak for the certificate.
    expect("crl::idp-indirect-crl", judged(&at_here, scoped(&[&whole, &[0x84, 1, 0xff]])), valid, "-");
    let host = tlv(0x82, &[b"example.com"]);
    let both = place(&[&here, &host]);
    expect("crl::idp-fullname-non-uri-generalname", judged(&at_here, scoped(&[&both])), valid, "-");
    let two = named(&[&here, &host]);
    expect(
        "crl::idp-present-certificate-cdp-non-uri-generalname",
        judged(&two, scoped(&[&whole])),
        valid,
        "-",
    );
    // People only: it leaves the authority between open.
    let sub = Party::new("sub", 4);
    let people = usual().with(POINT, true, &point(&[&[0x81, 1, 0xff]])).der();
    let found = case.judge(&[people, List::by(&sub).der()], Some(&sub));
    expect("crl::idp-only-contains-user-certs-ca-target", found, open, "scope");

    println!("{count} cases of lists");
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}
