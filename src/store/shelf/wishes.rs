//! Wishes to be told that an answer came ([`crate::seal::alert`]), until the portal has them:
//! `outbox/wishes/<sha-256 of the letter's envelope>`, each sealed to the portal like the letter itself.

use std::fs;

use super::{DiskShelf, entries};
use crate::domain::Digest;
use crate::seal::alert::MAX_ALERT;
use crate::store::{StoreError, disk};

/// Blocking; every call is durable when it returns.
pub trait Wishes: Send + Sync + 'static {
    /// Keeps a sealed wish for the letter of this name, in place of one that was there.
    fn wish(&self, letter: Digest, sealed: &[u8]) -> Result<(), StoreError>;

    fn wishes(&self) -> Result<Vec<(Digest, Vec<u8>)>, StoreError>;

    /// Drops it; without one there is nothing to do.
    fn drop_wish(&self, letter: Digest) -> Result<(), StoreError>;
}

impl Wishes for DiskShelf {
    fn wish(&self, letter: Digest, sealed: &[u8]) -> Result<(), StoreError> {
        let folder = self.root.join("wishes");
        disk::make_folder(&folder)?;
        disk::write_atomic(&folder.join(letter.to_string()), sealed)
    }

    fn wishes(&self) -> Result<Vec<(Digest, Vec<u8>)>, StoreError> {
        let folder = self.root.join("wishes");
        if !folder.is_dir() {
            return Ok(vec![]);
        }
        let mut all = vec![];
        for path in entries(&folder)? {
            let letter = path.file_name().and_then(|name| Digest::parse(name.to_str()?));
            // What was only being written has another name.
            let Some(letter) = letter else { continue };
            if let Some(sealed) = disk::read(&path, MAX_ALERT as u64)? {
                all.push((letter, sealed));
            }
        }
        Ok(all)
    }

    fn drop_wish(&self, letter: Digest) -> Result<(), StoreError> {
        let path = self.root.join("wishes").join(letter.to_string());
        match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(StoreError::io(&path, &e)),
            _ => Ok(()),
        }
    }
}
