//! The work behind tracking: what the portal says is verified before it is shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use time::Date;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use crate::card::service::ToSign;
use crate::card::{CardError, CardInfo, Pin};
use crate::clock::{Confidence, Moment, Reading};
use crate::domain::Digest;
use crate::domain::event::History;
use crate::domain::login::{self, Login};
use crate::domain::phone::Phone;
use crate::env::{Env, Mode};
use crate::fault::{Code, Coded as _};
use crate::portal::{Access, Outcome, PortalError, Relayed, SentAnswer, SignedPart, wire};
use crate::screen::keyfile;
use crate::seal::history::{verify_extract, verify_history};
use crate::seal::receipt::verify_notice;
use crate::seal::reply;
use crate::seal::visitor::VisitorSecret;
use crate::sign;
use crate::sign::answer::{self, AnswerVerdict};
use crate::sign::cades::Builder;
use crate::sign::keyfile::{Entry, KeyFileError};
use crate::sign::online::{Line, Whom};
use crate::sign::revocation::{Evidence, Need};
use crate::sign::trust::Trust;

/// No two questions have the same.
pub fn next_round() -> u64 {
    static ROUNDS: AtomicU64 = AtomicU64::new(1);
    ROUNDS.fetch_add(1, Ordering::Relaxed)
}

/// By what one letter is found and opened.
#[derive(Clone)]
pub struct Key {
    pub lookup: [u8; 16],
    pub access: Access,
    /// From the visitor's paper; a card's session gets the answer opened.
    reply: Option<Zeroizing<[u8; 32]>>,
    /// From the visitor's paper: a letter that waits in this kiosk is known by it.
    mark: Option<Digest>,
}

impl Key {
    pub fn paper(secret: &VisitorSecret) -> Self {
        Self {
            lookup: secret.lookup_id(),
            access: Access::Visitor(secret.access_key()),
            reply: Some(secret.reply_key()),
            mark: Some(secret.outbox_mark()),
        }
    }

    /// `None`: the portal's list names no letter so.
    pub fn card(access: &Access, letter: &wire::OwnLetter) -> Option<Self> {
        let mut lookup = [0u8; 16];
        hex::decode_to_slice(&letter.lookup, &mut lookup).ok()?;
        Some(Self { lookup, access: access.clone(), reply: None, mark: None })
    }
}

/// A history whose signature fits.
pub struct Shown {
    pub history: Arc<History>,
    pub tag: String,
    /// Where her wish to be told stands; `None`: this portal tells nobody.
    pub alert: Option<wire::AlertState>,
    /// Whether the time of her signature is proven; `None`: the portal does not say.
    pub proof: Option<wire::ProofState>,
}

/// What a number and a paper code show.
pub struct Dates {
    pub number: String,
    pub due: Date,
    pub events: Vec<wire::StatusEvent>,
    pub practice: bool,
}

pub async fn dates(env: Env, number: String, code: Zeroizing<String>) -> Result<Dates, Code> {
    let status = env.portal.status(number, code).await.map_err(|e| e.code())?;
    let due = crate::domain::deadline::parse_day(&status.due).ok_or(Code("portal.unreadable"))?;
    let mut events = status.events;
    if events.is_empty() {
        // A portal of the first version says the state alone.
        events.push(wire::StatusEvent { kind: status.state, at: status.registered, title: None });
    }
    Ok(Dates { number: status.number, due, events, practice: status.practice })
}

/// What happened to the letter, where it is newer than `tag`; with a tag the portal may wait.
pub async fn look(env: Env, key: Key, tag: Option<String>, wait: u64) -> Result<Option<Shown>, Code> {
    let sent = match env.portal.events(key.lookup, key.access.clone(), tag, wait).await {
        // Where it waits in this very kiosk, that is known with the line and without.
        Err(
            PortalError::Problem { status: 404, .. }
            | PortalError::Unreachable
            | PortalError::Cut
            | PortalError::Busy { .. },
        ) if key.mark.is_some_and(|mark| env.outbox.waits_here(mark)) => return Err(Code("track.here")),
        Err(PortalError::Problem { status: 404, .. }) if key.reply.is_some() => {
            return Err(not_registered(&env, &key).await);
        }
        sent => sent.map_err(|e| e.code())?,
    };
    let Some(sent) = sent else { return Ok(None) };
    let history = verify_history(&sent.bytes, &env.held.keyset()).map_err(|e| e.code())?;
    env.clock.proven(history.made);
    Ok(Some(Shown { history: Arc::new(history), tag: sent.tag, alert: sent.alert, proof: sent.proof }))
}

