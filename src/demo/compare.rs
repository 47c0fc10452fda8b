//! What was found against what was planted.

use super::DemoError;
use super::site::{Eyes, Site};
use crate::policy::Level;
use crate::rules::{self, Lang};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};
use url::quirks::domain_to_unicode;

/// Columns for the codes of a site; more of them run on.
const CODES_WIDE: usize = 24;

/// A finding of one domain: planted or found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The domain, punycode.
    pub domain: String,
    /// The rule's code.
    pub code: String,
    /// The level.
    pub level: Level,
    /// The hosts concerned; of a planted one, empty means that any will do.
    pub hosts: BTreeSet<String>,
}

/// A row of the list that was rejected, or should be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RejectedRow {
    /// The row's line in the list.
    pub line: u64,
    /// The column that could not be read: its heading.
    pub column: String,
}

/// What differs between found and planted.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    sites: Vec<Line>,
    /// Planted and not found.
    pub missing: Vec<Finding>,
    /// Found and not planted.
    pub unexpected: Vec<Finding>,
    /// Rows that should have been rejected and were not.
    pub not_rejected: Vec<RejectedRow>,
    /// Rows that were rejected and should not have been.
    pub wrongly_rejected: Vec<RejectedRow>,
}

/// One site in the printed table.
#[derive(Clone, Debug)]
struct Line {
    domain: String,
    zh: String,
    en: String,
    planted: BTreeSet<(String, Level)>,
    found: BTreeSet<(String, Level)>,
}

/// A line of `audits.jsonl`, as far as it matters here.
#[derive(Deserialize)]
struct AuditLine {
    domain: String,
    verdicts: Vec<VerdictLine>,
}

#[derive(Deserialize)]
struct VerdictLine {
    code: String,
    verdict: String,
    #[serde(default)]
    level: Option<Level>,
    #[serde(default)]
    host: Option<String>,
}

/// Compares what a run over the world's list wrote (`audits.jsonl`, `rejected.csv`) with
/// what is planted in its sites for a run through these eyes.
pub fn compare(
    sites: &[Site],
    eyes: Eyes,
    audits: &str,
    rejected: &str,
) -> Result<Comparison, DemoError> {
    let planted = planted(sites, eyes)?;
    let found = found(audits)?;
    let mut comparison =
        Comparison { sites: lines(sites, &planted, &found), ..Comparison::default() };
    let answers = |planted: &Finding, found: &Finding| {
        (&planted.domain, &planted.code, planted.level) == (&found.domain, &found.code, found.level)
            && (planted.hosts.is_empty() || planted.hosts == found.hosts)
    };
    comparison.missing =
        planted.iter().filter(|p| !found.iter().any(|f| answers(p, f))).cloned().collect();
    comparison.unexpected =
        found.iter().filter(|f| !planted.iter().any(|p| answers(p, f))).cloned().collect();
    let wanted = wanted_rejections(sites);
    let seen = rejections(rejected)?;
    comparison.not_rejected = wanted.difference(&seen).cloned().collect();
    comparison.wrongly_rejected = seen.difference(&wanted).cloned().collect();
    Ok(comparison)
}

impl Comparison {
    /// Whether everything planted was found, and nothing else.
    pub fn is_equal(&self) -> bool {
        self.missing.is_empty()
            && self.unexpected.is_empty()
            && self.not_rejected.is_empty()
            && self.wrongly_rejected.is_empty()
    }

    /// The table that `beian demo` prints: a line a site, then what differs. `width` is the
    /// columns that a text takes on a terminal.
    pub fn table(&self, lang: Lang, width: fn(&str) -> usize) -> String {
        let mut text = String::new();
        let wide = |cells: &mut dyn Iterator<Item = &str>| cells.map(width).max();
        let found: Vec<String> = self.sites.iter().map(|site| codes(&site.found, lang)).collect();
        let domains: Vec<String> =
            self.sites.iter().map(|site| domain_to_unicode(&site.domain)).collect();
        let widest = wide(&mut domains.iter().map(String::as_str)).unwrap_or(0);
        // A site with many plants must not push the rest off the screen.
        let codes_wide = wide(&mut found.iter().map(String::as_str)).unwrap_or(0).min(CODES_WIDE);
        let padded = |text: &str, columns: usize| {
            format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
        };
        for ((site, domain), codes) in self.sites.iter().zip(&domains).zip(&found) {
            let mark = if site.planted == site.found { "✓" } else { "✗" };
            let what = match lang {
                Lang::Zh => &site.zh,
                Lang::En => &site.en,
            };
            let domain = padded(domain, widest);
            let codes = padded(codes, codes_wide);
            let _ = writeln!(text, "{mark} {domain}  {codes}  {what}");
        }
        let parts: [(&str, &str, &[Finding]); 2] = [
            ("植入而未发现", "planted, not found", &self.missing),
            ("发现而未植入", "found, not planted", &self.unexpected),
        ];
        for (zh, en, findings) in parts {
            for finding in findings {
                let what = if lang == Lang::Zh { zh } else { en };
                let hosts: Vec<&str> = finding.hosts.iter().map(String::as_str).collect();
                let level = level_name(finding.level, lang);
                let (domain, code) = (&finding.domain, &finding.code);
                let _ = writeln!(text, "{what}: {domain} {code} {level} {}", hosts.join(" "));
            }
        }
        let parts: [(&str, &str, &[RejectedRow]); 2] = [
            ("应拒绝而未拒绝", "not rejected", &self.not_rejected),
            ("不应拒绝而拒绝", "wrongly rejected", &self.wrongly_rejected),
        ];
        for (zh, en, rows) in parts {
            for row in rows {
                let what = if lang == Lang::Zh { zh } else { en };
                let _ = writeln!(text, "{what}: {} {}", row.line, row.column);
            }
        }
        text.push_str(&self.closing(lang));
        text
    }

