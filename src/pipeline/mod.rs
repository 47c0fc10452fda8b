//! A run: filings → probe → spool → judge → files, in bounded memory.
//!
//! Three phases, each of which leaves a folder that can be resumed: the list is read into
//! the spool; sites are looked at, many at a time, failed ones a second time later; all is
//! judged in the order of the list and the files are put in their place.

mod count;
mod deal;
mod files;
mod judge;
mod judging;
mod looks;
mod open;
mod queue;
mod summary;
mod watch;

pub use crate::spool::{Keep, Registry};
pub use judging::{Judging, judge_again};
pub use looks::Eyes;
pub use summary::{CodeCount, LapsedRow, Summary, Times};
pub use watch::Watch;

use crate::filing::{Filing, Row, ServiceType};
use crate::metrics::Metrics;
use crate::notice::{Entry, Since};
use crate::policy::Policy;
use crate::rules::{Lang, Rule};
use crate::spool::{Folder, Header, Spool, SpoolError, State};
use std::{collections::BTreeMap, io, path::PathBuf, sync::Arc, time::Duration};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio_util::sync::CancellationToken;

/// What a run is to do.
pub struct Plan<'a> {
    /// Where the files go.
    pub output: PathBuf,
    /// The rules to judge by.
    pub rules: Vec<&'static Rule>,
    /// The policy in force.
    pub policy: &'a Policy,
    /// The time that the run is said to have begun. A resumed run keeps the one it began with.
    pub at: jiff::Timestamp,
    /// What is kept as evidence.
    pub keep: Keep,
    /// What the user's registry file says, where there is one.
    pub registry: Option<&'a Registry>,
    /// What the run is remembered in, where it is.
    pub ledger: Option<&'a dyn Ledger>,
    /// Language of the files.
    pub lang: Lang,
    /// Sites at a time; at least 1.
    pub concurrency: usize,
    /// Least time between the two looks at a failed site.
    pub second_look_after: Duration,
    /// A look that has been at work for longer than this is given up as a fault of ours: the
    /// site's own deadline has failed to end it, and the run must not wait for ever. What it
    /// waits for its turn does not count.
    pub site_limit: Duration,
    /// How the run is watched.
    pub watch: Watch,
    /// What to do with an unfinished run in the folder.
    pub unfinished: Unfinished,
    /// What list and settings are, name → value: an unfinished run is resumed only where
    /// they are the same, and the names that differ are told. The time belongs to it only
    /// where the user gave one.
    pub fingerprint: BTreeMap<String, String>,
    /// Versions of program, rules and tables, for the summary.
    pub versions: BTreeMap<String, String>,
    /// The real clock, for durations and the dates of exchanges; no verdict reads it.
    pub clock: fn() -> jiff::Timestamp,
}

/// What to do with an unfinished run in the output folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unfinished {
    /// Say so and stop.
    #[default]
    Refuse,
    /// Go on with it.
    Resume,
    /// Discard it.
    Restart,
}

/// What runs are remembered in. It may be asked for the same rows again, after a resumption.
pub trait Ledger: Sync {
    /// A run over so many rows is judged from here on.
    fn begin(&self, rows: u64) -> Result<(), LedgerError>;
    /// Takes what the run says of some filings, in the order of the list; the notices come back
    /// with number, first day, deadline and status.
    fn enter(&self, entries: &mut [Entry]) -> Result<(), LedgerError>;
    /// What the run has changed; asked when all is entered.
    fn since(&self) -> Result<Since, LedgerError>;
}

/// Why a run cannot be remembered.
pub type LedgerError = Box<dyn std::error::Error + Send + Sync>;

/// How far a run is; called often, must be cheap.
pub trait Progress: Sync {
    /// Rows read so far, and whether that is all.
    fn read(&self, rows: u64, done: bool);
    /// Sites looked at so far, second looks included, of those known to be needed.
    fn looked(&self, sites: u64, of: u64);
    /// Sites judged so far.
    fn judged(&self, sites: u64);
}

/// Why a run could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file of the output folder.
    #[error("{0}: {1}")]
    Output(PathBuf, io::Error),
    /// The journal.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// There is an unfinished run, and nobody said what to do with it.
    #[error(
        "{0} holds an unfinished run; go on with it with --resume, or discard it with --restart"
    )]
    Unfinished(PathBuf),
    /// The unfinished run is not this one.
    #[error(
        "the unfinished run in {0} was begun differently ({1}); \
         resume it as it was begun, or discard it with --restart"
    )]
    Different(PathBuf, String),
    /// There is nothing to judge again.
    #[error("{0} holds no finished run; audit a list into it first")]
    NoRun(PathBuf),
    /// There was something, and it was not kept.
    #[error(
        "the run in {0} kept no evidence (--evidence none); audit the list again to judge it again"
    )]
    NotKept(PathBuf),
    /// The run cannot be remembered.
    #[error("the run cannot be remembered: {0}")]
    Ledger(LedgerError),
    /// The threads that judge.
    #[error("the threads that judge cannot be started: {0}")]
    Threads(io::Error),
    /// The journal has fewer rows than it said: a fault of ours.
    #[error("row {0} is not in the journal; this is a bug")]
    RowGone(u32),
    /// A row got lost: a fault of ours.
    #[error("of {rows} rows {audited} were audited and {rejected} rejected; this is a bug")]
    RowsLost {
        /// Rows of the list.
        rows: u64,
        /// Rows that ended as an audit.
        audited: u64,
        /// Rows that were rejected.
        rejected: u64,
    },
    /// Somebody stopped the second judgment; it has changed nothing.
    #[error("interrupted; the files in {0} are those of before")]
    JudgmentStopped(PathBuf),
    /// Somebody stopped the run.
    #[error("interrupted; what was done is kept in {0}: go on with --resume")]
    Interrupted(PathBuf),
}

