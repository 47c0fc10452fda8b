//! Charts: bars of HTML and pictures of SVG, drawn by nothing but the browser.

use crate::policy::Level;
use crate::report::{Day, Tally, level_name};
use crate::rules::Lang;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What stands open by level, and what is closed, beside `most` of them.
pub(super) fn bar(tally: &Tally, most: u64) -> String {
    let parts = [
        ("violation", tally.violations),
        ("warning", tally.warnings),
        ("review", tally.reviews),
        ("closed", tally.closed),
    ];
    let mut html = String::from("<div class=\"bar\">");
    for (class, count) in parts.into_iter().filter(|(_, count)| *count > 0) {
        // Counts are far below where a double would begin to round.
        let width = 100.0 * count as f64 / most.max(1) as f64;
        let _ = write!(html, "<i class=\"{class}\" style=\"width:{width:.2}%\"></i>");
    }
    html.push_str("</div>");
    html
}

/// All findings by level in one bar, with a legend.
pub(super) fn levels(whole: &Tally, lang: Lang) -> String {
    let closed = if lang == Lang::Zh { "已关闭" } else { "closed" };
    let mut html = format!("{}\n<p class=\"legend\">", bar(whole, whole.open() + whole.closed));
    for (class, name, count) in [
        ("violation", level_name(Level::Violation, lang), whole.violations),
        ("warning", level_name(Level::Warning, lang), whole.warnings),
        ("review", level_name(Level::Review, lang), whole.reviews),
        ("closed", closed, whole.closed),
    ] {
        let _ = write!(html, "<span><i class=\"{class}\"></i>{name} {count}</span>");
    }
    html.push_str("</p>\n");
    html
}

/// At most so many pairs of bars; longer times are put together by weeks or months.
const MOST_BARS: i64 = 62;

/// What each day, or span of days, found and closed.
pub(super) fn days(by_day: &BTreeMap<Date, Day>, lang: Lang) -> String {
    let (Some(first), Some(last)) = (by_day.keys().next(), by_day.keys().next_back()) else {
        return String::new();
    };
    let length = i64::from(last.since(*first).map_or(0, |span| span.get_days())) + 1;
    let step = ((length + MOST_BARS - 1) / MOST_BARS).max(1);
    let bars = (length + step - 1) / step;
    let mut sums = vec![Day::default(); usize::try_from(bars).unwrap_or_default()];
    for (day, count) in by_day {
        let at = i64::from(day.since(*first).map_or(0, |span| span.get_days())) / step;
        if let Some(sum) = usize::try_from(at).ok().and_then(|at| sums.get_mut(at)) {
            sum.found += count.found;
            sum.closed += count.closed;
        }
    }
    let most = sums.iter().map(|day| day.found.max(day.closed)).max().unwrap_or(1).max(1);
    let (width, height, left, foot) = (720.0, 180.0, 44.0, 22.0);
    let each = (width - left) / sums.len().max(1) as f64;
    let tall = |count: u64| (height - foot - 10.0) * count as f64 / most as f64;
    let mut svg = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
         <line class=\"axis\" x1=\"{left}\" y1=\"{base}\" x2=\"{width}\" y2=\"{base}\"/>\n\
         <text x=\"{}\" y=\"14\" text-anchor=\"end\">{most}</text>\n\
         <text x=\"{}\" y=\"{base}\" text-anchor=\"end\">0</text>\n",
        left - 6.0,
        left - 6.0,
        base = height - foot,
    );
    for (at, day) in (0_i64..).zip(&sums) {
        let x = left + each * at as f64;
        let from = first.saturating_add((at * step).days());
        let said = format!("{from}: {} / {}", day.found, day.closed);
        for (class, count, shift) in [("found", day.found, 0.1), ("mended", day.closed, 0.5)] {
            let (tall, base) = (tall(count), height - foot);
            let _ = writeln!(
                svg,
                "<rect class=\"{class}\" x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{tall:.2}\"><title>{said}</title></rect>",
                x + each * shift,
                base - tall,
                each * 0.38
            );
        }
    }
    for (day, x, anchor) in [(first, left, "start"), (last, width, "end")] {
        let _ = writeln!(
            svg,
            "<text x=\"{x}\" y=\"{}\" text-anchor=\"{anchor}\">{day}</text>",
            height - 6.0
        );
    }
    let (found, mended) = match lang {
        Lang::Zh => ("发现", "关闭"),
        Lang::En => ("found", "closed"),
    };
    let _ = writeln!(
        svg,
        "</svg>\n<p class=\"legend\"><span><i class=\"violation\"></i>{found}</span>\
         <span><i class=\"closed\"></i>{mended}</span></p>"
    );
    svg
}
