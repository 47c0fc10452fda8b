//! What is said at the end of a run: a summary that a person can act on.

use super::terminal::Table;
use crate::pipeline::{LapsedRow, Summary};
use crate::policy::Level;
use crate::rules::{self, Lang};
use std::cmp::Reverse;
use std::fmt::Write as _;
use std::path::Path;

/// What came out, where it is, and what to do next.
pub(super) fn describe(summary: &Summary, output: &Path, lang: Lang) -> String {
    let pick = |zh, en| if lang == Lang::Zh { zh } else { en };
    let mut text = String::new();
    if summary.ended_before {
        text.push_str(pick(
            "这次检测此前已经完成，以下是当时的结果；要重新检测，请去掉 --resume。\n",
            "This run had ended before; these are its results. To look again, leave out --resume.\n",
        ));
    }
    text.push_str(&counts(summary, lang));
    text.push_str(&codes(summary, lang));
    for (heading, value) in places(summary, output, lang) {
        let _ = writeln!(text, "{heading}{} {value}", pick("：", ":"));
    }
    for row in &summary.lapsed {
        let _ = writeln!(text, "! {}", lapsed(row, lang));
    }
    for step in steps(summary, output, lang) {
        let _ = writeln!(text, "{} {step}", pick("→", "→"));
    }
    text
}

/// A waiver that holds no more is said at every run until somebody renews or removes it.
fn lapsed(row: &LapsedRow, lang: Lang) -> String {
    let LapsedRow { code, until, reason, .. } = row;
    let bound = row.bound.join(" ");
    match (lang, bound.is_empty()) {
        (Lang::Zh, true) => format!("{code} 的设置已于 {until} 到期，不再生效：{reason}"),
        (Lang::Zh, false) => {
            format!("{code}（{bound}）的豁免已于 {until} 到期，不再生效：{reason}")
        }
        (Lang::En, true) => format!("the setting for {code} ended on {until}: {reason}"),
        (Lang::En, false) => format!("the waiver of {code} for {bound} ended on {until}: {reason}"),
    }
}

fn counts(summary: &Summary, lang: Lang) -> String {
    let count = |level| summary.by_level.get(&level).copied().unwrap_or(0);
    let [violations, warnings, reviews] =
        [Level::Violation, Level::Warning, Level::Review].map(count);
    let Summary { audited, notices, .. } = *summary;
    let clean = audited.saturating_sub(notices);
    let found = match (notices, lang) {
        (0, _) => String::new(),
        (_, Lang::Zh) => {
            format!("（违规 {violations} 项，提醒 {warnings} 项，待复核 {reviews} 项）")
        }
        (_, Lang::En) => format!(
            " ({}, {}, {reviews} for review)",
            number(violations, "violation"),
            number(warnings, "warning")
        ),
    };
    match lang {
        Lang::Zh => {
            format!("已检测 {audited} 个备案：{notices} 个有通知{found}，{clean} 个未发现问题\n")
        }
        Lang::En => format!(
            "{} audited: {notices} with a notice{found}, {clean} without findings\n",
            number(audited, "filing")
        ),
    }
}

