//! The card service: a thread that watches readers, threads that read and sign, a `watch` status.
//! Screens subscribe; nothing here waits on a screen.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use super::pinpad::Asking;
use super::state::State;
use super::work::{Found, Job, Pin};
use super::{App, CardError, CardInfo, CardStatus, Hand, Stack, monitor};
use crate::clock::Clock;
use crate::private::Secret;
use outstanding::{Outstanding, TICK, Working};

mod ask;
mod outstanding;

/// A command to the card threads.
pub enum Command {
    /// A visitor came: cards inserted before now are *left behind*.
    SessionBegan,
    /// A visitor left: forget what was read. The practice card comes out by itself.
    SessionEnded,
    /// VERIFY and SIGN in one exclusive transaction on the card that `card` describes.
    Sign {
        card: Box<CardInfo>,
        pin: Pin,
        what: ToSign,
        /// The visitor was told that a wrong PIN now blocks the card, and goes on. Without it a
        /// card with one try left is not tried ([`CardError::LastTry`]).
        last_try: bool,
        done: oneshot::Sender<Result<Vec<u8>, CardError>>,
    },
    /// A new PIN for the card that `card` describes, as careful with tries as signing.
    NewPin {
        card: Box<CardInfo>,
        by: By,
        new: Secret,
        last_try: bool,
        done: oneshot::Sender<Result<(), CardError>>,
    },
    /// A new PIN, typed on the reader's own keys with what entitles to it.
    ChangeOnReader {
        card: Box<CardInfo>,
        by: ByReader,
        asking: Asking,
        last_try: bool,
        done: oneshot::Sender<Result<(), CardError>>,
    },
    /// The picture of the practice card was touched; real readers do not hear it.
    Practice(Hand),
}

/// What entitles to a new PIN.
pub enum By {
    /// The PIN until now.
    Old(Secret),
    /// The code that unblocks (PUK), and how many tries of it the card last admitted.
    Puk { code: Secret, known: Option<u8> },
}

/// As [`By`], typed on the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByReader {
    Old,
    Puk { known: Option<u8> },
}

/// The DER of the signed attributes (SET OF); the service hashes and pads for the key's kind.
pub struct ToSign(pub Vec<u8>);

/// Cheap to clone. The threads end when the last clone is dropped.
#[derive(Clone)]
pub struct Cards {
    pub commands: mpsc::UnboundedSender<Command>,
    pub status: watch::Receiver<CardStatus>,
}

#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Only cards inserted after [`Command::SessionBegan`] count: a kiosk. Without it (command
    /// line) every card does, and no session is needed.
    pub fresh_only: bool,
    /// How long another program may keep a card before that is said.
    pub waiting: Duration,
    /// How long a card may take to be read, or to sign.
    pub talking: Duration,
}

impl Default for Options {
    /// A kiosk's. The slowest RSA card measured took 0.7 s for a signature.
    fn default() -> Self {
        Self { fresh_only: true, waiting: Duration::from_secs(3), talking: Duration::from_secs(30) }
    }
}

/// Starts the threads.
pub fn start(stack: Arc<dyn Stack>, clock: Clock, options: Options) -> Cards {
    start_all(vec![stack], clock, options)
}

/// As [`start`], with more than one place where cards can be put in: PC/SC first, then token modules.
pub fn start_all(stacks: Vec<Arc<dyn Stack>>, clock: Clock, options: Options) -> Cards {
    let (commands, orders) = mpsc::unbounded_channel();
    let (publish, status) = watch::channel(CardStatus::NoService);
    let (events, happened) = mpsc::unbounded_channel();
    for (source, stack) in stacks.iter().enumerate() {
        let reports = events.clone();
        monitor::spawn(stack.clone(), move |look| match look {
            Some(look) => reports.send(Event::Looked(source, look)).is_ok(),
            None => !reports.is_closed(),
        });
    }
    let state = State::new(options.fresh_only, stacks.len());
    let desk =
        Desk { stacks, clock, options, state, events, publish, reading: vec![], working: vec![], works: 0 };
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        if let Ok(runtime) = runtime {
            runtime.block_on(desk.run(orders, happened));
        }
    };
    // Without a thread commands find nobody, and the status stays at "no service".
    let _ = std::thread::Builder::new().name("card".into()).spawn(run);
    Cards { commands, status }
}

