use super::options::{Common, Format, ListArgs, StoreArgs};
use super::{Done, lists, memory, options, terminal, wiring};
use crate::filing::{Filing, Layout, Rejected};
use crate::notice::{Event, Status};
use crate::policy::Workdays;
use crate::report::{self, RejectedRows};
use crate::rules::Lang;
use crate::store::{Act, Filter, Imported, Store};
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use tokio::runtime::Handle;

/// Read a list and say what was understood, what was rejected and why; audit nothing
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  beian import filings.xlsx\n  beian import export.csv --map 站点=domain --encoding gb18030\n  beian import filings.csv -o out        also writes out/rejected.csv\n  beian import filings.csv --store beian.db --whole"
)]
pub(super) struct Args {
    /// The list: CSV, TSV, XLSX, JSONL or plain domains; `-` is standard input
    #[arg(value_name = "INPUT")]
    input: String,
    /// Write rejected.csv into this folder
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    store: StoreArgs,
    /// The list is all there is: filings of the store that it does not have are gone
    #[arg(long, help_heading = "Remembering")]
    whole: bool,
    /// Exit with 0 also where rows are rejected
    #[arg(long)]
    exit_zero: bool,
}

/// Rejected rows that are shown; all of them go to rejected.csv.
const SHOWN: usize = 20;

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let settings = options::store_settings(common, &args.store)?;
    let lang = wiring::lang(&settings);
    let runtime = super::runtime()?;
    let _inside = runtime.enter();
    let store = runtime.block_on(memory::maybe(&settings, true))?;
    if args.whole && args.list.limit.is_some() {
        bail!("--whole with --limit would take the rest of the list to be gone");
    }
    if args.whole && store.is_none() {
        bail!("--whole says what a store shall forget; name it by --store FILE|URL");
    }
    let mut shelf = store.map(Shelf::new);
    let opened = lists::open(std::slice::from_ref(&args.input), &args.list)?;
    let layout = opened.lists.first().map(|list| list.layout().clone());
    let layout = layout.context("no list was opened")?;
    let Counted { filings, rejected, shown } =
        count(opened, shelf.as_mut(), args.output.as_deref(), lang)?;
    if args.whole && rejected > 0 {
        terminal::remark(match lang {
            Lang::Zh => "有行未能读取，因此没有把名单之外的备案记为已注销；改正后再导入一次",
            Lang::En => {
                "some rows could not be read, so nothing was taken to be gone; mend them and import again"
            }
        });
    }
    let stored = shelf.map(|shelf| shelf.end(args.whole && rejected == 0)).transpose()?;
    match common.format {
        Format::Json => terminal::print_json(&json!({
            "layout": layout,
            "stored": stored,
            "rows": filings + rejected,
            "filings": filings,
            "rejected": rejected,
            "rejected_rows": shown.iter().map(|row| told(row, lang)).collect::<Vec<_>>(),
        }))?,
        Format::Human => {
            let mut said = describe(&layout, filings, rejected, &shown, lang);
            if let Some(stored) = &stored {
                said.push_str(&stored_told(stored, lang));
            }
            terminal::print(&said)?;
        }
    }
    Ok(if rejected > 0 && !args.exit_zero { 3 } else { 0 })
}

/// What a list holds.
#[derive(Default)]
struct Counted {
    filings: u64,
    rejected: u64,
    /// The first rows that were rejected.
    shown: Vec<Rejected>,
}

/// Goes through a list: its filings into the store, rejected rows into their file.
fn count(
    opened: lists::Lists,
    mut shelf: Option<&mut Shelf>,
    output: Option<&Path>,
    lang: Lang,
) -> Result<Counted> {
    let mut counted = Counted::default();
    let mut file = output.map(|folder| rejected_file(folder, lang)).transpose()?;
    for row in opened.rows() {
        match row {
            Ok(filing) => {
                counted.filings += 1;
                if let Some(shelf) = &mut shelf {
                    shelf.add(*filing)?;
                }
            }
            Err(row) => {
                counted.rejected += 1;
                if let Some(file) = &mut file {
                    file.add(&row).context("rejected.csv")?;
                }
                if counted.shown.len() < SHOWN {
                    counted.shown.push(*row);
                }
            }
        }
    }
    if let Some(file) = file {
        file.finish().and_then(|mut file| file.flush()).context("rejected.csv")?;
    }
    Ok(counted)
}

/// Filings on their way into the store.
struct Shelf {
    store: Store,
    at: Timestamp,
    part: Vec<Filing>,
    done: Imported,
}

impl Shelf {
    fn new(store: Store) -> Shelf {
        Shelf { store, at: Timestamp::now(), part: Vec::new(), done: Imported::default() }
    }

    fn add(&mut self, filing: Filing) -> Result<()> {
        const PART: usize = 2_000;
        self.part.push(filing);
        if self.part.len() >= PART { self.put() } else { Ok(()) }
    }

