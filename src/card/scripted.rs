//! A card that plays a script: for answers that no real card can be made to give.

use std::collections::VecDeque;

use zeroize::Zeroizing;

use super::{CardError, Transaction};

type Answer = Result<Vec<u8>, CardError>;

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
