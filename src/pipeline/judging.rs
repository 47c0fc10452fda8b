//! The third phase: all is judged in the order of the list, and the files are written.

use super::files::{Part, sync_folder};
use super::{Keep, LapsedRow, Plan, Progress, RunError, Summary, Times};
use crate::audit::{self, Audit, Verdict, VerdictKind};
use crate::evidence::Evidence;
use crate::filing::Filing;
use crate::notice;
use crate::policy::{Lapsed, Policy};
use crate::report::{self, Notices, RejectedRows, audit_line, china_day, china_time};
use crate::rules::{Lang, Na, Rule, Text};
use crate::spool::{Archive, Folder, Registry, Seen, Spool, State};
use jiff::civil::Date;
use std::{
    collections::{BTreeMap, HashSet},
    io::{self, Write},
    panic::{AssertUnwindSafe, catch_unwind},
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
        shelf: Shelf::Kept(Archive::domains(from)?),
    };
    let same_folder = from.canonicalize().ok() == output.canonicalize().ok();
    bench.judge(spool, same_folder, progress, stop)
}

/// Judges a run whose looks are done, and ends it.
pub(super) fn finish_run(
    spool: Spool,
    plan: &Plan<'_>,
    progress: &dyn Progress,
    stop: &CancellationToken,
) -> Result<Summary, RunError> {
    let at = spool.header().at;
    let shelf = match plan.keep {
        Keep::None => Shelf::Nothing,
        keep => Shelf::Written(keep, Box::new(Archive::begin(&plan.output, at)?)),
    };
    let bench = Bench {
        output: &plan.output,
        rules: &plan.rules,
        policy: plan.policy,
        lang: plan.lang,
        at,
        clock: plan.clock,
        versions: &plan.versions,
        registry: plan.registry,
        anew: false,
        shelf,
    };
    bench.judge(spool, true, progress, stop)
}

/// What judging needs besides the spool.
struct Bench<'a> {
    output: &'a Path,
    rules: &'a [&'static Rule],
    policy: &'a Policy,
    lang: Lang,
    at: jiff::Timestamp,
    clock: fn() -> jiff::Timestamp,
    versions: &'a BTreeMap<String, String>,
    registry: Option<&'a Registry>,
    /// Whether the registry was not there yet when the sites were looked at.
    anew: bool,
    shelf: Shelf,
}

/// The evidence files.
enum Shelf {
    /// None are kept.
    Nothing,
    /// They are written while judging.
    Written(Keep, Box<Archive>),
    /// They were written by the run that is judged again; of these domains.
    Kept(HashSet<String>),
}

impl Shelf {
    /// Keeps what was seen of a site, if it is to be kept; returns whether it is.
    fn keep(
        &mut self,
        spool: &Spool,
        filing: &Filing,
        audit: &Audit,
        seen: &Seen,
    ) -> Result<bool, RunError> {
        let domain = filing.domain.ascii();
        let (keep, archive) = match self {
            Shelf::Nothing => return Ok(false),
            Shelf::Kept(domains) => return Ok(domains.contains(domain)),
            Shelf::Written(keep, archive) => (*keep, archive),
        };
        if keep == Keep::Findings && audit.findings().next().is_none() {
            return Ok(false);
        }
        for member in &seen.members {
            archive.add(domain, member, &spool.exchanges(member)?)?;
        }
        Ok(!seen.members.is_empty())
    }
}

