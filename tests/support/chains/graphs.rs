//! Graphs of authorities that a search for a path could get lost in (x509-limbo's *pathological* and *cve* cases, and larger
//! ones): every one gets its verdict within the bounds of `sign::chain`.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use tereze::clock::{Confidence, Reading};
use tereze::sign::certificate::Certificate;
use tereze::sign::path::{Purpose, Rules};
use tereze::sign::policy::Demand;
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::verdict::{Outcome, Reason};
use tereze::sign::{Question, verify_certificate};

use crate::tlv::tlv;
use crate::world::World;

/// A name with a key: an authority, or a signer.
pub struct Party {
    pub name: Vec<u8>,
    key: SigningKey,
}

impl Party {
    pub const ECDSA: &[u8] = &[0x30, 10, 0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];

    /// `key`: another for each number.
    pub fn new(name: &str, key: u16) -> Self {
        let common = tlv(0x30, &[&[0x06, 3, 0x55, 4, 3], &tlv(0x0c, &[name.as_bytes()])]);
        let mut secret = [7u8; 32];
        secret[30..].copy_from_slice(&key.to_be_bytes());
        Self { name: tlv(0x30, &[&tlv(0x31, &[&common])]), key: SigningKey::from_slice(&secret).unwrap() }
    }

    fn point(&self) -> Vec<u8> {
        self.key.verifying_key().to_encoded_point(false).as_bytes().to_vec()
    }

    fn id(&self) -> Vec<u8> {
        tereze::domain::Digest::of(&self.point()).0[..20].to_vec()
    }

    /// Octets of the serial number of its certificates.
    pub fn serial(&self) -> Vec<u8> {
        [&[1], &self.id()[..8]].concat()
    }

    /// `inner` with its signature.
    pub fn signed(&self, inner: &[u8]) -> Vec<u8> {
        let signature: Signature = self.key.sign(inner);
        let bits = tlv(0x03, &[&[0], signature.to_der().as_bytes()]);
        tlv(0x30, &[inner, Self::ECDSA, &bits])
    }