/// Her paper is right, and the portal has no such letter: why. Refused, with the portal's signed reason; or still
/// on its way from the kiosk where she signed it.
async fn not_registered(env: &Env, key: &Key) -> Code {
    const NOT_YET: Code = Code("track.not-yet");
    let Access::Visitor(access) = &key.access else { return NOT_YET };
    match env.portal.receipt(key.lookup, access.clone()).await {
        Ok(Outcome::Notice(signed)) => match verify_notice(&signed, &env.held.keyset()) {
            Ok(notice) => Code::listed(&notice.reason).unwrap_or(Code("portal.problem")),
            Err(error) => error.code(),
        },
        Err(PortalError::Problem { status: 404, .. }) => NOT_YET,
        Err(error) => error.code(),
        // Registered just now: another look opens it.
        Ok(Outcome::Receipt(_)) => Code("portal.busy"),
    }
}

/// The answer, judged by what the letter's own history says.
pub async fn answer(env: Env, key: Key, history: Arc<History>) -> Result<(AnswerVerdict, Vec<u8>), Code> {
    let sent = env.portal.answer(key.lookup, key.access.clone()).await.map_err(|e| e.code())?;
    let cms = match (sent, &key.reply) {
        (SentAnswer::Plain(cms), _) => cms,
        (SentAnswer::Sealed(sealed), Some(reply_key)) => {
            reply::open(reply_key, &key.lookup, &sealed).map_err(|_| Code("answer.unreadable"))?
        }
        (SentAnswer::Sealed(_), None) => return Err(Code("answer.unreadable")),
    };
    let (trust, at) = (env.trust.clone(), env.clock.now());
    let judged = spawn_blocking(move || {
        let verdict = answer::judge(&cms, &letter(&history), &trust, at);
        (verdict, cms.to_vec())
    });
    judged.await.map_err(|_| Code("answer.unreadable"))
}

/// How long all questions about one answer may take.
const ASKING: Duration = Duration::from_secs(25);

/// The answer judged anew with what its authority says of the signer's certificate now, asked by way of the
/// portal. A word that does not come leaves the verdict as it is, and says so beside it.
pub async fn asked(env: Env, cms: Arc<Vec<u8>>, history: Arc<History>) -> Option<AnswerVerdict> {
    let runtime = Handle::try_current().ok()?;
    let judged = spawn_blocking(move || {
        let (trust, at) = (env.trust.clone(), env.clock.now());
        let letter = letter(&history);
        let first = answer::judge(&cms, &letter, &trust, at);
        let path = first.signer().map(|s| s.path.clone()).unwrap_or_default();
        let until = env.clock.monotonic() + ASKING;
        let fetch = Relayed { portal: env.portal.clone(), runtime, until, held: env.held.clone() };
        let line = Line { fetch: &fetch, whom: Whom::Relay, nonce: None, now: at.wall };
        let mut evidence = Evidence::NONE;
        line.gather(&path[..path.len().min(2)], &mut evidence);
        evidence.need = Need::Nothing;
        answer::judge_by(&cms, &letter, &trust, at, &evidence)
    });
    judged.await.ok()
}

fn letter(history: &History) -> answer::Letter<'_> {
    answer::Letter {
        number: &history.number,
        statement: history.statement,
        body: &history.holder().id,
        practice: history.practice,
    }
}

/// The number to tell of the answer; `None`: nobody any more.
pub async fn tell(env: Env, key: Key, phone: Option<Phone>) -> Result<(), Code> {
    env.portal.tell(key.lookup, key.access, phone).await.map_err(|e| e.code())
}

