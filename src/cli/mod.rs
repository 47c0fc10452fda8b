//! The command line: arguments and wiring, the only place where concrete parts are chosen.

use std::process::ExitCode;

/// Runs the program.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
