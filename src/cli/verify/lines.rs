//! One signer as lines for a person and as JSON for a program.

use super::report::{Lines, Value};
use crate::clock::Moment;
use crate::domain::Digest;
use crate::fault::Coded;
use crate::i18n::Msg;
use crate::sign::certificate::Certificate;
use crate::sign::revocation::{Consulted, Kind, Problem};
use crate::sign::timestamp::Timestamp;
use crate::sign::verdict::{Covers, Format, Revocation, SignerReport};

/// A signer, then those who signed her signature in turn.
pub fn sections(signer: &SignerReport, several: bool, now: Moment) -> Vec<Lines> {
    let mut lines = signer_lines(signer, several, now);
    let format = signer.format.map(|format| match format {
        Format::Cades => Msg::CliVerifyFormatCades,
        Format::Cms => Msg::CliVerifyFormatCms,
        Format::Xades => Msg::CliVerifyFormatXades,
        Format::Xml => Msg::CliVerifyFormatXml,
    });
    lines.extend(format.map(|format| (Msg::CliVerifyFormat, Value::Message(format))));
    match &signer.covers {
        Covers::Whole => {}
        Covers::Part(parts) => lines.push((Msg::CliVerifyCoversPart, Value::Said(parts.join(", ")))),
        Covers::Earlier => {
            lines.push((Msg::CliVerifyCoversEarlier, Value::Message(Msg::CliVerifyCoversEarlier)))
        }
    }
    let mut out = vec![lines];
    for stamp in &signer.timestamps {
        let proves =
            if stamp.proven().is_some() { Msg::CliVerifyTimestampGood } else { Msg::CliVerifyTimestampBad };
        let mut lines = vec![(proves, Value::Message(proves))];
        lines.extend(stamp.time.map(|at| (Msg::CliVerifyProvenTime, Value::Time(at))));
        let by = stamp.authority.path.first().map(Certificate::title).unwrap_or_default();
        lines.push((Msg::CliVerifyProvenBy, Value::Said(by)));
        let reasons = stamp.authority.reasons.iter();
        lines.extend(reasons.map(|r| (Msg::CliVerifyReason, Value::Fault(r.code()))));
        out.push(lines);
    }
    for counter in &signer.countersigners {
        let outcome = Value::Outcome(counter.outcome());
        out.push([vec![(Msg::CliVerifyCountersigned, outcome)], signer_lines(counter, true, now)].concat());
    }
    out
}

pub fn signer_lines(signer: &SignerReport, several: bool, now: Moment) -> Lines {
    let owner = signer.owner.expose();
    let mut lines = Vec::new();
    let mut said = |label, text: &str| {
        if !text.is_empty() {
            lines.push((label, Value::Said(text.to_owned())));
        }
    };
    said(Msg::CliVerifySigner, &owner.name);
    said(Msg::CliVerifyIin, &owner.iin);
    said(Msg::CliVerifyOrganisation, owner.organisation.as_deref().unwrap_or_default());
    said(Msg::CliVerifyBin, owner.bin.as_deref().unwrap_or_default());
    said(Msg::CliVerifyIssuer, &signer.issuer);
    if let Some((from, until)) = signer.term {
        lines.push((Msg::CliVerifyTerm, Value::Term(from, until)));
    }
    if let Some(at) = signer.claimed_time {
        lines.push((Msg::CliVerifyTime, Value::Time(at)));
    }
    if several {
        lines.extend(signer.reasons.iter().map(|r| (Msg::CliVerifyReason, Value::Fault(r.code()))));
    }
    let told = match signer.revocation {
        Revocation::NotConsulted => Some(Msg::CliVerifyRevocationNotConsulted),
        Revocation::Good => Some(Msg::CliVerifyRevocationGood),
        Revocation::Revoked | Revocation::Unknown => None,
    };
    lines.extend(told.map(|msg| (msg, Value::Message(msg))));
    if signer.preliminary {
        for msg in [Msg::CliVerifyPreliminary, Msg::CliVerifyPreliminaryHow] {
            lines.push((msg, Value::Message(msg)));
        }
    }
    lines.extend(signer.consulted.iter().map(|c| consulted_line(c, now)));
    lines
}

