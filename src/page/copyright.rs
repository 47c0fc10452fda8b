//! The copyright lines of a page.

use super::{
    Copyright, Zone,
    facts::fold_space,
    flow::Flow,
    holder,
    region::Zones,
    words::{MARKS, YEARS},
};

/// Characters of a line that are kept.
const TEXT: usize = 300;
/// Lines that are kept.
const LINES: usize = 50;

/// The copyright lines of a page, in page order.
pub(super) fn copyright_lines(flow: &Flow<'_>, zones: &Zones<'_>) -> Vec<Copyright> {
    let mut lines: Vec<Copyright> = Vec::new();
    let mut visible = flow.lines().enumerate().filter(|(_, line)| !line.hidden).peekable();
    let mut before = None;
    while let Some((index, line)) = visible.next() {
        let before = before.replace(line);
        if !zones.may_have_marks(index) {
            continue;
        }
        let Some(marks) = MARKS.captures(line.text) else { continue };
        let at = marks.get(0).map_or(0, |mark| mark.start());
        if zones.zone(index, at) == Zone::Body || is_prose(line.text) {
            continue;
        }
        let holder = holder::of(line, before, visible.peek().map(|(_, next)| *next));
        // Without a name, 版权归原作者所有 says nothing of the page's owner.
        if holder.is_empty() && marks.name("belongs").is_some() {
            continue;
        }
        lines.push(Copyright { text: fold_space(line.text, TEXT), holder });
        if lines.len() == LINES {
            break;
        }
    }
    lines
}

/// Whether a line only talks about copyright.
fn is_prose(text: &str) -> bool {
    let has_year = YEARS.is_match(text);
    text.chars().count() > 120 && !has_year && text.matches(['，', '。', '；']).count() >= 3
}
