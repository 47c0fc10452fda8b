//! Whom a copyright line names.

use super::{
    flow::Line,
    words::{LABELS, MARKS, MENU, ORGANISATION, OWNER_LABEL, TEMPLATE, YEARS},
};
use crate::record::{find, find_police};

/// Characters of a line that are read: a foot is short.
const READ: usize = 1_200;

/// Parts the text around a holder: nothing reaches across.
const WALL: char = '\u{1}';
/// Characters that do the same on the page.
const WALLS: [char; 11] = ['|', '｜', '│', '丨', '┊', '¦', WALL, '[', ']', '【', '】'];
/// The border of a link.
const BORDER: char = '\u{2}';
/// Stands for years, and for what a template puts in their place.
const YEAR: char = '\u{3}';

/// The owner that a line names, or the line behind it where this one only says that an
/// owner follows, or the line before it that goes on here; empty where none is named.
pub(super) fn of(line: Line<'_>, before: Option<Line<'_>>, next: Option<Line<'_>>) -> String {
    if let Some(next) = next.filter(|next| is_label(line.text, next.text)) {
        return holder_in(&format!("{} {}", line.text, walled(next)));
    }
    let holder = holder_in(&walled(line));
    match before.filter(|before| holder.is_empty() && goes_on(before.text, line.text)) {
        Some(before) => before.text.to_owned(),
        None => holder,
    }
}

/// Whether a line begins with 版权所有, and the one before it is an organisation's name
/// with nothing around it.
fn goes_on(before: &str, text: &str) -> bool {
    let is_owned = MARKS
        .captures(text)
        .is_some_and(|marks| marks.name("owned").is_some_and(|owned| owned.start() == 0));
    is_owned && is_organisation_alone(before) && before.chars().count() <= 40
}

fn is_organisation_alone(text: &str) -> bool {
    !text.contains([' ', ':', '：']) && ORGANISATION.is_match(text) && !MENU.is_match(text)
}

/// Whether a line holds marks and years only, and the owner stands in the next one: behind
/// a colon, or as an organisation's name with nothing around it.
fn is_label(text: &str, next: &str) -> bool {
    let without_marks = MARKS.replace_all(text, "");
    !has_name(&YEARS.replace_all(&without_marks, ""))
        && (text.trim_end().ends_with([':', '：']) || is_organisation_alone(next))
}

/// The owner that a line, walled, names; empty where it names none.
fn holder_in(text: &str) -> String {
    let mut best: Option<(u32, String)> = None;
    for (score, slot) in slots(text) {
        let from_end = matches!(score, Slot::BeforeOwned | Slot::BeforeMark);
        if let Some((is_organisation, name)) = pick(&slot, from_end) {
            let worth = score.worth(is_organisation, &name);
            if worth > 0 && best.as_ref().is_none_or(|(most, _)| worth > *most) {
                best = Some((worth, name));
            }
        }
    }
    best.map(|(_, name)| name).unwrap_or_default()
}

/// Where in a line a name stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// Before ©, where nothing stands behind it.
    BeforeMark,
    /// Before 版权所有.
    BeforeOwned,
    /// Behind 版权所有.
    AfterOwned,
    /// Behind © or Copyright and the years.
    AfterMark,
    /// Before "All Rights Reserved", where nothing else is.
    BeforeReserved,
    /// Behind it.
    AfterReserved,
}

impl Slot {
    fn worth(self, is_organisation: bool, name: &str) -> u32 {
        let is_chinese = name.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}'));
        let bonus = if is_organisation && is_chinese { 60 } else { 0 };
        match self {
            Slot::BeforeMark => 5,
            Slot::BeforeOwned => 50 + bonus,
            Slot::AfterOwned => 45 + bonus,
            Slot::AfterMark => 40 + bonus,
            Slot::BeforeReserved => 30 + bonus,
            Slot::AfterReserved => bonus.saturating_sub(10),
        }
    }
}

