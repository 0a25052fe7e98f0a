//! What a signature is still checked by when nobody can be asked any more: its path's certificates, and
//! the word on each of them that it was not revoked. Put into the file (ETSI EN 319 122-1 §5.5: the
//! level CAdES-B-LT), it needs no line, and outlives the responder.

use der::asn1::ObjectIdentifier;
use der::{AnyRef, Decode, Encode as _};

use super::certificate::Certificate;
use super::crl::Crl;
use super::ocsp::Answer;
use super::revocation::{Consulted, Evidence, Kind};
use super::verdict::{SignerReport, Verdict};
use super::wire::{ContentInfo, SetRef, set_of, tlv};
use super::{MAX_CMS, oid};

/// Bytes of a list that is stored with a letter: a national one has twenty million.
pub const MAX_LIST: usize = 256 * 1024;
/// Pieces of one kind; what is beyond would not be looked at by who checks ([`super::stored`]).
const MOST: usize = 12;

/// One piece, in DER.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    Certificate(Vec<u8>),
    /// A list of revoked certificates, or a delta to one.
    List(Vec<u8>),
    /// An OCSPResponse.
    Answer(Vec<u8>),
}

/// Pieces, each once, in an order of their own: the same make the same file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Material(Vec<Piece>);

impl Material {
    /// What was believed where `verdict` was made by `evidence`: signers' paths, and those of who stamped
    /// the time. Lists of more than [`MAX_LIST`] bytes are left out. `authorities`: who may have signed lists.
    pub fn of<'a>(
        verdict: &Verdict,
        evidence: &Evidence,
        authorities: impl Iterator<Item = &'a Certificate>,
    ) -> Self {
        let mut found = Self::default();
        let reports = || {
            verdict.signers.iter().flat_map(|s| {
                let stamps = s.timestamps.iter().filter(|t| t.proven().is_some());
                std::iter::once(s).chain(stamps.map(|t| &t.authority))
            })
        };
        for report in reports() {
            found.believed(report, evidence);
        }
        // Who signed a list need not stand in the path.
        let path: Vec<&Certificate> = reports().flat_map(|r| &r.path).collect();
        let lists: Vec<Crl> = found.lists().filter_map(Crl::from_der).collect();
        for authority in authorities.filter(|a| !path.contains(a) && !a.self_issued()) {
            if lists.iter().any(|l| l.issuer == *authority.name()) {
                found.add(Piece::Certificate(authority.der().to_vec()));
            }
        }
        found
    }

    fn believed(&mut self, report: &SignerReport, evidence: &Evidence) {
        // Who checks must have the anchor already, and trust it.
        let anchor = report.path.last().filter(|c| c.self_issued());
        for certificate in report.path.iter().filter(|c| Some(*c) != anchor) {
            self.add(Piece::Certificate(certificate.der().to_vec()));
        }
        let believed: Vec<&Consulted> = report.consulted.iter().filter(|c| c.problem.is_none()).collect();
        for of in 0..report.path.len() {
            let words = believed.iter().filter(|c| c.of == of);
            let (answers, lists): (Vec<&&Consulted>, Vec<_>) = words.partition(|c| c.kind == Kind::Ocsp);
            // A list is for where nothing shorter speaks.
            let answer = |a: &&Answer| {
                let is = |c: &&&Consulted| c.by == a.title && a.says_at(c.this_update);
                answers.iter().any(is)
            };
            let mut told = false;
            for one in evidence.answers.iter().filter(answer) {
                let pair = (report.path.get(of), report.path.get(of + 1));
                if let (Some(certificate), Some(issuer)) = pair
                    && one.about(certificate, issuer).is_some()
                {
                    self.add(Piece::Answer(one.response()));
                    told = true;
                }
            }
            let listed = |l: &Crl| {
                let same = |c: &&&Consulted| c.by == l.issuer_title && c.this_update == l.this_update;
                lists.iter().any(same)
            };
            if !told {
                for list in evidence.lists.iter().filter(|l| listed(l) && l.der().len() <= MAX_LIST) {
                    self.add(Piece::List(list.der().to_vec()));
                }
            }
        }
    }

    pub fn add(&mut self, piece: Piece) {
        if let Err(place) = self.0.binary_search(&piece) {
            self.0.insert(place, piece);
        }
    }

    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().filter_map(|p| match p {
            Piece::Certificate(der) => Some(der.as_slice()),
            _ => None,
        })
    }

    pub fn lists(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().filter_map(|p| match p {
            Piece::List(der) => Some(der.as_slice()),
            _ => None,
        })
    }

    pub fn answers(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().filter_map(|p| match p {
            Piece::Answer(der) => Some(der.as_slice()),
            _ => None,
        })
    }

    /// As it is put to a judgement.
    pub fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::NONE;
        self.lists().for_each(|list| super::stored::list(list, &mut evidence));
        self.answers().for_each(|answer| super::stored::answer(answer, &mut evidence));
        evidence
    }

    /// The CMS file (DER) with these beside what it brought along: `SignedData.certificates`, and
    /// `SignedData.crls` with answers as RFC 5940 has them. What was signed stays, byte for byte. `None`
    /// where the file is no such thing.
    pub fn into_file(&self, cms: &[u8]) -> Option<Vec<u8>> {
        const MOST_HELD: usize = 64;
        if self.is_empty() || cms.len() > MAX_CMS {
            return (cms.len() <= MAX_CMS).then(|| cms.to_vec());
        }
        let held = ContentInfo::from_der(cms).ok()?.content;
        let elements = |set: Option<SetRef<'_>>| -> Option<Vec<Vec<u8>>> {
            let all = set.map(|s| s.elements(MOST_HELD)).transpose().ok()?.unwrap_or_default();
            Some(all.into_iter().map(<[u8]>::to_vec).collect())
        };
        let (mut certificates, mut crls) = (elements(held.certificates)?, elements(held.crls)?);
        certificates.extend(self.certificates().take(MOST).map(<[u8]>::to_vec));
        crls.extend(self.lists().take(MOST).map(<[u8]>::to_vec));
        crls.extend(self.answers().take(MOST).map(|a| tlv(0xa1, &[&stored_ocsp(), a])));
        let outer = AnyRef::from_der(cms).ok()?;
        let [kind, content] = *SetRef(outer.value()).elements(2).ok()?.as_slice() else { return None };
        let signed = AnyRef::from_der(AnyRef::from_der(content).ok()?.value()).ok()?;
        let fields = SetRef(signed.value()).elements(8).ok()?;
        let [_, digests, inside, ..] = *fields.as_slice() else { return None };
        // RFC 5652 §5.1: 5 where revocation information is of another kind than lists.
        let version = if self.answers().next().is_some() { 5 } else { held.version };
        let signers = *fields.last()?;
        let (certificates, crls) = (tagged(0xa0, certificates), tagged(0xa1, crls));
        let fields = [&[2, 1, version][..], digests, inside, &certificates, &crls, signers];
        Some(tlv(0x30, &[kind, &tlv(0xa0, &[&tlv(0x30, &fields)])]))
    }
}

fn stored_ocsp() -> Vec<u8> {
    let id: ObjectIdentifier = oid::STORED_OCSP;
    id.to_der().unwrap_or_default()
}

/// `SET OF`, each once, as an implicit tag; nothing for none.
fn tagged(tag: u8, mut elements: Vec<Vec<u8>>) -> Vec<u8> {
    if elements.is_empty() {
        return Vec::new();
    }
    elements.sort();
    elements.dedup();
    let mut set = set_of(elements);
    if let Some(first) = set.first_mut() {
        *first = tag;
    }
    set
}
