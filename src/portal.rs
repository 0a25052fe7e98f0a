//! The contract between kiosk and portal: wire types, the client trait, the HTTP client.
//! The OpenAPI document is made from these types.

pub mod client;
pub mod held;
pub mod sms;
pub mod tls;
pub mod wire;

use std::sync::Arc;
use std::time::Instant;

use futures::future::BoxFuture;
use zeroize::Zeroizing;

use crate::clock::Moment;
use crate::domain::Digest;
use crate::domain::phone::Phone;
use crate::domain::standing::{Asked, Standing};
use crate::fault::{Code, Coded};
use crate::private::Secret;
use crate::seal::standing;
use crate::sign::online::{Fetch, NoAnswer};

/// How far an envelope has come at the portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing or a part is there: go on at this byte.
    Offset(u64),
    Done(Outcome),
}

/// The portal's signed word about an envelope, not yet verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// COSE bytes of the stored receipt; byte-identical however often it is asked for.
    Receipt(Vec<u8>),
    /// COSE bytes of the signed notice of non-acceptance.
    Notice(Vec<u8>),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortalError {
    #[error("no connection")]
    Unreachable,
    #[error("the connection was cut")]
    Cut,
    #[error("the portal's certificate does not come from this deployment")]
    Untrusted,
    /// It comes from this deployment; its days and this machine's clock do not fit.
    #[error("the portal's certificate is of another time than this machine's clock")]
    Clock,
    /// It takes nothing for so long; `reason` is the portal's, where this program knows it.
    #[error("the portal asks to wait {seconds} s")]
    Busy { seconds: u64, reason: Option<Code> },
    /// A problem document; `code` is the portal's.
    #[error("the portal answered {status} {code}")]
    Problem { status: u16, code: String },
    #[error("the portal's answer could not be read")]
    Unreadable,
}

impl Coded for PortalError {
    /// A problem's own code where this program knows it: its words are then the portal's reason.
    fn code(&self) -> Code {
        match self {
            PortalError::Unreachable => Code("portal.unreachable"),
            PortalError::Cut => Code("portal.cut"),
            PortalError::Untrusted => Code("portal.untrusted"),
            PortalError::Clock => Code("portal.clock"),
            PortalError::Busy { reason, .. } => reason.unwrap_or(Code("portal.busy")),
            PortalError::Problem { code, .. } => Code::listed(code).unwrap_or(Code("portal.problem")),
            PortalError::Unreadable => Code("portal.unreadable"),
        }
    }
}

/// Asks about certificates by way of the portal, which asks whom its keeper named or allowed.
/// Waits for the line: never on a thread that a runtime works on.
pub struct Relayed {
    pub portal: Arc<dyn Portal>,
    pub runtime: tokio::runtime::Handle,
    /// No answer is waited for past this, whatever the number of questions.
    pub until: Instant,
    /// By whose keys the portal's own word is believed.
    pub held: held::Held,
}

impl Relayed {
    fn waited<T>(&self, asked: BoxFuture<'_, Result<T, PortalError>>) -> Result<T, NoAnswer> {
        let answer = self.runtime.block_on(async { tokio::time::timeout_at(self.until.into(), asked).await });
        answer.map_err(|_| NoAnswer)?.map_err(|_| NoAnswer)
    }
}

impl Fetch for Relayed {
    fn ask(&self, responder: &str, question: &[u8]) -> Result<Vec<u8>, NoAnswer> {
        self.waited(self.portal.certificate_status(question.to_vec(), responder.to_owned()))
    }

    fn listed(&self, asked: &Asked) -> Result<Standing, NoAnswer> {
        let question = standing::write_asked(asked);
        let word = self.waited(self.portal.standing(question.clone()))?;
        standing::verify_standing(&word, &question, &self.held.keyset()).map_err(|_| NoAnswer)
    }
}

