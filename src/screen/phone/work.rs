//! The work behind a phone's signature: the code from the portal, and what came back sealed.

use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::judge::{self, Asked, Wrong};
use super::live::{Begun, Given};
use crate::card::Owner;
use crate::domain::statement::text;
use crate::env::Env;
use crate::fault::{Code, Coded as _};
use crate::portal::PortalError;
use crate::screen::sign::work::{self as signing, Signed, Stated, seal};
use crate::sign::path::SIGNING;
use crate::store::shelf::Reservation;

/// Why what a phone sent is not taken.
pub enum Refused {
    Code(Code),
    /// Another person signed.
    Person(Owner),
    /// She signed; her certificate writes her name otherwise, or for an organisation.
    Renamed(Owner),
}

/// Room for the envelope, and a code for the phone.
pub async fn begin(env: Env, stated: Stated) -> Result<Begun, Code> {
    let room = env.outbox.reserve(signing::room(&stated.bytes, &stated.shown)).await.map_err(|e| e.code())?;
    give(&env, stated.bytes.to_vec(), Some(room)).await.map_err(|error| match error {
        PortalError::Unreachable | PortalError::Cut => Code("phone.no-line"),
        PortalError::Busy { .. } => Code("phone.busy"),
        PortalError::Problem { status: 404, .. } => Code("server.no-phones"),
        PortalError::Problem { status: 413, .. } => Code("phone.too-long"),
        other => other.code(),
    })
}

/// Gives the portal a document for a phone.
pub async fn give(env: &Env, document: Vec<u8>, room: Option<Reservation>) -> Result<Begun, PortalError> {
    let session = env.portal.phone_begin(Zeroizing::new(document)).await?;
    let given = Given::new(env.portal.clone(), session.session, &session.address, room);
    Ok(Begun { given, seconds: session.seconds })
}

/// Judges what the phone sent, then seals it as after a card. Nothing is sent from here.
pub async fn finish(
    env: Env,
    stated: Stated,
    cms: Vec<u8>,
    attachments: Vec<Vec<u8>>,
    room: Option<Reservation>,
) -> Result<Signed, Refused> {
    let seal_key = env.held.seal_key().map_err(|e| Refused::Code(e.code()))?;
    let judged = {
        let (env, stated, runtime) = (env.clone(), stated.clone(), Handle::current());
        spawn_blocking(move || ours(&env, &stated, &cms, runtime).map(|()| cms)).await
    };
    let cms = judged.map_err(|_| Refused::Code(Code("phone.not-valid")))??;
    seal(stated, cms, attachments, room, seal_key).await.map_err(Refused::Code)
}

/// Is it this letter's, by a certificate that may sign, valid now, of the person that the letter says?
fn ours(env: &Env, stated: &Stated, cms: &[u8], runtime: Handle) -> Result<(), Refused> {
    let refuse = |wrong| Refused::Code(code(wrong));
    let asked = Asked { cms, content: stated.bytes.as_slice(), rules: &SIGNING };
    let good = judge::signed(env, &asked).map_err(refuse)?;
    let (owner, said) = (&good.owner, &stated.shown.signer);
    if owner.iin.is_empty() || owner.iin != said.iin {
        return Err(Refused::Person(owner.clone()));
    }
    judge::standing(env, &asked, &good, runtime).map_err(refuse)?;
    if text::tidy(&owner.name) != said.name || owner.bin != said.bin {
        return Err(Refused::Renamed(good.owner));
    }
    Ok(())
}

fn code(wrong: Wrong) -> Code {
    Code(match wrong {
        Wrong::NotValid => "phone.not-valid",
        Wrong::OtherDocument => "phone.other-document",
        Wrong::Untrusted => "phone.untrusted",
        Wrong::NotForThis => "phone.not-for-signing",
        Wrong::Expired => "phone.expired",
        Wrong::Revoked => "phone.revoked",
        Wrong::CouldNotCheck => "phone.could-not-check",
    })
}
