//! The card service: a thread that watches readers, threads that read and sign, a `watch` status.
//! Screens subscribe; nothing here waits on a screen.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use super::state::State;
use super::work::{Found, Job, Progress};
use super::{CardError, CardInfo, CardStatus, Hand, Stack, monitor};
use crate::clock::Clock;
use crate::private::Secret;

/// A command to the card threads.
pub enum Command {
    /// A visitor came: cards inserted before now are *left behind*.
    SessionBegan,
    /// A visitor left: forget what was read. The practice card comes out by itself.
    SessionEnded,
    /// VERIFY and SIGN in one exclusive transaction on the card that `card` describes.
    Sign {
        card: Box<CardInfo>,
        pin: Secret,
        what: ToSign,
        /// The visitor was told that a wrong PIN now blocks the card, and goes on. Without it a
        /// card with one try left is not tried ([`CardError::LastTry`]).
        last_try: bool,
        done: oneshot::Sender<Result<Vec<u8>, CardError>>,
    },
    /// The picture of the practice card was touched; real readers do not hear it.
    Practice(Hand),
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
    let (commands, orders) = mpsc::unbounded_channel();
    let (publish, status) = watch::channel(CardStatus::NoService);
    let (events, happened) = mpsc::unbounded_channel();
    let reports = events.clone();
    monitor::spawn(stack.clone(), move |look| match look {
        Some(look) => reports.send(Event::Looked(look)).is_ok(),
        None => !reports.is_closed(),
    });
    let state = State::new(options.fresh_only);
    let desk = Desk {
        stack,
        clock,
        options,
        state,
        events,
        publish,
        reading: vec![],
        signing: vec![],
        signatures: 0,
    };
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

impl Cards {
    /// A signature over `what` by the card that was shown. See [`Command::Sign`].
    pub async fn sign(
        &self,
        card: CardInfo,
        pin: Secret,
        what: ToSign,
        last_try: bool,
    ) -> Result<Vec<u8>, CardError> {
        let (done, answer) = oneshot::channel();
        let sign = Command::Sign { card: Box::new(card), pin, what, last_try, done };
        self.commands.send(sign).map_err(|_| CardError::NoService)?;
        answer.await.unwrap_or(Err(CardError::NoService))
    }
}

enum Event {
    Looked(monitor::Look),
    Read(u64, Result<Found, CardError>),
    Signed { id: u64, insertion: u64, result: Result<Vec<u8>, CardError> },
    Tries(u64, Result<Option<u8>, CardError>),
}

const TICK: Duration = Duration::from_millis(250);

/// Everything the coordinating thread holds.
struct Desk {
    stack: Arc<dyn Stack>,
    clock: Clock,
    options: Options,
    state: State,
    events: mpsc::UnboundedSender<Event>,
    publish: watch::Sender<CardStatus>,
    reading: Vec<Outstanding>,
    signing: Vec<Signing>,
    signatures: u64,
}

/// Work under way on the card of this insertion, and for how long it has been.
struct Outstanding {
    insertion: u64,
    progress: Progress,
    waited: Duration,
    talked: Duration,
}

struct Signing {
    id: u64,
    work: Outstanding,
    done: Option<oneshot::Sender<Result<Vec<u8>, CardError>>>,
}

impl Outstanding {
    fn new(insertion: u64) -> Self {
        Self { insertion, progress: Progress::default(), waited: Duration::ZERO, talked: Duration::ZERO }
    }

    /// What there is to say about it after another [`TICK`].
    fn tick(&mut self, options: &Options) -> Option<CardError> {
        let (spent, limit, error) = if self.progress.talking.load(Ordering::Relaxed) {
            (&mut self.talked, options.talking, CardError::Slow)
        } else {
            (&mut self.waited, options.waiting, CardError::HeldByOther)
        };
        *spent += TICK;
        (*spent >= limit).then_some(error)
    }

