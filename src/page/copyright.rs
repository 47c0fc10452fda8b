//! Copyright lines, and whom they name.

use super::{
    Copyright, Zone,
    facts::fold_space,
    flow::{Flow, Line},
    region::Zones,
};
use crate::record::{find, find_police};
use regex::Regex;
use std::sync::LazyLock;

/// Characters of a line that are kept.
const TEXT: usize = 300;
/// Lines that are kept.
const LINES: usize = 50;
/// Characters of a line that are read: a foot is short.
const READ: usize = 1_200;

/// Parts the text around a holder: nothing reaches across.
const WALL: char = '\u{1}';
/// Characters that do the same on the page.
const WALLS: [char; 11] = ['|', '｜', '│', '丨', '┊', '¦', WALL, '[', ']', '【', '】'];
/// The border of a link.
const BORDER: char = '\u{2}';

#[expect(clippy::unwrap_used, reason = "a constant pattern, compiled by a test")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

/// The marks of a copyright line; each is one group.
static MARKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        (?P<reserved> (?:all|some)\s*rights?\s*reserved )
      | (?P<owned> 版权所有 | 版權所有 | 版权所属 | 版权归属 | 著作权所有 )
      | (?P<mark> copyright | copy\s*right | ©\u{fe0f}? | &copy;? | ⓒ | [(（]\s*c\s*[)）] )
        ",
    )
});

/// Years, alone or as a range.
static YEARS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)
        (?:19|20)\d{2} \s*年? (?: \s* [-–—~～至到―－/] \s* (?: (?:19|20)?\d{2}\s*年? | 至今 | 今 | present | now )? )*
        ",
    )
});

/// Labels behind which another name or another matter begins.
static LABELS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?xi)
        (?: 备案序?号 | 网站备案 | ICP备案 | 备案 | 网站标识码 | 技术支持 | 技术服务 | 设计制作 | 网站建设 | 网站制作
          | 网站设计 | 建站 | 主办方? | 承办 | 协办 | 运营 | 地址 | 邮编 | 电话 | 联系电话 | 客服 | 传真 | 邮箱 | 邮件
          | 热线 | 中文域名 | 中文网址 | 英文域名 | 域名 | 网址 | 许可证号? | 备案/许可证号码? | 备案/许可证编?号
          | 经营许可证 | 增值电信业务经营许可证 | 版本 | 皮肤主题 | 设计师 | e-?mail | tel | fax | qq | 编号 | 统一社会信用代码 ) \s* [:：]
      | powered\s+by | designed?\s+by | support(?:ed)?\s+by | theme\s+by | hosted\s+by | 技术支持 | 网站建设 | 法律声明
      | 未经 | 禁止 | 不得 | 复制必究 | 翻版必究 | 侵权必究 | 违者必究 | 盗版必究 | 保留所有权利 | 保留一切权利 | 建议使用
        ",
    )
});

/// A name's label that says the owner follows.
static OWNER_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:.*[\s])?(?:主办单位|主办方|主办|承办单位|承办|制作单位|运营单位|运营主体|运营方|运营|网站名称|单位名称|公司名称|所有|本站|本网站|主管单位|主管)\s*[:：]\s*",
    )
});

/// How organisations' names end.
static ORGANISATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:公司|集团|中心|委员会|政府|厅|局|大学|学院|学校|中学|小学|幼儿园|医院|协会|学会|商会|研究院|研究所|工作室|事务所|银行|出版社|报社|杂志社|电视台|基金会|厂|商行|经营部|联社|合作社|分公司|俱乐部|办公室|法院|检察院|人民政府)(?:[(（][^)）]{1,12}[)）])?$",
    )
});

