//! The command line: one file a command.

#[cfg(feature = "tools")]
pub mod gallery;

use std::process::ExitCode;

/// Reads the arguments and runs the command they name.
pub fn run() -> ExitCode {
    ExitCode::SUCCESS
}
