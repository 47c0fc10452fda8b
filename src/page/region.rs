//! Where the foot of a page is, as a visitor would say.

use super::{
    Zone,
    flow::{Flow, Line},
};
use scraper::node::Element;

/// Text that may follow the foot: consultation boxes, legal notes. Links do not count.
const AFTER_FOOT: usize = 900;
/// Text that may follow a part of the page that calls itself its foot.
const AFTER_NAMED_FOOT: usize = 6_000;

/// Characters of a line that holds a number, at most with its label.
const BARE: usize = 30;
/// Text that may follow such a line: what a site says below its foot.
const AFTER_BARE_LINE: usize = 2_000;
/// The same at the end of a part that calls itself an article: whole pages do.
const AFTER_BARE: usize = 40;

/// Characters on both sides that tell a sentence.
const AROUND: usize = 200;

/// Plain text between a line and the words of a foot further down, that sets it apart
/// from that foot.
const ABOVE_FOOT: usize = 400;
/// Lines on both sides in which the other cells of a look-up stand.
const NEAR_RESULT: usize = 8;
/// Words of what a look-up of filings answers, that no foot has.
const RESULT_WORDS: [&str; 8] = [
    "主办单位名称",
    "单位性质",
    "审核时间",
    "审核日期",
    "审核通过",
    "网站首页网址",
    "网站首页地址",
    "备案时间",
];

/// Words of a foot, that a text about something else hardly has.
const FOOT_WORDS: [&str; 11] = [
    "©",
    "copyright",
    "版权所有",
    "版權所有",
    "all rights reserved",
    "公网安备",
    "备案序号",
    "主办单位：",
    "主办：",
    "技术支持：",
    "许可证：",
];

/// A part of the page that an element marks out.
pub(super) struct Region {
    pub(super) kind: RegionKind,
    /// Index of the region around it.
    pub(super) outer: Option<usize>,
}

/// What an element says it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RegionKind {
    /// The foot of the page.
    Foot,
    /// An article, a comment, a quotation: text about something.
    Article,
}

/// What an element's name, class and id say it holds.
pub(super) fn kind(element: &Element) -> Option<RegionKind> {
    match element.name() {
        "footer" => return Some(RegionKind::Foot),
        "article" | "blockquote" | "pre" | "code" => return Some(RegionKind::Article),
        "html" | "body" | "a" | "script" | "style" => return None,
        _ => {}
    }
    let names = element.attr("id").into_iter().chain(element.classes()).take(40);
    let mut kind = None;
    for name in names {
        let name: String = name.chars().take(80).collect::<String>().to_ascii_lowercase();
        let is_article = is_article_name(&name);
        // `article-footer` is of the article.
        if is_foot_name(&name) && !is_article {
            return Some(RegionKind::Foot);
        }
        if is_article {
            kind = Some(RegionKind::Article);
        }
    }
    kind
}

fn is_foot_name(name: &str) -> bool {
    let has_foot = name.match_indices("foot").any(|(at, _)| {
        let rest = name.get(at + 4..).unwrap_or_default();
        !["ball", "print", "note", "age", "hold", "wear", "er-fixed", "er_fixed"]
            .iter()
            .any(|word| rest.starts_with(word))
            && !name.contains("has-foot")
            && !name.contains("with-foot")
    });
    let is_part = |word: &str| name.split(['-', '_']).any(|part| part == word);
    has_foot
        || ["copyright", "beian", "banquan"].iter().any(|word| name.contains(word))
        || ["copy", "icp", "bottom", "btm", "foottom"].iter().any(|word| is_part(word))
}

fn is_article_name(name: &str) -> bool {
    name.split(['-', '_']).any(|part| {
        matches!(
            part,
            "article"
                | "post"
                | "entry"
                | "markdown"
                | "comment"
                | "comments"
                | "reply"
                | "answer"
                | "blogpost"
                | "richtext"
                | "prose"
                | "detail"
        )
    })
}

/// Says of places in a page whether they are of its foot.
pub(super) struct Zones<'f> {
    flow: &'f Flow,
    /// Plain visible characters behind each line: those of links do not count.
    after: Vec<usize>,
    total: usize,
    /// Whether each line reads like one of a foot.
    foot_lines: Vec<bool>,
    /// Plain visible characters between each line and the next one of a foot.
    until_foot: Vec<Option<usize>>,
    /// Whether each line reads like the answer of a look-up.
    result_lines: Vec<bool>,
}

impl<'f> Zones<'f> {
    pub(super) fn new(flow: &'f Flow) -> Self {
        let mut total = 0;
        let mut after: Vec<usize> = flow
            .lines
            .iter()
            .rev()
            .map(|line| {
                let behind = total;
                total += if line.hidden { 0 } else { plain_length(flow, line) };
                behind
            })
            .collect();
        after.reverse();
        let visible = |reads: fn(&str) -> bool| -> Vec<bool> {
            flow.lines.iter().map(|line| !line.hidden && reads(&line.text)).collect()
        };
        let foot_lines = visible(is_foot_line);
        let until_foot = until_foot(&foot_lines, &after);
        Zones { flow, after, total, until_foot, result_lines: visible(is_result_line), foot_lines }
    }

