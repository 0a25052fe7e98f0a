//! `tereze portal`: the portal as a process of its own. The first start makes the deployment's keys
//! and says what kiosks need; later starts use them.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use der::asn1::ObjectIdentifier;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use zeroize::Zeroizing;

use super::{Exit, World, terminal, words};
use crate::content::Snapshot;
use crate::domain::Names;
use crate::domain::iin::check_bin;
use crate::fault::{Code, Coded};
use crate::i18n::{Msg, Text, tr};
use crate::portal::client::ocsp::Host;
use crate::portal::client::sms::HttpGateway;
use crate::portal::sms::Gateway;
use crate::practice::clerk::{Clerk, Pace};
use crate::practice::phone::Nowhere;
use crate::practice::{boot, pki::Pki};
use crate::private::Secret;
use crate::server::app::App;
use crate::server::lists::{Lists, Source};
use crate::server::phone::{LIVES, Offer};
use crate::server::proofs::Tsa;
use crate::server::{self, Server, ServerError, Settings, openapi};
use crate::sign::certificate::{Certificate, MAX_CERTIFICATE, NotACertificate};
use crate::sign::pem;
use crate::sign::trust::{CITIZEN, Trust};
use crate::sign::tsp::Imprint;
use crate::store::{StoreError, disk};
use crate::{clock::Clock, log};

mod letter;
mod responders;

/// Authorities that issue citizens' certificates: every file in this folder of the data is one.
pub(super) const CITIZENS: &str = "citizens";
/// Lists of revoked certificates that were fetched.
const LISTS: &str = "lists";
/// Practice's people with their keys, for `tereze sign`.
const PEOPLE: &str = "people";

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(value_name = "letter|letters", value_parser = ["letter", "letters"])]
    action: Option<String>,
    #[arg(value_name = "NUMBER", requires = "action", required_if_eq("action", "letter"))]
    number: Option<String>,
    #[arg(long, value_name = "FILE.p7m|DIR", requires = "action")]
    out: Option<PathBuf>,
    #[arg(long, requires = "action")]
    replace: bool,
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    #[arg(long)]
    practice: bool,
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    #[arg(long, value_name = "DIR")]
    citizen_ca: Vec<PathBuf>,
    #[arg(long, value_name = "[AUTHORITY=]URL", value_parser = responders::named)]
    ocsp: Vec<responders::Named>,
    #[arg(long, value_name = "HOST[:PORT]", value_parser = responders::host)]
    ocsp_host: Vec<Host>,
    #[arg(long, value_name = "URL", requires = "sms_secret")]
    sms: Option<String>,
    #[arg(long, value_name = "FILE", requires = "sms")]
    sms_secret: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "sms")]
    sms_ca: Option<PathBuf>,
    #[arg(long, value_name = "URL", value_parser = address)]
    phones: Option<String>,
    #[arg(long, value_name = "IP", requires = "phones")]
    phones_proxy: Option<IpAddr>,
    #[arg(long, value_name = "BIN", default_value = "", value_parser = bin)]
    bin: String,
    #[arg(long, value_name = "FILE|URL")]
    crl: Vec<String>,
    #[arg(long, value_name = "FILE", requires = "crl")]
    crl_issuer: Vec<PathBuf>,
    #[arg(long, value_name = "URL")]
    tsa: Option<String>,
    #[arg(long, value_name = "FILE", requires = "tsa")]
    tsa_ca: Option<PathBuf>,
    #[arg(long, value_name = "NAME", requires = "tsa", default_value = "signer", value_parser = imprint)]
    tsa_hash: Imprint,
    #[arg(long, value_name = "OID", requires = "tsa", value_parser = policy)]
    tsa_policy: Option<ObjectIdentifier>,
    #[arg(long)]
    enrol: bool,
    #[arg(long)]
    restored: bool,
    #[arg(long)]
    openapi: bool,
}