    /// A certificate for `subject`; `more`: further extensions, each DER of its OID, then its value.
    pub fn issues(&self, subject: &Party, authority: bool, more: &[(&[u8], Vec<u8>)]) -> Certificate {
        let curve = [0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
        let kind = tlv(0x30, &[&[0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1], &curve]);
        let key = tlv(0x30, &[&kind, &tlv(0x03, &[&[0], &subject.point()])]);
        let term = tlv(0x30, &[&tlv(0x17, &[b"200101000000Z"]), &tlv(0x17, &[b"491231000000Z"])]);
        let extension = |id: &[u8], critical: bool, value: &[u8]| {
            let critical: &[u8] = if critical { &[0x01, 1, 0xff] } else { &[] };
            tlv(0x30, &[&tlv(0x06, &[id]), critical, &tlv(0x04, &[value])])
        };
        let mut extensions = vec![
            extension(&[0x55, 0x1d, 14], false, &tlv(0x04, &[&subject.id()])),
            extension(&[0x55, 0x1d, 35], false, &tlv(0x30, &[&tlv(0x80, &[&self.id()])])),
        ];
        if authority {
            extensions.push(extension(&[0x55, 0x1d, 19], true, &tlv(0x30, &[&[0x01, 1, 0xff]])));
        }
        // Name constraints and key usage
        let weighty = |id: &[u8]| [[0x55, 0x1d, 30], [0x55, 0x1d, 15]].iter().any(|w| w == id);
        extensions.extend(more.iter().map(|(id, value)| extension(id, weighty(id), value)));
        let tbs = tlv(
            0x30,
            &[
                &[0xa0, 3, 0x02, 1, 2],
                &tlv(0x02, &[&subject.serial()]),
                Self::ECDSA,
                &self.name,
                &term,
                &subject.name,
                &key,
                &tlv(0xa3, &[&tlv(0x30, &[&extensions.concat()])]),
            ],
        );
        Certificate::from_der(&self.signed(&tbs)).unwrap()
    }

    fn root(&self) -> Certificate {
        self.issues(self, true, &[])
    }
}

fn judge(leaf: &Certificate, anchors: &[Certificate], extra: &[Certificate]) -> (Outcome, Vec<Reason>) {
    let mut trust = Trust::new();
    anchors.iter().for_each(|anchor| trust.add(CITIZEN, anchor.clone()).unwrap());
    let at = Reading { wall: World::now(), confidence: Confidence::Plausible };
    let rules = Rules { purpose: Purpose::Any, policies: Demand::NONE, profile: true, between: None };
    let report = verify_certificate(leaf, &Question { extra, rules: &rules, ..Question::new(&trust, at) });
    (report.outcome(), report.reasons)
}

#[test]
fn circles_are_left() {
    let (root, leaf) = (Party::new("root", 1), Party::new("leaf", 2));
    let (a, b, c) = (Party::new("A", 3), Party::new("B", 4), Party::new("C", 5));
    // Two authorities that sign each other, and neither is trusted.
    let between = [a.issues(&b, true, &[]), b.issues(&a, true, &[])];
    let end = a.issues(&leaf, false, &[]);
    assert_eq!(judge(&end, &[root.root()], &between).1, [Reason::Untrusted]);
    // The same with one name.
    let (one, two) = (Party::new("A", 3), Party::new("A", 6));
    let between = [one.issues(&two, true, &[]), two.issues(&one, true, &[])];
    let end = one.issues(&leaf, false, &[]);
    assert_eq!(judge(&end, &[root.root()], &between).1, [Reason::Forged]);
    // CVE-2024-0567: A, B and C have signed each other; A is trusted too.
    let sub = Party::new("A1", 7);
    let mut between: Vec<Certificate> = vec![a.issues(&sub, true, &[])];
    for (by, to) in [(&b, &a), (&c, &a), (&a, &b), (&c, &b), (&a, &c), (&b, &c)] {
        between.push(by.issues(to, true, &[]));
    }
    let end = sub.issues(&leaf, false, &[]);
    assert_eq!(judge(&end, &[a.root()], &between).1, []);
}

#[test]
fn who_cannot_be_searched_through_is_not_called_anything() {
    let (root, leaf) = (Party::new("root", 1), Party::new("leaf", 2));
    let parties: Vec<Party> = (0..16).map(|i| Party::new(&format!("A{i}"), 10 + i)).collect();
    let mut between = vec![];
    for by in &parties {
        between.extend(parties.iter().filter(|p| p.name != by.name).map(|p| by.issues(p, true, &[])));
    }
    // Everyone has signed everyone: more paths than there are atoms in a library, none to the root.
    let end = parties[0].issues(&leaf, false, &[]);
    assert_eq!(judge(&end, &[root.root()], &between).1, [Reason::TooComplex]);
    // Where the anchor stands right above, it is found at once.
    assert_eq!(judge(&end, &[parties[0].root()], &between).1, []);
    // Hundreds of authorities of one name: the one whose key is named is tried first.
    let many: Vec<Party> = (0..400).map(|i| Party::new("M", 100 + i)).collect();
    let mut between: Vec<Certificate> = many.iter().map(|m| root.issues(m, true, &[])).collect();
    let end = many[399].issues(&leaf, false, &[]);
    assert_eq!(judge(&end, &[root.root()], &between).1, []);
    // Where none is the right one, the search gives up.
    between.pop();
    assert_eq!(judge(&end, &[root.root()], &between), (Outcome::CouldNotCheck, vec![Reason::TooComplex]));
}

#[test]
fn names_without_end_are_not_compared_without_end() {
    let (root, sub, leaf) = (Party::new("root", 1), Party::new("sub", 2), Party::new("leaf", 3));
    let name = |i: usize| tlv(0x82, &[format!("a{i}.example.com").as_bytes()]);
    let trees: Vec<u8> = (0..1500).flat_map(|i| tlv(0x30, &[&name(i)])).collect();
    let names: Vec<u8> = (0..1500).flat_map(|i| name(i + 5000)).collect();
    let constraints = tlv(0x30, &[&tlv(0xa1, &[&trees])]);
    let authority = root.issues(&sub, true, &[(&[0x55, 0x1d, 30], constraints)]);
    let end = sub.issues(&leaf, false, &[(&[0x55, 0x1d, 17], tlv(0x30, &[&names]))]);
    let judged = judge(&end, &[root.root()], &[authority]);
    assert_eq!(judged, (Outcome::CouldNotCheck, vec![Reason::CriticalExtension]));
}

#[test]
fn denial_of_service_by_names_of_x509_limbo() {
    let (root, leaf) = (Party::new("root", 1), Party::new("leaf", 2));
    let hosts = |letter: &str| (0..513).map(|i| format!("{letter}{i}.test")).collect::<Vec<_>>();
    let boxes = |letter: &str| (0..513).map(|i| format!("{letter}{i}@test")).collect::<Vec<_>>();
    let trees = |tag: u8, names: &[String]| -> Vec<u8> {
        names.iter().flat_map(|n| tlv(0x30, &[&tlv(tag, &[n.as_bytes()])])).collect()
    };
    // nc-dos-1 to -3: hosts, mailboxes, and mailboxes in the subject's own name.
    for (tag, permitted, excluded, in_subject) in [
        (0x82, [hosts("t"), vec![".test".to_owned()]].concat(), hosts("x"), false),
        (0x81, [boxes("t"), vec![".test".to_owned()]].concat(), boxes("x"), false),
        (0x81, [boxes("t"), vec![".test".to_owned()]].concat(), boxes("x"), true),
    ] {
        let constraints =
            tlv(0x30, &[&tlv(0xa0, &[&trees(tag, &permitted)]), &tlv(0xa1, &[&trees(tag, &excluded)])]);
        let anchor = root.issues(&root, true, &[(&[0x55, 0x1d, 30], constraints)]);
        let names: Vec<u8> = permitted.iter().flat_map(|n| tlv(tag, &[n.as_bytes()])).collect();
        let mut end = Party::new("leaf", 2);
        let end = if in_subject {
            let mail: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1];
            let part = |n: &String| tlv(0x31, &[&tlv(0x30, &[mail, &tlv(0x16, &[n.as_bytes()])])]);
            end.name = tlv(0x30, &[&permitted.iter().flat_map(part).collect::<Vec<u8>>()]);
            root.issues(&end, false, &[])
        } else {
            root.issues(&leaf, false, &[(&[0x55, 0x1d, 17], tlv(0x30, &[&names]))])
        };
        let (outcome, reasons) = judge(&end, &[anchor], &[]);
        assert_ne!(outcome, Outcome::Valid, "{reasons:?}");
        assert!(reasons.contains(&Reason::CriticalExtension), "{reasons:?}");
    }
}
