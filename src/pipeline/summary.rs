use crate::audit::{Audit, VerdictKind};
use crate::evidence::{End, Evidence, Failure, Resolution};
use crate::metrics::Snapshot;
use crate::notice::Since;
use crate::policy::Level;
use crate::spool::{RegistryCount, Seen};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The counts of a run; `summary.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Rows of the input: `audited` and `rejected` together.
    pub rows: u64,
    /// Rows that ended as an audit.
    pub audited: u64,
    /// Rows that were rejected.
    pub rejected: u64,
    /// Audits with findings: each is one notice.
    pub notices: u64,
    /// Sites that a fault of ours kept us from looking at or judging.
    pub faults: u64,
    /// Sites that were looked at.
    pub looked: u64,
    /// Sites of which a resolver or a server answered anything at all.
    pub answered: u64,
    /// Findings by level: `violation`, `warning`, `review`.
    pub by_level: BTreeMap<Level, u64>,
    /// Verdicts by name: `pass`, `fail`, `review`, `na`.
    pub by_verdict: BTreeMap<String, u64>,
    /// Findings by the rule's code.
    pub by_code: BTreeMap<String, CodeCount>,
    /// Failed attempts by the failure's name.
    pub by_failure: BTreeMap<String, u64>,
    /// The rows of the registry file, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<RegistryCount>,
    /// When.
    pub times: Times,
    /// Versions of program, rules and tables; the location table's is its date.
    pub versions: BTreeMap<String, String>,
    /// Rows of the policy whose last day was over: they were not applied any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lapsed: Vec<LapsedRow>,
    /// What has changed since the runs before, where they are remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
    /// What the program counted while it worked, and how long each step took. Of a run that was
    /// resumed, what the last part of it counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Snapshot>,
    /// The run had ended before it was asked to be resumed; these are its counts.
    #[serde(skip)]
    pub ended_before: bool,
}

/// A waiver, or another row of the policy, whose last day is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LapsedRow {
    /// The rule or family.
    pub code: String,
    /// The domains and subjects it was bound to; empty for all.
    pub bound: Vec<String>,
    /// Its last day.
    pub until: jiff::civil::Date,
    /// The reason that it gives.
    pub reason: String,
}

/// The findings of one rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeCount {
    /// Violations.
    pub violation: u64,
    /// Warnings.
    pub warning: u64,
    /// Findings for a person to look at.
    pub review: u64,
}

/// The times of a run, in China's time zone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// The time that the run is said to have begun: dates are judged as of then.
    pub begun: String,
    /// When it began by the clock.
    pub started: String,
    /// When it ended by the clock.
    pub finished: String,
    /// Seconds from the one to the other, pauses before a resumption included.
    pub seconds: i64,
}

impl Summary {
    /// The program's exit code: 3 where rows were rejected or faults of ours left sites
    /// undecided, else 1 where there are violations, else 0. A run in which nobody
    /// answered for any site has looked at nothing, and the fault is hardly the sites'.
    pub fn exit_code(&self) -> u8 {
        if self.rejected > 0 || self.faults > 0 || self.is_blind() {
            3
        } else {
            u8::from(self.by_level.get(&Level::Violation).is_some_and(|count| *count > 0))
        }
    }

    /// Whether sites were looked at and nobody answered for any of them.
    pub fn is_blind(&self) -> bool {
        self.looked > 0 && self.answered == 0
    }

    /// Adds the counts of other rows of the same list.
    pub(super) fn add(&mut self, other: Summary) {
        self.audited += other.audited;
        self.rejected += other.rejected;
        self.notices += other.notices;
        self.faults += other.faults;
        self.looked += other.looked;
        self.answered += other.answered;
        fn each<K: Ord>(all: &mut BTreeMap<K, u64>, more: BTreeMap<K, u64>) {
            more.into_iter().for_each(|(name, count)| *all.entry(name).or_default() += count);
        }
        each(&mut self.by_level, other.by_level);
        each(&mut self.by_verdict, other.by_verdict);
        each(&mut self.by_failure, other.by_failure);
        for (code, more) in other.by_code {
            let count = self.by_code.entry(code).or_default();
            count.violation += more.violation;
            count.warning += more.warning;
            count.review += more.review;
        }
    }

    /// Adds an audit. `faulted`: the judgment broke off by a fault of ours.
    pub(super) fn count(&mut self, audit: &Audit, seen: &Seen, faulted: bool) {
        self.audited += 1;
        let undecided = faulted || seen.faulted || failures(&seen.evidence).any(|f| f == "fault");
        self.faults += u64::from(undecided);
        self.looked += u64::from(!seen.evidence.hosts.is_empty());
        self.answered += u64::from(heard(&seen.evidence));
        for failure in failures(&seen.evidence) {
            *self.by_failure.entry(failure.to_owned()).or_default() += 1;
        }
        let mut findings = 0;
        for verdict in &audit.verdicts {
            *self.by_verdict.entry(verdict.kind.name().to_owned()).or_default() += 1;
            let level = match verdict.kind {
                VerdictKind::Pass | VerdictKind::Na => continue,
                VerdictKind::Review => Level::Review,
                VerdictKind::Fail => verdict.level.unwrap_or(Level::Review),
            };
            findings += 1;
            *self.by_level.entry(level).or_default() += 1;
            let count = self.by_code.entry(verdict.code.to_owned()).or_default();
            match level {
                Level::Violation => count.violation += 1,
                Level::Warning => count.warning += 1,
                Level::Review => count.review += 1,
            }
        }
        self.notices += u64::from(findings > 0);
    }
}

/// The failures of a site: attempts that ended without an answer, hosts that DNS could not tell of.
fn failures(evidence: &Evidence) -> impl Iterator<Item = &'static str> {
    evidence.hosts.iter().flat_map(|host| {
        let attempts = host.visit.iter().flat_map(|visit| visit.attempts());
        let failed = attempts.filter_map(|attempt| match attempt.end {
            End::Failed(failure) => Some(failure.name()),
            End::Answer(_) => None,
        });
        let unresolved = host.visit.is_none() && !host.dns.outcome.is_answer();
        failed.chain(unresolved.then_some(Failure::DnsFailed.name()))
    })
}

/// Whether a site is left open: it, or its judgment, broke off, or it failed and showed nothing.
pub(super) fn undecided(seen: &Seen, faulted: bool) -> bool {
    let attempts = |host: &crate::evidence::HostEvidence| {
        host.visit
            .iter()
            .flat_map(|visit| visit.attempts())
            .any(|a| matches!(a.end, End::Answer(_)))
    };
    let failed = failures(&seen.evidence).next().is_some();
    faulted || seen.faulted || (failed && !seen.evidence.hosts.iter().any(attempts))
}

/// Whether anybody said anything of any host: a resolver, were it only that the zone is
/// broken, or a server, which a proxy may reach without a resolver of ours.
fn heard(evidence: &Evidence) -> bool {
    let silent = |outcome| matches!(outcome, Resolution::Timeout | Resolution::Refused);
    evidence.hosts.iter().any(|host| {
        let hops = host.visit.iter().flat_map(|visit| visit.attempts()).flat_map(|a| &a.hops);
        !silent(host.dns.outcome) || hops.into_iter().any(|hop| hop.status.is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(violations: u64, rejected: u64, faults: u64) -> Summary {
        Summary {
            rejected,
            faults,
            by_level: BTreeMap::from([(Level::Violation, violations), (Level::Warning, 5)]),
            ..Summary::default()
        }
    }

    #[test]
    fn the_exit_code_tells_what_a_script_must_know() {
        assert_eq!(with(0, 0, 0).exit_code(), 0, "warnings alone");
        assert_eq!(with(2, 0, 0).exit_code(), 1, "violations");
        assert_eq!(with(2, 1, 0).exit_code(), 3, "rejected rows go before violations");
        assert_eq!(with(2, 0, 1).exit_code(), 3, "so do faults of ours");
    }

    #[test]
    fn a_run_that_saw_nothing_does_not_end_as_a_clean_one() {
        let summary = Summary { looked: 9, ..Summary::default() };
        assert_eq!(summary.exit_code(), 3);
        assert_eq!(Summary { answered: 1, ..summary }.exit_code(), 0);
    }
}
