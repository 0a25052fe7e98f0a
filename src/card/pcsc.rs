//! PC/SC through the system service: the only file that knows the pcsc crate.

use std::collections::HashMap;
use std::ffi::CString;
use std::time::Duration;

use pcsc::{Context, Disposition, Error, PNP_NOTIFICATION, Protocol, Protocols, Scope, ShareMode, State};
use zeroize::Zeroizing;

use super::apdu::MAX_SHORT;
use super::pinpad::Control;
use super::{Backend, CardError, Presence, ReaderState, Stack, Transaction, next_insertion};

/// CM_IOCTL_GET_FEATURE_REQUEST (PC/SC part 10 §2.2).
const GET_FEATURE_REQUEST: pcsc::ffi::DWORD = 3400;

/// The system's readers.
#[derive(Default)]
pub struct Pcsc {
    /// Only that reader, where one is named.
    pub reader: Option<String>,
    /// Readers' own keys are left alone: the PIN is typed on the screen.
    pub no_pads: bool,
}

impl Stack for Pcsc {
    fn open(&self) -> Box<dyn Backend> {
        let mut readers = Readers::default();
        readers.only.clone_from(&self.reader);
        readers.no_pads = self.no_pads;
        Box::new(readers)
    }
}

#[derive(Default)]
struct Readers {
    only: Option<String>,
    no_pads: bool,
    context: Option<Context>,
    card: Option<pcsc::Card>,
    /// The service went away since [`Backend::readers`] was last asked: said once, even where it is
    /// already back, because every card in a reader is then of unknown origin.
    lost: bool,
    /// PC/SC's own states of the last look: what a wait compares with.
    states: Vec<pcsc::ReaderState>,
    /// Reader → PC/SC's count of its insertions and removals, and our insertion.
    seen: HashMap<CString, (u32, u64)>,
}

impl Readers {
    fn context(&mut self) -> Result<Context, CardError> {
        if let Some(context) = &self.context {
            return Ok(context.clone());
        }
        let context = Context::establish(Scope::User).map_err(|_| CardError::NoService)?;
        Ok(self.context.insert(context).clone())
    }

    /// Forgets a context that the service no longer knows.
    fn watch_for_loss<T>(&mut self, result: Result<T, Error>) -> Result<T, CardError> {
        result.map_err(|error| {
            let error = plain(error);
            if error == CardError::NoService {
                self.context = None;
                self.states.clear();
                self.seen.clear();
                self.lost = true;
            }
            error
        })
    }

    fn look(&mut self, context: &Context) -> Result<Vec<ReaderState>, Error> {
        let mut names = context.list_readers_owned()?;
        if let Some(only) = &self.only {
            names.retain(|name| name.as_bytes() == only.as_bytes());
        }
        let mut states: Vec<_> =
            names.into_iter().map(|name| pcsc::ReaderState::new(name, State::UNAWARE)).collect();
        if !states.is_empty() {
            context.get_status_change(Duration::ZERO, &mut states)?;
        }
        let (mut readers, mut seen) = (vec![], HashMap::new());
        for raw in &mut states {
            raw.sync_current_state();
            let (state, events) = (raw.event_state(), raw.event_count());
            if state.intersects(State::UNKNOWN | State::IGNORE | State::UNAVAILABLE) {
                continue;
            }
            let presence = match (state.contains(State::PRESENT), state.contains(State::MUTE)) {
                (false, _) => Presence::Empty,
                (true, false) => Presence::Present,
                (true, true) => Presence::Mute,
            };
            let insertion = match self.seen.get(raw.name()) {
                // The count also moves where a card was swapped between two looks.
                Some((before, insertion)) if *before == events => *insertion,
                _ if presence == Presence::Empty => 0,
                _ => next_insertion(),
            };
            readers.push(ReaderState {
                name: raw.name().to_string_lossy().into_owned(),
                presence,
                insertion,
            });
            seen.insert(raw.name().to_owned(), (events, insertion));
        }
        self.states = states;
        self.seen = seen;
        Ok(readers)
    }
}

impl Backend for Readers {
    fn readers(&mut self) -> Result<Vec<ReaderState>, CardError> {
        if std::mem::take(&mut self.lost) {
            return Err(CardError::NoService);
        }
        let context = self.context()?;
        // A reader unplugged between listing and looking: list again.
        let mut looked = self.look(&context);
        for _ in 0..3 {
            let Err(Error::UnknownReader | Error::ReaderUnavailable) = looked else { break };
            looked = self.look(&context);
        }
        let result = self.watch_for_loss(looked);
        self.lost = false;
        result
    }

