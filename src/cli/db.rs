use super::options::{Common, Format, StoreArgs};
use super::{Done, memory, options, terminal, wiring};
use crate::rules::Lang;
use crate::store::Store;
use anyhow::{Context, Result};
use jiff::{Timestamp, ToSpan};
use serde_json::json;
use std::path::PathBuf;

/// Look after the store: migrate, check, back up, forget
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  beian db check --store beian.db\n  beian db backup copy.db --store beian.db\n  beian db prune --older-than 400 --store beian.db"
)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Bring the tables of the store to this program's version; make them where there are none
    Migrate,
    /// Look whether the store is whole, and count what it holds; ends with 1 where it is not
    Check,
    /// Copy the store into a new file, also while others work with it (SQLite)
    Backup {
        /// The new file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Forget what ended long ago: runs, closed findings, filings that are gone, sent messages
    Prune {
        /// Days that are kept
        #[arg(long, value_name = "DAYS")]
        older_than: u16,
    },
}

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let settings = options::store_settings(common, &args.store)?;
    let lang = wiring::lang(&settings);
    let pick = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let json = common.format == Format::Json;
    super::runtime()?.block_on(async {
        if matches!(args.what, What::Migrate) {
            let place = settings.store.place.as_str();
            anyhow::ensure!(!place.is_empty(), "no store is named: --store FILE|URL");
            let (was, now) = Store::migrate(place, Timestamp::now()).await?;
            if json {
                terminal::print_json(&json!({"was": was, "now": now}))?;
            } else {
                terminal::print(&format!("{}: {was} → {now}\n", pick("表结构版本", "version")))?;
            }
            return Ok(0);
        }
        let store = memory::open(&settings, false).await?;
        let done = match &args.what {
            What::Migrate => Ok(0),
            What::Check => check(&store, json, lang).await,
            What::Backup { file } => {
                store.backup(file).await?;
                terminal::remark(&format!("{}: {}", pick("已备份到", "copied to"), file.display()));
                Ok(0)
            }
            What::Prune { older_than } => {
                let days = i64::from(*older_than) * 24;
                let before = Timestamp::now().checked_sub(days.hours()).context("--older-than")?;
                let pruned = store.prune(before).await?;
                if json {
                    terminal::print_json(&pruned)?;
                } else {
                    let crate::store::Pruned { runs, findings, filings, messages } = pruned;
                    terminal::print(&match lang {
                        Lang::Zh => format!(
                            "已清理：检测 {runs} 次，已关闭的事项 {findings} 项，已注销的备案 {filings} 个，已发送的消息 {messages} 条\n"
                        ),
                        Lang::En => format!(
                            "forgotten: {runs} runs, {findings} closed findings, {filings} filings that are gone, {messages} messages\n"
                        ),
                    })?;
                }
                Ok(0)
            }
        };
        store.close().await;
        done
    })
}

async fn check(store: &Store, json: bool, lang: Lang) -> Result<u8> {
    let care = store.check().await?;
    if json {
        terminal::print_json(&care)?;
    } else {
        let mut table = terminal::Table::new(match lang {
            Lang::Zh => ["表", "行数"],
            Lang::En => ["table", "rows"],
        });
        for (name, rows) in &care.rows {
            table.row([(*name).to_owned(), rows.to_string()]);
        }
        let mut said = format!("{} {}\n{table}", care.kind, care.version);
        for fault in &care.faults {
            said.push_str(&format!("! {}\n", terminal::safe(fault)));
        }
        if care.faults.is_empty() {
            said.push_str(if lang == Lang::Zh { "完好\n" } else { "all is well\n" });
        }
        terminal::print(&said)?;
    }
    Ok(u8::from(!care.faults.is_empty()))
}
