use super::options::{Common, FolderArgs, Format, JudgeArgs, ListArgs, LookArgs};
use super::run::{self, Parts};
use super::{Done, closing, lists, options, terminal, wiring};
use std::path::PathBuf;

/// Audit a filing list and write rectification notices
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Filing lists: CSV, TSV, XLSX, JSONL or plain domains; `-` is standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,
    /// Where the files go (default: ./beian-out)
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// A file for the counts of the run, for Prometheus (see docs/operations.md)
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,
    #[command(flatten)]
    folder: FolderArgs,
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    judge: JudgeArgs,
}

const EXAMPLES: &str = "\
Examples:
  beian audit filings.xlsx
  beian audit filings.csv more.csv -o out --lang en
  beian audit filings.csv --resolver 10.0.0.2 --resolver 10.0.0.3
  beian audit filings.csv --only ICP,LNK --exit-zero --format json
  cut -d, -f1 domains.csv | beian audit -
  beian audit filings.csv -o out --resume        go on after Ctrl-C

Files in the output folder: notices.csv, audits.jsonl, rejected.csv, summary.json, evidence/.";

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let look = Some((&args.look, &args.folder));
    let mut settings = options::settings(common, look, Some(&args.judge))?;
    options::lay_metrics(&mut settings, args.metrics.as_ref())?;
    let output = args.output.clone().unwrap_or_else(|| PathBuf::from(&settings.output.dir));
    let runtime = super::runtime()?;
    let _inside = runtime.enter();
    let lang = wiring::lang(&settings);
    let stop = run::stop_on_interrupt(lang, run::farewell(&output, lang));
    let parts = Parts::new(settings)?;
    let probe = wiring::probe(&parts.settings, &parts.policy)?;
    let lists = lists::open(&args.inputs, &args.list)?;
    let mut plan =
        parts.plan(output, args.judge.at, args.folder.unfinished(), lists.digest.clone())?;
    plan.fingerprint.insert("how the list is read".to_owned(), args.list.told());
    run::warn_of_age(&parts, plan.at)?;
    let end = runtime.block_on(run::audit(lists.rows(), probe, &plan, stop));
    let end = end.map_err(|error| run::kept(error, &plan))?;
    let Some(summary) = end else {
        return Ok(run::say_interrupted(&plan));
    };
    match common.format {
        Format::Json => terminal::print_json(&summary)?,
        Format::Human => terminal::print(&closing::describe(&summary, &plan.output, plan.lang))?,
    }
    Ok(run::exit_code(&summary, &args.judge))
}
