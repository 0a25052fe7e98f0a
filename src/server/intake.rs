//! What the portal asks of an envelope before it gives it a number. The statement's rules are the
//! very code that the kiosk ran before it asked for the PIN.

use zeroize::Zeroizing;

use super::app::App;
use super::keys::Deployment;
use super::standing::Known;
use crate::clock::{Moment, Reading};
use crate::content::Snapshot;
use crate::domain::deadline::Due;
use crate::domain::statement::{self, Statement, StatementError, text};
use crate::domain::{Digest, SubmissionId};
use crate::fault::Code;
use crate::seal::envelope::{self, Contents, EnvelopeError};
use crate::sign::verdict::{Outcome, Reason, Verdict};

/// A clock may be off by so much: what claims a later time is refused.
const AHEAD: i64 = 24 * 3600;

/// What came of the checks.
pub enum Checked {
    Accepted(Box<Accepted>),
    /// Opened, and it cannot be registered: the visitor gets a signed notice.
    Refused {
        who: Who,
        reason: Code,
    },
    /// Not even opened, or the portal is not able to judge now: a problem document.
    Problem {
        status: u16,
        code: Code,
    },
}

/// Whose envelope it is: all that a notice needs.
pub struct Who {
    pub submission: SubmissionId,
    pub lookup: [u8; 16],
    pub access_hash: Digest,
}

pub struct Accepted {
    pub who: Who,
    pub code_hash: Digest,
    pub statement: Statement,
    /// SHA-256 of the canonical bytes.
    pub digest: Digest,
    pub due: Due,
    /// Whether its certificate was revoked.
    pub known: Known,
    pub iin: Zeroizing<String>,
}

pub struct Intake<'a> {
    pub deployment: &'a Deployment,
    /// How signatures are judged.
    pub judge: &'a dyn Fn(&[u8]) -> (Verdict, Known),
    pub content: &'a Snapshot,
    pub now: Reading,
}

impl Intake<'_> {
    /// Pure but for the CPU: milliseconds, so off the async threads.
    pub fn check(&self, bytes: &[u8]) -> Checked {
        let (header, contents) = match envelope::open(bytes, &self.deployment.open) {
            Ok(opened) => opened,
            Err(e) => return unopened(&e),
        };
        let who = Who {
            submission: header.submission,
            lookup: contents.lookup_id,
            access_hash: contents.access_hash,
        };
        match self.judge(header.submission, &contents) {
            Ok((statement, digest, due, iin, known)) => Checked::Accepted(Box::new(Accepted {
                who,
                code_hash: contents.code_hash,
                statement,
                digest,
                due,
                known,
                iin,
            })),
            Err(Fault::Refuse(reason)) => Checked::Refused { who, reason: Code(reason) },
            Err(Fault::NotNow(code)) => Checked::Problem { status: 503, code: Code(code) },
        }
    }

    fn judge(
        &self,
        submission: SubmissionId,
        contents: &Contents,
    ) -> Result<(Statement, Digest, Due, Zeroizing<String>, Known), Fault> {
        let practice = self.deployment.keyset.practice;
        let (verdict, known) = (self.judge)(&contents.cms);
        self.signature(&verdict)?;
        let (Some(signer), Some(bytes)) = (verdict.signer(), verdict.valid_content()) else {
            return refuse("server.signature-not-valid");
        };
        let statement = Statement::parse(bytes).map_err(|e| statement_fault(&e, practice))?;
        let deployment = statement::Deployment { audience: self.deployment.audience(), practice };
        statement.validate(&deployment, self.content).map_err(|e| statement_fault(&e, practice))?;
        if statement.submission != submission {
            return refuse("server.statement-not-valid");
        }
        let latest = self.now.wall.plus(AHEAD);
        if Moment::parse_rfc3339(&statement.time).is_none_or(|time| time > latest) {
            return refuse("server.statement-not-valid");
        }
        let owner = signer.owner.expose();
        if owner.iin.is_empty() || owner.iin != statement.signer.iin || owner.bin != statement.signer.bin {
            return refuse("server.iin-mismatch");
        }
        if text::tidy(&owner.name) != text::tidy(&statement.signer.name) {
            return refuse("server.iin-mismatch");
        }
        attachments(&statement, contents)?;
        if self.content.kind_of(&statement).is_none() {
            return refuse("server.statement-not-valid");
        }
        // A term that cannot be counted is the portal's own lack, never the visitor's.
        let due = self
            .content
            .due_for(&statement, self.now.wall)
            .map_err(|_| Fault::NotNow("server.unavailable"))?;
        let digest = Digest::of(bytes);
        Ok((statement, digest, due, Zeroizing::new(owner.iin.clone()), known))
    }

    fn signature(&self, verdict: &Verdict) -> Result<(), Fault> {
        let practice = self.deployment.keyset.practice;
        let reasons = verdict.all_reasons();
        // Told apart first: "unknown certificate" would be true and help nobody.
        if !practice && verdict.practice() {
            return refuse("server.practice-letter");
        }
        if practice && reasons.contains(&Reason::Untrusted) && !verdict.practice() {
            return refuse("server.real-letter");
        }
        let has = |some: &[Reason]| some.iter().any(|r| reasons.contains(r));
        match verdict.outcome() {
            Outcome::Valid => Ok(()),
            Outcome::CouldNotCheck if has(&[Reason::ClockDoubtful, Reason::NoTrust]) => {
                Err(Fault::NotNow("server.could-not-check"))
            }
            Outcome::CouldNotCheck => refuse("server.not-checkable"),
            Outcome::NotValid if let Some(code) = App::standing(verdict) => refuse(code.0),
            Outcome::NotValid if has(&[Reason::Untrusted]) => refuse("server.certificate-unknown"),
            Outcome::NotValid => refuse("server.signature-not-valid"),
        }
    }
}

enum Fault {
    Refuse(&'static str),
    NotNow(&'static str),
}

fn refuse<T>(reason: &'static str) -> Result<T, Fault> {
    Err(Fault::Refuse(reason))
}

fn unopened(error: &EnvelopeError) -> Checked {
    let (status, code) = match error {
        EnvelopeError::TooLarge => (413, "server.too-large"),
        EnvelopeError::UnknownKey(_) | EnvelopeError::DoesNotOpen => (422, "server.wrongly-sealed"),
        EnvelopeError::NoRandom | EnvelopeError::BadKey => (503, "server.unavailable"),
        EnvelopeError::Unreadable | EnvelopeError::Newer | EnvelopeError::Contents => {
            (422, "server.malformed")
        }
    };
    Checked::Problem { status, code: Code(code) }
}

fn statement_fault(error: &StatementError, practice: bool) -> Fault {
    Fault::Refuse(match error {
        StatementError::OtherAudience => "server.other-portal",
        StatementError::PracticeMismatch if practice => "server.real-letter",
        StatementError::PracticeMismatch => "server.practice-letter",
        StatementError::UnknownForm(_) => "server.unknown-form",
        StatementError::UnknownBody(_) => "server.unknown-body",
        _ => "server.statement-not-valid",
    })
}

fn attachments(statement: &Statement, contents: &Contents) -> Result<(), Fault> {
    let named = &statement.attachments;
    let same = named.len() == contents.attachments.len()
        && named
            .iter()
            .zip(&contents.attachments)
            .all(|(n, bytes)| n.size == bytes.len() as u64 && n.sha256 == Digest::of(bytes));
    if same { Ok(()) } else { refuse("server.attachments-mismatch") }
}