impl RunError {
    /// The program's exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            RunError::Interrupted(_) | RunError::JudgmentStopped(_) => 130,
            _ => 2,
        }
    }
}

/// Runs a plan over a list. On cancellation it stops cleanly and can be resumed. A run that
/// is resumed after its list was read does not ask for rows again.
pub async fn run<E: Eyes>(
    rows: impl Iterator<Item = Row> + Send,
    eyes: Arc<E>,
    plan: &Plan<'_>,
    progress: &dyn Progress,
    stop: CancellationToken,
) -> Result<Summary, RunError> {
    let mut spool = match open_folder(plan)? {
        Opened::Ended(summary) => return Ok(*summary),
        Opened::Spool(spool) => *spool,
    };
    let metrics = Arc::new(Metrics::default());
    let _written = watch::Writer::begin(&plan.watch, &metrics)?;
    if !spool.list_ended() {
        aside(|| read_list(&mut spool, rows, plan, &metrics, progress, &stop))?;
    }
    looks::look(&mut spool, eyes, plan, &metrics, progress, &stop).await?;
    aside(|| judging::finish_run(spool, plan, &metrics, progress, &stop))
}

enum Opened {
    /// The run has ended before.
    Ended(Box<Summary>),
    /// The run is to be worked on.
    Spool(Box<Spool>),
}

fn open_folder(plan: &Plan<'_>) -> Result<Opened, RunError> {
    let folder = Folder::take(&plan.output)?;
    let spool = match (folder.state(), plan.unfinished) {
        (State::Finished, Unfinished::Resume) => {
            let summary = Summary { ended_before: true, ..folder.summary()? };
            return Ok(Opened::Ended(Box::new(summary)));
        }
        (State::Unfinished, Unfinished::Refuse) => {
            return Err(RunError::Unfinished(plan.output.clone()));
        }
        (State::Unfinished, Unfinished::Resume) => resume(folder, plan)?,
        _ => folder.begin(Header {
            fingerprint: plan.fingerprint.clone(),
            at: plan.at,
            began: (plan.clock)(),
            keep: plan.keep,
            versions: plan.versions.clone(),
        })?,
    };
    Ok(Opened::Spool(Box::new(spool)))
}

fn resume(folder: Folder, plan: &Plan<'_>) -> Result<Spool, RunError> {
    let mut spool = folder.recover()?;
    let (then, now) = (&spool.header().fingerprint, &plan.fingerprint);
    let mut differs: Vec<&str> = then
        .keys()
        .chain(now.keys())
        .filter(|name| then.get(*name) != now.get(*name))
        .map(String::as_str)
        .collect();
    if spool.header().keep != plan.keep {
        differs.push("evidence");
    }
    differs.sort_unstable();
    differs.dedup();
    if !differs.is_empty() {
        return Err(RunError::Different(plan.output.clone(), differs.join(", ")));
    }
    if !spool.list_ended() {
        spool.forget_rows()?;
    }
    Ok(spool)
}

fn read_list(
    spool: &mut Spool,
    rows: impl Iterator<Item = Row>,
    plan: &Plan<'_>,
    metrics: &Metrics,
    progress: &dyn Progress,
    stop: &CancellationToken,
) -> Result<(), RunError> {
    for row in rows {
        if stop.is_cancelled() {
            // The list is read anew, so nothing is lost by not waiting for the disk.
            return Err(RunError::Interrupted(plan.output.clone()));
        }
        spool.push(&row, row.as_ref().is_ok_and(|filing| is_looked_at(filing)))?;
        metrics.rows_read.add(1);
        progress.read(u64::from(spool.len()), false);
    }
    spool.end_list()?;
    progress.read(u64::from(spool.len()), true);
    Ok(())
}

/// Mini programs and quick apps have no site of their own: their filing alone is judged.
fn is_looked_at(filing: &Filing) -> bool {
    !matches!(filing.service_type, ServiceType::MiniProgram | ServiceType::QuickApp)
}

/// Does work that waits for the disk without holding up the other threads of the runtime.
fn aside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::current().runtime_flavor() {
        RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}
