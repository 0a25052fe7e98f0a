//! Whether a signer's certificate was revoked, as far as this portal knows: by the lists that it
//! keeps, and by the responders. Revoked is refused. Where nobody could say, a letter is registered
//! all the same and judged later: an outage is no verdict, and a visitor's day counts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;

use super::app::App;
use crate::clock::{Moment, Reading};
use crate::domain::Digest;
use crate::domain::standing::{Asked as About, Standing};
use crate::fault::Code;
use crate::seal::standing::sign_standing;
use crate::sign::material::Material;
use crate::sign::online::{Fetch, Line, NoAnswer, Whom};
use crate::sign::revocation::Need;
use crate::sign::verdict::{Reason, Revocation, Verdict};
use crate::sign::{self, Question, path};

/// A kiosk waits for its receipt meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);
/// Seconds that a responder that failed is left alone while letters come in.
const REST: i64 = 60;

/// What is known of a signer's certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// When it was said that it was not revoked; `None`: nobody could say.
    pub good: Option<Moment>,
    /// By what that was known.
    pub material: Material,
}

/// When responders failed last. One that is silent keeps no other from being asked.
#[derive(Default)]
pub struct Rest(Mutex<HashMap<String, Moment>>);

impl Rest {
    pub(super) fn is_on(&self, responder: &str, now: Moment) -> bool {
        let failed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failed.get(responder).is_some_and(|at| (*at..at.plus(REST)).contains(&now))
    }

    pub(super) fn note(&self, responder: &str, failed: Option<Moment>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match failed {
            Some(at) => {
                held.retain(|_, before| (*before..before.plus(REST)).contains(&at));
                held.insert(responder.to_owned(), at);
            }
            None => drop(held.remove(responder)),
        }
    }
}

/// Carries questions to the portal's own responders.
pub(super) struct Asked<'a> {
    pub app: &'a App,
    pub runtime: Handle,
    pub now: Moment,
}

impl Fetch for Asked<'_> {
    fn ask(&self, named: &str, question: &[u8]) -> Result<Vec<u8>, NoAnswer> {
        let responder = self.app.relay.choose(question, named).ok_or(NoAnswer)?;
        if self.app.rest.is_on(&responder, self.now) {
            return Err(NoAnswer);
        }
        let asked = self.app.relay.ask(&responder, question, self.now);
        let said = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, asked).await.ok()?.ok() });
        self.app.rest.note(&responder, if said.is_none() { Some(self.now) } else { None });
        said.ok_or(NoAnswer)
    }
}

impl App {
    /// Judges a letter's signature, revocation included. `there`: when it is known to have been made
    /// by. Waits for the responder: on a thread that may, within a runtime.
    pub fn judged(&self, cms: &[u8], at: Reading, there: Option<Moment>) -> (Verdict, Known) {
        self.judged_by(cms, Question { there, ..Question::new(&self.citizens, at) })
    }

    /// The same of a login's, which a key for logging in may make as well.
    pub fn judged_login(&self, cms: &[u8], at: Reading) -> Verdict {
        self.judged_by(cms, Question { rules: &path::LOGIN, ..Question::new(&self.citizens, at) }).0
    }

    fn judged_by(&self, cms: &[u8], asked: Question<'_>) -> (Verdict, Known) {
        let at = asked.at;
        let mut evidence = self.lists.get().map(|lists| lists.evidence()).unwrap_or_default();
        let extra = self.lists.get().map(|lists| lists.issuers()).unwrap_or_default();
        let by = |evidence: &_| {
            let Question { rules, there, .. } = asked;
            let usual = Question::new(&self.citizens, at);
            sign::verify_by(cms, &Question { unsigned: false, rules, there, evidence, extra, ..usual })
        };
        let mut verdict = by(&evidence);
        if verdict.is_valid() && self.relay.is_named() {
            let path = verdict.signer().map(|s| s.path.clone()).unwrap_or_default();
            let fetch = Asked { app: self, runtime: Handle::current(), now: at.wall };
            let line = Line { fetch: &fetch, whom: Whom::Relay, nonce: None, now: at.wall };
            line.gather(&path[..path.len().min(2)], &mut evidence);
            // What nobody could say is no fault of hers.
            evidence.need = Need::Nothing;
            verdict = by(&evidence);
        }
        // For the signer, and believed.
        let words = verdict.signer().map(|s| s.consulted.as_slice()).unwrap_or_default();
        let words = words.iter().filter(|c| c.of == 0 && c.problem.is_none());
        let good = words.map(|c| c.this_update).max();
        let cleared = verdict.signer().is_some_and(|s| s.revocation == Revocation::Good);
        let believed = cleared && verdict.is_valid();
        if !believed {
            return (verdict, Known::default());
        }
        let material = Material::of(&verdict, &evidence, self.citizens.authorities().map(|(_, a)| a));
        (verdict, Known { good, material })
    }

    /// What the lists that are kept say of a certificate, signed; `None`: none of them is its authority's.
    pub fn listed(&self, question: &[u8], asked: &About) -> Option<Vec<u8>> {
        let (lists, at) = (self.lists.get()?, self.clock.now());
        let (evidence, extra) = (lists.evidence(), lists.issuers());
        let question_of = Question { evidence: &evidence, extra, ..Question::new(&self.citizens, at) };
        let (state, list) = sign::revocation::listed(asked, &question_of)?;
        let (question, made, practice) = (Digest::of(question), at.wall, self.practice());
        let standing = Standing { question, made, state, list, practice };
        Some(sign_standing(&standing, &self.deployment.receipt))
    }

    /// Responders may be asked again at once.
    pub fn rest_is_over(&self) {
        self.rest.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Why a signature is refused whoever made it, where that is its certificate's standing.
    pub fn standing(verdict: &Verdict) -> Option<Code> {
        let reasons = verdict.all_reasons();
        let has = |some: &[Reason]| some.iter().any(|r| reasons.contains(r));
        match () {
            () if has(&[Reason::Revoked]) => Some(Code("server.certificate-revoked")),
            () if has(&[Reason::Expired, Reason::NotYetValid, Reason::AuthorityExpired]) => {
                Some(Code("server.certificate-expired"))
            }
            () => None,
        }
    }
}

/// Asks for newer lists from time to time, for as long as it is not aborted.
pub async fn keep_lists(app: Arc<App>) {
    loop {
        let wait = match app.lists.get() {
            Some(lists) => {
                lists.refresh(app.clock.now().wall).await;
                super::lists::EVERY
            }
            None => Duration::from_secs(1),
        };
        tokio::time::sleep(wait).await;
    }
}
