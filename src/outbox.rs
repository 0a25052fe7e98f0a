//! A submission's life as a pure state machine, and the worker that carries it out.
//! Nothing is sent before it is on disk; nothing is called sent before the receipt verifies.

mod back;
mod front;
pub mod state;
mod wish;
mod worker;

pub use back::Returned;
pub use front::Outbox;

use std::sync::Arc;
use std::time::Duration;

use crate::domain::receipt::{Notice, Receipt};
use crate::domain::{Digest, SubmissionId};
use crate::fault::{Code, Coded};
use crate::store::StoreError;
use crate::store::shelf::Reservation;

/// An envelope's name in the outbox: its SHA-256.
pub type Id = Digest;

/// For how long sealed envelopes stay here after the portal's word about them, in case that it is
/// restored from an older copy, and how often it is asked whether it still knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// 0: they go at once.
    pub days: u16,
    pub ask_every: Duration,
}

impl Default for Keep {
    fn default() -> Self {
        Self { days: 14, ask_every: Duration::from_secs(6 * 3600) }
    }
}

/// A signed and sealed letter, ready to be kept and sent.
pub struct Prepared {
    pub submission: SubmissionId,
    /// SHA-256 of the statement's canonical bytes: the receipt must name it.
    pub statement: Digest,
    pub envelope: Vec<u8>,
    /// The space taken before the PIN was asked, by [`Outbox::reserve`].
    pub reserved: Option<Reservation>,
}

/// What a screen sees of one submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// On this machine's disk, to be sent. `fault`: why the last attempt did not succeed; another
    /// follows by itself.
    Stored { fault: Option<Code> },
    /// Bytes that the portal holds, of how many.
    Sending { sent: u64, total: u64 },
    /// The portal's receipt verified. `signed` are its COSE bytes, for the proof QR.
    Registered { receipt: Arc<Receipt>, signed: Arc<[u8]> },
    /// The portal's signed notice verified: nothing was registered; its reason has words.
    NotAccepted { notice: Arc<Notice>, signed: Arc<[u8]> },
    /// It will not go by itself: staff must look. The letter is kept.
    Stuck { code: Code },
}

impl Status {
    /// Nothing more will change by itself.
    pub const fn is_final(&self) -> bool {
        matches!(self, Status::Registered { .. } | Status::NotAccepted { .. } | Status::Stuck { .. })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutboxError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the envelope is larger than a portal takes")]
    TooLarge,
    #[error("the outbox has stopped")]
    Stopped,
}

impl Coded for OutboxError {
    fn code(&self) -> Code {
        match self {
            OutboxError::Store(e) => e.code(),
            OutboxError::TooLarge => Code("outbox.too-large"),
            OutboxError::Stopped => Code("outbox.stopped"),
        }
    }
}
