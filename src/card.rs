//! Smart cards, in layers: transport ([`pcsc`] or the practice card) → APDU (ISO 7816-4) → applet
//! (PIV, SP 800-73) → session → [`service`], which the screens subscribe to.

pub mod apdu;
pub mod pcsc;
pub mod piv;
pub mod service;

use std::time::Duration;

use crate::fault::{Code, Coded};
use crate::private::Private;

/// A way to reach readers: PC/SC, the practice card, a scripted card in tests.
/// Each thread that uses one makes its own.
pub trait Backend: Send + 'static {
    fn readers(&mut self) -> Result<Vec<ReaderState>, CardError>;

    /// Blocks until something changed or the time is over.
    fn wait(&mut self, known: &[ReaderState], at_most: Duration) -> Result<(), CardError>;

    /// An exclusive transaction with the card in this reader; dropping it resets the card.
    fn begin<'a>(&'a mut self, reader: &str) -> Result<Box<dyn Transaction + 'a>, CardError>;
}

pub trait Transaction {
    /// One APDU and its response with status word (≥ 2 bytes, checked). Buffers that hold a PIN are
    /// the caller's and are wiped by it; implementations neither keep nor log what passes.
    fn transmit(&mut self, apdu: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>, CardError>;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderState {
    pub name: String,
    pub presence: Presence,
    /// Rises with each insertion, so that a card left from the visitor before can be told.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    Rsa2048,
    P256,
}

/// What the visitor is shown before the PIN.
#[derive(Clone, Debug)]
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

/// Read from the certificate's subject; never from its CN alone.
#[derive(Clone, Default, PartialEq, Eq, zeroize::Zeroize)]
pub struct Owner {
    pub name: String,
    /// Twelve digits from `serialNumber=IIN…`; empty where the certificate names none.
    pub iin: String,
    /// From `OU=BIN…`.
    pub bin: Option<String>,
    pub organisation: Option<String>,
}

/// What the screens see of readers and cards.
#[derive(Clone, Debug)]
pub enum CardStatus {
    /// The smart-card service is not running.
    NoService,
    NoReader,
    NoCard,
    /// In the reader since before this visitor came: ask to take it out and put it in again.
    LeftBehind,
    Reading,
    WrongWay,
    Unsupported,
    HeldByOther,
    NotYetValid(CardInfo),
    Expired(CardInfo),
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
            CardError::PinFormat => "card.pin-format",
            CardError::Refused(_) => "card.refused",
            CardError::OtherCard => "card.other-card",
        })
    }
}
