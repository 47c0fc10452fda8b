use super::{Reason, text};
use jiff::{Timestamp, civil::Date, tz::Offset};
use unicode_normalization::UnicodeNormalization;

/// No filing, and no document that a filing needs, has a date outside of these years.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2199;
/// Days from Excel's day 0 (1899-12-30, so that days from March 1900 on are right) to 1970-01-01.
const EXCEL_EPOCH: i64 = 25_569;
/// Serial days that can be dates of ours: 1990-01-01 to 2199-12-31.
const SERIALS: std::ops::RangeInclusive<i64> = 32_874..=109_572;

/// Reads a date as Excel and Chinese consoles write it, with or without a time of day.
/// `None`: the cell is empty, or says that there is no end (长期, 9999-12-31).
pub(super) fn date(cell: &str) -> Result<Option<Date>, Reason> {
    let folded: String = cell.nfkc().filter(|&c| !text::is_invisible(c)).collect();
    let folded = folded.trim();
    if is_none(folded) {
        return Ok(None);
    }
    let Some(date) = moment(folded).or_else(|| spelled(folded)) else {
        return Err(Reason::new(
            "无法识别为日期，请按这样的格式填写：2023-05-06（也可写作 2023/5/6、2023.5.6、20230506、2023年5月6日）",
            "no date can be read here; write it like 2023-05-06 (also read: 2023/5/6, 2023.5.6, 20230506, 2023年5月6日)",
        ));
    };
    match date.year() {
        9999 => Ok(None),
        year if YEARS.contains(&year) => Ok(Some(date)),
        year => Err(Reason::new(
            format!(
                "年份 {year} 不在 {} 到 {} 之间，请改正日期，或将这一格留空",
                YEARS.start(),
                YEARS.end()
            ),
            format!(
                "the year {year} is not between {} and {}; mend the date, or leave the cell empty",
                YEARS.start(),
                YEARS.end()
            ),
        )),
    }
}

/// Reads the end of a validity: a date, or the second of two (`2018-01-01至2028-01-01`).
pub(super) fn end_of_validity(cell: &str) -> Result<Option<Date>, Reason> {
    let folded: String = cell.nfkc().collect();
    for sign in ["至", "到", "~", "～", "—", " - ", "--"] {
        if let Some((_, end)) = folded.split_once(sign) {
            return date(end.trim_matches(|c| c == '-' || c == '—'));
        }
    }
    match folded.split_once('-') {
        Some((first, end)) if moment(first.trim()).or_else(|| spelled(first.trim())).is_some() => {
            date(end)
        }
        _ => date(&folded),
    }
}

fn is_none(folded: &str) -> bool {
    text::is_absent(folded)
        || ["长期", "永久", "长期有效", "永久有效", "长久", "无期限"].contains(&folded)
        || folded.starts_with("0000-00-00")
}

/// A bare number, or a time with its own zone: the day that it was in China.
fn moment(folded: &str) -> Option<Date> {
    let in_china = |time: Timestamp| Offset::constant(8).to_datetime(time).date();
    if folded.contains('T')
        && let Ok(time) = folded.parse::<Timestamp>()
    {
        return Some(in_china(time));
    }
    let (whole, fraction) = folded.split_once('.').unwrap_or((folded, "0"));
    let is_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    match whole.len() {
        5 | 6 if SERIALS.contains(&number) => {
            Timestamp::from_second((number - EXCEL_EPOCH) * 86_400)
                .ok()
                .map(|time| Offset::UTC.to_datetime(time).date())
        }
        8 | 12 | 14 => {
            let part = |range: std::ops::Range<usize>| whole.get(range)?.parse().ok();
            Date::new(part(0..4)?, part(4..6)? as i8, part(6..8)? as i8).ok()
        }
        10 => Timestamp::from_second(number).ok().map(in_china),
        13 => Timestamp::from_millisecond(number).ok().map(in_china),
        _ => None,
    }
}

