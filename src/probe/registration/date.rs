//! Dates as registries write them → days in China's time zone.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::Offset,
};

const CHINA: Offset = Offset::constant(8);

/// Months as some servers write them: `17-Mar-2028`.
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The day in China on which a moment falls. A time without a zone is `hours` east of UTC; a
/// date without a time is taken as it stands.
pub(super) fn day(text: &str, hours: i8) -> Option<Date> {
    // The longest form is an RFC 3339 stamp with a fraction and a remark.
    let text: String = text.trim().chars().take(48).collect();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(CHINA.to_datetime(moment).date());
    }
    let (text, hours) = zone(&text, hours);
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, time.trim()),
        None => (text, ""),
    };
    let date = date_of(date)?;
    if time.is_empty() {
        return Some(date);
    }
    let time = time.split(['.', ' ']).next().unwrap_or_default();
    let moment: DateTime = format!("{date}T{time}").parse().ok()?;
    let moment = Offset::from_hours(hours).ok()?.to_timestamp(moment).ok()?;
    Some(CHINA.to_datetime(moment).date())
}

/// The zone that stands behind a time, taken off.
fn zone(text: &str, hours: i8) -> (&str, i8) {
    let known = [("(UTC+8)", 8), ("UTC+8", 8), ("+0800", 8), ("CST", 8), ("UTC", 0), ("GMT", 0)];
    for (name, offset) in known {
        if let Some(bare) = text.strip_suffix(name) {
            return (bare.trim_end(), offset);
        }
    }
    match text.strip_suffix('Z') {
        Some(bare) => (bare, 0),
        None => (text, hours),
    }
}

fn date_of(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let number = |part: &str| part.parse::<i16>().ok();
    let (year, month, day) = match parts.as_slice() {
        [all] if all.len() == 8 => {
            (number(all.get(..4)?)?, number(all.get(4..6)?)?, number(all.get(6..)?)?)
        }
        [year, month, day] if year.len() == 4 => (number(year)?, number(month)?, number(day)?),
        [day, month, year] if year.len() == 4 => {
            let month = month.to_ascii_lowercase();
            let place = MONTHS.iter().position(|name| month.starts_with(name))?;
            (number(year)?, i16::try_from(place).ok()? + 1, number(day)?)
        }
        _ => return None,
    };
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn each_way_of_writing_a_moment_is_a_day_in_china() {
        for (text, hours, expected) in [
            ("2028-03-17T15:59:59Z", 0, date(2028, 3, 17)),
            ("2028-03-17T16:00:00Z", 0, date(2028, 3, 18)),
            ("2028-03-17T16:00:00.0Z", 0, date(2028, 3, 18)),
            ("2028-03-17T23:30:00+08:00", 0, date(2028, 3, 17)),
            ("2028-03-17T23:30:00+0800", 0, date(2028, 3, 17)),
            ("2028-03-17 12:48:36", 8, date(2028, 3, 17)),
            ("2028-03-17 23:48:36", 8, date(2028, 3, 17)),
            ("2028-03-17 23:48:36", 0, date(2028, 3, 18)),
            ("2028-03-17 23:48:36 UTC", 8, date(2028, 3, 18)),
            ("2028-03-17 23:48:36 (UTC+8)", 0, date(2028, 3, 17)),
            ("2028-03-17T23:48:36", 8, date(2028, 3, 17)),
            ("2028-03-17", 0, date(2028, 3, 17)),
            ("2028/3/7", 0, date(2028, 3, 7)),
            ("2028.03.17", 0, date(2028, 3, 17)),
            ("20280317", 0, date(2028, 3, 17)),
            ("17-Mar-2028", 0, date(2028, 3, 17)),
        ] {
            assert_eq!(day(text, hours), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "soon", "2028-13-01", "2028-02-30", "99999999", "１２３", "-", "示示-示示"]
        {
            assert_eq!(day(text, 0), None, "{text}");
        }
        assert_eq!(day(&"2028-03-17 ".repeat(1000), 0), None);
    }
}
