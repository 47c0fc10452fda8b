use super::options::{Common, Format, JudgeArgs};
use super::run::{self, Parts};
use super::{Done, closing, options, terminal};
use crate::pipeline::{self, Judging, RunError};
use jiff::Timestamp;
use std::path::PathBuf;

/// Judge the evidence of a finished run again, under today's rules and settings, without the network
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  beian judge beian-out --profile strict\n  beian judge beian-out -o strict-out --lang en --only ICP"
)]
pub(super) struct Args {
    /// The output folder of a finished run
    #[arg(value_name = "DIR")]
    run: PathBuf,
    /// Where the files go (default: the run's own folder)
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    judge: JudgeArgs,
}

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let parts = Parts::new(options::settings(common, None, Some(&args.judge), None)?)?;
    let output = args.output.as_ref().unwrap_or(&args.run);
    let judging = Judging {
        rules: &parts.rules,
        policy: &parts.policy,
        lang: parts.lang,
        at: args.judge.at,
        versions: run::program_versions(),
        registry: parts.registry.as_ref().map(|(registry, _)| registry),
        clock: Timestamp::now,
    };
    let runtime = super::runtime()?;
    let _inside = runtime.enter();
    let farewell = RunError::JudgmentStopped(output.clone()).to_string();
    let stop = run::stop_on_interrupt(parts.lang, farewell);
    let bar = terminal::Bar::new(parts.lang);
    let end = pipeline::judge_again(&args.run, output, &judging, &bar, &stop);
    bar.finish();
    let summary = match end {
        Err(error @ RunError::JudgmentStopped(_)) => {
            terminal::remark(&error.to_string());
            return Ok(run::INTERRUPTED);
        }
        other => other?,
    };
    match common.format {
        Format::Json => terminal::print_json(&summary)?,
        Format::Human => terminal::print(&closing::describe(&summary, output, parts.lang))?,
    }
    Ok(run::exit_code(&summary, &args.judge))
}
