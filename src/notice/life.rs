//! The life of a finding: one function says what may become of it, and when.
//!
//! ```text
//! found ──→ drafted ──→ sent ──→ answered ──→ closed ──→ (seen again) drafted
//!   a question  │          │  ↖ still there │
//!               │          └──→ overdue ────┤
//!               └─────────→ waived ─────────┘
//! ```
//!
//! What could not be seen is no event, and so moves nothing.

use crate::policy::{Level, Workdays};
use crate::rules::Lang;
use jiff::ToSpan;
use jiff::civil::Date;
use std::fmt;

/// Where a finding stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Seen, and for a person to look at before anybody is told.
    Found,
    /// Written down for the owner, not yet sent.
    #[default]
    Drafted,
    /// The owner has been told.
    Sent,
    /// The owner says that it is mended: to be looked at again.
    Answered,
    /// The deadline is over.
    Overdue,
    /// Somebody has decided that it shall not be pursued.
    Waived,
    /// Seen to be mended, or closed by hand.
    Closed,
}

impl Status {
    /// All of them, in the order of a life.
    pub const ALL: [Status; 7] = [
        Status::Found,
        Status::Drafted,
        Status::Sent,
        Status::Answered,
        Status::Overdue,
        Status::Waived,
        Status::Closed,
    ];

    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Status::Found => "found",
            Status::Drafted => "drafted",
            Status::Sent => "sent",
            Status::Answered => "answered",
            Status::Overdue => "overdue",
            Status::Waived => "waived",
            Status::Closed => "closed",
        }
    }

    /// The status of a name.
    pub fn named(name: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.name() == name)
    }

    /// What people read.
    pub fn word(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::En, status) => status.name(),
            (Lang::Zh, Status::Found) => "待复核",
            (Lang::Zh, Status::Drafted) => "待发送",
            (Lang::Zh, Status::Sent) => "已通知",
            (Lang::Zh, Status::Answered) => "待复查",
            (Lang::Zh, Status::Overdue) => "已逾期",
            (Lang::Zh, Status::Waived) => "已豁免",
            (Lang::Zh, Status::Closed) => "已关闭",
        }
    }

    /// Whether something is left to do about it.
    pub fn is_open(self) -> bool {
        !matches!(self, Status::Waived | Status::Closed)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A finding's life so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// Where it stands.
    pub status: Status,
    /// How grave it is.
    pub level: Level,
    /// The day on which it was opened, or opened again.
    pub opened: Date,
    /// The first day on which it was ever seen.
    pub first_seen: Date,
    /// The last day on which it was seen.
    pub last_seen: Date,
    /// By when to mend it; always a working day. Counted anew when the owner is told.
    pub deadline: Date,
    /// The day on which the owner was told.
    pub sent: Option<Date>,
    /// Whether the one extension has been given.
    pub extended: bool,
    /// The last day of a waiver that ends.
    pub waived_until: Option<Date>,
    /// How many times it came back after it was closed.
    pub reopened: u32,
}

/// What happens to a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A look shows it.
    Seen {
        /// How grave; a review where a machine cannot tell.
        level: Level,
        /// Calendar days to mend it.
        days: u16,
    },
    /// A look shows that it is mended.
    Mended,
    /// A day has come.
    Day,
    /// The owner is told.
    Sent {
        /// Calendar days to mend it.
        days: u16,
    },
    /// The owner says that it is mended.
    Answered,
    /// The owner gets more time.
    Extended {
        /// Working days more.
        workdays: u16,
        /// Working days that may be given at most.
        at_most: u16,
    },
    /// It shall not be pursued.
    Waived {
        /// The last day of that, where it ends.
        until: Option<Date>,
    },
    /// It is closed by hand.
    Closed,
}

