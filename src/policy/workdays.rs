//! The days on which offices work.

use super::PolicyError;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Working days: weekends, and the holidays and exchanged weekends of the years that are known.
#[derive(Clone, Debug, Default)]
pub struct Workdays {
    years: BTreeMap<i16, Year>,
}

#[derive(Clone, Debug, Default)]
struct Year {
    off: BTreeSet<Date>,
    on: BTreeSet<Date>,
}

/// `[[workdays]]` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WorkdaysRow {
    year: i16,
    #[serde(default)]
    off: Vec<String>,
    #[serde(default)]
    on: Vec<String>,
}

impl Workdays {
    /// Whether offices work on this day.
    pub fn is_workday(&self, day: Date) -> bool {
        let year = self.years.get(&day.year());
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        match year {
            Some(year) if year.off.contains(&day) => false,
            Some(year) if year.on.contains(&day) => true,
            _ => !weekend,
        }
    }

    /// The day that so many working days lead to, the first day not counted.
    pub fn after(&self, day: Date, workdays: u16) -> Date {
        let mut at = day;
        for _ in 0..workdays {
            at = self.next(at);
        }
        at
    }

    /// This day, or the next working day where it is none: a deadline never falls on a holiday.
    pub fn on_or_after(&self, day: Date) -> Date {
        if self.is_workday(day) { day } else { self.next(day) }
    }

    /// Whether the holidays of this day's year are known.
    pub fn knows(&self, day: Date) -> bool {
        self.years.contains_key(&day.year())
    }

    /// The next working day. No holiday lasts two months, and time ends somewhere.
    fn next(&self, day: Date) -> Date {
        let days = (1..=60).map(|days: i64| day.saturating_add(days.days()));
        days.into_iter().find(|day| self.is_workday(*day)).unwrap_or(day)
    }

    /// Takes the years of a file in place of what was known of them.
    pub(super) fn add(&mut self, rows: Vec<WorkdaysRow>, file: &str) -> Result<(), PolicyError> {
        for row in rows {
            let wrong = |problem: String| PolicyError::Row {
                file: file.to_owned(),
                row: format!("workdays {}", row.year),
                problem,
            };
            let days = |spans: &[String]| {
                let mut days = BTreeSet::new();
                for span in spans {
                    days.extend(read(span, row.year).map_err(wrong)?);
                }
                Ok(days)
            };
            let year = Year { off: days(&row.off)?, on: days(&row.on)? };
            if let Some(both) = year.off.intersection(&year.on).next() {
                return Err(wrong(format!("{both} stands in off and in on")));
            }
            self.years.insert(row.year, year);
        }
        Ok(())
    }
}

/// `2026-10-01` or `2026-10-01..2026-10-07`, within one year.
fn read(span: &str, year: i16) -> Result<Vec<Date>, String> {
    let (first, last) = span.split_once("..").unwrap_or((span, span));
    let day = |text: &str| -> Result<Date, String> {
        let day: Date =
            text.trim().parse().map_err(|_| format!("{text:?} is not a day such as 2026-10-01"))?;
        if day.year() == year { Ok(day) } else { Err(format!("{day} is not in {year}")) }
    };
    let (first, last) = (day(first)?, day(last)?);
    if last < first {
        return Err(format!("{span:?} ends before it begins"));
    }
    let mut days = vec![first];
    while let Some(next) = days.last().and_then(|day| day.tomorrow().ok()).filter(|d| *d <= last) {
        days.push(next);
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use crate::policy::Policy;
    use jiff::civil::date;

    #[test]
    fn holidays_and_exchanged_weekends_count_as_they_were_announced() {
        let days = Policy::embedded().unwrap().workdays;
        for (day, works) in [
            (date(2026, 11, 20), true),
            (date(2026, 11, 21), false),
            (date(2026, 2, 14), true),
            (date(2026, 2, 17), false),
            (date(2026, 10, 7), false),
            (date(2026, 10, 8), true),
            (date(2026, 10, 10), true),
            (date(2025, 9, 28), true),
            (date(2031, 10, 1), true),
        ] {
            assert_eq!(days.is_workday(day), works, "{day}");
        }
        assert!(days.knows(date(2026, 1, 1)) && !days.knows(date(2031, 1, 1)));
    }

    #[test]
    fn working_days_are_counted_over_holidays() {
        let days = Policy::embedded().unwrap().workdays;
        // 30 September, then the National Day; 8, 9 and (Saturday, worked) 10 October.
        assert_eq!(days.after(date(2026, 9, 30), 3), date(2026, 10, 10));
        assert_eq!(days.after(date(2026, 9, 30), 0), date(2026, 9, 30));
        assert_eq!(days.on_or_after(date(2026, 10, 3)), date(2026, 10, 8));
        assert_eq!(days.on_or_after(date(2026, 10, 9)), date(2026, 10, 9));
    }

    #[test]
    fn a_policy_file_replaces_a_year_and_a_wrong_one_is_refused() {
        let own = "[[workdays]]\nyear = 2026\noff = [\"2026-11-23\"]\n";
        let days = Policy::with(own, "own.toml", None).unwrap().workdays;
        assert!(!days.is_workday(date(2026, 11, 23)) && days.is_workday(date(2026, 10, 1)));
        for (row, problem) in [
            ("year = 2026\noff = [\"2025-01-01\"]", "not in 2026"),
            ("year = 2026\noff = [\"2026-02-30\"]", "not a day"),
            ("year = 2026\non = [\"2026-02-03..2026-02-01\"]", "ends before"),
            ("year = 2026\non = [\"2026-02-03\"]\noff = [\"2026-02-03\"]", "off and in on"),
        ] {
            let error = Policy::with(&format!("[[workdays]]\n{row}\n"), "own.toml", None);
            let error = error.unwrap_err().to_string();
            assert!(error.contains(problem) && error.contains("workdays 2026"), "{error}");
        }
    }
}
