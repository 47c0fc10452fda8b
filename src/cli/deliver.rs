use super::notices::item;
use super::options::{Common, Format, StoreArgs};
use super::settings::Settings;
use super::{Done, memory, options, report, run, runs, terminal, wiring};
use crate::notify::{Composer, Config, Look, Office, Planned, Roots, Sent};
use crate::policy::Policy;
use crate::report::{Letter, china_time};
use crate::rules::Lang;
use crate::store::{State, Store};
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use serde_json::json;
use std::path::Path;

/// Tell owners and staff what they were not told yet: mails, robots, webhooks
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    what: Option<What>,
    /// Say what would be sent, and to whom; send nothing and remember nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    store: StoreArgs,
}

const EXAMPLES: &str = "\
Examples:
  beian deliver test --config beian.toml                is every way open?
  beian deliver --dry-run --config beian.toml           what would be sent?
  beian deliver --config beian.toml                     send it; from cron, every few minutes
  beian deliver list --state dead --config beian.toml   what could not be sent, and why
  beian deliver retry --config beian.toml               try the dead ones again

Who is told what stands in the file that [notify] file names; see docs/delivery.md.";

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Try every route without telling anybody anything
    Test,
    /// List the messages of the outbox, the latest first
    List {
        /// Those in this state: waiting, sending, sent, dead, outdated
        #[arg(long, value_name = "STATE", value_parser = ["waiting", "sending", "sent", "dead", "outdated"])]
        state: Option<String>,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Have dead messages tried again
    Retry {
        /// Their names (default: all of them)
        #[arg(value_name = "MESSAGE")]
        messages: Vec<String>,
    },
}

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let settings = options::store_settings(common, &args.store)?;
    let lang = wiring::lang(&settings);
    super::runtime()?.block_on(async {
        let store = memory::open(&settings, false).await?;
        let done = match &args.what {
            Some(What::List { state, limit }) => {
                let state = state.as_deref();
                let state = State::ALL.into_iter().find(|known| Some(known.name()) == state);
                list(&store, state, *limit, common.format, lang).await
            }
            Some(What::Retry { messages }) => {
                let count = store.retry(messages, Timestamp::now()).await?;
                terminal::print(&match lang {
                    Lang::Zh => format!("{count} 条消息将重新发送\n"),
                    Lang::En => format!("{count} messages will be tried again\n"),
                })?;
                Ok(0)
            }
            Some(What::Test) => work(&store, &settings, common.format, true, false).await,
            None => work(&store, &settings, common.format, false, args.dry_run).await,
        };
        store.close().await;
        done
    })
}

/// The file that says who is told what.
pub(super) fn config(settings: &Settings) -> Result<Config> {
    let file = settings.notify.file.as_str();
    if file.is_empty() {
        bail!(
            "nobody is told anything: [notify] file in the settings names who is; see docs/delivery.md"
        );
    }
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{file}: cannot be read"))
        .with_context(|| settings.named("notify", "file"))?;
    let environment =
        |name: &str| super::environment().find(|(known, _)| known == name).map(|v| v.1);
    let folder = Path::new(file).parent().unwrap_or(Path::new("."));
    Ok(Config::read(&text, file, &Look { folder, environment: &environment })?)
}

async fn work(store: &Store, settings: &Settings, format: Format, test: bool, dry: bool) -> Done {
    let lang = wiring::lang(settings);
    let config = config(settings)?;
    let policy = wiring::policy(settings)?;
    // What an owner is told of his own site is his own.
    let letter = report::letter(settings, true)?;
    let office = office(store, &config, &policy, &letter, settings)?;
    if test {
        return tried(&office, format, lang).await;
    }
    let planned = office.plan(dry).await?;
    if dry {
        match format {
            Format::Json => terminal::print_json(&planned)?,
            Format::Human => terminal::print(&planned_told(&planned, lang))?,
        }
        return Ok(0);
    }
    let stop = run::stop_on_interrupt(lang, String::new());
    let sent = office.send(|| stop.is_cancelled()).await?;
    match format {
        Format::Json => terminal::print_json(&json!({"planned": planned, "sent": sent}))?,
        Format::Human => {
            terminal::print(&format!(
                "{}{}",
                planned_told(&planned, lang),
                sent_told(&sent, lang)
            ))?;
        }
    }
    if stop.is_cancelled() {
        return Ok(run::INTERRUPTED);
    }
    Ok(if sent.dead > 0 || sent.later > 0 { 3 } else { 0 })
}

