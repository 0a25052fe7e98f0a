//! The portal's reference implementation: axum over rustls (TLS 1.3, HTTP/2 and 1.1), SQLite.
//!
//! What is absent: no handler writes a visitor's words, name or IIN anywhere but into the sealed
//! envelope that is kept (a letter that waits for a phone is in memory alone); no receipt exists that is
//! not in the database.

mod alerts;
pub mod app;
mod body;
pub mod handover;
pub mod http;
pub mod intake;
pub mod keys;
pub mod letters;
pub mod limit;
pub mod lists;
pub mod login;
pub mod openapi;
pub mod phone;
pub mod problem;
pub mod proofs;
pub mod registry;
mod relay;
pub mod responders;
pub mod returned;
mod returns;
mod schema;
mod signed;
pub mod standing;
pub mod store;
mod telling;
pub mod tls;
mod tracking;
pub mod upload;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tower::Service as _;

use crate::clock::Clock;
use crate::content::Snapshot;
use crate::domain::Names;
use crate::fault::{Code, Coded};
use crate::sign::trust::Trust;
use crate::store::{StoreError, disk};
use app::{App, Limits};
use axum::response::IntoResponse as _;
use keys::Deployment;
use problem::Refusal;
use store::{Db, DbError};

/// A handshake on a line of 10 kbit/s takes seconds; longer than this it is no handshake.
const HANDSHAKE: Duration = Duration::from_secs(60);
/// Connections at once; more wait.
const CONNECTIONS: usize = 2_048;
/// How long running requests may go on after the stop.
const GRACE: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("{0} is in use by another program")]
    PortInUse(SocketAddr),
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::ErrorKind),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("the deployment's keys cannot be read or made: {0}")]
    Keys(&'static str),
    #[error("the data folder belongs to a portal of the other mode")]
    OtherMode,
    #[error("no citizens' CA certificate is given: no letter could be verified")]
    NoCitizens,
    #[error("no portal was started in this folder yet")]
    NotStarted,
    #[error("the operator's name is longer than a receipt carries")]
    OperatorTooLong,
}

impl Coded for ServerError {
    fn code(&self) -> Code {
        match self {
            ServerError::PortInUse(_) => Code("server.port-in-use"),
            ServerError::Listen(..) => Code("server.listen"),
            ServerError::Store(e) => e.code(),
            ServerError::Db(e) => e.code(),
            ServerError::NotStarted => Code("server.not-started"),
            ServerError::Keys(_) => Code("server.keys"),
            ServerError::OtherMode => Code("server.other-mode"),
            ServerError::NoCitizens => Code("server.no-citizens"),
            ServerError::OperatorTooLong => Code("server.operator-too-long"),
        }
    }
}

/// What staff must see: a code, for the log takes no free words.
pub(crate) fn trouble(fault: &dyn Coded) {
    crate::log::event(crate::log::Event::Fault { code: fault.code() });
}

pub struct Settings {
    pub listen: SocketAddr,
    /// DNS names and addresses in the TLS certificate, besides the one listened on.
    pub names: Vec<String>,
    /// `None`: everything in memory, gone with the process.
    pub data: Option<PathBuf>,
    pub practice: bool,
    /// Used when the deployment is made; later starts take what the keyset says.
    pub operator: Names,
    /// Name and post of who receives letters; the operator's name where not given.
    pub received_by: Option<Names>,
    /// The CAs under [`crate::sign::trust::CITIZEN`] decide whose letters are accepted.
    pub citizens: Trust,
    /// Forms, bodies, calendar and law that letters are registered by.
    pub content: &'static Snapshot,
    pub clock: Clock,
}

/// The database in the data folder.
const DATABASE: &str = "portal.sqlite";

/// A one-time code for the next kiosk, put into a portal's data while it runs or not.
pub async fn invite(
    data: &std::path::Path,
    clock: &Clock,
) -> Result<zeroize::Zeroizing<String>, ServerError> {
    let file = data.join(DATABASE);
    if disk::format(data, "portal")? != Some(schema::KNOWN) || !disk::exists(&file) {
        return Err(ServerError::NotStarted);
    }
    let db = Db::open(Some(&file), clock.now().wall).await?;
    let code = app::invite(&db, clock).await?;
    db.close().await;
    Ok(code)
}

/// A portal that listens but does not answer yet: [`Server::run`].
pub struct Server {
    app: Arc<App>,
    listener: TcpListener,
    address: SocketAddr,
    leaf: Arc<tls::Leaf>,
    /// Held until the end: no second portal on the same data.
    _data: Option<disk::DataDir>,
}

