use super::Done;
use super::options::Common;

/// To come
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_common: &Common, _args: &Args) -> Done {
    Ok(0)
}
