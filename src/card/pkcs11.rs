//! Tokens behind a PKCS#11 module (version 2.40) that the administrator named: the only file that knows
//! cryptoki. Everything runs on threads of its own, and one call at a time: a module that hangs keeps its
//! own tokens from being used, and nothing else.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, CertificateType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::{AuthPin, RawAuthPin};

use super::certificate::{self, Facts, Fitness};
use super::pinpad::Pad;
use super::session::SHA256_INFO;
use super::work::{Found, Pin, Progress};
use super::{
    App, Backend, CardError, CardInfo, KeyKind, PinRules, Presence, ReaderState, Stack, Transaction, openpgp,
};
use crate::private::{Private, Secret};

/// How often a module is asked for its tokens: C_WaitForSlotEvent is missing from many of them.
const LOOK: Duration = Duration::from_millis(700);
/// Objects of a token that are looked at, and bytes of a certificate: more are nobody's.
const MOST_OBJECTS: usize = 64;
const MOST_BYTES: usize = 16 * 1024;

/// One module, loaded when first asked and kept.
pub struct Module {
    path: PathBuf,
    /// Only tokens of that label, where one is named.
    only: Option<String>,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    context: Option<Pkcs11>,
    /// Slot → the token's serial number, and our insertion.
    seen: HashMap<u64, (String, u64)>,
}

