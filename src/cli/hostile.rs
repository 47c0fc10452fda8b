//! `beian demo --hostile`: the hostile internet, and what became of each of its sites.

use super::options::{Common, FolderArgs, Format};
use super::run::{self, Parts};
use super::{Done, browser, terminal};
use crate::demo::hostile::{Ground, Group, Internet, Outcome, outcomes};
use crate::demo::{self, SECOND_LOOK_AFTER};
use crate::filing;
use crate::probe::Probe;
use crate::probe::place::Places;
use crate::rules::Lang;
use anyhow::{Context, Result};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::io::Cursor;
use std::path::PathBuf;

pub(super) fn run(common: &Common, parts: &Parts, output: PathBuf, folder: &FolderArgs) -> Done {
    let Some(outcomes) = super::runtime()?.block_on(play(parts, output, folder))? else {
        return Ok(run::INTERRUPTED);
    };
    let wrong = outcomes.iter().filter(|outcome| !outcome.is_right()).count();
    match common.format {
        Format::Json => terminal::print_json(&json!({
            "sites": outcomes.len(),
            "wrong": wrong,
            "outcomes": outcomes.iter().map(of_outcome).collect::<Vec<_>>(),
        }))?,
        Format::Human => {
            let mut text: String = outcomes.iter().map(line).collect();
            text.push_str(&match parts.lang {
                Lang::Zh => format!("共 {} 个恶意站点，{wrong} 个结果与预期不符\n", outcomes.len()),
                Lang::En => {
                    format!(
                        "{} hostile sites, {wrong} ended otherwise than they must\n",
                        outcomes.len()
                    )
                }
            });
            terminal::print(&text)?;
        }
    }
    Ok(u8::from(wrong > 0))
}

fn of_outcome(outcome: &Outcome) -> serde_json::Value {
    json!({
        "name": outcome.case.name,
        "group": outcome.case.group.to_string(),
        "what": outcome.case.what,
        "ended": outcome.ended(),
        "right": outcome.is_right(),
        "findings": outcome.findings,
    })
}

fn line(outcome: &Outcome) -> String {
    let mark = if outcome.is_right() { "✓" } else { "✗" };
    format!("{mark} {:<24} {}\n", outcome.case.name, outcome.ended())
}

/// Plays it and audits it; `None` where it was interrupted.
async fn play(parts: &Parts, output: PathBuf, folder: &FolderArgs) -> Result<Option<Vec<Outcome>>> {
    let stop = run::stop_on_interrupt(parts.lang, run::farewell(&output, parts.lang));
    let internet = Internet::start(Ground::Loopback, &Group::ALL).await?;
    let list = internet.list();
    let digest = Sha256::new_with_prefix(&list);
    let bytes = Box::new(Cursor::new(list.into_bytes()));
    let rows = filing::open(bytes, Some("hostile.csv"), &filing::Options::default())?;
    let mut plan = parts.plan(output, Some(demo::at()), folder.unfinished(), digest)?;
    plan.second_look_after = SECOND_LOOK_AFTER;
    let mut options = internet.options();
    browser::lay(&parts.settings, &mut options)?;
    let has_browser = options.browser.is_some();
    let probe = Probe::new(options, Places::embedded(Vec::new()))?;
    if run::audit(rows, probe, &plan, stop).await?.is_none() {
        run::say_interrupted(&plan);
        return Ok(None);
    }
    let path = plan.output.join("audits.jsonl");
    let audits = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    // Without a browser, the pages that attack one are pages like others.
    let mut outcomes = outcomes(&internet, &audits)?;
    outcomes.retain(|outcome| has_browser || outcome.case.group != Group::Browser);
    internet.stop().await;
    Ok(Some(outcomes))
}
