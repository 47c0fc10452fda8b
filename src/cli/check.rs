use super::options::{Common, FolderArgs, Format, JudgeArgs, LookArgs, StoreArgs};
use super::run::{self, Parts};
use super::{Done, memory, options, seen, terminal, wiring};
use crate::evidence::Evidence;
use crate::filing::{Domain, Filing};
use crate::pipeline::Summary;
use crate::policy::{Level, Policy};
use crate::report;
use crate::rules::{self, Lang};
use crate::store::{Pick, Store, StoreError};
use anyhow::{Context, Result, anyhow};
use console::style;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Audit domains given on the command line and show the evidence
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Domains, hosts or URLs
    #[arg(required = true, value_name = "DOMAIN")]
    domains: Vec<String>,
    /// Keep the files here (default: nothing is kept)
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    folder: FolderArgs,
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    judge: JudgeArgs,
}

const EXAMPLES: &str = "\
Examples:
  beian check site.example
  beian check site.example 例子.example --lang en
  beian check site.example --only ICP,LNK --format json
  beian check site.example --registration
  beian check site.example --store beian.db      compare with its filing in the store

A bare domain has no filing to compare with: rules that need one say so. To compare,
name a store that knows its filing, or audit a list: beian audit filings.csv.
The store is only read; what an audit finds is what it remembers.";

/// Somebody waits: the second look at a failed site comes sooner than in a long run.
const SECOND_LOOK_AFTER: Duration = Duration::from_secs(3);

/// A line of `audits.jsonl`.
#[derive(Deserialize)]
struct AuditLine {
    row: u64,
    domain: Domain,
    verdicts: Vec<VerdictLine>,
    evidence: Evidence,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct VerdictLine {
    code: String,
    verdict: String,
    level: Option<Level>,
    host: String,
    expected: String,
    found: String,
    #[serde(rename = "where")]
    place: String,
    reason: String,
    by: String,
}

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let look = Some((&args.look, &args.folder));
    let settings = options::settings(common, look, Some(&args.judge), Some(&args.store))?;
    let parts = Parts::new(settings)?;
    let domains: Vec<Domain> = args.domains.iter().map(domain).collect::<Result<_>>()?;
    let runtime = super::runtime()?;
    let _inside = runtime.enter();
    let store = match runtime.block_on(memory::maybe(&parts.settings, false)) {
        // The settings name a store that nothing was remembered in yet.
        Err(error) if args.store.place.is_none() && is_missing(&error) => None,
        store => store?,
    };
    let filings = runtime.block_on(filings(domains, store.as_ref()))?;
    let against = store.map(|_| filings.iter().map(|(f, known)| against(f, *known, parts.lang)));
    let against: Vec<String> = against.into_iter().flatten().collect();
    let rows = filings.into_iter().map(|(filing, _)| Ok(Box::new(filing)));
    let digest = Sha256::new_with_prefix(args.domains.join("\n"));
    let scratch = tempfile::tempdir().context("a temporary folder")?;
    let output = args.output.clone().unwrap_or_else(|| scratch.path().join("check"));
    let mut plan = parts.plan(output, args.judge.at, args.folder.unfinished(), digest)?;
    plan.second_look_after = plan.second_look_after.min(SECOND_LOOK_AFTER);
    run::warn_of_age(&parts, plan.at)?;
    let probe = wiring::probe(&parts.settings, &parts.policy)?;
    let stop = run::stop_on_interrupt(plan.lang, run::farewell(&plan.output, plan.lang));
    let end = runtime.block_on(run::audit(rows, probe, &plan, stop))?;
    let Some(summary) = end else {
        return Ok(match args.output {
            Some(_) => run::say_interrupted(&plan),
            None => run::INTERRUPTED,
        });
    };
    say(common.format, &plan.output.join("audits.jsonl"), &parts, &summary, &against)?;
    Ok(run::exit_code(&summary, &args.judge))
}

fn is_missing(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(StoreError::Missing(_)))
}

fn domain(text: &String) -> Result<Domain> {
    Domain::parse(text).map_err(|error| anyhow!("{text:?}: {error}"))
}

/// What the domains are compared with: their filings in the store, or nothing but their names;
/// and whether the store knows them.
async fn filings(domains: Vec<Domain>, store: Option<&Store>) -> Result<Vec<(Filing, bool)>> {
    let mut filings = Vec::new();
    for domain in domains {
        let of = match store {
            Some(store) => filed(store, &domain).await?,
            None => Vec::new(),
        };
        match of.is_empty() {
            true => filings.push((Filing::of_domain(0, domain), false)),
            false => filings.extend(of.into_iter().map(|filing| (filing, true))),
        }
    }
    for (line, (filing, _)) in (1..).zip(&mut filings) {
        filing.line = line;
    }
    Ok(filings)
}

