//! Smart cards, in layers: transport ([`pcsc`] or the practice card) → APDU (ISO 7816-4) → applet
//! (PIV, SP 800-73) → session → [`service`], which the screens subscribe to.

pub mod apdu;
pub mod certificate;
mod monitor;
pub mod pcsc;
pub mod piv;
#[cfg(test)]
mod scripted;
pub mod service;
pub mod session;
mod state;
mod work;

use std::time::Duration;

pub use crate::domain::signer::{KeyKind, Owner};
use crate::fault::{Code, Coded};
use crate::private::Private;

/// Where the service gets its backends from: PC/SC, the practice card, a scripted card in tests.
/// Every thread opens its own, because waiting for a change locks a PC/SC context.
pub trait Stack: Send + Sync + 'static {
    fn open(&self) -> Box<dyn Backend>;

    /// The visitor left. The practice card comes out by itself; people take theirs.
    fn session_ended(&self) {}

    /// A touch on the picture of the practice card; elsewhere nobody listens.
    fn hand(&self, _hand: Hand) {}
}

/// What a visitor does with the practice card's picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    Insert,
    TakeOut,
}

/// A way to reach readers.
pub trait Backend {
    fn readers(&mut self) -> Result<Vec<ReaderState>, CardError>;

    /// Blocks until something may differ from `known`, or the time is over.
    fn wait(&mut self, known: &[ReaderState], at_most: Duration) -> Result<(), CardError>;

    /// An exclusive transaction with the card in this reader, waiting (without limit) for another
    /// program's to end; dropping it resets the card, so that no program inherits a verified PIN.
    fn begin<'a>(&'a mut self, reader: &str) -> Result<Box<dyn Transaction + 'a>, CardError>;
}

pub trait Transaction {
    /// One short APDU; what the card said, status word included (its length is checked by
    /// [`apdu::Channel`]). Buffers that hold a PIN are the caller's and are wiped by it;
    /// implementations neither keep nor log what passes.
    fn transmit(&mut self, apdu: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>, CardError>;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderState {
    pub name: String,
    pub presence: Presence,
    /// Rises with each insertion anywhere, so that a card left from the visitor before can be told.
    pub insertion: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    Empty,
    /// A card is there and powers up.
    Present,
    /// Something is there that does not answer: wrong way round, or not a chip card.
    Mute,
}

/// What the visitor is shown before the PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardInfo {
    pub reader: String,
    pub insertion: u64,
    pub key: KeyKind,
    pub owner: Private<Owner>,
    /// DER of the signing certificate (it names its owner: private).
    pub certificate: Private<Vec<u8>>,
    pub not_after: crate::clock::Moment,
    /// `None`: the card does not say.
    pub tries_left: Option<u8>,
}

/// What the screens see of readers and cards. Where several readers hold something, the newest card
/// that can sign wins; a card of before the session only shows where nothing else does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardStatus {
    /// The smart-card service is not running; looked for again twice a second.
    NoService,
    NoReader,
    NoCard,
    /// In a reader since before this visitor came: ask to take it out and put it in again.
    /// Between sessions: somebody's card is still in a reader.
    LeftBehind,
    Reading,
    /// Something is in the reader that does not answer.
    WrongWay,
    /// It answers, but holds no certificate for signing that the kiosk can use.
    Unsupported,
    /// Another program holds the card; looked at again by itself.
    HeldByOther,
    NotYetValid(CardInfo),
    Expired(CardInfo),
    /// No PIN try is left.
    Blocked(CardInfo),
    Ready(CardInfo),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    #[error("the smart-card service is not running")]
    NoService,
    #[error("no reader")]
    NoReader,
    #[error("no card")]
    NoCard,
    #[error("the card was pulled")]
    Pulled,
    #[error("the reader was unplugged")]
    ReaderGone,
    #[error("another program holds the card")]
    HeldByOther,
    #[error("another program reset the card")]
    Reset,
    #[error("the card does not answer as a supported card")]
    Unsupported,
    #[error("the card gave an answer that cannot be")]
    Malformed,
    #[error("the card took too long")]
    Slow,
    #[error("wrong PIN, {tries_left:?} left")]
    WrongPin { tries_left: Option<u8> },
    #[error("the PIN is blocked")]
    Blocked,
    /// Nothing was tried: the next wrong PIN blocks the card, and nobody said to risk it.
    #[error("one PIN try is left")]
    LastTry,
    #[error("not a PIN that this card can have")]
    PinFormat,
    #[error("the card refused with {0:04X}")]
    Refused(u16),
    #[error("the card that was shown is not the card in the reader")]
    OtherCard,
}

impl Coded for CardError {
    fn code(&self) -> Code {
        Code(match self {
            CardError::NoService => "card.no-service",
            CardError::NoReader => "card.no-reader",
            CardError::NoCard => "card.no-card",
            CardError::Pulled => "card.pulled",
            CardError::ReaderGone => "card.reader-gone",
            CardError::HeldByOther => "card.held-by-other",
            CardError::Reset => "card.reset",
            CardError::Unsupported => "card.unsupported",
            CardError::Malformed => "card.malformed",
            CardError::Slow => "card.slow",
            CardError::WrongPin { .. } => "card.wrong-pin",
            CardError::Blocked => "card.blocked",
            CardError::LastTry => "card.last-try",
            CardError::PinFormat => "card.pin-format",
            CardError::Refused(_) => "card.refused",
            CardError::OtherCard => "card.other-card",
        })
    }
}