impl Bench<'_> {
    fn judge(
        mut self,
        mut spool: Spool,
        ends_run: bool,
        progress: &dyn Progress,
        stop: &CancellationToken,
    ) -> Result<Summary, RunError> {
        let mut notices = Notices::begin(Part::begin(self.output, "notices.csv")?, self.lang)
            .map_err(self.failed("notices.csv"))?;
        let mut rejected_rows =
            RejectedRows::begin(Part::begin(self.output, "rejected.csv")?, self.lang)
                .map_err(self.failed("rejected.csv"))?;
        let mut audits = Part::begin(self.output, "audits.jsonl")?;
        let mut summary = Summary { rows: u64::from(spool.len()), ..Summary::default() };
        if !spool.gather(|| stop.is_cancelled())? {
            return Err(self.stopped());
        }
        for number in 0..spool.len() {
            if stop.is_cancelled() {
                return Err(self.stopped());
            }
            let Some(row) = spool.row(number)? else { break };
            match row {
                Err(rejected) => {
                    summary.rejected += 1;
                    rejected_rows.add(&rejected).map_err(self.failed("rejected.csv"))?;
                }
                Ok(filing) => {
                    let seen = spool.seen(number)?;
                    let one = self.one(&mut spool, (number, &filing), seen, &mut summary)?;
                    one.write_audit(&mut audits, &filing, self.lang).map_err(audits.error())?;
                    if let Some(notice) = &one.notice {
                        let added = notices.add(notice, &filing, one.kept);
                        added.map_err(self.failed("notices.csv"))?;
                    }
                }
            }
            progress.judged(u64::from(number) + 1);
        }
        summary.registry = self.registry.map(|registry| registry.count().clone());
        self.times_and_versions(&spool, &mut summary);
        check_rows(&summary)?;
        let notices = notices.finish().map_err(self.failed("notices.csv"))?;
        let rejected_rows = rejected_rows.finish().map_err(self.failed("rejected.csv"))?;
        self.place([notices, audits, rejected_rows], &summary)?;
        if ends_run {
            spool.finish(&summary)?;
        }
        Ok(summary)
    }

    fn one(
        &mut self,
        spool: &mut Spool,
        (row, filing): (u32, &Filing),
        mut seen: Seen,
        summary: &mut Summary,
    ) -> Result<One, RunError> {
        if let Some(registry) = self.registry.filter(|_| self.anew) {
            seen.evidence.registry = registry.entries(filing, &seen.evidence)?;
        }
        seen.evidence.siblings = spool.siblings(row, filing, &seen.evidence)?;
        let today = china_day(self.at);
        let (audit, notice, faulted) = self.judge_one(filing, &seen.evidence, today);
        let kept = self.shelf.keep(spool, filing, &audit, &seen)?;
        summary.count(&audit, &seen, faulted);
        Ok(One { audit, notice, evidence: seen.evidence, kept })
    }

    /// The verdicts on one filing and the notice of them. A rule that panics leaves this one
    /// filing undecided, and the run goes on.
    fn judge_one(
        &self,
        filing: &Filing,
        evidence: &Evidence,
        today: Date,
    ) -> (Audit, Option<notice::Notice>, bool) {
        let judged = catch_unwind(AssertUnwindSafe(|| {
            let audit = audit::judge(self.rules, filing, evidence, self.policy, today);
            let notice = notice::draft(self.rules, filing, &audit, self.policy, today);
            (audit, notice, false)
        }));
        judged.unwrap_or_else(|_| {
            tracing::error!(domain = filing.domain.ascii(), "the judgment broke off");
            (undecided(self.rules), None, true)
        })
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

    /// Puts all files in their places, the summary last.
    fn place(self, mut parts: [Part; 3], summary: &Summary) -> Result<(), RunError> {
        let mut last = Part::begin(self.output, "summary.json")?;
        let json = serde_json::to_vec_pretty(summary).map_err(io::Error::from);
        let mut json = json.map_err(last.error())?;
        json.push(b'\n');
        last.write_all(&json).map_err(last.error())?;
        for part in &mut parts {
            part.complete()?;
        }
        last.complete()?;
        match self.shelf {
            Shelf::Written(_, archive) => archive.finish()?,
            Shelf::Nothing => Archive::remove(self.output)?,
            Shelf::Kept(_) => {}
        }
        for part in parts {
            part.place()?;
        }
        last.place()?;
        sync_folder(self.output);
        Ok(())
    }

    fn stopped(&self) -> RunError {
        let output = self.output.to_owned();
        match self.shelf {
            Shelf::Kept(_) => RunError::JudgmentStopped(output),
            _ => RunError::Interrupted(output),
        }
    }

    fn failed(&self, name: &str) -> impl FnOnce(io::Error) -> RunError + use<> {
        let path = self.output.join(name);
        move |error| RunError::Output(path, error)
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

/// One filing, judged.
struct One {
    audit: Audit,
    notice: Option<notice::Notice>,
    evidence: Evidence,
    kept: bool,
}

impl One {
    fn write_audit(&self, audits: &mut Part, filing: &Filing, lang: Lang) -> io::Result<()> {
        let line = audit_line(filing, &self.audit, &self.evidence, lang)?;
        let line = report::json(&serde_json::to_string(&line)?);
        audits.write_all(line.as_bytes())?;
        audits.write_all(b"\n")
    }
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
