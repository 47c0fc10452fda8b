use super::options::{Common, Format, ListArgs};
use super::{Done, lists, options, terminal, wiring};
use crate::filing::{Layout, Rejected};
use crate::report;
use crate::rules::Lang;
use anyhow::{Context, Result};
use serde_json::json;
use std::path::PathBuf;

/// Read a list and say what was understood, what was rejected and why; audit nothing
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  beian import filings.xlsx\n  beian import export.csv --map 站点=domain --encoding gb18030\n  beian import filings.csv -o out        also writes out/rejected.csv")]
pub(super) struct Args {
    /// The list: CSV, TSV, XLSX, JSONL or plain domains; `-` is standard input
    #[arg(value_name = "INPUT")]
    input: String,
    /// Write rejected.csv into this folder
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    list: ListArgs,
    /// Exit with 0 also where rows are rejected
    #[arg(long)]
    exit_zero: bool,
}

/// Rejected rows that are shown; all of them go to rejected.csv.
const SHOWN: usize = 20;

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let settings = options::settings(common, None, None)?;
    let lang = wiring::lang(&settings);
    let opened = lists::open(std::slice::from_ref(&args.input), &args.list)?;
    let layout = opened.lists.first().map(|list| list.layout().clone());
    let layout = layout.context("no list was opened")?;
    let (mut filings, mut rejected) = (0_u64, 0_u64);
    let mut shown = Vec::new();
    let mut file = args.output.as_deref().map(report::RejectedFile::create).transpose()?;
    for row in opened.rows() {
        match row {
            Ok(_) => filings += 1,
            Err(row) => {
                rejected += 1;
                if let Some(file) = &mut file {
                    file.write(&row)?;
                }
                if shown.len() < SHOWN {
                    shown.push(*row);
                }
            }
        }
    }
    if let Some(file) = file {
        file.finish()?;
    }
    match common.format {
        Format::Json => terminal::print_json(&json!({
            "layout": layout,
            "rows": filings + rejected,
            "filings": filings,
            "rejected": rejected,
            "rejected_rows": shown,
        }))?,
        Format::Human => {
            terminal::print(&describe(&layout, filings, rejected, &shown, lang)?)?;
        }
    }
    Ok(if rejected > 0 && !args.exit_zero { 3 } else { 0 })
}

fn describe(
    layout: &Layout,
    filings: u64,
    rejected: u64,
    shown: &[Rejected],
    lang: Lang,
) -> Result<String> {
    Ok(format!("{layout:?} {filings} {rejected} {} {lang:?}", shown.len()))
}