/// The line with walls for record numbers, years for templates and borders for links.
fn walled(line: Line<'_>) -> String {
    let text: &str = match line.text.char_indices().nth(READ) {
        Some((end, _)) => line.text.get(..end).unwrap_or_default(),
        None => line.text,
    };
    let numbers = find(text).into_iter().map(|found| found.span);
    let police = find_police(text).into_iter().map(|found| found.span);
    let templates = TEMPLATE.find_iter(text).map(|found| found.range());
    let numbers: Vec<_> = numbers.chain(police).collect();
    let templates: Vec<_> = templates.collect();
    let is_in = |spans: &[std::ops::Range<usize>], at| spans.iter().any(|span| span.contains(&at));
    let mut walled = String::new();
    for (at, c) in text.char_indices() {
        if line.borders.binary_search(&at).is_ok() {
            walled.push(BORDER);
        }
        let is_wall = WALLS.contains(&c) || is_in(&numbers, at);
        walled.push(if is_in(&templates, at) {
            YEAR
        } else if is_wall {
            WALL
        } else {
            c
        });
    }
    walled
}

/// Cuts a line at its marks into the places where a name may stand.
fn slots(text: &str) -> Vec<(Slot, String)> {
    let marks: Vec<(char, usize, usize)> = MARKS
        .captures_iter(text)
        .filter_map(|marks| {
            let kind = if marks.name("owned").is_some() {
                'o'
            } else if marks.name("reserved").is_some() {
                'r'
            } else {
                'm'
            };
            marks.get(0).map(|mark| (kind, mark.start(), mark.end()))
        })
        .collect();
    let mut slots = Vec::new();
    let mut from = 0;
    for (at, &(kind, start, end)) in marks.iter().enumerate() {
        let before = text.get(from..start).unwrap_or_default();
        let next = marks.get(at + 1).map_or(text.len(), |&(_, start, _)| start);
        let after = text.get(end..next).unwrap_or_default();
        match kind {
            'o' => {
                // What 版权所有： names is the owner; who stands before it is somebody else.
                let belongs = text.get(start..end).is_some_and(|mark| mark.ends_with('归'));
                let is_labelled = (belongs
                    || after.trim_start().starts_with([':', '：', '归', '属']))
                    && pick(after, false).is_some();
                if !is_labelled && !belongs {
                    slots.push((Slot::BeforeOwned, before.to_owned()));
                }
                // The years of 版权所有 © 2001-2012 X stand behind a mark of their own.
                if is_labelled || before_is_empty(before) {
                    slots.push((Slot::AfterOwned, after.to_owned()));
                }
            }
            'r' => {
                if at == 0 {
                    slots.push((Slot::BeforeReserved, before.to_owned()));
                }
                slots.push((Slot::AfterReserved, after.to_owned()));
            }
            _ => {
                if at == 0 && is_owner_alone(before) {
                    slots.push((Slot::BeforeMark, before.to_owned()));
                }
                slots.push((Slot::AfterMark, after.to_owned()));
            }
        }
        from = end;
    }
    slots
}

/// Whether what stands before © can be the owner: no supplier, no link of a menu.
fn is_owner_alone(before: &str) -> bool {
    let tail = before.rsplit(WALL).next().unwrap_or_default();
    let is_short = tail.chars().filter(|c| c.is_alphanumeric()).count() <= 40;
    is_short
        && !LABELS.is_match(tail)
        && pick(tail, true).is_some_and(|(_, name)| !MENU.is_match(&name))
}

fn before_is_empty(before: &str) -> bool {
    pick(before, true).is_none()
}

