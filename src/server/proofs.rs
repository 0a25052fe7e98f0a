//! What is fetched for a letter after its receipt, so that nobody waits for it: a timestamp over its
//! signature, and whether its certificate was revoked, where nobody could say at its registration.

use std::sync::Arc;
use std::time::Duration;

use der::asn1::ObjectIdentifier;

use super::app::App;
use super::problem::Refusal;
use super::standing::Rest;
use super::store::events::Held;
use super::store::proofs::Proof;
use crate::clock::Moment;
use crate::domain::Names;
use crate::domain::event::{Event, Kind, Official, TIME_PROVEN};
use crate::fault::Coded as _;
use crate::i18n::{Lang, Msg, Text};
use crate::log;
use crate::portal::client::tsa;
use crate::seal::receipt::verify_receipt;
use crate::sign::trust::Trust;
use crate::sign::tsp::{Imprint, Question, Signed, Stamp, StampError};

/// Letters at a time.
const SOME: u32 = 20;
const LOOK: Duration = Duration::from_secs(30);
/// Seconds to the second try; each further wait is twice as long, up to [`LONGEST`].
const FIRST: i64 = 60;
const LONGEST: i64 = 6 * 3_600;
/// Tries for one letter: some weeks.
const TRIES: u32 = 100;
/// Tries to learn of the authorities between, and of who stamped it: half a day. Many say nowhere whether
/// they were revoked.
const TRIES_BETWEEN: u32 = 10;
/// How long an authority may take for one reply, whatever it does meanwhile.
const PATIENCE: Duration = Duration::from_secs(20);
/// The events' names on the wire.
pub const DOUBT: &str = "signature-doubt";

/// A timestamp authority.
pub struct Tsa {
    /// `http://…`
    pub url: String,
    /// Whose timestamps are believed.
    pub trust: Trust,
    /// By which digest it is told what to stamp.
    pub imprint: Imprint,
    /// The rule of its own that is asked for, and must stand in the token.
    pub policy: Option<ObjectIdentifier>,
    pub patience: Duration,
    rest: Rest,
}

impl Tsa {
    pub fn new(url: String, trust: Trust) -> Self {
        let (imprint, policy, patience) = (Imprint::default(), None, PATIENCE);
        Self { url, trust, imprint, policy, patience, rest: Rest::default() }
    }

    pub fn by(self, imprint: Imprint, policy: Option<ObjectIdentifier>) -> Self {
        Self { imprint, policy, ..self }
    }

    /// It may be asked again at once.
    pub fn rest_is_over(&self) {
        self.rest.note(&self.url, None);
    }
}

pub(super) fn failed(error: &super::store::DbError) -> Refusal {
    super::trouble(error);
    Refusal::unavailable()
}

/// Goes on with what is to be proven, for as long as it is not aborted.
pub async fn keep(app: Arc<App>) {
    loop {
        let _ = tokio::time::timeout(LOOK, app.proving.notified()).await;
        let now = app.clock.now().wall;
        let letters = match app.db.to_prove(now, SOME).await {
            Ok(letters) => letters,
            Err(e) => {
                log::event(log::Event::Fault { code: e.code() });
                continue;
            }
        };
        if letters.len() == SOME as usize {
            app.proving.notify_one();
        }
        for lookup in letters {
            // A letter that cannot go on waits; the others do not wait for it.
            if let Err(refusal) = app.prove(lookup).await {
                log::event(log::Event::Fault { code: refusal.code });
            }
        }
    }
}

impl App {
    /// One step for one letter.
    pub async fn prove(self: &Arc<Self>, lookup: [u8; 16]) -> Result<(), Refusal> {
        let held = self.db.held(lookup).await.map_err(|e| failed(&e))?.ok_or(Refusal::not_found())?;
        let proof = self.db.proof(held.id).await.map_err(|e| failed(&e))?;
        let mut proof = proof.ok_or(Refusal::not_found())?;
        let now = self.clock.now().wall;
        let later = |tries: u32| now.plus((FIRST << tries.min(16)).min(LONGEST));
        // Kept before anything is asked: what makes the program fall over is not met again at once.
        proof.tries += 1;
        let again = (proof.tries < TRIES).then(|| later(proof.tries - 1));
        self.db.keep_proof(held.id, &proof, again).await.map_err(|e| failed(&e))?;
        let mut done = true;
        if let Some(tsa) = self.tsa.get().filter(|_| proof.stamp.is_none()) {
            done = self.stamped(&held, tsa, &mut proof, again).await?;
        }
        // A fall between the token and its event leaves the event to tell.
        if let Some(at) = proof.stamped.filter(|_| proof.stamp.is_some()) {
            let title = |lang| {
                let at = crate::i18n::format::date_time(lang, at);
                let words = Text::new(Msg::PortalTimeProven).with("at", at);
                words.with("by", proof.authority.as_str()).say(lang)
            };
            self.tell(&held, TIME_PROVEN, title).await?;
        }
        if self.wants_standing(&proof) {
            self.look_again(&held, &mut proof).await?;
            done &= proof.checked.is_some() || proof.doubt;
        }
        // Only once its time is fixed is it known as of when everything must hold.
        if done && !proof.whole && !proof.doubt {
            proof.whole = self.complete(&held, &proof).await?;
            done = proof.whole || !self.asks() || proof.tries >= TRIES_BETWEEN;
        }
        let again = again.filter(|_| !done);
        self.db.keep_proof(held.id, &proof, again).await.map_err(|e| failed(&e))
    }