    fn abandon(&self) {
        self.progress.abandoned.store(true, Ordering::Relaxed);
    }
}

impl Desk {
    async fn run(
        mut self,
        mut orders: mpsc::UnboundedReceiver<Command>,
        mut happened: mpsc::UnboundedReceiver<Event>,
    ) {
        loop {
            let busy = !self.reading.is_empty() || !self.signing.is_empty() || self.state.unsettled();
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
                self.stack.session_ended();
            }
            Command::Practice(hand) => self.stack.hand(hand),
            Command::Sign { card, pin, what, last_try, done } => match self.state.may_sign(&card) {
                Ok(()) => self.sign(card, pin, what, last_try, done),
                // Where nobody waits for the answer any more, there is nobody to tell.
                Err(error) => drop(done.send(Err(error))),
            },
        }
    }

    fn sign(
        &mut self,
        card: Box<CardInfo>,
        pin: Secret,
        what: ToSign,
        last_try: bool,
        done: oneshot::Sender<Result<Vec<u8>, CardError>>,
    ) {
        let insertion = card.insertion;
        let work = Outstanding::new(insertion);
        let job = self.job(&card.reader, &work);
        let events = self.events.clone();
        self.signatures += 1;
        let id = self.signatures;
        self.signing.push(Signing { id, work, done: Some(done) });
        job.spawn(
            move |job| job.sign(&card, &pin, last_try, &what.0),
            move |result| drop(events.send(Event::Signed { id, insertion, result })),
        );
    }

    fn read_cards(&mut self) {
        for (reader, insertion) in self.state.start_reading() {
            let work = Outstanding::new(insertion);
            let job = self.job(&reader, &work);
            let events = self.events.clone();
            self.reading.push(work);
            job.spawn(
                move |job| job.read(insertion),
                move |result| drop(events.send(Event::Read(insertion, result))),
            );
        }
    }

    fn job(&self, reader: &str, work: &Outstanding) -> Job {
        Job { stack: self.stack.clone(), reader: reader.to_owned(), progress: work.progress.clone() }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Looked(look) => {
                self.state.looked(look);
                self.read_cards();
            }
            Event::Read(insertion, result) => {
                self.reading.retain(|work| work.insertion != insertion);
                self.state.read(insertion, result);
            }
            Event::Tries(insertion, tries) => {
                if let Ok(tries) = tries {
                    self.state.tries_left(insertion, tries);
                }
            }
            Event::Signed { id, insertion, result } => self.signed(id, insertion, result),
        }
    }

    fn signed(&mut self, id: u64, insertion: u64, result: Result<Vec<u8>, CardError>) {
        // The card was there when it was shown: what is missing now was pulled.
        let result = result.map_err(|e| if e == CardError::NoCard { CardError::Pulled } else { e });
        match &result {
            Ok(_) => self.count_tries(insertion),
            Err(CardError::WrongPin { tries_left }) => self.state.tries_left(insertion, *tries_left),
            Err(CardError::Blocked) => self.state.tries_left(insertion, Some(0)),
            Err(CardError::LastTry) => self.state.tries_left(insertion, Some(1)),
            Err(CardError::OtherCard) => {
                self.state.forget(insertion);
                self.read_cards();
            }
            Err(_) => {}
        }
        if let Some(at) = self.signing.iter().position(|s| s.id == id)
            && let Some(done) = self.signing.remove(at).done
        {
            drop(done.send(result));
        }
    }

    /// A right PIN gives all tries back; how many that is only the card knows.
    fn count_tries(&mut self, insertion: u64) {
        let Some(reader) = self.state.counts_tries(insertion) else { return };
        let job = self.job(&reader, &Outstanding::new(insertion));
        let events = self.events.clone();
        job.spawn(|job| job.tries_left(), move |result| drop(events.send(Event::Tries(insertion, result))));
    }

    fn tick(&mut self) {
        for work in &mut self.reading {
            match work.tick(&self.options) {
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
        self.signing.retain_mut(|signing| {
            let Some(error) = signing.work.tick(&self.options) else { return true };
            signing.work.abandon();
            if let Some(done) = signing.done.take() {
                drop(done.send(Err(error)));
            }
            false
        });
    }
}
