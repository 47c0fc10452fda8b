use super::options::{Common, Format, StoreArgs};
use super::settings::Settings;
use super::{Done, memory, options, runs, terminal, wiring};
use crate::filing::Domain;
use crate::notice::{Change, Event, Refused, Status};
use crate::policy::Level;
use crate::record::Province;
use crate::report::{self, Item, ItemRows};
use crate::rules::Lang;
use crate::store::{Act, Acted, Filter, Past, Seen, Store};
use anyhow::{Context, Result, bail};
use clap::{Args as ClapArgs, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

/// Work with the notices of the store: list, show, send, answer, extend, waive, close
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    store: StoreArgs,
}

const EXAMPLES: &str = "\
Examples:
  beian notices list --store beian.db --status overdue
  beian notices list --store beian.db --province 广东 --csv > guangdong.csv
  beian notices show BA-20261122-7K3MQ2XD --store beian.db
  beian notices send BA-20261122-7K3MQ2XD --store beian.db --reason 'by telephone'
  beian notices extend BA-20261122-7K3MQ2XD --workdays 5 --reason 'moving hosts' --store beian.db
  beian notices waive BA-20261122-7K3MQ2XD --code TTL002 --until 2027-06-30 --reason '…' --store beian.db";

#[derive(Debug, clap::Subcommand)]
enum What {
    /// List findings: those that are open, where nothing else is asked for
    List {
        #[command(flatten)]
        filter: FilterArgs,
        /// Print CSV with the columns of notices.csv
        #[arg(long)]
        csv: bool,
        /// Let persons in charge and how to reach them stand in clear
        #[arg(long)]
        contacts: bool,
    },
    /// Show one notice: its findings and what happened to them
    Show {
        /// The notice's number
        #[arg(value_name = "NOTICE")]
        notice: String,
    },
    /// Say that the owner has been told: the time to mend begins
    Send(ActArgs),
    /// Say that the owner calls it mended: to be looked at again
    Answer(ActArgs),
    /// Give the owner more time, once
    Extend {
        #[command(flatten)]
        act: ActArgs,
        /// Working days more
        #[arg(long, value_name = "N")]
        workdays: u16,
    },
    /// Say that it shall not be pursued
    Waive {
        #[command(flatten)]
        act: ActArgs,
        /// The last day of the waiver (default: it does not end)
        #[arg(long, value_name = "DATE")]
        until: Option<Date>,
    },
    /// Close it by hand
    Close(ActArgs),
}

/// Which findings something is done to, by whom and why.
#[derive(Debug, ClapArgs)]
struct ActArgs {
    /// The numbers of the notices
    #[arg(required = true, value_name = "NOTICE")]
    notices: Vec<String>,
    /// Only the findings of these rules
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    code: Vec<String>,
    /// Why; stands in the history
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Who does it (default: the name of your account)
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Which findings are wanted.
#[derive(Debug, Default, ClapArgs)]
pub(super) struct FilterArgs {
    /// By where they stand: found, drafted, sent, answered, overdue, waived, closed, or all
    #[arg(long, value_name = "STATUS", value_delimiter = ',', help_heading = "Which")]
    pub status: Vec<String>,
    /// By level
    #[arg(long, value_enum, value_delimiter = ',', value_name = "LEVEL", help_heading = "Which")]
    pub level: Vec<LevelArg>,
    /// By rule or family
    #[arg(long, value_name = "CODES", value_delimiter = ',', help_heading = "Which")]
    pub code: Vec<String>,
    /// By domain
    #[arg(long, value_name = "DOMAIN", value_delimiter = ',', help_heading = "Which")]
    pub domain: Vec<String>,
    /// By the subject's name or number
    #[arg(long, value_name = "SUBJECT", help_heading = "Which")]
    pub subject: Vec<String>,
    /// By issuing province
    #[arg(long, value_name = "PROVINCE", value_delimiter = ',', help_heading = "Which")]
    pub province: Vec<String>,
    /// By access provider, as filed
    #[arg(long, value_name = "PROVIDER", value_delimiter = ',', help_heading = "Which")]
    pub provider: Vec<String>,
    /// By the site's person in charge, as filed
    #[arg(long, value_name = "OWNER", help_heading = "Which")]
    pub owner: Vec<String>,
    /// Those whose deadline is this day or before
    #[arg(long, value_name = "DATE", help_heading = "Which")]
    pub due_by: Option<Date>,
    /// Those that something happened to from this day on
    #[arg(long, value_name = "DATE", help_heading = "Which")]
    pub since: Option<Date>,
    /// Those that something happened to up to this day
    #[arg(long, value_name = "DATE", help_heading = "Which")]
    pub until: Option<Date>,
}

/// A level.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum LevelArg {
    /// Must be mended
    Violation,
    /// Should be mended
    Warning,
    /// A person has to look
    Review,
}

