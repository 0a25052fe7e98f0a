//! Files of the kiosk: atomic, versioned, locked. Sealed or without persons, always.

pub mod disk;
pub mod draft;
pub mod memory;
pub mod shelf;
pub mod socket;

use crate::fault::{Code, Coded};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("no space left on the disk")]
    Full,
    #[error("another running program uses this data folder")]
    Locked,
    #[error("the data has format {found}; this program knows {known}")]
    Newer { found: u32, known: u32 },
    #[error("the data folder holds something else: {0}")]
    Foreign(String),
    #[error("{path}: {kind}")]
    Io { path: String, kind: std::io::ErrorKind },
    #[error("a stored letter's files are damaged")]
    Damaged,
}

impl Coded for StoreError {
    fn code(&self) -> Code {
        Code(match self {
            StoreError::Full => "store.full",
            StoreError::Locked => "store.locked",
            StoreError::Newer { .. } => "store.newer",
            StoreError::Foreign(_) => "store.foreign",
            StoreError::Io { .. } => "store.unusable",
            StoreError::Damaged => "store.damaged",
        })
    }
}

impl StoreError {
    pub(crate) fn io(path: &std::path::Path, error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::Full,
            kind => StoreError::Io { path: path.display().to_string(), kind },
        }
    }
}
