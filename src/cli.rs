//! The command line: one file a command.

use std::process::ExitCode;

/// Reads the arguments and runs the command they name.
pub fn run() -> ExitCode {
    ExitCode::SUCCESS
}
