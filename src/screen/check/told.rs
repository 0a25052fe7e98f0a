//! What came of a check, in words that know no language yet: the same for the screen and for paper.

use crate::clock::Moment;
use crate::domain::Names;
use crate::domain::iin;
use crate::domain::receipt::{Notice, Receipt};
use crate::fault::{Code, Coded as _};
use crate::i18n::{Lang, Msg, Text, format};
use crate::print::{Checked, VerdictPaper};
use crate::private::Private;
use crate::screen::track::words::event_of;
use crate::seal::history::Extract;
use crate::seal::keyset::Keyset;
use crate::seal::receipt::VerifyError;
use crate::sign::certificate::Certificate;
use crate::sign::egov::Field;
use crate::sign::file::Judged;
use crate::sign::oid;
use crate::sign::revocation::{Consulted, Problem};
use crate::sign::verdict::{Covers, Outcome, Reason, SignerReport};

pub(crate) mod checks;

use checks::{checks, revocation};

/// A verdict with all that is said of it.
pub struct Told {
    /// The file's name, or a certificate's number; may be empty.
    pub name: Private<String>,
    pub outcome: Outcome,
    pub headline: Msg,
    /// Why it is not valid; the gravest first.
    pub reasons: Vec<Code>,
    pub people: Vec<Person>,
    /// What a document made of data says.
    pub fields: Vec<Field>,
    /// What a receipt says.
    pub facts: Vec<(Msg, Said)>,
    /// GOST: the certified program is another.
    pub preliminary: bool,
    pub practice: bool,
    /// Of what day the portal's keys are that its word was checked with.
    pub keys: Option<Moment>,
    pub at: Moment,
}

/// A value that is said in the language of the moment.
#[derive(Clone)]
pub enum Said {
    Plain(String),
    Private(String),
    /// Twelve digits, of which the last four are shown.
    Number(String),
    Time(Moment),
    Date(time::Date),
    Message(Msg),
    Names(Names),
}

impl Said {
    /// `open`: numbers of persons are shown whole.
    pub fn say(&self, lang: Lang, open: bool) -> String {
        match self {
            Said::Plain(text) | Said::Private(text) => text.clone(),
            Said::Number(number) if open => number.clone(),
            Said::Number(number) => iin::masked(number),
            Said::Time(at) => format::date_time(lang, *at),
            Said::Date(day) => format::date(lang, *day),
            Said::Message(msg) => Text::from(*msg).say(lang),
            Said::Names(names) => names.get(lang).to_owned(),
        }
    }

    pub fn is_private(&self) -> bool {
        matches!(self, Said::Private(_) | Said::Number(_))
    }
}

/// One who signed.
pub struct Person {
    pub outcome: Outcome,
    pub facts: Vec<(Msg, Said)>,
    /// What was checked, with what came of it and what more there is to say.
    pub checks: Vec<(Text, Outcome, Option<Consultation>)>,
    /// What is known of whether the certificate was revoked, and how old that is.
    pub revocation: (Msg, Option<Consultation>),
    /// Who signed this signature in turn, and whether that holds.
    pub counter: Vec<(String, Outcome)>,
}

/// A list or an answer that was looked at.
#[derive(Clone)]
pub struct Consultation {
    pub by: String,
    /// A list's.
    pub number: Option<String>,
    pub at: Moment,
    pub hours: i64,
    pub problem: Option<Msg>,
}

impl Consultation {
    fn of(consulted: &Consulted, now: Moment) -> Self {
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
        let hours = now.0.saturating_sub(consulted.this_update.0).max(0) / 3600;
        let (by, number) = (consulted.by.clone(), consulted.number.clone());
        Self { by, number, at: consulted.this_update, hours, problem }
    }

    pub fn say(&self, lang: Lang) -> String {
        let text = match &self.number {
            Some(number) => Text::new(Msg::CheckConsultedList).with("number", number.as_str()),
            None => Text::new(Msg::CheckConsulted),
        };
        let text = text
            .with("by", self.by.as_str())
            .with("time", format::date_time(lang, self.at))
            .with("age", format::age(lang, self.hours));
        match self.problem {
            Some(problem) => format!("{}: {}", text.say(lang), Text::from(problem).say(lang)),
            None => text.say(lang),
        }
    }
}

