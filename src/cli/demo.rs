use super::options::{Common, FolderArgs, Format};
use super::run::{self, Parts};
use super::{Done, browser, options, terminal};
use crate::demo::{self, Comparison, Eyes, World};
use crate::filing;
use crate::pipeline::{Registry, Summary};
use crate::probe::place::Places;
use crate::probe::{Probe, Render};
use crate::rules::Lang;
use anyhow::{Context, Result};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// Audit the built-in demo world and compare what is found with what is planted
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  beian demo\n  beian demo -o demo-out --lang en        and read demo-out/notices.csv\n\nThe demo world is played on free ports of this machine; nothing outside is reached."
)]
pub(super) struct Args {
    /// Where the files go (default: ./beian-out)
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    folder: FolderArgs,
    #[command(flatten)]
    browser: options::BrowserArgs,
}

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let settings = options::demo_settings(common, &args.browser)?;
    let output = args.output.clone().unwrap_or_else(|| PathBuf::from(&settings.output.dir));
    let mut parts = Parts::new(settings)?;
    parts.policy = demo::policy()?;
    let played = super::runtime()?.block_on(play(&mut parts, output.clone(), args.folder))?;
    let Some((comparison, summary)) = played else {
        return Ok(run::INTERRUPTED);
    };
    match common.format {
        Format::Json => terminal::print_json(&json!({
            "equal": comparison.is_equal(),
            "missing": comparison.missing,
            "unexpected": comparison.unexpected,
            "summary": summary,
        }))?,
        Format::Human => {
            let mut text = comparison.table(parts.lang, console::measure_text_width);
            text.push_str(&next(&output, parts.lang));
            terminal::print(&text)?;
        }
    }
    Ok(u8::from(!comparison.is_equal()))
}

/// Where the files went, and what to try next.
fn next(output: &Path, lang: Lang) -> String {
    let (folder, notices) = (output.display(), output.join("notices.csv"));
    let notices = notices.display();
    match lang {
        Lang::Zh => format!(
            "整改通知： {notices}\n全部结果： {folder}\n\
             → 检测自己的清单：beian audit filings.xlsx -o out（先看看读懂了什么：beian import filings.xlsx）\n"
        ),
        Lang::En => format!(
            "notices: {notices}\nall results: {folder}\n\
             → audit a list of your own: beian audit filings.xlsx -o out (see first how it is read: beian import filings.xlsx)\n"
        ),
    }
}

/// Plays the world and audits it; `None` where it was interrupted.
async fn play(
    parts: &mut Parts,
    output: PathBuf,
    folder: FolderArgs,
) -> Result<Option<(Comparison, Summary)>> {
    let sites = demo::sites()?;
    let world = World::start(sites).await?;
    let list = world.list();
    let digest = Sha256::new_with_prefix(&list);
    let open = |name, text: String| {
        let bytes = Box::new(Cursor::new(text.into_bytes()));
        filing::open(bytes, Some(name), &filing::Options::default())
    };
    let rows = open("demo.csv", list)?;
    let registry = Registry::read(open("registry.csv", world.registry())?)?;
    parts.registry = Some((registry, "demo".to_owned()));
    let mut plan = parts.plan(output, Some(demo::at()), folder.unfinished(), digest)?;
    plan.second_look_after = demo::SECOND_LOOK_AFTER;
    let mut options = world.options();
    browser::lay(&parts.settings, &mut options)?;
    let eyes = match (&options.browser, options.render) {
        (None, _) | (_, Render::Never) => Eyes::Crawler,
        (Some(_), Render::Auto | Render::Always) => Eyes::Browser,
    };
    let probe = Probe::new(options, Places::embedded(Vec::new()))?;
    let end = run::audit(rows, probe, &plan).await?;
    let Some(summary) = end else {
        run::say_interrupted(&plan);
        return Ok(None);
    };
    let read = |name: &str| {
        let path = plan.output.join(name);
        std::fs::read_to_string(&path).with_context(|| path.display().to_string())
    };
    let (audits, rejected) = (read("audits.jsonl")?, read("rejected.csv")?);
    let comparison = demo::compare(world.sites(), eyes, &audits, &rejected)?;
    world.stop().await;
    Ok(Some((comparison, summary)))
}