impl Module {
    pub fn new(path: &Path, only: Option<String>) -> Self {
        Self { path: path.to_owned(), only, inside: Mutex::default() }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tokens that are there now. [`CardError::Module`]: there is no such module, it is for another
    /// machine, or it does not start.
    pub fn look(&self) -> Result<Vec<ReaderState>, CardError> {
        let mut inside = self.inside();
        let context = inside.context(&self.path)?;
        let slots = context.get_slots_with_token().map_err(plain)?;
        let (mut states, mut seen) = (vec![], HashMap::new());
        for slot in slots {
            let Ok(token) = context.get_token_info(slot) else { continue };
            let meant = self.only.as_ref().is_none_or(|only| only == token.label().trim());
            if !meant || !token.token_initialized() {
                continue;
            }
            let serial = token.serial_number().to_owned();
            let insertion = match inside.seen.get(&slot.id()) {
                Some((known, insertion)) if *known == serial => *insertion,
                _ => super::next_insertion(),
            };
            let name = name(slot, &token);
            states.push(ReaderState { name, presence: Presence::Present, insertion });
            seen.insert(slot.id(), (serial, insertion));
        }
        inside.seen = seen;
        Ok(states)
    }

    /// Runs `task` on the token of this name, once the module is free.
    fn with<T>(
        &self,
        reader: &str,
        progress: &Progress,
        task: impl FnOnce(&Pkcs11, Slot, &TokenInfo) -> Result<T, CardError>,
    ) -> Result<T, CardError> {
        let mut inside = self.inside();
        if progress.abandoned.load(Ordering::Relaxed) {
            return Err(CardError::Slow);
        }
        progress.talking.store(true, Ordering::Relaxed);
        let context = inside.context(&self.path)?;
        for slot in context.get_slots_with_token().map_err(plain)? {
            if let Ok(token) = context.get_token_info(slot)
                && name(slot, &token) == reader
            {
                return task(&context, slot, &token);
            }
        }
        Err(CardError::Pulled)
    }

    /// A key for each certificate that may sign documents; where some bind their owner (nonRepudiation),
    /// those alone.
    pub(super) fn read(
        &self,
        reader: &str,
        insertion: u64,
        progress: &Progress,
    ) -> Result<Vec<Found>, CardError> {
        self.with(reader, progress, |context, slot, token| {
            let session = context.open_ro_session(slot).map_err(plain)?;
            let wanted = [
                Attribute::Class(ObjectClass::CERTIFICATE),
                Attribute::CertificateType(CertificateType::X_509),
            ];
            let objects = session.find_objects(&wanted).map_err(plain)?;
            let mut found: Vec<(Fitness, Found)> = vec![];
            for object in objects.into_iter().take(MOST_OBJECTS) {
                let Some(der) = value(&session, object) else { continue };
                let Ok((facts, owner)) = certificate::facts(&der) else { continue };
                if facts.fitness == Fitness::NotForSigning || facts.certificate.is_authority() {
                    continue;
                }
                let info = CardInfo {
                    reader: reader.to_owned(),
                    insertion,
                    key: facts.kind,
                    owner: Private::new(owner),
                    certificate: Private::new(der),
                    app: App::Token,
                    pin: rules(token),
                    pad: pad(token),
                    not_after: facts.not_after,
                    tries_left: tries(token),
                };
                found.push((facts.fitness, Found { info, not_before: facts.not_before }));
            }
            let best = found.iter().map(|(fitness, _)| *fitness).max().ok_or(CardError::NoCertificate)?;
            Ok(found.into_iter().filter(|(fitness, _)| *fitness == best).map(|(_, found)| found).collect())
        })
    }

    pub(super) fn tries_left(&self, reader: &str, progress: &Progress) -> Result<Option<u8>, CardError> {
        self.with(reader, progress, |_, _, token| Ok(tries(token)))
    }

    pub(super) fn sign(
        &self,
        shown: &CardInfo,
        pin: &Pin,
        last_try: bool,
        message: &[u8],
        progress: &Progress,
    ) -> Result<Vec<u8>, CardError> {
        self.with(&shown.reader, progress, |context, slot, token| {
            let session = context.open_ro_session(slot).map_err(plain)?;
            let (facts, _) = certificate::facts(shown.certificate.expose())?;
            let wanted = [
                Attribute::Class(ObjectClass::CERTIFICATE),
                Attribute::Value(shown.certificate.expose().clone()),
            ];
            let object =
                *session.find_objects(&wanted).map_err(plain)?.first().ok_or(CardError::OtherCard)?;
            may_try(token, last_try)?;
            let login = |user| match pin {
                Pin::Typed(pin) => {
                    session.login_with_raw(user, &RawAuthPin::new(Box::new(pin.bytes().to_vec())))
                }
                // The token asks for it by itself (CKF_PROTECTED_AUTHENTICATION_PATH).
                Pin::OnReader(_) => session.login(user, None),
            };
            let shown = match pin {
                Pin::Typed(_) => login(UserType::User),
                Pin::OnReader(_) if !token.protected_authentication_path() => {
                    return Err(CardError::PadRefused);
                }
                Pin::OnReader(asking) => {
                    asking.begins();
                    let shown = login(UserType::User);
                    asking.ends();
                    shown
                }
            };
            shown.map_err(|error| after_login(error, context, slot))?;
            let signed = sign_with(&session, context, slot, object, &facts, message, || {
                // The token asks for the PIN of this very key again.
                login(UserType::ContextSpecific)
            });
            // No program inherits the login.
            let _ = session.logout();
            let signed = signed?;
            if facts.holds(message, &signed) { Ok(signed) } else { Err(CardError::OtherKey) }
        })
    }

    pub(super) fn change_pin(
        &self,
        shown: &CardInfo,
        old: &Secret,
        new: &Secret,
        last_try: bool,
        progress: &Progress,
    ) -> Result<(), CardError> {
        self.with(&shown.reader, progress, |context, slot, token| {
            may_try(token, last_try)?;
            let text = |secret: &Secret| std::str::from_utf8(secret.bytes()).map(AuthPin::from).ok();
            let (Some(old), Some(new)) = (text(old), text(new)) else { return Err(CardError::PinFormat) };
            let session = context.open_rw_session(slot).map_err(plain)?;
            session.login(UserType::User, Some(&old)).map_err(|error| after_login(error, context, slot))?;
            let changed = session.set_pin(&old, &new);
            let _ = session.logout();
            changed.map_err(|error| match error {
                Error::Pkcs11(RvError::PinLenRange | RvError::PinInvalid, _) => CardError::NewPinRefused,
                error => after_login(error, context, slot),
            })
        })
    }
}

impl Inside {
    fn context(&mut self, path: &Path) -> Result<Pkcs11, CardError> {
        if let Some(context) = &self.context {
            return Ok(context.clone());
        }
        let context = Pkcs11::new(path).map_err(|_| CardError::Module)?;
        match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(_) => return Err(CardError::Module),
        }
        Ok(self.context.insert(context).clone())
    }
}

