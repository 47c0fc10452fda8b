//! When nobody is told, and when a message is tried again.

use crate::policy::Workdays;
use crate::report::china_day;
use jiff::civil::Time;
use jiff::tz::{self, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};

/// Hours in which nobody is told, China's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// Quiet from here on…
    pub from: Time,
    /// …until here; on the next day, where it is earlier.
    pub until: Time,
    /// Quiet on days on which offices do not work, too.
    pub holidays: bool,
}

impl Quiet {
    /// When the quiet that reigns now is over; `None` where there is none.
    pub fn over(&self, now: Timestamp, workdays: &Workdays) -> Option<Timestamp> {
        // No holidays last longer than this; a calendar that says so would keep all for ever.
        const MOST: usize = 4 * 24 * 40;
        let mut at = now;
        for _ in 0..MOST {
            if !self.is_quiet(at, workdays) {
                return (at > now).then_some(at);
            }
            at = self.next(at);
        }
        Some(at)
    }

    fn is_quiet(&self, at: Timestamp, workdays: &Workdays) -> bool {
        let time = at.to_zoned(zone()).time();
        let inside = match self.from <= self.until {
            true => self.from <= time && time < self.until,
            false => self.from <= time || time < self.until,
        };
        inside || (self.holidays && !workdays.is_workday(china_day(at)))
    }

    /// The next moment at which quiet may end: its hour, or midnight.
    fn next(&self, at: Timestamp) -> Timestamp {
        let now = at.to_zoned(zone());
        let hour = now.date().to_datetime(self.until).to_zoned(zone());
        let hour = hour.map_or(at, |hour| hour.timestamp());
        let midnight = now.date().tomorrow().and_then(|day| day.to_zoned(zone()));
        let midnight = midnight.map_or(at + SignedDuration::from_hours(1), |day| day.timestamp());
        if hour > at { hour.min(midnight) } else { midnight }
    }
}

fn zone() -> TimeZone {
    TimeZone::fixed(tz::offset(8))
}

/// Tries before a message is dead: with the pauses below, more than a day.
pub(super) const TRIES: u32 = 10;

/// When a message that was tried so often is tried again: after one minute, two, four, at most
/// six hours, each by its name a little earlier or later, so that a thousand messages that failed
/// together do not come back together.
pub(super) fn again(now: Timestamp, tries: u32, name: &str) -> Timestamp {
    let minutes = 1_i64 << tries.saturating_sub(1).min(16);
    let seconds = (minutes * 60).min(6 * 3_600);
    let shift = name.bytes().fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % 1_000);
    let shifted = seconds * 3 / 4 + seconds * shift / 2_000;
    now.checked_add(shifted.seconds()).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use jiff::civil::time;

    fn over(quiet: Quiet, now: &str) -> Option<String> {
        let workdays = Policy::embedded().unwrap().workdays;
        let over = quiet.over(now.parse().unwrap(), &workdays)?;
        Some(crate::report::china_time(over))
    }

    #[test]
    fn quiet_ends_at_its_hour_and_lasts_over_holidays() {
        let night = Quiet { from: time(20, 0, 0, 0), until: time(8, 30, 0, 0), holidays: false };
        assert_eq!(over(night, "2026-11-23T12:00:00+08:00"), None);
        assert_eq!(over(night, "2026-11-23T19:59:59+08:00"), None);
        let morning = Some("2026-11-24T08:30:00+08:00".to_owned());
        assert_eq!(over(night, "2026-11-23T20:00:00+08:00"), morning);
        assert_eq!(over(night, "2026-11-24T03:00:00+08:00"), morning);
        assert_eq!(over(night, "2026-11-24T08:30:00+08:00"), None);
        let office = Quiet { holidays: true, ..night };
        let monday = Some("2026-11-23T08:30:00+08:00".to_owned());
        assert_eq!(over(office, "2026-11-21T12:00:00+08:00"), monday);
        assert_eq!(over(office, "2026-11-20T21:00:00+08:00"), monday);
        let after = Some("2026-10-08T08:30:00+08:00".to_owned());
        assert_eq!(over(office, "2026-10-01T12:00:00+08:00"), after);
        let noon = Quiet { from: time(12, 0, 0, 0), until: time(13, 0, 0, 0), holidays: false };
        let end = Some("2026-11-23T13:00:00+08:00".to_owned());
        assert_eq!(over(noon, "2026-11-23T12:30:00+08:00"), end);
        assert_eq!(over(noon, "2026-11-23T13:00:00+08:00"), None);
    }

    #[test]
    fn pauses_grow_and_differ() {
        let now: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let pause = |tries, name| again(now, tries, name).duration_since(now).as_secs();
        for (tries, least, most) in
            [(1, 45, 75), (2, 90, 150), (5, 720, 1_200), (40, 16_200, 27_000)]
        {
            for name in ["a", "message", "另一个"] {
                let pause = pause(tries, name);
                assert!((least..=most).contains(&pause), "{tries} {name}: {pause}");
            }
        }
        assert_ne!(pause(5, "a"), pause(5, "b"));
    }
}