impl Told {
    pub fn judged(name: String, judged: Judged, fields: Vec<Field>, at: Moment, practice: bool) -> Self {
        let plain = |outcome, headline, reasons| Self {
            name: Private::new(name),
            outcome,
            headline,
            reasons,
            people: Vec::new(),
            fields: Vec::new(),
            facts: Vec::new(),
            preliminary: false,
            practice,
            keys: None,
            at,
        };
        match judged {
            Judged::Codes(error, _) => plain(Outcome::CouldNotCheck, Msg::CheckCouldNot, vec![error.code()]),
            Judged::Certificate(report) => {
                let outcome = report.outcome();
                let headline = match outcome {
                    Outcome::Valid => Msg::CheckCertificateValid,
                    Outcome::NotValid => Msg::CheckCertificateNotValid,
                    Outcome::CouldNotCheck => Msg::CheckCouldNot,
                };
                let reasons = codes(&report.reasons);
                Self {
                    people: vec![Person::certified(&report, at)],
                    preliminary: report.preliminary,
                    practice: practice || report.practice,
                    ..plain(outcome, headline, reasons)
                }
            }
            Judged::Signature(_, verdict) => {
                let outcome = verdict.outcome();
                let headline = match outcome {
                    Outcome::Valid => Msg::CheckValid,
                    Outcome::NotValid => Msg::CheckNotValid,
                    Outcome::CouldNotCheck => Msg::CheckCouldNot,
                };
                let reasons = codes(&verdict.all_reasons());
                let shown = if outcome == Outcome::NotValid { Vec::new() } else { fields };
                Self {
                    people: verdict.signers.iter().map(|s| Person::signed(s, at)).collect(),
                    // What nobody signed is not shown as a document.
                    fields: shown,
                    preliminary: verdict.signers.iter().any(|s| s.preliminary),
                    practice: practice || verdict.practice(),
                    ..plain(outcome, headline, reasons)
                }
            }
        }
    }

    fn genuine(
        name: String,
        headline: Msg,
        facts: Vec<(Msg, Said)>,
        practice: bool,
        keyset: &Keyset,
        at: Moment,
    ) -> Self {
        Self {
            name: Private::new(name),
            outcome: Outcome::Valid,
            headline,
            reasons: Vec::new(),
            people: Vec::new(),
            fields: Vec::new(),
            facts,
            preliminary: false,
            practice,
            keys: Some(keyset.issued),
            at,
        }
    }

    pub fn receipt(name: String, receipt: &Receipt, keyset: &Keyset, at: Moment) -> Self {
        let mut facts = vec![
            (Msg::CheckNumber, Said::Plain(receipt.number.clone())),
            (Msg::CheckRegistered, Said::Time(receipt.registered)),
            (Msg::CheckBody, Said::Plain(receipt.body_name.clone())),
            (Msg::CheckDue, Said::Date(receipt.due)),
        ];
        facts.push(by(keyset));
        Self::genuine(name, Msg::CheckReceiptValid, facts, receipt.practice, keyset, at)
    }

    pub fn extract(name: String, extract: &Extract, keyset: &Keyset, at: Moment) -> Self {
        let mut facts = vec![(Msg::CheckNumber, Said::Plain(extract.number.clone()))];
        // The code holds no words: of what this version does not know nothing is said.
        let known = extract.events.iter().rev().find_map(|(code, _)| event_of(code));
        facts.extend(known.map(|says| (Msg::CheckStands, Said::Message(says))));
        facts.push((Msg::CheckDue, Said::Date(extract.due)));
        facts.push((Msg::CheckExtractMade, Said::Time(extract.made)));
        facts.push(by(keyset));
        Self::genuine(name, Msg::CheckExtractValid, facts, extract.practice, keyset, at)
    }

    pub fn notice(name: String, notice: &Notice, keyset: &Keyset, at: Moment) -> Self {
        let mut facts = vec![(Msg::CheckNoticed, Said::Time(notice.time))];
        if let Some(code) = Code::listed(&notice.reason)
            && let Some(why) = Msg::from_id(&code.message_id())
        {
            facts.push((Msg::CheckWhy, Said::Message(why)));
        }
        facts.push(by(keyset));
        Self::genuine(name, Msg::CheckNoticeValid, facts, notice.practice, keyset, at)
    }

    pub fn refused_receipt(
        name: String,
        error: &VerifyError,
        keyset: &Keyset,
        at: Moment,
        practice: bool,
    ) -> Self {
        let (outcome, headline) = match error.verdict_is_known() {
            true => (Outcome::NotValid, Msg::CheckReceiptNotValid),
            false => (Outcome::CouldNotCheck, Msg::CheckCouldNot),
        };
        let reasons = vec![error.code()];
        Self { outcome, reasons, ..Self::genuine(name, headline, Vec::new(), practice, keyset, at) }
    }

