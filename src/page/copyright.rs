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
pub(super) fn copyright_lines(flow: &Flow) -> Vec<Copyright> {
    let zones = Zones::new(flow);
    let mut lines: Vec<Copyright> = Vec::new();
    let mut visible = flow.lines.iter().enumerate().filter(|(_, line)| !line.hidden).peekable();
    while let Some((index, line)) = visible.next() {
        let Some(mark) = MARKS.find(&line.text) else { continue };
        if zones.zone(index, mark.start()) == Zone::Body || is_prose(&line.text) {
            continue;
        }
        let next = visible.peek().map(|(_, next)| *next);
        lines
            .push(Copyright { text: fold_space(&line.text, TEXT), holder: holder::of(line, next) });
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