impl FilterArgs {
    /// The filter; `open` alone where no status is asked for and `open_only` says so.
    pub(super) fn filter(&self, open_only: bool) -> Result<Filter> {
        let mut statuses = Vec::new();
        for name in &self.status {
            if name == "all" {
                statuses = Vec::new();
                break;
            }
            let names = || Status::ALL.map(Status::name).join(", ");
            let status = Status::named(name)
                .with_context(|| format!("--status {name}: there are {}, all", names()))?;
            statuses.push(status);
        }
        if self.status.is_empty() && open_only {
            statuses = Status::ALL.into_iter().filter(|status| status.is_open()).collect();
        }
        let domain = |text: &String| {
            let read = Domain::parse(text).map_err(|error| anyhow::anyhow!("{error:?}"));
            let domain = read.with_context(|| format!("--domain {text:?} is no domain"))?;
            Ok(domain.ascii().to_owned())
        };
        let level = |level: &LevelArg| match level {
            LevelArg::Violation => Level::Violation,
            LevelArg::Warning => Level::Warning,
            LevelArg::Review => Level::Review,
        };
        Ok(Filter {
            statuses,
            levels: self.level.iter().map(level).collect(),
            codes: self.code.clone(),
            domains: self.domain.iter().map(domain).collect::<Result<_>>()?,
            subjects: self.subject.clone(),
            provinces: self.province.iter().map(|name| province(name)).collect::<Result<_>>()?,
            providers: self.provider.clone(),
            owners: self.owner.clone(),
            due_by: self.due_by,
            since: self.since,
            until: self.until,
            ..Filter::default()
        })
    }
}

/// A province's Chinese name, as the store has it, from either name.
pub(super) fn province(name: &str) -> Result<String> {
    let province = Province::from_name(name).with_context(|| format!("{name:?} is no province"))?;
    Ok(province.name().to_owned())
}

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let settings = options::store_settings(common, &args.store)?;
    let lang = wiring::lang(&settings);
    super::runtime()?.block_on(async {
        let store = memory::open(&settings, false).await?;
        let done = work(&store, &settings, common.format, args, lang).await;
        store.close().await;
        done
    })
}

