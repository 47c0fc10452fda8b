//! One row of the list, judged: from its evidence to the bytes that go into the files.

use super::deal::Hand;
use super::judging::{Bench, Shelf};
use super::{Keep, RunError, Summary, summary};
use crate::audit::{self, Audit, Order, Verdict, VerdictKind};
use crate::evidence::Evidence;
use crate::filing::{Filing, Rejected};
use crate::metrics::Stage;
use crate::notice::{self, Entry, Notice};
use crate::report::{audit_line, china_day, notice_rows};
use crate::rules::{Na, Rule, Text};
use crate::spool::{Member, Seen, Spool};
use jiff::civil::Date;
use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};

/// What becomes of a row.
pub(super) enum Judged {
    /// It could not be read.
    Rejected(Box<Rejected>),
    /// It was judged.
    Audited(Audited),
}

/// One filing, judged, as bytes.
pub(super) struct Audited {
    /// Its line of `audits.jsonl`.
    pub(super) audit: Vec<u8>,
    /// Its rows of `notices.csv`; none yet where the run is remembered.
    pub(super) notices: Vec<u8>,
    /// What goes to the memory first.
    pub(super) entry: Option<Box<Entry>>,
    pub(super) domain: String,
    /// The exchanges that go into the evidence files.
    pub(super) kept: Vec<Member>,
}

/// Judges the rows that it is dealt, and counts them.
pub(super) struct Judge<'a> {
    bench: &'a Bench<'a>,
    spool: &'a Spool,
    order: Order,
    today: Date,
    count: Summary,
}

impl<'a> Judge<'a> {
    pub(super) fn new(bench: &'a Bench<'a>, spool: &'a Spool) -> Judge<'a> {
        let order = Order::of(bench.rules);
        Judge { bench, spool, order, today: china_day(bench.at), count: Summary::default() }
    }

    /// The counts of what it has judged.
    pub(super) fn count(self) -> Summary {
        self.count
    }
}

impl Hand for Judge<'_> {
    type Done = Judged;

    fn work(&mut self, row: u32) -> Result<Judged, RunError> {
        let began = Instant::now();
        let filing = match self.spool.row(row)? {
            Some(Ok(filing)) => filing,
            Some(Err(rejected)) => {
                self.count.rejected += 1;
                return Ok(Judged::Rejected(rejected));
            }
            None => return Err(RunError::RowGone(row)),
        };
        let mut seen = self.spool.seen(row)?;
        if let Some(registry) = self.bench.registry.filter(|_| self.bench.anew) {
            seen.evidence.registry = registry.entries(&filing, &seen.evidence)?;
        }
        seen.evidence.siblings = self.spool.siblings(row, &filing, &seen.evidence)?;
        let audited = self.audited(&filing, seen).map_err(|error| self.failed(error))?;
        self.bench.metrics.took(Stage::Judge, began.elapsed());
        Ok(Judged::Audited(audited))
    }
}

impl Judge<'_> {
    fn audited(&mut self, filing: &Filing, mut seen: Seen) -> io::Result<Audited> {
        let (audit, notice, faulted) = self.judge(filing, &seen.evidence);
        self.count.count(&audit, &seen, faulted);
        let undecided = summary::undecided(&seen, faulted);
        let domain = filing.domain.ascii();
        let (is_kept, kept) = match &self.bench.shelf {
            Shelf::Nothing => (false, Vec::new()),
            Shelf::Kept(domains) => (domains.contains(domain), Vec::new()),
            Shelf::Written(Keep::Findings) if audit.findings().next().is_none() => {
                (false, Vec::new())
            }
            Shelf::Written(_) => (!seen.members.is_empty(), std::mem::take(&mut seen.members)),
        };
        let lang = self.bench.lang;
        let line = audit_line(filing, &audit, &mut seen.evidence, lang)?;
        let (notices, entry) = match (self.bench.ledger, notice) {
            (Some(_), notice) => {
                let entry = Entry::new(filing.clone(), &audit, notice, undecided, is_kept);
                (Vec::new(), Some(Box::new(entry)))
            }
            (None, Some(notice)) => (notice_rows(&notice, filing, is_kept, lang)?, None),
            (None, None) => (Vec::new(), None),
        };
        Ok(Audited { audit: line, notices, entry, domain: domain.to_owned(), kept })
    }

    /// The verdicts on one filing and the notice of them. A rule that panics leaves this one
    /// filing undecided, and the run goes on.
    fn judge(&self, filing: &Filing, evidence: &Evidence) -> (Audit, Option<Notice>, bool) {
        let Bench { rules, policy, .. } = self.bench;
        let judged = catch_unwind(AssertUnwindSafe(|| {
            let audit = audit::judge(&self.order, filing, evidence, policy, self.today);
            let notice = notice::draft(rules, filing, &audit, policy, self.today);
            (audit, notice, false)
        }));
        judged.unwrap_or_else(|_| {
            tracing::error!(domain = filing.domain.ascii(), "the judgment broke off");
            (undecided(rules), None, true)
        })
    }

    fn failed(&self, error: io::Error) -> RunError {
        RunError::Output(self.bench.output.join("audits.jsonl"), error)
    }
}

/// What is said of a filing whose judgment broke off: every rule stands, and none says anything.
fn undecided(rules: &[&'static Rule]) -> Audit {
    let reason = Text::new("判定过程出错（程序缺陷）", "the judgment broke off (a bug of ours)");
    let verdict = |rule: &&'static Rule| Verdict {
        code: rule.code,
        kind: VerdictKind::Na,
        level: None,
        hosts: Vec::new(),
        url: String::new(),
        expected: Text::default(),
        found: Text::default(),
        place: Text::default(),
        problem: None,
        cause: None,
        first: None,
        remedy: None,
        reason: Some(Na::Other(reason.clone())),
    };
    Audit { verdicts: rules.iter().map(verdict).collect() }
}
