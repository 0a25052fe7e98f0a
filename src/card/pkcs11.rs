//! A token's PKCS#11 module (version 2.40), in the process of its own that it runs in: the only file that knows
//! cryptoki. What is asked comes over a socket, one thing at a time ([`super::module`]).

use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::vendor_defined::VendorDefinedMechanism;
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, CertificateType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::{AuthPin, RawAuthPin};

use super::certificate::{self, Facts};
use super::module::{Ask, Certificate, Change, Gost, Said, Sign, State, Token, parse, read, write};
use super::session::SHA256_INFO;
use super::{CardError, KeyKind, openpgp};

/// Objects of a token that are looked at, and bytes of a certificate: more are nobody's.
const MOST_OBJECTS: usize = 64;
const MOST_BYTES: usize = 16 * 1024;
/// Tokens of one module.
const MOST_TOKENS: usize = 32;

/// Serves the module at `path` to whoever holds the other end of the standard input, for as long as it is held.
/// `None` where that is no socket.
pub fn serve(path: &Path) -> Option<()> {
    let socket = UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned().ok()?);
    socket.peer_addr().ok()?;
    let asks = socket.try_clone().ok()?;
    let (tell, asked) = mpsc::channel();
    // A thread of its own hears of the end, also while the module hangs.
    let listen = move || {
        while let Ok(frame) = read(&asks) {
            if tell.send(frame).is_err() {
                break;
            }
        }
        std::process::abort();
    };
    std::thread::Builder::new().spawn(listen).ok()?;
    let mut module = Module { path: path.to_owned(), context: None };
    for frame in asked {
        let said = parse(&frame).ok_or(CardError::Malformed).and_then(|ask| module.answer(ask));
        write(&socket, &said.unwrap_or_else(|error| Said::Failed(error.into()))).ok()?;
    }
    Some(())
}

struct Module {
    path: PathBuf,
    context: Option<Pkcs11>,
}

impl Module {
    fn answer(&mut self, ask: Ask) -> Result<Said, CardError> {
        match ask {
            Ask::Look => self.look(),
            Ask::Read(token) => self.with(&token, found),
            Ask::State(token) => self.with(&token, |_, _, token| Ok(Said::State(state(token)))),
            Ask::Sign(what) => {
                self.with(&what.token, |context, slot, token| sign(context, slot, token, &what))
            }
            Ask::Change(what) => {
                self.with(&what.token, |context, slot, token| change(context, slot, token, &what))
            }
        }
    }

    fn context(&mut self) -> Result<Pkcs11, CardError> {
        if let Some(context) = &self.context {
            return Ok(context.clone());
        }
        let context = Pkcs11::new(&self.path).map_err(|_| CardError::Module)?;
        match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(_) => return Err(CardError::Module),
        }
        Ok(self.context.insert(context).clone())
    }

    fn look(&mut self) -> Result<Said, CardError> {
        let context = self.context()?;
        let mut tokens = vec![];
        for slot in context.get_slots_with_token().map_err(plain)?.into_iter().take(MOST_TOKENS) {
            let Ok(token) = context.get_token_info(slot) else { continue };
            if token.token_initialized() {
                let label = token.label().trim().to_owned();
                let serial = token.serial_number().to_owned();
                tokens.push(Token { slot: slot.id(), serial, label, name: name(slot, &token) });
            }
        }
        Ok(Said::Tokens(tokens))
    }

    /// Runs `task` on the token of this name.
    fn with(
        &mut self,
        name_of: &str,
        task: impl FnOnce(&Pkcs11, Slot, &TokenInfo) -> Result<Said, CardError>,
    ) -> Result<Said, CardError> {
        let context = self.context()?;
        for slot in context.get_slots_with_token().map_err(plain)? {
            if let Ok(token) = context.get_token_info(slot)
                && name(slot, &token) == name_of
            {
                return task(&context, slot, &token);
            }
        }
        Err(CardError::Pulled)
    }
}

/// All certificates of a token.
fn found(context: &Pkcs11, slot: Slot, token: &TokenInfo) -> Result<Said, CardError> {
    let session = context.open_ro_session(slot).map_err(plain)?;
    let wanted =
        [Attribute::Class(ObjectClass::CERTIFICATE), Attribute::CertificateType(CertificateType::X_509)];
    let objects = session.find_objects(&wanted).map_err(plain)?;
    let values = objects.into_iter().take(MOST_OBJECTS).filter_map(|object| value(&session, object));
    Ok(Said::Found(values.map(Certificate).collect(), state(token)))
}

