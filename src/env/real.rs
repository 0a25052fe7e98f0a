//! The world of a kiosk that is connected to a portal. Its data folder holds
//! `keyset.cose` (the newest that verified under the pinned root), `kiosk.credential`, `portal.tells` (whether the
//! portal texts visitors, `1` or `0`) and the outbox.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use zeroize::Zeroizing;

use super::{Env, Mode, StartError};
use crate::card::service::Cards;
use crate::clock::Clock;
use crate::content::Snapshot;
use crate::outbox::state::Waits;
use crate::outbox::{self, Outbox};
use crate::portal::Portal;
use crate::portal::client::HttpPortal;
use crate::portal::held::Held;
use crate::private::Secret;
use crate::seal::keyset::{KeyUse, MAX_KEYSET};
use crate::sign::certificate::Certificate;
use crate::sign::trust::{ANSWER, Trust};
use crate::store::disk;
use crate::store::shelf::DiskShelf;

/// The newest format of the kiosk's data that this program reads.
pub const FORMAT: u32 = 1;
const KEYSET: &str = "keyset.cose";
const CREDENTIAL: &str = "kiosk.credential";
const TELLS: &str = "portal.tells";
/// How often a newer keyset is asked for; an unchanged one costs a few hundred bytes.
const KEYSET_EVERY: Duration = Duration::from_secs(12 * 3600);

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
pub async fn connect(settings: &Portalled, cards: Cards, clock: Clock) -> Result<Env, StartError> {
    let content = Snapshot::embedded()?;
    let (data, _) = disk::DataDir::open(&settings.data, "kiosk", FORMAT)?;
    let (held, portal) = client(settings, data.path(), &clock).await?;
    let credential = disk::read(&data.path().join(CREDENTIAL), 1024)?.ok_or(StartError::NotEnrolled)?;
    portal.set_credential(&Secret::from_vec(credential))?;
    // What it was is offered until the portal says otherwise: without a line it cannot be asked.
    portal.recall_tells(disk::read(&data.path().join(TELLS), 1).is_ok_and(|b| b.as_deref() == Some(b"1")));
    // Before anything is asked: what the first answer says is written down, too.
    let telling = portal.telling();
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
        tells: tokio::spawn(keep_tells(telling, data.path().join(TELLS))),
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
) -> Result<u32, StartError> {
    let (data, _) = disk::DataDir::open(&settings.data, "kiosk", FORMAT)?;
    let (_, portal) = client(settings, data.path(), &clock).await?;
    let given = portal.enrol(code, name).await?;
    disk::write_atomic(&data.path().join(CREDENTIAL), given.secret.bytes())?;
    Ok(given.kiosk)
}

/// The portal as this kiosk would see it, for staff: nothing is written, and the kiosk may be running.
pub async fn look(settings: &Portalled, clock: &Clock) -> Result<(Held, HttpPortal), StartError> {
    let enrolled = disk::exists(&settings.data.join(CREDENTIAL));
    let (held, portal, _) = opened(settings, &settings.data, clock).await?;
    if enrolled { Ok((held, portal)) } else { Err(StartError::NotEnrolled) }
}

/// The keyset held on disk, else the portal's first one, verified under the pinned root.
async fn client(settings: &Portalled, data: &Path, clock: &Clock) -> Result<(Held, HttpPortal), StartError> {
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
) -> Result<(Held, HttpPortal, Option<Vec<u8>>), StartError> {
    let (held, new) = match disk::read(&data.join(KEYSET), MAX_KEYSET as u64)? {
        Some(signed) => (Held::new(settings.root, &signed, clock.clone())?, None),
        None => {
            let signed = HttpPortal::first_keyset(&settings.url, clock).await?;
            (Held::new(settings.root, &signed, clock.clone())?, Some(signed))
        }
    };
    // Practice lists only the practice card and keeps no letter: it is a world of its own.
    if held.keyset().practice {
        return Err(StartError::PracticePortal);
    }
    let portal = HttpPortal::new(&settings.url, held.clone(), clock.clone())?;
    Ok((held, portal, new))
}

struct Keep {
    keyset: tokio::task::JoinHandle<()>,
    tells: tokio::task::JoinHandle<()>,
    _data: disk::DataDir,
}

impl Drop for Keep {
    fn drop(&mut self) {
        self.keyset.abort();
        self.tells.abort();
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

/// Writes down what the portal says of texts, for a start without a line.
async fn keep_tells(mut telling: watch::Receiver<bool>, file: PathBuf) {
    while telling.changed().await.is_ok() {
        let says: &[u8] = if *telling.borrow_and_update() { b"1" } else { b"0" };
        let file = file.clone();
        let _ = tokio::task::spawn_blocking(move || disk::write_atomic(&file, says)).await;
    }
}
