mod gauges;
mod letters;
mod pages;
mod places;

pub(super) use letters::{letter, letter_name};

use gauges::gauges;
use letters::letters;
use pages::html;
use places::{open_to_readers, whole};

use super::notices::{FilterArgs, item};
use super::options::{Common, Format, StoreArgs};
use super::settings::Settings;
use super::{Done, memory, options, terminal, wiring};
use crate::filing::Filing;
use crate::report::{self, Item, ItemRows, Pages, Period, Style, Sums, Workbook, open_metrics};
use crate::rules::Lang;
use crate::store::{Filter, Pick, Seen, Store};
use anyhow::{Context, Result};
use jiff::Timestamp;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Report where things stand: a workbook, pages for a browser, letters, CSV, JSONL, OpenMetrics
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A workbook for support staff
    #[arg(long, value_name = "FILE", help_heading = "What is made")]
    xlsx: Option<PathBuf>,
    /// A folder of pages for a browser; index.html is the first
    #[arg(long, value_name = "DIR", help_heading = "What is made")]
    html: Option<PathBuf>,
    /// A folder of letters (DOCX), one a subject, with what its owner is to mend
    #[arg(long, value_name = "DIR", help_heading = "What is made")]
    letters: Option<PathBuf>,
    /// The columns of notices.csv
    #[arg(long, value_name = "FILE", help_heading = "What is made")]
    csv: Option<PathBuf>,
    /// A line of JSON a finding
    #[arg(long, value_name = "FILE", help_heading = "What is made")]
    jsonl: Option<PathBuf>,
    /// Gauges for Prometheus: what stands where in the store, whatever is asked for otherwise
    #[arg(long, value_name = "FILE", help_heading = "What is made")]
    openmetrics: Option<PathBuf>,
    /// Let persons in charge and how to reach them stand in clear
    #[arg(long)]
    contacts: bool,
    /// Only what this run saw or moved (a name of `beian runs list`, or its beginning)
    #[arg(long, value_name = "RUN", help_heading = "Which")]
    run: Option<String>,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    store: StoreArgs,
}

const EXAMPLES: &str = "\
Examples:
  beian report --store beian.db                              sums, on the screen
  beian report --store beian.db --xlsx notices.xlsx --html report
  beian report --store beian.db --since 2026-11-01 --until 2026-11-30 --xlsx november.xlsx
  beian report --store beian.db --province 广东 --letters letters
  beian report --store beian.db --openmetrics /var/lib/node_exporter/beian_store.prom

What is open is reported; with --since, --until or --run also what was mended or waived then.";

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let settings = options::store_settings(common, &args.store)?;
    super::runtime()?.block_on(async {
        let store = memory::open(&settings, false).await?;
        let done = make(&store, &settings, common.format, args).await;
        store.close().await;
        done
    })
}

async fn make(store: &Store, settings: &Settings, format: Format, args: &Args) -> Done {
    let rows = ItemRows { lang: wiring::lang(settings), contacts: args.contacts };
    let today = report::china_day(Timestamp::now());
    let of_time = args.filter.since.is_some() || args.filter.until.is_some() || args.run.is_some();
    let mut filter = args.filter.filter(!of_time)?;
    if let Some(name) = &args.run {
        filter.run = Some(store.run(name).await?.id);
    }
    let period = Period { since: filter.since, until: filter.until.unwrap_or(today) };
    let letter = args.letters.is_some().then(|| letter(settings, args.contacts)).transpose()?;
    let mut sums = Sums::default();
    each(store, &filter, |item| {
        sums.add(item, rows.lang);
        Ok(())
    })
    .await?;
    days(store, &filter, &mut sums).await?;
    if let Some(path) = &args.xlsx {
        let mut book = Workbook::begin(&sums, period, rows, today)?;
        each(store, &filter, |item| Ok(book.add(item)?)).await?;
        undecided(store, |filing| Ok(book.add_undecided(filing)?)).await?;
        let left_out = whole(path, |file| Ok(book.finish(BufWriter::new(file))?))?;
        if left_out > 0 {
            terminal::remark(&match rows.lang {
                Lang::Zh => {
                    format!("工作表放不下 {left_out} 行（Excel 的上限）；请按省份或接入商分别导出")
                }
                Lang::En => format!(
                    "{left_out} rows did not fit on a sheet, which is Excel's limit; \
                     report by province or provider"
                ),
            });
        }
    }
    if let Some(path) = &args.csv {
        lines(store, &filter, path, &rows.csv_head()?, |item| Ok(rows.csv(item)?)).await?;
    }
    if let Some(path) = &args.jsonl {
        lines(store, &filter, path, &[], |item| Ok((rows.json(item) + "\n").into_bytes())).await?;
    }
    if let Some(folder) = &args.html {
        let pages = Pages::new(Style { rows, period, today });
        html(store, &filter, &pages, &sums, folder).await?;
    }
    if let (Some(folder), Some(letter)) = (&args.letters, &letter) {
        let workdays = &wiring::policy(settings)?.workdays;
        letters(store, &filter, letter, folder, today, workdays, rows.lang).await?;
    }
    if let Some(path) = &args.openmetrics {
        let text = open_metrics(&gauges(store).await?);
        whole(path, |mut file| Ok(file.write_all(text.as_bytes())?))?;
    }
    let made = [&args.xlsx, &args.csv, &args.jsonl, &args.html, &args.letters, &args.openmetrics];
    if made.iter().all(|path| path.is_none()) || format == Format::Json {
        match format {
            Format::Json => terminal::print_json(&store.sums(&filter).await?)?,
            Format::Human => terminal::print(&told(&sums, rows.lang))?,
        }
    }
    Ok(0)
}