/// `https://host[:port]`, without a path: a phone is told no other.
fn address(text: &str) -> Result<String, &'static str> {
    let host = text.strip_prefix("https://").map(|rest| rest.trim_end_matches('/'));
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    match host {
        Some(host) if !host.is_empty() && host.chars().all(plain) => Ok(format!("https://{host}")),
        _ => Err("https://host[:port]"),
    }
}

fn imprint(text: &str) -> Result<Imprint, String> {
    text.parse().map_err(|_| Imprint::NAMES.join(", "))
}

fn policy(text: &str) -> Result<ObjectIdentifier, &'static str> {
    ObjectIdentifier::new(text).map_err(|_| "1.2.…")
}

fn bin(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || check_bin(text).is_ok() { Ok(text.to_owned()) } else { Err("12 digits") }
}

/// What stopped the command; a message was not yet said.
enum Stop {
    Fault(Code, Exit),
    File(PathBuf, std::io::Error),
    Said(Text, Exit),
}

impl From<ServerError> for Stop {
    fn from(error: ServerError) -> Self {
        let exit = match &error {
            ServerError::PortInUse(_) | ServerError::Listen(..) => Exit::Unavailable,
            ServerError::Store(_) | ServerError::Db(_) => Exit::CannotWrite,
            _ => Exit::Config,
        };
        Stop::Fault(error.code(), exit)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Stop::Fault(error.code(), Exit::CannotWrite)
    }
}

pub fn run(arguments: Arguments, world: &World) -> Exit {
    if arguments.openapi {
        terminal::say(openapi::json().trim_end());
        return Exit::Ok;
    }
    let data = match world.folder() {
        Ok(folder) if world.data.is_some() => folder,
        Ok(folder) => folder.join("portal"),
        Err(e) => return world.fault(&e, Exit::Config),
    };
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().enable_all().build() else {
        return world.fault(&StoreError::Full, Exit::Software);
    };
    let work = async {
        if let Some(action) = &arguments.action {
            let number = arguments.number.as_deref().filter(|_| action == "letter");
            let wanted = letter::Wanted { number, out: arguments.out.as_deref(), replace: arguments.replace };
            letter::hand_over(&wanted, &data, world).await
        } else if arguments.enrol {
            enrol(&data, world).await
        } else {
            serve(&arguments, &data, world).await
        }
    };
    match runtime.block_on(work) {
        Ok(()) => Exit::Ok,
        Err(Stop::Fault(code, exit)) => {
            terminal::problem(&words::fault(world.lang, code));
            exit
        }
        Err(Stop::Said(text, exit)) => world.refuse(text, exit),
        Err(Stop::File(path, error)) => {
            let why = words::io(world.lang, &error);
            let file = path.display().to_string();
            world.refuse(Text::new(Msg::CliUnreadable).with("file", file).with("why", why), Exit::NoInput)
        }
    }
}

async fn enrol(data: &Path, world: &World) -> Result<(), Stop> {
    let code = server::invite(data, &world.clock).await?;
    terminal::say(&Text::new(Msg::PortalEnrolCode).with("code", code.as_str()).say(world.lang));
    terminal::say(&tr(world.lang, Msg::PortalEnrolLives));
    Ok(())
}

