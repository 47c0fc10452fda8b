//! Topics that need an approval: what is said to be offered, and what is approved.

use crate::filing::Filing;
use crate::policy::{Policy, Topic, WordHit, WordList};
use crate::record::{Province, fold};
use std::collections::BTreeSet;

/// A word by which a text falls under a topic.
pub(super) struct Touched {
    pub(super) topic: Topic,
    pub(super) word: String,
}

/// The topics that a text of a filing falls under, by its words; each topic once.
pub(super) fn touched(policy: &Policy, text: &str, province: Option<Province>) -> Vec<Touched> {
    let text = fold(text);
    let hits = policy.words.in_filing(&text, province);
    let mut known = BTreeSet::new();
    let touched = hits.iter().filter(|hit| !is_denied(&text, hit, &hits)).filter_map(|hit| {
        let WordList::Filed(topic) = hit.list else { return None };
        let word = text.get(hit.span.clone())?.to_owned();
        known.insert(topic).then_some(Touched { topic, word })
    });
    touched.collect()
}

/// Whether the sentence says that the thing is not offered: a denial before it, or behind it
/// in the same clause.
pub(super) fn is_denied(text: &str, hit: &WordHit, hits: &[WordHit]) -> bool {
    let ends_sentence = |c: char| matches!(c, '。' | ';' | '；' | '!' | '！' | '?' | '？' | '\n');
    let ends_clause = |c: char| ends_sentence(c) || matches!(c, ',' | '，');
    let before = text.get(..hit.span.start).unwrap_or_default();
    let from = before.rfind(ends_sentence).unwrap_or(0);
    let after = text.get(hit.span.end..).unwrap_or_default();
    let to = hit.span.end + after.find(ends_clause).unwrap_or(after.len());
    hits.iter().any(|other| {
        other.list == WordList::Denial && other.span.start >= from && other.span.end <= to
    })
}

/// What is known of a filing's approvals.
pub(super) enum Approvals {
    /// The list names none.
    None,
    /// Those for these topics.
    For(BTreeSet<Topic>),
    /// One is named, and it cannot be told for which topic.
    Unclear,
}

/// The topics for which the filing names an approval.
pub(super) fn approvals(filing: &Filing, policy: &Policy) -> Approvals {
    let text = fold(filing.pre_approvals.as_deref().unwrap_or_default());
    let words: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let is_none = ["", "无", "否", "没有", "无前置审批", "none"].contains(&words.as_str())
        || words.contains("不涉及")
        || words.starts_with("无需");
    if is_none {
        return Approvals::None;
    }
    let hits = policy.words.in_filing(&text, None);
    let topics: BTreeSet<Topic> = hits
        .iter()
        .filter_map(|hit| match hit.list {
            WordList::Approved(topic) => Some(topic),
            _ => None,
        })
        .collect();
    if topics.is_empty() { Approvals::Unclear } else { Approvals::For(topics) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topics(text: &str) -> Vec<Topic> {
        let policy = Policy::embedded().unwrap();
        touched(&policy, text, Some(Province::Shandong)).iter().map(|t| t.topic).collect()
    }

    #[test]
    fn what_is_denied_is_not_offered() {
        for (text, expected) in [
            ("本站提供新闻与教育内容", vec![Topic::News, Topic::Education]),
            ("本站不涉及新闻、出版、教育、医疗器械等需要前置审批的内容", vec![]),
            ("新闻、出版等内容均不涉及，只展示本人的摄影作品", vec![]),
            ("不涉及新闻。提供药品信息", vec![Topic::Medicine]),
            ("发布公司新闻和产品视频", vec![]),
        ] {
            assert_eq!(topics(text), expected, "{text}");
        }
    }
}
