//! Tokens behind a PKCS#11 module that the administrator named. The module runs in a process of its own
//! ([`super::pkcs11`], the same program): one that hangs is ended, one that crashes is started again, and neither
//! takes the kiosk with it.

mod wire;

use std::collections::HashMap;
use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::certificate::{self, Fitness};
use super::pinpad::Pad;
use super::work::{Found, Pin, Progress};
use super::{App, Backend, CardError, CardInfo, PinRules, Presence, ReaderState, Stack, Transaction};
use crate::private::{Private, Secret};
pub use wire::Gost;
pub(super) use wire::{Ask, Certificate, Change, Said, Sign, State, Token, parse, read, write};

/// How often a module is asked for its tokens: C_WaitForSlotEvent is missing from many of them.
const LOOK: Duration = Duration::from_millis(700);
/// How often the patience with a module is looked at, and for how many of these it lasts: ten seconds for a look,
/// and longer than anybody waits for all else.
const BEAT: Duration = Duration::from_millis(250);
const FOR_LOOKS: u32 = 40;
const FOR_WORK: u32 = 4 * 180;
/// Looks that are left out after a module has failed again and again, at most.
const MOST_LEFT_OUT: u32 = 64;
/// The command of this program that runs a module.
pub const COMMAND: &str = "token-module";
/// This program, also after an upgrade has put another in its place.
const THIS_PROGRAM: &str = "/proc/self/exe";

/// By TC26's numbers (PKCS#11 for Russian algorithms, 2016): CKM_GOSTR3410_WITH_GOSTR3411_12_256 and …_512.
impl Default for Gost {
    fn default() -> Self {
        Self { short: 0xD432_1008, long: 0xD432_1009, digest: false }
    }
}

/// One module, started when first asked.
pub struct Module {
    path: PathBuf,
    /// Only tokens of that label, where one is named.
    only: Option<String>,
    gost: Gost,
    program: PathBuf,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    running: Option<Running>,
    /// Slot → the token's serial number, and our insertion.
    seen: HashMap<u64, (String, u64)>,
    /// How often it failed without an answer between.
    failures: u32,
    left_out: u32,
}