async fn serve(arguments: &Arguments, data: &Path, world: &World) -> Result<(), Stop> {
    log::start(world.clock.clone());
    let content = Snapshot::embedded().map_err(|e| Stop::Fault(e.code(), Exit::Software))?;
    let citizens = citizens(arguments, data, world)?;
    let operator = match &arguments.operator {
        Some(name) => Names { kk: name.clone(), ru: name.clone(), en: name.clone() },
        None if arguments.practice => boot::operator(),
        None => Names { kk: "Портал".into(), ru: "Портал".into(), en: "Portal".into() },
    };
    let server = Server::bind(Settings {
        listen: arguments.listen,
        names: arguments.name.clone(),
        data: Some(data.to_owned()),
        practice: arguments.practice,
        operator,
        received_by: None,
        citizens,
        content,
        clock: world.clock.clone(),
    })
    .await?;
    responders::settle(arguments, server.app())?;
    if let Some(gateway) = gateway(arguments, &world.clock)? {
        server.app().alerts.through(gateway);
    } else if arguments.practice {
        server.app().alerts.through(Arc::new(Nowhere));
    }
    if let Some(base) = arguments.phones.clone() {
        server.app().phones.offer(Offer { base, bin: arguments.bin.clone(), lives: LIVES });
        if let Some(proxy) = arguments.phones_proxy {
            server.app().phones.behind(proxy);
        }
    }
    revoked(arguments, data, server.app())?;
    stamps(arguments, server.app())?;
    if arguments.restored {
        server.app().went_back().await.map_err(|r| Stop::Fault(r.code, Exit::CannotWrite))?;
    }
    // A kiosk's certificate check goes by name where the portal has one.
    let port = server.address().port();
    let address = match arguments.name.first() {
        Some(name) => format!("https://{name}:{port}"),
        None => format!("https://{}", server.address()),
    };
    let root = hex::encode(server.app().deployment.root);
    let kiosk = data.join("kiosk.toml");
    let settings = format!("mode = \"portal\"\n\n[portal]\nurl = \"{address}\"\nroot = \"{root}\"\n");
    disk::write_atomic(&kiosk, settings.as_bytes())?;
    let say = |text: Text| terminal::say(&text.say(world.lang));
    say(Text::new(Msg::PortalListening).with("address", address));
    say(Text::new(Msg::PortalRoot).with("root", root));
    say(Text::new(Msg::PortalKioskFile).with("file", kiosk.display().to_string()));
    if arguments.practice {
        say(Msg::PortalIsPractice.into());
    } else {
        responders::tell(server.app(), world);
    }
    let practice = arguments.practice;
    log::event(log::Event::Started { version: env!("CARGO_PKG_VERSION"), command: "portal", practice });

    let (stop, stopped) = watch::channel(false);
    if practice {
        tokio::spawn(Clerk::new(server.app().clone(), Pace::default()).work(stopped.clone()));
    }
    let listen = |kind| signal(kind).map_err(|_| Stop::Fault(Code("server.listen"), Exit::Software));
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    let signals = tokio::spawn(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        stop.send_replace(true);
        // A second signal: nobody waits any longer for what is still running.
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
    });
    tokio::select! {
        done = server.run(stopped) => done?,
        _ = signals => {}
    }
    log::event(log::Event::Stopped);
    Ok(())
}

/// Where the public authorities stand on Debian and its like.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";
const MAX_SECRET: u64 = 4 * 1024;
const MAX_AUTHORITIES: u64 = 4 * 1024 * 1024;

/// The gateway for texts to phones, where one is named.
fn gateway(arguments: &Arguments, clock: &Clock) -> Result<Option<Arc<dyn Gateway>>, Stop> {
    let (Some(url), Some(file)) = (&arguments.sms, &arguments.sms_secret) else { return Ok(None) };
    let read = |file: &Path, most| terminal::read(file, most).map_err(|e| Stop::File(file.to_owned(), e));
    let secret = Zeroizing::new(read(file, MAX_SECRET)?);
    let secret = Secret::from_vec(secret.trim_ascii().to_vec());
    let unfit = Stop::Fault(Code("sms.settings"), Exit::Config);
    // One on this machine, without TLS, needs none.
    let named = arguments.sms_ca.clone().or_else(|| url.starts_with("https").then(|| AUTHORITIES.into()));
    let authorities = match named {
        Some(file) => pem::blocks(&read(&file, MAX_AUTHORITIES)?, &["CERTIFICATE"]),
        None => Some(vec![]),
    };
    let Some(authorities) = authorities else { return Err(unfit) };
    let authorities: Vec<Vec<u8>> = authorities.iter().map(|block| block.der.to_vec()).collect();
    let gateway = HttpGateway::new(url, &secret, &authorities, clock).map_err(|_| unfit)?;
    Ok(Some(Arc::new(gateway)))
}

