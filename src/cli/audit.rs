use super::memory::{self, Desk};
use super::options::{Common, FolderArgs, Format, JudgeArgs, ListArgs, LookArgs, StoreArgs};
use super::run::{self, Parts};
use super::{Done, closing, lists, options, terminal, wiring};
use crate::filing::Row;
use crate::store::{Pick, Store};
use anyhow::{Result, bail};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::PoisonError;
use tokio_util::sync::CancellationToken;

/// Audit a filing list and write rectification notices
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Filing lists: CSV, TSV, XLSX, JSONL or plain domains; `-` is standard input
    #[arg(
        required_unless_present_any = ["only_open", "failed", "changed", "filed"],
        value_name = "INPUT"
    )]
    inputs: Vec<String>,
    /// Where the files go (default: ./beian-out)
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// A file for the counts of the run, for Prometheus (see docs/operations.md)
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    pick: PickArgs,
    #[command(flatten)]
    folder: FolderArgs,
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    judge: JudgeArgs,
}

/// Which filings of the store are audited, in place of a list.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct PickArgs {
    /// Audit the filings of the store that have open findings
    #[arg(long, conflicts_with = "inputs", help_heading = "Remembering")]
    only_open: bool,
    /// Audit the filings of the store that the last look could not decide
    #[arg(long, conflicts_with = "inputs", help_heading = "Remembering")]
    failed: bool,
    /// Audit the filings of the store that changed after they were last looked at
    #[arg(long, conflicts_with = "inputs", help_heading = "Remembering")]
    changed: bool,
    /// Audit the filings of the store: `all`, or those of one access provider
    #[arg(
        long,
        value_name = "all|PROVIDER",
        conflicts_with = "inputs",
        help_heading = "Remembering"
    )]
    filed: Option<String>,
}

impl PickArgs {
    fn pick(&self) -> Option<Pick> {
        match (self.only_open, self.failed, self.changed, self.filed.as_deref()) {
            (true, ..) => Some(Pick::Open),
            (_, true, ..) => Some(Pick::Undecided),
            (_, _, true, _) => Some(Pick::Changed),
            (.., Some("all")) => Some(Pick::All),
            (.., Some(provider)) => Some(Pick::Provider(provider.to_owned())),
            _ => None,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  beian audit filings.xlsx
  beian audit filings.csv more.csv -o out --lang en
  beian audit filings.csv --resolver 10.0.0.2 --resolver 10.0.0.3
  beian audit filings.csv --only ICP,LNK --exit-zero --format json
  cut -d, -f1 domains.csv | beian audit -
  beian audit filings.csv -o out --resume        go on after Ctrl-C
  beian audit filings.csv --store beian.db       remember what is found, and say what is new
  beian audit --only-open --store beian.db       look again where something is open

Files in the output folder: notices.csv, audits.jsonl, rejected.csv, summary.json, evidence/.";

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let look = Some((&args.look, &args.folder));
    let mut settings = options::settings(common, look, Some(&args.judge), Some(&args.store))?;
    options::lay_metrics(&mut settings, args.metrics.as_ref())?;
    let output = args.output.clone().unwrap_or_else(|| PathBuf::from(&settings.output.dir));
    let runtime = super::runtime()?;
    let _inside = runtime.enter();
    let lang = wiring::lang(&settings);
    let stop = run::stop_on_interrupt(lang, run::farewell(&output, lang));
    let parts = Parts::new(settings)?;
    let probe = wiring::probe(&parts.settings, &parts.policy)?;
    let pick = args.pick.pick();
    let store = runtime.block_on(memory::maybe(&parts.settings, pick.is_none()))?;
    let Source { rows, digest, failure } = source(args, pick, store.as_ref(), &stop)?;
    let mut plan = parts.plan(output, args.judge.at, args.folder.unfinished(), digest)?;
    plan.fingerprint.insert("how the list is read".to_owned(), args.list.told());
    run::warn_of_age(&parts, plan.at)?;
    let desk = store.map(|store| Desk::new(store, &parts, &plan));
    plan.ledger = desk.as_ref().map(|desk| desk as _);
    let end = runtime.block_on(run::audit(rows, probe, &plan, stop));
    if let Some(error) = failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return Err(error.into());
    }
    let end = end.map_err(|error| run::kept(error, &plan))?;
    let Some(summary) = end else {
        return Ok(run::say_interrupted(&plan));
    };
    let overdue = match &desk {
        Some(desk) => runtime.block_on(desk.end(&summary, &parts.settings))?,
        None => 0,
    };
    match common.format {
        Format::Json => terminal::print_json(&summary)?,
        Format::Human => {
            let mut said = closing::describe(&summary, &plan.output, plan.lang);
            if let Some(since) = &summary.since {
                said.push_str(&memory::since_told(since, overdue, plan.lang));
            }
            terminal::print(&said)?;
        }
    }
    Ok(run::exit_code(&summary, &args.judge))
}

/// Where the rows of a run come from.
struct Source {
    rows: Box<dyn Iterator<Item = Row> + Send>,
    /// What tells this list from another.
    digest: Sha256,
    failure: memory::Failure,
}

fn source(
    args: &Args,
    pick: Option<Pick>,
    store: Option<&Store>,
    stop: &CancellationToken,
) -> Result<Source> {
    let Some(pick) = pick else {
        let lists = lists::open(&args.inputs, &args.list)?;
        let digest = lists.digest.clone();
        return Ok(Source { rows: Box::new(lists.rows()), digest, failure: Default::default() });
    };
    let Some(store) = store else {
        bail!(
            "--only-open, --failed, --changed and --filed audit what a store knows; \
             name it by --store FILE|URL"
        );
    };
    let digest = Sha256::new().chain_update(format!("{pick:?}"));
    let (rows, failure) = memory::Rows::new(store.clone(), pick, stop.clone());
    Ok(Source { rows: Box::new(rows), digest, failure })
}
