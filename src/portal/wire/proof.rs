//! How far the proof of a letter's time is.

/// Whether the time of a letter's signature is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofState {
    /// This portal has it proven by nobody.
    None,
    Waiting,
    /// It was tried some times, and is tried again.
    Late,
    Proven,
}

impl ProofState {
    const ALL: [(ProofState, &str); 4] = [
        (ProofState::None, "none"),
        (ProofState::Waiting, "waiting"),
        (ProofState::Late, "late"),
        (ProofState::Proven, "proven"),
    ];

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("none", |(_, word)| word)
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(state, _)| *state)
    }
}
