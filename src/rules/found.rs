//! The words of the policy's lists on a page: looked for once, read by several rules.

use super::topics::is_denied;
use super::{Defect, Na, Outcome, PageCase, Text, quote};
use crate::page::Page;
use crate::policy::{Level, WordList, Words};
use crate::record::fold;
use std::ops::Range;

/// The words of a page that count.
#[derive(Debug, Default)]
pub(super) struct Found {
    hits: Vec<Hit>,
}

/// A word that counts, and where it stands.
#[derive(Debug)]
struct Hit {
    list: WordList,
    word: String,
    /// Index of the passage; `None` for the title.
    passage: Option<usize>,
    span: Range<usize>,
}

/// Characters of the label that a word of menus, buttons and headings stands in.
const LABEL: usize = 12;
/// Characters that are quoted around a word.
const AROUND: usize = 24;
/// Passages that are quoted.
const QUOTED: usize = 3;
/// Words that are named.
const NAMED: usize = 8;
/// Visible characters under which a page that scripts fill says nothing yet.
const SHELL: u32 = 200;

impl Found {
    fn of(page: &Page, words: &Words) -> Found {
        let title = page.title.as_deref().map(fold).unwrap_or_default();
        let passages = page.passages.iter().enumerate();
        let passages = passages.map(|(at, passage)| (Some(at), passage.away, passage.text));
        let mut hits = Vec::new();
        for (passage, away, text) in std::iter::once((None, false, title.as_str())).chain(passages)
        {
            let found = words.in_page(text);
            let is_report = found.iter().any(|hit| hit.list == WordList::Report);
            let counting = found.iter().filter(|hit| match hit.list {
                // Pages that were taken over link to where their words come from.
                _ if is_crime(hit.list) => !is_report,
                WordList::Report | WordList::Denial => false,
                WordList::Operator => !away && passage.is_some(),
                _ => !away && is_label(text, &hit.span) && !is_denied(text, hit, &found),
            });
            hits.extend(counting.map(|hit| Hit {
                list: hit.list,
                word: words.page_word(hit).to_owned(),
                passage,
                span: hit.span.clone(),
            }));
        }
        Found { hits }
    }
}

/// Whether a list is of crime: such words count wherever they stand.
pub(super) fn is_crime(list: WordList) -> bool {
    matches!(list, WordList::Gambling | WordList::Pornography | WordList::Drugs | WordList::Fraud)
}

/// Whether a word stands in something as short as menus, buttons and headings are.
fn is_label(text: &str, span: &Range<usize>) -> bool {
    let parts = |c: char| {
        let is_mark = matches!(
            c,
            '|' | '/'
                | '·'
                | '>'
                | '»'
                | '«'
                | '<'
                | '('
                | ')'
                | '['
                | ']'
                | '【'
                | '】'
                | '。'
                | ','
                | ';'
                | ':'
                | '!'
        );
        is_mark || c.is_whitespace()
    };
    let (before, rest) = text.split_at_checked(span.start).unwrap_or_default();
    let (word, after) = rest.split_at_checked(span.len()).unwrap_or_default();
    let before = before.chars().rev().take_while(|c| !parts(*c));
    let after = after.chars().take_while(|c| !parts(*c));
    let label = word.chars().chain(before).chain(after);
    // Every Chinese character is one of a word: most need not be looked up.
    let is_of_word = |c: &char| matches!(c, '\u{4e00}'..='\u{9fff}') || c.is_alphanumeric();
    label.filter(is_of_word).nth(LABEL).is_none()
}

/// The words of some lists on a page.
pub(super) struct Sum {
    /// Different words; one in the title counts twice.
    pub(super) count: usize,
    /// Whether one stands in the title.
    pub(super) in_title: bool,
    words: Vec<String>,
    quotes: Vec<String>,
}