/// The timestamp authority that is named; whom it is certified by, where that is somebody else than people are.
fn stamps(arguments: &Arguments, app: &App) -> Result<(), Stop> {
    let Some(url) = arguments.tsa.clone() else { return Ok(()) };
    let mut trust = app.citizens.clone();
    if let Some(file) = &arguments.tsa_ca {
        let bytes =
            terminal::read(file, 256 * MAX_CERTIFICATE as u64).map_err(|e| Stop::File(file.clone(), e))?;
        trust.load(CITIZEN, &bytes).map_err(|e| Stop::Fault(e.code(), Exit::Config))?;
    }
    // Set nowhere else.
    let _ = app.tsa.set(Tsa::new(url, trust).by(arguments.tsa_hash, arguments.tsa_policy));
    Ok(())
}

/// The lists of revoked certificates that are named; what came from addresses is kept in the data folder.
fn revoked(arguments: &Arguments, data: &Path, app: &App) -> Result<(), Stop> {
    if arguments.crl.is_empty() {
        return Ok(());
    }
    let mut issuers = Vec::new();
    for file in &arguments.crl_issuer {
        let bytes = terminal::read(file, 256 * MAX_CERTIFICATE as u64);
        let bytes = bytes.map_err(|e| Stop::File(file.clone(), e))?;
        let found = Certificate::each_of_file(&bytes).filter(|found| !found.is_empty());
        let found: Result<Vec<_>, _> = found.unwrap_or(vec![Err(NotACertificate)]).into_iter().collect();
        issuers.extend(found.map_err(|e| Stop::Fault(e.code(), Exit::Config))?);
    }
    let sources = arguments.crl.iter().map(|name| Source::named(name)).collect();
    let lists = Lists::by(sources, app.citizens.clone(), issuers, Some(data.join(LISTS)));
    // Set nowhere else.
    let _ = app.lists.set(Arc::new(lists));
    Ok(())
}

/// The authorities that are named, those in the data folder and those of the settings file.
/// A practice portal that has none makes its own, and people with keys to sign with.
fn citizens(arguments: &Arguments, data: &Path, world: &World) -> Result<Trust, Stop> {
    let own = data.join(CITIZENS);
    disk::make_folder(&own)?;
    let mut files: Vec<PathBuf> = world.config.authorities.clone();
    for folder in arguments.citizen_ca.iter().chain([&own]) {
        if !folder.is_dir() {
            files.push(folder.clone());
            continue;
        }
        let entries = std::fs::read_dir(folder).map_err(|e| Stop::File(folder.clone(), e))?;
        files.extend(entries.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.is_file()));
    }
    let mut trust = Trust::new();
    for file in files {
        let cap = 256 * MAX_CERTIFICATE as u64;
        let bytes = terminal::read(&file, cap).map_err(|e| Stop::File(file.clone(), e))?;
        trust.load(CITIZEN, &bytes).map_err(|e| {
            terminal::problem(&file.display().to_string());
            Stop::Fault(e.code(), Exit::Config)
        })?;
    }
    if trust.is_empty() && arguments.practice {
        trust = make_people(data, &own, &world.clock)?;
    }
    Ok(trust)
}

fn make_people(data: &Path, own: &Path, clock: &Clock) -> Result<Trust, Stop> {
    let unfit = |e: crate::sign::issue::IssueError| Stop::Fault(e.code(), Exit::Software);
    let pki = Pki::generate(clock.now().wall).map_err(unfit)?;
    let people = data.join(PEOPLE);
    disk::make_folder(&people)?;
    for (n, demo) in pki.people.iter().enumerate() {
        let pem = demo.identity.to_pem().map_err(unfit)?;
        disk::write_atomic(&people.join(format!("{}.pem", n + 1)), pem.as_bytes())?;
    }
    disk::write_atomic(&own.join("practice.pem"), pki.citizens.certificate().to_pem().as_bytes())?;
    Ok(pki.trust)
}