/// The office of these settings.
pub(super) fn office<'a>(
    store: &'a Store,
    config: &'a Config,
    policy: &'a Policy,
    letter: &'a Letter,
    settings: &Settings,
) -> Result<Office<'a>> {
    Ok(Office {
        store,
        config,
        workdays: &policy.workdays,
        composer: Composer { letter, lang: wiring::lang(settings), name: report::letter_name },
        item,
        roots: roots(settings)?,
        clock: Timestamp::now,
    })
}

/// The authorities of the web, and those of the settings.
fn roots(settings: &Settings) -> Result<Roots> {
    let mut own = Vec::new();
    for file in &settings.http.ca_certs {
        for certificate in CertificateDer::pem_file_iter(file).with_context(|| file.clone())? {
            own.push(certificate.with_context(|| file.clone())?);
        }
    }
    Roots::with(own).map_err(anyhow::Error::msg)
}

async fn tried(office: &Office<'_>, format: Format, lang: Lang) -> Done {
    let tried = office.test().await;
    let failed = tried.iter().any(|(_, result)| result.is_err());
    match format {
        Format::Json => {
            let line = |(route, result): &(String, Result<(), String>)| json!({"route": route, "ok": result.is_ok(), "error": result.as_ref().err()});
            terminal::print_json(&tried.iter().map(line).collect::<Vec<_>>())?;
        }
        Format::Human => {
            let open = if lang == Lang::Zh { "正常" } else { "open" };
            for (route, result) in &tried {
                let said = result.as_ref().err().map_or(open.to_owned(), |e| terminal::safe(e));
                terminal::print(&format!("{}  {said}\n", terminal::safe(route)))?;
            }
        }
    }
    Ok(if failed { 3 } else { 0 })
}

fn planned_told(planned: &[Planned], lang: Lang) -> String {
    let mut said = String::new();
    for Planned { route, messages, findings, unaddressed } in planned {
        let route = terminal::safe(route);
        said.push_str(&match lang {
            Lang::Zh => format!("{route}：新增消息 {messages} 条，涉及 {findings} 项\n"),
            Lang::En => format!("{route}: {messages} new messages of {findings} findings\n"),
        });
        if *unaddressed > 0 {
            said.push_str(&match lang {
                Lang::Zh => {
                    format!("  ! {unaddressed} 项的备案没有可用的邮箱，请用其他方式通知后记为 beian notices send\n")
                }
                Lang::En => format!(
                    "  ! {unaddressed} findings are of filings without an address; tell their owners otherwise, then say so with `beian notices send`\n"
                ),
            });
        }
    }
    said
}

fn sent_told(sent: &Sent, lang: Lang) -> String {
    let Sent { sent: count, later, dead, outdated, quiet_until, errors } = sent;
    let mut said = match lang {
        Lang::Zh => format!(
            "已发送 {count} 条，稍后重试 {later} 条，发送失败 {dead} 条，已无需发送 {outdated} 条\n"
        ),
        Lang::En => {
            format!(
                "{count} sent, {later} to be tried again, {dead} dead, {outdated} no longer so\n"
            )
        }
    };
    if let Some(until) = quiet_until {
        let until = china_time(*until);
        said.push_str(&match lang {
            Lang::Zh => format!("现在是免打扰时段，其余消息在 {until} 之后发送\n"),
            Lang::En => format!("quiet hours: the others wait until {until}\n"),
        });
    }
    for error in errors {
        said.push_str(&format!("! {}\n", terminal::safe(error)));
    }
    said
}

async fn list(
    store: &Store,
    state: Option<State>,
    limit: usize,
    format: Format,
    lang: Lang,
) -> Done {
    let messages = store.messages(state, limit).await?;
    if format == Format::Json {
        let shown = |message: &crate::store::Message| {
            let mut value = serde_json::to_value(message)?;
            if let Some(object) = value.as_object_mut() {
                object.insert("recipient".to_owned(), message.shown_recipient().into());
            }
            Ok(value)
        };
        let shown: Vec<serde_json::Value> = messages.iter().map(shown).collect::<Result<_>>()?;
        terminal::print_json(&shown)?;
        return Ok(0);
    }
    let mut table = terminal::Table::new(match lang {
        Lang::Zh => ["消息", "状态", "路由", "收件人", "写于", "次数", "原因"],
        Lang::En => ["message", "state", "route", "to", "written", "tries", "why"],
    });
    for message in &messages {
        table.row([
            message.id.clone(),
            message.state.name().to_owned(),
            terminal::safe(&message.route),
            terminal::safe(&message.shown_recipient()),
            runs::shown(&message.created),
            message.attempts.to_string(),
            terminal::safe(&message.error),
        ]);
    }
    terminal::print(&table.to_string())?;
    Ok(0)
}
