use super::{
    Kind, Link, PoliceLink, ShownNumber, ShownPolice, Zone,
    flow::{Flow, Line},
    link,
    region::Zones,
    sieve::Sought,
};
use crate::record::{Found, Number, find, find_police};
use std::{
    collections::{HashSet, VecDeque},
    ops::Range,
};
use url::Url;

/// Numbers that are kept of one page: the first half of them and the last, since its own stands
/// at the head or the foot. A page with more is a list of other people's.
pub(super) const NUMBERS: usize = 2_000;

/// Numbers whose marks are told; a page with more is a list of other people's.
pub const MARKED: usize = 60;

/// Characters before a number that are kept.
const BEFORE: usize = 30;

/// Subjects whose filings a foot may name. Where there are more, and no words of a foot
/// beside them, they are a list of filings.
const SUBJECTS: usize = 5;
/// Lines from one number of a list to the next.
const ROWS: usize = 8;

/// A part of a number that one marked text holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The number of the marked text.
    pub text: u32,
    /// The part, without white space.
    pub part: String,
    /// How many equal parts stand before it in the same text.
    pub nth: usize,
}

/// The record numbers of a page.
#[derive(Default)]
pub(super) struct Numbers {
    /// With place and link, in page order.
    pub(super) shown: Vec<ShownNumber>,
    /// The marked texts that hold each of them.
    pub(super) marks: Vec<Vec<Mark>>,
    /// Whether those in the middle were left out.
    pub(super) cut: bool,
}

/// A number where it stands.
struct Standing<'a> {
    index: usize,
    line: Line<'a>,
    /// What stands between it and the number before it in its line.
    before: &'a str,
    found: Found,
}

/// Reads the record numbers of a page.
pub(super) fn record_numbers(flow: &Flow<'_>, zones: &Zones<'_>, base: Option<&Url>) -> Numbers {
    let (standing, cut) = standing(flow);
    let mut numbers = Numbers { cut, ..Numbers::default() };
    let Numbers { shown, marks, .. } = &mut numbers;
    let mut orders = Vec::new();
    let mut used = HashSet::new();
    let mut listable = Vec::new();
    for Standing { index, line, before, found } in standing {
        let link = link_of(flow, line, &found.span, base);
        let empty_link = link.is_some_and(|(href, _)| href.trim().is_empty());
        used.extend(links_in(flow, line, &found.span));
        orders.push(line.order);
        let is_told = shown.len() < MARKED;
        marks.push(if is_told { marks_of(flow, line, &found.span) } else { Vec::new() });
        if zones.is_listable(index, found.span.start) {
            listable.push((index, shown.len()));
        }
        shown.push(ShownNumber {
            text: line.text.get(found.span.clone()).unwrap_or_default().to_owned(),
            canonical: found.canonical,
            kind: if found.licence { Kind::Licence } else { Kind::Filing },
            form: found.form,
            zone: zones.zone(index, found.span.start),
            visible: !line.hidden,
            doubtful: !line.hidden && is_doubtful(flow, line, &found.span),
            href: link.map(|(href, _)| href.to_owned()).unwrap_or_default(),
            link: link.filter(|_| !empty_link).map_or(Link::None, |(_, class)| class),
            empty_link,
            beside: String::new(),
            before: last_of(before, BEFORE),
        });
    }
    if !shown.is_empty() {
        note_beside(flow, base, &used, &orders, shown);
        note_lists(&listable, shown);
    }
    numbers
}

/// The numbers in page order, and whether there are more than are kept.
fn standing<'a>(flow: &'a Flow<'_>) -> (impl Iterator<Item = Standing<'a>>, bool) {
    let (mut first, mut last) = (Vec::new(), VecDeque::new());
    let mut cut = false;
    for (index, line) in flow.lines_with(Sought::Number) {
        let mut end = 0;
        for found in find(line.text) {
            let before = line.text.get(end..found.span.start).unwrap_or_default();
            end = found.span.end;
            let number = Standing { index, line, before, found };
            if first.len() < NUMBERS / 2 {
                first.push(number);
                continue;
            }
            if last.len() == NUMBERS / 2 {
                last.pop_front();
                cut = true;
            }
            last.push_back(number);
        }
    }
    (first.into_iter().chain(last), cut)
}

/// The parts of marked texts that a span of a line is made of.
fn marks_of(flow: &Flow<'_>, line: Line<'_>, span: &Range<usize>) -> Vec<Mark> {
    let mark = |place: usize| flow.places.get(place).and_then(|place| place.mark);
    let bare = |from: usize, to: usize| -> String {
        let text = line.text.get(from..to).unwrap_or_default();
        text.chars().filter(|c| !c.is_whitespace()).collect()
    };
    let mut marks: Vec<Mark> = Vec::new();
    for run in overlapping(line, span) {
        let Some(text) = mark(run.place) else { continue };
        let part = bare(run.start.max(span.start), run.end.min(span.end));
        let same = line.runs.iter().filter(|other| mark(other.place) == Some(text));
        let before: String =
            same.map(|other| bare(other.start, other.end.min(span.start))).collect();
        let nth = before
            .char_indices()
            .filter(|(at, _)| before.get(*at..).is_some_and(|rest| rest.starts_with(&part)));
        let nth = nth.count();
        if !part.is_empty() {
            marks.push(Mark { text, part, nth });
        }
    }
    marks
}

