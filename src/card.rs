//! Smart cards, in layers: transport ([`pcsc`] or the practice card) → APDU (ISO 7816-4) → applet
//! (PIV, SP 800-73) → session → [`service`], which the screens subscribe to.

pub mod apdu;
#[cfg(test)]
mod bad;
pub mod certificate;
pub mod module;
mod monitor;
pub mod openpgp;
pub mod pcsc;
pub mod pinpad;
pub mod piv;
pub mod pkcs11;
#[cfg(test)]
mod scripted;
pub mod service;
pub mod session;
mod state;
mod work;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub use crate::domain::signer::{KeyKind, Owner};
use crate::fault::{Code, Coded};
use crate::private::Private;
pub use work::Pin;

/// Where the service gets its backends from: PC/SC, the practice card, a scripted card in tests.
/// Every thread opens its own, because waiting for a change locks a PC/SC context.
pub trait Stack: Send + Sync + 'static {
    fn open(&self) -> Box<dyn Backend>;

    /// The visitor left. The practice card comes out by itself; people take theirs.
    fn session_ended(&self) {}

    /// The PKCS#11 module that these readers are; `None` where cards take APDUs.
    fn module(&self) -> Option<Arc<module::Module>> {
        None
    }

    /// Whether the practice card's PIN is no longer the one that everybody is told.
    fn own_pin(&self) -> bool {
        false
    }

    /// A touch on the picture of the practice card; elsewhere nobody listens.
    fn hand(&self, _hand: Hand) {}
}

/// Insertions are counted over everything of the process where cards can be put in.
static INSERTIONS: AtomicU64 = AtomicU64::new(0);

pub(crate) fn next_insertion() -> u64 {
    INSERTIONS.fetch_add(1, Ordering::Relaxed) + 1
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

    /// The reader itself, not the card: [`CardError::Unsupported`] where it has nothing of the kind.
    fn control(
        &mut self,
        _code: pinpad::Control,
        _data: &[u8],
    ) -> Result<zeroize::Zeroizing<Vec<u8>>, CardError> {
        Err(CardError::Unsupported)
    }
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
    pub app: App,
    pub pin: PinRules,
    /// What can be typed on the reader's own keys.
    pub pad: pinpad::Pad,
    /// Of the practice card: its visitor has set another PIN than the one that is shown.
    pub own_pin: bool,
    pub not_after: crate::clock::Moment,
    /// `None`: the card does not say.
    pub tries_left: Option<u8>,
}

/// Which of a card's applications holds the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum App {
    #[default]
    Piv,
    OpenPgp,
    /// Behind a PKCS#11 module.
    Token,
}

/// What a card takes for a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinRules {
    /// Bytes, at least and at most.
    pub least: u8,
    pub most: u8,
    /// It may have letters, too.
    pub letters: bool,
    /// What unblocks it; `None` where no code can.
    pub unblocking: Option<Unblocking>,
}

/// The code that unblocks a card's PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unblocking {
    pub by: UnblocksBy,
    /// `None`: the card tells them after a mistake.
    pub tries_left: Option<u8>,
    /// Bytes, at least and at most.
    pub least: u8,
    pub most: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnblocksBy {
    /// PIV's PUK, OpenPGP's resetting code: it does nothing else.
    Puk,
    /// OpenPGP's PW3, which administers the card.
    Admin,
}

impl Default for PinRules {
    /// PIV's (SP 800-73-4 part 2, §2.4.3).
    fn default() -> Self {
        let unblocking = Unblocking { by: UnblocksBy::Puk, tries_left: None, least: 8, most: 8 };
        Self { least: 6, most: 8, letters: false, unblocking: Some(unblocking) }
    }
}

