//! The command line: arguments and wiring, the only place where concrete parts are chosen,
//! and where time and environment are read.

mod audit;
mod bounds;
mod browser;
mod check;
mod closing;
mod completions;
mod config;
mod crowd;
mod db;
mod deliver;
mod demo;
mod descriptors;
mod explain;
mod hostile;
mod import;
mod judge;
mod lists;
mod memory;
mod notices;
mod options;
mod page;
mod report;
mod rules;
mod run;
mod runs;
mod schedule;
mod seen;
mod settings;
mod terminal;
mod wiring;

pub use browser::NAMES as BROWSERS;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Audits websites against their Chinese ICP filings (ICP备案) and writes rectification notices.
#[derive(Debug, Parser)]
#[command(name = "beian", version, about, after_help = EXAMPLES, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    common: options::Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Audit(audit::Args),
    Check(check::Args),
    Judge(judge::Args),
    Page(page::Args),
    Import(import::Args),
    Notices(notices::Args),
    Report(report::Args),
    Runs(runs::Args),
    Deliver(deliver::Args),
    Schedule(schedule::Args),
    Db(db::Args),
    Rules(rules::Args),
    Explain(explain::Args),
    Config(config::Args),
    Demo(demo::Args),
    Completions(completions::Args),
}

const EXAMPLES: &str = "\
Examples:
  beian demo                              see what it finds on the built-in demo world
  beian import filings.xlsx               what does this list say, before anything is audited?
  beian audit filings.xlsx -o out         audit a list; notices go to out/notices.csv
  beian check site.example                look at one domain and show the evidence
  beian explain ICP001                    what a rule asks, why, and how to mend it

Exit codes: 0 nothing to mend; 1 violations found; 2 the tool could not do its work;
3 finished, but rows were rejected or sites left undecided by faults of ours;
130 interrupted, go on with --resume. --exit-zero turns 1 and 3 into 0.";

/// How a command ended, where it could do its work.
type Done = Result<u8>;

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log();
    descriptors::raise();
    let common = &cli.common;
    let done = match cli.command {
        Command::Audit(args) => audit::run(common, &args),
        Command::Check(args) => check::run(common, &args),
        Command::Judge(args) => judge::run(common, &args),
        Command::Page(args) => page::run(common, &args),
        Command::Import(args) => import::run(common, &args),
        Command::Notices(args) => notices::run(common, &args),
        Command::Report(args) => report::run(common, &args),
        Command::Runs(args) => runs::run(common, &args),
        Command::Deliver(args) => deliver::run(common, &args),
        Command::Schedule(args) => schedule::run(common, &args),
        Command::Db(args) => db::run(common, &args),
        Command::Rules(args) => rules::run(common, &args),
        Command::Explain(args) => explain::run(common, &args),
        Command::Config(args) => config::run(common, &args),
        Command::Demo(args) => demo::run(common, &args),
        Command::Completions(args) => completions::run(&args),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            terminal::complain(&error);
            ExitCode::from(2)
        }
    }
}

/// Logs go to standard error, by `RUST_LOG`; silent without it, but for warnings of ours.
fn start_log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("beian=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(console::colors_enabled_stderr())
        .init();
}

/// The environment, less what is not UTF-8 (settings are).
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// The threads that a run works on. Pages are read and answers packed beside those that wait
/// for the network: more threads for that than the processors can serve would only take memory.
fn runtime() -> Result<tokio::runtime::Runtime> {
    const BESIDE: usize = 4;
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(BESIDE * (processors + 1))
        .enable_all()
        .build()
        .context("the threads of the run cannot be started")
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }
}