impl PageCase<'_> {
    /// Every word of the page that counts.
    fn words(&self) -> &Found {
        self.known.words.get_or_init(|| Found::of(self.page, &self.policy.words))
    }

    /// The words of some lists that the page holds.
    pub(super) fn words_of(&self, is_wanted: impl Fn(WordList) -> bool) -> Sum {
        let hits = || self.words().hits.iter().filter(|hit| is_wanted(hit.list));
        let mut words: Vec<String> = Vec::new();
        let mut quotes: Vec<String> = Vec::new();
        for hit in hits() {
            let is_new = !words.iter().any(|word| word.contains(&hit.word));
            if is_new {
                // A longer form of a word is the same word.
                words.retain(|word| !hit.word.contains(word.as_str()));
                words.push(hit.word.clone());
            }
            if is_new && quotes.len() < QUOTED {
                let text = self.text_of(hit.passage);
                quotes.push(around(&text, &hit.span));
            }
        }
        quotes.dedup();
        let in_title = hits().any(|hit| hit.passage.is_none());
        Sum { count: words.len() + usize::from(in_title), in_title, words, quotes }
    }

    /// What is said where nothing wrong was found: n/a where there was too little to look at.
    pub(super) fn nothing_found(&self, seen: Text) -> Outcome {
        let page = self.page;
        let is_shell = page.needs_rendering && page.text_length < SHELL;
        if page.cut || is_shell || page.passages.is_empty() {
            return Outcome::Na(Na::Unseen);
        }
        Outcome::Pass(seen)
    }

    /// Places of the page's foot that label an operator: the text before, and the text behind.
    pub(super) fn operator_labels(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let hits = self.words().hits.iter().filter(|hit| hit.list == WordList::Operator);
        hits.filter_map(|hit| {
            let passage = self.page.passages.get(hit.passage?).filter(|passage| passage.foot)?;
            let text = passage.text;
            Some((text, text.get(..hit.span.start)?, text.get(hit.span.end..)?))
        })
    }

    fn text_of(&self, passage: Option<usize>) -> String {
        match passage {
            Some(at) => self.page.passages.get(at).unwrap_or_default().text.to_owned(),
            None => self.page.title.as_deref().map(fold).unwrap_or_default(),
        }
    }
}

impl Sum {
    /// What is found, for a finding that asks a person to look unless the policy says more.
    pub(super) fn question(self, expected: Text) -> Defect {
        let words: Vec<&str> = self.words.iter().map(String::as_str).take(NAMED).collect();
        let quotes = self.quotes.join("”“");
        let quotes_en = self.quotes.join("\", \"");
        Defect {
            expected,
            found: Text::new(
                format!("出现“{}”，如“{quotes}”", words.join("”“")),
                format!("\"{}\", as in \"{quotes_en}\"", words.join("\", \"")),
            ),
            place: if self.in_title {
                Text::new("标题和页面", "title and page")
            } else {
                Text::default()
            },
            level: Some(Level::Review),
            ..Defect::default()
        }
    }

    /// What is found, of a page that is in order.
    pub(super) fn little(&self) -> Text {
        if self.words.is_empty() {
            return Text::new("没有这类词语", "no such words");
        }
        let words: Vec<&str> = self.words.iter().map(String::as_str).take(NAMED).collect();
        Text::new(
            format!("只有“{}”", words.join("”“")),
            format!("no more than \"{}\"", words.join("\", \"")),
        )
    }
}

/// What stands around a word, telephone numbers masked.
fn around(text: &str, span: &Range<usize>) -> String {
    let before = text.get(..span.start).unwrap_or_default();
    let after = text.get(span.end..).unwrap_or_default();
    let from = before.char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
    let to = after.char_indices().nth(AROUND).map_or(after.len(), |(at, _)| at) + span.end;
    let mut part = text.get(from..to).unwrap_or_default().to_owned();
    if from > 0 {
        part.insert(0, '…');
    }
    if to < text.len() {
        part.push('…');
    }
    quote(&without_numbers(&part))
}

/// Digits of a telephone number or more, at least.
const NUMBER: usize = 7;

/// A text in which runs of seven digits and more keep the first three.
pub(super) fn without_numbers(text: &str) -> String {
    let mut masked = String::new();
    let mut run = String::new();
    for c in text.chars().map(Some).chain([None]) {
        match c {
            Some(c) if c.is_ascii_digit() => run.push(c),
            Some(c @ ('-' | ' ')) if !run.is_empty() => run.push(c),
            other => {
                masked.push_str(&masked_run(&run));
                run.clear();
                masked.extend(other);
            }
        }
    }
    masked
}

fn masked_run(run: &str) -> String {
    if run.chars().filter(char::is_ascii_digit).count() < NUMBER {
        return run.to_owned();
    }
    let kept: String = run.chars().filter(char::is_ascii_digit).take(3).collect();
    let rest = run.trim_end_matches([' ', '-']).len();
    format!("{kept}****{}", run.get(rest..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephone_numbers_are_masked_and_years_are_not() {
        for (text, expected) in [
            ("电话 138 0000 0000 联系", "电话 138**** 联系"),
            ("0571-88880000", "057****"),
            ("2099 年 12 月", "2099 年 12 月"),
            ("", ""),
        ] {
            assert_eq!(without_numbers(text), expected, "{text}");
        }
    }

    #[test]
    fn every_chinese_character_is_one_of_a_word() {
        assert!(('\u{4e00}'..='\u{9fff}').all(char::is_alphanumeric));
    }

    #[test]
    fn a_label_is_short_and_prose_is_none() {
        let label = |text: &str| {
            let start = text.find("公司简介").unwrap();
            is_label(text, &(start..start + "公司简介".len()))
        };
        assert!(label("公司简介") && label("首页 公司简介 产品中心 联系我们"));
        assert!(!label("我在那家公司的公司简介里读到他们已经成立二十年"));
    }
}