/// Year, month and day with signs between them, and perhaps a time behind.
fn spelled(folded: &str) -> Option<Date> {
    let (day, behind) = day_and_time(folded);
    if !is_time(behind) {
        return None;
    }
    let day = day.replace(['年', '月', '/', '.'], "-");
    let mut parts = day.trim_end_matches('日').split('-').map(str::trim);
    let (year, month, number) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() > 2 || number.len() > 2 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, number.parse().ok()?).ok()
}

/// Splits behind the day: at `T`, at 日, or at the space behind three numbers.
fn day_and_time(folded: &str) -> (&str, &str) {
    if let Some((end, sign)) = folded.char_indices().find(|&(_, c)| matches!(c, 'T' | '日' | '号'))
    {
        let behind = folded.get(end + sign.len_utf8()..).unwrap_or_default();
        return (folded.get(..end).unwrap_or(folded), behind);
    }
    let mut numbers = 0;
    let mut in_number = false;
    for (at, c) in folded.char_indices() {
        if c.is_whitespace() && numbers == 3 {
            return (folded.get(..at).unwrap_or(folded), folded.get(at..).unwrap_or_default());
        }
        numbers += usize::from(c.is_ascii_digit() && !in_number);
        in_number = c.is_ascii_digit();
    }
    (folded, "")
}

fn is_time(text: &str) -> bool {
    let text = text.trim();
    text.is_empty()
        || (text.contains(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| {
                c.is_ascii_digit() || c.is_whitespace() || ":.+-时分秒上下午AaPpMmZ".contains(c)
            }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;
    use proptest::prelude::*;

    #[test]
    fn a_date_is_read_from_every_form_that_lists_have() {
        for cell in [
            "2023-05-06",
            "2023/5/6",
            "2023.5.6",
            "20230506",
            "2023年5月6日",
            "２０２３年５月６日",
            "2023 年 5 月 6 日",
            "2023-05-06 10:20",
            "2023-05-06T10:20:30",
            "2023-05-05T18:20:30Z",
            "2023-05-06 10:20:30.0",
            "2023/5/6 上午10:20",
            "2023年5月6日 10时20分",
            "20230506102030",
            "45052",
            "45052.4306",
            "1683331200",
            "1683331200000",
        ] {
            assert_eq!(date(cell), Ok(Some(day(2023, 5, 6))), "{cell}");
        }
    }

    #[test]
    fn a_cell_without_a_date_or_without_an_end_has_none() {
        for cell in ["", "-", "无", "长期", "9999-12-31", "0000-00-00 00:00:00"] {
            assert_eq!(date(cell), Ok(None), "{cell}");
        }
    }

    #[test]
    fn a_date_that_cannot_be_is_refused() {
        for cell in [
            "2023-02-30",
            "2023-13-01",
            "06/05/2023",
            "1970-01-01",
            "3023-01-01",
            "5月6日",
            "2023",
            "2023-05-06 x",
            "明天",
        ] {
            assert!(date(cell).is_err(), "{cell}");
        }
    }

    #[test]
    fn of_a_validity_the_end_counts() {
        for cell in [
            "2018-01-01至2028-01-01",
            "2018.01.01-2028.01.01",
            "20180101-20280101",
            "2018年1月1日～2028年1月1日",
            "2018-01-01 - 2028-01-01",
            "2028-01-01",
        ] {
            assert_eq!(end_of_validity(cell), Ok(Some(day(2028, 1, 1))), "{cell}");
        }
        assert_eq!(end_of_validity("2018-01-01至长期"), Ok(None));
        assert_eq!(end_of_validity("2018.01.01-长期"), Ok(None));
        assert!(end_of_validity("2018-01-01至2028-02-31").is_err());
    }

    proptest! {
        #[test]
        fn any_cell_is_read_or_refused(cell in "[0-9年月日T:.至/ -]{0,30}") {
            let _ = (date(&cell), end_of_validity(&cell));
        }
    }
}
