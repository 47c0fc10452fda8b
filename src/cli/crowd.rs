//! `beian demo` at size: a world of as many sites as wanted, in this process or another one.

use super::options::{Common, Format, ListArgs};
use super::run::{self, Parts};
use super::{Done, demo::Args, lists, options, terminal, wiring};
use crate::demo::{self, Crowd, CrowdSize, Reach, Tally, World, tally};
use crate::probe::{Options, Probe};
use crate::rules::Lang;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files of the folder through which two processes know of one world.
const LIST: &str = "list.csv";
const REACH: &str = "world.json";

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let runtime = super::runtime()?;
    match (&args.serve, &args.world, args.sites) {
        (Some(folder), _, Some(sites)) => runtime.block_on(serve(size(sites, args.seed)?, folder)),
        (None, Some(folder), _) => {
            let file = folder.join(REACH);
            let at = || file.display().to_string();
            let reach = BufReader::new(File::open(&file).with_context(at)?);
            let reach = serde_json::from_reader(reach).with_context(at)?;
            runtime.block_on(audit(common, args, folder, reach))
        }
        (None, None, Some(sites)) => runtime.block_on(async {
            let folder = tempfile::tempdir().context("a temporary folder")?;
            let (world, reach) = play(size(sites, args.seed)?, folder.path()).await?;
            let done = audit(common, args, folder.path(), reach).await;
            world.stop().await;
            done
        }),
        _ => bail!("--serve needs --sites"),
    }
}

fn size(sites: u32, seed: u64) -> Result<CrowdSize> {
    if !(1..=Crowd::MOST).contains(&sites) {
        bail!("--sites {sites}: 1 to {} sites can be made", Crowd::MOST);
    }
    Ok(CrowdSize { sites, seed })
}

/// Starts a world and writes down its list and how it is reached.
async fn play(size: CrowdSize, folder: &Path) -> Result<(World, Reach)> {
    let crowd = Arc::new(Crowd::new(size)?);
    let list = folder.join(LIST);
    let at = || list.display().to_string();
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let mut out = BufWriter::new(File::create(&list).with_context(at)?);
    crowd.write_list(&mut out).and_then(|()| out.flush()).with_context(at)?;
    let world = World::start_crowd(crowd).await?;
    let reach = Reach::of(&world, size);
    Ok((world, reach))
}

/// Plays a world for other processes until it is interrupted.
async fn serve(size: CrowdSize, folder: &Path) -> Done {
    let (world, reach) = play(size, folder).await?;
    // Whoever finds the file can read all of it.
    let (part, file) = (folder.join("world.part"), folder.join(REACH));
    let written = fs::write(&part, serde_json::to_vec(&reach)?);
    written.and_then(|()| fs::rename(&part, &file)).with_context(|| file.display().to_string())?;
    terminal::remark(&format!("{}: beian demo --world {}", size.sites, folder.display()));
    run::interrupted().await;
    fs::remove_file(&file).with_context(|| file.display().to_string())?;
    world.stop().await;
    Ok(0)
}

/// Audits a world as `beian audit` does, by the settings in force, and holds what was found
/// against what is planted.
async fn audit(common: &Common, args: &Args, folder: &Path, reach: Reach) -> Done {
    let mut settings = options::demo_settings(common, &args.browser, &args.folder)?;
    // A browser for a million pages would measure the browser.
    settings.browser.render = "never".to_owned();
    let output = args.output.clone().unwrap_or_else(|| PathBuf::from(&settings.output.dir));
    let lang = wiring::lang(&settings);
    let stop = run::stop_on_interrupt(lang, run::farewell(&output, lang));
    let mut parts = Parts::new(settings)?;
    parts.policy = demo::policy()?;
    let list = folder.join(LIST).display().to_string();
    let lists = lists::open(&[list], &ListArgs::default())?;
    let unfinished = args.folder.unfinished();
    let plan = parts.plan(output, Some(demo::at()), unfinished, lists.digest.clone())?;
    let places = wiring::places(&parts.settings, &parts.policy)?;
    let probe = Probe::new(look(&parts, &reach)?, places)?;
    let end = run::audit(lists.rows(), probe, &plan, stop).await;
    let Some(summary) = end.map_err(|error| run::kept(error, &plan))? else {
        return Ok(run::say_interrupted(&plan));
    };
    let found = tally(&Crowd::new(reach.crowd)?, &plan.output)?;
    match common.format {
        Format::Json => terminal::print_json(&json!({ "tally": found, "summary": summary }))?,
        Format::Human => terminal::print(&say(&found, parts.lang))?,
    }
    let is_whole = (summary.rows, found.differences) == (found.rows, 0);
    Ok(u8::from(!is_whole))
}

/// What an audit would use, but for where the world is.
fn look(parts: &Parts, reach: &Reach) -> Result<Options> {
    let mut options = wiring::look(&parts.settings)?;
    options.resolvers.clone_from(&reach.resolvers);
    options.extra_roots.push(reach.root.clone());
    options.sockets =
        reach.sockets.iter().map(|(address, port, at)| ((*address, *port), *at)).collect();
    Ok(options)
}

fn say(found: &Tally, lang: Lang) -> String {
    let Tally { rows, audited, rejected, planted, differences, told } = found;
    let mut text: String = told.iter().map(|line| format!("{line}\n")).collect();
    text.push_str(&match lang {
        Lang::Zh => format!(
            "清单 {rows} 行：检测 {audited}，拒绝 {rejected}；植入 {planted} 处问题，与发现的不一致之处 {differences}\n"
        ),
        Lang::En => format!(
            "{rows} rows: {audited} audited, {rejected} rejected; {planted} planted findings, {differences} differences\n"
        ),
    });
    text
}