/// The last so many characters of a text.
fn last_of(text: &str, most: usize) -> String {
    let from = text.char_indices().rev().take(most).last().map_or(0, |(at, _)| at);
    text.get(from..).unwrap_or_default().trim().to_owned()
}

/// Moves the numbers of lists of filings, which say nothing of the page, out of its foot.
/// `listable` holds line and number of those that no foot is around.
fn note_lists(listable: &[(usize, usize)], shown: &mut [ShownNumber]) {
    for list in listable.chunk_by(|(line, _), (next, _)| next - line <= ROWS) {
        let numbers = list.iter().filter_map(|&(_, index)| shown.get(index));
        let subjects: HashSet<Number> = numbers
            .filter(|number| number.visible)
            .filter_map(|number| Some(number.number()?.subject()))
            .filter(|number| number.filing().is_some())
            .collect();
        if subjects.len() <= SUBJECTS {
            continue;
        }
        for &(_, index) in list {
            if let Some(number) = shown.get_mut(index) {
                number.zone = Zone::Body;
            }
        }
    }
}

/// Gives each number that does not lead to the ministry the nearest link beside it that does.
fn note_beside(
    flow: &Flow<'_>,
    base: Option<&Url>,
    used: &HashSet<usize>,
    orders: &[usize],
    shown: &mut [ShownNumber],
) {
    let free: Vec<(usize, &str)> = flow
        .links
        .iter()
        .enumerate()
        .filter(|(index, link)| !link.hidden && !used.contains(index))
        .filter(|(_, link)| link::may_be_miit(link.href, base))
        .filter(|(_, link)| link::class(link.href, base) == Link::Miit)
        .map(|(_, link)| (link.line, link.href))
        .collect();
    for (number, &order) in shown.iter_mut().zip(orders) {
        if number.link == Link::Miit {
            continue;
        }
        // Links stand in page order, so the neighbours of a line are next to each other.
        let from = free.partition_point(|&(line, _)| line + 1 < order);
        let near = free.iter().skip(from).take_while(|&&(line, _)| line <= order + 1).take(50);
        if let Some((_, href)) = near.min_by_key(|&&(line, _)| line.abs_diff(order)) {
            (*href).clone_into(&mut number.beside);
        }
    }
}

/// The police numbers of a page.
pub(super) fn police_numbers(flow: &Flow<'_>, base: Option<&Url>) -> Vec<ShownPolice> {
    let mut shown = Vec::new();
    for (_, line) in flow.lines_with(Sought::Police) {
        for found in find_police(line.text) {
            if shown.len() == NUMBERS {
                break;
            }
            let link = link_of(flow, line, &found.span, base);
            shown.push(ShownPolice {
                text: line.text.get(found.span.clone()).unwrap_or_default().to_owned(),
                canonical: found.number.to_string(),
                href: link.map(|(href, _)| href.to_owned()).unwrap_or_default(),
                link: link.map_or(PoliceLink::None, |(href, _)| link::police_class(href, base)),
                official: found.official,
                visible: !line.hidden,
            });
        }
    }
    shown
}

/// The link that a visitor follows from a part of a line: the one to the ministry where
/// there is one, else the one that wraps most of it.
fn link_of<'f>(
    flow: &'f Flow<'_>,
    line: Line<'_>,
    span: &Range<usize>,
    base: Option<&Url>,
) -> Option<(&'f str, Link)> {
    let mut best: Option<(bool, usize, &str, Link)> = None;
    for run in overlapping(line, span) {
        let Some(href) = link_at(flow, run.place).and_then(|link| flow.links.get(link)) else {
            continue;
        };
        let class = link::class(href.href, base);
        let length = run.end.min(span.end) - run.start.max(span.start);
        let key = (class == Link::Miit, length);
        if best.is_none_or(|(miit, most, ..)| key > (miit, most)) {
            best = Some((key.0, key.1, href.href, class));
        }
    }
    best.map(|(_, _, href, class)| (href, class))
}

/// Whether any part of a span raises doubt whether it is seen.
fn is_doubtful(flow: &Flow<'_>, line: Line<'_>, span: &Range<usize>) -> bool {
    overlapping(line, span).any(|run| flow.places.get(run.place).is_some_and(|p| p.doubtful))
}

fn links_in(flow: &Flow<'_>, line: Line<'_>, span: &Range<usize>) -> Vec<usize> {
    overlapping(line, span).filter_map(|run| link_at(flow, run.place)).collect()
}

fn overlapping<'l>(
    line: Line<'l>,
    span: &Range<usize>,
) -> impl Iterator<Item = &'l super::flow::Run> {
    let end = span.end;
    let first = line.runs.partition_point(|run| run.end <= span.start);
    line.runs.iter().skip(first).take_while(move |run| run.start < end)
}

fn link_at(flow: &Flow<'_>, place: usize) -> Option<usize> {
    flow.places.get(place)?.link
}
