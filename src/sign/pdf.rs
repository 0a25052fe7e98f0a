//! Signatures in PDF documents (ISO 32000-2 §12.8, PAdES ETSI EN 319 142-1) judged: CAdES and PKCS#7
//! detached, document timestamps, values stored for their proof.
//!
//! A signature is over the file's bytes but for its own place. Which bytes those are it says
//! itself, so that is believed only where the place left out holds that very signature and nothing
//! else. What was added later is compared with what was signed: further signatures and proofs are
//! named, anything else makes the signature *not valid*.

use std::io::Read as _;

use der::{Reader as _, SliceReader};
use hayro_syntax::object::{
    Array, Dict, MaybeRef, Name, Number, Object, ObjectIdentifier, Stream, String as Bytes,
};
use hayro_syntax::{Filter, LoadPdfError, Pdf};

use super::certificate::Certificate;
use super::revocation::Evidence;
use super::signer::{File, add, report};
use super::timestamp::{self, Timestamp};
use super::verdict::{Covers, Reason, SignerReport, Verdict};
use super::verify::{Question, judge as judge_cms};
use super::{oid, stored};
use crate::clock::{Confidence, Reading};

mod changes;
mod tame;

use changes::Added;

/// Bytes of a document.
pub const MAX_PDF: usize = 64 * 1024 * 1024;
const MAX_SIGNATURES: usize = 16;
const MAX_FIELDS: usize = 4096;
const DEEPEST: usize = 32;
/// Stored certificates, lists or answers, each.
const MAX_STORED: usize = 32;
/// Bytes of one stored value.
const MAX_VALUE: u64 = 32 * 1024 * 1024;

/// Whether a file is meant to be a PDF document.
pub fn looks_like(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(1024)].windows(5).any(|w| w == b"%PDF-")
}

/// One signature's dictionary, its range found to be sound.
struct Place {
    /// Where the left-out place begins and ends.
    gap: (usize, usize),
    /// Where what is signed ends.
    end: usize,
    token: Vec<u8>,
    kind: Kind,
    /// The author certified that nothing will be added but proofs (DocMDP with P 1, ISO 32000-2 §12.8.2.2).
    last: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Signature,
    Timestamp,
    Other,
}

/// Judges every signature in a PDF document (at most [`MAX_PDF`] bytes).
pub fn judge(bytes: &[u8], question: &Question<'_>) -> Verdict {
    match judged(bytes, question) {
        Ok(reports) => Verdict::new(reports, None),
        Err(reason) => Verdict::refused(reason),
    }
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|w| w == what)
}

fn opened(bytes: &[u8]) -> Result<Pdf, Reason> {
    match Pdf::new(bytes.to_vec()) {
        Ok(pdf) => Ok(pdf),
        Err(LoadPdfError::Decryption(_)) => Err(Reason::Encrypted),
        Err(LoadPdfError::Invalid) if holds(bytes, b"/ByteRange") => Err(Reason::Malformed),
        Err(LoadPdfError::Invalid) => Err(Reason::NoSignature),
    }
}

fn judged(bytes: &[u8], question: &Question<'_>) -> Result<Vec<SignerReport>, Reason> {
    if bytes.len() > MAX_PDF {
        return Err(Reason::TooLarge);
    }
    tame::judge(bytes)?;
    // Strings of an encrypted document are not what stands in the file.
    if holds(bytes, b"/Encrypt") {
        return Err(Reason::Encrypted);
    }
    let pdf = opened(bytes)?;
    let fields = fields(&pdf)?;
    if fields.is_empty() {
        let odd = holds(bytes, b"/ByteRange");
        return Err(if odd { Reason::Malformed } else { Reason::NoSignature });
    }
    if fields.len() > MAX_SIGNATURES {
        return Err(Reason::TooLarge);
    }
    let mut extra = question.extra.to_vec();
    let mut evidence = question.evidence.clone();
    if question.unsigned {
        stored::note(&mut evidence, |evidence| proofs(&pdf, &mut extra, evidence));
    }
    let question = Question { extra: &extra, evidence: &evidence, ..*question };
    let mut places: Vec<Option<Place>> = fields.iter().map(|value| Place::read(value, bytes)).collect();
    places.sort_by_key(|p| p.as_ref().map_or(usize::MAX, |p| p.end));
    let stamps: Vec<(usize, Timestamp)> = places
        .iter()
        .flatten()
        .filter(|p| p.kind == Kind::Timestamp)
        .map(|p| (p.end, stamp(p, bytes, &question)))
        .collect();
    let mut reports = Vec::new();
    for place in &places {
        let Some(place) = place else {
            let mut refused = report(None);
            refused.reasons.push(Reason::ByteRange);
            reports.push(refused);
            continue;
        };
        let mut found = match place.kind {
            Kind::Timestamp => continue,
            Kind::Other => {
                let mut unknown = report(None);
                unknown.reasons.push(Reason::Algorithm);
                vec![unknown]
            }
            Kind::Signature => signed(place, bytes, &question, &stamps),
        };
        let later = added(bytes, &pdf, place);
        let followed = places.iter().flatten().any(|p| p.end > place.end && p.kind != Kind::Timestamp);
        for report in &mut found {
            match later {
                None => {}
                Some(Added::Changes) => add(report, Reason::ChangedAfter),
                Some(_) if place.last && followed => add(report, Reason::ChangedAfter),
                Some(Added::Proofs) => report.covers = Covers::Earlier,
                Some(Added::Mark) => {
                    report.covers = Covers::Earlier;
                    add(report, Reason::MarkedAfter);
                }
            }
        }
        reports.append(&mut found);
    }
    if reports.is_empty() {
        // Timestamps alone: somebody proved a time, nobody signed.
        return Err(Reason::NobodySigned);
    }
    Ok(reports)
}