impl Server {
    /// Opens the data, makes the deployment's keys at the first start, takes the port.
    pub async fn bind(settings: Settings) -> Result<Self, ServerError> {
        let clock = settings.clock;
        let now = clock.now();
        if settings.citizens.is_empty() {
            return Err(ServerError::NoCitizens);
        }
        let data = match &settings.data {
            Some(path) => Some(disk::DataDir::open(path, "portal", schema::KNOWN)?),
            None => None,
        };
        let listener = TcpListener::bind(settings.listen).await.map_err(|e| match e.kind() {
            std::io::ErrorKind::AddrInUse => ServerError::PortInUse(settings.listen),
            kind => ServerError::Listen(settings.listen, kind),
        })?;
        let address = listener.local_addr().map_err(|e| ServerError::Listen(settings.listen, e.kind()))?;
        let made = || Deployment::generate(settings.practice, settings.operator.clone(), now.wall);
        let (deployment, db, uploads) = match &data {
            None => (made()?, Db::open(None, now.wall).await?, upload::Uploads::memory()),
            Some((dir, found)) => {
                let keys = dir.path().join("keys");
                let deployment = match Deployment::load(&keys, now)? {
                    Some(deployment) => deployment,
                    None => {
                        let deployment = made()?;
                        deployment.save(&keys)?;
                        deployment
                    }
                };
                let db = Db::open(Some(&dir.path().join(DATABASE)), now.wall).await?;
                if *found < schema::KNOWN {
                    dir.set_format("portal", schema::KNOWN)?;
                }
                (deployment, db, upload::Uploads::disk(&dir.path().join("parts"))?)
            }
        };
        if deployment.keyset.practice != settings.practice {
            return Err(ServerError::OtherMode);
        }
        let received_by = settings.received_by.unwrap_or_else(|| deployment.keyset.operator.clone());
        let longest = crate::seal::receipt::MAX_RECEIVED_BY;
        if [&received_by.kk, &received_by.ru, &received_by.en].iter().any(|n| n.len() > longest) {
            return Err(ServerError::OperatorTooLong);
        }
        let mut names = settings.names;
        names.push(address.ip().to_string());
        let leaf = Arc::new(tls::Leaf::new(&deployment, names, now.wall)?);
        let app = Arc::new(App {
            db,
            uploads: Arc::new(uploads),
            deployment: Arc::new(deployment),
            citizens: settings.citizens.only(crate::sign::trust::CITIZEN),
            content: settings.content,
            limits: Limits::new(&clock),
            changes: Default::default(),
            began: (now.wall, clock.monotonic()),
            logins: Default::default(),
            relay: Default::default(),
            alerts: Default::default(),
            phones: Default::default(),
            lists: Default::default(),
            rest: Default::default(),
            proving: Default::default(),
            tsa: Default::default(),
            life: returned::Life::begin().map_err(|_| ServerError::Keys("random"))?,
            clock,
            received_by,
        });
        Ok(Self { app, listener, address, leaf, _data: data.map(|(dir, _)| dir) })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Answers until `stop` turns true or its sender is gone; then lets running requests finish.
    pub async fn run(self, mut stop: watch::Receiver<bool>) -> Result<(), ServerError> {
        let acceptor = TlsAcceptor::from(Arc::new(tls::config(self.leaf.clone(), &self.app.clock)?));
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        let router = http::router(self.app.clone());
        let housekeeping = tokio::spawn(keep_house(self.app.clone(), self.leaf.clone()));
        let telling = tokio::spawn(alerts::work(self.app.clone()));
        let lists = tokio::spawn(standing::keep_lists(self.app.clone()));
        let proofs = tokio::spawn(proofs::keep(self.app.clone()));
        let connections = running::Running::default();
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = stopped(&mut stop) => break,
            };
            let Ok((stream, peer)) = accepted else {
                // Out of file handles: wait for some to come back.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let Ok(place) = room.clone().acquire_owned().await else { break };
            let _ = stream.set_nodelay(true);
            let connection =
                serve(acceptor.clone(), stream, http::Peer(peer.ip()), router.clone(), stop.clone());
            let token = connections.token();
            tokio::spawn(async move {
                connection.await;
                drop((place, token));
            });
        }
        for task in [housekeeping, telling, lists, proofs] {
            task.abort();
            let _ = task.await;
        }
        let _ = tokio::time::timeout(GRACE, connections.all_gone()).await;
        self.app.db.close().await;
        Ok(())
    }
}

/// Waits for connections to end, by counting them.
mod running {
    use tokio::sync::watch;

    #[derive(Default)]
    pub struct Running(watch::Sender<usize>);

    pub struct Token(watch::Sender<usize>);

    impl Running {
        pub fn token(&self) -> Token {
            self.0.send_modify(|n| *n += 1);
            Token(self.0.clone())
        }

        pub async fn all_gone(&self) {
            let _ = self.0.subscribe().wait_for(|n| *n == 0).await;
        }
    }

    impl Drop for Token {
        fn drop(&mut self) {
            self.0.send_modify(|n| *n -= 1);
        }
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn serve(
    acceptor: TlsAcceptor,
    stream: tokio::net::TcpStream,
    peer: http::Peer,
    router: axum::Router,
    mut stop: watch::Receiver<bool>,
) {
    let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await else { return };
    let service = hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(peer);
        // A task of its own: when the line is cut hyper drops what waits for the answer, and what had
        // come by then must still be kept.
        let answer = tokio::spawn(router.clone().call(request));
        async move { answer.await.unwrap_or_else(|_| Ok(Refusal::unavailable().into_response())) }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HANDSHAKE);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(32)
        .max_header_list_size(8 * 1024)
        // A dead line is found out; rarely enough for a metered one.
        .keep_alive_interval(Duration::from_secs(600))
        .keep_alive_timeout(HANDSHAKE);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// Once an hour old parts go; the TLS certificate is renewed in time, and soon after the machine's clock
/// was set right.
async fn keep_house(app: Arc<App>, leaf: Arc<tls::Leaf>) {
    for minute in 0u64.. {
        let now = app.clock.now().wall;
        if minute.is_multiple_of(60) {
            let uploads = app.uploads.clone();
            let _ = tokio::task::spawn_blocking(move || uploads.collect(now)).await;
            app.forget_alerts(now).await;
        }
        app.phones.tidy(app.clock.monotonic());
        if let Err(e) = leaf.renew(&app.deployment, now) {
            trouble(&e);
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}