/// The filings of a domain; of a host `www`, where it has none, those of the domain it stands for.
async fn filed(store: &Store, domain: &Domain) -> Result<Vec<Filing>> {
    // More than one is somebody's mistake, a hundred a joke.
    const MOST: usize = 100;
    let name = domain.ascii();
    for name in [Some(name), name.strip_prefix("www.")].into_iter().flatten() {
        let found = store.filings(&Pick::Domain(name.to_owned()), None, MOST).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// What a filing of the store is called, without naming a person.
fn against(filing: &Filing, known: bool, lang: Lang) -> String {
    let numbers = [&filing.record_number, &filing.subject_number, &filing.licence];
    let number = numbers.into_iter().flatten().next().map(|number| number.shown());
    match (number, lang) {
        _ if !known && lang == Lang::Zh => "备案数据库中没有该域名，仅检查网站本身".to_owned(),
        _ if !known => "the store has no filing of this domain: nothing to compare with".to_owned(),
        (Some(number), Lang::Zh) => format!("对照备案：{number}"),
        (Some(number), Lang::En) => format!("compared with the filing {number}"),
        (None, Lang::Zh) => "对照备案数据库中的记录（无备案号）".to_owned(),
        (None, Lang::En) => "compared with its filing in the store, which has no number".to_owned(),
    }
}

fn say(
    format: Format,
    audits: &Path,
    parts: &Parts,
    summary: &Summary,
    against: &[String],
) -> Result<()> {
    let text = std::fs::read_to_string(audits).context("the results cannot be read back")?;
    if format == Format::Json {
        let audits: Vec<Value> =
            text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        return terminal::print_json(&serde_json::json!({"audits": audits, "summary": summary}));
    }
    let mut out = String::new();
    for line in text.lines() {
        let audit: AuditLine = serde_json::from_str(line).context("the results")?;
        let index = usize::try_from(audit.row).unwrap_or_default().wrapping_sub(1);
        let against = against.get(index).map(String::as_str);
        describe(&mut out, &audit, against, parts.lang, &parts.policy)?;
    }
    terminal::print(&out)
}

fn describe(
    out: &mut String,
    audit: &AuditLine,
    against: Option<&str>,
    lang: Lang,
    policy: &Policy,
) -> Result<()> {
    writeln!(out, "{}", style(&audit.domain).bold())?;
    if let Some(against) = against {
        writeln!(out, "  {}", terminal::safe(against))?;
    }
    for line in seen::lines(&audit.evidence, lang, policy) {
        writeln!(out, "  {}", terminal::safe(&line))?;
    }
    for kind in ["fail", "review", "pass"] {
        for verdict in audit.verdicts.iter().filter(|verdict| verdict.verdict == kind) {
            verdict_lines(out, verdict, lang)?;
        }
    }
    for (reason, codes) in silent(&audit.verdicts, lang) {
        let colon = if lang == Lang::Zh { "：" } else { ": " };
        let line = format!("– {}{colon}{}", terminal::safe(&reason), codes.join(" "));
        writeln!(out, "  {}", style(line).dim())?;
    }
    writeln!(out)?;
    Ok(())
}

/// The rules that did not judge, by the reason why.
fn silent(verdicts: &[VerdictLine], lang: Lang) -> BTreeMap<String, Vec<&str>> {
    let mut silent: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for verdict in verdicts.iter().filter(|verdict| verdict.verdict == "na") {
        let reason = match (verdict.reason.as_str(), lang) {
            ("yields", Lang::Zh) => format!("已由 {} 说明", verdict.by),
            ("yields", Lang::En) => format!("said already by {}", verdict.by),
            (reason, _) => why(reason, lang).map_or(verdict.found.clone(), str::to_owned),
        };
        silent.entry(reason).or_default().push(&verdict.code);
    }
    silent
}

/// Why a rule did not judge, for people; `None` where it says so itself.
fn why(reason: &str, lang: Lang) -> Option<&'static str> {
    let (zh, en) = match reason {
        "missing-field" => ("没有可对照的备案信息", "no filed data to compare with"),
        "unseen" => ("没有看到相关内容", "nothing of it was seen"),
        "grace" => ("备案通过不久，暂不检查", "too soon after approval"),
        "status" => ("不适用于该备案的状态或类型", "not for a filing of this status or kind"),
        "off" => ("规则已关闭", "switched off"),
        "waived" => ("已豁免", "waived"),
        _ => return None,
    };
    Some(if lang == Lang::Zh { zh } else { en })
}

fn verdict_lines(out: &mut String, verdict: &VerdictLine, lang: Lang) -> Result<()> {
    let found = terminal::safe(&verdict.found);
    let code = &verdict.code;
    if verdict.verdict == "pass" {
        writeln!(out, "  {} {code}  {}", style("✓").green(), style(found).dim())?;
        return Ok(());
    }
    let fails = verdict.verdict == "fail";
    let mark = if fails { style("✗").red() } else { style("?").cyan() };
    let level = terminal::level(verdict.level.unwrap_or(Level::Review), lang);
    let problem = rules::find(code).map_or("", |rule| rule.texts.of(lang).problem);
    writeln!(out, "  {mark} {code}  {level}  {}", report::terminal(problem))?;
    let names = match lang {
        Lang::Zh => ["应为", "实际", "位置", "主机"],
        Lang::En => ["expected", "found", "where", "host"],
    };
    let values = [&verdict.expected, &verdict.found, &verdict.place, &verdict.host];
    for (name, value) in names.iter().zip(values).filter(|(_, value)| !value.is_empty()) {
        writeln!(
            out,
            "      {name}{} {}",
            if lang == Lang::Zh { "：" } else { ":" },
            terminal::safe(value)
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Field, Na, Text};

    #[test]
    fn every_reason_has_words() {
        let field = Na::MissingField(Field::SubjectName);
        for reason in [field, Na::Unseen, Na::Grace, Na::Status, Na::Off, Na::Waived] {
            assert!(why(reason.name(), Lang::Zh).is_some(), "{reason:?}");
        }
        assert!(why(Na::Other(Text::default()).name(), Lang::Zh).is_none());
    }
}