/// What the screens see of readers and cards. Where several can sign, the visitor chooses; a card of
/// before the session only shows where nothing else does.
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
    /// It has a key, and no certificate that says whose.
    NoCertificate,
    /// Its answers make no sense, or never come.
    Damaged(CardError),
    /// Another program holds the card; looked at again by itself.
    HeldByOther,
    NotYetValid(CardInfo),
    Expired(CardInfo),
    /// No PIN try is left.
    Blocked(CardInfo),
    Ready(CardInfo),
    /// Two keys or more, each of which could sign: on several cards, or on one. Nothing is proposed.
    Several(Vec<CardInfo>),
}

/// Which key the visitor chose: this certificate, on the card put in then.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    insertion: u64,
    certificate: Private<Vec<u8>>,
}

impl CardInfo {
    pub fn choice(&self) -> Choice {
        Choice { insertion: self.insertion, certificate: self.certificate.clone() }
    }
}

impl CardStatus {
    /// The one card that this is said of.
    pub fn info(&self) -> Option<&CardInfo> {
        match self {
            CardStatus::Ready(i)
            | CardStatus::NotYetValid(i)
            | CardStatus::Expired(i)
            | CardStatus::Blocked(i) => Some(i),
            _ => None,
        }
    }

    /// The status for a visitor who has chosen. What she chose stands alone; where it is gone and
    /// another is left, that one is to be chosen anew and is never slipped in.
    pub fn chosen(self, choice: Option<&Choice>) -> Self {
        let Some(choice) = choice else { return self };
        let of = |info: &CardInfo| info.choice() == *choice;
        match self {
            CardStatus::Several(able) => match able.iter().find(|info| of(info)) {
                Some(info) => CardStatus::Ready(info.clone()),
                None => CardStatus::Several(able),
            },
            CardStatus::Ready(info) if !of(&info) => CardStatus::Several(vec![info]),
            other => other,
        }
    }
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
    /// On the reader's own keys: nobody typed, and no try is spent.
    #[error("nobody typed the PIN on the reader")]
    PinTimeout,
    #[error("the PIN on the reader was given up")]
    PinCancelled,
    #[error("the two new PINs differ")]
    NewPinsDiffer,
    /// It has keys, and does not take a PIN of this kind.
    #[error("the reader does not take the PIN on its keys")]
    PadRefused,
    /// It was told to ask before, and cannot be told to stop.
    #[error("the reader still waits for a PIN")]
    PadBusy,
    #[error("wrong PUK, {tries_left:?} left")]
    WrongPuk { tries_left: Option<u8> },
    #[error("the PUK is blocked")]
    PukBlocked,
    /// Nothing was tried: the next wrong PUK spoils the card for good, and nobody said to risk it.
    #[error("one PUK try is left")]
    LastPukTry,
    #[error("the card does not take this new PIN")]
    NewPinRefused,
    #[error("the card has no way to unblock its PIN here")]
    CannotUnblock,
    #[error("the card holds no certificate for its signing key")]
    NoCertificate,
    #[error("the module of the token does not load")]
    Module,
    /// The process that it ran in is gone.
    #[error("the module of the token fell over")]
    ModuleFell,
    /// The process that it ran in was ended.
    #[error("the module of the token does not answer")]
    ModuleSilent,
    #[error("the card signed with another key than its certificate's")]
    OtherKey,
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
            CardError::PinTimeout => "card.pin-timeout",
            CardError::PinCancelled => "card.pin-cancelled",
            CardError::NewPinsDiffer => "card.new-pins-differ",
            CardError::PadRefused => "card.pad-refused",
            CardError::PadBusy => "card.pad-busy",
            CardError::WrongPuk { .. } => "card.wrong-puk",
            CardError::PukBlocked => "card.puk-blocked",
            CardError::LastPukTry => "card.last-puk-try",
            CardError::NewPinRefused => "card.new-pin-refused",
            CardError::CannotUnblock => "card.cannot-unblock",
            CardError::NoCertificate => "card.no-certificate",
            CardError::Module => "card.module",
            CardError::ModuleFell => "card.module-fell",
            CardError::ModuleSilent => "card.module-silent",
            CardError::OtherKey => "card.other-key",
            CardError::Refused(_) => "card.refused",
            CardError::OtherCard => "card.other-card",
        })
    }
}
