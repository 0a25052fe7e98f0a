//! Cards that play a script: for answers that no real card can be made to give.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use zeroize::Zeroizing;

use super::{Backend, CardError, Presence, ReaderState, Stack, Transaction};

pub type Answer = Result<Vec<u8>, CardError>;

/// Each step: the APDU that must come (`None`: any), and the answer.
pub struct Script {
    steps: VecDeque<(Option<Vec<u8>>, Answer)>,
}

impl Script {
    pub fn new(steps: impl IntoIterator<Item = (Vec<u8>, Answer)>) -> Self {
        Self { steps: steps.into_iter().map(|(apdu, answer)| (Some(apdu), answer)).collect() }
    }

    pub fn any(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { steps: answers.into_iter().map(|answer| (None, answer)).collect() }
    }

    pub fn left(&self) -> usize {
        self.steps.len()
    }

    pub fn finished(&self) {
        assert!(self.steps.is_empty(), "{} steps were not played", self.steps.len());
    }
}

impl Transaction for Script {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError> {
        let (awaited, answer) = self.steps.pop_front().expect("an APDU more than the script has");
        if let Some(awaited) = awaited {
            assert_eq!(apdu, awaited, "not the APDU of the script");
        }
        answer.map(Zeroizing::new)
    }
}

/// What a whole card answers to each APDU.
pub type Behaviour = Box<dyn FnMut(&[u8]) -> Answer + Send>;

/// A reader whose card behaves as it is told, under the whole card service.
#[derive(Clone)]
pub struct Scripted(Arc<Mutex<Inside>>);

struct Inside {
    card: Option<Arc<Mutex<Behaviour>>>,
    insertion: u64,
    asked: usize,
}

pub const READER: &str = "scripted";

impl Scripted {
    pub fn empty() -> Self {
        Self(Arc::new(Mutex::new(Inside { card: None, insertion: 0, asked: 0 })))
    }

    pub fn insert(&self, card: Behaviour) {
        self.inside(|inside| {
            inside.insertion += 1;
            inside.card = Some(Arc::new(Mutex::new(card)));
        });
    }

    /// APDUs that went to the card so far.
    pub fn asked(&self) -> usize {
        self.inside(|inside| inside.asked)
    }

    fn inside<R>(&self, f: impl FnOnce(&mut Inside) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Stack for Scripted {
    fn open(&self) -> Box<dyn Backend> {
        Box::new(self.clone())
    }
}

impl Backend for Scripted {
    fn readers(&mut self) -> Result<Vec<ReaderState>, CardError> {
        let state = self.inside(|inside| ReaderState {
            name: READER.into(),
            presence: if inside.card.is_some() { Presence::Present } else { Presence::Empty },
            insertion: inside.insertion,
        });
        Ok(vec![state])
    }

    fn wait(&mut self, _: &[ReaderState], at_most: Duration) -> Result<(), CardError> {
        std::thread::sleep(at_most.min(Duration::from_millis(20)));
        Ok(())
    }

    fn begin<'a>(&'a mut self, _: &str) -> Result<Box<dyn Transaction + 'a>, CardError> {
        Ok(Box::new(self.clone()))
    }
}

impl Transaction for Scripted {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError> {
        let card = self.inside(|inside| {
            inside.asked += 1;
            inside.card.clone()
        });
        // Not under that lock: a card that never answers must not hold up the reader's watch.
        let card = card.ok_or(CardError::NoCard)?;
        let answer = card.lock().unwrap_or_else(PoisonError::into_inner)(apdu);
        answer.map(Zeroizing::new)
    }
}
