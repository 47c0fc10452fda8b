use super::options::{Common, Format};
use super::run::{self, Parts};
use super::{Done, options, terminal};
use crate::demo::{self, Comparison, World};
use crate::filing;
use crate::pipeline::Unfinished;
use crate::probe::Probe;
use crate::probe::place::Places;
use anyhow::{Context, Result};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::io::Cursor;
use std::path::PathBuf;

/// Audit the built-in demo world and compare what is found with what is planted
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  beian demo\n  beian demo -o demo-out --lang en        and read demo-out/notices.csv\n\nThe demo world is played on free ports of this machine; nothing outside is reached."
)]
pub(super) struct Args {
    /// Where the files go
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let settings = options::settings(common, None, None)?;
    let output = args.output.clone().unwrap_or_else(|| PathBuf::from(&settings.output.dir));
    let mut parts = Parts::new(settings)?;
    parts.policy = demo::policy()?;
    let (comparison, summary) = super::runtime()?.block_on(play(&parts, output.clone()))?;
    match common.format {
        Format::Json => terminal::print_json(&json!({
            "equal": comparison.is_equal(),
            "missing": comparison.missing,
            "unexpected": comparison.unexpected,
            "summary": summary,
        }))?,
        Format::Human => terminal::print(&comparison.table(parts.lang))?,
    }
    Ok(u8::from(!comparison.is_equal()))
}

async fn play(parts: &Parts, output: PathBuf) -> Result<(Comparison, crate::pipeline::Summary)> {
    let sites = demo::sites()?;
    let world = World::start(sites).await?;
    let list = world.list();
    let digest = Sha256::new_with_prefix(&list);
    let rows = filing::open(
        Box::new(Cursor::new(list.into_bytes())),
        Some("demo.csv"),
        &filing::Options::default(),
    )?;
    let mut plan = parts.plan(output, Some(demo::at()), Unfinished::Restart, digest)?;
    plan.second_look_after = demo::SECOND_LOOK_AFTER;
    let probe = Probe::new(world.options(), Places::embedded(Vec::new()))?;
    let end = run::audit(rows, probe, &plan).await?;
    let summary = end.context("the demo was interrupted")?;
    let read = |name: &str| {
        let path = plan.output.join(name);
        std::fs::read_to_string(&path).with_context(|| path.display().to_string())
    };
    let comparison = demo::compare(world.sites(), &read("audits.jsonl")?, &read("rejected.csv")?)?;
    world.stop().await;
    Ok((comparison, summary))
}