/// Picks the name out of a slot: an organisation's if there is one, else the nearest.
fn pick(slot: &str, from_end: bool) -> Option<(bool, String)> {
    let without_years = YEARS.replace_all(slot, " \u{3} ");
    let mut pieces: Vec<String> = Vec::new();
    if from_end {
        let tail = without_years
            .rsplit([WALL, '。', '；', '，', ';', '！'])
            .find(|part| has_name(part))?;
        let tail = OWNER_LABEL.replace(tail, "");
        pieces.extend(split(&tail));
        // Years part a name from what follows it, but not from 版权所有.
        pieces.reverse();
    } else {
        let head = without_years.trim_start_matches(is_filler);
        let end = LABELS.find(head).map_or(head.len(), |label| label.start());
        let mut parts = head.get(..end).unwrap_or_default().split([WALL, '。', '；', ';', '！']);
        pieces.extend(split(parts.next().unwrap_or_default()));
        if !has_name(&pieces.concat()) {
            // Behind a number only what is an organisation by its name is meant.
            let behind = parts.find(|part| has_name(part)).unwrap_or_default();
            pieces = split(behind);
            pieces.retain(|piece| ORGANISATION.is_match(&clean(piece)));
        }
    }
    let names: Vec<String> =
        pieces.iter().map(|piece| clean(piece)).filter(|name| is_name(name)).take(4).collect();
    let (first, rest) = names.split_first()?;
    if ORGANISATION.is_match(first) {
        return Some((true, first.clone()));
    }
    // A brand and then the company; what stands further off is somebody else, unless it
    // is a company by its name.
    let company = rest
        .iter()
        .enumerate()
        .find(|(at, name)| ORGANISATION.is_match(name) && (*at == 0 || name.contains("公司")));
    match (company, rest.first()) {
        (Some((_, company)), _) => Some((true, company.clone())),
        // 示例 Sample 版权所有: one name in two scripts.
        (None, Some(before))
            if from_end && is_latin_word(first) && before.chars().all(is_chinese) =>
        {
            Some((false, format!("{before} {first}")))
        }
        (None, _) => Some((false, first.clone())),
    }
}

/// Splits a slot at link borders, and at blanks that stand beside Chinese.
fn split(slot: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut chars = slot.chars().peekable();
    let mut last = ' ';
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        let splits = match c {
            BORDER | YEAR | '\u{3000}' | '•' => true,
            ' ' => is_chinese(last) || is_chinese(next) || next == BORDER,
            _ => false,
        };
        if splits {
            pieces.push(String::new());
        } else if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
        if c != ' ' {
            last = c;
        }
    }
    pieces
}

fn is_latin_word(name: &str) -> bool {
    !name.starts_with("www.") && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

fn is_filler(c: char) -> bool {
    c.is_whitespace() || matches!(c, YEAR | '.' | ',' | ':' | '：' | '-' | '–' | '—' | '·' | BORDER)
}

fn has_name(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// A piece without the marks and little words around it.
fn clean(piece: &str) -> String {
    let mut name = piece.trim_matches(|c: char| !is_part_of_name(c)).to_owned();
    for word in ["by ", "BY ", "By ", "归", "属", "本站由", "均为", "author:", "作者：", "作者:"]
    {
        if let Some(rest) = name.strip_prefix(word) {
            name = rest.trim_start_matches(is_filler).to_owned();
        }
    }
    for word in ["所有", "享有", "版权", "主办"] {
        if let Some(rest) = name.strip_suffix(word).filter(|rest| !rest.is_empty()) {
            name = rest.trim_end_matches(is_filler).to_owned();
        }
    }
    name
}

fn is_part_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '(' | ')' | '（' | '）' | '《' | '》' | '"' | '“' | '”')
}