/// What has changed, for the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Seen for the first time.
    Found,
    /// What was a question is sure now.
    Confirmed,
    /// Seen again after it was closed.
    Reopened,
    /// The owner was told.
    Sent,
    /// The owner was told again.
    Reminded,
    /// The owner said that it is mended.
    Answered,
    /// It is still there, though the owner said otherwise.
    StillThere,
    /// More time was given.
    Extended,
    /// The deadline is over.
    Overdue,
    /// It shall not be pursued.
    Waived,
    /// The waiver is over, and it is still there.
    Unwaived,
    /// A look has shown it mended.
    Mended,
    /// Closed by hand.
    Closed,
}

impl Change {
    const NAMES: [(Change, &'static str, &'static str); 13] = [
        (Change::Found, "found", "发现"),
        (Change::Confirmed, "confirmed", "确认"),
        (Change::Reopened, "reopened", "重新出现"),
        (Change::Sent, "sent", "已通知"),
        (Change::Reminded, "reminded", "再次通知"),
        (Change::Answered, "answered", "反馈已整改"),
        (Change::StillThere, "still there", "复查仍存在"),
        (Change::Extended, "extended", "延期"),
        (Change::Overdue, "overdue", "逾期"),
        (Change::Waived, "waived", "豁免"),
        (Change::Unwaived, "waiver over", "豁免到期"),
        (Change::Mended, "mended", "已整改"),
        (Change::Closed, "closed", "人工关闭"),
    ];

    /// The name in files.
    pub fn name(self) -> &'static str {
        Change::NAMES.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }

    /// What people read of the change of this name; the name itself where there is none.
    pub fn word(name: &str, lang: Lang) -> &str {
        match lang {
            Lang::En => name,
            Lang::Zh => Change::NAMES.iter().find(|row| row.1 == name).map_or(name, |row| row.2),
        }
    }
}

/// Why something cannot happen to a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such finding.
    #[error("there is no such finding")]
    Nothing,
    /// It does not fit where the finding stands.
    #[error("a finding that is {0} cannot be {1}")]
    Unfit(Status, &'static str),
    /// More time is given once.
    #[error("more time has been given before; it is given once")]
    ExtendedBefore,
    /// More time than may be given.
    #[error("more time is 1 to {0} working days")]
    TooLong(u16),
    /// The waiver would be over at once.
    #[error("{0} is over: a waiver ends on a day to come, or not at all")]
    PastWaiver(Date),
}

/// What becomes of a finding (none: it has never been seen) by an event on a day, and what is
/// to be said of it; no change where all stays as it is but for the days on which it was seen.
pub fn step(
    life: Option<&Life>,
    event: Event,
    on: Date,
    workdays: &Workdays,
) -> Result<(Option<Life>, Option<Change>), Refused> {
    let Some(life) = life else {
        return match event {
            Event::Seen { level, days } => {
                Ok((Some(opened(level, days, on, workdays)), Some(Change::Found)))
            }
            Event::Mended | Event::Day => Ok((None, None)),
            _ => Err(Refused::Nothing),
        };
    };
    let unfit = |what| Err(Refused::Unfit(life.status, what));
    let moved = |status| Life { status, ..life.clone() };
    let (next, change) = match (event, life.status) {
        (Event::Seen { level, days }, _) => seen(life, level, days, on, workdays),
        (Event::Mended, Status::Closed) => (life.clone(), None),
        (Event::Mended, _) => (moved(Status::Closed), Some(Change::Mended)),
        (Event::Day, Status::Sent) if life.deadline < on => {
            (moved(Status::Overdue), Some(Change::Overdue))
        }
        (Event::Day, _) => (life.clone(), None),
        (Event::Sent { days }, Status::Found | Status::Drafted) => {
            let deadline = due(on, days, workdays);
            let told = Life { status: Status::Sent, sent: Some(on), deadline, ..life.clone() };
            (told, Some(Change::Sent))
        }
        (Event::Sent { .. }, Status::Sent | Status::Overdue) => {
            (life.clone(), Some(Change::Reminded))
        }
        (Event::Sent { .. }, _) => return unfit("sent"),
        (Event::Answered, Status::Waived | Status::Closed | Status::Answered) => {
            return unfit("answered");
        }
        (Event::Answered, _) => (moved(Status::Answered), Some(Change::Answered)),
        (Event::Extended { workdays: more, at_most }, status) => {
            if !matches!(status, Status::Sent | Status::Answered | Status::Overdue) {
                return unfit("given more time");
            }
            (longer(life, more, at_most, on, workdays)?, Some(Change::Extended))
        }
        (Event::Waived { .. }, Status::Closed) => return unfit("waived"),
        (Event::Waived { until }, _) => {
            if let Some(past) = until.filter(|until| *until < on) {
                return Err(Refused::PastWaiver(past));
            }
            let waived = Life { waived_until: until, ..moved(Status::Waived) };
            (waived, Some(Change::Waived))
        }
        (Event::Closed, Status::Closed) => return unfit("closed"),
        (Event::Closed, _) => (moved(Status::Closed), Some(Change::Closed)),
    };
    Ok((Some(next), change))
}