/// Does something with each finding of a filter, in the order of subject and domain.
async fn each(
    store: &Store,
    filter: &Filter,
    mut with: impl FnMut(&Item) -> Result<()>,
) -> Result<()> {
    const PART: usize = 1_000;
    let mut after = None;
    loop {
        let part = store.findings(filter, after.as_ref(), PART).await?;
        after = part.last().map(Seen::mark);
        let ended = part.len() < PART;
        for seen in part {
            with(&item(seen))?;
        }
        if ended {
            return Ok(());
        }
    }
}

/// Does something with each filing whose site could not be looked at the last time.
async fn undecided(store: &Store, mut with: impl FnMut(&Filing) -> Result<()>) -> Result<()> {
    const PART: usize = 1_000;
    let mut after = None;
    loop {
        let part = store.filings(&Pick::Undecided, after.as_ref(), PART).await?;
        let key = |filing: &Filing| (filing.subject_key(), filing.domain.ascii().to_owned());
        after = part.last().map(key);
        part.iter().try_for_each(&mut with)?;
        if part.len() < PART {
            return Ok(());
        }
    }
}

async fn days(store: &Store, filter: &Filter, sums: &mut Sums) -> Result<()> {
    for (day, changes) in store.days(filter).await? {
        let count = |names: [&str; 2]| names.iter().filter_map(|name| changes.get(*name)).sum();
        let of = sums.by_day.entry(day).or_default();
        of.found = count(["found", "reopened"]);
        of.closed = count(["mended", "closed"]);
    }
    Ok(())
}

async fn lines(
    store: &Store,
    filter: &Filter,
    path: &Path,
    head: &[u8],
    line: impl Fn(&Item) -> Result<Vec<u8>>,
) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let part = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")));
    let part = part.with_context(|| path.display().to_string())?;
    let mut file = BufWriter::new(part.reopen()?);
    file.write_all(head)?;
    each(store, filter, |item| Ok(file.write_all(&line(item)?)?)).await?;
    file.flush().with_context(|| path.display().to_string())?;
    open_to_readers(part.path())?;
    part.persist(path).with_context(|| path.display().to_string())?;
    Ok(())
}

fn told(sums: &Sums, lang: Lang) -> String {
    let mut table = terminal::Table::new(match lang {
        Lang::Zh => ["规则", "未关闭", "违规", "提醒", "待复核", "已逾期", "已关闭"],
        Lang::En => ["code", "open", "violation", "warning", "review", "overdue", "closed"],
    });
    let all = if lang == Lang::Zh { "合计" } else { "all" };
    let rows = Sums::most(&sums.by_code, usize::MAX).into_iter().chain([(all, sums.whole)]);
    for (name, tally) in rows {
        let report::Tally { violations, warnings, reviews, overdue, closed, .. } = tally;
        let counts = [tally.open(), violations, warnings, reviews, overdue, closed];
        let [a, b, c, d, e, f] = counts.map(|count| count.to_string());
        table.row([name.to_owned(), a, b, c, d, e, f]);
    }
    match lang {
        Lang::Zh => {
            format!("{table}涉及域名 {} 个，未关闭的通知 {} 份\n", sums.domains, sums.notices)
        }
        Lang::En => format!("{table}{} domains, {} open notices\n", sums.domains, sums.notices),
    }
}
