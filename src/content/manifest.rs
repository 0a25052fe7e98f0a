//! Which files an edition has, with their digests. Canonical JSON (RFC 8785); readers ignore keys
//! that a later version adds.

use serde::{Deserialize, Serialize};

use super::ContentError;
use crate::domain::Digest;

/// The manifest's own format.
pub const FORMAT: u32 = 1;
/// Bytes of a manifest, files of an edition, bytes of one file: caps for what comes from outside.
pub const MAX_MANIFEST: usize = 1024 * 1024;
pub const MAX_FILES: usize = 10_000;
pub const MAX_FILE: u64 = 16 * 1024 * 1024;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// `2026-11-22.1`: the day, and the edition of that day.
    pub version: String,
    /// In the order of their paths.
    pub files: Vec<File>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Below the snapshot's root: `forms/letter.toml`.
    pub path: String,
    pub size: u64,
    #[serde(rename = "sha-256")]
    pub sha256: Digest,
}

impl Manifest {
    /// For the maker of an edition.
    pub fn of(version: &str, files: &[(&str, &[u8])]) -> Self {
        let mut files: Vec<File> = files
            .iter()
            .map(|(path, bytes)| File {
                path: (*path).to_owned(),
                size: bytes.len() as u64,
                sha256: Digest::of(bytes),
            })
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self { format: FORMAT, version: version.to_owned(), files }
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, ContentError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        if bytes.len() > MAX_MANIFEST {
            return Err(ContentError::Manifest);
        }
        let format: Format = serde_json::from_slice(bytes).map_err(|_| ContentError::Manifest)?;
        if format.format > FORMAT {
            return Err(ContentError::Newer);
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(|_| ContentError::Manifest)?;
        let sane = |f: &File| {
            f.size <= MAX_FILE
                && !f.path.starts_with('/')
                && !f.path.split('/').any(|p| p.is_empty() || p == "..")
        };
        let ordered = manifest.files.windows(2).all(|w| w[0].path < w[1].path);
        if manifest.files.len() > MAX_FILES || !ordered || !manifest.files.iter().all(sane) {
            return Err(ContentError::Manifest);
        }
        Ok(manifest)
    }

    pub fn to_bytes(&self) -> Result<Vec<u8>, ContentError> {
        serde_json_canonicalizer::to_vec(self).map_err(|_| ContentError::Manifest)
    }

    /// Exactly the named files, byte for byte.
    pub fn verify(&self, files: &[(&str, &[u8])]) -> Result<(), ContentError> {
        let wrong = |path: &str| Err(ContentError::Digest(path.to_owned()));
        for (path, bytes) in files {
            match self.files.iter().find(|f| f.path == *path) {
                Some(f) if f.size == bytes.len() as u64 && f.sha256 == Digest::of(bytes) => {}
                _ => return wrong(path),
            }
        }
        match self.files.iter().find(|f| files.iter().filter(|(p, _)| *p == f.path).count() != 1) {
            Some(f) => wrong(&f.path),
            None => Ok(()),
        }
    }
}
