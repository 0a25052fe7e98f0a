//! The firmware's ground: storage in memory that survives resets, a seeded generator, and the three
//! back ends that piv-authenticator and opcard ask for.

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng as _;
use trussed::backend::{Backend as _, BackendId};
use trussed::pipe::TrussedChannel;
use trussed::platform::Platform;
use trussed::serde_extensions::{ExtensionDispatch, ExtensionId, ExtensionImpl};
use trussed::service::ServiceResources;
use trussed::types::Context;
use trussed::virt::{Client, Runner, StorageConfig, Store, StoreConfig, UserInterface};
use trussed_auth::AuthExtension;
use trussed_auth_backend::{AuthBackend, AuthContext, FilesystemLayout};
use trussed_chunked::ChunkedExtension;
use trussed_core::api::{Reply, Request, reply, request};
use trussed_core::{Error, types::Location};
use trussed_hpke::HpkeExtension;
use trussed_rsa_alloc::SoftwareRsa;
use trussed_staging::{StagingBackend, StagingContext};
use trussed_wrap_key_to_file::WrapKeyToFileExtension;

/// Which applications a card has.
#[derive(Clone, Copy)]
pub struct Apps {
    pub piv: bool,
    pub openpgp: bool,
}

/// The applications, each with the ground to itself.
pub struct Firmware<'a> {
    pub piv: Option<piv_authenticator::Authenticator<Client<'a, Dispatch>>>,
    pub openpgp: Option<opcard::Card<Client<'a, Dispatch>>>,
    pub chosen: Option<App>,
}

#[derive(Clone, Copy, PartialEq)]
pub enum App {
    Piv,
    OpenPgp,
}

/// One card's memory.
pub struct Memory(StoreConfig<'static>, Apps);

impl Memory {
    pub fn new(apps: Apps) -> Self {
        Self(StoreConfig::ram(), apps)
    }

    /// Power on, `work`, power off: what is volatile (a verified PIN) does not survive.
    pub fn powered<R>(&mut self, work: impl FnOnce(&mut Firmware) -> R) -> R {
        self.0.volatile = StorageConfig::ram();
        let apps = self.1;
        let result = self.0.with_store(|store| {
            // The library's own platform has a constant seed: all cards would hold one key.
            let board = Board { rng: ChaCha8Rng::from_entropy(), store, ui: UserInterface::new() };
            let channels = [const { TrussedChannel::new() }; 2];
            let mut runner = Runner::new();
            let [piv, openpgp] = [("piv", &channels[0]), ("opcard", &channels[1])].map(|(name, channel)| {
                let (requester, responder) = channel.split().expect("a new channel is whole");
                runner.add_endpoint(responder, name, BACKENDS);
                Client::new(requester, runner.syscall(), None)
            });
            // Made and dropped where it is served: opcard forgets by commands, too.
            runner.run(board, Dispatch::default(), move || {
                let mut firmware = Firmware {
                    piv: apps.piv.then(|| piv_authenticator::Authenticator::new(piv, Default::default())),
                    openpgp: apps.openpgp.then(|| opcard::Card::new(openpgp, opcard::Options::default())),
                    chosen: None,
                };
                work(&mut firmware)
            })
        });
        self.0.internal.format = false;
        self.0.external.format = false;
        result
    }
}

struct Board<'a> {
    rng: ChaCha8Rng,
    store: Store<'a>,
    ui: UserInterface,
}

impl<'a> Platform for Board<'a> {
    type R = ChaCha8Rng;
    type S = Store<'a>;
    type UI = UserInterface;

    fn rng(&mut self) -> &mut Self::R {
        &mut self.rng
    }

    fn store(&self) -> Self::S {
        self.store
    }

    fn user_interface(&mut self) -> &mut Self::UI {
        &mut self.ui
    }
}

const BACKENDS: &[BackendId<Backend>] = &[
    BackendId::Custom(Backend::Auth),
    BackendId::Custom(Backend::Rsa),
    BackendId::Custom(Backend::Staging),
    BackendId::Core,
];

pub enum Backend {
    Auth,
    Rsa,
    Staging,
}

pub enum Extension {
    Auth,
    Chunked,
    Hpke,
    WrapKeyToFile,
}

impl From<Extension> for u8 {
    fn from(extension: Extension) -> Self {
        extension as u8
    }
}

impl TryFrom<u8> for Extension {
    type Error = Error;

    fn try_from(id: u8) -> Result<Self, Error> {
        [Self::Auth, Self::Chunked, Self::Hpke, Self::WrapKeyToFile]
            .into_iter()
            .nth(id.into())
            .ok_or(Error::FunctionNotSupported)
    }
}

pub struct Dispatch {
    auth: AuthBackend,
    staging: StagingBackend,
}

impl Default for Dispatch {
    fn default() -> Self {
        let auth = AuthBackend::new(Location::Internal, FilesystemLayout::V1);
        Self { auth, staging: StagingBackend::default() }
    }
}

#[derive(Default)]
pub struct Contexts {
    auth: AuthContext,
    staging: StagingContext,
}

impl ExtensionDispatch for Dispatch {
    type BackendId = Backend;
    type Context = Contexts;
    type ExtensionId = Extension;

    fn core_request<P: Platform>(
        &mut self,
        backend: &Backend,
        ctx: &mut Context<Contexts>,
        request: &Request,
        resources: &mut ServiceResources<P>,
    ) -> Result<Reply, Error> {
        let Context { core, backends, .. } = ctx;
        match backend {
            Backend::Auth => self.auth.request(core, &mut backends.auth, request, resources),
            Backend::Rsa => SoftwareRsa.request(core, &mut (), request, resources),
            Backend::Staging => self.staging.request(core, &mut backends.staging, request, resources),
        }
    }

    fn extension_request<P: Platform>(
        &mut self,
        backend: &Backend,
        extension: &Extension,
        ctx: &mut Context<Contexts>,
        request: &request::SerdeExtension,
        resources: &mut ServiceResources<P>,
    ) -> Result<reply::SerdeExtension, Error> {
        let Context { core, backends, .. } = ctx;
        let staging = &mut backends.staging;
        macro_rules! staged {
            ($extension:ty) => {
                ExtensionImpl::<$extension>::extension_request_serialized(
                    &mut self.staging,
                    core,
                    staging,
                    request,
                    resources,
                )
            };
        }
        match (backend, extension) {
            (Backend::Auth, Extension::Auth) => {
                self.auth.extension_request_serialized(core, &mut backends.auth, request, resources)
            }
            (Backend::Staging, Extension::Chunked) => staged!(ChunkedExtension),
            (Backend::Staging, Extension::Hpke) => staged!(HpkeExtension),
            (Backend::Staging, Extension::WrapKeyToFile) => staged!(WrapKeyToFileExtension),
            _ => Err(Error::RequestNotAvailable),
        }
    }
}

impl ExtensionId<AuthExtension> for Dispatch {
    type Id = Extension;
    const ID: Extension = Extension::Auth;
}

impl ExtensionId<ChunkedExtension> for Dispatch {
    type Id = Extension;
    const ID: Extension = Extension::Chunked;
}

impl ExtensionId<HpkeExtension> for Dispatch {
    type Id = Extension;
    const ID: Extension = Extension::Hpke;
}

impl ExtensionId<WrapKeyToFileExtension> for Dispatch {
    type Id = Extension;
    const ID: Extension = Extension::WrapKeyToFile;
}
