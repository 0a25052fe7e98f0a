//! Exit codes: 0, 1 and 2 are the verdict's three values; the others are sysexits(3), so that a
//! misspelt option can never be read as "could not check".

use std::process::ExitCode;

use crate::sign::verdict::Outcome;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Ok = 0,
    NotValid = 1,
    CouldNotCheck = 2,
    /// The command line was not understood.
    Usage = 64,
    /// A file that was named could not be read.
    NoInput = 66,
    /// No card, no reader, no service.
    Unavailable = 69,
    /// Something inside failed.
    Software = 70,
    /// A file could not be written.
    CannotWrite = 73,
    /// The PIN was refused or not given.
    NoPermission = 77,
    /// The settings file is wrong.
    Config = 78,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Valid => Exit::Ok,
            Outcome::NotValid => Exit::NotValid,
            Outcome::CouldNotCheck => Exit::CouldNotCheck,
        }
    }
}
