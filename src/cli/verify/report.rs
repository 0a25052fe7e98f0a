//! A verdict as lines for a person and as JSON for a program. The JSON's names are never changed,
//! only added to (`tereze.verdict/1`).

use serde::Serialize;

use super::given::Files;
use super::lines::{consulted_json, path_json, path_lines, sections, signer_json, signer_lines};
use crate::cli::words;
use crate::clock::Moment;
use crate::domain::Names;
use crate::domain::receipt::{Notice, Receipt};
use crate::fault::{Code, Coded};
use crate::i18n::{Lang, Msg, Text, format};
use crate::seal::history::Extract;
use crate::seal::receipt::VerifyError;
use crate::sign::certificate::PRACTICE_MARK;
use crate::sign::egov::PartError;
use crate::sign::file::Container;
use crate::sign::path::Rules;
use crate::sign::policy;
use crate::sign::verdict::{Outcome, Revocation, SignerReport, Verdict};

/// What was judged, for the headline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Signature,
    Certificate,
    Chain,
    Receipt,
    Notice,
    History,
}

/// A label's message with its value, in the order they are shown.
pub type Lines = Vec<(Msg, Value)>;

#[derive(Clone)]
pub enum Value {
    Outcome(Outcome),
    Said(String),
    Time(Moment),
    Term(Moment, Moment),
    Date(time::Date),
    Message(Msg),
    Fault(Code),
    Consulted { by: String, at: Moment, hours: i64, problem: Option<Msg> },
    Unused { file: String, why: Msg },
}

pub struct Report {
    kind: Kind,
    outcome: Outcome,
    practice: bool,
    reasons: Vec<Code>,
    sections: Vec<Lines>,
    json: serde_json::Value,
}

impl Report {
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// `now`: what ages are counted to.
    pub fn signature(container: Container, verdict: Verdict, files: &Files, now: Moment) -> Self {
        let consulted: Vec<_> = verdict.signers.iter().flat_map(|s| &s.consulted).collect();
        let unused = files.unused(&consulted);
        let report = Self {
            kind: Kind::Signature,
            outcome: verdict.outcome(),
            practice: verdict.practice(),
            reasons: verdict.all_reasons().iter().map(Coded::code).collect(),
            sections: verdict
                .signers
                .iter()
                .flat_map(|s| sections(s, verdict.signers.len() > 1, now))
                .collect(),
            json: serde_json::json!({
                "container": container,
                "signers": verdict.signers.iter().map(|s| signer_json(s, now)).collect::<Vec<_>>(),
            }),
        };
        report.with_unused(unused)
    }

    /// Files on revocation that said nothing here, and why.
    fn with_unused(mut self, unused: Vec<(String, bool)>) -> Self {
        let why = |empty| if empty { "empty" } else { "other" };
        let json = unused.iter().map(|(file, empty)| serde_json::json!({ "file": file, "why": why(*empty) }));
        self.json["unused"] = json.collect();
        let lines = unused.into_iter().map(|(file, empty)| {
            let why = if empty { Msg::CliVerifyProblemEmpty } else { Msg::CliVerifyProblemScope };
            (Msg::CliVerifyNotUsed, Value::Unused { file, why })
        });
        let lines: Lines = lines.collect();
        if !lines.is_empty() {
            self.sections.push(lines);
        }
        self
    }

    /// QR codes that are no whole document: which are missing, counted from one.
    pub fn codes(error: PartError, missing: &[usize]) -> Self {
        let numbers = missing.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        let lines = vec![(Msg::CliVerifyMissing, Value::Said(numbers))];
        Self {
            kind: Kind::Signature,
            outcome: Outcome::CouldNotCheck,
            practice: false,
            reasons: vec![error.code()],
            sections: if missing.is_empty() { Vec::new() } else { vec![lines] },
            json: serde_json::json!({ "container": Container::Codes, "missing": missing, "signers": [] }),
        }
    }

    pub fn certificate(report: SignerReport, files: &Files, now: Moment) -> Self {
        let unused = files.unused(&report.consulted.iter().collect::<Vec<_>>());
        let report = Self {
            kind: Kind::Certificate,
            outcome: report.outcome(),
            practice: report.practice,
            reasons: report.reasons.iter().map(Coded::code).collect(),
            sections: vec![signer_lines(&report, false, now)],
            json: serde_json::json!({ "certificate": signer_json(&report, now) }),
        };
        report.with_unused(unused)
    }