    fn put(&mut self) -> Result<()> {
        let more = Handle::current().block_on(self.store.import(self.at, &self.part))?;
        self.part.clear();
        self.done.added += more.added;
        self.done.changed += more.changed;
        self.done.same += more.same;
        Ok(())
    }

    fn end(mut self, whole: bool) -> Result<Imported> {
        self.put()?;
        if whole {
            let handle = Handle::current();
            self.done.gone = handle.block_on(self.store.gone_since(self.at))?;
            handle.block_on(self.close_gone())?;
        }
        Ok(self.done)
    }
}

impl Shelf {
    /// What was found of a filing that is no more is nobody's to mend.
    async fn close_gone(&self) -> Result<()> {
        let statuses = Status::ALL.into_iter().filter(|status| *status != Status::Closed).collect();
        let filter = Filter { gone: true, statuses, ..Filter::default() };
        let act = Act {
            event: Event::Closed,
            actor: "beian",
            reason: "名单中已无此备案 / the list no longer has the filing",
            at: self.at,
            day: report::china_day(self.at),
        };
        self.store.act(&filter, &act, &Workdays::default()).await?;
        Ok(())
    }
}

fn stored_told(stored: &Imported, lang: Lang) -> String {
    let Imported { added, changed, same, gone } = stored;
    match lang {
        Lang::Zh => format!("已存入：新增 {added}，变更 {changed}，未变 {same}，已注销 {gone}\n"),
        Lang::En => {
            format!("stored: {added} new, {changed} changed, {same} the same, {gone} gone\n")
        }
    }
}

fn rejected_file(folder: &Path, lang: Lang) -> Result<RejectedRows<BufWriter<File>>> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let path = folder.join("rejected.csv");
    let file = File::create(&path).with_context(|| path.display().to_string())?;
    RejectedRows::begin(BufWriter::new(file), lang).with_context(|| path.display().to_string())
}

/// A rejected row as JSON, its reason in one language.
fn told(row: &Rejected, lang: Lang) -> serde_json::Value {
    json!({
        "source": row.source,
        "line": row.line,
        "column": row.column,
        "value": row.value,
        "reason": reason_in(row, lang),
        "row": row.row,
    })
}

fn reason_in(row: &Rejected, lang: Lang) -> &str {
    match lang {
        Lang::Zh => &row.reason.zh,
        Lang::En => &row.reason.en,
    }
}

fn describe(
    layout: &Layout,
    filings: u64,
    rejected: u64,
    shown: &[Rejected],
    lang: Lang,
) -> String {
    let zh = lang == Lang::Zh;
    let pick = |a: &'static str, b: &'static str| if zh { a } else { b };
    let mut text = String::new();
    let mut facts = vec![(pick("格式", "layout"), format!("{:?}", layout.format).to_lowercase())];
    if let Some(encoding) = layout.encoding {
        facts.push((pick("编码", "encoding"), encoding.to_owned()));
    }
    if let Some(sheet) = &layout.sheet {
        facts.push((pick("工作表", "sheet"), sheet.clone()));
    }
    if let Some(line) = layout.heading_line {
        facts.push((pick("表头所在行", "headings in line"), line.to_string()));
    }
    for (name, value) in facts {
        text.push_str(&format!("{name}: {}\n", report::terminal(&value)));
    }
    let mut columns = terminal::Table::new([pick("列", "column"), pick("读作", "read as")]);
    for column in &layout.columns {
        let field = column.field.map_or(pick("(原样保留)", "(kept as it is)"), |f| f.name());
        columns.row([report::terminal(&column.heading), field.to_owned()]);
    }
    if !columns.is_empty() {
        text.push_str(&format!("\n{columns}\n"));
    }
    text.push_str(&if zh {
        format!("共 {} 行：{filings} 行可用，{rejected} 行未能读取\n", filings + rejected)
    } else {
        let counted = |number: u64, what: &str| {
            format!("{number} {what}{}", if number == 1 { "" } else { "s" })
        };
        let (rows, filings) = (counted(filings + rejected, "row"), counted(filings, "filing"));
        format!("{rows}: {filings}, {rejected} rejected\n")
    });
    for row in shown {
        let at = pick("第", "line ");
        let mark = pick("行", "");
        let colon = pick("：", ": ");
        let column = report::terminal(&row.column);
        let value = report::terminal(&row.value);
        let reason = report::terminal(reason_in(row, lang));
        text.push_str(&format!("  {at}{}{mark} {column} {value:?}{colon}{reason}\n", row.line));
    }
    let more = rejected.saturating_sub(shown.len() as u64);
    if more > 0 {
        text.push_str(&if zh {
            format!("  另有 {more} 行，用 -o DIR 写入 rejected.csv\n")
        } else {
            format!("  and {more} more; -o DIR writes them to rejected.csv\n")
        });
    }
    text
}