/// With the key that belongs to the certificate by CKA_ID.
fn sign_with(
    session: &Session,
    context: &Pkcs11,
    slot: Slot,
    certificate: ObjectHandle,
    facts: &Facts,
    message: &[u8],
    again: impl FnOnce() -> cryptoki::error::Result<()>,
) -> Result<Vec<u8>, CardError> {
    let id = session.get_attributes(certificate, &[AttributeType::Id]).map_err(plain)?;
    let Some(Attribute::Id(id)) = id.into_iter().next() else { return Err(CardError::NoCertificate) };
    let wanted = [Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::Id(id)];
    let keys = session.find_objects(&wanted).map_err(plain)?;
    let key = *keys.first().ok_or(CardError::NoCertificate)?;
    let digest = facts.digest(message);
    let mechanisms = context.get_mechanism_list(slot).map_err(plain)?;
    let (mechanism, input) = match facts.kind {
        KeyKind::Rsa(_) if mechanisms.contains(&MechanismType::RSA_PKCS) => {
            (Mechanism::RsaPkcs, [&SHA256_INFO[..], &digest].concat())
        }
        KeyKind::Rsa(_) => (Mechanism::Sha256RsaPkcs, message.to_vec()),
        KeyKind::P256 | KeyKind::P384 => (Mechanism::Ecdsa, digest),
        // The makers' numbers for it differ: none is guessed.
        KeyKind::Gost(_) => return Err(CardError::Unsupported),
    };
    let always = session.get_attributes(key, &[AttributeType::AlwaysAuthenticate]).unwrap_or_default();
    let always = matches!(always.first(), Some(Attribute::AlwaysAuthenticate(true)));
    let signed = if always {
        session.sign_init(&mechanism, key).map_err(plain)?;
        again().map_err(|error| after_login(error, context, slot))?;
        session.sign_update(&input).and_then(|()| session.sign_final())
    } else {
        session.sign(&mechanism, key, &input)
    };
    let signed = signed.map_err(plain)?;
    match facts.kind {
        KeyKind::P256 | KeyKind::P384 => openpgp::ecdsa_der(&signed).ok_or(CardError::Malformed),
        _ => Ok(signed),
    }
}

fn value(session: &Session, object: ObjectHandle) -> Option<Vec<u8>> {
    match session.get_attributes(object, &[AttributeType::Value]).ok()?.into_iter().next()? {
        Attribute::Value(der) if der.len() <= MOST_BYTES => Some(der),
        _ => None,
    }
}

/// Label and slot: two tokens of one maker may bear the same label.
fn name(slot: Slot, token: &TokenInfo) -> String {
    format!("{} (PKCS#11 {})", token.label().trim(), slot.id())
}

fn rules(token: &TokenInfo) -> PinRules {
    let length = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
    let least = length(token.min_pin_length()).max(1);
    PinRules { least, most: length(token.max_pin_length()).max(least), unblocking: None }
}

/// Keys of its own, for its PIN alone.
fn pad(token: &TokenInfo) -> Pad {
    Pad { verify: token.protected_authentication_path(), modify: false }
}

/// PKCS#11 knows "locked" and "the last one", and no numbers between.
fn tries(token: &TokenInfo) -> Option<u8> {
    match () {
        () if token.user_pin_locked() => Some(0),
        () if token.user_pin_final_try() => Some(1),
        () => None,
    }
}

fn may_try(token: &TokenInfo, last_try: bool) -> Result<(), CardError> {
    match tries(token) {
        Some(0) => Err(CardError::Blocked),
        Some(1) if !last_try => Err(CardError::LastTry),
        _ => Ok(()),
    }
}

fn after_login(error: Error, context: &Pkcs11, slot: Slot) -> CardError {
    match error {
        Error::Pkcs11(RvError::PinIncorrect, _) => {
            match context.get_token_info(slot).ok().as_ref().and_then(tries) {
                Some(0) => CardError::Blocked,
                tries_left => CardError::WrongPin { tries_left },
            }
        }
        other => plain(other),
    }
}

/// PKCS#11's answers in the kiosk's terms.
fn plain(error: Error) -> CardError {
    let Error::Pkcs11(rv, _) = error else { return CardError::Malformed };
    match rv {
        RvError::PinLocked => CardError::Blocked,
        RvError::PinIncorrect => CardError::WrongPin { tries_left: None },
        RvError::PinLenRange | RvError::PinInvalid => CardError::PinFormat,
        RvError::DeviceRemoved
        | RvError::TokenNotPresent
        | RvError::SessionHandleInvalid
        | RvError::SessionClosed => CardError::Pulled,
        RvError::TokenNotRecognized | RvError::MechanismInvalid | RvError::KeyTypeInconsistent => {
            CardError::Unsupported
        }
        RvError::CryptokiNotInitialized => CardError::Module,
        // No status word stands behind it.
        _ => CardError::Refused(0),
    }
}

/// A module as a place where tokens come and go.
pub struct Tokens(pub Arc<Module>);

impl Stack for Tokens {
    fn open(&self) -> Box<dyn Backend> {
        Box::new(Watcher(self.0.clone()))
    }

    fn module(&self) -> Option<Arc<Module>> {
        Some(self.0.clone())
    }
}

struct Watcher(Arc<Module>);

impl Backend for Watcher {
    fn readers(&mut self) -> Result<Vec<ReaderState>, CardError> {
        self.0.look()
    }

    fn wait(&mut self, _known: &[ReaderState], at_most: Duration) -> Result<(), CardError> {
        std::thread::sleep(LOOK.min(at_most));
        Ok(())
    }

    /// A module takes no APDUs.
    fn begin<'a>(&'a mut self, _reader: &str) -> Result<Box<dyn Transaction + 'a>, CardError> {
        Err(CardError::Unsupported)
    }
}