    fn closing(&self, lang: Lang) -> String {
        let sites = self.sites.len();
        let planted: usize = self.sites.iter().map(|site| site.planted.len()).sum();
        let found: usize = self.sites.iter().map(|site| site.found.len()).sum();
        match (lang, self.is_equal()) {
            (Lang::Zh, true) => {
                format!("{sites} 个示例网站，植入 {planted} 处问题，全部发现，没有误报。\n")
            }
            (Lang::Zh, false) => {
                format!(
                    "{sites} 个示例网站，植入 {planted} 处问题，发现 {found} 处，二者不一致。\n"
                )
            }
            (Lang::En, true) => {
                format!("{sites} sites, {planted} planted findings: all found, and nothing else.\n")
            }
            (Lang::En, false) => {
                format!("{sites} sites, {planted} planted findings, {found} found: they differ.\n")
            }
        }
    }
}

/// What is planted in these sites; a plant without a level has the rule's own.
fn planted(sites: &[Site], eyes: Eyes) -> Result<BTreeSet<Finding>, DemoError> {
    let mut all = BTreeSet::new();
    for site in sites {
        for plant in site.planted_for(eyes) {
            let rule = rules::find(&plant.code).ok_or_else(|| {
                DemoError::site(&site.name, format!("no such rule: {}", plant.code))
            })?;
            all.insert(Finding {
                domain: site.domain(),
                code: plant.code.clone(),
                level: plant.level.unwrap_or(rule.level),
                hosts: plant.hosts.iter().map(|name| site.host(name)).collect(),
            });
        }
    }
    Ok(all)
}

fn found(audits: &str) -> Result<BTreeSet<Finding>, DemoError> {
    let mut all = BTreeSet::new();
    for line in audits.lines() {
        let audit: AuditLine =
            serde_json::from_str(line).map_err(|e| DemoError::Output(e.to_string()))?;
        for verdict in audit.verdicts {
            let level = match verdict.verdict.as_str() {
                "fail" => verdict.level.unwrap_or(Level::Violation),
                "review" => Level::Review,
                _ => continue,
            };
            let hosts = verdict.host.unwrap_or_default();
            all.insert(Finding {
                domain: audit.domain.clone(),
                code: verdict.code,
                level,
                hosts: hosts.split_whitespace().map(str::to_owned).collect(),
            });
        }
    }
    Ok(all)
}

fn lines(sites: &[Site], planted: &BTreeSet<Finding>, found: &BTreeSet<Finding>) -> Vec<Line> {
    let by_domain = |findings: &BTreeSet<Finding>| {
        let mut map: BTreeMap<String, BTreeSet<(String, Level)>> = BTreeMap::new();
        for finding in findings {
            let codes = map.entry(finding.domain.clone()).or_default();
            codes.insert((finding.code.clone(), finding.level));
        }
        map
    };
    let (mut planted, mut found) = (by_domain(planted), by_domain(found));
    let line = |site: &Site| {
        let domain = site.domain();
        Line {
            planted: planted.remove(&domain).unwrap_or_default(),
            found: found.remove(&domain).unwrap_or_default(),
            zh: site.zh.clone(),
            en: site.en.clone(),
            domain,
        }
    };
    sites.iter().map(line).collect()
}

/// The rows that have to be rejected. The list's heading is its first line, and no cell of
/// it holds a line break.
fn wanted_rejections(sites: &[Site]) -> BTreeSet<RejectedRow> {
    let numbered = sites.iter().zip(2..);
    numbered
        .filter_map(|(site, line)| Some(RejectedRow { line, column: site.rejected.clone()? }))
        .collect()
}

fn rejections(rejected: &str) -> Result<BTreeSet<RejectedRow>, DemoError> {
    let text = rejected.trim_start_matches('\u{feff}');
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.deserialize::<(u64, String, String, String, String)>();
    rows.map(|row| match row {
        Ok((line, column, ..)) => Ok(RejectedRow { line, column }),
        Err(reason) => Err(DemoError::Output(reason.to_string())),
    })
    .collect()
}

fn codes(found: &BTreeSet<(String, Level)>, lang: Lang) -> String {
    if found.is_empty() {
        return "–".to_owned();
    }
    let codes = found.iter().map(|(code, level)| match level {
        Level::Violation => code.clone(),
        other => format!("{code} ({})", level_name(*other, lang)),
    });
    codes.collect::<Vec<_>>().join(" ")
}

fn level_name(level: Level, lang: Lang) -> &'static str {
    match (level, lang) {
        (Level::Violation, Lang::Zh) => "违规",
        (Level::Warning, Lang::Zh) => "提醒",
        (Level::Review, Lang::Zh) => "待复核",
        (Level::Violation, Lang::En) => "violation",
        (Level::Warning, Lang::En) => "warning",
        (Level::Review, Lang::En) => "review",
    }
}