/// A question waits for a person; what is sure is for the owner.
fn fresh(level: Level) -> Status {
    if level == Level::Review { Status::Found } else { Status::Drafted }
}

fn due(on: Date, days: u16, workdays: &Workdays) -> Date {
    workdays.on_or_after(on.saturating_add(i64::from(days).days()))
}

fn opened(level: Level, days: u16, on: Date, workdays: &Workdays) -> Life {
    Life {
        status: fresh(level),
        level,
        opened: on,
        first_seen: on,
        last_seen: on,
        deadline: due(on, days, workdays),
        sent: None,
        extended: false,
        waived_until: None,
        reopened: 0,
    }
}

fn seen(
    life: &Life,
    level: Level,
    days: u16,
    on: Date,
    workdays: &Workdays,
) -> (Life, Option<Change>) {
    if life.status == Status::Closed {
        let again = Life {
            first_seen: life.first_seen,
            reopened: life.reopened.saturating_add(1),
            ..opened(level, days, on, workdays)
        };
        return (again, Some(Change::Reopened));
    }
    if level == Level::Review && life.level != Level::Review {
        // It can no longer be told: that neither mends it nor makes it graver.
        return (life.clone(), None);
    }
    let again = Life { last_seen: on.max(life.last_seen), level, ..life.clone() };
    match life.status {
        Status::Found if level != Level::Review => {
            // Only now it is known to be a fault: the time to mend it begins.
            let deadline = due(on, days, workdays);
            (Life { status: Status::Drafted, deadline, ..again }, Some(Change::Confirmed))
        }
        Status::Answered => {
            let late = life.deadline < on;
            let status = match life.sent {
                None => fresh(level),
                Some(_) if late => Status::Overdue,
                Some(_) => Status::Sent,
            };
            (Life { status, ..again }, Some(Change::StillThere))
        }
        Status::Waived if life.waived_until.is_some_and(|until| until < on) => {
            let deadline = due(on, days, workdays);
            let life = Life { status: fresh(level), deadline, waived_until: None, ..again };
            (Life { sent: None, extended: false, ..life }, Some(Change::Unwaived))
        }
        _ => (again, None),
    }
}

fn longer(
    life: &Life,
    more: u16,
    at_most: u16,
    on: Date,
    workdays: &Workdays,
) -> Result<Life, Refused> {
    if life.extended {
        return Err(Refused::ExtendedBefore);
    }
    if more == 0 || more > at_most {
        return Err(Refused::TooLong(at_most));
    }
    // Who asks late is not given days that are over.
    let deadline = workdays.after(life.deadline.max(on), more);
    let status = if life.status == Status::Overdue { Status::Sent } else { life.status };
    Ok(Life { status, deadline, extended: true, ..life.clone() })
}

#[cfg(test)]
mod tests;