    fn wait(&mut self, _known: &[ReaderState], at_most: Duration) -> Result<(), CardError> {
        let context = self.context()?;
        let mut states = std::mem::take(&mut self.states);
        states.push(pcsc::ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE));
        match context.get_status_change(at_most, &mut states) {
            Ok(()) | Err(Error::Timeout | Error::UnknownReader | Error::ReaderUnavailable) => Ok(()),
            lost => self.watch_for_loss(lost),
        }
    }

    fn begin<'a>(&'a mut self, reader: &str) -> Result<Box<dyn Transaction + 'a>, CardError> {
        let name = CString::new(reader).map_err(|_| CardError::ReaderGone)?;
        let context = self.context()?;
        let connected = context.connect(&name, ShareMode::Shared, Protocols::T0 | Protocols::T1);
        let card = self.watch_for_loss(connected)?;
        let mut card = self.card.insert(card);
        for _ in 0..3 {
            let status = card.status2_owned();
            card = match status.map(|s| s.protocol2()) {
                Ok(protocol) => match card.transaction2() {
                    Ok(transaction) => {
                        let t0 = protocol == Some(Protocol::T0);
                        return Ok(Box::new(Exclusive {
                            transaction: Some(transaction),
                            t0,
                            no_pads: self.no_pads,
                        }));
                    }
                    Err((card, Error::ResetCard)) => card,
                    Err((_, error)) => return Err(plain(error)),
                },
                Err(Error::ResetCard) => card,
                Err(error) => return Err(plain(error)),
            };
            // Reset by another program: harmless before our first command.
            card.reconnect(ShareMode::Shared, Protocols::T0 | Protocols::T1, Disposition::LeaveCard)
                .map_err(plain)?;
        }
        Err(CardError::Reset)
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        // The transaction has reset the card already; a second reset costs a real card 0.1 s.
        if let Some(card) = self.card.take() {
            let _ = card.disconnect(Disposition::LeaveCard);
        }
    }
}

struct Exclusive<'a> {
    transaction: Option<pcsc::Transaction<'a>>,
    t0: bool,
    no_pads: bool,
}

impl Transaction for Exclusive<'_> {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError> {
        let Some(transaction) = &self.transaction else { return Err(CardError::Reset) };
        // T=0 carries no Le beside data (ISO 7816-3 §12.2.1, case 4): the card answers 61xx.
        let with_data_and_le = apdu.len() > 5 && apdu.len() == 6 + usize::from(apdu[4]);
        let apdu = if self.t0 && with_data_and_le { &apdu[..apdu.len() - 1] } else { apdu };
        let mut buffer = Zeroizing::new(vec![0; MAX_SHORT]);
        let length = match transaction.transmit(apdu, &mut buffer) {
            Ok(answer) => answer.len(),
            Err(Error::InsufficientBuffer) => return Err(CardError::Malformed),
            // The card lost its contacts within the exchange.
            Err(Error::NotTransacted) => return Err(CardError::Pulled),
            Err(error) => return Err(plain(error)),
        };
        buffer.truncate(length);
        Ok(buffer)
    }

    fn control(&mut self, code: Control, data: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError> {
        let Some(transaction) = &self.transaction else { return Err(CardError::Reset) };
        if self.no_pads {
            return Err(CardError::Unsupported);
        }
        let code = match code {
            Control::Features => pcsc::ctl_code(GET_FEATURE_REQUEST),
            Control::Feature(code) => code.into(),
        };
        let mut buffer = Zeroizing::new(vec![0; MAX_SHORT]);
        let length = match transaction.control(code, data, &mut buffer) {
            Ok(answer) => answer.len(),
            // Drivers have no common word for what they cannot do; a card or reader that is gone says so again.
            Err(error) => return Err(transaction.status2_owned().err().map_or(refused(error), plain)),
        };
        buffer.truncate(length);
        Ok(buffer)
    }
}

/// What a driver says to a control code that leads nowhere.
fn refused(error: Error) -> CardError {
    match error {
        Error::NoService | Error::ServiceStopped | Error::CommError => CardError::NoService,
        _ => CardError::PadRefused,
    }
}

impl Drop for Exclusive<'_> {
    fn drop(&mut self) {
        // Reset while still exclusive: nobody gets a card whose PIN is verified.
        if let Some(Err((transaction, _))) = self.transaction.take().map(|t| t.end(Disposition::ResetCard)) {
            drop(transaction);
        }
    }
}

/// PC/SC's errors in the kiosk's terms.
fn plain(error: Error) -> CardError {
    match error {
        Error::SharingViolation => CardError::HeldByOther,
        Error::ResetCard => CardError::Reset,
        Error::NoSmartcard => CardError::NoCard,
        Error::RemovedCard | Error::NotTransacted => CardError::Pulled,
        Error::UnknownReader | Error::ReaderUnavailable => CardError::ReaderGone,
        Error::NoReadersAvailable => CardError::NoReader,
        Error::UnresponsiveCard
        | Error::UnpoweredCard
        | Error::UnsupportedCard
        | Error::ProtoMismatch
        | Error::CardUnsupported => CardError::Unsupported,
        Error::Timeout | Error::WaitedTooLong => CardError::Slow,
        // Everything else says that this context leads nowhere: the service ended, restarted, or is
        // not there. A new context tells.
        _ => CardError::NoService,
    }
}
