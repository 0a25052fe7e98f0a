//! The card service: a thread that watches readers, a thread that signs, a `watch` status.
//! Screens subscribe; nothing here waits on a screen.

use tokio::sync::{mpsc, oneshot, watch};

use super::{CardError, CardInfo, CardStatus};
use crate::private::Secret;

/// A command to the card threads.
pub enum Command {
    /// A visitor came: cards inserted before now are *left behind*.
    SessionBegan,
    /// A visitor left: forget what was read.
    SessionEnded,
    /// VERIFY and SIGN in one exclusive transaction on the card that `card` describes.
    Sign { card: Box<CardInfo>, pin: Secret, what: ToSign, done: oneshot::Sender<Result<Vec<u8>, CardError>> },
}

/// The DER of the signed attributes (SET OF); the service hashes and pads for the key's kind.
pub struct ToSign(pub Vec<u8>);

/// Cheap to clone.
#[derive(Clone)]
pub struct Cards {
    pub commands: mpsc::UnboundedSender<Command>,
    pub status: watch::Receiver<CardStatus>,
}
