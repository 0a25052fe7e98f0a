//! Arguments → one of the commands. Everything else lives in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    tereze::cli::run()
}
