//! The world of a kiosk that is connected to a portal. Its data folder holds
//! `keyset.cose` (the newest that verified under the pinned root), `kiosk.credential` and the outbox.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{Env, Mode};
use crate::card::service::Cards;
use crate::clock::Clock;
use crate::content::{ContentError, Snapshot};
use crate::fault::{Code, Coded};
use crate::outbox::state::Waits;
use crate::outbox::{self, Outbox, OutboxError};
use crate::portal::client::HttpPortal;
use crate::portal::held::Held;
use crate::portal::{Portal, PortalError};
use crate::private::Secret;
use crate::seal::keyset::{KeyUse, KeysetError, MAX_KEYSET};
use crate::sign::certificate::Certificate;
use crate::sign::trust::{ANSWER, Trust};
use crate::store::shelf::DiskShelf;
use crate::store::{StoreError, disk};

/// The newest format of the kiosk's data that this program reads.
pub const FORMAT: u32 = 1;
const KEYSET: &str = "keyset.cose";
const CREDENTIAL: &str = "kiosk.credential";
/// How often a newer keyset is asked for; an unchanged one costs a few hundred bytes.
const KEYSET_EVERY: Duration = Duration::from_secs(12 * 3600);

#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error(transparent)]
    Content(#[from] ContentError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Keyset(#[from] KeysetError),
    #[error(transparent)]
    Portal(#[from] PortalError),
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    #[error("the portal is a practice portal")]
    PracticePortal,
    #[error("this kiosk was not enrolled at its portal")]
    NotEnrolled,
}

impl Coded for ConnectError {
    fn code(&self) -> Code {
        match self {
            ConnectError::Content(e) => e.code(),
            ConnectError::Store(e) => e.code(),
            ConnectError::Keyset(e) => e.code(),
            ConnectError::Portal(e) => e.code(),
            ConnectError::Outbox(e) => e.code(),
            ConnectError::PracticePortal => Code("boot.practice-portal"),
            ConnectError::NotEnrolled => Code("boot.not-enrolled"),
        }
    }
}

/// What staff set: where the portal is, and the root that is pinned.
pub struct Portalled {
    /// `https://host:port`
    pub url: String,
    pub root: [u8; 32],
    pub data: PathBuf,
    /// The citizens' authorities.
    pub citizens: Trust,
    /// For how long the outbox keeps what has arrived.
    pub keep: outbox::Keep,
}

/// Opens the kiosk's data and begins to send what waits there. Works without a line, once a keyset
/// was held. Within a tokio runtime.
pub async fn connect(settings: &Portalled, cards: Cards, clock: Clock) -> Result<Env, ConnectError> {
    let content = Snapshot::embedded()?;
    let (data, _) = disk::DataDir::open(&settings.data, "kiosk", FORMAT)?;
    let (held, portal) = client(settings, data.path(), &clock).await?;
    let credential = disk::read(&data.path().join(CREDENTIAL), 1024)?.ok_or(ConnectError::NotEnrolled)?;
    portal.set_credential(&Secret::from_vec(credential))?;
    let portal = Arc::new(portal);
    let shelf = Arc::new(DiskShelf::open(&data)?);
    let (waits, line) = (Waits::default(), portal.clone());
    let outbox =
        Outbox::start_keeping(shelf, line, held.clone(), clock.clone(), waits, settings.keep).await?;
    let mut trust = settings.citizens.clone();
    for key in held.keyset().keys_for(KeyUse::AnswerCa) {
        // One that cannot be read is not trusted; the others are.
        if let Ok(authority) = Certificate::from_der(&key.bytes) {
            let _ = trust.add(ANSWER, authority);
        }
    }
    let keep = Arc::new(Keep {
        keyset: tokio::spawn(keep_keyset(portal.clone(), held.clone(), data.path().join(KEYSET))),
        _data: data,
    });
    let keep = Some(keep as Arc<_>);
    let (key_file, phone, mode) = (None, None, Mode::Real);
    Ok(Env { mode, clock, cards, portal, outbox, held, trust, content, key_file, phone, keep })
}

/// Makes this machine a kiosk of the portal by a one-time code, and keeps its credential. The kiosk
/// itself must not be running on the same data.
pub async fn enrol(
    settings: &Portalled,
    code: Zeroizing<String>,
    name: String,
    clock: Clock,
) -> Result<u32, ConnectError> {
    let (data, _) = disk::DataDir::open(&settings.data, "kiosk", FORMAT)?;
    let (_, portal) = client(settings, data.path(), &clock).await?;
    let given = portal.enrol(code, name).await?;
    disk::write_atomic(&data.path().join(CREDENTIAL), given.secret.bytes())?;
    Ok(given.kiosk)
}

/// The portal as this kiosk would see it, for staff: nothing is written, and the kiosk may be running.
pub async fn look(settings: &Portalled, clock: &Clock) -> Result<(Held, HttpPortal), ConnectError> {
    let enrolled = disk::exists(&settings.data.join(CREDENTIAL));
    let (held, portal, _) = opened(settings, &settings.data, clock).await?;
    if enrolled { Ok((held, portal)) } else { Err(ConnectError::NotEnrolled) }
}

/// The keyset held on disk, else the portal's first one, verified under the pinned root.
async fn client(
    settings: &Portalled,
    data: &Path,
    clock: &Clock,
) -> Result<(Held, HttpPortal), ConnectError> {
    let (held, portal, new) = opened(settings, data, clock).await?;
    if let Some(signed) = new {
        disk::write_atomic(&data.join(KEYSET), &signed)?;
    }
    Ok((held, portal))
}

/// [`client`] without writing: the keyset's bytes where they are new.
async fn opened(
    settings: &Portalled,
    data: &Path,
    clock: &Clock,
) -> Result<(Held, HttpPortal, Option<Vec<u8>>), ConnectError> {
    let (held, new) = match disk::read(&data.join(KEYSET), MAX_KEYSET as u64)? {
        Some(signed) => (Held::new(settings.root, &signed, clock.clone())?, None),
        None => {
            let signed = HttpPortal::first_keyset(&settings.url, clock).await?;
            (Held::new(settings.root, &signed, clock.clone())?, Some(signed))
        }
    };
    // Practice lists only the practice card and keeps no letter: it is a world of its own.
    if held.keyset().practice {
        return Err(ConnectError::PracticePortal);
    }
    let portal = HttpPortal::new(&settings.url, held.clone(), clock.clone())?;
    Ok((held, portal, new))
}

struct Keep {
    keyset: tokio::task::JoinHandle<()>,
    _data: disk::DataDir,
}

impl Drop for Keep {
    fn drop(&mut self) {
        self.keyset.abort();
    }
}

async fn keep_keyset(portal: Arc<HttpPortal>, held: Held, file: PathBuf) {
    loop {
        if let Ok(Some(signed)) = portal.keyset(Some(held.keyset().version)).await
            && held.offer(&signed) == Ok(true)
        {
            let file = file.clone();
            let _ = tokio::task::spawn_blocking(move || disk::write_atomic(&file, &signed)).await;
        }
        tokio::time::sleep(KEYSET_EVERY).await;
    }
}
