//! Rows → bytes: the columns of the files, declared once, and their writers.
//!
//! What came from the list or the network is hostile until it is escaped for where it
//! goes: [`cell`] for a spreadsheet, [`terminal`] for a screen, JSON for the rest.

mod audits;
mod escape;
mod html;
mod item;
mod letter;
mod mask;
mod notices;
mod openmetrics;
mod ordered;
mod rejected;
mod sums;
mod workbook;

pub use audits::audit_line;
pub use escape::{cell, json, terminal};
pub use html::{Page, Pages, Step, Style};
pub use item::{Item, ItemRows};
pub use letter::{LETTER, Letter, LetterError};
pub use mask::masked;
pub use notices::{COLUMNS, Column, Line, Notices, level_name, notice_rows};
pub use openmetrics::{Gauges, Sample, open_metrics};
pub use rejected::RejectedRows;
pub use sums::{Day, Period, Sums, Tally};
pub use workbook::{Workbook, WorkbookError};

/// The day and time of a moment in China's time zone, e.g. `2026-11-22T08:00:00+08:00`.
pub fn china_time(at: jiff::Timestamp) -> String {
    in_china(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The day of a moment in China's time zone.
pub fn china_day(at: jiff::Timestamp) -> jiff::civil::Date {
    in_china(at).date()
}

/// China has one zone and no summer time: a fixed offset needs no table.
fn in_china(at: jiff::Timestamp) -> jiff::Zoned {
    at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_china_s_zone() {
        let at = "2026-11-21T20:30:00Z".parse().unwrap();
        assert_eq!(china_time(at), "2026-11-22T04:30:00+08:00");
        assert_eq!(china_day(at).to_string(), "2026-11-22");
    }
}
