//! Why a world cannot be had, the real one and practice's.

use crate::content::ContentError;
use crate::fault::{Code, Coded};
use crate::outbox::OutboxError;
use crate::portal::PortalError;
use crate::seal::keyset::KeysetError;
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Content(#[from] ContentError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Keyset(#[from] KeysetError),
    #[error(transparent)]
    Portal(#[from] PortalError),
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    #[error("the portal is a practice portal")]
    PracticePortal,
    #[error("this kiosk was not enrolled at its portal")]
    NotEnrolled,
    /// What practice alone makes: its people and its portal.
    #[error("{what}")]
    Practice { code: Code, what: String },
    #[error("the practice world could not be made")]
    Stopped,
}

impl StartError {
    pub fn practice(error: impl std::error::Error + Coded) -> Self {
        StartError::Practice { code: error.code(), what: error.to_string() }
    }
}

impl Coded for StartError {
    fn code(&self) -> Code {
        match self {
            StartError::Content(e) => e.code(),
            StartError::Store(e) => e.code(),
            StartError::Keyset(e) => e.code(),
            StartError::Portal(e) => e.code(),
            StartError::Outbox(e) => e.code(),
            StartError::PracticePortal => Code("boot.practice-portal"),
            StartError::NotEnrolled => Code("boot.not-enrolled"),
            StartError::Practice { code, .. } => *code,
            StartError::Stopped => Code("outbox.stopped"),
        }
    }
}