/// A piece of the signed letter as the portal has it by now.
pub async fn signed_part(env: Env, key: Key, from: u64, most: u64) -> Result<SignedPart, Code> {
    env.portal.signed_letter(key.lookup, key.access, from, most).await.map_err(|e| e.code())
}

/// Whether a file is the signed letter of this statement; her signature was judged when it was registered.
pub fn is_of(cms: &[u8], statement: Digest) -> bool {
    let nobody = Reading { wall: Moment(0), confidence: Confidence::Doubtful };
    let verdict = sign::verify(cms, None, &Trust::new(), nobody);
    verdict.attached().is_some_and(|bytes| Digest::of(bytes) == statement)
}

/// The history's short form for a QR code, verified like everything else.
pub async fn extract(env: Env, key: Key) -> Result<Vec<u8>, Code> {
    let bytes = env.portal.extract(key.lookup, key.access).await.map_err(|e| e.code())?;
    verify_extract(&bytes, &env.held.keyset()).map_err(|e| e.code())?;
    Ok(bytes)
}

/// A session at the portal, and the letters it shows.
pub struct Own {
    pub access: Access,
    pub letters: Vec<wire::OwnLetter>,
}

#[derive(Debug)]
pub enum LoginError {
    Card(CardError),
    Other(Code),
}

/// What a login signs: canonical bytes with a fresh nonce of the portal's.
pub async fn question(env: &Env, now: Moment) -> Result<Vec<u8>, Code> {
    let asked = env.portal.challenge().await.map_err(|e| e.code())?;
    // The audience is the root that this kiosk pins, never what somebody else says it is.
    let typed = Login {
        schema: login::SCHEMA_V1.to_owned(),
        context: login::OWN_LETTERS.to_owned(),
        audience: env.held.audience(),
        nonce: Digest::parse(&asked.nonce).ok_or(Code("portal.unreadable"))?,
        kiosk: asked.kiosk,
        practice: env.mode == Mode::Practice,
        time: now.rfc3339(),
    };
    typed.canonical().ok_or(Code("portal.unreadable"))
}

/// The letters of whoever made this signature over the portal's question.
pub async fn enter(env: &Env, cms: Vec<u8>) -> Result<Own, Code> {
    let token = env.portal.login(cms).await.map_err(|e| e.code())?;
    let access = Access::Session(Arc::new(token));
    let listed = env.portal.letters(access.clone()).await.map_err(|e| e.code())?;
    Ok(Own { access, letters: listed.letters })
}

/// The card signs the portal's nonce; its PIN leaves the kiosk for the card alone.
pub async fn login(env: Env, card: CardInfo, pin: Pin, last_try: bool) -> Result<Own, LoginError> {
    let other = LoginError::Other;
    let now = env.clock.now().wall;
    // Asked first: without a line no try is spent.
    let content = question(&env, now).await.map_err(other)?;
    let prepared = Builder::new(card.certificate.expose(), &content, now).and_then(Builder::prepare);
    let prepared = prepared.map_err(|e| other(e.code()))?;
    let what = ToSign(prepared.to_sign().to_vec());
    let signature = env.cards.sign_by(card.clone(), pin, what, last_try).await.map_err(LoginError::Card)?;
    let cms = prepared.finish(&signature).map_err(|e| other(e.code()))?;
    enter(&env, cms).await.map_err(other)
}

/// What came of a key file's login.
pub enum KeyTried {
    In(Own),
    /// The portal could not be asked: the key did nothing yet.
    NoLine(Code, Box<Entry>),
    Refused(Code),
}

/// The key signs the portal's nonce, and is wiped.
pub async fn login_by_key(env: Env, entry: Box<Entry>) -> KeyTried {
    let now = env.clock.now().wall;
    let content = match question(&env, now).await {
        Ok(content) => content,
        Err(code) => return KeyTried::NoLine(code, entry),
    };
    let signed = spawn_blocking(move || keyfile::work::signed(&entry, &content, now)).await;
    let cms = signed.unwrap_or(Err(KeyFileError::Cancelled.code()));
    let own = match cms {
        Ok(cms) => enter(&env, cms).await,
        Err(code) => Err(code),
    };
    own.map_or_else(KeyTried::Refused, KeyTried::In)
}
