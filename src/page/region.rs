//! Where the foot of a page is, as a visitor would say.

use super::{
    Zone,
    flow::{Flow, Line},
    line_words::LineWords,
    sieve::Sought,
    tree::{Element, Name, Set, tag},
};
use std::borrow::Cow;

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
/// Names of an element that are read.
const NAMES: usize = 40;
/// Characters of a name that are read.
const NAME: usize = 80;

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

/// Whether what an element holds is said by its class and id, and not by its name.
pub(super) fn goes_by_names(element: Element<'_>) -> bool {
    const NAMED: Set = Set::of(&[
        tag::FOOTER,
        tag::ARTICLE,
        tag::BLOCKQUOTE,
        tag::PRE,
        tag::CODE,
        tag::HTML,
        tag::BODY,
        tag::A,
        tag::SCRIPT,
        tag::STYLE,
    ]);
    !NAMED.has(element.name())
}

/// What an element of a name holds, as far as the name tells.
pub(super) fn kind_of_name(name: Name) -> Option<RegionKind> {
    match name {
        tag::FOOTER => Some(RegionKind::Foot),
        tag::ARTICLE | tag::BLOCKQUOTE | tag::PRE | tag::CODE => Some(RegionKind::Article),
        _ => None,
    }
}

/// What the names that an element goes by, its id and its classes, say it holds.
pub(super) fn kind_of_names<'n>(names: impl Iterator<Item = &'n str>) -> Option<RegionKind> {
    let mut kind = None;
    for name in names.take(NAMES) {
        let name = lower_head(name);
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

/// The first characters of a name in lower case.
fn lower_head(name: &str) -> Cow<'_, str> {
    let end = match name.len() {
        0..=NAME => name.len(),
        _ => name.char_indices().nth(NAME).map_or(name.len(), |(end, _)| end),
    };
    let head = name.get(..end).unwrap_or_default();
    match head.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(head.to_ascii_lowercase()),
        false => Cow::Borrowed(head),
    }
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
    let is_part = |part: &str| matches!(part, "copy" | "icp" | "bottom" | "btm" | "foottom");
    has_foot
        || ["copyright", "beian", "banquan"].iter().any(|word| name.contains(word))
        || name.split(['-', '_']).any(is_part)
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
    flow: &'f Flow<'f>,
    /// Plain visible characters behind each line: those of links do not count.
    after: Vec<usize>,
    total: usize,
    /// Whether each line reads like one of a foot.
    foot_lines: Vec<bool>,
    /// How many of those stand before each line, and in all.
    feet_before: Vec<u32>,
    /// Plain visible characters between each line and the next one of a foot.
    until_foot: Vec<Option<usize>>,
    /// Whether each line reads like the answer of a look-up, and whether any does.
    result_lines: Vec<bool>,
    has_results: bool,
    /// Whether each line holds what a mark of copyright begins or ends with.
    mark_lines: Vec<bool>,
}

impl<'f> Zones<'f> {
    pub(super) fn new(flow: &'f Flow<'f>) -> Self {
        let mut total = 0;
        let mut after: Vec<usize> = flow
            .lines()
            .rev()
            .map(|line| {
                let behind = total;
                total += if line.hidden { 0 } else { plain_length(flow, line) };
                behind
            })
            .collect();
        after.reverse();
        let mut words = vec![LineWords::default(); flow.lines().len()];
        for (index, line) in flow.lines_with(Sought::Words).filter(|(_, line)| !line.hidden) {
            if let Some(words) = words.get_mut(index) {
                *words = LineWords::of(line.text);
            }
        }
        let foot_lines: Vec<bool> = words.iter().map(|words| words.foot).collect();
        let until_foot = until_foot(&foot_lines, &after);
        let mut feet = 0;
        let mut feet_before = vec![feet];
        feet_before.extend(foot_lines.iter().map(|is_foot| {
            feet += u32::from(*is_foot);
            feet
        }));
        let has_results = words.iter().any(|words| words.result);
        let result_lines = words.iter().map(|words| words.result).collect();
        let mark_lines = words.iter().map(|words| words.mark).collect();
        Zones {
            flow,
            after,
            total,
            foot_lines,
            feet_before,
            until_foot,
            result_lines,
            has_results,
            mark_lines,
        }
    }

    /// Whether a visible line may hold a mark of copyright.
    pub(super) fn may_have_marks(&self, index: usize) -> bool {
        self.mark_lines.get(index).copied().unwrap_or_default()
    }

    /// The zone of what stands at a byte of a line.
    pub(super) fn zone(&self, index: usize, at: usize) -> Zone {
        let Some(line) = self.flow.line(index) else { return Zone::Body };
        let after = self.after.get(index).copied().unwrap_or_default();
        if self.is_result(index) {
            return Zone::Body;
        }
        let is_last = after <= AFTER_FOOT.max(self.total / 12) && !self.is_above_foot(index);
        // No zone of a foot reaches further up.
        if after > AFTER_NAMED_FOOT.max(self.total / 2) {
            return Zone::Body;
        }
        let is_bare = is_short(line.text, BARE);
        let is_foot = match self.region(line, at) {
            Some(RegionKind::Foot) => after <= AFTER_NAMED_FOOT.max(self.total / 2),
            Some(RegionKind::Article) if is_sentence(line.text, at) => false,
            Some(RegionKind::Article) => {
                let is_alone = is_short(line.text, 60);
                is_last && (self.is_foot_line(index) || (is_alone && self.is_beside_foot(index)))
                    || is_bare && after <= AFTER_BARE
            }
            None if is_sentence(line.text, at) => false,
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
        let line = self.flow.line(index);
        line.is_some_and(|line| self.region(line, at) != Some(RegionKind::Foot))
            && !self.has_foot_words(index.saturating_sub(2), index)
    }

    /// Whether the words of a foot stand in one of the lines, both included.
    fn has_foot_words(&self, from: usize, to: usize) -> bool {
        let before = |index: usize| self.feet_before.get(index).or(self.feet_before.last());
        before(to + 1) > before(from)
    }

    /// Whether a line is of the answer of a look-up: somebody else's number.
    fn is_result(&self, index: usize) -> bool {
        if !self.has_results {
            return false;
        }
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

    fn region(&self, line: Line<'_>, at: usize) -> Option<RegionKind> {
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

fn plain_length(flow: &Flow<'_>, line: Line<'_>) -> usize {
    line.runs
        .iter()
        .filter(|run| flow.places.get(run.place).is_some_and(|place| place.link.is_none()))
        .filter_map(|run| line.text.get(run.start..run.end))
        .map(|text| text.chars().count())
        .sum()
}

/// Whether what stands at a byte of a text is part of a sentence, by the text around it.
fn is_sentence(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    if before.ends_with(['“', '"', '「', '如', '像']) {
        return true;
    }
    if !before.ends_with(|c: char| matches!(c, '\u{4e00}'..='\u{9fff}' | '：' | '，')) {
        return false;
    }
    let around = before.chars().rev().take(AROUND);
    let around = around.chain(text.get(at..).unwrap_or_default().chars().take(AROUND));
    let (length, pauses) = around.fold((0, 0), |(length, pauses), c| {
        (length + 1, pauses + usize::from(matches!(c, '，' | '。' | '；')))
    });
    length > 60 && pauses >= 2
}

/// Whether a text has at most so many characters; looks no further.
pub(super) fn is_short(text: &str, most: usize) -> bool {
    text.chars().nth(most).is_none()
}
