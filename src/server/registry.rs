//! The registry read without the portal: letters as they are handed over, for who keeps them or works on
//! them. A portal may run on the same data meanwhile.

use std::path::Path;

use super::handover;
use super::keys::Deployment;
use super::store::Db;
use super::store::events::Held;
use super::store::proofs::Proof;
use super::{DATABASE, ServerError, schema};
use crate::clock::Clock;
use crate::domain::Digest;
use crate::domain::statement::Statement;
use crate::seal::envelope::{self, OpenKey};
use crate::sign::trust::Trust;
use crate::store::disk;
use zeroize::Zeroizing;

pub struct Registry {
    db: Db,
    open: Vec<OpenKey>,
    clock: Clock,
}

/// One letter.
pub struct Letter {
    pub held: Held,
    /// The signed letter: a CMS (DER) with all that proves it.
    pub file: Zeroizing<Vec<u8>>,
    pub proof: Proof,
    /// Each attachment's name, as the letter has it, and its bytes.
    pub attachments: Vec<(String, Zeroizing<Vec<u8>>)>,
}

impl Registry {
    /// # Errors
    /// No portal was started in this folder, or another version's; its keys cannot be read.
    pub async fn open(data: &Path, clock: &Clock) -> Result<Self, ServerError> {
        let file = data.join(DATABASE);
        if disk::format(data, "portal")? != Some(schema::KNOWN) || !disk::exists(&file) {
            return Err(ServerError::NotStarted);
        }
        let deployment = Deployment::load(&data.join("keys"), clock.now())?;
        let open = deployment.ok_or(ServerError::NotStarted)?.open;
        let db = Db::open(Some(&file), clock.now().wall).await?;
        Ok(Self { db, open, clock: clock.clone() })
    }

    pub async fn close(self) {
        self.db.close().await;
    }

    /// The numbers of all letters, in the order of their registration.
    pub async fn numbers(&self) -> Result<Vec<String>, ServerError> {
        Ok(self.db.numbers().await?)
    }

    /// The letter of this number, or the one whose paper has it from before the portal was restored. `None`:
    /// there is none.
    pub async fn letter(&self, number: &str) -> Result<Option<Letter>, ServerError> {
        let Some(found) = self.db.by_number(number).await?.into_iter().next() else { return Ok(None) };
        let Some(held) = self.db.held(found.lookup).await? else { return Ok(None) };
        let lost = ServerError::Keys("envelope");
        let Some(bytes) = self.db.envelope(&held.number).await? else { return Err(lost) };
        let Ok((_, contents)) = envelope::open(&bytes, &self.open) else { return Err(lost) };
        let Some((file, proof)) = handover::from(&self.db, held.id, &contents.cms).await? else {
            return Err(lost);
        };
        // Judged at its registration; its words are told from others by their digest.
        let verdict = crate::sign::verify(&contents.cms, None, &Trust::new(), self.clock.now());
        let statement = verdict.attached().filter(|c| Digest::of(c) == held.statement);
        let statement = statement.and_then(|bytes| Statement::parse(bytes).ok());
        let names = statement.map(|s| s.attachments).unwrap_or_default().into_iter().map(|a| a.name);
        let bytes = contents.attachments.iter().map(|bytes| Zeroizing::new(bytes.to_vec()));
        let attachments = names.zip(bytes).collect();
        Ok(Some(Letter { held, file: Zeroizing::new(file), proof, attachments }))
    }
}