/// A number of things in English.
fn number(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// The findings by rule, the most frequent first.
fn codes(summary: &Summary, lang: Lang) -> String {
    let mut table = Table::new(match lang {
        Lang::Zh => ["规则", "违规", "提醒", "待复核", "整改事项"],
        Lang::En => ["code", "violation", "warning", "review", "problem"],
    });
    for code in by_frequency(summary) {
        let count = summary.by_code.get(code).copied().unwrap_or_default();
        let problem = rules::find(code).map_or("", |rule| rule.texts.of(lang).problem);
        table.row([
            code.to_owned(),
            count.violation.to_string(),
            count.warning.to_string(),
            count.review.to_string(),
            problem.to_owned(),
        ]);
    }
    if table.is_empty() { String::new() } else { format!("\n{table}\n") }
}

fn by_frequency(summary: &Summary) -> Vec<&str> {
    let mut codes: Vec<_> = summary.by_code.iter().collect();
    codes.sort_by_key(|(code, count)| {
        (Reverse((count.violation, count.warning, count.review)), (*code).clone())
    });
    codes.into_iter().map(|(code, _)| code.as_str()).collect()
}

/// The files that matter now.
fn places(summary: &Summary, output: &Path, lang: Lang) -> Vec<(&'static str, String)> {
    let pick = |zh, en| if lang == Lang::Zh { zh } else { en };
    let file = |name: &str| output.join(name).display().to_string();
    let mut places = Vec::new();
    if summary.notices > 0 {
        places.push((pick("整改通知", "notices"), file("notices.csv")));
    }
    if summary.rejected > 0 {
        let rejected = format!("{} → {}", summary.rejected, file("rejected.csv"));
        places.push((pick("未能读取的行", "rejected rows"), rejected));
    }
    if summary.faults > 0 {
        let heading = pick("因本程序故障未能判断", "undecided by faults of ours");
        places.push((heading, summary.faults.to_string()));
    }
    places.push((pick("全部结果", "all results"), output.display().to_string()));
    places
}

/// What to do next, the most pressing first.
fn steps(summary: &Summary, output: &Path, lang: Lang) -> Vec<String> {
    let pick = |zh: &str, en: &str| if lang == Lang::Zh { zh } else { en }.to_owned();
    let mut steps = Vec::new();
    if summary.is_blind() {
        steps.push(pick(
            "没有任何网站或解析服务器应答，多半是本机网络的问题：请检查网络和 --resolver，再检测一次",
            "no site and no resolver answered, which is hardly the sites' fault: see to the network and --resolver, then run again",
        ));
    }
    if summary.rejected > 0 {
        steps.push(pick(
            "请按 rejected.csv 的 reason 列改正 row 列，加上原来的表头，再检测这些行",
            "mend the cells of the column row in rejected.csv as reason says, put the list's headings above them, and audit these rows",
        ));
    }
    if summary.by_level.contains_key(&Level::Review) {
        steps.push(pick(
            "级别为待复核的通知，请人工看过网站再发出",
            "look at the site yourself before you send a notice of level review",
        ));
    }
    if let Some(code) = by_frequency(summary).first() {
        let zh = format!("规则的依据和整改办法：beian explain {code}");
        let en = format!("what a rule asks and how to mend it: beian explain {code} --lang en");
        steps.push(pick(&zh, &en));
    }
    if summary.faults > 0 {
        let folder = output.display();
        let zh = format!("再检测一次；仍有故障时，请附上 {folder}/summary.json 报告问题");
        let en = format!("run again; where faults stay, report them with {folder}/summary.json");
        steps.push(pick(&zh, &en));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::CodeCount;

    fn found() -> Summary {
        Summary {
            rows: 4,
            audited: 3,
            rejected: 1,
            notices: 2,
            looked: 3,
            answered: 3,
            by_level: [(Level::Violation, 1), (Level::Review, 1)].into(),
            by_code: [
                ("ICP001".to_owned(), CodeCount { violation: 1, warning: 0, review: 0 }),
                ("DNS010".to_owned(), CodeCount { violation: 0, warning: 0, review: 1 }),
            ]
            .into(),
            ..Summary::default()
        }
    }

    #[test]
    fn a_summary_counts_names_the_files_and_says_what_to_do() {
        let en = describe(&found(), Path::new("out"), Lang::En);
        assert!(en.starts_with(
            "3 filings audited: 2 with a notice (1 violation, 0 warnings, 1 for review), 1 without findings\n"
        ));
        for said in [
            "\nnotices: out/notices.csv\n",
            "\nrejected rows: 1 → out/rejected.csv\n",
            "\n→ mend the cells of the column row",
            "beian explain ICP001",
        ] {
            assert!(en.contains(said), "{said:?} is not in {en}");
        }
        let zh = describe(&found(), Path::new("out"), Lang::Zh);
        assert!(zh.contains("整改通知： out/notices.csv") && zh.contains("请人工看过网站再发出"));
    }

    #[test]
    fn a_run_in_which_nobody_answered_is_not_called_clean_only() {
        let blind = Summary { rows: 1, audited: 1, looked: 1, ..Summary::default() };
        assert!(describe(&blind, Path::new("out"), Lang::En).contains("--resolver"));
        let clean = Summary { answered: 1, ..blind };
        assert!(!describe(&clean, Path::new("out"), Lang::En).contains('→'));
    }
}