/// By what a letter may be seen. Cheap to clone.
#[derive(Clone)]
pub enum Access {
    /// The access key from the visitor's paper.
    Visitor(Zeroizing<[u8; 32]>),
    /// The token of a session that a card's login opened.
    Session(Arc<Secret>),
}

/// A signed history, not yet verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// COSE bytes.
    pub bytes: Vec<u8>,
    /// Changes when something happened: given back, it asks for what is newer.
    pub tag: String,
    /// Where the visitor's wish to be told stands; `None`: this portal tells nobody.
    pub alert: Option<wire::AlertState>,
    /// Whether the time of the signature is proven; `None`: the portal does not say.
    pub proof: Option<wire::ProofState>,
}

/// A piece of a signed letter.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedPart {
    pub bytes: Zeroizing<Vec<u8>>,
    /// Bytes of the whole file.
    pub total: u64,
    /// Changes with the file: pieces of one tag fit together.
    pub tag: String,
}

/// An answer as it came, not yet judged.
#[derive(Clone, PartialEq, Eq)]
pub enum SentAnswer {
    /// Under the visitor's reply key: `seal::reply` opens it.
    Sealed(Vec<u8>),
    /// The CMS.
    Plain(Zeroizing<Vec<u8>>),
}

/// What enrolment gives: this kiosk's number and the words of its `Authorization` header.
pub struct Credential {
    pub kiosk: u32,
    pub secret: Secret,
}