enum Event {
    /// Of the source of that number.
    Looked(usize, monitor::Look),
    Read(u64, Result<Vec<Found>, CardError>),
    Worked {
        id: u64,
        key: Key,
        result: Result<Vec<u8>, CardError>,
    },
    Tries(Key, Result<Option<u8>, CardError>),
}

/// A PIN's place: a card by its insertion, and one of its applications.
type Key = (u64, App);

/// Tells who waits how it ended; bytes where it was a signature.
type Done = Box<dyn FnOnce(Result<Vec<u8>, CardError>) + Send>;

/// Everything the coordinating thread holds.
struct Desk {
    stacks: Vec<Arc<dyn Stack>>,
    clock: Clock,
    options: Options,
    state: State,
    events: mpsc::UnboundedSender<Event>,
    publish: watch::Sender<CardStatus>,
    reading: Vec<Outstanding>,
    working: Vec<Working>,
    works: u64,
}

impl Desk {
    async fn run(
        mut self,
        mut orders: mpsc::UnboundedReceiver<Command>,
        mut happened: mpsc::UnboundedReceiver<Event>,
    ) {
        loop {
            let busy = !self.reading.is_empty() || !self.working.is_empty() || self.state.unsettled();
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.order(order),
                    None => return,
                },
                Some(event) = happened.recv() => self.event(event),
                () = tokio::time::sleep(TICK), if busy => {
                    self.tick();
                    self.read_cards();
                }
            }
            let status = self.state.status(self.clock.now());
            self.publish.send_if_modified(|known| {
                let changed = *known != status;
                *known = status;
                changed
            });
        }
    }

    fn order(&mut self, order: Command) {
        match order {
            Command::SessionBegan => self.state.session_began(),
            Command::SessionEnded => {
                self.state.session_ended();
                self.stacks.iter().for_each(|stack| stack.session_ended());
            }
            Command::Practice(hand) => self.stacks.iter().for_each(|stack| stack.hand(hand)),
            Command::Sign { card, pin, what, last_try, done } => {
                // Where nobody waits for the answer any more, there is nobody to tell.
                let done: Done = Box::new(|result| drop(done.send(result)));
                let asking = match &pin {
                    Pin::Typed(_) => None,
                    Pin::OnReader(asking) => Some(asking.clone()),
                };
                let sign = move |job: &Job, card: &CardInfo| job.sign(card, &pin, last_try, &what.0);
                self.work(card, asking, sign, done);
            }
            Command::NewPin { card, by, new, last_try, done } => {
                let done: Done = Box::new(|result| drop(done.send(result.map(drop))));
                let change = move |job: &Job, card: &CardInfo| {
                    match by {
                        By::Old(old) => job.change_pin(card, &old, &new, last_try)?,
                        By::Puk { code, known } => job.unblock(card, &code, &new, known, last_try)?,
                    }
                    Ok(vec![])
                };
                self.work(card, None, change, done);
            }
            Command::ChangeOnReader { card, by, asking, last_try, done } => {
                let done: Done = Box::new(|result| drop(done.send(result.map(drop))));
                let typed = asking.clone();
                let change = move |job: &Job, card: &CardInfo| {
                    job.change_on_reader(card, by, &typed, last_try).map(|()| vec![])
                };
                self.work(card, Some(asking), change, done);
            }
        }
    }

    /// Begins a piece of work on the card that was shown.
    fn work(
        &mut self,
        card: Box<CardInfo>,
        asking: Option<Asking>,
        work: impl FnOnce(&Job, &CardInfo) -> Result<Vec<u8>, CardError> + Send + 'static,
        done: Done,
    ) {
        if let Err(error) = self.state.may_sign(&card) {
            return done(Err(error));
        }
        // A reader that was told to ask cannot be told to stop: who waits for it has nothing of the card.
        let asks = |w: &Working| w.done.is_none() && w.work.insertion == card.insertion;
        if self.working.iter().any(asks) {
            return done(Err(CardError::PadBusy));
        }
        let key = (card.insertion, card.app);
        let outstanding = match asking {
            Some(asking) => Outstanding::asking(card.insertion, asking),
            None => Outstanding::new(card.insertion),
        };
        let Some(job) = self.job(&card.reader, &outstanding) else { return done(Err(CardError::Pulled)) };
        let events = self.events.clone();
        self.works += 1;
        let id = self.works;
        self.working.push(Working { id, work: outstanding, done: Some(done) });
        job.spawn(
            move |job| work(job, &card),
            move |result| drop(events.send(Event::Worked { id, key, result })),
        );
    }

    fn read_cards(&mut self) {
        for (reader, insertion) in self.state.start_reading() {
            let work = Outstanding::new(insertion);
            let Some(job) = self.job(&reader, &work) else { continue };
            let events = self.events.clone();
            self.reading.push(work);
            job.spawn(
                move |job| job.read(insertion),
                move |result| drop(events.send(Event::Read(insertion, result))),
            );
        }
    }

    /// `None` where the card is gone.
    fn job(&self, reader: &str, work: &Outstanding) -> Option<Job> {
        let stack = self.stacks.get(self.state.source_of(work.insertion)?)?.clone();
        Some(Job { stack, reader: reader.to_owned(), progress: work.progress.clone() })
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Looked(source, look) => {
                self.state.looked(source, look);
                self.read_cards();
            }
            Event::Read(insertion, result) => {
                self.reading.retain(|work| work.insertion != insertion);
                self.state.read(insertion, result);
            }
            Event::Tries((insertion, app), tries) => {
                if let Ok(tries) = tries {
                    self.state.tries_left(insertion, app, tries);
                }
            }
            Event::Worked { id, key, result } => self.worked(id, key, result),
        }
    }

    fn worked(&mut self, id: u64, key: Key, result: Result<Vec<u8>, CardError>) {
        // The card was there when it was shown: what is missing now was pulled.
        let result = result.map_err(|e| if e == CardError::NoCard { CardError::Pulled } else { e });
        let (insertion, app) = key;
        match &result {
            Ok(_) => {
                let stack = self.state.source_of(insertion).and_then(|source| self.stacks.get(source));
                let own = stack.is_some_and(|stack| stack.own_pin());
                self.state.own_pin(insertion, app, own);
                self.count_tries(key);
            }
            Err(CardError::WrongPin { tries_left }) => self.state.tries_left(insertion, app, *tries_left),
            Err(CardError::Blocked) => self.state.tries_left(insertion, app, Some(0)),
            Err(CardError::LastTry) => self.state.tries_left(insertion, app, Some(1)),
            Err(CardError::OtherCard) => {
                self.state.forget(insertion);
                self.read_cards();
            }
            Err(_) => {}
        }
        if let Some(at) = self.working.iter().position(|w| w.id == id)
            && let Some(done) = self.working.remove(at).done
        {
            done(result);
        }
    }

    /// A right PIN gives all tries back; how many that is only the card knows.
    fn count_tries(&mut self, key: Key) {
        let (insertion, app) = key;
        let Some(reader) = self.state.reader_of(insertion) else { return };
        if !self.state.counts_tries(insertion, app) {
            return;
        }
        let Some(job) = self.job(&reader, &Outstanding::new(insertion)) else { return };
        let events = self.events.clone();
        job.spawn(move |job| job.tries_left(app), move |r| drop(events.send(Event::Tries(key, r))));
    }

    fn tick(&mut self) {
        let now = self.clock.monotonic();
        for work in &mut self.reading {
            match work.tick(&self.options, now) {
                // It goes on by itself once the other program lets go.
                Some(CardError::HeldByOther) => self.state.waiting(work.insertion),
                Some(error) => {
                    work.abandon();
                    self.state.read(work.insertion, Err(error));
                }
                None => {}
            }
        }
        self.reading.retain(|work| !work.progress.abandoned.load(Ordering::Relaxed));
        self.working.retain_mut(|working| {
            let Some(done) = working.done.take() else { return true };
            let Some(error) = working.work.tick(&self.options, now) else {
                working.done = Some(done);
                return true;
            };
            working.work.abandon();
            done(Err(error));
            // Until the reader has ended asking, too.
            working.work.asking.as_ref().is_some_and(Asking::asks)
        });
    }
}