    /// `strange`: how many of the certificates that were given cannot be read.
    pub fn chain(report: SignerReport, rules: &Rules, strange: usize, files: &Files, now: Moment) -> Self {
        let unused = files.unused(&report.consulted.iter().collect::<Vec<_>>());
        let mut lines = signer_lines(&report, false, now);
        lines.extend(path_lines(&report));
        let whole = report.set.is_some();
        let policies = whole.then(|| policy::judge(&report.path, &rules.policies).ok()).flatten();
        let policies = policies.map(|held| held.iter().map(ToString::to_string).collect::<Vec<_>>());
        let report = Self {
            kind: Kind::Chain,
            outcome: report.outcome(),
            practice: report.practice,
            reasons: report.reasons.iter().map(Coded::code).collect(),
            sections: vec![lines],
            json: serde_json::json!({
                "path": path_json(&report),
                "time": now.rfc3339(),
                "policies": policies,
                "profile": rules.profile,
                "unreadable": strange,
                "revocation": {
                    "asked": report.revocation != Revocation::NotConsulted,
                    "status": report.revocation,
                    "consulted": consulted_json(&report, now),
                },
            }),
        };
        report.with_unused(unused)
    }

    /// A chain whose first certificate cannot be read.
    pub fn refused_chain(code: Code) -> Self {
        let json = serde_json::json!({ "path": [] });
        let (kind, outcome) = (Kind::Chain, Outcome::CouldNotCheck);
        Self { kind, outcome, practice: false, reasons: vec![code], sections: Vec::new(), json }
    }

    pub fn refused_receipt(error: &VerifyError) -> Self {
        let known = error.verdict_is_known();
        Self {
            kind: Kind::Receipt,
            outcome: if known { Outcome::NotValid } else { Outcome::CouldNotCheck },
            practice: false,
            reasons: vec![error.code()],
            sections: Vec::new(),
            json: serde_json::json!({}),
        }
    }

    pub fn receipt(receipt: Receipt, operator: &Names) -> Self {
        let lines = vec![
            (Msg::CliVerifyNumber, Value::Said(receipt.number.clone())),
            (Msg::CliVerifyRegistered, Value::Time(receipt.registered)),
            (Msg::CliVerifyBody, Value::Said(receipt.body_name.clone())),
            (Msg::CliVerifyReceivedBy, Value::Said(receipt.received_by.clone())),
            (Msg::CliVerifyDue, Value::Date(receipt.due)),
            (Msg::CliVerifyOperator, Value::Said(operator.kk.clone())),
        ];
        let json = serde_json::json!({ "receipt": {
            "number": receipt.number,
            "registered": receipt.registered.rfc3339(),
            "submission": receipt.submission,
            "statement": receipt.statement,
            "envelope": receipt.envelope,
            "body": receipt.body,
            "body_name": receipt.body_name,
            "received_by": receipt.received_by,
            "due": receipt.due.to_string(),
            "rule": receipt.rule,
            "language": receipt.language,
            "operator": operator,
        }});
        Self::proven(Kind::Receipt, receipt.practice, lines, json)
    }

    pub fn notice(notice: Notice, operator: &Names) -> Self {
        let mut lines = vec![(Msg::CliVerifyNoticed, Value::Time(notice.time))];
        let reason = Msg::from_id(&format!("fault-{}", notice.reason.replace(['.', '_'], "-")));
        match reason {
            Some(reason) => lines.push((Msg::CliVerifyReason, Value::Message(reason))),
            None => lines.push((Msg::CliVerifyReason, Value::Said(notice.reason.clone()))),
        }
        lines.push((Msg::CliVerifyOperator, Value::Said(operator.kk.clone())));
        let json = serde_json::json!({ "notice": {
            "time": notice.time.rfc3339(),
            "submission": notice.submission,
            "envelope": notice.envelope,
            "reason": notice.reason,
            "operator": operator,
        }});
        Self::proven(Kind::Notice, notice.practice, lines, json)
    }

    /// The short form of a letter's history, as its paper carries it.
    pub fn extract(extract: &Extract, operator: &Names, lang: Lang) -> Self {
        let mut lines = vec![
            (Msg::CliVerifyNumber, Value::Said(extract.number.clone())),
            (Msg::CliVerifyBody, Value::Said(extract.body.clone())),
            (Msg::CliVerifyDue, Value::Date(extract.due)),
            (Msg::CliVerifyMade, Value::Time(extract.made)),
            (Msg::CliVerifyOperator, Value::Said(operator.kk.clone())),
        ];
        for (code, at) in &extract.events {
            let when = format::date_time(lang, *at);
            match Msg::from_id(&format!("track-event-{code}")) {
                Some(what) => lines.push((what, Value::Said(when))),
                None => lines.push((Msg::CliVerifyEvent, Value::Said(format!("{code}, {when}")))),
            }
        }
        let event = |(kind, at): &(String, Moment)| serde_json::json!({"kind": kind, "at": at.rfc3339()});
        let json = serde_json::json!({ "history": {
            "number": extract.number,
            "made": extract.made.rfc3339(),
            "statement": extract.statement,
            "body": extract.body,
            "due": extract.due.to_string(),
            "events": extract.events.iter().map(event).collect::<Vec<_>>(),
            "operator": operator,
        }});
        Self::proven(Kind::History, extract.practice, lines, json)
    }