async fn work(store: &Store, settings: &Settings, format: Format, args: &Args, lang: Lang) -> Done {
    let (event, act) = match &args.what {
        What::List { filter, csv, contacts } => {
            let rows = ItemRows { lang, contacts: *contacts };
            return list(store, &filter.filter(true)?, rows, format, *csv).await;
        }
        What::Show { notice } => return show(store, notice, format, lang).await,
        What::Send(act) => (Event::Sent { days: 0 }, act),
        What::Answer(act) => (Event::Answered, act),
        What::Extend { act, workdays } => {
            let at_most = settings.notices.extension;
            (Event::Extended { workdays: *workdays, at_most }, act)
        }
        What::Waive { act, until } => (Event::Waived { until: *until }, act),
        What::Close(act) => (Event::Closed, act),
    };
    if matches!(event, Event::Waived { .. } | Event::Closed) && act.reason.is_none() {
        bail!("--reason is needed: somebody will ask why this was not pursued");
    }
    let now = Timestamp::now();
    let filter =
        Filter { notices: act.notices.clone(), codes: act.code.clone(), ..Filter::default() };
    let actor = memory::actor(act.by.as_deref());
    let reason = act.reason.as_deref().unwrap_or_default();
    let act = Act { event, actor: &actor, reason, at: now, day: report::china_day(now) };
    let policy = wiring::policy(settings)?;
    let mut acted = store.act(&filter, &act, &policy.workdays).await?;
    for notice in &filter.notices {
        if !acted.iter().any(|acted| acted.notice == *notice) {
            bail!("there is no finding of notice {notice}; `beian notices list` shows them");
        }
    }
    // Of a notice as a whole, what is done with stays as it is without a word.
    let whole = filter.codes.is_empty();
    let done = |acted: &Acted| acted.result.is_ok();
    if whole && acted.iter().any(done) {
        acted.retain(|acted| {
            let ended = [Status::Closed, Status::Waived];
            !matches!(&acted.result, Err(Refused::Unfit(status, _)) if ended.contains(status))
        });
    }
    if !policy.workdays.knows(act.day) {
        terminal::remark(match lang {
            Lang::Zh => {
                "今年的节假日安排不在工作日表中，只按周末计算；可在策略文件中补充 [[workdays]]"
            }
            Lang::En => {
                "the holidays of this year are not known, so that only weekends are off; \
                 add [[workdays]] to your policy file"
            }
        });
    }
    say(&acted, format, lang)
}

fn say(acted: &[Acted], format: Format, lang: Lang) -> Done {
    let refused = acted.iter().any(|acted| acted.result.is_err());
    if format == Format::Json {
        let line = |acted: &Acted| {
            let Acted { notice, domain, code, result } = acted;
            match result {
                Ok((change, status, deadline)) => json!({
                    "notice_id": notice, "domain": domain, "code": code,
                    "change": change.map(Change::name), "status": status.name(),
                    "deadline": deadline,
                }),
                Err(why) => json!({
                    "notice_id": notice, "domain": domain, "code": code,
                    "refused": why.to_string(),
                }),
            }
        };
        terminal::print_json(&acted.iter().map(line).collect::<Vec<_>>())?;
    } else {
        let mut table = terminal::Table::new(["", "", "", ""]);
        for acted in acted {
            let said = match &acted.result {
                Ok((_, status, deadline)) => format!("{} {deadline}", status.word(lang)),
                Err(why) => refusal(why, lang),
            };
            let domain = terminal::safe(&acted.domain);
            table.row([acted.notice.clone(), domain, acted.code.clone(), said]);
        }
        terminal::print(table.to_string().trim_start())?;
    }
    Ok(if refused { 2 } else { 0 })
}

fn refusal(why: &Refused, lang: Lang) -> String {
    match (lang, why) {
        (Lang::En, why) => format!("refused: {why}"),
        (Lang::Zh, Refused::Nothing) => "未执行：没有这一项".to_owned(),
        (Lang::Zh, Refused::Unfit(status, _)) => {
            format!("未执行：当前状态为{}", status.word(lang))
        }
        (Lang::Zh, Refused::ExtendedBefore) => "未执行：已延期过一次".to_owned(),
        (Lang::Zh, Refused::TooLong(most)) => format!("未执行：延期须为 1 至 {most} 个工作日"),
        (Lang::Zh, Refused::PastWaiver(day)) => format!("未执行：豁免到期日 {day} 已过"),
    }
}

/// What the store has of a finding, as reports show it.
pub(super) fn item(seen: Seen) -> Item {
    Item {
        notice: seen.notice,
        status: seen.life.status,
        sent: seen.life.sent,
        reopened: seen.life.reopened,
        folder: seen.folder,
        finding: seen.finding,
        filing: seen.filing,
    }
}