/// `None`: nothing.
fn added(bytes: &[u8], now: &Pdf, place: &Place) -> Option<Added> {
    let rest = &bytes[place.end..];
    if rest.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    // What no reader of the format looks at is no update of the document.
    let update = holds(rest, b"startxref") && rest.trim_ascii_end().ends_with(b"%%EOF");
    Some(match opened(&bytes[..place.end]) {
        Ok(then) if update => changes::between(&then, now),
        _ => Added::Changes,
    })
}

/// The signature, judged at the earliest time that a timestamp of the document or its own proves.
fn signed(
    place: &Place,
    bytes: &[u8],
    question: &Question<'_>,
    stamps: &[(usize, Timestamp)],
) -> Vec<SignerReport> {
    let content = place.content(bytes);
    let over: Vec<&Timestamp> = stamps.iter().filter(|(end, _)| *end > place.end).map(|(_, s)| s).collect();
    let judged = |at| judge_cms(&place.token, &Question { content: Some(&content), at, ..*question });
    let mut verdict = judged(question.at);
    // Its own timestamp has been heeded; a document's counts where there is none.
    let own = verdict.signers.iter().any(|s| s.timestamps.iter().any(|t| t.proven().is_some()));
    if let Some(wall) = over.iter().filter_map(|t| t.proven()).min().filter(|_| !own) {
        verdict = judged(Reading { wall, confidence: Confidence::Plausible });
    }
    if verdict.signers.is_empty() {
        let mut refused = report(None);
        refused.reasons = verdict.reasons;
        return vec![refused];
    }
    for signer in &mut verdict.signers {
        signer.timestamps.extend(over.iter().map(|t| (*t).clone()));
    }
    verdict.signers
}

fn stamp(place: &Place, bytes: &[u8], question: &Question<'_>) -> Timestamp {
    let file = File {
        there: question.there,
        content_type: oid::DATA,
        content: None,
        certificates: question.extra.to_vec(),
        trust: question.trust,
        now: question.at,
        rules: question.rules,
        evidence: question.evidence,
        unsigned: question.unsigned,
    };
    timestamp::judge(&place.token, &place.content(bytes), &file)
}

impl Place {
    /// `None`: the range is not all of the file up to some end, but for this very signature.
    fn read(value: &Dict<'_>, bytes: &[u8]) -> Option<Self> {
        let range: Array<'_> = value.get("ByteRange")?;
        let numbers: Vec<usize> = range
            .iter::<Number>()
            .take(5)
            .map(|n| usize::try_from(n.as_i64()).ok())
            .collect::<Option<_>>()?;
        let [0, before, after, rest] = *numbers.as_slice() else { return None };
        let end = after.checked_add(rest)?;
        if before == 0 || after <= before || end > bytes.len() || rest == 0 {
            return None;
        }
        let gap = bytes.get(before..after)?;
        let inner = gap.strip_prefix(b"<")?.strip_suffix(b">")?;
        let held = hex::decode(inner).ok()?;
        let contents: Bytes<'_> = value.get("Contents")?;
        if contents.as_bytes() != held.as_slice() {
            return None;
        }
        let kind = match value.get::<Name<'_>>("SubFilter")?.as_str() {
            "ETSI.CAdES.detached" | "adbe.pkcs7.detached" => Kind::Signature,
            "ETSI.RFC3161" => Kind::Timestamp,
            _ => Kind::Other,
        };
        Some(Self { gap: (before, after), end, token: token(held)?, kind, last: certified(value) == Some(1) })
    }

    fn content(&self, bytes: &[u8]) -> Vec<u8> {
        [&bytes[..self.gap.0], &bytes[self.gap.1..self.end]].concat()
    }
}