fn sign(context: &Pkcs11, slot: Slot, token: &TokenInfo, what: &Sign) -> Result<Said, CardError> {
    let session = context.open_ro_session(slot).map_err(plain)?;
    let (facts, _) = certificate::facts(&what.certificate)?;
    let wanted = [Attribute::Class(ObjectClass::CERTIFICATE), Attribute::Value(what.certificate.clone())];
    let object = *session.find_objects(&wanted).map_err(plain)?.first().ok_or(CardError::OtherCard)?;
    may_try(token, what.last_try)?;
    if what.pin.is_none() && !token.protected_authentication_path() {
        return Err(CardError::PadRefused);
    }
    let login = |user| match &what.pin {
        Some(pin) => session.login_with_raw(user, &RawAuthPin::new(Box::new(pin.clone()))),
        // The token asks for it by itself (CKF_PROTECTED_AUTHENTICATION_PATH).
        None => session.login(user, None),
    };
    login(UserType::User).map_err(|error| after_login(error, context, slot))?;
    let signed = sign_with(&session, context, slot, object, &facts, what, || {
        // The token asks for the PIN of this very key again.
        login(UserType::ContextSpecific)
    });
    // No program inherits the login.
    let _ = session.logout();
    Ok(Said::Signed(signed?))
}

fn change(context: &Pkcs11, slot: Slot, token: &TokenInfo, what: &Change) -> Result<Said, CardError> {
    may_try(token, what.last_try)?;
    let text = |secret: &[u8]| std::str::from_utf8(secret).map(AuthPin::from).ok();
    let (Some(old), Some(new)) = (text(&what.old), text(&what.new)) else { return Err(CardError::PinFormat) };
    let session = context.open_rw_session(slot).map_err(plain)?;
    session.login(UserType::User, Some(&old)).map_err(|error| after_login(error, context, slot))?;
    let changed = session.set_pin(&old, &new);
    let _ = session.logout();
    changed.map(|()| Said::Changed).map_err(|error| match error {
        Error::Pkcs11(RvError::PinLenRange | RvError::PinInvalid, _) => CardError::NewPinRefused,
        error => after_login(error, context, slot),
    })
}

/// With the key that belongs to the certificate by CKA_ID.
fn sign_with(
    session: &Session,
    context: &Pkcs11,
    slot: Slot,
    certificate: ObjectHandle,
    facts: &Facts,
    what: &Sign,
    again: impl FnOnce() -> cryptoki::error::Result<()>,
) -> Result<Vec<u8>, CardError> {
    let id = session.get_attributes(certificate, &[AttributeType::Id]).map_err(plain)?;
    let Some(Attribute::Id(id)) = id.into_iter().next() else { return Err(CardError::NoCertificate) };
    let wanted = [Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::Id(id)];
    let keys = session.find_objects(&wanted).map_err(plain)?;
    let key = *keys.first().ok_or(CardError::NoCertificate)?;
    let message = &what.message[..];
    let digest = facts.digest(message);
    let mechanisms = context.get_mechanism_list(slot).map_err(plain)?;
    let (mechanism, input) = match facts.kind {
        KeyKind::Rsa(_) if mechanisms.contains(&MechanismType::RSA_PKCS) => {
            (Mechanism::RsaPkcs, [&SHA256_INFO[..], &digest].concat())
        }
        KeyKind::Rsa(_) => (Mechanism::Sha256RsaPkcs, message.to_vec()),
        KeyKind::P256 | KeyKind::P384 => (Mechanism::Ecdsa, digest),
        KeyKind::Gost(bits) => gost(what.gost, bits, message, digest)?,
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
        KeyKind::Gost(_) => in_our_order(signed, |signed| facts.holds(message, signed)),
        KeyKind::Rsa(_) => Ok(signed),
    }
}

/// A mechanism of the maker's own number, and what it wants of the message.
fn gost(
    how: Gost,
    bits: u16,
    message: &[u8],
    digest: Vec<u8>,
) -> Result<(Mechanism<'static>, Vec<u8>), CardError> {
    let number = if bits > 256 { how.long } else { how.short };
    // Numbers of the standard itself are none that this library sends on.
    let kind = MechanismType::new_vendor_defined(number).map_err(|_| CardError::Unsupported)?;
    let mechanism = Mechanism::VendorDefined(VendorDefinedMechanism::new::<()>(kind, None));
    Ok((mechanism, if how.digest { digest } else { message.to_vec() }))
}

/// Makers write r and s in either order, and each from either end: the one that holds is meant.
fn in_our_order(signed: Vec<u8>, holds: impl Fn(&[u8]) -> bool) -> Result<Vec<u8>, CardError> {
    let (first, second) = signed.split_at(signed.len() / 2);
    let turned = |half: &[u8]| half.iter().rev().copied().collect::<Vec<u8>>();
    let orders =
        [signed.clone(), [second, first].concat(), [turned(first), turned(second)].concat(), turned(&signed)];
    orders.into_iter().find(|order| holds(order)).ok_or(CardError::OtherKey)
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

fn state(token: &TokenInfo) -> State {
    let length = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
    let least = length(token.min_pin_length()).max(1);
    // Modules that know no longest say nought.
    let most = Some(length(token.max_pin_length())).filter(|most| *most >= least).unwrap_or(u8::MAX);
    State { least, most, tries: tries(token), pad: token.protected_authentication_path() }
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