/// What a kiosk asks of a portal. One contract suite runs on every implementation
/// (`tests/support/contract.rs`).
pub trait Portal: Send + Sync + 'static {
    fn about(&self) -> BoxFuture<'_, Result<wire::About, PortalError>>;

    /// When this portal last answered anything, since the program began.
    fn answered(&self) -> Option<Moment> {
        None
    }

    /// The signed keyset's bytes, where the portal's version is not the one held. The caller
    /// verifies them against the pinned root.
    fn keyset(&self, held: Option<u64>) -> BoxFuture<'_, Result<Option<Vec<u8>>, PortalError>>;

    /// How much of the envelope of `total` bytes is there, or what became of it.
    fn progress(&self, envelope: Digest, total: u64) -> BoxFuture<'_, Result<Progress, PortalError>>;

    /// `PUT /api/v1/envelopes/{sha256}` of `total` bytes, from `offset` on. Repeating is harmless.
    fn put(
        &self,
        envelope: Digest,
        offset: u64,
        total: u64,
        part: Vec<u8>,
    ) -> BoxFuture<'_, Result<Progress, PortalError>>;

    /// Which run of the portal gave the last answer. Another one may have been restored from an older
    /// copy of its data.
    fn life(&self) -> Option<u32> {
        None
    }

    /// Of these beginnings of envelopes' SHA-256, at most [`wire::MAX_ASKED`], those that the portal
    /// does not know.
    fn missing(&self, known: Vec<[u8; 8]>) -> BoxFuture<'_, Result<Vec<[u8; 8]>, PortalError>>;

    /// Brings back the portal's own word about an envelope that it lost; then the envelope itself is
    /// [`Portal::put`] once more.
    fn bring(&self, envelope: Digest, word: Outcome) -> BoxFuture<'_, Result<Progress, PortalError>>;

    /// The receipt or notice that the visitor's secret leads to. `Problem` 404 where there is none,
    /// or where the key is another's: the two cannot be told apart.
    fn receipt(
        &self,
        lookup: [u8; 16],
        access: Zeroizing<[u8; 32]>,
    ) -> BoxFuture<'_, Result<Outcome, PortalError>>;

    /// Status and dates for the number and paper code.
    fn status(
        &self,
        number: String,
        code: Zeroizing<String>,
    ) -> BoxFuture<'_, Result<wire::StatusAnswer, PortalError>>;

    /// What happened to a letter, where it is not the history that `held` is the tag of. With such
    /// a tag the portal waits up to `wait` seconds for something new.
    fn events(
        &self,
        lookup: [u8; 16],
        access: Access,
        held: Option<String>,
        wait: u64,
    ) -> BoxFuture<'_, Result<Option<Signed>, PortalError>>;

    /// `Problem` 404 where there is no answer yet.
    fn answer(&self, lookup: [u8; 16], access: Access) -> BoxFuture<'_, Result<SentAnswer, PortalError>>;

    /// At most `most` bytes of the signed letter (CMS) as the portal has it by now, from `from` on.
    fn signed_letter(
        &self,
        lookup: [u8; 16],
        access: Access,
        from: u64,
        most: u64,
    ) -> BoxFuture<'_, Result<SignedPart, PortalError>>;

    /// COSE bytes of the history's short form, for a QR code.
    fn extract(&self, lookup: [u8; 16], access: Access) -> BoxFuture<'_, Result<Vec<u8>, PortalError>>;

    /// Whether the portal's answers say that it tells visitors by a text when their answer comes.
    fn tells(&self) -> bool {
        false
    }

    /// Brings a sealed [`crate::seal::alert`]; repeating is harmless. `Problem` 404: the letter is not
    /// registered yet, or the key is not its own.
    fn alert(&self, sealed: Vec<u8>) -> BoxFuture<'_, Result<(), PortalError>>;

    /// The number to tell when this letter's answer comes; `None`: none any more.
    fn tell(
        &self,
        lookup: [u8; 16],
        access: Access,
        phone: Option<Phone>,
    ) -> BoxFuture<'_, Result<(), PortalError>>;

    /// A nonce for a card to sign.
    fn challenge(&self) -> BoxFuture<'_, Result<wire::Challenge, PortalError>>;

    /// A responder's answer (RFC 6960) to a question about a certificate, as the portal relays it.
    /// `named`: the responder that the certificate names, or nothing; the portal asks it only where its
    /// keeper allows it. `Problem` 404: the portal has nobody to ask.
    fn certificate_status(
        &self,
        question: Vec<u8>,
        named: String,
    ) -> BoxFuture<'_, Result<Vec<u8>, PortalError>>;

    /// The portal's signed word on a certificate by the lists that it keeps, for a `seal::standing`
    /// question. `Problem` 404: it has no list of that authority's.
    fn standing(&self, question: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, PortalError>>;

    /// The token of a session, for the CMS over a `domain::login::Login`.
    fn login(&self, cms: Vec<u8>) -> BoxFuture<'_, Result<Secret, PortalError>>;

    /// The letters of the session's owner, the newest first.
    fn letters(&self, session: Access) -> BoxFuture<'_, Result<wire::OwnLetters, PortalError>>;

    /// Answers to letters that this kiosk sent, of the last weeks, the newest first.
    fn arrived(&self) -> BoxFuture<'_, Result<wire::Arrived, PortalError>>;

    /// Gives a statement's canonical bytes to be signed with a phone. `Problem` 404 where the portal has no
    /// address for phones.
    fn phone_begin(
        &self,
        document: Zeroizing<Vec<u8>>,
    ) -> BoxFuture<'_, Result<wire::phone::PhoneSession, PortalError>>;

    /// How far the phone has come, where that is not the version `seen`; then the portal waits up to `wait`
    /// seconds for a change. `Problem` 404 where it is over.
    fn phone_state(
        &self,
        session: String,
        seen: Option<u32>,
        wait: u64,
    ) -> BoxFuture<'_, Result<Option<wire::phone::PhoneState>, PortalError>>;

    /// The kiosk wants nothing more of it; repeating is harmless.
    fn phone_end(&self, session: String) -> BoxFuture<'_, Result<(), PortalError>>;

    /// Makes this machine a kiosk of the portal, by a one-time code.
    fn enrol(&self, code: Zeroizing<String>, name: String) -> BoxFuture<'_, Result<Credential, PortalError>>;
}
