//! The third phase: all is judged in the order of the list, and the files are written.

use super::deal::{self, deal};
use super::files::Files;
use super::judge::Judge;
use super::{Keep, LapsedRow, Ledger, Plan, Progress, RunError, Summary, Times};
use crate::metrics::Metrics;
use crate::policy::{Lapsed, Policy};
use crate::report::{china_day, china_time};
use crate::rules::{Lang, Rule};
use crate::spool::{Archive, Folder, Registry, Spool, State};
use jiff::civil::Date;
use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
};
use tokio_util::sync::CancellationToken;

/// How evidence is judged again.
pub struct Judging<'a> {
    /// The rules to judge by.
    pub rules: &'a [&'static Rule],
    /// The policy in force.
    pub policy: &'a Policy,
    /// Language of the files.
    pub lang: Lang,
    /// The time as of which dates are judged; without one, the time that the run is said to
    /// have begun.
    pub at: Option<jiff::Timestamp>,
    /// Versions that have changed since: those of program and rules. Those of the tables that
    /// were used while looking stay as the run wrote them down.
    pub versions: BTreeMap<String, String>,
    /// What a registry file says, in place of what one said when the run was made.
    pub registry: Option<&'a Registry>,
    /// The real clock.
    pub clock: fn() -> jiff::Timestamp,
}

/// Judges what the finished run in a folder has seen, under other rules or settings, and
/// writes the files into `output`, the same folder or another. Asks nothing of the network.
/// The evidence files stay as they are.
pub fn judge_again(
    from: &Path,
    output: &Path,
    judging: &Judging<'_>,
    progress: &dyn Progress,
    stop: &CancellationToken,
) -> Result<Summary, RunError> {
    if !from.join("spool").is_dir() {
        return Err(RunError::NoRun(from.to_owned()));
    }
    let folder = Folder::take(from)?;
    match folder.state() {
        State::Empty => return Err(RunError::NoRun(from.to_owned())),
        State::Unfinished => return Err(RunError::Unfinished(from.to_owned())),
        State::Finished => {}
    }
    let spool = folder.reread()?.ok_or_else(|| RunError::NotKept(from.to_owned()))?;
    std::fs::create_dir_all(output).map_err(|error| RunError::Output(output.to_owned(), error))?;
    let bench = Bench {
        output,
        rules: judging.rules,
        policy: judging.policy,
        lang: judging.lang,
        at: judging.at.unwrap_or(spool.header().at),
        clock: judging.clock,
        versions: &judging.versions,
        registry: judging.registry,
        anew: true,
        metrics: &Metrics::default(),
        // The same evidence, judged again, is nothing that happened to a site.
        ledger: None,
        shelf: Shelf::Kept(Archive::domains(from)?),
    };
    let same_folder = from.canonicalize().ok() == output.canonicalize().ok();
    bench.judge(spool, same_folder, progress, stop)
}

/// Judges a run whose looks are done, and ends it.
pub(super) fn finish_run(
    spool: Spool,
    plan: &Plan<'_>,
    metrics: &Metrics,
    progress: &dyn Progress,
    stop: &CancellationToken,
) -> Result<Summary, RunError> {
    let shelf = match plan.keep {
        Keep::None => Shelf::Nothing,
        keep => Shelf::Written(keep),
    };
    let bench = Bench {
        output: &plan.output,
        rules: &plan.rules,
        policy: plan.policy,
        lang: plan.lang,
        at: spool.header().at,
        clock: plan.clock,
        versions: &plan.versions,
        registry: plan.registry,
        anew: false,
        metrics,
        ledger: plan.ledger,
        shelf,
    };
    bench.judge(spool, true, progress, stop)
}

/// What judging needs besides the spool.
pub(super) struct Bench<'a> {
    pub(super) output: &'a Path,
    pub(super) rules: &'a [&'static Rule],
    pub(super) policy: &'a Policy,
    pub(super) lang: Lang,
    pub(super) at: jiff::Timestamp,
    pub(super) clock: fn() -> jiff::Timestamp,
    pub(super) versions: &'a BTreeMap<String, String>,
    pub(super) registry: Option<&'a Registry>,
    /// Whether the registry was not there yet when the sites were looked at.
    pub(super) anew: bool,
    pub(super) metrics: &'a Metrics,
    pub(super) ledger: Option<&'a dyn Ledger>,
    pub(super) shelf: Shelf,
}

/// The evidence files.
pub(super) enum Shelf {
    /// None are kept.
    Nothing,
    /// They are written while judging.
    Written(Keep),
    /// They were written by the run that is judged again; of these domains.
    Kept(HashSet<String>),
}

impl Bench<'_> {
    fn judge(
        &self,
        mut spool: Spool,
        ends_run: bool,
        progress: &dyn Progress,
        stop: &CancellationToken,
    ) -> Result<Summary, RunError> {
        if !spool.gather(deal::hands(spool.len()), || stop.is_cancelled())? {
            return Err(self.stopped());
        }
        let mut files = Files::begin(self)?;
        if let Some(ledger) = self.ledger {
            ledger.begin(u64::from(spool.len())).map_err(RunError::Ledger)?;
        }
        let hands = (0..deal::hands(spool.len())).map(|_| Judge::new(self, &spool)).collect();
        let hands = deal(hands, spool.len(), |row, judged| {
            if stop.is_cancelled() {
                return Err(self.stopped());
            }
            files.add(&spool, judged)?;
            self.metrics.rows_judged.add(1);
            progress.judged(u64::from(row) + 1);
            Ok(())
        })?;
        let mut summary = Summary { rows: u64::from(spool.len()), ..Summary::default() };
        hands.into_iter().for_each(|hand| summary.add(hand.count()));
        summary.registry = self.registry.map(|registry| registry.count().clone());
        self.times_and_versions(&spool, &mut summary);
        summary.metrics = Some(self.metrics.snapshot());
        check_rows(&summary)?;
        files.remember()?;
        if let Some(ledger) = self.ledger {
            summary.since = Some(ledger.since().map_err(RunError::Ledger)?);
        }
        files.place(self, &summary)?;
        if ends_run {
            spool.finish(&summary)?;
        }
        Ok(summary)
    }

    fn times_and_versions(&self, spool: &Spool, summary: &mut Summary) {
        let (header, now) = (spool.header(), (self.clock)());
        summary.times = Times {
            begun: china_time(self.at),
            started: china_time(header.began),
            finished: china_time(now),
            seconds: now.as_second() - header.began.as_second(),
        };
        summary.lapsed = lapsed(self.policy, china_day(self.at));
        summary.versions = header.versions.clone();
        summary.versions.extend(self.versions.clone());
    }

    fn stopped(&self) -> RunError {
        let output = self.output.to_owned();
        match self.shelf {
            Shelf::Kept(_) => RunError::JudgmentStopped(output),
            _ => RunError::Interrupted(output),
        }
    }
}

fn lapsed(policy: &Policy, today: Date) -> Vec<LapsedRow> {
    let row = |lapsed: Lapsed<'_>| LapsedRow {
        code: lapsed.code.to_owned(),
        bound: lapsed.bound.into_iter().map(str::to_owned).collect(),
        until: lapsed.until,
        reason: lapsed.reason.to_owned(),
    };
    policy.lapsed(today).map(row).collect()
}

/// Every row ends as an audit or as a rejected row, or the run has not done its work.
fn check_rows(summary: &Summary) -> Result<(), RunError> {
    let &Summary { rows, audited, rejected, .. } = summary;
    if rows == audited + rejected {
        Ok(())
    } else {
        Err(RunError::RowsLost { rows, audited, rejected })
    }
}
