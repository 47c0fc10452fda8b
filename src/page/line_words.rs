//! Words that tell what a line is of: the foot of the page, the answer of a look-up.

use super::region::is_short;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::sync::LazyLock;

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

/// What words a line holds.
#[derive(Clone, Copy, Default)]
pub(super) struct LineWords {
    /// It reads like one of a page's foot: short, with the words of a foot.
    pub(super) foot: bool,
    /// It reads like a cell or a row of a look-up's answer.
    pub(super) result: bool,
    /// It holds what a mark of copyright begins or ends with.
    pub(super) mark: bool,
}

/// Parts of the marks of copyright: each mark holds one of them.
const MARK_PARTS: [&str; 9] = ["right", "copy", "版", "著作", "©", "ⓒ", "(", "（", "ſ"];

/// The words of all three kinds, in that order.
static WORDS: LazyLock<AhoCorasick> = LazyLock::new(automaton);

#[expect(clippy::unwrap_used, reason = "constant words, compiled by every test of a page")]
fn automaton() -> AhoCorasick {
    let words = FOOT_WORDS.iter().chain(&RESULT_WORDS).chain(&MARK_PARTS);
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(words).unwrap()
}

impl LineWords {
    pub(super) fn of(text: &str) -> LineWords {
        let mut words = LineWords::default();
        if !may_hold_word(text.as_bytes()) {
            return words;
        }
        for found in WORDS.find_overlapping_iter(text) {
            words.note(found.pattern().as_usize());
        }
        words.foot &= is_short(text, 400);
        words.result &= is_short(text, 120);
        words
    }

    fn note(&mut self, pattern: usize) {
        match pattern {
            at if at < FOOT_WORDS.len() => self.foot = true,
            at if at < FOOT_WORDS.len() + RESULT_WORDS.len() => self.result = true,
            _ => self.mark = true,
        }
    }
}

/// Whether two bytes behind each other may be of one of the words: few of a page are. Without a
/// branch, so that many are looked at in one step.
pub(super) fn hints_at_word(first: u8, second: u8) -> bool {
    let is = |pair: [u8; 2]| (first == pair[0]) & (second == pair[1]);
    let reads = |pair: &[u8; 2]| ((first | 0x20) == pair[0]) & ((second | 0x20) == pair[1]);
    reads(b"ri")
        | reads(b"co")
        | (first == b'(')
        | is(const { inner("（") })
        | is(const { inner("版") })
        | is(const { inner("著") })
        | is(const { inner("ⓒ") })
        | is([0xc2, 0xa9])
        | is([0xc5, 0xbf])
        | is(const { inner("安") })
        | is(const { inner("案") })
        | is(const { inner("办") })
        | is(const { inner("支") })
        | is(const { inner("许") })
        | is(const { inner("单") })
        | is(const { inner("审") })
        | is(const { inner("址") })
}

/// Whether a text may hold one of the words.
fn may_hold_word(text: &[u8]) -> bool {
    let pairs = text.iter().zip(text.get(1..).unwrap_or_default());
    let any = pairs.fold(false, |any, (first, second)| any | hints_at_word(*first, *second));
    any || text.last().is_some_and(|last| hints_at_word(*last, 0))
}

/// The last two of a character's three bytes.
const fn inner(character: &str) -> [u8; 2] {
    match character.as_bytes() {
        [_, second, third] => [*second, *third],
        _ => [0; 2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_passed_over_before_it_is_looked_for() {
        for word in FOOT_WORDS.iter().chain(&RESULT_WORDS).chain(&MARK_PARTS) {
            for text in [word.to_string(), word.to_ascii_uppercase(), format!("甲{word}乙")] {
                assert!(may_hold_word(text.as_bytes()), "{text}");
            }
        }
        assert!(!may_hold_word("示例公司的产品 2099".as_bytes()));
    }
}
