//! The work behind a phone's signature: the code from the portal, and the judgement of what came back.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use crate::card::Owner;
use crate::domain::statement::text;
use crate::env::{Env, Mode};
use crate::fault::{Code, Coded as _};
use crate::portal::wire::phone::SCHEME;
use crate::portal::{Portal, PortalError, Relayed};
use crate::screen::sign::work::{self as signing, Signed, Stated, seal};
use crate::sign::online::{Line, Whom};
use crate::sign::revocation::Evidence;
use crate::sign::trust::CITIZEN;
use crate::sign::verdict::{Outcome, Reason, Verdict};
use crate::sign::{Question, judge};
use crate::store::shelf::Reservation;

/// A responder that does not answer holds nothing up for longer.
const ASKING: Duration = Duration::from_secs(10);

/// A document that waits at the portal; dropped, it is forgotten there.
pub struct Given {
    portal: Arc<dyn Portal>,
    session: Zeroizing<String>,
    /// What the QR code says.
    pub(crate) code: Zeroizing<String>,
    /// Room on the disk for the envelope.
    room: Option<Reservation>,
    runtime: Option<Handle>,
}

impl Given {
    pub fn new(portal: Arc<dyn Portal>, session: String, address: &str, room: Option<Reservation>) -> Self {
        let code = Zeroizing::new(format!("{SCHEME}{address}"));
        let runtime = Handle::try_current().ok();
        Self { portal, session: Zeroizing::new(session), code, room, runtime }
    }

    pub fn session(&self) -> &str {
        &self.session
    }

    pub fn into_room(mut self) -> Option<Reservation> {
        self.room.take()
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        let (portal, session) = (self.portal.clone(), self.session.to_string());
        if let Some(runtime) = &self.runtime {
            // What cannot be told now ends by itself at the portal.
            runtime.spawn(async move { portal.phone_end(session).await });
        }
    }
}

pub struct Begun {
    pub given: Given,
    pub seconds: u64,
}

/// Why what a phone sent is not taken.
pub enum Refused {
    Code(Code),
    /// Another person signed.
    Person(Owner),
    /// She signed; her certificate writes her name otherwise, or for an organisation.
    Renamed(Owner),
}

/// Room for the envelope, and a code for the phone.
pub async fn begin(env: Env, stated: Stated) -> Result<Begun, Code> {
    let room = env.outbox.reserve(signing::room(&stated.bytes, &stated.shown)).await.map_err(|e| e.code())?;
    let begun = env.portal.phone_begin(Zeroizing::new(stated.bytes.to_vec())).await;
    let session = begun.map_err(|error| match error {
        PortalError::Unreachable | PortalError::Cut => Code("phone.no-line"),
        PortalError::Busy { .. } => Code("phone.busy"),
        PortalError::Problem { status: 404, .. } => Code("server.no-phones"),
        PortalError::Problem { status: 413, .. } => Code("phone.too-long"),
        other => other.code(),
    })?;
    let given = Given::new(env.portal.clone(), session.session, &session.address, Some(room));
    Ok(Begun { given, seconds: session.seconds })
}

/// Judges what the phone sent, then seals it as after a card. Nothing is sent from here.
pub async fn finish(
    env: Env,
    stated: Stated,
    cms: Vec<u8>,
    attachments: Vec<Vec<u8>>,
    room: Option<Reservation>,
) -> Result<Signed, Refused> {
    let seal_key = env.held.seal_key().map_err(|e| Refused::Code(e.code()))?;
    let judged = {
        let (env, stated, runtime) = (env.clone(), stated.clone(), Handle::current());
        spawn_blocking(move || ours(&env, &stated, &cms, runtime).map(|()| cms)).await
    };
    let cms = judged.map_err(|_| Refused::Code(Code("phone.not-valid")))??;
    seal(stated, cms, attachments, room, seal_key).await.map_err(Refused::Code)
}

/// Is it this letter's, by a certificate that may sign, valid now, of the person that the letter says?
fn ours(env: &Env, stated: &Stated, cms: &[u8], runtime: Handle) -> Result<(), Refused> {
    let refuse = |code| Err(Refused::Code(Code(code)));
    let trust = env.trust.only(CITIZEN);
    let question = Question::new(&trust, env.clock.now());
    let verdict = judge(cms, &question);
    match verdict.outcome() {
        Outcome::Valid => {}
        Outcome::CouldNotCheck => return refuse(unchecked(&verdict)),
        Outcome::NotValid => return refuse(not_valid(&verdict)),
    }
    let (Some(signer), Some(content)) = (verdict.signer(), verdict.valid_content()) else {
        return refuse("phone.not-valid");
    };
    if content != stated.bytes.as_slice() {
        return refuse("phone.other-document");
    }
    if signer.practice != (env.mode == Mode::Practice) {
        return refuse("phone.untrusted");
    }
    let (owner, said) = (signer.owner.expose(), &stated.shown.signer);
    if owner.iin.is_empty() || owner.iin != said.iin {
        return Err(Refused::Person(owner.clone()));
    }
    // There is a line: who was revoked is known now, and not from a notice later.
    let fetch = Relayed { portal: env.portal.clone(), runtime, until: env.clock.monotonic() + ASKING };
    let line = Line { fetch: &fetch, whom: Whom::Relay, nonce: None, now: env.clock.now().wall };
    let mut evidence = Evidence::NONE;
    line.gather(&signer.path, &mut evidence);
    let asked = judge(cms, &Question { evidence: &evidence, ..question });
    if asked.all_reasons().contains(&Reason::Revoked) {
        return refuse("phone.revoked");
    }
    if text::tidy(&owner.name) != said.name || owner.bin != said.bin {
        return Err(Refused::Renamed(owner.clone()));
    }
    Ok(())
}

fn unchecked(verdict: &Verdict) -> &'static str {
    match verdict.all_reasons().first() {
        Some(Reason::NoSignature | Reason::TooLarge) => "phone.not-valid",
        Some(Reason::ContentMissing) => "phone.other-document",
        Some(Reason::Algorithm | Reason::CertificateMissing | Reason::CriticalExtension) => "phone.untrusted",
        _ => "phone.could-not-check",
    }
}

fn not_valid(verdict: &Verdict) -> &'static str {
    let reasons = verdict.all_reasons();
    // What the signature itself says comes before what its certificate says.
    let known = [
        (Reason::ContentChanged, "phone.other-document"),
        (Reason::SignatureWrong, "phone.not-valid"),
        (Reason::Revoked, "phone.revoked"),
        (Reason::NotForSigning, "phone.not-for-signing"),
        (Reason::Untrusted, "phone.untrusted"),
        (Reason::Forged, "phone.untrusted"),
        (Reason::Expired, "phone.expired"),
        (Reason::NotYetValid, "phone.expired"),
    ];
    known.iter().find(|(reason, _)| reasons.contains(reason)).map_or("phone.not-valid", |(_, code)| code)
}