/// The process; it ends with this.
struct Running {
    process: Child,
    socket: UnixStream,
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended by itself only leaves its number.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Module {
    pub fn new(path: &Path, only: Option<String>) -> Self {
        let (gost, program, inside) = (Gost::default(), THIS_PROGRAM.into(), Mutex::default());
        Self { path: path.to_owned(), only, gost, program, inside }
    }

    pub fn gost(self, gost: Gost) -> Self {
        Self { gost, ..self }
    }

    /// Run by another file of this program: a test's process is none.
    pub fn run_by(self, program: &Path) -> Self {
        Self { program: program.to_owned(), ..self }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tokens that are there now. [`CardError::Module`]: there is no such module, it is for another
    /// machine, or it does not start.
    pub fn look(&self) -> Result<Vec<ReaderState>, CardError> {
        let mut inside = self.inside();
        if inside.left_out > 0 {
            inside.left_out -= 1;
            return Err(CardError::ModuleFell);
        }
        let Said::Tokens(tokens) = inside.ask(self, &Ask::Look, FOR_LOOKS, None)? else {
            return Err(CardError::Malformed);
        };
        let (mut states, mut seen) = (vec![], HashMap::new());
        for token in tokens {
            if self.only.as_ref().is_some_and(|only| *only != token.label) {
                continue;
            }
            let insertion = match inside.seen.get(&token.slot) {
                Some((known, insertion)) if *known == token.serial => *insertion,
                _ => super::next_insertion(),
            };
            states.push(ReaderState { name: token.name, presence: Presence::Present, insertion });
            seen.insert(token.slot, (token.serial, insertion));
        }
        inside.seen = seen;
        Ok(states)
    }

    /// Asks once the module is free.
    fn ask(&self, ask: &Ask, progress: &Progress) -> Result<Said, CardError> {
        let mut inside = self.inside();
        if progress.abandoned.load(Ordering::Relaxed) {
            return Err(CardError::Slow);
        }
        progress.talking.store(true, Ordering::Relaxed);
        inside.ask(self, ask, FOR_WORK, Some(&progress.abandoned))
    }

    /// A key for each certificate that may sign documents; where some bind their owner (nonRepudiation),
    /// those alone.
    pub(super) fn read(
        &self,
        reader: &str,
        insertion: u64,
        progress: &Progress,
    ) -> Result<Vec<Found>, CardError> {
        let Said::Found(certificates, state) = self.ask(&Ask::Read(reader.to_owned()), progress)? else {
            return Err(CardError::Malformed);
        };
        let mut found: Vec<(Fitness, Found)> = vec![];
        for Certificate(der) in certificates {
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
                pin: PinRules { least: state.least, most: state.most, letters: true, unblocking: None },
                pad: Pad { verify: state.pad, ..Pad::default() },
                own_pin: false,
                not_after: facts.not_after,
                tries_left: state.tries,
            };
            found.push((facts.fitness, Found { info, not_before: facts.not_before }));
        }
        let best = found.iter().map(|(fitness, _)| *fitness).max().ok_or(CardError::NoCertificate)?;
        Ok(found.into_iter().filter(|(fitness, _)| *fitness == best).map(|(_, found)| found).collect())
    }

    pub(super) fn tries_left(&self, reader: &str, progress: &Progress) -> Result<Option<u8>, CardError> {
        match self.ask(&Ask::State(reader.to_owned()), progress)? {
            Said::State(state) => Ok(state.tries),
            _ => Err(CardError::Malformed),
        }
    }

    pub(super) fn sign(
        &self,
        shown: &CardInfo,
        pin: &Pin,
        last_try: bool,
        message: &[u8],
        progress: &Progress,
    ) -> Result<Vec<u8>, CardError> {
        let (typed, asking) = match pin {
            Pin::Typed(pin) => (Some(pin.bytes().to_vec()), None),
            Pin::OnReader(_) if !shown.pad.verify => return Err(CardError::PadRefused),
            Pin::OnReader(asking) => (None, Some(asking)),
        };
        let ask = Ask::Sign(Sign {
            token: shown.reader.clone(),
            certificate: shown.certificate.expose().clone(),
            pin: typed,
            message: message.to_vec(),
            last_try,
            gost: self.gost,
        });
        // Where it asks by itself, it does so with the first of its work, and says nothing of its end.
        asking.inspect(|asking| asking.begins());
        let said = self.ask(&ask, progress);
        asking.inspect(|asking| asking.ends());
        let Said::Signed(signed) = said? else { return Err(CardError::Malformed) };
        // The other process is not believed either.
        let (facts, _) = certificate::facts(shown.certificate.expose())?;
        if facts.holds(message, &signed) { Ok(signed) } else { Err(CardError::OtherKey) }
    }

    pub(super) fn change_pin(
        &self,
        shown: &CardInfo,
        old: &Secret,
        new: &Secret,
        last_try: bool,
        progress: &Progress,
    ) -> Result<(), CardError> {
        let (old, new) = (old.bytes().to_vec(), new.bytes().to_vec());
        match self.ask(&Ask::Change(Change { token: shown.reader.clone(), old, new, last_try }), progress)? {
            Said::Changed => Ok(()),
            _ => Err(CardError::Malformed),
        }
    }
}

impl Inside {
    /// What the module answers; a process that did not is gone afterwards.
    fn ask(
        &mut self,
        module: &Module,
        ask: &Ask,
        beats: u32,
        given_up: Option<&AtomicBool>,
    ) -> Result<Said, CardError> {
        let answer = self.running(module).and_then(|running| running.exchange(ask, beats, given_up));
        match answer {
            Ok(said) => {
                self.failures = 0;
                match said {
                    Said::Failed(failure) => Err(failure.into()),
                    said => Ok(said),
                }
            }
            Err(error) => {
                self.running = None;
                // The first time may be chance: it is begun with again at once.
                self.left_out = (1 << self.failures.min(31)) - 1;
                self.left_out = self.left_out.min(MOST_LEFT_OUT);
                self.failures += 1;
                Err(error)
            }
        }
    }

    fn running(&mut self, module: &Module) -> Result<&mut Running, CardError> {
        match &mut self.running {
            Some(running) => Ok(running),
            stopped => Ok(stopped.insert(Running::start(module).ok_or(CardError::Module)?)),
        }
    }
}

impl Running {
    fn start(module: &Module) -> Option<Self> {
        let (socket, theirs) = UnixStream::pair().ok()?;
        socket.set_read_timeout(Some(BEAT)).ok()?;
        socket.set_write_timeout(Some(BEAT)).ok()?;
        // What a module prints is nobody's: it may be a PIN.
        let process = Command::new(&module.program)
            .arg(COMMAND)
            .arg(&module.path)
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Some(Self { process: process.ok()?, socket })
    }

    fn exchange(
        &mut self,
        ask: &Ask,
        mut beats: u32,
        given_up: Option<&AtomicBool>,
    ) -> Result<Said, CardError> {
        write(&self.socket, ask).map_err(|_| CardError::ModuleFell)?;
        // The length's first byte is waited for in beats; what follows comes at once, or never.
        let mut first = [0];
        while let Err(error) = self.socket_peek(&mut first) {
            if !matches!(error, ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) {
                return Err(CardError::ModuleFell);
            }
            beats = beats.saturating_sub(1);
            if beats == 0 || given_up.is_some_and(|given_up| given_up.load(Ordering::Relaxed)) {
                return Err(CardError::ModuleSilent);
            }
        }
        let frame =
            read(std::io::Read::chain(&first[..], &self.socket)).map_err(|_| CardError::ModuleFell)?;
        parse(&frame).ok_or(CardError::ModuleFell)
    }

    fn socket_peek(&self, first: &mut [u8; 1]) -> Result<(), ErrorKind> {
        std::io::Read::read_exact(&mut &self.socket, first).map_err(|error| error.kind())
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
