use super::{Cli, Done, terminal};
use clap::CommandFactory;
use clap_complete::Shell;

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  beian completions bash > ~/.local/share/bash-completion/completions/beian"
)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &Args) -> Done {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "beian", &mut script);
    terminal::print(&String::from_utf8_lossy(&script))?;
    Ok(0)
}
