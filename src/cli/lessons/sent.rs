//! The letter that a lesson begins with: written by the form's own player, signed by the practice card,
//! sent through the practice world's own outbox, as a visitor's is.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::card::service::{Command, ToSign};
use crate::card::{CardInfo, CardStatus, Hand};
use crate::domain::form::FieldKind;
use crate::domain::lesson::SentLetter;
use crate::domain::statement::{Deployment, Signer, Statement};
use crate::domain::{Digest, SubmissionId};
use crate::env::Env;
use crate::fault::{Code, Coded as _};
use crate::i18n::Lang;
use crate::outbox::{Prepared, Status};
use crate::page::player::Player;
use crate::practice::card::PIN;
use crate::private::Secret;
use crate::seal::envelope::{self, Contents};
use crate::seal::random;
use crate::seal::visitor::VisitorSecret;
use crate::sign::cades::Builder;

/// Longer than a card in software or a portal on loopback ever takes.
const PATIENCE: Duration = Duration::from_secs(60);
const STOPPED: Code = Code("outbox.stopped");

/// Sends the letter and waits for its receipt. The reader is empty afterwards.
pub async fn send(env: &Env, letter: &SentLetter, lang: Lang) -> Result<(), Code> {
    let orders = &env.cards.commands;
    let order = |command| orders.send(command).map_err(|_| STOPPED);
    order(Command::SessionBegan)?;
    // The empty reader is seen first: a card that was there before would be nobody's.
    card(env, |status| matches!(status, CardStatus::NoCard)).await?;
    order(Command::Practice(Hand::Insert))?;
    let CardStatus::Ready(info) = card(env, |status| matches!(status, CardStatus::Ready(_))).await? else {
        return Err(STOPPED);
    };
    let sent = signed(env, letter, lang, info).await;
    order(Command::Practice(Hand::TakeOut))?;
    order(Command::SessionEnded)?;
    let id = env.outbox.submit(sent?).await.map_err(|e| e.code())?;
    let mut life = env.outbox.watch(id).ok_or(STOPPED)?;
    let end = tokio::time::timeout(PATIENCE, life.wait_for(Status::is_final)).await;
    match end.map_err(|_| STOPPED)?.map_err(|_| STOPPED)?.clone() {
        Status::Registered { .. } => Ok(()),
        Status::Stuck { code } => Err(code),
        _ => Err(STOPPED),
    }
}

async fn card(env: &Env, good: impl FnMut(&CardStatus) -> bool) -> Result<CardStatus, Code> {
    let mut status = env.cards.status.clone();
    let seen = tokio::time::timeout(PATIENCE, status.wait_for(good)).await;
    Ok(seen.map_err(|_| STOPPED)?.map_err(|_| STOPPED)?.clone())
}

async fn signed(env: &Env, letter: &SentLetter, lang: Lang, info: CardInfo) -> Result<Prepared, Code> {
    let (bytes, submission) = statement(env, letter, lang, &info)?;
    let seal_key = env.held.seal_key().map_err(|e| e.code())?;
    let certificate = info.certificate.expose().clone();
    let now = env.clock.now().wall;
    let prepared =
        Builder::new(&certificate, &bytes, now).and_then(Builder::prepare).map_err(|e| e.code())?;
    let what = ToSign(prepared.to_sign().to_vec());
    let pin = Secret::from_vec(PIN.as_bytes().to_vec());
    let signature = env.cards.sign(info, pin, what, false).await.map_err(|e| e.code())?;
    let cms = prepared.finish(&signature).map_err(|e| e.code())?;
    let secret = VisitorSecret::generate().map_err(|e| e.code())?;
    let contents = Contents {
        cms,
        attachments: vec![],
        lookup_id: secret.lookup_id(),
        access_hash: secret.access_hash(),
        code_hash: secret.code_hash(),
        reply_key: secret.reply_key(),
    };
    let envelope = envelope::seal(&contents, submission, &seal_key).map_err(|e| e.code())?;
    Ok(Prepared { submission, statement: Digest::of(&bytes), envelope, reserved: None })
}

/// The letter as the form's player writes it, by the rules that the portal will check it by.
fn statement(
    env: &Env,
    letter: &SentLetter,
    lang: Lang,
    info: &CardInfo,
) -> Result<(Zeroizing<Vec<u8>>, SubmissionId), Code> {
    let unknown = Code("content.damaged");
    let mut player = Player::new(&letter.form, env.content).ok_or(unknown)?;
    for (field, option) in &letter.answers {
        player.choose(field, option);
    }
    for field in player.form().pages.iter().flat_map(|page| &page.fields) {
        match field.kind {
            FieldKind::Body => player.set_body(&field.id, &letter.body),
            FieldKind::Tick => player.tick(&field.id, true),
            _ => false,
        };
    }
    player.set_text(&letter.field, letter.words.get(lang));
    let owner = info.owner.expose();
    let signer = Signer { name: owner.name.clone(), iin: owner.iin.clone(), bin: owner.bin.clone() };
    let deployment = Deployment { audience: env.held.audience(), practice: true };
    let submission = SubmissionId(*random::<16>().map_err(|e| e.code())?);
    let time = env.clock.now().wall;
    let made: Statement =
        player.statement(lang, signer, deployment, submission, time).map_err(|e| e.code())?;
    made.validate(&deployment, env.content).map_err(|e| e.code())?;
    Ok((made.canonical().map_err(|e| e.code())?, submission))
}
