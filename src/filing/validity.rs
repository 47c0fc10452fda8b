//! Until when the prior approvals of a filing hold: free text of several columns, or of one.

use super::date;
use jiff::civil::Date;
use regex::Regex;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// The most characters of a text that are read, and the most dates in it.
const MOST_CHARACTERS: usize = 4_000;
const MOST_DATES: usize = 32;

/// The end of one approval's validity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// The last day.
    Until(Date),
    /// 长期
    Forever,
}

/// A date as people write it; eight digits alone may be a number as well.
#[expect(clippy::unwrap_used, reason = "a constant pattern, compiled by a test")]
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|(?-u:\b)(?:19|20|21)\d{6}(?-u:\b))",
    )
    .unwrap()
});

/// Words that say that the date behind them is the last day.
const ENDS: &[&str] =
    &["至", "到", "截止", "截至", "有效期", "到期", "期限", "~", "until", "expir"];

/// Words that say that it is the day of issue.
const ISSUED: &[&str] = &["发证", "颁发", "签发", "批准", "批复", "核发", "取得", "issued"];

/// The ends of validity that a text names, in its order. A date counts where it stands alone
/// between separators, ends a span, or has a word before it that says so; dates of issue and
/// numbers that only look like dates do not.
pub fn validities(text: &str) -> Vec<Validity> {
    let text: String = text.nfkc().take(MOST_CHARACTERS).collect();
    let parts = text.split([';', ',', '、', '|', '\n']).map(str::trim);
    parts.filter_map(of_part).take(MOST_DATES).collect()
}

fn of_part(part: &str) -> Option<Validity> {
    if ["长期", "永久", "无固定期限"].iter().any(|word| part.contains(word)) {
        return Some(Validity::Forever);
    }
    let last = DATE.find_iter(part).last()?;
    let before = part.get(..last.start()).unwrap_or_default().trim_end();
    let behind = part.get(last.end()..).unwrap_or_default().trim();
    let is_alone = before.is_empty() && behind.is_empty();
    let says = |words: &[&str]| words.iter().any(|word| before.to_lowercase().contains(word));
    let first = DATE.find(part).filter(|first| first.start() < last.start());
    let between = first.and_then(|first| part.get(first.end()..last.start()));
    let ends_span = between.is_some_and(|sign| sign.trim().chars().all(|c| "-—~至到".contains(c)));
    let bare_digits = last.as_str().bytes().all(|b| b.is_ascii_digit());
    // 自2024-03-01起: the first day.
    if !ends_span && (before.ends_with(['自', '从', '由']) || behind.starts_with('起')) {
        return None;
    }
    let is_end = ends_span || says(ENDS) || (is_alone && !bare_digits) || behind.contains("到期");
    if !is_end || (says(ISSUED) && !ends_span && !says(ENDS)) {
        return None;
    }
    let spaceless: String = last.as_str().chars().filter(|c| !c.is_whitespace()).collect();
    match date::date(&spaceless) {
        Ok(Some(day)) => Some(Validity::Until(day)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;
    use proptest::prelude::*;

    #[test]
    fn the_last_day_of_an_approval_is_read() {
        let until = vec![Validity::Until(day(2027, 3, 1))];
        for text in [
            "2027-03-01",
            "出版；示例字2099第1号；2027-03-01",
            "出版, 示例字2099第1号, 2027/3/1",
            "出版、示例字第20190101号、有效期至2027年3月1日",
            "文化；20990101；2024-03-01至2027-03-01",
            "文化 2024.03.01-2027.03.01",
            "文化 20240301-20270301",
            "文化；有效期至20270301",
            "新闻；发证日期：2019-01-01；有效期：2027-03-01",
            "新闻；发证日期 2019-01-01 有效期至 2027-03-01",
            "新闻；2027-03-01到期",
        ] {
            assert_eq!(validities(text), until, "{text}");
        }
    }

    #[test]
    fn what_is_no_last_day_is_not_taken_for_one() {
        for text in [
            "",
            "出版；示例字2099第1号",
            "出版；20190101",
            "新闻；发证日期：2019-01-01",
            "批准日期 2019-01-01",
            "有效期自2019-01-01起三年",
            "国新网许可 2019-02-30",
            "示例字〔2019〕01-02号",
        ] {
            assert_eq!(validities(text), [], "{text}");
        }
    }

    #[test]
    fn several_approvals_have_several_ends() {
        assert_eq!(
            validities("出版；新闻；2025-01-01；有效期至长期"),
            [Validity::Until(day(2025, 1, 1)), Validity::Forever]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[0-9年月日至有效期;,、./ -]{0,60}|\\PC{0,60}") {
            prop_assert!(validities(&text).len() <= MOST_DATES);
        }
    }
}