/// What a certifying signature lets others do: 1 nothing, 2 fill forms and sign, 3 write remarks too.
fn certified(value: &Dict<'_>) -> Option<i64> {
    let references: Array<'_> = value.get("Reference")?;
    let reference = references
        .iter::<Dict<'_>>()
        .take(MAX_SIGNATURES)
        .find(|r| r.get::<Name<'_>>("TransformMethod").is_some_and(|name| name.as_str() == "DocMDP"))?;
    let level = reference.get::<Dict<'_>>("TransformParams").and_then(|p| p.get::<Number>("P"));
    Some(level.map_or(2, |n| n.as_i64()))
}

/// The signature without the zeros that fill its place; anything else behind it is no filling.
fn token(held: Vec<u8>) -> Option<Vec<u8>> {
    if held.get(1) == Some(&0x80) {
        // BER without lengths: its reader finds the end, and the zeros are part of none.
        return Some(held);
    }
    let length = SliceReader::new(&held).ok()?.tlv_bytes().ok()?.len();
    let (token, filling) = held.split_at_checked(length)?;
    filling.iter().all(|b| *b == 0).then(|| token.to_vec())
}

fn at<'a>(pdf: &'a Pdf, of: MaybeRef<Object<'a>>) -> Option<Object<'a>> {
    match of {
        MaybeRef::Ref(to) => pdf.xref().get::<Object<'a>>(to.into()),
        MaybeRef::NotRef(object) => Some(object),
    }
}

fn catalog(pdf: &Pdf) -> Option<Dict<'_>> {
    pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())
}

/// The values of all signature fields that are signed.
fn fields(pdf: &Pdf) -> Result<Vec<Dict<'_>>, Reason> {
    let form: Option<Dict<'_>> = catalog(pdf).and_then(|c| c.get("AcroForm"));
    let roots: Option<Array<'_>> = form.and_then(|f| f.get("Fields"));
    let mut found = Vec::new();
    let mut seen = Vec::<ObjectIdentifier>::new();
    let mut waiting: Vec<(Dict<'_>, bool, usize)> =
        roots.iter().flat_map(|r| r.iter::<Dict<'_>>()).take(MAX_FIELDS).map(|f| (f, false, 0)).collect();
    while let Some((field, above, depth)) = waiting.pop() {
        if let Some(id) = field.obj_id() {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
        }
        if seen.len() > MAX_FIELDS || depth > DEEPEST {
            return Err(Reason::TooLarge);
        }
        let kind: Option<Name<'_>> = field.get("FT");
        let signs = kind.map_or(above, |k| k.as_str() == "Sig");
        if signs && let Some(value) = field.get::<Dict<'_>>("V") {
            found.push(value);
        }
        if let Some(kids) = field.get::<Array<'_>>("Kids") {
            waiting.extend(kids.iter::<Dict<'_>>().take(MAX_FIELDS).map(|k| (k, signs, depth + 1)));
        }
    }
    Ok(found)
}

/// What the document stores for its proof (PAdES §5.4.2).
fn proofs(pdf: &Pdf, extra: &mut Vec<Certificate>, evidence: &mut Evidence) {
    let Some(store) = catalog(pdf).and_then(|c| c.get::<Dict<'_>>("DSS")) else { return };
    let values = |key: &str| -> Vec<Vec<u8>> {
        let all: Option<Array<'_>> = store.get(key);
        all.iter().flat_map(|a| a.iter::<Stream<'_>>()).take(MAX_STORED).filter_map(|s| value(&s)).collect()
    };
    extra.extend(values("Certs").iter().filter_map(|der| Certificate::from_der(der).ok()));
    values("CRLs").iter().for_each(|der| stored::list(der, evidence));
    values("OCSPs").iter().for_each(|der| stored::answer(der, evidence));
}

/// A stored value's bytes, within their bound.
fn value(stream: &Stream<'_>) -> Option<Vec<u8>> {
    let raw = stream.raw_data();
    match stream.filters().as_slice() {
        [] => Some(raw.into_owned()),
        [Filter::FlateDecode] => {
            let mut out = Vec::new();
            flate2::read::ZlibDecoder::new(raw.as_ref()).take(MAX_VALUE).read_to_end(&mut out).ok()?;
            Some(out)
        }
        _ => None,
    }
}