    fn proven(kind: Kind, practice: bool, lines: Lines, json: serde_json::Value) -> Self {
        Self { kind, outcome: Outcome::Valid, practice, reasons: Vec::new(), sections: vec![lines], json }
    }

    pub fn words(&self, lang: Lang) -> String {
        let mark = match self.outcome {
            Outcome::Valid => "✓",
            Outcome::NotValid => "✗",
            Outcome::CouldNotCheck => "?",
        };
        let mut out = vec![format!("{mark} {}", self.headline().say(lang))];
        if self.practice {
            out.push(PRACTICE_MARK.to_owned());
            out.push(Text::new(Msg::CliVerifyPractice).say(lang));
        }
        for code in &self.reasons {
            out.push(format!("- {}", words::fault(lang, *code)));
        }
        for section in &self.sections {
            out.push(String::new());
            for (label, value) in section {
                // A certificate alone has an owner; nobody has signed.
                let label = match (self.kind, label) {
                    (Kind::Certificate | Kind::Chain, Msg::CliVerifySigner) => &Msg::CheckOwner,
                    _ => label,
                };
                out.push(match value {
                    Value::Fault(code) => format!("- {}", words::fault(lang, *code)),
                    Value::Message(msg) if label == msg => Text::new(*msg).say(lang),
                    value => format!("{}: {}", Text::new(*label).say(lang), value.say(lang)),
                });
            }
        }
        out.join("\n")
    }

    fn headline(&self) -> Text {
        use Outcome::{CouldNotCheck, NotValid, Valid};
        Text::new(match (self.kind, self.outcome) {
            (Kind::Signature, outcome) => return outcome.text(),
            (Kind::Certificate | Kind::Chain, Valid) => Msg::CliVerifyCertificateValid,
            (Kind::Certificate | Kind::Chain, NotValid) => Msg::CliVerifyCertificateNotValid,
            (Kind::Certificate | Kind::Chain, CouldNotCheck) => Msg::CliVerifyCertificateCouldNotCheck,
            (Kind::Notice, _) => Msg::CliVerifyNoticeValid,
            (Kind::History, _) => Msg::CliVerifyHistoryValid,
            (Kind::Receipt, Valid) => Msg::CliVerifyReceiptValid,
            (Kind::Receipt, NotValid) => Msg::CliVerifyReceiptNotValid,
            (Kind::Receipt, CouldNotCheck) => Msg::CliVerifyReceiptCouldNotCheck,
        })
    }

    pub fn json(&self, lang: Lang) -> String {
        #[derive(Serialize)]
        struct Reason {
            code: &'static str,
            text: String,
        }
        #[derive(Serialize)]
        struct Document<'a> {
            format: &'static str,
            kind: Kind,
            verdict: &'static str,
            practice: bool,
            reasons: Vec<Reason>,
            #[serde(flatten)]
            rest: &'a serde_json::Value,
        }
        let reasons = self.reasons.iter().map(|c| Reason { code: c.0, text: words::fault(lang, *c) });
        let document = Document {
            format: "tereze.verdict/1",
            kind: self.kind,
            verdict: self.outcome.name(),
            practice: self.practice,
            reasons: reasons.collect(),
            rest: &self.json,
        };
        serde_json::to_string_pretty(&document).unwrap_or_default()
    }
}

impl Value {
    fn say(&self, lang: Lang) -> String {
        match self {
            Value::Outcome(outcome) => outcome.text().say(lang),
            Value::Said(text) => text.clone(),
            Value::Consulted { by, at, hours, problem } => {
                let text = Text::new(Msg::CheckConsulted)
                    .with("by", by.clone())
                    .with("time", format::date_time(lang, *at))
                    .with("age", format::age(lang, *hours));
                let mut text = text.say(lang);
                if let Some(problem) = problem {
                    let (label, why) = (Msg::CliVerifyNotUsed, *problem);
                    text = format!("{text}. {}: {}", Text::new(label).say(lang), Text::new(why).say(lang));
                }
                text
            }
            Value::Unused { file, why } => format!("{file}: {}", Text::new(*why).say(lang)),
            Value::Time(at) => format::date_time(lang, *at),
            Value::Term(from, until) => {
                let day = |at: Moment| format::date(lang, at.legal_date());
                format!("{} – {}", day(*from), day(*until))
            }
            Value::Date(date) => format::date(lang, *date),
            Value::Message(msg) => Text::new(*msg).say(lang),
            Value::Fault(code) => words::fault(lang, *code),
        }
    }
}
