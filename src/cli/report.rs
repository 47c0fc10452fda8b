use super::notices::{FilterArgs, item};
use super::options::{Common, Format, StoreArgs};
use super::settings::Settings;
use super::{Done, memory, options, runs, terminal, wiring};
use crate::filing::Filing;
use crate::notice::Status;
use crate::report::{
    self, Gauges, Item, ItemRows, LETTER, Letter, Page, Pages, Period, Style, Sums, Workbook,
    open_metrics,
};
use crate::rules::Lang;
use crate::store::{Filter, Past, Pick, Seen, State, Store};
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempDir};

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
        letters(store, &filter, letter, folder, today, rows.lang).await?;
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

/// The template of letters that the settings name.
pub(super) fn letter(settings: &Settings, contacts: bool) -> Result<Letter> {
    let lang = wiring::lang(settings);
    let [zh, en] = LETTER;
    let own = settings.notices.letter.as_str();
    let (text, file) = match (own, lang) {
        ("", Lang::Zh) => (zh.to_owned(), "config/letter.zh.txt"),
        ("", Lang::En) => (en.to_owned(), "config/letter.en.txt"),
        (own, _) => {
            let text = std::fs::read_to_string(own)
                .with_context(|| format!("{own}: the template cannot be read"))
                .with_context(|| settings.named("notices", "letter"))?;
            (text, own)
        }
    };
    let sender = (settings.notices.sender.as_str(), settings.notices.contact.as_str());
    let rows = ItemRows { lang, contacts };
    Ok(Letter::new(&text, file, rows, sender, settings.notices.extension)?)
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

/// Writes a file beside its place and puts it there when it is whole.
fn whole<T>(path: &Path, write: impl FnOnce(File) -> Result<T>) -> Result<T> {
    let named = || path.display().to_string();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(named)?;
    let part = NamedTempFile::new_in(folder).with_context(named)?;
    let file = part.reopen().with_context(named)?;
    let written = write(file).with_context(named)?;
    open_to_readers(part.path()).with_context(named)?;
    part.persist(path).with_context(named)?;
    Ok(written)
}

/// A temporary file is its owner's alone; a report is read by others as any file is.
fn open_to_readers(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let is_folder = path.is_dir();
        let mode = if is_folder { 0o755 } else { 0o644 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
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

/// What tells a folder of ours from any other, so that nothing else is ever replaced.
const MARK: &str = ".beian-report";

async fn html(
    store: &Store,
    filter: &Filter,
    pages: &Pages,
    sums: &Sums,
    folder: &Path,
) -> Result<()> {
    let part = begin_folder(folder)?;
    let domains = part.path().join("domains");
    std::fs::create_dir(&domains)?;
    let mut list: Vec<Page> = Vec::new();
    let mut taken = std::collections::HashMap::new();
    let mut group: Vec<Item> = Vec::new();
    let mut after = None;
    loop {
        const PART: usize = 1_000;
        let found = store.findings(filter, after.as_ref(), PART).await?;
        after = found.last().map(Seen::mark);
        let ended = found.len() < PART;
        for next in found.into_iter().map(Some).chain(ended.then_some(None)) {
            let next = next.map(item);
            let same = match (&next, group.last()) {
                (Some(next), Some(last)) => {
                    next.filing.domain == last.filing.domain
                        && next.filing.subject_key() == last.filing.subject_key()
                }
                (_, None) => true,
                (None, Some(_)) => false,
            };
            if !same {
                let done = std::mem::take(&mut group);
                list.extend(domain_page(store, pages, &done, &domains, &mut taken).await?);
            }
            group.extend(next);
        }
        if ended {
            break;
        }
    }
    Pages::sort(&mut list);
    let lists = Pages::lists(list.len());
    for number in 0..lists {
        std::fs::write(part.path().join(Pages::list_file(number)), pages.list(&list, number))?;
    }
    std::fs::write(part.path().join("index.html"), pages.index(sums, lists))?;
    end_folder(part, folder)
}

/// Writes the page of one domain, with its picture beside it where there is one.
async fn domain_page(
    store: &Store,
    pages: &Pages,
    items: &[Item],
    folder: &Path,
    taken: &mut std::collections::HashMap<String, u32>,
) -> Result<Option<Page>> {
    let Some(first) = items.first() else { return Ok(None) };
    let ascii = first.filing.domain.ascii();
    let times = taken.entry(ascii.to_owned()).or_default();
    *times += 1;
    let name = if *times == 1 { ascii.to_owned() } else { format!("{ascii}~{times}") };
    let mut notices: Vec<&str> = items.iter().map(|item| item.notice.as_str()).collect();
    notices.dedup();
    let mut history: Vec<Past> = Vec::new();
    for notice in notices {
        for past in store.history(notice).await? {
            if !history.contains(&past) {
                history.push(past);
            }
        }
    }
    let times: Vec<String> = history.iter().map(|past| runs::shown(&past.at)).collect();
    let steps: Vec<_> = history
        .iter()
        .zip(&times)
        .map(|(p, at)| (at.as_str(), &*p.code, &*p.change, &*p.actor, &*p.reason))
        .collect();
    let shot = items.iter().find(|item| !item.folder.is_empty()).and_then(|item| {
        let from = Path::new(&item.folder).join("evidence").join(format!("{ascii}.png"));
        let to = format!("{name}.png");
        // No picture was taken of most sites, and a later run may have replaced the folder.
        std::fs::copy(from, folder.join(&to)).ok().map(|_| to)
    });
    let html = pages.domain(items, &steps, shot.as_deref());
    let file = format!("domains/{name}.html");
    std::fs::write(folder.join(format!("{name}.html")), html)?;
    Ok(Page::of(items, file))
}

async fn letters(
    store: &Store,
    filter: &Filter,
    letter: &Letter,
    folder: &Path,
    today: Date,
    lang: Lang,
) -> Result<()> {
    let part = begin_folder(folder)?;
    let mut filter = filter.clone();
    // Questions are for a person to answer before an owner hears of them.
    let told = [Status::Drafted, Status::Sent, Status::Answered, Status::Overdue];
    filter.statuses = match filter.statuses.as_slice() {
        [] => told.to_vec(),
        some => some.iter().copied().filter(|status| told.contains(status)).collect(),
    };
    let (mut group, mut count) = (Vec::<Item>::new(), 0_u64);
    let mut write = |group: &[Item]| -> Result<()> {
        let Some(first) = group.first() else { return Ok(()) };
        count += 1;
        let path = part.path().join(letter_name(first));
        std::fs::write(path, letter.document(group, today)?)?;
        Ok(())
    };
    if !filter.statuses.is_empty() {
        each(store, &filter, |item| {
            if group.last().is_some_and(|l| l.filing.subject_key() != item.filing.subject_key()) {
                write(&std::mem::take(&mut group))?;
            }
            group.push(item.clone());
            Ok(())
        })
        .await?;
        write(&group)?;
    }
    end_folder(part, folder)?;
    terminal::remark(&match lang {
        Lang::Zh => format!("已写入 {count} 封整改通知书：{}", folder.display()),
        Lang::En => format!("{count} letters written: {}", folder.display()),
    });
    Ok(())
}

/// A file name of a subject's own: its name as far as file systems take it, and a part of its
/// key's digest, so that no two subjects share one.
pub(super) fn letter_name(item: &Item) -> String {
    let key = item.filing.subject_key();
    let name = item.filing.subject_name.as_deref().unwrap_or_else(|| item.filing.domain.unicode());
    let safe: String = report::terminal(name)
        .chars()
        .map(|c| if c.is_alphanumeric() || "-_.（）()".contains(c) { c } else { '_' })
        .take(40)
        .collect();
    let digest = Sha256::digest(key.as_bytes());
    let digest: String = digest.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{digest}.docx", safe.trim_start_matches('.'))
}

/// A folder beside the one that it will be.
fn begin_folder(folder: &Path) -> Result<TempDir> {
    let named = || folder.display().to_string();
    if folder.exists() && !folder.join(MARK).exists() {
        let mut inside = std::fs::read_dir(folder).with_context(named)?;
        if inside.next().is_some() {
            bail!(
                "{}: the folder holds something that is no report of ours, and is left alone; \
                 name a new one",
                named()
            );
        }
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).with_context(named)?;
    let part = tempfile::Builder::new().prefix(".beian-").tempdir_in(parent).with_context(named)?;
    std::fs::write(part.path().join(MARK), "").with_context(named)?;
    Ok(part)
}

/// Puts a folder in its place.
fn end_folder(part: TempDir, folder: &Path) -> Result<()> {
    let named = || folder.display().to_string();
    open_to_readers(part.path()).with_context(named)?;
    if folder.exists() {
        let old = tempfile::Builder::new()
            .prefix(".beian-")
            .tempdir_in(
                folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")),
            )
            .with_context(named)?;
        std::fs::rename(folder, old.path().join("old")).with_context(named)?;
    }
    std::fs::rename(part.keep(), folder).with_context(named)
}

/// What stands where, as gauges.
async fn gauges(store: &Store) -> Result<Vec<Gauges>> {
    let sums = store.sums(&Filter::default()).await?;
    let mut findings = Vec::new();
    for (status, levels) in &sums.by_status {
        for (level, count) in levels {
            let labels = vec![("status", status.clone()), ("level", level.clone())];
            findings.push((labels, *count as f64));
        }
    }
    let mut by_code = Vec::new();
    for (code, statuses) in &sums.by_code {
        let open = |status: &String| Status::named(status).is_some_and(Status::is_open);
        let count: u64 = statuses.iter().filter(|(s, _)| open(s)).map(|(_, count)| count).sum();
        by_code.push((vec![("code", code.clone())], count as f64));
    }
    let counts = store.message_count().await?;
    let messages = State::ALL.iter().map(|state| {
        let count = counts.get(state).copied().unwrap_or_default();
        (vec![("state", state.name().to_owned())], count as f64)
    });
    let run = store.runs(50).await?.into_iter().find(|run| run.ended.is_some());
    let ended: Option<Timestamp> = run.and_then(|run| run.ended?.parse().ok());
    let ended = ended.map(|at| (Vec::new(), at.as_second() as f64));
    Ok(vec![
        Gauges {
            name: "beian_findings",
            help: "Findings of the store by status and level.",
            samples: findings,
        },
        Gauges {
            name: "beian_open_findings",
            help: "Open findings of the store by rule.",
            samples: by_code,
        },
        Gauges {
            name: "beian_filings",
            help: "Filings of the store that are not gone.",
            samples: vec![(Vec::new(), store.filing_count().await? as f64)],
        },
        Gauges {
            name: "beian_messages",
            help: "Messages of the outbox by state.",
            samples: messages.collect(),
        },
        Gauges {
            name: "beian_last_run_timestamp_seconds",
            help: "When the last run ended.",
            samples: ended.into_iter().collect(),
        },
    ])
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
