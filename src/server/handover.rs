//! The signed letter as it leaves the portal: with the timestamp over its signature, once it is there, and
//! with all that says how its certificates stood then (CAdES-B-LT). Who checks it asks nobody.

use std::sync::Arc;

use tokio::runtime::Handle;

use super::app::App;
use super::problem::Refusal;
use super::proofs::failed;
use super::standing::Asked;
use super::store::events::Held;
use super::store::proofs::Proof;
use super::store::{Db, DbError};
use crate::clock::{Moment, Reading};
use crate::sign::material::{MAX_LIST, Material};
use crate::sign::online::{Line, Whom};
use crate::sign::revocation::{Evidence, Need};
use crate::sign::verdict::{SignerReport, Verdict};
use crate::sign::{self, Question, tsp};

/// The file for whoever works on the letter, from what its visitor signed. `None`: that is no CMS.
pub fn whole(cms: &[u8], proof: &Proof, material: &Material) -> Option<Vec<u8>> {
    material.into_file(&tsp::stamped(cms, proof.stamp.as_deref())?)
}

/// [`whole`], with what the database holds by now.
pub async fn from(db: &Db, letter: i64, cms: &[u8]) -> Result<Option<(Vec<u8>, Proof)>, DbError> {
    let proof = db.proof(letter).await?.unwrap_or_default();
    let material = db.material(letter).await?;
    Ok(whole(cms, &proof, &material).map(|file| (file, proof)))
}

/// Signers, and those who stamped a time that is believed.
fn reports(verdict: &Verdict) -> impl Iterator<Item = &SignerReport> {
    verdict.signers.iter().flat_map(|signer| {
        let stamps = signer.timestamps.iter().filter(|t| t.proven().is_some());
        std::iter::once(signer).chain(stamps.map(|t| &t.authority))
    })
}

/// Whether it was said of the certificate at this place of the path how it stood.
fn spoken(report: &SignerReport, of: usize) -> bool {
    report.consulted.iter().any(|c| c.of == of && c.problem.is_none())
}

fn complete(verdict: &Verdict) -> bool {
    let all = |r: &SignerReport| (0..r.path.len().saturating_sub(1)).all(|of| spoken(r, of));
    verdict.is_valid() && reports(verdict).all(all)
}

impl App {
    /// The signed letter as the authority gets it.
    pub async fn handed_over(self: &Arc<Self>, held: &Held) -> Result<Vec<u8>, Refusal> {
        let contents = self.opened(&held.number).await?;
        let file = from(&self.db, held.id, &contents.cms).await.map_err(|e| failed(&e))?;
        file.map(|(file, _)| file).ok_or(Refusal::unavailable())
    }

    /// Keeps what is still missing for a check without a line; whether nothing is missing any more.
    pub(super) async fn complete(self: &Arc<Self>, held: &Held, proof: &Proof) -> Result<bool, Refusal> {
        let contents = self.opened(&held.number).await?;
        let stored = self.db.material(held.id).await.map_err(|e| failed(&e))?;
        let file = tsp::stamped(&contents.cms, proof.stamp.as_deref()).ok_or(Refusal::unavailable())?;
        let there = proof.stamp.is_none().then_some(held.registered);
        let (app, now) = (self.clone(), self.clock.now());
        let before = stored.clone();
        let gathered = tokio::task::spawn_blocking(move || app.gathered(&file, stored, there, now)).await;
        let (material, complete) = gathered.map_err(|_| Refusal::unavailable())?;
        if material != before {
            self.db.keep_material(held.id, &material).await.map_err(|e| failed(&e))?;
        }
        Ok(complete)
    }

    /// Waits for responders: on a thread that may, within a runtime.
    fn gathered(
        &self,
        cms: &[u8],
        stored: Material,
        there: Option<Moment>,
        now: Reading,
    ) -> (Material, bool) {
        let trust = self.tsa.get().map_or(&self.citizens, |tsa| &tsa.trust);
        let judge = |evidence: &Evidence| {
            sign::verify_by(cms, &Question { there, evidence, ..Question::new(trust, now) })
        };
        let mut evidence = stored.evidence();
        let lists = self.lists.get().map(|lists| lists.evidence().lists).unwrap_or_default();
        evidence.lists.extend(lists.into_iter().filter(|l| l.der().len() <= MAX_LIST));
        let first = judge(&evidence);
        let fetch = Asked { app: self, runtime: Handle::current(), now: now.wall };
        let line = Line { fetch: &fetch, whom: Whom::Relay, nonce: None, now: now.wall };
        for report in reports(&first).filter(|_| self.relay.is_named()) {
            for of in (0..report.path.len().saturating_sub(1)).filter(|of| !spoken(report, *of)) {
                line.gather(&report.path[of..of + 2], &mut evidence);
            }
        }
        // What nobody could say is no fault of hers.
        evidence.need = Need::Nothing;
        let verdict = judge(&evidence);
        if !verdict.is_valid() {
            return (stored, false);
        }
        let complete = complete(&verdict);
        let mut material = Material::of(&verdict, &evidence, trust.authorities().map(|(_, a)| a));
        if !complete {
            // A word that is over by the proven time still says how it stood at the registration.
            stored.pieces().iter().for_each(|piece| material.add(piece.clone()));
        }
        (material, complete)
    }
}