/// Which list or answer was looked at, how old it is, and why it was not believed.
fn consulted_line(consulted: &Consulted, now: Moment) -> (Msg, Value) {
    let label = match consulted.kind {
        Kind::RevocationList => Msg::CliVerifyRevocationList,
        Kind::Delta => Msg::CliVerifyRevocationDelta,
        Kind::Ocsp => Msg::CliVerifyRevocationOcsp,
        Kind::RelayedList => Msg::CheckKnowRelayed,
    };
    let problem = consulted.problem.map(|problem| match problem {
        Problem::NotSigned => Msg::CliVerifyProblemNotSigned,
        Problem::Stale => Msg::CliVerifyProblemStale,
        Problem::Early => Msg::CliVerifyProblemEarly,
        Problem::Scope => Msg::CliVerifyProblemScope,
        Problem::Form => Msg::CliVerifyProblemForm,
        Problem::Profile => Msg::CliVerifyProblemProfile,
        Problem::Unknown => Msg::CliVerifyProblemUnknown,
        Problem::Nonce => Msg::CliVerifyProblemNonce,
        Problem::Silent => Msg::CliVerifyProblemSilent,
    });
    let (by, at) = (consulted.by.clone(), consulted.this_update);
    (label, Value::Consulted { by, at, hours: age(at, now) / 3600, problem })
}

/// Seconds.
fn age(at: Moment, now: Moment) -> i64 {
    now.0.saturating_sub(at.0).max(0)
}

/// The path as lines, signer first.
pub fn path_lines(report: &SignerReport) -> Lines {
    let titles = report.path.iter().map(Certificate::title).filter(|t| !t.is_empty());
    let mut lines = vec![(Msg::CliVerifyPath, Value::Said(titles.collect::<Vec<_>>().join(" → ")))];
    lines.extend(report.judged_at.map(|at| (Msg::CliVerifyJudgedAt, Value::Time(at))));
    lines
}

pub fn path_json(report: &SignerReport) -> serde_json::Value {
    let one = |c: &Certificate| {
        serde_json::json!({
            "subject": c.title(),
            "issuer": c.issuer_title(),
            "serial": c.serial_hex(),
            "not_before": c.not_before().rfc3339(),
            "not_after": c.not_after().rfc3339(),
            "sha256": Digest::of(c.der()).to_string(),
        })
    };
    report.path.iter().map(one).collect()
}

pub fn consulted_json(report: &SignerReport, now: Moment) -> serde_json::Value {
    let one = |c: &Consulted| {
        serde_json::json!({
            "kind": c.kind,
            "certificate": c.of,
            "by": c.by,
            "number": c.number,
            "this_update": c.this_update.rfc3339(),
            "next_update": c.next_update.map(Moment::rfc3339),
            "age_seconds": age(c.this_update, now),
            "problem": c.problem,
        })
    };
    report.consulted.iter().map(one).collect()
}

pub fn signer_json(signer: &SignerReport, now: Moment) -> serde_json::Value {
    let owner = signer.owner.expose();
    serde_json::json!({
        "verdict": signer.outcome().name(),
        "reasons": signer.reasons.iter().map(|r| r.code().0).collect::<Vec<_>>(),
        "name": owner.name,
        "iin": owner.iin,
        "bin": owner.bin,
        "organisation": owner.organisation,
        "issuer": signer.issuer,
        "not_before": signer.term.map(|t| t.0.rfc3339()),
        "not_after": signer.term.map(|t| t.1.rfc3339()),
        "format": signer.format,
        "covers": signer.covers,
        "countersigners": signer.countersigners.iter().map(|c| signer_json(c, now)).collect::<Vec<_>>(),
        "claimed_time": signer.claimed_time.map(Moment::rfc3339),
        "trusted_set": signer.set,
        "revocation": signer.revocation,
        "consulted": consulted_json(signer, now),
        "judged_at": signer.judged_at.map(Moment::rfc3339),
        "preliminary": signer.preliminary,
        "timestamps": signer.timestamps.iter().map(stamp_json).collect::<Vec<_>>(),
        "practice": signer.practice,
    })
}

fn stamp_json(stamp: &Timestamp) -> serde_json::Value {
    serde_json::json!({
        "verdict": stamp.authority.outcome().name(),
        "reasons": stamp.authority.reasons.iter().map(|r| r.code().0).collect::<Vec<_>>(),
        "time": stamp.time.map(Moment::rfc3339),
        "by": stamp.authority.path.first().map(Certificate::title),
        "preliminary": stamp.authority.preliminary,
    })
}
