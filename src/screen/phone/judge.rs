//! What a phone sent, judged at the kiosk: is it a signature over these very bytes, good here and now, and whose?

use std::time::Duration;

use tokio::runtime::Handle;

use crate::card::Owner;
use crate::env::{Env, Mode};
use crate::portal::Relayed;
use crate::sign::certificate::Certificate;
use crate::sign::online::{Line, Whom};
use crate::sign::path::Rules;
use crate::sign::revocation::Evidence;
use crate::sign::trust::CITIZEN;
use crate::sign::verdict::{Outcome, Reason, Verdict};
use crate::sign::{Question, verify_by};

/// A responder that does not answer holds nothing up for longer.
const ASKING: Duration = Duration::from_secs(10);

/// Why it is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    NotValid,
    OtherDocument,
    Untrusted,
    NotForThis,
    /// Before or after its certificate's days.
    Expired,
    Revoked,
    CouldNotCheck,
}

/// Who signed, and the way to an authority.
pub struct Good {
    pub owner: Owner,
    path: Vec<Certificate>,
}

/// What is asked of a signature: for a letter or for a login.
pub struct Asked<'a> {
    pub cms: &'a [u8],
    pub content: &'a [u8],
    pub rules: &'a Rules,
}

/// As the portal will judge it, but for revocation.
pub fn signed(env: &Env, asked: &Asked<'_>) -> Result<Good, Wrong> {
    let trust = env.trust.only(CITIZEN);
    let verdict = verify_by(asked.cms, &question(asked, &Question::new(&trust, env.clock.now())));
    match verdict.outcome() {
        Outcome::Valid => {}
        Outcome::CouldNotCheck => return Err(unchecked(&verdict)),
        Outcome::NotValid => return Err(not_valid(&verdict)),
    }
    let (Some(signer), Some(content)) = (verdict.signer(), verdict.valid_content()) else {
        return Err(Wrong::NotValid);
    };
    if content != asked.content {
        return Err(Wrong::OtherDocument);
    }
    if signer.practice != (env.mode == Mode::Practice) {
        return Err(Wrong::Untrusted);
    }
    Ok(Good { owner: signer.owner.expose().clone(), path: signer.path.clone() })
}

/// There is a line: who was revoked is known now, and not from a notice later. Nobody's word is none against her.
pub fn standing(env: &Env, asked: &Asked<'_>, good: &Good, runtime: Handle) -> Result<(), Wrong> {
    let until = env.clock.monotonic() + ASKING;
    let fetch = Relayed { portal: env.portal.clone(), runtime, until, held: env.held.clone() };
    let line = Line { fetch: &fetch, whom: Whom::Relay, nonce: None, now: env.clock.now().wall };
    let mut evidence = Evidence::NONE;
    line.gather(&good.path, &mut evidence);
    let trust = env.trust.only(CITIZEN);
    let usual = Question { evidence: &evidence, ..Question::new(&trust, env.clock.now()) };
    let verdict = verify_by(asked.cms, &question(asked, &usual));
    if verdict.all_reasons().contains(&Reason::Revoked) { Err(Wrong::Revoked) } else { Ok(()) }
}

fn question<'a>(asked: &Asked<'a>, usual: &Question<'a>) -> Question<'a> {
    Question { rules: asked.rules, unsigned: false, ..*usual }
}

fn unchecked(verdict: &Verdict) -> Wrong {
    match verdict.all_reasons().first() {
        Some(Reason::NoSignature | Reason::TooLarge) => Wrong::NotValid,
        Some(Reason::ContentMissing) => Wrong::OtherDocument,
        Some(Reason::Algorithm | Reason::CertificateMissing | Reason::CriticalExtension) => Wrong::Untrusted,
        _ => Wrong::CouldNotCheck,
    }
}

fn not_valid(verdict: &Verdict) -> Wrong {
    let reasons = verdict.all_reasons();
    // What the signature itself says comes before what its certificate says.
    let known = [
        (Reason::ContentChanged, Wrong::OtherDocument),
        (Reason::SignatureWrong, Wrong::NotValid),
        (Reason::Revoked, Wrong::Revoked),
        (Reason::NotForSigning, Wrong::NotForThis),
        (Reason::Untrusted, Wrong::Untrusted),
        (Reason::Forged, Wrong::Untrusted),
        (Reason::Expired, Wrong::Expired),
        (Reason::NotYetValid, Wrong::Expired),
    ];
    known.iter().find(|(reason, _)| reasons.contains(reason)).map_or(Wrong::NotValid, |(_, wrong)| *wrong)
}
