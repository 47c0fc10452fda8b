use super::options::{Common, Format, StoreArgs};
use super::{Done, memory, options, terminal, wiring};
use crate::rules::Lang;
use crate::store::{Difference, RunRow, Store};
use anyhow::{Result, bail};
use serde_json::json;

/// List the runs of the store, or what differs between two of them
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  beian runs list --store beian.db\n  beian runs diff --store beian.db                 the last run and the one before\n  beian runs diff R20261122 R20261123 --store beian.db --format json"
)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// The runs, the latest first
    List {
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
    },
    /// What differs between two runs, filing by filing
    Diff {
        /// The earlier run, or the beginning of its name (default: the one before the last)
        earlier: Option<String>,
        /// The later run (default: the last)
        #[arg(requires = "earlier")]
        later: Option<String>,
    },
}

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let settings = options::store_settings(common, &args.store)?;
    let lang = wiring::lang(&settings);
    super::runtime()?.block_on(async {
        let store = memory::open(&settings, false).await?;
        match &args.what {
            What::List { limit } => {
                let runs = store.runs(*limit).await?;
                match common.format {
                    Format::Json => terminal::print_json(&runs)?,
                    Format::Human => terminal::print(&listed(&runs, lang))?,
                }
            }
            What::Diff { earlier, later } => {
                let (earlier, later) = pair(&store, earlier.as_deref(), later.as_deref()).await?;
                diff(&store, &earlier, &later, common.format, lang).await?;
            }
        }
        store.close().await;
        Ok(0)
    })
}

/// A time of the store, China's.
pub(super) fn shown(at: &str) -> String {
    at.parse().map_or_else(|_| at.to_owned(), crate::report::china_time)
}

fn listed(runs: &[RunRow], lang: Lang) -> String {
    let mut table = terminal::Table::new(match lang {
        Lang::Zh => ["检测", "时间", "备案", "通知", "状态"],
        Lang::En => ["run", "as of", "filings", "notices", "state"],
    });
    for run in runs {
        let count = |name: &str| {
            let count = run.summary.as_ref().and_then(|summary| summary.get(name)?.as_u64());
            count.map_or_else(String::new, |count| count.to_string())
        };
        let state = match (run.ended.is_some(), lang) {
            (true, Lang::Zh) => "已完成",
            (true, Lang::En) => "ended",
            (false, Lang::Zh) => "未完成",
            (false, Lang::En) => "not ended",
        };
        table.row([
            run.id.clone(),
            shown(&run.at),
            count("audited"),
            count("notices"),
            state.to_owned(),
        ]);
    }
    table.to_string()
}

async fn pair(
    store: &Store,
    earlier: Option<&str>,
    later: Option<&str>,
) -> Result<(RunRow, RunRow)> {
    let mut last = store.runs(2).await?.into_iter();
    let (latest, before) = (last.next(), last.next());
    let later = match (later, latest) {
        (Some(name), _) => store.run(name).await?,
        (None, Some(latest)) => latest,
        (None, None) => bail!("the store knows no run"),
    };
    let earlier = match (earlier, before) {
        (Some(name), _) => store.run(name).await?,
        (None, Some(before)) => before,
        (None, None) => bail!("the store knows one run only; there is nothing to compare it with"),
    };
    Ok((earlier, later))
}

async fn diff(
    store: &Store,
    earlier: &RunRow,
    later: &RunRow,
    format: Format,
    lang: Lang,
) -> Result<()> {
    const PART: usize = 5_000;
    if let Some(run) = [earlier, later].into_iter().find(|run| !run.detail) {
        bail!(
            "what run {} said of each filing is no longer kept ([store] keep_run_days); \
             its findings are: beian report --run {}",
            run.id,
            run.id
        );
    }
    if format == Format::Human {
        terminal::print(&format!("{} → {}\n", earlier.id, later.id))?;
    }
    let (mut after, mut count) = (None, 0_u64);
    loop {
        let part = store.differences(&earlier.id, &later.id, after.as_ref(), PART).await?;
        let mut said = String::new();
        for difference in &part {
            match format {
                Format::Json => {
                    let line =
                        json!({"earlier": earlier.id, "later": later.id, "differs": difference});
                    said.push_str(&crate::report::json(&line.to_string()));
                    said.push('\n');
                }
                Format::Human => said.push_str(&told(difference, lang)),
            }
        }
        terminal::print(&said)?;
        count += part.len() as u64;
        after = part.last().map(|last| (last.subject.clone(), last.domain.clone()));
        if part.len() < PART {
            break;
        }
    }
    if format == Format::Human {
        terminal::print(&match lang {
            Lang::Zh => format!("共 {count} 个备案有变化\n"),
            Lang::En => format!("{count} filings differ\n"),
        })?;
    }
    Ok(())
}

fn told(difference: &Difference, lang: Lang) -> String {
    let pick = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let mut parts = Vec::new();
    for (sign, codes) in
        [("+", &difference.appeared), ("-", &difference.vanished), ("~", &difference.turned)]
    {
        parts.extend(codes.iter().map(|code| format!("{sign}{code}")));
    }
    let [was, now] = difference.standing;
    if was != now {
        let word = |standing| match standing {
            "looked at" => pick("已检测", "looked at"),
            "undecided" => pick("未能判断", "undecided"),
            _ => pick("不在名单", "not in the run"),
        };
        parts.push(format!("{} → {}", word(was), word(now)));
    }
    format!("{}  {}\n", terminal::safe(&difference.domain), parts.join(" "))
}