async fn list(store: &Store, filter: &Filter, rows: ItemRows, format: Format, csv: bool) -> Done {
    const PART: usize = 1_000;
    if csv {
        terminal::print(&String::from_utf8(rows.csv_head()?)?)?;
    }
    let human = format == Format::Human && !csv;
    let heads = ["status", "level", "deadline", "notice_id", "code", "domain"];
    let mut table = terminal::Table::new(heads.map(|name| rows.heading(name)));
    let (mut after, mut count) = (None, 0_u64);
    loop {
        let part = store.findings(filter, after.as_ref(), PART).await?;
        after = part.last().map(Seen::mark);
        let ended = part.len() < PART;
        let mut said = String::new();
        for seen in part {
            count += 1;
            let item = item(seen);
            if csv {
                said.push_str(&String::from_utf8(rows.csv(&item)?)?);
            } else if human {
                let mut cells = heads.map(|name| terminal::safe(&rows.cell(name, &item)));
                if let Some(level) = cells.get_mut(1) {
                    *level = terminal::level(item.finding.level, rows.lang);
                }
                table.row(cells);
            } else {
                said.push_str(&rows.json(&item));
                said.push('\n');
            }
        }
        terminal::print(&said)?;
        if ended {
            break;
        }
    }
    if human {
        terminal::print(&match rows.lang {
            Lang::Zh => format!("{table}共 {count} 项\n"),
            Lang::En => format!("{table}{count} in all\n"),
        })?;
    }
    Ok(0)
}

async fn show(store: &Store, notice: &str, format: Format, lang: Lang) -> Done {
    let filter = Filter { notices: vec![notice.to_owned()], ..Filter::default() };
    let items: Vec<Item> = store.all_findings(&filter).await?.into_iter().map(item).collect();
    let Some(first) = items.first() else {
        bail!("there is no notice {notice}; `beian notices list` shows those there are");
    };
    let history = store.history(notice).await?;
    let rows = ItemRows { lang, contacts: false };
    if format == Format::Json {
        let findings: Vec<serde_json::Value> = items
            .iter()
            .map(|item| serde_json::from_str(&rows.json(item)))
            .collect::<Result<_, _>>()?;
        terminal::print_json(&json!({"findings": findings, "history": history}))?;
        return Ok(0);
    }
    let mut said = String::new();
    for name in ["notice_id", "domain", "subject_name", "service_name", "record_number", "provider"]
    {
        let value = rows.cell(name, first);
        if !value.is_empty() {
            said.push_str(&format!("{}  {}\n", rows.heading(name), terminal::safe(&value)));
        }
    }
    for item in &items {
        let level = terminal::level(item.finding.level, lang);
        let problem = terminal::safe(&rows.cell("problem", item));
        let status = item.status.word(lang);
        let deadline = item.finding.deadline;
        said.push_str(&format!(
            "\n{} {level} {status} {deadline}\n  {problem}\n",
            item.finding.code
        ));
        for name in ["expected", "found", "url", "remedy"] {
            let value = rows.cell(name, item);
            if !value.is_empty() {
                said.push_str(&format!("  {}  {}\n", rows.heading(name), terminal::safe(&value)));
            }
        }
    }
    said.push('\n');
    said.push_str(&past(&history, lang));
    terminal::print(&said)?;
    Ok(0)
}

fn past(history: &[Past], lang: Lang) -> String {
    let mut table = terminal::Table::new(match lang {
        Lang::Zh => ["时间", "规则", "经过", "经手", "说明"],
        Lang::En => ["at", "code", "what", "who", "why"],
    });
    for past in history {
        table.row([
            runs::shown(&past.at),
            past.code.clone(),
            Change::word(&past.change, lang).to_owned(),
            terminal::safe(&past.actor),
            terminal::safe(&past.reason),
        ]);
    }
    table.to_string()
}
