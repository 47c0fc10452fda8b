//! What a message says, made when it is sent.

use crate::notice::Status;
use crate::report::{Item, ItemRows, Letter, LetterError, level_name, masked, terminal};
use crate::rules::Lang;
use crate::store::Sums;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What a message says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content {
    /// Its title, or the subject of a mail.
    pub title: String,
    /// Plain text.
    pub text: String,
    /// The same as robots write it.
    pub markdown: String,
    /// The same for programs.
    pub data: Value,
    /// A file: its name and its bytes.
    pub attachment: Option<(String, Vec<u8>)>,
}

/// What makes messages.
pub struct Composer<'a> {
    /// The template of letters; persons stand in it as the filing has them.
    pub letter: &'a Letter,
    /// The language.
    pub lang: Lang,
    /// The file name of the letter to a subject.
    pub name: fn(&Item) -> String,
}

/// What a digest counts; it stands in the outbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct News {
    /// The place in the history up to which it counts; the next one counts from there.
    pub(super) upto: i64,
    /// How often each change happened.
    pub(super) changes: BTreeMap<String, u64>,
}

/// Findings that a digest names.
const NAMED: usize = 10;

impl Composer<'_> {
    /// What an owner is told of these findings, which are one subject's.
    pub(super) fn notice(
        &self,
        items: &[Item],
        remind: bool,
        today: Date,
    ) -> Result<Content, LetterError> {
        let first = items.first();
        let subject = first.map_or_else(String::new, |item| {
            item.filing.subject_name.clone().unwrap_or_else(|| item.filing.domain.unicode().into())
        });
        let subject = terminal(&subject);
        let mut domains: Vec<&str> =
            items.iter().map(|item| item.filing.domain.unicode()).collect();
        domains.dedup();
        let shown = match (domains.as_slice(), self.lang) {
            ([one], _) => terminal(one),
            (more, Lang::Zh) => format!("{} 个域名", more.len()),
            (more, Lang::En) => format!("{} domains", more.len()),
        };
        let title = match (remind, self.lang) {
            (false, Lang::Zh) => format!("网站备案信息整改通知：{subject}（{shown}）"),
            (true, Lang::Zh) => format!("【逾期提醒】网站备案信息整改通知：{subject}（{shown}）"),
            (false, Lang::En) => format!("ICP filing: please mend {shown} ({subject})"),
            (true, Lang::En) => format!("Overdue: ICP filing, please mend {shown} ({subject})"),
        };
        let rows = ItemRows { lang: self.lang, contacts: false };
        let findings: Vec<Value> =
            items.iter().filter_map(|item| serde_json::from_str(&rows.json(item)).ok()).collect();
        let text = self.letter.text(items, today)?;
        Ok(Content {
            markdown: format!("**{title}**\n\n{text}"),
            data: json!({
                "kind": if remind { "reminder" } else { "notice" },
                "title": title,
                "findings": findings,
            }),
            attachment: match first {
                Some(first) => Some(((self.name)(first), self.letter.document(items, today)?)),
                None => None,
            },
            title,
            text,
        })
    }

    /// What staff are told: what is new, what stands, and what is most pressing.
    pub(super) fn digest(
        &self,
        news: &News,
        sums: &Sums,
        pressing: &[Item],
        today: Date,
    ) -> Content {
        let pick = |zh: &'static str, en: &'static str| if self.lang == Lang::Zh { zh } else { en };
        let title = format!("{} {today}", pick("备案合规日报", "ICP filings"));
        let change = |name: &str| news.changes.get(name).copied().unwrap_or_default();
        let stands = |status: Status| -> u64 {
            sums.by_status.get(status.name()).map_or(0, |levels| levels.values().sum())
        };
        let mut lines = Vec::new();
        let counts = [
            (pick("新发现", "new"), change("found")),
            (pick("重新出现", "reopened"), change("reopened")),
            (pick("已整改", "mended"), change("mended")),
            (pick("新逾期", "became overdue"), change("overdue")),
            (pick("反馈已整改", "answered"), change("answered")),
        ];
        lines.push((pick("本期变化", "since the last one"), joined(&counts, self.lang)));
        let now = [Status::Found, Status::Drafted, Status::Sent, Status::Answered, Status::Overdue];
        let counts = now.map(|status| (status.word(self.lang), stands(status)));
        lines.push((pick("目前", "now"), joined(&counts, self.lang)));
        let mut text = format!("{title}\n");
        let mut markdown = format!("**{title}**\n");
        let colon = pick("：", ": ");
        for (name, said) in &lines {
            let _ = writeln!(text, "{name}{colon}{said}");
            let _ = write!(markdown, "\n{name}{colon}{said}\n");
        }
        let rows = ItemRows { lang: self.lang, contacts: false };
        if !pressing.is_empty() {
            let head = pick("最紧急", "most pressing");
            let _ = writeln!(text, "\n{head}{colon}");
            let _ = write!(markdown, "\n{head}{colon}\n");
            for item in pressing.iter().take(NAMED) {
                let domain = terminal(item.filing.domain.unicode());
                let (level, code) = (level_name(item.finding.level, self.lang), &item.finding.code);
                let (status, day) = (item.status.word(self.lang), item.finding.deadline);
                let problem = terminal(&rows.cell("problem", item));
                let _ = writeln!(text, "- {domain}  {level} {code}  {status} {day}  {problem}");
                let (domain, problem) = (unmarked(&domain), unmarked(&problem));
                let _ = writeln!(markdown, "- {domain} {level} {code} {status} {day} {problem}");
            }
        }
        Content {
            data: json!({
                "kind": "digest",
                "title": title,
                "changes": news.changes,
                "by_status": sums.by_status,
                "findings": sums.findings,
                "notices": sums.notices,
            }),
            title,
            text,
            markdown,
            attachment: None,
        }
    }
}

fn joined(counts: &[(&str, u64)], lang: Lang) -> String {
    let between = if lang == Lang::Zh { "，" } else { ", " };
    let each: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    each.join(between)
}

/// Text of a list or a page, without what robots would take for marks: a title must not become a
/// link or call everybody in the room.
fn unmarked(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '[' => '［',
            ']' => '］',
            '<' => '＜',
            '>' => '＞',
            '*' => '＊',
            '_' => '＿',
            '`' => '｀',
            '@' => '＠',
            '#' => '＃',
            '!' => '！',
            c => c,
        })
        .collect()
}

/// An address as it is shown where it is not needed.
pub(super) fn hidden(recipient: &str) -> String {
    match recipient.split_once('@') {
        Some((name, host)) => format!("{}@{host}", masked(name)),
        None => recipient.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_become_a_link_or_a_call() {
        let text = unmarked("[x](https://bad.example) <@all> **b** `c` #1 ![i]");
        assert!(!text.contains(['[', ']', '<', '>', '*', '`', '@', '#', '!']), "{text}");
    }

    #[test]
    fn an_address_is_hidden_but_for_its_host() {
        assert_eq!(hidden("zhang@site.example"), "z***@site.example");
    }
}
