//! The work behind signing: the statement for the card in the reader, and the signature.

use std::sync::Arc;

use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::status::{Asked, Said};
use super::{REVOKED, SignError};
use crate::card::service::ToSign;
use crate::card::{CardInfo, Owner, Pin};
use crate::domain::statement::{Deployment, Signer, Statement};
use crate::domain::{Digest, SubmissionId};
use crate::env::{Env, Mode};
use crate::fault::{Code, Coded as _};
use crate::i18n::Lang;
use crate::outbox::Prepared;
use crate::page::player::Player;
use crate::screen::Context;
use crate::screen::received::Letter;
use crate::seal::envelope::{self, Contents, MAX_CMS, SealKey};
use crate::seal::random;
use crate::seal::visitor::VisitorSecret;
use crate::sign::cades::Builder;
use crate::store::shelf::Reservation;

/// The statement for one card: its bytes, and what they say, read back from them.
#[derive(Clone)]
pub struct Ready {
    pub card: CardInfo,
    pub bytes: Arc<Zeroizing<Vec<u8>>>,
    pub shown: Arc<Statement>,
}

/// A signed and sealed letter, and what of it the receipt's screen needs.
pub struct Signed {
    pub prepared: Prepared,
    pub letter: Letter,
}

/// What is signed: the statement's bytes, and what they say.
#[derive(Clone)]
pub struct Stated {
    pub bytes: Arc<Zeroizing<Vec<u8>>>,
    pub shown: Arc<Statement>,
}

/// Writes the statement for whoever signs, by the rules that the portal will check it by, and reads
/// it back: what is shown is what these bytes say.
pub fn state(player: &Player, owner: &Owner, context: &Context<'_>) -> Result<Stated, Code> {
    let env = &context.world.env;
    let signer = Signer { name: owner.name.clone(), iin: owner.iin.clone(), bin: owner.bin.clone() };
    let deployment = Deployment { audience: env.held.audience(), practice: env.mode == Mode::Practice };
    let submission = SubmissionId(*random::<16>().map_err(|e| e.code())?);
    let time = env.clock.now().wall;
    let statement =
        player.statement(context.look.lang, signer, deployment, submission, time).map_err(|e| e.code())?;
    statement.validate(&deployment, env.content).map_err(|e| e.code())?;
    let bytes = statement.canonical().map_err(|e| e.code())?;
    let shown = Statement::parse(&bytes).map_err(|e| e.code())?;
    Ok(Stated { bytes: Arc::new(bytes), shown: Arc::new(shown) })
}

/// The statement for the owner of the card in the reader.
pub fn prepare(player: &Player, card: &CardInfo, context: &Context<'_>) -> Result<Ready, Code> {
    let Stated { bytes, shown } = state(player, card.owner.expose(), context)?;
    Ok(Ready { card: card.clone(), bytes, shown })
}

/// Bytes that the envelope may take at most: what is reserved before the PIN is asked for.
pub fn room(bytes: &[u8], shown: &Statement) -> u64 {
    let attached: u64 = shown.attachments.iter().map(|a| a.size).sum();
    (bytes.len().min(MAX_CMS) + 32 * 1024) as u64 + attached + attached / 128
}

/// The card signs, the envelope is sealed to the portal; nothing is sent from here.
pub async fn sign(
    env: Env,
    (ready, asked): (Ready, Option<Asked>),
    attachments: Vec<Vec<u8>>,
    pin: Pin,
    last_try: bool,
    reserved: Option<Reservation>,
) -> Result<Signed, SignError> {
    let other = |code: Code| SignError::Other(code);
    // The key is looked for first: without it nothing could be sent, and no try is spent.
    let seal_key = env.held.seal_key().map_err(|e| other(e.code()))?;
    // So is a word against the certificate.
    if let Some(asked) = asked
        && matches!(asked.said().await, Said::Revoked(_))
    {
        return Err(other(REVOKED));
    }
    let certificate = ready.card.certificate.expose();
    let prepared = Builder::new(certificate, &ready.bytes, env.clock.now().wall)
        .and_then(Builder::prepare)
        .map_err(|e| other(e.code()))?;
    let what = ToSign(prepared.to_sign().to_vec());
    let signature =
        env.cards.sign_by(ready.card.clone(), pin, what, last_try).await.map_err(SignError::Card)?;
    let cms = prepared.finish(&signature).map_err(|e| other(e.code()))?;

    let stated = Stated { bytes: ready.bytes, shown: ready.shown };
    seal(stated, cms, attachments, reserved, seal_key).await.map_err(other)
}

/// Seals a signed statement to the portal, with a fresh secret of the visitor's own.
pub async fn seal(
    stated: Stated,
    cms: Vec<u8>,
    attachments: Vec<Vec<u8>>,
    reserved: Option<Reservation>,
    seal_key: SealKey,
) -> Result<Signed, Code> {
    let Stated { bytes, shown } = stated;
    let signed = Arc::new(Zeroizing::new(cms.clone()));
    let secret = VisitorSecret::generate().map_err(|e| e.code())?;
    let contents = Contents {
        cms,
        attachments,
        lookup_id: secret.lookup_id(),
        access_hash: secret.access_hash(),
        code_hash: secret.code_hash(),
        reply_key: secret.reply_key(),
    };
    let submission = shown.submission;
    let envelope = spawn_blocking(move || envelope::seal(&contents, submission, &seal_key))
        .await
        .map_err(|_| Code("envelope.contents"))?
        .map_err(|e| e.code())?;
    let prepared = Prepared { submission, statement: Digest::of(&bytes), envelope, reserved };
    let lang = Lang::from_tag(&shown.language).unwrap_or_default();
    let digest = prepared.statement;
    let letter = Letter { lang, secret, statement: shown, digest, signed };
    Ok(Signed { prepared, letter })
}