/// Whether a piece can be a name at all.
fn is_name(piece: &str) -> bool {
    let length = piece.chars().filter(|c| c.is_alphanumeric()).count();
    let lower = piece.to_lowercase();
    (2..=60).contains(&length)
        && piece.chars().any(|c| c.is_alphabetic() && !matches!(c, '第' | '字' | '号'))
        && LABELS.find(piece).is_none_or(|label| label.start() != 0)
        && !["承办", "协办", "制作", "维护", "技术支持"].iter().any(|word| piece.ends_with(word))
        && !["your website", "yourwebsite", "company name", "your company", "网站名称", "公司名称"]
            .iter()
            .any(|word| lower.contains(word))
        && ![
            "by",
            "the",
            "all",
            "version",
            "设为首页",
            "联系我们",
            "关于我们",
            "网站地图",
            "至今",
            "now",
            "present",
        ]
        .contains(&lower.as_str())
        && !["原", "作者", "个人", "各", "其"].iter().any(|word| piece.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder_of(text: &str) -> String {
        of(Line { text, ..Line::default() }, None, None)
    }

    #[test]
    fn the_owner_is_named_without_years_marks_and_neighbours() {
        for (text, expected) in [
            ("© 2010-2099 示例网络有限公司 版权所有", "示例网络有限公司"),
            ("示例网络有限公司版权所有©2010-2099", "示例网络有限公司"),
            ("版权所有：示例市人民政府 主办方：示例市办公室", "示例市人民政府"),
            ("版权所有：© 2001-2099 示例学会 地址：示例路1号 邮编：100000", "示例学会"),
            ("Copyright © 2099 示例网 All Rights Reserved.", "示例网"),
            (
                "Copyright©示例网 北京示例在线信息有限公司 All Rights Reserved 版权所有 复制必究",
                "北京示例在线信息有限公司",
            ),
            ("Site.example All rights reserved.", "Site.example"),
            ("Copyright © 2099 by www.site.example. all rights reserved", "www.site.example"),
            (
                "© 2099 , Example Tech. 示例科技（杭州）有限公司浙ICP备99005035号-1",
                "示例科技（杭州）有限公司",
            ),
            ("主办：示例省办公厅 © 示例省网 版权所有 晋ICP备99000773号", "示例省网"),
            ("Copyright © 2098-2099备案号：粤ICP备99109218号", ""),
            ("Copyright Your WebSite.Some Rights Reserved.", ""),
            ("主办单位：示例大学监察室 版权所有", "示例大学监察室"),
            (
                "Copyright © 2014~2099 The Sample All rights reserved.上海示例报业有限公司 | 沪ICP证：沪B2-20990170",
                "上海示例报业有限公司",
            ),
            ("Copyright © 2099 Example All Rights Reserved. 示例公司 版权所有", "示例公司"),
            (
                "示例新媒体版权所有Copyright © 2099 Example New Media Limited All Rights Reserved.",
                "示例新媒体",
            ),
            ("Copyright(C)site.example, All Rights Reserved.", "site.example"),
            ("示例（示范旗下媒体）·1997-2099 版权所有", "示例（示范旗下媒体）"),
            ("Copyright (C) 示例网 2004-2099, All Rights Reserved京ICP证999189号", "示例网"),
            ("Copyright©2005-2099 360.example 版权所有 示例互联网安全中心", "360.example"),
            ("© 2099 示例网 技术支持：样本软件有限公司", "示例网"),
            (
                "本网站所有信息仅供参考。 Copyright © 2018-2099 示例基金 All Rights Reserved.",
                "示例基金",
            ),
            ("© 2000 - 2099", ""),
            ("示例科技有限公司 © 2099 粤ICP备99000123号", "示例科技有限公司"),
            ("示例科技有限公司 Copyright 2099 All Rights Reserved", "示例科技有限公司"),
            ("示例科技有限公司 ©2004-2099 法律顾问：样本律师事务所", "示例科技有限公司"),
            ("www.site.example 示例科技有限公司 Copyrighgt©2099", "示例科技有限公司"),
            ("隐私政策 © 2099", ""),
            ("网上举报中心 © 2099", ""),
            ("Powered by Engine | Theme by Sample © 2099 Copyright", ""),
            ("技术支持：样本软件有限公司 版权所有：示例大学", "示例大学"),
            ("© 2099.5.21 Sample Fun", "Sample Fun"),
            ("Copyright © 2099 粤ICP备99000123号 示例科技有限公司", "示例科技有限公司"),
            ("Copyright © {{ year }} {{ site.name }}", ""),
            ("Copyright © ${year} {公司名称} 版权所有", ""),
            ("© 2099 示例网 网站设计 样本网络有限公司", "示例网"),
            ("© 2099 示界 Sample 版权所有", "示界 Sample"),
            ("版 权 所 有 ： 示例镇人民政府", "示例镇人民政府"),
            ("© Since 2099 Sample", "Sample"),
            ("© {{ year }} 示例网", "示例网"),
            ("示例县人民政府办公室主办 示例县信息中心承办 版权所有", "示例县人民政府办公室"),
            ("© 2099 示例网 Sample.com 版权所有", "示例网 Sample.com"),
            ("本网站版权归示例杂志社所有", "示例杂志社"),
            ("图片版权归原作者所有", ""),
            ("粤网文[2099]1234-012号 粤公网安备44030599000123号 版权所有 示例公司", "示例公司"),
        ] {
            assert_eq!(holder_of(text), expected, "{text}");
        }
    }
}