    /// As it goes on paper: numbers stay masked.
    pub fn paper(&self, lang: Lang) -> VerdictPaper {
        let say = |facts: &[(Msg, Said)]| -> Vec<(String, String)> {
            facts.iter().map(|(name, said)| (Text::from(*name).say(lang), said.say(lang, false))).collect()
        };
        let mut groups: Vec<Vec<(String, String)>> = Vec::new();
        groups.extend((!self.facts.is_empty()).then(|| say(&self.facts)));
        let keys = self.keys.map(|of| (Msg::CheckKeys, Said::Time(of)));
        if let (Some(group), Some(keys)) = (groups.last_mut(), keys) {
            group.extend(say(&[keys]));
        }
        groups.extend(self.people.iter().map(|person| say(&person.facts)));
        let mut checks = Vec::new();
        for (says, outcome, consulted) in self.people.iter().flat_map(|p| &p.checks) {
            let more = consulted.as_ref().map(|c| c.say(lang));
            checks.push(Checked { came: came(*outcome), says: says.clone().say(lang), more });
        }
        let why = |code: &Code| {
            let says = |id: String| Msg::from_id(&id).map(|m| Text::from(m).say(lang)).unwrap_or_default();
            format!("{}. {}", says(code.message_id()), says(code.remedy_id()))
        };
        VerdictPaper {
            lang,
            practice: self.practice,
            name: self.name.expose().clone(),
            headline: self.headline,
            reasons: self.reasons.iter().map(why).collect(),
            preliminary: self.preliminary,
            groups,
            checks,
            at: self.at,
        }
    }
}

/// Whose word it is.
fn by(keyset: &Keyset) -> (Msg, Said) {
    (Msg::CheckOperator, Said::Names(keyset.operator.clone()))
}

/// What a check came to, in a word.
pub fn came(outcome: Outcome) -> Msg {
    match outcome {
        Outcome::Valid => Msg::TrackKnowYes,
        Outcome::CouldNotCheck => Msg::TrackKnowNotChecked,
        Outcome::NotValid => Msg::TrackKnowNo,
    }
}

fn codes(reasons: &[Reason]) -> Vec<Code> {
    let mut sorted = reasons.to_vec();
    sorted.sort_by_key(|r| std::cmp::Reverse(r.outcome()));
    sorted.iter().map(|r| r.code()).collect()
}

impl Person {
    fn certified(report: &SignerReport, now: Moment) -> Self {
        let mut person = Self::signed(report, now);
        // A certificate alone signed nothing.
        person.checks.drain(..person.checks.len().min(2));
        if let Some((label, _)) = person.facts.iter_mut().find(|(label, _)| *label == Msg::TrackSigner) {
            *label = Msg::CheckOwner;
        }
        person
    }

    fn signed(report: &SignerReport, now: Moment) -> Self {
        let counter = |c: &SignerReport| (c.owner.expose().name.clone(), c.outcome());
        Self {
            outcome: report.outcome(),
            facts: facts(report),
            checks: checks(report, now),
            revocation: revocation(report, now),
            counter: report.countersigners.iter().map(counter).collect(),
        }
    }
}

/// Who: name, masked number, post, organisation; when, and by what that is known.
fn facts(report: &SignerReport) -> Vec<(Msg, Said)> {
    let owner = report.owner.expose();
    let mut facts = Vec::new();
    let mut add = |label, said: Option<Said>| facts.extend(said.map(|said| (label, said)));
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    add(Msg::TrackSigner, filled(&owner.name).map(Said::Private));
    add(Msg::CheckIin, filled(&owner.iin).map(Said::Number));
    let certificate = report.path.first();
    let post = certificate.and_then(Certificate::post).map(Said::Private);
    add(Msg::TrackPost, post.or_else(|| certificate.and_then(role).map(Said::Message)));
    add(Msg::CheckOrganisation, owner.organisation.clone().map(Said::Plain));
    add(Msg::CheckBin, owner.bin.clone().map(Said::Plain));
    match report.timestamps.iter().filter_map(|t| t.proven()).min() {
        Some(at) => add(Msg::CheckProven, Some(Said::Time(at))),
        None => add(Msg::CheckClaimed, report.claimed_time.map(Said::Time)),
    }
    add(Msg::CheckIssuer, filled(&report.issuer).map(Said::Plain));
    if let Covers::Part(parts) = &report.covers {
        add(Msg::CheckPart, Some(Said::Plain(parts.join(", "))));
    }
    facts
}

/// What the certificate says that its owner is to the organisation.
fn role(certificate: &Certificate) -> Option<Msg> {
    let usage = certificate.extended_key_usage();
    let has = |id| usage.contains(&id);
    match () {
        () if has(oid::KZ_LEGAL_HEAD) => Some(Msg::CheckRoleHead),
        () if has(oid::KZ_LEGAL_SIGNER) => Some(Msg::CheckRoleSigner),
        () if has(oid::KZ_LEGAL_EMPLOYEE) => Some(Msg::CheckRoleEmployee),
        () => None,
    }
}
