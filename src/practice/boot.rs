//! The practice world in one call: a portal of its own on loopback, fresh keys, a practice card.
//! Everything is in memory and gone with the process.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::sync::watch;

use super::card::PracticeCard;
use super::clerk::{Clerk, Pace};
use super::mobile::PracticePhone;
use super::pki::Pki;
use crate::clock::Clock;
use crate::content::Snapshot;
use crate::domain::Names;
use crate::env::{Env, Mode, StartError};
use crate::i18n::{Lang, Msg, tr};
use crate::outbox::state::Waits;
use crate::outbox::{Keep, Outbox};
use crate::portal::client::HttpPortal;
use crate::portal::held::Held;
use crate::practice::phone::Nowhere;
use crate::private::Secret;
use crate::seal::keyset::KeyUse;
use crate::server::app::App;
use crate::server::phone::{LIVES, Offer};
use crate::server::{Server, ServerError, Settings};
use crate::sign::certificate::Certificate;
use crate::sign::trust::{ANSWER, TrustError};
use crate::store::memory::MemoryShelf;

/// Stops the portal when the last [`Env`] of this world is dropped.
struct Running(watch::Sender<bool>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_replace(true);
    }
}

/// Who runs the practice portal, in the three languages.
pub fn operator() -> Names {
    let name = |lang| tr(lang, Msg::PortalPracticeOperator);
    Names { kk: name(Lang::Kk), ru: name(Lang::Ru), en: name(Lang::En) }
}

/// Makes the practice world. Within a tokio runtime, away from the thread that draws: key making
/// and the database take some hundredths of a second.
pub async fn boot(clock: Clock) -> Result<Env, StartError> {
    boot_paced(clock, Pace::default()).await
}

/// The same with a clerk as quick or slow as he is told to be.
pub async fn boot_paced(clock: Clock, pace: Pace) -> Result<Env, StartError> {
    boot_with(clock, Some(pace)).await.map(|(env, _)| env)
}

/// The same with or without a clerk, and the portal itself, for who does his work in his place.
pub async fn boot_with(clock: Clock, pace: Option<Pace>) -> Result<(Env, Arc<App>), StartError> {
    let now = clock.now().wall;
    let made = tokio::task::spawn_blocking(move || Pki::generate(now));
    let content = Snapshot::embedded()?;
    let pki = made.await.map_err(|_| StartError::Stopped)?.map_err(StartError::practice)?;
    let server = Server::bind(Settings {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        names: vec![],
        data: None,
        practice: true,
        operator: operator(),
        received_by: None,
        citizens: pki.trust.clone(),
        content,
        clock: clock.clone(),
    })
    .await
    .map_err(StartError::practice)?;
    let app = server.app().clone();
    let base = format!("https://{}", server.address());
    app.phones.offer(Offer { base: base.clone(), bin: String::new(), lives: LIVES });
    app.alerts.through(Arc::new(Nowhere));
    let held = Held::new(app.deployment.root, &app.deployment.signed, clock.clone())?;
    let portal = HttpPortal::new(&base, held.clone(), clock.clone())?;
    let failed = |e| StartError::practice(ServerError::from(e));
    let code = app.invite().await.map_err(failed)?;
    let enrolled = app.enrol(&code, "practice").await.map_err(failed)?;
    let (_, credential) = enrolled.ok_or(StartError::Stopped)?;
    portal.set_credential(&Secret::from_vec(credential.as_bytes().to_vec()))?;
    let portal = Arc::new(portal);

    let (stop, stopped) = watch::channel(false);
    if let Some(pace) = pace {
        tokio::spawn(Clerk::new(app.clone(), pace).work(stopped.clone()));
    }
    tokio::spawn(server.run(stopped));
    let outbox = Outbox::start_keeping(
        Arc::new(MemoryShelf::default()),
        portal.clone(),
        held.clone(),
        clock.clone(),
        Waits::default(),
        // This portal ends with this process: nothing is restored.
        Keep { days: 0, ..Keep::default() },
    )
    .await?;

    let mut trust = pki.trust;
    for key in held.keyset().keys_for(KeyUse::AnswerCa) {
        let authority = Certificate::from_der(&key.bytes).map_err(|_| TrustError::NotACertificate);
        let added = authority.and_then(|authority| trust.add(ANSWER, authority));
        added.map_err(StartError::practice)?;
    }
    let key_file = Some(pki.key_file);
    let first = pki.people.into_iter().next().ok_or(StartError::Stopped)?;
    let cards = PracticeCard::of(&first.identity).cards(clock.clone());
    let phone = PracticePhone::new(pki.citizens, first.person, pki.term, held.clone(), clock.clone());
    let phone = Some(Arc::new(phone) as Arc<_>);
    let keep = Some(Arc::new(Running(stop)) as Arc<_>);
    let mode = Mode::Practice;
    Ok((Env { mode, clock, cards, portal, outbox, held, trust, content, key_file, phone, keep }, app))
}
