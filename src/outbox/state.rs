//! The life of a submission: what happened → what to do next. No I/O, no clock, no randomness:
//! the worker brings them.

use std::time::Duration;

use crate::fault::{Code, Coded as _};
use crate::portal::PortalError;

/// The waits between attempts: the first, doubled with each failure up to the longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    pub first: Duration,
    pub longest: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        Self { first: Duration::from_secs(2), longest: Duration::from_secs(600) }
    }
}

/// How often the portal may answer in a way that a repeat could mend, before staff must look.
const PATIENCE: u32 = 4;

/// What a look at the portal's signed word gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// Verified, and it names this envelope and this statement.
    Valid,
    /// The keys held do not suffice to tell: neither valid nor not.
    CouldNot(Code),
    /// Not the portal's word about this letter.
    Wrong(Code),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// Its time has come.
    Due,
    /// The portal holds this many bytes.
    At(u64),
    Receipt(Checked),
    Notice(Checked),
    Failed(PortalError),
    /// The kiosk's own disk or memory failed.
    Store(Code),
    /// Staff asked to try a stuck one again.
    Again,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Ask the portal how far it is, or for the receipt.
    Ask,
    Send {
        from: u64,
        len: u64,
    },
    Wait {
        after: Duration,
        fault: Code,
        /// The reason holds for every letter: none of them need try before.
        all: bool,
    },
    KeepReceipt,
    KeepNotice,
    Stuck(Code),
}

/// One submission between the shelf and the receipt.
#[derive(Clone, Debug)]
pub struct Life {
    /// Bytes of the envelope.
    pub total: u64,
    /// Bytes the portal is known to hold.
    pub sent: u64,
    /// What the portal holds is not known: ask before sending.
    unknown: bool,
    /// Failures in a row; sets the wait.
    pub failures: u32,
    /// Answers that should not be, over the whole life.
    oddities: u32,
    pub pace: Pace,
    waits: Waits,
}

impl Life {
    /// Never offered to a portal: the first round trip already carries bytes.
    pub fn fresh(total: u64, waits: Waits) -> Self {
        Self { total, sent: 0, unknown: false, failures: 0, oddities: 0, pace: Pace::default(), waits }
    }

    /// From an earlier start of the program.
    pub fn resumed(total: u64, waits: Waits) -> Self {
        Self { unknown: true, ..Self::fresh(total, waits) }
    }

    /// `jitter` is any number; it spreads the waits of many kiosks by ± 25 %.
    pub fn after(&mut self, happened: Happened, jitter: u16) -> Next {
        match happened {
            Happened::Due => self.go(),
            Happened::Again => {
                *self = Self::resumed(self.total, self.waits);
                self.go()
            }
            Happened::At(n) if n > self.total => self.odd(Code("portal.unreadable"), jitter),
            Happened::At(n) => {
                // An answer that the portal holds everything and yet no outcome is a portal at work.
                let progress = n > self.sent;
                self.sent = n;
                self.unknown = false;
                if n == self.total {
                    self.unknown = true;
                    return self.wait(Code("portal.busy"), jitter);
                }
                if progress {
                    self.failures = 0;
                }
                self.go()
            }
            Happened::Receipt(Checked::Valid) => Next::KeepReceipt,
            Happened::Notice(Checked::Valid) => Next::KeepNotice,
            Happened::Receipt(Checked::CouldNot(code)) | Happened::Notice(Checked::CouldNot(code)) => {
                self.unknown = true;
                self.wait(code, jitter)
            }
            Happened::Receipt(Checked::Wrong(code)) | Happened::Notice(Checked::Wrong(code)) => {
                self.odd(code, jitter)
            }
            Happened::Failed(error) => self.failed(&error, jitter),
            Happened::Store(code) => Next::Stuck(code),
        }
    }

    fn go(&self) -> Next {
        if self.unknown || self.sent >= self.total {
            return Next::Ask;
        }
        Next::Send { from: self.sent, len: self.pace.part().min(self.total - self.sent) }
    }

    fn failed(&mut self, error: &PortalError, jitter: u16) -> Next {
        let code = error.code();
        match error {
            PortalError::Unreachable | PortalError::Untrusted | PortalError::Clock => {
                self.unknown = true;
                match self.wait(code, jitter) {
                    Next::Wait { after, fault, .. } => Next::Wait { after, fault, all: true },
                    other => other,
                }
            }
            PortalError::Cut => {
                self.unknown = true;
                self.pace.failed();
                self.wait(code, jitter)
            }
            // Nothing was taken, so what was known stays known. A hundred letters that each ask again
            // would use up all that the portal allows, and none would get through.
            PortalError::Busy { seconds, .. } => {
                let after = Duration::from_secs((*seconds).clamp(1, 3_600));
                Next::Wait { after: spread(after, jitter).max(after), fault: code, all: true }
            }
            // The bytes were hurt on the way: the portal has thrown them away.
            PortalError::Problem { code: theirs, .. } if theirs == "server.damaged" => {
                self.sent = 0;
                self.odd(code, jitter)
            }
            PortalError::Problem { status: 408 | 425 | 500..=599, .. } => {
                self.unknown = true;
                self.wait(code, jitter)
            }
            PortalError::Problem { .. } => Next::Stuck(code),
            PortalError::Unreadable => self.odd(code, jitter),
        }
    }

    fn odd(&mut self, code: Code, jitter: u16) -> Next {
        self.unknown = true;
        self.oddities += 1;
        if self.oddities >= PATIENCE { Next::Stuck(code) } else { self.wait(code, jitter) }
    }

    fn wait(&mut self, fault: Code, jitter: u16) -> Next {
        let Waits { first, longest } = self.waits;
        let after = first.saturating_mul(1 << self.failures.min(16)).min(longest);
        self.failures = self.failures.saturating_add(1);
        Next::Wait { after: spread(after, jitter), fault, all: false }
    }
}

/// 75 % … 125 %
fn spread(wait: Duration, jitter: u16) -> Duration {
    wait.mul_f64(0.75 + 0.5 * f64::from(jitter) / 65_536.0)
}

/// How many bytes one request carries: what is lost with a cut line is at most that, and a slow
/// line must get it through within the client's patience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace(u64);

impl Pace {
    const SMALLEST: u64 = 2 * 1024;
    const LARGEST: u64 = 1024 * 1024;

    pub const fn part(self) -> u64 {
        self.0
    }

    pub fn took(&mut self, bytes: u64, time: Duration) {
        // A last short part says nothing about a longer one.
        if bytes < self.0 {
            return;
        }
        if time < Duration::from_secs(4) {
            self.0 = (self.0 * 2).min(Self::LARGEST);
        } else if time > Duration::from_secs(20) {
            self.failed();
        }
    }

    pub fn failed(&mut self) {
        self.0 = (self.0 / 2).max(Self::SMALLEST);
    }
}

impl Default for Pace {
    /// A letter without attachments goes in one request; 13 s at 10 kbit/s.
    fn default() -> Self {
        Self(16 * 1024)
    }
}

#[cfg(test)]
mod tests;