    /// Asks the authority for its word on when the letter's signature was there; whether it came.
    async fn stamped(
        self: &Arc<Self>,
        held: &Held,
        tsa: &Tsa,
        proof: &mut Proof,
        again: Option<Moment>,
    ) -> Result<bool, Refusal> {
        let now = self.clock.now().wall;
        // One that was silent a moment ago is not waited for by each letter in turn.
        if tsa.rest.is_on(&tsa.url, now) {
            return Ok(false);
        }
        let contents = self.opened(&held.number).await?;
        let signed = Signed::of(&contents.cms).ok_or(Refusal::unavailable())?;
        let question = Question::about(signed, tsa.imprint, tsa.policy, now);
        let question = question.ok_or(Refusal::unavailable())?;
        let reply = tsa::ask(&tsa.url, question.bytes.clone(), tsa.patience).await;
        let answered = match &reply {
            Ok(reply) => question.answered(reply, &tsa.trust, self.clock.now()),
            Err(_) => Err(StampError::Silent),
        };
        tsa.rest.note(&tsa.url, answered.as_ref().is_err_and(|e| *e == StampError::Silent).then_some(now));
        match answered {
            Ok(Stamp { token, at, authority }) => {
                (proof.stamp, proof.stamped, proof.authority) = (Some(token), Some(at), authority);
                // All must now hold at another time, and for another certificate.
                proof.whole = false;
                // Kept before it is told: it is never asked for again.
                self.db.keep_proof(held.id, proof, again).await.map_err(|e| failed(&e))?;
                Ok(true)
            }
            Err(error) => {
                log::event(log::Event::Fault { code: error.code() });
                Ok(false)
            }
        }
    }

    /// Whether there is anybody to say if a certificate was revoked.
    pub(super) fn asks(&self) -> bool {
        self.relay.is_named() || self.lists.get().is_some_and(|l| !l.is_empty())
    }

    fn wants_standing(&self, proof: &Proof) -> bool {
        self.asks() && proof.checked.is_none() && !proof.doubt
    }

    /// Whether the certificate was revoked when the letter was registered, as is known by now.
    async fn look_again(self: &Arc<Self>, held: &Held, proof: &mut Proof) -> Result<(), Refusal> {
        let contents = self.opened(&held.number).await?;
        let (app, at, there) = (self.clone(), self.clock.now(), held.registered);
        let judged = tokio::task::spawn_blocking(move || app.judged(&contents.cms, at, Some(there))).await;
        let (verdict, known) = judged.map_err(|_| Refusal::unavailable())?;
        if App::standing(&verdict).is_some_and(|code| code.0 == "server.certificate-revoked") {
            proof.doubt = true;
            self.tell(held, DOUBT, |lang| Text::new(Msg::PortalSignatureDoubt).say(lang)).await?;
        }
        if known.good.is_some() {
            proof.checked = known.good;
            self.db.keep_material(held.id, &known.material).await.map_err(|e| failed(&e))?;
        }
        Ok(())
    }

    /// Puts it into the letter's history, once, in the portal's own words. A letter that is answered has
    /// an end, and keeps it.
    pub(super) async fn tell(
        self: &Arc<Self>,
        held: &Held,
        code: &str,
        words: impl Fn(Lang) -> String,
    ) -> Result<(), Refusal> {
        if self.db.is_told(held.id, code).await.map_err(|e| failed(&e))? {
            return Ok(());
        }
        let receipt = verify_receipt(&held.receipt, &self.deployment.keyset);
        let name = receipt.map(|r| r.received_by).unwrap_or_default();
        let three = |f: &dyn Fn(Lang) -> String| Names { kk: f(Lang::Kk), ru: f(Lang::Ru), en: f(Lang::En) };
        let official = Official { name, post: three(&|_| String::new()) };
        let kind = Kind::Other { code: code.to_owned(), title: three(&words) };
        let event = Event { at: self.clock.now().wall, official, kind };
        // Somebody else may be quicker: then once more, after what they did.
        for _ in 0..8 {
            let events = self.db.events(held.id).await.map_err(|e| failed(&e))?.len();
            if self.record(held, events, &event, None).await? {
                break;
            }
        }
        Ok(())
    }
}