    /// The zone of what stands at a byte of a line.
    pub(super) fn zone(&self, index: usize, at: usize) -> Zone {
        let Some(line) = self.flow.lines.get(index) else { return Zone::Body };
        let after = self.after.get(index).copied().unwrap_or_default();
        if self.is_result(index) {
            return Zone::Body;
        }
        let is_last = after <= AFTER_FOOT.max(self.total / 12) && !self.is_above_foot(index);
        let is_bare = is_short(&line.text, BARE);
        let is_foot = match self.region(line, at) {
            Some(RegionKind::Foot) => after <= AFTER_NAMED_FOOT.max(self.total / 2),
            Some(RegionKind::Article) if is_sentence(&line.text, at) => false,
            Some(RegionKind::Article) => {
                let is_alone = is_short(&line.text, 60);
                is_last && (self.is_foot_line(index) || (is_alone && self.is_beside_foot(index)))
                    || is_bare && after <= AFTER_BARE
            }
            None if is_sentence(&line.text, at) => false,
            None if self.is_foot_line(index) || self.is_beside_foot(index) => {
                after <= AFTER_NAMED_FOOT.max(self.total / 4)
            }
            None if is_bare => {
                let is_late = after <= AFTER_BARE_LINE.min(self.total / 2);
                is_last || is_late && !self.is_above_foot(index)
            }
            None => is_last,
        };
        if is_foot { Zone::Footer } else { Zone::Body }
    }

    /// Whether what stands at a byte of a line may be of a list: no part that calls itself
    /// the foot is around it, and no words of a foot stand in the line or right before it.
    pub(super) fn is_listable(&self, index: usize, at: usize) -> bool {
        let line = self.flow.lines.get(index);
        line.is_some_and(|line| self.region(line, at) != Some(RegionKind::Foot))
            && !self.has_foot_words(index.saturating_sub(2), index)
    }

    /// Whether the words of a foot stand in one of the lines, both included.
    fn has_foot_words(&self, from: usize, to: usize) -> bool {
        let lines = self.foot_lines.iter().take(to + 1).skip(from);
        lines.copied().any(|is_foot| is_foot)
    }

    /// Whether a line is of the answer of a look-up: somebody else's number.
    fn is_result(&self, index: usize) -> bool {
        let near = self.result_lines.iter().skip(index.saturating_sub(NEAR_RESULT));
        near.take(2 * NEAR_RESULT + 1).any(|&is_result| is_result)
            && !self.has_foot_words(index.saturating_sub(2), index + 2)
    }

    /// Whether the foot begins further down, and this line is none of it.
    fn is_above_foot(&self, index: usize) -> bool {
        let until = self.until_foot.get(index).copied().flatten();
        until.is_some_and(|until| until > ABOVE_FOOT)
            && !self.is_foot_line(index)
            && !self.is_beside_foot(index)
    }

    /// Whether the line itself reads like one of a foot.
    fn is_foot_line(&self, index: usize) -> bool {
        self.foot_lines.get(index).copied().unwrap_or_default()
    }

    /// Whether the lines around do, though this one does not say so.
    fn is_beside_foot(&self, index: usize) -> bool {
        self.has_foot_words(index.saturating_sub(4), index.saturating_sub(4) + 8)
    }

    fn region(&self, line: &Line, at: usize) -> Option<RegionKind> {
        let first = line.runs.partition_point(|run| run.end <= at);
        let run = line.runs.get(first)?;
        let place = self.flow.places.get(run.place)?;
        let region = self.flow.regions.get(place.region?)?;
        let mut outer = region.outer.and_then(|outer| self.flow.regions.get(outer));
        // A foot within an article is the article's, unless a foot lies around it all.
        if region.kind == RegionKind::Foot {
            return Some(RegionKind::Foot);
        }
        for _ in 0..64 {
            match outer {
                Some(Region { kind: RegionKind::Foot, .. }) => return Some(RegionKind::Foot),
                Some(region) => {
                    outer = region.outer.and_then(|outer| self.flow.regions.get(outer));
                }
                None => break,
            }
        }
        Some(RegionKind::Article)
    }
}

/// Plain characters between each line and the next one that reads like one of a foot.
fn until_foot(foot_lines: &[bool], after: &[usize]) -> Vec<Option<usize>> {
    let mut foot = None;
    let mut is_foot_below = false;
    let mut until: Vec<Option<usize>> = foot_lines
        .iter()
        .zip(after)
        .rev()
        .map(|(&is_foot, &after)| {
            if is_foot_below {
                foot = Some(after);
            }
            is_foot_below = is_foot;
            foot.map(|foot| after.saturating_sub(foot))
        })
        .collect();
    until.reverse();
    until
}

fn plain_length(flow: &Flow, line: &Line) -> usize {
    line.runs
        .iter()
        .filter(|run| flow.places.get(run.place).is_some_and(|place| place.link.is_none()))
        .filter_map(|run| line.text.get(run.start..run.end))
        .map(|text| text.chars().count())
        .sum()
}

/// Whether a line reads like one of a page's foot: short, with the words of a foot.
fn is_foot_line(text: &str) -> bool {
    if !is_short(text, 400) {
        return false;
    }
    let lower = text.to_lowercase();
    FOOT_WORDS.iter().any(|word| lower.contains(word))
}

/// Whether a line reads like a cell or a row of a look-up's answer.
fn is_result_line(text: &str) -> bool {
    is_short(text, 120) && RESULT_WORDS.iter().any(|word| text.contains(word))
}

/// Whether what stands at a byte of a text is part of a sentence, by the text around it.
fn is_sentence(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    if before.ends_with(['“', '"', '「', '如', '像']) {
        return true;
    }
    let follows_word =
        before.ends_with(|c: char| matches!(c, '\u{4e00}'..='\u{9fff}' | '：' | '，'));
    let around = before.chars().rev().take(AROUND);
    let around = around.chain(text.get(at..).unwrap_or_default().chars().take(AROUND));
    let (length, pauses) = around.fold((0, 0), |(length, pauses), c| {
        (length + 1, pauses + usize::from(matches!(c, '，' | '。' | '；')))
    });
    follows_word && length > 60 && pauses >= 2
}

/// Whether a text has at most so many characters; looks no further.
fn is_short(text: &str, most: usize) -> bool {
    text.chars().nth(most).is_none()
}
