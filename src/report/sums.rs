//! What findings come to, counted one by one: the sums of reports.

use super::Item;
use crate::notice::Status;
use crate::policy::Level;
use crate::rules::Lang;
use jiff::civil::Date;
use std::collections::{BTreeMap, HashSet};

/// The findings of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All of them.
    pub all: u64,
    /// Violations that are open.
    pub violations: u64,
    /// Warnings that are open.
    pub warnings: u64,
    /// Questions that are open.
    pub reviews: u64,
    /// Those that are overdue; they are open, too.
    pub overdue: u64,
    /// Those that were seen to be mended, or closed by hand.
    pub closed: u64,
    /// Those that are not pursued.
    pub waived: u64,
}

impl Tally {
    /// Those that are open.
    pub fn open(&self) -> u64 {
        self.violations + self.warnings + self.reviews
    }

    fn add(&mut self, item: &Item) {
        self.all += 1;
        match item.status {
            Status::Closed => self.closed += 1,
            Status::Waived => self.waived += 1,
            status => {
                self.overdue += u64::from(status == Status::Overdue);
                match item.finding.level {
                    Level::Violation => self.violations += 1,
                    Level::Warning => self.warnings += 1,
                    Level::Review => self.reviews += 1,
                }
            }
        }
    }
}

/// What a day brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Findings that were new or came back.
    pub found: u64,
    /// Findings that were mended or closed.
    pub closed: u64,
}

/// The days that a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first one; none: from the beginning.
    pub since: Option<Date>,
    /// The last one, the day of the report where none was asked for.
    pub until: Date,
}

/// The sums of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Of everything.
    pub whole: Tally,
    /// The notices that hold open findings.
    pub notices: u64,
    /// The domains that have any finding.
    pub domains: u64,
    /// By rule.
    pub by_code: BTreeMap<String, Tally>,
    /// By province, in the report's language; empty where the filing names none.
    pub by_province: BTreeMap<String, Tally>,
    /// By access provider; a filing of several counts for each.
    pub by_provider: BTreeMap<String, Tally>,
    /// By day.
    pub by_day: BTreeMap<Date, Day>,
    seen_notices: HashSet<u64>,
    seen_domains: HashSet<u64>,
}

impl Sums {
    /// Counts a finding.
    pub fn add(&mut self, item: &Item, lang: Lang) {
        self.whole.add(item);
        self.by_code.entry(item.finding.code.to_string()).or_default().add(item);
        let province = item.filing.province();
        let province =
            province.map_or("", |p| if lang == Lang::Zh { p.name() } else { p.name_en() });
        self.by_province.entry(province.to_owned()).or_default().add(item);
        for provider in item.filing.providers.as_deref().unwrap_or_default() {
            self.by_provider.entry(provider.clone()).or_default().add(item);
        }
        if item.status.is_open() && self.seen_notices.insert(hash(&item.notice)) {
            self.notices += 1;
        }
        if self.seen_domains.insert(hash(item.filing.domain.ascii())) {
            self.domains += 1;
        }
    }

    /// Those of a table, the most open ones first, at most so many.
    pub fn most(table: &BTreeMap<String, Tally>, limit: usize) -> Vec<(&str, Tally)> {
        let mut rows: Vec<(&str, Tally)> =
            table.iter().map(|(name, tally)| (name.as_str(), *tally)).collect();
        rows.sort_by_key(|(name, tally)| {
            (std::cmp::Reverse((tally.open(), tally.all)), name.to_owned())
        });
        rows.truncate(limit);
        rows
    }
}

/// What tells one name from another: 64 bits, so that a million of them take 8 MB.
fn hash(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