/// The copyright lines of a page, in page order.
pub(super) fn copyright_lines(flow: &Flow) -> Vec<Copyright> {
    let zones = Zones::new(flow);
    let mut lines: Vec<Copyright> = Vec::new();
    for (index, line) in flow.lines.iter().enumerate().filter(|(_, line)| !line.hidden) {
        let Some(mark) = MARKS.find(&line.text) else { continue };
        if zones.zone(index, mark.start()) == Zone::Body || is_prose(&line.text) {
            continue;
        }
        lines.push(Copyright { text: fold_space(&line.text, TEXT), holder: holder(line) });
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

/// The owner that a copyright line names; empty where it names none.
fn holder(line: &Line) -> String {
    let text = walled(line);
    let mut best: Option<(u32, String)> = None;
    for (score, slot) in slots(&text) {
        let from_end = matches!(score, Slot::BeforeOwned);
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
            Slot::BeforeOwned => 50 + bonus,
            Slot::AfterOwned => 45 + bonus,
            Slot::AfterMark => 40 + bonus,
            Slot::BeforeReserved => 30 + bonus,
            Slot::AfterReserved => bonus.saturating_sub(10),
        }
    }
}

/// The line with walls for record numbers, years and labels, and borders for links.
fn walled(line: &Line) -> String {
    let text: &str = match line.text.char_indices().nth(READ) {
        Some((end, _)) => line.text.get(..end).unwrap_or_default(),
        None => &line.text,
    };
    let numbers = find(text).into_iter().map(|found| found.span);
    let police = find_police(text).into_iter().map(|found| found.span);
    let spans: Vec<_> = numbers.chain(police).collect();
    let mut walled = String::new();
    for (at, c) in text.char_indices() {
        if line.borders.binary_search(&at).is_ok() {
            walled.push(BORDER);
        }
        let is_number = spans.iter().any(|span| span.contains(&at));
        walled.push(if is_number || WALLS.contains(&c) { WALL } else { c });
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
                slots.push((Slot::BeforeOwned, before.to_owned()));
                let is_named = after.trim_start().starts_with([':', '：', '归', '属'])
                    || before_is_empty(before);
                // The years of 版权所有 © 2001-2012 X stand behind a mark of their own.
                if is_named {
                    slots.push((Slot::AfterOwned, after.to_owned()));
                }
            }
            'r' => {
                if at == 0 {
                    slots.push((Slot::BeforeReserved, before.to_owned()));
                }
                slots.push((Slot::AfterReserved, after.to_owned()));
            }
            _ => slots.push((Slot::AfterMark, after.to_owned())),
        }
        from = end;
    }
    slots
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
        let head = head.split([WALL, '。', '；', ';', '！']).next().unwrap_or_default();
        let end = LABELS.find(head).map_or(head.len(), |label| label.start());
        pieces.extend(split(head.get(..end).unwrap_or_default()));
    }
    let mut names = pieces.iter().map(|piece| clean(piece)).filter(|name| is_name(name)).take(4);
    let first = names.next()?;
    if ORGANISATION.is_match(&first) {
        return Some((true, first));
    }
    // A brand and then the company; what stands further off is somebody else, unless it
    // is a company by its name.
    let company = names
        .enumerate()
        .find(|(at, name)| ORGANISATION.is_match(name) && (*at == 0 || name.contains("公司")));
    match company {
        Some((_, company)) => Some((true, company)),
        None => Some((false, first)),
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
            BORDER | '\u{3}' | '\u{3000}' | '•' => true,
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

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

fn is_filler(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{3}' | '.' | ',' | ':' | '：' | '-' | '–' | '—' | '·' | BORDER)
}

fn has_name(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// A piece without the marks and little words around it.
fn clean(piece: &str) -> String {
    let mut name = piece.trim_matches(|c: char| !is_part_of_name(c)).to_owned();
    for word in ["by ", "BY ", "By ", "归", "属", "本站由"] {
        if let Some(rest) = name.strip_prefix(word) {
            name = rest.trim_start_matches(is_filler).to_owned();
        }
    }
    for word in ["所有", "享有", "版权", ",Inc"] {
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
        && piece.chars().any(|c| c.is_alphabetic())
        && LABELS.find(piece).is_none_or(|label| label.start() != 0)
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder_of(text: &str) -> String {
        holder(&Line { text: text.to_owned(), ..Line::default() })
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
        ] {
            assert_eq!(holder_of(text), expected, "{text}");
        }
    }

    #[test]
    fn the_patterns_compile() {
        for pattern in [&MARKS, &YEARS, &LABELS, &OWNER_LABEL, &ORGANISATION] {
            assert!(!pattern.as_str().is_empty());
        }
    }
}
